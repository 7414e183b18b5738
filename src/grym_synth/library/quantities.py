"""Numbers with their units in a question: "between 120 and 125 bpm", "longer than a minute", "around -14 LUFS".

A number means nothing without a unit. Where none is said, the words beside it may tell ("faster than 120"); a range that
can only be a tempo is taken for one, and that is told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..regex import lazily
from .query import Within
from .vocabulary import NUMBERS

_WORDS = "|".join(sorted((re.escape(word) for word in NUMBERS), key=len, reverse=True))
_NUMBER = rf"(?:\d+ ?min \d{{1,2}}(?![\w.:])(?! ?bpm)|\d+:\d\d(?::\d\d)?|-?\d+(?:[.,]\d+)?|(?:{_WORDS})(?= ))"

#: Each unit as it is written, folded: the figure that it measures, and how many of the figure's units it is.
_UNITS: tuple[tuple[str, str, float], ...] = (
    (r"bpm|beats per minute|beats a minute|schlage pro minute|schlagen pro minute|ppm|slag per minut", "tempo_bpm", 1),
    (r"ms|millisec(?:ond)?s?|milliseconds?|millisekunden", "duration_s", 0.001),
    (r"seconds?|secs?|sekunden?|segundos?|secondes?|secondi|secondo|sekunder?|s", "duration_s", 1),
    (r"minutes?|mins?|minuten?|minutos?|minuti|minuto|minuter|minut", "duration_s", 60),
    (r"hours?|hrs?|stunden?|horas?|heures?|ore|ora|timmar|timme|h", "duration_s", 3600),
    (r"lufs|lkfs", "integrated_lufs", 1),
    (r"dbtp", "true_peak_dbtp", 1),
    (r"lu", "range_lu", 1),
    (r"khz", "sample_rate_hz", 1000),
    (r"hz|hertz", "sample_rate_hz", 1),
    (r"-?bits?", "bit_depth", 1),
    (r"-?bars?|-?measures?|takte?n?|compases|mesures|battute|compassos|takter", "bars", 1),
    (r"cents", "tuning_cents", 1),
    (r"channels?|kanale?", "channels", 1),
    (r"mb|mib|megabytes?|megas?", "size_mb", 1),
    (r"kb|kib|kilobytes?", "size_mb", 0.001),
    (r"gb|gib|gigabytes?|gigas?", "size_mb", 1000),
)
_UNIT = "|".join(unit for unit, _, _ in _UNITS)
_U = rf"(?:[ -]?(?P<{{name}}>{_UNIT})(?![a-z0-9]))"

_THAN = r"(?:than|as|de|que|di|che|do que|da|an)"
_MORE_WORDS: Mapping[str, str] = {
    r"faster|quicker|schneller|(?:mas|plus|mais) rapid\w*|piu veloc\w*|snabbare": "tempo_bpm",
    r"longer|langer|(?:mas|plus|mais|piu) (?:larg|long|lung)\w*|langre": "duration_s",
    r"louder|lauter|(?:mas|plus|mais|piu) (?:fuert|fort|alt)\w*|hogre": "integrated_lufs",
    r"brighter|heller|(?:mas|plus|mais|piu) brill?(?:h?ant)\w*|ljusare": "centroid_hz",
    r"more|greater|higher|bigger|larger|groser|mehr|hoher|mas|plus|mais|piu|mer|hogre": "",
}
_LESS_WORDS: Mapping[str, str] = {
    r"slower|langsamer|(?:mas|plus|mais|piu) lent\w*|langsammare": "tempo_bpm",
    r"shorter|kurzer|(?:mas|plus|mais|piu) (?:cort|court|curt)\w*|kortare": "duration_s",
    r"quieter|softer|leiser|(?:mas|plus|mais|piu) (?:silen|baj|baix|pian)\w*|tystare": "integrated_lufs",
    r"darker|dunkler|(?:mas|plus|mais|piu) (?:oscur|sombre|scur|escur)\w*|morkare": "centroid_hz",
    r"less|fewer|lower|smaller|kleiner|weniger|menos|moins|meno|mindre": "",
}
_MORE = rf"(?P<more>(?:{'|'.join(_MORE_WORDS)}) (?:{_THAN}|als)|over|above|at least|mindestens|uber|al menos|au moins|" \
    r"almeno|pelo menos|minst|>=|>|minimum|dessus de|sopra i|acima de|a partir de)"  # fmt: skip
_LESS = rf"(?P<less>(?:{'|'.join(_LESS_WORDS)}) (?:{_THAN}|als)|under|below|at most|up to|hochstens|unter|como maximo|" \
    r"au plus|al massimo|no maximo|hogst|<=|<|maximum|dessous de|sotto i|abaixo de|bis zu|no more than|no longer than)"  # fmt: skip
_ABOUT = (
    r"(?P<about>around|about|approximately|roughly|near|close to|circa|ca\.?|etwa|ungefahr|rund|um die|alrededor de|"
    r"aproximadamente|unos|environ|autour de|vers|intorno a(?:i)?|cerca de|por volta de|omkring|runt|~)"
)
_NAMES = r"(?:(?:the|die|el|le|il|a|o) )?(?:(?P<named>tempo|bpm|loudness|lufs|length|duration|true peak|centroid)(?: of| is|:| =)? )?"
_NAMED = {
    "tempo": "tempo_bpm", "bpm": "tempo_bpm", "loudness": "integrated_lufs", "lufs": "integrated_lufs",
    "length": "duration_s", "duration": "duration_s", "true peak": "true_peak_dbtp", "centroid": "centroid_hz",
}  # fmt: skip

_BETWEEN = lazily(
    rf"(?<![\w.]){_NAMES}(?:between|from|zwischen|von|entre|de|tra|fra|da|mellan|fran)(?: les| los| i| os)? "
    rf"(?P<a>{_NUMBER}){_U.format(name='ua')}? (?:and|to|und|bis|y|e|et|a|och|till|-|through) "
    rf"(?P<b>{_NUMBER}){_U.format(name='ub')}?(?![\w#])"
)
_DASHED = lazily(
    rf"(?<![\w.]){_NAMES}(?P<a>-?\d+(?:[.,]\d+)?){_U.format(name='ua')}? ?(?:-|to|bis|till|\.\.\.?| a ) ?"
    rf"(?P<b>-?\d+(?:[.,]\d+)?){_U.format(name='ub')}(?![\w#])"
)
_BOUND = lazily(
    rf"(?<![\w.])(?:{_NAMES}(?:is )?(?:{_MORE}|{_LESS}|{_ABOUT}) ?)(?P<a>{_NUMBER}){_U.format(name='ua')}?(?![\w#])"
)
_PLAIN = lazily(
    rf"(?<![\w.]){_NAMES}(?P<a>{_NUMBER}){_U.format(name='ua')}(?P<plus> ?\+| (?:or|und|and|o|ou|oder|eller) "
    r"(?:more|faster|longer|above|up|louder|mehr|mas|plus|piu|mais|mer))?(?P<minus> (?:or|and) "
    r"(?:less|slower|shorter|below|under|quieter))?(?![\w#])"
)
_TEMPO_NAMED = lazily(r"(?<![\w.])(?:tempo|bpm)(?: of| is|:| =)? (?P<a>\d+(?:[.,]\d+)?)(?![\w#])")
_AT = lazily(r"(?<![\w.])(?:at|@|bei|mit) (?P<a>\d+(?:[.,]\d+)?)(?![\w:#])")

#: How far an amount said outright, and one said to be about so, may be off: in the figure's units, or as a share.
_EXACT: Mapping[str, tuple[float, float]] = {
    "tempo_bpm": (0.5, 0.0), "duration_s": (0.0005, 0.05), "integrated_lufs": (0.5, 0.0), "true_peak_dbtp": (0.1, 0.0),
    "range_lu": (0.5, 0.0), "bars": (0.05, 0.0), "tuning_cents": (1.0, 0.0), "centroid_hz": (0.0, 0.05),
    "size_mb": (0.0, 0.05),
}  # fmt: skip
_ROUGH: Mapping[str, tuple[float, float]] = {
    "tempo_bpm": (0.0, 0.03), "duration_s": (0.0, 0.15), "integrated_lufs": (1.0, 0.0), "true_peak_dbtp": (0.5, 0.0),
    "range_lu": (1.5, 0.0), "bars": (0.25, 0.0), "tuning_cents": (5.0, 0.0), "centroid_hz": (0.0, 0.15),
    "size_mb": (0.0, 0.15),
}  # fmt: skip
SLOWEST, FASTEST = 30.0, 320.0  # BPM that a number without a unit may mean
_RATES = frozenset({8.0, 11.025, 16.0, 22.05, 24.0, 32.0, 44.1, 48.0, 88.2, 96.0, 176.4, 192.0})


@dataclass(frozen=True, slots=True)
class Amount:
    """Where a quantity stands in the text, and what it says; `fault` where it says nothing."""

    start: int
    end: int
    within: Within | None
    fault: str = ""


def read_quantities(text: str) -> Iterator[Amount]:
    """The quantities of a folded text, none over another."""
    taken = list[tuple[int, int]]()
    for pattern in (_BETWEEN, _DASHED, _BOUND, _PLAIN, _TEMPO_NAMED, _AT):
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            amount = _read(match)
            if amount is not None:
                taken.append((amount.start, amount.end))
                yield amount


def _read(match: re.Match[str]) -> Amount | None:
    parts = match.groupdict()
    figure, factors = _figure(match, parts)
    low = _number(parts["a"]) * factors[0]
    high = None if parts.get("b") is None else _number(str(parts["b"])) * factors[1]
    is_guess = False
    if not figure:
        by_word = match.re.pattern in [each.pattern for each in (_BETWEEN, _BOUND, _AT, _TEMPO_NAMED)]
        bounds = [low] if high is None else [low, high]
        if parts["a"].isalpha() or not by_word:
            return None  # "more than a few", "about one of them"
        if not all(SLOWEST <= bound <= FASTEST for bound in bounds):
            if match.re.pattern == _BOUND.pattern and not parts.get("about"):
                return Amount(match.start(), match.end(), None, f"{match.group().strip()!r}: a unit is missing")
            return None
        figure, is_guess = "tempo_bpm", match.re.pattern != _TEMPO_NAMED.pattern
    if figure == "sample_rate_hz" and low / 1000.0 not in _RATES:
        figure = "centroid_hz"
    within = Within(figure, *_bounds(figure, low, high, parts), is_guess=is_guess)
    return Amount(match.start(), match.end(), within)


def _figure(match: re.Match[str], parts: Mapping[str, str | None]) -> tuple[str, tuple[float, float]]:
    """The figure that units, or the words beside the number, tell; and what to multiply both numbers by."""
    units = [_unit(parts.get(name)) for name in ("ua", "ub")]
    said = units[1] or units[0]
    factors = ((units[0] or said or ("", 1.0))[1], (units[1] or said or ("", 1.0))[1])
    named = _NAMED.get(parts.get("named") or "", "")
    compared = _compared(parts.get("more"), _MORE_WORDS) or _compared(parts.get("less"), _LESS_WORDS)
    if said and said[0] == "sample_rate_hz" and compared == "centroid_hz":
        return "centroid_hz", factors
    if said:
        return named if named in ("true_peak_dbtp", "centroid_hz") else said[0], factors
    if ":" in str(parts["a"]) or "min" in str(parts["a"]):
        return "duration_s", (1.0, 1.0)
    found = named or compared
    return ("" if found in ("duration_s", "centroid_hz") else found), factors


def _compared(text: str | None, words: Mapping[str, str]) -> str:
    for pattern, figure in words.items():
        if text and re.match(rf"(?:{pattern})\b", text):
            return figure
    return ""


def _unit(text: str | None) -> tuple[str, float] | None:
    if text is None:
        return None
    for pattern, figure, factor in _UNITS:
        if re.fullmatch(pattern, text):
            return figure, factor
    return None


def _number(text: str) -> float:
    text = re.sub(r" ?min ", ":", text)
    if ":" in text:
        return sum(float(part) * 60.0**place for place, part in enumerate(reversed(text.split(":"))))
    if text in NUMBERS:
        return NUMBERS[text]
    return float(text.replace(",", "."))


def _bounds(figure: str, low: float, high: float | None, parts: Mapping[str, str | None]) -> tuple[float, float]:
    if high is not None:
        return min(low, high), max(low, high)
    if parts.get("more") or parts.get("plus"):
        return low, math.inf
    if parts.get("less") or parts.get("minus"):
        return -math.inf, low
    return near(figure, low, about=bool(parts.get("about")))


def near(figure: str, value: float, *, about: bool = False) -> tuple[float, float]:
    """Bounds within which a figure is still what was said."""
    by, share = (_ROUGH if about else _EXACT).get(figure, (0.0, 0.0))
    off = max(by, share * abs(value))
    return value - off, value + off
