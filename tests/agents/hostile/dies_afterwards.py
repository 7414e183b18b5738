# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "dies_afterwards"
# version = "1"
# capabilities = ["dies_afterwards"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it ends after each answer to a call."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Mayfly(Agent):
    def work_on(self, number: Any, params: Message) -> None:
        super().work_on(number, params)
        os._exit(0)


run(Mayfly("dies_afterwards"))
