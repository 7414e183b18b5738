# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "ignores_the_end"
# version = "1"
# capabilities = ["ignores_the_end"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it runs on after the end of input, and ignores SIGTERM."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Stayer(Agent):
    def at_end(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(120)


run(Stayer("ignores_the_end"))
