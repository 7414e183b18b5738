"""START HERE: examine a script, or any MCP server command, against docs/agents.md, point by point."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import BadSetup
from ..catalog import AgentCard
from ..launching import interpreter_for
from . import bad_input, behaviour, calling, ending, opening
from .bench import Bench, Fault, Lacks, python_command
from .conversation import NoAnswer
from .header import NoHeader, read_header
from .observed import printable
from .recordings import write_recordings
from .verdict import Check, Limits, Verdict

_Examine = Callable[[Bench], Awaitable[str]]
_END_S = 8.0  # to end and look at what is left, after the time for all the rest is over


@dataclass(frozen=True, slots=True)
class _Point:
    """One check; it is made only when those that it `needs` were passed."""

    name: str
    examine: _Examine
    needs: tuple[str, ...] = ()


_SPEAKS, _CALLS = ("starts", "tools"), ("starts", "tools", "call")

#: In the order in which they are made. What is in `_AFTERWARDS` is made in any case.
_POINTS = (
    _Point("starts", opening.starts),
    _Point("discover", opening.discover, ("starts",)),
    _Point("initialize", opening.initialize, ("starts",)),
    _Point("server_info", opening.server_info, ("starts",)),
    _Point("tools", opening.tools, ("starts",)),
    _Point("schemas", opening.schemas, _SPEAKS),
    _Point("main_tool", opening.main_tool, (*_SPEAKS, "schemas")),
    _Point("call", calling.call, (*_SPEAKS, "schemas")),
    _Point("evidence", calling.evidence, _CALLS),
    _Point("progress", calling.progress, _CALLS),
    _Point("result_type", calling.result_type, _CALLS),
    _Point("own_health", calling.own_health, _CALLS),
    _Point("health_update", calling.health_update, (*_CALLS, "own_health")),
    _Point("while_busy", ending.while_busy, _CALLS),
    _Point("cancellation", ending.cancellation, _CALLS),
    _Point("bad_arguments", bad_input.bad_arguments, _CALLS),
    _Point("missing_file", bad_input.missing_file, _CALLS),
    _Point("unknown_tool", bad_input.unknown_tool, _SPEAKS),
    _Point("unknown_method", bad_input.unknown_method, _SPEAKS),
    _Point("not_json", bad_input.not_json, _SPEAKS),
    _Point("no_request", bad_input.no_request, _SPEAKS),
    _Point("params_type", bad_input.params_type, _SPEAKS),
    _Point("duplicate_ids", bad_input.duplicate_ids, _CALLS),
    _Point("long_line", bad_input.long_line, _SPEAKS),
    _Point("memory", calling.memory, ("starts",)),
    _Point("exit_idle", ending.exit_idle, _SPEAKS),
    _Point("exit_busy", ending.exit_busy, _CALLS),
    _Point("by_hand", calling.by_hand, (*_CALLS, "evidence")),
)
_AFTERWARDS = (
    _Point("leftovers", ending.leftovers),
    _Point("stdout", behaviour.stdout),
    _Point("answers", behaviour.answers),
    _Point("requests", behaviour.requests),
    _Point("texts", behaviour.texts),
    _Point("answer_size", behaviour.answer_size),
    _Point("messages", behaviour.messages),
    _Point("stderr", behaviour.stderr),
    _Point("stays_up", behaviour.stays_up),
    _Point("files", behaviour.files),
)
CHECKS = ("header", *(point.name for point in (*_POINTS, *_AFTERWARDS)), "time")


async def judge(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    limits: Limits | None = None,
    call: str | None = None,
) -> Verdict:
    """Examine what `command` starts: the path of a script and its arguments, or the argv of any MCP server.

    A script that declares itself an agent must keep all of docs/agents.md. Of any other server it is said what it
    lacks; only a tool that says it is read-only is called, or the one named by `call`, or the only one of a script.
    Ends within `limits.whole` and a moment, leaves no process and no file, and raises nothing that a candidate could
    cause.
    """
    limits = limits or Limits()
    script = _script_of(command)
    checks, card = _examine_header(script)
    try:
        argv = _argv(command, script, card)
    except BadSetup as error:
        checks.append(Check("starts", False, f"{error}{f' ({error.hint})' if error.hint else ''}"))
        return _verdict(checks, [])
    place = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="grym-doctor-"))
    try:
        (place / "folder").mkdir()
        (place / "recordings").mkdir()
        recordings = await asyncio.to_thread(write_recordings, place / "recordings")
        bench = Bench(argv, card, environment, limits, place / "folder", recordings, call, script)
        try:
            unexamined = await _examine(bench, checks)
        finally:
            await bench.close()
        return _verdict(checks, unexamined)
    finally:
        await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)


def _script_of(command: Sequence[str]) -> Path | None:
    """The script that a command is, when its first word is one."""
    if not command:
        raise BadSetup("no command to examine", hint="name a script, or the command of an MCP server")
    word = command[1] if _is_python(command[0]) and len(command) > 1 else command[0]
    return Path(word).absolute() if word.endswith(".py") else None


def _is_python(word: str) -> bool:
    return Path(word).name.startswith("python") and not word.endswith(".py")


def _argv(command: Sequence[str], script: Path | None, card: AgentCard | None) -> list[str]:
    """What is launched; raises BadSetup when nothing here can run it."""
    if script is not None and not script.is_file():
        raise BadSetup(f"there is no file {script}")
    if script is None or _is_python(command[0]):
        # It is started in another folder: a path given relative to this one must still lead there.
        first = str(Path(command[0]).absolute()) if "/" in command[0] else command[0]
        return [first, *(str(Path(word).absolute()) if _is_file(word) else word for word in command[1:])]
    interpreter = [interpreter_for(card)] if card else []
    return [*python_command(script, *interpreter), *command[1:]]


def _is_file(word: str) -> bool:
    try:
        return not word.startswith("-") and Path(word).is_file()
    except (OSError, ValueError):
        return False


def _examine_header(script: Path | None) -> tuple[list[Check], AgentCard | None]:
    if script is None:
        return [Check("header", True, "lacks a header: judged as an MCP server of strangers", lacks=True)], None
    try:
        card = read_header(script)
    except NoHeader as error:
        return [Check("header", True, f"lacks {error}: judged as an MCP server of strangers", lacks=True)], None
    except BadSetup as error:
        return [Check("header", False, printable(str(error)))], None
    declared = f"{card.name} {card.version}: {', '.join(card.capabilities) or 'called by name only'}"
    return [Check("header", True, printable(declared))], card


async def _examine(bench: Bench, checks: list[Check]) -> list[str]:
    """Make all checks, append them to `checks`; the names of those that an earlier one left no way to make."""
    unexamined, began = [], time.monotonic()
    failed = {check.name for check in checks if not check.ok}
    is_over = False
    for point in _POINTS:
        left = bench.limits.whole - (time.monotonic() - began)
        if left <= 0 and not is_over:
            is_over = True
            checks.append(
                Check("time", False, f"not examined within {bench.limits.whole:g} s: {point.name} and the rest")
            )
        if is_over or bench.is_unwatched or failed & set(point.needs):
            unexamined.append(point.name)
            failed.add(point.name)
            continue
        check = await _make(point, bench, left)
        checks.append(check)
        if not check.ok:
            failed.add(point.name)
    checks += [await _make(point, bench, _END_S) for point in _AFTERWARDS]
    return unexamined


async def _make(point: _Point, bench: Bench, timeout: float) -> Check:
    try:
        async with asyncio.timeout(timeout):
            return Check(point.name, True, printable(await point.examine(bench)))
    except TimeoutError:
        return Check(point.name, False, "it took all the time that there was for the examination")
    except (Fault, NoAnswer) as error:
        return Check(point.name, False, printable(str(error)))
    except Lacks as error:
        return Check(point.name, bench.card is None, printable(str(error)), lacks=bench.card is None)
    except Exception as error:  # noqa: BLE001 answers may have any shape, and the rest is to be examined
        what = printable(f"{type(error).__name__}: {error}")
        return Check(point.name, False, f"its answer could not be read: {what}")


def _verdict(checks: list[Check], unexamined: list[str]) -> Verdict:
    good = all(check.ok for check in checks)
    return Verdict("pass" if good else "fail", tuple(checks), tuple(unexamined))
