"""Times and spans that a question names: "0:30 to 1:00", "at 1:23", "the last 8 seconds"."""

from __future__ import annotations

import re

from ...messages import Json
from ...regex import lazily
from ..routing.features import fold
from .numbers import NUMBER, NUMBER_WORDS, to_float

_SECONDS = r"s|secs?|seconds?|segundos?|sekunden?|sek|secondes?|secondi|sekunder(?:na)?"
_MINUTES = r"m|mins?|minutes?|minutos?|minuten?|minuti|minuter(?:na)?"
_CLOCK = r"\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d{1,3})?"
SPOKEN = rf"{NUMBER}\s?(?:(?:{_MINUTES})\b(?:\s?{NUMBER}\s?(?:{_SECONDS})\b)?|(?:{_SECONDS})\b)"
_TO = r"\s*(?:to|till?|until|through|and|a|hasta|bis|und|à|jusqu'à|et|até|e|y|och|fino a|till|[-–—])\s*"
_RANGE = lazily(rf"(?<![\d:.])({_CLOCK}|{SPOKEN}|{NUMBER}){_TO}({_CLOCK}|{SPOKEN})(?![\d:])", re.IGNORECASE)
_EDGE = lazily(
    r"\b(?P<edge>first|last|final|primer[oa]?s?|últim[oa]s?|ultim[oie]|erste[nr]?|letzte[nr]?|premi[eè]re?s?|derni[eè]re?s?|"
    rf"primeir[oa]s?|prim[ie]|första|sista)\s+(?P<time>{SPOKEN}|(?:\w{{2,6}}\s+)?(?:{_SECONDS}|{_MINUTES})\b)"
    rf"|(?P<number>\d{{1,4}})\s+(?P<edge_after>premi[eè]res?|derni[eè]res?)\s+(?P<unit>secondes?|minutes?)",
    re.IGNORECASE,
)
_POSITION = lazily(
    rf"(?:\b(?:at|from|after|around|near|@|en|desde|bei|ab|um|von|nach|vers|depuis|aos?|em|a|da|vid|från|runt)\s+)?"
    rf"(?<![\d:.])({_CLOCK})(?![\d:])|\b(?:at|from|around|near|bei|ab|en|à|vers|aos|a|vid|från)\s+({SPOKEN})",
    re.IGNORECASE,
)


def read_times(text: str, slots: dict[str, Json]) -> None:
    """Put `start_s`, `end_s`, `spans_s`, `positions_s` and `last_s` into the slots."""
    spans: list[list[Json]] = []
    rest = text
    for match in _RANGE.finditer(text):
        end = to_seconds(match.group(2))
        # In "10 to 20 s" the first number has the unit of the second.
        start = (
            to_seconds(match.group(1))
            if re.search(r"[:a-z]", match.group(1))
            else _bare(match.group(1), match.group(2))
        )
        if start is not None and end is not None and start < end:
            spans.append([start, end])
            rest = rest.replace(match.group(), " ", 1)
    for match in _EDGE.finditer(rest):
        length = to_seconds(match["time"] or f"{match['number']} {match['unit']}")
        if length is None:
            continue
        if fold(match["edge"] or match["edge_after"])[:3] in ("las", "fin", "ult", "let", "der", "sis"):
            slots["last_s"] = length
        else:
            spans.append([0.0, length])
    rest = _EDGE.sub(" ", rest)
    found = (to_seconds(match.group(1) or match.group(2)) for match in _POSITION.finditer(rest))
    positions: list[Json] = [second for second in found if second is not None]
    if spans:
        slots["start_s"], slots["end_s"] = spans[0]
    elif positions:
        slots["start_s"] = positions[0]
    if len(spans) > 1:
        slots["spans_s"] = list(spans)
    if len(positions) > 1:
        slots["positions_s"] = positions


def to_seconds(text: str) -> float | None:
    """ "1:23.5", "1:02:03", "12.5 s", "2 min 5 s", "ten seconds", "second" → seconds."""
    text = text.strip().lower()
    if ":" in text:
        total = 0.0
        for part in text.replace(",", ".").split(":"):
            total = 60.0 * total + float(part)
        return total
    word = text.split()[0] if text.split() else ""
    if not re.match(r"\d", text):
        number = float(NUMBER_WORDS.get(word, 1))
        return number * (60.0 if re.search(rf"\b(?:{_MINUTES})$", text) else 1.0)
    parts = re.findall(rf"({NUMBER})\s?([a-z]+)", text)
    if not parts:
        return None
    return sum(to_float(number) * (60.0 if unit.startswith("m") else 1.0) for number, unit in parts)


def _bare(number: str, other: str) -> float | None:
    """A number without unit that stands before one with: seconds or minutes like the other; not before a clock time."""
    if ":" in other:
        return None
    minutes = re.search(rf"\d\s?(?:{_MINUTES})\b", other, re.IGNORECASE)
    return to_float(number) * (60.0 if minutes else 1.0)
