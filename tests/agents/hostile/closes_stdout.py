# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "closes_stdout"
# version = "1"
# capabilities = ["closes_stdout"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it closes its output and lives on."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, Progress, run


class Mute(Agent):
    def work(self, path: str, subject: str, progress: Progress) -> Message:
        os.close(1)
        time.sleep(120)
        raise AssertionError


run(Mute("closes_stdout"))
