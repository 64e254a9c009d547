"""What a vendor is to the spine: a document, handlers, a door and a dialect, in one value."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from emulator.billing import AccountId, Currency
from emulator.call import Admitted, Answer, Call
from emulator.errors import DomainError
from emulator.world import World

Handle = Callable[[Call, Admitted, World], Awaitable[Answer]]


@dataclass(frozen=True, kw_only=True)
class Handler:
    """A function that answers one operation of the document."""

    operation_id: str
    handle: Handle


def operation(operation_id: str) -> Callable[[Handle], Handler]:
    """Mark a function as the handler of an operationId."""
    return lambda handle: Handler(operation_id=operation_id, handle=handle)


def gather(modules: Iterable[ModuleType]) -> dict[str, Handler]:
    """All handlers that stand in these modules, by operationId."""
    found = [one for module in modules for one in vars(module).values() if isinstance(one, Handler)]
    return {one.operation_id: one for one in found}


@dataclass(frozen=True, kw_only=True)
class Purse:
    """How a vendor keeps its customers' money: currency and opening balance (in its smallest unit) of an
    account, the `plans` that it may be on, and the one that it is on. `wallets`: whether wallets have accounts too.
    """

    currency: Currency
    opening: Callable[[World], int]
    plans: tuple[str, ...] = ()
    wallets: bool = False
    plan: Callable[[AccountId, World], str | None] = lambda account, world: None  # noqa: ARG005  # most sell no plans


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """A vendor's surface.

    `owns`: path prefixes that this vendor answers, unknown paths below them included.
    `admit`: credentials and contract in the vendor's own order of checks.
    `render`: a domain error in the vendor's words, given the request id. `bug`: its answer to a fault of ours.
    `sign`: headers of every answer, from the request id and the stopwatch's time of arrival.
    `meter`: headers that tell an admitted caller its limits.
    `resume`: goes on with a world's work after a restart. `furnish`: prepares a world that was just made.
    `tick`: notices what time has brought about in a world.
    `purse`: its customers' accounts. `event_headers`: with what the names of its webhooks' headers begin.
    `suffers`: whether faults strike its requests; the control door's never.
    `prompt`, `model`: where these stand among an operation's fields.
    """

    name: str
    owns: tuple[str, ...]
    handlers: Mapping[str, Handler]
    admit: Callable[[Call, World], Awaitable[Admitted]]
    render: Callable[[DomainError, str], Answer]
    bug: Answer
    sign: Callable[[str, float], Mapping[str, str]]
    meter: Callable[[Call, Admitted, World], Mapping[str, str]]
    resume: Callable[[World], None] = lambda world: None  # noqa: ARG005  # most vendors answer at once
    furnish: Callable[[World], None] = lambda world: None  # noqa: ARG005
    tick: Callable[[World], None] = lambda world: None  # noqa: ARG005
    purse: Purse | None = None
    event_headers: str = ""
    suffers: bool = True
    prompt: Callable[[Mapping[str, Any]], str] = lambda fields: str(fields.get("prompt") or "")
    model: Callable[[Mapping[str, Any]], str] = lambda fields: str(fields.get("model") or fields.get("modelId") or "")
