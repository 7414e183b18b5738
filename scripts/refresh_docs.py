"""Run every command that the docs show in a console block, and show what it prints now.

.venv/bin/python scripts/refresh_docs.py
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def refreshed(block: re.Match[str]) -> str:
    """The console block with the present output of each of its `$ grym ...` lines."""
    commands = re.findall(r"^\$ (.*)$", block.group(1), re.MULTILINE)
    return "```console\n" + "\n".join(f"$ {command}\n{output_of(command)}" for command in commands) + "```"


def output_of(command: str) -> str:
    words = shlex.split(command)
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "GRYM_HOME": home}
        full = [sys.executable, "-m", "grym_synth", *words[1:]]
        done = subprocess.run(full, cwd=ROOT, capture_output=True, text=True, env=environment, check=True)
    return f"\n{done.stdout.strip()}\n" if done.stdout.strip() else ""


if __name__ == "__main__":
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = page.read_text()
        page.write_text(re.sub(r"```console\n(.*?)```", refreshed, text, flags=re.DOTALL))
