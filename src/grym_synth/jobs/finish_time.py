"""When a job ends: a range from how long its items took, or nothing while that cannot be known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..storage.job_rows import Ended
from .port import Finish

_FEWEST = 8  # items before anything is said
_SHORTEST_S = 2.0  # of work before anything is said: the first items warm caches and processes up
_BLOCKS = 8  # parts of the past whose paces are compared
_SURE = 1.645  # standard deviations to either side: nine times in ten
_DRIFT = 0.05  # by which the pace may be off for reasons that the past does not show


def foresee_finish(lately: Sequence[Ended], left: float) -> Finish | None:
    """Between which moments work of size `left` ends, from the items that ended last; None while nobody can know.

    The pace is seconds of the clock in which anything was done, from one end of an item to the next, for each unit of
    size: so pauses do not count, and items done side by side do. It is compared between parts of the past: the more it
    varies, the wider the range. At the end the last items are done while nothing new begins, which takes longer.
    """
    items = sorted(lately, key=lambda item: item.ended)
    if len(items) < _FEWEST or items[-1].ended - items[0].began < _SHORTEST_S:
        return None
    parts = _parts(items)
    size = sum(item.size for item in items[1:])
    if size <= 0.0 or any(part.size <= 0.0 for part in parts):
        return None
    pace = sum(part.busy for part in parts) / size
    weight = len(parts) / (size * (len(parts) - 1))
    variance = weight * sum(part.size * (part.busy / part.size - pace) ** 2 for part in parts)
    to_come = left / (size / len(parts))  # in parts as long as those of the past
    unsure = _SURE * math.sqrt(variance * (1.0 / len(parts) + 1.0 / max(0.25, to_come))) + _DRIFT * pace
    takes = [item.ended - item.began for item in items]
    side_by_side = max(1.0, sum(takes[1:]) / max(1e-9, sum(part.busy for part in parts)))
    straggling = (1.0 - 1.0 / side_by_side) * 2.0 * sum(takes) / len(takes) if left > 0.0 else 0.0
    now = items[-1].ended
    return Finish(now + left * max(pace - unsure, pace / 4.0), now + left * (pace + unsure) + straggling)


@dataclass(frozen=True, slots=True)
class _Part:
    """Consecutive items: their size, and the seconds in which anything was done from the end of the one before."""

    size: float
    busy: float


def _parts(items: Sequence[Ended]) -> list[_Part]:
    """All items but the first, whose end is where the first part begins."""
    count = min(_BLOCKS, (len(items) - 1) // 2)
    edges = [round(place * (len(items) - 1) / count) for place in range(count + 1)]
    return [
        _Part(sum(item.size for item in items[begin + 1 : end + 1]), _busy(items, items[begin].ended, items[end].ended))
        for begin, end in pairwise(edges)
    ]


def _busy(items: Sequence[Ended], begin: float, end: float) -> float:
    """Seconds between two moments in which at least one of the items was worked on."""
    busy, until = 0.0, begin
    for item in sorted(items, key=lambda item: item.began):
        if item.began < end:
            busy += max(0.0, min(item.ended, end) - max(item.began, until))
            until = max(until, min(item.ended, end))
    return busy
