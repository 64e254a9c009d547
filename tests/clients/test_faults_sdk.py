"""Each fault through the vendors' own SDKs: the documented exception, and the right ledger afterwards."""

import base64
import io
import json

import httpx
import openai
import pytest
from magic_hour import Client
from make_api_request import ApiError
from PIL import Image, UnidentifiedImageError

from emulator.testing import Control

STATUSES = {
    "400": openai.BadRequestError,
    "400 moderation_blocked": openai.BadRequestError,
    "401": openai.AuthenticationError,
    "403": openai.PermissionDeniedError,
    "404": openai.NotFoundError,
    "409": openai.ConflictError,
    "422": openai.UnprocessableEntityError,
    "429 retry-after=1": openai.RateLimitError,
    "429 insufficient_quota": openai.RateLimitError,
    "500": openai.InternalServerError,
    "500 after charge": openai.InternalServerError,
    "503": openai.InternalServerError,
}
BROKEN = {  # the work was done and is paid for: what happened on the way back is the client's to find out
    "disconnect": openai.APIConnectionError,
    "reset": openai.APIConnectionError,
    "disconnect after 4 KB": openai.APIConnectionError,
    "reset after 4 KB": openai.APIConnectionError,
    "empty": json.JSONDecodeError,
}


@pytest.fixture
def control(base_url, key):
    one = Control(base_url, namespace=key)
    yield one
    one.close()


@pytest.fixture
def sdk(control):
    with openai.OpenAI(base_url=control.url + "/v1", api_key="k", max_retries=0, timeout=20) as one:
        yield one


@pytest.fixture
def hour(control):
    with httpx.Client(base_url=control.url, timeout=20) as transport:
        yield Client(token="k", base_url=control.url, httpx_client=transport)


def png():
    buffer = io.BytesIO()
    Image.new("RGB", (256, 256), "teal").save(buffer, "PNG")
    return ("a.png", buffer.getvalue())


def edit(sdk, **more):
    return sdk.images.edit(model="gpt-image-1", image=png(), prompt="winter", size="1024x1024", quality="low", **more)


def create(hour):
    return hour.v1.ai_image_editor.create(
        assets={"image_file_paths": ["https://example.com/a.png"]}, style={"prompt": "winter"}, resolution="640px"
    )


def ledger(control, vendor):
    """What was charged and given back, by the entries, which must add up to the balance."""
    entries = control.accounts.entries(vendor, "k")
    assert sum(one["amount"] for one in entries) == control.accounts.get(vendor, "k").balance
    return [one["kind"] for one in reversed(entries) if one["kind"] != "grant"]


@pytest.mark.parametrize("fault", STATUSES)
def test_openai_raises_its_own_exception_for_a_status_and_nothing_is_lost(control, sdk, fault):
    control.faults.add(fault, times=1)
    with pytest.raises(STATUSES[fault]) as raised:
        edit(sdk)
    assert raised.value.request_id and raised.value.status_code == int(fault[:3])
    if " " in fault and "after" not in fault:
        assert raised.value.code == fault.split()[1]
    edit(sdk)
    expected = ["charge", "refund", "charge"] if "after charge" in fault else ["charge"]
    assert ledger(control, "openai") == expected


@pytest.mark.parametrize("fault", BROKEN)
def test_openai_raises_a_connection_error_where_the_answer_breaks_off(control, sdk, fault):
    control.faults.add(fault, times=1)
    with pytest.raises(BROKEN[fault]):
        edit(sdk)
    edit(sdk)
    assert ledger(control, "openai") == ["charge", "charge"]


def test_openai_retries_what_it_retries(control):
    control.faults.plan("429 retry-after=0", "503", "ok", vendor="openai")
    with openai.OpenAI(base_url=control.url + "/v1", api_key="k", timeout=20) as sdk:
        edit(sdk)
        control.faults.plan("503 no-retry", vendor="openai")
        with pytest.raises(openai.InternalServerError):
            edit(sdk)
    assert control.faults.unused_plans() == []
    assert [one.status for one in control.requests(vendor="openai")] == [429, 503, 200, 503]
    assert ledger(control, "openai") == ["charge"]


