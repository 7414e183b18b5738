# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "any_method"
# version = "1"
# capabilities = ["any_method"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it answers methods that it does not have."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Yes(Agent):
    def error(self, number: Any, code: int, message: str) -> None:
        if code == -32601:
            self.answer(number, {}, {})
        else:
            super().error(number, code, message)


run(Yes("any_method"))
