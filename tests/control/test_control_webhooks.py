"""Webhooks by command: registered, told in order, signed, logged."""

import hashlib
import hmac
import json

import httpx
import pytest
from control_room import Room

from emulator.app import build_app
from emulator.server import ServerThread
from emulator.settings import BadSetting, Settings

SECRET = "whsec-test"


def told(receiver):
    """Type and project of what was posted, in order."""
    return [(event["type"], event["payload"]["id"]) for event in (json.loads(body) for _, body in receiver.posts)]


def assert_signed(headers, body, secret):
    """The recipe that the vendor documents."""
    timestamp = headers["magic-hour-event-timestamp"]
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["magic-hour-event-signature"] == expected


def test_events_are_delivered_signed_and_in_order(frozen, receiver):
    target = frozen.control("POST", "webhooks", 201, url=receiver.url, secret=SECRET)
    assert target == {"id": target["id"], "url": receiver.url, "events": []}
    project = frozen.start(image_count=4)
    frozen.control("POST", f"jobs/{project}/fail", images=[3])
    frozen.control("POST", "clock", action="advance", seconds=10)
    assert told(receiver) == [("image.started", project), ("image.completed", project)]
    for headers, body in receiver.posts:
        assert_signed(headers, body, SECRET)
        assert headers["content-type"] == "application/json"
    payload = json.loads(receiver.posts[1][1])["payload"]
    assert (payload["status"], payload["credits_charged"], len(payload["downloads"])) == ("complete", 30, 3)
    assert httpx.get(payload["downloads"][0]["url"]).status_code == 200
    assert f"/_ns/{frozen.name}/" in payload["downloads"][0]["url"]


def test_what_failed_is_told_and_what_was_canceled_is_not(frozen, receiver):
    frozen.control("POST", "webhooks", 201, url=receiver.url, secret=SECRET, events=["image.errored"])
    failed, canceled = frozen.start(), frozen.start()
    frozen.control("POST", f"jobs/{failed}/fail")
    frozen.control("POST", f"jobs/{canceled}/cancel")
    assert told(receiver) == [("image.errored", failed)]


def test_the_log_tells_what_was_delivered(frozen, receiver):
    target = frozen.control("POST", "webhooks", 201, url=receiver.url, secret=SECRET)
    project = frozen.start()
    frozen.control("POST", f"jobs/{project}/finish")
    log = frozen.control("GET", "webhooks/deliveries")["deliveries"]
    assert [(one["webhook"], one["event"], one["state"]) for one in log] == [
        (target["id"], "image.started", "delivered"),
        (target["id"], "image.completed", "delivered"),
    ]
    assert [attempt["status"] for one in log for attempt in one["attempts"]] == [200, 200]


def test_a_target_that_was_removed_hears_nothing(frozen, receiver):
    target = frozen.control("POST", "webhooks", 201, url=receiver.url, secret=SECRET)
    assert frozen.control("GET", "webhooks") == {"webhooks": [target]}
    frozen.control("DELETE", f"webhooks/{target['id']}", 204)
    frozen.control("DELETE", f"webhooks/{target['id']}", 404)
    frozen.control("POST", f"jobs/{frozen.start()}/finish")
    assert receiver.posts == []
    assert frozen.control("GET", "webhooks") == {"webhooks": []}


def test_worlds_do_not_hear_of_each_other(frozen, neighbour, receiver):
    neighbour.control("POST", "webhooks", 201, url=receiver.url, secret=SECRET)
    frozen.control("POST", f"jobs/{frozen.start()}/finish")
    assert receiver.posts == []
    assert neighbour.control("GET", "webhooks/deliveries") == {"deliveries": [], "dropped": 0}


def test_an_answer_that_never_comes_is_logged(frozen):
    frozen.control("POST", "webhooks", 201, url="http://127.0.0.1:9/hooks", secret=SECRET, events=["image.completed"])
    frozen.control("POST", f"jobs/{frozen.start()}/finish")
    (delivery,) = frozen.control("GET", "webhooks/deliveries")["deliveries"]
    assert delivery["state"] in ("pending", "failed")  # the command does not wait for all the tries
    assert delivery["attempts"][0]["status"] is None
    assert "ConnectError" in delivery["attempts"][0]["error"]


@pytest.mark.parametrize("url", ["https://example.com/hooks", "http://10.0.0.1/hooks"])
def test_a_target_elsewhere_needs_the_switch(room, url):
    refused = room.control("POST", "webhooks", 422, url=url, secret=SECRET)["error"]
    assert refused["code"] == "receiver_refused"
    assert "--webhooks-anywhere" in refused["hint"]
    assert "EMULATOR_WEBHOOKS_ANYWHERE" in refused["hint"]
    with ServerThread(Settings(port=0, webhooks_anywhere=True)) as server:
        answer = httpx.post(f"{server}/_emulator/webhooks", json={"url": url, "secret": SECRET})
        assert answer.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"url": "http://127.0.0.1:1/"},
        {"url": "ftp://127.0.0.1/", "secret": "s"},
        {"url": "hooks", "secret": "s"},
        {"url": "http://127.0.0.1:1/", "secret": ""},
        {"url": "http://127.0.0.1:1/", "secret": "s", "events": ["image.exploded"]},
        {"url": "http://127.0.0.1:1/", "secret": "s", "events": []},
        {"url": "http://127.0.0.1:1/", "secret": "s", "surprise": 1},
    ],
)
def test_a_target_that_makes_no_sense_is_refused(room, body):
    room.control("POST", "webhooks", 400, **body)
    assert room.control("GET", "webhooks") == {"webhooks": []}


def test_a_server_whose_target_is_elsewhere_does_not_start():
    with pytest.raises(BadSetting, match=r"webhook_url.*--webhooks-anywhere"):
        build_app(Settings(port=0, webhook_url="http://10.0.0.1/hooks"))


def test_the_target_of_the_settings_hears_of_every_world(receiver, key):
    with ServerThread(Settings(port=0, webhook_url=receiver.url, webhook_secret="from-settings")) as url:
        projects = []
        for name in ("one", "two"):
            with Room(url, name, key) as room:
                assert [one["url"] for one in room.control("GET", "webhooks")["webhooks"]] == [receiver.url]
                projects.append(room.start())
                room.control("POST", f"jobs/{projects[-1]}/finish")
                room.control("POST", "reset", 204)
                assert [one["url"] for one in room.control("GET", "webhooks")["webhooks"]] == [receiver.url]
    assert told(receiver) == [
        (event, project) for project in projects for event in ("image.started", "image.completed")
    ]
    for headers, body in receiver.posts:
        assert_signed(headers, body, "from-settings")
