"""`--lenient`: what a strict server refuses as placeholder data, a lenient one answers and journals."""

import base64
import io
import json

import httpx
import pytest
from PIL import Image

from emulator.server import ServerThread
from emulator.settings import Settings
from emulator.testing.pictures import picture
from promises import hold

EDITS, EDIT, MULTI, CUT = (
    "/v1/images/edits",
    "/api/v1/image/edit",
    "/api/v1/image/multi-edit",
    "/api/v1/image/background-remove",
)
EDITOR, PROJECTS, UPLOADS = "/v1/ai-image-editor", "/v1/image-projects/", "/v1/files/upload-urls"


class Pair:
    """The same request to a strict and to a lenient server."""

    def __init__(self, strict, lenient):
        self.strict, self.lenient = strict, lenient

    def ask(self, method, path, *, refused, noted, **request):
        """The lenient answer, after the strict one was refused with a status; `noted` is the whole journal."""
        answer = self.strict.request(method, path, **request)
        assert answer.status_code == refused, answer.text
        assert last(self.strict)["leniencies"] == []
        answer = self.lenient.request(method, path, **request)
        assert answer.is_success, answer.text
        assert last(self.lenient)["leniencies"] == noted
        return answer

    def refuse(self, method, path, *, refused, **request):
        """Both refuse, in the same words, and nothing is noted."""
        answers = [one.request(method, path, **request) for one in (self.strict, self.lenient)]
        assert [one.status_code for one in answers] == [refused, refused]
        assert answers[0].content == answers[1].content
        assert last(self.lenient)["leniencies"] == []


def last(api):
    return api.get("/_emulator/requests", params={"limit": 1}).json()["requests"][-1]


@pytest.fixture(scope="module")
def servers():
    common = {"port": 0, "jobs": "immediate"}
    with ServerThread(Settings(**common)) as strict, ServerThread(Settings(**common, lenient=True)) as lenient:
        yield strict, lenient


@pytest.fixture
def pair(servers, key):
    headers = {"Authorization": f"Bearer {key}"}
    strict, lenient = (
        httpx.Client(base_url=url, headers=headers, event_hooks={"response": [hold(url)]}, timeout=60)
        for url in servers
    )
    with strict, lenient:
        yield Pair(strict, lenient)


def file_of(image, kind="PNG"):
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def form(image=b"Example data", *, claim="application/octet-stream", **fields):
    mask = fields.pop("mask", None)
    files = [("image", ("upload", image, claim))] + ([("mask", ("upload", mask, claim))] if mask is not None else [])
    return {"data": {"prompt": "winter", "quality": "low", **fields}, "files": files}


BECAME = "became a synthetic picture"


@pytest.mark.parametrize(
    ("image", "note"),
    [
        (b"Example data", f"image: undecodable bytes {BECAME}"),
        (b"", f"image: no bytes {BECAME}"),
        (picture("photograph")[:5000], f"image: undecodable bytes {BECAME}"),
        (b"\x89PNG\r\n\x1a\n and no more", f"image: undecodable bytes {BECAME}"),
        (file_of(Image.new("RGB", (300, 200)), "GIF"), "image: gif taken all the same"),
    ],
)
def test_bytes_that_are_no_picture_become_one_at_openai(pair, image, note):
    answer = pair.ask("POST", EDITS, refused=400, noted=[note], **form(image))
    found = Image.open(io.BytesIO(base64.b64decode(answer.json()["data"][0]["b64_json"])))
    assert found.size in ((1024, 1024), (1536, 1024))


def test_the_synthetic_picture_follows_from_the_bytes(pair):
    made = [pair.lenient.post(EDITS, **form(data)).json()["data"] for data in (b"one", b"one", b"two")]
    assert made[0] == made[1] != made[2]


def test_a_file_that_lies_about_its_type_is_taken_as_it_is(pair):
    noted = ["image: png sent as image/jpeg, taken as it is"]
    pair.ask("POST", EDITS, refused=400, noted=noted, **form(picture("photograph"), claim="image/jpeg"))


@pytest.mark.parametrize(
    ("mask", "note"),
    [
        (b"Example data", f"mask: undecodable bytes {BECAME}"),
        (file_of(Image.new("RGBA", (8, 8))), "mask: stretched from 8x8 to the picture's 64x64"),
        (file_of(Image.new("L", (64, 64), 255)), "mask: no alpha channel, its white parts are edited"),
    ],
)
def test_masks_are_drawn_stretched_and_taken_without_alpha(pair, mask, note):
    image = file_of(Image.new("RGB", (64, 64), "teal"))
    pair.ask("POST", EDITS, refused=400, noted=[note], **form(image, mask=mask))


