import asyncio
import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from grym_synth.config import agent_environment
from grym_synth.errors import BadSetup
from grym_synth.execution.catalog import AGENTS_FOLDER
from grym_synth.execution.judging.judge import CHECKS, judge
from grym_synth.execution.judging.observed import printable
from grym_synth.execution.judging.verdict import Check, Limits, Verdict

AGENTS = Path(__file__).parents[3] / "agents"
PATIENCE = Limits(start=10.0, answer=5.0, whole=45.0)
IMPATIENCE = Limits(start=3.0, answer=3.0, whole=30.0)

#: The check that must fail, for each hostile agent.
HOSTILE: Mapping[str, str] = {
    "another_name": "main_tool",
    "another_subject": "evidence",
    "answers_cancelled": "cancellation",
    "answers_twice": "answers",
    "any_method": "unknown_method",
    "asks_back": "requests",
    "broken_schema": "schemas",
    "closes_stdout": "stays_up",
    "control_characters": "texts",
    "deaf_in_a_call": "while_busy",
    "deep_enough": "answer_size",
    "deep_json": "answer_size",
    "dies_afterwards": "stays_up",
    "dies_at_start": "starts",
    "dies_in_a_call": "call",
    "eats_memory": "memory",
    "endless_line": "answer_size",
    "falling_progress": "progress",
    "falls_over_noise": "not_json",
    "finishes_first": "exit_busy",
    "floods_progress": "messages",
    "floods_stderr": "stderr",
    "hangs_at_start": "starts",
    "hangs_in_a_call": "call",
    "hundred_megabytes": "answer_size",
    "ignores_the_end": "exit_idle",
    "keeps_its_health": "own_health",
    "kills_its_keeper": "leftovers",
    "leaks_memory": "memory",
    "leaves_children": "leftovers",
    "makes_it_up": "missing_file",
    "multiplies": "leftovers",
    "no_evidence": "evidence",
    "no_progress": "progress",
    "not_finite": "evidence",
    "old_health": "health_update",
    "one_era": "result_type",
    "other_by_hand": "by_hand",
    "other_versions": "discover",
    "prints_first": "stdout",
    "prints_in_a_call": "stdout",
    "prints_last": "stdout",
    "strange_permission": "header",
    "takes_anything": "bad_arguments",
    "ten_thousand_tools": "tools",
    "too_sure": "evidence",
    "unlike_its_schema": "call",
    "writes_files": "files",
    "writes_on_recordings": "files",
    "wrong_ids": "answers",
    "wrong_unit": "evidence",
}
#: Those that fail in nothing else: what they do wrong is not blamed on another point.
ONLY = {
    *("another_subject", "answers_cancelled", "any_method", "asks_back", "broken_schema"),
    *("control_characters", "falling_progress", "finishes_first", "hangs_at_start", "hangs_in_a_call"),
    *("keeps_its_health", "leaks_memory", "leaves_children", "makes_it_up", "multiplies", "no_evidence", "no_progress"),
    *("not_finite", "old_health", "one_era", "other_by_hand", "prints_first", "prints_last", "strange_permission"),
    *("takes_anything", "ten_thousand_tools", "too_sure", "unlike_its_schema", "writes_files", "wrong_unit"),
}


def examine(*command: str | Path, limits: Limits = PATIENCE, call: str | None = None) -> Verdict:
    return asyncio.run(
        judge([str(word) for word in command], environment=agent_environment(), limits=limits, call=call)
    )


def failed(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.detail for check in verdict.checks if not check.ok}


def lacks(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.checks if check.lacks}


def found(verdict: Verdict, name: str) -> Check:
    return next(check for check in verdict.checks if check.name == name)


