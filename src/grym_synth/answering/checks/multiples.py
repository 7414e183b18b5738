"""Distances and ratios of two recordings: "2 LU above b.wav", "twice as fast", "double the length", "in favour of"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...regex import lazily
from .case import Case, Problem
from .entities import AXES, Entity, entities_in, implied_value, is_negated, measures_of, value_of

_AS = (("fast", "tempo"), ("slow", "tempo"), ("long", "duration"), ("loud", "loudness"), ("bright", "brightness"))
MAX_COMPARISONS = 50
_DISTANCE = lazily(
    r"(?i) (?:(?P<up>above|over|ahead of|more than)|(?P<down>below|under|behind|less than)) [\"']?(?=\x01)"
)
_DISTANCE_AXES = {"LU": "loudness", "BPM": "tempo", "s": "duration", "Hz": "brightness"}


def check_distances(case: Case) -> list[Problem]:
    """ "2.1 LU above b.wav": of two recordings, which is the greater."""
    problems = []
    for quantity in case.tokens.quantities:
        match = _DISTANCE.match(case.tokens.plain, quantity.end)
        other = next((name for name in case.tokens.files if match and name.start == match.end()), None)
        if match is None or other is None or not other.subjects:
            continue
        if quantity.unit == "s" and "compare.alignment_s" in case.names:
            continue  # see `compared`
        axis = _DISTANCE_AXES.get(quantity.unit, "height")
        against = Entity(other.start, other.end, "file", other.subjects[0])
        before = [name for name in case.tokens.files if name.end <= quantity.start and name.subjects]
        one = case.held_value(before[-1].subjects[0], AXES[axis]) if before else implied_value(case, axis, against)
        value = value_of(case, axis, against)
        if one is None or value is None or (one > value) != bool(match["up"]):
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this comparison out"))
    return problems


_PLACE = lazily(
    r"(?i)\b(?:is|sits|lies|comes out|measures) (?:(?P<up>above|over)|(?P<down>below|under|beneath)) [\"']?(?=\x01)"
)
_DOUBLE = lazily(
    r"(?i)\b(?:(?P<two>double|twice)|(?P<half>half)|(?P<three>three times|triple)) the (?P<what>tempo|speed|length|duration) of"
    r" [\"']?(?=\x01)"
)


def check_places(case: Case) -> list[Problem]:
    """ "a.wav sits below b.wav": by what both were measured for."""
    problems = []
    for match in _PLACE.finditer(case.tokens.plain):
        pair = _both_sides(case, match, measures_of(case, "height"))
        if (
            pair is not None
            and (pair[0] > pair[1]) != (match["up"] is not None)
            and not is_negated(case, match.start())
        ):
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this comparison out"))
    return problems


def check_doubles(case: Case) -> list[Problem]:
    """ "a.wav has double the tempo of b.wav": which of the two has it."""
    problems = []
    for match in _DOUBLE.finditer(case.tokens.plain):
        axis = "tempo" if match["what"].casefold() in ("tempo", "speed") else "duration"
        pair = _both_sides(case, match, AXES[axis])
        wanted = 2.0 if match["two"] else 0.5 if match["half"] else 3.0
        if pair is None or not pair[1] or abs(pair[0] / pair[1] / wanted - 1) > 0.02:
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this ratio out"))
    return problems


_FAVOUR = lazily(r"(?i)\bin favou?r of [\"']?$")


def check_favour(case: Case) -> list[Problem]:
    """ "2.5 LU, in favour of a.wav": that one has more."""
    problems = []
    for name in case.tokens.files:
        match = _FAVOUR.search(case.tokens.plain[max(0, name.start - 16) : name.start])
        if match is None or not name.subjects:
            continue
        names = measures_of(case, "height")
        values = {each: case.held_value(each, names) for each in case.subjects}
        own = values.get(name.subjects[0])
        if own is None or any(value is not None and value > own for value in values.values()):
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this comparison out"))
    return problems


def _both_sides(case: Case, match: re.Match[str], names: Sequence[str]) -> tuple[float, float] | None:
    """What was measured of the recordings before and right behind some words."""
    files = [name for name in case.tokens.files if name.subjects]
    before = [name for name in files if name.end <= match.start()]
    behind = next((name for name in files if name.start == match.end()), None)
    if not before or behind is None:
        return None
    one, other = (case.held_value(name.subjects[0], names) for name in (before[-1], behind))
    return None if one is None or other is None else (one, other)


def check_multiples(case: Case) -> list[Problem]:
    """ "Twice as fast as b.wav": which of the two is the faster."""
    problems = []
    pattern = re.compile(r"(?i)\x01*\bas (?P<word>" + "|".join(word for word, _ in _AS) + r")(?P<than> as)?\b")
    matches = list(pattern.finditer(case.tokens.plain))
    if len(matches) > MAX_COMPARISONS:
        return [Problem(matches[0][0].strip(), f"more than {MAX_COMPARISONS} comparisons in one sentence")]
    for match in matches:
        axis = dict(_AS)[match["word"].casefold()]
        before = [q for q in case.tokens.quantities if q.unit == "times" and _times_only(case, q.end, match.start())]
        if not before and not match["than"]:
            continue  # "as fast"
        entities = entities_in(case, axis)
        left = [each for each in entities if each.end <= match.start() and each.kind == "file"]
        right = [each for each in entities if each.start >= match.end()] if match["than"] else []
        if not match["than"] and len(left) > 1:
            left, right = _beside(case, left)
        if not right and len(case.subjects) == 2 and left:
            rest = next((name for name in case.subjects if name != left[-1].what), "")
            right = [Entity(match.end(), match.end(), "file", rest)]
        other = value_of(case, axis, right[0]) if right else None
        one = value_of(case, axis, left[-1]) if left else implied_value(case, axis, right[0] if right else None)
        wanted = before[0].readings[0].value if before and before[0].readings else 1.0
        if match["word"].casefold() == "slow" and wanted:
            wanted = 1 / wanted
        if not one or not other or axis == "loudness" or abs(one / other / wanted - 1) > 0.02:
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this ratio out"))
    return problems


def _times_only(case: Case, start: int, end: int) -> bool:
    return re.fullmatch(r"(?i) ?(?:times|x)? ?", case.tokens.text[start:end][:12]) is not None and end - start < 12


def _beside(case: Case, files: list[Entity]) -> tuple[list[Entity], list[Entity]]:
    """ "Next to a.wav, b.wav is ...": b.wav is spoken of, a.wav is what it is held against."""
    against = [each for each in files if _AGAINST.search(case.tokens.plain[max(0, each.start - 24) : each.start])]
    return [each for each in files if each not in against], against[-1:]


_AGAINST = lazily(r"(?i)\b(?:next to|beside|compared (?:with|to)|against|versus|vs\.?|relative to)(?: the)? ?[\"']?$")
