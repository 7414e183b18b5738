"""Whether two recordings fit by tempo and key, and what makes them: the second is always the one that is changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...theory.keys import camelot, neighbours, parallel, relative, split_key

SAME_TEMPO_PERCENT = 0.2  # heard as one tempo for a minute or more
EASY_STRETCH_PERCENT = 8.0  # done without being heard, as on a pitch fader
HARD_STRETCH_PERCENT = 20.0


@dataclass(frozen=True, slots=True)
class TempoFit:
    """How much faster the second recording must be played to beat with the first, or with half or twice its beats.

    ratio : tempo of the second over that of the first
    stretch_percent : positive for faster
    tempo_bpm : what the second recording is at then, in its own beats
    beats : its beats for each beat of the first: 0.5, 1 or 2
    """

    ratio: float
    stretch_percent: float
    tempo_bpm: float
    beats: float


@dataclass(frozen=True, slots=True)
class KeyFit:
    """How two keys stand to each other, and the shift of the second, in semitones, that makes them agree.

    relation : "same key", "relative keys", "neighbouring keys", "same tonic, other mode" or "keys that clash"
    codes : both on the Camelot wheel
    shift_semitones : 0 where they mix as they are; else the smallest that makes them the same or relative, -5..6
    nearest_semitones : a smaller shift that makes them at least neighbours, where there is one
    """

    relation: str
    codes: tuple[str, str]
    shift_semitones: int
    nearest_semitones: int | None

    @property
    def mixes(self) -> bool:
        """Whether they go together without a shift."""
        return self.relation in ("same key", "relative keys", "neighbouring keys")


def fit_tempo(first_bpm: float, second_bpm: float) -> TempoFit:
    """The least stretch of the second tempo to the first, to its half or to its double."""
    beats = min((1.0, 0.5, 2.0), key=lambda k: abs(float(np.log(first_bpm * k / second_bpm))))
    target = first_bpm * beats
    return TempoFit(second_bpm / first_bpm, 100.0 * (target / second_bpm - 1.0), target, beats)


def fit_key(first: str, second: str) -> KeyFit:
    """Both as "A minor", sharps only."""
    if second == first:
        relation = "same key"
    elif second == relative(first):
        relation = "relative keys"
    elif second in neighbours(first):
        relation = "neighbouring keys"
    else:
        relation = "same tonic, other mode" if second == parallel(first) else "keys that clash"
    codes = (camelot(first), camelot(second))
    if relation in ("same key", "relative keys", "neighbouring keys"):
        return KeyFit(relation, codes, 0, None)
    (tonic, mode), (other_tonic, other_mode) = split_key(first), split_key(second)
    if mode != other_mode:
        tonic = split_key(relative(first))[0]
    shift = (tonic - other_tonic + 5) % 12 - 5
    nearest = min((abs((shift + step + 5) % 12 - 5), (shift + step + 5) % 12 - 5) for step in (-5, 5))[1]
    return KeyFit(relation, codes, shift, nearest if abs(nearest) < abs(shift) else None)


def judge_fit(tempo: TempoFit | None, key: KeyFit | None) -> str | None:
    """Whether they go together, and what the second needs for it; None when neither tempo nor key is known."""
    if tempo is None and key is None:
        return None
    needs = []
    stretch = abs(tempo.stretch_percent) if tempo else 0.0
    if stretch > HARD_STRETCH_PERCENT:
        return "hard to fit"
    if stretch > SAME_TEMPO_PERCENT:
        needs.append("a small stretch" if stretch <= EASY_STRETCH_PERCENT else "a clear stretch")
    if key is not None and not key.mixes:
        needs.append("a shift of pitch")
    return f"fits with {' and '.join(needs)}" if needs else "fits as it is"
