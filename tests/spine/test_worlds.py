"""What the spine promises whatever the vendor: namespaces, refunds, rates, URLs, order, own bugs."""

import base64
import io
import json
import threading

import httpx
import pytest
from PIL import Image

from emulator.imaging import editing
from emulator.server import ServerThread
from emulator.settings import Settings
from emulator.sources import find_image

EDIT = "/api/v1/image/edit"


def png(colour=(70, 130, 180), size=(512, 384)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def b64(data):
    return base64.b64encode(data).decode()


def usd(url, key):
    answer = httpx.get(url + "/api/v1/billing/balance", headers={"Authorization": f"Bearer {key}"})
    return answer.json()["balances"]["usd"]


def edit(url, key, **fields):
    body = {"prompt": "winter", "image": b64(png()), **fields}
    return httpx.post(url + EDIT, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=30)


def test_a_namespace_is_a_world_of_its_own(base_url, key):
    here, there = base_url + "/_ns/one", base_url + "/_ns/two"
    before = usd(here, key)
    assert edit(here, key).status_code == 200
    assert usd(here, key) < before == usd(there, key) == usd(base_url, key)
    files = {"image": ("a.png", png(), "image/png")}
    fields = {"prompt": "winter", "response_format": "url"}
    answer = httpx.post(
        here + "/v1/images/edits", data=fields, files=files, headers={"Authorization": f"Bearer {key}"}, timeout=30
    )
    url = answer.json()["data"][0]["url"]
    assert url.startswith(here + "/media/")
    assert httpx.get(url).status_code == 200
    assert httpx.get(url.replace("/_ns/one", "/_ns/two")).status_code == 403
    offer = httpx.post(here + EDIT).json()
    assert offer["resource"]["url"] == here + EDIT


@pytest.mark.parametrize("name", ["", "-", "a/b", "x" * 65, "%00"])
def test_odd_names_are_no_namespaces(base_url, name):
    assert httpx.get(f"{base_url}/_ns/{name}/_emulator/health").status_code == 404


def test_a_url_of_our_own_goes_in_again_without_the_network(api, base_url):
    files = {"image": ("a.png", png(), "image/png")}
    answer = api.post("/v1/images/edits", data={"prompt": "winter", "response_format": "url"}, files=files)
    url = answer.json()["data"][0]["url"]
    assert edit(base_url, "k", image=url).status_code == 200
    changed = edit(base_url, "k", image=url.replace("signature=", "signature=0"))
    assert changed.status_code == 400
    assert changed.json()["error"] == "The image URL could not be read"


def test_urls_follow_the_host_that_the_client_uses(base_url, key):
    headers = {"Authorization": f"Bearer {key}", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "images.test:8443"}
    files = {"image": ("a.png", png(), "image/png")}
    fields = {"prompt": "winter", "response_format": "url"}
    answer = httpx.post(base_url + "/v1/images/edits", data=fields, files=files, headers=headers)
    assert answer.json()["data"][0]["url"].startswith("https://images.test:8443/media/")
    with ServerThread(Settings(port=0, public_url="http://emulator:1234/")) as url:
        answer = httpx.post(url + "/v1/images/edits", data=fields, files=files, headers=headers)
    assert answer.json()["data"][0]["url"].startswith("http://emulator:1234/media/")


def test_pictures_of_a_directory_stand_for_urls(tmp_path, key):
    (tmp_path / "example.com" / "a").mkdir(parents=True)
    (tmp_path / "example.com" / "a" / "cat.png").write_bytes(png((255, 0, 0)))
    (tmp_path / "dog.png").write_bytes(png((0, 0, 255)))
    with ServerThread(Settings(port=0, images=tmp_path)) as url:
        cat, red = edit(url, key, image="http://example.com/a/cat.png"), edit(url, key, image=b64(png((255, 0, 0))))
        dog, blue = (
            edit(url, key, image="https://other.test/x/dog.png?v=1"),
            edit(url, key, image=b64(png((0, 0, 255)))),
        )
        elsewhere = edit(url, key, image="https://other.test/bird.png")
    assert cat.content == red.content
    assert dog.content == blue.content
    assert elsewhere.status_code == 200
    assert elsewhere.content not in (cat.content, dog.content)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/../../secret.txt",
        "http://example.com/%2e%2e/%2e%2e/secret.txt",
        "http://../secret.txt",
        "http://example.com//" + "x" * 5000,
        "http://example.com/\x00",
        "http://[bad/secret.txt",
    ],
)
def test_no_url_leads_out_of_the_directory(tmp_path, url):
    inside = tmp_path / "images"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    assert find_image(inside, url) is None


def test_what_fails_after_the_charge_is_refunded(monkeypatch):
    """The one place where something of ours is made to fail: an edit that breaks in the middle."""

    def broken(*_arguments, **_named):
        raise MemoryError("no room for the picture")

    with ServerThread(Settings(port=0, cache_mb=0)) as url:
        assert edit(url, "k").status_code == 200
        before = usd(url, "k")
        monkeypatch.setattr(editing, "edit", broken)
        answer = edit(url, "k")
        assert (answer.status_code, answer.json()) == (500, {"error": "Inference processing failed"})
        monkeypatch.undo()
        assert usd(url, "k") == before
        assert edit(url, "k").status_code == 200


def test_the_rate_limit_counts_and_refuses_only_when_told_to(base_url, key):
    first, second = edit(base_url, key), edit(base_url, key)
    left = [int(one.headers["x-ratelimit-remaining-requests"]) for one in (first, second)]
    assert first.headers["x-ratelimit-limit-requests"] == "20"
    assert left in ([19, 18], [19, 19])  # a minute may end between the two
    with ServerThread(Settings(port=0, image_rate=2, enforce_rate=True)) as url:
        answers = [edit(url, "k") for _ in range(6)]
    refused = [one for one in answers if one.status_code == 429]
    assert len(refused) >= 2
    assert refused[0].json() == {"error": "Rate limit exceeded"}
    assert 0 < int(refused[0].headers["retry-after"]) <= 60


def test_an_empty_account_is_refused_and_nobody_goes_below_zero():
    with ServerThread(Settings(port=0, venice_usd="0.10")) as url:
        statuses = []

        def spend():
            statuses.append(edit(url, "poor").status_code)

        threads = [threading.Thread(target=spend) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(statuses) == [200] * 2 + [402] * 6
        assert usd(url, "poor") == pytest.approx(0.02)
        message = "Insufficient USD or Diem balance to complete request. "
        assert edit(url, "poor").json()["error"].startswith(message)


def test_head_answers_like_get_without_a_body(api):
    got, head = api.get("/v1/models"), api.head("/v1/models")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]


def test_health_tells_version_and_contracts(anonymous):
    found = anonymous.get("/_emulator/health").json()
    assert found["status"] == "ok"
    assert found["contracts"]["venice"] == "20260619.153236"


@pytest.mark.parametrize("name", ["venice", "openai", "control"])
def test_the_documents_are_served_and_valid(anonymous, name):
    import yaml_rs
    from openapi_spec_validator import validate

    data = anonymous.get(f"/_emulator/openapi/{name}.json").json()
    text = anonymous.get(f"/_emulator/openapi/{name}.yaml").text
    assert yaml_rs.loads(text, parse_datetime=False) == data
    validate(data)


def test_an_unknown_path_of_no_vendor_is_told(anonymous):
    answer = anonymous.get("/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert json.loads(anonymous.get("/_emulator/openapi/nobody.json").content)["error"]["code"] == "not_found"
