# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "finishes_first"
# version = "1"
# capabilities = ["finishes_first"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it ends only when the call under way has."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Diligent(Agent):
    steps, step_s = 100, 0.1

    def at_end(self) -> None:
        while self.calls:
            time.sleep(0.01)
        super().at_end()


run(Diligent("finishes_first"))
