"""Units and numerals: what stands behind a number, and what digits and number words are worth."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...regex import lazily


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit found in a text: its base unit, how many of those it is, the word for minutes and hours, its end."""

    name: str
    scale: float
    word: str
    end: int


#: Pattern, base unit, worth in base units. Longer names first; LU, s, m, h and k only in this case.
_TABLE: tuple[tuple[str, str, float], ...] = (
    (r"(?i:beats? (?:per|an?|every|each|in a) minute|bpm)", "BPM", 1.0),
    (r"(?i:lufs|lkfs)", "LUFS", 1.0),
    (r"(?i:loudness units?)|LU", "LU", 1.0),
    (r"(?i:db ?tp)", "dBTP", 1.0),
    (r"(?i:db ?fs)", "dBFS", 1.0),
    (r"(?i:decibels?|db)", "dB", 1.0),
    (r"(?i:khz|kilohertz)|k", "Hz", 1e3),
    (r"(?i:mhz|megahertz)", "Hz", 1e6),
    (r"(?i:hz|hertz)", "Hz", 1.0),
    (r"(?i:milliseconds?|msecs?|ms)", "s", 1e-3),
    (r"(?i:μs|microseconds?)", "s", 1e-6),
    (r"(?i:seconds?|secs?)|s", "s", 1.0),
    (r"(?i:minutes?|mins?)|m(?= ?[0-9])", "s", 60.0),
    (r"(?i:hours?|hrs?)|h", "s", 3600.0),
    (r"(?i:cents?|ct)|¢", "cents", 1.0),
    (r"(?i:per ?cent|percentage points?)|%", "%", 1.0),
    (r"(?i:semitones?|half[ -]steps?|st)", "semitones", 1.0),
    (r"(?i:whole[ -](?:tones?|steps?))", "semitones", 2.0),
    (r"(?i:octaves?)", "semitones", 12.0),
    (r"(?i:bits?)", "bit", 1.0),
)

#: What can be counted → what the evidence calls it.
NOUNS: dict[str, str] = {
    "beat": "beat", "beats": "beat", "onset": "onset", "onsets": "onset", "hits": "onset", "attacks": "onset",
    "downbeat": "downbeat", "downbeats": "downbeat", "bar": "bar", "bars": "bar", "channel": "channel",
    "channels": "channel", "sample": "sample", "samples": "sample", "point": "point", "points": "point",
    "bins": "bin", "peak": "peak", "peaks": "peak", "resonance": "resonance", "resonances": "resonance",
    "file": "file", "files": "file", "recording": "file", "recordings": "file", "track": "file", "tracks": "file",
    "tag": "tag", "tags": "tag", "silence": "silence", "silences": "silence", "gap": "silence", "gaps": "silence",
    "note": "note", "notes": "note", "chord": "chord", "chords": "chord", "section": "section",
    "sections": "section", "parts": "section", "segments": "section", "measures": "bar", "keys": "key",
    "changes": "change", "passage": "place", "passages": "place", "stretch": "place", "stretches": "place",
    "spot": "place", "spots": "place", "place": "place", "places": "place",
}  # fmt: skip


class _Units:
    """Finds the unit behind a number."""

    def __init__(self) -> None:
        choices = "|".join(f"(?P<u{index}>{pattern})" for index, (pattern, _, _) in enumerate(_TABLE))
        self._pattern = lazily(rf"[ -]?(?:{choices})(?![A-Za-z]|/[A-Za-z])")
        self._last = lazily(rf"(?:{choices})$")

    def at(self, text: str, start: int) -> Unit | None:
        match = self._pattern.match(text, start)
        if match is None or match.lastgroup is None:
            return None
        _, name, scale = _TABLE[int(match.lastgroup[1:])]
        word = {60.0: "min", 3600.0: "h"}.get(scale, "") if name == "s" else ""
        return Unit(name, scale, word, match.end())

    def scale_of(self, text: str) -> float:
        """Worth of the unit that ends a quantity's text; 1 when there is none."""
        match = self._last.search(text[-24:])
        return _TABLE[int(match.lastgroup[1:])][2] if match and match.lastgroup else 1.0


UNIT = _Units()


def parse_digits(text: str) -> list[tuple[float, float]]:
    """Every way to read a written number as (value, worth of its last digit); none when there is no way.

    "44,100" is forty-four thousand one hundred or, with a decimal comma, 44.1 to the thousandth.
    """
    body, _, exponent = text.casefold().partition("e")
    if len(body) > 40 or len(exponent.lstrip("+-")) > 2:
        return []
    scale = 10.0 ** int(exponent) if exponent else 1.0
    groups = re.split(r"[.,' ]", body)
    marks = [letter for letter in body if not letter.isdigit()]
    if not marks:
        return [(float(body) * scale, scale)]
    readings = []
    if marks[-1] in ".," and (len(marks) == 1 or (_grouped(groups[:-1]) and set(marks[:-1]) != {marks[-1]})):
        whole, decimals = "".join(groups[:-1]), groups[-1]
        readings.append((float(f"{whole}.{decimals}") * scale, 10.0 ** -len(decimals) * scale))
    if _grouped(groups) and len(set(marks)) == 1:
        readings.append((float("".join(groups)) * scale, scale))
    return readings


def _grouped(groups: list[str]) -> bool:
    """Whether digits stand in groups of thousands."""
    return 1 <= len(groups[0]) <= 3 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:])


_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {word: value for value, word in enumerate(_SMALL)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
_POWERS = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}


def parse_words(text: str) -> tuple[float, float] | None:
    """ "minus" aside, what number words are worth, and their last digit; None when they make no number.

    >>> parse_words("a hundred and twenty-six point five"[2:])
    (126.5, 0.1)
    """
    whole, point, decimals = text.casefold().partition(" point")
    total, current = 0, 0
    previous = 10**9
    for word in re.split(r"[ -]+", whole):
        if word in _VALUES:
            value = _VALUES[word]
            if current and (current % 100 if current >= 100 else current) and not (20 <= previous <= 90 and value < 10):
                return None  # "one two": two numbers, or a riddle
            current += value
            previous = value
        elif word in _POWERS:
            power = _POWERS[word]
            current = max(current, 1) * power
            if power >= 1000:
                total, current = total + current, 0
    number = float(total + current)
    if not point:
        return number, 1.0
    digits = [_VALUES.get(word, 10) for word in decimals.split()]
    if not digits or any(digit > 9 for digit in digits):
        return None
    fraction = "".join(map(str, digits))
    return number + float(f"0.{fraction}"), 10.0 ** -len(digits)
