# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "deep_enough"
# version = "1"
# capabilities = ["deep_enough"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its answer is nested 300 deep, which can be read, and is of no use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Deepish(Agent):
    def result(self, content: Message) -> Message:
        nested: list[Any] = []
        for _ in range(300):
            nested = [nested]
        return {**super().result(content), "deep": nested}


run(Deepish("deep_enough"))
