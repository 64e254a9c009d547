"""The clock of a world: the only module that reads the machine's time.

Knows how to run with real time, stand still, and jump. Refuses to know what the time is for.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(kw_only=True)
class Clock:
    """Seconds since the Unix epoch, real unless frozen, plus what was advanced by command.

    `frozen_at` is the instant shown while frozen (None: the clock runs); `offset` is in seconds.
    """

    frozen_at: float | None = None
    offset: float = 0.0

    def now(self) -> float:
        """Unix time in seconds, with fraction."""
        return time.time() + self.offset if self.frozen_at is None else self.frozen_at

    def seconds(self) -> int:
        """Unix time in whole seconds, rounded down."""
        return int(self.now())

    def iso(self) -> str:
        """The time as ISO 8601 in UTC with milliseconds: 2026-06-19T15:32:36.000Z."""
        return iso(self.now())

    def freeze(self, at: float | None = None) -> None:
        """Stand still at `at` (Unix seconds), or at this moment."""
        self.frozen_at = self.now() if at is None else at

    def advance(self, seconds: float) -> None:
        """Jump forward; a frozen clock stays frozen at the later instant."""
        if seconds < 0:
            raise ValueError(f"a clock only advances: got {seconds} seconds")
        if self.frozen_at is None:
            self.offset += seconds
        else:
            self.frozen_at += seconds

    def run(self) -> None:
        """Go on from the instant shown now."""
        if self.frozen_at is not None:
            self.offset = self.frozen_at - time.time()
            self.frozen_at = None


def iso(moment: float) -> str:
    """Unix seconds as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(moment * 1000) % 1000:03d}Z"


def stopwatch() -> float:
    """Monotonic seconds, for measuring how long something took; not a time of day."""
    return time.perf_counter()


def pause(seconds: float) -> None:
    """Sleep; for commands that wait, never in the server."""
    time.sleep(seconds)
