"""Who waits, in the order in which they are considered. Decides nothing about room; no clock of its own.

Waiters stand in queues, one for each context, priority and agent; in a queue the first that came is the first. A queue
whose head has gone without a grant for long rises above others. Every operation is O(log n) in the number of queues.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .room import PRIORITIES, Priority, Room, Units, share_of

#: A queue rises one class after each so many seconds without a grant. It is the age at which an interactive waiter
#: counts as a hard fault (signal `wait`): before that no batch work may stand beside interactive work, and later it
#: would be kept waiting behind people whom the hub does not serve either.
RISE_S = 30.0
ELDER = -1  # the class above critical: first come, first served, whatever the context

_SLACK = 64  # outdated entries that a heap may hold beside as many as there are queues


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody asked for. `since` is None while it waits. Times are seconds of the ledger's clock."""

    id: int
    holder: str
    need: Room
    priority: Priority
    context: str
    agent: str | None
    asked: float
    deadline: float  # of the waiting
    heartbeats: bool  # its holder promises to be heard from; silence makes the lease stale
    since: float | None = None


@dataclass(slots=True)
class Entry:
    """A claim in the books, waiting or held."""

    claim: Claim
    units: Units
    rank: int
    overtaken: int = 0


_Item: TypeAlias = "tuple[float, int, int, int, Queue]"  # order (three figures), stamp, queue
_Lane: TypeAlias = "list[_Item]"  # a heap


@dataclass(slots=True, eq=False)
class Queue:
    """Waiters of one context, priority and agent."""

    context: Context
    rank: int
    agent: str | None
    served: float = float("-inf")  # when it last got something, or began to count anew
    entries: OrderedDict[int, Entry] = field(default_factory=OrderedDict)
    stamp: int = 0  # of its item in a lane; 0 when it is in none
    place: tuple[_Lane, _Item] | None = None  # where it was put last
    alarm: float = float("inf")  # when it is looked at again whether it has risen; never later than it does

    @property
    def head(self) -> Entry:
        return next(iter(self.entries.values()))

    @property
    def since(self) -> float:
        """From when the waiting counts; it never goes back while the queue lives."""
        return max(self.served, self.head.claim.asked)

    def level(self, now: float) -> int:
        """The class it stands in now: its own, or one above for each RISE_S."""
        since = self.since
        return self.rank - sum(now >= since + RISE_S * k for k in range(1, self.rank - ELDER + 1))


@dataclass(slots=True, eq=False)
class Context:
    """What a context holds. `turn` grows with each grant and return: who has been without for longer comes first."""

    name: str
    turn: int
    held: list[int] = field(default_factory=lambda: [0] * 5)
    share: float = 0.0
    leases: int = 0
    queues: dict[tuple[int, str | None], Queue] = field(default_factory=dict)


