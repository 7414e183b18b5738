"""Is every number of a sentence held by its evidence: its unit, its recording, and rounded no further than allowed?"""

from __future__ import annotations

import re

from ...regex import lazily
from .bounds import bound_before, bound_holds, is_above, lies_on_bound
from .case import Case, Problem, holds_words
from .computed import is_computed, ratio_holds, times_hold
from .held import Fact
from .rounding import same_value
from .supports import facts_of_unit, holds, members_hold, supporting
from .tokens import Quantity

#: Limits that belong to how something is measured, and the finding that brings them in. Only behind "below" and such.
_LIMITS: tuple[tuple[str, float, str], ...] = (("facts.silence_s", -60.0, "dBFS"), ("facts.silence_s", 0.3, "s"))


def check_quantities(case: Case) -> list[Problem]:
    problems: list[Problem] = []
    repeated: list[Quantity] = []
    supported = 0
    items = _Items()
    held: dict[int, list[Fact]] = {}
    for index, quantity in enumerate(case.tokens.quantities):
        if case.is_theory and _is_verbatim(case, quantity):
            supported += 1
        elif not quantity.readings:
            problems.append(Problem(quantity.text, "cannot be read as a number"))
        elif quantity.unit == "times" and not (case.is_theory and supporting(case, index)):
            if not ratio_holds(case, quantity) and not times_hold(case, quantity):
                problems.append(Problem(quantity.text, "no two findings stand in this ratio"))
        elif items.take(facts := supporting(case, index)) or members_hold(case, quantity):
            if not _said_of_all(case, quantity, facts):
                problems.append(Problem(quantity.text, "does not hold of all recordings"))
            if facts and lies_on_bound(case, quantity, facts):
                problems.append(Problem(quantity.text, "told as passed, and it is the finding itself"))
            supported += 1
            held[index] = facts
        elif bound_holds(case, index) or _is_truly_denied(case, quantity) or is_computed(case, quantity):
            supported += 1
        elif (problem := _why_allowed(case, quantity, repeated)) is not None:
            problems.append(problem)
    for index, facts in held.items():
        quantity = case.tokens.quantities[index]
        if _is_main_as_second(case, quantity, facts):
            problems.append(Problem(quantity.text, "told as an alternative, and it is the finding itself"))
        beside = any(fact.is_alternative for other, each in held.items() if other != index for fact in each)
        if (
            case.denies(quantity.start)
            and not beside
            and any(not f.is_alternative and not f.is_difference for f in facts)
        ):
            problems.append(Problem(quantity.text, "denied, and the cited evidence holds it"))
    if repeated and not supported:
        problems += [Problem(each.text, "stands in the question, and the evidence says otherwise") for each in repeated]
    return problems + _check_order(case, held)


def _is_truly_denied(case: Case, quantity: Quantity) -> bool:
    """ "Not 440", "rather than 63 BPM": another number of that unit was found."""
    if not case.denies(quantity.start):
        return False
    units = {quantity.unit, *quantity.inherited} - {""}
    found = [fact for fact in case.facts if fact.relation == "finding" and not fact.is_alternative]
    if units:
        return any(fact.unit in units for fact in found)
    return bool(found) and not any(abs(each.value - fact.value) < 0.5 for each in quantity.readings for fact in found)


_SECOND = lazily(r"(?i)\b(?:less likely (?:reading|one)|alternative|second choice|runner-up)(?: (?:is|would be))? ?$")
_POSSIBLE = lazily(r"(?i) (?:is|would be) (?:also )?possible\b")


def _is_main_as_second(case: Case, quantity: Quantity, facts: list[Fact]) -> bool:
    """ "A less likely reading is 120 BPM" where 120 BPM is the likeliest, and another alternative is cited."""
    before = _SECOND.search(case.tokens.text[max(0, quantity.start - 40) : quantity.start])
    if not facts or not (before or _POSSIBLE.match(case.tokens.text, quantity.end)):
        return False
    kinds = {fact.evidence.name for fact in facts}
    has_other = any(fact.is_alternative and fact.evidence.name in kinds for fact in case.facts)
    return has_other and not any(fact.is_alternative for fact in facts)


