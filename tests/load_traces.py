"""Made courses of pressure, one sample a second, to play through the rules of health."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

from grym_synth.health.state import Condition, advance
from grym_synth.messages import Health

HOLD_S, AROUND = 600, 0.05
#: Where a hub can stand when a level about a threshold is reached: on one of the two sides that the threshold parts.
SIDES: dict[float, tuple[Health, Health]] = {
    0.60: ("healthy", "warning"),
    0.70: ("healthy", "warning"),
    0.80: ("warning", "critical"),
    0.90: ("warning", "critical"),
    1.00: ("warning", "critical"),
}
KINDS = ("noise", "walk", "square", "sine")
#: Where a hub can stand when a level begins to be held: it came there by the samples of a minute before.
_BEFORE: dict[Health, Sequence[float]] = {
    "healthy": [0.3] * 60,
    "warning": [*[0.3] * 30, *[0.72] * 30],
    "critical": [*[0.3] * 30, *[1.0] * 30],
}


def held_at(threshold: float, kind: str, rng: random.Random) -> list[float]:
    """Ten minutes of pressure within .05 of a threshold: noise, a random walk, a square or a sine wave."""
    level, period, phase = 0.0, rng.uniform(2.0, 120.0), rng.random()
    trace = []
    for second in range(HOLD_S):
        turn = second / period + phase
        if kind == "noise":
            level = rng.uniform(-1.0, 1.0)
        elif kind == "walk":
            level = min(1.0, max(-1.0, level + rng.gauss(0.0, 0.1)))
        elif kind == "square":
            level = 1.0 if turn % 1.0 < 0.5 else -1.0
        else:
            level = math.sin(2.0 * math.pi * turn)
        trace.append(threshold + AROUND * level)
    return trace


def changes_of(trace: Sequence[float], was: Health) -> int:
    """How often the state changes while the trace is played to a hub that stood in `was`."""
    condition = Condition("healthy", 0.0, "started")
    now = 0.0
    for pressure in _BEFORE[was]:
        now += 1.0
        condition = advance(condition, now, pressure, "memory")
    assert condition.state == was
    states = [condition.state]
    for pressure in trace:
        now += 1.0
        condition = advance(condition, now, pressure, "memory")
        states.append(condition.state)
    return sum(a != b for a, b in itertools.pairwise(states))
