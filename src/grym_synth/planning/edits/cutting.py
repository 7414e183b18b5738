"""Parts in words: "cut the first 3 seconds", "keep 0:30 to 1:00", "drop everything after 2:10"."""

from __future__ import annotations

from ...audio.editing.grammar import parse
from ...audio.editing.operations import Slice, Trim
from ...audio.editing.telling import tell_length
from ...audio.editing.wording import canonical, clock
from .amounts import format_of
from .clauses import Clause
from .tokens import Token
from .wish import Draft

_GRID = frozenset(
    """parts part pieces equal teile parties partes parti delar grid notes quarter quarters eighth eighths sixteenth
    noten viertel achtel sixteenths negras corcheas noires croches""".split()
)
_OF_ALL = (
    "REVERSE", "PITCH", "NORMALISE", "LOUDER", "SOFTER", "SLOWER", "FASTER", "STRETCH", "UP", "DOWN", "GAIN",
)  # fmt: skip
_CUTS = ("CUT", "KEEP", "CROP", "ONLY", "EXCEPT", "SAVE", "CONVERT", "WITHOUT", "FADE")
_LATER = ("AFTER", "SINCE")
_EARLIER = ("UNTO_BEFORE", "UNTIL")
_MIDDLE = (
    "I cannot take a part out of the middle yet, only keep one part: make two files, one up to {} and one from {} on, "
    "and join them."
)


def read_slices(clause: Clause, draft: Draft) -> None:
    """ "chop it at the hits", "zerlege es in einzelne Schläge"; other places to cut at are refused."""
    hits = clause.has("HITS")
    cuts = clause.places("SLICE", "CUT") if hits and not clause.has("FIRST", "LAST") else clause.places("SLICE")
    if not cuts or clause.has("FADE") or any(op == canonical(Slice()) for _, op in draft.wants):
        return
    if any(token.unit == "bar" or token.folded in _GRID for token in clause.tokens):
        clause.take(*clause.free("quantity"), *clause.free("number"))
        draft.refuse("I can cut it at its onsets, a file for each hit, and not at bars, beats or equal parts yet.")
        return
    if hits or not _has_times(clause):
        if not hits and not any(token.concepts & {"SLICE"} and "CUT" not in token.concepts for token in clause.tokens):
            return  # "chop the tail off" speaks of a part
        draft.want(clause.first + cuts[0], canonical(Slice()))


def _has_times(clause: Clause) -> bool:
    kinds = [token for token in clause.tokens if token.kind in ("clock", "edge", "range")]
    return bool(kinds) or any(token.kind == "quantity" and token.unit == "s" for token in clause.tokens)


def read_cuts(clause: Clause, draft: Draft) -> None:
    """The part that is kept, from every time in the clause that nothing else has taken."""
    if _is_of_a_part(clause):
        clause.take(*clause.free("edge"), *clause.free("range", "s"))
        draft.refuse(
            "I do that to all of a recording, not to a part of it yet: keep the part first, in a file of its own."
        )
        return
    removed: dict[str, float] = {}
    place = -1
    if (part := _part_from(clause)) is not None:
        _want(clause, 0, part, draft)
    times = clause.free("edge") + clause.free("range", "s") + clause.free("clock") + clause.free("quantity", "s")
    if clause.has("CUT", "KEEP", "CROP"):
        times += clause.free("change", "")  # "trim 30-60"
    for at in sorted(times):
        token = clause.tokens[at]
        found = _trim_at(clause, at, draft)
        if isinstance(found, Trim):
            _want(clause, at, found, draft)
        elif found:
            for side in ("first", "last") if found == "both" else (found,):
                removed[side] = token.value
            place = at if place < 0 else place
        else:
            continue
        clause.take(at)
    _take_bare_numbers(clause, removed)
    if removed:
        last = removed.get("last")
        trim = Trim(removed.get("first", 0.0), None if last is None else -last)
        _want(clause, place, trim, draft)


def _is_of_a_part(clause: Clause) -> bool:
    """ "reverse the last 8 seconds": what works on all of a sound, and a part that is not to be cut out before."""
    parts = clause.free("edge") + clause.free("range", "s")
    gives = any("GIVE" in token.concepts and "MAKE" not in token.concepts for token in clause.tokens)
    return bool(parts) and clause.has(*_OF_ALL) and not clause.has(*_CUTS) and not gives


