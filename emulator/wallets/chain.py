"""The chain that does not exist: what each wallet holds of a token, which payments and sign-ins were used.

Per world, in the database. A wallet holds plenty until somebody says otherwise, so that only a test of
poverty has to arrange anything. Verifying is not its business.
"""

from dataclasses import dataclass

from emulator.database import Cursor, Database
from emulator.errors import PaymentRefused, SignInRefused
from emulator.ids import digest
from emulator.wallets.payment import Payment

SCHEMA = """
CREATE TABLE holdings (
    namespace TEXT NOT NULL,
    network TEXT NOT NULL,
    asset TEXT NOT NULL,
    address TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (typeof(amount) = 'integer' AND amount >= 0),
    PRIMARY KEY (namespace, network, asset, address)
) WITHOUT ROWID;
CREATE TABLE payments (
    namespace TEXT NOT NULL,
    network TEXT NOT NULL,
    payer TEXT NOT NULL,
    key TEXT NOT NULL,
    hash TEXT NOT NULL,
    amount INTEGER NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (namespace, network, payer, key)
) WITHOUT ROWID;
CREATE TABLE sign_ins (
    namespace TEXT NOT NULL,
    address TEXT NOT NULL,
    nonce TEXT NOT NULL,
    until REAL NOT NULL,
    PRIMARY KEY (namespace, address, nonce)
) WITHOUT ROWID;
"""
MOST = 2**62  # what a holding can be, in the token's smallest unit
_PRUNE_EVERY = 256  # sign-ins


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A payment that went through; `hash` names its transaction, as the network writes it."""

    payment: Payment
    hash: str


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What a wallet holds of a token, in its smallest unit."""

    network: str
    asset: str
    address: str
    amount: int


class Chain:
    """Holdings, payments and sign-ins of all worlds. `ample` is what a wallet holds at first, in the smallest unit."""

    def __init__(self, database: Database, *, seed: str, ample: int) -> None:
        self._database = database
        self._seed = seed
        self._ample = ample
        self._sign_ins = 0
        database.install("wallets", SCHEMA)

    def holding(self, namespace: str, network: str, asset: str, address: str) -> int:
        """What the wallet holds of the token."""
        rows = self._database.read(
            "SELECT amount FROM holdings WHERE namespace = ? AND network = ? AND asset = ? AND address = ?",
            (namespace, network, asset, address),
        )
        return int(rows[0][0]) if rows else self._ample

    def holdings(self, namespace: str, address: str | None = None) -> tuple[Holding, ...]:
        """All holdings that were set or moved, of one wallet or of all."""
        rows = self._database.read(
            "SELECT network, asset, address, amount FROM holdings "
            "WHERE namespace = ? AND address = coalesce(?, address)",
            (namespace, address),
        )
        return tuple(Holding(network=row[0], asset=row[1], address=row[2], amount=row[3]) for row in rows)

    def fund(self, namespace: str, holding: Holding) -> None:
        """Make the wallet hold so much of the token."""
        if not 0 <= holding.amount <= MOST:
            raise ValueError(f"a holding is from 0 to {MOST} of the token's smallest unit, got {holding.amount}")
        with self._database.transaction() as cursor:
            self._put(cursor, namespace, holding)

    def check(self, namespace: str, payment: Payment) -> None:
        """Whether the payment could settle now; changes nothing. Raises PaymentRefused."""
        rows = self._database.read(
            "SELECT hash FROM payments WHERE namespace = ? AND network = ? AND payer = ? AND key = ?",
            (namespace, payment.network, payment.payer, payment.key),
        )
        if rows:
            evm = payment.network.startswith("eip155:")
            raise PaymentRefused(
                reason="invalid_exact_evm_nonce_already_used" if evm else "duplicate_settlement",
                message=f"this payment was settled before, as {rows[0][0]}",
                expected="a new nonce" if evm else "a new transaction",
                payer=payment.payer,
                network=payment.network,
            )
        held = self.holding(namespace, payment.network, payment.asset, payment.payer)
        if held < payment.amount:
            raise PaymentRefused(
                reason="insufficient_funds",
                message=f"the wallet holds {held} of the token's smallest unit",
                expected=f"{payment.amount}",
                payer=payment.payer,
                network=payment.network,
            )

    def settle(self, namespace: str, payment: Payment, *, at: float) -> Settled:
        """Move the tokens, once. Raises PaymentRefused as `check` does, moving nothing."""
        name = self._hash(namespace, payment)
        with self._database.transaction() as cursor:
            self.check(namespace, payment)
            cursor.execute(
                "INSERT INTO payments (namespace, network, payer, key, hash, amount, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (namespace, payment.network, payment.payer, payment.key, name, payment.amount, at),
            )
            for address, change in ((payment.payer, -payment.amount), (payment.pay_to, payment.amount)):
                held = self.holding(namespace, payment.network, payment.asset, address)
                after = Holding(
                    network=payment.network, asset=payment.asset, address=address, amount=min(held + change, MOST)
                )
                self._put(cursor, namespace, after)
        return Settled(payment=payment, hash=name)

    def use_nonce(self, namespace: str, address: str, nonce: str, *, until: float, now: float) -> None:
        """Remember a sign-in's nonce for as long as the sign-in could be good. Raises SignInRefused for a used one."""
        with self._database.transaction() as cursor:
            self._sign_ins += 1
            if self._sign_ins % _PRUNE_EVERY == 0:
                cursor.execute("DELETE FROM sign_ins WHERE namespace = ? AND until < ?", (namespace, now))
            cursor.execute(
                "INSERT INTO sign_ins (namespace, address, nonce, until) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (namespace, address, nonce, until),
            )
            if not cursor.rowcount:
                raise SignInRefused(
                    rule="invalid_siwx_nonce_used",
                    message=f"the nonce {nonce[:40]!r} was used before",
                    expected="a sign-in signed anew for each request",
                )

    def drop(self, namespace: str) -> None:
        """Forget a world's wallets."""
        with self._database.transaction() as cursor:
            for statement in (
                "DELETE FROM holdings WHERE namespace = ?",
                "DELETE FROM payments WHERE namespace = ?",
                "DELETE FROM sign_ins WHERE namespace = ?",
            ):
                cursor.execute(statement, (namespace,))

    def _put(self, cursor: Cursor, namespace: str, one: Holding) -> None:
        cursor.execute(
            "INSERT INTO holdings (namespace, network, asset, address, amount) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (namespace, network, asset, address) DO UPDATE SET amount = excluded.amount",
            (namespace, one.network, one.asset, one.address, one.amount),
        )

    def _hash(self, namespace: str, payment: Payment) -> str:
        """The same payment has the same hash in every run of the same seed."""
        parts = (self._seed, namespace, payment.network, payment.payer, payment.key)
        raw = digest("transaction", *parts)
        if payment.network.startswith("eip155:"):
            return "0x" + raw.hex()
        from emulator.wallets.curves import in_base58  # with the first payment, not at start

        return in_base58(raw + digest("transaction 2", *parts))
