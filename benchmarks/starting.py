"""Start to first answer, and memory at rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

from benchmarks import profile, server
from benchmarks.measure import Figure, House, Measure
from benchmarks.row import Reach

SETTLED = 0.2


@contextmanager
def _starts(_house: House) -> Iterator[tuple[Figure, Figure]]:
    def theirs(_number: int) -> float:
        with server.plain() as one:
            return one.seconds * 1000

    def ours(_number: int) -> float:
        with server.ours() as one:
            return one.seconds * 1000

    yield theirs, ours


@contextmanager
def _memory(_house: House) -> Iterator[tuple[Figure, Figure]]:
    def theirs(_number: int) -> float:
        with server.plain() as one:
            sleep(SETTLED)
            return one.memory()

    def ours(_number: int) -> float:
        with server.ours() as one:
            sleep(SETTLED)
            return one.memory()

    yield theirs, ours


def measures() -> Iterator[Measure]:
    """Two lines."""
    plain = "uvicorn, one-route Starlette app"
    yield Measure(
        name="start", what="process start to first 200", yardstick=plain, unit="ms", most_rounds=9,
        reach=Reach(side="at most", ratio=1.5), open=_starts, explain=lambda _house: profile.start(),
    )  # fmt: skip
    yield Measure(
        name="memory", what="memory at rest (RSS)", yardstick=plain, unit="MB", most_rounds=3,
        reach=Reach(side="at most", ratio=1.6), open=_memory, explain=lambda _house: profile.memory_at_rest(),
    )  # fmt: skip
