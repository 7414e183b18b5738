"""Another sample rate, good enough to hand on: flat to 20 kHz at 44.1 kHz, all that would fold back 120 dB down.

A windowed sinc as a polyphase filter of linear phase. The transition lies between 90.7 % of the lower Nyquist
frequency and that frequency itself, so nothing folds back into the output at all.

References
----------
Kaiser (1974), "Nonrecursive digital filter design using the I0-sinh window function".
"""

from __future__ import annotations

import functools
from fractions import Fraction

import numpy as np

from ...errors import BadRequest
from ..spectra.frames import FloatArray
from .streams import Blocks, Stream

_STOP_DB = 125.0
_PASS = 20_000.0 / 22_050.0  # of the lower Nyquist frequency
_BETA = 0.1102 * (_STOP_DB - 8.7)
#: Half the length of the filter in samples of the lower rate, by Kaiser's formula for its transition.
_HALF_LENGTH = (_STOP_DB - 7.95) / (2.285 * np.pi * (1.0 - _PASS)) / 2.0
_MOST_TAPS = 20_000_000  # 160 MB: rates that have no common factor


def resample(stream: Stream, sr: int) -> Stream:
    """The stream at another rate; ceil(n * sr / stream.sr) frames come of n.

    Raises
    ------
    BadRequest
        The two rates have so small a common factor that the filter would not fit into memory.
    """
    if sr == stream.sr:
        return stream
    ratio = Fraction(sr, stream.sr)
    if max(ratio.numerator, ratio.denominator) * 2 * _HALF_LENGTH > _MOST_TAPS:
        raise BadRequest(
            f"{stream.sr} Hz cannot be turned into {sr} Hz: they have too small a common factor",
            hint="choose a usual rate, such as 44100, 48000 or 96000",
        )
    blocks = at_ratio(stream.blocks, stream.channels, ratio)
    return Stream(sr, stream.channels, blocks, stream.folder)


def at_ratio(blocks: Blocks, channels: int, ratio: Fraction) -> Blocks:
    """`ratio` times as many samples; sample i of the output is the sound at the time i / ratio of the input."""
    from scipy.signal import upfirdn

    up, down = ratio.numerator, ratio.denominator
    taps, half = _design(up, down)
    # An input period of `down` samples is an output period of `up`: blocks of whole periods line up on both sides.
    reach = -(-half // (up * down)) + 1  # periods of input that the filter sees to either side
    periods = max(1, (1 << 15) // down)
    margin, step = reach * down, periods * down
    pending = np.zeros((margin, channels), np.float32)
    taken = given = 0

    def made(x: FloatArray, count: int) -> FloatArray:
        # Output j of upfirdn is at the time (j * down - half) / up of x; `lead` of them belong to the margin.
        whole = upfirdn(taps, x, up, down, axis=0)
        lead = reach * up
        return np.asarray(whole[lead + half // down :][:count], np.float32)

    for block in blocks:
        taken += len(block)
        pending = np.concatenate([pending, block])
        while len(pending) >= step + 2 * margin:
            yield made(pending[: step + 2 * margin], periods * up)
            given += periods * up
            pending = pending[step:]
    missing = -(-taken * up // down) - given
    if missing > 0:
        needed = -(-missing // up) * down + 2 * margin
        silence = np.zeros((max(0, needed - len(pending)), channels), np.float32)
        yield made(np.concatenate([pending, silence]), missing)


@functools.lru_cache(maxsize=2)
def _design(up: int, down: int) -> tuple[FloatArray, int]:
    """The taps at `up` times the input's rate, and their middle, a multiple of `down`."""
    widest = max(up, down)
    reach = int(np.ceil(_HALF_LENGTH * widest))
    half = -(-reach // down) * down
    t = np.arange(-half, half + 1) / widest  # in samples of the lower rate
    window = np.i0(_BETA * np.sqrt(np.clip(1.0 - (t / _HALF_LENGTH) ** 2, 0.0, None)))
    taps = np.sinc(t * (1.0 + _PASS) / 2.0) * np.where(np.abs(t) < _HALF_LENGTH, window, 0.0)
    return taps * (up / taps.sum()), half
