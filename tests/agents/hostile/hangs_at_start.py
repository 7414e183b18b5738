# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "hangs_at_start"
# version = "1"
# capabilities = ["hangs_at_start"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it never answers."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Silent(Agent):
    def at_start(self) -> None:
        time.sleep(120)


run(Silent("hangs_at_start"))
