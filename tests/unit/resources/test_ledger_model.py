"""The ledger against the same rules written once more, slowly; and against what must hold whatever the rules are.

`drive` runs so many random operations on both and compares every decision. The reference sorts all that waits at every
step, knows no heaps, and counts in quarters, so that nothing is shared but the numbers of docs/pool.md.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest

from grym_synth.errors import AdmissionDenied
from grym_synth.resources.holdings import Rules
from grym_synth.resources.ledger import Ledger
from grym_synth.resources.room import PRIORITIES, Capacity, Room
from grym_synth.resources.waiting import Claim

LONGEST_S = 8.0  # of a lease whose holder neither crashes nor sends heartbeats
LONG_S = 150.0  # of some that do
NAMES = ("cpu", "ram_gb", "gpu_gb", "network", "connections")
PIECES = ("cpu", "network", "connections")
MOST_WAITING = 32


@dataclass
class Asked:
    """A claim of the reference."""

    id: int
    need: dict[str, float]
    rank: int
    context: str
    agent: str | None
    asked: float
    deadline: float
    heartbeats: bool
    overtaken: int = 0
    heard: float = 0.0

    @property
    def queue(self) -> tuple[str, int, str | None]:
        return (self.context, self.rank, self.agent)


class Reference:
    """docs/pool.md, sentence by sentence."""

    def __init__(self, capacity: Capacity) -> None:
        self.now = 0.0
        self.offers = [(0.0, capacity)]
        self.waiting: list[Asked] = []
        self.held: list[Asked] = []
        self.served: defaultdict[tuple[str, int, str | None], float] = defaultdict(lambda: float("-inf"))
        self.turn: dict[str, int] = {}
        self.turns = itertools.count()
        self.rules = Rules()
        self.events: list[tuple[str, int]] = []
        self._set_limits()

    # Each operation: what time brings, the deed, what can be granted now.

    def ask(self, now: float, asked: Asked, timeout: float) -> None:
        self.advance(now)
        self._set_limits()
        latest = self.offers[-1][1]
        if any(asked.need[name] > getattr(latest, name) for name in NAMES):
            self.events.append(("refused", asked.id))
            self.settle()
            return
        self.waiting.append(asked)
        self.turn.setdefault(asked.context, next(self.turns))
        self.settle()
        if asked in self.waiting:
            alike = sum(w.context == asked.context and w.rank == asked.rank for w in self.waiting)
            most = MOST_WAITING + (MOST_WAITING // 4 if alike <= 1 else 0)
            if len(self.waiting) > most or timeout <= 0:
                self.waiting.remove(asked)
                self.events.append(("refused", asked.id))
        self.forget()

    def give_back(self, now: float, number: int) -> None:
        self.advance(now)
        for place, event in ((self.held, "released"), (self.waiting, "cancelled")):
            for asked in [item for item in place if item.id == number]:
                place.remove(asked)
                self.events.append((event, number))
                if event == "released":
                    self.turn[asked.context] = next(self.turns)
        self.settle()

    def heartbeat(self, now: float, number: int) -> None:
        self.now = now
        for asked in self.held:
            if asked.id == number:
                asked.heard = now

    def reclaim(self, now: float) -> None:
        self.advance(now)
        silent = [item for item in self.held if item.heartbeats and now - item.heard >= 30.0]
        for asked in sorted(silent, key=lambda item: item.heard):
            self.held.remove(asked)
            self.events.append(("reclaimed", asked.id))
            self.turn[asked.context] = next(self.turns)
        self.settle()

    def resize(self, now: float, capacity: Capacity) -> None:
        self.advance(now)
        self.offers.append((now, capacity))
        self.settle()

    def order(self, now: float, rules: Rules) -> None:
        self.advance(now)
        barred = [rank for rank in range(4) if not self.admitted(rank)]
        self.rules = rules
        for asked in self.waiting:
            if asked.rank in barred and self.admitted(asked.rank):
                self.served[asked.queue] = now
        self.settle()

    def tick(self, now: float) -> None:
        self.advance(now)
        self.settle()

    def advance(self, now: float) -> None:
        self.now = now
        for asked in sorted(self.waiting, key=lambda item: (item.deadline, item.id)):
            if asked.deadline <= now:
                self.waiting.remove(asked)
                self.events.append(("timed_out", asked.id))

    def _set_limits(self) -> None:
        ends = [at for at, _ in self.offers[1:]] + [float("inf")]
        counting = [offer for (_, offer), end in zip(self.offers, ends, strict=True) if end + 10.0 > self.now]
        self.offers = self.offers[-len(counting) :]
        self.capacity = {name: min(getattr(offer, name) for offer in counting) for name in NAMES}
        self.bounds: dict[str, int] = {}
        for offer in counting:
            for agent, most in offer.agents.items():
                self.bounds[agent] = min(most, self.bounds.get(agent, most))

    def admitted(self, rank: int) -> bool:
        if rank >= 2 and (self.rules.paused or self.rules.batch_share == 0):
            return False
        return rank <= PRIORITIES.index(self.rules.lowest)

    def ceiling(self, name: str) -> float:
        whole = self.capacity[name]
        reserve = whole / 4
        if name in PIECES and whole >= 2:
            reserve = max(reserve, 1.0)
        return float((whole - reserve) * self.rules.batch_share)

    def settle(self) -> None:
        self._set_limits()
        self.forget()
        kept = dict.fromkeys(NAMES, 0.0)
        kept_below = dict.fromkeys(NAMES, 0.0)
        kept_turns: Counter[str] = Counter()
        passed: list[Asked] = []
        while len(passed) < 16:
            heads: dict[tuple[str, int, str | None], Asked] = {}
            for asked in self.waiting:
                heads.setdefault(asked.queue, asked)
            looked = {asked.id for asked in passed}
            ready = [head for head in heads.values() if head.id not in looked and self.may(head, kept_turns)]
            if not ready:
                return
            first = min(ready, key=self.place)
            below = first.rank < 2 or self.below(first, kept_below)
            used = self.used(self.held)
            if below and all(
                first.need[n] == 0 or first.need[n] + used[n] + kept[n] <= self.capacity[n] for n in NAMES
            ):
                for other in passed:
                    other.overtaken += 1
                self.waiting.remove(first)
                self.held.append(first)
                first.heard = self.now
                self.served[first.queue] = self.now
                self.turn[first.context] = next(self.turns)
                self.events.append(("granted", first.id))
                continue
            passed.append(first)
            if first.overtaken >= 8:
                if first.rank >= 2:
                    kept_below = {n: kept_below[n] + first.need[n] for n in NAMES}
                if below:
                    kept = {n: kept[n] + first.need[n] for n in NAMES}
                    if first.agent is not None:
                        kept_turns[first.agent] += 1

    def may(self, asked: Asked, kept_turns: Counter[str]) -> bool:
        if not self.admitted(asked.rank) or any(asked.need[n] > self.capacity[n] for n in NAMES):
            return False
        if asked.agent is None or asked.agent not in self.bounds:
            return True
        most, kept = self.bounds[asked.agent], kept_turns[asked.agent]
        runs = [item for item in self.held if item.agent == asked.agent]
        if len(runs) + kept >= most:
            return False
        low = sum(item.rank >= 2 for item in runs) + kept
        return asked.rank < 2 or low < min(most, max(1, int((most - -(-most // 4)) * self.rules.batch_share)))

    def below(self, asked: Asked, kept_below: dict[str, float]) -> bool:
        low = [item for item in self.held if item.rank >= 2]
        if not low and not any(kept_below.values()):
            return True
        used = self.used(low)
        return all(asked.need[n] == 0 or asked.need[n] + used[n] + kept_below[n] <= self.ceiling(n) for n in NAMES)

    def place(self, asked: Asked) -> tuple[float, ...]:
        since = max(self.served[asked.queue], asked.asked)
        level = asked.rank - min(asked.rank + 1, int((self.now - since) / 30.0))
        if level < 0:
            return (level, since + 30.0 * (asked.rank + 1), 0, asked.id)
        used = self.used([item for item in self.held if item.context == asked.context])
        share = max(used[n] / self.capacity[n] if self.capacity[n] else float(used[n] > 0) for n in NAMES)
        return (level, share, self.turn[asked.context], asked.id)

    def forget(self) -> None:
        living = {item.context for item in self.waiting + self.held}
        self.turn = {context: turn for context, turn in self.turn.items() if context in living}

    @staticmethod
    def used(claims: list[Asked]) -> dict[str, float]:
        return {name: sum(item.need[name] for item in claims) for name in NAMES}


@dataclass
class Report:
    """What a run has seen; `longest_wait_s` is of a head that could have been granted alone all the time."""

    operations: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    crashed: int = 0
    longest_wait_s: float = 0.0
    most_waiting: int = 0


class Drive:
    """Random holders of one ledger, and the reference beside it."""

    def __init__(self, seed: int) -> None:
        self.rng, self.now, self.report = random.Random(seed), 0.0, Report()
        self.whole = Capacity(4.0, 8.0, 2.0, 4, 2, {"x": 1, "y": 3})
        self.ledger = Ledger(self.whole, max_waiting=MOST_WAITING)
        self.reference = Reference(self.whole)
        self.claims: dict[int, Claim] = {}
        self.waiting: set[int] = set()
        self.held: set[int] = set()
        self.ended: set[int] = set()
        self.ends: dict[int, float] = {}  # when a living holder lets go
        self.crashed: set[int] = set()
        self.last_granted: dict[tuple[str, str, str | None], int] = {}
        self.ready_since: dict[int, float] = {}
        self.ids = itertools.count(1)

    def take(self) -> None:
        rng = self.rng
        priority = rng.choices(PRIORITIES, (1, 6, 8, 3))[0]
        figures = {
            "cpu": rng.choice((0.25, 0.25, 0.5, 0.5, 1, 1, 2, 4.25 if rng.random() < 0.1 else 4)),
            "ram_gb": rng.choice((0.25, 0.5, 1, 2, 7)),
            "gpu_gb": rng.choice((0, 0, 0, 0, 1, 2)),
            "network": rng.choice((0, 0, 0, 1, 2)),
            "connections": rng.choice((0, 0, 0, 1)),
        }
        context, agent = rng.choices("abcd", (8, 2, 1, 1))[0], rng.choice((None, None, "x", "y"))
        timeout = rng.choice((0.0, 5.0, 60.0, *[1e4] * 7))
        heartbeats = rng.random() < 0.3
        number = next(self.ids)
        asked = Asked(
            number,
            figures,
            PRIORITIES.index(priority),
            context,
            agent,
            self.now,
            self.now + timeout,
            heartbeats,
        )
        with contextlib.suppress(AdmissionDenied):
            claim = self.ledger.ask(
                self.now,
                Room(**figures),
                holder=f"h{number}",
                timeout=timeout,
                priority=priority,
                context=context,
                agent=agent,
                heartbeats=heartbeats,
            )
            assert claim.id == number
            self.claims[number] = claim
            self.waiting.add(number)
        self.reference.ask(self.now, asked, timeout)

    def both(self, deed: str, *arguments: Any) -> None:
        getattr(self.ledger, deed)(self.now, *arguments)
        getattr(self.reference, deed)(self.now, *arguments)

    def pass_time(self) -> None:
        """Holders whose time has come let go; those who promised so are heard from."""
        until = self.now + self.rng.choice((0.0, 0.1, 1.0, 1.0, 3.0, 7.0))
        for number in sorted((n for n in self.ends if self.ends[n] <= until), key=self.ends.__getitem__):
            self.now = max(self.now, self.ends[number])
            del self.ends[number]
            self.both("give_back", number)
            self.check()
        self.now = max(self.now, until)
        for number in sorted(self.held - self.crashed):
            if self.claims[number].heartbeats:
                self.both("heartbeat", number)
        self.both("tick")

    def operate(self) -> None:
        deeds = ("take", "time", "release", "cancel", "crash", "reclaim", "resize", "pause", "resume", "order", "late")
        deed = self.rng.choices(deeds, (34, 40, 6, 5, 3, 6, 2, 1, 4, 2, 2))[0]
        self.report.operations[deed] += 1
        rules = self.ledger.rules
        if deed == "take":
            self.take()
        elif deed == "time":
            self.pass_time()
        elif deed == "release" and self.held - self.crashed:
            self._give_back(self.rng.choice(sorted(self.held - self.crashed)))
        elif deed == "cancel" and self.waiting:
            self._give_back(self.rng.choice(sorted(self.waiting)))
        elif deed == "crash":
            self._crash()
        elif deed == "reclaim":
            self.ledger.reclaim_stale(self.now)
            self.reference.reclaim(self.now)
        elif deed == "resize":
            smaller = Capacity(2.0, 4.0, 1.0, 2, 1, {"x": 1, "y": 1})
            self.both("resize", self.rng.choice((self.whole, self.whole, smaller)))
        elif deed in ("pause", "resume"):
            self.both("order", Rules(rules.batch_share, rules.lowest, deed == "pause"))
        elif deed == "order":
            share, lowest = self.rng.choice(
                ((1.0, "idle"), (1.0, "idle"), (0.5, "idle"), (0.5, "critical"), (0.0, "batch"))
            )
            self.both("order", Rules(share, PRIORITIES[PRIORITIES.index(lowest)], rules.paused))
        elif deed == "late" and self.ended:
            assert not self.ledger.give_back(self.now, max(self.ended)), "what has ended was given back again"
            self.reference.tick(self.now)
        self.check()

    def _give_back(self, number: int) -> None:
        self.ends.pop(number, None)
        self.both("give_back", number)

    def _crash(self) -> None:
        living = [n for n in sorted(self.held - self.crashed) if self.claims[n].heartbeats]
        if living:
            number = self.rng.choice(living)
            self.crashed.add(number)
            self.ends.pop(number, None)
            self.report.crashed += 1

    def check(self) -> None:
        """Equal decisions, and what must hold in any case."""
        decided = [(event, claim) for event, claim in self.ledger.events]
        self.ledger.events.clear()
        assert [(event, claim.id) for event, claim in decided] == self.reference.events
        self.reference.events.clear()
        for event, claim in decided:
            self._follow(event, claim)
        self._check_room({claim.id for event, claim in decided if event == "granted"})
        assert self.ledger.count_held() == len(self.held)
        assert len(self.ledger.waiting) == len(self.waiting)
        assert not self.held & self.waiting
        self._watch_waiting()

    def _follow(self, event: str, claim: Claim) -> None:
        number, key = claim.id, (claim.context, claim.priority, claim.agent)
        self.report.events[event] += 1
        self.waiting.discard(number)
        assert number not in self.ended, "decided twice"
        if event == "granted":
            assert number > self.last_granted.get(key, 0), "overtaken within its class and context"
            self.last_granted[key] = number
            self.claims[number] = claim
            self.held.add(number)
            long = claim.heartbeats and self.rng.random() < 0.2
            self.ends[number] = self.now + (LONG_S if long else self.rng.uniform(0.1, LONGEST_S))
            return
        if event == "reclaimed":
            assert number in self.crashed, "a living holder lost its lease"
        if event in ("released", "reclaimed"):
            assert number in self.held
        self.held.discard(number)
        self.ends.pop(number, None)
        self.ended.add(number)

    def _check_room(self, granted: set[int]) -> None:
        """Nothing is lent twice or lost: the sums are those of the leases, and a grant never exceeds the capacity."""
        needs = [self.claims[number].need for number in self.held]
        for name in NAMES:
            used = sum(getattr(need, name) for need in needs)
            assert getattr(self.ledger.used, name) == used
            if any(getattr(self.claims[number].need, name) for number in granted & self.held):
                assert used <= getattr(self.ledger.capacity, name)
        for agent, most in self.ledger.capacity.agents.items():
            runs = {number for number in self.held if self.claims[number].agent == agent}
            assert len(runs) <= most or not runs & granted

    def _watch_waiting(self) -> None:
        """How long the first of each queue has been waiting although it could have been granted, were it alone."""
        self.report.most_waiting = max(self.report.most_waiting, len(self.waiting))
        heads: dict[tuple[str, str, str | None], int] = {}
        for number in sorted(self.waiting):
            claim = self.claims[number]
            heads.setdefault((claim.context, claim.priority, claim.agent), number)
        ready = {n for n in heads.values() if self._fits_alone(self.claims[n])}
        self.ready_since = {n: self.ready_since.get(n, self.now) for n in ready}
        for since in self.ready_since.values():
            self.report.longest_wait_s = max(self.report.longest_wait_s, self.now - since)

    def _fits_alone(self, claim: Claim) -> bool:
        capacity = self.ledger.capacity
        fits = all(getattr(claim.need, name) <= getattr(capacity, name) for name in NAMES)
        return fits and self.reference.admitted(PRIORITIES.index(claim.priority))

    def end(self) -> None:
        """Whoever still waits and fits is granted once nobody new comes; then everything is back."""
        self.both("resize", self.whole)
        self.both("order", Rules())
        self.check()
        for _ in range(20_000):
            if not self.waiting and not self.held:
                break
            self.pass_time()
            self.check()
            self.ledger.reclaim_stale(self.now)
            self.reference.reclaim(self.now)
            self.check()
        assert not self.waiting
        assert self.ledger.used == Room()
        assert set(self.claims) | self.ended == self.ended, "a claim was lost"


def drive(seed: int, operations: int) -> Report:
    """Run so many random operations, then let all come to its end; raises AssertionError at the first fault."""
    run = Drive(seed)
    for _ in range(operations):
        run.operate()
    run.end()
    return run.report


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_random_operations_lend_nothing_twice_lose_nothing_and_starve_nobody(seed: int) -> None:
    report = drive(seed, 1_000)
    assert report.events["granted"] > 120
    # 30 s for each class above, then a few of the longest leases: of what it needs, and of what it was kept for before.
    assert report.longest_wait_s < 4 * 30.0 + 4 * LONG_S


@pytest.mark.slow
def test_random_operations_reach_every_kind_of_decision() -> None:
    report = drive(99, 1_000)
    assert set(report.events) == {"granted", "released", "reclaimed", "refused", "timed_out", "cancelled"}
    assert report.crashed > 3
