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


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An event on its way to one receiver; `body` is exactly what was signed."""

    id: str
    target_id: str
    url: str
    event: str
    body: str
    headers: dict[str, str] = field(repr=False)
    state: Literal["pending", "delivered", "failed"] = "pending"
    attempts: tuple[Attempt, ...] = ()


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Hex HMAC-SHA256 of `TIMESTAMP.BODY` (documented recipe)."""
    return hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()
