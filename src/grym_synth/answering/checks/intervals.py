"""How wide the cited range of notes is, in semitones and by name."""

from __future__ import annotations

from ...messages import Evidence
from ...regex import lazily
from ...theory.pitch import parse_note
from .case import Case, Problem
from .tokens import Quantity

#: What an interval is called, within an octave, in semitones.
_SIZES = {
    "minor second": 1, "major second": 2, "minor third": 3, "major third": 4, "perfect fourth": 5, "fourth": 5,
    "tritone": 6, "perfect fifth": 7, "fifth": 7, "minor sixth": 8, "major sixth": 9, "minor seventh": 10,
    "major seventh": 11,
}  # fmt: skip
_WIDTH = lazily(
    r"(?i)(?:\b(?P<octaves>an?|one|two|three|four|five|\d) (?P<octave>octaves?)"
    rf"(?: and (?:an? )?(?P<rest>{'|'.join(sorted(_SIZES, key=len, reverse=True))}))?|\ba (?P<alone>{'|'.join(_SIZES)}))\b"
)
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_SPANS = lazily(r"(?i)\b(?:range|ranges|compass|ambitus|spans?|covers?|wide|width|from|reach(?:es)?)\b")


def semitones_hold(case: Case, quantity: Quantity) -> bool:
    """Whether a number of semitones is the width of the cited range."""
    width = _width(case)
    words = _SPANS.search(case.clause(quantity.start, quantity.end)) is not None
    return words and width is not None and any(abs(each.value - width) < 1e-9 for each in quantity.readings)


def width_named(case: Case, start: int, end: int) -> bool:
    """Whether a name ("perfect fifth") stands in words that tell how wide the cited range is."""
    return _width(case) is not None and any(
        m.start() <= start and end <= m.end() for m in _WIDTH.finditer(case.tokens.text)
    )


def midi_of(item: Evidence | None) -> int | None:
    return height(item.value) if item is not None and isinstance(item.value, str) else None


def height(text: str) -> int | None:
    note = parse_note(text)
    return None if note is None else note.midi


def found(case: Case, name: str, start: int) -> Evidence | None:
    bound = case.bound(start)
    return next((i for i in case.cited if i.name == name and i.rank == 0 and case.touches(i, bound)), None)


def _width(case: Case) -> int | None:
    low, high = (midi_of(found(case, name, 0)) for name in ("notes.lowest", "notes.highest"))
    return None if low is None or high is None else high - low


def check_width(case: Case) -> list[Problem]:
    """ "It spans an octave and a fifth": from the lowest to the highest."""
    width = _width(case)
    problems = []
    for match in _WIDTH.finditer(case.tokens.text):
        if width is None or not _SPANS.search(case.clause(match.start(), match.end())):
            continue
        octaves = 0 if match["alone"] else _COUNTS.get(match["octaves"].casefold(), 0) or int(match["octaves"])
        rest = (match["alone"] or match["rest"] or "").casefold()
        if 12 * octaves + _SIZES.get(rest, 0) != width:
            problems.append(Problem(match[0], "the cited notes lie otherwise"))
    return problems
