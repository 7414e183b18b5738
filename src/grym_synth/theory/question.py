"""A question made ready for arithmetic: one spelling of signs, English terms, numbers with their units.

Every pattern is linear in the length of the text, and a text longer than MAX_LENGTH is no question.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from dataclasses import dataclass

from ..regex import lazily
from .words import NUMBERS, PHRASES, REVERSED, SINGLE

MAX_LENGTH = 1000
_MAX_QUANTITIES = 48  # a list of numbers is no question, and takes long to read

_SIGNS = str.maketrans(
    {"♯": "#", "♭": "b", "♮": "", "𝄪": "##", "𝄫": "bb", "−": "-", "–": "-", "—": "-", "×": "x", "⁄": "/", "→": ">",
     "’": "'", "“": '"', "”": '"', "⇒": ">", "ß": "s", "Ø": "ø", "∆": "Δ", "º": "°", "\u00a0": " ", "¿": " ", "¡": " "}
)  # fmt: skip

_UNITS: tuple[tuple[str, str], ...] = (
    (r"bpm|beats? (?:per|a) minute|b\.p\.m", "bpm"),
    (r"kbps|kbit/?s|kb/s", "kbps"),
    (r"khz|k(?![a-z])", "khz"),
    (r"mhz", "mhz"),
    (r"hz|hertz|cps", "hz"),
    (r"msecs?|milliseconds?|millis|ms", "ms"),
    (r"seconds?|secs?|s(?![a-z])", "s"),
    (r"minutes?|mins?(?! *(?:7|pent))", "min"),
    (r"hours?|hrs?|h(?![a-z])", "h"),
    (r"dbfs|db|decibels?", "db"),
    (r"(?:bars?|measures?)(?![a-z])", "bars"),
    (r"(?:beats?|taps?|quarters|quarter notes|crotchets)(?![a-z])", "beats"),
    (r"(?:sample frames|samples|smp|spl)(?![a-z])", "samples"),
    (r"bits?(?![a-z])", "bit"),
    (r"(?:cents?|ct)(?![a-z])", "cents"),
    (r"(?:semi-?tones?|half[ -]?(?:steps?|tones?)|semis?|st)(?![a-z])", "semitones"),
    (r"(?:whole[ -]?(?:steps?|tones?)|tones)(?![a-z])", "tones"),
    (r"octaves?", "octaves"),
    (r"channels?", "channels"),
    (r"%|percent|per cent|pct", "%"),
    (r"(?:meters?|metres?|m)(?![a-z#])", "m"),
    (r"(?:edo|tet)(?![a-z])", "edo"),
    (r"x(?![a-z])|times(?![a-z])", "x"),
    (r"(?:st|nd|rd|th)(?![a-z])", "ordinal"),
)
_UNIT = lazily("|".join(f"(?P<u{i}>{pattern})" for i, (pattern, _) in enumerate(_UNITS)))
_CLOCK = lazily(r"(?<![\w:.,/])(?:(\d{1,2}):)?(\d{1,3}):(\d\d(?:\.\d{1,3})?)(?![\w:])")
_NUMBER = lazily(
    r"(?<![\w.,#:/])(?:(?<![^\s(=:@,])[+-])?(?:\d{1,24}(?:[.,]\d{1,12}){0,6}|\.\d{1,12})(?:e[+-]?\d{1,4})?(?![\d/:#]|[.,]\d)"
)
_LIST_GAP = lazily(
    r"\s*(?:(?:,|;|&|>|->|-|to|and|or|vs\.?|versus|into|from|with|plus|y|und|et|och|e|a|auf|till|til|en|à|zu)\s*){1,3}$"
)
_SMALL = {
    "a": 1, "an": 1, "one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "sixteen": 16, "twenty": 20, "twenty-four": 24, "thirty-two": 32,
    "sixty-four": 64, "half a": 0.5, **NUMBERS,
}  # fmt: skip
_SPELLED = lazily(
    rf"(?<![\w#-])({'|'.join(sorted(_SMALL, key=len, reverse=True))})[ -]"
    r"(?=(?:bars?|measures?|beats?|minutes?|hours?|seconds?|semi-?tones?|half[ -]?(?:steps?|tones?)|"
    r"whole[ -]?(?:steps?|tones?)|octaves?|cents?|milliseconds?|ms|taps?)(?![a-z]))"
)
_METRE = lazily(r"(?<![\w/.])(\d{1,2})/(2|4|8|16)(?![\w/])")
_RATES = frozenset((8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000, 352800, 384000))
_TUNING = lazily(
    r"(?<![\w#])a4?\s?=\s?(?P<a>\d{3}(?:[.,]\d{1,3})?)(?:\s?hz)?(?![\w/])"
    r"|(?<![\w.])(?P<b>\d{3}(?:[.,]\d{1,3})?)(?:\s?hz)?[ -](?:tuning|pitch|reference|concert pitch|standard|kammerton)"
    r"|(?:tuned (?:to|at|in|down to)|tuning(?: of| at| to| in| is| a)?|(?<![\w#])a4? (?:is |of |tuned to |"
    r"is tuned to )|"
    r"(?:reference|concert|standard) pitch(?: of| at| is)?|reference(?: of| "
    r"at)?)\s?(?:a4?\s?=\s?)?(?P<c>\d{3}(?:[.,]\d{1,3})?)(?:\s?hz)?(?![\w/])"
    r"|(?<=[a-g#b]\d )(?:in|at|@) (?P<d>\d{3}(?:[.,]\d{1,3})?)(?:\s?hz)?(?![\w/])"
)
_BAROQUE = lazily(r"\bbaroque (?:pitch|tuning)\b")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of the question with its unit, "" where none is given; times in minutes and hours are in seconds."""

    value: float
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the parsers see it."""

    text: str  # case kept, for names of notes and chords
    words: str  # the same in small letters, place for place
    quantities: tuple[Quantity, ...]
    a4: float | None = None  # reference tuning, where one is named

    def says(self, pattern: str) -> bool:
        """Whether a word or phrase (a regular expression) occurs as a whole."""
        return _whole(pattern).search(self.words) is not None

    def values(self, *units: str) -> tuple[float, ...]:
        """The numbers with one of these units, in their order."""
        return tuple(quantity.value for quantity in self.quantities if quantity.unit in units)

    @property
    def tempi(self) -> tuple[float, ...]:
        """Tempi in BPM: numbers that say so, else bare ones after "at" or "tempo", or before "loop" and the like."""
        return self.values("bpm") or tuple(
            quantity.value
            for quantity in self.quantities
            if quantity.unit == ""
            and quantity.value not in _RATES
            and (
                _BEFORE_TEMPO.search(self.words[max(0, quantity.start - 12) : quantity.start])
                or _AFTER_TEMPO.match(self.words, quantity.end)
            )
        )

    @property
    def rates(self) -> tuple[float, ...]:
        """Sample rates in Hz."""
        return tuple(
            quantity.value
            for quantity in self.quantities
            if (quantity.unit == "hz" and quantity.value >= 8000) or (quantity.unit == "" and quantity.value in _RATES)
        )

    @property
    def metre(self) -> tuple[int, int] | None:
        """The time signature, where one is named."""
        found = _METRE.search(self.words)
        if found is None or (found[1] == "1" and "time" not in self.words):
            return None
        return (int(found[1]), int(found[2])) if int(found[1]) else None


_BEFORE_TEMPO = lazily(r"(?:(?<![a-z])at|@|(?<![a-z])tempo(?: of| is)?|(?<![a-z])bpm(?: of| is)?|=)\s?$")
_AFTER_TEMPO = lazily(r"\s(?:loop|track|beat|groove|song|break|tune|drum)(?![a-z])")


@functools.lru_cache(maxsize=512)
def _whole(pattern: str) -> re.Pattern[str]:
    return lazily(rf"(?<![a-z])(?:{pattern})(?![a-z])")


def read_number(text: str) -> float:
    """A number as people write it: "120,5" is 120.5, "1,000" and "1.000.000" are whole; nan when it is none."""
    parts = re.split(r"[.,]", text)
    if "e" not in text and len(parts) > 1:
        marks = re.findall(r"[.,]", text)
        thousands = all(len(part) == 3 and part.isdigit() for part in parts[1:]) and parts[0].lstrip("+-") not in (
            "0",
            "",
        )
        if len(marks) == 1 and not (thousands and marks[0] == ","):
            text = text.replace(",", ".")
        elif thousands and len(set(marks)) == 1:
            text = "".join(parts)
        else:
            text = "".join(parts[:-1]) + "." + parts[-1]
    try:
        return float(text)
    except ValueError:
        return math.nan


def read_question(raw: str) -> Question | None:
    """Make a question ready; None when it is empty or too long to be one."""
    if not raw or len(raw) > MAX_LENGTH:
        return None
    text = "".join(
        c for c in unicodedata.normalize("NFKD", raw.translate(_SIGNS)) if not unicodedata.combining(c)
    ).translate(_SIGNS)
    text = re.sub(r"\s+", " ", text).strip()
    text = _translate(text)
    words = _small(text)
    text, words = _spelled_numbers(text, words)
    a4, text, words = _take_tuning(text, words)
    quantities = _quantities(words)
    return Question(text, words, quantities, a4) if words and len(quantities) <= _MAX_QUANTITIES else None


def _small(text: str) -> str:
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


def _translate(text: str) -> str:
    """English words for the terms of music in other languages; all else stays."""
    for pattern, replacement in PHRASES:
        text = pattern.sub(replacement, text)
    text = re.sub(r"[A-Za-z]{3,24}", lambda found: SINGLE.get(found[0].lower(), found[0]), text)
    return REVERSED.sub(r"\1 triplet", text)


def _spelled_numbers(text: str, words: str) -> tuple[str, str]:
    """ "four bars" with a figure."""
    pieces, last = [], 0
    for found in _SPELLED.finditer(words):
        pieces += [text[last : found.start()], f"{_SMALL[found[1]]:g} "]
        last = found.end()
    text = "".join([*pieces, text[last:]])
    return text, _small(text)


def _take_tuning(text: str, words: str) -> tuple[float | None, str, str]:
    """The reference tuning, and the question without it; a question about a tuning keeps its words."""
    found = _TUNING.search(words)
    if found is None:
        return (415.0 if _BAROQUE.search(words) else None), text, words
    a4 = read_number(found["a"] or found["b"] or found["c"] or found["d"])
    if not 300.0 <= a4 <= 600.0:
        return None, text, words
    before = re.sub(r"(?:\b(?:in|at|with|for|when|where|if)\s?)$", "", words[: found.start()])
    text = f"{text[: len(before)]} {text[found.end() :]}"
    return a4, text, _small(text)


def _quantities(words: str) -> tuple[Quantity, ...]:
    found: list[Quantity] = []
    if not re.search(r"\b(?:ratio|just|cents)\b", words):
        for match in _CLOCK.finditer(words):
            seconds = 3600 * int(match[1] or 0) + 60 * int(match[2]) + float(match[3])
            found.append(Quantity(seconds, "s", match.start(), match.end()))
    for match in _NUMBER.finditer(words):
        value = read_number(match[0])
        gap = re.compile(r"[ -]{0,2}").match(words, match.end())
        after = gap.end() if gap else match.end()
        unit_found = _UNIT.match(words, after)
        unit, end = "", match.end()
        if unit_found and unit_found.lastgroup:
            unit, end = _UNITS[int(unit_found.lastgroup[1:])][1], unit_found.end()
            if unit == "semitones" and unit_found[0] == "st" and after == match.end() and words[after - 1] == "1":
                unit = "ordinal"
            if words[end - 1 : end + 1].isalpha() and end < len(words):
                unit, end = "", match.end()
        found.append(Quantity(value, unit, match.start(), end))
    found.sort(key=lambda quantity: quantity.start)
    return tuple(_in_base_units(quantity) for quantity in _inherit_units(found, words))


def _inherit_units(quantities: list[Quantity], words: str) -> list[Quantity]:
    """Give "98 to 104 bpm" and "90, 100 and 120 bpm" the unit of the last number."""
    out: list[Quantity] = []
    for quantity in reversed(quantities):
        after = out[-1] if out else None
        if quantity.unit == "" and after and after.unit not in ("", "ordinal", "bars", "x"):
            between = words[quantity.end : after.start]
            if len(between) < 16 and _LIST_GAP.fullmatch(between):
                quantity = Quantity(quantity.value, after.unit, quantity.start, quantity.end)
        out.append(quantity)
    return out[::-1]


def _in_base_units(quantity: Quantity) -> Quantity:
    factor, unit = {"khz": (1e3, "hz"), "mhz": (1e6, "hz"), "min": (60.0, "s"), "h": (3600.0, "s")}.get(
        quantity.unit, (1.0, quantity.unit)
    )
    value = quantity.value * factor
    # 44.1 * 1000 is 44100 and a rounding error; rates are compared exactly.
    return Quantity(round(value, 6) if abs(value) < 1e9 else value, unit, quantity.start, quantity.end)
