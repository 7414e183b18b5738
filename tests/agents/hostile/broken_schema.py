# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "broken_schema"
# version = "1"
# capabilities = ["broken_schema"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its `inputSchema` is none."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Vague(Agent):
    def tools(self) -> list[Message]:
        main, update = super().tools()
        return [{**main, "inputSchema": {"type": "object", "properties": {"path": {"type": "path"}}}}, update]


run(Vague("broken_schema"))
