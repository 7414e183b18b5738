"""How a hub is, set by hand, for executors without a watch."""

from __future__ import annotations

import time

from grym_synth.health.calls import Calls
from grym_synth.health.monitor import Snapshot
from grym_synth.messages import Health


class SetFitness:
    """What `Upkeep` is to an executor; `set` makes it tired or well."""

    def __init__(self) -> None:
        self.calls = Calls(time.monotonic)
        self.snapshot = Snapshot(1, 0.0, "healthy", 0.1, "memory", 0.0, {})

    def set(self, state: Health, pressure: float = 0.95, cause: str = "memory", better_in_s: float = 0.0) -> None:
        number = self.snapshot.seq + 1
        self.snapshot = Snapshot(number, 0.0, state, pressure, cause, 0.0, {}, "changed", better_in_s=better_in_s)
