"""What is held, and what may be lent beside it: sums of leases, and the room that is left in a round of granting."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .room import PRIORITIES, RANKS, Capacity, Priority, Units, ceiling, share_of, turns_below
from .waiting import Entry

SILENCE_S = 30.0  # without a heartbeat, after which a lease that promised some is stale

BATCH = RANKS["batch"]
BELOW = range(BATCH, len(PRIORITIES))  # the ranks that have a ceiling


@dataclass(frozen=True, slots=True)
class Rules:
    """What health and the user have ordered."""

    batch_share: float = 1.0  # of their ceiling, for batch and idle work; 0 is none
    lowest: Priority = "idle"  # the lowest priority that is granted anything
    paused: bool = False  # batch and idle work, by the user


class Holdings:
    """All leases and their sums, within a capacity and under rules. Decides nothing."""

    def __init__(self, capacity: Capacity) -> None:
        self.entries: dict[int, Entry] = {}
        self.used, self.used_below = [0] * 5, [0] * 5  # by all; by batch and idle work
        self.by_rank = [0] * len(PRIORITIES)
        self.turns: Counter[str] = Counter()  # of each agent
        self.turns_below: Counter[str] = Counter()
        self._heard: OrderedDict[int, float] = OrderedDict()  # leases with heartbeats, by the latest
        self.limit(capacity, Rules())

    def limit(self, capacity: Capacity, rules: Rules) -> None:
        self.capacity, self.rules, self.whole = capacity, rules, capacity.room.units
        self.ceiling = ceiling(self.whole, rules.batch_share)

    def add(self, entry: Entry, now: float) -> None:
        self.entries[entry.claim.id] = entry
        if entry.claim.heartbeats:
            self._heard[entry.claim.id] = now
        self._book(entry, +1)

    def take(self, number: int) -> Entry:
        entry = self.entries.pop(number)
        self._heard.pop(number, None)
        self._book(entry, -1)
        return entry

    def hear(self, number: int, now: float) -> None:
        if number in self._heard:
            self._heard[number] = now
            self._heard.move_to_end(number)

    def silent(self, now: float) -> int | None:
        """The lease that has been silent for longest, if that is too long."""
        number, heard = next(iter(self._heard.items()), (None, now))
        return number if now - heard >= SILENCE_S else None

    def is_admitted(self, rank: int) -> bool:
        rules = self.rules
        return rank <= RANKS[rules.lowest] and not (rank in BELOW and (rules.paused or not rules.batch_share))

    @property
    def urgent_share(self) -> float:
        """The greatest share of any resource that critical and interactive leases hold."""
        return share_of([used - below for used, below in zip(self.used, self.used_below, strict=True)], self.whole)

    @property
    def is_overdrawn(self) -> bool:
        """More is lent than there is since the capacity shrank."""
        return any(used > whole for used, whole in zip(self.used, self.whole, strict=True))

    def bounded_turns(self) -> Mapping[str, int]:
        """How often each agent that has a bound runs now."""
        return {agent: self.turns[agent] for agent in self.capacity.agents}

    def _book(self, entry: Entry, sign: int) -> None:
        is_below = entry.rank in BELOW
        self.used = _added(self.used, entry.units, sign)
        self.by_rank[entry.rank] += sign
        if is_below:
            self.used_below = _added(self.used_below, entry.units, sign)
        if entry.claim.agent is not None:
            for turns in (self.turns, *([self.turns_below] if is_below else [])):
                turns[entry.claim.agent] += sign
                if not turns[entry.claim.agent]:
                    del turns[entry.claim.agent]


class Left:
    """The room that is left in one round of granting, beside what is kept for those who were overtaken too often."""

    def __init__(self, held: Holdings) -> None:
        self._held = held
        self._free = _added(held.whole, held.used, -1)
        self._free_below = _added(held.ceiling, held.used_below, -1)
        self._turns: Counter[str] = Counter()  # kept of agents
        self._is_kept_below = False

    def is_open(self, rank: int, agent: str | None) -> bool:
        """Whether anything of this kind may be granted: by the rules, and by the turns of the agent."""
        held = self._held
        if not held.is_admitted(rank):
            return False
        most = None if agent is None else held.capacity.agents.get(agent)
        if agent is None or most is None:
            return True
        kept = self._turns[agent]
        if held.turns[agent] + kept >= most:
            return False
        return rank < BATCH or held.turns_below[agent] + kept < turns_below(most, held.rules.batch_share)

    def fits(self, entry: Entry) -> bool:
        return _fits(entry.units, self._free) and (entry.rank < BATCH or self._is_below_ceiling(entry))

    def take(self, entry: Entry) -> None:
        """What was granted is gone."""
        self._free = _added(self._free, entry.units, -1)
        if entry.rank in BELOW:
            self._free_below = _added(self._free_below, entry.units, -1)

    def keep_for(self, entry: Entry) -> None:
        """Keep room for one that does not fit, also against those that would.

        One that waits below the ceiling keeps batch and idle work back and nobody else, or a long batch lease would
        lock interactive work out of the rest.
        """
        waits_for_ceiling = entry.rank in BELOW and not self._is_below_ceiling(entry)
        if entry.rank in BELOW:
            self._free_below = _added(self._free_below, entry.units, -1)
            self._is_kept_below = True
        if waits_for_ceiling:
            return
        self._free = _added(self._free, entry.units, -1)
        if entry.claim.agent is not None:
            self._turns[entry.claim.agent] += 1

    def _is_below_ceiling(self, entry: Entry) -> bool:
        """One alone is always below it, or what is larger than the ceiling would never run."""
        if _fits(entry.units, self._free_below):
            return True
        return not self._is_kept_below and not any(self._held.by_rank[rank] for rank in BELOW)


def _added(sums: Sequence[int], units: Sequence[int], sign: int) -> list[int]:
    return [whole + sign * unit for whole, unit in zip(sums, units, strict=True)]


def _fits(units: Units, free: list[int]) -> bool:
    """Whether a need fits; of what it does not ask for, there may be less than nothing."""
    return not any(unit > left and unit for unit, left in zip(units, free, strict=True))
