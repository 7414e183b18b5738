# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "dies_at_start"
# version = "1"
# capabilities = ["dies_at_start"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it needs something that is not there."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Stillborn(Agent):
    def at_start(self) -> None:
        raise SystemExit("no module named 'moonshine'")


run(Stillborn("dies_at_start"))
