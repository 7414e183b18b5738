"""What is lent, written behind: a row for each lease, and what each context has cost; for other hosts, after a crash.

Deciding never waits for it. What cannot be written now is written later; a lease that ended meanwhile needs no row.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import astuple

from ..errors import Unavailable
from ..storage.house import House
from ..storage.house_rows import Account, LeaseRow
from .accounts import Accounts, Usage
from .changes import Changes
from .pool import Lease, Pool

WRITE_S = 5.0  # well under the 30 s after which a silent lease is stale
_THIN_S = 60.0


class Books:
    """Keeps the rows of one pool; hand its `changes.note` to the pool as `on_change`."""

    def __init__(self, house: House, *, wall: Callable[[], float] = time.time) -> None:
        self.changes = Changes()
        self._house, self._wall = house, wall
        self._gone: set[str] = set()
        self._owed: list[tuple[str, list[Account]]] = []  # by batch, so that a repeat counts once
        self._thinned = 0.0
        self._writing: asyncio.Future[bool] | None = None

    async def run(self, pool: Pool) -> None:
        """Write every few seconds until cancelled, and then a last time."""
        try:
            while True:
                await asyncio.sleep(WRITE_S)
                await self.write(pool)
        finally:
            if self._writing is not None:
                await asyncio.wait([self._writing])  # two at once would count twice, or lose
            self._collect(pool)
            self._put([])

    async def write(self, pool: Pool) -> bool:
        """Bring the rows up to date; whether that could be done."""
        self._collect(pool)
        self._writing = asyncio.ensure_future(asyncio.to_thread(self._put, pool.leases()))
        return await asyncio.shield(self._writing)

    def _collect(self, pool: Pool) -> None:
        for change in self.changes.drain():
            if change.change in ("released", "reclaimed"):
                self._gone.add(self._id(change.claim.id))
        if fresh := pool.accounts.drain():
            used = [
                Account(
                    context,
                    usage.leases,
                    usage.cpu_s,
                    usage.ram_gb_s,
                    usage.gpu_gb_s,
                    usage.cpu_used_s,
                    usage.storage_bytes,
                    usage.model_tokens,
                )
                for context, usage in fresh.items()
            ]
            self._owed.append((uuid.uuid4().hex, used))

    def _put(self, leases: Iterable[Lease]) -> bool:
        now = self._wall()
        gone = frozenset(self._gone)
        try:
            self._house.put_leases([self._row(lease, now) for lease in leases])
            self._house.drop_leases(gone)
            self._gone -= gone
            while self._owed:
                self._house.add_to_accounts(self._owed[0][1], self._owed[0][0])
                del self._owed[0]
            if now - self._thinned >= _THIN_S:
                self._thinned = now
                self._house.thin_health(now)
                self._house.thin_audit(now)
        except Unavailable:
            return False
        return True

    def _row(self, lease: Lease, now: float) -> LeaseRow:
        """Whoever holds a lease within this process lives, so each writing is a sign of life."""
        claim = lease.claim
        return LeaseRow(
            self._id(claim.id),
            self._house.hub,
            claim.holder,
            claim.agent or "",
            claim.context,
            claim.priority,
            claim.need.cpu,
            claim.need.ram_gb,
            now,
            None,
            now,
        )

    def _id(self, number: int) -> str:
        return f"{self._house.hub}:{number}"


def known_accounts(house: House) -> Accounts:
    """What contexts have cost so far; nothing is known while the store cannot be read."""
    try:
        rows = house.accounts()
    except Unavailable:
        return Accounts()
    return Accounts({name: Usage(*astuple(row)[1:]) for name, row in rows.items()})
