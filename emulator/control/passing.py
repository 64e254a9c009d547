"""Catching up: what time or a command has made due happens before the answer, so that nobody needs to sleep."""

import asyncio
from collections.abc import Callable

from emulator.clock import stopwatch
from emulator.jobs.progression import FINISHED
from emulator.world import World

Ticks = tuple[Callable[[World], None], ...]
# Seconds of real time that a command waits.
PATIENCE = 30.0  # for pictures; the largest batch takes a few
EVENTS = 2.0  # for their receivers, some of which never answer


async def catch_up(world: World, ticks: Ticks) -> None:
    """Jobs that are due come to their end: their pictures are waited for, then come refunds and events."""
    notice(world, ticks)
    until = stopwatch() + PATIENCE
    # Polled: the work may be another process's.
    while _rendering(world) and stopwatch() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    notice(world, ticks)
    # Not cancelled when it takes too long: the events go on.
    await asyncio.wait({asyncio.create_task(world.webhooks.settle())}, timeout=EVENTS)


def notice(world: World, ticks: Ticks) -> None:
    """Let every vendor notice what has happened, waiting for nothing."""
    for tick in ticks:
        tick(world)


def _rendering(world: World) -> bool:
    now = world.clock.now()
    return any(job.namespace == world.namespace and job.stage(now) == FINISHED for job in world.jobs.unfinished())
