"""One world's receivers and deliveries: a queue a receiver, so that its events come in order.

Signed once, at the first try, with the world's time (inferred: the vendor does not say whether a repetition
is signed anew). Pauses between tries are real time. httpx and tenacity load with the first event.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import orjson

from emulator.clock import Clock
from emulator.ids import Ids
from emulator.webhooks.delivery import Attempt, Delivery, Patience, Target, sign
from emulator.webhooks.loopback import check_receiver

if TYPE_CHECKING:  # it brings httpx along
    from emulator.webhooks.courier import Courier

log = logging.getLogger("emulator")

Queue = deque[tuple[Target, Delivery]]


class Webhooks:
    """Register, send, look at the log. `register` may be called in any thread, the rest in the event loop's.

    `attempts` tries with pauses from `first_pause` seconds doubling, `timeout` seconds a try;
    `most_deliveries` are kept in the log, `dropped` counts what had to go (from the log: it is still sent).
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
        most_deliveries: int = 1000,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._allow_remote = allow_remote
        self._patience = Patience(attempts=attempts, first_pause=first_pause, timeout=timeout)
        self._most_deliveries = most_deliveries
        self._targets: dict[str, Target] = {}
        self._log: dict[str, Delivery] = {}
        self._upsets: deque[tuple[Literal["lost", "late", "twice"], float]] = deque()
        self._queues: dict[str, Queue] = {}  # of the receivers that are being told of something
        self._tasks: set[asyncio.Task[None]] = set()
        self.dropped = 0

    def register(self, url: str, *, secret: str, events: tuple[str, ...] = (), header_prefix: str) -> Target:
        """Tell this receiver of events. Raises RemoteReceiver. Looking up a host's name may take its time."""
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

    def send(
        self, event: str, payload: Mapping[str, Any], *, copies: int = 1, delay: float = 0.0, lost: bool = False
    ) -> list[Delivery]:
        """Send an event to all who want it; never fails because of a receiver.

        Faults: `copies` of it, a `delay` in real seconds during which later events overtake it, or `lost`: logged
        as failed and never sent.
        """
        if self._upsets:
            how, seconds = self._upsets.popleft()
            copies, delay, lost = (2 if how == "twice" else copies), max(delay, seconds), lost or how == "lost"
        body = orjson.dumps({"type": event, "payload": payload}).decode()
        made = []
        for target in self.targets():
            if not target.wants(event):
                continue
            for _ in range(copies):
                delivery = Delivery(
                    id=self._ids.next("delivery"), target_id=target.id, url=target.url, event=event, body=body
                )
                if lost:
                    attempt = Attempt(at=self._clock.now(), error="lost on its way, by command")
                    delivery = replace(delivery, state="failed", attempts=(attempt,))
                self._enter(delivery)
                made.append(delivery)
                if not lost:
                    self._dispatch(target, delivery, delay)
        return made

    def upset(self, *, how: Literal["lost", "late", "twice"], seconds: float = 0.0) -> None:
        """Let the next event be lost, come so many seconds late, or come twice."""
        self._upsets.append((how, seconds))

    async def settle(self) -> None:
        """Wait until nothing is on its way."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    def close(self) -> None:
        """Stop what is on its way; it counts as failed."""
        for task in self._tasks:
            task.cancel()
        self._queues.clear()
        for delivery in self.deliveries():
            if delivery.state == "pending":
                self._update(replace(delivery, state="failed"))

    def _dispatch(self, target: Target, delivery: Delivery, delay: float) -> None:
        if delay > 0:
            self._start(self._enqueue_later(target, delivery, delay))
        else:
            self._enqueue(target, delivery)

    async def _enqueue_later(self, target: Target, delivery: Delivery, delay: float) -> None:
        await asyncio.sleep(delay)
        self._enqueue(target, delivery)

    def _enqueue(self, target: Target, delivery: Delivery) -> None:
        queue = self._queues.get(target.id)
        if queue is None:
            queue = self._queues[target.id] = deque()
            # However the work ends, cancelled before it began too.
            self._start(self._work(target, queue)).add_done_callback(lambda _: self._retire(target, queue))
        queue.append((target, delivery))

    def _start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself keeps only weak references
        task.add_done_callback(self._tasks.discard)
        return task

    async def _work(self, target: Target, queue: Queue) -> None:
        """Deliver a queue to its end, one event after the other."""
        courier_of = await asyncio.to_thread(_load)  # a quarter of a second, the first time
        opened = courier_of(target.url, patience=self._patience, clock=self._clock, allow_remote=self._allow_remote)
        async with opened as courier:
            while queue:
                await self._deliver(courier, *queue.popleft())
            # Before anything else is awaited: who sends now starts a queue anew.
            self._retire(target, queue)

    def _retire(self, target: Target, queue: Queue) -> None:
        if self._queues.get(target.id) is queue:
            del self._queues[target.id]

    async def _deliver(self, courier: "Courier", target: Target, delivery: Delivery) -> None:
        try:
            delivery = replace(delivery, headers=sign(target, self._clock.seconds(), delivery.body))
            self._update(delivery)
            await courier.deliver(delivery, self._update)
        except Exception:  # ours, not the receiver's: the events behind it go out all the same
            log.exception("a bug of the emulator while delivering %s", delivery.id)
            self._update(replace(self._log.get(delivery.id, delivery), state="failed"))

    def _enter(self, delivery: Delivery) -> None:
        self._log[delivery.id] = delivery
        while len(self._log) > self._most_deliveries:
            self._log.pop(next(iter(self._log)))
            self.dropped += 1

    def _update(self, delivery: Delivery) -> None:
        if delivery.id in self._log:
            self._log[delivery.id] = delivery


def _load() -> "type[Courier]":
    from emulator.webhooks.courier import Courier

    return Courier