def _want(clause: Clause, place: int, trim: Trim, draft: Draft) -> None:
    """One more part; without a "then" its times are those of the whole, as are the times of the part before."""
    if clause.is_later or not draft.wants or not draft.wants[-1][1].startswith("trim="):
        draft.want(clause.first + place, canonical(trim))
        return
    before, op = draft.wants[-1]
    (earlier,) = parse([op])
    joined = _within(earlier, trim) if isinstance(earlier, Trim) else None
    if joined is None:
        draft.ask("I keep one part of a recording, and two are named: which of them?")
    else:
        draft.wants[-1] = (before, canonical(joined))


def _within(one: Trim, other: Trim) -> Trim | None:
    """The part that begins as one of them says and ends as the other does; None where both say the same end."""
    if one.end_s is None and other.start_s == 0.0:
        joined = Trim(one.start_s, other.end_s)
    elif other.end_s is None and one.start_s == 0.0:
        joined = Trim(other.start_s, one.end_s)
    else:
        return None
    is_empty = joined.end_s is not None and 0.0 < joined.end_s <= joined.start_s
    return None if is_empty else joined


def _part_from(clause: Clause) -> Trim | None:
    """ "30 seconds from 1:00", "from 1:00 for 30 seconds": a length that begins at a time."""
    times, lengths = clause.free("clock"), clause.free("quantity", "s")
    if len(times) != 1 or len(lengths) != 1 or clause.has("CUT", "FADE", "STOP") or clause.free("edge"):
        return None
    if not clause.before(times[0], "SINCE", "AT", "START"):
        return None
    clause.take(*times, *lengths)
    start = clause.tokens[times[0]].value
    return Trim(start, start + clause.tokens[lengths[0]].value)


def _take_bare_numbers(clause: Clause, removed: dict[str, float]) -> None:
    """ "3 seconds at the start and 5 at the end": the 5 are seconds too."""
    for at in clause.free("number") if removed else ():
        side = _side(clause, at)
        if side in ("first", "last") and side not in removed and clause.tokens[at].value > 0.0:
            removed[side] = clause.tokens[at].value
            clause.take(at)


def _trim_at(clause: Clause, at: int, draft: Draft) -> Trim | str:
    """The part that a time leaves; or the end it is taken off, "first", "last" or "both"; "" once that is asked."""
    token = clause.tokens[at]
    if token.kind in ("range", "change"):
        return _trim_range(clause, at, draft)
    is_removed = _is_removed(clause, at)
    if token.kind == "edge":
        if is_removed is None:
            return ""
        if clause.before(at, *_LATER, *_EARLIER):
            return _beyond_edge(clause, at, removed=is_removed)
        if is_removed:
            return token.text
        return Trim(0.0, token.value) if token.text == "first" else Trim(-token.value)
    if clause.before(at, *_LATER, reach=2):
        return _part(token.value, None, removed=bool(is_removed))
    if clause.before(at, *_EARLIER, reach=2):
        return _part(0.0, token.value, removed=bool(is_removed))
    if token.kind == "clock" or clause.has("STOP"):
        return _trim_clock(clause, at, draft, removed=is_removed)
    return _trim_length(clause, at, draft, removed=is_removed)


def _is_removed(clause: Clause, at: int) -> bool | None:
    """Whether what a time names goes, or is what stays; None: neither is said."""
    cuts = clause.has("CUT", "SHORTEN") or clause.before(at, "WITHOUT", reach=4)
    keeps = clause.has("KEEP") or _is_aimed(clause, at)
    flips = clause.has("EXCEPT") and any(place < at for place in clause.places("EXCEPT"))
    if cuts or keeps:
        return (cuts and not keeps) != flips
    if clause.before(at, "WITHOUT", reach=4):
        return True
    has_form = any(format_of(token) for token in clause.tokens)
    gives = clause.has("ONLY", "GIVE", "CONVERT", "SAVE", "CROP", "MAKE") or has_form or len(clause.tokens) <= 3
    return False if gives else None


