"""Rhythm from short spectra: onset strength, onsets, tempo with its alternatives, beats.

The stages are pure functions on arrays, each of which accepts what the stage before it returned. `measure_rhythm` runs
them all. Tempo is chosen among a few candidates by a small multinomial model (`_WEIGHTS`), whose probabilities are the
confidences: how well the pulse repeats after one, two, four ... periods, and how alike the sound is from beat to beat.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from .frames import FloatArray, ShortSpectra

IntArray = NDArray[np.integer]

SLOWEST_BPM, FASTEST_BPM = 38.0, 250.0

_BLOCK = 4096  # frames at a time, so that an hour needs no more memory than a minute
_BANDS = (0, 8, 20)  # first mel band of the low, middle and high third in which the pulse is followed
# How far below the loudest bands a change still counts: 50 dB for the pulse, 70 for onsets, 40 for the sound of a beat.
_PULSE_GAIN, _ONSET_GAIN, _LEVEL_GAIN = 1e5, 1e7, 1e4
_FAINTEST_ONSET = 0.003  # of an envelope: a steady tone stays far below, the softest bow stroke above
_STRETCH_S = 180.0  # the tempo of a longer recording is read in its liveliest stretch of this length
# A compressed window reports a hit of strength 1 this share of its length too early, and more with every e-fold.
_EARLY, _EARLIER = {"onset": 0.15, "beat": 0.14}, 0.06


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Tempo, beats and onsets of a recording.

    tempo_bpm : None when there is no pulse: silence, one hit, a drone, noise
    confidence : 0..1, that `tempo_bpm` is what a listener would tap (not half or double of it)
    alternatives : (tempo_bpm, confidence), likeliest first
    beats_s, onsets_s : np.ndarray [shape=(n,)], seconds, ascending
    """

    tempo_bpm: float | None
    confidence: float
    alternatives: tuple[tuple[float, float], ...]
    beats_s: FloatArray
    onsets_s: FloatArray


def measure_rhythm(spectra: ShortSpectra, duration_s: float) -> Rhythm:
    """All of the rhythm of one recording of `duration_s` seconds."""
    frame_rate, window_s = spectra.frame_rate, spectra.n_fft / spectra.sr
    strength = onset_envelope(spectra.mel)
    onsets = detect_onsets(strength, frame_rate)
    onsets = onsets + window_s * (_EARLY["onset"] + _earlier(strength, onsets * frame_rate))
    onsets = onsets[onsets < duration_s - window_s / 2]  # later, the cut at the end of the file is heard as well
    pulse = pulse_envelope(spectra.mel, frame_rate)
    candidates = estimate_tempo(pulse, frame_rate, spectra.mel) if len(onsets) >= 4 else ()
    if not candidates:
        return Rhythm(None, 0.0, (), np.zeros(0), onsets)
    coarse, confidence = candidates[0]
    frames = track_beats(pulse, frame_rate, coarse)
    beats = frames / frame_rate
    beats = beats + window_s * (_EARLY["beat"] + np.median(_earlier(strength, frames)))
    # The chain runs on through silence before the first note and after the last, evenly and at the coarse tempo: one
    # beat of it is kept, and it has no say in the tempo.
    first, last = max(0.0, onsets[0] - 75.0 / coarse), min(duration_s, onsets[-1] + 75.0 / coarse)
    beats = beats[(beats >= first) & (beats < last)]
    tempo = fit_tempo(beats, coarse)
    others = tuple((bpm * tempo / coarse, p) for bpm, p in candidates[1:])
    return Rhythm(tempo, confidence, others, beats, onsets)


def _earlier(strength: FloatArray, frames: FloatArray) -> FloatArray:
    """How much earlier than hits of strength 1 those at `frames` are reported, in lengths of the window.

    The more a hit stands out of what sounded before, the smaller the part of it under the window that is noticed.
    """
    return np.asarray(_EARLIER * np.log(_struck(strength, frames).clip(0.2, 40.0)))


# ---- onset strength ---------------------------------------------------------------------------------------------


