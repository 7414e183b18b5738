# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "answers_cancelled"
# version = "1"
# capabilities = ["answers_cancelled"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it goes on with what nobody waits for, and answers."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Stubborn(Agent):
    steps, step_s = 8, 0.1

    def cancel(self, key: str) -> None:
        pass


run(Stubborn("answers_cancelled"))
