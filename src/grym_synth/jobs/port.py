"""What the rest knows of jobs: long work in many small items that goes on after anything, also after kill -9.

A `Kind` says how a job of it is listed in items and how one item is done. Who holds `Jobs` starts, follows, cancels
and retries; which engine is behind it shows nowhere here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ..errors import BadRequest
from ..messages import Json, Need

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
ItemState = Literal["waiting", "running", "done", "failed"]

#: States in which a job stays until somebody retries it.
ENDED: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})


class UnknownJob(BadRequest):
    """No job has that id, or several begin like it."""

    code = "unknown_job"


class NothingToRetry(BadRequest):
    """A job that goes on, or left nothing undone, cannot be retried."""

    code = "nothing_to_retry"


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of a job: done whole, or begun anew.

    key : unique in its job, and the same when the job is listed again: a content hash, or path and stamp
    payload : what doing it needs; small
    size : how much work it is compared with others (bytes, seconds of audio): weighs progress and finish time
    """

    key: str
    payload: Json = None
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Work:
    """An item in the hands of whoever does it.

    attempt : 1 the first time; what was begun by a process that was killed counts
    """

    job: str
    params: Mapping[str, Json]
    context: str
    key: str
    payload: Json
    attempt: int


@dataclass(frozen=True, slots=True)
class Found:
    """The result of an item that turned out to hold others: they are listed in the moment in which it ends."""

    result: Json
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of job.

    items : lists the work; runs in a thread, once to its end, while what it has listed is done already. Listing again
        must give the same keys for the same work. None between items: nothing more is known just now
    do : does one item and returns its result, JSON of at most 64 kB, or `Found`; at least once, so twice must do no
        harm. A GrymError makes a failed item with its code and sentence, and the others go on.
    finish : runs when every item has ended, at least once; its result is kept with the job
    title : what people call a job with these parameters
    at_once : items that one process does at a time
    tries : how often an item is tried that is `Unavailable`, with a wait between
    is_here : whether a job with these parameters can be done on this machine, which may not see its files; None: always
    need : room that one item takes in the hub's pool, at batch priority; None for items that ask for room themselves
    """

    name: str
    items: Callable[[Mapping[str, Json]], Iterable[Item | None]]
    do: Callable[[Work], Awaitable[Json | Found]]
    finish: Callable[[str, Mapping[str, Json]], Awaitable[Json]] | None = None
    title: Callable[[Mapping[str, Json]], str] | None = None
    at_once: int = 1
    tries: int = 3
    need: Need | None = None
    is_here: Callable[[Mapping[str, Json]], bool] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `failed` counts among neither done nor left; `total` is final once `is_listed`, but
    for what items find."""

    done: int
    failed: int
    total: int
    is_listed: bool
    fraction: float  # 0..1 by size, of what is listed

    @property
    def left(self) -> int:
        return self.total - self.done - self.failed


@dataclass(frozen=True, slots=True)
class Finish:
    """Between which two moments a job ends, nine times in ten, while nobody pauses it; seconds since 1970."""

    earliest: float
    latest: float


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is now. Times are seconds since 1970.

    cause : why it is in this state: "3 of 10 items failed", "paused", "cancelled by its owner"; often ""
    finish : None before it can be known
    executor : the process that looks after it; "" when none does
    attempts : how often it was started: 1, and one more for each retry
    result : what the kind's `finish` returned
    """

    id: str
    kind: str
    title: str
    state: JobState
    progress: Progress
    params: Mapping[str, Json]
    context: str
    created: float
    started: float | None
    ended: float | None
    cause: str = ""
    finish: Finish | None = None
    executor: str = ""
    attempts: int = 1
    result: Json = None

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class ItemReport:
    """An item and what came of it; `code` and `reason` tell why it failed."""

    key: str
    state: ItemState
    attempts: int
    seconds: float | None
    payload: Json = None
    result: Json = None
    code: str = ""
    reason: str = ""


class Jobs(Protocol):
    """Long work. Every `id` may be a prefix that only one job has; UnknownJob is raised for any other."""

    async def start(
        self, kind: str, params: Mapping[str, Json], *, context: str = "default", only_one: str = ""
    ) -> str:
        """Begin a job and return its id; it is durable by then.

        only_one : while an unfinished job of this kind was started with the same word, its id is returned instead
        """
        ...

    async def cancel(self, id: str) -> Job:
        """Begin nothing more of a job; what is done stays done. A job that has ended stays as it is."""
        ...

    async def retry(self, id: str) -> Job:
        """Let a job that has ended go on with what is not done; raises NothingToRetry when there is nothing."""
        ...

    async def every(self, limit: int = 100) -> list[Job]:
        """The latest jobs, newest first."""
        ...

    async def show(self, id: str) -> Job: ...

    async def items(self, id: str, state: ItemState | None = None, *, limit: int = 100) -> list[ItemReport]:
        """Items of a job in the order listed; of one state, or all."""
        ...

    def follow(self, id: str, every_s: float = 0.5) -> AsyncIterator[Job]:
        """The job now, then whenever something of it changed; the last has ended."""
        ...

    async def wait(self, id: str) -> Job:
        """The job when it has ended."""
        ...

    async def resume(self) -> int:
        """Go on with all that has not ended; how many jobs that are. A hub that stays does so by itself."""
        ...
