# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "hangs_in_a_call"
# version = "1"
# capabilities = ["hangs_in_a_call"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its calls never end."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, Progress, run


class Stuck(Agent):
    def work(self, path: str, subject: str, progress: Progress) -> Message:
        time.sleep(120)
        raise AssertionError


run(Stuck("hangs_in_a_call"))
