"""stand-in"""

import threading
from dataclasses import dataclass
from emulator.errors import InsufficientFunds
from typing import Literal

Currency = Literal["usd_micros", "credits"]


@dataclass(frozen=True, kw_only=True)
class AccountId:
    namespace: str
    vendor: str
    holder: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    id: str
    amount: int


class Ledger:
    def __init__(self, db, ids):
        self.b = {}
        self.e = {}
        self.r = set()
        self.ids = ids
        self.lock = threading.Lock()

    def open_account(self, account, currency, opening, *, at):
        with self.lock:
            self.b.setdefault(account, opening)

    def balance(self, account):
        return self.b[account]

    def charge(self, account, amount, *, request_id, model, at):
        with self.lock:
            if self.b[account] < amount:
                raise InsufficientFunds(currency="usd_micros", needed=amount, balance=self.b[account])
            self.b[account] -= amount
            e = Entry(id=self.ids.next("entry"), amount=amount)
            self.e[e.id] = (account, amount)
            return e

    def refund(self, charge_id, *, reason, at):
        with self.lock:
            if charge_id in self.r:
                return
            self.r.add(charge_id)
            a, n = self.e[charge_id]
            self.b[a] += n
