# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "unlike_its_schema"
# version = "1"
# capabilities = ["unlike_its_schema"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its answer does not fit its `outputSchema`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Other(Agent):
    def tools(self) -> list[Message]:
        main, update = super().tools()
        return [{**main, "outputSchema": {"type": "object", "required": ["mood"]}}, update]


run(Other("unlike_its_schema"))
