"""Temporary URLs: `/media/NAME?expires=…&signature=…`, handed out by the vendors, answered here.

A URL works for as long as the world's clock says; one that was changed is refused. GET and HEAD, with
ranges; the bodies of refusals are ours (inferred: vendors serve results from storage of their own).
To faults a download is the operation `download` of the vendor `media`.
"""

from dataclasses import replace

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from emulator.call import Answer
from emulator.errors import ContractBroken, Struck
from emulator.exchange import PIECE, WHOLE, send_answer
from emulator.journal import Record
from emulator.mishap import HEADER, ConnectionCut, Mishap, sever
from emulator.world import MEDIA, World

_REFUSALS = {
    "tampered": (403, "The signature does not fit this URL. Use it exactly as it was handed out."),
    "wrong_method": (403, "This URL was signed for another method."),
    "expired": (403, "This URL has expired. Ask the API for the result again."),
    "gone": (404, "There is no such file any more."),
}


class Media:
    """The ASGI application of all temporary URLs."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a temporary URL, or what a fault makes of it."""
        world: World = scope["state"]["world"]
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        mishap = Mishap(
            vendor="media",
            operation="download",
            documented=(),
            headers=headers,
            request_id=world.ids.next("request/media"),
            world=world,
        )
        try:
            mishap.arrive()
            await mishap.hinder()
            answer = mishap.spoil(_answer(scope, headers, world))
        except (Struck, ContractBroken) as error:
            status = error.status if isinstance(error, Struck) else 400
            answer = _refusal(status, "fault", "As a fault ordered." if status != 400 else str(error))
        if mishap.faults:
            answer = _with(answer, {HEADER: str(mishap)})
            draft: Record = scope["state"].get("draft") or Record()
            draft.fault = str(mishap)
        try:
            piece = WHOLE if mishap.faults else PIECE
            await send_answer(mishap.hold(send), answer, body=scope["method"] != "HEAD", piece=piece)
        except ConnectionCut as cut:
            await sever(scope, receive, reset=cut.reset)


def _answer(scope: Scope, headers: dict[str, str], world: World) -> Answer:
    if scope["method"] not in ("GET", "HEAD"):
        return _with(_refusal(405, "method", "Temporary URLs are read with GET."), {"Allow": "GET, HEAD"})
    stored = world.media(scope["path"], scope["query_string"].decode("latin-1"))
    if isinstance(stored, str):
        return _refusal(_REFUSALS[stored][0], stored, _REFUSALS[stored][1])
    data = bytes(stored.read())
    told = {"Accept-Ranges": "bytes", "Cache-Control": "private"}
    if stored.file_name:
        told["Content-Disposition"] = f'attachment; filename="{stored.file_name}"'
    span = _range(headers.get("range", ""), len(data))
    if span is None:
        return Answer(media_type=stored.media_type, content=data, headers=told)
    start, end = span
    if start >= end:
        return Answer(status=416, media_type="", content=b"", headers={"Content-Range": f"bytes */{len(data)}"})
    told["Content-Range"] = f"bytes {start}-{end - 1}/{len(data)}"
    return Answer(status=206, media_type=stored.media_type, content=data[start:end], headers=told)


def _refusal(status: int, code: str, message: str) -> Answer:
    return Answer(status=status, json={"error": {"code": code, "message": message}})


def _with(answer: Answer, headers: dict[str, str]) -> Answer:
    return replace(answer, headers={**answer.headers, **headers})


def _range(header: str, size: int) -> tuple[int, int] | None:
    """One byte range as (start, end), end exclusive; None where the whole file is meant (RFC 9110)."""
    unit, _, spec = header.partition("=")
    first, dash, last = spec.partition("-")
    if unit.strip() != "bytes" or not dash or "," in spec:
        return None
    try:
        if not first.strip():
            return max(0, size - int(last)), size
        return int(first), min(size, int(last) + 1) if last.strip() else size
    except ValueError:
        return None


def media_route() -> Route:
    """The route of all temporary URLs."""
    return Route(MEDIA + "/{name}", Media())
