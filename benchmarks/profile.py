"""Where time and memory go, for the lines that fall short: small Markdown excerpts, without machine paths."""

import asyncio
import cProfile
import json
import pstats
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.message import Line, json_edit
from benchmarks.photograph import Format, least_edit
from benchmarks.server import ROOT

TOP = 14
# What a start consists of, in order; each line of Python is timed and weighed on its own.
_STEPS = (
    ("uvicorn, uvloop, httptools", "import uvicorn, uvloop, httptools, uvicorn.protocols.http.httptools_impl"),
    ("starlette", "import starlette.applications, starlette.routing, starlette.requests, starlette.responses"),
    ("click", "import click"),
    ("orjson, pybase64, python_multipart", "import orjson, pybase64, python_multipart.multipart"),
    ("jsonschema_rs", "import jsonschema_rs"),
    ("sqlite3", "import sqlite3"),
    ("emulator", "import emulator.cli, emulator.server"),
    ("build_app", "from emulator.settings import Settings; app = emulator.server.build_app(Settings())"),
)
_WEIGH = """
import json, sys, time
def weight():
    try:
        lines = open("/proc/self/status").read().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024 / 1e6
loaded = set(sys.modules)
found = [("the interpreter", time.process_time() * 1000, weight())]
for name, line in json.loads(sys.argv[1]):
    began, before = time.perf_counter(), weight()
    try:
        exec(line)
    except ImportError:
        pass
    found.append((name, (time.perf_counter() - began) * 1000, weight() - before))
print(json.dumps(found))
"""


def start() -> str:
    """Imports and assembly, in milliseconds."""
    return "A start step by step, in milliseconds (the rest is uvicorn's own):\n\n" + _steps(1)


def memory_at_rest() -> str:
    """Imports and assembly, in MB of RSS."""
    return "A start step by step, in MB:\n\n" + _steps(2)


def _steps(figure: int) -> str:
    runs = []
    for _ in range(3):
        command = [sys.executable, "-c", _WEIGH, json.dumps(_STEPS)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
        runs.append(json.loads(done.stdout))
    lines = [(name, median(run[number][figure] for run in runs)) for number, (name, *_) in enumerate(runs[0])]
    return block(f"{value:8.1f}  {name}" for name, value in [*lines, ("all", sum(value for _, value in lines))])


def asgi(requests: Sequence[bytes]) -> str:
    """Requests through the application in process, without sockets: the functions that cost most."""
    from emulator.app import build_app
    from emulator.settings import Settings

    app = build_app(Settings())
    scopes = [_scope(request) for request in requests]
    profiler = cProfile.Profile()

    async def run() -> None:
        await _ask(app, *scopes[0])  # what loads with the first request is not the point
        profiler.enable()
        for scope, body in scopes:
            await _ask(app, scope, body)
        profiler.disable()

    asyncio.run(run())
    app.state.worlds.close()
    return top(profiler, calls=len(requests))


async def _ask(app: Any, scope: dict[str, Any], body: bytes) -> None:  # noqa: ANN401  # an ASGI application
    """One request; the body comes in the pieces that uvicorn gives."""
    pieces = [body[at : at + 65536] for at in range(0, len(body), 65536)] or [b""]
    left = iter(range(len(pieces)))

    async def receive() -> dict[str, Any]:
        number = next(left, None)
        if number is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pieces[number], "more_body": number + 1 < len(pieces)}

    async def send(_message: dict[str, Any]) -> None:
        pass

    await app({**scope, "state": {}}, receive, send)


def _scope(request: bytes) -> tuple[dict[str, Any], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    method, path, _ = first.decode().split(" ")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }, body  # fmt: skip


