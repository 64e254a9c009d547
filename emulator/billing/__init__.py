"""Money: accounts and their append-only entries, in exact integers of the smallest unit.

Knows charges, refunds, grants and top-ups, and that no balance goes below zero; refuses to know prices,
vendors and requests.
"""

from emulator.billing.audit import audit
from emulator.billing.entry import Account, AccountId, Currency, Entry, Kind, Page
from emulator.billing.ledger import Ledger

__all__ = ["Account", "AccountId", "Currency", "Entry", "Kind", "Ledger", "Page", "audit"]
