"""Faults on demand: what can go wrong with a request, when, and how often. Repeatable from the seed.

Decides and counts; knows no HTTP. The spine's `mishap` makes the requests suffer.
"""

from emulator.faults.kinds import (
    KINDS,
    ContentType,
    Corrupt,
    CutStream,
    Disconnect,
    Empty,
    Fault,
    JobFails,
    Latency,
    SlowUpload,
    Status,
    Truncate,
    WebhookFault,
)
from emulator.faults.match import Facts, Match
from emulator.faults.register import Faults, Plan, Rule, Strike
from emulator.faults.script import BadScript, marks, parse, spell

__all__ = [
    "KINDS",
    "BadScript",
    "ContentType",
    "Corrupt",
    "CutStream",
    "Disconnect",
    "Empty",
    "Facts",
    "Fault",
    "Faults",
    "JobFails",
    "Latency",
    "Match",
    "Plan",
    "Rule",
    "SlowUpload",
    "Status",
    "Strike",
    "Truncate",
    "WebhookFault",
    "marks",
    "parse",
    "spell",
]
