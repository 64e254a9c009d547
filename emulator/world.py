"""The world: everything that lives behind the vendors' doors, in one aggregate per namespace.

Owns clock, ids, rates and the handles on money and files; knows nothing of HTTP or of vendors' words.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from typing import Literal, ParamSpec, TypeVar
from urllib.parse import parse_qs

from emulator.billing import Account, AccountId, Currency, Entry, Ledger, Page
from emulator.clock import Clock
from emulator.credentials import is_poor
from emulator.database import Database
from emulator.errors import DomainError
from emulator.faults import Faults
from emulator.files import FileStore, StoredFile
from emulator.files.signed import Verdict, check, sign
from emulator.ids import Ids, digest
from emulator.imaging.gallery import Gallery
from emulator.jobs import Jobs
from emulator.journal import Journal, teller
from emulator.money import usd_micros
from emulator.rates import Rates
from emulator.settings import Settings
from emulator.wallets import Chain, Payment, Settled
from emulator.webhooks import Webhooks

P = ParamSpec("P")
T = TypeVar("T")

MediaRefusal = Literal["tampered", "expired", "wrong_method", "gone"]
MEDIA = "/media"
# An error that a test ordered for after the charge of the request that is under way.
after_charge: ContextVar[DomainError | None] = ContextVar("after_charge", default=None)
MAIN = ""  # the world without a namespace


class World:
    """One namespace's state. `prefix` stands before the path of every URL handed out."""

    def __init__(self, namespace: str, shared: "Worlds") -> None:
        self.namespace = namespace
        self.prefix = f"/_ns/{namespace}" if namespace else ""
        self.settings = shared.settings
        self.clock = Clock()
        self.ids = Ids(f"{shared.settings.seed}/{namespace}{shared.opening}")
        self.rates = Rates()
        self.journal = Journal(shared.settings.journal)
        self.tell = teller(shared.settings.log)
        self.files = shared.files
        self.jobs = shared.jobs
        self.chain = shared.chain
        self.gallery = shared.gallery
        self.faults = Faults(f"{shared.settings.seed}/{namespace}")
        self.images: dict[str, bytes] = {}  # pictures that stand for URLs
        self.tiers: dict[AccountId, str] = {}
        self.webhooks = Webhooks(clock=self.clock, ids=self.ids, allow_remote=self.settings.webhooks_anywhere)
        self.tasks: set[asyncio.Task[None]] = set()
        self.worker = shared.worker
        self._turned = asyncio.Event()
        self._drop = partial(shared.drop, namespace)
        self._published = 0
        self._opened: dict[tuple[str, str], AccountId] = {}  # accounts that are known to be open
        # A URL of one world is good in no other.
        self._secret = digest(shared.secret, namespace)
        self._ledger = shared.ledger
        self._database = shared.database
        self._studio = shared.studio

    async def in_worker(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run heavy work in a worker thread; the event loop goes on meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._studio(), partial(function, *args, **kwargs))

    def account(self, vendor: str, holder: str, *, currency: Currency, opening: int) -> AccountId:
        """The account of a key, opened with `opening` (the currency's smallest unit) at its first use."""
        known = self._opened.get((vendor, holder))
        if known is not None:
            return known
        account = AccountId(namespace=self.namespace, vendor=vendor, holder=holder)
        opening = 0 if is_poor(holder) else opening
        self._ledger.open_account(account, currency, opening, at=self.clock.now())
        self._opened[vendor, holder] = account
        return account

    def balance(self, account: AccountId) -> int:
        """What is left, in the smallest unit of the account's currency."""
        return self._ledger.balance(account)

    def charge(self, account: AccountId | None, amount: int, *, call: str, model: str | None) -> Entry:
        """Take the price before the work. Raises InsufficientFunds, taking nothing."""
        if account is None:
            raise ValueError("a paid operation was admitted without an account")
        return self._ledger.charge(account, amount, request_id=call, model=model, at=self.clock.now())

    def refund(self, charge: Entry, *, reason: str) -> None:
        """Give a charge back; a second time changes nothing."""
        self._ledger.refund(charge, reason=reason, at=self.clock.now())

    @contextmanager
    def charging(self, account: AccountId | None, amount: int, *, call: str, model: str | None) -> Iterator[Entry]:
        """Charge for the work of the block; whatever breaks it off gives the money back."""
        charge = self.charge(account, amount, call=call, model=model)
        try:
            struck = after_charge.get()
            if struck is not None:
                after_charge.set(None)
                raise struck
            yield charge
        except BaseException as error:
            self.refund(charge, reason=type(error).__name__)
            raise

    def refund_part(self, charge: str, *, amount: int, part: str, reason: str) -> None:
        """Give a part of a charge back; each part once."""
        self._ledger.refund(charge, amount=amount, part=part, reason=reason, at=self.clock.now())

    def pay_in(self, payment: Payment, account: AccountId, *, call: str) -> tuple[Settled, Entry]:
        """Settle a payment and credit its whole amount (micro-dollars), both or neither. Raises PaymentRefused."""
        with self.transaction():
            settled = self.chain.settle(self.namespace, payment, at=self.clock.now())
            return settled, self.top_up(account, payment.amount, call=call, note=settled.hash)

    def top_up(self, account: AccountId, amount: int, *, call: str, note: str) -> Entry:
        """Add money that somebody paid in."""
        return self._ledger.top_up(account, amount, at=self.clock.now(), request_id=call, note=note)

    def accounts(self) -> tuple[Account, ...]:
        """All accounts of this world, by vendor and holder."""
        return self._ledger.accounts(self.namespace)

    def find_account(self, vendor: str, holder: str) -> Account | None:
        """The account as it stands; None before its first use."""
        return self._ledger.find(AccountId(namespace=self.namespace, vendor=vendor, holder=holder))

    def set_balance(self, account: AccountId, balance: int, *, note: str) -> None:
        """Make the balance what a test wants, by a grant of the difference."""
        self._ledger.set_balance(account, balance, at=self.clock.now(), note=note)

    def entries(self, account: AccountId, *, limit: int, offset: int) -> Page:
        """A stretch of an account's entries, newest first."""
        return self._ledger.entries(account, limit=limit, offset=offset)

    def transaction(self) -> AbstractContextManager[object]:
        """What is written inside is written all or not at all. Never await inside."""
        return self._database.transaction()

    def publish(self, origin: str, data: bytes, media_type: str, *, seconds: int) -> str:
        """Keep a result and hand out its temporary URL, good for `seconds` of the world's clock."""
        name = f"{self.ids.next('file')}.{media_type.rpartition('/')[2]}"
        expires_at = self.clock.seconds() + seconds
        self._published += 1
        if self._published % 64 == 0:  # now and then, so that what nobody fetches any more makes room
            self.files.expire(self.namespace, self.clock.now())
        self.files.put(self.namespace, name, data, media_type, expires_at=expires_at, file_name=name)
        return self.link(origin, name, expires_at=expires_at)

    def link(self, origin: str, name: str, *, expires_at: int) -> str:
        """A temporary URL of a file that is kept."""
        path = f"{MEDIA}/{name}"
        return f"{origin}{path}?{self.sign(path, method='GET', expires_at=expires_at)}"

    def sign(self, path: str, *, method: str, expires_at: int) -> str:
        """The query that makes a path of this world a temporary URL."""
        return sign(path, expires_at=expires_at, method=method, secret=self._secret)

    def verify(self, path: str, *, method: str, expires: str, signature: str) -> Verdict:
        """Whether a signed URL may be used now, and if not, why."""
        now = self.clock.now()
        return check(path, method=method, expires=expires, signature=signature, secret=self._secret, now=now)

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Do something beside the requests; it goes with the world."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def until(self, moment: float) -> None:
        """Wait for an instant of the world's clock, however that is turned meanwhile."""
        while (pause := moment - self.clock.now()) > 0:
            # A hair later than due: timers may fire a moment early.
            timeout = pause + 0.002 if self.clock.frozen_at is None else None
            with suppress(TimeoutError):
                await asyncio.wait_for(self._turned.wait(), timeout)

    def turn(self) -> None:
        """The clock was turned: let those who wait for an instant look again."""
        waited, self._turned = self._turned, asyncio.Event()
        waited.set()

    def media(self, path: str, query: str) -> StoredFile | MediaRefusal:
        """The file behind a handed-out URL's path and query, or why it is not given out."""
        values = parse_qs(query)
        expires, signature = values.get("expires", [""])[0], values.get("signature", [""])[0]
        verdict = self.verify(path, method="GET", expires=expires, signature=signature)
        if verdict != "ok":
            return verdict
        return self.files.get(self.namespace, path.removeprefix(f"{MEDIA}/")) or "gone"

    def reset(self) -> None:
        """Forget all that happened here; the next request finds the world as at its first use."""
        self._drop()

    def close(self) -> None:
        """Stop what goes on beside the requests."""
        for task in list(self.tasks):
            task.cancel()
        self.webhooks.close()


