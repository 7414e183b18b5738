"""The findings that hold a number of a sentence: its unit, its recording, its rounding, the words around it."""

from __future__ import annotations

import re

from ...regex import lazily
from .bounds import beyond_full_scale, calls_level
from .case import Case, may_be_alternative
from .computed import APART, differences
from .fitting import unit_fits
from .held import Fact
from .qualifiers import demanded
from .rounding import side_fits, tolerance
from .tokens import Quantity

_HAS_SIGN = frozenset({"LU", "dB", "cents", "semitones", "BPM", "s", "Hz", "%"})  # whose differences words may direct
_UP = r"above|over|louder|stronger|faster|higher|longer|sharp|up|too loud|too fast|more|brighter|high|hotter|ahead"
_DOWN = (
    r"below|under|quieter|weaker|softer|slower|lower|shorter|flat|down|too quiet|too slow|less|short|darker|low"
    r"|back|behind"
)
_BEHIND = lazily(rf"(?i) (?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b")
_ORDINAL = lazily(r"(?i)\b(\d{1,6})(?:st|nd|rd|th)\b|\b(first|second|third)(?= (?:beat|onset|hit|downbeat)\b)")


def supporting(case: Case, index: int) -> list[Fact]:
    """The facts that hold the quantity at `index`."""
    if index not in case.supported:
        case.supported[index] = _facts_for(case, index)
    return case.supported[index]


def _facts_for(case: Case, index: int) -> list[Fact]:
    quantity = case.tokens.quantities[index]
    every = facts_of_unit(case, quantity)
    candidates = [fact for fact in every if _is_near(quantity, fact)]
    if not candidates:
        return []
    demand = demanded(case.tokens, index, case.names)
    wanted = case.bound(quantity.start)
    is_level = any(fact.is_reference for fact in every) and calls_level(case, quantity)
    found = []
    for fact in candidates:
        if not case.speaks_of(fact.evidence, wanted) and not _between(fact, case, wanted):
            continue
        if fact.is_reference and not _is_held_against(case, quantity):
            continue
        if is_level and not fact.is_reference and fact.unit == "LUFS":
            continue
        # A difference of tempi or times has a name of its own, not that of what it was taken from.
        free = fact.relation == "confidence" or (fact.is_difference and fact.unit not in ("LU", "dB"))
        if not free and not demand.admits(fact):
            continue
        if holds(case, quantity, fact, bool(demand)):
            found.append(fact)
    return found


_TARGET = lazily(
    r"(?i)\b(?:targets?|norms?|standards?|usual|recommend\w*|streaming|broadcast\w*|podcasts?|clubs?|EBU|allowed|limits?|goals?"
    r"|reference|aim\w*|hit|reach|meet|match|against|versus|vs|than|above|over|below|under|short of|to)\b"
)


def _is_held_against(case: Case, quantity: Quantity) -> bool:
    """Whether the words around call a number a level to be held against, not one that was measured."""
    text = case.tokens.text
    before = re.split(r"[;:,]\s", text[max(0, quantity.start - 32) : quantity.start])[-1]
    behind = re.split(r"[;:,]\s", text[quantity.end : quantity.end + 40])[0]
    return _TARGET.search(before) is not None or _TARGET.search(behind) is not None


def facts_of_unit(case: Case, quantity: Quantity) -> list[Fact]:
    """Facts whose unit the quantity may have."""
    if not quantity.unit or case.is_theory:
        return case.facts
    same = case.by_unit.get(quantity.unit, ())
    # A change of level is the same number in LU and in dB.
    levels = [fact for fact in case.by_unit.get("LU", ()) if quantity.unit == "dB" and fact.is_difference]
    return [*same, *levels, *differences(case, quantity), *beyond_full_scale(case, quantity)]


def _is_near(quantity: Quantity, fact: Fact) -> bool:
    """A quick look: no tolerance is wider than this."""
    size = abs(fact.value)
    return any(abs(abs(each.value) - size) <= 1.0 + 0.02 * size + each.step for each in quantity.readings)


