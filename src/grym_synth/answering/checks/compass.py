"""The range of notes: lowest and highest, what lies between, how wide it is, and which of two notes is the higher."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ...messages import Evidence
from ...regex import lazily
from .case import Case, Problem
from .intervals import check_width, found, height, midi_of
from .names import pitch
from .stretches import gap
from .tokens import Name

_EXTREME = lazily(
    r"(?i)\b(?:(?P<low>lowest|deepest|bottom|bottoms out at|goes down to|starts from)"
    r"|(?P<high>highest|top|tops out at|peaks at|goes up to))(?: note| pitch| one)?\b"
)
_NAMED = lazily(r"(?i)(?: note| pitch| one)?(?:,? (?:is|being|lies at|at|of)|:)? ?(?:an? )?")
_FROM_TO = lazily(r"(?i) ?(?:to|up to|-|and|through) ?")
_EDGE = lazily(
    r"(?i)\b(?:nothing|no note|it never|never|none)(?: (?:goes|lies|is|sounds|comes|falls|climbs|rises))? (?P<way>above|below) $"
)
_HIGHER = lazily(r"(?i)\b(?:(?P<up>above|higher than)|(?P<down>below|lower than|under))(?: the note)? ?$")


def check_compass(case: Case) -> list[Problem]:
    """Every such statement that the cited notes do not bear out."""
    notes = [name for name in case.tokens.names if name.kind == "note"]
    problems = _check_higher(case, notes)
    if not {"notes.lowest", "notes.highest"} & case.names:
        return problems
    return [*problems, *_check_extremes(case, notes), *_check_from_to(case, notes), *check_width(case)]


def _check_extremes(case: Case, notes: Sequence[Name]) -> list[Problem]:
    """ "The lowest note is A2", "it tops out at E5", "nothing goes above E5": the note of the finding."""
    problems = []
    for match in _EXTREME.finditer(case.tokens.plain):
        held = found(case, "notes.lowest" if match["low"] else "notes.highest", match.start())
        behind = [name for name in notes if name.start >= match.end()][:1]
        beside = [name for name in behind if _NAMED.fullmatch(case.tokens.text[match.end() : name.start])]
        beside = beside or [name for name in notes if 0 <= match.start() - name.end <= 8]
        beside = beside or [name for name in notes if 0 <= gap(case, match.end(), name.start) <= 24]
        if held is None and beside:
            problems.append(Problem(match[0], "no cited finding tells this"))
        elif held is not None and beside and not _same_pitch(beside[0], held):
            problems.append(Problem(match[0], "another note is in this place"))
    for name in notes:
        edge = _EDGE.search(case.tokens.plain[max(0, name.start - 40) : name.start])
        extreme = found(
            case, "notes.highest" if edge and edge["way"].casefold() == "above" else "notes.lowest", name.start
        )
        stated, held_at = height(pitch(name.text)), midi_of(extreme)
        if edge is not None and stated is not None and held_at is not None:
            beyond = held_at > stated if edge["way"].casefold() == "above" else held_at < stated
            if beyond:
                problems.append(Problem(name.text, "a cited note lies beyond"))
    return problems


def _check_from_to(case: Case, notes: Sequence[Name]) -> list[Problem]:
    """ "From A2 to E5": the lowest first."""
    for one, other in pairwise(notes):
        low, high = found(case, "notes.lowest", one.start), found(case, "notes.highest", one.start)
        joined = _FROM_TO.fullmatch(case.tokens.text[one.end : other.start])
        listed = any(item.name in ("notes.notes", "notes.melody") for item in case.cited)
        if joined and low and high and not listed and not (_same_pitch(one, low) and _same_pitch(other, high)):
            return [Problem(f"{one.text} to {other.text}", "not the lowest and the highest note")]
    return []


def _check_higher(case: Case, notes: Sequence[Name]) -> list[Problem]:
    """ "E4 lies a fifth above A3": of two notes with octaves, which is the higher."""
    problems = []
    for one, other in pairwise(notes):
        between = case.tokens.text[one.end : other.start]
        match = _HIGHER.search(between)
        low, high = height(pitch(one.text)), height(pitch(other.text))
        if match is None or len(between) > 60 or low is None or high is None or re.search(r"[;.]|\bnot\b", between):
            continue
        if (low > high) != (match["up"] is not None):
            problems.append(Problem(f"{one.text}{between}{other.text}", "these notes lie the other way"))
    return problems


def _same_pitch(name: Name, item: Evidence) -> bool:
    return isinstance(item.value, str) and pitch(name.text) == pitch(item.value)
