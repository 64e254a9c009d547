"""Receivers and deliveries as values, and the signature that a receiver checks."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Target:
    """A registered receiver. `events` it wants, empty for all; `header_prefix` begins the vendor's headers."""

    id: str
    url: str
    secret: str = field(repr=False)
    events: tuple[str, ...] = ()
    header_prefix: str

    def wants(self, event: str) -> bool:
        """Whether this receiver is told of the event."""
        return not self.events or event in self.events


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try: when (Unix seconds of the world's clock), and the status or what went wrong."""

    at: float
    status: int | None = None
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took the event: any 2xx (inferred: the vendor names no status)."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An event on its way to one receiver; `body` is exactly what is signed and sent.

    `headers` are empty until the first try, whose time they are signed with.
    """

    id: str
    target_id: str
    url: str
    event: str
    body: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    state: Literal["pending", "delivered", "failed"] = "pending"
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a receiver is tried: pauses from `first_pause` seconds doubling, `timeout` seconds a try."""

    attempts: int
    first_pause: float
    timeout: float


def sign(target: Target, timestamp: int, body: str) -> dict[str, str]:
    """The headers of an event: hex HMAC-SHA256 of `TIMESTAMP.BODY`, and the Unix seconds (documented recipe)."""
    # surrogateescape: a secret from the environment need not be UTF-8.
    secret = target.secret.encode("utf-8", "surrogateescape")
    signature = hmac.new(secret, f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        f"{target.header_prefix}-signature": signature,
        f"{target.header_prefix}-timestamp": str(timestamp),
    }
