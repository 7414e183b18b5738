import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from grym_synth.config import agent_environment
from grym_synth.errors import BadRequest
from grym_synth.execution.catalog import read_card
from grym_synth.execution.judging.judge import judge
from grym_synth.execution.new_agent import write_agent


def test_a_new_agent_declares_itself_and_needs_nothing(tmp_path: Path) -> None:
    script, test = write_agent("mood", tmp_path)
    card = read_card(script)
    assert (card.name, card.capabilities, card.dependencies) == ("mood", ("mood",), ())
    assert (script.name, test.name) == ("mood.py", "test_mood.py")
    assert "@NAME@" not in script.read_text() + test.read_text()


@pytest.mark.slow
def test_a_new_agent_passes_the_doctor(tmp_path: Path) -> None:
    script, _ = write_agent("mood", tmp_path)
    verdict = asyncio.run(judge([str(script)], environment=agent_environment()))
    assert [(check.name, check.detail) for check in verdict.checks if not check.ok or check.lacks] == []
    assert verdict.verdict == "pass"


@pytest.mark.slow
@pytest.mark.parametrize("command", [("-m", "unittest", "test_mood"), ("-m", "pytest", "-q", "test_mood.py")])
def test_the_test_beside_a_new_agent_passes(tmp_path: Path, command: tuple[str, ...]) -> None:
    write_agent("mood", tmp_path)
    done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_test_beside_a_new_agent_can_fail(tmp_path: Path) -> None:
    script, _ = write_agent("mood", tmp_path)
    script.write_text(script.read_text().replace("10 * math.log10", "20 * math.log10"))
    done = subprocess.run(
        [sys.executable, "-m", "unittest", "test_mood"], cwd=tmp_path, capture_output=True, timeout=60
    )
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mood", "small letters"), ("", "small letters"), ("a-b", "small letters"), ("../mood", "small letters"),
        ("1st", "small letters"), ("mood\n", "small letters"), ("x" * 41, "small letters"), ("class", "of Python"),
        ("json", "of Python"), ("wave", "of Python"), ("rhythm", "answers already"), ("listen", "hub's own"),
        ("health_update", "hub's own"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_an_agents_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        write_agent(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", ["mood.py", "test_mood.py"])
def test_nothing_is_written_over(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("mine")
    with pytest.raises(BadRequest, match="there already"):
        write_agent("mood", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [taken]
    assert (tmp_path / taken).read_text() == "mine"


def test_a_link_that_leads_nowhere_is_something_too(tmp_path: Path) -> None:
    (tmp_path / "mood.py").symlink_to(tmp_path / "elsewhere.py")
    with pytest.raises(BadRequest, match="there already"):
        write_agent("mood", tmp_path)
    assert not (tmp_path / "elsewhere.py").exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no folder"):
        write_agent("mood", tmp_path / "gone")
