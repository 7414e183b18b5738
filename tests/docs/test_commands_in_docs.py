"""Every command that the docs show runs, and prints what they show; all that can be typed, set or told is described."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from grym_synth.config import Config
from grym_synth.execution.catalog import read_catalog
from grym_synth.frontends.cli import NOT_YET, app
from grym_synth.frontends.exporting.layers import LAYERS
from grym_synth.frontends.plots import PLOTTED
from grym_synth.frontends.teaching_sounds import NOT
from grym_synth.messages import EVIDENCE_UNITS
from grym_synth.packs import PACKS

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


def commands(command: Any = None, name: str = "grym") -> Iterator[tuple[str, list[str]]]:
    """Every command of this version by its whole name, with its long options."""
    command = command or typer.main.get_command(app)
    yield name, [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    for below, inner in getattr(command, "commands", {}).items():
        if below not in NOT_YET:
            yield from commands(inner, f"{name} {below}")


def test_every_command_and_option_is_told() -> None:
    told = "\n".join(page.read_text() for page in PAGES)
    overview = (ROOT / "docs" / "commands.md").read_text()
    names = dict(commands())
    assert {"grym analyze", "grym models verify"} <= set(names)
    for name, options in names.items():
        parent, _, last = name.rpartition(" ")
        assert name in told or (parent in overview and f"`{last}`" in overview), name
        for option in options:
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", overview), f"{name} {option}"


def test_no_page_tells_of_an_option_that_is_not_there() -> None:
    known = {option for _, options in commands() for option in options}
    known.add(NOT)  # which is a word among the files of `grym teach`
    for page in PAGES:
        for line in re.findall(r"grym [^`\n|]*", page.read_text()):
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line):
                assert option in known, f"{page.name}: {line}"


def test_what_outputs_can_show_is_told() -> None:
    exports = (ROOT / "docs" / "exports.md").read_text()
    missing = [name for name in {*LAYERS, *PLOTTED} if f"`{name}`" not in exports]
    assert not missing


def test_every_model_pack_is_told_and_named_with_its_licence() -> None:
    models, listening = ((ROOT / "docs" / f"{page}.md").read_text() for page in ("models", "listening"))
    notice = " ".join((ROOT / "NOTICE").read_text().split())
    for name, spec in PACKS.items():
        assert f"`{name}`" in models, name
        assert f"`{name}`" in listening, name
        assert f"{spec.package} {spec.version}" in notice, name


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
