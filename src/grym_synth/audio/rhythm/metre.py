"""Bars: how many beats they have and which beats begin them.

A log-linear model weighs every metre, every phase of it and both ways to lay the beats (as tracked, or half a beat
later): what is heard at each beat, next to what usually is at each place of a bar, and how alike beats are that lie a
bar apart. `benchmarks/fit_metre.py` fits its weights, which are data (`data/metre.json`).

References
----------
Goto (2001), "An audio-based real-time beat tracking system for music with or without drum-sounds", for chord changes
and drum patterns as evidence. Krebs, Böck, Widmer (2013), "Rhythmic pattern modeling for beat and downbeat tracking".
"""

from __future__ import annotations

import functools
import itertools
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..calibration import calibrated
from ..spectra.frames import FloatArray
from ..spectra.pitch_peaks import PitchPeaks
from .half_beats import HalfBeats

METRES = (2, 3, 4)
HYPOTHESES = tuple((late, metre, phase) for late in (0, 1) for metre in METRES for phase in range(metre))
LAGS = (2, 3, 4, 6, 8)  # beats between two that are compared
LEAST_BEATS = 8  # for bars to be found

# The least spread of each feature, in its own unit: what varies by less says nothing, however even the rest is.
_LEAST_SPREAD = np.array([0.3, 0.3, 0.1, 0.1, 0.1, 0.1, 0.03, 0.3, 0.3, 1e-6])
_LEAST_CONFIDENCE = 0.5  # below it no metre is claimed
_LEAST_CONTRAST = 1.2  # of the likeliest bar line to any
_SURELY_LATE = 0.4  # chance from which on the beats are moved: the fit leans towards leaving them
_WINDOW, _STRETCH = 24.0, 64.0  # beats: of which the weights speak; that are weighed at once
_SLIP = 6.0  # what it costs to move the bar lines in the middle of a piece


@dataclass(frozen=True, slots=True)
class Bars:
    """Beats of a bar, and the beats that begin one.

    metre : 2, 3 or 4; None where nothing is surer than 0.5
    metre_confidence : 0..1, that bars have so many beats
    downbeats : numbers of the beats that begin a bar, ascending
    downbeats_confidence : 0..1, that they do
    is_late : the beats lie half a beat later than they were tracked, see `lay_beats`
    """

    metre: int | None
    metre_confidence: float
    downbeats: NDArray[np.integer]
    downbeats_confidence: float
    is_late: bool


# ---- what is heard at each beat ---------------------------------------------------------------------------------


Heard = tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]


def bar_features(halves: HalfBeats) -> Heard:
    """For the beats as tracked, and for those half a beat later: `(features, likeness)`.

    features : np.ndarray [shape=(beats, 10)], what is heard at each beat, standardised over both
    likeness : np.ndarray [shape=(15,)], of beats LAGS apart: mean cosine of their level, chroma, accents
    """
    heard = [_beat_features(halves, late) for late in (0, 1)]
    both = np.concatenate([features for features, _ in heard])
    mean, spread = both.mean(axis=0), np.sqrt(both.var(axis=0) + _LEAST_SPREAD**2)
    first, second = (((features - mean) / spread).clip(-3.0, 3.0) for features, _ in heard)
    return (first, heard[0][1]), (second, heard[1][1])


def _beat_features(halves: HalfBeats, late: int) -> tuple[FloatArray, FloatArray]:
    n = (len(halves.level) - late) // 2
    rows = slice(late, late + 2 * n)
    level = halves.level[rows].reshape(n, 2, -1).mean(axis=1)
    loudness = level.mean(axis=1)
    level = level - halves.level.mean(axis=0)
    chroma = np.sqrt(halves.chroma[rows].reshape(n, 2, 12).sum(axis=1))
    bass = np.sqrt(halves.bass[rows].reshape(n, 2, 12).sum(axis=1))
    on, off = (np.log(0.1 + halves.accent[late + k : late + 2 * n : 2]) for k in (0, 1))
    before = _later(chroma, -1) + _later(chroma, -2)
    features = np.column_stack([
        on[:, 0],  # low
        on[:, 2],  # high
        _unlikeness(_later(chroma, -1), chroma, 0.02),
        _unlikeness(before, chroma + _later(chroma, 1), 0.06),
        _unlikeness(_later(bass, -1), bass, 0.1),
        np.linalg.norm(level - _later(level, -1), axis=1),
        loudness,
        off[:, 0],
        off[:, 2],
        np.linalg.norm(bass, axis=1),
    ])  # fmt: skip
    accents = np.hstack([on, off])
    likeness = [_likeness(level), _likeness(chroma), _likeness(accents - accents.mean(axis=0))]
    return features, np.concatenate(likeness)


def _later(x: FloatArray, k: int) -> FloatArray:
    """Row i + k in the place of row i; the first and the last go on beyond the ends."""
    return np.asarray(x[(np.arange(len(x)) + k).clip(0, len(x) - 1)])


