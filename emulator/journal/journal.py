"""Records and their keeping."""

import threading
from collections import deque
from dataclasses import dataclass

CAP = 1000  # records a world; a test makes dozens


@dataclass(frozen=True, kw_only=True)
class Record:
    """One request and its answer. Times: `at` Unix seconds of the world's clock, `seconds` of real time.

    `refusal` names the domain error behind a refusal, `violations` what broke the document. `status` is
    None where the connection ended without an answer.
    """

    number: int
    at: float
    method: str
    path: str
    vendor: str
    operation: str
    request_id: str
    holder: str
    status: int | None
    bytes_in: int
    bytes_out: int
    seconds: float
    refusal: str
    violations: tuple[str, ...]


@dataclass(kw_only=True)
class Draft:
    """What is known of a request while it is answered; whoever learns more writes it in."""

    vendor: str = ""
    operation: str = ""
    request_id: str = ""
    holder: str = ""
    refusal: str = ""
    violations: tuple[str, ...] = ()
    status: int | None = None
    bytes_in: int = 0
    bytes_out: int = 0


class Journal:
    """The last `cap` records, oldest first; `dropped` counts those that had to go."""

    def __init__(self, cap: int = CAP) -> None:
        self.cap = cap
        self.dropped = 0
        self._records: deque[Record] = deque()
        self._count = 0
        self._lock = threading.Lock()

    def add(self, draft: Draft, *, at: float, method: str, path: str, seconds: float) -> Record:
        """Write a record from what was learned."""
        with self._lock:
            self._count += 1
            record = Record(
                number=self._count,
                at=at,
                method=method,
                path=path,
                vendor=draft.vendor,
                operation=draft.operation,
                request_id=draft.request_id,
                holder=draft.holder,
                status=draft.status,
                bytes_in=draft.bytes_in,
                bytes_out=draft.bytes_out,
                seconds=seconds,
                refusal=draft.refusal,
                violations=draft.violations,
            )
            self._records.append(record)
            if len(self._records) > self.cap:
                self._records.popleft()
                self.dropped += 1
            return record

    def records(self) -> tuple[Record, ...]:
        """All that are kept, oldest first."""
        with self._lock:
            return tuple(self._records)

    def clear(self) -> None:
        """Forget all, the counters too."""
        with self._lock:
            self._records.clear()
            self._count = self.dropped = 0
