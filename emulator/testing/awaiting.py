"""The control door to await: every call of `Control`, run in a thread, so that the test's event loop goes on.

Waiting for requests that the same loop has still to send works only so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from emulator.testing.control import Control

P = ParamSpec("P")
T = TypeVar("T")


def later(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The function as a coroutine function of the same arguments."""

    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.to_thread(function, *args, **kwargs)

    return call


class AsyncControl:
    """As `Control`, with flat names: `await aio.fault_add(...)`, `await aio.requests_wait(...)`."""

    def __init__(self, control: "Control") -> None:
        self.reset = later(control.reset)
        self.config = later(control.config)
        self.account_get = later(control.accounts.get)
        self.account_set = later(control.accounts.set)
        self.account_entries = later(control.accounts.entries)
        self.wallet_get = later(control.wallets.get)
        self.wallet_fund = later(control.wallets.fund)
        self.wallet_credit = later(control.wallets.credit)
        self.fault_add = later(control.faults.add)
        self.fault_plan = later(control.faults.plan)
        self.faults_all = later(control.faults.all)
        self.faults_clear = later(control.faults.clear)
        self.clock_now = later(control.clock.now)
        self.clock_freeze = later(control.clock.freeze)
        self.clock_advance = later(control.clock.advance)
        self.clock_run = later(control.clock.run)
        self.job_get = later(control.jobs.get)
        self.job_step = later(control.jobs.step)
        self.job_finish = later(control.jobs.finish)
        self.job_cancel = later(control.jobs.cancel)
        self.job_fail = later(control.jobs.fail)
        self.requests = later(control.requests)
        self.requests_wait = later(control.requests.wait)
        self.requests_clear = later(control.requests.clear)
        self.assert_edited = later(control.assert_edited)
        self.image_register = later(control.images.register)
        self.webhook_register = later(control.webhooks.register)
        self.webhook_deliveries = later(control.webhooks.deliveries)
