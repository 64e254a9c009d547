"""Many spenders at once, in one process and in two, and a process that is killed in the middle."""

import subprocess
import sys
import threading
from contextlib import closing

import pytest

from emulator.billing import AccountId, Ledger, audit
from emulator.database import Database
from emulator.errors import InsufficientFunds
from emulator.ids import Ids

THREADS = 200
ROOM = 50  # edits that the account can pay
PRICE = 7
ACCOUNT = AccountId(namespace="", vendor="venice", holder="shared")
KILLS = 5
SPENDERS = 4  # threads of the process that is killed

# What a worker process runs; {path} is the state file.
OPEN = """
import sys, threading
from pathlib import Path
from emulator.billing import AccountId, Ledger
from emulator.database import Database
from emulator.errors import InsufficientFunds
from emulator.ids import Ids
account = AccountId(namespace="", vendor="venice", holder="shared")
database = Database(Path({path!r}))
ledger = Ledger(database, Ids("seed"))
def charge():
    return ledger.charge(account, {price}, request_id="req", model="m", at=2.0)
"""
SPEND_ONCE = """
def spend():
    try:
        paid.append(charge().id)
    except InsufficientFunds:
        refused.append(1)
paid, refused = [], []
threads = [threading.Thread(target=spend) for _ in range({threads})]
print("ready", flush=True)
sys.stdin.readline()
for thread in threads: thread.start()
for thread in threads: thread.join()
database.close()
print(len(refused), *paid, flush=True)
"""
SPEND_FOR_EVER = """
lock = threading.Lock()
def spend():
    while True:
        entry = charge()
        with lock:
            print(entry.id, flush=True)
for _ in range({threads}):
    threading.Thread(target=spend).start()
"""


def opened(path, opening):
    database = Database(path)
    ledger = Ledger(database, Ids("seed"))
    ledger.open_account(ACCOUNT, "usd_micros", opening, at=1.0)
    return database, ledger


def worker(path, code, threads):
    code = (OPEN + code).format(path=str(path), price=PRICE, threads=threads)
    return subprocess.Popen(  # our own code
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def at_once(number, function):
    """Run `function(i)` in so many threads that start together; what they returned or raised."""
    start, results = threading.Barrier(number), []

    def run(i):
        start.wait()
        try:
            results.append(function(i))
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == number
    return results


@pytest.mark.parametrize("form", ["memory", "file"])
def test_200_threads_with_room_for_50_edits_pay_for_exactly_50(form, tmp_path):
    database, ledger = opened(None if form == "memory" else tmp_path / "state.db", ROOM * PRICE + PRICE - 1)
    with closing(database):
        results = at_once(THREADS, lambda i: ledger.charge(ACCOUNT, PRICE, request_id=f"r{i}", model="m", at=2.0))
        paid = [one for one in results if not isinstance(one, Exception)]
        assert len({entry.id for entry in paid}) == ROOM
        assert all(isinstance(one, InsufficientFunds) for one in results if one not in paid)
        assert ledger.balance(ACCOUNT) == PRICE - 1
        assert audit(database) == []


def test_two_processes_of_100_threads_pay_for_exactly_50(tmp_path):
    path = tmp_path / "state.db"
    database, ledger = opened(path, ROOM * PRICE + PRICE - 1)
    with closing(database):
        workers = [worker(path, SPEND_ONCE, THREADS // 2) for _ in range(2)]
        for one in workers:
            assert one.stdout.readline() == "ready\n"
        for one in workers:
            one.stdin.write("go\n")
            one.stdin.flush()
        answers = [one.communicate(timeout=60)[0].split() for one in workers]
        paid = [entry_id for _, *ids in answers for entry_id in ids]
        assert len(set(paid)) == len(paid) == ROOM
        assert sum(int(refused) for refused, *_ in answers) == THREADS - ROOM
        assert ledger.balance(ACCOUNT) == PRICE - 1
        assert {entry.id for entry in ledger.entries(ACCOUNT, limit=THREADS, kinds=("charge",)).entries} == set(paid)
        assert audit(database) == []


@pytest.mark.parametrize("form", ["memory", "file"])
def test_an_account_that_many_open_at_once_is_granted_once(form, tmp_path):
    with closing(Database(None if form == "memory" else tmp_path / "state.db")) as database:
        ledger = Ledger(database, Ids("seed"))
        results = at_once(50, lambda _: ledger.open_account(ACCOUNT, "usd_micros", 500, at=1.0))
        assert sorted(results) == [False] * 49 + [True]
        assert ledger.balance(ACCOUNT) == 500


@pytest.mark.parametrize("form", ["memory", "file"])
def test_a_charge_that_many_refund_at_once_is_given_back_once(form, tmp_path):
    database, ledger = opened(None if form == "memory" else tmp_path / "state.db", 100)
    with closing(database):
        spent = ledger.charge(ACCOUNT, 40, request_id="r", model="m", at=2.0)
        results = at_once(50, lambda i: ledger.refund(spent.id, reason=f"thread {i}", at=3.0))
        assert all(one == results[0] for one in results)
        assert ledger.balance(ACCOUNT) == 100
        assert audit(database) == []


def test_no_answered_charge_is_lost_when_the_process_is_killed(tmp_path):
    path = tmp_path / "state.db"
    opened(path, 10**15)[0].close()
    answered = set()
    for kill in range(KILLS):
        with worker(path, SPEND_FOR_EVER, SPENDERS) as spender:
            for _ in range(50 + 37 * kill):
                answered.add(spender.stdout.readline().strip())
            spender.kill()
            # What the pipe still holds was answered, too; a last line that breaks off was not.
            answered.update(line.strip() for line in spender.stdout if line.endswith("\n"))
        with closing(Database(path)) as database:
            ledger = Ledger(database, Ids("seed"))
            page = ledger.entries(ACCOUNT, limit=10**6, kinds=("charge",))
            written = {entry.id for entry in page.entries}
            assert answered <= written
            assert len(written - answered) <= SPENDERS * (kill + 1), "each thread has at most one charge on its way"
            assert ledger.balance(ACCOUNT) == 10**15 - PRICE * len(written)
            assert audit(database) == []
    assert len(answered) > 50 * KILLS
