"""Fragments that recur within and across recordings, gathered into patterns as recordings come.

Each print is held once against those that came before it, and against itself; what was found is written together with
the note that it was looked through. So only what is new is work, which may end at any moment and goes on where it was.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..audio.prints.meter import FRAME_RATE
from ..storage.patterns import Occurrence, Pattern, Patterns
from ..storage.prints import Prints, StoredPrint
from ..storage.sqlite import SqliteStore
from .print_index import PrintIndex
from .recurrences import LEAST_S, WHOLE, Recurrence, find_recurrences

_SAME_PLACE = 0.5  # of the longer one: stretches that share so much are one occurrence
_MOST_REPEATS = 64  # of a loop in one recording; the rest of them says nothing new


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search came to."""

    looked_through: int
    left: int


def seek_patterns(
    store: SqliteStore,
    *,
    budget_s: float | None = None,
    on_progress: Callable[[int, int], bool] | None = None,
) -> Sought:
    """Look through the prints that nobody looked through yet, for `budget_s` at most; the rest is left for later.

    on_progress : told (done, of), after each; answers False to stop
    """
    prints, patterns = Prints(store), Patterns(store)
    waiting = {item.sha256 for item in prints.every(to_search=True)}
    if not waiting:
        return Sought(0, 0)
    until = np.inf if budget_s is None else time.monotonic() + budget_s
    every = list(prints.every())
    index = PrintIndex([item.words for item in every])
    asked = np.array([item.sha256 not in waiting for item in every], np.bool_)
    gathered, done = Gathered(patterns.every()), 0
    for row, item in enumerate(every):
        if asked[row]:
            continue
        if time.monotonic() > until:
            break
        found = find_recurrences(item.words, index, own_row=row, among=asked)
        gathered.add(item, found, every)
        gathered.keep(patterns, item.sha256)
        asked[row], done = True, done + 1
        if on_progress is not None and not on_progress(done, len(waiting)):
            break
    return Sought(done, len(waiting) - done)


@dataclass(slots=True)
class _Group:
    """A pattern in the making; `fresh` are occurrences that are not in the store yet."""

    number: int | None
    name: str
    occurrences: list[Occurrence]
    fresh: list[Occurrence] = field(default_factory=list)


class Gathered:
    """All patterns, as far as they are known, and what one recording adds to them."""

    def __init__(self, known: Sequence[Pattern]) -> None:
        self._groups = [_Group(each.id, each.name, list(each.occurrences)) for each in known]
        self._by_content: dict[str, list[tuple[_Group, Occurrence]]] = defaultdict(list)
        for group in self._groups:
            for place in group.occurrences:
                self._by_content[place.sha256].append((group, place))
        self._changed: list[_Group] = []
        self._merged: list[tuple[_Group, _Group]] = []

    def add(self, item: StoredPrint, found: Sequence[Recurrence], prints: Sequence[StoredPrint]) -> None:
        """Put what of one print recurs into the patterns that it belongs to, or into new ones."""
        own = [each for each in found if prints[each.row].sha256 == item.sha256]
        covered: list[tuple[float, float]] = []
        for each in sorted(own, key=lambda each: each.other_start_s - each.start_s):
            if not any(min(each.end_s, end) - max(each.start_s, start) > 0.5 * each.length_s for start, end in covered):
                self._join(_repeats(item.sha256, each))
                covered.append((each.start_s, each.other_end_s))
        for each in found:
            other = prints[each.row]
            if other.sha256 != item.sha256 and not _is_whole(each, item, other):
                here = Occurrence(item.sha256, each.start_s, each.end_s, each.similarity)
                there = Occurrence(other.sha256, each.other_start_s, each.other_end_s, each.similarity)
                self._join([here, there])

    def keep(self, patterns: Patterns, looked_through: str) -> None:
        """Write what was added since; it is known by its numbers from then on."""
        changed = [group for group in self._changed if group.fresh]
        merged = [(old, into) for old, into in self._merged if old.number is not None]
        numbers = patterns.keep(
            looked_through,
            [(group.number, group.fresh) for group in changed],
            [(old.number, into.number) for old, into in merged if old.number and into.number],
        )
        for group, number in zip(changed, numbers, strict=True):
            group.number, group.fresh = number, []
        self._changed, self._merged = [], []

    def _join(self, places: Sequence[Occurrence]) -> None:
        """Let these stretches be occurrences of one pattern: of one that has them already, or of a new one."""
        if len(places) < 2:
            return
        known = [(place, self._find(place)) for place in places]
        groups = list({id(group): group for _, group in known if group is not None}.values())
        # The oldest stays, and one that has a name before one that has none.
        groups.sort(key=lambda group: (not group.name, group.number is None, group.number or 0))
        group = groups[0] if groups else _Group(None, "", [])
        if not groups:
            self._groups.append(group)
        for other in groups[1:]:
            self._take_over(other, group)
        for place, its in known:
            if its is None:
                self._put(group, place)
        self._changed = [*(each for each in self._changed if each is not group), group]

    def _put(self, group: _Group, place: Occurrence) -> None:
        group.occurrences.append(place)
        group.fresh.append(place)
        self._by_content[place.sha256].append((group, place))

    def _take_over(self, old: _Group, into: _Group) -> None:
        for place in old.occurrences:
            its = self._by_content[place.sha256]
            self._by_content[place.sha256] = [(into if group is old else group, each) for group, each in its]
        into.occurrences += old.occurrences
        into.fresh += old.fresh
        into.name = into.name or old.name
        self._groups.remove(old)
        self._changed = [group for group in self._changed if group is not old]
        self._merged = [(a, into if b is old else b) for a, b in self._merged]
        self._merged.append((old, into))

    def _find(self, place: Occurrence) -> _Group | None:
        """The pattern that has an occurrence there."""
        best, most = None, _SAME_PLACE
        for group, known in self._by_content.get(place.sha256, ()):
            shared = min(place.end_s, known.end_s) - max(place.start_s, known.start_s)
            share = shared / max(place.length_s, known.length_s, 1e-9)
            if share >= most:
                best, most = group, share
        return best


def _repeats(sha256: str, found: Recurrence) -> list[Occurrence]:
    """The occurrences within one recording; what lies on itself a period later is a loop: one for each time round."""
    period = found.other_start_s - found.start_s
    if found.length_s <= period:
        first = Occurrence(sha256, found.start_s, found.end_s, found.similarity)
        return [first, replace(first, start_s=found.other_start_s, end_s=found.other_end_s)]
    length = period * max(1, int(np.ceil((LEAST_S - 0.1) / max(period, 1.0 / FRAME_RATE))))
    count = int((found.other_end_s - found.start_s + 0.2) / length)
    starts = [found.start_s + n * length for n in range(min(count, _MOST_REPEATS))]
    if len(starts) < 2:
        return []
    return [Occurrence(sha256, start, min(start + length, found.other_end_s), found.similarity) for start in starts]


def _is_whole(found: Recurrence, item: StoredPrint, other: StoredPrint) -> bool:
    """Whether it is one and the same recording: a duplicate, which is no pattern."""
    lengths = (len(item.words) / FRAME_RATE, len(other.words) / FRAME_RATE)
    return found.length_s > WHOLE * lengths[0] and found.other_end_s - found.other_start_s > WHOLE * lengths[1]
