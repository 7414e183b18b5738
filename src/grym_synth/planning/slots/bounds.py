"""Between which bounds something must lie: "faster than 120 bpm", "between -16 and -14 LUFS", "under three minutes"."""

from __future__ import annotations

import re
from typing import TypeAlias

from ...regex import lazily
from .numbers import SIGNED, to_float
from .times import SPOKEN, to_seconds

#: The lowest and the highest; None where there is no bound.
Bounds: TypeAlias = tuple[float | None, float | None]

BPM = r"(?:bpm\b|beats? per minute|schläge pro minute|pulsaciones por minuto|slag i minuten)"
_UNITS = {"tempo_bpm": BPM, "integrated_lufs": r"(?:lufs|lkfs)\b", "true_peak_dbtp": r"(?:dbtp|db\s?tp)\b"}

_BETWEEN = r"(?:between|from|zwischen|von|entre|de|fra|tra|da|mellan|från)\s+"
_AND = r"\s*(?:and|to|und|bis|y|a|et|à|e|och|till|hasta|até|[-–—])\s*"
_THAN = r"\s+(?:than|as|als|que|do que|di|de|än)\s+"
_ABOVE = (
    "above|over|more than|at least|exceed(?:s|ing)?|minimum|min|beyond|past|über|mehr als|mindestens|oberhalb von|"
    "más de|por encima de|al menos|como mínimo|plus de|au-dessus de|au moins|mais de|acima de|pelo menos|più di|"
    "sopra(?: i)?|oltre(?: i)?|almeno|över|mer än|minst"
)
_BELOW = (
    "below|under|less than|at most|up to|no more than|maximum|max|unter|weniger als|höchstens|unterhalb von|bis zu|"
    "menos de|por debajo de|como mucho|moins de|en dessous de|au-dessous de|au plus|abaixo de|no máximo|meno di|"
    "sotto(?: i)?|al massimo|lägre än|mindre än|högst|upp till"
)
# Comparatives say what is bounded where the unit does not: "faster than 130". In the order up, down.
_COMPARATIVES = {
    "tempo_bpm": (
        "faster|quicker|schneller|m[áa]s rápid[oa]s?|plus (?:rapides?|vite)|mais rápid[oa]s?|più veloc[ei]|snabbare",
        "slower|langsamer|m[áa]s lent[oa]s?|plus lente?s?|mais lent[oa]s?|più lent[oaie]|långsammare",
    ),
    "integrated_lufs": (
        "louder|hotter|lauter|m[áa]s (?:fuertes?|alt[oa]s?)|plus fort(?:e?s?)|mais alt[oa]s?|più fort[ei]|starkare|"
        "högre",
        "quieter|softer|leiser|m[áa]s (?:baj[oa]s?|suaves?)|plus (?:faibles?|doux|douces?)|mais baix[oa]s?|"
        "più (?:bass|pian)[oaie]|tystare|svagare",
    ),
    "duration_s": (
        "longer|länger|m[áa]s larg[oa]s?|plus (?:longs?|longues?)|mais long[oa]s?|più lung(?:[oa]|hi|he)|längre",
        "shorter|kürzer|m[áa]s cort[oa]s?|plus court(?:e?s?)|mais curt[oa]s?|più (?:brev[ei]|cort[oaie])|kortare",
    ),
}
_LENGTH = rf"({SPOKEN}|[^\W\d]{{2,6}}\s(?:minut\w*|second\w*|segund\w*|sekund\w*|mins?|secs?))"
#: What is faded over a time, or changed by one, is not chosen by its length.
_CHOSEN = r"(?<!\bby )(?<!\bin )(?<!\bout )(?<!\bfade )(?<!\bit )"


def _patterns() -> list[tuple[str, bool, re.Pattern[str]]]:
    """Quantity, whether the number is the lowest, and how it is said; a unit says more than a comparative."""
    found = []
    for is_low, words in ((True, _ABOVE), (False, _BELOW)):
        found += [(name, is_low, rf"\b(?:{words})\s+(?:the\s+)?({SIGNED})\s?-?{unit}") for name, unit in _UNITS.items()]
        found.append(("duration_s", is_low, rf"{_CHOSEN}\b(?:{words})\s+{_LENGTH}"))
    for name, both in _COMPARATIVES.items():
        number = f"({SPOKEN})" if name == "duration_s" else rf"({SIGNED})(?![\d:]|\s?(?:k?hz|%))"
        unit = f"(?:\\s?-?{_UNITS[name]})?" if name in _UNITS else ""
        found += [
            (name, is_low, f"(?:{words}){_THAN}{number}{unit}")
            for is_low, words in zip((True, False), both, strict=True)
        ]
    return [(name, is_low, lazily(pattern, re.IGNORECASE)) for name, is_low, pattern in found]


_ONE = _patterns()
_BOTH = {
    name: lazily(rf"(?:{_BETWEEN})?(?<![\w.])({SIGNED})\s?(?:{unit})?{_AND}({SIGNED})\s?-?{unit}", re.IGNORECASE)
    for name, unit in _UNITS.items()
}


def read_bounds(text: str) -> tuple[dict[str, Bounds], str]:
    """Bounds of each quantity that has some, and the text without them."""
    ranges: dict[str, Bounds] = {}
    rest = text
    for name, pattern in _BOTH.items():
        if match := pattern.search(rest):
            low, high = sorted(_value(name, each) or 0.0 for each in match.groups())
            if low < high:
                ranges[name], rest = (low, high), rest.replace(match.group(), " ")
    for name, is_low, pattern in _ONE:
        match = pattern.search(rest)
        value = _value(name, match.group(1)) if match else None
        if match and value is not None:
            low_known, high_known = ranges.get(name, (None, None))
            ranges[name] = (value, high_known) if is_low else (low_known, value)
            rest = rest.replace(match.group(), " ")
    return ranges, rest


def _value(name: str, text: str) -> float | None:
    if name == "duration_s":
        return to_seconds(text)
    # A bare "14 LUFS" means -14: nothing is louder than full scale for long.
    return -abs(to_float(text)) if name == "integrated_lufs" else to_float(text)
