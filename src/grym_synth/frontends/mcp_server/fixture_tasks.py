"""Tasks that the conformance suite asks for, kept while the process lives."""

from __future__ import annotations

import asyncio
import datetime
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.mcpserver.server import require_client_extension

from ...errors import BadRequest
from ..calls.callers import Caller
from .offer import Context, TaskState, ToolResult

_PAUSE_S = 0.05
_TTL_MS = 60_000
_NAME = {"type": "string"}

#: The tools whose calls are tasks, with what they take.
LONG: Mapping[str, Mapping[str, Any]] = {
    "slow_compute": {"seconds": {"type": "number"}, "label": _NAME},
    "failing_job": {},
    "protocol_error_job": {},
    "confirm_delete": {"filename": _NAME},
    "multi_input": {},
    "test_tool_with_task": {},
}
_NEED_TASKS = ("failing_job", "confirm_delete", "multi_input")


@dataclass(slots=True)
class _Kept:
    state: TaskState
    work: asyncio.Task[None] | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)


class MemoryTasks:
    """Tasks of the suite, kept while the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    async def begin(self, params: types.CallToolRequestParams, caller: Caller) -> TaskState | None:
        if params.name == "test_tool_with_task" and _name_said(params) is None:
            return None  # it asks first
        now = _now()
        kept = _Kept(TaskState(secrets.token_hex(16), "working", now, now, ttl_ms=_TTL_MS, poll_ms=100))
        self._kept[kept.state.id] = kept
        kept.work = asyncio.create_task(self._work(kept, params))
        return kept.state

    async def run_now(self, ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
        """For clients without the extension: waited for."""
        if params.name == "test_tool_with_task" and _name_said(params) is None:
            return types.InputRequiredResult(input_requests={"user_name": form("What is your name?", name=_NAME)})
        if params.name in _NEED_TASKS:
            require_client_extension(ctx, "io.modelcontextprotocol/tasks")
        return await self._do(_Kept(TaskState("", "working", "", "")), params)

    async def get(self, id: str, caller: Caller) -> TaskState:
        return self._find(id).state

    async def cancel(self, id: str, caller: Caller) -> None:
        kept = self._find(id)
        if kept.state.status in ("working", "input_required"):
            assert kept.work is not None
            kept.work.cancel()
            self._become(kept, status="cancelled", asks=None)

    async def answer(self, id: str, answers: Mapping[str, Any], caller: Caller) -> None:
        kept = self._find(id)
        open_ = {key: value for key, value in (kept.state.asks or {}).items() if key not in answers}
        kept.answers |= {key: value for key, value in answers.items() if key in (kept.state.asks or {})}
        if kept.state.status == "input_required":
            self._become(kept, status="input_required" if open_ else "working", asks=open_ or None)
            kept.news.set()

    def _find(self, id: str) -> _Kept:
        if id not in self._kept:
            raise BadRequest("there is no such task")
        return self._kept[id]

    def _become(self, kept: _Kept, **changes: Any) -> None:
        kept.state = replace(kept.state, updated=_now(), **changes)

    async def _work(self, kept: _Kept, params: types.CallToolRequestParams) -> None:
        try:
            result = await self._do(kept, params)
        except MCPError as error:
            told = {"code": error.error.code, "message": error.error.message}
            self._become(kept, status="failed", error=told)
        else:
            done = result.model_dump(by_alias=True, mode="json", exclude_none=True)
            self._become(kept, status="completed", result=done)

    async def _do(self, kept: _Kept, params: types.CallToolRequestParams) -> types.CallToolResult:
        given = params.arguments or {}
        match params.name:
            case "slow_compute":
                await asyncio.sleep(min(600.0, max(0.0, float(given.get("seconds", 0)))))
                return text(f"computed {given.get('label', '')}")
            case "failing_job":
                await asyncio.sleep(1.0)
                return text("the job failed, as it should", is_error=True)
            case "protocol_error_job":
                await asyncio.sleep(_PAUSE_S)
                raise MCPError(types.INTERNAL_ERROR, "a protocol error, as it should be")
            case "confirm_delete":
                answers = await self._ask(kept, confirm=form("Delete it?", confirm={"type": "boolean"}))
                content = answers["confirm"].get("content") or {}
                agreed = answers["confirm"].get("action") == "accept" and content.get("confirm")
                return text(f"{'deleted' if agreed else 'kept'}: {given.get('filename', '')}")
            case "test_tool_with_task":
                return text(f"Hello, {_name_said(params)}!")
            case _:
                first, second = form("First?", value=_NAME), form("Second?", value=_NAME)
                answers = await self._ask(kept, first=first, second=second)
                return text(f"answered: {', '.join(sorted(answers))}")

    async def _ask(self, kept: _Kept, **questions: types.ElicitRequest) -> dict[str, Any]:
        asks = {
            key: value.model_dump(by_alias=True, mode="json", exclude_none=True) for key, value in questions.items()
        }
        self._become(kept, status="input_required", asks=asks)
        while not questions.keys() <= kept.answers.keys():
            kept.news.clear()
            await kept.news.wait()
        return kept.answers


def _name_said(params: types.CallToolRequestParams) -> Any:
    answer = (params.input_responses or {}).get("user_name")
    return (answer.content or {}).get("name") if isinstance(answer, types.ElicitResult) else None


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def text(said: str, *, is_error: bool = False) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=said)], is_error=is_error)


def form(message: str, **properties: Any) -> types.ElicitRequest:
    """A question with these fields, each of which must be answered."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))
