"""Chords from pitch features and beats: segments in Harte's syntax, how often they change, the cycle that repeats.

Half beats are judged one by one by a small network (`chord_model`) that also hears what comes before and after, the
surroundings and the whole; the likeliest path through them pays for every change, less on a beat than between beats.
Long recordings are decoded in stretches that overlap, so memory does not grow with their length.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...theory.pitch import NOTE_NAMES
from ..calibration import calibrated
from ..spectra.chroma import PitchFeatures, measure_pitch
from ..spectra.frames import FloatArray
from ..spectra.pitch_peaks import PitchPeaks
from ..spectra.viterbi import best_path, path_probabilities
from .chord_inputs import Moments, chord_inputs, hear_whole, lay_moments
from .chord_model import FAMILIES, FAMILY_OF, N_STATES, QUALITIES, family_log_probabilities, read_chord_net
from .keys import Tonality, pitchedness

IntArray = NDArray[np.integer]

_STRETCH, _MARGIN = 512, 64  # moments decoded at once, and how many more on either side
_LONGEST_CYCLE = 8


@dataclass(frozen=True, slots=True)
class ChordSegment:
    """One chord: `label` in Harte's syntax ("A:min7", "N" for none), `numeral` in the key of the recording."""

    start_s: float
    end_s: float
    label: str
    confidence: float
    numeral: str | None


@dataclass(frozen=True, slots=True)
class Chords:
    """The chords of a recording.

    segments : without gaps from 0 to the end; neighbours differ
    changes_per_minute : from one chord to another, in the time that has chords
    distinct : how many different ones there are
    progression : the cycle of numerals that repeats most, "I V vi IV"; None when none does
    """

    segments: tuple[ChordSegment, ...]
    changes_per_minute: float
    distinct: int
    progression: str | None


def measure_chords(
    heard: PitchPeaks | PitchFeatures, beats_s: FloatArray, duration_s: float, tonality: Tonality
) -> Chords:
    """The chords of a whole recording, from its peaks or, where they are there already, its pitch features."""
    pitch = heard if isinstance(heard, PitchFeatures) else measure_pitch(heard)
    moments = lay_moments(beats_s, duration_s)
    if not len(moments):
        return Chords((), 0.0, 0, None)
    if pitch.n_frames == 0 or pitchedness(pitch) < 0.5:
        return Chords((ChordSegment(0.0, duration_s, "N", 1.0, None),), 0.0, 0, None)
    states, certainty, qualities = _decode(pitch, moments)
    segments = _join(moments, states, certainty, qualities, tonality.key)
    return Chords(segments, _changes_per_minute(segments), _distinct(segments), find_cycle(segments))


# ---- decoding ---------------------------------------------------------------------------------------------------


