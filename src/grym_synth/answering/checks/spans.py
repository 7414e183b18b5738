"""Do chords, sections, keys and notes stand where a sentence puts them: at that time, in that order, so long?

Every list of labelled stretches (`start_s`, `end_s` and what it is) is read alike. A time belongs to the name before
it, or, where a sentence puts its times first ("At 1:05 it is Bm"), to the name behind it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ...messages import Evidence, Json
from ...theory.pitch import note_name
from ..chord_names import KINDS, NO_CHORD, chord_id, common_chord, is_of_kind
from ..words.phrasing import finite
from .case import Case, Problem
from .held import canonical_key
from .names import chord_labels, pitch
from .tokens import MASK, Name, Quantity

#: Lists, and the kind of name that their entries have.
LISTS = {
    "chords.segments": "note", "structure.sections": "section", "tonality.key_changes": "key", "notes.notes": "note",
    "notes.melody": "note",
}  # fmt: skip
_ROW = re.compile(r" ?(?:->|-|\||→)+ ?")
_LIST = re.compile(r"(?i)[ ,]*(?:and|or|then|,)?[ ,]*")
_IN_TURN = re.compile(
    r"(?i)[ ,]*(?:(?:is|are) )?(?:\b(?:then|followed by|to|into|after that|and then|leads? to|moves? to|goes to"
    r"|resolves? to|gives way to)\b)[ ,]*"
)
_BACK_TO_FRONT = re.compile(r"(?i) (?:comes? after|follows?|is preceded by|is reached from|succeeds?) ")
_RETURNS = re.compile(
    r"(?i)(?: sections?| part)? (?:comes? (?:back|again|round again)|returns?|recurs|is (?:repeated|reprised)|reappears)\b"
)
_TURNS = re.compile(
    r"(?i)\b(?:becomes?|(?:changes?|turns?|moves?|goes|switches|modulates?|shifts?|resolves?) (?:in)?to)(?: the chord| an?)? ?$"
)
_SETS_IN = re.compile(
    r"(?i)(?: sections?| part)?,? (?:sets? in|comes? in|starts?|begins?|enters?|kicks? in|arrives?)\b"
)
_ORDER = re.compile(
    r"(?i)\b(?:go(?:es)?|cycles?|loops?|repeats?|progression|sequence|in order|in turn|opening|begins?|starts?|runs?)\b"
)
_EDGE = r"(?: (?:on|with|in|off with))?(?: (?:the|an?))?(?: (?:notes?|chords?|key of|section))? ?$"
_OPENS = re.compile(rf"(?i)\b(?:begins?|starts?|opens?){_EDGE}")
_CLOSES = re.compile(rf"(?i)\b(?:ends?|closes?|finishes){_EDGE}")
_STARTS = re.compile(
    r"(?i)\b(?:starts?|begins?|starting|beginning|enters?|first|sets in|kicks in|arrives?|lands|from|(?:changes?|moves?) (?:to [^,;]{1,20} )?"
    r"|then|comes? in)(?: again)?(?: at)? ?$"
)
_ENDS = re.compile(r"(?i)\b(?:until|till|ends?|ending|up to|stops?|finishes)(?: at)? ?$")
_LENGTH = re.compile(
    r"(?i)\b(?:lasts?|for|takes|length of|length is|runs for|duration of)(?: (?:about|roughly|around|some|approximately|nearly))? ?$"
)
_LONG = re.compile(r"(?i) (?:long|in length)\b")
_RANGE = re.compile(r" ?(?:to|-|until|till) ?")
_CHUNK = re.compile(r"[;]|\.(?:\s|$)|: ")
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_NTH = re.compile(
    rf"(?i)\b(?:(?P<nth>{'|'.join(_PLACES)})|(?P<last>last|final)) (?P<what>section|part|chord|key|note)\b"
)
_RANKED = re.compile(r"(?i)\b(?P<word>longest|shortest) (?P<what>section|part|chord|note)\b")
_NONE = re.compile(r"(?i)\b(?:no|not|never|without)(?: an?| any)? ?$")
_WHAT = {"section": "structure.sections", "part": "structure.sections", "chord": "chords.segments",
         "key": "tonality.key_changes", "note": "notes.melody"}  # fmt: skip
MAX_EVENTS = 120
_EDGE_S = 0.02  # a stretch that a printed time only touches with its last half second does not sound there


@dataclass(frozen=True, slots=True)
class Entry:
    start_s: float
    end_s: float
    label: Hashable
    bars: float | None


@dataclass(slots=True)
class Group:
    """Names that stand together, and the times and bars told of them."""

    names: list[Name]
    labels: list[Hashable]
    is_ordered: bool
    times: list[Quantity] = field(default_factory=list)
    bars: list[Quantity] = field(default_factory=list)


def check_spans(case: Case) -> list[Problem]:
    """What is said of labelled stretches that no cited list bears out."""
    problems: list[Problem] = []
    lists = [(item, _entries(item)) for item in case.cited if item.name in LISTS and item.rank == 0]
    lists = [(item, entries) for item, entries in lists if entries]
    kinds = {LISTS[item.name] for item, _ in lists}
    if not lists:
        return []
    for start, end in _chunks(case):
        for kind in kinds:
            groups = _groups(case, kind, start, end)
            if groups is None:
                return [Problem("times", f"more than {MAX_EVENTS} in one sentence")]
            for group in groups:
                bound = case.bound(group.names[0].start)
                own = [entries for item, entries in lists if LISTS[item.name] == kind and case.touches(item, bound)]
                if own and not any(_group_holds(case, group, entries) for entries in own):
                    problems.append(Problem(_words(group), "no cited list has this in this place"))
    problems += _check_listed(case, lists) + _check_extremes(case, lists)
    problems += _check_back_to_front(case, lists) + _check_returns(case, lists)
    return problems + _check_places(case, lists) + _check_key_of_many(case) + _check_absence(case, lists)


def _check_listed(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
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


_NO_LONGER = re.compile(
    r"(?i)\bno (?:other )?(?P<what>section|part|chord|note) (?:is|lasts) (?P<way>longer|shorter) than (?:the )?$"
)


def _check_extremes(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
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
        if lengths.get(_label_of(case, name, name.kind), -1e9) < longest - 0.05:
            problems.append(Problem(match[0], "another one is"))
    return problems


def compares_stretches(case: Case, start: int) -> bool:
    """Whether a comparison at `start` is one of sections, chords or notes: judged here."""
    return (
        re.search(r"(?i)\bno (?:other )?(?:section|part|chord|note) (?:is|lasts) $", case.tokens.plain[:start][-40:])
        is not None
    )


def _check_back_to_front(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
    """ "G comes after D": somewhere in a list the second stands right before the first."""
    problems = []
    for one, other in pairwise(case.tokens.names):
        if one.kind != other.kind or not _BACK_TO_FRONT.fullmatch(case.tokens.text[one.end : other.start]):
            continue
        rows = [
            [entry.label for entry in _collapsed(entries)] for item, entries in lists if LISTS[item.name] == one.kind
        ]
        wanted = _label_of(case, other, one.kind), _label_of(case, one, one.kind)
        if rows and not any(wanted in pairwise(row) for row in rows):
            problems.append(Problem(f"{one.text} after {other.text}", "no cited list has them in this order"))
    return problems


def _check_returns(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
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
        if before and _SETS_IN.match(case.tokens.text, name.end):
            if not any(_near(before[-1], entry.start_s) for entry in own):
                problems.append(Problem(name.text, "does not begin there"))
    return problems


def ranks_stretch(case: Case, start: int) -> bool:
    """Whether a superlative at `start` ranks sections, chords or notes: judged here."""
    return any(match.start() == start for match in _RANKED.finditer(case.tokens.plain))


def _entries(item: Evidence) -> list[Entry]:
    found: list[tuple[float, float, Entry]] = []
    for each in item.value if isinstance(item.value, list) else []:
        if not isinstance(each, dict):
            continue
        start, end, label = finite(each.get("start_s")), finite(each.get("end_s")), _label(item, each)
        if start is not None and end is not None and label is not None:
            # Notes that begin together are told from the lowest up.
            found.append((start, finite(each.get("midi")) or 0.0, Entry(start, end, label, finite(each.get("bars")))))
    return [entry for *_, entry in sorted(found, key=lambda each: each[:2])]


def _label(item: Evidence, each: Mapping[str, Json]) -> Hashable | None:
    label = each.get("label")
    if item.kind == "note":
        midi = each.get("midi")
        return note_name(round(midi)) if isinstance(midi, int | float) else None
    if item.kind == "musical_key":
        return canonical_key(str(each.get("key")))
    if item.kind == "chord":
        return "N" if str(label) in NO_CHORD else chord_id(str(label))
    return label if isinstance(label, str) else None


def _label_of(case: Case, name: Name, kind: str) -> Hashable | None:
    if kind == "key":
        return canonical_key(name.text)
    if kind == "section":
        return name.text
    if "chords" in case.topics:
        return chord_id(name.text)
    return pitch(name.text)


def _chunks(case: Case) -> list[tuple[int, int]]:
    """Parts of the sentence, cut at semicolons, colons and stops."""
    cuts = [match.start() for match in _CHUNK.finditer(case.tokens.plain)]
    return list(zip([0, *cuts], [*cuts, len(case.tokens.plain)], strict=True))


def _groups(case: Case, kind: str, start: int, end: int) -> list[Group] | None:
    """Names with their times, in order; None when there are too many to follow."""
    names = [name for name in case.tokens.names if name.kind == kind and start <= name.start < end]
    if kind == "note" and "chords" in case.topics and "tonality" in case.topics:
        names = [name for name in names if _label_of(case, name, kind) is not None]
    told = [q for q in case.tokens.quantities if start <= q.start < end and (q.unit == "s" or q.noun == "bar")]
    if len(names) + len(told) > MAX_EVENTS:
        return None
    groups: list[Group] = []
    for name in names:
        between = case.tokens.text[groups[-1].names[-1].end : name.start] if groups else None
        label = _label_of(case, name, kind)
        joint = between is not None and len(between) < 24
        in_turn = joint and between is not None and (_ROW.fullmatch(between) or _IN_TURN.fullmatch(between))
        if groups and between is not None and (in_turn or (joint and _LIST.fullmatch(between))):
            groups[-1].names.append(name)
            groups[-1].labels.append(label)
            groups[-1].is_ordered |= bool(in_turn)
        else:
            groups.append(Group([name], [label], False))
    for group in groups:
        before = case.tokens.text[start : group.names[0].start]
        in_row = _ORDER.search(before) is not None or (kind == "section" and len(set(group.labels)) < len(group.labels))
        group.is_ordered |= len(group.names) > 1 and in_row
    _deal(groups, told)
    return groups


def _deal(groups: list[Group], told: Sequence[Quantity]) -> None:
    """Give each time to its group: to the one before it, or behind it where the times come first."""
    if not groups:
        return
    times_first = bool(told) and told[0].start < groups[0].names[0].start
    for quantity in told:
        before = [group for group in groups if group.names[-1].end <= quantity.start]
        behind = [group for group in groups if group.names[0].start >= quantity.end]
        owner = (behind[0] if behind else before[-1]) if times_first else (before[-1] if before else behind[0])
        (owner.bars if quantity.noun == "bar" else owner.times).append(quantity)


def _group_holds(case: Case, group: Group, entries: Sequence[Entry]) -> bool:
    here = case.tokens.text[max(0, group.names[0].start - 40) : group.names[0].start]
    if _NONE.search(here):
        return all(entry.label not in group.labels for entry in entries)
    collapsed = _collapsed(entries)
    windows = _windows(group, entries, collapsed)
    if group.is_ordered and not windows:
        return False
    if _OPENS.search(here) and not any(window[0] is collapsed[0] or window[0] is entries[0] for window in windows):
        return False
    if _CLOSES.search(here) and not any(window[-1].end_s >= entries[-1].end_s - 1e-6 or window[-1] is collapsed[-1]
                                        for window in windows):  # fmt: skip
        return False
    positions, lengths = _sorted_times(case, group)
    if any(not _length_holds(quantity, group, entries) for quantity in lengths):
        return False
    if len(group.labels) > 1 and not group.is_ordered:
        return _all_sound(group, positions, entries)
    return _times_hold(case, group, positions, windows)


def _collapsed(entries: Sequence[Entry]) -> list[Entry]:
    """Neighbours that are the same as one; what is no chord is left out."""
    kept: list[Entry] = []
    for entry in entries:
        if entry.label == "N":
            continue
        if kept and kept[-1].label == entry.label:
            kept[-1] = Entry(kept[-1].start_s, entry.end_s, entry.label, None)
        else:
            kept.append(entry)
    return kept


def _windows(group: Group, entries: Sequence[Entry], collapsed: Sequence[Entry]) -> list[list[Entry]]:
    """Where the group's labels stand one after the other; of a single name every entry of it."""
    found = []
    for source in (entries, collapsed):
        labels = [entry.label for entry in source]
        size = len(group.labels)
        for place in range(len(labels) - size + 1):
            if labels[place : place + size] == group.labels:
                found.append(list(source[place : place + size]))
    return found


