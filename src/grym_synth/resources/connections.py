"""Connections to the server of a shared store as a resource: how many are in use, and which of ours nobody uses.

Looked at every two seconds, through the connection of health and room, which nobody else takes: so it works when none
is left. The figures are a signal of health, the signal makes clean-up close idle connections, and these are there again
for whoever waits, here or on another machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import Unavailable
from ..storage.house import House

LOOK_S = 2.0
_NEARLY_FULL = 0.95  # of a server, where the next hub finds none: until then nobody waits for it


class Pooled(Protocol):
    """A store with a pool of connections."""

    def figures(self) -> dict[str, int]: ...
    def close_idle(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Usage:
    """How connections stand.

    most, open, lent, waiting, lost : of our pools
    server_most, server_lent : of the server, for everybody; 0 is unknown
    """

    most: int = 0
    open: int = 0
    lent: int = 0
    waiting: int = 0
    lost: int = 0
    server_most: int = 0
    server_lent: int = 0

    @property
    def idle(self) -> int:
        return self.open - self.lent

    @property
    def share(self) -> float:
        """In use, of our pools or of the server, whichever is nearer to its end."""
        ours = self.lent / self.most if self.most else 0.0
        return max(ours, self._of_server)

    @property
    def is_anybody_waiting(self) -> bool:
        return self.waiting > 0 or self._of_server >= _NEARLY_FULL

    @property
    def cause(self) -> str:
        """What is in use, where that is worth telling."""
        if self._of_server >= _NEARLY_FULL:
            return f"{self.server_lent} of {self.server_most} connections of the server are in use"
        return f"{self.waiting} wait for a connection" if self.waiting else ""

    @property
    def _of_server(self) -> float:
        return self.server_lent / self.server_most if self.server_most else 0.0


class Connections:
    """Those of one process.

    pools : the stores that it has open; none where the store is a file
    """

    def __init__(self, house: House, pools: Callable[[], Sequence[Pooled]]) -> None:
        self.usage = Usage()
        self._house, self._pools = house, pools

    async def run(self) -> None:
        """Look every few seconds until cancelled."""
        while True:
            if self._pools():
                await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_S)

    def look(self) -> Usage:
        """Count anew; waits for the server. What it does not say stays as it was last."""
        try:
            lent, most = self._house.server_usage() or (0, 0)
        except Unavailable:
            lent, most = self.usage.server_lent, self.usage.server_most
        pools = [pool.figures() for pool in self._pools()]
        ours = {name: sum(figures[name] for figures in pools) for name in ("most", "open", "lent", "waiting", "lost")}
        self.usage = Usage(**ours, server_most=most, server_lent=lent)
        return self.usage

    def close_idle(self) -> int:
        """Give what nobody uses back to the server; how many."""
        return sum(pool.close_idle() for pool in self._pools())
