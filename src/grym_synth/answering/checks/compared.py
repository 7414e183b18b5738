"""Differences of two recordings that were held against each other: does each word point the way of its finding?

A finding `compare.*` is the value of its recording minus that of the first one.
"""

from __future__ import annotations

import re

from ...messages import Evidence
from ...regex import lazily
from ..words.phrasing import finite
from .case import Case, Problem
from .qualifiers import BAND_WORDS
from .tokens import FileName

#: Word → the finding that settles it, and which sign it claims of the recording before it.
_WORDS: tuple[tuple[str, str, int], ...] = (
    (r"louder|hotter", "compare.loudness_difference_lu", 1), (r"quieter|softer", "compare.loudness_difference_lu", -1),
    (r"(?:play(?:ed)?|needs? to be|must be|has to be|should be|run|sped up)[^;]{0,60}faster", "compare.stretch_percent", 1),
    (r"(?:play(?:ed)?|needs? to be|must be|has to be|should be|run)[^;]{0,60}slower", "compare.stretch_percent", -1),
    (r"speed [^;]{0,60} up", "compare.stretch_percent", 1), (r"slow [^;]{0,60} down", "compare.stretch_percent", -1),
    (r"faster", "compare.tempo_ratio", 1), (r"slower", "compare.tempo_ratio", -1),
    (r"higher", "compare.true_peak_difference_db", 1), (r"lower", "compare.true_peak_difference_db", -1),
    (r"later|behind|late", "compare.alignment_s", 1), (r"earlier|ahead|early", "compare.alignment_s", -1),
)  # fmt: skip
_WORD = lazily("(?i)\\b(?:" + "|".join(f"(?P<w{at}>{words})" for at, (words, _, _) in enumerate(_WORDS)) + r")\b")
_SHIFT = lazily(
    r"(?i)\b(?:(?:shift|transpos|pitch|tun|mov)(?:e|ed|ing|s)?|go|goes|come|taken?|brought)\b[^.;]{0,60}? (?P<way>up|down)\b"
    r"(?=[^.;]{0,24}(?:semitone|half|step|octave))"
)
_BANDS = "|".join(f"(?P<{band}>{words})" for band, words in BAND_WORDS.items())
_MORE = lazily(rf"(?i) (?P<way>more|less) (?:of the |in the )?(?:{_BANDS})")
_SAME = lazily(r"(?i)\b(?:the same|equal|identical) (?P<what>loudness|tempo|polarity)\b|\b(?P<aligned>aligned)\b")
_OPPOSITE = lazily(r"(?i)\b(?:opposite|inverted) polarity\b")
_NO_BAND = lazily(r"(?i)\bno band differs\b")
_NEUTRAL = {"compare.tempo_ratio": 1.0}
_ROOM = {"compare.loudness_difference_lu": 0.05, "compare.tempo_ratio": 0.002, "compare.alignment_s": 0.0005}


def settles(case: Case, start: int) -> bool | None:
    """Whether a comparison at `start` is borne out by a cited difference; None when none is cited that could tell."""
    match = next((found for found in _WORD.finditer(case.tokens.plain) if found.start() <= start < found.end()), None)
    if match is None:
        return None
    _, name, sign = _WORDS[int((match.lastgroup or "w0")[1:])]
    item = _cited(case, name)
    if item is None or item.source.agent == "hub":
        return None
    value = _value(item)
    return value is not None and value * sign * _side(case, match.start(), item, match.end()) > 0


def check_compared(case: Case) -> list[Problem]:
    """Words of direction that `check_directions` does not know, bands, shifts, and what is said to be the same."""
    if "compare" not in case.topics:
        return []
    wrong = [match for match in _WORD.finditer(case.tokens.plain) if settles(case, match.end() - 1) is False]
    problems = [Problem(match[0], "the cited difference points the other way") for match in wrong]
    shift = _cited(case, "compare.shift_semitones")
    for match in _SHIFT.finditer(case.tokens.plain):
        value = _value(shift) if shift is not None else None
        side = _side(case, match.end(), shift) if shift is not None else 1
        if value is None or (value * side > 0) != (match["way"].casefold() == "up"):
            problems.append(Problem(match[0].strip(), "the cited shift goes another way"))
    return [*problems, *_check_bands(case), *_check_same(case), *_check_verdict(case)]


_VERDICTS: tuple[tuple[str, str, str], ...] = (
    (r"identical", "compare.verdict", r"identical"), (r"same audio", "compare.verdict", r"same audio|identical"),
    (r"different recordings", "compare.verdict", r"different"), (r"moved in time", "compare.verdict", r"moved in time"),
    (r"at another level", "compare.verdict", r"at another level"), (r"inverted", "compare.verdict", r"inverted"),
    (r"inverted", "compare.polarity", r"inverted"),
    (r"processed or coded", "compare.verdict", r"processed or coded"), (r"fits as it is", "compare.fit", r"as it is"),
    (r"small stretch", "compare.fit", r"small stretch"), (r"clear stretch", "compare.fit", r"clear stretch"),
    (r"shift of pitch", "compare.fit", r"shift of pitch"), (r"hard to fit", "compare.fit", r"hard to fit"),
)  # fmt: skip


