"""When a job ends: a range from how long its items took, or nothing while that cannot be known."""

from __future__ import annotations

import math
from collections.abc import Sequence
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

    The pace is seconds of the clock in which anything was done for each unit of size, so that pauses do not count and
    items done side by side do. It is compared between parts of the past: the more it varies, the wider the range.
    """
    items = sorted(lately, key=lambda item: item.ended)
    if len(items) < _FEWEST or left < 0.0:
        return None
    paces = [_pace(part) for part in _parts(items)]
    if items[-1].ended - items[0].began < _SHORTEST_S or min(paces) < 0.0:
        return None
    pace = _pace(items)
    spread = math.sqrt(sum((other - pace) ** 2 for other in paces) / (len(paces) - 1))
    size = sum(item.size for item in items)
    if size <= 0.0:
        return None
    to_come = max(left / (size / len(paces)), 1e-9)  # in parts as long as those of the past
    off = _SURE * spread * math.sqrt(1.0 / len(paces) + 1.0 / max(1.0, to_come)) + _DRIFT * pace
    now = items[-1].ended
    return Finish(now + left * max(pace - off, pace / 4.0), now + left * (pace + off))


def _parts(items: Sequence[Ended]) -> list[Sequence[Ended]]:
    """Consecutive parts of at least two items each."""
    count = min(_BLOCKS, len(items) // 2)
    edges = [round(place * len(items) / count) for place in range(count + 1)]
    return [items[begin:end] for begin, end in pairwise(edges)]


def _pace(items: Sequence[Ended]) -> float:
    """Seconds in which at least one of the items was worked on, for each unit of size."""
    size = sum(item.size for item in items)
    busy, until = 0.0, -math.inf
    for item in sorted(items, key=lambda item: item.began):
        busy += max(0.0, item.ended - max(item.began, until))
        until = max(until, item.ended)
    return busy / size if size > 0.0 else -1.0
