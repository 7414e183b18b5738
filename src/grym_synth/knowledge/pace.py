"""How often one host is asked: one request at a time, and one a second, or as seldom as it wishes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_MOST_HOSTS = 1_000  # that are remembered


@dataclass(slots=True)
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    asking: int = 0  # who holds the turn, and who waits for it


class Pace:
    """Turns for hosts, in the order in which they are asked for.

    least_s : seconds from the end of one turn to the next
    """

    def __init__(
        self,
        least_s: float = 1.0,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._least_s, self._now, self._sleep = least_s, now, sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[Callable[[float], None]]:
        """Wait for the turn of a host; what is given takes the seconds that the host wants until the next one."""
        host = self._hosts.setdefault(name, _Host())
        host.asking += 1
        try:
            async with host.turn:
                wait = host.free_at - self._now()
                if wait > 0:
                    await self._sleep(wait)
                pause = self._least_s

                def ask(seconds: float) -> None:
                    nonlocal pause
                    pause = max(pause, seconds)

                try:
                    yield ask
                finally:
                    host.free_at = self._now() + pause
        finally:
            host.asking -= 1
            self._forget()

    def _forget(self) -> None:
        if len(self._hosts) > _MOST_HOSTS:
            now = self._now()
            self._hosts = {name: host for name, host in self._hosts.items() if host.asking or host.free_at > now}