def _rises(mel: FloatArray, gain: float) -> Iterator[FloatArray]:
    """Blocks of the rise of the log spectrum over two frames, centred, shape (<= 4096, n_mels), floored at 0."""
    loudest = mel.max(axis=1)
    reference = float(np.quantile(loudest, 0.95)) or float(loudest.max())
    scale = np.float32(gain / max(reference, 1e-12))
    for start in range(0, len(mel), _BLOCK):
        stop = min(start + _BLOCK, len(mel))
        power = mel[max(0, start - 2) : stop + 2]
        # What begins with the file rises from silence; that the file ends is no change.
        power = np.pad(power, ((max(0, 2 - start), 0), (0, 0)))
        power = np.pad(power, ((0, stop - start + 4 - len(power)), (0, 0)), mode="edge")
        level = np.log10(1.0 + scale * power)
        level = 0.25 * level[:-2] + 0.5 * level[1:-1] + 0.25 * level[2:]
        yield np.maximum(level[2:] - level[:-2], 0.0)


def onset_envelope(mel: FloatArray) -> FloatArray:
    """Onset strength per frame, shape (frames,): mean squared rise of the mel bands' log power.

    Squaring makes one clear new partial count for more than a little vibrato in all bands.
    """
    if not len(mel):
        return np.zeros(0)
    return np.concatenate([(rise**2).mean(axis=1) for rise in _rises(mel, _ONSET_GAIN)]).astype(float)


def pulse_envelope(mel: FloatArray, frame_rate: float) -> FloatArray:
    """Onset strength in the low, middle and high bands, shape (frames, 3), each at unit RMS, its local mean removed."""
    if not len(mel):
        return np.zeros((0, len(_BANDS)))
    widths = np.diff([*_BANDS, mel.shape[1]])
    rises = _rises(mel, _PULSE_GAIN)
    rise = np.concatenate([np.add.reduceat(block**1.5, _BANDS, axis=1) / widths for block in rises]).astype(float)
    rise = np.maximum(rise - _moving_mean(rise, round(0.8 * frame_rate)), 0.0)
    rise = np.minimum(rise / (np.sqrt((rise**2).mean(axis=0)) + 1e-9), 6.0)
    return _blur(rise, 0.012 * frame_rate)


