"""What clients are told of the health of the hub: cues, poll intervals, tools that leave and come back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from grym_synth.config import Config
from grym_synth.frontends.calls.callers import owner
from grym_synth.frontends.calls.desk import Desk, open_desk
from grym_synth.frontends.mcp_server.hub_server import Pulse, hub_server
from grym_synth.frontends.mcp_server.tasks import HubTasks

TASK = {
    "id": "ab-cd", "status": "working", "cause": "", "tool": "analyze", "doing": "listening", "created": "2026-01-01",
    "ended": None, "updated": "2026-01-01", "job": "ab",
}  # fmt: skip


class Heard:
    """Stands where the server does, and remembers what it was to tell."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def updated(self, uri: str) -> None:
        self.told.append(uri)

    async def tools_changed(self) -> None:
        self.told.append("tools")


def health(state: str = "healthy", *left_alone: str, pressure: float = 0.1, cause: str = "disk") -> dict[str, Any]:
    return {"state": state, "pressure": pressure, "cause": cause, "seq": 7, "left_alone": [*left_alone], "at": 0.0}


def test_every_change_of_state_is_a_cue_and_nothing_else_is() -> None:
    pulse, heard = Pulse(Any), Heard()  # type: ignore[arg-type]
    pulse._server = heard  # type: ignore[assignment]

    async def story() -> None:
        for state in ("healthy", "healthy", "warning", "warning", "critical", "warning", "healthy"):
            await pulse._tell(health(state))

    asyncio.run(story())
    assert heard.told == ["health://hub"] * 4


def test_tools_of_an_agent_that_is_left_alone_leave_the_list_and_come_back() -> None:
    pulse, heard = Pulse(Any), Heard()  # type: ignore[arg-type]
    pulse._server = heard  # type: ignore[assignment]

    async def story() -> None:
        await pulse._tell(health("healthy", "edit"))
        assert pulse.hidden() == {"edit_audio"}
        await pulse._tell(health("healthy", "edit"))
        await pulse._tell(health("healthy", "edit", "theory"))  # no tool is of that alone
        await pulse._tell(health())
        assert not pulse.hidden()

    asyncio.run(story())
    assert heard.told == ["tools", "tools"]


def test_a_hidden_tool_is_not_listed(tmp_path: Path) -> None:
    pulse = Pulse(open_desk(Config(home=tmp_path), tmp_path))
    server = hub_server(pulse.desk, pulse)
    pulse.left_alone = frozenset({"listen"})
    names = {name for name in server.offer.tools if name not in server.offer.hidden()}
    assert "analyze" not in names
    assert {"search_notes", "hub_status", "jobs"} <= names


@pytest.mark.parametrize(
    ("now", "poll_ms", "says"),
    [
        (health(), 1000, "listening"),
        (health("warning", pressure=0.65, cause="memory"), 1000, "listening; the hub is at warning (memory)"),
        (health("warning", pressure=0.95, cause="memory"), 10_000, "listening; the hub is at warning (memory)"),
        (health("critical", pressure=1.2, cause="store"), 15_000, "listening; the hub is at critical (store)"),
    ],
)
def test_a_task_is_polled_the_less_often_the_more_tired_the_hub_is(
    now: dict[str, Any], poll_ms: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def one(self: Desk, op: str, person: Any = None, **arguments: Any) -> dict[str, Any]:
        return now if op == "health" else TASK

    monkeypatch.setattr(Desk, "one", one)
    config = Config(home=tmp_path / "home", roots=(str(tmp_path),))
    tasks = HubTasks(open_desk(config, tmp_path))

    async def story() -> None:
        task = await tasks.get("ab-cd", owner("stdio"))
        assert (task.status, task.poll_ms, task.message) == ("working", poll_ms, says)
        assert task.result is task.error is None

    asyncio.run(story())