def test_a_synthetic_mask_leaves_the_corners_alone(pair):
    image = file_of(Image.linear_gradient("L").resize((1024, 1024)).convert("RGB"))
    answer = pair.lenient.post(EDITS, **form(image, mask=b"Example data", size="1024x1024"))
    after = Image.open(io.BytesIO(base64.b64decode(answer.json()["data"][0]["b64_json"]))).convert("RGB")
    before = Image.open(io.BytesIO(image))
    corner, middle = (0, 0, 100, 100), (400, 400, 600, 600)
    assert after.crop(corner).tobytes() == before.crop(corner).tobytes()
    assert after.crop(middle).tobytes() != before.crop(middle).tobytes()


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"model": "gpt-image-9"}, "model: 'gpt-image-9' is not offered, ignored"),
        ({"frame_count": "2"}, "frame_count: an unknown field, ignored"),
        ({"size": "7x7"}, "size: '7x7' is not offered, ignored"),
        ({"size": "256x256"}, "size: '256x256' is not for gpt-image-1, ignored"),
        ({"quality": "standard"}, "quality: 'standard' is not for gpt-image-1, ignored"),
        (
            {"background": "transparent", "output_format": "jpeg"},
            "output_format: 'jpeg' is not for gpt-image-1, ignored",
        ),
    ],
)
def test_what_a_model_does_not_take_is_ignored_at_openai(pair, fields, note):
    answer = pair.ask("POST", EDITS, refused=400, noted=[note], **form(picture("photograph"), **fields))
    told = answer.json()
    assert (told["output_format"], told["size"]) == ("png", "1024x1024")


def test_dall_e_2_ignores_a_stream_and_a_shape(pair):
    image = file_of(Image.new("RGB", (64, 32), "teal"))
    noted = [
        "background: 'opaque' is not for dall-e-2, ignored",
        "stream: 'True' is not for dall-e-2, ignored",
        "quality: 'low' is not for dall-e-2, ignored",
        "image: 64x32 is not square, taken all the same",
    ]
    fields = {"model": "dall-e-2", "background": "opaque", "stream": "true"}
    answer = pair.ask("POST", EDITS, refused=400, noted=noted, **form(image, **fields))
    assert set(answer.json()) == {"created", "data"}


@pytest.mark.parametrize(
    ("image", "note"),
    [
        ("no base64!", f"image: text that is no base64 {BECAME}"),
        (base64.b64encode(b"Example data").decode(), f"image: undecodable bytes {BECAME}"),
        (base64.b64encode(file_of(Image.new("RGB", (1, 1)))).decode(), f"image: too few pixels {BECAME}"),
        ("{base}/media/gone.png", f"image: a URL that leads to nothing {BECAME}"),
    ],
)
def test_text_that_is_no_picture_becomes_one_at_venice(pair, image, note):
    for api in (pair.strict, pair.lenient):
        body = {"prompt": "winter", "image": image.format(base=str(api.base_url).rstrip("/"))}
        answer = api.post(EDIT, json=body)
        if api is pair.strict:
            assert answer.status_code == 400
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1024, 1024)
    assert last(pair.lenient)["leniencies"] == [note]


def test_layers_and_cut_outs_take_placeholders_too(pair):
    files = [("images", ("a.png", picture("photograph"), "image/png")), ("images", ("b.png", b"Example data", ""))]
    noted = [f"images.1: undecodable bytes {BECAME}"]
    pair.ask("POST", MULTI, refused=400, noted=noted, data={"prompt": "x"}, files=files)
    noted = [f"image: undecodable bytes {BECAME}"]
    pair.ask("POST", CUT, refused=400, noted=noted, files={"image": ("a.png", b"Example data", "image/png")})


@pytest.mark.parametrize(
    ("fields", "refused", "note", "model"),
    [
        ({"model": "new"}, 404, "model: 'new' is not known, firered-image-edit works instead", "firered-image-edit"),
        ({"modelId": "new"}, 400, "modelId: 'new' is not offered, ignored", "firered-image-edit"),
        ({"strength": 1}, 400, "strength: an unknown field, ignored", "firered-image-edit"),
        (
            {"model": "qwen-edit", "resolution": "4K"},
            400,
            "resolution: '4K' is not for qwen-edit, ignored",
            "qwen-edit",
        ),
        (
            {"model": "qwen-edit", "aspect_ratio": "5:1"},
            400,
            "aspect_ratio: '5:1' is not offered, ignored",
            "qwen-edit",
        ),
    ],
)
def test_what_a_model_does_not_take_is_ignored_at_venice(pair, fields, refused, note, model):
    body = {"prompt": "winter", "image": "https://example.com/a.png", **fields}
    answer = pair.ask("POST", EDIT, refused=refused, noted=[note], json=body)
    assert answer.headers["x-venice-model-id"] == model


def project(paths, **fields):
    return {"style": {"prompt": "winter"}, "assets": {"image_file_paths": paths}, "resolution": "640px", **fields}


@pytest.mark.parametrize(
    "path",
    [
        "api-assets/id/1234.png",
        "string",
        "https://example.com/a",
        "https://[",
        "https://magichour.ai/my-library?imageId=x",
    ],
)
def test_paths_that_lead_to_nothing_exist_at_magic_hour(pair, path):
    noted = [f"assets.image_file_paths.0: '{path}' leads to nothing, a synthetic picture took its place"]
    made = pair.ask("POST", EDITOR, refused=422, noted=noted, json=project([path])).json()
    done = pair.lenient.get(PROJECTS + made["id"]).json()
    while done["status"] == "rendering":
        done = pair.lenient.get(PROJECTS + made["id"]).json()
    assert (done["status"], done["credits_charged"]) == ("complete", 10)
    found = Image.open(io.BytesIO(httpx.get(done["downloads"][0]["url"]).content))
    assert max(found.size) == 640


