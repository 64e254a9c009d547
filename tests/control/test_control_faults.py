"""Faults through the wire, at each vendor: the answer, the connection, the money and the events."""

import base64
import io
import json
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image, UnidentifiedImageError

EDIT, OPENAI, EDITOR = "/api/v1/image/edit", "/v1/images/edits", "/v1/ai-image-editor"
URL = "https://example.com/a.png"


def venice(room, **named):
    return room.post(EDIT, json={"prompt": named.pop("prompt", "sunset"), "image": URL}, **named)


def png():
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def received(answer):
    """What arrives of a body that breaks off."""
    got = bytearray()
    try:
        for chunk in answer.iter_raw():
            got += chunk
    except httpx.RemoteProtocolError:
        return bytes(got)
    raise AssertionError("the body did not break off")


def openai(room, **named):
    data = {
        "prompt": named.pop("prompt", "sunset"),
        "model": "gpt-image-1",
        "size": "1024x1024",
        **named.pop("data", {}),
    }
    return room.post(OPENAI, data=data, files={"image": ("a.png", png(), "image/png")}, **named)


def magic_hour(room, **named):
    body = {"style": {"prompt": named.pop("prompt", "sunset")}, "assets": {"image_file_paths": [URL]}}
    return room.post(EDITOR, json={**body, "resolution": "640px"}, **named)


VENDORS = {"venice": venice, "openai": openai, "magic-hour": magic_hour}
DOCUMENTED = {
    "venice": (400, 401, 402, 404, 415, 429, 500, 503),
    "openai": (400, 401, 429, 500),
    "magic-hour": (400, 401, 402, 404, 422, 429, 500),
}


def order(room, **fields):
    return room.control("POST", "faults", **fields)


def spent(room, vendor):
    return sum(amount for kind, amount in room.entries(vendor) if kind != "grant")


@pytest.mark.parametrize(("vendor", "status"), [(name, one) for name, all_ in DOCUMENTED.items() for one in all_])
def test_each_documented_error_comes_with_the_vendors_own_body(room, vendor, status):
    """The room's client holds every answer to the vendor's document."""
    one = order(room, fault=str(status), times=1, match={"vendor": vendor})
    answer = VENDORS[vendor](room)
    assert answer.status_code == status and answer.headers["x-emulator-fault"] == f"{one['id']}: {status}"
    if vendor == "openai":
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    else:
        assert answer.json()["error" if vendor == "venice" else "message"]
    assert VENDORS[vendor](room).status_code == 200
    assert room.control("GET", f"faults/{one['id']}")["left"] == 0


@pytest.mark.parametrize("vendor", VENDORS)
def test_429_says_how_long_to_wait(room, vendor):
    order(room, fault="429 retry-after=7")
    assert VENDORS[vendor](room).headers["retry-after"] == "7"


def test_a_code_chooses_among_the_errors_of_a_status(room):
    order(room, fault="429 insufficient_quota no-retry")
    answer = openai(room)
    assert answer.json()["error"]["code"] == "insufficient_quota" and answer.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_error_after_the_charge_is_refunded(room, vendor):
    order(room, fault="500 after charge", times=1)
    assert VENDORS[vendor](room).status_code == 500
    kinds = [kind for kind, _ in room.entries(vendor)]
    assert kinds == ["grant", "charge", "refund"] and spent(room, vendor) == 0
    assert VENDORS[vendor](room).status_code == 200 and spent(room, vendor) < 0


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_error_before_the_charge_costs_nothing(room, vendor):
    order(room, fault="503", times=1)
    assert VENDORS[vendor](room).status_code == 503
    room.control("PATCH", room.account(vendor), balance=10**9)
    assert [kind for kind, _ in room.entries(vendor)] in (["grant"], ["grant", "grant"])


