"""What can be lent, and what is asked for: cores, memory, GPU memory, network slots, store connections, turns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Literal, TypeAlias

from ..errors import BadRequest
from ..messages import Need

Priority = Literal["critical", "interactive", "batch", "idle"]
PRIORITIES: tuple[Priority, ...] = ("critical", "interactive", "batch", "idle")  # who comes first, first
RANKS: Mapping[str, int] = MappingProxyType({name: rank for rank, name in enumerate(PRIORITIES)})

#: Millionths of each resource, in the order of RESOURCES. Whole numbers add up exactly, however often they come and go.
Units: TypeAlias = tuple[int, ...]
RESOURCES = ("cpu", "ram_gb", "gpu_gb", "network", "connections")
_WORDS = ("cores", "GB of memory", "GB of GPU memory", "network slots", "store connections")
_IN_PIECES = (True, False, False, True, True)  # cores and slots: half of one is of little use
_MILLION = 1_000_000

RESERVE = 0.25  # of every resource: what batch and idle work never takes from critical and interactive work


@dataclass(frozen=True, slots=True)
class Room:
    """Room asked for, or in use. Raises BadRequest when a figure is negative or no number."""

    cpu: float = 0.0  # cores
    ram_gb: float = 0.0
    gpu_gb: float = 0.0  # of GPU memory
    network: float = 0.0  # connections to elsewhere at once
    connections: float = 0.0  # to the store

    def __post_init__(self) -> None:
        for name in RESOURCES:
            value = getattr(self, name)
            if not 0.0 <= value < math.inf:
                raise BadRequest(f"`{name}` must be a number from 0 on, got {value!r}")

    @classmethod
    def of(cls, need: Need | Room) -> Room:
        return need if isinstance(need, Room) else cls(need.cpu, need.ram_gb)

    @classmethod
    def from_units(cls, units: Sequence[int]) -> Room:
        """The room of so many millionths; what is below nothing counts as nothing."""
        return cls(*(max(0, unit) / _MILLION for unit in units))

    @property
    def units(self) -> Units:
        """Rounded down (the thousandth absorbs the error of the product), so that six sixths fit into one."""
        return tuple(
            int(value * _MILLION + 1e-3)
            for value in (self.cpu, self.ram_gb, self.gpu_gb, self.network, self.connections)
        )

    def __str__(self) -> str:
        values = (self.cpu, self.ram_gb, self.gpu_gb, self.network, self.connections)
        figures = [f"{value:.4g} {word}" for value, word in zip(values, _WORDS, strict=True) if value]
        return " and ".join(filter(None, (", ".join(figures[:-1]), *figures[-1:]))) or "nothing"


@dataclass(frozen=True, slots=True)
class Capacity:
    """All that may be lent. `agents` bounds how often an agent runs at once; one that is not named has no bound."""

    cpu: float
    ram_gb: float
    gpu_gb: float = 0.0
    network: int = 8
    connections: int = 5
    agents: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _ = self.room  # a bad figure is told here, not at the first lease
        for name, most in self.agents.items():
            if most < 0:
                raise BadRequest(f"agent {name!r} cannot run {most} times at once")

    @classmethod
    def of(cls, capacity: Need | Capacity) -> Capacity:
        return capacity if isinstance(capacity, Capacity) else cls(capacity.cpu, capacity.ram_gb)

    @property
    def room(self) -> Room:
        return Room(self.cpu, self.ram_gb, self.gpu_gb, self.network, self.connections)


def least(capacities: Sequence[Capacity]) -> Capacity:
    """Of each resource the least that any of these has."""
    agents: dict[str, int] = {}
    for capacity in capacities:
        for name, most in capacity.agents.items():
            agents[name] = min(most, agents.get(name, most))
    figures = [item.name for item in fields(Capacity) if item.name != "agents"]
    return Capacity(**{name: min(getattr(item, name) for item in capacities) for name in figures}, agents=agents)


def ceiling(capacity: Units, share: float) -> Units:
    """What batch and idle work may hold together: all but RESERVE, times `share`.

    Of what comes in pieces a whole one is kept where there are two: two batch steps of one core each do not lock
    interactive work out of a machine with two cores.
    """
    return tuple(
        int((whole - _reserved(whole, pieces)) * share) for whole, pieces in zip(capacity, _IN_PIECES, strict=True)
    )


def turns_below(most: int, share: float) -> int:
    """How often batch and idle work may run an agent at once that may run `most` times at once."""
    return min(most, max(1, int((most - math.ceil(most * RESERVE)) * share)))


def share_of(held: Sequence[int], capacity: Units) -> float:
    """The greatest share held of any resource (dominant share: Ghodsi et al., NSDI 2011)."""
    return max(part / whole if whole else float(part > 0) for part, whole in zip(held, capacity, strict=True))


def _reserved(whole: int, in_pieces: bool) -> int:
    kept = math.ceil(whole * RESERVE)
    return max(kept, _MILLION) if in_pieces and whole >= 2 * _MILLION else kept
