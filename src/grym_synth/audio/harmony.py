"""Which pitches a recording is made of: peaks of long spectra, tuning, chroma and the musical key.

The pass (`ChromaMeter`) keeps a list of peaks of each frame and no spectra, so the tuning may be known last and still
move every note. Everything else is a function of that list. Notes have shape (96, frames), lowest first, chroma
(12, frames), C first; keys and triads are numbered 0..11 for C..B major, 12..23 for C..B minor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ..theory.pitch import NOTE_NAMES
from .frames import FloatArray, Framer

WINDOW = 0.3715  # seconds, at every sample rate: 16384 samples at 44.1 kHz
F_MIN, F_MAX = 38.0, 5000.0
LOWEST_NOTE, N_NOTES = 20, 96  # rows of a note matrix: MIDI 20 and up

_PEAKS_PER_FRAME = 48
_CHUNK_SAMPLES = 1 << 18  # window samples per FFT call, so that 384 kHz takes no more memory than 44.1 kHz
_NEIGHBOURHOOD_HZ = 88.0  # to either side, for the prominence of a peak
_OPENING = 10  # frames: 0.9 s, the first chord


@dataclass(frozen=True, slots=True)
class Chroma:
    """Spectral peaks of a recording, frame by frame; frame i is about the time i / frame_rate.

    frame : np.ndarray [shape=(peaks,)], int32, not falling
    midi : np.ndarray [shape=(peaks,)], float32, pitch as a MIDI number with fraction, 69 at 440 Hz
    magnitude : np.ndarray [shape=(peaks,)], float32, 1 for a full-scale sine
    prominence : np.ndarray [shape=(peaks,)], float32, magnitude over the mean of its surroundings
    starts_from_silence : bool, the first 2 ms are silent beside the first 2 s: not cut out of a longer recording
    """

    frame: NDArray[np.int32]
    midi: FloatArray
    magnitude: FloatArray
    prominence: FloatArray
    n_frames: int
    frame_rate: float
    starts_from_silence: bool


@dataclass(frozen=True, slots=True)
class Tonality:
    """The key and the tuning of a recording; None where there is no pitched material."""

    key: str | None  # "A minor", sharps only
    confidence: float
    alternatives: tuple[tuple[str, float], ...]  # (key, confidence), likeliest first
    tuning_cents: float | None  # -50..50 against A4 = 440 Hz
    tuning_confidence: float


class ChromaMeter:
    """Feed mono blocks, then `finish()`."""

    def __init__(self, sr: int) -> None:
        self.sr = sr
        self.n_fft = scipy.fft.next_fast_len(max(256, round(WINDOW * sr)), real=True)
        self.hop_length = max(1, self.n_fft // 4)
        self._framer = Framer(self.n_fft, self.hop_length)
        # Blackman: low side lobes, so that a loud bass note leaves no false peaks around itself.
        window = np.blackman(self.n_fft + 1)[:-1]
        self._window = (window / (window.sum() / 2.0)).astype(np.float32)
        bin_hz = sr / self.n_fft
        self._low = max(2, round(F_MIN / bin_hz))
        self._high = min(self.n_fft // 2 - 1, round(F_MAX / bin_hz))
        self._reach = max(2, round(_NEIGHBOURHOOD_HZ / bin_hz))
        self._peaks: list[tuple[NDArray[np.int32], FloatArray, FloatArray, FloatArray]] = []
        self._frames = 0
        self._samples = 0
        self._start_energy = self._opening_energy = 0.0

    def feed(self, y: FloatArray) -> None:
        self._hear_start(y)
        self._take(self._framer.feed(y))

    def finish(self) -> Chroma:
        self._take(self._framer.flush())
        none = np.zeros(0, np.float32)
        frame, midi, magnitude, prominence = (
            np.concatenate(column) for column in zip((none, none, none, none), *self._peaks, strict=True)
        )
        rate = self.sr / self.hop_length
        return Chroma(
            frame.astype(np.int32), midi, magnitude, prominence, self._frames, rate, self._started_from_silence()
        )

    def _hear_start(self, y: FloatArray) -> None:
        start, opening = (max(0, round(s * self.sr) - self._samples) for s in (0.002, 2.0))
        if opening:
            self._start_energy += float(np.square(y[:start], dtype=np.float64).sum())
            self._opening_energy += float(np.square(y[:opening], dtype=np.float64).sum())
        self._samples += len(y)

    def _started_from_silence(self) -> bool:
        opening = min(self._samples, 2 * self.sr) / self.sr
        loudness = self._opening_energy / max(opening, 0.002)
        return bool(self._start_energy / 0.002 < 10.0**-1.5 * loudness)

    def _take(self, chunks: Iterator[FloatArray]) -> None:
        rows = max(1, _CHUNK_SAMPLES // self.n_fft)
        for chunk in chunks:
            for i in range(0, len(chunk), rows):
                frames = chunk[i : i + rows]
                spectrum = scipy.fft.rfft(frames * self._window, axis=1)[:, self._low - 1 : self._high + 2]
                self._pick_peaks(spectrum.real**2 + spectrum.imag**2)
                self._frames += len(frames)

    def _pick_peaks(self, power: FloatArray) -> None:
        """Keep the strongest local maxima of each row; column 0 is bin `_low - 1`."""
        magnitude = np.sqrt(power)
        mean = _moving_mean(magnitude, self._reach)
        inner = magnitude[:, 1:-1]
        is_peak = (inner > magnitude[:, :-2]) & (inner >= magnitude[:, 2:])
        is_peak &= (inner > 1.5 * mean[:, 1:-1]) & (inner > 1e-6)
        row, column = np.nonzero(is_peak)
        keep = _strongest_of_each_row(row, inner[row, column], len(power))
        row, column = row[keep], column[keep] + 1
        left, top, right = (np.log(np.maximum(power[row, column + d], 1e-20)) for d in (-1, 0, 1))
        offset = 0.5 * (left - right) / np.minimum(left - 2.0 * top + right, -1e-6)  # vertex of a parabola in dB
        hz = (column + self._low - 1 + np.clip(offset, -0.5, 0.5)) * (self.sr / self.n_fft)
        strength = magnitude[row, column]
        self._peaks.append(
            (
                (row + self._frames).astype(np.int32),
                (69.0 + 12.0 * np.log2(hz / 440.0)).astype(np.float32),
                strength.astype(np.float32),
                (strength / mean[row, column]).astype(np.float32),
            )
        )


def measure_tonality(chroma: Chroma) -> Tonality:
    """Key and tuning of a whole recording."""
    weight = _peak_weight(chroma)
    cents, steadiness = estimate_tuning(chroma)
    pitched = _pitchedness(chroma, weight, steadiness)
    notes = note_strengths(chroma, cents)
    if pitched < 0.5 or not pitch_classes(notes).any():
        return Tonality(None, 0.0, (), None, 0.0)
    confidence = key_confidences(notes, opening=chroma.starts_from_silence) * pitched * _variety(notes)
    order = np.argsort(-confidence, kind="stable")
    ranked = [(key_name(int(k)), round(float(confidence[k]), 4)) for k in order]
    likely = tuple((key, c) for key, c in ranked[1:6] if c >= 0.01)
    certain = min(1.0, steadiness / 0.5) * pitched
    return Tonality(*ranked[0], likely, round(cents, 2), round(certain, 4))


def key_name(k: int) -> str:
    """`"C major"` for 0 to `"B minor"` for 23."""
    return f"{NOTE_NAMES[k % 12]} {'major' if k < 12 else 'minor'}"


def estimate_tuning(chroma: Chroma) -> tuple[float, float]:
    """`(cents, steadiness)`: where the peaks lie between the semitones of A4 = 440 Hz, and how much they agree.

    cents in -50..50; steadiness is the length of the mean vector when a semitone is taken as a full turn: 0 for noise,
    towards 1 when every peak has the same offset.
    """
    weight = _peak_weight(chroma)
    # Above C6 a peak is mostly a high partial, which the tempered scale does not hold.
    weight = weight * (chroma.midi < 84.0)
    total = float(weight.sum())
    if total <= 0.0:
        return 0.0, 0.0
    mean = complex((weight * np.exp(2j * np.pi * chroma.midi.astype(np.float64))).sum()) / total
    return float(np.angle(mean)) * 50.0 / np.pi, abs(mean)


def note_strengths(chroma: Chroma, tuning_cents: float = 0.0) -> FloatArray:
    """How strong each note is in each frame, shape (96, frames), row i for MIDI note 20 + i.

    Peaks go to the nearest semitone; then, from low to high, every note takes away what its partials 2 to 8 may have
    added to the notes above it.
    """
    midi = chroma.midi - tuning_cents / 100.0
    nearest = np.round(midi)
    weight = _peak_weight(chroma) * np.exp(-0.5 * ((midi - nearest) / 0.18) ** 2)
    row = nearest.astype(np.int64) - LOWEST_NOTE
    inside = (row >= 0) & (row < N_NOTES)
    cell = row[inside] * chroma.n_frames + chroma.frame[inside]
    flat = np.bincount(cell, weight[inside], minlength=N_NOTES * chroma.n_frames).astype(np.float32)
    notes: FloatArray = flat.reshape(N_NOTES, chroma.n_frames)
    for i in range(N_NOTES):
        for partial, semitones in zip(range(2, 9), (12, 19, 24, 28, 31, 34, 36), strict=True):
            if i + semitones < N_NOTES:
                above = notes[i + semitones]
                above -= np.minimum(above, 0.4 * 0.9 ** (partial - 2) * notes[i])
    return notes


def pitch_classes(notes: FloatArray) -> FloatArray:
    """Chroma of the notes A2 to D#7, shape (12, frames), each frame of unit length (silent ones stay near zero)."""
    chroma = _fold(notes, 45, 99)
    length = np.linalg.norm(chroma, axis=0)
    unit: FloatArray = chroma / (length + 1e-3 * chroma.max(initial=0.0) + 1e-9)
    return unit


