"""The one ASGI wrapper around everything: counts bytes and time, and writes the record at the end.

Pure ASGI: streams and disconnects pass through as they are.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from emulator.clock import Clock, stopwatch
from emulator.journal.journal import Journal, Record
from emulator.journal.log import Tell

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Place(Protocol):
    """Where a request belongs: what the wrapper needs of a world."""

    clock: Clock
    journal: Journal
    namespace: str
    tell: Tell | None


class Recorder:
    """Wrap an application; the world stands in `scope["state"]["world"]`, the draft is put beside it."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request through and record it; the control door's own requests are not recorded."""
        if scope["type"] != "http" or scope["path"].startswith("/_emulator"):
            await self.app(scope, receive, send)
            return
        place: Place = scope["state"]["world"]
        started, draft = stopwatch(), Record(at=place.clock.now(), method=scope["method"], path=scope["path"])
        draft.query = scope["query_string"].decode("latin-1")
        for name, value in scope["headers"]:
            if name == b"user-agent":
                draft.agent = value.decode("latin-1")[:200]
            elif name == b"content-type":
                draft.content_type = value.decode("latin-1")[:200]
        scope["state"]["draft"] = draft

        async def counted_receive() -> MutableMapping[str, Any]:
            message = await receive()
            draft.bytes_in += len(message.get("body", b""))
            return message

        async def counted_send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                draft.status = message["status"]
            else:
                draft.bytes_out += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, counted_receive, counted_send)
        finally:
            draft.seconds = stopwatch() - started
            place.journal.add(draft)
            if place.tell is not None:
                place.tell(draft, place.namespace)
