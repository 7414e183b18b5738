"""The real command, run as a process with a home of its own, and what it prints as documents."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.ready_process import READY


class Grym:
    """Each call is one command with `--json`; its documents come back."""

    def __init__(self, folder: Path, home: str = "home", **variables: str) -> None:
        self.folder, self.home = folder, folder / home
        self.environment = {**os.environ, "GRYM_HOME": str(self.home), **variables}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "grym_synth", *words, "--json"]

    def __call__(self, *words: str, code: int = 0) -> list[dict[str, Any]]:
        done = READY.run((*words, "--json"), cwd=self.folder, env=self.environment)
        assert "Traceback" not in done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """With a hub of this home that serves."""
        command = self.command("serve")[:-1]
        with subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True) as hub:
            try:
                assert hub.stderr is not None
                assert any("is ready" in line for line in hub.stderr)
                yield
            finally:
                hub.terminate()
                hub.communicate()
