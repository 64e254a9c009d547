"""Servers as processes of their own: started, waited for, asked for their memory, stopped."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter, sleep
from types import TracebackType

ROOT = Path(__file__).parent.parent
MODELS = "/api/v1/models"
EDIT = "/api/v1/image/edit"
HEALTH = "/_emulator/health"


class Server:
    """A server on a free port of loopback; `with` stops it. `seconds` is from process start to first 200.

    `command` gets the port in the place of `{port}`. Raises TimeoutError when nothing answers in time.
    """

    def __init__(
        self, command: Sequence[str], *, probe: str, environment: Mapping[str, str] | None = None, within: float = 60
    ) -> None:
        self.port = _free_port()
        began = perf_counter()
        self.process = subprocess.Popen(
            [part.format(port=self.port) for part in command],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.first_answer = self._wait(probe, began + within)
        except BaseException:
            self.stop()
            raise
        self.seconds = perf_counter() - began

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def memory(self, field: str = "VmRSS") -> float:
        """MB that the process holds now (VmRSS), or held at most (VmHWM, Linux only)."""
        status = Path(f"/proc/{self.process.pid}/status")
        if status.exists():
            line = next(line for line in status.read_text().splitlines() if line.startswith(field + ":"))
            return int(line.split()[1]) * 1024 / 1e6
        command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        return int(subprocess.run(command, capture_output=True, check=True).stdout) * 1024 / 1e6

    def _wait(self, probe: str, deadline: float) -> bytes:
        request = f"GET {probe} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n".encode()
        request += b"Authorization: Bearer bench-key\r\n\r\n"
        while perf_counter() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
                    line.sendall(request)
                    answer = b"".join(iter(lambda: line.recv(65536), b""))
            except OSError:
                answer = b""
            if answer[8:12] == b" 200":
                return answer
            sleep(0.001)
        raise TimeoutError(f"no answer to {probe}; the process's exit status is {self.process.poll()}")


def ours(*options: str) -> Server:
    """The emulator, as its command starts it."""
    command = [sys.executable, "-m", "emulator.cli", "serve", "--port", "{port}", *options]
    return Server(command, probe=HEALTH)


def plain(body: str = "{}") -> Server:
    """uvicorn with a one-route Starlette app that answers `body`."""
    return Server(_uvicorn("answering"), probe=MODELS, environment={"BENCH_BODY": body})


def discarding() -> Server:
    """uvicorn with a one-route Starlette app that reads a body and discards it."""
    return Server(_uvicorn("discarding"), probe=EDIT)


def _uvicorn(app: str) -> list[str]:
    return [
        sys.executable, "-m", "uvicorn", f"benchmarks.plain:{app}", "--port", "{port}",
        "--log-level", "warning", "--no-access-log",
    ]  # fmt: skip


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
