"""A sound cut into its hits: a piece for each onset, which begins just before it and ends where the next begins.

Pieces follow one another without a gap or an overlap; joined again they are the sound, but for what was silent before
the first. Where a cut cannot be made in quiet, a fade of a millisecond takes the click away.
"""

from __future__ import annotations

import numpy as np

from ...errors import BadRequest
from ..rhythm.measure import measure_pulse
from ..spectra.frames import FloatArray, ShortSpectraMeter
from .fades import falling, rising
from .streams import BLOCK, Blocks, Kept, Stream

MOST_SLICES = 999
_BEFORE_S, _AFTER_S = 0.030, 0.015  # of where an onset was heard: where its first rise is looked for
_AHEAD_S = 0.004  # before that rise: where the cut is made
_SILENT = 1e-3  # -60 dBFS: no click is heard, and what stays below is no sound
_FADE_S = 0.001


class Slices:
    """The pieces of a sound; read them one after the other."""

    def __init__(self, kept: Kept, sr: int, cuts: list[int]) -> None:
        self._kept, self._sr = kept, sr
        self.bounds = list(zip(cuts, [*cuts[1:], kept.frames], strict=True))

    def __len__(self) -> int:
        return len(self.bounds)

    def piece(self, i: int) -> Blocks:
        """Blocks of piece i. Its ends are faded over 1 ms where they are not silent."""
        start, stop = self.bounds[i]
        n = min(round(_FADE_S * self._sr), (stop - start) // 2)
        for at, block in zip(range(start, stop, BLOCK), self._kept_blocks(start, stop), strict=True):
            if at == start > 0 and np.abs(block[0]).max() > _SILENT:
                block[:n] *= rising(n, "cosine")[: len(block)]
            if at + len(block) == stop < self._kept.frames and np.abs(block[-1]).max() > _SILENT:
                m = min(n, len(block))
                block[len(block) - m :] *= falling(n, "cosine")[n - m :]
            yield block

    def _kept_blocks(self, start: int, stop: int) -> Blocks:
        for at in range(start, stop, BLOCK):
            yield self._kept.read(at, min(at + BLOCK, stop)).copy()


def slice_at_onsets(stream: Stream) -> Slices:
    """Cut a sound at its onsets.

    Raises
    ------
    BadRequest
        It has none, or more than 999.
    """
    meter = ShortSpectraMeter(stream.sr)

    def heard() -> Blocks:
        for block in stream.blocks:
            meter.feed(block.mean(axis=1))
            yield block

    kept = Kept(stream.with_blocks(heard()))
    onsets = measure_pulse(meter.finish(), kept.frames / stream.sr).onsets_s
    if not len(onsets):
        raise BadRequest("it cannot be sliced: no onset was found", hint="cut it by time: trim=0:30-1:00")
    if len(onsets) > MOST_SLICES:
        raise BadRequest(
            f"it has {len(onsets)} onsets, and at most {MOST_SLICES} files are written", hint="trim it before"
        )
    # What begins with the file is not cut from its first moments.
    cuts = sorted({find_cut(kept, stream.sr, float(at)) if at > _BEFORE_S else 0 for at in onsets})
    lead = kept.read(0, min(cuts[0], 10 * stream.sr))
    if len(lead) and np.abs(lead).max() > _SILENT:  # a sound that was under way before the first onset
        cuts = [0, *(cut for cut in cuts if cut)]
    return Slices(kept, stream.sr, cuts)


def find_cut(kept: Kept, sr: int, onset_s: float) -> int:
    """The frame before which to cut: the quietest within 4 ms before an onset rises."""
    low = max(0, round((onset_s - _BEFORE_S) * sr))
    x = kept.read(low, min(kept.frames, round((onset_s + _AFTER_S) * sr)))
    if len(x) < 4:
        return low
    rise = low + _first_rise(np.abs(x).max(axis=1), sr)
    first = max(0, rise - round(_AHEAD_S * sr))
    around = np.abs(kept.read(first, max(first + 1, rise))).max(axis=1)
    return first + len(around) - 1 - int(np.argmin(around[::-1]))


def _first_rise(level: FloatArray, sr: int) -> int:
    """The sample at which a hit begins: where its envelope leaves what was there before, ahead of its steepest rise."""
    width = max(1, round(0.001 * sr))
    n = max(2, len(level) // width)
    peaks = np.array([part.max() if len(part) else 0.0 for part in np.array_split(level, n)])
    log = np.log(peaks + 1e-4 * peaks.max() + 1e-9)
    step = int(np.argmax(log[1:] - log[:-1]))  # from `step` to the one after it
    before = float(peaks[: step + 1].max())
    edges = np.cumsum([0, *(len(part) for part in np.array_split(level, n))])
    later = level[edges[step + 1] : edges[step + 2]]
    return int(edges[step + 1] + np.argmax(later > before)) if later.max() > before else int(edges[step + 1])
