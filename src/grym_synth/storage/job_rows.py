"""Rows of jobs, as `jobs.py` takes and gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..messages import Json


class Fenced(Exception):
    """This executor was declared dead: others do its work, and nothing that it writes counts any more."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job as it is started."""

    id: str
    kind: str
    title: str
    params: Mapping[str, Json]
    context: str
    only_one: str = ""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job. `size` and `size_ended` are sums over its items; `changes` grows with every change that readers see.

    run : how often it was begun: for its owner, who retried it, and by others when its executor was gone
    """

    number: int
    id: str
    kind: str
    title: str
    params: Mapping[str, Json]
    context: str
    state: str
    cause: str
    run: int
    retries: int
    executor: str
    created: float
    started: float | None
    ended: float | None
    is_listed: bool
    total: int
    done: int
    failed: int
    size: float
    size_ended: float
    changes: int
    result: Json


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item as it is listed."""

    key: str
    payload: Json
    size: float


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item in the hands of an executor."""

    job: int
    place: int
    key: str
    payload: Json
    attempts: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item and what came of it."""

    key: str
    state: str
    attempts: int
    seconds: float | None
    payload: Json
    result: Json
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """When an item was worked on, for the finish time."""

    size: float
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Executor:
    """A process that works on jobs, as it stands in the store: its token is new each time it begins."""

    id: str
    token: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an executor works, and what there is room for."""

    host: str = ""
    cpus: float = 0.0
    ram_gb: float = 0.0


@dataclass(frozen=True, slots=True)
class ExecutorRow:
    """An executor as others see it. Times by the clock of the database.

    state : alive, gone of its own will, or dead
    items : that it has in its hands
    """

    id: str
    token: int
    state: str
    pid: int
    host: str
    cpus: float
    ram_gb: float
    since: float
    silent_s: float
    items: int


@dataclass(frozen=True, slots=True)
class SilentExecutor:
    """An executor that gave no sign of life for `silent_s` seconds, by the clock of the database."""

    id: str
    token: int
    silent_s: float
    items: int  # that it had begun
