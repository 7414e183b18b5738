"""What the doctor finds: checks by name, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """One point of the contract. `lacks`: what a server of strangers may do without, said but no failure."""

    name: str
    ok: bool
    detail: str
    lacks: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks in the order they were made; `unexamined` are those that an earlier failure left no way to make."""

    verdict: Literal["pass", "fail"]
    checks: tuple[Check, ...]
    unexamined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much a candidate may. Seconds, and megabytes of 2**20 bytes."""

    start: float = 15.0  # to the first answer
    answer: float = 15.0  # to any other
    exit: float = 2.0  # after the end of input, as docs/agents.md promises
    whole: float = 60.0  # of the examination; it always ends within this and a moment
    ram_mb: float | None = None  # private memory; None: what a header declares and 512 MB, 4096 MB without a header
    answer_mb: float = 32.0
    stderr_mb: float = 4.0
    messages: int = 20_000  # in one process
