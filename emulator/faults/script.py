"""Faults as people write them: `429 retry-after=2`, `reset after 4 KB`, `latency 0.2; 503`, `ok`.

The same words in the header `X-Emulator-Fault`, in plans, rules and marks of a prompt.
"""

import re
from typing import assert_never

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

MOST_SECONDS = 60.0
_MARK = re.compile(r"\[emulator:([^\]\[]{1,200})\]")
_NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
_SIZE = r"([0-9]{1,9}) ?(bytes|b|kb|mb)?"
_UNITS = {"": 1, "b": 1, "bytes": 1, "kb": 1024, "mb": 1024 * 1024}
_WHERE = r"(?: (?:before-|per-)?(?P<where>head|headers|body|chunk))?"
_WORD = r"[A-Za-z0-9_.-]{1,60}"


class BadScript(ValueError):
    """A fault that cannot be read; the message says which part, and how faults are written."""


def parse(text: str) -> tuple[Fault, ...]:
    """The faults of a script, of which several stand with `;` between; none for `ok`. Raises BadScript."""
    parts = [" ".join(part.split()) for part in text.split(";")]
    return tuple(_one(part) for part in parts if part.lower() != "ok")


def marks(prompt: str) -> tuple[Fault, ...]:
    """The faults that a prompt asks for: `[emulator: 503]`. What cannot be read is no mark."""
    found: list[Fault] = []
    for script in _MARK.findall(prompt):
        try:
            found += parse(script)
        except BadScript:
            continue
    return tuple(found)


def _one(text: str) -> Fault:
    for pattern, make in _FORMS:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found:
            return make(found)
    raise BadScript(
        f"{text[:80]!r} is no fault; faults are written as: ok, " + ", ".join(kind.WRITTEN for kind in KINDS)
    )


def _status(found: re.Match[str]) -> Fault:
    words = found[2].split()
    status, code, retry_after, no_retry, after = int(found[1]), "", None, False, False
    while words:
        word = words.pop(0)
        if re.fullmatch(r"retry-after=[0-9]{1,6}", word, re.IGNORECASE):
            retry_after = int(word.partition("=")[2])
        elif word.lower() == "no-retry":
            no_retry = True
        elif word.lower() == "after":
            after = True
            words = words[1:] if words and words[0].lower() == "charge" else words
        elif not code and re.fullmatch(_WORD, word):
            code = word
        else:
            raise BadScript(f"{word!r} does not belong to a status; expected {Status.WRITTEN}")
    if not 400 <= status <= 599:
        raise BadScript(f"{status} is no error's status; expected 400 to 599")
    return Status(status=status, code=code, retry_after=retry_after, no_retry=no_retry, after=after)


def _latency(found: re.Match[str]) -> Fault:
    where = {"body": "body", "chunk": "chunk"}.get((found["where"] or "").lower(), "head")
    first, second, spread = float(found["first"]), 0.0, "fixed"
    if found["high"]:
        second, spread = float(found["high"]), "even"
    elif found["law"]:
        second, spread = float(found["second"]), found["law"].lower()
    if max(first, second) > MOST_SECONDS or (spread == "even" and second < first):
        raise BadScript(f"{found[0]!r}: expected seconds from 0 to {MOST_SECONDS:.0f}, the lower before the higher")
    return Latency(first=first, second=second, spread=spread, where=where)  # type: ignore[arg-type]  # by the pattern


def _disconnect(found: re.Match[str]) -> Fault:
    after = None if found[2] is None else int(found[2]) * _UNITS[(found[3] or "").lower()]
    return Disconnect(after=after, reset=found[1].lower() == "reset")


def _truncate(found: re.Match[str]) -> Fault:
    share = float(found[1] or "0.5")
    if share >= 1:
        raise BadScript(f"{found[0]!r}: expected a share below 1")
    return Truncate(share=share)


def _slow(found: re.Match[str]) -> Fault:
    rate = int(found[1]) * _UNITS[(found[2] or "").lower()]
    if not rate:
        raise BadScript(f"{found[0]!r}: expected bytes a second, more than 0")
    return SlowUpload(rate=rate)


def _webhook(found: re.Match[str]) -> Fault:
    how = found[1].lower()
    if how.startswith("late"):
        return WebhookFault(how="late", seconds=float(found[2] or "1"))
    return WebhookFault(how="lost" if how == "lost" else "twice")


_FORMS = (
    (r"([0-9]{3})((?: [^ ]+)*)", _status),
    (rf"latency (?P<law>normal|lognormal)\((?P<first>{_NUMBER}), ?(?P<second>{_NUMBER})\)(?P<high>){_WHERE}", _latency),
    (rf"latency (?P<first>{_NUMBER})(?:\.\.(?P<high>{_NUMBER}))?(?P<law>)(?P<second>){_WHERE}", _latency),
    (rf"(disconnect|reset)(?: after {_SIZE})?", _disconnect),
    (rf"truncate(?: ({_NUMBER}))?", _truncate),
    (r"corrupt", lambda found: Corrupt()),  # noqa: ARG005  # a form's signature
    (r"content-type ([A-Za-z0-9.+-]{1,40}/[A-Za-z0-9.+-]{1,60})", lambda found: ContentType(media_type=found[1])),
    (r"empty", lambda found: Empty()),  # noqa: ARG005
    (r"cut-stream(?: after ([0-9]{1,4}))?", lambda found: CutStream(after=int(found[1] or "1"))),
    (
        rf"job-error(?: ({_WORD}))??(?: images=([0-9]{{1,3}}(?:,[0-9]{{1,3}})*))?",
        lambda found: JobFails(
            code=found[1] or "render_failed", images=tuple(map(int, found[2].split(","))) if found[2] else ()
        ),
    ),
    (rf"webhook (lost|twice|late(?: ({_NUMBER}))?)", _webhook),
    (rf"slow-upload {_SIZE}/s", _slow),
)


def spell(faults: tuple[Fault, ...]) -> str:
    """The script of these faults; what `parse` reads back."""
    return "; ".join(map(_spelled, faults)) or "ok"


def _spelled(fault: Fault) -> str:  # noqa: C901, PLR0911  # one table
    match fault:
        case Status():
            words = [str(fault.status), fault.code]
            words += [f"retry-after={fault.retry_after}"] if fault.retry_after is not None else []
            words += ["no-retry"] * fault.no_retry + ["after"] * fault.after
            return " ".join(filter(None, words))
        case Latency(first=first, second=second, spread=spread, where=where):
            amount = {"fixed": f"{first:g}", "even": f"{first:g}..{second:g}"}.get(spread)
            return f"latency {amount or f'{spread}({first:g},{second:g})'}" + (f" {where}" if where != "head" else "")
        case Disconnect(after=after, reset=reset):
            return ("reset" if reset else "disconnect") + (f" after {after} bytes" if after is not None else "")
        case Truncate(share=share):
            return f"truncate {share:g}"
        case Corrupt():
            return "corrupt"
        case ContentType(media_type=media_type):
            return f"content-type {media_type}"
        case Empty():
            return "empty"
        case CutStream(after=count):
            return f"cut-stream after {count}"
        case JobFails(code=code, images=images):
            return f"job-error {code}" + (f" images={','.join(map(str, images))}" if images else "")
        case WebhookFault(how=how, seconds=seconds):
            return f"webhook {how}" + (f" {seconds:g}" if how == "late" else "")
        case SlowUpload(rate=rate):
            return f"slow-upload {rate} bytes/s"
        case _:
            assert_never(fault)
