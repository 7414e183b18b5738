# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "endless_line"
# version = "1"
# capabilities = ["endless_line"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its answer never comes to the end of the line."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Endless(Agent):
    def result(self, content: Message) -> Message:
        for _ in range(500):  # MB, should nobody stop it
            self.write("x" * 1_000_000)
        return super().result(content)


run(Endless("endless_line"))
