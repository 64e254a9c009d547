"""The clock by command: nobody sleeps in these tests."""

import httpx
import pytest

AT = 1_781_883_156


def test_a_frozen_clock_stands_still_until_it_is_advanced_or_runs(room):
    shown = room.control("POST", "clock", action="freeze", at=AT)
    assert shown == {"now": AT, "iso": "2026-06-19T15:32:36.000Z", "frozen": True}
    assert room.control("GET", "clock") == shown
    assert room.control("POST", "clock", action="advance", seconds=1.5)["now"] == AT + 1.5
    running = room.control("POST", "clock", action="run")
    assert not running["frozen"]
    assert AT + 1.5 <= running["now"] < AT + 60
    assert room.control("POST", "clock", action="advance", seconds=100)["now"] >= AT + 101.5


def test_freezing_without_a_moment_stops_at_this_one(room):
    now = room.control("GET", "clock")["now"]
    assert now <= room.control("POST", "clock", action="freeze")["now"] < now + 60


def test_a_job_follows_the_frozen_clock(frozen):
    project = frozen.start()
    assert frozen.project(project)["status"] == "queued"
    frozen.control("POST", "clock", action="advance", seconds=0.1)
    assert frozen.project(project)["status"] == "rendering"
    frozen.control("POST", "clock", action="advance", seconds=10)
    done = frozen.project(project)
    assert (done["status"], done["created_at"]) == ("complete", "2026-06-19T15:32:36.000Z")


def poll(question):
    """The first answer that is not empty, within a few seconds."""
    for _ in range(3000):
        answer = question()
        if answer:
            return answer
    raise AssertionError("nothing came of it")


def test_a_job_of_a_frozen_world_goes_on_when_the_clock_runs(frozen, receiver):
    frozen.control("POST", "webhooks", 201, url=receiver.url, secret="s", events=["image.completed"])
    project = frozen.start()
    poll(lambda: frozen.control("GET", f"jobs/{project}")["rendered"])
    assert frozen.control("GET", "webhooks/deliveries")["deliveries"] == []
    frozen.control("POST", "clock", action="run")
    poll(lambda: frozen.control("GET", "webhooks/deliveries")["deliveries"])


def test_links_expire_by_the_clock(frozen):
    project = frozen.start()
    frozen.control("POST", "clock", action="advance", seconds=10)
    url = frozen.project(project)["downloads"][0]["url"]
    assert httpx.get(url).status_code == 200
    frozen.control("POST", "clock", action="advance", seconds=86_401)
    assert httpx.get(url).status_code == 403
    assert httpx.get(frozen.project(project)["downloads"][0]["url"]).status_code == 200


def test_each_world_has_a_clock_of_its_own(frozen, neighbour):
    assert not neighbour.control("GET", "clock")["frozen"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"action": "stop"}, 'action: "stop" is not one of "freeze", "advance" or "run"'),
        ({"action": "advance"}, "seconds is required"),
        ({"action": "advance", "seconds": -1}, "seconds: -1 is less than the minimum of 0"),
        ({"action": "advance", "seconds": 1, "at": 2}, "at does not go together with the other fields"),
        ({"action": "run", "seconds": 1}, "seconds does not go together with the other fields"),
        ({"action": "freeze", "at": "noon"}, 'at: "noon" is not of type "number"'),
        ({"at": 1}, "action is required"),
    ],
)
def test_what_the_clock_does_not_understand_is_explained(room, body, message):
    refused = room.control("POST", "clock", 400, **body)["error"]
    assert (refused["code"], refused["message"].split("; ")[0]) == ("invalid_request", message)
    assert not room.control("GET", "clock")["frozen"]


def test_the_clock_ends_before_dates_do(room):
    room.control("POST", "clock", action="freeze", at=4_000_000_000)
    statuses = set()
    for _ in range(190):
        answer = room.post("/_emulator/clock", json={"action": "advance", "seconds": 32_000_000})
        statuses.add(answer.status_code)
        if answer.status_code == 422:
            break
    assert statuses == {200, 422}
    assert answer.json()["error"]["code"] == "too_late"


def test_a_body_must_be_json_and_say_so(room):
    for content, headers, status in (
        (b"", {"Content-Type": "application/json"}, 400),
        (b"{", {"Content-Type": "application/json"}, 400),
        (b"action=run", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"{}", {}, 415),
        (b" " * 200_000, {"Content-Type": "application/json"}, 413),
    ):
        assert room.post("/_emulator/clock", content=content, headers=headers).status_code == status
