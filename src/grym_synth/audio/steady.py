"""What stays in a recording while the music comes and goes: mains hum, whistles and other narrow resonances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from ..theory.pitch import frequency_to_midi, note_name
from .frames import FloatArray, Framer
from .spectrum import ComplexArray, make_window

_LEAST_FRAMES = 5  # seconds of sound before anything can be said to stay
_MOST_RESONANCES = 3  # harmonics of one source counted once


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
    """

    level_db: FloatArray
    power: FloatArray
    persistence: FloatArray
    coherence: FloatArray
    quiet_db: FloatArray
    n_frames: int
    bin_hz: float


@dataclass(frozen=True, slots=True)
class Hum:
    """Mains hum: its measured fundamental, and how far its harmonics stand out of what lies beside them."""

    frequency_hz: float
    level_db: float


@dataclass(frozen=True, slots=True)
class Resonance:
    """A narrow peak that stays: a whistle, feedback, a ringing room."""

    frequency_hz: float
    prominence_db: float
    note: str


class LongSpectrum:
    """Feed mono blocks, then `finish()`; keeps a few windows and 80 kB a minute."""

    def __init__(self, sr: int) -> None:
        self.n_fft = scipy.fft.next_fast_len(max(256, round(1.0 * sr)), real=True)
        self.bin_hz = sr / self.n_fft
        self._framer = Framer(self.n_fft, self.n_fft)
        window = make_window("hann", self.n_fft)
        self._window = (window * (2.0 / window.sum())).astype(np.float32)
        self._bins = min(self.n_fft // 2, round(16000.0 / self.bin_hz)) + 1
        self._log = np.zeros(self._bins)
        self._power = np.zeros(self._bins)
        self._tops = np.zeros(self._bins)
        self._begun = False
        self._turn = np.zeros(self._bins, np.complex128)
        self._previous: ComplexArray | None = None
        self._pairs = 0
        self._low: list[FloatArray] = []  # levels of the bins below 650 Hz, window by window
        self._frames = 0

    def feed(self, y: FloatArray) -> None:
        for frames in self._framer.feed(y):
            # The first window is half before the beginning, and a cut spreads every peak.
            for frame in frames if self._begun else frames[1:]:
                self._take(frame)
            self._begun = True

    def finish(self) -> SteadySpectrum:
        # The last window, cut short by the end, is left out as the first one is.
        n = max(1, self._frames)
        tops = np.concatenate([[0.0], self._tops, [0.0]])
        persistence = np.minimum(1.0, (tops[:-2] + tops[1:-1] + tops[2:]) / n)
        coherence = np.abs(self._turn) / max(1, self._pairs)
        quiet = np.quantile(np.array(self._low, np.float64), 0.1, axis=0) if self._low else np.zeros(0)
        return SteadySpectrum(
            self._log * (10.0 / n), self._power / n, persistence, coherence, quiet, self._frames, self.bin_hz
        )

    def _take(self, frame: FloatArray) -> None:
        spectrum = scipy.fft.rfft(frame * self._window)[: self._bins]
        power = spectrum.real**2 + spectrum.imag**2
        if float(power.sum()) < 1e-10:
            self._previous = None
            return  # digital silence says nothing about what is always there
        power += np.float32(1e-16)
        level = np.log10(power)
        self._log += level
        self._low.append((10.0 * level[: round(650.0 / self.bin_hz)]).astype(np.float16))
        self._power += power
        total = np.concatenate([[0.0], np.cumsum(power, dtype=np.float64)])
        # mean of the bins 4 to 12 away on both sides
        k = np.arange(13, self._bins - 13)
        beside = (total[k - 3] - total[k - 12] + total[k + 13] - total[k + 4]) / 18.0
        inner = power[13:-13]
        self._tops[13:-13] += (inner > power[12:-14]) & (inner >= power[14:-12]) & (inner > 10.0 * beside)
        self._frames += 1
        phasor = spectrum / np.sqrt(power)
        if self._previous is not None:
            self._turn += phasor * self._previous.conj()
            self._pairs += 1
        self._previous = phasor


def find_hum(steady: SteadySpectrum) -> Hum | None:
    """Mains hum of 50 or 60 Hz: three or more harmonics of one fundamental that stand out in nine seconds of ten.

    A bass line does not stand out so long, and its notes lie beside: G1 is 49.0 Hz, A#1 58.3 and B1 61.7.
    """
    if steady.n_frames < _LEAST_FRAMES:
        return None
    # Broad enough to hold the lobe of a bass note beside the hum, narrow enough to lie between the harmonics.
    prominence = _prominence(steady.quiet_db, steady.bin_hz, 15.0)
    found = [_hum_of(steady, prominence, mains) for mains in (50.0, 60.0)]
    return max((hum for hum in found if hum is not None), key=lambda hum: hum.level_db, default=None)


def find_resonances(steady: SteadySpectrum) -> tuple[Resonance, ...]:
    """Narrow peaks that sound without a break, strongest first; those of a mains hum are left out.

    Music does not make them: its notes begin anew, and the ring of a cymbal that never stops comes as dozens of peaks
    at once, so where more than three sources seem to sound, none is reported.
    """
    if steady.n_frames < _LEAST_FRAMES:
        return ()
    prominence = _prominence(steady.level_db, steady.bin_hz, 60.0)
    unevenness = 10.0 * np.log10(steady.power + 1e-20) - steady.level_db
    candidates = np.flatnonzero(
        (prominence >= 10.0) & (steady.persistence >= 0.75) & (steady.coherence >= 0.75) & (unevenness <= 1.0)
    )
    tops = [int(k) for k in candidates if k == _top_near(steady.level_db, int(k), 3)]
    hum = find_hum(steady)
    if hum is not None:
        tops = [k for k in tops if not _is_harmonic(k * steady.bin_hz, hum.frequency_hz)]
    sources = [k for i, k in enumerate(tops) if not any(abs(k / j - round(k / j)) * j < 2.0 for j in tops[:i])]
    if len(sources) > _MOST_RESONANCES:
        return ()
    resonances = []
    for k in tops:
        hz = _vertex(steady.level_db, k) * steady.bin_hz
        resonances.append(Resonance(hz, float(prominence[k]), note_name(round(frequency_to_midi(hz)))))
    return tuple(sorted(resonances, key=lambda resonance: -resonance.prominence_db))


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


def _prominence(level_db: FloatArray, bin_hz: float, reach_hz: float) -> FloatArray:
    """How far each bin stands out of the median within `reach_hz` to both sides, in dB, shape (bins,)."""
    reach = max(3, round(reach_hz / bin_hz))
    padded = np.pad(level_db, reach, mode="edge")
    median = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1)
    prominence: FloatArray = level_db - median
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
