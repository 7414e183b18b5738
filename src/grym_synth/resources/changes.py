"""What became of leases since somebody last looked, for a writer in another task. Deciding never waits for it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .waiting import Claim

Change: TypeAlias = Literal["granted", "heartbeat", "released", "reclaimed"]
_ENDS = ("released", "reclaimed")


@dataclass(frozen=True, slots=True)
class LeaseChange:
    """The latest of one lease; `is_new` when nothing of it was drained before. `at` is of the pool's clock, seconds."""

    claim: Claim
    change: Change
    at: float
    is_new: bool


class Changes:
    """The latest change of each lease until it is drained, in the order of the first; bounded.

    limit : leases remembered. When a writer stays away for so long that there are more, the oldest are forgotten and
        counted in `lost`; such a writer had best write all that `Pool.leases()` names.
    """

    def __init__(self, limit: int = 50_000) -> None:
        self.limit, self.lost = limit, 0
        self._latest: OrderedDict[int, LeaseChange] = OrderedDict()

    def __len__(self) -> int:
        return len(self._latest)

    def note(self, claim: Claim, change: Change, at: float) -> None:
        before = self._latest.get(claim.id)
        is_new = change == "granted" or (before is not None and before.is_new)
        if before is not None and before.is_new and change in _ENDS:
            del self._latest[claim.id]  # begun and ended between two looks: no row was written, none is needed
            return
        self._latest[claim.id] = LeaseChange(claim, change, at, is_new)
        if len(self._latest) > self.limit:
            self._latest.popitem(last=False)
            self.lost += 1

    def drain(self, most: int | None = None) -> list[LeaseChange]:
        """Take out the first `most`, or all."""
        count = len(self._latest) if most is None else min(most, len(self._latest))
        return [self._latest.popitem(last=False)[1] for _ in range(count)]
