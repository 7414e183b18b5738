"""Spectra on demand and what they say: partials to a fraction of a cent, and the balance of the whole recording.

Amplitudes are scaled so that a full-scale sine reads 1 (0 dBFS) at its frequency, whatever the window.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...theory.pitch import frequency_to_midi, note_name
from ..spectra import fft
from ..spectra.frames import FloatArray

ComplexArray = NDArray[np.complexfloating]

# Every window is a sum of cosines, w[n] = a0 - a1 cos(2 pi n / N) + a2 cos(4 pi n / N) - ..., so its transform is known
# in closed form at any frequency.
_COSINES: dict[str, tuple[float, ...]] = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "rect": (1.0,),
}
WINDOWS = tuple(_COSINES)
#: The transform of each as a sum of that of the rectangle: shifts in bins, and weights for a height of 1 at 0.
_LOBES = {
    name: (
        np.arange(1.0 - len(a), len(a)),
        np.array([(-1) ** m * a[abs(m)] / a[0] * (0.5 if m else 1.0) for m in range(1 - len(a), len(a))]),
    )
    for name, a in _COSINES.items()
}

BANDS_HZ: dict[str, tuple[float, float]] = {
    "sub": (20.0, 60.0),
    "bass": (60.0, 250.0),
    "low_mid": (250.0, 500.0),
    "mid": (500.0, 2000.0),
    "high_mid": (2000.0, 4000.0),
    "presence": (4000.0, 6000.0),
    "brilliance": (6000.0, 20000.0),
}
FLOOR_DB = -120.0  # a share of nothing at all

_RANGE_DB = 90.0  # partials this far below the strongest are not told from noise and rounding
_SILENCE_DBFS = -120.0
_SETTLED_BINS = 1e-6  # 20 microcents at 1 kHz and 2048 points


@dataclass(frozen=True, slots=True)
class Peak:
    """A partial: its frequency, its level (0 dBFS is a full-scale sine) and the nearest note of A4 = 440 Hz."""

    frequency_hz: float
    level_dbfs: float
    note: str
    cents: float  # -50..50 from that note


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the power of a recording lies, from its mean spectrum between 20 Hz and 20 kHz."""

    bands_db: dict[str, float]  # share of the whole power, at least FLOOR_DB
    centroid_hz: float
    bandwidth_hz: float  # standard deviation about the centroid
    rolloff_hz: float  # 85 % of the power lies below
    flatness: float  # 0..1, geometric over arithmetic mean


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a recording: `y` mono, shape (n,), from `start_s` on."""

    y: FloatArray
    start_s: float


def measure_peaks(
    y: FloatArray, sr: int, *, n_fft: int = 2048, window: str = "hann", max_peaks: int = 20
) -> tuple[Peak, ...]:
    """Partials in the first `n_fft` samples of `y` (all of it when it is shorter), loudest first.

    Each partial is found from the ratio of the two strongest bins of its lobe (for Hann the closed form of Grandke
    1983), after the leakage of all other partials and of its own negative frequency has been taken away.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float, full scale at 1.0
    window : one of WINDOWS
    """
    x = np.asarray(y[:n_fft], np.float64)
    if len(x) < 16:
        return ()
    w = make_window(window, len(x))
    # A constant would sit in the lowest bins; a weighted mean takes exactly that away and nothing of a true partial.
    spectrum = fft.rfft((x - (w @ x) / w.sum()) * w) * (2.0 / w.sum())
    peaks = [
        _describe(position * sr / len(x), abs(amplitude))
        for position, amplitude in _resolve(spectrum, window, len(x), max_peaks)
    ]
    return tuple(sorted(peaks, key=lambda peak: -peak.level_dbfs))


def make_window(name: str, n: int) -> FloatArray:
    """Periodic window of `n` points, greatest value 1 (about; Hamming and others as published)."""
    phase = 2.0 * np.pi * np.arange(n) / n
    return np.asarray(sum((-1) ** m * a * np.cos(m * phase) for m, a in enumerate(_COSINES[name])), np.float64)


class LoudestWindow:
    """Keeps the `n_fft` samples with the most energy of a stream of mono blocks, to a quarter of a window."""

    def __init__(self, sr: int, n_fft: int = 2048) -> None:
        self.sr, self.n_fft = sr, n_fft
        self._hop = max(1, n_fft // 4)
        self._pending = np.zeros(0, np.float32)
        self._position = 0  # of the first pending sample
        self._best: tuple[float, int, FloatArray] | None = None

    def feed(self, y: FloatArray) -> None:
        x = np.concatenate([self._pending, y])
        hop = self._hop
        n = 1 + (len(x) - self.n_fft) // hop if len(x) >= self.n_fft else 0
        if n:
            # Sum the quarters once and not every window.
            quarters = x[: (len(x) // hop) * hop].reshape(-1, hop)
            energy = np.convolve(np.einsum("ij,ij->i", quarters, quarters).astype(np.float64), np.ones(4), "valid")[:n]
            i = int(np.argmax(energy))
            if self._best is None or energy[i] > self._best[0]:
                self._best = float(energy[i]), self._position + i * hop, x[i * hop : i * hop + self.n_fft].copy()
        self._pending = x[n * hop :].copy()
        self._position += n * hop

    def finish(self) -> Excerpt:
        """The loudest window; everything there was when it was shorter than one."""
        if self._best is None:
            return Excerpt(self._pending, 0.0)
        _, start, y = self._best
        return Excerpt(y, start / self.sr)


def measure_balance(mean_power: FloatArray, sr: int, n_fft: int) -> Balance | None:
    """Bands and moments of a mean power spectrum with a Hann window, shape (n_fft // 2 + 1,); None for silence."""
    power = np.array(mean_power, np.float64)
    # A constant offset of Hann-windowed frames puts a quarter of its power into bin 1, which is no sound.
    if power[0] > power[1]:
        power[1] = max(0.0, power[1] - power[0] / 4.0)
    bin_hz = sr / n_fft
    f = np.arange(len(power)) * bin_hz
    inside = _overlap(f, bin_hz, 20.0, 20000.0)
    power *= inside
    total = float(power.sum())
    if total < 10.0 ** (_SILENCE_DBFS / 10.0):
        return None
    share = power / total
    density = np.divide(share, inside, out=np.zeros_like(share), where=inside > 0.0)  # of the bins cut at 20 Hz, 20 kHz
    bands = {
        name: _to_db(float((density * _overlap(f, bin_hz, low, high)).sum())) for name, (low, high) in BANDS_HZ.items()
    }
    centroid = float(share @ f)
    bandwidth = float(np.sqrt(share @ (f - centroid) ** 2))
    rolloff = float(np.interp(0.85, np.cumsum(share), f + bin_hz / 2.0))
    heard = power[(f >= 20.0) & (f <= 20000.0)]
    flatness = float(np.exp(np.log(np.maximum(heard, 1e-12 * heard.max())).mean()) / heard.mean())
    return Balance(bands, centroid, bandwidth, min(rolloff, sr / 2.0), min(flatness, 1.0))


def _overlap(f: FloatArray, bin_hz: float, low: float, high: float) -> FloatArray:
    """How much of each bin lies in the band, 0..1."""
    inside: FloatArray = np.clip(np.minimum(f + bin_hz / 2.0, high) - np.maximum(f - bin_hz / 2.0, low), 0.0, bin_hz)
    inside /= bin_hz
    return inside


def _to_db(share: float) -> float:
    return max(FLOOR_DB, 10.0 * float(np.log10(share + 1e-30)))


def _describe(frequency_hz: float, amplitude: float) -> Peak:
    midi = frequency_to_midi(frequency_hz)
    nearest = round(midi)
    return Peak(frequency_hz, 20.0 * float(np.log10(amplitude)), note_name(nearest), 100.0 * (midi - nearest))


def _resolve(spectrum: ComplexArray, window: str, n: int, max_peaks: int) -> list[tuple[float, complex]]:
    """`(position in bins, complex amplitude)` of the partials of a spectrum."""
    magnitude = np.abs(spectrum)
    found: list[tuple[int, float, complex]] = []
    for k in _candidates(magnitude):
        rest = _without(spectrum, k, [(p, a) for _, p, a in found], window, n)
        # What the lobes of stronger partials explain is no partial.
        if abs(rest[1]) < 0.5 * magnitude[k]:
            continue
        found.append((k, *_locate(rest, k, window, n)))
        if len(found) == max_peaks:
            break
    for _ in range(3):
        moved = 0.0
        for i, (_, position, _) in enumerate(found):
            others = [(p, a) for j, (_, p, a) in enumerate(found) if j != i]
            k = min(max(1, round(position)), n // 2 - 1)  # leakage may have moved the strongest bin
            found[i] = (k, *_locate(_without(spectrum, k, others, window, n), k, window, n))
            moved = max(moved, abs(found[i][1] - position))
        if moved < _SETTLED_BINS:
            break
    return [(p, a) for _, p, a in found if p > 0.0 and abs(a) > 0.0]


def _candidates(magnitude: FloatArray) -> list[int]:
    """Local maxima that stand 9 dB out of the bins around them (1 noise bin in 250 does), strongest first."""
    inner = magnitude[1:-1]
    k = 1 + np.flatnonzero((inner > magnitude[:-2]) & (inner >= magnitude[2:]))
    least = max(10.0 ** (_SILENCE_DBFS / 20.0), float(magnitude.max()) * 10.0 ** (-_RANGE_DB / 20.0))
    k = k[magnitude[k] >= least]
    k = k[np.argsort(-magnitude[k], kind="stable")][:400]
    return [int(i) for i in k if magnitude[i] >= 2.8 * np.median(magnitude[max(0, i - 32) : i + 33])]


def _without(spectrum: ComplexArray, k: int, others: list[tuple[float, complex]], window: str, n: int) -> ComplexArray:
    """Bins k - 1, k and k + 1 with the leakage of other partials taken away."""
    bins = np.arange(k - 1, k + 2)
    rest = spectrum[k - 1 : k + 2].copy()
    if others:
        position = np.array([p for p, _ in others])
        amplitude = np.array([a for _, a in others])
        both = np.concatenate([position, -position])
        rest -= _lobe(both - bins[:, None], window, n) @ np.concatenate([amplitude, amplitude.conj()])
    return rest


def _locate(rest: ComplexArray, k: int, window: str, n: int) -> tuple[float, complex]:
    """Position in bins and complex amplitude of the one partial in the bins k - 1, k, k + 1."""
    left, _, right = np.abs(rest)
    sides = (1, -1) if right > left else (-1, 1)
    best = _locate_beside(rest, k, sides[0], window, n)
    # Near the middle of a bin the neighbours are small, and leakage may have raised the wrong one.
    if abs(best[0] - k) < 0.1:
        best = min(best, _locate_beside(rest, k, sides[1], window, n), key=lambda found: found[2])
    return best[0], best[1]


def _locate_beside(rest: ComplexArray, k: int, side: int, window: str, n: int) -> tuple[float, complex, float]:
    """Position and amplitude of a partial between `k` and `k + side`, and how much of the three bins it leaves over."""
    ratios, offsets = _ratio_table(window)
    bins = np.arange(k - 1, k + 2)
    clean, position, amplitude, left_over = rest, float(k), complex(rest[1]), 0.0
    # Low partials overlap with their own negative frequency: estimate, take it away, estimate again.
    for _ in range(30):
        top = abs(clean[1])
        if top <= 0.0:
            break
        position = k + side * float(np.interp(abs(clean[1 + side]) / top, ratios, offsets))
        amplitude = complex(clean[1] / _lobe(np.array(position - k), window, n))
        mirrored, lobe = _lobe(np.array([-position, position])[:, None] - bins, window, n)
        before, clean = clean, rest - np.conj(amplitude) * mirrored
        left_over = float(np.abs(clean - amplitude * lobe).sum())
        if np.abs(clean - before).max() < 1e-8 * top:
            break
    return position, amplitude, left_over


def _lobe(offset: FloatArray, window: str, n: int) -> ComplexArray:
    """Transform of the window, `offset` bins from a partial of amplitude 1: 1 at 0."""
    shifts, weights = _LOBES[window]
    lobe: ComplexArray = _dirichlet(offset[..., None] - shifts, n) @ weights
    return lobe


def _dirichlet(offset: FloatArray, n: int) -> ComplexArray:
    """Mean of exp(2 pi i offset t / n) over t = 0..n - 1."""
    whole = np.round(offset / n) * n
    d = offset - whole  # the sum has period n
    near = np.abs(d) < 1e-9
    safe = np.where(near, 0.5, d)
    value = np.exp(1j * np.pi * safe * (n - 1) / n) * np.sin(np.pi * safe) / (n * np.sin(np.pi * safe / n))
    return np.asarray(np.where(near, 1.0, value), np.complex128)


@functools.cache
def _ratio_table(window: str) -> tuple[FloatArray, FloatArray]:
    """Ratio of the second strongest bin to the strongest, and the offset (0..0.5 bins) that makes it; both rising.

    The table is for a long window; at 2048 points the difference is below 1e-6 bins.
    """
    offset = np.linspace(0.0, 0.6, 6001)  # beyond 0.5 for a strongest bin that noise has chosen
    n = 1 << 20
    ratio = np.abs(_lobe(offset - 1.0, window, n)) / np.abs(_lobe(offset, window, n))
    return ratio, offset
