"""Recordings in order: "none is louder than a.wav", "from longest to shortest: ...", "the fastest is a.wav, followed by b.wav"."""

from __future__ import annotations

import re
from itertools import pairwise

from ...regex import lazily
from .case import Case, Problem
from .tokens import FileName

#: Root of a comparison → the finding that settles it, and which way.
_AXES: dict[str, tuple[str, int]] = {
    "loud": ("loudness.integrated_lufs", 1), "hott": ("loudness.integrated_lufs", 1),
    "quiet": ("loudness.integrated_lufs", -1), "soft": ("loudness.integrated_lufs", -1),
    "fast": ("rhythm.tempo_bpm", 1), "quick": ("rhythm.tempo_bpm", 1), "slow": ("rhythm.tempo_bpm", -1),
    "long": ("facts.duration_s", 1), "short": ("facts.duration_s", -1), "bright": ("spectrum.centroid_hz", 1),
    "dark": ("spectrum.centroid_hz", -1), "more dynamic": ("loudness.range_lu", 1),
    "most dynamic": ("loudness.range_lu", 1), "less dynamic": ("loudness.range_lu", -1),
    "least dynamic": ("loudness.range_lu", -1),
}  # fmt: skip
_ROOTS = r"loud|hott|quiet|soft|fast|quick|slow|long|short|bright|dark"
_NONE = lazily(
    rf"(?i)\b(?:none|nothing|neither|no (?:other )?(?:one|file|recording|track|song|piece))(?: of (?:them|the \w+))? (?:is|are|runs|plays|lasts)"
    rf" (?P<how>(?:{_ROOTS})er|(?:more|less) dynamic) than [\"']?$"
)
_FROM_TO = lazily(
    rf"(?i)\bfrom (?:the )?(?P<first>(?:{_ROOTS})est|(?:most|least) dynamic) to (?:the )?(?P<last>(?:{_ROOTS})est|(?:most|least) dynamic)\b"
)
_MOST = lazily(rf"(?i)\b(?P<how>(?:{_ROOTS})est|(?:most|least) dynamic)\b")
_NEXT = lazily(
    r"(?i)^[\s\"',]*(?:\([^()]{0,40}\))?[\s\"',]*(?:(?:and |is |are )?(?:followed by|ahead of|then(?: comes?)?|before|next comes?|comes before)|>)[\s\"']*$"
)
_BETWEEN = lazily(r"(?i)[\s\"']*(?:lies|sits|is|falls|comes|ranks|lands)(?: \w+)? (?:in )?between [\"']?")
_AND = lazily(r"(?i)^[\s\"',]*(?:\([^()]{0,40}\))?[\s\"',]*(?:and|,|, and|then|and then|&)?[\s\"']*$")


def is_order(case: Case, start: int) -> bool:
    """Whether a word of comparison at `start` is judged here."""
    found = [match.span() for match in _FROM_TO.finditer(case.tokens.plain)]
    found += [match.span() for _, match in _nones(case)]
    return any(begin <= start < end for begin, end in found)


def check_orders(case: Case) -> list[Problem]:
    """Every row of recordings that the cited evidence does not put in that order."""
    problems = []
    for name, match in _nones(case):
        axis, sign = _axis(match["how"])
        own = _value(case, axis, name)
        others = [value for each in case.subjects if (value := case.held_value(each, (axis,))) is not None]
        if own is None or len(others) < 2 or any((value - own) * sign > 1e-9 for value in others):
            problems.append(Problem(match[0], "the cited evidence does not bear this comparison out"))
    problems += _check_between(case)
    for match in _FROM_TO.finditer(case.tokens.plain):
        first, last = _axis(match["first"]), _axis(match["last"])
        files = [name for name in case.tokens.files if name.start >= match.end()]
        if first[0] != last[0] or first[1] == last[1] or len(files) < 2 or not _falls(case, files, *first):
            problems.append(Problem(match[0], "the cited evidence does not bear this order out"))
    for match in _MOST.finditer(case.tokens.plain):
        row = _row(case, match.end())
        if len(row) > 1 and not is_order(case, match.start()) and not _falls(case, row, *_axis(match["how"])):
            problems.append(Problem(match[0], "the cited evidence does not bear this order out"))
    return problems


def _check_between(case: Case) -> list[Problem]:
    """ "b.wav lies between a.wav and c.wav": by what all three were measured for."""
    problems = []
    files = [name for name in case.tokens.files if name.subjects]
    names = {item.name for item in case.cited if item.rank == 0 and isinstance(item.value, int | float)}
    for at, name in enumerate(files[:-2]):
        if not _BETWEEN.fullmatch(case.tokens.text[name.end : files[at + 1].start]):
            continue
        rows = [[case.held_value(each.subjects[0], (axis,)) for each in files[at : at + 3]] for axis in names]
        known = [row for row in rows if None not in row]
        if known and not any(min(row[1], row[2]) <= row[0] <= max(row[1], row[2]) for row in known):  # type: ignore[type-var, operator]
            problems.append(Problem(f"{name.text} between", "the cited evidence puts another between them"))
    return problems


def _nones(case: Case) -> list[tuple[FileName, re.Match[str]]]:
    plain = case.tokens.plain
    found = [(name, _NONE.search(plain, max(0, name.start - 90), name.start)) for name in case.tokens.files]
    return [(name, match) for name, match in found if match is not None]


def _axis(word: str) -> tuple[str, int]:
    lower = word.casefold()
    return _AXES[lower if "dynamic" in lower else re.sub(r"(?:er|est)$", "", lower)]


def _value(case: Case, axis: str, name: FileName) -> float | None:
    return case.held_value(name.subjects[0], (axis,)) if name.subjects else None


def _falls(case: Case, files: list[FileName], axis: str, sign: int) -> bool:
    values = [_value(case, axis, name) for name in files]
    known = [value * sign for value in values if value is not None]
    return len(known) == len(values) and all(one > other - 1e-9 for one, other in pairwise(known))


def _row(case: Case, start: int) -> list[FileName]:
    """Recordings that follow each other behind a superlative: "the longest is a.wav, followed by b.wav and c.wav"."""
    plain = case.tokens.plain
    row: list[FileName] = []
    for name in case.tokens.files:
        if name.start < start:
            continue
        between = plain[row[-1].end if row else start : name.start].replace("\x01", "")
        if not row and len(between) > 40:
            break
        if len(row) == 1 and not _NEXT.match(between):
            break
        if len(row) > 1 and not (_NEXT.match(between) or _AND.match(between)):
            break
        row.append(name)
    return row
