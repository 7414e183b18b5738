"""What is plainly in the samples: level, clipping, silence, offset, the two sides of stereo.

Levels are in dBFS with full scale at 1.0: a full-scale square wave has an RMS of 0 dBFS, a sine of -3.01 dBFS.
The level of silence does not exist, so it is None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..spectra.frames import FloatArray

SILENCE_DBFS = -60.0
SILENCE_MIN_S = 0.3
_CLIPPED_RUN = 3  # samples in a row: one or two at full scale may be an honest peak


@dataclass(frozen=True, slots=True)
class Facts:
    """What `FactsMeter` found. Names and units as in docs/evidence.md."""

    samples: int  # per channel
    duration_s: float
    clipped_samples: int
    peak_dbfs: float | None
    rms_dbfs: float | None
    channel_levels_dbfs: tuple[float | None, ...]
    balance_db: float | None  # stereo only: left minus right; None when a side is silent
    correlation: float | None  # stereo only: -1..1; None when a side is silent or constant
    dc_offset_percent: float
    silence_s: tuple[tuple[float, float], ...]


class FactsMeter:
    """Feed blocks of shape (n, channels), then `finish()`. Keeps one flag per 10 ms.

    A sample is at full scale when it reaches the greatest value that its word length can hold: 1 - 2^(1 - bits),
    and that of 16 bits where `bit_depth` is unknown or finer.
    """

    def __init__(self, sr: int, channels: int, bit_depth: int | None = None) -> None:
        self.sr, self.channels = sr, channels
        self._full_scale = np.float32(1.0 - 2.0 ** (1 - min(16, bit_depth or 16)))
        self._hop = max(1, round(sr / 100))
        self._samples = 0
        self._sums = np.zeros(channels)
        self._squares = np.zeros(channels)
        self._product = 0.0
        self._peak = 0.0
        self._clipped = 0
        self._runs = np.zeros(channels, np.int64)  # samples at full scale up to the end of the last block
        self._pending = np.zeros((channels, 0), np.float32)  # less than a hop
        self._quiet: list[np.ndarray[tuple[int], np.dtype[np.bool_]]] = []

    def feed(self, block: FloatArray) -> None:
        if not len(block):
            return
        columns = np.ascontiguousarray(block.T, dtype=np.float32)
        self._samples += len(block)
        for channel, y in enumerate(columns):
            self._sums[channel] += float(y.sum())  # pairwise, so float32 does
            peak = max(float(y.max()), -float(y.min()))
            self._peak = max(self._peak, peak)
            if peak >= self._full_scale:
                self._count_clipped(channel, y)
            else:
                self._runs[channel] = 0
        if self.channels == 2:
            self._product += float(np.dot(columns[0], columns[1]))
        self._listen_for_silence(columns)

    def finish(self) -> Facts:
        if self._pending.shape[1]:
            self._mark_quiet(self._pending[:, None, :])
        n = max(1, self._samples)
        rms = [math.sqrt(square / n) for square in self._squares]
        levels = tuple(_level_db(value) for value in rms)
        left, right = levels if self.channels == 2 else (None, None)
        return Facts(
            samples=self._samples,
            duration_s=self._samples / self.sr,
            clipped_samples=self._clipped,
            peak_dbfs=_level_db(self._peak),
            rms_dbfs=_level_db(math.sqrt(float(self._squares.sum()) / (n * self.channels))),
            channel_levels_dbfs=levels,
            balance_db=left - right if left is not None and right is not None else None,
            correlation=self._correlation() if left is not None and right is not None else None,
            dc_offset_percent=100.0 * float(np.abs(self._sums).max(initial=0.0)) / n,
            silence_s=self._silence(),
        )

    def _count_clipped(self, channel: int, y: FloatArray) -> None:
        """Count the samples in runs of 3 or more; a run may have begun in earlier blocks."""
        at = np.flatnonzero(np.abs(y) >= self._full_scale)
        starts = np.concatenate([[0], np.flatnonzero(np.diff(at) > 1) + 1])
        lengths = np.diff(np.append(starts, len(at)))
        carried = int(self._runs[channel]) if at[0] == 0 else 0
        first = int(lengths[0]) + carried
        if first >= _CLIPPED_RUN:
            self._clipped += first - (carried if carried >= _CLIPPED_RUN else 0)  # those were counted already
        self._clipped += int(lengths[1:][lengths[1:] >= _CLIPPED_RUN].sum())
        last = first if len(lengths) == 1 else int(lengths[-1])
        self._runs[channel] = last if at[-1] == len(y) - 1 else 0

    def _correlation(self) -> float | None:
        """Pearson's; the means are taken out, so that an offset does not pass for agreement."""
        left, right = self._squares - self._sums**2 / self._samples
        product = self._product - float(self._sums.prod()) / self._samples
        # Below the rounding of the sums there is only a constant, which correlates with nothing.
        if min(left, right) <= 1e-6 * float(self._squares.min()):
            return None
        return float(np.clip(product / math.sqrt(left * right), -1.0, 1.0))

    def _listen_for_silence(self, columns: FloatArray) -> None:
        x = np.concatenate([self._pending, columns], axis=1) if self._pending.size else columns
        hops = x.shape[1] // self._hop
        self._pending = x[:, hops * self._hop :].copy()
        if hops:
            self._mark_quiet(x[:, : hops * self._hop].reshape(self.channels, hops, self._hop))

    def _mark_quiet(self, hops: FloatArray) -> None:
        """Count the power of hops, shape (channels, hops, samples); one is quiet when the RMS of every channel is."""
        squares = np.einsum("cij,cij->ci", hops, hops)
        self._squares += squares.sum(axis=1, dtype=np.float64)
        self._quiet.append(squares.max(axis=0) < np.float32(hops.shape[2] * 10.0 ** (SILENCE_DBFS / 10.0)))

    def _silence(self) -> tuple[tuple[float, float], ...]:
        quiet = np.concatenate([[False], *self._quiet, [False]])
        edges = np.flatnonzero(np.diff(quiet)) * self._hop
        ends = np.minimum(edges[1::2], self._samples) / self.sr  # the last hop may be a short one
        starts = edges[::2] / self.sr
        # Half a sample of slack: 0.3 s may fall between two of them.
        least = SILENCE_MIN_S - 0.5 / self.sr
        return tuple((float(a), float(b)) for a, b in zip(starts, ends, strict=True) if b - a >= least)


def _level_db(amplitude: float) -> float | None:
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else None
