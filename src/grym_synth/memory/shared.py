"""Which patterns a recording shares with others, with the seconds in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..storage.patterns import Occurrence, Pattern, Patterns
from ..storage.prints import Prints, StoredPrint
from .print_index import PrintIndex
from .recurrences import Recurrence, find_recurrences

_SAME_PLACE = 0.5  # of the shorter one
_MOST_HELD_AGAINST = 64  # recordings that hold a pattern: who holds it is like most of them


@dataclass(frozen=True, slots=True)
class Shared:
    """A pattern that two recordings hold: seconds in the one asked about, and in the other; `name` is "" for none."""

    name: str
    here_s: tuple[float, float]
    there_s: tuple[float, float]

    @property
    def says(self) -> str:
        """As a reason."""
        (a, b), (c, d) = self.here_s, self.there_s
        what = f'"{self.name}"' if self.name else "the same fragment"
        return f"both hold {what}: {a:.2f} to {b:.2f} s here, {c:.2f} to {d:.2f} s there"


def shared_with(
    patterns: Patterns, prints: Prints, asked: StoredPrint, contents: Sequence[str]
) -> dict[str, list[Shared]]:
    """What a recording shares with each of these contents: named patterns first, then the longest; known or new."""
    if asked.number:
        found = [*_from_known(patterns.of([asked.sha256]), asked.sha256, frozenset(contents))]
    else:
        found = [*_from_print(patterns.of(contents), prints, asked, contents)]
    told: dict[str, list[Shared]] = {}
    for sha256, each in sorted(found, key=lambda item: (not item[1].name, item[1].here_s[0] - item[1].here_s[1])):
        if not any(before.name == each.name for before in told.get(sha256, ())):
            told.setdefault(sha256, []).append(each)
    return told


def places_in(
    prints: Prints, asked: StoredPrint, occurrences: Sequence[Occurrence]
) -> tuple[list[tuple[float, float]], int]:
    """Seconds at which a pattern lies in a recording, in order, without overlap; and how many places were compared.

    occurrences : of the pattern, where it is known; of a pattern of many recordings so many are taken as prove it
    """
    own = [each for each in occurrences if each.sha256 == asked.sha256]
    names = list(dict.fromkeys(each.sha256 for each in occurrences if each.sha256 != asked.sha256))[:_MOST_HELD_AGAINST]
    others = list(prints.of(names).values())
    known = [(each.start_s, each.end_s) for each in own]
    for each in find_recurrences(asked.words, PrintIndex([other.words for other in others])):
        sha256 = others[each.row].sha256
        there = [place for place in occurrences if place.sha256 == sha256]
        known += [_laid_here(place, each) for place in there if _overlap(place, each.other_start_s, each.other_end_s)]
    told: list[tuple[float, float]] = []
    for start_s, end_s in sorted(known):
        if not told or told[-1][1] - start_s < _SAME_PLACE * min(end_s - start_s, told[-1][1] - told[-1][0]):
            told.append((start_s, end_s))
    compared = {each.sha256 for each in others}
    return told, len(own) + sum(each.sha256 in compared for each in occurrences)


def _laid_here(place: Occurrence, found: Recurrence) -> tuple[float, float]:
    """Where a place of the other recording lies in the one asked about; what lies on it may be longer."""
    start_s, end_s = max(place.start_s, found.other_start_s), min(place.end_s, found.other_end_s)
    ahead_s = found.start_s - found.other_start_s / found.speed
    return ahead_s + start_s / found.speed, ahead_s + end_s / found.speed


def _from_known(known: Sequence[Pattern], sha256: str, contents: frozenset[str]) -> Iterator[tuple[str, Shared]]:
    for pattern in known:
        here = next(each for each in pattern.occurrences if each.sha256 == sha256)
        for there in pattern.occurrences:
            if there.sha256 in contents and there.sha256 != sha256:
                yield there.sha256, Shared(pattern.name, (here.start_s, here.end_s), (there.start_s, there.end_s))


def _from_print(
    known: Sequence[Pattern], prints: Prints, asked: StoredPrint, contents: Sequence[str]
) -> Iterator[tuple[str, Shared]]:
    others = list(prints.of(contents).values())
    for each in find_recurrences(asked.words, PrintIndex([other.words for other in others])):
        sha256 = others[each.row].sha256
        named = (
            pattern.name
            for pattern in known
            for place in pattern.occurrences
            if pattern.name and place.sha256 == sha256 and _overlap(place, each.other_start_s, each.other_end_s)
        )
        there = (each.other_start_s, each.other_end_s)
        yield sha256, Shared(next(named, ""), (each.start_s, each.end_s), there)


def _overlap(place: Occurrence, start_s: float, end_s: float) -> bool:
    shared = min(place.end_s, end_s) - max(place.start_s, start_s)
    return shared >= _SAME_PLACE * min(place.length_s, end_s - start_s)
