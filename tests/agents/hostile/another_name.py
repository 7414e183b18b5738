# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "another_name"
# version = "1"
# capabilities = ["another_name"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its tool is called otherwise than it is declared."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Renamed(Agent):
    def tools(self) -> list[Message]:
        main, update = super().tools()
        return [{**main, "name": "something_else"}, update]


run(Renamed("another_name"))
