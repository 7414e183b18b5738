# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "wrong_unit"
# version = "1"
# capabilities = ["wrong_unit"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its durations are in fortnights."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Odd(Agent):
    def finding(self, seconds: float, subject: str) -> Message:
        return {**super().finding(seconds, subject), "unit": "fortnights"}


run(Odd("wrong_unit"))
