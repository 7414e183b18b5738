# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "writes_files"
# version = "1"
# capabilities = ["writes_files"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it leaves a log where it is started."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Logger(Agent):
    def at_start(self) -> None:
        Path("agent.log").write_text("started", encoding="utf-8")


run(Logger("writes_files"))
