"""Fades: the level drawn from nothing to all, or back, over a number of samples.

Shapes are of the amplitude. "cosine" rises as half a period of a cosine, without a corner at either end; "linear" is
a straight line; "equal-power" is a quarter of a sine, of which two that cross add up to constant power.
"""

from __future__ import annotations

import numpy as np

from ...errors import BadRequest
from ..spectra.frames import FloatArray
from .operations import Fade, Shape
from .streams import Blocks, Stream, frames_of, until_the_end
from .wording import clock


def rising(n: int, shape: Shape, start: int = 0, stop: int | None = None) -> FloatArray:
    """Factors `start` to `stop` of a fade-in over n samples, shape (m, 1); the first is 0, the one after the last 1."""
    t = np.arange(start, n if stop is None else stop) / n
    if shape == "cosine":
        curve = 0.5 - 0.5 * np.cos(np.pi * t)
    elif shape == "equal-power":
        curve = np.sin(0.5 * np.pi * t)
    else:
        curve = t
    return np.asarray(curve[:, None], np.float32)


def falling(n: int, shape: Shape, start: int = 0, stop: int | None = None) -> FloatArray:
    """The same backwards: the last factor is 0."""
    stop = n if stop is None else stop
    return rising(n, shape, n - stop, n - start)[::-1]


def fade(stream: Stream, op: Fade) -> Stream:
    """Fade in or out.

    Raises
    ------
    BadRequest
        While it is read: the sound is shorter than the fade.
    """
    n = max(1, frames_of(op.seconds, stream.sr))
    return stream.with_blocks((_fade_in if op.at == "in" else _fade_out)(stream, n, op))


def _fade_in(stream: Stream, n: int, op: Fade) -> Blocks:
    at = 0
    for block in stream.blocks:
        faded = min(len(block), max(0, n - at))
        if faded:
            block = np.concatenate([block[:faded] * rising(n, op.shape, at, at + faded), block[faded:]])
        at += len(block)
        yield block
    if at < n:
        raise too_long(op, at / stream.sr)


def _fade_out(stream: Stream, n: int, op: Fade) -> Blocks:
    begins = True
    for block, place in until_the_end(stream, n):
        if place is None:
            yield block
            continue
        if begins and place > 0:
            raise too_long(op, (n - place) / stream.sr)
        begins = False
        yield block * falling(n, op.shape, place, place + len(block))


def too_long(op: Fade, length_s: float) -> BadRequest:
    """The error of a fade that does not fit into the sound."""
    return BadRequest(
        f"fade-{op.at}={op.seconds:g} is longer than the sound, which is {clock(length_s)} long there",
        hint="give fewer seconds",
    )
