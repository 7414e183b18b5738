# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "eats_memory"
# version = "1"
# capabilities = ["eats_memory"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: each call takes all that it gets, up to 600 MB."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, Progress, run


class Glutton(Agent):
    def work(self, path: str, subject: str, progress: Progress) -> Message:
        eaten: list[bytes] = []
        try:
            while len(eaten) < 60:
                eaten.append(b"x" * 10_000_000)
        except MemoryError:
            eaten.clear()
        return super().work(path, subject, progress)


run(Glutton("eats_memory"))
