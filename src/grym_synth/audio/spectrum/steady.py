"""What stays in a recording while the music comes and goes: mains hum, whistles, and peaks of the response."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...theory.pitch import frequency_to_midi, note_name
from ..spectra import fft
from ..spectra.frames import FloatArray
from .peaks import ComplexArray, make_window

_LEAST_FRAMES = 5  # seconds of sound before anything can be said to stay
_MOST_WHISTLES = 3  # harmonics of one source counted once
_MOST_PEAKS = 2  # a struck bell or a set of tuned drums has more
_ENOUGH_S = 60.0  # of a longer recording, so much is looked at, in evenly spread pairs of windows
_MANY_FRAMES = 480  # after so many, of a recording whose length was not known, every other pair is left out
_AT_ONCE = 4  # windows that are transformed together, for speed
_AT_ONCE_SAMPLES = 400_000  # but not more than this, for memory

# The bands in which a peak of the response is looked for.
_SHORT_PER_S = 4
_LOWEST_HZ, _HIGHEST_HZ = 180.0, 12000.0
_STEPS = 48  # bands in an octave; each is two steps broad
_INNER, _OUTER = 4, 20  # steps away from a band where its surroundings begin and end


_DB = 10.0 / np.log(10.0)  # from a natural logarithm of a power; numpy takes that one much faster


@dataclass(frozen=True, slots=True)
class Relief:
    """How far bands of 1/24 octave stand out of their surroundings whenever something sounds there.

    Surroundings are what lies 1/12 to 5/12 octave away, on the louder of the two sides; the windows last 0.25 s.
    Band k lies around 180 * 2**(k/48) Hz.

    height_db : np.ndarray [shape=(bands,)], float64, mean over the windows with sound; -inf where there are too few
    spread_db : np.ndarray [shape=(bands,)], float64, standard deviation over those windows
    share : np.ndarray [shape=(bands,)], float64, share of those windows in which the band clearly stands out
    """

    height_db: FloatArray
    spread_db: FloatArray
    share: FloatArray


@dataclass(frozen=True, slots=True)
class SteadySpectrum:
    """What of a spectrum stays over a recording, bin by bin, from windows of about a second.

    level_db : np.ndarray [shape=(bins,)], float64, mean level over time in dB: low where a sound comes and goes
    power : np.ndarray [shape=(bins,)], float64, mean power; a full-scale sine is 1 at its bin
    persistence : np.ndarray [shape=(bins,)], float64, share of the windows in which the bin or a neighbour is the top
        of a narrow peak
    coherence : np.ndarray [shape=(bins,)], float64, 0..1: 1 where the phase runs on evenly from window to window, as
        that of one uninterrupted tone does; towards 0 for notes that start again
    quiet_db : np.ndarray [shape=(bins below 650 Hz,)], float64, level that is reached in nine windows of ten
    relief : what stands out of its surroundings, from shorter windows
    """

    level_db: FloatArray
    power: FloatArray
    persistence: FloatArray
    coherence: FloatArray
    quiet_db: FloatArray
    relief: Relief
    n_frames: int
    bin_hz: float


@dataclass(frozen=True, slots=True)
class Hum:
    """Mains hum: its measured fundamental, and how far its harmonics stand out of what lies beside them."""

    frequency_hz: float
    level_db: float


@dataclass(frozen=True, slots=True)
class Resonance:
    """A narrow peak that stays: a whistle or feedback, or a peak of the response that colours all that sounds."""

    frequency_hz: float
    prominence_db: float
    note: str


class _ReliefMeter:
    """Sums over the short windows of what `Relief` needs; its size does not grow."""

    def __init__(self, sr: int, n_fft: int) -> None:
        bin_hz = sr / n_fft
        octaves = np.log2(max(1.0, min(_HIGHEST_HZ, 0.45 * sr) / _LOWEST_HZ))
        centre_hz = _LOWEST_HZ * 2.0 ** (np.arange(int(_STEPS * octaves)) / _STEPS)
        self._bands = len(centre_hz)
        reach = np.maximum(centre_hz * (2.0 ** (1.0 / _STEPS) - 1.0), bin_hz)
        self._low = np.round((centre_hz - reach) / bin_hz).astype(np.intp)
        self._high = np.maximum(np.round((centre_hz + reach) / bin_hz).astype(np.intp), self._low + 1)
        window = make_window("hann", n_fft)
        self._window = (window * (2.0 / window.sum())).astype(np.float32)
        # Noise in a band of few bins wavers, so a lower height is clear enough there.
        self._clear_db = np.where(centre_hz < 700.0, 4.0, 5.0)
        self._loudest_db = np.full(self._bands, -120.0)
        self._windows, self._clear = np.zeros(self._bands), np.zeros(self._bands)
        self._height, self._square = np.zeros(self._bands), np.zeros(self._bands)

    def take(self, frames: FloatArray) -> None:
        """Take windows as rows of `frames`, shape (windows, n_fft)."""
        if self._bands <= 2 * _OUTER:
            return  # such a low sample rate leaves a band no surroundings
        total = _running_sum(_power_of(fft.rfft(frames * self._window), int(self._high[-1])))
        power = (total[:, self._high] - total[:, self._low]) / (self._high - self._low)
        level_db = _DB * np.log(np.maximum(power, 1e-16))
        # mean of the levels, not of the powers: a note beside hides nothing
        run, n = _running_sum(level_db), _OUTER - _INNER + 1
        mean_db = (run[:, n:] - run[:, :-n]) / n  # of the bands i to i + n - 1
        inside = slice(_OUTER, self._bands - _OUTER)
        beside_db = np.maximum(mean_db[:, : -_OUTER - _INNER], mean_db[:, _OUTER + _INNER :])
        loudest_db = np.maximum(self._loudest_db[inside], beside_db.max(axis=0))
        sounds = beside_db > np.maximum(-120.0, loudest_db - 40.0)
        height = np.where(sounds, level_db[:, inside] - beside_db, 0.0)
        self._loudest_db[inside] = loudest_db
        self._windows[inside] += sounds.sum(axis=0)
        self._clear[inside] += (height >= self._clear_db[inside]).sum(axis=0)
        self._height[inside] += height.sum(axis=0)
        self._square[inside] += (height**2).sum(axis=0)

    def finish(self) -> Relief:
        n = np.maximum(1.0, self._windows)
        mean = self._height / n
        spread = np.sqrt(np.maximum(0.0, self._square / n - mean**2))
        heard = self._windows >= _LEAST_FRAMES * _SHORT_PER_S
        return Relief(np.where(heard, mean, -np.inf), spread, self._clear / n)


class LongSpectrum:
    """Feed mono blocks, then `finish()`; keeps a few windows and their levels below 650 Hz.

    Windows of about a second follow one another, from half a second on. `duration_s` is how long the recording says
    that it is: of a long one only some pairs of windows are looked at, since what stays is in all of them.
    """

    def __init__(self, sr: int, duration_s: float | None = None) -> None:
        self.n_fft = fft.next_fast_len(max(256, round(1.0 * sr)))
        self.bin_hz = sr / self.n_fft
        window = make_window("hann", self.n_fft)
        self._window = (window * (2.0 / window.sum())).astype(np.float32)
        self._bins = min(self.n_fft // 2, round(16000.0 / self.bin_hz)) + 1
        self._every = max(1, int((duration_s or 0.0) / _ENOUGH_S))  # how many pairs there are for one that is taken
        self._room = _MANY_FRAMES
        at_once = max(1, min(_AT_ONCE, _AT_ONCE_SAMPLES // self.n_fft))
        self._waiting = np.zeros((at_once, self.n_fft), np.float32)
        self._numbers: list[int] = []  # of the whole windows that wait
        self._position = -(self.n_fft // 2)  # of the next sample, from the start of the first window
        self._log = np.zeros(self._bins)
        self._power = np.zeros(self._bins)
        self._tops = np.zeros(self._bins)
        self._turn = np.zeros(self._bins, np.complex128)
        self._previous: tuple[int, ComplexArray] | None = None  # the latest window: its number and its phases
        self._pairs = 0
        self._low: list[FloatArray] = []  # levels of the bins below 650 Hz, window by window
        self._frames = 0
        self._n_short = self.n_fft // _SHORT_PER_S
        self._relief = _ReliefMeter(sr, self._n_short)

    def feed(self, y: FloatArray) -> None:
        used = min(len(y), max(0, -self._position))
        self._position += used
        while used < len(y):
            number, offset = divmod(self._position, self.n_fft)
            part = y[used : used + self.n_fft - offset]
            if number // 2 % self._every == 0:
                self._waiting[len(self._numbers), offset : offset + len(part)] = part
                if offset + len(part) == self.n_fft:
                    self._numbers.append(number)
                    if len(self._numbers) == len(self._waiting):
                        self._take_waiting()
            used += len(part)
            self._position += len(part)

    def finish(self) -> SteadySpectrum:
        self._take_waiting()  # but not the window that the end cuts short
        n = max(1, self._frames)
        tops = np.concatenate([[0.0], self._tops, [0.0]])
        persistence = np.minimum(1.0, (tops[:-2] + tops[1:-1] + tops[2:]) / n)
        coherence = np.abs(self._turn) / max(1, self._pairs)
        quiet = np.quantile(np.array(self._low, np.float64), 0.1, axis=0) if self._low else np.zeros(0)
        relief = self._relief.finish()
        return SteadySpectrum(
            self._log * (_DB / n), self._power / n, persistence, coherence, quiet, relief, self._frames, self.bin_hz
        )

    def _take_waiting(self) -> None:
        frames = self._waiting[: len(self._numbers)]
        spectra = fft.rfft(frames * self._window)[:, : self._bins]
        powers = _power_of(spectra, self._bins)
        # Digital silence says nothing about what is always there.
        sounding = powers.sum(axis=1) >= 1e-10
        if sounding.any():
            short = frames[sounding, : _SHORT_PER_S * self._n_short]
            self._relief.take(short.reshape(-1, self._n_short))
        for i in np.flatnonzero(sounding):
            self._take(self._numbers[i], spectra[i], powers[i])
        self._numbers.clear()
        if self._frames >= self._room:
            self._every, self._room = 2 * self._every, self._room + _MANY_FRAMES

    def _take(self, number: int, spectrum: ComplexArray, power: FloatArray) -> None:
        power += np.float32(1e-16)
        level = np.log(power)
        self._log += level
        self._low.append((_DB * level[: round(650.0 / self.bin_hz)]).astype(np.float16))
        self._power += power
        bins = self._bins
        if bins > 26:
            total = _running_sum(power[None])[0]
            # mean of the bins 4 to 12 away on both sides
            below = total[10 : bins - 16] - total[1 : bins - 25]
            beside = (below + total[26:bins] - total[17 : bins - 9]) / 18.0
            inner = power[13:-13]
            self._tops[13:-13] += (inner > power[12:-14]) & (inner >= power[14:-12]) & (inner > 10.0 * beside)
        self._frames += 1
        # As real numbers: numpy divides complex ones slowly.
        phasor = (spectrum.view(np.float32) / np.repeat(np.sqrt(power), 2)).view(np.complex64)
        if self._previous is not None and self._previous[0] == number - 1:
            self._turn += phasor * self._previous[1].conj()
            self._pairs += 1
        self._previous = number, phasor


def find_hum(steady: SteadySpectrum) -> Hum | None:
    """Mains hum of 50 or 60 Hz: three or more harmonics of one fundamental that stand out in nine seconds of ten.

    A bass line does not stand out so long, and its notes lie beside: G1 is 49.0 Hz, A#1 58.3 and B1 61.7.
    """
    if steady.n_frames < _LEAST_FRAMES:
        return None
    # Broad enough to hold the lobe of a bass note beside the hum, narrow enough to lie between the harmonics.
    prominence = _prominence(steady.quiet_db, steady.bin_hz, 15.0, np.arange(len(steady.quiet_db)))
    found = [_hum_of(steady, prominence, mains) for mains in (50.0, 60.0)]
    return max((hum for hum in found if hum is not None), key=lambda hum: hum.level_db, default=None)


def find_resonances(steady: SteadySpectrum) -> tuple[Resonance, ...]:
    """Whistles and peaks of the response, strongest first, each source once; those of a mains hum are left out.

    A whistle sounds without a break and is found over any music. A peak of the response, such as a room mode or a
    harsh band, is only heard where something sounds there: it is found from 250 Hz to 9 kHz in noise, and some of
    the time in drums and dense mixes. Over notes it mostly goes unreported, since they make peaks themselves.
    The prominence of a peak is that of a band of 1/24 octave: about 4 dB below the gain of a filter that makes it.
    """
    if steady.n_frames < _LEAST_FRAMES:
        return ()
    whistles = _whistles(steady)
    known = [whistle.frequency_hz for whistle in whistles]
    peaks = [peak for peak in _peaks(steady) if not any(abs(peak.frequency_hz / hz - 1.0) < 0.03 for hz in known)]
    return tuple(sorted([*whistles, *peaks], key=lambda resonance: -resonance.prominence_db))


def _whistles(steady: SteadySpectrum) -> list[Resonance]:
    """Lines that sound without a break.

    Music does not make them: its notes begin anew, and the ring of a cymbal that never stops comes as dozens of peaks
    at once, so where more than three sources seem to sound, none is reported.
    """
    unevenness = 10.0 * np.log10(steady.power + 1e-20) - steady.level_db
    lines = np.flatnonzero((steady.persistence >= 0.75) & (steady.coherence >= 0.75) & (unevenness <= 1.0))
    heights = _prominence(steady.level_db, steady.bin_hz, 60.0, lines)
    prominence = {int(k): float(height) for k, height in zip(lines, heights, strict=True) if height >= 10.0}
    tops = [k for k in prominence if k == _top_near(steady.level_db, k, 3)]
    hum = find_hum(steady)
    if hum is not None:
        tops = [k for k in tops if not _is_harmonic(k * steady.bin_hz, hum.frequency_hz)]
    sources = [k for i, k in enumerate(tops) if not any(abs(k / j - round(k / j)) * j < 2.0 for j in tops[:i])]
    if len(sources) > _MOST_WHISTLES:
        return []
    return [_resonance(_vertex(steady.level_db, k) * steady.bin_hz, prominence[k]) for k in tops]


def _peaks(steady: SteadySpectrum) -> list[Resonance]:
    """Bands that stand out whenever something sounds around them, and by much the same amount.

    A note stands out too, but not as long as what lies around it sounds, or it is a line. A bell, a ride or tuned
    drums have many such peaks, so where there are more than two, none is reported.
    """
    relief = steady.relief
    height = relief.height_db
    standing = np.flatnonzero((height >= 7.0) & (relief.share >= 0.85) & (relief.spread_db <= 5.5))
    peaks = []
    for k in [int(k) for k in standing if k == _top_near(height, int(k), _INNER)]:
        hz = _LOWEST_HZ * 2.0 ** (_vertex(height, k) / _STEPS)
        if _sharpness(steady, hz) < 11.0:
            peaks.append((k, hz))
    if len(peaks) > _MOST_PEAKS:
        return []
    # A wavering note has steeper sides than a filter.
    return [_resonance(hz, float(height[k])) for k, hz in peaks if height[k - 2 : k + 3].min() > 0.1 * height[k]]


def _resonance(frequency_hz: float, prominence_db: float) -> Resonance:
    return Resonance(frequency_hz, prominence_db, note_name(round(frequency_to_midi(frequency_hz))))


def _sharpness(steady: SteadySpectrum, frequency_hz: float) -> float:
    """How far the highest line near a frequency stands out of the bins beside it, in dB: little for a broad peak."""
    reach_hz = max(5.0 * steady.bin_hz, frequency_hz / 400.0)
    step, reach = 2.0 ** (1.0 / 24.0), round(reach_hz / steady.bin_hz)
    low, high = int(frequency_hz / step / steady.bin_hz), int(frequency_hz * step / steady.bin_hz) + 1
    around = steady.level_db[max(0, low - reach) : high + reach]
    inside = np.arange(reach, len(around) - reach)
    return float(_prominence(around, steady.bin_hz, reach_hz, inside).max())


def _power_of(spectra: ComplexArray, bins: int) -> FloatArray:
    """Power of the first bins of each spectrum, shape (rows, bins)."""
    parts = spectra[:, :bins].view(spectra.real.dtype)
    squares = np.square(parts)
    power: FloatArray = squares[:, ::2] + squares[:, 1::2]
    return power


def _running_sum(x: FloatArray) -> FloatArray:
    """Sums of the first 0, 1, ... columns, shape (rows, columns + 1)."""
    total = np.zeros((len(x), x.shape[1] + 1))
    np.cumsum(x, axis=1, dtype=np.float64, out=total[:, 1:])
    return total


def _hum_of(steady: SteadySpectrum, prominence: FloatArray, mains: float) -> Hum | None:
    harmonics: list[tuple[int, float, float]] = []  # number, fundamental it speaks for, prominence
    for h in range(1, 11):
        at = round(h * mains / steady.bin_hz)
        if at + 5 > len(steady.quiet_db):
            break
        k = _top_near(steady.quiet_db, at, 2)
        fundamental = _vertex(steady.quiet_db, k) * steady.bin_hz / h
        # A loop played again and again has a line at every multiple of its rate, none higher than the next.
        is_top = k == _top_near(steady.quiet_db, k, round(8.0 / steady.bin_hz))
        if is_top and prominence[k] >= 6.0 and abs(fundamental - mains) <= 0.3:
            harmonics.append((h, fundamental, float(prominence[k])))
    # A stray note does not agree with the rest. Beside music a line is placed to about a third of a bin, so the higher
    # harmonics must agree more closely.
    agreeing = max(
        ([(h, f, p) for h, f, p in harmonics if abs(f - centre) <= 0.05 + 0.35 / h] for _, centre, _ in harmonics),
        key=len,
        default=[],
    )
    if len(agreeing) < 3 or min(h for h, _, _ in agreeing) > 3:
        return None
    frequency = float(np.average([f for _, f, _ in agreeing], weights=[h for h, _, _ in agreeing]))
    return Hum(frequency, float(np.mean([p for _, _, p in agreeing])))


def _prominence(level_db: FloatArray, bin_hz: float, reach_hz: float, k: NDArray[np.integer]) -> FloatArray:
    """How far the bins `k` stand out of the median within `reach_hz` to both sides, in dB, shape (len(k),)."""
    reach = max(3, round(reach_hz / bin_hz))
    padded = np.pad(level_db, reach, mode="edge") if len(level_db) else np.zeros(2 * reach + 1)
    median = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)[k], axis=1)
    prominence: FloatArray = level_db[k] - median
    return prominence


def _top_near(level_db: FloatArray, k: int, reach: int) -> int:
    low = max(0, k - reach)
    return low + int(np.argmax(level_db[low : k + reach + 1])) if low < len(level_db) else k


def _vertex(level_db: FloatArray, k: int) -> float:
    """Position of the top of the parabola through the bins around `k`, in bins."""
    if not 0 < k < len(level_db) - 1:
        return float(k)
    left, top, right = (float(v) for v in level_db[k - 1 : k + 2])
    bend = left - 2.0 * top + right
    return k + (min(0.5, max(-0.5, 0.5 * (left - right) / bend)) if bend < 0.0 else 0.0)


def _is_harmonic(frequency_hz: float, fundamental_hz: float) -> bool:
    return frequency_hz < 1000.0 and abs(frequency_hz - round(frequency_hz / fundamental_hz) * fundamental_hz) < 1.5
