# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "answers_twice"
# version = "1"
# capabilities = ["answers_twice"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it answers every call twice."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Stutterer(Agent):
    def work_on(self, number: Any, params: Message) -> None:
        super().work_on(number, params)
        super().work_on(number, params)


run(Stutterer("answers_twice"))
