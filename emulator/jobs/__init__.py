"""Image jobs on the world's clock: queued, rendering, complete, error, canceled.

Knows how a job gets on, what came of it and what is to be given back; refuses to know vendors, money's
ledger and how pictures are made. A job moves because the clock does: nothing sleeps here.
"""

from emulator.jobs.job import Event, EventKind, Failure, Job, Refund, Status
from emulator.jobs.progression import IMMEDIATE, MANUAL, Progression, timed
from emulator.jobs.register import Jobs, Rendered

__all__ = [
    "IMMEDIATE",
    "MANUAL",
    "Event",
    "EventKind",
    "Failure",
    "Job",
    "Jobs",
    "Progression",
    "Refund",
    "Rendered",
    "Status",
    "timed",
]
