"""Tempo: a few candidates from the periods at which the pulse repeats, and a small model that chooses among them.

The model (`_WEIGHTS`) is a multinomial logit; its probabilities are the confidences. It weighs how well the pulse
repeats after one, two, four ... periods, and how alike the sound is from beat to beat.
"""

from __future__ import annotations

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
# benchmarks/fit_tempo.py fits both: to real recordings, and to drum patterns whose backbeat says what the beat is.
_WEIGHTS = np.array([
    1.46, -1.40, 2.00, -0.97, 1.15, 1.11, 1.49,  # repetition at _PERIODS
    2.99, 0.47,  # and at _LOW_PERIODS
    1.45, -2.62,  # octaves above 110 BPM, squared
    -2.52, 0.04, -0.74, 0.21, -0.26, 1.66,  # likeness of beats that are _BEATS_APART
    2.96, 3.39,  # how hard the beats are struck, and low and higher drums in turn
    # The same, times how broad the hits are: what speaks for a tempo of drums is not what speaks for one of strings.
    0.80, -0.17, -1.24, 0.66, 0.01, -0.82, 0.45,
    0.78, -1.14,
    0.99, -0.57,
    0.55, 0.07, 0.56, 0.18, -0.50, -0.94,
    0.37, 2.01,
])  # fmt: skip


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
    confidence = _confidences(features @ _WEIGHTS)
    order = np.argsort(-confidence)
    return tuple((float(tempi[i]), float(confidence[i])) for i in order if confidence[i] >= 0.01 or i in order[:2])


def weigh_candidates(pulse: RowsLike, frame_rate: float, mel: RowsLike) -> tuple[FloatArray, FloatArray]:
    """Possible tempi and what speaks for each, shapes (candidates,) and (candidates, features); the model's input."""
    nothing = np.zeros(0), np.zeros((0, len(_WEIGHTS)))
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
    """What speaks for each candidate, shape (candidates, features), in the order of `_WEIGHTS`."""
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
    features = np.column_stack([*columns, np.array(likeness), np.array(hits)])
    return np.hstack([features, _breadth(level) * features])


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
