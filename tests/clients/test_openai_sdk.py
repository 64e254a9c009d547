"""The `openai` SDK against a real server: what its users do, sync and async, whole and streamed."""

import asyncio
import base64
import io

import httpx2
import openai
import pytest
from PIL import Image

from emulator.testing import read_provenance
from emulator.testing.pictures import picture
from promises import check_event, hold, hold_async


@pytest.fixture
def client(base_url, key):
    checked = httpx2.Client(event_hooks={"response": [hold(base_url)]}, timeout=60)
    with openai.OpenAI(base_url=base_url + "/v1", api_key=key, http_client=checked, max_retries=0) as one:
        yield one


def named(data, name="image.png"):
    file = io.BytesIO(data)
    file.name = name
    return file


def pixels(item):
    return Image.open(io.BytesIO(base64.b64decode(item.b64_json)))


def masked():
    """A mask of the photograph's size whose left half is transparent: that half is to be edited."""
    mask = Image.new("RGBA", (1024, 1024), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 512, 1024))
    out = io.BytesIO()
    mask.save(out, "PNG")
    return named(out.getvalue(), "mask.png")


def test_a_masked_edit_leaves_every_unmasked_pixel_identical(client):
    data = picture("photograph")
    answer = client.images.edit(
        model="gpt-image-1", image=named(data), mask=masked(), prompt="make it night", size="1024x1024"
    )
    before, after = Image.open(io.BytesIO(data)).convert("RGB"), pixels(answer.data[0]).convert("RGB")
    right = (512, 0, 1024, 1024)
    assert before.crop(right).tobytes() == after.crop(right).tobytes()
    left = (0, 0, 512, 1024)
    changed = sum(a != b for a, b in zip(before.crop(left).tobytes(), after.crop(left).tobytes(), strict=True))
    assert changed > 512 * 1024 * 3 * 0.9


def test_n_pictures_differ(client):
    answer = client.images.edit(image=named(picture("photograph")), prompt="winter", n=3)
    assert len({item.b64_json for item in answer.data}) == 3
    assert len({pixels(item).convert("RGB").tobytes() for item in answer.data}) == 3


def test_a_stream_yields_partial_images_and_the_finished_one(client, base_url):
    stream = client.images.edit(
        image=named(picture("photograph")), prompt="winter", stream=True, partial_images=2, size="1024x1024"
    )
    events = list(stream)
    assert [event.type for event in events] == ["image_edit.partial_image"] * 2 + ["image_edit.completed"]
    assert [event.partial_image_index for event in events[:2]] == [0, 1]
    for event in events[:2]:
        check_event(base_url, "ImageEditPartialImageEvent", event.to_dict())
    check_event(base_url, "ImageEditCompletedEvent", events[2].to_dict())
    assert events[2].usage.output_tokens == 4160 + 2 * 100
    final = pixels(events[2]).convert("RGB")

    def far(event):
        other = pixels(event).convert("RGB").resize(final.size)
        return sum(abs(a - b) for a, b in zip(other.tobytes()[::97], final.tobytes()[::97], strict=True))

    assert far(events[0]) > far(events[1]) > 0
    whole = client.images.edit(image=named(picture("photograph")), prompt="winter", size="1024x1024")
    assert whole.data[0].b64_json == events[2].b64_json


def test_the_same_call_twice_and_after_a_restart_gives_the_same_bytes(client, key):
    from emulator.server import ServerThread
    from emulator.settings import Settings

    def call(one):
        return one.images.edit(image=named(picture("photograph-jpeg"), "a.jpg"), prompt="a red rose").data[0].b64_json

    first, second = call(client), call(client)
    with ServerThread(Settings(port=0)) as url, openai.OpenAI(base_url=url + "/v1", api_key=key) as again:
        third = call(again)
    assert first == second == third


def test_several_pictures_go_in(client):
    images = [named(picture("photograph")), named(picture("photograph-jpeg"), "b.jpg")]
    one = client.images.edit(image=images[:1], prompt="winter")
    images = [named(picture("photograph")), named(picture("photograph-jpeg"), "b.jpg")]
    two = client.images.edit(image=images, prompt="winter")
    assert one.data[0].b64_json != two.data[0].b64_json
    assert two.usage.input_tokens_details.image_tokens == 2 * one.usage.input_tokens_details.image_tokens


def test_auto_values_come_back_resolved(client):
    answer = client.images.edit(
        image=named(picture("photograph")), prompt="winter", size="auto", quality="auto", background="auto"
    )
    assert (answer.size, answer.quality, answer.background) == ("1024x1024", "high", "opaque")
    assert answer.output_format == "png"


@pytest.mark.parametrize("size", ["1024x1024", "1536x1024", "1024x1536"])
@pytest.mark.parametrize("output_format", ["png", "jpeg", "webp"])
def test_every_size_and_format(client, size, output_format):
    answer = client.images.edit(
        image=named(picture("photograph")), prompt="winter", size=size, output_format=output_format, quality="low"
    )
    image = pixels(answer.data[0])
    assert (f"{image.width}x{image.height}", image.format.lower()) == (size, output_format)
    assert (answer.size, answer.output_format, answer.quality) == (size, output_format, "low")


def test_compression_makes_smaller_files(client):
    def size(percent):
        answer = client.images.edit(
            image=named(picture("photograph")), prompt="winter", output_format="jpeg", output_compression=percent
        )
        return len(answer.data[0].b64_json)

    assert size(10) < size(60) < size(100)


@pytest.mark.parametrize("output_format", ["png", "webp"])
def test_a_transparent_background_has_alpha(client, output_format):
    answer = client.images.edit(
        image=named(picture("photograph")), prompt="winter", background="transparent", output_format=output_format
    )
    assert answer.background == "transparent"
    assert pixels(answer.data[0]).getchannel("A").getextrema() == (0, 255)


