"""Who gets what, and who waits: the books of the pool. Pure: no event loop, and the time is an argument.

Every method is told the time in seconds and first does what the time brings: capacity grows, queues rise, deadlines
pass. What became of claims is collected in `events`. docs/pool.md tells the rules in plain words.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, deque
from dataclasses import replace
from typing import Literal, TypeAlias

from ..errors import AdmissionDenied, BadRequest
from .holdings import BATCH, Holdings, Left, Rules
from .room import PRIORITIES, RANKS, Capacity, Priority, Room, Units, least
from .waiting import Claim, Entry, Queue, Waiting

Event: TypeAlias = Literal["granted", "released", "reclaimed", "refused", "timed_out", "cancelled"]

GROW_S = 10.0  # how long more capacity must have been offered before it is lent: as long as health takes to recover
LOOK_AHEAD = 16  # heads that do not fit which are looked past for one that does
MOST_OVERTAKES = 8  # of a head that does not fit, before room is kept for it
RETRY_S = 10.0  # when to try again what was refused for lack of a place


class Ledger:
    """The books of one pool.

    Never is more lent than there is, but for what was lent before the capacity shrank.

    max_waiting : places in the queue; a quarter more for contexts of which few wait
    """

    def __init__(self, capacity: Capacity, *, max_waiting: int = 10_000, now: float = 0.0) -> None:
        self.max_waiting, self.events = max_waiting, deque[tuple[Event, Claim]]()
        self.totals: Counter[Event] = Counter()
        self._first, self._offers = capacity, deque([(now, capacity)])
        self._now = now
        self.held = Holdings(capacity)
        self._admitted = [now] * len(PRIORITIES)  # since when, by rank; of those that are
        self._ids = itertools.count(1)
        self._offered = capacity.room.units
        self.waiting = Waiting(self._offered, capacity.agents)

    # --- what holders do --------------------------------------------------------------------------------------------

    def ask(
        self,
        now: float,
        need: Room,
        *,
        holder: str,
        timeout: float,
        priority: Priority = "interactive",
        context: str = "default",
        agent: str | None = None,
        heartbeats: bool = False,
    ) -> Claim:
        """Ask for room. The claim is granted when it has `since`; else it waits, at most `timeout` seconds.

        Raises
        ------
        AdmissionDenied
            It is more than there is at all, there is no place to wait, or none is wanted (`timeout` 0).
        BadRequest
            An unknown priority, or a time that is no number.
        """
        if priority not in RANKS or math.isnan(timeout):
            raise BadRequest(
                f"{priority!r} for {timeout!r} s: priorities are {', '.join(PRIORITIES)}; times are seconds"
            )
        self._advance(now)
        claim = Claim(
            next(self._ids), holder, need, priority, context, agent, self._now, self._now + timeout, heartbeats
        )
        entry = Entry(claim, need.units, RANKS[priority])
        try:
            self._refuse_what_never_fits(claim, entry.units)
            if not self._grant_alone(entry):
                self.waiting.add(entry, self._now)
                self._settle()
            if claim.id in self.waiting:
                self._refuse_without_place(entry, timeout)
        except AdmissionDenied:
            self._note("refused", claim)
            raise
        return entry.claim

    def give_back(self, now: float, number: int) -> bool:
        """End a claim, held or waiting; False when it is in neither state (any more), which is harmless."""
        self._advance(now)
        if number in self.held.entries:
            self._note("released", self._take_from(number))
        elif number in self.waiting:
            self._note("cancelled", self.waiting.remove(number, self._now).claim)
        else:
            return False
        self._settle()
        return True

    def heartbeat(self, now: float, number: int) -> bool:
        """The holder lives; False when the lease is not held (any more)."""
        self._now = max(self._now, now)
        self.held.hear(number, self._now)
        return self.is_held(number)

    def is_held(self, number: int) -> bool:
        return number in self.held.entries

    # --- what time and others do ------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Do what the time has brought."""
        self._advance(now)
        self._settle()

    def next_event(self) -> float | None:
        """When to `tick` next, at the latest; None when nothing can happen by time alone."""
        event = self.waiting.next_event()
        if event is None or len(self._offers) < 2:
            return event
        return min(event, self._offers[1][0] + GROW_S)

    def reclaim_stale(self, now: float) -> list[Claim]:
        """Take back the leases whose holders promised heartbeats and have been silent for SILENCE_S."""
        self._advance(now)
        reclaimed = []
        while (number := self.held.silent(self._now)) is not None:
            claim = self._take_from(number)
            self._note("reclaimed", claim)
            reclaimed.append(claim)
        self._settle()
        return reclaimed

    def resize(self, now: float, capacity: Capacity) -> None:
        """Offer another capacity: less counts at once (nothing is taken away), more after GROW_S of every offer."""
        self._advance(now)
        if capacity != self._offers[-1][1]:
            self._offers.append((self._now, capacity))
            self._offered = capacity.room.units
        self._apply_offers()
        self._settle()

    def order(self, now: float, rules: Rules) -> None:
        """Change the rules. Waiters whom the old ones barred begin to count anew, so that they do not rush in."""
        if not 0.0 <= rules.batch_share <= 1.0 or rules.lowest not in RANKS:
            raise BadRequest(f"a share must lie in 0..1 and a priority be one of {', '.join(PRIORITIES)}, got {rules}")
        self._advance(now)
        barred = [rank for rank in range(len(PRIORITIES)) if not self.held.is_admitted(rank)]
        self.held.limit(self.capacity, rules)
        freed = [rank for rank in barred if self.held.is_admitted(rank)]
        if freed:
            self.waiting.count_anew(range(freed[0], freed[-1] + 1), self._now)
        for rank in freed:
            self._admitted[rank] = self._now
        self._settle()

    # --- how it stands ----------------------------------------------------------------------------------------------

    @property
    def capacity(self) -> Capacity:
        return self.held.capacity

    @property
    def rules(self) -> Rules:
        return self.held.rules

    @property
    def used(self) -> Room:
        return Room.from_units(self.held.used)

    def urgent_wait(self, now: float) -> float:
        """Seconds that the first critical or interactive waiter has waited for room.

        Who is barred by order waits for no room: else a hub that is critical would stay so because of those it bars.
        """
        ranks = [rank for rank in range(BATCH) if self.held.is_admitted(rank)]
        since = [max(at, self._admitted[rank]) for rank in ranks if (at := self.waiting.oldest(rank)) is not None]
        return max(0.0, now - min(since)) if since else 0.0

    @property
    def is_anybody_waiting(self) -> bool:
        """For room, that is: nobody who is barred by order."""
        return any(self.waiting.count(rank) for rank in range(len(PRIORITIES)) if self.held.is_admitted(rank))

    def count_held(self, priority: Priority | None = None) -> int:
        return len(self.held.entries) if priority is None else self.held.by_rank[RANKS[priority]]

    def wants_back(self, claim: Claim) -> bool:
        """Whether its holder should let go at its next step: a batch or idle lease that is in somebody's way."""
        if RANKS[claim.priority] < BATCH or not self.is_held(claim.id):
            return not self.is_held(claim.id)
        urgent = any(self.waiting.count(rank) for rank in range(BATCH))
        return urgent or self.rules.paused or self.held.is_overdrawn

    # --- inside -----------------------------------------------------------------------------------------------------

    def _advance(self, now: float) -> None:
        self._now = max(self._now, now)
        if len(self._offers) > 1:
            self._apply_offers()
        self.waiting.age(self._now)
        for number in self.waiting.expired(self._now):
            self._note("timed_out", self.waiting.remove(number, self._now).claim)

    def _apply_offers(self) -> None:
        """What counts is the least of every offer that stood within the last GROW_S."""
        while len(self._offers) > 1 and self._offers[1][0] + GROW_S <= self._now:
            self._offers.popleft()
        capacity = least([offer for _, offer in self._offers])
        if capacity != self.capacity:
            self.held.limit(capacity, self.rules)
            self.waiting.resize(self.held.whole, capacity.agents, self._now)

    def _settle(self) -> None:
        """Grant all that may be granted, in order. What does not fit is passed over, but not too often."""
        if not len(self.waiting):
            return
        left = Left(self.held)
        passed: list[Queue] = []
        while len(passed) < LOOK_AHEAD:
            queue = self.waiting.pop(left.is_open)
            if queue is None:
                break
            entry = queue.head
            if left.fits(entry):
                for other in passed:
                    other.head.overtaken += 1
                self.waiting.remove(entry.claim.id, self._now, granted=True)
                self._grant(entry)
                left.take(entry)
                continue
            passed.append(queue)
            if entry.overtaken >= MOST_OVERTAKES:
                left.keep_for(entry)
        for queue in passed:
            self.waiting.put_back(queue, self._now)

    def _grant_alone(self, entry: Entry) -> bool:
        """Grant a newcomer at once when nobody waits."""
        if len(self.waiting):
            return False
        left = Left(self.held)
        if not left.is_open(entry.rank, entry.claim.agent) or not left.fits(entry):
            return False
        self._grant(entry)
        return True

    def _grant(self, entry: Entry) -> None:
        claim = entry.claim = replace(entry.claim, since=self._now)
        self.held.add(entry, self._now)
        self.waiting.charge(claim.context, entry.units, +1, self._now)
        self._note("granted", claim)

    def _take_from(self, number: int) -> Claim:
        entry = self.held.take(number)
        self.waiting.charge(entry.claim.context, entry.units, -1, self._now)
        return entry.claim

    def _note(self, event: Event, claim: Claim) -> None:
        self.totals[event] += 1
        self.events.append((event, claim))

    def _refuse_what_never_fits(self, claim: Claim, units: Units) -> None:
        offered = self._offers[-1][1]
        too_large = any(unit > whole for unit, whole in zip(units, self._offered, strict=True))
        if not too_large and (claim.agent is None or offered.agents.get(claim.agent, 1)):
            return
        self._settle()  # the time may have made room for others
        once = all(unit <= whole for unit, whole in zip(units, self._first.room.units, strict=True))
        if not too_large:
            reason, hint = f"agent {claim.agent!r}, which may not run at all now", "allow it at least one run at once"
        elif once:
            reason, hint = f"{claim.need}; there are {offered.room} for now", "try again when the hub has more room"
        else:
            reason, hint = (
                f"{claim.need}; there are {offered.room} in all",
                "raise `cpu` in the settings, or use a machine with more room",
            )
        raise AdmissionDenied(
            f"{claim.holder!r} needs {reason}", hint=hint, retry_after=RETRY_S if once and too_large else None
        )

    def _refuse_without_place(self, entry: Entry, timeout: float) -> None:
        """Refuse a newcomer that would have to wait and may not; the others stay as they are."""
        claim, others = entry.claim, len(self.waiting) - 1
        extra = self.max_waiting // 4
        few = self.waiting.count(entry.rank, claim.context) <= max(1, extra // 25)
        if others < self.max_waiting + (extra if few else 0) and timeout > 0.0:
            return
        self.waiting.remove(claim.id, self._now)
        if timeout <= 0.0:
            raise AdmissionDenied(f"{claim.holder!r} found no room for {claim.need} at once", retry_after=RETRY_S)
        raise AdmissionDenied(
            f"{claim.holder!r} was refused: {others} are waiting already, and there are {self.max_waiting} places",
            hint="ask for less at once, or later",
            retry_after=RETRY_S,
        )
