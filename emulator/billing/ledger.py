"""The ledger: every movement of money in every world, each in one transaction.

An entry's id follows from the seed, the account and the entry's number in it, and the number is given
under the database's write lock: ids repeat exactly when a world is run again, never collide between
processes that share a file, and go on after a restart.
"""

from typing import get_args

from emulator.billing.entry import Account, AccountId, Currency, Entry, Kind, Page
from emulator.billing.schema import SCHEMA
from emulator.database import Cursor, Database, Row
from emulator.errors import InsufficientFunds
from emulator.ids import Ids, digest, spell

MOST = 2**63 - 1  # the largest integer that SQLite keeps exactly

_ACCOUNT = """
SELECT accounts.id, accounts.currency, number, balance_after
FROM accounts LEFT JOIN entries ON entries.account = accounts.id
WHERE namespace = ? AND vendor = ? AND holder = ? ORDER BY number DESC LIMIT 1
"""
_INSERT = """
INSERT INTO entries (account, number, id, kind, amount, balance_after, created, request_id, model, reverses, part, note)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SELECT = """
SELECT namespace, vendor, holder, currency, entries.id, kind, amount, balance_after, created,
       request_id, model, reverses, part, note, accounts.id
FROM entries JOIN accounts ON accounts.id = entries.account
"""
_BY_ID = _SELECT + "WHERE entries.id = ?"
_BY_PART = _SELECT + "WHERE reverses = ? AND part = ?"
_NEWEST = (
    _SELECT  # noqa: S608  # constants, both of them
    + "WHERE namespace = ? AND vendor = ? AND holder = ? AND kind IN (SELECT value FROM json_each(?)) "
    "ORDER BY number DESC LIMIT ? OFFSET ?"
)
_ACCOUNTS = """
SELECT namespace, vendor, holder, currency, coalesce(
    (SELECT balance_after FROM entries WHERE account = accounts.id ORDER BY number DESC LIMIT 1), 0
)
FROM accounts WHERE namespace = ? ORDER BY vendor, holder
"""


class UnknownAccount(LookupError):  # a bug of the caller, named for what it asked for
    """Money was moved on an account that was never opened."""


class Ledger:
    """Accounts and entries; safe between threads, and between processes that share a file.

    Amounts are whole numbers of the account's smallest unit and not negative; another is a ValueError,
    as is a balance beyond 2**63 - 1. An account that was never opened is an UnknownAccount.
    Takes the seed of `ids` alone: see the module.
    """

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database = database
        self._seed = ids.seed
        database.install("billing", SCHEMA)

    def open_account(self, account: AccountId, currency: Currency, opening: int, *, at: float) -> bool:
        """Open the account at its first use, with a grant of `opening`; True when this call did.

        However many calls come at once, one opens; the others find it open and change nothing.
        """
        if self._find(account) is not None:
            return False
        with self._database.transaction() as cursor:
            cursor.execute(
                "INSERT INTO accounts (namespace, vendor, holder, currency) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (account.namespace, account.vendor, account.holder, currency),
            )
            if not cursor.rowcount:
                return False
            if opening:
                self._write(cursor, account, "grant", _whole(opening), at=at, note="opening balance")
            return True

    def charge(self, account: AccountId, amount: int, *, request_id: str, model: str | None, at: float) -> Entry:
        """Take `amount`. Raises InsufficientFunds, writing nothing, where the balance does not reach."""
        taken = -_whole(amount)
        with self._database.transaction() as cursor:
            return self._write(cursor, account, "charge", taken, at=at, request_id=request_id, model=model)

    def refund(
        self, charge: Entry | str, *, reason: str, at: float, amount: int | None = None, part: str = "whole"
    ) -> Entry | None:
        """Give a charge (or the one with this id) back, or `amount` of it under the name of a `part`; without
        amount, all that is left.

        Each part is given back once: a repetition returns the entry that stands. None when parts have
        already given everything back, and for an entry of a world that was dropped meanwhile, even where
        the world that came after it has used the same id. Raises ValueError where `amount` is more than
        is left, and where there is no such charge.
        """
        charge_id = charge if isinstance(charge, str) else charge.id
        with self._database.transaction() as cursor:
            if isinstance(charge, Entry) and not self._stands(charge):
                return None
            standing = cursor.execute(_BY_PART, (charge_id, part)).fetchone()
            if standing is not None:
                return _entry(standing)
            row = cursor.execute(_BY_ID, (charge_id,)).fetchone()
            spent = None if row is None else _entry(row)
            if spent is None or spent.kind != "charge":
                raise ValueError(f"not a charge: {charge_id!r}; a refund names the charge that it gives back")
            given = cursor.execute("SELECT sum(amount) FROM entries WHERE reverses = ?", (charge_id,)).fetchone()
            left = -spent.amount - (given[0] or 0)
            if left == 0:
                return None
            back = left if amount is None else _whole(amount)
            if back > left:
                raise ValueError(f"a refund of {back} for {charge_id!r}, of whose charge {left} is left")
            return self._write(
                cursor,
                spent.account,
                "refund",
                back,
                at=at,
                request_id=spent.request_id,
                model=spent.model,
                reverses=charge_id,
                part=part,
                note=reason,
            )

    def top_up(
        self, account: AccountId, amount: int, *, at: float, request_id: str | None = None, note: str | None = None
    ) -> Entry:
        """Add money that somebody paid in."""
        added = _whole(amount)
        with self._database.transaction() as cursor:
            return self._write(cursor, account, "top_up", added, at=at, request_id=request_id, note=note)

    def grant(self, account: AccountId, amount: int, *, at: float, note: str | None = None) -> Entry:
        """Add money out of nothing."""
        added = _whole(amount)
        with self._database.transaction() as cursor:
            return self._write(cursor, account, "grant", added, at=at, note=note)

    def set_balance(self, account: AccountId, balance: int, *, at: float, note: str | None = None) -> Entry:
        """Make the balance what a test wants, by a grant of the difference, which may be negative or zero."""
        wanted = _whole(balance)
        with self._database.transaction() as cursor:
            return self._write(cursor, account, "grant", wanted - self._last(account)[3], at=at, note=note)

    def balance(self, account: AccountId) -> int:
        """What is left, in the smallest unit of the account's currency."""
        return self._last(account)[3]

    def find(self, account: AccountId) -> Account | None:
        """The account as it stands; None before its first use."""
        row = self._find(account)
        return None if row is None else Account(id=account, currency=row[1], balance=row[3] or 0)

    def accounts(self, namespace: str) -> tuple[Account, ...]:
        """All accounts of a world, by vendor and holder."""
        return tuple(
            Account(id=AccountId(namespace=row[0], vendor=row[1], holder=row[2]), currency=row[3], balance=row[4])
            for row in self._database.read(_ACCOUNTS, (namespace,))
        )

    def entries(
        self, account: AccountId, *, limit: int, offset: int = 0, kinds: tuple[Kind, ...] = get_args(Kind)
    ) -> Page:
        """Up to `limit` entries of these kinds, newest first, after the `offset` newest of them."""
        if limit < 0 or offset < 0:
            raise ValueError(f"limit and offset count entries, got {limit} and {offset}")
        chosen = "[" + ",".join(f'"{kind}"' for kind in kinds) + "]"
        rows = self._database.read(
            _NEWEST, (account.namespace, account.vendor, account.holder, chosen, limit + 1, offset)
        )
        return Page(entries=tuple(map(_entry, rows[:limit])), has_more=len(rows) > limit)

    def entry(self, entry_id: str) -> Entry | None:
        """The entry with this id."""
        rows = self._database.read(_BY_ID, (entry_id,))
        return _entry(rows[0]) if rows else None

    def refunds(self, charge_id: str) -> tuple[Entry, ...]:
        """What was given back of a charge, oldest first."""
        rows = self._database.read(_SELECT + "WHERE reverses = ? ORDER BY number", (charge_id,))
        return tuple(map(_entry, rows))

    def drop(self, namespace: str) -> None:
        """Forget all accounts of a world; at their next use they are opened anew."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "DELETE FROM entries WHERE account IN (SELECT id FROM accounts WHERE namespace = ?)", (namespace,)
            )
            cursor.execute("DELETE FROM accounts WHERE namespace = ?", (namespace,))

    def _stands(self, entry: Entry) -> bool:
        row = self._find(entry.account)
        return row is not None and row[0] == entry.opening

    def _find(self, account: AccountId) -> Row | None:
        rows = self._database.read(_ACCOUNT, (account.namespace, account.vendor, account.holder))
        return rows[0] if rows else None

    def _last(self, account: AccountId) -> tuple[int, Currency, int, int]:
        """Row id, currency, number of the last entry (0: none) and balance. Raises UnknownAccount."""
        row = self._find(account)
        if row is None:
            raise UnknownAccount(f"no account of {account.holder!r} at {account.vendor} in {account.namespace!r}")
        return row[0], row[1], row[2] or 0, row[3] or 0

    def _write(
        self,
        cursor: Cursor,
        account: AccountId,
        kind: Kind,
        amount: int,
        *,
        at: float,
        request_id: str | None = None,
        model: str | None = None,
        reverses: str | None = None,
        part: str | None = None,
        note: str | None = None,
    ) -> Entry:
        """Append an entry; the caller's transaction holds the write lock, so nothing comes between."""
        row, currency, number, balance = self._last(account)
        after = balance + amount
        if after < 0:
            raise InsufficientFunds(currency=currency, needed=-amount, balance=balance)
        if after > MOST:
            raise ValueError(f"a balance of {after} is beyond what the ledger can hold ({MOST})")
        number += 1
        raw = digest(self._seed, account.namespace, account.vendor, account.holder, str(number))
        entry_id = spell(raw, length=24)
        cursor.execute(
            _INSERT,
            (row, number, entry_id, kind, amount, after, at, request_id, model, reverses, part, note),
        )
        return Entry(
            id=entry_id,
            account=account,
            currency=currency,
            kind=kind,
            amount=amount,
            balance_after=after,
            created=at,
            request_id=request_id,
            model=model,
            reverses=reverses,
            part=part,
            note=note,
            opening=row,
        )


def _whole(amount: int) -> int:
    if type(amount) is not int or amount < 0:
        raise ValueError(f"an amount is a whole number of the smallest unit and not negative, got {amount!r}")
    return amount


def _entry(row: Row) -> Entry:
    return Entry(
        account=AccountId(namespace=row[0], vendor=row[1], holder=row[2]),
        currency=row[3],
        id=row[4],
        kind=row[5],
        amount=row[6],
        balance_after=row[7],
        created=row[8],
        request_id=row[9],
        model=row[10],
        reverses=row[11],
        part=row[12],
        note=row[13],
        opening=row[14],
    )
