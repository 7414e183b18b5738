"""Vectors of a recording by aspect, in which recordings and excerpts that sound alike lie close together.

All have a fixed length. A single hit is told by its own part of the vector, anything longer by the rest; the part that
does not apply is 0, so that hits are compared with hits and music with music. All is relative: gain changes nothing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ..spectra import fft
from ..spectra.chroma import PitchFeatures, peak_weight
from ..spectra.frames import FloatArray, ShortSpectra
from ..spectra.pitch_peaks import PitchPeaks
from ..spectra.rows import Rows, RowsLike
from .one_shots import VECTOR_LENGTH

N_MFCC = 20

_BLOCK = 1024  # frames at a time: 10 s
_IN_MEMORY = 1 << 20  # bytes of levels, and of rises: 4 minutes, 14 minutes
_FAINTEST = 1e-5  # of the mean power of all bands: 50 dB below
_QUIET = 1e-3  # of the mean power: frames below it are pauses
_GROUPS = (0, 4, 8, 12, 16, 20, 24, 28, 32, 36)  # first mel band of the ten groups whose movement is followed
_PULSE = (0, 8, 20)  # and of the three whose onsets are
_STRETCH = 4096  # frames of which repetition is read at once: 41 s
_LAGS_S = np.geomspace(0.15, 4.0, 21)
_RATES_HZ = (0.3, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_ENVELOPE_HZ = np.geomspace(30.0, 18_000.0, 121)
_LOWEST_NOTE, _NOTES = 26, 84
_PEAKS_AT_ONCE = 512  # frames of pitch peaks: 47 s

TIMBRE_LENGTH, RHYTHM_LENGTH, HARMONY_LENGTH, LOUDNESS_LENGTH = 120, 120, 24, 12


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of the short spectra in time. Silence has no levels and no rises.

    mfcc_mean, mfcc_std : np.ndarray [shape=(20,)], of the frames that sound, from levels in units of 10 dB
    levels : rows of shape (frames, 10), float32, mean level of groups of mel bands, in units of 10 dB
    rises : rows of shape (frames, 3), float32, how much low, middle and high bands rise over two frames
    loudness : np.ndarray [shape=(frames,)], float32, power
    """

    mfcc_mean: FloatArray
    mfcc_std: FloatArray
    levels: RowsLike
    rises: RowsLike
    loudness: FloatArray


def follow(mel: RowsLike) -> Course:
    """One pass over the mel bands, rows of shape (frames, n_mels), power."""
    n, n_mels = mel.shape if len(mel) else (0, 40)
    basis = _cosines(n_mels, N_MFCC)
    levels, rises = (Rows(len(groups), in_memory=_IN_MEMORY) for groups in (_GROUPS, _PULSE))
    power = np.zeros(n, np.float32)
    for start in range(0, n, _BLOCK):
        power[start : start + _BLOCK] = mel[start : min(start + _BLOCK, n)].sum(axis=1)
    mean = float(power.mean(dtype=np.float64)) / n_mels if n else 0.0
    sums, squares, sounding = np.zeros(N_MFCC), np.zeros(N_MFCC), 0
    widths = np.diff((*_GROUPS, n_mels)).astype(np.float32), np.diff((*_PULSE, n_mels)).astype(np.float32)
    for start in range(0, n if mean > 0.0 else 0, _BLOCK):
        stop = min(start + _BLOCK, n)
        before = max(0, start - 2)
        level = np.log10(mel[before:stop] * np.float32(1.0 / mean) + np.float32(_FAINTEST))
        rise = np.maximum(level[2:] - level[:-2], 0.0)
        if not start:  # nothing lies before the first two frames
            rises.append(np.zeros((min(2, stop), len(_PULSE)), np.float32))
        rises.append(np.add.reduceat(rise, _PULSE, axis=1) / widths[1])
        level = level[start - before :]
        levels.append(np.add.reduceat(level, _GROUPS, axis=1) / widths[0])
        shape = level[power[start:stop] > _QUIET * mean * n_mels] @ basis
        sums += shape.sum(axis=0, dtype=np.float64)
        squares += np.square(shape, dtype=np.float64).sum(axis=0)
        sounding += len(shape)
    mfcc = sums / max(1, sounding)
    spread = np.sqrt(np.maximum(squares / max(1, sounding) - mfcc**2, 0.0))
    return Course(mfcc, spread, levels, rises, power)


