"""Health in the terms of the Model Context Protocol, which defines none: one table that server, agents and docs share.

Each entry is a mechanism that the protocol does define: how long a resource counts as fresh, how often a task may be
polled, how a call is refused, what a client is told when something changes.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..messages import Health, Json

RESOURCE = "health://hub"
UNAVAILABLE, THROTTLED = -31503, -31429  # JSON-RPC error codes, outside the range that the protocol keeps for itself
LONGEST_POLL_MS = 10_000
_SHORTEST_RETRY_MS, _LONGEST_RETRY_MS = 500, 60_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What one state of the hub means to those who speak the protocol.

    ttl_ms : how long a reading of `health://hub`, or a snapshot in `_meta`, counts as fresh
    tool_calls, tasks, refusal, cue : for the docs, one line each
    poll_ms : how often a task may be asked for, at least
    concurrency : share of the room that batch work may have
    quality : what an interactive answer is made with
    lowest : priority that still gets new leases
    """

    ttl_ms: int
    poll_ms: int
    concurrency: float
    quality: Literal["full", "lite"]
    lowest: Literal["critical", "interactive", "batch", "idle"]
    tool_calls: str
    tasks: str
    refusal: str
    cue: str

    @property
    def admits(self) -> tuple[str, ...]:
        """The classes of priority that get new leases."""
        classes = ("critical", "interactive", "batch", "idle")
        return classes[: classes.index(self.lowest) + 1]


TERMS: Mapping[Health, Terms] = {
    "healthy": Terms(
        5000,
        1000,
        1.0,
        "full",
        "idle",
        "accepted",
        "`working`, polled every second",
        "none",
        "`resources/updated` when it becomes so",
    ),
    "warning": Terms(
        1000,
        1000,
        0.5,
        "lite",
        "batch",
        "accepted; batch work has half its room and waits, its place told as progress",
        "`working` with a `statusMessage`; the poll interval grows with the pressure, up to 10 s",
        "none",
        "`resources/updated` when it becomes so",
    ),
    "critical": Terms(
        250,
        15_000,
        0.0,
        "lite",
        "critical",
        "new work is refused; reading, status and cancelling stay",
        "those that run stay `working`, polled every 15 s; dropped ones end `failed` with the error object",
        "programs: error -31503 or -31429 with `data`; hosts of language models: a result with `isError`",
        "`resources/updated`; tools of a dead agent leave `tools/list`, with `tools/list_changed`",
    ),
}


def poll_interval_ms(state: Health, pressure: float) -> int:
    """How often a task may be asked for: in a warning from 1 s at .65 to 10 s at .90."""
    terms = TERMS[state]
    if state != "warning":
        return terms.poll_ms
    return int(min(LONGEST_POLL_MS, terms.poll_ms * (1.0 + 9.0 * max(0.0, pressure - 0.65) / 0.25)))


def retry_after_ms(refusals: int, pressure: float, rng: random.Random) -> int:
    """When to come back after so many refusals in a row: doubling, longer under pressure, spread by a fifth."""
    wait = 500.0 * 2.0 ** min(refusals, 6) * (0.5 + pressure) * rng.uniform(0.8, 1.2)
    return int(min(_LONGEST_RETRY_MS, max(_SHORTEST_RETRY_MS, wait)))


def refusal_data(state: Health, pressure: float, seq: int, retry_ms: int, reason: str) -> dict[str, Json]:
    """The object that goes with every refusal, as error `data` or in the `_meta` of a result."""
    return {
        "state": state,
        "pressure": round(pressure, 3),
        "seq": seq,
        "retryAfterMs": retry_ms,
        "reason": reason,
        "resource": RESOURCE,
    }
