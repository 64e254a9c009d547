"""Hypothesis plays with a ledger that many hands use and that is restarted at any moment."""

import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from emulator.billing import AccountId, Ledger, audit
from emulator.database import Database
from emulator.errors import InsufficientFunds
from emulator.ids import Ids

amounts = st.integers(0, 120)
accounts = st.sampled_from(
    [AccountId(namespace=namespace, vendor="magic-hour", holder=key) for namespace in ("", "ns") for key in ("a", "b")]
)


class LedgerMachine(RuleBasedStateMachine):
    """A model of dictionaries beside the ledger: what was spent, and what of it came back."""

    charges = Bundle("charges")

    @initialize()
    def open(self):
        self.folder = Path(tempfile.mkdtemp())
        self.balances = {}
        self.spent = {}
        self.returned = {}
        self.connect()

    def connect(self):
        self.database = Database(self.folder / "state.db")
        self.ledger = Ledger(self.database, Ids("seed"))

    def use(self, account):
        created = self.ledger.open_account(account, "credits", 100, at=1.0)
        assert created == (account not in self.balances)
        self.balances.setdefault(account, 100)

    @rule(target=charges, account=accounts, amount=amounts)
    def charge(self, account, amount):
        self.use(account)
        if amount > self.balances[account]:
            with pytest.raises(InsufficientFunds):
                self.ledger.charge(account, amount, request_id="r", model="m", at=2.0)
            return multiple()
        entry = self.ledger.charge(account, amount, request_id="r", model="m", at=2.0)
        self.balances[account] -= amount
        return self.remember(entry)

    def remember(self, entry):
        assert entry.id not in self.spent
        self.spent[entry.id] = (entry.account, -entry.amount)
        self.returned[entry.id] = {}
        return entry.id

    @rule(target=charges, account=accounts, amount=st.integers(1, 60))
    def charge_from_eight_threads(self, account, amount):
        self.use(account)
        paid = []

        def spend():
            with suppress(InsufficientFunds):
                paid.append(self.ledger.charge(account, amount, request_id="r", model="m", at=2.0))

        threads = [threading.Thread(target=spend) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(paid) == min(8, self.balances[account] // amount)
        self.balances[account] -= amount * len(paid)
        return multiple(*[self.remember(entry) for entry in paid])

    @rule(charge=charges)
    def refund(self, charge):
        self.give_back(charge, None, "whole")

    @rule(charge=charges, amount=amounts, image=st.integers(0, 3))
    def refund_a_part(self, charge, amount, image):
        self.give_back(charge, amount, f"image:{image}")

    def give_back(self, charge, amount, part):
        account, price = self.spent[charge]
        parts = self.returned[charge]
        left = price - sum(parts.values())
        try:
            entry = self.ledger.refund(charge, amount=amount, part=part, reason="failed", at=3.0)
        except ValueError:
            assert amount > left
            return
        if part in parts:
            assert entry.amount == parts[part]
        elif left == 0:
            assert entry is None
        else:
            assert entry.amount == (left if amount is None else amount)
            parts[part] = entry.amount
            self.balances[account] += entry.amount

    @rule(charge=consumes(charges))
    def refund_for_the_last_time(self, charge):
        self.give_back(charge, None, "whole")
        price = self.spent[charge][1]
        assert sum(entry.amount for entry in self.ledger.refunds(charge)) == price
        assert self.ledger.refund(charge, reason="again", part="again", at=4.0) is None

    @rule(account=accounts, amount=amounts)
    def top_up(self, account, amount):
        self.use(account)
        self.ledger.top_up(account, amount, at=2.0)
        self.balances[account] += amount

    @rule(account=accounts, amount=amounts)
    def set_balance(self, account, amount):
        self.use(account)
        self.ledger.set_balance(account, amount, at=2.0)
        self.balances[account] = amount

    @rule()
    def restart(self):
        self.check_every_entry()
        self.database.close()
        self.connect()

    def check_every_entry(self):
        for account, balance in self.balances.items():
            entries = self.ledger.entries(account, limit=10**6).entries
            assert sum(entry.amount for entry in entries) == balance
        assert audit(self.database) == []

    @invariant()
    def balances_are_what_was_granted_less_what_was_spent(self):
        for account, balance in self.balances.items():
            assert self.ledger.balance(account) == balance >= 0

    def teardown(self):
        self.check_every_entry()
        self.database.close()
        shutil.rmtree(self.folder)


# A few hundred steps in all; a profile that asks for more gets them in runs of the same length, since a
# run of thousands of steps is beyond what Hypothesis can draw or shrink.
STEPS = max(400, hypothesis.settings.default.stateful_step_count)
RUN = 50
LedgerMachine.TestCase.settings = hypothesis.settings(max_examples=STEPS // RUN, stateful_step_count=RUN)
TestLedger = LedgerMachine.TestCase
