"""The emulator in this process, without a port: an ASGI application for httpx's transport and Starlette's client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette


@contextmanager
def in_process(**settings: object) -> Iterator["Starlette"]:
    """The emulator as an ASGI application, with these settings (as `serve` names them, with underscores).

    `httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://emulator.test")`, or
    `starlette.testclient.TestClient(app)`. URLs handed out follow the client's base URL. Raises BadSetting.
    """
    from emulator.app import build_app
    from emulator.settings import read_settings

    app = build_app(read_settings(settings, {}))
    try:
        yield app
    finally:
        app.state.worlds.close()
