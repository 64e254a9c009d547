"""Jobs in many hands at once, and in a process that is killed."""

import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing

import pytest

from emulator.billing import AccountId, Ledger, audit
from emulator.database import Database
from emulator.errors import AlreadySettled
from emulator.files import FileStore
from emulator.ids import Ids
from emulator.jobs import IMMEDIATE, MANUAL, Failure, Jobs, Rendered

BAD = Failure(code="bad_image", message="The upload is not an image")
ACCOUNT = AccountId(namespace="", vendor="magic-hour", holder="key")
START = 10**9
PRICE = 40
KILLS = 4

# What a worker process does with the state at {folder}.
OPEN = """
import sys
from pathlib import Path
from emulator.billing import AccountId, Ledger
from emulator.database import Database
from emulator.files import FileStore
from emulator.ids import Ids
from emulator.jobs import IMMEDIATE, Failure, Jobs, Rendered
folder = Path({folder!r})
database = Database(folder / "state.db")
jobs = Jobs(database, FileStore(folder=folder / "state.files"), Ids("seed"))
ledger = Ledger(database, Ids("seed"))
"""
SETTLE = """
print("ready", flush=True)
sys.stdin.readline()
for _ in range(20):
    for event in jobs.settle("", 9.0):
        print(event.kind, event.job.id, flush=True)
database.close()
"""
# Pay, work, announce for ever; every third picture of a batch of four fails, every fifth job altogether.
LIVE = """
account = AccountId(namespace="", vendor="magic-hour", holder="key")
failure = Failure(code="bad", message="bad")
number = 0
while True:
    number += 1
    with database.transaction():
        charge = ledger.charge(account, 40, request_id="r", model="m", at=1.0)
        job = jobs.create("", "key", type="T", request={{}}, progression=IMMEDIATE, images=4, price=40,
                          charge=charge.id, at=1.0, worker="w")
    print(job.id, flush=True)
    failing = range(4) if number % 5 == 0 else [2] if number % 3 == 0 else []
    jobs.deliver(
        job,
        images={{i: Rendered(data=b"x" * 1000, media_type="image/png", file_name="x.png")
                for i in range(4) if i not in failing}},
        failures=dict.fromkeys(failing, failure),
    )
    with database.transaction():
        for event in jobs.settle("", 2.0, job_id=job.id):
            for refund in event.job.refunds(2.0) if event.kind != "started" else ():
                ledger.refund(event.job.charge, amount=refund.amount, part=refund.part, reason="failed", at=2.0)
"""


def run(folder, code):
    command = [sys.executable, "-c", (OPEN + code).format(folder=str(folder))]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def opened(folder):
    database = Database(folder / "state.db")
    return database, Jobs(database, FileStore(folder=folder / "state.files"), Ids("seed"))


def at_once(number, function):
    """Run `function(i)` in so many threads that start together; what they returned or raised."""
    start, results = threading.Barrier(number), []

    def go(i):
        start.wait()
        try:
            results.append(function(i))
        except AlreadySettled as error:
            results.append(error)

    threads = [threading.Thread(target=go, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == number
    return results


def pictures():
    return {0: Rendered(data=b"x", media_type="image/png", file_name="x.png")}


def test_each_event_is_told_to_one_of_many_threads(jobs, create):
    made = [create(images=1) for _ in range(20)]
    for job in made:
        jobs.deliver(job, images=pictures())
    told = Counter(
        (event.kind, event.job.id) for events in at_once(16, lambda _: jobs.settle("", 1.0)) for event in events
    )
    assert told == Counter((kind, job.id) for job in made for kind in ("started", "completed"))


def test_each_event_is_told_to_one_of_two_processes(tmp_path):
    database, jobs = opened(tmp_path)
    with closing(database):
        made = [
            jobs.create("", "k", type="T", request={}, progression=IMMEDIATE, images=1, price=1, charge=None, at=1.0)
            for _ in range(30)
        ]
        workers = [run(tmp_path, SETTLE) for _ in range(2)]
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for job in made:  # while they ask
            jobs.deliver(job, images=pictures())
        told = Counter(line for worker in workers for line in worker.communicate(timeout=60)[0].splitlines())
        told.update(f"{event.kind} {event.job.id}" for event in jobs.settle("", 9.0))
        assert told == Counter(f"{kind} {job.id}" for job in made for kind in ("started", "completed"))


def test_many_workers_take_a_job_once(jobs, create):
    job = create()
    assert sorted(at_once(16, lambda i: jobs.take(job, f"w{i}"))) == [False] * 15 + [True]


def test_work_that_many_bring_is_kept_once(jobs, create):
    job = create(images=1)
    assert sorted(at_once(16, lambda _: jobs.deliver(job, images=pictures()))) == [False] * 15 + [True]


@pytest.mark.parametrize("turn", range(5))
def test_of_finish_fail_and_cancel_at_once_one_wins(jobs, create, files, turn):
    job = create(progression=MANUAL, images=1)
    jobs.deliver(job, images=pictures())
    commands = [
        lambda: jobs.finish("", job.id, now=1.0),
        lambda: jobs.fail("", job.id, BAD, now=1.0),
        lambda: jobs.cancel("", job.id, now=1.0),
    ]
    results = at_once(6, lambda i: commands[(i + turn) % 3]())
    (won,) = [one for one in results if not isinstance(one, AlreadySettled)]
    status = won.status(1.0)
    assert jobs.get("", job.id).status(1.0) == status
    assert {one.status for one in results if one is not won} == {status}
    if status == "complete":
        assert files.has("", f"{job.id}-0.png")


def test_after_a_kill_every_job_that_was_paid_for_is_finished_or_refunded(tmp_path):
    database, _ = opened(tmp_path)
    with closing(database):
        Ledger(database, Ids("seed")).open_account(ACCOUNT, "credits", START, at=0.0)
    answered = set()
    for kill in range(KILLS):
        with run(tmp_path, LIVE) as worker:
            for _ in range(20 + 7 * kill):
                answered.add(worker.stdout.readline().strip())
            worker.kill()
            answered.update(line.strip() for line in worker.stdout if line.endswith("\n"))
        database, jobs = opened(tmp_path)
        with closing(database):
            ledger = Ledger(database, Ids("seed"))
            recover(database, jobs, ledger)
            made = jobs.newest("", limit=10**6)
            charges = ledger.entries(ACCOUNT, limit=10**6, kinds=("charge",)).entries
            assert answered <= {job.id for job in made}
            assert [job.charge for job in made] == [charge.id for charge in charges], "no charge without its job"
            assert all(job.settled in ("complete", "error") for job in made)
            for job in made:
                back = sum(entry.amount for entry in ledger.refunds(job.charge))
                assert PRICE - back == job.charged(9.0)
                assert all(jobs._files.has("", name) for name in job.downloads(9.0))
            assert ledger.balance(ACCOUNT) == START - sum(job.charged(9.0) for job in made)
            assert audit(database) == []
    assert len(answered) > 20 * KILLS


def recover(database, jobs, ledger):
    """What a start does with a state in which somebody was at work."""
    jobs.release()
    for job in jobs.unfinished():
        assert jobs.take(job, "w")
        jobs.deliver(job, images={}, failures=dict.fromkeys(range(job.images), BAD))
    with database.transaction():
        for event in jobs.settle("", 9.0):
            for refund in event.job.refunds(9.0) if event.kind != "started" else ():
                ledger.refund(event.job.charge, amount=refund.amount, part=refund.part, reason="restart", at=9.0)
    assert jobs.unfinished() == ()
