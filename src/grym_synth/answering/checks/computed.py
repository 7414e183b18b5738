"""Numbers that follow from two findings: differences, ratios, shares, how often something comes."""

from __future__ import annotations

import re

from ...messages import Evidence
from ...regex import lazily
from ..chord_names import chord_id
from .case import Case
from .held import Fact
from .intervals import semitones_hold
from .names import chord_labels
from .rounding import same_value
from .tokens import Quantity

_DIFFERENCE = {"LUFS": "LU", "dBFS": "dB", "dBTP": "dB"}
APART = lazily(
    r"(?i)\b(?:differ\w*|apart|off|away|between|difference|imbalance|more|less|than|above|below|over|under|louder|stronger"
    r"|weaker|quieter|softer|faster|slower|longer|shorter|higher|lower|brighter|darker|sharp|flat|up|down|rises?|climbs?|grows?|falls?|back"
    r"|later|earlier|drop|swing|change|turn|miss\w*|short of|leans?|leaning|tilt\w*|pulls?|heavier|hotter|high|low"
    r"|behind|ahead|out(?:pac|last|run|strip)\w*|gain(?:s|ed)|lost|loses|weighted|in favou?r of|lags?|trails?|leads?|exceed\w*|overshoot\w*|undershoot\w*|beats|headroom|room|gap|distance|apart"
    r"|too (?:loud|quiet|fast|slow)|under pitch|raise|lower|boost|cut|attenuate|reduce|gain)\b"
)


def is_computed(case: Case, quantity: Quantity) -> bool:
    """Whether a number follows from two findings: the width of a range, a share by which one exceeds the other."""
    if quantity.unit == "semitones":
        return semitones_hold(case, quantity)
    return quantity.unit == "%" and _share_holds(case, quantity)


_MORE = lazily(r"(?i) (?P<way>faster|quicker|slower|longer|shorter)\b")
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


_RATE = lazily(r"(?i) (?:a|per|each|every) minute\b")
_REPEATS = lazily(r"(?i)\b(?:repeats?|repeated|loops?|cycles?|comes round|is played|is heard)(?: itself)? $")
_COMES = lazily(r"(?i)\b(?:comes?|appears?|is played|returns?|occurs?|is there|is heard)(?: back)? ?$")


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


def differences(case: Case, quantity: Quantity) -> list[Fact]:
    """Differences that a sentence may state without citing them as computed: of two recordings, items, or a target."""
    if quantity.unit in ("", "#", "times", "bit") or not APART.search(case.clause(quantity.start, quantity.end)):
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


def ratio_holds(case: Case, quantity: Quantity) -> bool:
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
        same_value(quantity.readings, reading.value)
        for each in case.asked.quantities
        if each.unit == "times"
        for reading in each.readings
    )
