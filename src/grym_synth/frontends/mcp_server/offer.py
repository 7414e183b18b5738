"""What a server offers: tools, resources, prompts and tasks, whatever stands behind them.

The hub's are in `tools`, `resources`, `prompts` and `tasks`; those that the conformance suite asks for are in
`fixture`. `server` serves either in both eras of the protocol.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import mcp_types as types
from mcp.server.context import ServerRequestContext

from ..calls.callers import Caller

Context: TypeAlias = ServerRequestContext[Any, Any]
ToolResult: TypeAlias = types.CallToolResult | types.InputRequiredResult
RunTool: TypeAlias = Callable[[Context, types.CallToolRequestParams, Caller], Awaitable[ToolResult]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, and who runs it.

    begin : makes a task of a call where that is better; None where it is to be run at once
    """

    definition: types.Tool
    run: RunTool
    begin: Callable[[types.CallToolRequestParams, Caller], Awaitable[TaskState | None]] | None = None


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task as the protocol tells of it; times are ISO 8601.

    result : of a completed one, as `tools/call` would have answered
    error : of a failed one
    asks : what it waits to be told, by the server's key
    """

    id: str
    status: str
    created: str
    updated: str
    message: str = ""
    ttl_ms: int | None = None
    poll_ms: int = 1000
    result: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    asks: Mapping[str, Any] | None = None


class Tasks(Protocol):
    """Calls that go on without their caller. An id that is not the caller's is as unknown as any other."""

    async def get(self, id: str, caller: Caller) -> TaskState: ...
    async def cancel(self, id: str, caller: Caller) -> None: ...
    async def answer(self, id: str, answers: Mapping[str, Any], caller: Caller) -> None: ...


class Resources(Protocol):
    """What can be read. Methods raise BadRequest for what is not there, or not for this caller."""

    def listed(self) -> Sequence[types.Resource]: ...
    def templates(self) -> Sequence[types.ResourceTemplate]: ...
    async def read(self, uri: str, caller: Caller, context: Context) -> types.ReadResourceResult: ...
    async def check(self, uri: str, caller: Caller) -> None: ...


@dataclass(frozen=True, slots=True)
class Prompt:
    definition: types.Prompt
    get: Callable[[Context, types.GetPromptRequestParams], Awaitable[types.GetPromptResult | types.InputRequiredResult]]


@dataclass(frozen=True, slots=True)
class Offer:
    """All of it.

    hidden : names of tools that cannot be used just now
    complete : suggests values of arguments of prompts and resources
    ttl_ms : how long a list counts as fresh
    """

    tools: Mapping[str, Tool]
    resources: Resources
    prompts: Mapping[str, Prompt]
    tasks: Tasks
    hidden: Callable[[], Collection[str]] = lambda: ()
    complete: Callable[[types.CompleteRequestParams, Caller], Awaitable[Sequence[str]]] | None = None
    ttl_ms: int = 60_000
