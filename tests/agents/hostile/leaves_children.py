# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "leaves_children"
# version = "1"
# capabilities = ["leaves_children"]
# examples = ["how long is it", "what is its length", "how many seconds does it last"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.05
# ///
"""Hostile: it starts a process in a session of its own, with an empty environment, that outlives it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.agents.body import Agent, run


class Parent(Agent):
    def at_start(self) -> None:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:  # the one that stays has no parent, no session and no environment in common with it
                for fd in range(3):
                    os.close(fd)
                os.chdir("/")
                os.execve(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)"], {})
            os._exit(0)
        os.wait()


run(Parent("leaves_children"))
