# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "other_versions"
# version = "1"
# capabilities = ["other_versions"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it claims versions of the protocol that nobody asked for."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, Message, run


class Futurist(Agent):
    def opening(self, method: str) -> Message:
        if method == "initialize":
            return {"protocolVersion": "2099-01-01"}
        return {**super().opening(method), "supportedVersions": ["2099-01-01"]}


run(Futurist("other_versions"))
