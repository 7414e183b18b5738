"""How far an edit has come: it goes over the sound in several passes, and each counts alike."""

from __future__ import annotations

from collections.abc import Callable

from .streams import Blocks

Progress = Callable[[float, str], None]

_STEP = 0.002  # of the whole: less is not told
_UNKNOWN = 10_000_000  # frames: of a sound of unknown length, so many are half


class Headway:
    """Tells progress that only ever rises, from `begins` to `ends`, over `passes` passes."""

    def __init__(self, tell: Progress, passes: int, begins: float = 0.0, ends: float = 1.0) -> None:
        self.told = begins
        self._tell, self._passes, self._begins, self._ends = tell, passes, begins, ends
        self._begun = 0

    def begin_pass(self) -> int:
        """The number of a new pass."""
        self._begun += 1
        return self._begun - 1

    def watched(self, blocks: Blocks, frames: int | None, doing: str) -> Blocks:
        """The blocks of a pass over `frames` frames, told of as they pass."""
        return self._counted(blocks, self.begin_pass(), frames, doing)

    def tell(self, number: int, share: float, doing: str) -> None:
        """Tell that pass `number` has come to `share` of it, 0..1, where that is news."""
        done = min(1.0, (number + share) / max(self._passes, number + 1))
        whole = self._begins + (self._ends - self._begins) * done
        if whole >= self.told + _STEP:
            self.told = whole
            self._tell(whole, doing)

    def _counted(self, blocks: Blocks, number: int, frames: int | None, doing: str) -> Blocks:
        done = 0
        for block in blocks:
            self.tell(number, min(1.0, done / frames) if frames else done / (done + _UNKNOWN), doing)
            done += len(block)
            yield block