def _moving_mean(x: FloatArray, width: int) -> FloatArray:
    """Mean over `width` frames around each frame of x [shape=(frames, n)], the ends repeated."""
    padded = np.pad(x, ((width // 2 + 1, width - width // 2 - 1), (0, 0)), mode="edge")
    total = np.cumsum(padded, axis=0)
    return np.asarray((total[width:] - total[:-width]) / width)


def _blur(x: FloatArray, sigma: float) -> FloatArray:
    """Gaussian smoothing along the frames of x [shape=(frames, n)]."""
    reach = int(3.0 * sigma) + 1
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(x, ((reach, reach), (0, 0)))
    return np.asarray(sum(k * padded[i : i + len(x)] for i, k in enumerate(kernel)))


# ---- onsets -----------------------------------------------------------------------------------------------------


def detect_onsets(envelope: FloatArray, frame_rate: float) -> FloatArray:
    """Times of onsets in seconds: local peaks that stand out of the median around them.

    envelope : np.ndarray [shape=(frames,)], as from `onset_envelope`
    """
    if len(envelope) < 3 or not envelope.max() > 0.0:
        return np.zeros(0)
    before, after, around = (max(1, round(s * frame_rate)) for s in (0.05, 0.04, 0.08))
    padded = np.pad(envelope, (before, after))
    highest = np.lib.stride_tricks.sliding_window_view(padded, before + after + 1).max(axis=1)
    floor = max(_FAINTEST_ONSET, 0.08 * float(np.quantile(envelope, 0.98)))
    peaks = np.flatnonzero((envelope >= highest) & (envelope > floor))
    # The median is wanted at the few peaks only, not at every frame.
    padded = np.pad(envelope, around)
    median = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * around + 1)[peaks], axis=1)
    peaks = peaks[envelope[peaks] > 1.55 * median]
    times = _refine(envelope, peaks) / frame_rate
    keep = np.diff(times, prepend=-1.0) > 0.03
    return np.asarray(times[keep])


def _refine(envelope: FloatArray, peaks: IntArray) -> FloatArray:
    """Positions of peaks between the frames, by the parabola through each and its neighbours."""
    inner = np.clip(peaks, 1, len(envelope) - 2)
    a, b, c = envelope[inner - 1], envelope[inner], envelope[inner + 1]
    bend = a - 2.0 * b + c
    shift = np.where(bend < -1e-12, 0.5 * (a - c) / np.where(bend < -1e-12, bend, -1.0), 0.0)
    return np.asarray(peaks + np.where(inner == peaks, np.clip(shift, -0.5, 0.5), 0.0))


# ---- tempo ------------------------------------------------------------------------------------------------------

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
_PLATT = (0.89, 0.65)  # to the chance of being right: confidence = logistic(first + second * logit(probability))


def estimate_tempo(envelope: FloatArray, frame_rate: float, mel: FloatArray) -> tuple[tuple[float, float], ...]:
    """(tempo_bpm, confidence) of the possible tempi, likeliest first; empty when there is no pulse.

    envelope : np.ndarray [shape=(frames, 3)], as from `pulse_envelope`
    mel : np.ndarray [shape=(frames, n_mels)], power, for the likeness of the sound from beat to beat

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


def weigh_candidates(envelope: FloatArray, frame_rate: float, mel: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Possible tempi and what speaks for each, shapes (candidates,) and (candidates, features); the model's input."""
    nothing = np.zeros(0), np.zeros((0, len(_WEIGHTS)))
    envelope, mel = _liveliest(envelope, mel, round(_STRETCH_S * frame_rate))
    if len(envelope) < 1.5 * frame_rate or not envelope.any():
        return nothing
    repeats = _autocorrelation(envelope, round(26.0 * frame_rate))
    tempi = _candidates(repeats.mean(axis=1), frame_rate)
    if not len(tempi):
        return nothing
    beats = [track_beats(envelope, frame_rate, bpm) for bpm in tempi]
    features = _tempo_features(tempi, beats, repeats, frame_rate, envelope, mel)
    # Noise repeats by chance, the more so the shorter it is: up to 0.4 in 3 s, 0.07 in 20 s.
    if features[:, : len(_PERIODS)].max() < max(0.05, 0.8 / np.sqrt(len(envelope) / frame_rate) - 0.06):
        return nothing
    real = np.array([not _is_hollow(envelope, frames) for frames in beats])
    return (tempi[real], features[real]) if real.any() else (tempi, features)


def _is_hollow(envelope: FloatArray, beats: FloatArray) -> bool:
    """Whether nothing at all sounds at half of the beats, as at double the tempo of a metronome."""
    if not len(beats):
        return True
    strongest = _struck(envelope.sum(axis=1), beats)
    lower, upper = np.quantile(strongest, (0.45, 0.95))
    return bool(lower < 0.02 * upper)


def _struck(envelope: FloatArray, beats: FloatArray) -> FloatArray:
    """Strength of each beat, within 20 ms of it."""
    frames = np.round(beats).astype(int).clip(2, len(envelope) - 3)
    return np.asarray(np.max([envelope[frames + k] for k in (-2, -1, 0, 1, 2)], axis=0))


def _confidences(score: FloatArray) -> FloatArray:
    """Calibrated probability of each candidate; they add up to 1."""
    chance = np.exp(score - score.max())
    chance /= chance.sum()
    best = int(chance.argmax())
    rest = max(1e-9, 1.0 - float(chance[best]))
    odds = np.log((1.0 - rest) / rest)
    confidence = min(0.99, 1.0 / (1.0 + np.exp(-(_PLATT[0] + _PLATT[1] * odds))))
    calibrated = chance * (1.0 - confidence) / rest
    calibrated[best] = confidence
    return np.asarray(calibrated)


def _liveliest(envelope: FloatArray, mel: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    """The n frames with the strongest pulse."""
    if len(envelope) <= n:
        return envelope, mel
    total = np.cumsum(envelope.sum(axis=1))
    start = int(np.argmax(total[n:] - total[:-n]))
    return envelope[start : start + n], mel[start : start + n]


def _autocorrelation(envelope: FloatArray, longest: int) -> FloatArray:
    """Autocorrelation of each column of the envelope, 1 at lag 0, lags up to `longest`, shape (lags, bands)."""
    n = len(envelope)
    size = scipy.fft.next_fast_len(2 * n, real=True)
    spectrum = scipy.fft.rfft(envelope - envelope.mean(axis=0), size, axis=0)
    products = scipy.fft.irfft(spectrum.real**2 + spectrum.imag**2, size, axis=0)[: min(longest, n)]
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
    mel: FloatArray,
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
    level = _level(mel)
    likeness = [_beat_likeness(level, frames) for frames in beats]
    hits = [_beat_strength(envelope, frames) for frames in beats]
    features = np.column_stack([*columns, np.array(likeness), np.array(hits)])
    return np.hstack([features, _breadth(level) * features])


def _beat_strength(envelope: FloatArray, beats: FloatArray) -> tuple[float, float]:
    """How hard the beats are struck (log), and how far low and higher drums take turns: kick, snare, kick, snare."""
    if not len(beats):
        return 0.0, 0.0
    struck = _struck(envelope, beats)
    strength = float(np.log(struck.sum(axis=1).mean() + 0.05))
    if len(beats) < 8:
        return strength, 0.0
    mean = struck.mean(axis=0) + 0.05
    turn = struck[:, 0] / mean[0] - 0.5 * (struck[:, 1] / mean[1] + struck[:, 2] / mean[2])
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


def _level(mel: FloatArray) -> FloatArray:
    """Log power of the mel bands about their means, float32."""
    reference = max(float(np.quantile(mel.max(axis=1), 0.95)), 1e-12)
    level = np.log10(1.0 + np.float32(_LEVEL_GAIN / reference) * mel)
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


# ---- beats ------------------------------------------------------------------------------------------------------


def track_beats(envelope: FloatArray, frame_rate: float, tempo_bpm: float, tightness: float = 400.0) -> FloatArray:
    """Beat positions in frames, between the frames, ascending: the best chain of strong and evenly spaced frames.

    Each chain scores the strength of its beats less `tightness` * log(interval / period)**2 for every interval.

    References
    ----------
    Ellis (2007), "Beat Tracking by Dynamic Programming".
    """
    strength = envelope.sum(axis=1) if envelope.ndim == 2 else envelope
    n, period = len(strength), 60.0 * frame_rate / tempo_bpm
    if not n or not strength.any():
        return np.zeros(0)
    strength = strength / strength.std() if strength.std() > 0.0 else strength
    shortest, longest = max(1, round(0.7 * period)), max(2, round(1.4 * period))  # others never pay
    back = np.arange(longest, shortest - 1, -1)
    penalty = -tightness * np.log(back / period) ** 2
    total = np.concatenate([np.zeros(longest), strength])  # total[longest + t]: the best chain that ends at frame t
    chains = np.lib.stride_tricks.sliding_window_view(total, len(back))
    previous = np.full(n, -1)
    # No beat depends on one less than `shortest` before it: so many frames are decided at once.
    for start in range(0, n, shortest):
        stop = min(start + shortest, n)
        score = chains[start:stop] + penalty
        best = score.argmax(axis=1)
        gain = score[np.arange(stop - start), best]
        total[longest + start : longest + stop] += np.maximum(gain, 0.0)
        previous[start:stop] = np.where(gain > 0.0, np.arange(start, stop) - back[best], -1)
    last = max(0, n - round(period))
    beat = last + int(total[longest + last :].argmax())
    beats = []
    while beat >= 0:
        beats.append(beat)
        beat = int(previous[beat])
    return _refine(strength, np.array(beats[::-1]))


def fit_tempo(beats_s: FloatArray, tempo_bpm: float) -> float:
    """Tempo of the line through the beats, where it agrees with their median interval; else that of the median."""
    if len(beats_s) < 4:
        return tempo_bpm
    slope = float(np.polyfit(np.arange(len(beats_s)), beats_s, 1)[0])
    median = float(np.median(np.diff(beats_s)))
    period = slope if abs(slope / median - 1.0) < 0.06 else median
    return 60.0 / period if period > 0.0 else tempo_bpm