def _unlikeness(a: FloatArray, b: FloatArray, least: float) -> FloatArray:
    """1 less the cosine of the rows; 1 where both are weaker than the share `least` of the usual power."""
    usual = float(np.einsum("ij,ij->", b, b)) / max(1, len(b))
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.asarray(1.0 - np.einsum("ij,ij->i", a, b) / (lengths + least * usual + 1e-12))


def _likeness(x: FloatArray) -> FloatArray:
    """Mean cosine of rows that are LAGS apart."""
    unit = x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-3 * float(np.abs(x).max(initial=0.0)) + 1e-9)
    apart = [float(np.einsum("ij,ij->", unit[k:], unit[:-k])) / (len(unit) - k) if len(unit) > k else 0.0 for k in LAGS]
    return np.array(apart)


# ---- which bars -------------------------------------------------------------------------------------------------


def find_opening(beats_s: FloatArray, onsets_s: FloatArray, peaks: PitchPeaks | None) -> int | None:
    """The half-beat with which the piece opens; None where the recording begins in the middle of one."""
    if not len(onsets_s) or not len(beats_s):
        return None
    first = float(onsets_s[0])
    # Cut cleanly on a beat, or out of silence.
    if first > 0.03 and not (peaks is not None and peaks.starts_from_silence):
        return None
    halves = np.sort(np.concatenate([beats_s, 0.5 * (beats_s[1:] + beats_s[:-1])]))
    nearest = int(np.abs(halves - first).argmin())
    return nearest if abs(halves[nearest] - first) < 0.07 else None


def find_bars(halves: HalfBeats, opening: int | None = None, weights: FloatArray | None = None) -> Bars:
    """The likeliest metre and bar lines.

    opening : as from `find_opening`
    weights : of the columns of `design`; those that come with this module when None
    """
    weights = read_weights() if weights is None else weights
    heard, broad = bar_features(halves), breadth(halves.level)
    chance, contrast, unopened = _weigh(heard, broad, opening, weights)
    is_late = int(chance[1].sum() > _SURELY_LATE)
    i = int(chance[is_late].argmax())
    metre = METRES[i]
    heard_bar = float(chance[:, i].sum() * contrast[is_late, i])
    confidence = calibrated("metre", heard_bar)
    # Where every phase sounds as likely as any other, as of a metronome, no bar is heard, whatever bars usually are.
    if unopened[is_late, i] * metre < _LEAST_CONTRAST:
        confidence = 0.0
    score = design(heard, broad, opening) @ weights
    phase = max(range(metre), key=lambda phase: score[HYPOTHESES.index((is_late, metre, phase))])
    plain, gated = np.split(weights, 2)
    downbeats = _place_bar_lines(heard[is_late][0], metre, phase, plain + _drumlike(broad) * gated)
    claimed = metre if confidence >= _LEAST_CONFIDENCE else None
    return Bars(claimed, confidence, downbeats, calibrated("downbeats", heard_bar), bool(is_late))


