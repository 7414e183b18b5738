"""Sharp or flat, in tune or not, half time or double time."""

from __future__ import annotations

from ...regex import lazily
from .case import Case, Problem
from .entities import is_negated

_PITCHED = lazily(
    r"(?i)\b(?P<way>above|over|below|under|higher than|lower than) (?:standard|concert|normal|reference) (?:pitch|tuning)\b"
)
_TUNING = lazily(r"(?i)(?<!\b(?-i:[A-G])[ -])\b(?P<word>sharp|flat)\b")
_IN_TUNE = lazily(r"(?i)\b(?:in tune|on pitch)\b")
IN_TUNE_CENTS = 5.0  # below this nobody hears a single instrument as out of tune
_FEEL = lazily(
    r"(?i)(?<!pulse felt )\bin (?P<feel>half|double)[- ]time\b|\bas an? (?P<as>half|double)-time (?:alternative|reading|feel|option)\b"
)
_THEN = lazily(r"(?i),? (?:(?:it|that|this|which) )?(?:would be|is|gives|makes|means|comes to|becomes) (?:about )?")


def check_feel(case: Case) -> list[Problem]:
    """ "63 if you feel it in half time": the number before is half of another cited tempo."""
    problems = []
    tempi = [fact.value for fact in case.facts if fact.unit == "BPM"]
    for match in _FEEL.finditer(case.tokens.text):
        factor = 0.5 if (match["feel"] or match["as"]).casefold() == "half" else 2.0
        tempi_stated = [q for q in case.tokens.quantities if "BPM" in (q.unit, *q.inherited)]
        then = _THEN.match(case.tokens.text, match.end())
        before = [q for q in tempi_stated if (q.start == then.end() if then else q.end <= match.start())]
        stated = before[-1].readings[0].value if before and before[-1].readings else None
        if stated is None or not any(value and abs(stated / value / factor - 1) <= 0.02 for value in tempi):
            problems.append(Problem(match[0], "no cited tempo stands in this relation"))
    return problems


def check_tuning(case: Case) -> list[Problem]:
    problems = []
    cents = [f.value for f in case.facts if f.unit == "cents" and f.relation == "finding"]
    for match in _TUNING.finditer(case.tokens.plain):
        sign = 1 if match["word"].casefold() == "sharp" else -1
        if is_negated(case, match.start()):
            holds = bool(cents) and all(sign * value <= IN_TUNE_CENTS for value in cents)
        else:
            holds = any(sign * value > 0 for value in cents)
        if not holds:
            problems.append(Problem(match[0], "the cited tuning does not lie there"))
    reference = [f.value - 440 for f in case.facts if f.evidence.name == "tonality.reference_hz" and f.unit == "Hz"]
    for match in _PITCHED.finditer(case.tokens.plain):
        sign = 1 if match["way"].casefold() in ("above", "over", "higher than") else -1
        if any(sign * value > 0 for value in cents or reference) == is_negated(case, match.start()):
            problems.append(Problem(match[0], "the cited tuning does not lie there"))
    for match in _IN_TUNE.finditer(case.tokens.plain):
        whole = [f.value for f in case.facts if f.evidence.name == "tonality.tuning_cents" and f.relation == "finding"]
        asked = whole or cents  # the tuning of the whole, not that of its single peaks
        close = bool(asked) and all(abs(value) <= IN_TUNE_CENTS for value in asked)
        if close == is_negated(case, match.start()) or not asked:
            problems.append(Problem(match[0], "the cited tuning says otherwise"))
    return problems
