"""Brings events to one receiver over HTTP: tries with growing pauses, each with a deadline.

The room's only module that loads httpx and tenacity; it is imported with the first event, so that the server
starts fast. Pauses and deadlines are real time, the moments noted are the world's.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Self

import httpx
from tenacity import AsyncRetrying, RetryError, TryAgain, retry_if_exception_type, stop_after_attempt, wait_exponential

from emulator.clock import Clock
from emulator.webhooks.delivery import Attempt, Delivery, Patience
from emulator.webhooks.loopback import RemoteReceiver, check_receiver

READ = 64 * 1024  # bytes of an answer that are read, so that an ordinary receiver can finish its sentence


class Courier:
    """Open for the events of one receiver, which share a connection where it lives."""

    def __init__(self, url: str, *, patience: Patience, clock: Clock, allow_remote: bool) -> None:
        self._patience = patience
        self._clock = clock
        self._allow_remote = allow_remote
        # trust_env: no proxy of the machine stands between the server and its own address. Certificates take 10 to
        # 80 ms to load, and plain HTTP needs none. The deadline is over each try as a whole.
        self._client = httpx.AsyncClient(
            timeout=None,  # noqa: S113
            trust_env=False,
            follow_redirects=False,
            verify=url.startswith("https:"),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._client.aclose()

    async def deliver(self, delivery: Delivery, note: Callable[[Delivery], None]) -> None:
        """Try until the receiver takes it or patience ends; `note` is told after each try."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._patience.attempts),
            wait=wait_exponential(multiplier=self._patience.first_pause),
            retry=retry_if_exception_type(TryAgain),
        )
        try:
            async for turn in retrying:
                with turn:
                    attempt = await self._try(delivery)
                    delivery = replace(
                        delivery,
                        attempts=(*delivery.attempts, attempt),
                        state="delivered" if attempt.succeeded else "pending",
                    )
                    note(delivery)
                    if not attempt.succeeded:
                        raise TryAgain
        except RetryError:
            note(replace(delivery, state="failed"))

    async def _try(self, delivery: Delivery) -> Attempt:
        at, status, error = self._clock.now(), None, ""
        try:
            # One deadline over all: a receiver that drips a byte now and then would pass a limit on each read.
            async with asyncio.timeout(self._patience.timeout):
                # Again, since a name may lead elsewhere by now; in a thread, because names take their time.
                await asyncio.to_thread(check_receiver, delivery.url, allow_remote=self._allow_remote)
                posting = self._client.stream(
                    "POST", delivery.url, content=delivery.body.encode(), headers=delivery.headers
                )
                async with posting as answer:
                    status = answer.status_code
                    await _read(answer)
        except TimeoutError:
            error = f"Timeout: no end of an answer within {self._patience.timeout:g} seconds"
        except (httpx.HTTPError, httpx.InvalidURL, RemoteReceiver) as problem:
            error = f"{type(problem).__name__}: {problem}"[:300]
        attempt = Attempt(at=at, status=status)
        # A receiver that said 2xx has the event, however its answer went on.
        return attempt if attempt.succeeded else replace(attempt, error=error or f"answered {status}")


async def _read(answer: httpx.Response) -> None:
    length = 0
    async for chunk in answer.aiter_raw():
        length += len(chunk)
        if length > READ:
            return