def _sorted_times(case: Case, group: Group) -> tuple[list[Quantity], list[Quantity]]:
    """Times that are positions, and those that are lengths."""
    positions: list[Quantity] = []
    lengths: list[Quantity] = []
    for quantity in group.times:
        before = case.tokens.text[max(0, quantity.start - 20) : quantity.start]
        of_length = not quantity.clock and _RANKED.search(case.tokens.text[: quantity.start][-60:])
        is_length = of_length or _LENGTH.search(before) or _LONG.match(case.tokens.text, quantity.end)
        (lengths if is_length else positions).append(quantity)
    return positions, lengths


def _room(quantity: Quantity) -> float:
    return 0.5 + 1e-6 if quantity.clock else max(0.05, max(each.step for each in quantity.readings) / 2) + 1e-6


def _near_length(quantity: Quantity, value: float) -> bool:
    return any(abs(each.value - value) <= max(0.05, min(each.step / 2, 0.5)) + 1e-6 for each in quantity.readings)


def _near(quantity: Quantity, value: float) -> bool:
    return any(abs(each.value - value) <= _room(quantity) for each in quantity.readings)


def _length_holds(quantity: Quantity, group: Group, entries: Sequence[Entry]) -> bool:
    return any(entry.label in group.labels and _near_length(quantity, entry.end_s - entry.start_s) for entry in entries)


