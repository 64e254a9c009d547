"""What a line of the table measures: two functions that are called in turns, and how many rounds there are."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import cached_property

from benchmarks import server
from benchmarks.message import Line
from benchmarks.row import Reach, Row

Figure = Callable[[int], float]  # from the round's number; 0 is a warm-up that does not count


class House:
    """What several measures share: one emulator that runs, with one keep-alive line to it."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self._stack = ExitStack()

    @cached_property
    def emulator(self) -> server.Server:
        """The running emulator, started at the first use."""
        return self._stack.enter_context(server.ours())

    @cached_property
    def line(self) -> Line:
        """A connection to it."""
        return self._stack.enter_context(Line(self.emulator.port))

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


# Prepares what is measured, for the time of the rounds; gives the yardstick's figure and ours, in that order.
Opened = Callable[[House], AbstractContextManager[tuple[Figure, Figure]]]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One line of the table.

    `most_rounds` bounds the rounds of what is slow. `explain` profiles, for lines that fall short.
    """

    name: str
    what: str
    yardstick: str
    unit: str
    reach: Reach
    open: Opened
    explain: Callable[[House], str]
    most_rounds: int = 7
    in_quick: bool = True
    linux_only: bool = False


def take(measure: Measure, house: House, *, rounds: int) -> Row:
    """All rounds, interleaved, the first of them unseen; with a profile if the reach is not met."""
    theirs: list[float] = []
    ours: list[float] = []
    with measure.open(house) as (yardstick, emulator):
        for number in range(min(rounds, measure.most_rounds) + 1):
            theirs.append(yardstick(number))
            ours.append(emulator(number))
    row = Row(
        name=measure.name,
        what=measure.what,
        yardstick=measure.yardstick,
        unit=measure.unit,
        reach=measure.reach,
        theirs=tuple(theirs[1:]),
        ours=tuple(ours[1:]),
    )
    return replace(row, profile=measure.explain(house)) if row.mark == "short" else row


def absent(measure: Measure) -> Row:
    """The line of what this machine cannot measure."""
    return Row(
        name=measure.name, what=measure.what, yardstick=measure.yardstick, unit=measure.unit, reach=measure.reach,
        theirs=(), ours=(),
    )  # fmt: skip


def chosen(measures: Iterator[Measure], *, only: str, quick: bool) -> list[Measure]:
    """Those whose name contains `only`; in a quick run without the slow ones, unless they are named."""
    return [one for one in measures if (only in one.name if only else one.in_quick or not quick)]
