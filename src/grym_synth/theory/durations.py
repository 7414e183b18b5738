"""Time in music: note values, bars, tempi, samples. Tempi are quarter notes a minute, whatever the metre."""

from __future__ import annotations

import math
from collections.abc import Mapping

#: Length of each plain note value in quarter notes.
NOTE_VALUES: Mapping[str, float] = {
    "1/1": 4.0, "1/2": 2.0, "1/4": 1.0, "1/8": 0.5, "1/16": 0.25, "1/32": 0.125, "1/64": 0.0625, "1/128": 0.03125,
}  # fmt: skip

#: What a modifier does to the length of a note value.
MODIFIERS: Mapping[str, float] = {"": 1.0, "dotted": 1.5, "double dotted": 1.75, "triplet": 2 / 3, "quintuplet": 4 / 5}

#: How musicians call the values.
VALUE_NAMES: Mapping[str, str] = {
    "1/1": "whole note", "1/2": "half note", "1/4": "quarter note", "1/8": "eighth note", "1/16": "sixteenth note",
    "1/32": "thirty-second note", "1/64": "sixty-fourth note", "1/128": "128th note",
}  # fmt: skip


def note_quarters(value: str, modifier: str = "") -> float:
    """Length of a note value in quarter notes: a dotted "1/8" is 0.75."""
    return NOTE_VALUES[value] * MODIFIERS[modifier]


def quarters_to_s(quarters: float, tempo_bpm: float) -> float:
    """Seconds that a number of quarter notes lasts."""
    return 60.0 * quarters / tempo_bpm


def delay_ms(tempo_bpm: float, value: str = "1/4", modifier: str = "") -> float:
    """Milliseconds of a note value at a tempo: the time to set a delay to."""
    return 1000.0 * quarters_to_s(note_quarters(value, modifier), tempo_bpm)


def bar_quarters(metre: tuple[int, int] = (4, 4)) -> float:
    """Quarter notes in a bar: 3 in 3/4 and in 6/8."""
    return 4.0 * metre[0] / metre[1]


def s_to_bars(seconds: float, tempo_bpm: float, metre: tuple[int, int] = (4, 4)) -> float:
    """Bars, with fraction, that fill a time."""
    return seconds * tempo_bpm / 60.0 / bar_quarters(metre)


def tempo_of(quarters: float, seconds: float) -> float:
    """The tempo in BPM at which so many quarter notes last so many seconds."""
    return 60.0 * quarters / seconds


def ratio_to_semitones(ratio: float) -> float:
    """Pitch change in semitones when a sound is played `ratio` times as fast."""
    return 12.0 * math.log2(ratio)


def semitones_to_ratio(semitones: float) -> float:
    """How much faster a sound is played that rises by so many semitones."""
    return math.exp2(semitones / 12.0)
