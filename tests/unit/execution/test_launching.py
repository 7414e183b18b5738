"""How agents are launched: the running interpreter where it will do, uv's otherwise; short environment; limits."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grym_synth.errors import BadSetup, MissingDependency
from grym_synth.execution import launching
from grym_synth.execution.approval import Approvals
from grym_synth.execution.catalog import AgentCard, read_card
from grym_synth.execution.launching import launch_command, prepare, spawn, unmet

MOODY = Path(__file__).parents[2] / "moody_agent.py"


@pytest.fixture(scope="module")
def card() -> AgentCard:
    return read_card(MOODY)


@pytest.mark.parametrize(
    ("dependencies", "python", "missing"),
    [
        (["grym-synth"], ">=3.11", []),
        (["numpy"], "", []),
        (["numpy>=1", "Typer"], ">=3.8", []),
        (["numpy<1"], "", ["numpy<1"]),
        (["no-such-thing-7"], "", ["no-such-thing-7"]),
        (["no-such-thing-7; python_version < '3'"], "", []),
        ([], "<3", ["Python <3"]),
        (["?!"], "about 3", ["Python 'about 3', which is no version", "'?!', which is no requirement"]),
    ],
)
def test_what_an_interpreter_lacks_is_named(dependencies: list[str], python: str, missing: list[str]) -> None:
    assert unmet(dependencies, python) == missing


def test_what_is_met_here_runs_here_without_a_shell(card: AgentCard) -> None:
    command = launch_command(card, ["a b", "$HOME"])
    assert command[0] == sys.executable
    assert command[-5:] == [sys.executable, "-P", str(MOODY), "a b", "$HOME"]


def test_without_uv_it_is_said_what_is_missing_and_how_to_get_it(
    card: AgentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "find_uv", lambda: None)
    needy = replace(card, dependencies=("no-such-thing-7",))
    with pytest.raises(MissingDependency, match="needs no-such-thing-7") as refused:
        prepare(needy)
    assert refused.value.hint == "pip install uv"
    assert prepare(card) is None


#: Stands in for uv, since no test fetches anything: says where an environment is, and writes down what it was told.
_UV = """#!{python}
import os, sys
open({log!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "python":
    print({found!r})
sys.exit({status})
"""


def make_uv(tmp_path: Path, found: Path, status: int = 0) -> Path:
    uv = tmp_path / "uv"
    uv.write_text(_UV.format(python=sys.executable, log=str(tmp_path / "log"), found=str(found), status=status))
    uv.chmod(0o755)
    return uv


@pytest.fixture
def needy(card: AgentCard, tmp_path: Path) -> AgentCard:
    script = tmp_path / "needy.py"
    script.write_text(MOODY.read_text())
    return replace(card, script=script, dependencies=("no-such-thing-7",))


def test_an_environment_that_uv_made_at_approval_is_used_without_uv(
    needy: AgentCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    (tmp_path / "environment" / "pyvenv.cfg").touch()
    python.touch()
    monkeypatch.setattr(launching, "find_uv", lambda: str(make_uv(tmp_path, python)))
    folder = tmp_path / "agents"
    approved = replace(
        Approvals(folder).approve(needy.script, lambda card: prepare(needy)), dependencies=("no-such-7",)
    )
    assert approved.script.parent == folder
    told = (tmp_path / "log").read_text()
    assert "sync --quiet --script" in told
    assert "python find --offline --script" in told
    (tmp_path / "log").unlink()
    assert str(python) in launch_command(approved)
    assert not (tmp_path / "log").exists(), "uv is not asked at a launch"


def test_a_script_whose_environment_is_not_there_says_how_to_make_it(needy: AgentCard) -> None:
    with pytest.raises(BadSetup, match="no environment of its own") as refused:
        launch_command(needy)
    assert refused.value.hint.startswith("grym agents approve")


def test_what_uv_could_not_do_is_told(needy: AgentCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "find_uv", lambda: str(make_uv(tmp_path, tmp_path, status=2)))
    with pytest.raises(BadSetup, match="could not make an environment"):
        prepare(needy)


_TELL = """
import json, os, resource
print(json.dumps({"environment": sorted(os.environ), "group": os.getpgrp() == os.getpid(), "session": os.getsid(0),
    "core": resource.getrlimit(resource.RLIMIT_CORE)[0], "space": resource.getrlimit(resource.RLIMIT_AS)[0]}))
"""


def test_a_process_has_its_own_group_limits_and_a_short_environment(card: AgentCard, tmp_path: Path) -> None:
    import json

    script = tmp_path / "tell.py"
    script.write_text(_TELL)

    async def story() -> dict[str, object]:
        process = await spawn(launch_command(replace(card, script=script)), {"PATH": "/bin"})
        out, _ = await process.communicate()
        found: dict[str, object] = json.loads(out)
        return found

    said = asyncio.run(story())
    assert set(said["environment"]) <= {"PATH", "LC_CTYPE"}  # type: ignore[call-overload]
    assert said["group"]
    assert said["session"] != os.getsid(0)
    assert said["core"] == 0
    assert 2**30 < int(str(said["space"])) < 2**33


def test_an_agent_that_eats_memory_meets_its_limit(card: AgentCard, tmp_path: Path) -> None:
    script = tmp_path / "eat.py"
    script.write_text("try:\n    x = bytearray(1 << 40)\nexcept MemoryError:\n    print('no')\n")

    async def story() -> bytes:
        process = await spawn(launch_command(replace(card, script=script)), {})
        return (await process.communicate())[0]

    assert asyncio.run(story()) == b"no\n"
