"""The commands of docs/library.md do what the page says, in the order in which it shows them."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.index import write_shots

from grym_synth.library.describe import FIGURES

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs" / "library.md").read_text()


def shown() -> list[list[str]]:
    """The commands of its plain blocks."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    lines = [line for kind, block in blocks if not kind for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line.startswith("grym ")]


def test_every_command_of_the_page_runs(tmp_path: Path) -> None:
    for number, name in enumerate(("Music", "Samples"), start=1):
        write_shots(tmp_path / name, 2, seed=number)
    environment = {**os.environ, "HOME": str(tmp_path), "GRYM_HOME": str(tmp_path / "home")}
    for words in shown():
        command = [sys.executable, "-m", "grym_synth", *(word.replace("~", str(tmp_path)) for word in words[1:])]
        if "--watch" in words:
            write_shots(tmp_path / "Samples", 3, seed=9)
            with subprocess.Popen(
                [*command, "--json"],
                env=environment,
                stdout=subprocess.PIPE,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job inherits it ignored
            ) as watch:
                assert watch.stdout is not None
                assert json.loads(watch.stdout.readline())["analysed"] > 0
                os.killpg(watch.pid, signal.SIGINT)
            continue
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stderr)
    assert len(shown()) >= 7


def test_the_line_for_scripts_is_the_one_that_is_printed() -> None:
    (line,) = re.findall(r'^\{"files".*\}$', PAGE, re.MULTILINE)
    assert list(json.loads(line)) == ["files", "analysed", "unchanged", "moved", "removed", "failed", "seconds"]
    assert len(FIGURES) > 30
