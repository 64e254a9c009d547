"""Numbers drawn from text: the only source of variety in a picture.

The same words give the same numbers in every process; a fork by name keeps one effect's numbers from
shifting another's.
"""

import math
from collections.abc import Sequence
from typing import TypeVar

from emulator.ids import digest

T = TypeVar("T")


class Draw:
    """An endless stream of numbers that follows from its parts alone. Not shared between threads."""

    def __init__(self, *parts: str | bytes) -> None:
        self._root = digest(*parts)
        self._block = 0
        self._left = b""

    def fork(self, name: str) -> "Draw":
        """A stream of its own for one purpose, independent of what was drawn here."""
        return Draw(self._root, name)

    def bytes(self, count: int) -> bytes:
        """`count` evenly spread bytes."""
        blocks = [self._left]
        have = len(self._left)
        while have < count:
            blocks.append(digest(self._root, self._block.to_bytes(8, "big")))
            self._block += 1
            have += 32
        joined = b"".join(blocks)
        self._left = joined[count:]
        return joined[:count]

    def unit(self) -> float:
        """Evenly spread in [0, 1)."""
        return int.from_bytes(self.bytes(4), "big") / 0x1_0000_0000

    def between(self, low: float, high: float) -> float:
        """Evenly spread from `low` to `high`."""
        return low + (high - low) * self.unit()

    def either(self, low: float, high: float) -> float:
        """Between `low` and `high`, or between their negatives: never near zero unless `low` is."""
        return math.copysign(self.between(low, high), self.unit() - 0.5)

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int.from_bytes(self.bytes(4), "big") % (high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.whole(0, len(options) - 1)]
