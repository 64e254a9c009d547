"""A raw HTTP/1.1 keep-alive client in a process of its own, the same for every server that is measured.

`Traffic` is the parent's handle; run as a module it reads its orders from the first line of stdin, and
stops early once stdin is closed.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import cast

from benchmarks.server import ROOT


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run of the client saw; `latencies` in seconds, in order of arrival."""

    seconds: float
    latencies: list[float]
    statuses: dict[str, int]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in seconds that `share` (0 to 1) of the requests stay under."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Traffic:
    """Requests sent over `connections` at once until `count` are answered, `seconds` are over or `finish` is called.

    The requests (whole HTTP messages) go round robin; `pause` seconds lie between an answer and the next request.
    """

    def __init__(
        self,
        port: int,
        requests: Sequence[bytes],
        *,
        connections: int,
        seconds: float = 600.0,
        count: int = 1 << 60,
        pause: float = 0.0,
    ) -> None:
        self._folder = TemporaryDirectory()
        self._result = Path(self._folder.name) / "result"
        paths = [Path(self._folder.name) / str(number) for number, _ in enumerate(requests)]
        for path, request in zip(paths, requests, strict=True):
            path.write_bytes(request)
        orders = _Orders(
            port=port,
            paths=[str(path) for path in paths],
            result=str(self._result),
            connections=connections,
            seconds=seconds,
            count=count,
            pause=pause,
        )
        command = [sys.executable, "-m", "benchmarks.traffic"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True)
        assert self._process.stdin
        self._process.stdin.write(json.dumps(vars(orders)) + "\n")
        self._process.stdin.flush()

    def wait(self, expected: str | None = "200") -> Outcome:
        """Wait for the end of the run. Raises ValueError for an answer of another status than `expected`, if any."""
        if self._process.wait():
            raise ConnectionError("the client broke off")
        outcome = Outcome(**json.loads(self._result.read_text("utf-8")))
        self.__exit__()
        if expected is not None and set(outcome.statuses) - {expected}:
            raise ValueError(f"expected {expected}, got {outcome.statuses}")
        return outcome

    def finish(self) -> Outcome:
        """End the run now."""
        assert self._process.stdin
        self._process.stdin.close()
        return self.wait()

    def __enter__(self) -> "Traffic":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._folder.cleanup()


@dataclass(frozen=True, kw_only=True)
class _Orders:
    port: int
    paths: list[str]
    result: str
    connections: int
    seconds: float
    count: int
    pause: float


class _Run:
    def __init__(self, orders: _Orders, requests: list[bytes]) -> None:
        self.requests, self.pause, self.left = requests, orders.pause, orders.count
        self.latencies: list[float] = []
        self.statuses: dict[str, int] = {}
        self.sent, self.open, self.stopped = 0, orders.connections, False
        self.done = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()
        self.began = perf_counter()
        self.until = self.began + orders.seconds

    def stop_with_stdin(self) -> None:
        sys.stdin.read()
        self.stopped = True

    def next(self) -> bytes | None:
        if self.stopped or self.sent >= self.left or perf_counter() >= self.until:
            return None
        self.sent += 1
        return self.requests[(self.sent - 1) % len(self.requests)]


class _Line(asyncio.Protocol):
    """One connection; where the server hangs up after each answer (HTTP/1.0), the next one takes its place."""

    def __init__(self, run: _Run, port: int) -> None:
        self.run, self.port = run, port
        self.buffer, self.needed = bytearray(), 0
        self.pending, self.reopens, self.hangs_up = False, False, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own are no subclass
        self.ask()

    def connection_lost(self, _error: Exception | None) -> None:
        if self.reopens:
            self.run.tasks.add(asyncio.get_running_loop().create_task(self.reopen()))
            return
        if self.pending:
            self.run.statuses["lost"] = self.run.statuses.get("lost", 0) + 1
        self.run.open -= 1
        if not self.run.open:
            self.run.done.set()

    async def reopen(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: _Line(self.run, self.port), "127.0.0.1", self.port)

    def ask(self) -> None:
        request = self.run.next()
        if request is None:
            self.transport.close()
            return
        self.asked, self.pending = perf_counter(), True
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.needed:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.buffer[:end]).lower()
            self.status, length = _head(head)
            self.hangs_up = b"\r\nconnection: close" in head or head.startswith(b"http/1.0")
            self.needed = -1 if length is None else end + 4 + length
        # -1: a chunked answer, which Node's servers give; its last chunk is empty.
        if len(self.buffer) < self.needed or (self.needed < 0 and not self.buffer.endswith(b"0\r\n\r\n")):
            return
        run = self.run
        run.latencies.append(perf_counter() - self.asked)
        run.statuses[self.status] = run.statuses.get(self.status, 0) + 1
        self.buffer.clear()
        self.needed, self.pending = 0, False
        if self.hangs_up:
            self.reopens = True
            self.transport.close()
        elif run.pause:
            asyncio.get_running_loop().call_later(run.pause, self.ask)
        else:
            self.ask()


def _head(head: bytes) -> tuple[str, int | None]:
    at = head.find(b"\r\ncontent-length:")
    length = None if at < 0 else int(head[at + 17 :].split(b"\r\n", 1)[0])
    return head[9:12].decode(), length


async def _run(orders: _Orders, requests: list[bytes]) -> Outcome:
    run = _Run(orders, requests)
    threading.Thread(target=run.stop_with_stdin, daemon=True).start()
    loop = asyncio.get_running_loop()
    for _ in range(orders.connections):
        await loop.create_connection(lambda: _Line(run, orders.port), "127.0.0.1", orders.port)
    await run.done.wait()
    return Outcome(seconds=perf_counter() - run.began, latencies=run.latencies, statuses=run.statuses)


def _loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


if __name__ == "__main__":
    orders = _Orders(**json.loads(sys.stdin.readline()))
    with asyncio.Runner(loop_factory=_loop) as runner:
        outcome = runner.run(_run(orders, [Path(path).read_bytes() for path in orders.paths]))
    Path(orders.result).write_text(json.dumps(vars(outcome)), "utf-8")
    os._exit(0)  # the thread that waits for the end of stdin holds its lock
