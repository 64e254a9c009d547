"""Arranging a world from a test, in this process or any other, over HTTP: the twin of `openapi/control.yaml`.

`Control` is synchronous; `Control.aio` has the same calls to await. Everything acts on one world: the
main one, or the namespace that it was made for.
"""

import base64
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from emulator.testing.door import Door
from emulator.testing.requests import Requests

if TYPE_CHECKING:
    from emulator.testing.awaiting import AsyncControl

VendorName = Literal["venice", "magic-hour", "openai"]
MOST_IMAGE = 50 * 1024 * 1024


class Control:
    """The control door of a running emulator.

    `url` is the server's base URL, `namespace` the world that is meant (the main one without), `token` the
    server's `--control-token`.
    """

    def __init__(self, url: str, *, namespace: str = "", token: str = "") -> None:
        self.namespace = namespace
        self.url = url.rstrip("/") + (f"/_ns/{namespace}" if namespace else "")
        self.door = Door(self.url, token)
        self.accounts = Accounts(self.door)
        self.wallets = Wallets(self.door)
        self.faults = FaultOrders(self.door)
        self.clock = WorldClock(self.door)
        self.jobs = JobCommands(self.door)
        self.requests = Requests(self.door)
        self.images = Images(self.door)
        self.webhooks = WebhookTargets(self.door)
        self.assert_edited = self.requests.assert_edited

    @cached_property
    def aio(self) -> "AsyncControl":
        """The same, to await."""
        from emulator.testing.awaiting import AsyncControl

        return AsyncControl(self)

    def reset(self) -> None:
        """The world as before its first request: money, jobs, files, clock, journal, faults."""
        self.door.call("POST", "reset")

    def config(self) -> dict[str, Any]:
        """The settings in force."""
        found: dict[str, Any] = self.door.get("config")["settings"]
        return found

    def close(self) -> None:
        """Let go of the connection."""
        self.door.close()


@dataclass(frozen=True, kw_only=True)
class Account:
    """A customer. `balance` in the smallest unit: micro-dollars, or credits."""

    vendor: str
    holder: str
    currency: str
    balance: int
    plan: str | None


class Accounts:
    """Customers by vendor and Bearer key."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def get(self, vendor: VendorName, key: str) -> Account:
        """The account. Raises ControlError before its first use."""
        return Account(**self._door.get(f"accounts/{vendor}/{key}"))

    def set(
        self,
        vendor: VendorName,
        key: str,
        *,
        usd: str | None = None,
        credits: int | None = None,  # noqa: A002  # the vendor's word
        balance: int | None = None,
        tier: str | None = None,
    ) -> Account:
        """Give the account a balance (dollars as a decimal text, credits, or the smallest unit) or a plan."""
        change = {"usd": usd, "credits": credits, "balance": balance, "tier": tier}
        return Account(**self._door.call("PATCH", f"accounts/{vendor}/{key}", change))

    def entries(self, vendor: VendorName, key: str) -> list[dict[str, Any]]:
        """The account's entries, newest first: grants, charges, refunds, top-ups."""
        found: list[dict[str, Any]] = self._door.get(f"accounts/{vendor}/{key}/entries", limit=500)["entries"]
        return found


@dataclass(frozen=True, kw_only=True)
class Wallet:
    """A wallet: USDC on the pretend chain and credit at the vendor, as decimal texts."""

    address: str
    usdc: str
    credit: str
    holdings: list[dict[str, Any]]


class Wallets:
    """Wallets by address."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def get(self, address: str) -> Wallet:
        """The wallet; every wallet holds plenty at first."""
        return Wallet(**self._door.get(f"wallets/{address}"))

    def fund(self, address: str, usdc: str, *, network: str | None = None) -> Wallet:
        """Make it hold so much USDC on the pretend chain."""
        return Wallet(**self._door.call("PATCH", f"wallets/{address}", {"usdc": usdc, "network": network}))

    def credit(self, address: str, usd: str) -> Wallet:
        """Make it have so many dollars of credit at the vendor."""
        return Wallet(**self._door.call("PATCH", f"wallets/{address}", {"credit": usd}))


class FaultOrder:
    """A fault in force."""

    def __init__(self, door: Door, found: dict[str, Any]) -> None:
        self._door = door
        self.id: str = found["id"]

    def status(self) -> dict[str, Any]:
        """Its counts: seen, struck, left."""
        found: dict[str, Any] = self._door.get(f"faults/{self.id}")
        return found

    @property
    def left(self) -> int | None:
        """Steps or strikes that are still to come; None without end."""
        left: int | None = self.status()["left"]
        return left

    def remove(self) -> None:
        """Take it back."""
        self._door.call("DELETE", f"faults/{self.id}")


class FaultOrders:
    """What is to go wrong. How faults are written: `faults.kinds()`, or the documentation."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(  # every way to pick requests, by name
        self,
        fault: str,
        *,
        vendor: str | None = None,
        operation: str | None = None,
        key: str | None = None,
        prompt: str | None = None,
        model: str | None = None,
        times: int | None = None,
        nth: int | None = None,
        succeed_first: int | None = None,
        every: int | None = None,
        quota: tuple[int, float] | None = None,
        chance: float | None = None,
        ttl: float | None = None,
    ) -> FaultOrder:
        """Order a fault for the requests that fit, such as `add("429 retry-after=2", vendor="venice", times=2)`.

        `nth` strikes that one request alone, `succeed_first` lets so many pass, `quota` is (requests, seconds).
        """
        body = {
            "fault": fault,
            "match": _match(vendor=vendor, operation=operation, key=key, prompt=prompt, model=model),
            "times": 1 if nth is not None else times,
            "skip": nth - 1 if nth is not None else succeed_first,
            "every": every,
            "quota": None if quota is None else {"requests": quota[0], "seconds": quota[1]},
            "chance": chance,
            "ttl": ttl,
        }
        return FaultOrder(self._door, self._door.call("POST", "faults", body))

    def plan(
        self, *steps: str, vendor: str | None = None, operation: str | None = None, ttl: float | None = None
    ) -> FaultOrder:
        """Order steps, of which each request that fits takes the next: `plan("503", "reset after 4 KB", "ok")`.

        The pytest fixture fails a test that leaves steps over.
        """
        body = {"steps": list(steps), "match": _match(vendor=vendor, operation=operation), "ttl": ttl}
        return FaultOrder(self._door, self._door.call("POST", "faults", body))

    def all(self) -> list[dict[str, Any]]:
        """What is in force, oldest first."""
        found: list[dict[str, Any]] = self._door.get("faults")["faults"]
        return found

    def unused_plans(self) -> list[dict[str, Any]]:
        """Plans with steps that no request has taken."""
        return [one for one in self.all() if "steps" in one and one["left"]]

    def kinds(self) -> list[dict[str, str]]:
        """The faults that there are: how each is written, and what it does."""
        found: list[dict[str, str]] = self._door.get("faults")["kinds"]
        return found

    def clear(self) -> None:
        """Take all back."""
        self._door.call("DELETE", "faults")


