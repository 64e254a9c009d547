"""What the ledger speaks of: accounts and entries as values."""

from dataclasses import dataclass, field
from typing import Literal

Currency = Literal["usd_micros", "credits"]
Kind = Literal["grant", "charge", "refund", "top_up"]


@dataclass(frozen=True, kw_only=True)
class AccountId:
    """Whose money: in which world, at which vendor, under which key or wallet address."""

    namespace: str
    vendor: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account as it stands; `balance` in the smallest unit of `currency`."""

    id: AccountId
    currency: Currency
    balance: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of an account, never changed once written.

    `amount` is signed (a charge is negative, a grant may be) and `balance_after` what it left, both in
    the smallest unit of `currency`; `created` is the world's time in Unix seconds. A refund names in
    `reverses` the charge that it gives back, and in `part` which part of it ("whole" or a name of the
    caller's, such as "image:2").
    """

    id: str
    account: AccountId
    currency: Currency
    kind: Kind
    amount: int
    balance_after: int
    created: float
    request_id: str | None = None
    model: str | None = None
    reverses: str | None = None
    part: str | None = None
    note: str | None = None
    # Ids repeat when a world is dropped and run again; this number, the account's in the database, does not.
    opening: int = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A stretch of an account's entries, newest first; `has_more` when older ones follow."""

    entries: tuple[Entry, ...]
    has_more: bool