def _is_aimed(clause: Clause, at: int) -> bool:
    """ "trim to ...", "kürze auf ..."; the "a" of Romance languages is no aim: "a los primeros"."""
    return clause.before(at, "TO", reach=2)


def _trim_range(clause: Clause, at: int, draft: Draft) -> Trim | str:
    token = clause.tokens[at]
    start, end = token.value, token.second
    if end is not None and end <= start:
        clause.take(at)
        draft.ask(f"{token.text!r} would end before it begins: which part do you mean?")
        return ""
    is_removed = _is_removed(clause, at)
    if not is_removed or (clause.has("CROP") and not clause.has("CUT_OUT", "EXCEPT")):
        return Trim(start, end)
    if start == 0.0 and end is not None:
        return Trim(end)
    if end is None:
        return Trim(0.0, start)
    clause.take(at)
    if clause.has("CUT_OUT", "EXCEPT") or clause.before(at, "WITHOUT"):
        draft.refuse(_MIDDLE.format(clock(start), clock(end)))
    else:
        told = f"{clock(start)} to {clock(end)}"
        draft.ask(f'Keep {told}, or take it out? Say "keep {told}" or "remove {told}".')
    return ""


def _beyond_edge(clause: Clause, at: int, *, removed: bool) -> Trim:
    """ "everything after the first 30 s", "all before the last 8 s"."""
    token = clause.tokens[at]
    later = clause.before(at, *_LATER)
    if token.text == "first":
        return Trim(0.0, token.value) if later == removed else Trim(token.value)
    return Trim(-token.value) if later != removed else Trim(0.0, -token.value)


def _part(start: float, end: float | None, *, removed: bool) -> Trim:
    """From `start` on, or up to `end`; or what is left without that."""
    if end is None:
        return Trim(0.0, start) if removed else Trim(start)
    return Trim(end) if removed else Trim(0.0, end)


def _trim_clock(clause: Clause, at: int, draft: Draft, *, removed: bool | None) -> Trim | str:
    token = clause.tokens[at]
    if clause.has("STOP") or (clause.has("END") and clause.before(at, "AT", "TO")):
        return Trim(0.0, token.value)
    if clause.has("START") and clause.before(at, "AT", "TO"):
        return Trim(token.value)
    if removed and clause.before(at, "AT", reach=2):
        return Trim(0.0, token.value)
    if removed is False and _is_aimed(clause, at) and clause.has("KEEP", "CROP", "CUT"):
        return Trim(0.0, token.value)
    clause.take(at)
    draft.ask(f'What shall happen at {token.text}? Say which part to keep, as in "keep 0:00 to {token.text}".')
    return ""


def _trim_length(clause: Clause, at: int, draft: Draft, *, removed: bool | None) -> Trim | str:
    """A length: off an end, or what is left when it is cut down to that."""
    seconds = clause.tokens[at].value
    side, told = _side(clause, at), tell_length(seconds)
    if removed and side:
        return side
    if _is_aimed(clause, at) or clause.has("LONG", "LENGTH"):
        if clause.has("CUT", "KEEP", "CROP") and not clause.has("SHORTEN", "LONG"):
            return Trim(0.0, seconds)
        draft.ask(
            f"Keep the first {told}, or stretch all of it to {told}? "
            f'Say "keep the first {told}" or "stretch it to {told}".'
        )
    elif removed:
        draft.ask(f'Cut {told} off which end? Say "cut the first {told}" or "cut the last {told}".')
    elif side and removed is False:
        return Trim(0.0, seconds) if side == "first" else Trim(-seconds)
    elif clause.has("KEEP", "ONLY", "GIVE", "MAKE"):
        draft.ask(f'Which {told}? Say for example "keep the first {told}", or from when to when.')
    else:
        return ""
    clause.take(at)
    return ""


def _side(clause: Clause, at: int) -> str:
    """The end that is named in the same part as a length."""
    part = [clause.tokens[place] for place in clause.part_of(at)]
    if any(_is_both(token) for token in part):
        return "both"
    starts = any("START" in token.concepts for token in part)
    ends = any("END" in token.concepts for token in part)
    return "both" if starts and ends else "first" if starts else "last" if ends else ""


def _is_both(token: Token) -> bool:
    return "BOTH" in token.concepts
