"""The parts of a sentence: quantities, names, recordings and quotations, with their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Approximate = Literal["", "about", "over", "under"]
NameKind = Literal["key", "mode", "note", "camelot", "term", "format", "ordinal", "numeral", "form", "section"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a printed number: its value and the worth of its last printed digit, in the base unit."""

    value: float
    step: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `inherited` are units of its neighbours that a bare number may share."""

    start: int
    end: int
    text: str
    readings: tuple[Reading, ...]  # none: looks like a number and is none
    unit: str = ""  # base unit ("Hz", "s", "cents"); "times" for a ratio, "#" for a count, "" when there is none
    noun: str = ""  # what is counted, singular
    signed: bool = False
    approximate: Approximate = ""
    clock: bool = False  # written as m:ss, or in minutes and seconds
    inherited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A key, note, chord, Camelot code, interval, note value, audio format, ordinal, degree, form or section."""

    start: int
    end: int
    text: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class FileName:
    """`subjects` are the recordings it can mean: none when it is unknown, several when it is ambiguous."""

    start: int
    end: int
    text: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """All that a sentence states, in its order.

    `plain` is the text with everything but its plain words masked, `unnamed` with only its recordings masked.
    """

    text: str
    plain: str
    unnamed: str
    quantities: tuple[Quantity, ...]
    names: tuple[Name, ...]
    files: tuple[FileName, ...]
    quotations: tuple[Quotation, ...]