def _decode(pitch: PitchFeatures, moments: Moments) -> tuple[IntArray, FloatArray, FloatArray]:
    """State, its probability, and log probabilities of the ten qualities on its root, for each moment."""
    n, net = len(moments), read_chord_net()
    whole = hear_whole(pitch)
    states, certainty, qualities = np.zeros(n, np.int16), np.zeros(n, np.float32), np.zeros((n, 10), np.float16)
    for start in range(0, n, _STRETCH):
        stop = min(start + _STRETCH, n)
        low, high = max(0, start - _MARGIN), min(n, stop + _MARGIN)
        heard = net.log_probabilities(*chord_inputs(pitch, moments, low, high, whole))
        score = family_log_probabilities(heard)
        cost = np.where(moments.on_beat[low:high], net.change[1], net.change[0])
        path = best_path(score, cost)
        inside = slice(start - low, stop - low)
        states[start:stop] = path[inside]
        certainty[start:stop] = path_probabilities(score, cost, path)[inside]
        roots = np.minimum(path // len(FAMILIES), 11)
        columns = roots[:, None] * len(QUALITIES) + np.arange(len(QUALITIES))
        qualities[start:stop] = np.take_along_axis(heard, columns, axis=1)[inside]
    return states, certainty, qualities


# ---- segments ---------------------------------------------------------------------------------------------------


def _join(
    moments: Moments, states: IntArray, certainty: FloatArray, qualities: FloatArray, key: str | None
) -> tuple[ChordSegment, ...]:
    """Neighbours of one state become a segment, whose quality all of them choose together."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(states)) + 1, [len(states)]])
    length = np.diff(moments.edges_s)
    segments: list[ChordSegment] = []
    for first, last in itertools.pairwise(starts):
        inside = slice(int(first), int(last))
        start, end = float(moments.edges_s[first]), float(moments.edges_s[last])
        sure = float(np.average(certainty[inside], weights=length[inside]))
        state, label, numeral = int(states[first]), "N", None
        if state < N_STATES - 1:
            root, family = divmod(state, len(FAMILIES))
            sums = (qualities[inside].astype(np.float64) * length[inside, None]).sum(axis=0)
            quality = QUALITIES[int(np.argmax(np.where(family == FAMILY_OF, sums, -np.inf)))]
            label, numeral = f"{NOTE_NAMES[root]}:{quality}", numeral_of(root, quality, key)
        segments.append(ChordSegment(start, end, label, calibrated("chord", sure), numeral))
    return tuple(segments)


_DEGREES = {
    "major": ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII"),
    "minor": ("I", "bII", "II", "III", "#III", "IV", "#IV", "V", "VI", "#VI", "VII", "#VII"),
}
_SUFFIXES = {"maj": "", "min": "", "min7": "7", "dim": "°", "hdim7": "ø7", "aug": "+"}


def numeral_of(root: int, quality: str, key: str | None) -> str | None:
    """Roman numeral of a chord in `key`, small letters for minor thirds: "ii7"; None without a key.

    A minor key numbers its own degrees: in A minor, C major is III.
    """
    if key is None:
        return None
    tonic, mode = key.split(" ")
    degree = _DEGREES[mode][(root - NOTE_NAMES.index(tonic)) % 12]
    if quality.startswith(("min", "dim", "hdim")):
        letters = degree.lstrip("b#")
        degree = degree[: len(degree) - len(letters)] + letters.lower()
    return degree + _SUFFIXES.get(quality, quality)


def _changes_per_minute(segments: Sequence[ChordSegment]) -> float:
    heard = [segment for segment in segments if segment.label != "N"]
    seconds = sum(segment.end_s - segment.start_s for segment in heard)
    changes = sum(a.label != b.label for a, b in itertools.pairwise(heard))
    return round(60.0 * changes / seconds, 2) if seconds > 0.0 else 0.0


def _distinct(segments: Sequence[ChordSegment]) -> int:
    return len({segment.label for segment in segments} - {"N"})


def find_cycle(segments: Sequence[ChordSegment]) -> str | None:
    """The numerals of the cycle of 2 to 8 chords that comes again at once most often, from where it begins first.

    It must sound twice in a row at least (a pair thrice) and fill a third of the chords. Sevenths do not make a chord
    another one.
    """
    numerals = [_plain(segment.numeral) for segment in segments if segment.numeral is not None]
    row = [a for i, a in enumerate(numerals) if i == 0 or a != numerals[i - 1]]
    best, cycle = 0, None
    for n in range(2, _LONGEST_CYCLE + 1):
        same = [a == b for a, b in zip(row, row[n:], strict=False)]
        start = 0
        filled: dict[tuple[str, ...], int] = {}
        while start < len(same):
            stop = start
            while stop < len(same) and same[stop]:
                stop += 1
            if stop - start >= n:
                unit = tuple(row[start : start + n])
                turns = [unit[i:] + unit[:i] for i in range(n)]
                name = next((turn for turn in turns if turn in filled), unit)
                filled[name] = filled.get(name, 0) + stop - start + n
            start = max(stop, start + 1)
        for unit, count in filled.items():
            if count > best and count >= max(2 * n, 6, len(row) / 3):
                best, cycle = count, unit
    return " ".join(cycle) if cycle is not None else None


def _plain(numeral: str) -> str:
    return numeral.replace("maj7", "").replace("ø7", "°").rstrip("7")
