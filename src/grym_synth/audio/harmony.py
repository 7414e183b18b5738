"""The musical key of a recording, from its chroma. Keys and triads are numbered 0..11 for C..B major, 12..23 minor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..theory.pitch import NOTE_NAMES
from .chroma import (
    bass_classes,
    estimate_tuning,
    fold_notes,
    note_strengths,
    peak_weight,
    pitch_classes,
)
from .frames import FloatArray
from .pitch_peaks import PitchPeaks, moving_mean

_OPENING = 10  # frames: 0.9 s, the first chord


@dataclass(frozen=True, slots=True)
class Tonality:
    """The key and the tuning of a recording; None where there is no pitched material."""

    key: str | None  # "A minor", sharps only
    confidence: float
    alternatives: tuple[tuple[str, float], ...]  # (key, confidence), likeliest first
    tuning_cents: float | None  # -50..50 against A4 = 440 Hz
    tuning_confidence: float


def measure_tonality(peaks: PitchPeaks) -> Tonality:
    """Key and tuning of a whole recording."""
    weight = peak_weight(peaks)
    cents, steadiness = estimate_tuning(peaks)
    pitched = _pitchedness(peaks, weight, steadiness)
    notes = note_strengths(peaks, cents)
    if pitched < 0.5 or not pitch_classes(notes).any():
        return Tonality(None, 0.0, (), None, 0.0)
    confidence = key_confidences(notes, opening=peaks.starts_from_silence) * pitched * _variety(notes)
    order = np.argsort(-confidence, kind="stable")
    ranked = [(key_name(int(k)), round(float(confidence[k]), 4)) for k in order]
    likely = tuple((key, c) for key, c in ranked[1:6] if c >= 0.01)
    certain = min(1.0, steadiness / 0.5) * pitched
    return Tonality(*ranked[0], likely, round(cents, 2), round(certain, 4))


def key_name(k: int) -> str:
    """`"C major"` for 0 to `"B minor"` for 23."""
    return f"{NOTE_NAMES[k % 12]} {'major' if k < 12 else 'minor'}"


def key_confidences(notes: FloatArray, *, opening: bool) -> FloatArray:
    """Probability of each of the 24 keys, shape (24,).

    A log-linear model of few, musically plain terms: how the pitch classes fit the profile of the key (Albrecht and
    Shanahan 2013), how much of the time each triad of the key sounds (the tonic counts most, then the dominant) and,
    where the recording starts of itself (`opening`), whether its first chord and bass note are the tonic. The last
    chord does not help.
    """
    chroma, bass = pitch_classes(notes), bass_classes(notes)
    sounding = _is_sounding(notes)
    triads = triad_shares(chroma)[:, sounding].mean(axis=1)
    major, minor = triads[:12], triads[12:]
    score = _correlate(chroma.sum(axis=1), _KEY_PROFILES)
    score += 16.0 * triads
    score += 10.0 * np.tile(np.roll(major, -7), 2)  # the dominant of a minor key is major as well
    score += 6.0 * np.concatenate([np.roll(major, -5), np.roll(minor, -5)])
    others_major = np.roll(minor, -2) + np.roll(minor, -4) + np.roll(minor, -9)  # ii iii vi
    others_minor = np.roll(major, -3) + np.roll(major, -8) + np.roll(major, -10) + np.roll(minor, -7)  # III VI VII v
    score += 3.0 * np.concatenate([others_major, others_minor])
    if opening:
        first = int(np.argmax(sounding))
        score += 1.5 * _correlate(chroma[:, first : first + _OPENING].sum(axis=1), _TRIADS)
        score += 4.0 * np.tile(bass[:, first : first + _OPENING].mean(axis=1), 2)
    p: FloatArray = np.exp(1.1 * (score - score.max()))
    p /= p.sum()
    return p


def triad_shares(chroma: FloatArray) -> FloatArray:
    """How much each major and minor triad explains of each frame, shape (24, frames); columns sum to 1."""
    fit = _correlate(moving_mean(chroma, 2).T, _TRIADS)
    share: FloatArray = np.exp(10.0 * fit)
    share /= share.sum(axis=1, keepdims=True)
    return share.T


def _pitchedness(peaks: PitchPeaks, weight: FloatArray, steadiness: float) -> float:
    """Probability that there are notes at all: partials stand far out of their surroundings and share a tuning.

    In the sum below noise stays under 0.5, drum grooves under 1.45; loops and songs with notes start at 1.55, and most
    pass 3.
    """
    total = float(weight.sum())
    if total <= 0.0:
        return 0.0
    prominence = float((weight * peaks.prominence).sum()) / total
    return float(1.0 / (1.0 + np.exp(-((prominence / 6.0) ** 2 + steadiness / 0.4 - 1.5) / 0.1)))


def _variety(notes: FloatArray) -> float:
    """0..1: whether there are notes and chords enough to make a key; 1 for every song.

    One held note, a bare fifth or a drone leaves the key open, whatever the model prefers: fewer than four pitch
    classes, or a harmony that does not change.
    """
    chroma = pitch_classes(notes)
    triads = triad_shares(chroma)[:, _is_sounding(notes)]
    at_once = float(np.exp(np.log(_effective_number(triads)).mean()))
    changes = float(_effective_number(triads.mean(axis=1))) / at_once
    richness = float(_effective_number(chroma.sum(axis=1))) / 4.0
    return min(1.0, richness) * (0.4 + 0.6 * min(1.0, max(0.0, changes - 1.0)))


def _effective_number(x: FloatArray) -> FloatArray:
    """Exponential of the entropy over the first axis: 1 when all lies in one place."""
    share = x / (x.sum(axis=0) + 1e-12)
    return np.asarray(np.exp(-(share * np.log(share + 1e-12)).sum(axis=0)), np.float64)


def _is_sounding(notes: FloatArray) -> NDArray[np.bool_]:
    strength = np.linalg.norm(fold_notes(notes, 45, 99), axis=0)
    sounding: NDArray[np.bool_] = strength >= 0.05 * strength.max(initial=0.0)
    return sounding


def _correlate(x: FloatArray, templates: FloatArray) -> FloatArray:
    """Pearson correlation of the last axis of `x` with each row of `templates`; 0 where `x` is flat."""
    a = x - x.mean(axis=-1, keepdims=True)
    b = templates - templates.mean(axis=1, keepdims=True)
    scale = np.linalg.norm(a, axis=-1, keepdims=True) * np.linalg.norm(b, axis=1)
    correlation: FloatArray = (a @ b.T) / (scale + 1e-9)
    return correlation


def _transpositions(major: tuple[float, ...], minor: tuple[float, ...]) -> FloatArray:
    return np.array([np.roll(profile, k) for profile in (major, minor) for k in range(12)])


_KEY_PROFILES = _transpositions(
    (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
)
_TRIADS = _transpositions(
    (1.0, 0, 0, 0, 0.9, 0, 0, 1.0, 0, 0, 0, 0),
    (1.0, 0, 0, 0.9, 0, 0, 0, 1.0, 0, 0, 0, 0),
)
