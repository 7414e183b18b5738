# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "asks_back"
# version = "1"
# capabilities = ["asks_back"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it asks its client for the folders that it may read."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, Progress, run


class Curious(Agent):
    def work(self, path: str, subject: str, progress: Progress) -> Message:
        if len(sys.argv) == 1:
            self.send({"id": "q1", "method": "roots/list"})
        return super().work(path, subject, progress)


run(Curious("asks_back"))
