# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "strange_permission"
# version = "1"
# capabilities = ["strange_permission"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read", "everything"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it asks for a permission that does not exist."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Greedy(Agent):
    pass


run(Greedy("strange_permission"))
