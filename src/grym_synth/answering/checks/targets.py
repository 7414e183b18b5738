"""Levels that a recording is held against, and advice on gain: above or below, met or missed, up or down."""

from __future__ import annotations

import re

from ...regex import lazily
from ..words.targets import TARGETS
from .case import Case, Problem
from .held import Fact

ON_TARGET_LU = 0.5  # a level this close to its target meets it
_TARGET = (
    r"(?:targets?|norms?|standards?|(?:usual |recommended )?levels?|references?|streaming|broadcast|podcasts?|clubs?"
    r"|EBU R ?128|R ?128)"
)
_ABOVE = (
    r"above|over|louder than|hotter than|higher than|exceed(?:s|ing)?|overshoot(?:s|ing)?|too (?:loud|hot) for|beyond"
    r"|on the (?:loud|hot) side (?:of|for)"
)
_BELOW = (
    r"below|under|quieter than|softer than|lower than|undershoot(?:s|ing)?|falls? short of|short of|too (?:quiet|soft) for"
    r"|on the (?:quiet|soft|low) side (?:of|for)|misses"
)
_SIDE = lazily(rf"(?i)\b(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW}))\b(?P<what>[^;:,.]{{0,40}})")
_MET = lazily(
    rf"(?i)\b(?:meets|hits|reaches|matches|(?:is )?(?:exactly|right|spot|bang|just|dead|is)(?: at| on))(?! the \w+ side\b) (?:the|its|your)"
    rf"[^;:,.]{{0,24}}\b{_TARGET}\b|\bon target\b"
)
_TURN = lazily(
    r"(?i)\b(?:(?:turn|bring|pull|push|come|go|move|take|set|fader?)(?P<whom>[^;:,.]{0,40}?) (?P<way>up|down|back)\b"
    r"|(?P<raise>raise|boost|lift)|(?P<lower>lower|attenuate|reduce|cut|trim))(?= |,|$)"
)
_NOT = lazily(r"(?i)(?:\b(?:not|never|no longer|neither)|n't)(?: \w+){0,2} $")


def check_targets(case: Case) -> list[Problem]:
    """What is said of a recording and a cited level that it is held against, or of two recordings to be matched."""
    gap = _gap(case)
    if gap is None:
        gap = _gap_to_named(case)
    if gap is None:
        return _check_matching(case)
    problems = []
    for match in _SIDE.finditer(case.tokens.plain):
        if not re.search(rf"(?i)\b{_TARGET}\b", match["what"]):
            continue
        if ((gap > 0) == (match["above"] is not None)) == _denied(case, match.start()):
            problems.append(Problem(match[0].strip(), "the cited level lies on the other side"))
    for match in _MET.finditer(case.tokens.plain):
        if (abs(gap) <= ON_TARGET_LU) == _denied(case, match.start()):
            problems.append(Problem(match[0], "the cited level does not lie there"))
    for match in _TURN.finditer(case.tokens.plain):
        if _leads_up(match) == (gap > 0) and (match["way"] or _has_decibels(case, match.end())):
            problems.append(Problem(match[0], "that leads away from the cited level"))
    return problems


def _has_decibels(case: Case, end: int) -> bool:
    return any(each.unit in ("dB", "LU") and 0 <= each.start - end <= 24 for each in case.tokens.quantities)


def _leads_up(match: re.Match[str]) -> bool:
    return match["raise"] is not None or (match["way"] or "").casefold() == "up"


def _denied(case: Case, start: int) -> bool:
    return _NOT.search(case.tokens.plain[max(0, start - 24) : start]) is not None


def _gap(case: Case) -> float | None:
    """How far the one recording lies above the one cited reference; None without both."""
    if not any(item.capability == "loudness" and item.source.agent == "hub" for item in case.cited):
        return None
    levels = {fact.value for fact in case.facts if fact.is_reference and fact.unit == "LUFS"}
    heard = {fact.value for fact in case.facts if _is_loudness(fact)}
    if len(levels) == 1 and len(heard) == 1:
        return heard.pop() - levels.pop()
    differences = [
        fact.value for fact in case.facts
        if fact.evidence.kind == "loudness_difference" and fact.relation == "finding"
        and re.search(r"(?:streaming|broadcast|podcast|club|target)_difference", fact.evidence.name)
    ]  # fmt: skip
    return differences[0] if len(differences) == 1 else None


def _gap_to_named(case: Case) -> float | None:
    """How far the one recording lies above a level that is named and not cited: "the streaming norm"."""
    named = {target.lufs for target in TARGETS if re.search(rf"(?i)\b(?:{target.words})\b", case.tokens.plain)}
    heard = {fact.value for fact in case.facts if _is_loudness(fact)}
    return heard.pop() - named.pop() if len(named) == 1 and len(heard) == 1 else None


def _is_loudness(fact: Fact) -> bool:
    return fact.evidence.name == "loudness.integrated_lufs" and fact.relation == "finding" and not fact.is_alternative


def _check_matching(case: Case) -> list[Problem]:
    """ "Turn a.wav down by 4 dB to match b.wav": the louder one goes down."""
    problems = []
    for match in _TURN.finditer(case.tokens.unnamed):
        files = [name for name in case.tokens.files if name.subjects]
        whom = [name for name in files if match.start() <= name.start < match.end()]
        if match["way"] is None or len(case.subjects) != 2 or len(whom) != 1:
            continue
        other = next(name for name in case.subjects if name != whom[0].subjects[0])
        one = case.held_value(whom[0].subjects[0], ("loudness.integrated_lufs",))
        against = case.held_value(other, ("loudness.integrated_lufs",))
        if one is not None and against is not None and _leads_up(match) == (one > against):
            problems.append(Problem(match[0], "that leads away from the other"))
    return problems
