# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "falling_progress"
# version = "1"
# capabilities = ["falling_progress"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its progress goes backwards."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, Progress, run


class Sisyphus(Agent):
    def work(self, path: str, subject: str, progress: Progress) -> Message:
        progress(0.9)
        return super().work(path, subject, progress)


run(Sisyphus("falling_progress"))
