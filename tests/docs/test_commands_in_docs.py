"""Every command that the docs show runs, and prints what they show; every setting and agent is described."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from grym_synth.config import Config
from grym_synth.execution.catalog import read_catalog
from grym_synth.messages import EVIDENCE_UNITS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def shown_commands() -> list[tuple[str, str]]:
    """Each `$ grym ...` line of a console block, and the lines shown below it."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                found.append((command, output.strip()))
    return found


def run(command: str, home: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    assert words[0] == "grym", f"only grym is shown in console blocks, not {command!r}"
    environment = {**os.environ, "GRYM_HOME": str(home)}
    full = [sys.executable, "-m", "grym_synth", *words[1:]]
    return subprocess.run(full, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "shown"), shown_commands())
def test_a_command_prints_what_the_docs_show(command: str, shown: str, tmp_path: Path) -> None:
    done = run(command, tmp_path)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.strip()
    # The words are the same; numbers may differ in their last place on another processor.
    number = re.compile(r"\d+(?:\.\d+)?")
    assert number.sub("#", printed) == number.sub("#", shown)
    for one, other in zip(number.findall(printed), number.findall(shown), strict=True):
        assert float(one) == pytest.approx(float(other), rel=2e-3, abs=0.011)


def test_the_readme_shows_commands() -> None:
    assert len(shown_commands()) >= 5


def test_every_setting_is_described() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    for field in dataclasses.fields(Config):
        assert f"GRYM_{field.name.upper()}" in text, field.name


def test_every_agent_and_kind_of_evidence_is_described() -> None:
    architecture, evidence = (ROOT / "docs" / name for name in ("architecture.md", "evidence.md"))
    for name in read_catalog().cards:
        assert f"agents/{name}.py" in architecture.read_text()
    named = evidence.read_text()
    missing = [kind for kind in EVIDENCE_UNITS if not re.search(rf"\b{kind}\b", named)]
    assert not missing


def test_no_page_links_to_a_file_that_is_not_there() -> None:
    for page in [*PAGES, ROOT / "benchmarks" / "README.md", ROOT / "examples" / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
