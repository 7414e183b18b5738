"""Is there room? Capacity lent for a time to a named holder; whoever waits does so in order and with a deadline.

The ledger decides; here is who waits for it, on one event loop: between two awaits nothing else happens.
docs/pool.md tells the rules, and who calls what.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypedDict

from ..errors import AdmissionDenied
from ..messages import Need
from .accounts import Accounts
from .changes import Change
from .ledger import RETRY_S, Event, Ledger
from .room import PRIORITIES, Capacity, Priority, Room
from .waiting import Claim

_ENDS: Mapping[Event, Change] = MappingProxyType({"released": "released", "reclaimed": "reclaimed"})

OnChange = Callable[[Claim, Change, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Lease:
    """Capacity in somebody's hands."""

    claim: Claim
    since: float  # seconds of the pool's clock
    _pool: Pool

    @property
    def id(self) -> int:
        return self.claim.id

    @property
    def holder(self) -> str:
        return self.claim.holder

    @property
    def need(self) -> Room:
        return self.claim.need

    @property
    def priority(self) -> Priority:
        return self.claim.priority

    @property
    def context(self) -> str:
        return self.claim.context

    def heartbeat(self) -> bool:
        """The holder lives; False when the lease was taken back. Needed only where heartbeats were promised."""
        return self._pool._heartbeat(self.claim)

    @property
    def wanted_back(self) -> bool:
        """Whether to let go at the next step.

        True for a batch or idle lease while critical or interactive work waits, such work is paused, or more is lent
        than there is; and for one that was taken back. Nothing is ever taken from a living holder by force.
        """
        return self._pool._ledger.wants_back(self.claim)


class Statistics(TypedDict):
    """How full, in one call. `_used` is lent now; the totals count since the pool began."""

    cpu: float
    cpu_used: float
    ram_gb: float
    ram_gb_used: float
    gpu_gb: float
    gpu_gb_used: float
    network: float
    network_used: float
    connections: float
    connections_used: float
    agents: dict[str, dict[str, int]]  # of those with a bound: runs now, and at once at most
    leases: int
    leases_by_priority: dict[str, int]
    waiting: int
    waiting_by_priority: dict[str, int]
    oldest_interactive_wait_s: float  # of critical and interactive waiters that are not barred: the signal `wait`
    urgent_share: float  # the greatest share of a resource in critical and interactive hands: the signal `pool`
    is_anybody_waiting: bool  # who is not barred by order
    is_overdrawn: bool
    is_paused: bool
    batch_share: float
    lowest_priority: str
    totals: dict[str, int]


