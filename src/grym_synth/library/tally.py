"""How an index goes: what has been done, what is left, and how long that will take, as far as anybody can say."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields

_WARM_UP = 3  # recordings, before which nothing is said of the time that is left
_LEAST_S = 2.0
_SECONDS_A_MB = 0.03  # a recording of 30 MB takes ten times as long as the shortest there is
_LEAST_WORK = 0.1


@dataclass(slots=True)
class Tally:
    """What became of the files of the folders that were asked for. Failed ones are listed by path, with the reason.

    away : files of which nothing is said, because where they lie cannot be looked at
    stale : recordings that were known by an older recipe when it began
    """

    files: int = 0
    analysed: int = 0
    unchanged: int = 0
    moved: int = 0
    copied: int = 0
    changed: int = 0
    removed: int = 0
    away: int = 0
    stale: int = 0
    others: int = 0
    linked: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    written_to: list[str] = field(default_factory=list)  # still being written: for the next time
    folders_refused: dict[str, str] = field(default_factory=dict)

    @property
    def is_news(self) -> bool:
        """Whether anything was done."""
        return bool(self.analysed or self.moved or self.copied or self.removed)

    def add(self, other: Tally) -> None:
        """Count what another tally counted, too."""
        for each in fields(self):
            mine, more = getattr(self, each.name), getattr(other, each.name)
            setattr(self, each.name, mine | more if isinstance(mine, dict) else mine + more)

    def count(self, became: str) -> None:
        """One more file that need not be listened to: `unchanged` or `touched`, `moved`, or a copy of what is known."""
        if became in ("unchanged", "touched"):
            self.unchanged += 1
        elif became == "moved":
            self.moved += 1
        else:
            self.copied += 1


class Pace:
    """From what was done, how long the rest takes. Work is in units that stand for about as many seconds each."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now()
        self.done = self.total = 0  # recordings
        self._work_done = self._work_total = 0.0
        self._marks = [(0.0, 0.0)]  # seconds and work at each recording

    def expect(self, size: int) -> None:
        """One more recording of so many bytes is to be listened to."""
        self.total += 1
        self._work_total += work_of(size)

    def drop(self, size: int) -> None:
        """One that was expected need not be listened to."""
        self.total -= 1
        self._work_total -= work_of(size)

    def finish(self, size: int) -> None:
        """One is done with."""
        self.done += 1
        self._work_done += work_of(size)
        self._marks.append((self._now() - self._began, self._work_done))

    def left_s(self) -> tuple[float, float] | None:
        """At least and at most so many seconds, by the fastest and the slowest stretch so far; None: too early."""
        if self.done < _WARM_UP or self._marks[-1][0] < _LEAST_S:
            return None
        left = max(0.0, self._work_total - self._work_done)
        paces = [(t1 - t0) / (w1 - w0) for (t0, w0), (t1, w1) in self._stretches() if w1 > w0]
        return left * min(paces), left * max(paces)

    def _stretches(self) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        """All of it, and its three parts, of which the last is the latest."""
        marks = [self._marks[round(part * (len(self._marks) - 1) / 3)] for part in range(4)]
        return [(marks[0], marks[3]), (marks[1], marks[2]), (marks[2], marks[3])]


def work_of(size: int) -> float:
    """How much work a recording of so many bytes is."""
    return _LEAST_WORK + _SECONDS_A_MB * size / 1e6
