"""uvicorn around the app: binds, prints a ready line once the port accepts, stops within a second."""

import logging
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp

from emulator.app import build_app
from emulator.connection import CuttableProtocol
from emulator.process import keep_memory, settle
from emulator.settings import Settings, export, read_settings
from emulator.world import Worlds


class PortTaken(OSError):
    """The address cannot be bound; the message says what to do."""


def bind(settings: Settings) -> socket.socket:
    """A listening socket on the settings' address; port 0 takes a free one. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
            "Choose another with --port (make run: PORT=), or 0 for a free one."
        ) from error
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


def address(listener: socket.socket) -> str:
    """The URL under which a bound socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def configure(app: ASGIApp | str, *, workers: int = 1) -> uvicorn.Config:
    """uvicorn's configuration: uvloop and httptools where they exist, no reverse-proxy rewriting."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        http=CuttableProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        # The exchange reads forwarded headers itself, for URLs only.
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=1,
        backlog=2048,
    )


def serve(settings: Settings) -> None:
    """Serve until interrupted."""
    listener = bind(settings)
    url = address(listener)
    ready = f"image-edit-emulator ready on {url} (health: {url}/_emulator/health)"
    if settings.workers > 1:
        _serve_together(settings, listener, ready)
        return
    server = uvicorn.Server(configure(build_app(settings, before_edits=keep_memory)))
    settle()
    log_requests(settings)
    print(ready, flush=True)  # noqa: T201
    with suppress(KeyboardInterrupt):  # uvicorn has stopped in good order and passes Ctrl-C on
        server.run(sockets=[listener])


def log_requests(settings: Settings) -> None:
    """Let the request log go to standard output."""
    if settings.log != "none":
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        requests = logging.getLogger("emulator.requests")
        requests.addHandler(handler)
        requests.setLevel(logging.INFO)
        requests.propagate = False


def _serve_together(settings: Settings, listener: socket.socket, ready: str) -> None:
    """Several processes on one socket and one state file: the given one, else one that goes at the end."""
    from uvicorn.supervisors import Multiprocess

    with TemporaryDirectory(prefix="image-edit-emulator-") as folder:
        shared = settings if settings.state else replace(settings, state=Path(folder) / "state.db")
        Worlds(shared).prepare()
        export(shared)
        print(ready, flush=True)  # noqa: T201
        config = configure("emulator.server:worker_app", workers=settings.workers)
        Multiprocess(config, sockets=[listener]).run()


def worker_app() -> ASGIApp:
    """The application of one of several processes; its settings come through the environment."""
    settings = read_settings({})
    log_requests(settings)
    app = build_app(settings, before_edits=keep_memory)
    settle()
    return app


class ServerThread:
    """A server in a background thread, for fixtures and demos: `with ServerThread(settings) as url:`.

    On its own address, or on a `listener` that listens already.
    """

    def __init__(self, settings: Settings, listener: socket.socket | None = None) -> None:
        app = build_app(settings)  # what is wrong with settings or documents fails before a port is taken
        self._listener = listener or bind(settings)
        self._server = uvicorn.Server(configure(app))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, name="image-edit-emulator", daemon=True
        )
        self.url = address(self._listener)

    def __enter__(self) -> str:
        # The socket listens already: requests wait in its backlog until the loop runs.
        self._thread.start()
        return self.url

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._listener.close()
