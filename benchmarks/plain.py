"""The yardstick's two applications, of one route each: one answers given bytes, one reads and discards.

Started by uvicorn's own command; imports nothing but Starlette.
"""

import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BODY = os.environ.get("BENCH_BODY", "{}").encode()


async def answer(_request: Request) -> Response:
    """The given bytes."""
    return Response(BODY, media_type="application/json")


async def discard(request: Request) -> Response:
    """Read all, keep nothing."""
    async for _ in request.stream():
        pass
    return Response(b"{}", media_type="application/json")


answering = Starlette(routes=[Route("/api/v1/models", answer)])
discarding = Starlette(routes=[Route("/api/v1/image/edit", discard, methods=["GET", "POST"])])
