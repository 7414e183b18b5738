# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "ten_thousand_tools"
# version = "1"
# capabilities = ["ten_thousand_tools"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it has 10,000 tools."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import INPUT, Agent, Message, run


class Toolbox(Agent):
    def tools(self) -> list[Message]:
        more = [{"name": f"tool_{n}", "description": "", "inputSchema": INPUT} for n in range(10_000)]
        return [*super().tools(), *more]


run(Toolbox("ten_thousand_tools"))