class Worlds:
    """All namespaces of one server and what they share: database, files, worker threads."""

    def __init__(
        self,
        settings: Settings,
        furnishes: Iterable[Callable[[World], None]] = (),
        *,
        before_edits: Callable[[], None] | None = None,
    ) -> None:
        self.settings = settings
        self._before_edits = before_edits  # called first in each worker thread
        self._furnishes = tuple(furnishes)  # called with each world that is made
        self.database = Database(settings.state)
        # Another process, or another run, must not give the same names to other things.
        self.opening = f"#{self.database.opening}" if self.database.opening else ""
        self.worker = f"worker-{self.database.opening}"
        seed = Ids(str(settings.seed))
        self.ledger = Ledger(self.database, seed)
        folder = settings.state.with_name(settings.state.name + ".files") if settings.state else None
        self.files = FileStore(folder=folder)
        self.jobs = Jobs(self.database, self.files, seed)
        self.chain = Chain(self.database, seed=seed.seed, ample=usd_micros(settings.wallet_usdc))
        self.gallery = Gallery(settings.cache_mb * 1024 * 1024)
        self.secret = digest("media", str(settings.seed))
        self._worlds: dict[str, World] = {}
        self._lock = threading.Lock()
        self._studio: ThreadPoolExecutor | None = None

    def get(self, namespace: str) -> World:
        """The namespace's world, made at first use."""
        world = self._worlds.get(namespace)
        if world is None:
            with self._lock:
                world = self._worlds.get(namespace)
                if world is None:
                    world = World(namespace, self)
                    for furnish in self._furnishes:
                        furnish(world)
                    self._worlds[namespace] = world
        return world

    def recover(self, resumes: Iterable[Callable[[World], None]]) -> None:
        """At start: take up again what a process that is gone had under way."""
        if not self.database.is_file:
            return
        if self.settings.workers == 1:
            self._release()
        ways = list(resumes)
        for namespace in {job.namespace for job in self.jobs.unsettled()}:
            for resume in ways:
                resume(self.get(namespace))

    def prepare(self) -> None:
        """Before several processes come: lay the tables, free what dead ones had taken, and close."""
        self._release()
        self.close()

    def _release(self) -> None:
        self.jobs.release()
        self.files.clear_unfinished()

    def drop(self, namespace: str) -> None:
        """Forget a namespace, money, jobs, files and all; at its next use it is made anew."""
        with self._lock:
            world = self._worlds.pop(namespace, None)
        if world is not None:
            world.close()
        with self.database.transaction():
            self.jobs.drop(namespace)
            self.ledger.drop(namespace)
            self.chain.drop(namespace)
        self.files.drop(namespace)

    def studio(self) -> ThreadPoolExecutor:
        """The worker threads, started with the first edit."""
        with self._lock:
            if self._studio is None:
                threads = self.settings.threads or os.cpu_count() or 2
                self._studio = ThreadPoolExecutor(threads, thread_name_prefix="edit", initializer=self._before_edits)
            return self._studio

    def close(self) -> None:
        """Let go of worlds, threads, files and database."""
        for world in self._worlds.values():
            world.close()
        if self._studio is not None:
            self._studio.shutdown(wait=False, cancel_futures=True)
        self.files.close()
        self.database.close()
