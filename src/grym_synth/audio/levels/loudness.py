"""How loud a recording is: integrated, short-term and momentary loudness, range, true peak.

Everything but the peaks is computed from one power per 100 ms: the K-weighted mean square, summed over the channels
with their weights. Windows of 4 and 30 such powers are the momentary (400 ms) and short-term (3 s) loudness.

References
----------
ITU-R BS.1770-4 (K-weighting, gating, true peak); EBU Tech 3341 (momentary, short-term); EBU Tech 3342 (range).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import UnusableAudio
from ..spectra.frames import FloatArray
from .true_peak import TruePeakMeter

MIN_RATE_HZ = 4000  # below, the shelf of the K-weighting would lie above half the sample rate
_ABSOLUTE_GATE = -70.0  # LUFS
_MOMENTARY, _SHORT_TERM, _SECOND = 4, 30, 10  # in steps of 100 ms
_BLOCK = 64  # samples filtered by one row of a matrix product
_SEEN = 2048  # samples of the response by which states are told apart
_GROUP = 16  # such rows whose states come from one another by one product

# Order of the channels in common files: front left, front right, centre, low frequency, surround left and right.
# Four are taken as quadro, five as 5.0; what comes after six channels has no place in BS.1770 and does not count.
# These are the defaults of libebur128, so that its users read the same numbers.
_CHANNEL_WEIGHTS: Mapping[int, tuple[float, ...]] = {4: (1.0, 1.0, 1.41, 1.41), 5: (1.0, 1.0, 1.0, 1.41, 1.41)}
_WEIGHTS_5_1 = (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)


@dataclass(frozen=True, slots=True)
class Loudness:
    """What was measured; None where there is nothing to measure, and then `reasons` says why, by field name.

    Spans are (start, end) in seconds: where the loudest window lies. `thirds_lufs` are the integrated loudness of
    the first, second and last third.
    """

    integrated_lufs: float | None
    short_term_max_lufs: float | None
    short_term_max_span_s: tuple[float, float] | None
    momentary_max_lufs: float | None
    momentary_max_span_s: tuple[float, float] | None
    range_lu: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    plr_db: float | None  # true peak minus integrated loudness
    crest_db: float | None  # sample peak minus RMS over all channels
    thirds_lufs: tuple[float | None, float | None, float | None]
    reasons: Mapping[str, str]


def channel_weights(channels: int) -> tuple[float, ...]:
    """Weight of each channel in the sum of powers; a single channel counts once."""
    return _CHANNEL_WEIGHTS.get(channels, (_WEIGHTS_5_1 + (0.0,) * channels)[:channels])


def k_weighting(sr: int) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Coefficients `(b, a)`, each of shape (3,), of the shelf and of the high-pass that follows it, at rate `sr`.

    BS.1770 lists them for 48 kHz only. Here they come from the analogue prototypes behind that list by the bilinear
    transform, so the weighting is the same at every rate. The high-pass keeps the unnormalised zeros of the standard.
    """
    f_shelf, gain_db, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k, v_high = math.tan(math.pi * f_shelf / sr), 10.0 ** (gain_db / 20.0)
    v_band = v_high**0.4996667741545416
    norm = 1.0 + k / q + k * k
    b = np.array([v_high + v_band * k / q + k * k, 2.0 * (k * k - v_high), v_high - v_band * k / q + k * k]) / norm
    a = np.array([1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm])
    f_pass, q = 38.13547087602444, 0.5003270373238773
    k = math.tan(math.pi * f_pass / sr)
    norm = 1.0 + k / q + k * k
    return (b, a), (
        np.array([1.0, -2.0, 1.0]),
        np.array([1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm]),
    )