def test_usage_follows_from_sizes_and_prompt(client):
    answer = client.images.edit(image=named(picture("photograph")), prompt="x" * 41, n=2, quality="medium")
    usage = answer.usage
    assert usage.input_tokens_details.text_tokens == 11
    assert usage.input_tokens_details.image_tokens == 65 + 129
    assert usage.output_tokens == 2 * 1056
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens == 11 + 194 + 2112
    faithful = client.images.edit(image=named(picture("photograph")), prompt="x" * 41, input_fidelity="high")
    assert faithful.usage.input_tokens_details.image_tokens == 194 + 4160


def test_a_url_answer_is_fetched_and_expires_by_signature(client):
    answer = client.images.edit(image=named(picture("photograph")), prompt="winter", response_format="url")
    url = answer.data[0].url
    fetched = httpx2.get(url)
    assert fetched.status_code == 200 and fetched.headers["content-type"] == "image/png"
    assert read_provenance(fetched.content).words == ("winter",)
    assert httpx2.get(url.replace("expires=", "expires=9")).status_code == 403
    assert httpx2.get(url, headers={"Range": "bytes=0-7"}).content == b"\x89PNG\r\n\x1a\n"
    assert httpx2.head(url).headers["content-length"] == str(len(fetched.content))


def test_dall_e_2_answers_a_url_and_nothing_of_tokens(client):
    answer = client.images.edit(model="dall-e-2", image=named(picture("photograph")), prompt="winter", size="256x256")
    assert answer.to_dict().keys() == {"created", "data"}
    assert Image.open(io.BytesIO(httpx2.get(answer.data[0].url).content)).size == (256, 256)


def test_dall_e_2_takes_the_pictures_own_transparency_for_a_mask(client):
    image = Image.open(io.BytesIO(picture("photograph"))).convert("RGBA")
    image.putalpha(Image.open(masked()).getchannel("A"))
    out = io.BytesIO()
    image.save(out, "PNG")
    answer = client.images.edit(
        model="dall-e-2", image=named(out.getvalue()), prompt="night", size="1024x1024", response_format="b64_json"
    )
    right = (512, 0, 1024, 1024)
    assert pixels(answer.data[0]).convert("RGB").crop(right).tobytes() == image.convert("RGB").crop(right).tobytes()


def test_dall_e_2_takes_one_square_png_under_4_mb(client):
    def refused(data, name="image.png", **fields):
        with pytest.raises(openai.BadRequestError) as caught:
            client.images.edit(model="dall-e-2", image=named(data, name), prompt="winter", **fields)
        return caught.value

    assert refused(picture("photograph-jpeg"), "a.jpg").code == "unsupported_file_format"
    wide = io.BytesIO()
    Image.new("RGB", (300, 200)).save(wide, "PNG")
    assert "square" in refused(wide.getvalue()).message
    assert refused(picture("photograph") + bytes(4 << 20)).code == "file_too_large"
    error = refused(picture("photograph"), size="1536x1024")
    assert (error.code, error.param, error.type) == ("invalid_value", "size", "invalid_request_error")
    assert error.body["message"] == (
        "Invalid value: '1536x1024'. Supported values are: '256x256', '512x512', and '1024x1024'."
    )


def test_the_models_are_listed(client):
    assert [model.id for model in client.models.list()] == ["gpt-image-1", "dall-e-2"]
    assert client.models.retrieve("dall-e-2").owned_by == "system"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-9")
    assert caught.value.code == "model_not_found"


def test_the_asynchronous_client_edits_and_streams(base_url, key):
    async def run():
        checked = httpx2.AsyncClient(event_hooks={"response": [hold_async(base_url)]}, timeout=60)
        async with openai.AsyncOpenAI(base_url=base_url + "/v1", api_key=key, http_client=checked) as client:
            whole = client.images.edit(image=named(picture("photograph")), prompt="winter")
            stream = client.images.edit(
                image=named(picture("photograph")), prompt="winter", stream=True, partial_images=1
            )
            answer, events = await asyncio.gather(whole, stream)
            found = [event async for event in events]
            with pytest.raises(openai.BadRequestError):
                await client.images.edit(image=named(b"text"), prompt="winter")
        return answer.data[0].b64_json, found[-1].b64_json, len(found)

    whole, last, count = asyncio.run(run())
    assert whole == last and count == 2


def test_a_wrong_key_raises_the_documented_class():
    from emulator.server import ServerThread
    from emulator.settings import Settings

    with ServerThread(Settings(port=0, keys=("right",))) as url:
        with (
            openai.OpenAI(base_url=url + "/v1", api_key="sk-wrong-key-12345") as stranger,
            pytest.raises(openai.AuthenticationError) as caught,
        ):
            stranger.models.list()
        assert caught.value.code == "invalid_api_key" and "sk-wrong-key-12345" not in caught.value.message
        with openai.OpenAI(base_url=url + "/v1", api_key="right") as known:
            assert known.models.list()


def test_a_spent_quota_is_told():
    from emulator.server import ServerThread
    from emulator.settings import Settings

    with (
        ServerThread(Settings(port=0, openai_usd="0.4")) as url,
        openai.OpenAI(base_url=url + "/v1", api_key="poor", max_retries=0) as client,
    ):
        for _ in range(2):
            client.images.edit(image=named(picture("photograph")), prompt="winter")
        with pytest.raises(openai.RateLimitError) as caught:
            client.images.edit(image=named(picture("photograph")), prompt="winter")
        assert caught.value.code == "insufficient_quota"
