"""Records and their keeping."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

CAP = 1000  # records a world; a test makes dozens


@dataclass(kw_only=True, slots=True)
class Record:
    """One request and its answer: a draft while it is answered, in which whoever learns more writes it down, and
    left alone once it is in the journal.

    Times: `at` Unix seconds of the world's clock, `seconds` of real time. `sent` are the fields of the body,
    shortened, files by type and size; `answer` says what went back, an error in full. `refusal` names the
    domain error behind a refusal, `violations` which rules failed, `hint` a switch that would let it through,
    `fault` what a test had made of the request. `status` is None where the connection ended without an
    answer. `leniencies` are what a lenient server let through.
    """

    number: int = 0
    at: float = 0.0
    seconds: float = 0.0
    method: str = ""
    path: str = ""
    query: str = ""
    agent: str = ""
    content_type: str = ""
    vendor: str = ""
    operation: str = ""
    request_id: str = ""
    holder: str = ""
    sent: Mapping[str, object] = field(default_factory=dict)
    prompt: str = ""
    model: str = ""
    status: int | None = None
    answer: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    refusal: str = ""
    violations: Sequence[str] = ()
    hint: str = ""
    fault: str = ""
    leniencies: Sequence[str] = ()


class Journal:
    """The last `cap` records, oldest first; `dropped` counts those that had to go."""

    def __init__(self, cap: int = CAP) -> None:
        self.cap = cap
        self.dropped = 0
        self._records: deque[Record] = deque()
        self._count = 0
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def add(self, record: Record) -> None:
        """Take a record in, and give it its number."""
        with self._lock:
            self._count += 1
            record.number = self._count
            self._records.append(record)
            if len(self._records) > self.cap:
                self._records.popleft()
                self.dropped += 1
            listeners = tuple(self._listeners)
        for tell in listeners:
            tell()

    @contextmanager
    def listening(self, tell: Callable[[], None]) -> Iterator[None]:
        """Call `tell` after each record that is written during the block."""
        with self._lock:
            self._listeners.append(tell)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(tell)

    def remove(self, numbers: Iterable[int]) -> int:
        """Forget these records; how many there were."""
        gone = frozenset(numbers)
        with self._lock:
            kept = [one for one in self._records if one.number not in gone]
            removed = len(self._records) - len(kept)
            self._records = deque(kept)
            return removed

    def records(self) -> tuple[Record, ...]:
        """All that are kept, oldest first."""
        with self._lock:
            return tuple(self._records)

    def clear(self) -> None:
        """Forget all, the counters too."""
        with self._lock:
            self._records.clear()
            self._count = self.dropped = 0
