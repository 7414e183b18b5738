"""Tempi and levels that a question names."""

from __future__ import annotations

import re

from ...messages import Json
from ...regex import lazily
from .bounds import BPM, read_bounds
from .numbers import NUMBER, SIGNED, to_float

_TEMPO = lazily(
    rf"(?<![\w.:])(\d{{2,3}}(?:[.,]\d{{1,3}})?)\s?-?{BPM}"
    r"|\b(?:tempo|bpm)\s*(?:of|is|:|=|to|von|de|på)?\s*(\d{2,3}(?:[.,]\d{1,3})?)(?![\d:])",
    re.IGNORECASE,
)
_LUFS = lazily(
    rf"({SIGNED})\s?-?(?:lufs|lkfs)\b|\b(?:lufs|lkfs)\s*(?:of|target|:|=)?\s*([-−–]\s?{NUMBER})", re.IGNORECASE
)
_DBTP = lazily(
    rf"({SIGNED})\s?(?:dbtp|db\s?tp|db true[ -]peak)\b"
    rf"|true[ -]peak\s*(?:of|to|at|below|under|over|above|:|=)*\s*([-−–]\s?{NUMBER})",
    re.IGNORECASE,
)


def read_levels(text: str, slots: dict[str, Json]) -> None:
    """Put `targets`, `ranges` and `tempos_bpm` into the slots; a tempo that bounds is not among the tempi."""
    targets: dict[str, Json] = {}
    for name, pattern in (("integrated_lufs", _LUFS), ("true_peak_dbtp", _DBTP)):
        if match := pattern.search(text):
            level = to_float(match.group(1) or match.group(2))
            # Loudness targets lie below full scale: a bare "14 LUFS" means -14.
            targets[name] = -abs(level) if name == "integrated_lufs" else level
    if targets:
        slots["targets"] = targets
    ranges, rest = read_bounds(text)
    if ranges:
        slots["ranges"] = {name: list(bounds) for name, bounds in ranges.items()}
    tempi: list[Json] = [to_float(match.group(1) or match.group(2)) for match in _TEMPO.finditer(rest)]
    if tempi:
        slots["tempos_bpm"] = tempi