def _all_sound(group: Group, positions: Sequence[Quantity], entries: Sequence[Entry]) -> bool:
    """Whether all of a list sound within its times: "Between 0:30 and 1:00 I hear D, G and A"."""
    values = [each.readings[0].value for each in positions if each.readings]
    if not values:
        return True
    low, high = min(values) - 0.5, max(values) + 0.5
    return all(any(e.label == label and e.start_s < high and e.end_s > low for e in entries) for label in group.labels)


def _times_hold(case: Case, group: Group, positions: Sequence[Quantity], windows: Sequence[Sequence[Entry]]) -> bool:
    """Whether each time lies in a place of the group, and begins or ends it where the words say so."""
    if not windows:
        return not positions  # whether the name is held at all is for `check_name`
    at = 0
    bars = list(group.bars)
    while at < len(positions):
        first = positions[at]
        second = positions[at + 1] if at + 1 < len(positions) else None
        joint = case.tokens.text[first.end : second.start] if second is not None else ""
        between = case.tokens.text[max(0, first.start - 9) : first.start].casefold().endswith("between ")
        if second is not None and between and joint.strip() == "and":
            fitting = [w for w in windows if all(_overlaps(entry, first, second) for entry in w)]
            at += 2
        elif second is not None and _RANGE.fullmatch(joint):
            fitting = [w for w in windows if _near(first, w[0].start_s) and _near(second, w[-1].end_s)]
            at += 2
        else:
            before = case.tokens.text[max(0, first.start - 40) : first.start]
            onwards = case.tokens.text[first.end : group.names[0].start] if first.end <= group.names[0].start else ""
            before = f"{before}changes to at " if _TURNS.search(onwards) else before
            fitting = [w for w in windows if _position_holds(first, before, w, windows)]
            at += 1
        if not fitting:
            return False
        limit = positions[at].start if at < len(positions) else 10**9
        while bars and bars[0].start < limit:
            if not any(_bars_hold(bars[0], window) for window in fitting):
                return False
            bars.pop(0)
    return all(any(_bars_hold(each, window) for window in windows) for each in bars)


