"""Pictures of more than the server looks at in one go, in every spelling that clients use."""

import base64
import json

import httpx
import pytest

from emulator.testing.pictures import picture

EDIT, MULTI = "/api/v1/image/edit", "/api/v1/image/multi-edit"
LARGE = picture("photograph", width=1100, height=900)
TEXT = base64.b64encode(LARGE).decode()
DATA_URL = "data:image/png;base64," + TEXT


@pytest.fixture(scope="module")
def expected(base_url):
    files = {"image": ("a.png", LARGE, "image/png")}
    headers = {"Authorization": "Bearer large"}
    answer = httpx.post(base_url + EDIT, data={"prompt": "winter"}, files=files, headers=headers, timeout=60)
    assert answer.status_code == 200
    assert len(LARGE) > 1 << 20, "large enough for every way of keeping it"
    return answer.content


def sent(api, body, url=EDIT):
    return api.post(url, content=body, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"prompt": "winter", "image": TEXT}),
        json.dumps({"image": TEXT, "prompt": "winter"}, indent=2),
        json.dumps({"prompt": "winter", "image": DATA_URL}),
        json.dumps({"prompt": "winter", "image": TEXT.rstrip("=")}),
        json.dumps({"prompt": "winter", "image": base64.encodebytes(LARGE).decode()}),
        json.dumps({"prompt": "winter", "image": TEXT}).replace("/", "\\/"),
        json.dumps({"prompt": "night", "image": "overwritten"})[:-1] + f', "image": "{TEXT}", "prompt": "winter"}}',
    ],
    ids=["plain", "indented", "data URL", "no padding", "MIME lines", "PHP's slashes", "sent twice"],
)
def test_every_spelling_is_the_same_picture(api, expected, body):
    answer = sent(api, body)
    assert answer.status_code == 200, answer.text
    assert answer.content == expected


def test_several_in_a_list(api):
    whole = api.post(MULTI, json={"prompt": "winter", "images": [TEXT, DATA_URL]})
    again = api.post(MULTI, json={"prompt": "winter", "images": [DATA_URL, TEXT]})
    assert whole.status_code == again.status_code == 200
    assert whole.content == again.content


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"image": TEXT + "!"}, 400, "base64"),
        ({"image": "data:image/jpeg;base64," + TEXT}, 400, "image/jpeg"),
        ({"image": "A" * 400_000}, 400, "image"),
        ({"image": TEXT, "unknown": TEXT}, 400, "unknown"),
        ({"image": [TEXT]}, 400, "image"),
        ({"image": TEXT, "prompt": TEXT}, 400, "prompt"),
        ({"image": TEXT, "model": TEXT}, 404, "model"),
    ],
    ids=["no base64", "mislabelled", "no picture", "elsewhere", "in a list", "as the prompt", "as the model"],
)
def test_what_is_wrong_is_refused_as_in_a_small_body(api, fields, status, told):
    answer = api.post(EDIT, json={"prompt": "winter", **fields})
    assert answer.status_code == status, answer.text[:300]
    assert told in answer.text + answer.headers.get("x-emulator-violations", "")
    assert len(answer.content) < 5000


def test_the_journal_tells_the_beginning_and_the_length(api, base_url, key):
    api.post(EDIT, json={"prompt": "winter", "image": DATA_URL})
    found = httpx.get(base_url + "/_emulator/requests", params={"limit": 50}).json()["requests"]
    told = [one["sent"]["image"] for one in found if one["sent"].get("image", "").startswith("data:")]
    assert f"{DATA_URL[:200]}… ({len(DATA_URL)} characters)" in told