def all_commands() -> dict[int, str]:
    """Command lines of all processes; "" for those that have ended."""
    commands = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                commands[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
    return commands


def descendants() -> set[str]:
    """Command lines of everything that comes from this process."""
    commands, parents = all_commands(), dict[int, int]()
    for pid in commands:
        with contextlib.suppress(OSError):
            parents[pid] = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    ours = {os.getpid()}
    for _ in range(10):
        ours |= {pid for pid, parent in parents.items() if parent in ours}
    return {commands[pid] for pid in ours - {os.getpid()} if commands.get(pid)}


def test_every_hostile_agent_has_its_line_and_every_line_its_agent() -> None:
    assert set(HOSTILE) == {path.stem for path in (AGENTS / "hostile").glob("*.py")}
    assert set(HOSTILE.values()) <= set(CHECKS)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_agent_fails_in_what_it_does_wrong_and_nothing_of_it_stays(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    verdict = examine(AGENTS / "hostile" / f"{name}.py", limits=IMPATIENCE)
    assert verdict.verdict == "fail"
    assert HOSTILE[name] in failed(verdict)
    if name in ONLY:
        assert set(failed(verdict)) == {HOSTILE[name]}
    assert not any(name in command for command in descendants())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_nothing_that_is_said_acts_on_a_terminal() -> None:
    verdict = examine(AGENTS / "hostile" / "control_characters.py", limits=IMPATIENCE)
    assert all(check.detail.isprintable() for check in verdict.checks)
    assert printable("\x1b[2J\n\ud800\u202e") == "?[2J???"


@pytest.mark.slow
def test_a_strangers_agent_passes_every_check() -> None:
    verdict = examine(AGENTS / "good" / "stranger.py")
    assert failed(verdict) == {}
    assert (verdict.verdict, lacks(verdict), verdict.unexamined) == ("pass", set(), ())
    assert {check.name for check in verdict.checks} == set(CHECKS) - {"time"}


@pytest.mark.slow
def test_an_agent_named_with_its_interpreter_or_from_its_folder_is_the_same_agent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(AGENTS / "good")
    for command in (("stranger.py",), (sys.executable, "stranger.py")):
        verdict = examine(*command)
        assert (failed(verdict), lacks(verdict)) == ({}, set())


@pytest.mark.slow
def test_an_older_server_of_strangers_passes_and_hears_what_it_lacks() -> None:
    verdict = examine(AGENTS / "good" / "older_server.py")
    assert failed(verdict) == {}
    assert {"header", "discover", "evidence", "progress", "own_health", "not_json"} <= lacks(verdict)
    assert "2026-07-28" in found(verdict, "discover").detail
    assert found(verdict, "call").detail.startswith("'count' answered")


@pytest.mark.slow
def test_a_tool_that_does_not_say_it_only_reads_is_called_only_when_that_is_asked_for() -> None:
    asked = examine(AGENTS / "good" / "older_server.py", call="save")
    assert found(asked, "call").ok
    assert "saved.txt" in found(asked, "files").detail
    unknown = examine(AGENTS / "good" / "older_server.py", call="destroy")
    assert failed(unknown)["call"] == "there is no tool 'destroy'"


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("mcp") is None, reason="the official SDK `mcp` is not installed")
def test_a_server_on_the_official_sdk_passes() -> None:
    verdict = examine(sys.executable, AGENTS / "good" / "with_sdk.py", limits=Limits(start=30.0))
    assert failed(verdict) == {}
    assert {"header", "evidence", "own_health"} <= lacks(verdict)
    assert found(verdict, "discover").ok


@pytest.mark.slow
def test_a_command_that_does_not_exist_fails_at_its_start() -> None:
    verdict = examine("no-such-mcp-server", limits=IMPATIENCE)
    assert "no-such-mcp-server" in failed(verdict)["starts"] or "No such file" in failed(verdict)["starts"]
    missing = examine("gone.py")
    assert "there is no file" in failed(missing)["starts"]


@pytest.mark.slow
@pytest.mark.parametrize("command", [("true",), ("cat",), ("yes",), (sys.executable, "-c", "1/0")])
def test_programs_that_are_no_servers_fail(command: Sequence[str]) -> None:
    verdict = examine(*command, limits=IMPATIENCE)
    assert verdict.verdict == "fail"


def test_no_command_is_refused() -> None:
    with pytest.raises(BadSetup, match="no command"):
        examine()


@pytest.mark.slow
def test_the_examination_ends_when_its_time_is_over() -> None:
    verdict = examine(AGENTS / "hostile" / "ignores_the_end.py", limits=Limits(start=3.0, answer=3.0, whole=1.0))
    assert "not examined within 1 s" in failed(verdict)["time"] or "took all the time" in str(failed(verdict))
    assert "by_hand" in verdict.unexamined


@pytest.mark.slow
def test_cancelling_the_examination_leaves_nothing_behind() -> None:
    async def story() -> None:
        command = [str(AGENTS / "hostile" / "hangs_in_a_call.py")]
        task = asyncio.create_task(judge(command, environment=agent_environment(), limits=PATIENCE))
        for _ in range(200):
            await asyncio.sleep(0.05)
            if any("hangs_in_a_call" in command for command in descendants()):
                break
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(story())
    assert not any("hangs_in_a_call" in command for command in descendants())


EXAMINE = """
import asyncio, sys
from grym_synth.config import agent_environment
from grym_synth.execution.judging.judge import judge
asyncio.run(judge(sys.argv[1:], environment=agent_environment()))
"""


@pytest.mark.slow
def test_killing_the_doctor_leaves_nothing_of_its_candidate(tmp_path: Path) -> None:
    script = Path(shutil.copy(AGENTS / "good" / "stranger.py", tmp_path / "candidate.py"))

    def is_running() -> bool:
        return any(str(script) in command and "judging.judge" not in command for command in all_commands().values())

    with subprocess.Popen(
        [sys.executable, "-c", EXAMINE, str(script)], env=os.environ | {"TMPDIR": str(tmp_path)}
    ) as doctor:
        wait_until(is_running)
        doctor.kill()
    wait_until(lambda: not is_running())


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    "script", sorted(path.name for path in AGENTS_FOLDER.glob("*.py") if path.name != "__init__.py")
)
def test_our_agents_keep_the_contract(script: str) -> None:
    verdict = examine(AGENTS_FOLDER / script, limits=Limits())
    assert (failed(verdict), verdict.verdict) == ({}, "pass")
