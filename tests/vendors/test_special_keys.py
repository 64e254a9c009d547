"""Keys whose own text says what they do, at every vendor; and keys that choose a namespace."""

from pathlib import Path

import httpx
import pytest

URL = "https://example.com/a.png"
CALLS = {
    "venice": ("/api/v1/image/edit", {"json": {"prompt": "x", "image": URL}}),
    "openai": (
        "/v1/images/edits",
        {"data": {"prompt": "x"}, "files": {"image": ("a.png", Path("fixtures/images/harbour.png").read_bytes())}},
    ),
    "magic-hour": ("/v1/ai-image-editor", {"json": {"style": {"prompt": "x"}, "assets": {"image_file_paths": [URL]}}}),
}
EXPECTED = {
    "emulator-invalid": {"venice": 401, "openai": 401, "magic-hour": 401},
    "emulator-empty": {"venice": 402, "openai": 429, "magic-hour": 402},
    "emulator-limited": {"venice": 429, "openai": 429, "magic-hour": 429},
}


def call(base_url, vendor, key):
    path, body = CALLS[vendor]
    return httpx.post(base_url + path, headers={"Authorization": f"Bearer {key}"}, timeout=60, **body)


@pytest.mark.parametrize("vendor", CALLS)
@pytest.mark.parametrize("key", EXPECTED)
@pytest.mark.parametrize("more", ["", "-7"])
def test_special_keys_do_what_their_text_says(base_url, vendor, key, more):
    answer = call(base_url, vendor, key + more)
    assert answer.status_code == EXPECTED[key][vendor]
    assert answer.headers["x-emulator-violations"] and answer.headers["x-emulator-hint"]
    if key == "emulator-limited":
        assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("vendor", CALLS)
def test_a_key_chooses_a_namespace_as_the_path_does(base_url, key, vendor):
    assert call(base_url, vendor, f"{key}@team-{key}").status_code == 200
    accounts = httpx.get(f"{base_url}/_ns/team-{key}/_emulator/accounts").json()["accounts"]
    assert [(one["vendor"], one["holder"]) for one in accounts] == [(vendor, key)]
    assert call(f"{base_url}/_ns/team-{key}", vendor, key).status_code == 200
    accounts = httpx.get(f"{base_url}/_ns/team-{key}/_emulator/accounts").json()["accounts"]
    assert len(accounts) == 1, "the same account, by path and by key"


def test_urls_handed_out_keep_the_namespace_of_the_key(base_url, key):
    headers = {"Authorization": f"Bearer {key}@urls-{key}"}
    path, body = CALLS["openai"]
    data = {**body["data"], "response_format": "url"}
    answer = httpx.post(base_url + path, headers=headers, timeout=60, data=data, files=body["files"])
    url = answer.json()["data"][0]["url"]
    assert url.startswith(f"{base_url}/_ns/urls-{key}/media/")
    assert httpx.get(url).status_code == 200
