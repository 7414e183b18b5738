# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "leaks_memory"
# version = "1"
# capabilities = ["leaks_memory"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it keeps 6 MB of every call, up to 300 MB."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, Progress, run


class Hoarder(Agent):
    def work(self, path: str, subject: str, progress: Progress) -> Message:
        if len(KEPT) < 50:
            KEPT.append(b"x" * 6_000_000)
        return super().work(path, subject, progress)


KEPT: list[bytes] = []


run(Hoarder("leaks_memory"))
