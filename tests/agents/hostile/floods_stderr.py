# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "floods_stderr"
# version = "1"
# capabilities = ["floods_stderr"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it writes a novel to standard error."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, Progress, run


class Novelist(Agent):
    def work(self, path: str, subject: str, progress: Progress) -> Message:
        for _ in range(20):
            sys.stderr.write("x" * 1_000_000 + "\n")
        return super().work(path, subject, progress)


run(Novelist("floods_stderr"))
