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
        if self._large is None and LARGE < end <= self._most:
            self._large = _reserved(self._most)
            if self._large is None:
                self._most = 0
            else:
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


def _reserved(size: int) -> mmap.mmap | None:
    """Pages that come as they are filled; None where the system has no such thing, or grants so many to nobody."""
    if not hasattr(mmap, "MAP_PRIVATE"):
        return None
    try:
        found = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            found.madvise(mmap.MADV_HUGEPAGE)  # a thousand pages in one go
    except OSError:  # a limit on addresses, or a kernel without huge pages
        return None
    return found
