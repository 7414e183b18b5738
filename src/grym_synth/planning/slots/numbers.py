"""Numbers as people write them, in seven languages."""

from __future__ import annotations

import re

#: A written number, comma or point before its decimals; the same with a sign.
NUMBER = r"\d{1,6}(?:[.,]\d{1,3})?"
SIGNED = rf"[-−–]?\s?{NUMBER}"

_SPOKEN = (
    "one un une uno una eins eine ett en|two dos zwei deux dois duas due två|three tres drei trois três tre|"
    "four cuatro vier quatre quatro quattro fyra|five cinco fünf cinq cinque fem|six seis sechs sei sex|"
    "seven siete sieben sept sete sette sju|eight ocho acht huit oito otto åtta|nine nueve neun neuf nove nio|"
    "ten diez zehn dix dez dieci tio"
)
NUMBER_WORDS = {word: value for value, words in enumerate(_SPOKEN.split("|"), start=1) for word in words.split()} | {
    "fifteen": 15, "twenty": 20, "veinte": 20, "zwanzig": 20, "vingt": 20, "vinte": 20, "venti": 20, "tjugo": 20,
    "thirty": 30, "sixty": 60,
}  # fmt: skip


def to_float(text: str) -> float:
    """A written number; comma or point before the decimals, any of three dashes as a minus."""
    cleaned = re.sub(r"[−–]", "-", text).replace(" ", "")
    return float(cleaned.replace(",", "."))
