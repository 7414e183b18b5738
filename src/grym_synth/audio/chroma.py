"""Which pitches sound when: tuning, notes and chroma, from the peaks of long spectra.

The tuning may be known last and still move every note. Notes have shape (96, frames), lowest first, chroma
(12, frames), C first.
"""

from __future__ import annotations

import numpy as np

from .frames import FloatArray
from .pitch_peaks import PitchPeaks

LOWEST_NOTE, N_NOTES = 20, 96  # rows of a note matrix: MIDI 20 and up


def estimate_tuning(peaks: PitchPeaks) -> tuple[float, float]:
    """`(cents, steadiness)`: where the peaks lie between the semitones of A4 = 440 Hz, and how much they agree.

    cents in -50..50; steadiness is the length of the mean vector when a semitone is taken as a full turn: 0 for noise,
    towards 1 when every peak has the same offset.
    """
    weight = peak_weight(peaks)
    # Above C6 a peak is mostly a high partial, which the tempered scale does not hold.
    weight = weight * (peaks.midi < 84.0)
    total = float(weight.sum())
    if total <= 0.0:
        return 0.0, 0.0
    mean = complex((weight * np.exp(2j * np.pi * peaks.midi.astype(np.float64))).sum()) / total
    return float(np.angle(mean)) * 50.0 / np.pi, abs(mean)


def note_strengths(peaks: PitchPeaks, tuning_cents: float = 0.0) -> FloatArray:
    """How strong each note is in each frame, shape (96, frames), row i for MIDI note 20 + i.

    Peaks go to the nearest semitone; then, from low to high, every note takes away what its partials 2 to 8 may have
    added to the notes above it.
    """
    midi = peaks.midi - tuning_cents / 100.0
    nearest = np.round(midi)
    weight = peak_weight(peaks) * np.exp(-0.5 * ((midi - nearest) / 0.18) ** 2)
    row = nearest.astype(np.int64) - LOWEST_NOTE
    inside = (row >= 0) & (row < N_NOTES)
    cell = row[inside] * peaks.n_frames + peaks.frame[inside]
    flat = np.bincount(cell, weight[inside], minlength=N_NOTES * peaks.n_frames).astype(np.float32)
    notes: FloatArray = flat.reshape(N_NOTES, peaks.n_frames)
    for i in range(N_NOTES):
        for partial, semitones in zip(range(2, 9), (12, 19, 24, 28, 31, 34, 36), strict=True):
            if i + semitones < N_NOTES:
                above = notes[i + semitones]
                above -= np.minimum(above, 0.4 * 0.9 ** (partial - 2) * notes[i])
    return notes


def pitch_classes(notes: FloatArray) -> FloatArray:
    """Chroma of the notes A2 to D#7, shape (12, frames), each frame of unit length (silent ones stay near zero)."""
    chroma = fold_notes(notes, 45, 99)
    length = np.linalg.norm(chroma, axis=0)
    unit: FloatArray = chroma / (length + 1e-3 * chroma.max(initial=0.0) + 1e-9)
    return unit


def bass_classes(notes: FloatArray) -> FloatArray:
    """Share of each pitch class in the bass, shape (12, frames); below G#2 in full, fading to nothing at G#3."""
    midi = LOWEST_NOTE + np.arange(N_NOTES)
    weight = np.where(midi >= 28, np.clip((56 - midi) / 12.0, 0.0, 1.0), 0.0)
    bass = fold_notes(notes * weight[:, None].astype(np.float32), 28, 55)
    total = bass.sum(axis=0)
    share: FloatArray = bass / (total + 0.05 * total.max(initial=0.0) + 1e-9)
    return share


def peak_weight(peaks: PitchPeaks) -> FloatArray:
    weight: FloatArray = np.minimum(peaks.prominence, 16.0) * peaks.magnitude**0.75
    return weight


def fold_notes(notes: FloatArray, lowest: int, highest: int) -> FloatArray:
    """Sum the notes `lowest` to `highest` (MIDI) into pitch classes."""
    chroma = np.zeros((12, notes.shape[1]), np.float32)
    for midi in range(lowest, highest + 1):
        chroma[midi % 12] += notes[midi - LOWEST_NOTE]
    return chroma
