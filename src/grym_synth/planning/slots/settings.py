"""Frequencies, settings of a Fourier transform, and how many things are wanted."""

from __future__ import annotations

import re

from ...messages import Json
from ...regex import lazily
from .numbers import NUMBER_WORDS, to_float

_HZ = r"(\d{1,6}(?:[.,]\d{1,3})?)\s?(k?hz|k(?![\w:])|kilohertz|hertz)"
_FREQUENCY = lazily(rf"(?<![\w.,:]){_HZ}(?!\w)", re.IGNORECASE)
_FREQUENCY_RANGE = lazily(
    rf"(?<![\w.,:])(\d{{1,6}}(?:[.,]\d{{1,3}})?)\s?(k?hz|k)?\s*(?:to|-|–|and|bis|und|à|et|a|e|y|och|till|hasta|até)\s*{_HZ}(?!\w)",
    re.IGNORECASE,
)
_N_FFT = lazily(
    r"\b(?:n_?fft|fft (?:size|length|of)|window (?:size|length))\s*(?:of|:|=|is)?\s*(\d{2,7})\b"
    r"|\b(\d{2,7})\s?-?(?:point|points|pt|pts|punkte?n?|puntos|points|pontos|punti|punkter|bins?|samples?\s+fft|fft)\b",
    re.IGNORECASE,
)
_WINDOW = lazily(
    r"\b(hann(?:ing)?|hamming|blackman(?:[- ]?harris)?|bartlett|"
    r"flat[- ]?top|kaiser|nuttall|tukey|rectangular|boxcar|gaussian)\b",
    re.IGNORECASE,
)
_WINDOW_TALK = lazily(r"window|fft|fenster|ventana|fenêtre|janela|finestra|fönster", re.IGNORECASE)
_WINDOW_NAMES = {"hanning": "hann", "blackman harris": "blackmanharris", "flat top": "flattop", "rectangular": "boxcar"}
_MEASURED = r"(?:bpm|hz|khz|db|lufs|s\b|sec|seg|sek|min|ms|bars?\b|takte?\b|semitones?|points?|bit|cents?|times?\b)"
_MANY = "|".join(sorted((word for word, value in NUMBER_WORDS.items() if value > 2), key=len, reverse=True))
_COUNT = lazily(
    rf"\b(?:top|first|give me|show|list|find|the|next|zeige?|gib|nenne?|die|die ersten|dame|muéstra(?:me)?|los|las|"
    rf"donne(?:-moi)?|montre(?:-moi)?|les|mostra|me dá|os|as|dammi|mostrami|i|le|ge mig|visa|hitta|de)\s+"
    rf"(?:me\s+|mir\s+|mig\s+)?(?:the\s+|die\s+)?(\d{{1,3}}|two(?=\s+\w+\s)|{_MANY})\s+(?!{_MEASURED})(?:[^\W\d_]|-)+",
    re.IGNORECASE,
)
_MORE = lazily(
    rf"\b(\d{{1,3}}|{_MANY})\s+(?:more|mehr|weitere|más|de plus|autres|mais|outr[oa]s|altri|altre|till|fler)\b",
    re.IGNORECASE,
)


def read_frequencies(text: str, slots: dict[str, Json]) -> None:
    """Put `frequencies_hz` and `ranges_hz` into the slots."""
    ranges: list[Json] = []
    for match in _FREQUENCY_RANGE.finditer(text):
        low_text, low_unit, high_text, high_unit = match.groups()
        low, high = _to_hz(low_text, low_unit or high_unit), _to_hz(high_text, high_unit)
        if low < high:
            ranges.append([low, high])
            text = text.replace(match.group(), " ", 1)
    frequencies: list[Json] = [_to_hz(*match.groups()) for match in _FREQUENCY.finditer(text)]
    if ranges:
        slots["ranges_hz"] = ranges
    if frequencies:
        slots["frequencies_hz"] = frequencies


def read_settings(text: str, slots: dict[str, Json]) -> None:
    """Put `n_fft`, `window` and `count` into the slots."""
    if match := _N_FFT.search(text):
        slots["n_fft"] = int(match.group(1) or match.group(2))
    if (match := _WINDOW.search(text)) and ("n_fft" in slots or _WINDOW_TALK.search(text)):
        name = re.sub(r"[- ]", " ", match.group(1).lower())
        slots["window"] = _WINDOW_NAMES.get(name, name.replace(" ", ""))
    if match := _MORE.search(text) or _COUNT.search(text):
        word = match.group(1).lower()
        slots["count"] = int(word) if word.isdigit() else NUMBER_WORDS.get(word, 20)


def _to_hz(number: str, unit: str) -> float:
    return to_float(number) * (1000.0 if unit.lower().startswith("k") else 1.0)
