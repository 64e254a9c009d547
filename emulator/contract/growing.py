"""Bytes that arrive piece by piece, in memory that is never moved.

A `bytearray` of many megabytes is copied again and again as it grows, and nothing else runs meanwhile. Where
the length of what comes is known, room for it is reserved once; pages are there only once they are filled.
"""

import mmap

LARGE = 1 << 20  # bytes from which on a reservation is worth its price
Data = bytearray | memoryview


class Growing:
    """Append, then take `data`. `most` is how many bytes may come at most; 0 where nobody knows."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._small = bytearray()
        self._large: mmap.mmap | None = None
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def append(self, piece: bytes | memoryview) -> None:
        """Take the next bytes."""
        end = self._size + len(piece)
        if self._large is None and end > LARGE and end <= self._most and hasattr(mmap, "MAP_PRIVATE"):
            self._large = mmap.mmap(-1, self._most, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            if hasattr(mmap, "MADV_HUGEPAGE"):  # a thousand pages in one go, where the system has them
                self._large.madvise(mmap.MADV_HUGEPAGE)
            self._large[: self._size] = self._small
            self._small.clear()
        if self._large is not None and end > len(self._large):  # more than was announced
            self._small += memoryview(self._large)[: self._size]
            self._large = None
        if self._large is None:
            self._small += piece
        else:
            self._large[self._size : end] = piece
        self._size = end

    @property
    def data(self) -> Data:
        """All bytes so far; to be asked for when no more come."""
        return self._small if self._large is None else memoryview(self._large)[: self._size]