def _cosines(n: int, count: int) -> FloatArray:
    """The first `count` vectors of the orthonormal cosine transform (type 2), shape (n, count)."""
    i, k = np.arange(n)[:, None] + 0.5, np.arange(count)[None, :]
    basis = np.cos(np.pi * i * k / n) * np.sqrt(2.0 / n)
    basis[:, 0] /= np.sqrt(2.0)
    return np.asarray(basis, np.float32)


# --- aspects --------------------------------------------------------------------------------------------------------


def timbre_vector(spectra: ShortSpectra) -> FloatArray:
    """Level of the mean spectrum in 120 bands from 30 Hz to 18 kHz, in units of 10 dB, around its mean; shape (120,).

    Fine enough that the mix, the equaliser and the instruments show, not only how bright the sound is.
    """
    power = np.asarray(spectra.mean_power, np.float64)
    total = float(power.sum())
    if total <= 0.0:
        return np.zeros(TIMBRE_LENGTH)
    up_to = np.concatenate([[0.0], np.cumsum(power)])
    edges = (np.arange(len(up_to)) - 0.5) * spectra.sr / spectra.n_fft
    density = np.diff(np.interp(_ENVELOPE_HZ, edges, up_to)) / np.diff(_ENVELOPE_HZ)
    level = np.log10(density / total + 1e-10)
    return np.asarray(level - level.mean())


def rhythm_vector(course: Course, frame_rate: float) -> FloatArray:
    """How low, middle and high onsets repeat after 0.15 to 4 s, and how fast ten groups of bands move; shape (120,)."""
    if len(course.rises) < 16:
        return np.zeros(RHYTHM_LENGTH)
    return np.concatenate([_repetition(course.rises, frame_rate), _movement(course.levels, frame_rate)])


def _repetition(rises: RowsLike, frame_rate: float) -> FloatArray:
    """Greatest autocorrelation in 20 ranges of lag, of each column, shape (60,); averaged over stretches of 41 s."""
    power = np.zeros((_STRETCH + 1, rises.shape[1]))
    stretches = [slice(start, min(start + _STRETCH, len(rises))) for start in range(0, len(rises), _STRETCH)]
    mean = sum((rises[part].sum(axis=0, dtype=np.float64) for part in stretches), np.zeros(1)) / len(rises)
    for part in stretches:
        spectrum = fft.rfft(rises[part] - mean.astype(np.float32), 2 * _STRETCH, axis=0)
        power += spectrum.real**2 + spectrum.imag**2
    products = fft.irfft(power.astype(np.complex128), 2 * _STRETCH, axis=0)
    likeness = products / (products[:1] + 1e-9)
    lags = np.round(_LAGS_S * frame_rate).astype(int).clip(1, _STRETCH - 1)
    return np.array([likeness[a : max(b, a + 1)].max(axis=0) for a, b in itertools.pairwise(lags)]).T.ravel()


