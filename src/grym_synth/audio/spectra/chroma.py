"""Which pitches sound when: tuning, notes and chroma, from the peaks of long spectra.

The tuning is known last and still moves every note, so the peaks are gone over twice, in blocks of frames; what is
kept of a frame takes 96 bytes. Notes have shape (96, frames), lowest first; pitch classes begin with C.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .frames import FloatArray
from .pitch_peaks import PitchPeaks
from .rows import Rows, RowsLike

LOWEST_NOTE, N_NOTES = 20, 96  # rows of a note matrix: MIDI 20 and up
REGISTERS = (24, 45, 57, 69, 81, 105)  # MIDI notes at which the five registers begin and the last ends

_FAINTEST = 3e-5  # of the loudest peak: 90 dB below it nothing counts, so that a copy at another level gives the same
_BLOCK = 1024  # frames read at once: 95 s
_IN_MEMORY = 1 << 20  # bytes: 19 minutes
_FAINT, _FAINT_BASS = 1e-3, 0.05  # shares of the loudest frame below which pitch classes, and the bass, fade
_BASS_SHARE = np.where(
    LOWEST_NOTE + np.arange(N_NOTES) >= 28, np.clip((56 - LOWEST_NOTE - np.arange(N_NOTES)) / 12.0, 0.0, 1.0), 0.0
).astype(np.float32)


@dataclass(frozen=True, slots=True)
class PitchFeatures:
    """What key and chords are read from, frame by frame; frame i is about the time i / frame_rate.

    The bytes hold square roots of shares of the frame, 255 for 1: the ear compresses as well, and weak notes survive.

    packed : rows of shape (frames, 84), uint8: chroma and bass, of notes without their partials, the chroma of unit
        length, the bass adding up to 1; then the peaks as they are in five registers, of unit length together
    loudness : np.ndarray [shape=(frames, 3)], float32, lengths of registers and chroma, sum of the bass
    tuning_cents : -50..50, against A4 = 440 Hz
    steadiness : 0..1, how much the peaks agree on the tuning
    prominence : mean height of the peaks over their surroundings
    starts_from_silence : bool, as in `PitchPeaks`
    """

    packed: RowsLike
    loudness: FloatArray
    tuning_cents: float
    steadiness: float
    prominence: float
    frame_rate: float
    starts_from_silence: bool

    @property
    def n_frames(self) -> int:
        return len(self.packed)

    def sounding(self) -> NDArray[np.bool_]:
        """Whether notes are heard in each frame, shape (frames,): at least 5 % of the greatest strength."""
        strength = self.loudness[:, 1]
        return np.asarray(strength >= max(0.05 * float(strength.max(initial=0.0)), 1e-12))

    def blocks(self) -> Iterator[slice]:
        """Stretches of frames that are small enough to be unpacked."""
        for start in range(0, self.n_frames, _BLOCK):
            yield slice(start, min(start + _BLOCK, self.n_frames))

    def roots(self, frames: slice) -> FloatArray:
        """Square roots of chroma, bass and registers, shape (n, 7, 12); near 0 where it is silent."""
        loudness, loudest = self.loudness[frames], self.loudness.max(axis=0, initial=1e-9)
        faint = loudness / (loudness + np.array([_FAINT, _FAINT, _FAINT_BASS], np.float32) * loudest + 1e-12)
        gain = np.sqrt(faint)[:, [1, 2, 0, 0, 0, 0, 0], None] / np.float32(255.0)
        return np.asarray(self.packed[frames].reshape(-1, 7, 12) * gain, np.float32)


def measure_pitch(peaks: PitchPeaks) -> PitchFeatures:
    """The pitch features of a whole recording."""
    cents, steadiness, prominence = _tune(peaks)
    n = peaks.n_frames
    faintest = _FAINTEST * _loudest(peaks)
    packed = Rows(84, np.uint8, _IN_MEMORY)
    loudness = np.zeros((n, 3), np.float32)
    for start in range(0, n, _BLOCK):
        frames = slice(start, min(start + _BLOCK, n))
        raw = _place_peaks(peaks.block(frames.start, frames.stop), cents, faintest)
        registers = np.concatenate([fold_notes(raw, low, high - 1) for low, high in itertools.pairwise(REGISTERS)])
        notes = _without_partials(raw)
        chroma, bass = fold_notes(notes, 45, 99), fold_notes(notes * _BASS_SHARE[:, None], 28, 55)
        loudness[frames, 0] = np.linalg.norm(registers, axis=0)
        loudness[frames, 1] = np.linalg.norm(chroma, axis=0)
        loudness[frames, 2] = bass.sum(axis=0)
        shares = [x / (loudness[frames, i] + np.float32(1e-12)) for x, i in ((chroma, 1), (bass, 2), (registers, 0))]
        packed.append(np.rint(255.0 * np.sqrt(np.minimum(np.concatenate(shares), 1.0))).T)
    silent = peaks.starts_from_silence
    return PitchFeatures(packed, loudness, cents, steadiness, prominence, peaks.frame_rate, silent)


def _loudest(peaks: PitchPeaks) -> float:
    blocks = (peaks.block(start, start + _BLOCK).magnitude for start in range(0, peaks.n_frames, _BLOCK))
    return max((float(magnitude.max(initial=0.0)) for magnitude in blocks), default=0.0)


def _tune(peaks: PitchPeaks) -> tuple[float, float, float]:
    """`(cents, steadiness, prominence)` of all peaks."""
    turns, turned, total, height = 0.0 + 0.0j, 0.0, 0.0, 0.0
    for start in range(0, peaks.n_frames, _BLOCK):
        block = peaks.block(start, start + _BLOCK)
        weight = peak_weight(block).astype(np.float64)
        total += float(weight.sum())
        height += float(weight @ block.prominence)
        # Above C6 a peak is mostly a high partial, which the tempered scale does not hold.
        low = weight * (block.midi < 84.0)
        turned += float(low.sum())
        angle = 2.0 * np.pi * block.midi.astype(np.float64)
        turns += complex(low @ np.cos(angle), low @ np.sin(angle))
    prominence = height / total if total > 0.0 else 0.0
    if turned <= 0.0:
        return 0.0, 0.0, prominence
    return float(np.angle(turns)) * 50.0 / np.pi, abs(turns) / turned, prominence


def estimate_tuning(peaks: PitchPeaks) -> tuple[float, float]:
    """`(cents, steadiness)`: where the peaks lie between the semitones of A4 = 440 Hz, and how much they agree.

    cents in -50..50; steadiness is the length of the mean vector when a semitone is taken as a full turn: 0 for noise,
    towards 1 when every peak has the same offset.
    """
    cents, steadiness, _ = _tune(peaks)
    return cents, steadiness


def note_strengths(peaks: PitchPeaks, tuning_cents: float = 0.0) -> FloatArray:
    """How strong each note is in each frame, shape (96, frames), row i for MIDI note 20 + i.

    Peaks go to the nearest semitone; then, from low to high, every note takes away what its partials 2 to 8 may have
    added to the notes above it.
    """
    return _without_partials(_place_peaks(peaks, tuning_cents))


def _place_peaks(peaks: PitchPeaks, tuning_cents: float, faintest: float = 0.0) -> FloatArray:
    """Peaks of magnitude `faintest` and above summed by the semitone that they are nearest to, shape (96, frames)."""
    midi = peaks.midi - np.float32(tuning_cents / 100.0)
    nearest = np.rint(midi)
    weight = peak_weight(peaks) * np.exp(-0.5 * ((midi - nearest) / np.float32(0.18)) ** 2)
    row = nearest.astype(np.int64) - LOWEST_NOTE
    inside = (row >= 0) & (row < N_NOTES) & (peaks.magnitude >= faintest)
    cell = row[inside] * peaks.n_frames + peaks.frame[inside]
    flat = np.bincount(cell, weight[inside], minlength=N_NOTES * peaks.n_frames).astype(np.float32)
    return np.asarray(flat.reshape(N_NOTES, peaks.n_frames))


def _without_partials(raw: FloatArray) -> FloatArray:
    notes = raw.copy()
    for i in range(N_NOTES):
        for partial, semitones in zip(range(2, 9), (12, 19, 24, 28, 31, 34, 36), strict=True):
            if i + semitones < N_NOTES:
                above = notes[i + semitones]
                above -= np.minimum(above, np.float32(0.4 * 0.9 ** (partial - 2)) * notes[i])
    return notes


def pitch_classes(notes: FloatArray) -> FloatArray:
    """Chroma of the notes A2 to D#7, shape (12, frames), each frame of unit length (silent ones stay near zero)."""
    chroma = fold_notes(notes, 45, 99)
    length = np.linalg.norm(chroma, axis=0)
    unit: FloatArray = chroma / (length + _FAINT * chroma.max(initial=0.0) + 1e-9)
    return unit


def bass_classes(notes: FloatArray) -> FloatArray:
    """Share of each pitch class in the bass, shape (12, frames); below G#2 in full, fading to nothing at G#3."""
    bass = fold_notes(notes * _BASS_SHARE[:, None], 28, 55)
    total = bass.sum(axis=0)
    share: FloatArray = bass / (total + _FAINT_BASS * total.max(initial=0.0) + 1e-9)
    return share


def peak_weight(peaks: PitchPeaks) -> FloatArray:
    weight: FloatArray = np.minimum(peaks.prominence, 16.0) * np.sqrt(peaks.magnitude * np.sqrt(peaks.magnitude))
    return weight


def fold_notes(notes: FloatArray, lowest: int, highest: int) -> FloatArray:
    """Sum the notes `lowest` to `highest` (MIDI) into pitch classes."""
    chroma = np.zeros((12, notes.shape[1]), np.float32)
    for midi in range(lowest, highest + 1):
        chroma[midi % 12] += notes[midi - LOWEST_NOTE]
    return chroma
