"""What the vendors' own suites call, through the real SDKs, against a lenient server.

Offline: magic-hour's wheel carries its tests, whose synchronous ones run here as they are; for the rest
the same calls stand below. `sdk_suites.py` runs the complete suites.
"""

import asyncio
import sys

import httpx
import httpx2
import openai
import pytest
from magic_hour import AsyncClient, Client
from sdk_suites import run_magic_hour

from emulator.server import ServerThread
from emulator.settings import Settings
from promises import hold, hold_async

# The parameters of every kind that the suite sends; its SDK is newer than the emulated contract.
ALL_PARAMETERS = {
    "background": "transparent",
    "complexity": "low",
    "frame_count": 2,
    "frame_duration_ms": 20,
    "input_fidelity": "high",
    "markup": b"Example data",
    "mask": b"Example data",
    "model": "gpt-image-1.5",
    "n": 1,
    "output_compression": 100,
    "output_format": "png",
    "partial_images": 1,
    "quality": "high",
    "response_format": "url",
    "safety_identifier": "user-1234",
    "size": "1024x1024",
    "svg": {"model": "x", "reasoning": {"effort": "none"}},
    "user": "user-1234",
}
EDIT = {"image": b"Example data", "prompt": "an otter"}


@pytest.fixture(scope="module")
def lenient():
    with ServerThread(Settings(port=0, lenient=True)) as url:
        yield url


@pytest.fixture(params=[False, True], ids=["loose", "strict"])
def client(request, lenient):
    checked = httpx2.Client(event_hooks={"response": [hold(lenient)]}, timeout=60)
    with openai.OpenAI(
        base_url=lenient + "/v1",
        api_key="My API Key",
        http_client=checked,
        max_retries=0,
        _strict_response_validation=request.param,
    ) as one:
        yield one


@pytest.mark.parametrize("fields", [{}, ALL_PARAMETERS], ids=["required", "all"])
def test_openais_edit_cases(client, fields):
    assert client.images.edit(**EDIT, **fields).data
    assert client.images.with_raw_response.edit(**EDIT, **fields).parse().data
    with client.images.with_streaming_response.edit(**EDIT, **fields) as response:
        assert response.parse().data


@pytest.mark.parametrize("fields", [{}, ALL_PARAMETERS], ids=["required", "all"])
def test_openais_edit_cases_as_streams(client, fields):
    kinds = [event.type for event in client.images.edit(**EDIT, **fields, stream=True)]
    assert kinds[-1] == "image_edit.completed"
    assert len(kinds) == 1 + len(fields and ["one partial image"])
    client.images.edit(**EDIT, **fields, stream=True).response.close()


def test_openais_edit_cases_with_the_asynchronous_client(lenient):
    async def go():
        checked = httpx2.AsyncClient(event_hooks={"response": [hold_async(lenient)]}, timeout=60)
        async with openai.AsyncOpenAI(
            base_url=lenient + "/v1", api_key="My API Key", http_client=checked, _strict_response_validation=True
        ) as one:
            assert (await one.images.edit(**EDIT, **ALL_PARAMETERS)).data
            return [event.type async for event in await one.images.edit(**EDIT, stream=True)]

    assert asyncio.run(go()) == ["image_edit.completed"]


EDITOR = {
    "assets": {"image_file_path": "string", "image_file_paths": ["api-assets/id/1234.png", "api-assets/id/1235.png"]},
    "style": {"model": "Nano Banana", "prompt": "sunglasses, please"},
    "aspect_ratio": "1:1",
    "image_count": 1.0,
    "model": "default",
    "name": "An edited image",
    "resolution": "1k",
}
UPLOADS = [{"extension": "mp4", "type_": "video"}, {"extension": "mp3", "type_": "audio"}]


def test_magic_hours_editor_projects_and_upload_urls(lenient):
    with httpx.Client(event_hooks={"response": [hold(lenient)]}, timeout=60) as checked:
        v1 = Client(token="API_TOKEN", base_url=lenient, httpx_client=checked).v1
        assert v1.ai_image_editor.create(**EDITOR).credits_charged == 50
        for project in ("cm6pvghix03bvyz0zwash6noj", "cuid-example"):
            assert v1.image_projects.get(id=project).status == "complete"
            assert v1.image_projects.delete(id=project) is None
        places = v1.files.upload_urls.create(items=UPLOADS).items
        assert [one.file_path for one in places] == ["api-assets/id/video.mp4", "api-assets/id/audio.mp3"]


def test_magic_hours_editor_projects_and_upload_urls_with_the_asynchronous_client(lenient):
    async def go():
        async with httpx.AsyncClient(event_hooks={"response": [hold_async(lenient)]}, timeout=60) as checked:
            v1 = AsyncClient(token="API_TOKEN", base_url=lenient, httpx_client=checked).v1
            assert (await v1.ai_image_editor.create(**EDITOR)).credits_charged == 50
            assert (await v1.image_projects.get(id="cuid-example")).status == "complete"
            assert await v1.image_projects.delete(id="cuid-example") is None
            return await v1.files.upload_urls.create(items=UPLOADS)

    assert len(asyncio.run(go()).items) == 2


def test_the_suite_in_magic_hours_wheel_passes(lenient, tmp_path):
    # Its asynchronous tests need a plugin that is not installed here.
    assert run_magic_hour(sys.executable, tmp_path, lenient, "-k", "not async", "-W", "default") == 0
