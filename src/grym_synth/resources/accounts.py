"""What each context has cost: room lent to it, and what agents report of their work. Adds up; stores nothing itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

from ..errors import BadRequest
from .room import Room


@dataclass(frozen=True, slots=True)
class Usage:
    """Sums. What was lent counts whether it was used or not; what agents report of their CPU stands beside it."""

    leases: int = 0  # that have ended
    cpu_s: float = 0.0  # core seconds that were lent
    ram_gb_s: float = 0.0  # gigabyte seconds that were lent
    gpu_gb_s: float = 0.0
    cpu_used_s: float = 0.0  # as agents report it
    storage_bytes: int = 0  # as it stands: what was removed is taken off
    model_tokens: int = 0  # read and written by language models

    def __add__(self, other: Usage) -> Usage:
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in _FIGURES})


_FIGURES = tuple(figure.name for figure in fields(Usage))


class Accounts:
    """Usage by context. `known` is what an earlier hub had counted, so that a restart loses nothing."""

    def __init__(self, known: Mapping[str, Usage] | None = None) -> None:
        self._usage = dict(known or {})
        self._fresh: dict[str, Usage] = {}

    def add_lease(self, context: str, need: Room, seconds: float) -> None:
        """A lease of `need` has ended after so many seconds."""
        seconds = max(0.0, seconds)
        self._add(context, Usage(1, need.cpu * seconds, need.ram_gb * seconds, need.gpu_gb * seconds))

    def report(self, context: str, *, cpu_used_s: float = 0.0, storage_bytes: int = 0, model_tokens: int = 0) -> None:
        """Add what an agent or the store says; `storage_bytes` is below 0 when something was removed.

        Raises
        ------
        BadRequest
            A figure is not finite, or a sum that only grows would shrink; nothing is counted then.
        """
        if not 0.0 <= cpu_used_s < math.inf or model_tokens < 0:
            raise BadRequest(
                f"{context!r} cannot have used {cpu_used_s!r} CPU seconds and {model_tokens!r} tokens: both start at 0"
            )
        storage_bytes = max(storage_bytes, -self.of(context).storage_bytes)  # more than there was cannot go
        self._add(context, Usage(cpu_used_s=cpu_used_s, storage_bytes=storage_bytes, model_tokens=model_tokens))

    def of(self, context: str) -> Usage:
        return self._usage.get(context, Usage())

    def total(self) -> Usage:
        return sum(self._usage.values(), start=Usage())

    def forget(self, context: str) -> Usage:
        """Strike a context off; what it had cost."""
        self._fresh.pop(context, None)
        return self._usage.pop(context, Usage())

    def snapshot(self) -> dict[str, Usage]:
        """Every context by name, in order; a copy."""
        return dict(sorted(self._usage.items()))

    def drain(self) -> dict[str, Usage]:
        """What was added since the last call, for who keeps the sums in a store. It is theirs to write, once."""
        fresh, self._fresh = self._fresh, {}
        return fresh

    def _add(self, context: str, usage: Usage) -> None:
        for sums in (self._usage, self._fresh):
            sums[context] = sums[context] + usage if context in sums else usage