def test_a_header_brings_its_own_fault(room):
    answer = venice(room, headers={"X-Emulator-Fault": "429 retry-after=3"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert answer.headers["x-emulator-fault"] == "header: 429 retry-after=3"
    refused = venice(room, headers={"X-Emulator-Fault": "boom"})
    assert refused.status_code == 400
    assert "faults are written as" in json.loads(refused.headers["x-emulator-violations"])[0]["message"]
    assert venice(room).status_code == 200


def test_a_preference_asks_for_a_documented_error(room):
    answer = venice(room, headers={"Prefer": "respond-async, code=503"})
    assert answer.status_code == 503 and answer.headers["preference-applied"] == "code=503"
    for ignored in ("code=200", "code=418", "code=x", "wait=5"):
        passed = venice(room, headers={"Prefer": ignored})
        assert passed.status_code == 200 and "preference-applied" not in passed.headers


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_mark_in_the_prompt_is_a_fault(room, vendor):
    answer = VENDORS[vendor](room, prompt="make it red [emulator: 429 retry-after=4]")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "4")


def test_orders_by_prompt_model_and_key_strike_those_alone(room):
    order(room, fault="503", match={"prompt": "forest", "model": "firered-image-edit"})
    order(room, fault="500", match={"key": room.key, "vendor": "openai"})
    assert venice(room).status_code == 200 and venice(room, prompt="a forest").status_code == 503
    assert openai(room).status_code == 500


def test_latency_waits_where_it_is_told_to(room):
    order(room, steps=["latency 0.3", "latency 0.3 body", "ok"])

    def times():
        """Seconds to the head, and from there to the end."""
        request = {"json": {"prompt": "x", "image": URL}, "headers": {"Authorization": f"Bearer {room.key}"}}
        started = time.perf_counter()
        with httpx.stream("POST", str(room.base_url).rstrip("/") + EDIT, timeout=60, **request) as answer:
            head = time.perf_counter()
            answer.read()
        return head - started, time.perf_counter() - head

    (first_head, first_rest), (second_head, second_rest), plain = times(), times(), times()
    assert first_head > 0.3 > first_rest and second_rest > 0.29
    assert second_head < first_head and sum(plain) < first_head


@pytest.mark.parametrize("script", ["disconnect", "reset"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_the_connection_ends_before_the_answer_and_the_charge_stands_or_not(room, vendor, script):
    order(room, fault=script, times=1)
    with pytest.raises(httpx.TransportError):
        VENDORS[vendor](room)
    assert VENDORS[vendor](room).status_code == 200
    record = room.control("GET", "requests")["requests"][0]
    assert record["status"] is None and script in record["fault"]


def test_the_connection_ends_within_the_body(room):
    order(room, fault="disconnect after 4 KB", times=1)
    with room.stream("POST", EDIT, json={"prompt": "x", "image": URL}) as one:
        assert one.status_code == 200 and int(one.headers["content-length"]) > 4096
        assert len(received(one)) == 4096


def test_a_reset_is_a_reset_on_the_wire(room):
    order(room, fault="reset", times=1)
    parts = urlsplit(str(room.base_url))
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as wire:
        body = json.dumps({"prompt": "x", "image": URL}).encode()
        wire.sendall(
            f"POST {parts.path.rstrip('/')}{EDIT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        with pytest.raises(ConnectionResetError):
            wire.recv(65536)


def image(data):
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()


@pytest.mark.parametrize(("script", "error"), [("truncate 0.5", OSError), ("corrupt", UnidentifiedImageError)])
def test_pictures_are_truncated_and_corrupted_wherever_they_stand(room, script, error):
    whole = venice(room).content
    order(room, fault=script, match={"vendor": "venice"})
    order(room, fault=script, match={"vendor": "openai"})
    broken = venice(room)
    assert broken.status_code == 200 and len(broken.content) == (
        len(whole) // 2 if "truncate" in script else len(whole)
    )
    with pytest.raises(error):
        image(broken.content)
    with pytest.raises(error):
        image(base64.b64decode(openai(room).json()["data"][0]["b64_json"]))


def test_downloads_suffer_too(room):
    room.control("POST", "clock", action="freeze")
    project = room.start()
    room.control("POST", f"jobs/{project}/finish")
    [download] = room.project(project)["downloads"]
    whole = room.get(download["url"]).content
    order(room, fault="truncate 0.1", times=1, match={"vendor": "media"})
    assert len(room.get(download["url"]).content) == len(whole) // 10
    order(room, fault="503", times=1, match={"vendor": "media", "operation": "download"})
    assert room.get(download["url"]).status_code == 503
    assert room.get(download["url"]).content == whole


@pytest.mark.parametrize(
    ("script", "media_type", "size"), [("content-type text/html", "text/html", None), ("empty", "image/png", 0)]
)
def test_the_answer_lies_about_its_type_or_has_no_body(base_url, room, script, media_type, size):
    order(room, fault=script, times=1)
    # Without the room's hooks: this answer breaks the document on purpose.
    answer = httpx.post(
        f"{room.base_url}{EDIT[1:]}" if str(room.base_url).endswith("/") else f"{room.base_url}{EDIT}",
        headers={"Authorization": f"Bearer {room.key}"},
        json={"prompt": "x", "image": URL},
        timeout=60,
    )
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(media_type)
    assert size is None or len(answer.content) == size


def test_a_stream_is_cut_after_its_first_event(room):
    order(room, fault="cut-stream after 1", times=1)
    data = {"stream": "true", "partial_images": "2"}
    form = {"prompt": "sunset", "model": "gpt-image-1", **data}
    with room.stream("POST", OPENAI, data=form, files={"image": ("a.png", png(), "image/png")}) as one:
        got = received(one)
    assert got.count(b"event: image_edit.partial_image") == 1 and b"completed" not in got


def test_a_job_fails_with_its_code_and_gives_back_what_failed(room):
    order(room, fault="job-error face_not_detected images=0,2", times=1)
    room.control("POST", "clock", action="freeze")
    project = room.start(image_count=4)
    room.control("POST", f"jobs/{project}/finish")
    job = room.control("GET", f"jobs/{project}")
    assert [(one["image"], one["code"]) for one in job["failures"]] == [
        (0, "face_not_detected"),
        (2, "face_not_detected"),
    ]
    shown = room.project(project)
    assert shown["status"] == "complete" and 2 * shown["credits_charged"] == job["price"]
    order(room, fault="job-error no_source_face", times=1)
    project = room.start()
    room.control("POST", "clock", action="advance", seconds=10)
    shown = room.project(project)
    assert (shown["status"], shown["error"]["code"], shown["credits_charged"]) == ("error", "no_source_face", 0)


def test_events_are_lost_late_or_twice(room, receiver):
    room.control("POST", "webhooks", 201, url=receiver.url, secret="s")
    room.control("POST", "clock", action="freeze")

    def events(script):
        before = len(receiver.posts)
        if script:
            order(room, fault=script, times=1)
        project = room.start()
        room.control("POST", f"jobs/{project}/finish")
        room.control("POST", "clock", action="advance", seconds=1)
        return [json.loads(body)["type"] for _, body in receiver.posts[before:]]

    assert events("") == ["image.started", "image.completed"]
    assert events("webhook lost") == ["image.completed"]
    assert events("webhook twice") == ["image.started", "image.started", "image.completed"]
    started = time.perf_counter()
    assert events("webhook late 0.5") == ["image.completed", "image.started"]
    assert time.perf_counter() - started > 0.5


def test_a_slow_upload_takes_its_time(room):
    started = time.perf_counter()
    picture = "data:image/png;base64," + "A" * 50_000
    room.post(EDIT, json={"prompt": "x", "image": picture}, headers={"X-Emulator-Fault": "slow-upload 100 KB/s"})
    assert time.perf_counter() - started > 0.45


def test_plans_tell_what_is_left_and_orders_are_taken_back(room):
    plan = order(room, steps=["503", "ok", "reset after 4 KB"], match={"vendor": "venice", "operation": "editImage"})
    assert (plan["left"], plan["steps"][2]) == (3, "reset after 4096 bytes")
    assert [venice(room).status_code for _ in range(2)] == [503, 200]
    listed = room.control("GET", "faults")
    assert listed["unused"] == [plan["id"]] and listed["faults"][0]["left"] == 1
    assert any(one["written"].startswith("429") for one in listed["kinds"])
    room.control("DELETE", f"faults/{plan['id']}", 204)
    room.control("GET", f"faults/{plan['id']}", 404)
    order(room, fault="503")
    room.control("DELETE", "faults", 204)
    assert venice(room).status_code == 200


def test_what_is_no_order_is_refused_with_the_way_to_write_it(room):
    error = room.control("POST", "faults", 422, fault="boom")["error"]
    assert "reset [after 4 KB]" in error["message"]
    room.control("POST", "faults", 400, fault="503", steps=["ok"])
    room.control("POST", "faults", 400, match={"vendor": "venice"})


def test_orders_stay_in_their_world_and_go_with_it(room, neighbour):
    order(room, fault="503")
    assert venice(neighbour).status_code == 200
    room.control("POST", "reset", 204)
    assert venice(room).status_code == 200


def test_a_large_upload_gets_its_error_and_no_broken_pipe(room):
    order(room, fault="503", times=1)
    answer = room.post(EDIT, json={"prompt": "x", "image": "A" * 20_000_000})
    assert answer.status_code == 503
