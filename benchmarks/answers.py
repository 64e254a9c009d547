"""Small answers: how many a second, how long they take beside heavy work, and in a namespace of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from benchmarks import profile, server
from benchmarks.measure import Figure, House, Measure
from benchmarks.message import Line, json_edit, message
from benchmarks.photograph import photograph
from benchmarks.row import Reach
from benchmarks.server import EDIT, MODELS
from benchmarks.traffic import Traffic

CONNECTIONS = 8
BATCH = 50
_GET = message("GET", MODELS)


@contextmanager
def _rate(house: House) -> Iterator[tuple[Figure, Figure]]:
    """The yardstick answers the very bytes that the emulator answers."""
    body = house.line.expect(_GET).decode()
    seconds = 0.7 if house.quick else 1.5

    def rate(port: int) -> float:
        with Traffic(port, [_GET], connections=CONNECTIONS, seconds=seconds) as traffic:
            return traffic.wait().rate

    with server.plain(body) as plain:
        yield lambda _number: rate(plain.port), lambda _number: rate(house.emulator.port)


@contextmanager
def _beside_edits(house: House) -> Iterator[tuple[Figure, Figure]]:
    """One request every few milliseconds, for as long as the four edits take; before that, at rest."""
    port, side = house.emulator.port, (4096, 4096)

    def theirs(_number: int) -> float:
        with Traffic(port, [_GET], connections=1, seconds=1.0 if house.quick else 2.5, pause=0.003) as probe:
            return probe.wait().percentile(0.99) * 1000

    def ours(number: int) -> float:
        requests = [
            json_edit(photograph("png", side, number), f"a bit warmer {number}.{one}", output_format="png", tier="4K")
            for one in range(4)
        ]
        with (
            Traffic(port, requests, connections=4, count=4) as edits,
            Traffic(port, [_GET], connections=1, pause=0.003) as probe,
        ):
            edits.wait()
            return probe.finish().percentile(0.99) * 1000

    yield theirs, ours


@contextmanager
def _namespace(house: House) -> Iterator[tuple[Figure, Figure]]:
    def theirs(_number: int) -> float:
        began = perf_counter()
        for _ in range(BATCH):
            house.line.expect(_GET)
        return (perf_counter() - began) / BATCH * 1000

    def ours(number: int) -> float:
        pairs = [_visit(f"bench-{number}-{one}", "GET", MODELS) for one in range(BATCH)]
        began = perf_counter()
        for use, drop in pairs:
            house.line.expect(use)
            house.line.expect(drop, 204)
        return (perf_counter() - began) / BATCH * 1000

    yield theirs, ours


@contextmanager
def _namespaced_edit(house: House) -> Iterator[tuple[Figure, Figure]]:
    small = photograph("jpeg", (512, 512), 1)

    def timed(line: Line, *requests: tuple[bytes, int]) -> float:
        began = perf_counter()
        for request, status in requests:
            line.expect(request, status)
        return (perf_counter() - began) * 1000

    def theirs(number: int) -> float:
        return timed(house.line, (json_edit(small, f"a sunset {number}", output_format="jpeg"), 200))

    def ours(number: int) -> float:
        name = f"bench-edit-{number}"
        edit = json_edit(small, f"at sunset {number}", output_format="jpeg", namespace=name)
        return timed(house.line, (edit, 200), (message("POST", f"/_ns/{name}/_emulator/reset"), 204))

    yield theirs, ours


def _visit(name: str, method: str, path: str) -> tuple[bytes, bytes]:
    return message(method, f"/_ns/{name}{path}"), message("POST", f"/_ns/{name}/_emulator/reset")


def _explain_namespace(_house: House) -> str:
    visits = [one for number in range(300) for one in _visit(f"profile-{number}", "GET", MODELS)]
    return (
        "A namespace that is used once takes two requests, its use and its drop, where the yardstick takes one. "
        "Use and drop of 300 namespaces in process:\n\n" + profile.asgi(visits)
    )


def measures() -> Iterator[Measure]:
    """Four lines."""
    yield Measure(
        name="models", what=f"`GET {MODELS}`, one worker, journal on", yardstick="the same app, the same bytes",
        unit="requests/s", reach=Reach(side="at least", ratio=0.5), open=_rate,
        explain=lambda _house: profile.asgi([_GET] * 3000),
    )  # fmt: skip
    yield Measure(
        name="beside-edits", what="a cheap request's p99 while four 4096² edits run", yardstick="its p99 at rest",
        unit="ms", reach=Reach(side="at most", ratio=5, more=50), open=_beside_edits, most_rounds=3,
        in_quick=False, explain=lambda _house: _explain_stalls(),
    )  # fmt: skip
    yield Measure(
        name="namespace-edit", what="one namespace created, used for one edit, dropped",
        yardstick="the same edit without it", unit="ms", reach=Reach(side="at most", ratio=1.3),
        open=_namespaced_edit, explain=_explain_namespace,
    )  # fmt: skip
    yield Measure(
        name="namespace-models", what=f"one namespace created, used for one `GET {MODELS}`, dropped (two requests)",
        yardstick="one request without it", unit="ms", reach=Reach(side="at most", ratio=1.3), open=_namespace,
        explain=_explain_namespace,
    )  # fmt: skip


def _floor() -> float:
    """The p99 of the yardstick's own server, in ms, while processes that have nothing to do with it keep all cores
    busy.
    """
    busy = "import hashlib\nwhile True: hashlib.sha256(bytes(1 << 20))"
    hogs = [subprocess.Popen([sys.executable, "-c", busy]) for _ in range(os.cpu_count() or 2)]
    try:
        with server.plain() as plain, Traffic(plain.port, [_GET], connections=1, seconds=5, pause=0.003) as probe:
            return probe.wait().percentile(0.99) * 1000
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def _explain_stalls() -> str:
    """What the event loop itself does for one such edit: everything here keeps cheap requests waiting."""
    request = json_edit(photograph("png", (4096, 4096), 99), "a bit warmer", output_format="png", tier="4K")
    return (
        "With every core at work the kernel's time slices are in this figure, the client's own included: the empty "
        f"application answers beside as many busy processes of others with a p99 of {_floor():.2f} ms.\n\n"
        f"One `POST {EDIT}` of 4096² in process, the event loop's own share (the edit itself runs in a thread and "
        "is not in it, but takes the interpreter's lock now and then):\n\n" + profile.asgi([request])
    )
