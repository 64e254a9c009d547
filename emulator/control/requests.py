"""The journal, as a test reads it: what this world was asked and how it answered, with waiting and near misses."""

import asyncio
from dataclasses import replace

from emulator.call import Admitted, Answer, Call
from emulator.clock import iso, stopwatch
from emulator.journal import Record, Wanted
from emulator.vendor import Handler, operation
from emulator.world import World

NEAR = 5  # near misses that are told


def handlers() -> tuple[Handler, ...]:
    """What answers for the journal."""

    @operation("listRequests")
    async def list_requests(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET the newest requests that fit, oldest of them first."""
        wanted = _wanted(admitted)
        found = [one for one in world.journal.records() if not wanted.misses(one)]
        return Answer(json={**_told(found[-admitted.query["limit"] :], world), "count": len(found)})

    @operation("waitForRequests")
    async def wait(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET as soon as enough requests fit, or when the time is over: then with near misses."""
        wanted, count = _wanted(admitted), admitted.query["count"]
        until, loop, news = stopwatch() + admitted.query["timeout"], asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            loop.call_soon_threadsafe(news.set)

        with world.journal.listening(tell):
            while True:
                news.clear()
                records = world.journal.records()
                found = [one for one in records if not wanted.misses(one)]
                left = until - stopwatch()
                if len(found) >= count or left <= 0:
                    break
                try:
                    await asyncio.wait_for(news.wait(), left)
                except TimeoutError:
                    continue  # one last look: what came in the last moment counts
        satisfied = len(found) >= count
        near = [] if satisfied else _near(records, wanted)
        return Answer(json={**_told(found, world), "satisfied": satisfied, "count": len(found), "near_misses": near})

    @operation("clearRequests")
    async def clear(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """DELETE the requests that fit; without a filter all of them."""
        wanted = _wanted(admitted)
        removed = world.journal.remove(one.number for one in world.journal.records() if not wanted.misses(one))
        return Answer(json={"removed": removed})

    return list_requests, wait, clear


def _wanted(admitted: Admitted) -> Wanted:
    names = ("vendor", "operation", "method", "path", "status", "key", "prompt", "model", "refusal", "after")
    return replace(Wanted(), **{name: admitted.query[name] for name in names if name in admitted.query})


def _told(found: list[Record], world: World) -> dict[str, object]:
    return {"requests": [shown(one) for one in found], "cap": world.journal.cap, "dropped": world.journal.dropped}


def _near(records: tuple[Record, ...], wanted: Wanted) -> list[dict[str, object]]:
    """The records that miss in the fewest points, the newest first among equals."""
    missed = sorted(((wanted.misses(one), one) for one in reversed(records)), key=lambda pair: len(pair[0]))
    return [
        {"number": one.number, "method": one.method, "path": one.path, "reasons": list(misses)}
        for misses, one in missed
        if misses
    ][:NEAR]


def shown(one: Record) -> dict[str, object]:
    """A record as the document has it."""
    return {
        "number": one.number,
        "at": iso(one.at),
        "method": one.method,
        "path": one.path,
        "query": one.query or None,
        "vendor": one.vendor or None,
        "operation": one.operation or None,
        "request_id": one.request_id or None,
        "key": one.holder or None,
        "agent": one.agent or None,
        "content_type": one.content_type or None,
        "sent": dict(one.sent),
        "prompt": one.prompt or None,
        "model": one.model or None,
        "status": one.status,
        "answer": one.answer or None,
        "bytes_in": one.bytes_in,
        "bytes_out": one.bytes_out,
        "milliseconds": round(one.seconds * 1000, 3),
        "refusal": one.refusal or None,
        "violations": list(one.violations),
        "hint": one.hint or None,
        "fault": one.fault or None,
        "leniencies": list(one.leniencies),
    }
