"""The emulator without a port: the same answers, URLs and faults through an ASGI transport."""

import asyncio

import httpx
import pytest
from starlette.testclient import TestClient

from emulator.settings import BadSetting
from emulator.testing import in_process

EDIT = {"prompt": "sunset", "image": "https://example.com/a.png"}
KEY = {"Authorization": "Bearer k"}


def test_httpx_reaches_it_without_a_port():
    async def go(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator.test", headers=KEY) as client:
            edited = await client.post("/api/v1/image/edit", json=EDIT)
            body = {"style": {"prompt": "x"}, "assets": {"image_file_paths": ["https://example.com/a.png"]}}
            created = await client.post("/v1/ai-image-editor", json=body)
            for _ in range(100):
                project = (await client.get(f"/v1/image-projects/{created.json()['id']}")).json()
                if project["status"] == "complete":
                    break
                await asyncio.sleep(0.05)
            url = project["downloads"][0]["url"]
            return edited, url, await client.get(url)

    with in_process(job_queued="0", job_rendering="0") as app:
        edited, url, download = asyncio.run(go(app))
    assert edited.status_code == 200 and url.startswith("http://emulator.test/media/")
    assert download.status_code == 200 and download.headers["content-type"].startswith("image/")


def test_starlettes_client_reaches_it_too():
    with in_process() as app, TestClient(app) as client:
        assert client.post("/api/v1/image/edit", json=EDIT, headers=KEY).status_code == 200
        shown = client.get("/_emulator/requests").json()["requests"]
        assert [one["status"] for one in shown] == [200]


def test_a_cut_connection_raises_where_there_is_no_socket():
    with in_process() as app, TestClient(app) as client:
        for fault in ("disconnect", "reset after 4 KB"):
            with pytest.raises(ConnectionResetError, match="as a fault ordered"):
                client.post("/api/v1/image/edit", json=EDIT, headers={**KEY, "X-Emulator-Fault": fault})


def test_a_setting_that_cannot_be_is_told():
    with pytest.raises(BadSetting, match="jobs must be one of"), in_process(jobs="sometimes"):
        pass
