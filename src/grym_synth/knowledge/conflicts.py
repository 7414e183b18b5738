"""Where two passages contradict each other: other numbers for the same thing, or the opposite advice.

Precision first: two sentences must be about the same in nearly the same words before they are said to disagree.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..regex import lazily
from ..storage.knowledge_rows import Passage
from .excerpts import MOST, after_heading, sentences_of
from .terms import STOP, stem, words_of

_UNITS: dict[str, str] = {
    "lufs": "LUFS", "lkfs": "LUFS", "dbtp": "dBTP", "dbfs": "dBFS", "db": "dB", "lu": "LU", "bpm": "BPM", "hz": "Hz",
    "khz": "kHz", "ms": "ms", "s": "s", "seconds": "s", "sec": "s", "%": "%", "percent": "%", "cents": "cents",
    "bit": "bit", "bits": "bit", "semitones": "semitones", "samples": "samples", "bars": "bars",
}  # fmt: skip
_NUMBER = lazily(
    r"(?<![\w.,-])(?P<sign>[-−–+]?)(?P<number>\d{1,6}(?:\.\d{1,4})?)\s?(?P<unit>"
    + "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
    + r")(?!\w)",
    re.IGNORECASE,
)
_DENIES = frozenset("not never no avoid dont don without cannot shouldn isn aren wont doesn neither nor".split())
_OPPOSITES: tuple[tuple[str, str], ...] = (
    ("always", "never"), ("before", "after"), ("above", "below"), ("more", "less"), ("increase", "decrease"),
    ("raise", "lower"), ("boost", "cut"), ("on", "off"), ("faster", "slower"), ("louder", "quieter"),
    ("wet", "dry"), ("mono", "stereo"), ("enable", "disable"), ("higher", "lower"), ("first", "last"),
)  # fmt: skip
_BETWEEN_CLAUSES = lazily(r"[;:]\s+|,\s+|\s+(?:and|but|while|whereas)\s+")
_ASKS = "aim go keep set use want make take put need should must try recommend ask stay hold let our my we you".split()
_SAME_NUMBERS = 0.6  # share of the words that two sentences with numbers must have in common
_SAME_ADVICE = 0.6
_FEWEST = 2  # words in common below which nothing is said


@dataclass(frozen=True, slots=True)
class Side:
    """One sentence of a passage, with its position in the source."""

    passage: Passage
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Quantity:
    value: float
    unit: str


def quantities_of(text: str) -> list[Quantity]:
    """Every number of a text that carries a unit; kHz as Hz, ms as s."""
    found = []
    for match in _NUMBER.finditer(text):
        value, unit = float(match["number"]), _UNITS[match["unit"].casefold()]
        value = -value if match["sign"] in ("-", "−", "–") and match["sign"] else value
        scale = {"kHz": ("Hz", 1000.0), "ms": ("s", 0.001)}.get(unit, (unit, 1.0))
        found.append(Quantity(value * scale[1], scale[0]))
    return found


def conflicts_of(passages: Sequence[Passage], others: Sequence[Passage] = ()) -> list[tuple[Side, Side]]:
    """Pairs of sentences of different passages that contradict each other, those of the better passages first.

    others : what is not told itself, and may contradict what is
    """
    told = {passage.id for passage in passages}
    sides = [side for passage in passages for side in _sides(passage)]
    beside = [*sides, *(side for passage in others if passage.id not in told for side in _sides(passage))]
    found = []
    for place, one in enumerate(sides):
        for other in beside[place + 1 :]:
            if one.passage.id != other.passage.id and _contradict(one.text, other.text):
                found.append((one, other))
    return found


def _sides(passage: Passage) -> Iterator[Side]:
    body = after_heading(passage.text)
    for start, end in sentences_of(passage.text[body:]):
        if end - start <= MOST:
            first, last = body + start, body + end
            yield Side(passage, passage.start + first, passage.start + last, passage.text[first:last])


def _contradict(a: str, b: str) -> bool:
    return _other_numbers(a, b) or _opposite_advice(a, b)


def _other_numbers(a: str, b: str) -> bool:
    """Whether both give one number in the same unit for the same thing, and another one."""
    return any(_differ(one, other) for one in _clauses(a) for other in _clauses(b))


def _differ(a: str, b: str) -> bool:
    first, second = quantities_of(a), quantities_of(b)
    if not first or not second or not _is_same_matter(_matter(a), _matter(b)):
        return False
    units = {each.unit for each in first} & {each.unit for each in second}
    return any({q.value for q in first if q.unit == unit}.isdisjoint(q.value for q in second if q.unit == unit)
               for unit in units)  # fmt: skip


def _clauses(sentence: str) -> list[str]:
    """A sentence by its commas and conjunctions: "aim at -14 LUFS and keep the peak below -1 dBTP" are two matters."""
    return [part for part in _BETWEEN_CLAUSES.split(sentence) if part]


def _is_same_matter(a: frozenset[str], b: frozenset[str]) -> bool:
    """Of two clauses with words of their own on both sides, "bass at 30 Hz" and "guitar at 80 Hz", nobody knows."""
    return len(a & b) >= _FEWEST and (a <= b or b <= a or _likeness(a, b) >= _SAME_NUMBERS)


def _matter(clause: str) -> frozenset[str]:
    return _topic(clause) - _asks()


def _opposite_advice(a: str, b: str) -> bool:
    one, other = {*words_of(a)}, {*words_of(b)}
    if _likeness(_topic(a) - _poles(), _topic(b) - _poles()) < _SAME_ADVICE:
        return False
    denied = bool(one & _DENIES) != bool(other & _DENIES)
    turned = any((x in one - other and y in other - one) or (y in one - other and x in other - one)
                 for x, y in _OPPOSITES)  # fmt: skip
    return denied != turned  # "never before" and "always after" say the same


def _topic(text: str) -> frozenset[str]:
    """The stems of what a sentence is about: without numbers, units, denials and words that all sentences have."""
    return frozenset(
        stem(word) for word in words_of(text)
        if word not in STOP and word not in _UNITS and word not in _DENIES and not word[0].isdigit()
    )  # fmt: skip


@functools.cache
def _asks() -> frozenset[str]:
    """What advice begins with, whatever it is about."""
    return frozenset(map(stem, _ASKS))


@functools.cache
def _poles() -> frozenset[str]:
    return frozenset(stem(word) for pair in _OPPOSITES for word in pair)


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    common = len(a & b)
    return common / len(a | b) if common >= _FEWEST else 0.0
