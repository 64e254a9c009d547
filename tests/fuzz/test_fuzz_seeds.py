"""Requests that broke other mock servers, each once, through the wire."""

import http.client
import io
import json
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

EDIT, MULTI, CUT, OPENAI = (
    "/api/v1/image/edit",
    "/api/v1/image/multi-edit",
    "/api/v1/image/background-remove",
    "/v1/images/edits",
)
POSTS = (EDIT, MULTI, CUT, OPENAI, "/v1/ai-image-editor", "/v1/files/upload-urls")


def png():
    out = io.BytesIO()
    Image.new("RGB", (256, 256), (70, 130, 180)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=XX"])
@pytest.mark.parametrize("raw", [b"", b"\x00", b"--XX\r\n\r\n\r\n--XX--\r\n", b"--XX--\r\n"])
def test_empty_and_broken_bodies_are_refused(api, path, kind, raw):
    assert api.post(path, content=raw, headers={"Content-Type": kind}).status_code in (400, 415)


@pytest.mark.parametrize("path", [EDIT, OPENAI])
@pytest.mark.parametrize("disposition", ["form-data", 'form-data; filename="prompt"', 'attachment; name="prompt"', ""])
def test_a_part_without_a_name_is_no_field(api, path, disposition):
    raw = f"--XX\r\nContent-Disposition: {disposition}\r\n\r\nwinter\r\n--XX--\r\n".encode()
    answer = api.post(path, content=raw, headers={"Content-Type": "multipart/form-data; boundary=XX"})
    assert answer.status_code == 400


def test_a_24_mb_upload_is_taken(api):
    files = {"image": ("a.png", png() + bytes(24_000_000), "image/png")}
    assert api.post(EDIT, data={"prompt": "winter"}, files=files).status_code == 200


@pytest.mark.parametrize("value", ["garbage", "e30=", "", "%%%", "A" * 8000])
@pytest.mark.parametrize("name", ["SIGN-IN-WITH-X", "X-Sign-In-With-X"])
def test_a_garbage_sign_in_is_refused(anonymous, name, value):
    answer = anonymous.post(EDIT, json={"prompt": "x", "image": "x"}, headers={name: value})
    assert answer.status_code == 401


def test_the_connection_goes_on_after_a_refused_upload(base_url):
    """The rest of a refused body is let go, and the next request on the same connection is answered."""
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    head = b'--XX\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    body = head + bytes(30_000_000) + b"\r\n--XX--\r\n"
    headers = {"Authorization": "Bearer k", "Content-Type": "multipart/form-data; boundary=XX"}
    for _ in range(2):
        connection.request("POST", EDIT, body=body, headers=headers)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (400, "IMAGE_TOO_LARGE")
    connection.request("GET", "/_emulator/health")
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize("path", POSTS)
def test_methods_that_a_path_lacks_are_told_with_those_it_has(anonymous, method, path):
    answer = anonymous.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.json()


@pytest.mark.parametrize("model", ["\b", "\r\nx: y", "é\x00", "x" * 5000])
def test_what_a_client_sends_never_breaks_a_header(base_url, key, model):
    """Found by fuzzing: a model's name stood in a hint as it came."""
    headers = {"Authorization": f"Bearer {key}"}
    body = {"prompt": "x", "image": "https://example.com/a.png", "model": model}
    answer = httpx.post(base_url + EDIT, json=body, headers=headers, timeout=60)
    assert answer.status_code == 404 and answer.headers["x-emulator-hint"].isprintable()
    answer = httpx.post(base_url + EDIT, json={**body, "model": "qwen-edit", model: 1}, headers=headers, timeout=60)
    assert answer.status_code == 400 and answer.headers["x-emulator-violations"].isprintable()
