# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "dies_in_a_call"
# version = "1"
# capabilities = ["dies_in_a_call"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it ends in the middle of a call."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, Progress, run


class Fragile(Agent):
    def work(self, path: str, subject: str, progress: Progress) -> Message:
        sys.stderr.write("out of cheese\n")
        sys.stderr.flush()
        os._exit(7)


run(Fragile("dies_in_a_call"))
