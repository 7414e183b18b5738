# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "another_subject"
# version = "1"
# capabilities = ["another_subject"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it speaks of another recording than it was asked about."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Distracted(Agent):
    def finding(self, seconds: float, subject: str) -> Message:
        return super().finding(seconds, "yesterday.wav")


run(Distracted("another_subject"))
