"""The `magic-hour` SDK against a real server, sync and async: upload, generate, wait, download, delete."""

import asyncio
import io

import httpx
import pytest
from magic_hour import AsyncClient, Client
from PIL import Image

from emulator.testing import read_provenance
from emulator.testing.pictures import picture
from promises import hold, hold_async


@pytest.fixture(autouse=True)
def _quick_polls(monkeypatch):
    monkeypatch.setenv("MAGIC_HOUR_POLL_INTERVAL", "0.05")


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(picture("photograph"))
    return path


@pytest.fixture
def client(base_url, key):
    with httpx.Client(event_hooks={"response": [hold(base_url)]}, timeout=60) as checked:
        yield Client(token=key, base_url=base_url, httpx_client=checked)


def test_generate_uploads_waits_and_downloads(client, photo, tmp_path):
    done = client.v1.ai_image_editor.generate(
        assets={"image_file_paths": [str(photo)]},
        style={"prompt": "make it night"},
        image_count=4,
        model="seedream-v4",
        resolution="640px",
        aspect_ratio="3:2",
        name="A night",
        download_directory=str(tmp_path),
    )
    assert (done.status, done.image_count, done.credits_charged, done.name) == ("complete", 4, 160, "A night")
    assert len(set(done.downloaded_paths)) == len(done.downloads) == 4
    pictures = [Image.open(path) for path in done.downloaded_paths]
    assert {one.size for one in pictures} == {(640, 427)}
    assert len({one.convert("RGB").tobytes() for one in pictures}) == 4
    found = read_provenance(done.downloaded_paths[0])
    assert (found.vendor, found.model, found.words) == ("magic-hour", "seedream-v4", ("night",))


def test_create_poll_download_delete(client, photo):
    path = client.v1.files.upload_file(photo)
    assert path.startswith("api-assets/")
    created = client.v1.ai_image_editor.create(
        assets={"image_file_paths": [path]}, style={"prompt": "winter"}, model="qwen-edit", resolution="2k"
    )
    assert created.credits_charged == 20
    result = client.v1.image_projects.check_result(created.id, wait_for_completion=True, download_outputs=False)
    image = Image.open(io.BytesIO(httpx.get(result.downloads[0].url).content))
    assert max(image.size) == 2048
    client.v1.image_projects.delete(id=created.id)
    for again in (client.v1.image_projects.get, client.v1.image_projects.delete):
        with pytest.raises(Exception, match="404"):
            again(id=created.id)


def test_files_go_up_from_paths_and_open_files(client, photo):
    with photo.open("rb") as file:
        assert client.v1.files.upload_file(file).endswith(".png")
    assert client.v1.files.upload_file("https://example.com/a.png") == "https://example.com/a.png"


def test_an_upload_that_is_no_image_ends_in_an_error_and_costs_nothing(client, tmp_path):
    path = tmp_path / "text.png"
    path.write_text("not a picture")
    done = client.v1.ai_image_editor.generate(
        assets={"image_file_paths": [str(path)]}, style={"prompt": "x"}, model="qwen-edit", resolution="1k"
    )
    assert (done.status, done.credits_charged, done.error.code) == ("error", 0, "invalid_image")


def test_errors_raise_with_status_and_body(client):
    with pytest.raises(Exception, match="422"):
        client.v1.ai_image_editor.create(
            assets={"image_file_paths": ["api-assets/nobody/x.png"]}, style={"prompt": "x"}
        )
    with pytest.raises(Exception, match="404"):
        client.v1.image_projects.get(id="nobody")


def test_the_asynchronous_client_generates(base_url, key, photo, tmp_path):
    async def run():
        async with httpx.AsyncClient(event_hooks={"response": [hold_async(base_url)]}, timeout=60) as checked:
            client = AsyncClient(token=key, base_url=base_url, httpx_client=checked)
            return await asyncio.gather(
                *(
                    client.v1.ai_image_editor.generate(
                        assets={"image_file_paths": [str(photo)]},
                        style={"prompt": prompt},
                        resolution="640px",
                        download_directory=str(tmp_path),
                    )
                    for prompt in ("winter", "night")
                )
            )

    winter, night = asyncio.run(run())
    assert winter.status == night.status == "complete"
    assert read_provenance(night.downloaded_paths[0]).words == ("night",)
