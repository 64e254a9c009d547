"""How a job gets on when nobody commands it."""

from dataclasses import dataclass
from typing import Final, Literal, assert_never

# The stages of a job, in order.
QUEUED: Final = 0
RENDERING: Final = 1
FINISHED: Final = 2
Stage = Literal[0, 1, 2]


@dataclass(frozen=True, kw_only=True)
class Progression:
    """`immediate`: finished at once. `time`: by the world's clock, `queued` seconds in the queue, then
    `rendering` seconds of work. `manual`: only by command.
    """

    kind: Literal["immediate", "time", "manual"]
    queued: float = 0.0
    rendering: float = 0.0

    def stage(self, age: float) -> Stage:
        """The stage of a job that was created `age` seconds ago."""
        match self.kind:
            case "immediate":
                return FINISHED
            case "manual":
                return QUEUED
            case "time":
                if age < self.queued:
                    return QUEUED
                return RENDERING if age < self.queued + self.rendering else FINISHED
            case _:
                assert_never(self.kind)


IMMEDIATE = Progression(kind="immediate")
MANUAL = Progression(kind="manual")


def timed(queued: float, rendering: float) -> Progression:
    """By the clock; seconds, not negative."""
    if queued < 0 or rendering < 0:
        raise ValueError(f"a job's durations are not negative: got {queued} and {rendering} seconds")
    return Progression(kind="time", queued=queued, rendering=rendering)
