"""Tempo: a few candidates from the periods at which the pulse repeats, and a small model that chooses among them.

The model (`Weights`) is a multinomial logit with one small hidden layer; its probabilities are the confidences. It
weighs how well the pulse repeats after one, two, four ... periods, and how alike the sound is from beat to beat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..calibration import calibrated
from ..spectra import fft
from ..spectra.frames import FloatArray
from ..spectra.rows import RowsLike
from .beats import track_beats
from .onsets import BLOCK, loud_power, struck

SLOWEST_BPM, FASTEST_BPM = 38.0, 250.0

_LEVEL_GAIN = 1e4  # how far below the loudest bands a sound still counts: 40 dB
_STRETCH_S = 60.0  # the tempo of a longer recording is read in its liveliest stretch of this length

_PERIODS = (0.5, 2 / 3, 1.0, 1.5, 2.0, 3.0, 4.0)  # multiples of the beat at which the pulse should repeat, or not
_LOW_PERIODS = (1.0, 2.0)  # the same in the low band: bass and bass drum
_BEATS_APART = (1, 2, 3, 4, 6, 8)  # beats between two that are compared by their sound
N_FEATURES = len(_PERIODS) + len(_LOW_PERIODS) + 2 + len(_BEATS_APART) + 2  # and, last of all, how broad the hits are


@dataclass(frozen=True, eq=False, slots=True)
class Weights:
    """A score for each candidate: a weighted sum of its features, and a few units that weigh them together.

    The units are there because what speaks for a tempo of drums is not what speaks for one of strings, and because a
    backbeat says something else at 80 BPM than at 160.

    direct : shape (N_FEATURES,)
    units, offsets, out : shapes (units, N_FEATURES + 1), (units,) and (units,)
    """

    direct: FloatArray
    units: FloatArray
    offsets: FloatArray
    out: FloatArray

    def score(self, features: FloatArray) -> FloatArray:
        """Log odds of candidates among each other, from features of shape (candidates, N_FEATURES + 1)."""
        together = np.tanh(features @ self.units.T + self.offsets)
        return np.asarray(features[:, :-1] @ self.direct + together @ self.out)


# benchmarks/fit_tempo.py fits them to real recordings, and to drum patterns whose backbeat says what the beat is. In
# each row: repetition at _PERIODS; and at _LOW_PERIODS; octaves above 110 BPM, squared; likeness of beats that are
# _BEATS_APART; how hard the beats are struck, and low and higher drums in turn; how broad the hits are.
_WEIGHTS = Weights(
    direct=np.array([
        0.29, -1.15, -0.04, -0.28, 0.44, 0.33, 2.22,
        0.96, -0.51,
        1.38, -1.72,
        -0.54, 0.39, 0.35, 0.12, 0.50, 0.68,
        0.76, 3.68,
    ]),
    units=np.array([
        [-0.09, 0.09, 0.06, 1.29, -1.25, 0.48, -0.87, -0.42, -1.86, 1.34, 0.75,
         0.63, -1.25, 0.39, 0.27, 0.09, -0.93, -0.43, -0.85, 0.81],
        [-1.33, -1.40, -0.68, -2.07, 0.04, 0.19, -0.74, -0.81, 0.90, -1.61, 0.37,
         1.65, -0.05, -0.99, 1.28, 0.92, -0.56, -0.52, 1.53, 0.64],
        [-2.22, -0.93, -1.61, -1.32, 1.19, -1.74, 0.09, -1.79, 0.02, 0.20, 0.71,
         1.78, 0.86, 0.57, -1.83, -1.26, 1.25, 0.48, -0.07, 1.29],
        [0.77, 2.79, -2.17, 3.15, -0.82, -1.35, 0.12, 1.03, 0.35, -0.17, 0.49,
         0.92, -0.57, 0.61, 0.07, 0.36, -0.53, -0.71, -1.62, 0.53],
    ]),
    offsets=np.array([1.19, 0.22, -1.46, 0.70]),
    out=np.array([-1.98, -2.00, -2.26, -1.83]),
)  # fmt: skip


def estimate_tempo(envelope: RowsLike, frame_rate: float, mel: RowsLike) -> tuple[tuple[float, float], ...]:
    """(tempo_bpm, confidence) of the possible tempi, likeliest first; empty when there is no pulse.

    envelope : rows of shape (frames, 3), as from `pulse_envelope`
    mel : rows of shape (frames, n_mels), power, for the likeness of the sound from beat to beat

    References
    ----------
    Peeters (2007), "Template-based estimation of time-varying tempo", for reading a spectrum of periods at multiples.
    """
    tempi, features = weigh_candidates(envelope, frame_rate, mel)
    if not len(tempi):
        return ()
    confidence = _confidences(_WEIGHTS.score(features))
    order = np.argsort(-confidence)
    return tuple((float(tempi[i]), float(confidence[i])) for i in order if confidence[i] >= 0.01 or i in order[:2])


def weigh_candidates(pulse: RowsLike, frame_rate: float, mel: RowsLike) -> tuple[FloatArray, FloatArray]:
    """Possible tempi and what speaks for each, shapes (candidates,) and (candidates, N_FEATURES + 1)."""
    nothing = np.zeros(0), np.zeros((0, N_FEATURES + 1))
    liveliest = _liveliest(pulse, round(_STRETCH_S * frame_rate))
    envelope, power = pulse[liveliest], mel[liveliest]
    if len(envelope) < 1.5 * frame_rate or not envelope.any():
        return nothing
    repeats = _autocorrelation(envelope, round(26.0 * frame_rate))
    tempi = _candidates(repeats.mean(axis=1), frame_rate)
    if not len(tempi):
        return nothing
    beats = [track_beats(envelope, frame_rate, bpm) for bpm in tempi]
    features = _tempo_features(tempi, beats, repeats, frame_rate, envelope, power)
    # Noise repeats by chance, the more so the shorter it is: up to 0.4 in 3 s, 0.07 in 20 s.
    if features[:, : len(_PERIODS)].max() < max(0.05, 0.8 / np.sqrt(len(envelope) / frame_rate) - 0.06):
        return nothing
    real = np.array([not _is_hollow(envelope, frames) for frames in beats])
    return (tempi[real], features[real]) if real.any() else (tempi, features)


def _is_hollow(envelope: FloatArray, beats: FloatArray) -> bool:
    """Whether nothing at all sounds at half of the beats, as at double the tempo of a metronome."""
    if not len(beats):
        return True
    strongest = struck(envelope.sum(axis=1), beats)
    lower, upper = np.quantile(strongest, (0.45, 0.95))
    return bool(lower < 0.02 * upper)


def _confidences(score: FloatArray) -> FloatArray:
    """Calibrated probability of each candidate; they add up to 1."""
    chance = np.exp(score - score.max())
    chance /= chance.sum()
    best = int(chance.argmax())
    confidence = calibrated("tempo", float(chance[best]))
    shared = chance * (1.0 - confidence) / max(1e-9, 1.0 - float(chance[best]))
    shared[best] = confidence
    return np.asarray(shared)


def _liveliest(envelope: RowsLike, n: int) -> slice:
    """Where the n frames with the strongest pulse are, to a second or so."""
    step = max(1, n // 60)
    if len(envelope) <= n:
        return slice(0, len(envelope))
    block = step * max(1, BLOCK // step)
    sums = []
    for start in range(0, len(envelope), block):
        part = envelope[start : start + block].sum(axis=1)
        sums.append(np.add.reduceat(part, np.arange(0, len(part), step), dtype=np.float64))
    total = np.concatenate([[0.0], *sums]).cumsum()
    start = step * int(np.argmax(total[60:] - total[:-60]))
    return slice(start, min(start + n, len(envelope)))


def _autocorrelation(envelope: FloatArray, longest: int) -> FloatArray:
    """Autocorrelation of each column of the envelope, 1 at lag 0, lags up to `longest`, shape (lags, bands)."""
    n = len(envelope)
    size = fft.next_fast_len(2 * n)
    spectrum = fft.rfft(envelope - envelope.mean(axis=0), size, 0)
    products = fft.irfft(spectrum * spectrum.conj(), size, 0)[: min(longest, n)]
    overlap = np.maximum(n - np.arange(len(products)), n // 4)  # few overlapping frames would make large chances
    products /= overlap[:, None]
    return np.asarray(products / (products[:1] + 1e-9))


def _candidates(repeats: FloatArray, frame_rate: float) -> FloatArray:
    """Tempi whose period and its multiples repeat, and the simple fractions of the two best of them."""
    tempi = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 800)
    lags, periods = np.arange(len(repeats)), 60.0 * frame_rate / tempi
    comb = np.zeros(len(tempi))
    for multiple, weight in ((1, 1.0), (2, 0.8), (3, 0.4), (4, 0.6)):
        comb += weight * np.interp(multiple * periods, lags, repeats, right=0.0)
    comb *= np.exp(-0.5 * (np.log2(tempi / 110.0) / 1.2) ** 2)
    peaks = np.flatnonzero((comb[1:-1] > comb[:-2]) & (comb[1:-1] >= comb[2:])) + 1
    peaks = peaks[np.argsort(-comb[peaks])][:8]
    wanted = [int(i) for i in peaks]
    for tempo in tempi[peaks[:2]]:
        for ratio in (1 / 2, 2, 2 / 3, 3 / 2, 1 / 3, 3, 3 / 4, 4 / 3):
            near = np.flatnonzero(np.abs(tempi / (tempo * ratio) - 1.0) < 0.025)
            if len(near) and SLOWEST_BPM < tempo * ratio < FASTEST_BPM:
                wanted.append(int(near[comb[near].argmax()]))
    kept: list[float] = []
    for i in wanted:
        if all(abs(tempi[i] / other - 1.0) > 0.025 for other in kept):
            kept.append(float(tempi[i]))
    return np.array(kept)


def _tempo_features(
    tempi: FloatArray,
    beats: list[FloatArray],
    repeats: FloatArray,
    frame_rate: float,
    envelope: FloatArray,
    power: FloatArray,
) -> FloatArray:
    """What speaks for each candidate, shape (candidates, N_FEATURES + 1), in the order of `_WEIGHTS`."""
    lags, periods = np.arange(len(repeats)), 60.0 * frame_rate / tempi

    def repeat(column: FloatArray, multiple: float) -> FloatArray:
        near = [np.interp(multiple * periods * k, lags, column, right=0.0) for k in (0.985, 1.0, 1.015)]
        return np.asarray(np.max(near, axis=0))

    octaves = np.log2(tempi / 110.0)
    columns = [repeat(repeats.mean(axis=1), m) for m in _PERIODS]
    columns += [repeat(repeats[:, 0], m) for m in _LOW_PERIODS]
    columns += [octaves, octaves**2]
    level = _level(power)
    likeness = [_beat_likeness(level, frames) for frames in beats]
    hits = [_beat_strength(envelope, frames) for frames in beats]
    breadth = np.full(len(tempi), _breadth(level))
    return np.column_stack([*columns, np.array(likeness), np.array(hits), breadth])


def _beat_strength(envelope: FloatArray, beats: FloatArray) -> tuple[float, float]:
    """How hard the beats are struck (log), and how far low and higher drums take turns: kick, snare, kick, snare."""
    if not len(beats):
        return 0.0, 0.0
    hit = struck(envelope, beats)
    strength = float(np.log(hit.sum(axis=1).mean() + 0.05))
    if len(beats) < 8:
        return strength, 0.0
    mean = hit.mean(axis=0) + 0.05
    turn = hit[:, 0] / mean[0] - 0.5 * (hit[:, 1] / mean[1] + hit[:, 2] / mean[2])
    turn[1::2] *= -1.0
    n = min(16, len(turn))  # a bar of three, or a beat too many, turns the sign: it holds for a few bars only
    backbeat = np.abs(np.lib.stride_tricks.sliding_window_view(turn, n)[:: n // 2].mean(axis=1)).mean()
    return strength, 0.5 * float(backbeat)


def _breadth(level: FloatArray) -> float:
    """0..1: 0 when single partials rise at the strongest hits, 1 when all bands above the bass rise alike."""
    rise = np.maximum(np.diff(level[::2], axis=0), 0.0)
    strongest = np.argsort(-rise.mean(axis=1))[: max(4, len(rise) // 50)]
    rise = rise[strongest, 12:]
    flatness = float(np.mean(rise.mean(axis=1) ** 2 / ((rise**2).mean(axis=1) + 1e-9)))
    return min(1.0, max(0.0, (flatness - 0.3) / 0.6))


def _level(power: FloatArray) -> FloatArray:
    """Log power of the mel bands about their means, float32."""
    level = power * np.float32(_LEVEL_GAIN / loud_power(power))
    level += np.float32(1.0)
    np.log(level, out=level)
    level *= np.float32(1.0 / np.log(10.0))
    return np.asarray(level - level.mean(axis=0))


def _beat_likeness(level: FloatArray, beats: FloatArray) -> FloatArray:
    """Mean cosine between the spectra of beats 1, 2, 3, 4, 6 and 8 apart: high where bars and chords repeat."""
    edges = np.unique(np.round(beats).astype(int).clip(0, len(level) - 1))
    if len(edges) < 8:
        return np.zeros(len(_BEATS_APART))
    sums = np.add.reduceat(level, edges, axis=0)[:-1]  # the scale of each falls out of the cosine
    means = sums / np.diff(edges)[:, None]
    unit = means / (np.linalg.norm(means, axis=1, keepdims=True) + 1e-3)
    return np.array([(unit[k:] * unit[:-k]).sum(axis=1).mean() if len(unit) > k else 0.0 for k in _BEATS_APART])