class WorldClock:
    """The world's time; jobs, URLs, sign-ins and rate limits go by it."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def now(self) -> float:
        """Unix seconds."""
        return float(self._door.get("clock")["now"])

    def freeze(self, at: float | None = None) -> float:
        """Stop it, at this time (Unix seconds) or now; the time it shows."""
        return float(self._door.call("POST", "clock", {"action": "freeze", "at": at})["now"])

    def advance(self, seconds: float) -> float:
        """Let time pass; jobs that come due end before this returns."""
        return float(self._door.call("POST", "clock", {"action": "advance", "seconds": seconds})["now"])

    def run(self) -> float:
        """Go on from the time shown."""
        return float(self._door.call("POST", "clock", {"action": "run"})["now"])


class JobCommands:
    """Magic Hour's jobs, by project id; with the clock frozen, or `--jobs manual`, they wait for commands."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def all(self) -> list[dict[str, Any]]:
        """Newest first."""
        found: list[dict[str, Any]] = self._door.get("jobs", limit=500)["jobs"]
        return found

    def get(self, job: str) -> dict[str, Any]:
        """One job."""
        found: dict[str, Any] = self._door.get(f"jobs/{job}")
        return found

    def step(self, job: str) -> dict[str, Any]:
        """One stage on: queued, rendering, complete."""
        return self._command(job, "step", {})

    def finish(self, job: str) -> dict[str, Any]:
        """To its end."""
        return self._command(job, "finish", {})

    def cancel(self, job: str) -> dict[str, Any]:
        """Stop it; its whole price comes back."""
        return self._command(job, "cancel", {})

    def fail(
        self, job: str, *, images: list[int] | None = None, code: str | None = None, message: str | None = None
    ) -> dict[str, Any]:
        """Let it fail, or of its batch these images (from 0) alone; what failed is refunded."""
        return self._command(job, "fail", {"images": images, "code": code, "message": message})

    def _command(self, job: str, command: str, body: dict[str, object]) -> dict[str, Any]:
        given = {name: value for name, value in body.items() if value is not None}
        found: dict[str, Any] = self._door.call("POST", f"jobs/{job}/{command}", given or None)
        return found


class Images:
    """Pictures that stand for URLs."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def register(self, url: str, file: bytes | str | Path) -> None:
        """This URL is this picture: a file's path, or its bytes."""
        data = file if isinstance(file, bytes) else Path(file).read_bytes()
        self._door.call("POST", "images", {"url": url, "data": base64.b64encode(data).decode()})

    def all(self) -> list[dict[str, Any]]:
        """What is registered."""
        found: list[dict[str, Any]] = self._door.get("images")["images"]
        return found

    def clear(self) -> None:
        """Forget them."""
        self._door.call("DELETE", "images")


class WebhookTargets:
    """Who is told of Magic Hour's events."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def register(self, url: str, *, secret: str, events: list[str] | None = None) -> str:
        """Tell this URL (on this machine) of these events, or of all; its id."""
        return str(self._door.call("POST", "webhooks", {"url": url, "secret": secret, "events": events})["id"])

    def remove(self, target: str) -> None:
        """Tell it no more."""
        self._door.call("DELETE", f"webhooks/{target}")

    def deliveries(self) -> list[dict[str, Any]]:
        """What was told, oldest first, with each attempt."""
        found: list[dict[str, Any]] = self._door.get("webhooks/deliveries")["deliveries"]
        return found


def _match(**wanted: str | None) -> dict[str, str]:
    return {name: value for name, value in wanted.items() if value is not None}
