"""Numbers, times and lists as musicians write them.

Every function rounds no further than `check` allows, so what is printed here can be proven again from the evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...messages import Evidence, Json
from ..chord_names import wants_flats


def finite(value: Json) -> float | None:
    """`value` as a float when it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def number_in(evidence: Evidence | None) -> float | None:
    return None if evidence is None else finite(evidence.value)


def numbers_in(evidence: Evidence | None) -> list[float]:
    """The finite numbers of a list; empty when it is no list."""
    if evidence is None or not isinstance(evidence.value, list):
        return []
    return [number for number in map(finite, evidence.value) if number is not None]


def pairs_in(evidence: Evidence | None) -> list[tuple[float, float]]:
    """The `[start, end]` pairs of a list."""
    pairs = []
    for item in evidence.value if evidence is not None and isinstance(evidence.value, list) else []:
        if isinstance(item, list) and len(item) == 2:
            start, end = finite(item[0]), finite(item[1])
            if start is not None and end is not None:
                pairs.append((start, end))
    return pairs


def objects_in(evidence: Evidence | None) -> list[dict[str, Json]]:
    if evidence is None or not isinstance(evidence.value, list):
        return []
    return [item for item in evidence.value if isinstance(item, dict)]


def text_in(evidence: Evidence | None) -> str | None:
    if evidence is None or not isinstance(evidence.value, str):
        return None
    return " ".join(evidence.value.split()) or None


def fixed(value: float, decimals: int) -> str:
    """`value` with so many decimals, never "-0.0"."""
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not any(digit in text for digit in "123456789") else text


def trimmed(value: float, decimals: int) -> str:
    """At most so many decimals: 126.0 is "126"."""
    text = fixed(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def tempo(bpm: float) -> str:
    return trimmed(bpm, 1)


def decibels(value: float) -> str:
    """One decimal: also for LUFS and LU."""
    return fixed(value, 1)


def magnitude(value: float) -> str:
    return decibels(abs(value))


def frequency(hz: float) -> str:
    """ "49.8 Hz", "440 Hz", "1.25 kHz", "12.3 kHz"."""
    if abs(hz) >= 9999.5:
        return f"{trimmed(hz / 1000, 1)} kHz"
    if abs(hz) >= 999.5:
        return f"{trimmed(hz / 1000, 2)} kHz"
    return f"{trimmed(hz, 0 if abs(hz) >= 100 else 1)} Hz"


def sample_rate(hz: float) -> str:
    return f"{trimmed(hz / 1000, 3)} kHz" if hz >= 1000 else f"{trimmed(hz, 0)} Hz"


def key(name: str) -> str:
    """A key as musicians write it: "G# major" is "Ab major"; evidence has sharps only."""
    tonic, _, mode = name.partition(" ")
    return f"{_FLATS[tonic]} {mode}" if tonic in _FLATS and wants_flats(name) else name


_FLATS = {"C#": "Db", "D#": "Eb", "G#": "Ab", "A#": "Bb"}


def cents(value: float) -> str:
    shown = fixed(abs(value), 0)
    return f"{shown} cent" if shown == "1" else f"{shown} cents"


def percent(share: float) -> str:
    """Whole percents; below 10 % two digits, so that small shares keep their meaning."""
    if abs(share) >= 10:
        return f"{fixed(share, 0)} %"
    return f"{trimmed(share, 1 if abs(share) >= 1 else 3)} %"


def duration(seconds: float) -> str:
    """ "0.42 s", "12.4 s", "3:02", "1:02:03"."""
    if not math.isfinite(seconds):
        return "an unknown time"
    if abs(seconds) < 59.95:
        return f"{trimmed(seconds, 3 if abs(seconds) < 1 else 2 if abs(seconds) < 10 else 1)} s"
    return clock(seconds)


def clock(seconds: float) -> str:
    """ "0:07", "3:02", "1:02:03", to the nearest second."""
    whole = round(abs(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def position(seconds: float) -> str:
    """A place in a recording: to the hundredth early on, then to the second."""
    if not math.isfinite(seconds):
        return "an unknown time"
    return f"{trimmed(seconds, 2)} s" if abs(seconds) < 10 else clock(seconds)


def count(number: float, singular: str, plural: str = "") -> str:
    """ "1 beat", "1,204 beats"."""
    shown = fixed(number, 0)
    return f"{shown} {singular if shown == '1' else plural or singular + 's'}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def plain(text: str, limit: int = 120) -> str:
    """A stranger's text on one line, without quotation marks or control characters."""
    shown = "".join(letter if letter.isprintable() and letter not in _MARKS else " " for letter in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else shown[:limit].rsplit(" ", 1)[0]


def quotable(text: str, limit: int = 80) -> str | None:
    """A stranger's text, or its first words, when it can stand verbatim between quotation marks; else None."""
    whole = " ".join(text.split())
    shown = plain(whole, limit)
    verbatim = whole == shown or whole.startswith(f"{shown} ")
    return shown if shown and verbatim else None


_MARKS = frozenset("\"'“”„‘’«»`[]")
