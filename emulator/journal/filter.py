"""Which records are meant, and why a record is not: near misses are what a puzzled tester needs."""

from dataclasses import dataclass

from emulator.credentials import masked
from emulator.journal.journal import Record


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a record must be. None asks for nothing; `path` and `prompt` ask for a part of the text.

    `status` is a number (404) or a class ("4xx"), `key` the Bearer key itself, `after` a record's number.
    """

    vendor: str | None = None
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: str | None = None
    key: str | None = None
    prompt: str | None = None
    model: str | None = None
    refusal: str | None = None
    after: int = 0

    def misses(self, one: Record) -> tuple[str, ...]:
        """In what the record is another than was asked for; empty where it fits."""
        equal = (
            ("vendor", self.vendor, one.vendor),
            ("operation", self.operation, one.operation),
            ("method", self.method and self.method.upper(), one.method),
            ("model", self.model, one.model),
            ("refusal", self.refusal, one.refusal),
            ("key", self.key and masked(self.key), one.holder),
        )
        part = (("path", self.path, one.path), ("prompt", self.prompt, one.prompt))
        found = [f"{name} is {was or None!r}, not {want!r}" for name, want, was in equal if want and want != was]
        found += [f"{name} is {was!r}, without {want!r}" for name, want, was in part if want and want not in was]
        if self.status and not _has(self.status, one.status):
            found.append(f"status is {one.status}, not {self.status}")
        if one.number <= self.after:
            found.append(f"number is {one.number}, not after {self.after}")
        return tuple(found)


def _has(wanted: str, status: int | None) -> bool:
    return status is not None and (str(status) == wanted or wanted.lower() == f"{status // 100}xx")
