"""Rules and plans, and what they do to the next request: one register for each world, safe between threads.

A plan takes a request at a time through its steps; a rule strikes every request that it fits and that its
count, quota or chance picks out. Plans come before rules, older ones before newer.
"""

import threading
from dataclasses import dataclass, field
from typing import Literal

from emulator.faults.kinds import Fault
from emulator.faults.match import Facts, Match
from emulator.ids import digest, spell

Faults_ = tuple[Fault, ...]
Stage = Literal["arrived", "read"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Strike the requests that fit: after the first `skip`, every `every`th, `times` in all (None: without end).

    `quota` (requests, seconds): only those beyond so many in a window. `chance`: with this probability, from
    the seed. A script of `ok` strikes nothing and still counts.
    """

    match: Match
    faults: Faults_
    times: int | None = None
    skip: int = 0
    every: int = 1
    quota: tuple[int, float] | None = None
    chance: float | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Ordered steps; each request that fits takes the next. Used up, it lets everything pass."""

    match: Match
    steps: tuple[Faults_, ...]


@dataclass(frozen=True, kw_only=True)
class Strike:
    """What happens to a request, and by whose order."""

    faults: Faults_
    source: str


@dataclass(kw_only=True)
class Standing:
    """A rule or plan with its counts. `expires` by the stopwatch: a test that died takes its faults along."""

    id: str
    order: Rule | Plan
    expires: float | None
    seen: int = 0
    struck: int = 0
    windows: dict[int, int] = field(default_factory=dict)

    @property
    def left(self) -> int | None:
        """Steps or strikes that are still to come; None where there is no end."""
        match self.order:
            case Plan(steps=steps):
                return len(steps) - self.struck
            case Rule(times=None):
                return None
            case Rule(times=times):
                return (times or 0) - self.struck


class Faults:
    """The register of a world. Ids repeat from the seed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._standing: dict[str, Standing] = {}
        self._count = 0
        self._lock = threading.Lock()

    @property
    def quiet(self) -> bool:
        """Whether nothing is in force: almost always, and then nobody waits for a lock."""
        return not self._standing

    def add(self, order: Rule | Plan, *, expires: float | None = None) -> Standing:
        """Put a rule or plan into force, until `expires` (the stopwatch's seconds)."""
        with self._lock:
            self._count += 1
            name = spell(digest(self._seed, "fault", str(self._count)), length=12)
            standing = Standing(id=name, order=order, expires=expires)
            self._standing[name] = standing
            return standing

    def take(self, facts: Facts, *, stage: Stage, now: float, clock: float) -> Strike | None:
        """What strikes this request: of orders that need the body at the stage `read`, of others on arrival.

        `now` is the stopwatch's time, `clock` the world's, by which quotas count.
        """
        if not self._standing:
            return None
        with self._lock:
            self._expire(now)
            orders = sorted(self._standing.values(), key=lambda one: isinstance(one.order, Rule))
            for one in orders:
                if one.order.match.reads_body != (stage == "read") or not one.order.match.fits(facts):
                    continue
                faults = self._next(one, clock)
                if faults is not None:
                    return Strike(faults=faults, source=one.id)
        return None

    def all(self, now: float) -> tuple[Standing, ...]:
        """What is in force, oldest first."""
        with self._lock:
            self._expire(now)
            return tuple(self._standing.values())

    def get(self, name: str, now: float) -> Standing | None:
        """One order; None where there is none, or none any more."""
        with self._lock:
            self._expire(now)
            return self._standing.get(name)

    def remove(self, name: str) -> bool:
        """Take an order back; False where there was none."""
        with self._lock:
            return self._standing.pop(name, None) is not None

    def clear(self) -> None:
        """Take all orders back."""
        with self._lock:
            self._standing.clear()

    def _expire(self, now: float) -> None:
        for name in [one.id for one in self._standing.values() if one.expires is not None and one.expires <= now]:
            del self._standing[name]

    def _next(self, one: Standing, clock: float) -> Faults_ | None:
        """The faults for this request, None where the order lets it pass."""
        match one.order:
            case Plan(steps=steps):
                if one.struck == len(steps):
                    return None
                one.seen += 1
                one.struck += 1
                return steps[one.struck - 1]
            case Rule() as rule:
                one.seen += 1
                number = one.seen - rule.skip
                if number < 1 or (number - 1) % rule.every or (rule.times is not None and one.struck >= rule.times):
                    return None
                if not (self._beyond_quota(one, rule, clock) and self._by_chance(one, rule)):
                    return None
                one.struck += 1
                return rule.faults

    @staticmethod
    def _beyond_quota(one: Standing, rule: Rule, clock: float) -> bool:
        if rule.quota is None:
            return True
        requests, seconds = rule.quota
        window = int(clock // seconds)
        used = one.windows.get(window, 0) + 1
        one.windows = {window: used}
        return used > requests

    def _by_chance(self, one: Standing, rule: Rule) -> bool:
        if rule.chance is None:
            return True
        draw = int.from_bytes(digest(self._seed, one.id, str(one.seen))[:8], "big")
        return draw < rule.chance * 2**64
