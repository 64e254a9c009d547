"""Bearer keys: reading the header, telling a malformed one from an unknown one. No vendor, no money."""

import re
from collections.abc import Collection

from emulator.errors import BadCredential, RateLimited
from emulator.leniency import STRICT, Leniency

NAMESPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LIMITED_SECONDS = 1  # what a key that is always limited is told to wait
_SPECIAL = re.compile(r"emulator-(invalid|empty|limited)(?:-.*)?")


def bearer(authorization: str | None, known: Collection[str], lenient: Leniency = STRICT) -> str:
    """The key of an `Authorization: Bearer KEY` header.

    `known` lists the accepted keys; empty accepts any. Raises BadCredential, whose `shown` never
    holds the whole key. Keys whose text says what they do: `emulator-invalid` is never accepted,
    `emulator-limited` is always over its limit (raises RateLimited), `emulator-empty` has empty accounts.
    A lenient server takes spaces: OpenAI's own suite sends "My API Key".
    """
    if authorization is None:
        raise BadCredential(reason="missing")
    scheme, _, key = authorization.strip().partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key or not key.isascii():
        raise BadCredential(reason="malformed")
    if " " in key and not lenient("authorization: a key with spaces, taken as it is"):
        raise BadCredential(reason="malformed")
    key, _ = split_key(key)
    special = _special(key)
    if special == "invalid" or (known and key not in known and not special):
        raise BadCredential(reason="unknown", shown=masked(key))
    if special == "limited":
        raise RateLimited(retry_after=LIMITED_SECONDS, limit=1)
    return key


def split_key(key: str) -> tuple[str, str]:
    """`ANY@NAME` as (ANY, NAME), NAME a namespace; any other key belongs to the world of its path."""
    plain, at, name = key.rpartition("@")
    return (plain, name) if at and plain and NAMESPACE.fullmatch(name) else (key, "")


def _special(key: str) -> str:
    """What an `emulator-…` key stands for: `invalid`, `empty`, `limited`, or nothing. More may follow after a dash."""
    found = _SPECIAL.fullmatch(key) if key.startswith("emulator-") else None
    return found[1] if found else ""


def is_poor(key: str) -> bool:
    """Whether this key's accounts hold nothing at first."""
    return _special(key) == "empty"


_WALLET = "wallet "  # the space: no Bearer key can name a wallet's account


def wallet_holder(address: str) -> str:
    """The holder of a wallet's account; `address` normalised."""
    return _WALLET + address


def wallet_of(holder: str) -> str | None:
    """The address of a wallet's account; None for a key's."""
    return holder.removeprefix(_WALLET) if holder.startswith(_WALLET) else None


def masked(key: str) -> str:
    """A key that is safe to print: its ends, as vendors show it."""
    if wallet_of(key):
        return key  # an address is no secret
    return f"{key[:4]}{'*' * 8}{key[-4:]}" if len(key) > 12 else "*" * 8