class Waiting:
    """All waiters. `is_open(rank, agent)` tells `pop` which kinds of work may be granted anything at all."""

    def __init__(self, capacity: Units, limited: Mapping[str, int]) -> None:
        self._capacity, self._limited = capacity, limited
        self._entries: dict[int, tuple[Entry, Queue]] = {}
        self._by_rank: list[OrderedDict[int, Entry]] = [OrderedDict() for _ in PRIORITIES]
        self._contexts: dict[str, Context] = {}
        self._count: Counter[tuple[str, int]] = Counter()
        self._queues = 0
        self._levels: list[dict[tuple[int, str | None], _Lane]] = [{} for _ in range(ELDER, len(PRIORITIES))]
        self._rises: list[tuple[float, int, Queue]] = []
        self._deadlines: list[tuple[float, int]] = []
        self._turns, self._stamps = itertools.count(1), itertools.count(1)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, number: int) -> bool:
        return number in self._entries

    def count(self, rank: int, context: str | None = None) -> int:
        return len(self._by_rank[rank]) if context is None else self._count[context, rank]

    def oldest(self, rank: int) -> float | None:
        """When the first of those who wait with this priority asked."""
        return next((entry.claim.asked for entry in self._by_rank[rank].values()), None)

    def next_event(self) -> float | None:
        """When a deadline passes or a queue rises, at the earliest; None while nobody waits."""
        self._drop_outdated()
        times = [self._deadlines[0][0]] if self._deadlines else []
        return min(times + ([self._rises[0][0]] if self._rises else []), default=None)

    def add(self, entry: Entry, now: float) -> None:
        claim = entry.claim
        context = self._context(claim.context)
        key = (entry.rank, claim.agent)
        queue = context.queues.get(key)
        if queue is None:
            queue = context.queues[key] = Queue(context, entry.rank, claim.agent)
            self._queues += 1
        queue.entries[claim.id] = entry
        self._entries[claim.id] = (entry, queue)
        self._by_rank[entry.rank][claim.id] = entry
        self._count[claim.context, entry.rank] += 1
        heapq.heappush(self._deadlines, (claim.deadline, claim.id))
        if len(queue.entries) == 1:
            self.enter(queue, now)

    def remove(self, number: int, now: float, *, granted: bool = False) -> Entry:
        """Take one out, wherever it stands."""
        entry, queue = self._entries.pop(number)
        was_head = queue.head is entry
        del queue.entries[number], self._by_rank[entry.rank][number]
        self._count[entry.claim.context, entry.rank] -= 1
        if not self._count[entry.claim.context, entry.rank]:
            del self._count[entry.claim.context, entry.rank]
        if granted:
            queue.served = now
        if not queue.entries:
            queue.stamp = 0
            del queue.context.queues[queue.rank, queue.agent]
            self._queues -= 1
            self._forget_if_idle(queue.context)
        elif was_head:
            self.enter(queue, now)
        return entry

    def pop(self, is_open: Callable[[int, str | None], bool]) -> Queue | None:
        """Take out the queue whose head comes next; it has to be `put_back`, or its head removed."""
        for level in self._levels:
            best: _Lane | None = None
            for (rank, agent), lane in level.items():
                while lane and lane[0][4].stamp != lane[0][3]:
                    heapq.heappop(lane)
                if lane and (best is None or lane[0] < best[0]) and is_open(rank, agent):
                    best = lane
            if best is not None:
                queue = heapq.heappop(best)[4]
                queue.stamp = 0
                return queue
        return None

    def put_back(self, queue: Queue, now: float) -> None:
        """After `pop`, at the same time and with the same head."""
        if queue.place is not None and queue.place[1][:2] == (queue.context.share, queue.context.turn):
            lane, item = queue.place
            queue.stamp = item[3]
            heapq.heappush(lane, item)
        else:  # its context was granted something meanwhile, or it is an elder
            self.enter(queue, now)

    def enter(self, queue: Queue, now: float) -> None:
        """(Re)place a queue by what it is worth now. One whose head is larger than all there is stays outside."""
        if any(unit > whole for unit, whole in zip(queue.head.units, self._capacity, strict=True)):
            queue.stamp = 0
            return
        level, context = queue.level(now), queue.context
        order = (context.share, context.turn)
        if level == ELDER:  # by when it became one, so that no later one is ever put before it
            order = (queue.since + RISE_S * (queue.rank - ELDER), 0)
        number = queue.head.claim.id  # of two queues of one context, the one whose head came first
        lane = self._levels[level - ELDER].setdefault((queue.rank, self._limit(queue.agent)), [])
        if len(lane) > 2 * self._queues + _SLACK:
            lane[:] = [item for item in lane if item[4].stamp == item[3]]
            heapq.heapify(lane)
        queue.stamp = next(self._stamps)
        item = (*order, number, queue.stamp, queue)
        queue.place = (lane, item)
        heapq.heappush(lane, item)
        rise = queue.since + RISE_S * (queue.rank - level + 1)
        if level > ELDER and rise < queue.alarm:  # an alarm that comes too early only looks, and is set anew
            queue.alarm = rise
            heapq.heappush(self._rises, (rise, queue.stamp, queue))

    def charge(self, name: str, units: Units, sign: int, now: float) -> None:
        """A context got (+1) or gave back (-1) room: it has had its turn, and its queues stand elsewhere now."""
        context = self._context(name)
        context.turn = next(self._turns)
        context.leases += sign
        context.held = [held + sign * unit for held, unit in zip(context.held, units, strict=True)]
        context.share = share_of(context.held, self._capacity)
        for queue in context.queues.values():
            if queue.stamp:
                self.enter(queue, now)
        self._forget_if_idle(context)

    def expired(self, now: float) -> list[int]:
        """Those whose deadline has passed, in its order; they still stand in the books."""
        passed = []
        while self._deadlines and self._deadlines[0][0] <= now:
            _, number = heapq.heappop(self._deadlines)
            if number in self._entries:
                passed.append(number)
        return passed

    def age(self, now: float) -> None:
        """Let those rise whose time has come."""
        while self._rises and self._rises[0][0] <= now:
            at, _, queue = heapq.heappop(self._rises)
            if at == queue.alarm:
                queue.alarm = float("inf")
                if queue.stamp:
                    self.enter(queue, now)

    def count_anew(self, ranks: range, now: float) -> None:
        """Time in which these priorities were barred by order does not make them rise."""
        for context in self._contexts.values():
            for queue in context.queues.values():
                if queue.rank in ranks:
                    queue.served = now
        self._rebuild(now)

    def resize(self, capacity: Units, limited: Mapping[str, int], now: float) -> None:
        self._capacity, self._limited = capacity, limited
        for context in self._contexts.values():
            context.share = share_of(context.held, capacity)
        self._rebuild(now)

    def _rebuild(self, now: float) -> None:
        for level in self._levels:
            level.clear()
        for context in self._contexts.values():
            for queue in context.queues.values():
                self.enter(queue, now)

    def _context(self, name: str) -> Context:
        """One that is new stands behind those who wait already: its turn is now."""
        if name not in self._contexts:
            self._contexts[name] = Context(name, next(self._turns))
        return self._contexts[name]

    def _forget_if_idle(self, context: Context) -> None:
        if not context.leases and not context.queues:
            self._contexts.pop(context.name, None)

    def _limit(self, agent: str | None) -> str | None:
        """Agents without a bound need no lane of their own."""
        return agent if agent in self._limited else None

    def _drop_outdated(self) -> None:
        """Deadlines of those who left and rises of queues that are gone: from the top, and all when they are many."""
        if len(self._deadlines) > 2 * len(self._entries) + _SLACK:
            self._deadlines = [item for item in self._deadlines if item[1] in self._entries]
            heapq.heapify(self._deadlines)
        while self._deadlines and self._deadlines[0][1] not in self._entries:
            heapq.heappop(self._deadlines)
        if len(self._rises) > 2 * self._queues + _SLACK:
            self._rises = [item for item in self._rises if item[2].entries and item[2].alarm == item[0]]
            heapq.heapify(self._rises)
        while self._rises and not self._rises[0][2].entries:
            heapq.heappop(self._rises)
