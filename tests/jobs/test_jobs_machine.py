"""Hypothesis runs a small business of jobs and money: everybody pays, some fail, the house burns down."""

import shutil
import tempfile
import threading
from pathlib import Path

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from emulator.billing import AccountId, Ledger, audit
from emulator.clock import Clock
from emulator.database import Database
from emulator.errors import AlreadySettled, InsufficientFunds
from emulator.files import FileStore
from emulator.ids import Ids
from emulator.jobs import IMMEDIATE, MANUAL, Failure, Jobs, Rendered, timed

BAD = Failure(code="bad_image", message="The upload is not an image")
OPENING = 2000
keys = st.sampled_from(["a", "b"])
progressions = st.sampled_from([IMMEDIATE, MANUAL, timed(1.0, 2.0)])
some_images = st.sets(st.integers(0, 3), min_size=1)


class JobsMachine(RuleBasedStateMachine):
    """Beside the world a list of what was told of each job; the money must follow from it."""

    ids = Bundle("ids")

    @initialize()
    def open(self):
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Clock(frozen_at=0.0)
        self.made = {}
        self.told = {}
        self.connect()
        for key in ("a", "b"):
            self.ledger.open_account(self.account(key), "credits", OPENING, at=0.0)

    def connect(self):
        self.database = Database(self.folder / "state.db")
        self.ledger = Ledger(self.database, Ids("seed"))
        self.jobs = Jobs(self.database, FileStore(folder=self.folder / "files"), Ids("seed"))

    def account(self, key):
        return AccountId(namespace="", vendor="magic-hour", holder=key)

    @rule(target=ids, key=keys, price=st.integers(0, 400), progression=progressions)
    def create(self, key, price, progression):
        try:
            with self.database.transaction():
                charge = self.ledger.charge(self.account(key), price, request_id="r", model="m", at=self.clock.now())
                job = self.jobs.create(
                    "",
                    key,
                    type="T",
                    request={},
                    progression=progression,
                    images=4,
                    price=price,
                    charge=charge.id,
                    at=self.clock.now(),
                )
        except InsufficientFunds:
            return multiple()
        self.made[job.id] = job
        self.told[job.id] = []
        return job.id

    @rule(job_id=ids, failing=st.sets(st.integers(0, 3)))
    def deliver(self, job_id, failing):
        waited = self.jobs.get("", job_id).waits
        images = {
            i: Rendered(data=b"x", media_type="image/png", file_name="x.png") for i in range(4) if i not in failing
        }
        assert (
            self.jobs.deliver(self.made[job_id], images=images, failures=dict.fromkeys(sorted(failing), BAD)) == waited
        )

    @rule(job_id=ids)
    def step(self, job_id):
        self.command(job_id, lambda: self.jobs.step("", job_id, now=self.clock.now()))

    @rule(job_id=ids)
    def finish(self, job_id):
        self.command(job_id, lambda: self.jobs.finish("", job_id, now=self.clock.now()))

    @rule(job_id=ids)
    def cancel(self, job_id):
        self.command(job_id, lambda: self.jobs.cancel("", job_id, now=self.clock.now()))

    @rule(job_id=ids, images=st.none() | some_images)
    def fail(self, job_id, images):
        self.command(job_id, lambda: self.jobs.fail("", job_id, BAD, now=self.clock.now(), images=images))

    def command(self, job_id, give):
        over = self.jobs.get("", job_id).over(self.clock.now())
        try:
            give()
        except AlreadySettled:
            assert over
        else:
            assert not over

    @rule(seconds=st.sampled_from([0.5, 1.0, 2.0]))
    def time_goes_by(self, seconds):
        self.clock.advance(seconds)

    @rule(threads=st.sampled_from([1, 4]))
    def announce(self, threads):
        """As a server does it: what is told and the money that follows, in one transaction."""
        now = self.clock.now()

        def tell():
            with self.database.transaction():
                for event in self.jobs.settle("", now):
                    self.told[event.job.id].append(event.kind)
                    for refund in event.job.refunds(now) if event.kind != "started" else ():
                        self.ledger.refund(
                            event.job.charge, amount=refund.amount, part=refund.part, reason="failed", at=now
                        )

        crowd = [threading.Thread(target=tell) for _ in range(threads)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
        assert not self.jobs.due("", now)

    @rule()
    def restart(self):
        self.database.close()
        self.connect()
        assert audit(self.database) == []

    @invariant()
    def each_story_is_one_that_can_be_told(self):
        for job_id, told in self.told.items():
            end = {None: [], "complete": ["completed"], "error": ["errored"], "canceled": ["canceled"]}
            settled = self.jobs.get("", job_id).settled
            assert told in (["started", *end[settled]], end[settled])

    @invariant()
    def the_money_follows_from_what_was_told(self):
        now = self.clock.now()
        jobs = [self.jobs.get("", job_id) for job_id in self.made]
        for key in ("a", "b"):
            spent = sum(job.charged(now) if job.settled else job.price for job in jobs if job.owner == key)
            assert self.ledger.balance(self.account(key)) == OPENING - spent >= 0

    def teardown(self):
        assert audit(self.database) == []
        self.database.close()
        shutil.rmtree(self.folder)


# As in the ledger's machine: a few hundred steps, in runs of a length that Hypothesis can shrink.
STEPS = max(400, hypothesis.settings.default.stateful_step_count)
RUN = 50
JobsMachine.TestCase.settings = hypothesis.settings(max_examples=STEPS // RUN, stateful_step_count=RUN)
TestJobsAndMoney = JobsMachine.TestCase
