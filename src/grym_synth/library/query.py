"""What a question about the library asks for, once it is read: conditions, adjectives, an order, a figure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

Intensity = Literal["slightly", "", "very"]
Shape = Literal["loop", "one-shot", "song"]
Sum = Literal["count", "average", "median", "total", "least", "most", "spread", "each"]


@dataclass(frozen=True, slots=True)
class Within:
    """A figure within bounds, both included."""

    figure: str  # of the shelf, or "bars"
    low: float = -math.inf
    high: float = math.inf
    is_guess: bool = False  # no unit was given


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word that is one of several: a key, a class."""

    word: str
    values: tuple[str, ...]
    of: str = ""  # what they come from: "relatives of A minor"


@dataclass(frozen=True, slots=True)
class Called:
    """What a tag, a label, the genre, artist or title, or the file's name or folder says."""

    name: str  # folded
    synonyms: tuple[str, ...] = ()  # tags that mean the same


@dataclass(frozen=True, slots=True)
class Holds:
    """A pattern that its owner named recurs in it."""

    name: str  # folded


@dataclass(frozen=True, slots=True)
class InFolder:
    """Somewhere below a folder of that name."""

    name: str  # folded


@dataclass(frozen=True, slots=True)
class Changed:
    """When it is from; seconds since 1970, `until` excluded.

    by_file : only when the file was last changed; else the date that the file tells of itself goes first
    """

    since: float
    until: float
    told: str
    by_file: bool = False


@dataclass(frozen=True, slots=True)
class Shaped:
    """A loop, a single sound, or a whole piece."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Coded:
    """A file format."""

    name: str  # "flac"


@dataclass(frozen=True, slots=True)
class Copied:
    """More than one file holds it, byte for byte."""


@dataclass(frozen=True, slots=True)
class Same:
    """As another recording of the library is in this."""

    of: str  # "key", "tempo_bpm" ...
    file: str  # its name, as it was written


Test: TypeAlias = Within | OneOf | Called | Holds | InFolder | Changed | Shaped | Coded | Copied | Same


@dataclass(frozen=True, slots=True)
class Condition:
    """A test, or its opposite. An alternative is joined to the one before it by "or"."""

    test: Test
    is_not: bool = False
    is_alternative: bool = False


@dataclass(frozen=True, slots=True)
class Adjective:
    """A word of degree, by its English name."""

    name: str
    intensity: Intensity = ""
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What to sort by: a figure of the shelf, or "changed" for the date."""

    figure: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure over all that match: `of` is a figure, a word, or "" for the recordings themselves."""

    sum: Sum
    of: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A question about the library as it was read."""

    text: str
    conditions: tuple[Condition, ...] = ()
    adjectives: tuple[Adjective, ...] = ()
    order: Order | None = None
    limit: int | None = None
    asked: Asked | None = None
    is_everything: bool = False  # nothing is asked for but all there is
    not_understood: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what was guessed

    @property
    def is_empty(self) -> bool:
        """Nothing at all was understood."""
        return not (self.conditions or self.adjectives or self.order or self.asked or self.limit or self.is_everything)
