"""The journal in a test: what did my client send, and how was it answered?"""

from dataclasses import dataclass, fields
from typing import Any, TypedDict, Unpack

from emulator.testing.door import Door


class Filters(TypedDict, total=False):
    """Which requests are meant; `path` and `prompt` are parts of the text, `status` a number or "4xx"."""

    vendor: str | None
    operation: str | None
    method: str | None
    path: str | None
    status: int | str | None
    key: str | None
    prompt: str | None
    model: str | None
    refusal: str | None
    after: int | None


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request and its answer, as the journal has it (see `GET /_emulator/requests`)."""

    number: int
    at: str
    method: str
    path: str
    query: str | None
    vendor: str | None
    operation: str | None
    request_id: str | None
    key: str | None
    agent: str | None
    content_type: str | None
    sent: dict[str, Any]
    prompt: str | None
    model: str | None
    status: int | None
    answer: str | None
    bytes_in: int
    bytes_out: int
    milliseconds: float
    refusal: str | None
    violations: list[str]
    hint: str | None
    fault: str | None
    leniencies: list[str]

    def __str__(self) -> str:
        status = "no answer" if self.status is None else self.status
        lines = [f"#{self.number} {self.method} {self.path} -> {status} ({self.milliseconds:.0f} ms)"]
        shown = (
            ("sent", self.sent or None),
            ("broke", "; ".join(self.violations) or None),
            ("hint", self.hint),
            ("fault", self.fault),
            ("let through", "; ".join(self.leniencies) or None),
            ("answer", self.answer),
        )
        return "\n".join(lines + [f"   {name}: {value}" for name, value in shown if value])


class Requests:
    """`requests(...)` lists, `requests.wait(...)` waits, `requests.clear(...)` forgets."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def __call__(self, *, limit: int = 500, **filters: Unpack[Filters]) -> list[Request]:
        """The newest requests that fit, oldest of them first."""
        return _requests(self._door.get("requests", limit=limit, **filters))

    def wait(self, *, count: int = 1, timeout: float = 5.0, **filters: Unpack[Filters]) -> list[Request]:
        """The requests that fit, as soon as there are `count`; the server waits, nobody polls.

        Raises AssertionError when `timeout` (seconds) is over, with the requests that came nearest.
        """
        found = self._door.get("requests/wait", count=count, timeout=timeout, **filters)
        if not found["satisfied"]:
            raise AssertionError(_missed(found, count, filters, f"within {timeout:g} seconds"))
        return _requests(found)

    def clear(self, **filters: Unpack[Filters]) -> int:
        """Forget the requests that fit, without a filter all; how many there were."""
        return int(self._door.call("DELETE", "requests", query=dict(filters))["removed"])

    def assert_edited(self, *, times: int | None = None, **filters: Unpack[Filters]) -> list[Request]:
        """The edits that fit: at least one, or exactly `times`. Raises AssertionError with the nearest others.

        An edit is a request with a prompt, or a background's removal; one that succeeded, unless `status`
        says otherwise.
        """
        filters = {"status": "2xx", **filters}
        found = self._door.get("requests/wait", count=100_000, timeout=0, **filters)
        edits = [one for one in _requests(found) if one.prompt or one.operation == "backgroundRemoveImage"]
        wanted = "at least one edit" if times is None else f"{times} edit{'' if times == 1 else 's'}"
        if len(edits) != times if times is not None else not edits:
            raise AssertionError(_missed({**found, "count": len(edits)}, wanted, filters, "so far"))
        return edits


def _requests(found: dict[str, Any]) -> list[Request]:
    known = {one.name for one in fields(Request)}
    return [Request(**{name: value for name, value in one.items() if name in known}) for one in found["requests"]]


def _missed(found: dict[str, Any], wanted: object, filters: Any, when: str) -> str:  # noqa: ANN401  # Filters, or more
    asked = ", ".join(f"{name}={value!r}" for name, value in filters.items() if value is not None)
    lines = [f"expected {wanted} with {asked or 'any request'}, found {found['count']} {when}"]
    lines += [
        f"  near: #{one['number']} {one['method']} {one['path']}: {'; '.join(one['reasons'])}"
        for one in found["near_misses"]
    ]
    if not found["near_misses"] and not found["count"]:
        lines.append("  the emulator got no request at all; does the client use the emulator's base URL?")
    if found["dropped"]:
        lines.append(f"  {found['dropped']} older requests are no longer in the journal (--journal keeps more)")
    return "\n".join(lines)
