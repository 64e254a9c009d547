"""The world: everything that lives behind the vendors' doors, in one aggregate per namespace.

Owns clock, ids, rates and the handles on money and files; knows nothing of HTTP or of vendors' words.
"""

import asyncio
import os
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Literal, ParamSpec, TypeVar
from urllib.parse import parse_qs

from emulator.billing import AccountId, Currency, Ledger
from emulator.clock import Clock
from emulator.database import Database
from emulator.files import FileStore, StoredFile
from emulator.files.signed import check, sign
from emulator.ids import Ids, digest
from emulator.rates import Rates
from emulator.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

MediaRefusal = Literal["tampered", "expired", "wrong_method", "gone"]
MEDIA = "/media"
MAIN = ""  # the world without a namespace
NAMESPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class World:
    """One namespace's state. `prefix` stands before the path of every URL handed out."""

    def __init__(self, namespace: str, shared: "Worlds") -> None:
        self.namespace = namespace
        self.prefix = f"/_ns/{namespace}" if namespace else ""
        self.settings = shared.settings
        self.clock = Clock()
        self.ids = Ids(f"{shared.settings.seed}/{namespace}")
        self.rates = Rates()
        self.files = shared.files
        self._secret = shared.secret
        self._ledger = shared.ledger
        self._studio = shared.studio

    async def in_worker(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run heavy work in a worker thread; the event loop goes on meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._studio(), partial(function, *args, **kwargs))

    def account(self, vendor: str, holder: str, *, currency: Currency, opening: int) -> AccountId:
        """The account of a key, opened with `opening` (the currency's smallest unit) at its first use."""
        account = AccountId(namespace=self.namespace, vendor=vendor, holder=holder)
        self._ledger.open_account(account, currency, opening, at=self.clock.now())
        return account

    def balance(self, account: AccountId) -> int:
        """What is left, in the smallest unit of the account's currency."""
        return self._ledger.balance(account)

    def charge(self, account: AccountId | None, amount: int, *, call: str, model: str | None) -> str:
        """Take the price before the work; the charge's id. Raises InsufficientFunds, taking nothing."""
        if account is None:
            raise ValueError("a paid operation was admitted without an account")
        return self._ledger.charge(account, amount, request_id=call, model=model, at=self.clock.now()).id

    def refund(self, charge: str, *, reason: str) -> None:
        """Give a charge back; a second time changes nothing."""
        self._ledger.refund(charge, reason=reason, at=self.clock.now())

    @contextmanager
    def charging(self, account: AccountId | None, amount: int, *, call: str, model: str | None) -> Iterator[str]:
        """Charge for the work of the block; whatever breaks it off gives the money back."""
        charge = self.charge(account, amount, call=call, model=model)
        try:
            yield charge
        except BaseException as error:
            self.refund(charge, reason=type(error).__name__)
            raise

    def publish(self, origin: str, data: bytes, media_type: str, *, seconds: int) -> str:
        """Keep a result and hand out its temporary URL, good for `seconds` of the world's clock."""
        name = f"{self.ids.next('file')}.{media_type.rpartition('/')[2]}"
        expires_at = self.clock.seconds() + seconds
        self.files.put(self.namespace, name, data, media_type, expires_at=expires_at, file_name=name)
        path = f"{MEDIA}/{name}"
        return f"{origin}{path}?{sign(path, expires_at=expires_at, method='GET', secret=self._secret)}"

    def media(self, path: str, query: str) -> StoredFile | MediaRefusal:
        """The file behind a handed-out URL's path and query, or why it is not given out."""
        values = parse_qs(query)
        expires, signature = values.get("expires", [""])[0], values.get("signature", [""])[0]
        now = self.clock.now()
        verdict = check(path, method="GET", expires=expires, signature=signature, secret=self._secret, now=now)
        if verdict != "ok":
            return verdict
        return self.files.get(self.namespace, path.removeprefix(f"{MEDIA}/")) or "gone"


class Worlds:
    """All namespaces of one server and what they share: database, files, worker threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(None)
        self.ledger = Ledger(self.database, Ids(f"{settings.seed}/ledger"))
        self.files = FileStore()
        self.secret = digest("media", str(settings.seed))
        self._worlds: dict[str, World] = {}
        self._lock = threading.Lock()
        self._studio: ThreadPoolExecutor | None = None

    def get(self, namespace: str) -> World:
        """The namespace's world, made at first use."""
        world = self._worlds.get(namespace)
        if world is None:
            with self._lock:
                world = self._worlds.setdefault(namespace, World(namespace, self))
        return world

    def studio(self) -> ThreadPoolExecutor:
        """The worker threads, started with the first edit."""
        with self._lock:
            if self._studio is None:
                threads = self.settings.workers or os.cpu_count() or 2
                self._studio = ThreadPoolExecutor(threads, thread_name_prefix="edit")
            return self._studio

    def close(self) -> None:
        """Let go of threads, files and database."""
        if self._studio is not None:
            self._studio.shutdown(wait=False, cancel_futures=True)
        self.files.close()
        self.database.close()
