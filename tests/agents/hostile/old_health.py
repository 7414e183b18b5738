# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "old_health"
# version = "1"
# capabilities = ["old_health"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it takes over whatever health it heard last."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Forgetful(Agent):
    def hear(self, told: Any) -> None:
        if isinstance(told, dict):
            self.held = told


run(Forgetful("old_health"))
