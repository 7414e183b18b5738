"""Bands of the spectrum beside each other: "more energy in the bass than in the mids", "the bass is stronger"."""

from __future__ import annotations

import re

from ...messages import Json
from ...regex import lazily
from ..words.phrasing import finite
from .case import Case, Problem
from .qualifiers import BAND_WORDS

_MORE_IN = lazily(r"(?i)\b(?P<way>more|less) (?:of (?:the|its) )?(?:energy|power|level|weight)\b")
_STRONGER = lazily(
    r"(?i)\b(?:(?P<up>stronger|louder|heavier|hotter|more prominent)|(?P<down>weaker|quieter|softer|fainter|less prominent)) than\b"
)
_NOT = lazily(r"(?i)(?:\b(?:not|no|never)|n't)(?: \w+){0,2} $")


def levels_of(value: Json) -> dict[str, float]:
    """The level of each band of a finding."""
    found = {} if not isinstance(value, dict) else {name: finite(level) for name, level in value.items()}
    return {name: level for name, level in found.items() if level is not None}


def bands_in(case: Case, start: int, end: int) -> list[str]:
    """The bands that the sentence names between two places."""
    text = case.tokens.plain[start:end]
    found = [
        (hit.start(), name) for name, words in BAND_WORDS.items() for hit in re.finditer(rf"(?i)\b(?:{words})", text)
    ]
    return [name for _, name in sorted(found)]


_REGIONS = (
    (r"treble|highs?|top[- ]end|high[- ]end|upper[- ]end", ("high_mid", "presence", "brilliance")),
    (r"lows?|low[- ]end|bottom[- ]end|lower[- ]end", ("sub", "bass", "low_mid")),
)


def region_before(case: Case, start: int) -> tuple[str, ...] | None:
    """The bands of a region that is named right before: "treble", "the low end"."""
    before = case.tokens.plain[max(0, start - 24) : start]
    return next(
        (names for words, names in _REGIONS if re.search(rf"(?i)\b(?:{words})(?: energy| range| content)? $", before)),
        None,
    )


def compares_bands(case: Case, start: int) -> bool:
    """Whether a comparison at `start` is one of bands: judged here."""
    return any(match.start() == start for match, _, _ in _compared(case))


def check_bands(case: Case) -> list[Problem]:
    """Comparisons of two bands that the cited levels do not bear out."""
    problems = []
    for match, one, other in _compared(case):
        up = match.groupdict().get("up") is not None or (match.groupdict().get("way") or "").casefold() == "more"
        denied = _NOT.search(case.tokens.plain[max(0, match.start() - 20) : match.start()]) is not None
        for item in case.by_name("spectrum.bands_db"):
            levels = levels_of(item.value)
            if one not in levels or other not in levels or ((levels[one] > levels[other]) == up) == denied:
                problems.append(Problem(match[0], "the cited bands lie the other way"))
    return problems


def _compared(case: Case) -> list[tuple[re.Match[str], str, str]]:
    """Words of comparison with the band that is spoken of and the one that it is held against."""
    if "spectrum.bands_db" not in case.names:
        return []
    plain, found = case.tokens.plain, []
    for match in _MORE_IN.finditer(plain):
        than = plain.find(" than ", match.end(), match.end() + 60)
        first, second = bands_in(case, match.end(), than), bands_in(case, than, than + 40)
        first = (
            first or bands_in(case, max(0, match.start() - 60), match.start())[-1:]
        )  # "the bass has more energy than"
        if than >= 0 and first and second:
            found.append((match, first[0], second[0]))
    for match in _STRONGER.finditer(plain):
        first, second = (
            bands_in(case, max(0, match.start() - 60), match.start()),
            bands_in(case, match.end(), match.end() + 40),
        )
        if first and second:
            found.append((match, first[-1], second[0]))
    return found
