"""A sound brought to a level: one gain for all of it, lowered where a true peak would pass the ceiling; no limiter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...errors import BadRequest
from ..levels.loudness import Loudness, LoudnessMeter
from .operations import Normalise
from .streams import Blocks, Kept, Stream

CEILING_DBTP = -1.0  # EBU R 128: room for what converters and lossy encoders make between the samples


@dataclass(frozen=True, slots=True)
class Gain:
    """What normalising did. `wanted_db` is above `given_db` where the ceiling did not let it."""

    given_db: float
    wanted_db: float
    before: float  # in the unit asked for


def normalise(stream: Stream, op: Normalise, tell: Callable[[Gain], None]) -> Stream:
    """Bring all of the sound to a loudness or a peak; what was done is told once it is known.

    Raises
    ------
    BadRequest
        While it is read: it is silent, or too short or too quiet to have a loudness.
    """
    return stream.with_blocks(_normalised(stream, op, tell))


def _normalised(stream: Stream, op: Normalise, tell: Callable[[Gain], None]) -> Blocks:
    meter = LoudnessMeter(stream.sr, stream.channels)

    def measured() -> Blocks:
        for block in stream.blocks:
            meter.feed(block)
            yield block

    kept = Kept(stream.with_blocks(measured()))
    gain = needed_gain(meter.finish(), op)
    tell(gain)
    factor = np.float32(10.0 ** (gain.given_db / 20.0))
    yield from (block * factor for block in kept.blocks())


def needed_gain(loudness: Loudness, op: Normalise) -> Gain:
    """The gain that leads to the target, or to the ceiling where that is nearer.

    Raises
    ------
    BadRequest
        There is no such level to start from; the message says why.
    """
    names = {"LUFS": "integrated_lufs", "dBTP": "true_peak_dbtp", "dBFS": "sample_peak_dbfs"}
    before: float | None = getattr(loudness, names[op.unit])
    if before is None:
        reason = loudness.reasons.get(names[op.unit], "it has none")
        raise BadRequest(
            f"it cannot be normalised to {op.target:g} {op.unit}: {reason}",
            hint="a peak can be normalised where a loudness cannot: normalise=-1dBTP" if op.unit == "LUFS" else "",
        )
    wanted = given = op.target - before
    if op.unit == "LUFS" and loudness.true_peak_dbtp is not None:
        given = min(wanted, CEILING_DBTP - loudness.true_peak_dbtp)
    return Gain(given, wanted, before)