def test_an_upload_that_is_no_picture_becomes_one(pair):
    [spot] = pair.lenient.post(UPLOADS, json={"items": [{"type": "image", "extension": "png"}]}).json()["items"]
    assert httpx.put(spot["upload_url"], content=b"Example data").status_code == 200
    made = pair.lenient.post(EDITOR, json=project([spot["file_path"]])).json()
    assert last(pair.lenient)["leniencies"] == [f"assets.image_file_paths.0: undecodable bytes {BECAME}"]
    done = pair.lenient.get(PROJECTS + made["id"]).json()
    while done["status"] == "rendering":
        done = pair.lenient.get(PROJECTS + made["id"]).json()
    assert done["status"] == "complete"


def test_the_documents_example_projects_exist_however_often_they_are_deleted(pair):
    noted = ["id: cuid-example, an example of the documents, exists"]
    for _ in range(2):
        shown = pair.ask("GET", PROJECTS + "cuid-example", refused=404, noted=noted).json()
        assert (shown["id"], shown["status"], shown["image_count"]) == ("cuid-example", "complete", 1)
        answer = httpx.get(shown["downloads"][0]["url"])
        assert Image.open(io.BytesIO(answer.content)).size == (512, 512)
        pair.ask("DELETE", PROJECTS + "cuid-example", refused=404, noted=noted)


def test_the_documents_example_key_gets_their_example_paths(pair):
    items = [{"type": "video", "extension": "mp4"}, {"type": "audio", "extension": "mp3"}]
    headers = {"Authorization": "Bearer API_TOKEN"}
    answers = [api.post(UPLOADS, json={"items": items}, headers=headers) for api in (pair.strict, pair.lenient)]
    strict, lenient = ([one["file_path"] for one in answer.json()["items"]] for answer in answers)
    assert lenient == ["api-assets/id/video.mp4", "api-assets/id/audio.mp3"]
    assert not set(strict) & set(lenient)
    assert len(last(pair.lenient)["leniencies"]) == 2
    own = pair.lenient.post(UPLOADS, json={"items": items}).json()["items"]
    assert not {one["file_path"] for one in own} & set(lenient)


def test_a_resolution_that_the_model_lacks_is_ignored_at_magic_hour(pair):
    body = project(["https://example.com/a.png"], model="qwen-edit", resolution="4k")
    noted = ["resolution: 4k is not for qwen-edit, ignored"]
    made = pair.ask("POST", EDITOR, refused=422, noted=noted, json=body).json()
    assert made["credits_charged"] == 20
    body = project(["https://example.com/a.png"], model="newer", resolution="640px")
    noted = ["model: 'newer' is not offered, ignored"]
    pair.ask("POST", EDITOR, refused=400, noted=noted, json=body)


def test_a_key_with_spaces_is_a_key(pair):
    headers = {"Authorization": "Bearer My API Key"}
    noted = ["authorization: a key with spaces, taken as it is"]
    pair.ask("GET", "/v1/models", refused=401, noted=noted, headers=headers)
    pair.ask("GET", "/api/v1/billing/balance", refused=401, noted=noted, headers=headers)


def test_a_lenient_server_still_takes_listed_keys_alone(key):
    with ServerThread(Settings(port=0, lenient=True, keys=("mine",))) as url:
        answer = httpx.get(url + "/v1/models", headers={"Authorization": "Bearer My API Key"})
        assert answer.status_code == 401


def test_what_is_not_placeholder_data_is_refused_all_the_same(pair):
    pair.refuse("POST", EDITS, refused=400, **form(picture("photograph"), n="11"))
    pair.refuse("POST", EDITS, refused=400, **form(picture("photograph"), n="11", model="gpt-image-9"))
    pair.refuse("POST", EDITS, refused=400, data={"quality": "low"}, files={"image": ("a", b"Example data")})
    pair.refuse("POST", EDITOR, refused=400, json={"style": {"prompt": "x"}, "assets": {}})
    pair.refuse("GET", PROJECTS + "nobody", refused=404)
    pair.refuse("DELETE", PROJECTS + "nobody", refused=404)
    body = {"prompt": "x" * 40_000, "image": "https://example.com/a.png"}
    pair.refuse("POST", EDIT, refused=400, json=body)


def test_a_good_request_is_answered_byte_for_byte_as_by_a_strict_server(pair):
    body = json.dumps({"prompt": "winter", "image": base64.b64encode(picture("photograph")).decode()})
    answers = [
        api.post(EDIT, content=body, headers={"Content-Type": "application/json"})
        for api in (pair.strict, pair.lenient)
    ]
    assert answers[0].content == answers[1].content
    assert last(pair.lenient)["leniencies"] == []
