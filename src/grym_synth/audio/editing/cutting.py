"""Parts of a sound, and its reverse: samples are copied as they are."""

from __future__ import annotations

from ...errors import BadRequest
from .operations import Trim
from .streams import BLOCK, Blocks, Kept, Stream, frames_of, until_the_end
from .wording import clock

SLACK_S = 0.05  # so much may an end be too late: lengths are told in rounded seconds


def trim(stream: Stream, op: Trim) -> Stream:
    """Keep a part, to the nearest sample.

    Raises
    ------
    BadRequest
        While it is read: the part begins or ends outside the sound, or is empty.
    """
    start, end = op.start_s, op.end_s
    if start < 0.0:
        return stream.with_blocks(_from_the_end(stream, -start, end))
    first = frames_of(start, stream.sr)
    if end is None or end < 0.0:
        return stream.with_blocks(_to_the_end(stream, first, 0.0 if end is None else -end))
    return stream.with_blocks(_between(stream, first, frames_of(end, stream.sr)))


def reverse(stream: Stream) -> Stream:
    """The last sample first; all of the sound is kept for it."""
    return stream.with_blocks(_reversed(stream))


def _reversed(stream: Stream) -> Blocks:
    kept = Kept(stream)
    for stop in range(kept.frames, 0, -BLOCK):
        yield kept.read(max(0, stop - BLOCK), stop)[::-1]


def _between(stream: Stream, first: int, end: int) -> Blocks:
    at = 0
    for block in stream.blocks:
        part = block[max(0, first - at) : end - at]
        at += len(block)
        if len(part):
            yield part
        if at >= end:  # the rest is never decoded
            return
    if at + SLACK_S * stream.sr < end:
        raise outside(f"trim ends at {clock(end / stream.sr)}", at / stream.sr)
    if at <= first:
        raise outside(f"trim begins at {clock(first / stream.sr)}", at / stream.sr)


def _to_the_end(stream: Stream, first: int, left_out_s: float) -> Blocks:
    at = 0
    kept = False
    for block, place in until_the_end(stream, frames_of(left_out_s, stream.sr)):
        if place is None:
            part = block[max(0, first - at) :]
            if len(part):
                kept = True
                yield part
        at += len(block)
    if not kept:
        told = f"trim begins at {clock(first / stream.sr)}"
        raise outside(told + (f" and ends {clock(left_out_s)} before the end" if left_out_s else ""), at / stream.sr)


def _from_the_end(stream: Stream, back_s: float, end: float | None) -> Blocks:
    sr, n, at = stream.sr, frames_of(back_s, stream.sr), 0
    left_out = frames_of(-end, sr) if end is not None and end < 0.0 else 0
    last = frames_of(end, sr) if end is not None and end >= 0.0 else None
    kept, begins = False, True
    for block, place in until_the_end(stream, n):
        if place is not None:
            if begins and place > SLACK_S * sr:
                raise outside(f"trim begins {clock(back_s)} before the end", (n - place) / sr)
            begins = False
            part = block[: max(0, n - left_out - place)]
            part = part if last is None else part[: max(0, last - at)]
            if len(part):
                kept = True
                yield part
        at += len(block)
    if not kept:
        raise outside(f"trim begins {clock(back_s)} before the end and ends before that", at / sr)


def outside(what: str, length_s: float) -> BadRequest:
    """The error of a part that is not there; `what` begins the sentence."""
    return BadRequest(
        f"{what}, but the sound is {clock(length_s)} long there",
        hint="0:30- goes to the end, -8 keeps the last 8 s, 0--8 cuts them off",
    )
