# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "deep_json"
# version = "1"
# capabilities = ["deep_json"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: its answer is nested 100,000 deep."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Deep(Agent):
    def answer(self, number: Any, meta: Message, result: Message) -> None:
        if "structuredContent" in result:
            nested = "[" * 100_000 + "]" * 100_000
            self.write(f'{{"jsonrpc": "2.0", "id": {number}, "result": {{"content": [], "deep": {nested}}}}}\n')
        else:
            super().answer(number, meta, result)


run(Deep("deep_json"))
