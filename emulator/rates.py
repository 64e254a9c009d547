"""Requests a minute and account, counted in fixed windows of the world's clock."""

import threading
from collections.abc import Hashable

WINDOW = 60  # seconds; documented as requests a minute


class Rates:
    """Counts uses; keeps the present window only, so that it never grows."""

    def __init__(self) -> None:
        self._window = -1
        self._used: dict[Hashable, int] = {}
        self._lock = threading.Lock()

    def use(self, who: Hashable, now: float) -> int:
        """Count one use; how many there are in this window, this one included."""
        with self._lock:
            self._turn(now)
            self._used[who] = self._used.get(who, 0) + 1
            return self._used[who]

    def used(self, who: Hashable, now: float) -> int:
        """How many uses there were in this window."""
        with self._lock:
            self._turn(now)
            return self._used.get(who, 0)

    def reset_at(self, now: float) -> int:
        """Unix time at which the present window ends."""
        return (int(now) // WINDOW + 1) * WINDOW

    def _turn(self, now: float) -> None:
        window = int(now) // WINDOW
        if window != self._window:
            self._window = window
            self._used.clear()
