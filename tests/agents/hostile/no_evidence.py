# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "no_evidence"
# version = "1"
# capabilities = ["no_evidence"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its findings lack unit and source."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Careless(Agent):
    def finding(self, seconds: float, subject: str) -> Message:
        return {"name": f"{self.name}.duration_s", "value": seconds}


run(Careless("no_evidence"))