class Pool:
    """Room of this host, lent by priority, fairly between contexts.

    capacity : a Need where only cores and memory are counted
    now : a clock in seconds that never goes back
    on_change : told of every lease that begins, is heard from or ends; must return at once and raise nothing
    """

    def __init__(
        self,
        capacity: Need | Capacity,
        *,
        max_waiting: int = 10_000,
        now: Callable[[], float] = time.monotonic,
        on_change: OnChange | None = None,
        accounts: Accounts | None = None,
    ) -> None:
        self._now, self._on_change = now, on_change
        self.accounts = Accounts() if accounts is None else accounts
        self._ledger = Ledger(Capacity.of(capacity), max_waiting=max_waiting, now=now())
        self._leases: dict[int, Lease] = {}
        self._waiting: dict[int, asyncio.Future[Claim]] = {}
        self._timer: tuple[float, asyncio.TimerHandle] | None = None

    @asynccontextmanager
    async def lease(
        self,
        need: Need | Room,
        *,
        holder: str,
        timeout: float,
        priority: Priority = "interactive",
        context: str = "default",
        agent: str | None = None,
        heartbeats: bool = False,
    ) -> AsyncIterator[Lease]:
        """Lend `need` to `holder` for the body of a `with` block; wait at most `timeout` seconds for it.

        agent : whose turn is taken as well, when it has a bound
        heartbeats : the holder will call `heartbeat` at least every 30 s and may lose the lease when it does not. For
            work that lives elsewhere; the body of a block in this process lives as long as its task, and gives back.

        Raises
        ------
        AdmissionDenied
            It is more than there is at all, there is no place to wait, or the time was up.
        """
        lease = await self._take(Room.of(need), holder, timeout, priority, context, agent, heartbeats)
        try:
            yield lease
        finally:
            self._ledger.give_back(self._now(), lease.id)  # harmless when it was reclaimed
            self._deliver()

    def reclaim_stale(self) -> list[Lease]:
        """Take back the leases whose holders promised heartbeats and were silent for 30 s."""
        claims = self._ledger.reclaim_stale(self._now())
        leases = [self._leases[claim.id] for claim in claims]
        self._deliver()
        return leases

    def resize(self, capacity: Need | Capacity) -> None:
        """Offer another capacity, as often as it is measured: less counts at once, more when it has lasted 10 s."""
        self._ledger.resize(self._now(), Capacity.of(capacity))
        self._deliver()

    def follow(self, *, batch_share: float, lowest: Priority) -> None:
        """Do what a state of health orders: so much room for batch and idle work, and nothing below a priority."""
        self._ledger.order(self._now(), replace(self._ledger.rules, batch_share=batch_share, lowest=lowest))
        self._deliver()

    def pause(self) -> None:
        """Grant nothing to batch and idle work until `resume`; whoever holds a lease is asked to let go."""
        self._ledger.order(self._now(), replace(self._ledger.rules, paused=True))
        self._deliver()

    def resume(self) -> None:
        self._ledger.order(self._now(), replace(self._ledger.rules, paused=False))
        self._deliver()

    def tick(self) -> None:
        """Do what the time has brought. A timer calls it when needed; so may who moves the clock by hand."""
        self._ledger.tick(self._now())
        self._deliver()

    @property
    def capacity(self) -> Capacity:
        return self._ledger.capacity

    def used(self) -> Room:
        """What is lent now."""
        return self._ledger.used

    def leases(self) -> list[Lease]:
        """All that are held, the oldest first."""
        return list(self._leases.values())

    def statistics(self) -> Statistics:
        """How full, in one call."""
        ledger, used, whole = self._ledger, self._ledger.used, self._ledger.capacity
        waiting = ledger.waiting
        bounds = whole.agents
        return {
            "cpu": whole.cpu,
            "cpu_used": used.cpu,
            "ram_gb": whole.ram_gb,
            "ram_gb_used": used.ram_gb,
            "gpu_gb": whole.gpu_gb,
            "gpu_gb_used": used.gpu_gb,
            "network": whole.network,
            "network_used": used.network,
            "connections": whole.connections,
            "connections_used": used.connections,
            "agents": {
                name: {"used": turns, "limit": bounds[name]} for name, turns in ledger.held.bounded_turns().items()
            },
            "leases": ledger.count_held(),
            "leases_by_priority": {name: ledger.count_held(name) for name in PRIORITIES},
            "waiting": len(waiting),
            "waiting_by_priority": {name: waiting.count(rank) for rank, name in enumerate(PRIORITIES)},
            "oldest_interactive_wait_s": ledger.urgent_wait(self._now()),
            "urgent_share": ledger.held.urgent_share,
            "is_anybody_waiting": ledger.is_anybody_waiting,
            "is_overdrawn": ledger.held.is_overdrawn,
            "is_paused": ledger.rules.paused,
            "batch_share": ledger.rules.batch_share,
            "lowest_priority": ledger.rules.lowest,
            "totals": {str(event): count for event, count in ledger.totals.items()},
        }

    def _heartbeat(self, claim: Claim) -> bool:
        now = self._now()
        is_held = self._ledger.heartbeat(now, claim.id)
        if is_held and self._on_change is not None:
            self._on_change(claim, "heartbeat", now)
        return is_held

    async def _take(
        self,
        need: Room,
        holder: str,
        timeout: float,
        priority: Priority,
        context: str,
        agent: str | None,
        heartbeats: bool,
    ) -> Lease:
        try:
            claim = self._ledger.ask(
                self._now(),
                need,
                holder=holder,
                timeout=timeout,
                priority=priority,
                context=context,
                agent=agent,
                heartbeats=heartbeats,
            )
        finally:
            self._deliver()  # others may have been granted something, or have waited too long
        if claim.since is None:
            claim = await self._wait(claim)
        if claim.since is None:
            raise AdmissionDenied(
                f"{holder!r} waited {timeout:.0f} s for {need}; {self.used()} of {self.capacity.room} are lent",
                hint="try again when less is running",
                retry_after=min(timeout, RETRY_S),
            )
        return self._leases.get(claim.id) or Lease(claim, claim.since, self)  # reclaimed before its holder woke up

    async def _wait(self, claim: Claim) -> Claim:
        """The claim as it was decided: with `since` when it was granted."""
        decided: asyncio.Future[Claim] = asyncio.get_running_loop().create_future()
        self._waiting[claim.id] = decided
        self._arm()
        try:
            return await decided
        except BaseException:
            # Given back even when the grant and the cancellation came at the same moment.
            self._waiting.pop(claim.id, None)
            self._ledger.give_back(self._now(), claim.id)
            self._deliver()
            raise

    def _deliver(self) -> None:
        """Tell whom it concerns what the ledger has decided."""
        events = self._ledger.events
        while events:
            event, claim = events.popleft()
            if event == "granted" and claim.since is not None:
                self._leases[claim.id] = Lease(claim, claim.since, self)
                self._tell(claim, "granted", claim.since)
            elif event in _ENDS:
                now, lease = self._now(), self._leases.pop(claim.id)
                self.accounts.add_lease(claim.context, claim.need, now - lease.since)
                self._tell(claim, _ENDS[event], now)
            if event in ("granted", "timed_out"):
                decided = self._waiting.pop(claim.id, None)
                if decided is not None and not decided.done():
                    decided.set_result(claim)
        self._arm()

    def _tell(self, claim: Claim, change: Change, at: float) -> None:
        if self._on_change is not None:
            self._on_change(claim, change, at)

    def _arm(self) -> None:
        """One timer, for the next thing that happens by time alone while somebody waits."""
        at = self._ledger.next_event() if self._waiting else None
        if self._timer is not None and (at is None or self._timer[0] != at):
            self._timer[1].cancel()
            self._timer = None
        if at is not None and self._timer is None:
            delay = max(0.0, min(at - self._now(), 3600.0))
            self._timer = (at, asyncio.get_running_loop().call_later(delay, self._ring))

    def _ring(self) -> None:
        self._timer = None
        self.tick()