def _overlaps(entry: Entry, first: Quantity, second: Quantity) -> bool:
    """Whether an entry sounds somewhere between two times."""
    low, high = (each.readings[0].value if each.readings else 0.0 for each in (first, second))
    return entry.start_s < high + _room(second) and entry.end_s > low - _room(first)


def _position_holds(time: Quantity, before: str, window: Sequence[Entry], windows: Sequence[Sequence[Entry]]) -> bool:
    start, end = window[0].start_s, window[-1].end_s
    if re.search(r"(?i)\bfirst(?: \w+)?(?: at)? ?$", before):
        return start == min(each[0].start_s for each in windows) and _near(time, start)
    if _STARTS.search(before):
        return _near(time, start)
    if _ENDS.search(before):
        return _near(time, end)
    inside = _room(time) - (_EDGE_S if time.clock else 0.0)
    return any(start - inside <= each.value <= end + inside for each in time.readings)


def _bars_hold(quantity: Quantity, window: Sequence[Entry]) -> bool:
    bars = [entry.bars for entry in window if entry.bars is not None]
    return bool(bars) and any(abs(each.value - sum(bars)) < 1e-9 for each in quantity.readings)


def _check_places(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
    """ "The second section is B", "the longest section is A": that very entry of the list."""
    problems = []
    for match in (*_NTH.finditer(case.tokens.text), *_RANKED.finditer(case.tokens.text)):
        own = [(item, entries) for item, entries in lists if item.name == _WHAT[match["what"].casefold()]]
        names = [name for name in case.tokens.names if 0 <= gap(case, match.end(), name.start) <= 24]
        names = names or [n for n in case.tokens.names if _IS_THE.fullmatch(case.tokens.text[n.end : match.start()])]
        if not own or not names:
            continue
        item, entries = own[0]
        kind = LISTS[item.name]
        label = _label_of(case, names[0], kind) if names[0].kind == kind else None
        if not any(label == entry.label for entry in _in_place(match, entries)):
            problems.append(Problem(match[0], "another one is in this place"))
        elif "word" in match.groupdict():
            times = [q for q in case.tokens.quantities if q.start > names[0].end and q.unit == "s" and q.clock][:1]
            if times and not any(_near(times[0], entry.start_s) for entry in _in_place(match, entries)):
                problems.append(Problem(match[0], "another one is in this place"))
    return problems


_IS_THE = re.compile(r"(?i)(?: section)?,? (?:is|being|as) (?:also )?the (?:\w+ )?")


def gap(case: Case, start: int, end: int) -> int:
    """Letters between two places, the names of recordings aside; negative when the first lies behind."""
    return len(case.tokens.unnamed[start:end].replace(MASK, "")) if end >= start else -1


def _in_place(match: re.Match[str], entries: Sequence[Entry]) -> list[Entry]:
    """The entries that are meant; several where lengths tie."""
    groups = match.groupdict()
    if word := groups.get("word"):
        size = max if word.casefold() == "longest" else min
        wanted = size(entry.end_s - entry.start_s for entry in entries)
        return [entry for entry in entries if abs(entry.end_s - entry.start_s - wanted) < 0.05]
    kept = _collapsed(entries) if match["what"].casefold() in ("chord", "key") else list(entries)
    if groups.get("last"):
        return kept[-1:]
    place = _PLACES.index(match["nth"].casefold())
    return kept[place : place + 1]


_ABSENT = re.compile(
    r"(?i)\bno (?:(?P<kind>\w{3,12}) )?(?P<what>chords?|notes?|sevenths|inversions|section comes back)\b"
)


def _check_absence(case: Case, lists: Sequence[tuple[Evidence, list[Entry]]]) -> list[Problem]:
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


_MOVES = re.compile(
    r"(?i)\b(?:to|from|then|until|at|between|second|last|final|other|changes?|moves?|modulates?|first|starts?|ends?|and|in turn)\b"
)


def _check_key_of_many(case: Case) -> list[Problem]:
    """A key that only one part of several has is not the key of the whole."""
    problems = []
    for item in case.cited:
        if item.name != "tonality.key_changes" or not isinstance(item.value, list):
            continue
        keys = {entry.label for entry in _entries(item)}
        whole = {
            canonical_key(str(each.value)) for each in case.cited if each.name == "tonality.key" and each.rank == 0
        }
        for name in case.tokens.names:
            own = name.kind == "key" and canonical_key(name.text) in keys and canonical_key(name.text) not in whole
            if own and len(keys) > 1 and not _MOVES.search(case.clause(name.start, name.end).replace(name.text, "")):
                problems.append(Problem(name.text, "the key of a part, not of the whole"))
    return problems


def _words(group: Group) -> str:
    return " ".join(name.text for name in group.names[:6])
