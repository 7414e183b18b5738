# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "no_progress"
# version = "1"
# capabilities = ["no_progress"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it never says how far it is."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Reticent(Agent):
    def send(self, message: Message) -> None:
        if message.get("method") != "notifications/progress":
            super().send(message)


run(Reticent("no_progress"))
