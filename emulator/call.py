"""A request and its answer as values: what the spine passes between exchange and vendors."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from emulator.billing import AccountId
from emulator.contract import Fields, Operation, read_body
from emulator.leniency import Leniency
from emulator.wallets import Payment

# These three are made for every request, and are not frozen: that would cost a microsecond each. Nobody changes them.


@dataclass(kw_only=True, eq=False)
class Call:
    """One request to a documented operation. Header names are lower case.

    `find_origin` gives the `origin`. `at` is the world's time in Unix seconds, `opened` the
    stopwatch's when the request arrived. `lenient` is asked before placeholder data is refused.
    """

    operation: Operation
    request_id: str
    at: float
    opened: float
    find_origin: Callable[[], str]
    headers: Mapping[str, str]
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    chunks: Callable[[], AsyncIterator[bytes]]
    lenient: Leniency = field(default_factory=Leniency)

    @cached_property
    def origin(self) -> str:
        """Scheme, host and namespace prefix as the client sees them, without a final slash: every URL that is
        handed out begins with it.
        """
        return self.find_origin()

    async def fields(self, *, body_bytes: int, file_bytes: int) -> Fields:
        """The body, decoded and checked. Asked for once, at the place in the order of checks that the
        vendor gives it. Raises what `contract.read_body` raises.
        """
        length = self.headers.get("content-length", "")
        return await read_body(
            self.operation,
            self.headers.get("content-type", ""),
            self.chunks(),
            body_bytes=body_bytes,
            file_bytes=file_bytes,
            expected=int(length) if length.isdecimal() else 0,
            lenient=self.lenient,
        )


@dataclass(kw_only=True, eq=False, slots=True)
class Admitted:
    """A request that passed the vendor's door: who pays, and the checked values.

    `payment` came along with the request; it is verified and still to be settled.
    """

    account: AccountId | None
    fields: Fields
    query: Mapping[str, Any]
    payment: Payment | None = None


class Constant(dict[str, Any]):
    """A JSON object that is the same in every answer: held against the document once, and written once."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        super().__init__(value)
        self.fits = False  # it was held against the document, and fits

    @cached_property
    def raw(self) -> bytes:
        """The object as it goes out."""
        return orjson.dumps(self)


@dataclass(kw_only=True, eq=False, slots=True)
class Answer:
    """What goes back: a JSON value, bytes, or a stream of chunks; exactly one of them, or none (204)."""

    status: int = 200
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    content: bytes | None = None
    stream: AsyncIterator[bytes] | None = None
