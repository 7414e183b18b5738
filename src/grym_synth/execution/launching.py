"""How an agent's process comes to be: which interpreter, which environment, which limits. No shell anywhere."""

from __future__ import annotations

import asyncio
import functools
import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import BadSetup, MissingDependency
from .approval import read_approvals
from .catalog import AgentCard

_STARTER = Path(__file__).with_name("starter.py")
#: Address space beyond what an agent says it needs: shared libraries, thread stacks, and what is reserved but not used.
_RAM_BESIDE_GB, _RAM_TIMES = 3.0, 4.0
_UV_TIMEOUT_S = 300.0
_OURSELVES = "grym-synth", ">=3.11"


def launch_command(card: AgentCard, arguments: Iterable[str] = ()) -> list[str]:
    """The exact argv that runs an agent.

    Raises
    ------
    BadSetup
        What its header asks for is not installed here, and there is no environment of its own for it.
    """
    ram = round((_RAM_BESIDE_GB + _RAM_TIMES * card.need.ram_gb) * 2**30)
    starter = [sys.executable, "-I", "-S", str(_STARTER), str(os.getpid()), str(ram)]
    return [*starter, interpreter_for(card), "-P", str(card.script), *arguments]  # -P: its folder holds no modules


async def spawn(
    command: Iterable[str], environment: Mapping[str, str], *, limit: int = 1 << 16
) -> asyncio.subprocess.Process:
    """Start a command with pipes on all sides, in a process group of its own; lines of at most `limit` bytes."""
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environment),
        start_new_session=True,
        limit=limit,
    )


def interpreter_for(card: AgentCard) -> str:
    """The Python that has what a script needs: the running one if it does, else that made when it was approved.

    Raises
    ------
    BadSetup
        There is neither; the message says what is missing, the hint what to do.
    """
    missing = unmet(card.dependencies, card.requires_python)
    if not missing:
        return sys.executable
    why = f"{card.script.name} needs {', '.join(missing)}, which this interpreter lacks"
    if card.is_ours:
        raise MissingDependency(why, hint=f"pip install {' '.join(missing)}")
    python = read_approvals(card.script.parent).get(card.name, {}).get("python", "")
    if not python or not Path(python).is_file():
        raise BadSetup(f"{why}, and it has no environment of its own", hint=f"grym agents approve {card.script}")
    return python


def unmet(dependencies: Iterable[str], requires_python: str = "") -> list[str]:
    """Those requirements (PEP 508) that the running interpreter does not meet."""
    dependencies = [text for text in dependencies if text != _OURSELVES[0]]
    if not dependencies and requires_python in ("", _OURSELVES[1]):
        return []  # the usual case, without the 30 ms that reading requirements costs
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    missing = []
    try:
        if not SpecifierSet(requires_python).contains(".".join(map(str, sys.version_info[:3]))):
            missing.append(f"Python {requires_python}")
    except InvalidSpecifier:
        missing.append(f"Python {requires_python!r}, which is no version")
    for text in dependencies:
        try:
            wanted = Requirement(text)
        except InvalidRequirement:
            missing.append(f"{text!r}, which is no requirement")
            continue
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        version = _installed(wanted.name)
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            missing.append(text)
    return missing


@functools.cache
def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def prepare(card: AgentCard) -> str | None:
    """Make the environment of a script, by uv, over the network; None when the running interpreter will do.

    Raises
    ------
    BadSetup
        uv is missing, or could not do it; the message says what it said.
    """
    missing = unmet(card.dependencies, card.requires_python)
    if not missing:
        return None
    uv = find_uv()
    if uv is None:
        raise MissingDependency(
            f"{card.script.name} needs {', '.join(missing)}, and uv is not here to make an environment for it",
            hint="pip install uv",
        )
    done = _run_uv([uv, "sync", "--quiet", "--script", str(card.script)])
    if done.returncode:
        raise BadSetup(f"uv could not make an environment for {card.script.name}: {done.stderr.strip()[-300:]}")
    python = Path(_run_uv([uv, "python", "find", "--offline", "--script", str(card.script)]).stdout.strip())
    if not (python.parent.parent / "pyvenv.cfg").is_file():
        raise BadSetup(
            f"uv made no environment for {card.script.name}, as far as can be told: it names {str(python)!r}"
        )
    return str(python)


def find_uv() -> str | None:
    """uv beside this interpreter, or on the search path."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.is_file() else shutil.which("uv")


def _run_uv(command: list[str]) -> subprocess.CompletedProcess[str]:
    # Its own settings and those of TLS must reach it: with an emptied environment it trusts no certificate.
    kept = {k: v for k, v in os.environ.items() if k.startswith(("UV_", "SSL_", "PIP_")) or k in ("HOME", "PATH")}
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_UV_TIMEOUT_S, env=kept)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BadSetup(f"uv could not be run: {error}") from error
