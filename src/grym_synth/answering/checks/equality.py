"""What is said to be the same or different: levels, tempi, keys, whole recordings, polarity, left and right."""

from __future__ import annotations

import re

from ...messages import Evidence
from ...regex import lazily
from ..words.phrasing import finite
from .case import Case, Problem

BALANCED_DB = 0.3  # channels this close are called balanced
_SAME_LU = 0.3
_STEADY_LU = 1.0  # thirds this close have the same loudness
_ADJECTIVES = {
    "loud": "loudness.integrated_lufs", "fast": "rhythm.tempo_bpm", "quick": "rhythm.tempo_bpm",
    "long": "facts.duration_s", "bright": "spectrum.centroid_hz", "dynamic": "loudness.range_lu",
    "quiet": "loudness.integrated_lufs", "slow": "rhythm.tempo_bpm",
}  # fmt: skip
_ROOM = {
    "loudness.integrated_lufs": _SAME_LU, "rhythm.tempo_bpm": 0.5, "facts.duration_s": 0.5, "loudness.range_lu": 0.3,
    "spectrum.centroid_hz": 30.0,
}  # fmt: skip
_EQUALLY = lazily(
    rf"(?i)\b(?:equally|no (?:more|less)) (?P<how>{'|'.join(_ADJECTIVES)})\b|\bno (?P<more>louder|quieter|faster|slower|longer|shorter|brighter) than\b"
)
_MORE = {
    "louder": ("loudness.integrated_lufs", 1), "quieter": ("loudness.integrated_lufs", -1),
    "faster": ("rhythm.tempo_bpm", 1), "slower": ("rhythm.tempo_bpm", -1), "longer": ("facts.duration_s", 1),
    "shorter": ("facts.duration_s", -1), "brighter": ("spectrum.centroid_hz", 1),
}  # fmt: skip
_DIFFERENT = lazily(
    r"(?i)\b(?:different|differing|two|other|not the same) (?P<what>keys?|tempos?|tempi)\b|\b(?P<noun>keys|tempi|tempos) (?:differ|are different)\b"
)
_SHARED = lazily(r"(?i)\bshares? (?:a|one|the|their|the same) (?P<what>key|tempo)\b")
_NAMES = {"key": "tonality.key", "tempo": "rhythm.tempo_bpm", "tempi": "rhythm.tempo_bpm"}
_VERDICT = lazily(
    r"(?i)\b(?P<same>(?:the |one and the )?same (?:recording|file|audio|track|take)|identical|exactly alike|duplicates?"
    r"|(?:are|is) (?:exactly )?the same(?=[.,;]|$| to))|\b(?P<other>differ(?=[.,;]|$)|(?:are|is) different(?=[.,;]|$)|different (?:recordings|files|takes))"
)
_POLARITY = lazily(
    r"(?i)\bpolarity\b[^;.]{0,50}?\b(?P<is>inverted|flipped|reversed|opposite|upside down)\b"
    r"|\b(?P<opposite>(?:opposite|inverted|flipped|reversed) polarity|upside down|out of polarity)\b"
    r"|\b(?P<same>(?:same|identical|normal) polarity|polarity [^;.]{0,20}\b(?:matches|agrees|is the same))\b"
)
_BALANCED = lazily(
    r"(?i)\b(?:(?:perfectly|exactly|evenly|well|nicely) )?(?:balanced|centred|centered)\b(?! (?:at|on|around|near|about)\b)"
    r"|\b(?:both|the two|left and right)(?: channels| sides)? (?:have|are at|share) (?:the )?same level\b"
    r"|\bleft and right are (?:dead |perfectly |exactly |equally )?(?:even|equal|level|matched|loud|identical|the same)\b"
    r"|\bequally loud (?:left and right|on both sides)\b|\bno (?:stereo )?imbalance\b"
)
_THROUGHOUT = lazily(
    r"(?i)\b(?:stays?|remains?|is|are|keeps?) (?:(?:at )?(?:about |roughly )?the same(?: level| loudness)?|constant|even|level|equally loud|steady)"
    r"\b[^;.]{0,30}\b(?:throughout|all the way|from start to end|over time)\b|\bthirds are (?:all )?equally loud\b"
)
_NOT = lazily(r"(?i)(?:\b(?:not|never|neither|nor|no)|n't)(?: \w+){0,3} $")


