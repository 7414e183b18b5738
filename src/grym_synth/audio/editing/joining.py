"""Recordings behind one another, end to end or crossed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...errors import BadRequest
from .fades import falling, rising
from .resampling import resample
from .streams import Blocks, Stream, frames_of, until_the_end


def concatenate(stream: Stream, others: Sequence[Callable[[], Stream]], crossfade_s: float) -> Stream:
    """`others` behind `stream`, brought to its rate and channels; each is opened when its turn comes.

    The crossfade is one of equal power: what is joined is seldom alike, so powers add up, not amplitudes.

    Raises
    ------
    BadRequest
        While it is read: the channels do not fit, or a sound is shorter than the crossfade.
    """
    n = frames_of(crossfade_s, stream.sr)
    for make in others:
        stream = stream.with_blocks(_joined(stream, make, n))
    return stream


def _joined(first: Stream, make: Callable[[], Stream], n: int) -> Blocks:
    end = np.zeros((0, first.channels), np.float32)
    for block, place in until_the_end(first, n):
        if place is None:
            yield block
        else:
            end = np.concatenate([end, block])
    start = np.zeros((0, first.channels), np.float32)
    is_joined = n == 0
    for block in _fitted(make(), first).blocks:
        if is_joined:
            yield block
            continue
        start = np.concatenate([start, block])
        if len(start) >= n <= len(end):
            is_joined = True
            yield end * falling(n, "equal-power") + start[:n] * rising(n, "equal-power")
            yield start[n:]
    if min(len(end), len(start)) < n:
        shorter = min(len(end), len(start)) / first.sr
        raise BadRequest(f"a crossfade of {n / first.sr:g} s is longer than a sound of {shorter:.3f} s")


def _fitted(other: Stream, like: Stream) -> Stream:
    if other.channels != like.channels:
        if other.channels != 1:
            raise BadRequest(
                f"a recording with {other.channels} channels cannot follow one with {like.channels}",
                hint="one channel fits to any number; bring the others to the same number first",
            )
        other = Stream(
            other.sr, like.channels, (np.repeat(b, like.channels, axis=1) for b in other.blocks), like.folder
        )
    return resample(other, like.sr)
