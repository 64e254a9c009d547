"""What Pillow reads files from and writes them to, without a copy of a large file under the interpreter's lock.

`io.BytesIO` copies what is not `bytes` and moves what it holds each time it grows: tens of milliseconds at
25 MB in which nothing else runs, the event loop included.
"""

import io
from typing import IO, cast

from emulator.imaging.header import PictureBytes


def reading(data: PictureBytes) -> IO[bytes]:
    """The file opened for reading; it must not be changed meanwhile."""
    return io.BytesIO(data) if isinstance(data, bytes) else cast("IO[bytes]", _View(data))


class _View(io.RawIOBase):
    """A file over somebody else's bytes; copies what is read alone."""

    def __init__(self, data: bytearray | memoryview) -> None:
        self._view = memoryview(data)
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes, all that is left without one."""
        end = len(self._view) if size is None or size < 0 else self._at + size
        piece = bytes(self._view[self._at : end])
        self._at += len(piece)
        return piece

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """The new position; beyond the end nothing is read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._view)}[whence]
        if base + offset < 0:
            raise ValueError(f"no position {base + offset}")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """The position."""
        return self._at


class Pieces(io.RawIOBase):
    """A file being written from front to back; `whole()` joins it once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, piece: bytes, /) -> int:  # type: ignore[override]  # Pillow's writers hand over bytes
        """Keep the piece itself."""
        self._pieces.append(piece)
        return len(piece)

    def whole(self) -> bytes:
        """Everything written."""
        return b"".join(self._pieces)
