"""An index under way in this process: what it found so far, what became of it, and what it does just now.

One thread looks for work, another writes it down as items of a job, and the event loop listens:
this is what they share.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from .finding import Item
from .tally import Pace, Tally, work_of

_WAIT_S = 0.1


@dataclass(slots=True)
class Run:
    """One for each index that somebody waits for.

    tally : what was listened to; what the look at the folders told is added at the end
    pace : of all that may have to be listened to, also of what nobody has read yet
    room : recordings at once, where somebody said how many
    little_s : of work; more than that is a job
    """

    tally: Tally = field(default_factory=Tally)
    pace: Pace = field(default_factory=Pace)
    room: asyncio.Semaphore | None = None
    little_s: float = 0.0
    doing: str = ""
    path: str = ""
    is_cancelled: bool = False
    items: list[Item] = field(default_factory=list)
    is_found: bool = False  # all of them
    knows: asyncio.Event = field(default_factory=asyncio.Event)  # whether it is little or much
    _work_s: float = 0.0
    _news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def is_much(self) -> bool:
        """Whether what is found is worth a job."""
        return self._work_s > self.little_s

    def report(self, doing: str, path: str = "") -> None:
        self.doing, self.path = doing, path

    def take(self, item: Item) -> None:
        """One more content is to be listened to."""
        self._work_s += work_of(item.size)
        with self._news:
            self.items.append(item)
            self._news.notify_all()
        if self.is_much:
            self.knows.set()

    def close(self) -> None:
        """Nothing more is looked for."""
        with self._news:
            self.is_found = True
            self._news.notify_all()
        self.knows.set()

    def each(self) -> Iterator[Item | None]:
        """What is found, from its beginning, as it is found; None now and then while there is nothing new.

        It waits, so it wants a thread of its own.
        """
        at = 0
        while True:
            with self._news:
                if at == len(self.items) and not self.is_found:
                    self._news.wait(_WAIT_S)
                there, is_found = len(self.items), self.is_found
            if at < there:
                yield from self.items[at:there]
                at = there
            elif is_found:
                return
            else:
                yield None
