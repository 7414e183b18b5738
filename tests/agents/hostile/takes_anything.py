# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "takes_anything"
# version = "1"
# capabilities = ["takes_anything"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it accepts any arguments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Lenient(Agent):
    def are_good(self, arguments: Any) -> bool:
        return True

    def work_on(self, number: Any, params: Message) -> None:
        given = params["arguments"] if isinstance(params["arguments"], dict) else {}
        path = str(given.get("path", "nothing"))
        super().work_on(number, {**params, "arguments": {"path": path, "subject": str(given.get("subject", path))}})


run(Lenient("takes_anything"))
