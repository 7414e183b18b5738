# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "hundred_megabytes"
# version = "1"
# capabilities = ["hundred_megabytes"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its answer has 100 MB."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Verbose(Agent):
    def result(self, content: Message) -> Message:
        return {**super().result(content), "content": [{"type": "text", "text": "x" * 100_000_000}]}


run(Verbose("hundred_megabytes"))