def _check_verdict(case: Case) -> list[Problem]:
    """ "They hold the same audio, moved in time": as the finding says."""
    problems = []
    for words, name, wanted in _VERDICTS:
        item = _cited(case, name)
        if item is None or not isinstance(item.value, str):
            continue
        for match in re.finditer(rf"(?i)\b{words}\b", case.tokens.plain):
            if words == "inverted" and (name == "compare.polarity") != ("polarity" in case.tokens.plain):
                continue
            denied = (
                re.search(r"(?i)\b(?:not|no|n't)(?: \w+){0,2} $", case.tokens.plain[: match.start()][-24:]) is not None
            )
            if (re.search(rf"(?i)\b(?:{wanted})\b", item.value) is None) != denied:
                problems.append(Problem(match[0], "not what the cited comparison says"))
    return problems


def _cited(case: Case, name: str) -> Evidence | None:
    return next((item for item in case.cited if item.name == name), None)


def _value(item: Evidence) -> float | None:
    value = finite(item.value)
    return None if value is None else value - _NEUTRAL.get(item.name, 0.0)


def _side(case: Case, start: int, item: Evidence, end: int = 0) -> int:
    """1 when the words up to `end` speak of the recording of the finding, -1 when of the other one."""
    named = [name for name in case.tokens.files if name.subjects]
    # "Speed b.wav up to fit a.wav": whoever stands between the words is meant.
    before: list[FileName] = [n for n in named if start < n.start < end] or [n for n in named if n.end <= start]
    of_peak = [name for name in before if item.name == "compare.true_peak_difference_db"]
    speaks_of = (of_peak or before)[-1:] if before else []
    return -1 if speaks_of and speaks_of[0].subjects[0] != item.subject else 1


def _check_bands(case: Case) -> list[Problem]:
    """ "3.2 dB more bass": that band, by so much, in that direction."""
    item = _cited(case, "compare.bands_db")
    problems = []
    for match in _MORE.finditer(case.tokens.plain):
        band = next(name for name in BAND_WORDS if match[name])
        level = finite(item.value.get(band)) if item is not None and isinstance(item.value, dict) else None
        told = [q for q in case.tokens.quantities if 0 <= match.start() - q.end <= 1 and q.unit == "dB"]
        if level is None or item is None:
            if told:
                problems.append(Problem(match[0].strip(), "no cited difference speaks of this band"))
            continue
        level *= _side(case, match.start(), item)
        points = (level > 0) == (match["way"].casefold() == "more")
        if not points or not all(any(abs(r.value - abs(level)) <= 0.051 for r in q.readings) for q in told):
            problems.append(Problem(match[0].strip(), "the cited difference of this band says otherwise"))
    return problems


def _check_same(case: Case) -> list[Problem]:
    problems = []
    names = {"loudness": "compare.loudness_difference_lu", "tempo": "compare.tempo_ratio"}
    for match in _SAME.finditer(case.tokens.plain):
        what = (match["what"] or "").casefold()
        item = _cited(case, "compare.alignment_s" if match["aligned"] else names.get(what, "compare.polarity"))
        if item is None:
            continue
        value = _value(item)
        holds = not is_inverted(item) if what == "polarity" else value is not None and abs(value) <= _ROOM[item.name]
        if not holds:
            problems.append(Problem(match[0], "the cited difference says otherwise"))
    bands = _cited(case, "compare.bands_db")
    for match in _NO_BAND.finditer(case.tokens.plain):
        levels = bands.value.values() if bands is not None and isinstance(bands.value, dict) else [None]
        if bands is None or any(abs(finite(level) or 0.0) >= 1.0 for level in levels):
            problems.append(Problem(match[0], "a cited band differs"))
    for match in _OPPOSITE.finditer(case.tokens.plain):
        item = _cited(case, "compare.polarity")
        if item is None or not is_inverted(item):
            problems.append(Problem(match[0], "the cited polarity says otherwise"))
    return problems


def is_inverted(item: Evidence) -> bool:
    """Whether a finding of polarity says that the two are upside down to each other."""
    value = finite(item.value)
    return value < 0 if value is not None else str(item.value).casefold() in ("inverted", "opposite", "flipped")


def same_holds(case: Case, what: str) -> bool | None:
    """Whether two recordings have the same loudness or tempo by a cited difference; None when none tells."""
    name = {"loudness": "compare.loudness_difference_lu", "tempo": "compare.tempo_ratio"}.get(what, "")
    item = _cited(case, name)
    value = _value(item) if item is not None and item.source.agent != "hub" else None
    return None if value is None or item is None else abs(value) <= _ROOM[item.name]