def edit(data: bytes, kind: Format, size: tuple[int, int], prompt: str, line: Line) -> str:
    """An edit in its stages beside the least edit's, then the functions that cost most."""
    import orjson
    import pybase64

    from emulator import imaging

    tier = "1K" if max(size) <= 1024 else "4K"
    request = json_edit(data, prompt, output_format=kind, tier=tier)
    body = request.partition(b"\r\n\r\n")[2]
    text = orjson.loads(body)["image"]
    spec = imaging.EditSpec(
        prompt=prompt, width=size[0], height=size[1], output_format=kind, model="m", vendor="v", operation="o", seed=0
    )

    def whole() -> object:
        return imaging.edit(imaging.Inputs(base=data), spec)

    times = 5 if max(size) <= 1024 else 2
    # Other words each time, or a cache would answer.
    others = iter([json_edit(data, f"{prompt} {one}.", output_format=kind, tier=tier) for one in range(times + 1)])
    served = _timed(lambda: line.expect(next(others)), times)
    parts = [("json: parse", _timed(lambda: orjson.loads(body), times))]
    parts.append(("base64: decode", _timed(lambda: pybase64.b64decode(text, validate=True), times)))
    edited = _timed(whole, times)
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(times):
        whole()
    profiler.disable()
    parts += [(f"edit: {name}", _cumulative(profiler, name) / times) for name in ("decode", "fit", "paint", "encode")]
    known = sum(value for name, value in parts if name.startswith("edit"))
    parts.append(("edit: the rest (plan, digest)", max(0.0, edited - known)))
    parts.append(("server and transport: the rest", served - edited - parts[0][1] - parts[1][1]))
    parts.append(("all, through the server", served))
    parts.append(("Pillow alone", _timed(lambda: least_edit(data, kind, size), times)))
    stages = block(f"{value:8.1f}  {name}" for name, value in parts)
    return f"In milliseconds:\n\n{stages}\nThe edit alone, in process:\n\n{top(profiler, calls=times)}"


def peak(data: bytes, kind: Format) -> str:
    """How the peak of one edit grows from stage to stage, in a process of its own."""
    code = """
import sys
from emulator import imaging
from emulator.imaging import decode, encode, fit
def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
data, kind = sys.stdin.buffer.read(), sys.argv[1]
print(f"{peak():8.0f}  with the file in memory")
picture = decode.decode(data, target=(6271, 3533))
print(f"{peak():8.0f}  decoded ({picture.mode}, {picture.width}x{picture.height})")
picture = fit.fit(picture, (5456, 3072))
print(f"{peak():8.0f}  at the output's size")
del picture
spec = imaging.EditSpec(prompt="make it a sunset", width=5456, height=3072, output_format=kind, model="m",
                        vendor="v", operation="o", seed=0)
imaging.edit(imaging.Inputs(base=data), spec)
print(f"{peak():8.0f}  after a whole edit")
"""
    done = subprocess.run([sys.executable, "-c", code, kind], cwd=ROOT, input=data, capture_output=True, check=True)
    return "The highest memory so far, in MB:\n\n" + block(done.stdout.decode().splitlines())


def _timed(function: Callable[[], object], times: int) -> float:
    figures = []
    for _ in range(times + 1):
        began = perf_counter()
        function()
        figures.append((perf_counter() - began) * 1000)
    return median(figures[1:])


def _cumulative(profiler: cProfile.Profile, name: str) -> float:
    """Milliseconds inside the function `name` of the module `name` (or of `editing`, for the painting)."""
    stats: dict[tuple[str, int, str], Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    return sum(
        float(figures[3]) * 1000
        for (file, _, function), figures in stats.items()
        if function == name and Path(file).stem == ("editing" if name == "paint" else name)
    )


def top(profiler: cProfile.Profile, *, calls: int) -> str:
    """The functions with most time of their own, in milliseconds (own, with callees) for each of `calls`."""
    stats: dict[tuple[str, int, str], Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    dearest = sorted(stats.items(), key=lambda one: -one[1][2])[:TOP]
    lines = ["     own    total  calls  function"]
    for (file, _, function), (_, count, own, total, _) in dearest:
        where = function if file == "~" else f"{'/'.join(Path(file).parts[-2:])}:{function}"
        lines.append(f"{own / calls * 1000:8.3f} {total / calls * 1000:8.3f} {count / calls:6.1f}  {where}")
    return block(lines)


def block(lines: Iterable[str]) -> str:
    """Preformatted text."""
    return "```text\n" + "\n".join(lines) + "\n```\n"
