"""A file as a value: its bytes and what is known about them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file as it was stored. What is stored later under the same name does not change it.

    `expires_at` in Unix seconds, None for a file that goes with its world; `file_name` is what a
    download should be called.
    """

    namespace: str
    name: str
    media_type: str
    expires_at: float | None = None
    file_name: str | None = None
    data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.data)

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """The bytes from `start` up to, not including, `end`; all of them by default."""
        return self.data if start == 0 and end is None else self.data[start:end]

    def expired(self, now: float) -> bool:
        """Whether its time is up at `now` (Unix seconds)."""
        return self.expires_at is not None and now >= self.expires_at
