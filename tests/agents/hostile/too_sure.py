# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "too_sure"
# version = "1"
# capabilities = ["too_sure"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it is 120 % sure."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Sure(Agent):
    def finding(self, seconds: float, subject: str) -> Message:
        return {**super().finding(seconds, subject), "confidence": 1.2}


run(Sure("too_sure"))
