"""Do chords, sections, keys and notes stand where a sentence puts them: at that time, in that order, so long?

A time belongs to the name before it, or, where a sentence puts its times first ("At 1:05 it is Bm"), to the name
behind it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from ...regex import lazily
from .case import Case, Problem
from .places import (
    RANKED,
    check_absence,
    check_back_to_front,
    check_extremes,
    check_key_of_many,
    check_listed,
    check_places,
    check_returns,
)
from .stretches import EDGE_S, LISTS, Entry, collapsed, entries_of, is_near, label_of, near_length, room
from .tokens import Name, Quantity

_ROW = lazily(r" ?(?:->|-|\||→)+ ?")
_LIST = lazily(r"(?i)[ ,]*(?:and|or|then|,)?[ ,]*")
_IN_TURN = lazily(
    r"(?i)[ ,]*(?:(?:is|are) )?(?:\b(?:then|followed by|to|into|after that|and then|leads? to|moves? to|goes to"
    r"|resolves? to|gives way to)\b)[ ,]*"
)
_TURNS = lazily(
    r"(?i)\b(?:becomes?|(?:changes?|turns?|moves?|goes|switches|modulates?|shifts?|resolves?) (?:in)?to)(?: the chord| an?)? ?$"
)
_ORDER = lazily(
    r"(?i)\b(?:go(?:es)?|cycles?|loops?|repeats?|progression|sequence|in order|in turn|opening|begins?|starts?|runs?)\b"
)
_EDGE = r"(?: (?:on|with|in|off with))?(?: (?:the|an?))?(?: (?:notes?|chords?|key of|section))? ?$"
_OPENS = lazily(rf"(?i)\b(?:begins?|starts?|opens?){_EDGE}")
_CLOSES = lazily(rf"(?i)\b(?:ends?|closes?|finishes){_EDGE}")
_STARTS = lazily(
    r"(?i)\b(?:starts?|begins?|starting|beginning|enters?|first|sets in|kicks in|arrives?|lands|from|(?:changes?|moves?) (?:to [^,;]{1,20} )?"
    r"|then|comes? in)(?: again)?(?: at)? ?$"
)
_ENDS = lazily(r"(?i)\b(?:until|till|ends?|ending|up to|stops?|finishes)(?: at)? ?$")
_LENGTH = lazily(
    r"(?i)\b(?:lasts?|for|takes|length of|length is|runs for|duration of)(?: (?:about|roughly|around|some|approximately|nearly))? ?$"
)
_LONG = lazily(r"(?i) (?:long|in length)\b")
_RANGE = lazily(r" ?(?:to|-|until|till) ?")
_CHUNK = lazily(r"[;]|\.(?:\s|$)|: ")
_NONE = lazily(r"(?i)\b(?:no|not|never|without)(?: an?| any)? ?$")
MAX_EVENTS = 120


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
    lists = [(item, entries_of(item)) for item in case.cited if item.name in LISTS and item.rank == 0]
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
    problems += check_listed(case, lists) + check_extremes(case, lists)
    problems += check_back_to_front(case, lists) + check_returns(case, lists)
    return problems + check_places(case, lists) + check_key_of_many(case) + check_absence(case, lists)


def _chunks(case: Case) -> list[tuple[int, int]]:
    """Parts of the sentence, cut at semicolons, colons and stops."""
    cuts = [match.start() for match in _CHUNK.finditer(case.tokens.plain)]
    return list(zip([0, *cuts], [*cuts, len(case.tokens.plain)], strict=True))


def _groups(case: Case, kind: str, start: int, end: int) -> list[Group] | None:
    """Names with their times, in order; None when there are too many to follow."""
    names = [name for name in case.tokens.names if name.kind == kind and start <= name.start < end]
    if kind == "note" and "chords" in case.topics and "tonality" in case.topics:
        names = [name for name in names if label_of(case, name, kind) is not None]
    told = [q for q in case.tokens.quantities if start <= q.start < end and (q.unit == "s" or q.noun == "bar")]
    if len(names) + len(told) > MAX_EVENTS:
        return None
    groups: list[Group] = []
    for name in names:
        between = case.tokens.text[groups[-1].names[-1].end : name.start] if groups else None
        label = label_of(case, name, kind)
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
    merged = collapsed(entries)
    windows = _windows(group, entries, merged)
    if group.is_ordered and not windows:
        return False
    if _OPENS.search(here) and not any(window[0] is merged[0] or window[0] is entries[0] for window in windows):
        return False
    if _CLOSES.search(here) and not any(window[-1].end_s >= entries[-1].end_s - 1e-6 or window[-1] is merged[-1]
                                        for window in windows):  # fmt: skip
        return False
    positions, lengths = _sorted_times(case, group)
    if any(not _length_holds(quantity, group, entries) for quantity in lengths):
        return False
    if len(group.labels) > 1 and not group.is_ordered:
        return _all_sound(group, positions, entries)
    return _times_hold(case, group, positions, windows)


def _windows(group: Group, entries: Sequence[Entry], merged: Sequence[Entry]) -> list[list[Entry]]:
    """Where the group's labels stand one after the other; of a single name every entry of it."""
    found = []
    for source in (entries, merged):
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
        of_length = not quantity.clock and RANKED.search(case.tokens.text[: quantity.start][-60:])
        is_length = of_length or _LENGTH.search(before) or _LONG.match(case.tokens.text, quantity.end)
        (lengths if is_length else positions).append(quantity)
    return positions, lengths


def _length_holds(quantity: Quantity, group: Group, entries: Sequence[Entry]) -> bool:
    return any(entry.label in group.labels and near_length(quantity, entry.end_s - entry.start_s) for entry in entries)


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
            fitting = [w for w in windows if is_near(first, w[0].start_s) and is_near(second, w[-1].end_s)]
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
    return entry.start_s < high + room(second) and entry.end_s > low - room(first)


def _position_holds(time: Quantity, before: str, window: Sequence[Entry], windows: Sequence[Sequence[Entry]]) -> bool:
    start, end = window[0].start_s, window[-1].end_s
    if re.search(r"(?i)\bfirst(?: \w+)?(?: at)? ?$", before):
        return start == min(each[0].start_s for each in windows) and is_near(time, start)
    if _STARTS.search(before):
        return is_near(time, start)
    if _ENDS.search(before):
        return is_near(time, end)
    inside = room(time) - (EDGE_S if time.clock else 0.0)
    return any(start - inside <= each.value <= end + inside for each in time.readings)


def _bars_hold(quantity: Quantity, window: Sequence[Entry]) -> bool:
    bars = [entry.bars for entry in window if entry.bars is not None]
    return bool(bars) and any(abs(each.value - sum(bars)) < 1e-9 for each in quantity.readings)


def _words(group: Group) -> str:
    return " ".join(name.text for name in group.names[:6])
