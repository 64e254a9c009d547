"""A line of the table: figures of ours and of the yardstick, and the reach that their ratio is held to."""

from dataclasses import dataclass
from statistics import median
from typing import Literal, assert_never

Mark = Literal["met", "short", "not measured here"]


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What `ours / yardstick` may be; with `more`, ours also stays under so many units above the yardstick."""

    side: Literal["at most", "at least"]
    ratio: float
    more: float | None = None

    def __str__(self) -> str:
        extra = "" if self.more is None else f", under {self.more:g} more"
        return f"{self.side} {self.ratio:g}×{extra}"

    def holds(self, ours: float, theirs: float) -> bool:
        """Whether two medians, in one unit, are within the reach."""
        match self.side:
            case "at most":
                return ours <= self.ratio * theirs and (self.more is None or ours - theirs < self.more)
            case "at least":
                return ours >= self.ratio * theirs
            case _:
                assert_never(self.side)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure for each round, in order; both are empty where this machine cannot tell."""

    name: str
    what: str
    yardstick: str
    unit: str
    reach: Reach
    theirs: tuple[float, ...]
    ours: tuple[float, ...]
    profile: str = ""

    @property
    def ratio(self) -> float:
        """Median of ours by median of the yardstick's."""
        return median(self.ours) / median(self.theirs)

    @property
    def mark(self) -> Mark:
        """Whether the reach is met."""
        if not self.ours or not self.theirs:
            return "not measured here"
        return "met" if self.reach.holds(median(self.ours), median(self.theirs)) else "short"


def told(figures: tuple[float, ...]) -> str:
    """Median, with the least and the most of the rounds: `54.1 (53.0–58.8)`."""
    if not figures:
        return "—"
    return f"{_short(median(figures))} ({_short(min(figures))}–{_short(max(figures))})"


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 1000 else f"{figure:.3g}" if figure < 100 else f"{figure:.0f}"