def _between(fact: Fact, case: Case, wanted: frozenset[str]) -> bool:
    """A difference of two recordings speaks of each of them."""
    if fact.other is not None and not case.touches(fact.evidence, wanted):
        return case.touches(fact.other, wanted)
    return fact.is_difference and case.touches(fact.evidence, wanted) and len(case.subjects) > 1 and bool(wanted)


def members_hold(case: Case, quantity: Quantity) -> bool:
    """Whether a number said of several recordings holds of each, or each has its own ("126 and 128 BPM")."""
    group = [name for name in case.group_at(quantity.start) if name.subjects]
    if len(group) < 2:
        return False
    facts = [[f for f in case.facts if f.evidence.subject in name.subjects] for name in group]
    if all(any(holds(case, quantity, fact, False) for fact in each) for each in facts):
        return True
    units = {quantity.unit, *quantity.inherited}
    same = [q for q in case.tokens.quantities if case.group_at(q.start) == group and units & {q.unit, *q.inherited}]
    if len(same) != len(group):
        return False
    return any(holds(case, quantity, fact, False) for fact in facts[same.index(quantity)])


def holds(case: Case, quantity: Quantity, fact: Fact, is_named: bool) -> bool:
    if not unit_fits(case, quantity, fact, is_named):
        return False
    if fact.is_alternative and not may_be_alternative(
        case, quantity.start, quantity.end, _same_kind(case, quantity), _same_kind_behind(case, quantity)
    ):
        return False
    if fact.item is not None and fact.unit == "s" and not _ordinal_fits(case, quantity, fact):
        return False
    for reading in quantity.readings:
        allowed = tolerance(quantity, reading, fact)
        if abs(reading.value - fact.value) <= allowed and side_fits(quantity, reading, fact):
            return not fact.is_difference or _sign_fits(case, quantity, fact)
        unsigned = not quantity.signed or (fact.evidence.name == "facts.balance_db" and reading.value > 0)
        directed = unsigned and fact.value < 0 and fact.unit in _HAS_SIGN and fact.is_difference
        same_size = abs(reading.value + fact.value) <= allowed
        if directed and same_size and APART.search(case.clause(quantity.start, quantity.end)):
            return _direction_fits(case, quantity, fact)
    return False


def _sign_fits(case: Case, quantity: Quantity, fact: Fact) -> bool:
    """A printed minus and a word for the direction do not go together: "-8 cents flat"."""
    if not quantity.signed:
        return _direction_fits(case, quantity, fact)
    doubled = _BEHIND.match(case.tokens.text, quantity.end) or case.tokens.text[: quantity.start].endswith("by ")
    return not (doubled and fact.value < 0)


def _direction_fits(case: Case, quantity: Quantity, fact: Fact) -> bool:
    """Whether "above", "below" and such right behind an unsigned difference agree with its sign."""
    if fact.evidence.name == "facts.balance_db" or (len(case.subjects) > 1 and fact.key != "asked"):
        return True  # left and right, or two recordings: `check_directions` resolves who is meant
    match = _BEHIND.match(case.tokens.text, quantity.end)
    return match is None or bool(match["up"]) == (fact.value > 0)


def _ordinal_fits(case: Case, quantity: Quantity, fact: Fact) -> bool:
    """ "The 3rd beat is at 1.5 s": the third of the list."""
    before = case.tokens.text[max(0, quantity.start - 60) : quantity.start]
    match = next(iter(reversed(list(_ORDINAL.finditer(before)))), None)
    if match is None:
        return True
    number = int(match[1]) if match[1] else ("first", "second", "third").index(match[2].casefold()) + 1
    return fact.item == number - 1


def _same_kind(case: Case, quantity: Quantity) -> list[int]:
    """Where the quantities of that unit end that stand before."""
    units = {quantity.unit, *quantity.inherited} - {""}
    before = [each for each in case.tokens.quantities if each.end <= quantity.start]
    return [each.end for each in before if units & {each.unit, *each.inherited}]


def _same_kind_behind(case: Case, quantity: Quantity) -> list[int]:
    """Where the quantities of that unit begin that stand behind."""
    units = {quantity.unit, *quantity.inherited} - {""}
    behind = [each for each in case.tokens.quantities if each.start >= quantity.end]
    return [each.start for each in behind if units & {each.unit, *each.inherited}]
