# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "prints_first"
# version = "1"
# capabilities = ["prints_first"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it greets before it is asked anything."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Greeter(Agent):
    def at_start(self) -> None:
        self.write("Welcome to the agent!\n")


run(Greeter("prints_first"))
