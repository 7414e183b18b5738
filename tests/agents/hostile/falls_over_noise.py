# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "falls_over_noise"
# version = "1"
# capabilities = ["falls_over_noise"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it falls over a line that is no JSON."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Brittle(Agent):
    def not_json(self) -> None:
        raise SystemExit("what was that?")


run(Brittle("falls_over_noise"))
