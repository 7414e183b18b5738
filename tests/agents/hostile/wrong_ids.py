# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "wrong_ids"
# version = "1"
# capabilities = ["wrong_ids"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it answers under another id."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Confused(Agent):
    def answer(self, number: Any, meta: Message, result: Message) -> None:
        super().answer(number + 1000 if "structuredContent" in result else number, meta, result)


run(Confused("wrong_ids"))
