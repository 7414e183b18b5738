"""Does a finding have the unit, or count the things, that a sentence gives a number?"""

from __future__ import annotations

import re

from ...regex import lazily
from .case import Case
from .held import Fact
from .tokens import Quantity
from .units import NOUNS

_SURENESS = lazily(r"(?i)\b(?:sure|confiden\w*|certain\w*|likel\w*|probab\w*|chance)\b")


def unit_fits(case: Case, quantity: Quantity, fact: Fact, is_named: bool) -> bool:
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


_BARE_TEMPO = lazily(
    r"(?i)\b(?:at|with|to|as|is|says|hear|around|about|go|be|it|mostly|likely|probably|perhaps|maybe)(?: \w+)? ?$"
)


def _is_tempo(case: Case, quantity: Quantity, fact: Fact) -> bool:
    """ "Drop it in at 126": a bare number of that size is a tempo where one is cited and nothing else is told."""
    if fact.unit != "BPM" or quantity.unit or quantity.inherited or quantity.signed or fact.item is not None:
        return False
    before = case.tokens.text[max(0, quantity.start - 24) : quantity.start]
    return 30 <= abs(fact.value) <= 300 and _BARE_TEMPO.search(before) is not None


_OUTNUMBER = lazily(r"(?i)\b(\w+) (?:clearly |far )?outnumber (?:the )?(\w+)(?: by)?,? (?P<second>[\d,]{1,9} to )?$")


def _outnumbering(case: Case, quantity: Quantity) -> str:
    """What the numbers of "onsets outnumber beats, 1,786 to 319" count."""
    match = _OUTNUMBER.search(case.tokens.text[max(0, quantity.start - 60) : quantity.start])
    return "" if match is None else NOUNS.get(match[2 if match["second"] else 1].casefold(), "")


_IMPLIED = {
    "LUFS": lazily(r"(?i)\b(?:louder|quieter|softer|hotter|loudest|quietest)\b"),
    "BPM": lazily(r"(?i)\b(?:faster|slower|quicker|fastest|slowest)\b"),
    "Hz": lazily(r"(?i)\b(?:brighter|darker|duller)\b"),
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
    "rhythm.metre": lazily(r"(?i) ?-?beats? (?:to|in|per|a|each|every)(?: the| a| each| every)? (?:bar|measure)\b"),
    "chords.changes_per_minute": lazily(r"(?i) (?:chord )?changes (?:a|per|each|every) minute\b"),
}
_BAR_HOLDS = lazily(
    r"(?i)\b(?:bars?|measures?) (?:holds?|contains?|ha(?:s|ve)|counts?|comprises?|consists? of|is|are|takes?) (?:of )?$"
)
_IN_BEFORE = lazily(r"(?i)\b(?:is|in|metre|meter|counts?) (?:in |of |is )?$")


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


_SILENT = lazily(r"(?i)\bsilen(?:t|ce|ces)\b")


def _counts_silences(case: Case, quantity: Quantity, fact: Fact) -> bool:
    """ "Two silent passages", "silence in two places": silences by another name."""
    by_another_name = fact.key == "silence" and quantity.noun in ("place", "section")
    return by_another_name and _SILENT.search(case.clause(quantity.start, quantity.end)) is not None


def _named_in(noun: str, fact: Fact) -> bool:
    """Whether a count of unknown nature is named after the noun: `theory.semitone_count`."""
    return noun != "?" and noun in fact.evidence.name
