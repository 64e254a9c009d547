"""Records and their keeping."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

CAP = 1000  # records a world; a test makes dozens


@dataclass(frozen=True, kw_only=True)
class Record:
    """One request and its answer. Times: `at` Unix seconds of the world's clock, `seconds` of real time.

    `sent` are the fields of the body, shortened, files by type and size; `answer` says what went back, an
    error in full. `refusal` names the domain error behind a refusal, `violations` which rules failed,
    `hint` a switch that would let it through, `fault` what a test had made of the request. `status` is None
    where the connection ended without an answer. `leniencies` are what a lenient server let through.
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
    query: str = ""
    agent: str = ""
    content_type: str = ""
    sent: Mapping[str, object] = field(default_factory=dict)
    prompt: str = ""
    model: str = ""
    answer: str = ""
    hint: str = ""
    fault: str = ""
    leniencies: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Draft:
    """What is known of a request while it is answered; whoever learns more writes it in."""

    vendor: str = ""
    operation: str = ""
    request_id: str = ""
    holder: str = ""
    refusal: str = ""
    violations: tuple[str, ...] = ()
    query: str = ""
    agent: str = ""
    content_type: str = ""
    sent: Mapping[str, object] = field(default_factory=dict)
    prompt: str = ""
    model: str = ""
    answer: str = ""
    hint: str = ""
    fault: str = ""
    leniencies: Sequence[str] = ()
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
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def add(self, draft: Draft, *, at: float, method: str, path: str, seconds: float) -> Record:
        """Write a record from what was learned."""
        with self._lock:
            self._count += 1
            known = {**vars(draft), "leniencies": tuple(draft.leniencies)}
            record = Record(number=self._count, at=at, method=method, path=path, seconds=seconds, **known)
            self._records.append(record)
            if len(self._records) > self.cap:
                self._records.popleft()
                self.dropped += 1
            listeners = tuple(self._listeners)
        for tell in listeners:
            tell()
        return record

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
