# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "keeps_its_health"
# version = "1"
# capabilities = ["keeps_its_health"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it does not tell how it is."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Private(Agent):
    def send(self, message: Message) -> None:
        if "result" in message:
            message["result"].pop("_meta", None)
        super().send(message)


run(Private("keeps_its_health"))
