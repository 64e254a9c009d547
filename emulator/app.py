"""The one assembly point: documents, vendors, control and media become one Starlette application.

What does not fit fails here, at start: an operationId without a handler, a handler without an
operation, a route that stands twice.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.contract import Document, DocumentError, Operation
from emulator.control import control_vendor
from emulator.credentials import NAMESPACE, split_key
from emulator.data import data_path
from emulator.errors import MethodNotAllowed, NotFound
from emulator.exchange import exchange, stray
from emulator.journal import Recorder
from emulator.media import media_route
from emulator.settings import BadSetting, Settings
from emulator.vendor import Vendor
from emulator.vendors.registry import VENDORS
from emulator.world import MAIN, Worlds


class Paths(BaseRoute):
    """Everything below a vendor's prefixes, so that unknown paths there get that vendor's own 404."""

    def __init__(self, prefixes: Iterable[str], app: ASGIApp) -> None:
        self.prefixes = tuple(prefixes)
        self.app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full for the prefix itself and what lies below it."""
        path = scope["path"]
        mine = any(path == prefix or path.startswith(prefix + "/") for prefix in self.prefixes)
        return (Match.FULL, {}) if mine and scope["type"] == "http" else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to the vendor's router."""
        await self.app(scope, receive, send)


class Surface:
    """One route of a vendor: its operations by method."""

    def __init__(self, vendor: Vendor, operations: Mapping[str, Operation]) -> None:
        self.vendor = vendor
        self.operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say which methods there are."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        operation = self.operations.get(method)
        if operation is None:
            error = MethodNotAllowed(method=scope["method"], allowed=tuple(self.operations))
            await stray(scope, send, vendor=self.vendor, error=error, world=scope["state"]["world"])
            return
        await exchange(scope, receive, send, vendor=self.vendor, operation=operation, world=scope["state"]["world"])


def vendor_routes(vendor: Vendor, document: Document, fixed: dict[str, Surface]) -> Paths:
    """A vendor's sub-application; its paths without parameters go into `fixed` as well.

    Raises DocumentError where document and handlers do not match.
    """
    missing = sorted(set(document.operations) - set(vendor.handlers))
    extra = sorted(set(vendor.handlers) - set(document.operations))
    if missing or extra:
        raise DocumentError(f"{document.path.name}: operations without handler {missing}, handlers without {extra}")
    routes: dict[str, dict[str, Operation]] = {}
    # Fixed paths before those with parameters: `/webhooks/deliveries` is no webhook's id.
    for operation in sorted(document.operations.values(), key=lambda one: "{" in one.route):
        routes.setdefault(operation.route, {})[operation.method] = operation

    surfaces = {route: Surface(vendor, operations) for route, operations in routes.items()}
    fixed |= {route: surface for route, surface in surfaces.items() if "{" not in route}

    async def unknown(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  # ASGI's signature
        error = NotFound(what=f"{scope['method']} {scope['path']}")
        await stray(scope, send, vendor=vendor, error=error, world=scope["state"]["world"])

    router = Router(
        routes=[Route(route, surface) for route, surface in surfaces.items()],
        redirect_slashes=False,
        default=unknown,
    )
    return Paths(vendor.owns, router)


class Shortcuts:
    """Fixed paths go straight to their surface; the routers are asked for the others alone."""

    def __init__(self, app: ASGIApp, surfaces: Mapping[str, Surface]) -> None:
        self.app = app
        self.surfaces = surfaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        surface = self.surfaces.get(scope["path"]) if scope["type"] == "http" else None
        await (surface or self.app)(scope, receive, send)


class Namespaces:
    """Choose the world of a request: `/_ns/NAME` before any path, else a key `ANY@NAME`, else the main world.

    Pure ASGI: the prefix is cut off before routing and kept in the world, which puts it back into every
    URL that the server hands out.
    """

    def __init__(self, app: ASGIApp, worlds: Worlds) -> None:
        self.app = app
        self.worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its world in the scope."""
        if scope["type"] == "http":
            name, path = split_namespace(scope["path"])
            if name == MAIN:
                name = named_by_key(scope)
            scope = {**scope, "path": path, "state": {**scope.get("state", {}), "world": self.worlds.get(name)}}
        await self.app(scope, receive, send)


def split_namespace(path: str) -> tuple[str, str]:
    """`/_ns/NAME/rest` as (NAME, /rest); any other path belongs to the main world."""
    if path.startswith("/_ns/"):
        name, slash, rest = path.removeprefix("/_ns/").partition("/")
        if NAMESPACE.fullmatch(name):
            return name, slash + rest or "/"
    return MAIN, path


def named_by_key(scope: Scope) -> str:
    """The namespace of a Bearer key `ANY@NAME`."""
    for header, value in scope["headers"]:
        if header == b"authorization" and b"@" in value:
            return split_key(value.decode("latin-1").strip())[1]
    return MAIN


def build_app(settings: Settings, *, before_edits: Callable[[], None] | None = None) -> Starlette:
    """The emulator as an ASGI application; each thread that edits calls `before_edits` first.

    Raises DocumentError and BadSetting.
    """
    documents = {vendor.name: Document(data_path("openapi", f"{vendor.name}.yaml")) for vendor in VENDORS}
    documents["control"] = Document(data_path("openapi", "control.yaml"))
    control = control_vendor(documents, VENDORS)
    worlds = Worlds(settings, (vendor.furnish for vendor in VENDORS), before_edits=before_edits)
    try:
        worlds.get(MAIN)  # a setting that no world can be furnished with is told now
    except BadSetting:
        worlds.close()
        raise

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001  # Starlette's signature
        worlds.recover(vendor.resume for vendor in VENDORS)
        yield
        worlds.close()

    async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  # ASGI's signature
        error = NotFound(what=f"{scope['method']} {scope['path']}")
        await stray(scope, send, vendor=control, error=error, world=scope["state"]["world"])

    fixed: dict[str, Surface] = {}
    app = Starlette(
        routes=[
            vendor_routes(control, documents["control"], fixed),
            media_route(),
            *(vendor_routes(vendor, documents[vendor.name], fixed) for vendor in VENDORS),
            Route("/{rest:path}", _Raw(nowhere)),
        ],
        middleware=[Middleware(Namespaces, worlds=worlds), Middleware(Recorder), Middleware(Shortcuts, surfaces=fixed)],
        lifespan=lifespan,
    )
    app.state.worlds = worlds
    return app


class _Raw:
    """An ASGI function as an object: Starlette takes functions for request handlers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        await self.app(scope, receive, send)
