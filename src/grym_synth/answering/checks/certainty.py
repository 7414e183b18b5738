"""Is a finding told as certain that is none? "Definitely in A minor", of a key that is a guess."""

from __future__ import annotations

import re

from ...messages import Evidence
from ...regex import lazily
from .case import Case, Problem
from .supports import supporting

SURE = 0.7  # less sure than this of a finding, nobody may call it certain
_KINDS = frozenset(("tempo", "musical_key", "label", "chord", "section", "note"))
_CERTAIN = lazily(
    r"(?i)\b(?:definite(?:ly)?|certainly|undoubtedly|undeniabl[ey]|unmistakabl[ey]|unquestionabl[ey]|indisputabl[ey]|clearly"
    r"|obviously|surely|evidently|plainly|for (?:sure|certain)|without (?:a |any )?(?:doubt|question)"
    r"|beyond (?:a |any |all )?(?:reasonable )?(?:doubt|question)|no (?:doubt|question|mistaking|two ways)"
    r"|(?<!% )(?<!percent )(?<!cent )(?:sure|certain|positive|convinced|confident) (?:that|of|about)|100 ?(?:%|percent) (?:sure|certain)"
    r"|guaranteed|it is (?:certain|clear))(?!\w)"
)
_NOT = lazily(r"(?i)(?:\b(?:not|never|hardly|less|nothing|far from)|n't)(?: \w+){0,2} $")


def check_certainty(case: Case) -> list[Problem]:
    """Words of certainty beside a finding that is not sure."""
    problems = []
    for match in _CERTAIN.finditer(case.tokens.plain):
        if _NOT.search(case.tokens.plain[max(0, match.start() - 24) : match.start()]):
            continue
        start, end = _scope(case, match.start(), match.end())
        if any(item.confidence < SURE for item in _told(case, start, end)):
            problems.append(Problem(match[0], "the cited finding is not that sure"))
    return problems


def _scope(case: Case, start: int, end: int) -> tuple[int, int]:
    """The part of the sentence around, up to a semicolon, a "but" or a stop."""
    plain = case.tokens.plain
    cuts = [cut.start() for cut in re.finditer(r"(?i);|\.\s|,? (?:but|while|whereas|though|although)\b", plain)]
    return max([0, *(cut for cut in cuts if cut < start)]), min([len(plain), *(cut for cut in cuts if cut >= end)])


def _told(case: Case, start: int, end: int) -> list[Evidence]:
    """The findings of uncertain kinds that are told there."""
    told = [
        fact.evidence
        for at, quantity in enumerate(case.tokens.quantities)
        if start <= quantity.start < end
        for fact in supporting(case, at)
    ]
    names = [name for name in case.tokens.names if start <= name.start < end]
    if any(name.kind in ("key", "mode", "note", "camelot") for name in names):
        told += [item for item in case.cited if item.kind == "musical_key" or item.name == "tonality.camelot"]
    told += [item for item in case.cited if item.name == "timbre.label"]
    return [item for item in told if item.kind in _KINDS and item.rank == 0 and item.capability != "facts"]