def check_equality(case: Case) -> list[Problem]:
    """Every claim that things are alike, or are not, against the cited evidence."""
    return [
        *_check_equally(case), *_check_different(case), *_check_verdict(case), *_check_polarity(case),
        *_check_balance(case), *_check_throughout(case),
    ]  # fmt: skip


def _denied(case: Case, start: int) -> bool:
    return _NOT.search(case.tokens.plain[max(0, start - 28) : start]) is not None


def _numbers(case: Case, name: str) -> list[float]:
    return [v for item in case.cited if item.name == name and item.rank == 0 and (v := finite(item.value)) is not None]


def _check_equally(case: Case) -> list[Problem]:
    problems = []
    for match in _EQUALLY.finditer(case.tokens.plain):
        if match["more"]:
            continue  # "no louder than": `check_directions` reads the denial
        name = _ADJECTIVES[match["how"].casefold()]
        values = _numbers(case, name)
        thirds = case.by_name("loudness.thirds_lufs")
        if len(values) < 2 and not thirds:
            problems.append(Problem(match[0], "nothing cited can tell"))
        elif len(values) > 1 and (max(values) - min(values) <= _ROOM[name]) == _denied(case, match.start()):
            problems.append(Problem(match[0], "the cited evidence says otherwise"))
    return problems


def _check_different(case: Case) -> list[Problem]:
    problems = []
    for match in (*_DIFFERENT.finditer(case.tokens.plain), *_SHARED.finditer(case.tokens.plain)):
        shares = match.re.pattern == _SHARED.pattern
        name = _NAMES[(match["what"] or match["noun"]).casefold().rstrip("s")]
        values = [item.value for item in case.cited if item.name == name and item.rank == 0]
        changes = case.by_name("tonality.key_changes")
        if len(values) < 2 or changes:
            continue  # of one recording: its course is judged elsewhere
        numbers = _numbers(case, name)
        alike = max(numbers) - min(numbers) <= _ROOM.get(name, 0.0) if numbers else len(set(map(str, values))) == 1
        if (alike != shares) != _denied(case, match.start()):
            problems.append(Problem(match[0], "the cited evidence says otherwise"))
    return problems


def _check_verdict(case: Case) -> list[Problem]:
    items = case.by_name("compare.verdict")
    verdict = str(items[0].value) if items else ""
    if not verdict:
        return []
    problems = []
    for match in _VERDICT.finditer(case.tokens.plain):
        if re.match(r"(?i)same audio", match[0]):
            continue  # "the same audio, moved in time": see `compared`
        word = "identical" if re.search(r"(?i)identical|alike", match[0]) else "same audio|identical"
        claims_same = (match["same"] is not None) != _denied(case, match.start())
        if claims_same != (re.search(word, verdict) is not None):
            problems.append(Problem(match[0], "not what the cited comparison says"))
    return problems


def _check_polarity(case: Case) -> list[Problem]:
    items: list[Evidence] = case.by_name("compare.polarity")
    if not items or not isinstance(items[0].value, str):
        return []
    inverted = items[0].value.casefold() in ("inverted", "opposite", "flipped")
    problems = []
    for match in _POLARITY.finditer(case.tokens.plain):
        claims = match["same"] is None
        start = match.start("is") if match["is"] else match.start()
        if (claims != _denied(case, start)) != inverted:
            problems.append(Problem(match[0], "the cited polarity says otherwise"))
    return problems


def _check_balance(case: Case) -> list[Problem]:
    balance = _numbers(case, "facts.balance_db")
    levels = [
        v for i in case.by_name("facts.channel_levels_dbfs") if isinstance(i.value, list) for v in map(finite, i.value)
    ]
    known = [each for each in levels if each is not None]
    gap = abs(balance[0]) if balance else abs(known[0] - known[1]) if len(known) == 2 else None
    if gap is None:
        return []
    return [
        Problem(match[0], "the cited channels say otherwise")
        for match in _BALANCED.finditer(case.tokens.plain)
        if (gap <= BALANCED_DB) == _denied(case, match.start())
    ]


def _check_throughout(case: Case) -> list[Problem]:
    items = case.by_name("loudness.thirds_lufs")
    values = (
        [v for v in map(finite, items[0].value) if v is not None] if items and isinstance(items[0].value, list) else []
    )
    if len(values) < 2:
        return []
    steady = max(values) - min(values) <= _STEADY_LU
    return [
        Problem(match[0], "the cited thirds say otherwise")
        for match in _THROUGHOUT.finditer(case.tokens.plain)
        if steady == _denied(case, match.start())
    ]
