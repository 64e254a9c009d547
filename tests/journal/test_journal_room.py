"""The journal alone: bounded, counted, and honest about what it dropped."""

import asyncio
from types import SimpleNamespace

import pytest

from emulator.clock import Clock
from emulator.journal import Journal, Record, Recorder


def note(journal, path="/x", **known):
    journal.add(Record(at=1.0, method="GET", path=path, seconds=0.1, **known))


def test_beyond_the_cap_the_oldest_go_and_are_counted():
    journal = Journal(cap=3)
    for number in range(5):
        note(journal, f"/{number}")
    assert [one.path for one in journal.records()] == ["/2", "/3", "/4"]
    assert journal.dropped == 2
    assert [one.number for one in journal.records()] == [3, 4, 5]
    journal.clear()
    assert (journal.records(), journal.dropped) == ((), 0)


def run(app, *, body=b"abc", path="/v1/x"):
    world = SimpleNamespace(clock=Clock(frozen_at=7.0), journal=Journal(), namespace="", tell=None)
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"a=1",
        "headers": [],
        "state": {"world": world},
    }

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        pass

    async def go():
        await Recorder(app)(scope, receive, send)

    return world.journal, go


async def answer(scope, receive, send):
    await receive()
    scope["state"]["draft"].vendor = "openai"
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": b"12345"})


def test_a_request_is_recorded_with_bytes_status_and_what_was_learned():
    journal, go = run(answer)
    asyncio.run(go())
    [one] = journal.records()
    assert (one.method, one.path, one.status, one.bytes_in, one.bytes_out) == ("POST", "/v1/x", 201, 3, 5)
    assert (one.vendor, one.at) == ("openai", 7.0)


def test_a_request_that_breaks_off_is_recorded_without_status():
    async def broken(scope, receive, send):
        raise RuntimeError("gone")

    journal, go = run(broken)
    with pytest.raises(RuntimeError, match="gone"):
        asyncio.run(go())
    assert journal.records()[0].status is None


def test_the_control_door_is_not_recorded():
    journal, go = run(answer_without_draft, path="/_emulator/health")
    asyncio.run(go())
    assert journal.records() == ()


async def answer_without_draft(scope, receive, send):
    assert "draft" not in scope["state"]
