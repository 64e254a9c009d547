"""One ledger in three forms: in memory, in a file, and in a file that two workers share."""

import itertools
from contextlib import closing

import pytest

from emulator.billing import AccountId, Ledger, audit
from emulator.database import Database
from emulator.ids import Ids


class TwoWorkers:
    """Two ledgers over one file; each call goes to the other one than the call before."""

    def __init__(self, *ledgers):
        self._turn = itertools.cycle(ledgers)

    def __getattr__(self, name):
        return getattr(next(self._turn), name)


@pytest.fixture(params=["memory", "file"])
def database(request, tmp_path):
    with closing(Database(None if request.param == "memory" else tmp_path / "state.db")) as one:
        yield one


@pytest.fixture(params=["memory", "file", "two workers"])
def ledger(request, tmp_path):
    """A ledger; after the test its entries must add up."""
    path = None if request.param == "memory" else tmp_path / "state.db"
    with closing(Database(path)) as first:
        if request.param != "two workers":
            yield Ledger(first, Ids("seed"))
        else:
            with closing(Database(path)) as second:
                yield TwoWorkers(Ledger(first, Ids("seed")), Ledger(second, Ids("seed")))
        assert audit(first) == []


@pytest.fixture
def account(ledger):
    """An account that holds 100 credits."""
    one = AccountId(namespace="", vendor="magic-hour", holder="key-1")
    ledger.open_account(one, "credits", 100, at=1.0)
    return one
