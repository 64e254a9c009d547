"""`make demo`: one picture through each operation, before and after, written into a folder."""

import base64
import json
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from emulator.data import data_path
from emulator.server import ServerThread
from emulator.settings import Settings

_BOUNDARY = "image-edit-emulator-demo"


def run_demo(folder: Path) -> Iterator[str]:
    """Serve on a free port, edit, write; yields a line for each picture written."""
    folder.mkdir(parents=True, exist_ok=True)
    before = data_path("fixtures", "images", "harbour.png").read_bytes()
    mask = data_path("fixtures", "images", "mask.png").read_bytes()
    encoded = base64.b64encode(before).decode()
    yield _write(folder / "before.png", before)
    with ServerThread(Settings(port=0)) as url:
        yield _write(
            folder / "venice-edit.png",
            _post(url + "/api/v1/image/edit", value={"prompt": "change the sky to a sunset", "image": encoded}),
        )
        yield _write(
            folder / "venice-multi-edit.png",
            _post(
                url + "/api/v1/image/multi-edit",
                value={"prompt": "winter", "images": [encoded, "https://example.com/layer.png"]},
            ),
        )
        yield _write(
            folder / "venice-background-remove.png",
            _post(url + "/api/v1/image/background-remove", value={"image": encoded}),
        )
        yield _write(
            folder / "openai-edit.png",
            _openai(url, {"prompt": "add a red flower", "size": "1024x1024"}, {"image": before}),
        )
        yield _write(
            folder / "openai-masked-edit.png",
            _openai(url, {"prompt": "make it night", "size": "1024x1024"}, {"image": before, "mask": mask}),
        )


def _write(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return f"{path} ({len(data)} bytes)"


def _openai(url: str, fields: Mapping[str, str], files: Mapping[str, bytes]) -> bytes:
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts += [
        f'name="{name}"; filename="{name}.png"\r\nContent-Type: image/png\r\n\r\n'.encode() + data
        for name, data in files.items()
    ]
    body = b"".join(b"--%s\r\nContent-Disposition: form-data; %s\r\n" % (_BOUNDARY.encode(), part) for part in parts)
    answer = _post(
        url + "/v1/images/edits",
        body=body + b"--%s--\r\n" % _BOUNDARY.encode(),
        content_type=f"multipart/form-data; boundary={_BOUNDARY}",
    )
    return base64.b64decode(json.loads(answer)["data"][0]["b64_json"])


def _post(url: str, *, value: object = None, body: bytes = b"", content_type: str = "application/json") -> bytes:
    data = json.dumps(value).encode() if value is not None else body
    request = urllib.request.Request(url, data=data, method="POST")  # noqa: S310  # our own loopback URL
    request.add_header("Authorization", "Bearer demo")
    request.add_header("Content-Type", content_type)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        content: bytes = answer.read()
        return content
