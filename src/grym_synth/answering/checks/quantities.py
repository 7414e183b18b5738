"""Is every number of a sentence held by its evidence: its unit, its recording, and rounded no further than allowed?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...messages import Evidence
from ..chord_names import chord_id
from .bounds import beyond_full_scale, bound_before, bound_holds, calls_level, is_above
from .case import Case, Problem, holds_words, may_be_alternative
from .held import Fact
from .intervals import semitones_hold
from .names import chord_labels
from .qualifiers import demanded
from .tokens import Quantity, Reading
from .units import NOUNS

#: The most that a printed number may differ from what was measured.
ROUNDING: dict[str, float] = {
    "BPM": 0.05, "LUFS": 0.05, "LU": 0.05, "dB": 0.05, "dBFS": 0.05, "dBTP": 0.05, "s": 0.05, "Hz": 0.5, "cents": 0.5,
    "%": 0.5, "semitones": 0.05, "bit": 0.0, "#": 0.0, "": 0.05,
}  # fmt: skip
HZ_SHARE = 0.005  # of a frequency
CLOCK_ROUNDING = 0.5  # s, for m:ss and for whole seconds
WHOLE_FROM_S = 20.0  # from here on whole seconds may be told
WHOLE_BPM = 0.5  # musicians tell a tempo in whole beats a minute
_HAS_SIGN = frozenset({"LU", "dB", "cents", "semitones", "BPM", "s", "Hz", "%"})  # whose differences words may direct
_DIFFERENCE = {"LUFS": "LU", "dBFS": "dB", "dBTP": "dB"}
_APART = re.compile(
    r"(?i)\b(?:differ\w*|apart|off|away|between|difference|imbalance|more|less|than|above|below|over|under|louder|stronger"
    r"|weaker|quieter|softer|faster|slower|longer|shorter|higher|lower|brighter|darker|sharp|flat|up|down|rises?|climbs?|grows?|falls?|back"
    r"|later|earlier|drop|swing|change|turn|miss\w*|short of|leans?|leaning|tilt\w*|pulls?|heavier|hotter|high|low"
    r"|behind|ahead|out(?:pac|last|run|strip)\w*|gain(?:s|ed)|lost|loses|weighted|in favou?r of|lags?|trails?|leads?|exceed\w*|overshoot\w*|undershoot\w*|beats|headroom|room|gap|distance|apart"
    r"|too (?:loud|quiet|fast|slow)|under pitch|raise|lower|boost|cut|attenuate|reduce|gain)\b"
)
_UP = r"above|over|louder|stronger|faster|higher|longer|sharp|up|too loud|too fast|more|brighter|high|hotter|ahead"
_DOWN = (
    r"below|under|quieter|weaker|softer|slower|lower|shorter|flat|down|too quiet|too slow|less|short|darker|low"
    r"|back|behind"
)
_BEHIND = re.compile(rf"(?i) (?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b")
_SURENESS = re.compile(r"(?i)\b(?:sure|confiden\w*|certain\w*|likel\w*|probab\w*|chance)\b")
_ORDINAL = re.compile(r"(?i)\b(\d{1,6})(?:st|nd|rd|th)\b|\b(first|second|third)(?= (?:beat|onset|hit|downbeat)\b)")

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
            if not _ratio_holds(case, quantity) and not times_hold(case, quantity):
                problems.append(Problem(quantity.text, "no two findings stand in this ratio"))
        elif items.take(facts := supporting(case, index)) or _members_hold(case, quantity):
            if not _said_of_all(case, quantity, facts):
                problems.append(Problem(quantity.text, "does not hold of all recordings"))
            supported += 1
            held[index] = facts
        elif bound_holds(case, index) or _is_truly_denied(case, quantity) or _is_computed(case, quantity):
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


def _is_computed(case: Case, quantity: Quantity) -> bool:
    """Whether a number follows from two findings: the width of a range, a share by which one exceeds the other."""
    if quantity.unit == "semitones":
        return semitones_hold(case, quantity)
    return quantity.unit == "%" and _share_holds(case, quantity)


_MORE = re.compile(r"(?i) (?P<way>faster|quicker|slower|longer|shorter)\b")
_SHARES = {"faster": "rhythm.tempo_bpm", "quicker": "rhythm.tempo_bpm", "slower": "rhythm.tempo_bpm",
           "longer": "facts.duration_s", "shorter": "facts.duration_s"}  # fmt: skip


def _share_holds(case: Case, quantity: Quantity) -> bool:
    """ "26 % faster than b.wav": how much more, in percent of the other; which is which is for `check_directions`."""
    match = _MORE.match(case.tokens.text, quantity.end)
    if match is None:
        return False
    way = match["way"].casefold()
    values = sorted(fact.value for fact in case.facts if fact.evidence.name == _SHARES[way] and not fact.is_alternative
                    and fact.relation == "finding")  # fmt: skip
    if len(values) != 2 or values[0] <= 0:
        return False
    low, high = values
    share = 100 * (1 - low / high) if way in ("slower", "shorter") else 100 * (high / low - 1)
    return any(abs(each.value - share) <= max(each.step / 2, 0.05) + 1e-6 for each in quantity.readings)


def _is_truly_denied(case: Case, quantity: Quantity) -> bool:
    """ "Not 440", "rather than 63 BPM": another number of that unit was found."""
    if not case.denies(quantity.start):
        return False
    units = {quantity.unit, *quantity.inherited} - {""}
    found = [fact for fact in case.facts if fact.relation == "finding" and not fact.is_alternative]
    if units:
        return any(fact.unit in units for fact in found)
    return bool(found) and not any(abs(each.value - fact.value) < 0.5 for each in quantity.readings for fact in found)


_SECOND = re.compile(
    r"(?i)\b(?:less likely (?:reading|one)|alternative|second choice|runner-up)(?: (?:is|would be))? ?$"
)


_POSSIBLE = re.compile(r"(?i) (?:is|would be) (?:also )?possible\b")


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
_FIRST_OF = re.compile(
    r"(?i)\b(?:(?P<first>first)|last)(?= (?:\w+ )?(?:lie|are|beats|onsets|hits|downbeats|ones|fall|come)\b)"
)


_THE = re.compile(r"(?i)\b(?:the|these|those|all) $")
_EVERYONE = re.compile(r"(?i)\b(?:both(?! \w+er\b)|all|each|every|so (?:is|does|do|are|has)|likewise)\b")


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
        any(f.evidence.subject == subject and _holds(case, quantity, f, False) for f in _candidates(case, quantity))
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
        _same(quantity.readings, length) for name, length in _WINDOWS if name in case.names
    ):
        return None  # "the most intense three seconds": how long the window is that was measured
    if quantity.noun == "" and _same(quantity.readings, 3) and _OF_THIRDS.search(case.tokens.plain):
        return None  # "the first third is the loudest of the three"
    if quantity.unit == "Hz" and _same(quantity.readings, 440) and "tonality.tuning_cents" in case.names:
        if _HELD_TO.search(case.tokens.text[max(0, quantity.start - 24) : quantity.start]):
            return None  # the standard that a tuning is held against
    if counts_files and called and _same(quantity.readings, len(case.subjects)):
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
            and _same(quantity.readings, value)
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
_OF_THIRDS = re.compile(r"(?i)\bthirds?\b[^;.]{0,60}\bof (?:the|all) ")
_HELD_TO = re.compile(r"(?i)\b(?:of|to|with|from|against|than|versus|standard|concert pitch)(?: the)?(?: A)?(?: =)? ?$")
_RANKED = re.compile(
    r"(?i) (?:\w{3,12}est|most \w{1,20}|dominant|first|last) "
    r"(?P<what>peak|partial|frequenc|tone|harmonic|resonance|beat|onset)"
)


def _counts_what_follows(case: Case, quantity: Quantity) -> bool:
    """ "The two strongest peaks are 440 Hz and 880 Hz": as many as are told."""
    if quantity.noun == "chord" and (colon := case.tokens.plain.find(":", quantity.end)) >= 0:
        told = [name for name in case.tokens.names if name.kind == "note" and name.start > colon]
        return _same(quantity.readings, len(told))
    match = _RANKED.match(case.tokens.text, quantity.end)
    if match is None:
        return False
    unit = "s" if match["what"].casefold() in ("beat", "onset") else "Hz"
    end = re.compile(r"[;:]|\.(?:\s|$)").search(case.tokens.plain, match.end())
    stop = end.start() if end else len(case.tokens.plain)
    entries = [q for q in case.tokens.quantities if match.end() <= q.start < stop and unit in (q.unit, *q.inherited)]
    return bool(entries) and _same(quantity.readings, len(entries))


def _same(readings: Sequence[Reading], value: float) -> bool:
    return any(abs(each.value - value) < 1e-9 for each in readings)


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


def supporting(case: Case, index: int) -> list[Fact]:
    """The facts that hold the quantity at `index`."""
    if index not in case.supported:
        case.supported[index] = _facts_for(case, index)
    return case.supported[index]


def _facts_for(case: Case, index: int) -> list[Fact]:
    quantity = case.tokens.quantities[index]
    every = _candidates(case, quantity)
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
        if _holds(case, quantity, fact, bool(demand)):
            found.append(fact)
    return found


_TARGET = re.compile(
    r"(?i)\b(?:targets?|norms?|standards?|usual|recommend\w*|streaming|broadcast\w*|podcasts?|clubs?|EBU|allowed|limits?|goals?"
    r"|reference|aim\w*|hit|reach|meet|match|against|versus|vs|than|above|over|below|under|short of|to)\b"
)


def _is_held_against(case: Case, quantity: Quantity) -> bool:
    """Whether the words around call a number a level to be held against, not one that was measured."""
    text = case.tokens.text
    before = re.split(r"[;:,]\s", text[max(0, quantity.start - 32) : quantity.start])[-1]
    behind = re.split(r"[;:,]\s", text[quantity.end : quantity.end + 40])[0]
    return _TARGET.search(before) is not None or _TARGET.search(behind) is not None


def _candidates(case: Case, quantity: Quantity) -> list[Fact]:
    """Facts whose unit the quantity may have."""
    if not quantity.unit or case.is_theory:
        return case.facts
    same = case.by_unit.get(quantity.unit, ())
    # A change of level is the same number in LU and in dB.
    levels = [fact for fact in case.by_unit.get("LU", ()) if quantity.unit == "dB" and fact.is_difference]
    return [*same, *levels, *_differences(case, quantity), *beyond_full_scale(case, quantity)]


def _is_near(quantity: Quantity, fact: Fact) -> bool:
    """A quick look: no tolerance is wider than this."""
    size = abs(fact.value)
    return any(abs(abs(each.value) - size) <= 1.0 + 0.02 * size + each.step for each in quantity.readings)


def _between(fact: Fact, case: Case, wanted: frozenset[str]) -> bool:
    """A difference of two recordings speaks of each of them."""
    if fact.other is not None and not case.touches(fact.evidence, wanted):
        return case.touches(fact.other, wanted)
    return fact.is_difference and case.touches(fact.evidence, wanted) and len(case.subjects) > 1 and bool(wanted)


def _members_hold(case: Case, quantity: Quantity) -> bool:
    """Whether a number said of several recordings holds of each, or each has its own ("126 and 128 BPM")."""
    group = [name for name in case.group_at(quantity.start) if name.subjects]
    if len(group) < 2:
        return False
    facts = [[f for f in case.facts if f.evidence.subject in name.subjects] for name in group]
    if all(any(_holds(case, quantity, fact, False) for fact in each) for each in facts):
        return True
    units = {quantity.unit, *quantity.inherited}
    same = [q for q in case.tokens.quantities if case.group_at(q.start) == group and units & {q.unit, *q.inherited}]
    if len(same) != len(group):
        return False
    return any(_holds(case, quantity, fact, False) for fact in facts[same.index(quantity)])


def _holds(case: Case, quantity: Quantity, fact: Fact, is_named: bool) -> bool:
    if not _unit_fits(case, quantity, fact, is_named):
        return False
    if fact.is_alternative and not may_be_alternative(
        case, quantity.start, quantity.end, _same_kind(case, quantity), _same_kind_behind(case, quantity)
    ):
        return False
    if fact.item is not None and fact.unit == "s" and not _ordinal_fits(case, quantity, fact):
        return False
    for reading in quantity.readings:
        allowed = tolerance(quantity, reading, fact)
        if abs(reading.value - fact.value) <= allowed and _side_fits(quantity, reading, fact):
            return not fact.is_difference or _sign_fits(case, quantity, fact)
        unsigned = not quantity.signed or (fact.evidence.name == "facts.balance_db" and reading.value > 0)
        directed = unsigned and fact.value < 0 and fact.unit in _HAS_SIGN and fact.is_difference
        same_size = abs(reading.value + fact.value) <= allowed
        if directed and same_size and _APART.search(case.clause(quantity.start, quantity.end)):
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


def _unit_fits(case: Case, quantity: Quantity, fact: Fact, is_named: bool) -> bool:
    if fact.relation == "confidence":
        return quantity.unit == "%" and _SURENESS.search(case.clause(quantity.start, quantity.end)) is not None
    if fact.evidence.name in _PHRASES:
        return _phrased(case, quantity, fact)
    if case.is_theory and (fact.unit in ("", "#") or quantity.unit in ("", "#", "times")):
        return True  # its values may be of any quantity: metres, bars, a ratio
    if quantity.unit == "#":
        counted = fact.key == quantity.noun or (not fact.key and _named_in(quantity.noun, fact))
        return fact.unit == "#" and (counted or _counts_silences(case, quantity, fact))
    if quantity.unit:
        return fact.unit == quantity.unit or (quantity.unit == "dB" and fact.unit == "LU" and fact.is_difference)
    if fact.unit == "#":
        return fact.key != "" and fact.key == _outnumbering(case, quantity)
    implied = fact.unit == _implied_unit(case, quantity)
    # Beside a neighbour's unit a noun still tells what a number is, but not of which entry of a list.
    named = is_named and (not quantity.inherited or fact.item is None)
    return fact.unit in quantity.inherited or fact.unit == "" or implied or _is_tempo(case, quantity, fact) or named


_BARE_TEMPO = re.compile(
    r"(?i)\b(?:at|with|to|as|is|says|hear|around|about|go|be|it|mostly|likely|probably|perhaps|maybe)(?: \w+)? ?$"
)


def _is_tempo(case: Case, quantity: Quantity, fact: Fact) -> bool:
    """ "Drop it in at 126": a bare number of that size is a tempo where one is cited and nothing else is told."""
    if fact.unit != "BPM" or quantity.unit or quantity.inherited or quantity.signed or fact.item is not None:
        return False
    before = case.tokens.text[max(0, quantity.start - 24) : quantity.start]
    return 30 <= abs(fact.value) <= 300 and _BARE_TEMPO.search(before) is not None


_OUTNUMBER = re.compile(
    r"(?i)\b(\w+) (?:clearly |far )?outnumber (?:the )?(\w+)(?: by)?,? (?P<second>[\d,]{1,9} to )?$"
)


def _outnumbering(case: Case, quantity: Quantity) -> str:
    """What the numbers of "onsets outnumber beats, 1,786 to 319" count."""
    match = _OUTNUMBER.search(case.tokens.text[max(0, quantity.start - 60) : quantity.start])
    return "" if match is None else NOUNS.get(match[2 if match["second"] else 1].casefold(), "")


_IMPLIED = {
    "LUFS": re.compile(r"(?i)\b(?:louder|quieter|softer|hotter|loudest|quietest)\b"),
    "BPM": re.compile(r"(?i)\b(?:faster|slower|quicker|fastest|slowest)\b"),
    "Hz": re.compile(r"(?i)\b(?:brighter|darker|duller)\b"),
}


def _implied_unit(case: Case, quantity: Quantity) -> str | None:
    """The unit of bare numbers held against each other: "with -11.8 against -18.1, a.wav is the louder one"."""
    if quantity.unit or quantity.inherited or not case.is_held_against(quantity):
        return None
    clause = case.clause(quantity.start, quantity.end)
    units = [unit for unit, words in _IMPLIED.items() if words.search(clause)]
    return units[0] if len(units) == 1 else None


#: Findings that need their own words behind the number, or before it.
_PHRASES = {
    "rhythm.metre": re.compile(r"(?i) ?-?beats? (?:to|in|per|a|each|every)(?: the| a| each| every)? (?:bar|measure)\b"),
    "chords.changes_per_minute": re.compile(r"(?i) (?:chord )?changes (?:a|per|each|every) minute\b"),
}
_BAR_HOLDS = re.compile(
    r"(?i)\b(?:bars?|measures?) (?:holds?|contains?|ha(?:s|ve)|counts?|comprises?|consists? of|is|are|takes?) (?:of )?$"
)
_IN_BEFORE = re.compile(r"(?i)\b(?:is|in|metre|meter|counts?) (?:in |of |is )?$")


def _phrased(case: Case, quantity: Quantity, fact: Fact) -> bool:
    """ "4 beats to the bar", "in 4"; "24 changes a minute": neither is a count of the whole."""
    if fact.relation == "confidence":
        return quantity.unit == "%" and _SURENESS.search(case.clause(quantity.start, quantity.end)) is not None
    if _PHRASES[fact.evidence.name].match(case.tokens.text, quantity.end):
        return True
    if quantity.noun == "beat" and _BAR_HOLDS.search(case.tokens.text[max(0, quantity.start - 32) : quantity.start]):
        return True
    is_bare = not quantity.unit and re.match(r"[.,;:)]|$", case.tokens.text[quantity.end : quantity.end + 1])
    before = _IN_BEFORE.search(case.tokens.text[max(0, quantity.start - 16) : quantity.start])
    return fact.evidence.name == "rhythm.metre" and bool(is_bare) and before is not None


_RATE = re.compile(r"(?i) (?:a|per|each|every) minute\b")
_REPEATS = re.compile(r"(?i)\b(?:repeats?|repeated|loops?|cycles?|comes round|is played|is heard)(?: itself)? $")
_COMES = re.compile(r"(?i)\b(?:comes?|appears?|is played|returns?|occurs?|is there|is heard)(?: back)? ?$")


def times_hold(case: Case, quantity: Quantity) -> bool:
    """ "24 times a minute" of the changes of chords, "A comes 3 times" of a section."""
    if not quantity.readings:
        return False
    stated = quantity.readings[0].value
    behind = re.match(r"(?i) times?", case.tokens.text[quantity.end : quantity.end + 6])
    end = quantity.end + (behind.end() if behind else 0)
    if _RATE.match(case.tokens.text, end):
        bound = case.bound(quantity.start)
        rates = [f.value for f in case.facts if f.evidence.name == "chords.changes_per_minute"
                 and f.relation == "finding" and case.touches(f.evidence, bound)]  # fmt: skip
        speaks = re.search(r"(?i)\bchang", case.clause(quantity.start, quantity.end)) is not None
        return speaks and any(abs(rate - stated) <= 0.5 for rate in rates)
    before = case.tokens.text[max(0, quantity.start - 16) : quantity.start]
    chords = [name for name in case.tokens.names if name.kind == "note" and name.end <= quantity.start]
    if chords and _REPEATS.search(before):
        return any(cycles_in(case, item, quantity.start) == stated for item in case.by_name("chords.segments"))
    if not _COMES.search(before):
        return False
    labels = [name for name in case.tokens.names if name.kind == "section" and name.end <= quantity.start]
    sections = [item for item in case.cited if item.name == "structure.sections"]
    return bool(labels) and any(chord_labels(item).count(labels[-1].text) == stated for item in sections)


def cycles_in(case: Case, item: Evidence, end: int) -> int:
    """How often the chords that are told before `end` follow each other in a list of chords."""
    wanted = [chord_id(name.text) for name in case.tokens.names if name.kind == "note" and name.end <= end]
    labels = [chord_id(label) for label in chord_labels(item)]
    row = [label for at, label in enumerate(labels) if label is not None and (not at or label != labels[at - 1])]
    at, found = 0, 0
    while wanted and at <= len(row) - len(wanted):
        fits = row[at : at + len(wanted)] == wanted
        found, at = found + fits, at + (len(wanted) if fits else 1)
    return found


_SILENT = re.compile(r"(?i)\bsilen(?:t|ce|ces)\b")


def _counts_silences(case: Case, quantity: Quantity, fact: Fact) -> bool:
    """ "Two silent passages", "silence in two places": silences by another name."""
    by_another_name = fact.key == "silence" and quantity.noun in ("place", "section")
    return by_another_name and _SILENT.search(case.clause(quantity.start, quantity.end)) is not None


def _named_in(noun: str, fact: Fact) -> bool:
    """Whether a count of unknown nature is named after the noun: `theory.semitone_count`."""
    return noun != "?" and noun in fact.evidence.name


def tolerance(quantity: Quantity, reading: Reading, fact: Fact) -> float:
    """How far a printed number may lie from a fact."""
    strict = ROUNDING.get(fact.unit, 0.0)
    if fact.evidence.capability == "theory":
        strict = max(0.5, 0.005 * abs(fact.value))  # nothing was measured: the printed digits decide
    elif fact.unit == "Hz":
        strict = 0.5 if fact.evidence.kind == "sample_rate" else max(HZ_SHARE * abs(fact.value), strict)
    elif fact.unit == "s" and (quantity.clock or (reading.step >= 1 and abs(fact.value) >= WHOLE_FROM_S)):
        strict = CLOCK_ROUNDING
    elif fact.unit == "BPM" and reading.step >= 1:
        strict = WHOLE_BPM
    elif not fact.unit and reading.step >= 1 and not float(fact.value).is_integer():
        strict = 0.005  # a flatness of 0.04 is not 0
    allowed = min(strict, reading.step / 2)
    if quantity.approximate:
        step = reading.step
        while step and abs(reading.value) >= 100 * step and abs(reading.value / (10 * step)) % 1 < 1e-9:
            step *= 10  # "about 450 Hz" does not print its last zero
        if step == reading.step and abs(reading.value) >= 20 * step and abs(reading.value / (5 * step)) % 1 < 1e-9:
            step *= 5  # nor "about 155 BPM" its last five
        unit = reading.step if fact.unit != "s" else 1.0
        share = 0.03 if quantity.approximate in ("over", "under") else 0.02
        allowed = max(allowed, min(step, max(share * abs(fact.value), min(unit, 1.0))))
        if quantity.approximate in ("over", "under") and fact.unit != "s":
            allowed = max(allowed, share * abs(fact.value))
        allowed = max(allowed, min(reading.step / 2, 0.04 * abs(fact.value)))
        if fact.unit == "s" and reading.step >= 60:
            allowed = max(allowed, 0.02 * abs(fact.value))
    return allowed * (1 + 1e-6) + 1e-9


def _side_fits(quantity: Quantity, reading: Reading, fact: Fact) -> bool:
    """ "Just over" and "almost" say on which side the number lies."""
    if quantity.approximate in ("", "about"):
        return True
    return (abs(fact.value) >= abs(reading.value)) == (quantity.approximate == "over") or fact.value == reading.value


def _ordinal_fits(case: Case, quantity: Quantity, fact: Fact) -> bool:
    """ "The 3rd beat is at 1.5 s": the third of the list."""
    before = case.tokens.text[max(0, quantity.start - 60) : quantity.start]
    match = next(iter(reversed(list(_ORDINAL.finditer(before)))), None)
    if match is None:
        return True
    number = int(match[1]) if match[1] else ("first", "second", "third").index(match[2].casefold()) + 1
    return fact.item == number - 1


def _differences(case: Case, quantity: Quantity) -> list[Fact]:
    """Differences that a sentence may state without citing them as computed: of two recordings, items, or a target."""
    if quantity.unit in ("", "#", "times", "bit") or not _APART.search(case.clause(quantity.start, quantity.end)):
        return []
    wanted = {"LU", "dB"} if quantity.unit == "dB" else {quantity.unit}
    units = [unit for unit in (*_DIFFERENCE, quantity.unit) if _DIFFERENCE.get(unit, unit) in wanted]
    plain = [
        fact
        for fact in case.facts
        if fact.unit in units and not fact.is_alternative and fact.relation == "finding" and not fact.is_difference
        and fact.evidence.name not in ("rhythm.beats_s", "rhythm.onsets_s", "spectrum.peaks", "spectrum.bands_db")
    ][:24]  # fmt: skip
    found = []
    for at, first in enumerate(plain):
        for second in plain[at + 1 :]:
            comparable = first.evidence.name == second.evidence.name and first.key == second.key
            if comparable and first.unit == second.unit:
                found.append(_difference(first, second))
            elif first.unit == second.unit and first.is_reference != second.is_reference:
                heard, level = (second, first) if first.is_reference else (first, second)
                unit = _DIFFERENCE.get(heard.unit, heard.unit)
                found.append(Fact(heard.value - level.value, unit, heard.evidence, "length", None, "asked"))
        for asked in case.asked.quantities:
            if asked.unit == first.unit:
                unit = _DIFFERENCE.get(first.unit, first.unit)
                for each in asked.readings:
                    found.append(Fact(first.value - each.value, unit, first.evidence, "length", first.item, "asked"))
    return found


def _difference(first: Fact, second: Fact) -> Fact:
    """The size of a difference; its direction is for `check_directions`."""
    unit, size = _DIFFERENCE.get(first.unit, first.unit), abs(first.value - second.value)
    return Fact(size, unit, first.evidence, "length", first.item, "between", second.evidence)


def _ratio_holds(case: Case, quantity: Quantity) -> bool:
    """Whether two findings of one kind, or a finding and the question, stand in that ratio."""
    wanted = [each.value for each in quantity.readings if each.value > 0]
    kinds = ("tempo", "duration", "frequency", "delay", "sample_rate", "count")
    facts = [fact for fact in case.facts if fact.evidence.kind in kinds or fact.relation == "tag"][:32]
    asked = [(each.unit, reading.value) for each in case.asked.quantities for reading in each.readings]
    values = [(fact.unit, fact.value) for fact in facts]
    for at, (unit, value) in enumerate(values):
        for other_unit, other in (*values[at + 1 :], *asked):
            if unit == other_unit and other and value:
                ratio = value / other
                if any(abs(ratio / each - 1) <= 0.02 or abs(1 / ratio / each - 1) <= 0.02 for each in wanted):
                    return True
    return any(
        _same(quantity.readings, reading.value)
        for each in case.asked.quantities
        if each.unit == "times"
        for reading in each.readings
    )


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
