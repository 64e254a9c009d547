"""Temporary URLs: `/media/NAME?expires=…&signature=…`, handed out by the vendors, answered here.

A URL works for as long as the world's clock says; one that was changed is refused. GET and HEAD, with
ranges; the bodies of refusals are ours (inferred: vendors serve results from storage of their own).
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.world import MEDIA, World

_REFUSALS = {
    "tampered": (403, "The signature does not fit this URL. Use it exactly as it was handed out."),
    "wrong_method": (403, "This URL was signed for another method."),
    "expired": (403, "This URL has expired. Ask the API for the result again."),
    "gone": (404, "There is no such file any more."),
}


async def get_media(request: Request) -> Response:
    """Answer a temporary URL."""
    world: World = request.scope["state"]["world"]
    stored = world.media(request.url.path, request.url.query)
    if isinstance(stored, str):
        status, message = _REFUSALS[stored]
        return JSONResponse({"error": {"code": stored, "message": message}}, status)
    data = stored.read()
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private"}
    if stored.file_name:
        headers["Content-Disposition"] = f'attachment; filename="{stored.file_name}"'
    span = _range(request.headers.get("range", ""), len(data))
    if span is None:
        return Response(data, media_type=stored.media_type, headers=headers)
    start, end = span
    if start >= end:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(data)}"
    return Response(data[start:end], 206, media_type=stored.media_type, headers=headers)


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
    return Route(MEDIA + "/{name}", get_media, methods=["GET"])
