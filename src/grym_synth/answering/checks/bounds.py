"""Bounds and ranges: "over 120 BPM", "at most -14 LUFS", "between 70 and 75 BPM", "below full scale"."""

from __future__ import annotations

import re

from ...regex import lazily
from .case import Case, Problem
from .held import Fact
from .qualifiers import demanded
from .tokens import Quantity

_ABOVE = (
    r"above|over|beyond|past|exceed(?:s|ing)?|in excess of|upwards of|north of|at least|at a minimum|no(?:t)? less than"
    r"|not (?:below|under)|no (?:lower|slower|quieter|shorter) than"
    r"|(?:more|greater|higher|faster|quicker|louder|hotter|longer|brighter|wider) than|overshoots?|tops"
)
_BELOW = (
    r"below|under|beneath|at most|at maximum|no(?:t)? more than|not (?:above|over|beyond)|south of"
    r"|no (?:higher|faster|louder|longer|quicker|greater) than"
    r"|(?:less|fewer|lower|slower|quieter|softer|shorter|darker|narrower) than|short of|undershoots?"
)
_BOUND = lazily(rf"(?i)\b(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW}))(?: (?:the|your|a|an))? ?$")
_NOT = lazily(r"(?i)(?:\b(?:not|never|nowhere|neither|hardly)|n't)(?: \w+){0,2} $")
_RANGE = lazily(r" ?(?:-|to|and|up to) ?")
_BETWEEN = lazily(
    r"(?i)\b(?:between|from|within(?: the| a)?|in the range(?: of)?|(?:in|inside) the|range of|anywhere from|somewhere (?:between|from|in)) ?$"
)
_LEVEL = lazily(r"(?i) (?:\w+ ){0,3}(?:target|norm|level|standard|limit|reference)\b")
_AIMED = lazily(r"(?i)\bto (?:hit|reach|meet|get to|arrive at) $")
_EDGE = 1e-9
#: Bounds that hold of the number itself as well; "over 126 BPM" does not.
_INCLUSIVE = lazily(r"(?i)\b(?:at least|at most|at (?:a )?m(?:in|ax)imum|not?|short of)\b")


def bound_before(case: Case, quantity: Quantity) -> re.Match[str] | None:
    """The word that makes a number a bound ("over", "at most"), unless a difference stands before it."""
    match = _BOUND.search(case.tokens.text, max(0, quantity.start - 24), quantity.start)
    if match is None:
        return None
    # "0.4 LU below -14 LUFS": the number before is what is told; this one is a reference.
    is_verb = match[0].casefold().startswith(("exceed", "overshoot", "undershoot", "tops"))
    measured = any(0 <= match.start() - each.end <= 2 for each in case.tokens.quantities) and not is_verb
    return None if measured else match


def is_above(case: Case, match: re.Match[str]) -> bool:
    """Whether a bound is a lower one, a denial before it counted in."""
    clause = re.split(r"[,;:(]", case.tokens.text[max(0, match.start() - 30) : match.start()])[-1]
    return (match["above"] is not None) != (_NOT.search(clause) is not None)


def bound_holds(case: Case, index: int) -> bool | None:
    """Whether the findings lie on that side of a bound, or in a range; None when it is none, or nothing is cited."""
    quantity = case.tokens.quantities[index]
    if case.is_theory or not quantity.readings or quantity.unit == "times":
        return None
    values = [fact.value for fact in _spoken_of(case, index)]
    if not values:
        return None
    if calls_level(case, quantity) and any(fact.is_reference for fact in case.facts):
        return None  # "under the -16 LUFS podcast level": a level of its own, which must be cited
    if (match := bound_before(case, quantity)) is not None:
        above = is_above(case, match)
        edge = quantity.readings[0].value
        return all(value >= edge - _EDGE if above else value <= edge + _EDGE for value in values)
    edges = _range_at(case, index)
    if edges is None:
        return None
    low, high = edges
    return all(low - _EDGE <= value <= high + _EDGE for value in values)


