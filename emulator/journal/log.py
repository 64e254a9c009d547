"""The journal as a log for people and collectors: a line for each request, in words or as JSON. Keys stay masked."""

import logging
from collections.abc import Callable

import orjson

from emulator.clock import iso
from emulator.journal.journal import Record

log = logging.getLogger("emulator.requests")
Tell = Callable[[Record, str], None]


def teller(form: str) -> Tell | None:
    """What writes a record of a namespace in this form: `lines` or `json`; None for `none`."""
    return {"lines": _line, "json": _json}.get(form)


def _line(one: Record, namespace: str) -> None:
    status = one.status or "no answer"
    where = f"[{namespace}] " if namespace else ""
    why = f" {one.refusal}: {'; '.join(one.violations)}" if one.refusal else ""
    log.info("%s %s%s %s %s %.0fms%s", iso(one.at), where, one.method, one.path, status, one.seconds * 1000, why)


def _json(one: Record, namespace: str) -> None:
    told = {
        "at": iso(one.at),
        "namespace": namespace,
        "method": one.method,
        "path": one.path,
        "status": one.status,
        "milliseconds": round(one.seconds * 1000, 3),
        "bytes_in": one.bytes_in,
        "bytes_out": one.bytes_out,
        "vendor": one.vendor,
        "operation": one.operation,
        "request_id": one.request_id,
        "key": one.holder,
        "refusal": one.refusal,
        "violations": one.violations,
        "fault": one.fault,
    }
    log.info("%s", orjson.dumps(told).decode())
