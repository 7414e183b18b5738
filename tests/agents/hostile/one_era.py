# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "one_era"
# version = "1"
# capabilities = ["one_era"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it speaks the newer era in every answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Modern(Agent):
    def answer(self, number: Any, meta: Message, result: Message) -> None:
        super().answer(number, meta, {"resultType": "complete", **result})


run(Modern("one_era"))
