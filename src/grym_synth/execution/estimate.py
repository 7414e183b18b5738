"""What a plan will take, before it runs: by what its agents declare, and without what is known already."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..messages import Json, Step
from .catalog import AgentCard

#: Of a recording of ordinary rate and depth, by its ending; of a coded one where it says nothing else.
_MB_A_MINUTE = {".wav": 10.0, ".wave": 10.0, ".aif": 10.0, ".aiff": 10.0, ".w64": 10.0, ".flac": 6.0}
_CODED_MB_A_MINUTE = 1.5


@dataclass(frozen=True, slots=True)
class StepEstimate:
    """One step. `seconds` of one core, by its agent's declaration; 0 when all of it `is_known`."""

    step: Step
    seconds: float
    is_known: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """A whole plan. `seconds` is until it ends, on so many cores as it may use; `cpu_s` what they work in all."""

    steps: tuple[StepEstimate, ...]
    seconds: float
    cpu_s: float
    ram_gb: float  # that is asked for at once, at most


def estimate(steps: Sequence[StepEstimate], cores: float) -> Estimate:
    """Lay the steps on the cores, each as early as those that it waits for allow."""
    free = [0.0] * max(1, round(cores))  # when each core has nothing to do
    ended: dict[str, float] = {}
    for item in steps:
        start = max(free[0], *(ended.get(name, 0.0) for name in item.step.after), 0.0)
        ended[item.step.id] = start + item.seconds
        heapq.heapreplace(free, start + item.seconds)
    at_work = sorted((item.step.need.ram_gb for item in steps if not item.is_known), reverse=True)
    return Estimate(
        tuple(steps),
        seconds=max(ended.values(), default=0.0),
        cpu_s=sum(item.seconds for item in steps),
        ram_gb=sum(at_work[: len(free)]),
    )


def declared_s(step: Step, card: AgentCard) -> float:
    """How long a call should take by what its agent declares, and by the size of the recording."""
    minutes = 0.0
    for path in filter(None, (step.path, step.beside[1] if step.beside else "")):
        try:
            size = Path(path).stat().st_size / 1e6
        except (OSError, ValueError):
            continue
        minutes += size / _MB_A_MINUTE.get(Path(path).suffix.lower(), _CODED_MB_A_MINUTE)
    return card.cost_s + card.cost_s_a_minute * minutes


def estimate_to_json(found: Estimate) -> Mapping[str, Json]:
    return {
        "seconds": round(found.seconds, 1),
        "cpu_s": round(found.cpu_s, 1),
        "ram_gb": round(found.ram_gb, 2),
        "known": sum(item.is_known for item in found.steps),
    }