def bass_classes(notes: FloatArray) -> FloatArray:
    """Share of each pitch class in the bass, shape (12, frames); below G#2 in full, fading to nothing at G#3."""
    midi = LOWEST_NOTE + np.arange(N_NOTES)
    weight = np.where(midi >= 28, np.clip((56 - midi) / 12.0, 0.0, 1.0), 0.0)
    bass = _fold(notes * weight[:, None].astype(np.float32), 28, 55)
    total = bass.sum(axis=0)
    share: FloatArray = bass / (total + 0.05 * total.max(initial=0.0) + 1e-9)
    return share


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
    fit = _correlate(_moving_mean(chroma, 2).T, _TRIADS)
    share: FloatArray = np.exp(10.0 * fit)
    share /= share.sum(axis=1, keepdims=True)
    return share.T


def _peak_weight(chroma: Chroma) -> FloatArray:
    weight: FloatArray = np.minimum(chroma.prominence, 16.0) * chroma.magnitude**0.75
    return weight


def _pitchedness(chroma: Chroma, weight: FloatArray, steadiness: float) -> float:
    """Probability that there are notes at all: partials stand far out of their surroundings and share a tuning.

    In the sum below noise stays under 0.5, drum grooves under 1.45; loops and songs with notes start at 1.55, and most
    pass 3.
    """
    total = float(weight.sum())
    if total <= 0.0:
        return 0.0
    prominence = float((weight * chroma.prominence).sum()) / total
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
    strength = np.linalg.norm(_fold(notes, 45, 99), axis=0)
    sounding: NDArray[np.bool_] = strength >= 0.05 * strength.max(initial=0.0)
    return sounding