def lies_on_bound(case: Case, quantity: Quantity, facts: list[Fact]) -> bool:
    """ "It runs over 126 BPM" of 126.0 BPM: the number told as passed is the finding itself."""
    match = bound_before(case, quantity)
    if match is None or _INCLUSIVE.search(match[0]) or quantity.unit in ("s", "#", "times") or not quantity.readings:
        return False
    rivals = {fact.evidence.id or fact.evidence.name for fact in case.facts if fact.unit == quantity.unit}
    if len(rivals) != 1 or any(fact.relation != "finding" or fact.item is not None for fact in facts):
        return False  # "louder than -16.6 LUFS" may name what another recording has
    edge, above = quantity.readings[0].value, is_above(case, match)
    return all((fact.value <= edge) if above else (fact.value >= edge) for fact in facts)


def calls_level(case: Case, quantity: Quantity) -> bool:
    """Whether the words beside a number call it a level that recordings are held against."""
    before = case.tokens.text[max(0, quantity.start - 16) : quantity.start]
    return _LEVEL.match(case.tokens.unnamed, quantity.end) is not None or _AIMED.search(before) is not None


def _range_at(case: Case, index: int) -> tuple[float, float] | None:
    """Both ends of the range that the quantity is an end of: "between 70 and 75 BPM"."""
    quantities = case.tokens.quantities
    for first in (index, index - 1):
        if first < 0 or first + 1 >= len(quantities):
            continue
        one, other = quantities[first], quantities[first + 1]
        joined = _RANGE.fullmatch(case.tokens.text[one.end : other.start][:9])
        opened = _BETWEEN.search(case.tokens.text, max(0, one.start - 24), one.start)
        if joined and opened and one.readings and other.readings:
            scale = one.readings[-1].value  # of "1.2 to 2.4 kHz" the reading in kilohertz
            return min(scale, other.readings[0].value), max(scale, other.readings[0].value)
    return None


def _spoken_of(case: Case, index: int) -> list[Fact]:
    """The main findings that a bound speaks of: of its unit, its recording, and what the words around name."""
    quantity = case.tokens.quantities[index]
    units = {quantity.unit} if quantity.unit else set(quantity.inherited)
    demand = demanded(case.tokens, index, case.names)
    wanted = case.bound(quantity.start)
    found = [
        fact
        for fact in case.facts
        if fact.relation == "finding" and not fact.is_alternative and not fact.is_reference
        and (fact.unit in units or (not units and bool(demand) and fact.unit != "#"))
        and (quantity.unit != "#" or fact.key == quantity.noun)
        and case.speaks_of(fact.evidence, wanted) and demand.admits(fact)
    ]  # fmt: skip
    whole = [fact for fact in found if fact.item is None and not fact.is_difference]
    return whole or [fact for fact in found if fact.item is not None]


_FULL_SCALE = lazily(
    rf"(?i)\b(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW}))(?: (?:the|digital))? (?:full scale|0 dB(?:FS|TP)?\b|zero\b)"
)
_HEADROOM = lazily(r"(?i)\b(?P<no>no |without |zero )?(?:headroom|room)\b(?: left)?")
_PEAKS = ("loudness.true_peak_dbtp", "facts.peak_dbfs", "loudness.sample_peak_dbfs")


def check_full_scale(case: Case) -> list[Problem]:
    """ "Goes over full scale", "leaves headroom": on the side where the cited peak lies."""
    peaks = [fact.value for fact in case.facts if fact.evidence.name in _PEAKS and fact.relation == "finding"]
    if not peaks:
        return []
    problems = []
    for match in _FULL_SCALE.finditer(case.tokens.text):
        above = is_above(case, match)
        if not all(peak > 0 if above else peak <= 0 for peak in peaks[:1]):
            problems.append(Problem(match[0], "the cited peak lies on the other side"))
    for match in _HEADROOM.finditer(case.tokens.plain):
        if (match["no"] is None) != all(peak < 0 for peak in peaks):
            problems.append(Problem(match[0], "the cited peak says otherwise"))
    return problems


def beyond_full_scale(case: Case, quantity: Quantity) -> list[Fact]:
    """How far a peak lies from full scale, as a fact: "2.8 dB of headroom", "exceeds 0 dBTP by 1.3 dB"."""
    if quantity.unit != "dB" or not _NEAR_FULL_SCALE.search(case.clause(quantity.start, quantity.end)):
        return []
    return [
        Fact(fact.value, "dB", fact.evidence, "length", key="asked")
        for fact in case.facts
        if fact.evidence.name in _PEAKS and fact.relation == "finding"
    ]


_NEAR_FULL_SCALE = lazily(r"(?i)\b(?:headroom|room|full scale|0 ?dB(?:FS|TP)?(?: by)?)\b|clips? by\b")