def _check_order(case: Case, held: dict[int, list[Fact]]) -> list[Problem]:
    """Times in order: "from A to B" begins and ends one span, "the first lie at A, B, C" are the first of the list."""
    problems = []
    quantities = case.tokens.quantities
    for index in range(len(quantities) - 1):
        first, second = quantities[index], quantities[index + 1]
        starts = {(id(f.evidence), f.item) for f in held.get(index, ()) if f.key == "start"}
        ends = {(id(f.evidence), f.item) for f in held.get(index + 1, ()) if f.key == "end"}
        edges = [f for at in (index, index + 1) for f in held.get(at, ()) if f.key in ("start", "end")]
        joined = re.fullmatch(r" ?(?:to|-|until|till) ?", case.tokens.text[first.end : second.start][:9])
        if joined and edges and starts.isdisjoint(ends):
            problems.append(Problem(f"{first.text} to {second.text}", "no finding begins and ends there"))
    lists = [(index, facts) for index, facts in held.items() if any(f.evidence.name in _TIME_LISTS for f in facts)]
    opening = _FIRST_OF.search(case.tokens.text[: quantities[lists[0][0]].start] if lists else "")
    if opening is not None:
        for place, (index, facts) in enumerate(lists):
            size = len(v) if isinstance(v := facts[0].evidence.value, list) else 0
            wanted = place if opening["first"] else size - len(lists) + place
            if all(fact.item != wanted for fact in facts):
                problems.append(Problem(quantities[index].text, "not at this place of the list"))
    return problems


_TIME_LISTS = frozenset(("rhythm.beats_s", "rhythm.onsets_s", "rhythm.downbeats_s"))
_FIRST_OF = lazily(
    r"(?i)\b(?:(?P<first>first)|last)(?= (?:\w+ )?(?:lie|are|beats|onsets|hits|downbeats|ones|fall|come)\b)"
)
_THE = lazily(r"(?i)\b(?:the|these|those|all) $")
_EVERYONE = lazily(r"(?i)\b(?:both(?! \w+er\b)|all|each|every|so (?:is|does|do|are|has)|likewise)\b")


def _said_of_all(case: Case, quantity: Quantity, facts: list[Fact]) -> bool:
    """Whether a number that is said of all recordings holds of each of them."""
    several = len(case.tokens.files) > 1 or (not case.tokens.files and len(case.subjects) > 1)
    if not several or not _EVERYONE.search(case.clause(quantity.start, quantity.end)):
        return True
    if quantity.unit in ("#", "times", "") or any(fact.is_difference for fact in facts):
        return True
    named = {name.subjects[0] for name in case.tokens.files if name.subjects} or set(case.subjects)
    same = [q for q in case.tokens.quantities if q.unit == quantity.unit]
    if len(same) > 1:
        return True  # each has a number of its own
    return all(
        any(f.evidence.subject == subject and holds(case, quantity, f, False) for f in facts_of_unit(case, quantity))
        for subject in named
    )


def _is_verbatim(case: Case, quantity: Quantity) -> bool:
    """Whether a number is part of a text that a theory finding holds: "3:2", "vii7"."""
    text = case.tokens.text
    before, behind = (
        re.search(r"[^\s,;()]*$", text[max(0, quantity.start - 40) : quantity.start]),
        re.match(r"[^\s,;()]{0,40}", text[quantity.end : quantity.end + 41]),
    )
    word = f"{before[0] if before else ''}{text[quantity.start : quantity.end]}{behind[0] if behind else ''}".rstrip(
        "."
    )
    return any(holds_words(held, word) for held, _ in case.strings) and not word.isdigit()