def _weigh(
    heard: Heard, broad: float, opening: int | None, weights: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """`(chance, contrast, unopened)` of the beats as tracked or later (rows) in each of METRES, shape (2, 3).

    contrast : how likely the likeliest phase is, given the metre
    unopened : the same, but for the opening

    A long recording is weighed in stretches, as bar lines may move between them.
    """
    n = len(heard[1][0])
    cuts = np.linspace(0, n, 1 + max(1, round(n / _STRETCH))).astype(int)
    logs, contrast, unopened = np.zeros((3, 2, len(METRES)))
    for first, last in itertools.pairwise(cuts):
        (on, on_likeness), (off, off_likeness) = heard
        part = ((on[first:last], on_likeness), (off[first:last], off_likeness))
        chance, share = _share_out(design(part, broad, None) @ weights)
        unopened += share
        if opening is not None and not first:
            chance, share = _share_out(design(part, broad, opening) @ weights)
        logs += chance
        contrast += share
    n_parts = len(cuts) - 1
    chance = np.exp((logs - logs.max()) / n_parts)
    return np.asarray(chance / chance.sum()), contrast / n_parts, unopened / n_parts


def _share_out(score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log of the summed chances of the phases, and the share of the likeliest phase, both of shape (2, 3)."""
    chance = np.exp(score - score.max())
    # HYPOTHESES lists the phases of each metre together, first of the beats as tracked.
    starts = np.flatnonzero([phase == 0 for _, _, phase in HYPOTHESES])
    total = np.add.reduceat(chance, starts)
    share = np.maximum.reduceat(chance, starts) / total
    return np.log(total).reshape(2, -1) + float(score.max()), share.reshape(2, -1)


def lay_beats(beats_s: FloatArray, bars: Bars) -> FloatArray:
    """The beats that `bars` count: as they were tracked, or half a beat later, and then one less."""
    return 0.5 * (beats_s[1:] + beats_s[:-1]) if bars.is_late else beats_s


def _place_bar_lines(features: FloatArray, metre: int, phase: int, weights: FloatArray) -> NDArray[np.integer]:
    """The beats that begin a bar: those of one phase, unless another is so much better for so long that it pays."""
    first = sum(m for m in METRES if m < metre) * features.shape[1]
    places = weights[first : first + metre * features.shape[1]].reshape(metre, -1)
    strength = features @ places.T * (metre / _WINDOW)  # of each beat at each place of the bar
    beat = np.arange(len(features))
    gain = strength[beat[:, None], (beat[:, None] - np.arange(metre)) % metre]  # for each phase
    total, moved = np.zeros(metre), np.zeros((len(features), metre), np.int8)
    for i, row in enumerate(gain):
        other = int(total.argmax())
        pays = total[other] - _SLIP > total
        moved[i] = np.where(pays, other, np.arange(metre))
        total = np.maximum(total, total[other] - _SLIP) + row
    phases = np.zeros(len(features), int)
    at = int(total.argmax()) if total.max() > total[phase] + _SLIP else phase
    for i in range(len(features) - 1, -1, -1):
        phases[i] = at
        at = int(moved[i, at])
    return np.asarray(np.flatnonzero((beat - phases) % metre == 0))


WEIGHTS_FILE = Path(str(resources.files("grym_synth.audio") / "data" / "metre.json"))


_PARTS = ("places", "metre", "likeness", "opening", "late")


@functools.cache
def read_weights() -> FloatArray:
    """Weights of the columns of `design`."""
    kept: dict[str, Any] = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return np.concatenate([np.ravel(kept[half][part]) for half in ("plain", "times broad") for part in _PARTS])


def name_weights(weights: FloatArray) -> dict[str, Any]:
    """The weights as they are kept: a row of `places` for each place of the bars of 2, of 3 and of 4."""
    return dict(zip(("plain", "times broad"), (_name_half(half) for half in np.split(weights, 2)), strict=True))


def _name_half(weights: FloatArray) -> dict[str, Any]:
    n = len(METRES)
    n_places = len(weights) - n * (1 + 3 * len(LAGS)) - 3
    cuts = np.split(np.round(weights, 3), [n_places, n_places + n, len(weights) - 3, len(weights) - 1])
    shapes = ((sum(METRES), -1), (-1,), (n, -1), (-1,), (-1,))
    return {name: part.reshape(shape).tolist() for name, part, shape in zip(_PARTS, cuts, shapes, strict=True)}


def design(heard: Heard, broad: float, opening: int | None) -> FloatArray:
    """What speaks for each of HYPOTHESES, shape (18, 2 * (10 * 9 + 3 + 15 * 3 + 3)); the model's input.

    broad, opening : as from `breadth` and `find_opening`

    Columns: mean features at each place of a bar of 2, of 3 and of 4; which metre it is; likeness of beats, by metre;
    whether a bar begins where the piece does, and that times `broad`; half a beat later than tracked. Then the same
    times -1..1 for how broad the hits are: what speaks for a bar of drums is not what speaks for one of strings.
    """
    n_features, n_likeness = heard[0][0].shape[1], len(heard[0][1])
    n_places = sum(METRES) * n_features
    table = np.zeros((len(HYPOTHESES), n_places + len(METRES) * (1 + n_likeness) + 3))
    means = {
        (late, metre): np.array([heard[late][0][place::metre].mean(axis=0) for place in range(metre)])
        for late, metre in itertools.product((0, 1), METRES)
    }
    for row, (late, metre, phase) in zip(table, HYPOTHESES, strict=True):
        i, first = METRES.index(metre), sum(m for m in METRES if m < metre) * n_features
        row[first : first + metre * n_features] = np.roll(means[late, metre], -phase, axis=0).ravel()
        row[n_places + i] = 1.0
        first = n_places + len(METRES) + i * n_likeness
        row[first : first + n_likeness] = 2.0 * heard[late][1]
        opens = opening is not None and (opening - late) % 2 == 0 and ((opening - late) // 2 - phase) % metre == 0
        row[-3:] = 1.5 * opens, 1.5 * opens * broad, 2.0 * late
    return np.hstack([table, _drumlike(broad) * table])


def _drumlike(broad: float) -> float:
    """-1 for hits of few partials to 1 for broad ones."""
    return min(1.0, max(-1.0, 4.0 * broad - 2.0))


def breadth(level: FloatArray) -> float:
    """0..1: 0 when single partials rise at the strongest hits, 1 when all bands above the bass rise alike."""
    rise = np.maximum(np.diff(level, axis=0), 0.0)[:, 6:]
    strongest = np.argsort(-rise.mean(axis=1))[: max(4, len(rise) // 4)]
    rise = rise[strongest]
    return float(np.mean(rise.mean(axis=1) ** 2 / ((rise**2).mean(axis=1) + 1e-9)))
