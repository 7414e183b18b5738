# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "prints_last"
# version = "1"
# capabilities = ["prints_last"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it says goodbye on standard output, after the end of input."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Polite(Agent):
    def at_end(self) -> None:
        self.write("Goodbye!\n")
        super().at_end()


run(Polite("prints_last"))
