"""The musical key of a recording, where it changes, and its tuning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..calibration import calibrated
from ..spectra.chroma import PitchFeatures, measure_pitch
from ..spectra.frames import FloatArray
from ..spectra.pitch_peaks import PitchPeaks, moving_mean
from .key_changes import KeySegment, find_key_changes
from .key_model import gather_seconds, key_name, score_keys, score_opening

__all__ = ["KeySegment", "Tonality", "key_name", "measure_key_changes", "measure_tonality", "pitchedness"]


@dataclass(frozen=True, slots=True)
class Tonality:
    """The key and the tuning of a recording; None where there is no pitched material."""

    key: str | None  # "A minor", sharps only
    confidence: float
    alternatives: tuple[tuple[str, float], ...]  # (key, confidence), likeliest first
    tuning_cents: float | None  # -50..50 against A4 = 440 Hz
    tuning_confidence: float
    key_changes: tuple[KeySegment, ...] = ()  # from 0 to the end; one entry where the key stays


def measure_tonality(heard: PitchPeaks | PitchFeatures, duration_s: float | None = None) -> Tonality:
    """Key and tuning of a whole recording, from its peaks or, where they are there already, its pitch features.

    duration_s : where the last key ends; by default the end of the last frame
    """
    pitch = heard if isinstance(heard, PitchFeatures) else measure_pitch(heard)
    pitched = pitchedness(pitch)
    if pitched < 0.5 or not pitch.loudness[:, 1].any():
        return Tonality(None, 0.0, (), None, 0.0)
    seconds = gather_seconds(pitch)
    sums = (x.sum(axis=0, dtype=np.float64) for x in (seconds.chords, seconds.harmony, seconds.chroma, seconds.bass))
    score = score_keys(*sums) + score_opening(pitch)
    p = np.exp(score - score.max())
    p *= pitched * variety(pitch) / p.sum()
    order = np.argsort(-p, kind="stable")
    best = int(order[0])
    confidence = calibrated("key", float(p[best]))
    rest = (1.0 - confidence) / max(1e-9, 1.0 - float(p[best]))
    likely = tuple((key_name(int(k)), round(float(p[k] * rest), 4)) for k in order[1:6] if p[k] * rest >= 0.01)
    end = pitch.n_frames / pitch.frame_rate if duration_s is None else duration_s
    return Tonality(
        key_name(best),
        round(confidence, 4),
        likely,
        round(pitch.tuning_cents, 2),
        round(min(1.0, pitch.steadiness / 0.5) * pitched, 4),
        find_key_changes(seconds, end, key_name(best), round(confidence, 4)),
    )


def measure_key_changes(heard: PitchPeaks | PitchFeatures, duration_s: float) -> tuple[KeySegment, ...]:
    """Keys over time, without gaps; one entry where the key stays, none where there is no key."""
    return measure_tonality(heard, duration_s).key_changes


def pitchedness(pitch: PitchFeatures) -> float:
    """Probability that there are notes at all: partials stand far out of their surroundings and share a tuning.

    In the sum below noise stays under 0.5, drum grooves under 1.45; loops and songs with notes start at 1.55, and most
    pass 3.
    """
    evidence = (pitch.prominence / 6.0) ** 2 + pitch.steadiness / 0.4 - 1.5
    return float(1.0 / (1.0 + np.exp(-min(50.0, max(-50.0, evidence / 0.1)))))


def variety(pitch: PitchFeatures) -> float:
    """0..1: whether there are notes and chords enough to make a key; 1 for every song.

    One held note, a bare fifth or a drone leaves the key open, whatever the model prefers: fewer than four pitch
    classes, or a harmony that does not change.
    """
    chroma, triads, entropy = np.zeros(12), np.zeros(24), 0.0
    sounding = pitch.sounding()
    for frames in pitch.blocks():
        unit = pitch.roots(frames)[:, 0] ** 2
        chroma += unit.sum(axis=0)
        share = triad_shares(unit.T)[:, sounding[frames]]
        triads += share.sum(axis=1)
        entropy += float(np.log(_effective_number(share)).sum())
    at_once = float(np.exp(entropy / max(1, int(sounding.sum()))))
    changes = float(_effective_number(triads)) / at_once
    richness = float(_effective_number(chroma)) / 4.0
    return min(1.0, richness) * (0.4 + 0.6 * min(1.0, max(0.0, changes - 1.0)))


def triad_shares(chroma: FloatArray) -> FloatArray:
    """How much each major and minor triad explains of each frame, shape (24, frames); columns sum to 1."""
    fit = _correlate(moving_mean(chroma, 2).T, _TRIADS)
    share: FloatArray = np.exp(10.0 * fit)
    share /= share.sum(axis=1, keepdims=True)
    return share.T


def _effective_number(x: FloatArray) -> FloatArray:
    """Exponential of the entropy over the first axis: 1 when all lies in one place."""
    share = x / (x.sum(axis=0) + 1e-12)
    return np.asarray(np.exp(-(share * np.log(share + 1e-12)).sum(axis=0)), np.float64)


def _correlate(x: FloatArray, templates: FloatArray) -> FloatArray:
    """Pearson correlation of the last axis of `x` with each row of `templates`; 0 where `x` is flat."""
    a = x - x.mean(axis=-1, keepdims=True)
    b = templates - templates.mean(axis=1, keepdims=True)
    scale = np.linalg.norm(a, axis=-1, keepdims=True) * np.linalg.norm(b, axis=1)
    correlation: FloatArray = (a @ b.T) / (scale + 1e-9)
    return correlation


_TRIADS = np.array(
    [
        np.roll(triad, k)
        for triad in ((1, 0, 0, 0, 0.9, 0, 0, 1, 0, 0, 0, 0), (1, 0, 0, 0.9, 0, 0, 0, 1, 0, 0, 0, 0))
        for k in range(12)
    ]
)
