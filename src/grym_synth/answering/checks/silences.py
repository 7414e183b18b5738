"""Where the silence lies: at the start, at the end, and how long it is there."""

from __future__ import annotations

import re

from ...messages import Evidence
from ...regex import lazily
from ..words.phrasing import finite, pairs_in
from .case import Case, Problem

_EDGE_S = 0.6  # a silence this close to an end begins or ends there
_FEW = r"(?:[^;.,]|[.,]\d){0,24}"
_LEADS = lazily(
    rf"(?i)\b(?:starts?|opens?|begins?) with\b{_FEW}\bsilen|(?:\b\d[\d.,]* \w+ of )?\bsilen\w+ (?:at|in) the (?:very )?(?:start|beginning|front)"
    rf"|\bleading silence|\bfirst{_FEW}\b(?:is|are) silent|\bat the (?:start|beginning){_FEW}\bsilen"
)
_TRAILS = lazily(
    rf"(?i)\b(?:ends?|closes?|finishes) (?:with|in)\b{_FEW}\bsilen|\bsilen\w+ at the (?:very )?(?:end|tail)"
    rf"|\btrailing silence|\blast{_FEW}\b(?:is|are) silent|\bat the end{_FEW}\bsilen|\bsilent (?:end|tail)"
)
_NO = lazily(r"(?i)(?:\b(?:no|not|never|without)|n't)\b[^,;]{0,24}$")


def check_silences(case: Case) -> list[Problem]:
    """Silence that is told at an end where none is cited, or of another length."""
    problems = []
    for item in case.by_name("facts.silence_s"):
        spans = pairs_in(item)
        length = _duration(case, item)
        for match in _LEADS.finditer(case.tokens.text):
            at_start = [end - start for start, end in spans if start <= _EDGE_S]
            if not _told_right(case, match, at_start):
                problems.append(Problem(match[0], "no such silence is cited at the start"))
        for match in _TRAILS.finditer(case.tokens.text):
            # Without its length only the last stretch can be meant.
            at_end = [end - start for start, end in spans[-1:] if length is None or end >= length - _EDGE_S]
            if not _told_right(case, match, at_end):
                problems.append(Problem(match[0], "no such silence is cited at the end"))
    return problems


def _duration(case: Case, silence: Evidence) -> float | None:
    values = [finite(i.value) for i in case.by_name("facts.duration_s") if i.subject == silence.subject]
    return values[0] if values else None


def _told_right(case: Case, match: re.Match[str], lengths: list[float]) -> bool:
    """Whether a silence lies there, of the length that the words tell."""
    if _NO.search(case.tokens.text[max(0, match.start() - 36) : match.start()]) or "no silence" in match[0].casefold():
        return not lengths
    if not lengths:
        return False
    inside = [q for q in case.tokens.quantities if q.unit == "s" and match.start() <= q.start < match.end()]
    readings = [reading for quantity in inside for reading in quantity.readings]
    return not inside or any(abs(r.value - each) <= max(0.05, r.step / 2) + 1e-6 for r in readings for each in lengths)
