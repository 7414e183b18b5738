"""Is there room? Capacity lent for a time to a named holder; whoever waits does so in order and with a deadline."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from ..errors import AdmissionDenied
from ..messages import Need


@dataclass(frozen=True, slots=True)
class Lease:
    """Capacity in somebody's hands."""

    id: int
    holder: str
    need: Need
    since: float


class Pool:
    """CPU and memory of this host, lent first come, first served.

    Invariants: the sum of the leases never exceeds the capacity; nobody overtakes the first in the queue, so nobody
    starves. All of it runs on one event loop, between two awaits nothing else happens.
    """

    def __init__(self, capacity: Need, *, max_waiting: int = 10_000, now: Callable[[], float] = time.monotonic) -> None:
        self.capacity, self.max_waiting, self._now = capacity, max_waiting, now
        self._leases: dict[int, Lease] = {}
        self._waiting: OrderedDict[int, tuple[Lease, asyncio.Future[None]]] = OrderedDict()
        self._ids = itertools.count(1)

    @asynccontextmanager
    async def lease(self, need: Need, *, holder: str, timeout: float) -> AsyncIterator[Lease]:
        """Lend `need` to `holder` for the body of a `with` block; wait at most `timeout` seconds for it.

        Raises
        ------
        AdmissionDenied
            It is more than there is at all, the queue is full, or the time was up.
        """
        lease = await self._take(need, holder, timeout)
        try:
            yield lease
        finally:
            del self._leases[lease.id]
            self._grant_waiting()

    def statistics(self) -> dict[str, float]:
        """How full, in one call."""
        used = self.used()
        return {
            "cpu": self.capacity.cpu,
            "cpu_used": used.cpu,
            "ram_gb": self.capacity.ram_gb,
            "ram_gb_used": used.ram_gb,
            "leases": len(self._leases),
            "waiting": len(self._waiting),
        }

    def used(self) -> Need:
        leases = self._leases.values()
        return Need(sum(lease.need.cpu for lease in leases), sum(lease.need.ram_gb for lease in leases))

    def _fits(self, need: Need) -> bool:
        used = self.used()
        return used.cpu + need.cpu <= self.capacity.cpu and used.ram_gb + need.ram_gb <= self.capacity.ram_gb

    async def _take(self, need: Need, holder: str, timeout: float) -> Lease:
        if need.cpu > self.capacity.cpu or need.ram_gb > self.capacity.ram_gb:
            raise AdmissionDenied(
                f"{holder!r} needs {need.cpu:g} cores and {need.ram_gb:.1f} GB; "
                f"there are {self.capacity.cpu:g} cores and {self.capacity.ram_gb:.1f} GB in all",
                hint="raise `cpu` in the settings, or use a machine with more memory",
            )
        lease = Lease(next(self._ids), holder, need, self._now())
        if not self._waiting and self._fits(need):
            self._leases[lease.id] = lease
            return lease
        if len(self._waiting) >= self.max_waiting:
            raise AdmissionDenied(f"{holder!r} was refused: {len(self._waiting)} are waiting already", retry_after=10.0)
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[lease.id] = (lease, granted)
        try:
            await asyncio.wait_for(granted, timeout)
        except BaseException as error:
            # Given back even when the grant and the cancellation came at the same moment.
            self._waiting.pop(lease.id, None)
            self._leases.pop(lease.id, None)
            self._grant_waiting()
            if isinstance(error, TimeoutError):
                room = f"{need.cpu:g} cores and {need.ram_gb:.1f} GB"
                raise AdmissionDenied(f"{holder!r} waited {timeout:.0f} s for {room}", retry_after=timeout) from error
            raise
        return lease

    def _grant_waiting(self) -> None:
        while self._waiting:
            lease, granted = next(iter(self._waiting.values()))
            if not granted.done() and not self._fits(lease.need):
                return
            del self._waiting[lease.id]
            if not granted.done():  # else its waiter gave up and has not run yet
                self._leases[lease.id] = replace(lease, since=self._now())
                granted.set_result(None)
