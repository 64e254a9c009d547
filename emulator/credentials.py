"""Bearer keys: reading the header, telling a malformed one from an unknown one. No vendor, no money."""

from collections.abc import Collection

from emulator.errors import BadCredential


def bearer(authorization: str | None, known: Collection[str]) -> str:
    """The key of an `Authorization: Bearer KEY` header.

    `known` lists the accepted keys; empty accepts any. Raises BadCredential, whose `shown` never
    holds the whole key.
    """
    if authorization is None:
        raise BadCredential(reason="missing")
    scheme, _, key = authorization.strip().partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key or not key.isascii() or " " in key:
        raise BadCredential(reason="malformed")
    if known and key not in known:
        raise BadCredential(reason="unknown", shown=masked(key))
    return key


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
