"""Rows of jobs, as `jobs.py` takes and gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..messages import Json


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
    """A job. `size` and `size_ended` are sums over its items; `changes` grows with every change that readers see."""

    number: int
    id: str
    kind: str
    title: str
    params: Mapping[str, Json]
    context: str
    state: str
    cause: str
    run: int
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
class SilentExecutor:
    """An executor that gave no sign of life for `silent_s` seconds, by the clock of the database."""

    id: str
    token: int
    silent_s: float
    items: int  # that it had begun
