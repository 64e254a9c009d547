"""One world's receivers and deliveries: a queue a receiver, so that its events come in order.

Signed once, at the first try, with the world's time (inferred: the vendor does not say whether a repetition
is signed anew). Pauses between tries are real time. httpx and tenacity load with the first event.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from emulator.clock import Clock
from emulator.ids import Ids
from emulator.webhooks.delivery import Attempt, Delivery, Target, signature
from emulator.webhooks.loopback import RemoteReceiver, check_receiver

LOGGED = 1000  # deliveries kept


class Webhooks:
    """Register, send, look at the log. `send` belongs into a running event loop; the rest anywhere.

    `attempts` tries with pauses from `first_pause` seconds doubling; `timeout` seconds a try.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        allow_remote: bool = False,
        attempts: int = 5,
        first_pause: float = 0.2,
        timeout: float = 5.0,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._allow_remote = allow_remote
        self._tries = attempts
        self._first_pause = first_pause
        self._timeout = timeout
        self._targets: dict[str, Target] = {}
        self._log: dict[str, Delivery] = {}
        self._queues: dict[str, deque[str]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.dropped = 0

    def register(self, url: str, *, secret: str, events: tuple[str, ...] = (), header_prefix: str) -> Target:
        """Tell this receiver of events. Raises RemoteReceiver."""
        check_receiver(url, allow_remote=self._allow_remote)
        target = Target(
            id=self._ids.next("webhook"), url=url, secret=secret, events=events, header_prefix=header_prefix
        )
        self._targets[target.id] = target
        return target

    def remove(self, target_id: str) -> bool:
        """Tell it no more; False where there was none. What is on its way still goes."""
        return self._targets.pop(target_id, None) is not None

    def targets(self) -> tuple[Target, ...]:
        """All receivers, in the order of their registration."""
        return tuple(self._targets.values())

    def deliveries(self) -> tuple[Delivery, ...]:
        """The log, oldest first; `dropped` counts what had to go."""
        return tuple(self._log.values())

    def send(self, event: str, payload: Mapping[str, Any]) -> list[Delivery]:
        """Send an event to all who want it; never fails because of a receiver."""
        body = orjson.dumps({"type": event, "payload": payload})
        timestamp = self._clock.seconds()
        made = []
        for target in self._targets.values():
            if not target.wants(event):
                continue
            headers = {
                "content-type": "application/json",
                f"{target.header_prefix}-signature": signature(target.secret, timestamp, body),
                f"{target.header_prefix}-timestamp": str(timestamp),
            }
            delivery = Delivery(
                id=self._ids.next("delivery"),
                target_id=target.id,
                url=target.url,
                event=event,
                body=body.decode(),
                headers=headers,
            )
            self._note(delivery)
            self._queues.setdefault(target.id, deque()).append(delivery.id)
            if target.id not in self._tasks:
                self._tasks[target.id] = asyncio.get_running_loop().create_task(self._work(target.id))
            made.append(delivery)
        return made

    async def settle(self) -> None:
        """Wait until nothing is on its way."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def close(self) -> None:
        """Stop what is on its way."""
        for task in list(self._tasks.values()):
            task.cancel()

    async def _work(self, target_id: str) -> None:
        try:
            queue = self._queues[target_id]
            while queue:
                delivery = self._log.get(queue.popleft())
                if delivery is not None:
                    await self._deliver(delivery)
        finally:
            self._tasks.pop(target_id, None)

    async def _deliver(self, delivery: Delivery) -> None:
        import httpx
        from tenacity import AsyncRetrying, RetryError, retry_if_exception_type, stop_after_attempt, wait_exponential

        failures = (httpx.HTTPError, httpx.InvalidURL, RemoteReceiver)
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._tries),
            wait=wait_exponential(multiplier=self._first_pause),
            retry=retry_if_exception_type(failures),
        )
        # trust_env: no proxy of the machine stands between the server and its own address.
        async with httpx.AsyncClient(timeout=self._timeout, trust_env=False, follow_redirects=False) as client:
            try:
                async for attempt in retrying:
                    with attempt:
                        delivery = await self._try(client, delivery)
            except RetryError:
                delivery = self._log.get(delivery.id, delivery)
                self._note(replace(delivery, state="failed"))
            else:
                self._note(replace(delivery, state="delivered"))

    async def _try(self, client: Any, delivery: Delivery) -> Delivery:  # noqa: ANN401  # httpx loads later
        current = self._log.get(delivery.id, delivery)
        at, status = self._clock.now(), None
        try:
            check_receiver(delivery.url, allow_remote=self._allow_remote)
            response = await client.post(delivery.url, content=delivery.body.encode(), headers=delivery.headers)
            status = response.status_code
            response.raise_for_status()
        except Exception as error:
            attempt = Attempt(at=at, status=status, error=f"{type(error).__name__}: {error}"[:300])
            self._note(replace(current, attempts=(*current.attempts, attempt)))
            raise
        return replace(current, attempts=(*current.attempts, Attempt(at=at, status=status)))

    def _note(self, delivery: Delivery) -> None:
        self._log[delivery.id] = delivery
        while len(self._log) > LOGGED:
            self._log.pop(next(iter(self._log)))
            self.dropped += 1