def _fold(notes: FloatArray, lowest: int, highest: int) -> FloatArray:
    """Sum the notes `lowest` to `highest` (MIDI) into pitch classes."""
    chroma = np.zeros((12, notes.shape[1]), np.float32)
    for midi in range(lowest, highest + 1):
        chroma[midi % 12] += notes[midi - LOWEST_NOTE]
    return chroma


def _correlate(x: FloatArray, templates: FloatArray) -> FloatArray:
    """Pearson correlation of the last axis of `x` with each row of `templates`; 0 where `x` is flat."""
    a = x - x.mean(axis=-1, keepdims=True)
    b = templates - templates.mean(axis=1, keepdims=True)
    scale = np.linalg.norm(a, axis=-1, keepdims=True) * np.linalg.norm(b, axis=1)
    correlation: FloatArray = (a @ b.T) / (scale + 1e-9)
    return correlation


def _transpositions(major: tuple[float, ...], minor: tuple[float, ...]) -> FloatArray:
    return np.array([np.roll(profile, k) for profile in (major, minor) for k in range(12)])


def _moving_mean(x: FloatArray, reach: int) -> FloatArray:
    """Mean over 2 reach + 1 neighbours along the last axis; at the ends over those that exist."""
    n = x.shape[-1]
    total = np.zeros((*x.shape[:-1], n + 1))
    np.cumsum(x, axis=-1, out=total[..., 1:])
    i = np.arange(n)
    low, high = np.maximum(i - reach, 0), np.minimum(i + reach + 1, n)
    mean: FloatArray = ((total[..., high] - total[..., low]) / (high - low)).astype(np.float32)
    return mean


def _strongest_of_each_row(row: NDArray[np.intp], strength: FloatArray, n_rows: int) -> NDArray[np.intp]:
    """Indices of at most 48 elements of each row, in the order given."""
    order = np.lexsort((-strength, row))
    first = np.searchsorted(row[order], np.arange(n_rows))
    rank = np.arange(len(order)) - first[row[order]]
    return np.sort(order[rank < _PEAKS_PER_FRAME])


_KEY_PROFILES = _transpositions(
    (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
)
_TRIADS = _transpositions(
    (1.0, 0, 0, 0, 0.9, 0, 0, 1.0, 0, 0, 0, 0),
    (1.0, 0, 0, 0.9, 0, 0, 0, 1.0, 0, 0, 0, 0),
)
