"""The operations as values: what is done to a sound, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Shape = Literal["cosine", "linear", "equal-power"]
Unit = Literal["LUFS", "dBTP", "dBFS"]
Depth = Literal["16", "24", "32f"]

SHAPES: tuple[Shape, ...] = ("cosine", "linear", "equal-power")
DEPTHS: tuple[Depth, ...] = ("16", "24", "32f")


@dataclass(frozen=True, slots=True)
class Trim:
    """Keep from `start_s` to `end_s`; negative ones count from the end, None is the end itself."""

    start_s: float
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Fade:
    at: Literal["in", "out"]
    seconds: float
    shape: Shape = "cosine"


@dataclass(frozen=True, slots=True)
class Normalise:
    target: float  # in `unit`
    unit: Unit


@dataclass(frozen=True, slots=True)
class Amplify:
    """Louder by `db`, or softer where that is negative."""

    db: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """`times` as long, or to a length, or from one tempo to another; `from_bpm` None is a tempo to be measured."""

    times: float | None = None
    from_bpm: float | None = None
    to_bpm: float | None = None
    to_s: float | None = None

    @property
    def is_measured(self) -> bool:
        """Whether the tempo must be heard before it can be done."""
        return self.to_bpm is not None and self.from_bpm is None


@dataclass(frozen=True, slots=True)
class Shift:
    semitones: float


@dataclass(frozen=True, slots=True)
class Reverse:
    pass


@dataclass(frozen=True, slots=True)
class Slice:
    """At onsets, into a file for each."""


@dataclass(frozen=True, slots=True)
class Resample:
    sr: int


@dataclass(frozen=True, slots=True)
class Convert:
    """Into another format, rate or depth; None keeps what is."""

    format: str | None = None
    sr: int | None = None
    depth: Depth | None = None


@dataclass(frozen=True, slots=True)
class Concatenate:
    """Put other recordings behind it, each joined by `crossfade_s` seconds of equal power."""

    paths: tuple[str, ...]
    crossfade_s: float = 0.0


Op: TypeAlias = Trim | Fade | Normalise | Amplify | Stretch | Shift | Reverse | Slice | Resample | Convert | Concatenate
