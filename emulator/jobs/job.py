"""A job as a value, and what follows from it: its status at a moment, its events, its refunds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from emulator.jobs.progression import FINISHED, QUEUED, Progression, Stage

Status = Literal["queued", "rendering", "complete", "error", "canceled"]
EventKind = Literal["started", "completed", "errored", "canceled"]

OVER: Mapping[Status, EventKind] = {"complete": "completed", "error": "errored", "canceled": "canceled"}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a picture could not be made; `code` is for programs, `message` for people."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Refund:
    """What is to be given back of a job's charge: `part` is "whole" or the picture, as "image:2"."""

    part: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as it was when it was read.

    `request` is what the client asked for, as JSON values. `price` was charged (entry `charge`) for
    `images` pictures. `failures` and `results` (names of files) are by index of the picture; `delivered`
    once the work has come back. `steps` is the stage that commands have forced; `settled` the status
    that was announced, which then stays.
    """

    id: str
    namespace: str
    owner: str
    type: str
    created: float
    request: Mapping[str, object]
    progression: Progression
    images: int
    price: int
    charge: str | None
    steps: Stage
    failures: Mapping[int, Failure]
    results: Mapping[int, str]
    delivered: bool
    canceled: bool
    started: bool
    settled: Status | None
    # Ids repeat when a world is dropped and run again; this number does not.
    serial: int = field(compare=False, repr=False)

    def stage(self, now: float) -> Stage:
        """Queued, rendering or finished, as clock and commands have it; says nothing of the work."""
        return max(self.steps, self.progression.stage(now - self.created))

    def status(self, now: float) -> Status:
        """The status at `now` (Unix seconds of the world's clock).

        A job whose time has come renders on until its work is delivered or has failed.
        """
        if self.settled is not None:
            return self.settled
        if self.canceled:
            return "canceled"
        stage = self.stage(now)
        if stage == QUEUED:
            return "queued"
        if stage < FINISHED or self.waits:
            return "rendering"
        return "error" if self._all_failed else "complete"

    @property
    def waits(self) -> bool:
        """Whether the work is still to be brought."""
        return not (self.delivered or self.canceled or self.settled or self._all_failed)

    def over(self, now: float) -> bool:
        """Whether nothing changes any more."""
        return self.status(now) in OVER

    def error(self, now: float) -> Failure | None:
        """Why the job failed, by its first picture; None unless its status is "error"."""
        return self.failures[min(self.failures)] if self.status(now) == "error" else None

    def downloads(self, now: float) -> tuple[str, ...]:
        """Names of the result files in order; empty until the job is complete."""
        return tuple(self.results[index] for index in sorted(self.results)) if self.status(now) == "complete" else ()

    def refunds(self, now: float) -> tuple[Refund, ...]:
        """What is to be given back: all on error (documented) and when canceled (inferred), the failed
        pictures' shares of a batch that is complete; nothing while the job is under way.
        """
        match self.status(now):
            case "error" | "canceled":
                return (Refund(part="whole", amount=self.price),)
            case "complete":
                return tuple(Refund(part=f"image:{index}", amount=self.share(index)) for index in sorted(self.failures))
            case _:
                return ()

    def charged(self, now: float) -> int:
        """The price less what is given back."""
        return self.price - sum(refund.amount for refund in self.refunds(now))

    def share(self, index: int) -> int:
        """One picture's part of the price; the parts of all add up to it exactly."""
        return self.price * (index + 1) // self.images - self.price * index // self.images

    def events(self, now: float) -> tuple[EventKind, ...]:
        """What has happened by `now` and was not announced yet. A canceled job does not start."""
        if self.settled is not None:
            return ()
        status = self.status(now)
        started: tuple[EventKind, ...] = () if self.started or status in ("queued", "canceled") else ("started",)
        return (*started, OVER[status]) if status in OVER else started

    @property
    def _all_failed(self) -> bool:
        return len(self.failures) == self.images


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a job, told once. `job` is as it stands, `at` when it was noticed."""

    kind: EventKind
    job: Job
    at: float
