"""Fragments that recur within and across recordings, gathered into patterns as recordings come.

Each print is held once against those that came before it, and against itself; what was found is written together with
the note that it was looked through. So only what is new is work, in whatever order and by whomever it is done, and it
may end at any moment and goes on where it was.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..audio.prints.meter import FRAME_RATE
from ..storage.patterns import News, Occurrence, Pattern, Patterns
from ..storage.prints import Prints, StoredPrint
from ..storage.store import Store
from .print_index import PrintIndex
from .recurrences import LEAST_S, WHOLE, Recurrence, find_recurrences

_SAME_PLACE = 0.5  # of the longer one: stretches that share so much are one occurrence
_MOST_REPEATS = 64  # of a loop in one recording; the rest of them says nothing new


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search came to."""

    looked_through: int
    left: int


def seek_patterns(store: Store, *, on_progress: Callable[[int, int], bool] | None = None) -> Sought:
    """Look through the prints that nobody looked through yet.

    on_progress : told (done, of), after each; answers False to stop: the rest is left for later
    """
    search = PatternSearch(store)
    waiting = search.waiting()
    for done, sha256 in enumerate(waiting, 1):
        search.look_through(sha256)
        if on_progress is not None and not on_progress(done, len(waiting)):
            return Sought(done, len(waiting) - done)
    return Sought(len(waiting), 0)


class PatternSearch:
    """Looks through one print after another; keeps all prints in memory meanwhile. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self.prints, self.patterns = Prints(store), Patterns(store)
        self._turn = threading.Lock()
        self._known: _Indexed | None = None

    def waiting(self) -> list[str]:
        """Contents that nobody looked through yet, in the order in which they came."""
        return self.prints.waiting()

    def look_through(self, sha256: str, *, up_to: int | None = None) -> int:
        """Write down what of one content recurs; how many stretches that are. Doing it twice changes nothing.

        up_to : number of the last print that this search is about; one that came later is left to the next search.
            So all prints are read once for each search, however many come anew while it goes on.
        """
        with self._turn:
            item = self.prints.of([sha256]).get(sha256)
            if item is None or (up_to is not None and item.number > up_to):
                return 0
            known = self._indexed(item)
            row = known.rows[sha256]
            # Of two prints the later one is held against the earlier: every pair is looked at, and only once.
            earlier = np.arange(len(known.names)) < row
            found = find_recurrences(item.words, known.index, own_row=row, among=earlier)
            rows = {row, *(each.row for each in found)}
            prints = {known.names[row]: known.numbers[known.names[row]] for row in rows}

            def news(patterns: Sequence[Pattern], standing: Collection[str]) -> News:
                # What is another print by now came later than this one, and will be held against it.
                there = [each for each in found if known.names[each.row] in standing]
                gathered = Gathered(patterns)
                gathered.add(item, there, known.names, [len(words) for words in known.index.prints])
                return gathered.news()

            return len(found) if self.patterns.gather(sha256, prints, news) else 0

    def let_go(self) -> None:
        """Forget the prints; they are read again when they are needed."""
        with self._turn:
            self._known = None

    def _indexed(self, item: StoredPrint) -> _Indexed:
        if self._known is None or self._known.numbers.get(item.sha256) != item.number:
            every = [(each.sha256, each.number, each.words) for each in self.prints.every()]
            names = [sha256 for sha256, _, _ in every]
            index = PrintIndex([words for _, _, words in every])
            rows = {sha256: row for row, sha256 in enumerate(names)}
            self._known = _Indexed(names, rows, {sha256: number for sha256, number, _ in every}, index)
        return self._known


@dataclass(frozen=True, slots=True)
class _Indexed:
    """All prints by their row in an index, in the order in which they came."""

    names: list[str]
    rows: dict[str, int]
    numbers: dict[str, int]  # of a print, which is another one when it is made anew
    index: PrintIndex


@dataclass(slots=True)
class _Group:
    """A pattern in the making; `fresh` are occurrences that are not in the store yet."""

    number: int | None
    name: str
    occurrences: list[Occurrence]
    fresh: list[Occurrence] = field(default_factory=list)


class Gathered:
    """The patterns of some contents, and what one recording adds to them."""

    def __init__(self, known: Sequence[Pattern]) -> None:
        self._groups = [_Group(each.id, each.name, list(each.occurrences)) for each in known]
        self._by_content: dict[str, list[tuple[_Group, Occurrence]]] = defaultdict(list)
        for group in self._groups:
            for place in group.occurrences:
                self._by_content[place.sha256].append((group, place))
        self._changed: list[_Group] = []
        self._merged: list[tuple[_Group, _Group]] = []

    def add(self, item: StoredPrint, found: Sequence[Recurrence], names: Sequence[str], lengths: Sequence[int]) -> None:
        """Put what of one print recurs into the patterns that it belongs to, or into new ones.

        names, lengths : content and number of words of the print in each row
        """
        own = [each for each in found if names[each.row] == item.sha256]
        covered: list[tuple[float, float]] = []
        for each in sorted(own, key=lambda each: each.other_start_s - each.start_s):
            if not any(min(each.end_s, end) - max(each.start_s, start) > 0.5 * each.length_s for start, end in covered):
                self._join(_repeats(item.sha256, each))
                covered.append((each.start_s, each.other_end_s))
        for each in found:
            other = names[each.row]
            if other != item.sha256 and not _is_whole(each, len(item.words), lengths[each.row]):
                here = Occurrence(item.sha256, each.start_s, each.end_s, each.similarity)
                there = Occurrence(other, each.other_start_s, each.other_end_s, each.similarity)
                self._join([here, there])

    def news(self) -> News:
        """What was added."""
        return News(
            [(group.number, group.fresh) for group in self._changed if group.fresh],
            [(old.number, into.number) for old, into in self._merged if old.number and into.number],
        )

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
            if not (other.name and group.name):  # two names of its owner stay two patterns: no name is lost
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


def _is_whole(found: Recurrence, own_words: int, other_words: int) -> bool:
    """Whether it is one and the same recording: a duplicate, which is no pattern."""
    other_s = found.other_end_s - found.other_start_s
    return found.length_s > WHOLE * own_words / FRAME_RATE and other_s > WHOLE * other_words / FRAME_RATE
