"""The hub's durable calls as tasks of the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mcp_types as types
from mcp import MCPError

from ...errors import BadRequest, GrymError
from ...health.mapping import UNAVAILABLE, poll_interval_ms, refusal_data
from ..calls.arguments import Arguments
from ..calls.callers import Caller
from ..calls.desk import Desk, outcome_of
from ..calls.table import BY_NAME, Call
from ..tasks import KEPT_S
from .offer import TaskState


class HubTasks:
    """Tasks of one desk; the health of the hub says how often they may be asked for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def begin(self, call: Call, arguments: Arguments, caller: Caller) -> TaskState:
        """Write a call down as a job, and return its task. Raises as the desk does for what cannot be called."""
        return await self._state(await self._desk.begin(call, arguments, caller))

    async def get(self, id: str, caller: Caller) -> TaskState:
        found = await self._task("result", id, caller)
        return await self._state(found, caller)

    async def cancel(self, id: str, caller: Caller) -> None:
        await self._task("cancel", id, caller)

    async def answer(self, id: str, answers: Mapping[str, Any], caller: Caller) -> None:
        """Nothing is asked in the middle of a task, so answers are to nothing: they are taken and passed over."""
        await self._task("show", id, caller)

    async def _task(self, do: str, id: str, caller: Caller) -> dict[str, Any]:
        return await self._desk.one("task", caller.person, do=do, id=id, caller=caller.name)

    async def _state(self, told: Mapping[str, Any], caller: Caller | None = None) -> TaskState:
        from .tools import result_of

        now = await self._desk.health()
        status, message = told["status"], told["doing"] or told["cause"]
        if status == "working" and now["state"] != "healthy":
            message = "; ".join(filter(None, (message, f"the hub is at {now['state']} ({now['cause']})")))
        result = error = None
        said = told.get("result")
        if status == "completed" and caller is not None:
            if said is None:
                status, error = "failed", {"code": types.INTERNAL_ERROR, "message": "its result is gone"}
            else:
                call = BY_NAME[told["tool"]]
                outcome = outcome_of(call, said["documents"], said["exit"])
                try:
                    made = await result_of(self._desk, call, outcome, caller)
                    result = made.model_dump(by_alias=True, mode="json", exclude_none=True)
                except (MCPError, GrymError, BadRequest) as fault:  # pragma: no cover
                    status, error = "failed", {"code": types.INTERNAL_ERROR, "message": str(fault)}
        elif status == "failed":
            data = refusal_data(now["state"], now["pressure"], now["seq"], 1000, told["cause"])
            error = {"code": UNAVAILABLE, "message": told["cause"] or "it could not be done", "data": data}
        return TaskState(
            told["id"], status, told["created"], told["updated"], message, int(1000 * KEPT_S),
            poll_interval_ms(now["state"], now["pressure"]), result, error,
        )  # fmt: skip
