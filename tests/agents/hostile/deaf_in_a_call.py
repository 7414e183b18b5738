# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "deaf_in_a_call"
# version = "1"
# capabilities = ["deaf_in_a_call"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it reads nothing while it works."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Busy(Agent):
    def receive_call(self, number: Any, params: Message, meta: Message) -> None:
        super().receive_call(number, params, meta)
        while self.calls:
            time.sleep(0.01)


run(Busy("deaf_in_a_call"))