def _why_allowed(case: Case, quantity: Quantity, repeated: list[Quantity]) -> Problem | None:
    """None when a quantity without a finding may stand all the same."""
    counts_files = quantity.unit in ("", "#") and quantity.noun in ("", "file")
    if quantity.unit == "#" and _counts_what_follows(case, quantity):
        return None
    called = quantity.noun or _THE.search(case.tokens.text, max(0, quantity.start - 8), quantity.start)
    if quantity.unit == "s" and any(
        same_value(quantity.readings, length) for name, length in _WINDOWS if name in case.names
    ):
        return None  # "the most intense three seconds": how long the window is that was measured
    if quantity.noun == "" and same_value(quantity.readings, 3) and _OF_THIRDS.search(case.tokens.plain):
        return None  # "the first third is the loudest of the three"
    is_440 = quantity.unit == "Hz" and same_value(quantity.readings, 440) and "tonality.tuning_cents" in case.names
    if is_440 and _HELD_TO.search(case.tokens.text[max(0, quantity.start - 24) : quantity.start]):
        return None  # the standard that a tuning is held against
    if counts_files and called and same_value(quantity.readings, len(case.subjects)):
        return None  # "the two", "3 files"
    units = {quantity.unit, *quantity.inherited}
    rivals = [fact for fact in case.facts if fact.unit in units and fact.relation in ("finding", "tag")]
    competing = bool(rivals) and not (quantity.unit == "s" and case.is_position(quantity.start))
    bound = bound_before(case, quantity)
    if bound is not None:
        above = is_above(case, bound)
        values = [fact.value for fact in rivals if not fact.is_alternative and not fact.is_reference]
        truly = any((value > each.value) is above for value in values for each in quantity.readings)
        limit = any(
            quantity.unit == unit
            and same_value(quantity.readings, value)
            and any(f.evidence.name == name for f in case.facts)
            for name, value, unit in _LIMITS
        )
        if values and not truly and not limit:
            return Problem(quantity.text, "the finding lies on the other side")
        if limit or (case.repeats_question(quantity, False) and (truly or not values)):
            return None
    if case.repeats_question(quantity, competing):
        # "faster than 120 BPM": `check_directions` has the word. Elsewhere a finding must stand beside it.
        if competing and not re.search(r"(?i)\bthan(?: the| your)? $", case.tokens.text[: quantity.start][-12:]):
            repeated.append(quantity)
        return None
    return Problem(quantity.text, "the cited evidence does not hold this number with this unit")


_WINDOWS = (("loudness.short_term_max_lufs", 3.0), ("loudness.momentary_max_lufs", 0.4))
_OF_THIRDS = lazily(r"(?i)\bthirds?\b[^;.]{0,60}\bof (?:the|all) ")
_HELD_TO = lazily(r"(?i)\b(?:of|to|with|from|against|than|versus|standard|concert pitch)(?: the)?(?: A)?(?: =)? ?$")
_RANKED = lazily(
    r"(?i) (?:\w{3,12}est|most \w{1,20}|dominant|first|last) "
    r"(?P<what>peak|partial|frequenc|tone|harmonic|resonance|beat|onset)"
)


def _counts_what_follows(case: Case, quantity: Quantity) -> bool:
    """ "The two strongest peaks are 440 Hz and 880 Hz": as many as are told."""
    if quantity.noun == "chord" and (colon := case.tokens.plain.find(":", quantity.end)) >= 0:
        told = [name for name in case.tokens.names if name.kind == "note" and name.start > colon]
        return same_value(quantity.readings, len(told))
    match = _RANKED.match(case.tokens.text, quantity.end)
    if match is None:
        return False
    unit = "s" if match["what"].casefold() in ("beat", "onset") else "Hz"
    end = re.compile(r"[;:]|\.(?:\s|$)").search(case.tokens.plain, match.end())
    stop = end.start() if end else len(case.tokens.plain)
    entries = [q for q in case.tokens.quantities if match.end() <= q.start < stop and unit in (q.unit, *q.inherited)]
    return bool(entries) and same_value(quantity.readings, len(entries))


class _Items:
    """Keeps numbers of one list entry together: a level must be that of the frequency beside it."""

    def __init__(self) -> None:
        self._fields: set[str] = set()
        self._items: set[tuple[int, int | None]] = set()

    def take(self, facts: list[Fact]) -> bool:
        """Whether the facts fit the entry that the sentence is speaking of."""
        listed = [fact for fact in facts if fact.key not in ("", "start", "end") and fact.item is not None]
        if len(listed) < len(facts) or not listed:
            return bool(facts)
        field = listed[0].key
        items = {(id(fact.evidence), fact.item) for fact in listed}
        if not self._fields or field in self._fields:
            self._fields, self._items = {field}, items
            return True
        self._fields.add(field)
        self._items &= items
        return bool(self._items)