def _movement(levels: RowsLike, frame_rate: float) -> FloatArray:
    """Log power of the changes of each column in six ranges of rate, shape (60,); averaged over stretches of 12 s."""
    n = round(12.0 * frame_rate)
    starts = [start for start in range(0, len(levels), n) if len(levels) - start > n // 2] or [0]
    power = np.zeros((len(_RATES_HZ) - 1, levels.shape[1]))
    for start in starts:
        part = levels[start : start + n]
        spectrum = fft.rfft(part - part.mean(axis=0), axis=0)
        squared = (spectrum.real**2 + spectrum.imag**2) / len(part) ** 2
        rate = np.arange(len(squared)) * frame_rate / len(part)
        for i in range(len(power)):
            power[i] += squared[(rate >= _RATES_HZ[i]) & (rate < _RATES_HZ[i + 1])].sum(axis=0)
    return np.asarray(np.log10(power / len(starts) + 1e-6).ravel())


def harmony_vector(pitch: PitchFeatures) -> FloatArray:
    """Mean chroma of unit length and mean share of each pitch class in the bass, C first; shape (24,)."""
    chroma, bass = np.zeros(12), np.zeros(12)
    for frames in pitch.blocks():
        roots = pitch.roots(frames)
        chroma += np.square(roots[:, 0]).sum(axis=0)
        bass += np.square(roots[:, 1]).sum(axis=0)
    return np.concatenate([chroma / (np.linalg.norm(chroma) + 1e-9), bass / (bass.sum() + 1e-9)])


def pitch_vector(peaks: PitchPeaks, tuning_cents: float) -> FloatArray:
    """How much sounds at each semitone from D1 to C#8, partials included, in units of 10 dB; shape (84,)."""
    total = np.zeros(_NOTES)
    for start in range(0, peaks.n_frames, _PEAKS_AT_ONCE):
        part = peaks.block(start, min(start + _PEAKS_AT_ONCE, peaks.n_frames))
        note = np.round(part.midi - tuning_cents / 100.0).astype(int) - _LOWEST_NOTE
        inside = (note >= 0) & (note < _NOTES)
        total += np.bincount(note[inside], peak_weight(part)[inside], _NOTES)
    mean = float(total.mean())
    return np.log10(total / mean + 0.03) if mean > 0.0 else np.zeros(_NOTES)


def loudness_vector(course: Course, frame_rate: float) -> FloatArray:
    """Shape of the loudness in time, in units of 10 dB; shape (12,).

    Quantiles of the level of 0.4 s around its mean, how much it changes from one to the next, and four quarters.
    """
    width = max(1, round(0.4 * frame_rate))
    power = course.loudness[: len(course.loudness) // width * width].reshape(-1, width).mean(axis=1, dtype=np.float64)
    if not len(power) or not power.max() > 0.0:
        return np.zeros(LOUDNESS_LENGTH)
    level = np.log10(power / power.mean() + 1e-6)
    quantiles = np.quantile(level, (0.05, 0.25, 0.5, 0.75, 0.95, 1.0))
    change = np.abs(np.diff(level)).mean() if len(level) > 1 else 0.0
    quarters = [np.log10(part.mean() / power.mean() + 1e-6) if len(part) else 0.0 for part in np.array_split(power, 4)]
    return np.array([*quantiles, level.std(), change, *quarters])


def describe(
    spectra: ShortSpectra, peaks: PitchPeaks, pitch: PitchFeatures, course: Course, hit: FloatArray | None
) -> dict[str, FloatArray]:
    """The vectors by aspect, and `all` of length 408: hit (60), timbre (120), rhythm (120), harmony (24), pitch (84).

    The shape of the loudness tells recordings apart hardly better than chance, so it is no part of `all`.

    hit : np.ndarray [shape=(60,)], what `one_shots` says of a single hit; None for anything else
    """
    frame_rate = spectra.frame_rate
    vectors = {
        "timbre": timbre_vector(spectra),
        "rhythm": rhythm_vector(course, frame_rate),
        "harmony": harmony_vector(pitch),
        "pitch": pitch_vector(peaks, pitch.tuning_cents),
    }
    music = np.concatenate(list(vectors.values()))
    vectors["loudness"] = loudness_vector(course, frame_rate)
    envelope = np.concatenate([vectors["timbre"], course.mfcc_mean, course.mfcc_std])
    if hit is None:
        none = np.zeros(VECTOR_LENGTH)
        vectors |= {"timbre": np.concatenate([none, envelope]), "all": np.concatenate([none, music])}
    else:
        vectors |= {name: np.concatenate([hit, np.zeros(len(x))]) for name, x in (("timbre", envelope), ("all", music))}
    return {name: np.asarray(vector, np.float32) for name, vector in vectors.items()}
