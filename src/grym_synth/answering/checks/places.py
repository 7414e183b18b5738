"""Which of a list it is: the second, the longest, the one that comes back, the one that is not there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ...messages import Evidence
from ...regex import lazily
from ..chord_names import KINDS, common_chord, is_of_kind
from .case import Case, Problem
from .held import canonical_key
from .names import chord_labels
from .stretches import LISTS, Entry, collapsed, entries_of, gap, is_near, label_of

_BACK_TO_FRONT = lazily(r"(?i) (?:comes? after|follows?|is preceded by|is reached from|succeeds?) ")
_RETURNS = lazily(
    r"(?i)(?: sections?| part)? (?:comes? (?:back|again|round again)|returns?|recurs|is (?:repeated|reprised)|reappears)\b"
)
_SETS_IN = lazily(r"(?i)(?: sections?| part)?,? (?:sets? in|comes? in|starts?|begins?|enters?|kicks? in|arrives?)\b")
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_NTH = lazily(rf"(?i)\b(?:(?P<nth>{'|'.join(_PLACES)})|(?P<last>last|final)) (?P<what>section|part|chord|key|note)\b")
RANKED = lazily(r"(?i)\b(?P<word>longest|shortest) (?P<what>section|part|chord|note)\b")
_WHAT = {"section": "structure.sections", "part": "structure.sections", "chord": "chords.segments",
         "key": "tonality.key_changes", "note": "notes.melody"}  # fmt: skip


def check_listed(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
    """ "There are four sections: A, B, A, C": all of them, in their order."""
    rows = [[entry.label for entry in entries] for item, entries in lists if item.name == "structure.sections"]
    for quantity in case.tokens.quantities if rows else ():
        behind = case.tokens.text[quantity.end : quantity.end + 40]
        if quantity.noun != "section" or not re.match(r"(?i) (?:\w+ ){0,2}(?:sections?|parts?)[^;.]{0,24}: ?", behind):
            continue
        told = [name.text for name in case.tokens.names if name.kind == "section" and name.start > quantity.end]
        if told and told not in rows:
            return [Problem(" ".join(told), "not the sections in their order")]
    return []


_NO_LONGER = lazily(
    r"(?i)\bno (?:other )?(?P<what>section|part|chord|note) (?:is|lasts) (?P<way>longer|shorter) than (?:the )?$"
)


def check_extremes(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
    """ "No section is longer than B"."""
    problems = []
    for name in case.tokens.names:
        match = _NO_LONGER.search(case.tokens.text[max(0, name.start - 60) : name.start])
        if match is None:
            continue
        own = [entries for item, entries in lists if item.name == _WHAT[match["what"].casefold()]]
        sign = 1 if match["way"].casefold() == "longer" else -1
        lengths = {entry.label: sign * (entry.end_s - entry.start_s) for entries in own for entry in entries}
        longest = max((sign * (entry.end_s - entry.start_s) for entries in own for entry in entries), default=0.0)
        if lengths.get(label_of(case, name, name.kind), -1e9) < longest - 0.05:
            problems.append(Problem(match[0], "another one is"))
    return problems


def compares_stretches(case: Case, start: int) -> bool:
    """Whether a comparison at `start` is one of sections, chords or notes: judged here."""
    return (
        re.search(r"(?i)\bno (?:other )?(?:section|part|chord|note) (?:is|lasts) $", case.tokens.plain[:start][-40:])
        is not None
    )


def check_back_to_front(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
    """ "G comes after D": somewhere in a list the second stands right before the first."""
    problems = []
    for one, other in pairwise(case.tokens.names):
        if one.kind != other.kind or not _BACK_TO_FRONT.fullmatch(case.tokens.text[one.end : other.start]):
            continue
        rows = [
            [entry.label for entry in collapsed(entries)] for item, entries in lists if LISTS[item.name] == one.kind
        ]
        wanted = label_of(case, other, one.kind), label_of(case, one, one.kind)
        if rows and not any(wanted in pairwise(row) for row in rows):
            problems.append(Problem(f"{one.text} after {other.text}", "no cited list has them in this order"))
    return problems


def check_returns(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
    """ "The B section comes back", "at 0:52 the B section sets in"."""
    problems = []
    rows = [entries for item, entries in lists if item.name == "structure.sections"]
    for name in case.tokens.names if rows else ():
        own = [entry for entry in rows[0] if entry.label == name.text]
        if name.kind != "section" or not own:
            continue
        if _RETURNS.match(case.tokens.text, name.end) and len(own) < 2:
            problems.append(Problem(name.text, "comes only once"))
        before = [q for q in case.tokens.quantities if q.unit == "s" and 0 <= name.start - q.end <= 16]
        sets_in = before and _SETS_IN.match(case.tokens.text, name.end)
        if sets_in and not any(is_near(before[-1], entry.start_s) for entry in own):
            problems.append(Problem(name.text, "does not begin there"))
    return problems


def ranks_stretch(case: Case, start: int) -> bool:
    """Whether a superlative at `start` ranks sections, chords or notes: judged here."""
    return any(match.start() == start for match in RANKED.finditer(case.tokens.plain))


def check_places(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
    """ "The second section is B", "the longest section is A": that very entry of the list."""
    problems = []
    for match in (*_NTH.finditer(case.tokens.text), *RANKED.finditer(case.tokens.text)):
        own = [(item, entries) for item, entries in lists if item.name == _WHAT[match["what"].casefold()]]
        names = [name for name in case.tokens.names if 0 <= gap(case, match.end(), name.start) <= 24]
        names = names or [n for n in case.tokens.names if _IS_THE.fullmatch(case.tokens.text[n.end : match.start()])]
        if not own or not names:
            continue
        item, entries = own[0]
        kind = LISTS[item.name]
        label = label_of(case, names[0], kind) if names[0].kind == kind else None
        if not any(label == entry.label for entry in _in_place(match, entries)):
            problems.append(Problem(match[0], "another one is in this place"))
        elif "word" in match.groupdict():
            times = [q for q in case.tokens.quantities if q.start > names[0].end and q.unit == "s" and q.clock][:1]
            if times and not any(is_near(times[0], entry.start_s) for entry in _in_place(match, entries)):
                problems.append(Problem(match[0], "another one is in this place"))
    return problems


_IS_THE = lazily(r"(?i)(?: section)?,? (?:is|being|as) (?:also )?the (?:\w+ )?")


def _in_place(match: re.Match[str], entries: Sequence[Entry]) -> list[Entry]:
    """The entries that are meant; several where lengths tie."""
    groups = match.groupdict()
    if word := groups.get("word"):
        size = max if word.casefold() == "longest" else min
        wanted = size(entry.end_s - entry.start_s for entry in entries)
        return [entry for entry in entries if abs(entry.end_s - entry.start_s - wanted) < 0.05]
    kept = collapsed(entries) if match["what"].casefold() in ("chord", "key") else list(entries)
    if groups.get("last"):
        return kept[-1:]
    place = _PLACES.index(match["nth"].casefold())
    return kept[place : place + 1]


_ABSENT = lazily(r"(?i)\bno (?:(?P<kind>\w{3,12}) )?(?P<what>chords?|notes?|sevenths|inversions|section comes back)\b")


def check_absence(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
    """ "No chord at 1:05", "no diminished chords", "no section comes back"."""
    problems = []
    for match in _ABSENT.finditer(case.tokens.plain):
        what = match["what"].casefold()
        name = "notes" if what.startswith("note") else "structure" if what.startswith("section") else "chords"
        for item, entries in lists:
            if item.capability == name and _sounds(case, match, what, item, entries):
                problems.append(Problem(match[0], "the cited list holds one"))
    return problems


def _sounds(case: Case, match: re.Match[str], what: str, item: Evidence, entries: Sequence[Entry]) -> bool:
    """Whether what is denied is there: of this kind, at these times."""
    labels = [entry.label for entry in entries]
    if item.capability == "structure":
        return len(set(labels)) < len(labels)
    kind = (match["kind"] or "").casefold()
    wanted = what if what in ("sevenths", "inversions") else kind if kind in KINDS else ""
    if wanted:
        return any(is_of_kind(common_chord(label) or "", wanted) for label in chord_labels(item))
    here = [entry for entry in entries if entry.label != "N"]
    times = [q.readings[0].value for q in case.tokens.quantities if q.unit == "s" and q.readings]
    if not times:
        return bool(here)
    # Just beside an edge it may be told either way.
    return any(entry.start_s + 0.05 < max(times) and entry.end_s - 0.05 > min(times) for entry in here)


_MOVES = lazily(
    r"(?i)\b(?:to|from|then|until|at|between|second|last|final|other|changes?|moves?|modulates?|first|starts?|ends?|and|in turn)\b"
)


def check_key_of_many(case: Case) -> list[Problem]:
    """A key that only one part of several has is not the key of the whole."""
    problems = []
    for item in case.cited:
        if item.name != "tonality.key_changes" or not isinstance(item.value, list):
            continue
        keys = {entry.label for entry in entries_of(item)}
        whole = {
            canonical_key(str(each.value)) for each in case.cited if each.name == "tonality.key" and each.rank == 0
        }
        for name in case.tokens.names:
            own = name.kind == "key" and canonical_key(name.text) in keys and canonical_key(name.text) not in whole
            if own and len(keys) > 1 and not _MOVES.search(case.clause(name.start, name.end).replace(name.text, "")):
                problems.append(Problem(name.text, "the key of a part, not of the whole"))
    return problems