def test_openai_times_out(control, sdk):
    control.faults.add("latency 1", times=1)
    with pytest.raises(openai.APITimeoutError):
        edit(sdk.with_options(timeout=0.3))


@pytest.mark.parametrize(("fault", "error"), [("truncate 0.3", OSError), ("corrupt", UnidentifiedImageError)])
def test_openai_hands_on_a_picture_that_is_none(control, sdk, fault, error):
    control.faults.add(fault, times=1)
    data = base64.b64decode(edit(sdk).data[0].b64_json)
    with pytest.raises(error), Image.open(io.BytesIO(data)) as picture:
        picture.load()


def test_openai_raises_where_a_stream_is_cut(control, sdk):
    control.faults.plan("cut-stream after 1", "cut-stream after 2", vendor="openai")
    seen = []
    for _ in range(2):
        with edit(sdk, stream=True, partial_images=2) as stream, pytest.raises(openai.APIConnectionError):
            seen.extend(event.type for event in stream)
    assert set(seen) == {"image_edit.partial_image"}
    assert ledger(control, "openai") == ["charge", "refund"] * 2, "what was never complete is not paid for"


@pytest.mark.parametrize("status", [400, 401, 402, 404, 422, 429, 500, 503])
@pytest.mark.parametrize("after", ["", " after charge"])
def test_magic_hour_raises_api_error_for_a_status(control, hour, status, after):
    control.faults.add(f"{status}{after}", times=1, vendor="magic-hour")
    with pytest.raises(ApiError) as raised:
        create(hour)
    assert raised.value.status_code == status and raised.value.response.json()["message"]
    assert create(hour).credits_charged == 10
    assert ledger(control, "magic-hour") == (["charge", "refund", "charge"] if after else ["charge"])


@pytest.mark.parametrize("fault", ["disconnect", "reset", "latency 1"])
def test_magic_hour_raises_its_transports_errors(control, fault):
    control.faults.add(fault, times=1)
    with httpx.Client(base_url=control.url, timeout=0.5) as transport, pytest.raises(httpx.TransportError):
        create(Client(token="k", base_url=control.url, httpx_client=transport))


def generate(hour, folder, count=1):
    return hour.v1.ai_image_editor.generate(
        assets={"image_file_paths": ["https://example.com/a.png"]},
        style={"prompt": "winter"},
        resolution="640px",
        image_count=count,
        download_directory=str(folder),
    )


def test_magic_hour_tells_a_failed_job_and_gives_the_credits_back(control, hour, tmp_path):
    control.faults.add("job-error no_source_face", times=1)
    done = generate(hour, tmp_path)
    assert (done.status, done.error.code, done.credits_charged) == ("error", "no_source_face", 0)
    control.faults.add("job-error capacity images=1,3", times=1)
    done = generate(hour, tmp_path, count=4)
    assert (done.status, done.credits_charged, len(done.downloads)) == ("complete", 20, 2)
    assert ledger(control, "magic-hour") == ["charge", "refund", "charge", "refund", "refund"]


@pytest.mark.parametrize(("fault", "error"), [("truncate 0.3", OSError), ("corrupt", UnidentifiedImageError)])
def test_magic_hour_downloads_a_picture_that_is_none(control, hour, tmp_path, fault, error):
    control.faults.add(fault, vendor="media")
    done = generate(hour, tmp_path)
    with pytest.raises(error), Image.open(done.downloaded_paths[0]) as picture:
        picture.load()


def test_magic_hour_raises_where_a_download_fails(control, hour, tmp_path):
    control.faults.add("503", vendor="media")
    with pytest.raises(httpx.HTTPStatusError):
        generate(hour, tmp_path)
