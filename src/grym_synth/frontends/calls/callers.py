"""Who calls, what that caller may do, and how often."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...errors import AdmissionDenied, NotAllowed
from ...health.mapping import retry_after_ms
from ...identity.person import OWNER, Person, Role

if TYPE_CHECKING:
    from .table import Call, Sort

READ, WRITE = "grym:read", "grym:write"
SCOPES = (READ, WRITE)
_NEEDS: dict[Sort, str] = {"looks": READ, "works": READ, "writes": WRITE}
_OF_ROLE: dict[Role, tuple[str, ...]] = {
    "owner": SCOPES, "editor": SCOPES, "viewer": (READ,), "agent": (READ,),
}  # fmt: skip

_A_SECOND, _AT_ONCE = 50.0, 200.0  # calls of one caller; far more than a person or an assistant makes
_REMEMBERED = 10_000  # callers, the least recent of whom is forgotten


class Throttled(AdmissionDenied):
    """One caller asks more often than others leave room for."""

    code = "throttled"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls, or a program in somebody's name.

    name : the same for every call of one caller, and no other's
    person : in whose name a shared store is asked; None for the owner of this home
    via : stdio or http
    """

    name: str
    scopes: frozenset[str] = frozenset(SCOPES)
    person: Person | None = None
    via: str = "stdio"

    def check(self, call: Call, *, consents: bool = False) -> None:
        """Raises NotAllowed when the scopes do not reach; who consents lets something be written."""
        self.need(WRITE if consents else _NEEDS[call.sort], call.name)

    def need(self, scope: str, what: str) -> None:
        if scope not in self.scopes:
            raise NotAllowed(f"{what} needs the scope {scope}", hint="sign in with it, or ask the owner")


def owner(via: str) -> Caller:
    return Caller("owner", via=via)


def caller_of(person: Person, via: str) -> Caller:
    return Caller(f"person {person.id}" if person != OWNER else "owner", frozenset(_OF_ROLE[person.role]), person, via)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float
    refusals: int = 0


@dataclass(slots=True)
class Pace:
    """How often each caller calls. `now` is a clock in seconds that never goes back."""

    now: Callable[[], float] = time.monotonic
    a_second: float = _A_SECOND
    at_once: float = _AT_ONCE
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _rng: random.Random = field(default_factory=random.Random)

    def take(self, caller: str) -> None:
        """Count one call; raises Throttled when there were too many."""
        now = self.now()
        bucket = self._buckets.pop(caller, None) or _Bucket(self.at_once, now)
        self._buckets[caller] = bucket  # the latest is the last
        if len(self._buckets) > _REMEMBERED:
            del self._buckets[next(iter(self._buckets))]
        bucket.tokens = min(self.at_once, bucket.tokens + (now - bucket.filled) * self.a_second)
        bucket.filled = now
        if bucket.tokens < 1.0:
            wait = (1.0 - bucket.tokens) / self.a_second
            raise Throttled(
                f"more than {self.a_second:g} calls a second", hint="call less often", retry_after=max(0.1, wait)
            )
        bucket.tokens -= 1.0

    def refused(self, caller: str, pressure: float) -> int:
        """In how many milliseconds a refused caller should come back: later, the more often in a row."""
        bucket = self._buckets.setdefault(caller, _Bucket(self.at_once, self.now()))
        wait = retry_after_ms(bucket.refusals, pressure, self._rng)
        bucket.refusals += 1
        return wait

    def served(self, caller: str) -> None:
        if caller in self._buckets:
            self._buckets[caller].refusals = 0
