"""Rows of health and room, as `house.py` takes and gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from ..messages import Json

Kind = Literal["lease"]  #: of rows whose owner can fall silent


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """Room in somebody's hands, as other processes see it. Times are seconds since 1970.

    id : unique among all hubs that share the store
    expires : when it returns by itself; None when it does not
    """

    id: str
    hub: str
    holder: str
    agent: str
    context: str
    priority: str
    cpu: float
    ram_gb: float
    since: float
    expires: float | None
    heartbeat: float


@dataclass(frozen=True, slots=True)
class Stale:
    """A row whose owner gave no sign of life; `told` says whose it was."""

    id: str
    hub: str
    last_sign: float
    told: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One entry of the log of health; `signals` is {name: [value, pressure] or [value, pressure, cause]}."""

    seq: int
    at: float
    hub: str
    state: str
    pressure: float
    cause: str
    event: str  # "" is an ordinary sample
    signals: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What clean-up did, and why."""

    at: float
    hub: str
    kind: str
    what: str
    cause: str
    count: int
    detail: Mapping[str, Json]
    seq: int = 0  # given by the store


@dataclass(frozen=True, slots=True)
class Account:
    """What one context has used, in sums; or what is to be added to them, where storage may be below 0."""

    context: str
    leases: int = 0  # that have ended
    cpu_s: float = 0.0  # core seconds that were lent
    ram_gb_s: float = 0.0
    gpu_gb_s: float = 0.0
    cpu_used_s: float = 0.0  # as agents report it
    storage_bytes: int = 0
    model_tokens: int = 0


class Reading(Protocol):
    """A signal as it is written down."""

    @property
    def value(self) -> float: ...
    @property
    def pressure(self) -> float: ...
    @property
    def cause(self) -> str: ...


class Entry(Protocol):
    """A snapshot of health as it is written down."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> float: ...
    @property
    def state(self) -> str: ...
    @property
    def pressure(self) -> float: ...
    @property
    def cause(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def signals(self) -> Mapping[str, Reading]: ...
