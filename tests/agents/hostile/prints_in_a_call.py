# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "prints_in_a_call"
# version = "1"
# capabilities = ["prints_in_a_call"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it prints what it is doing."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, Progress, run


class Chatty(Agent):
    def work(self, path: str, subject: str, progress: Progress) -> Message:
        self.write(f"now measuring {subject}\n")
        return super().work(path, subject, progress)


run(Chatty("prints_in_a_call"))
