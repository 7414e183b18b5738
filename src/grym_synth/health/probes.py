"""Proof that a part works, not that its port is open: a tiny real job through the real path, within a real limit.

One retry, since what passes at once was no trouble. A probe that could not run (no room, left alone by a breaker) says
nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from ..errors import GrymError, Unavailable
from .signals import RULES, Rule, Signal, measure

log = logging.getLogger(__name__)

EVERY_S = 30.0
AGAIN_S = 1.0  # for a vital part that failed: the hub is dead until it is seen that it works


@dataclass(frozen=True, slots=True)
class Part:
    """What is tried: `work` raises when it fails.

    is_vital : a hub without it is dead, as without its store; so is one without any of its other parts
    is_optional : others can do without it, so it can warn and no more
    """

    work: Callable[[], Awaitable[object]]
    limit_s: float
    is_vital: bool = False
    is_optional: bool = False


class Probes:
    """Tries every part, by name, and remembers how often in a row each has failed."""

    def __init__(
        self, parts: Mapping[str, Part], *, rules: Mapping[str, Rule] | None = None, every_s: float = EVERY_S
    ) -> None:
        self._parts, self._rules, self._every_s = parts, rules or RULES, every_s
        self.failures: dict[str, int] = dict.fromkeys(parts, 0)
        self.reasons: dict[str, str] = {}

    async def run(self) -> None:
        """Try all parts again and again, until cancelled."""
        while True:
            for name in self._parts:
                await self.attempt(name)
            left = self._every_s
            while left > 0.0:
                await asyncio.sleep(min(AGAIN_S, left))
                left -= AGAIN_S
                for name in [name for name, part in self._parts.items() if part.is_vital and self.failures[name]]:
                    await self.attempt(name)

    async def attempt(self, name: str) -> bool:
        """Try one part, twice if need be; whether it works. A caller's mistake and a refusal are no failure."""
        part = self._parts[name]
        for _ in range(2):
            try:
                async with asyncio.timeout(part.limit_s):
                    await part.work()
            except TimeoutError:
                self.reasons[name] = f"no answer within {part.limit_s:g} s"
            except GrymError as error:
                if isinstance(error, Unavailable) and not part.is_vital:
                    return True
                self.reasons[name] = str(error)
            else:
                self.failures[name] = 0
                self.reasons.pop(name, None)
                return True
        self.failures[name] += 1
        log.warning("%s failed its probe: %s", name, self.reasons[name])
        return False

    def signal(self) -> Signal:
        """The worst of the parts; hard when a vital one is dead."""
        worst = Signal(0.0, 0.0)
        others = [name for name, part in self._parts.items() if not (part.is_vital or part.is_optional)]
        for name, part in self._parts.items():
            count = self.failures[name]
            if not count:
                continue
            if part.is_optional:
                count = min(count, int(self._rules["probe"].warn))
            cause = f"{name}: {self.reasons.get(name, 'failed')}"
            is_dead = part.is_vital or (all(self.failures[other] for other in others) and bool(others))
            found = measure("probe", float(count), hard=is_dead, cause=cause, rules=self._rules)
            worst = max(worst, found, key=lambda signal: signal.pressure)
        return worst