class _KWeighting:
    """The weighting as matrix products over blocks of 64 samples: exact, without a loop over samples.

    With state s at the start of a block x: y = T x + O s, and the next state is M s + G x. The states of 16 blocks
    follow from those before them by another product, and those of the groups of 16 by a scan in log2 steps, which
    ends when the power of M has died away.
    """

    def __init__(self, sr: int, channels: int) -> None:
        step, enter, see, direct = _state_space(*k_weighting(sr))
        free = _free_response(step, see, _SEEN)  # row i: what the output in i samples owes to each state
        powers = _free_response(step.T, enter, _BLOCK)  # row i: what the state owes to the input i samples ago
        # Change to states whose responses `seen` are orthonormal, so that they are as large as the output they cause:
        # then float32 does for the products, even where all poles crowd near 1 (high rates). Taking M from `seen`
        # avoids inverting `to_new`, which is ill-conditioned for the same reason.
        seen, to_new = np.linalg.qr(free)
        response = np.concatenate([[direct], free[: _BLOCK - 1] @ enter])
        lag = np.arange(_BLOCK)[None, :] - np.arange(_BLOCK)[:, None]
        # All transposed, because blocks are rows.
        causal = np.where(lag >= 0, response[np.abs(lag)], 0.0)
        self._output = np.concatenate([causal, seen[:_BLOCK].T]).astype(np.float32)  # of a block and the state before
        self._enter = (powers[::-1] @ to_new.T).astype(np.float32)
        advance = np.linalg.lstsq(seen[:-_BLOCK], seen[_BLOCK:], rcond=None)[0].T
        ages = [np.linalg.matrix_power(advance, k) for k in range(_GROUP + 1)]
        none = np.zeros((4, 4))
        # What the state after each block of a group owes to what entered with each.
        self._within = np.block([[ages[j - i] if j >= i else none for j in range(_GROUP)] for i in range(_GROUP)])
        self._from_before = np.concatenate(ages[1:], axis=1)
        self._advance_group = ages[_GROUP]
        self._state: FloatArray = np.zeros((channels, 4))

    def feed(self, x: FloatArray) -> FloatArray:
        """Filter `x`, shape (channels, n), float32, n a multiple of 64."""
        if not x.size:
            return x
        blocks = x.reshape(len(x), -1, _BLOCK)
        count = blocks.shape[1]
        joined = np.empty((len(x), count, _BLOCK + 4), np.float32)
        joined[..., :_BLOCK] = blocks
        joined[:, 0, _BLOCK:] = self._state
        after = self._states(blocks @ self._enter)
        joined[:, 1:, _BLOCK:] = after[:, : count - 1]
        self._state = after[:, count - 1]
        return (joined.reshape(-1, _BLOCK + 4) @ self._output).reshape(x.shape)

    def _states(self, entered: FloatArray) -> FloatArray:
        """State after each block, from what entered with it; shapes (channels, blocks, 4), more blocks come out."""
        channels, count, _ = entered.shape
        groups = -(-count // _GROUP)
        padded = np.zeros((channels, groups * _GROUP, 4))
        padded[:, :count] = entered
        local = padded.reshape(channels, groups, -1) @ self._within
        before = np.concatenate([self._state[:, None], local[:, :-1, -4:]], axis=1)
        advance, k = self._advance_group, 1
        while k < groups and np.abs(advance).max() > 1e-12:
            before[:, k:] += before[:, :-k] @ advance
            advance, k = advance @ advance, 2 * k
        local += before @ self._from_before
        states: FloatArray = local.reshape(channels, -1, 4)
        return states


def _free_response(step: FloatArray, see: FloatArray, n: int) -> FloatArray:
    """Rows `see @ step**i` for i = 0 .. n - 1, doubling in each turn; n a power of 2."""
    rows, power = see[None], step
    while len(rows) < n:
        rows = np.concatenate([rows, rows @ power])
        power = power @ power
    return rows


def _state_space(
    first: tuple[FloatArray, FloatArray], second: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Two second-order sections in series as `(A, B, C, D)`: s' = A s + B x, y = C s + D x."""
    b1, b2 = first[0], second[0]
    step, enter = np.zeros((4, 4)), np.empty(4)
    for i, (b, a) in ((0, first), (2, second)):  # direct form II transposed
        step[i : i + 2, i : i + 2] = [[-a[1], 1.0], [-a[2], 0.0]]
        enter[i : i + 2] = b[1:] - a[1:] * b[0]
    step[2:, 0] = enter[2:]  # the second section hears the first state of the first one
    enter[2:] *= b1[0]
    return step, enter, np.array([b2[0], 0.0, 1.0, 0.0]), float(b1[0] * b2[0])


class LoudnessMeter:
    """Feed blocks of shape (n, channels), then `finish()`. Keeps one number per 100 ms."""

    def __init__(self, sr: int, channels: int) -> None:
        self.sr, self.channels = sr, channels
        self._step = (sr + 5) // 10  # samples in 100 ms
        weights = np.array(channel_weights(channels))
        self._counting = np.flatnonzero(weights)
        self._weights = weights[self._counting]
        self._k_weighting = _KWeighting(sr, len(self._counting)) if sr >= MIN_RATE_HZ else None
        self._true_peak = TruePeakMeter(sr, channels)
        self._pending = np.zeros((len(self._counting), 0), np.float32)  # not yet filtered: less than a row of 64
        self._filtered = np.zeros((len(self._counting), 0), np.float32)  # less than a step
        self._powers: list[FloatArray] = []
        self._square_sum, self._samples = 0.0, 0

    def feed(self, block: FloatArray) -> None:
        if not len(block):
            return
        columns = np.ascontiguousarray(block.T, dtype=np.float32)
        self._samples += columns.size
        self._true_peak.feed(columns)
        self._square_sum += float(sum(np.dot(y, y) for y in columns))
        self._weigh(columns if len(self._counting) == self.channels else columns[self._counting])

    def _weigh(self, columns: FloatArray) -> None:
        """Turn all whole rows of 64 samples, and what was left of the last call, into powers of whole steps."""
        if self._k_weighting is None:
            return
        x = np.concatenate([self._pending, columns], axis=1) if self._pending.size else columns
        n = x.shape[1] // _BLOCK * _BLOCK
        self._pending = x[:, n:].copy()
        y = self._k_weighting.feed(x[:, :n])
        if self._filtered.size:
            y = np.concatenate([self._filtered, y], axis=1)
        m = y.shape[1] // self._step
        self._filtered = y[:, m * self._step :].copy()
        steps = y[:, : m * self._step].reshape(len(y), m, self._step)
        self._powers.append(self._weights @ np.einsum("cij,cij->ci", steps, steps).astype(np.float64) / self._step)

    def finish(self) -> Loudness:
        # The unfinished row may complete a step. The zeros that fill it up never do.
        if self._filtered.shape[1] + self._pending.shape[1] >= self._step:
            self._weigh(np.zeros((len(self._counting), -self._pending.shape[1] % _BLOCK), np.float32))
        powers = np.concatenate(self._powers) if self._powers else np.zeros(0)
        peak, true_peak = self._true_peak.sample_peak, self._true_peak.peak
        rms = math.sqrt(self._square_sum / self._samples) if self._samples else 0.0
        return self._summary(powers, peak, true_peak, rms)

    def _summary(self, powers: FloatArray, peak: float, true_peak: float, rms: float) -> Loudness:
        reasons: dict[str, str] = {}
        integrated = _finite(gated_loudness(powers))
        momentary, momentary_at = _loudest(powers, _MOMENTARY)
        short_term, short_term_at = _loudest(powers, _SHORT_TERM)
        loudness_range = range_of(powers)
        for name, value, steps in (
            ("integrated_lufs", integrated, _MOMENTARY),
            ("momentary_max_lufs", momentary, _MOMENTARY),
            ("short_term_max_lufs", short_term, _SHORT_TERM),
            ("range_lu", loudness_range, _SHORT_TERM),
        ):
            if value is None:
                reasons[name] = self._why(len(powers), steps)
        peak_dbfs, peak_dbtp = level_db(peak), level_db(true_peak)
        rms_dbfs = level_db(rms)
        if peak_dbfs is None:
            reasons |= dict.fromkeys(("true_peak_dbtp", "sample_peak_dbfs", "crest_db"), "all samples are zero")
        plr = None if integrated is None or peak_dbtp is None else peak_dbtp - integrated
        if plr is None:
            reasons["plr_db"] = "it needs the integrated loudness, which is missing"
        thirds = tuple(_finite(gated_loudness(part)) for part in np.array_split(powers, 3))
        return Loudness(
            integrated_lufs=integrated,
            short_term_max_lufs=short_term,
            short_term_max_span_s=self._span(short_term_at, _SHORT_TERM),
            momentary_max_lufs=momentary,
            momentary_max_span_s=self._span(momentary_at, _MOMENTARY),
            range_lu=loudness_range,
            true_peak_dbtp=peak_dbtp,
            sample_peak_dbfs=peak_dbfs,
            plr_db=plr,
            crest_db=None if peak_dbfs is None or rms_dbfs is None else peak_dbfs - rms_dbfs,
            thirds_lufs=(thirds[0], thirds[1], thirds[2]),
            reasons=reasons,
        )

    def _why(self, steps: int, needed: int) -> str:
        if self._k_weighting is None:
            return f"the sample rate of {self.sr} Hz is too low for the K-weighting, which needs {MIN_RATE_HZ} Hz"
        if steps < needed:
            return f"the recording is shorter than the {needed / 10:g} s that this measure needs"
        return f"nothing in it is louder than the gate at {_ABSOLUTE_GATE:g} LUFS"

    def _span(self, step: int | None, steps: int) -> tuple[float, float] | None:
        return None if step is None else (step * self._step / self.sr, (step + steps) * self._step / self.sr)


def measure_loudness(y: FloatArray, sr: int) -> Loudness:
    """All of it for a signal in memory, shape (n, channels) or (n,), full scale at 1.0."""
    blocks = y[:, None] if y.ndim == 1 else y
    meter = LoudnessMeter(sr, blocks.shape[1])
    for start in range(0, len(blocks), 5 * sr):
        meter.feed(blocks[start : start + 5 * sr])
    return meter.finish()


def integrated_loudness(y: FloatArray, sr: int) -> float:
    """Gated loudness of a whole recording, in LUFS; -inf when all of it is below the absolute gate.

    Parameters
    ----------
    y : np.ndarray [shape=(n, channels) or (n,)], float, full scale at 1.0
    sr : int >= 4000, in Hz

    Raises
    ------
    UnusableAudio
        Shorter than one 400 ms block, sampled below 4 kHz, or not finite.

    References
    ----------
    ITU-R BS.1770-4.
    """
    needed = _MOMENTARY * ((sr + 5) // 10)
    if len(y) < needed or sr < MIN_RATE_HZ:
        raise UnusableAudio(
            f"loudness needs {needed} samples (400 ms) at {MIN_RATE_HZ} Hz or more, got {len(y)} at {sr} Hz",
            hint="give a longer excerpt",
        )
    if not np.isfinite(y).all():
        raise UnusableAudio("loudness needs finite samples, got some that are not", hint="replace them by zeros")
    loudness = measure_loudness(y, sr).integrated_lufs
    return -math.inf if loudness is None else loudness


def gated_loudness(powers: FloatArray) -> float:
    """Integrated loudness, in LUFS, of powers per 100 ms, shape (n,); -inf when nothing passes the absolute gate.

    BS.1770-4 equations 3 to 7: 400 ms blocks every 100 ms, gated at -70 LUFS and at 10 LU below their mean.
    """
    z = _windows(powers, _MOMENTARY)
    z = z[z >= _power(_ABSOLUTE_GATE)]
    if not len(z):
        return -math.inf
    return _lufs(float(z[z >= 0.1 * z.mean()].mean()))


def range_of(powers: FloatArray) -> float | None:
    """Loudness range in LU of powers per 100 ms, shape (n,); None when no short-term loudness passes the gate.

    EBU Tech 3342: 3 s windows every second, gated at -70 LUFS and at 20 LU below their mean; 95th minus 10th
    percentile (nearest rank).
    """
    z = _windows(powers, _SHORT_TERM)[::_SECOND]
    z = z[z >= _power(_ABSOLUTE_GATE)]
    if not len(z):
        return None
    z = np.sort(z[z >= 0.01 * z.mean()])
    low, high = (z[int((len(z) - 1) * share + 0.5)] for share in (0.10, 0.95))
    return _lufs(float(high)) - _lufs(float(low))


def level_db(amplitude: float) -> float | None:
    """20 log10, None for 0."""
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else None


def _windows(powers: FloatArray, steps: int) -> FloatArray:
    """Mean over each run of `steps` powers, shape (n - steps + 1,); empty when there are fewer."""
    if len(powers) < steps:
        return np.zeros(0)
    means: FloatArray = np.lib.stride_tricks.sliding_window_view(powers, steps).mean(axis=1)
    return means


def _loudest(powers: FloatArray, steps: int) -> tuple[float | None, int | None]:
    """Loudness of the loudest window and the step at which it begins; None below the absolute gate."""
    z = _windows(powers, steps)
    at = int(z.argmax()) if len(z) else 0
    if not len(z) or z[at] < _power(_ABSOLUTE_GATE):
        return None, None
    return _lufs(float(z[at])), at


def _lufs(power: float) -> float:
    return -0.691 + 10.0 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs + 0.691) / 10.0))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
