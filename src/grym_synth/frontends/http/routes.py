"""The calls as routes: one POST each, with progress for who wants it, and as tasks for who comes back."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sse_starlette import EventSourceResponse

from ...errors import BadRequest
from ...messages import Json
from ..calls.callers import Caller
from ..calls.desk import Desk, Outcome, outcome_of
from ..calls.table import BY_NAME, CALLS, Call
from .problems import TYPE, problem_of_outcome

_STREAM = "text/event-stream"
Id = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[0-9a-f-]+$", description="Of the task.")]


class Problem(BaseModel):
    """RFC 9457, with the code of the command line."""

    model_config = ConfigDict(extra="allow")
    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    retry_after_s: float | None = None


class TaskWanted(BaseModel):
    """A call that somebody comes back for."""

    model_config = ConfigDict(extra="forbid")
    call: str = Field(description="The name of a call, e.g. ask.", max_length=60, examples=["analyze"])
    arguments: dict[str, Any] = Field(default={}, description="As that call takes them.")


class Task(BaseModel):
    id: str
    status: str = Field(description="working, completed, failed or cancelled")
    doing: str = ""
    created: str
    updated: str
    document: dict[str, Any] | None = Field(default=None, description="What was answered, of a completed one.")
    problem: dict[str, Any] | None = None


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"model": Problem, "content": {TYPE: {}}} for status in (400, 401, 403, 413, 421, 429, 503, *statuses)
    }


def call_routes(desk: Desk) -> APIRouter:
    """A route for each call."""
    router = APIRouter(prefix="/v1")
    for call in CALLS:
        example = {call.name: {"summary": call.title, "value": dict(call.example or {})}}
        router.add_api_route(
            f"/{call.name}",
            _endpoint(desk, call, example),
            methods=["POST"],
            summary=call.title,
            description=f"{call.about}\n\nWith `Accept: {_STREAM}` progress comes first, then the result.",
            operation_id=call.name,
            responses={200: {"model": call.answers}, **_problems(404, 409, 422, 501, 502, 504)},
            tags=[{"looks": "looking", "works": "measuring", "writes": "changing"}[call.sort]],
        )
    return router


def _endpoint(desk: Desk, call: Call, example: Any) -> Any:
    async def endpoint(request: Request, arguments: Any) -> Response:
        caller: Caller = request.state.caller
        if _STREAM in request.headers.get("accept", ""):
            return EventSourceResponse(_told_meanwhile(desk, call, arguments, caller), sep="\n")
        return response_of(await desk.call(call, arguments, caller))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    body = Annotated[call.takes, Body(openapi_examples=example)]  # type: ignore[name-defined]
    parameters = [
        inspect.Parameter("request", kind, annotation=Request),
        inspect.Parameter("arguments", kind, annotation=body),
    ]
    endpoint.__signature__ = inspect.Signature(parameters, return_annotation=Response)  # type: ignore[attr-defined]
    endpoint.__name__ = call.name
    return endpoint


def response_of(outcome: Outcome) -> Response:
    """The document of a call, or its problem; what answered in words that it cannot answer is an answer."""
    if outcome.error is not None:
        return problem_of_outcome(outcome)
    return JSONResponse(outcome.document, headers={"Grym-Exit": str(outcome.exit)})


async def _told_meanwhile(desk: Desk, call: Call, arguments: Any, caller: Caller) -> AsyncIterator[dict[str, str]]:
    news: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()

    async def work() -> Outcome:
        try:
            return await desk.call(call, arguments, caller, lambda *told: news.put_nowait(told))
        finally:
            news.put_nowait(None)

    task = asyncio.create_task(work())
    try:
        while (told := await news.get()) is not None:
            yield {"event": "progress", "data": json.dumps({"fraction": told[0], "message": told[1]})}
        answer = response_of(await task)
        kind = "result" if answer.status_code == 200 else "problem"
        yield {"event": kind, "data": bytes(answer.body).decode()}
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def task_routes(desk: Desk) -> APIRouter:
    """Calls that go on without their caller: durable, and known to nobody else."""
    router = APIRouter(prefix="/v1/tasks", tags=["tasks"])
    usual = _problems(404, 405, 409, 422)

    @router.post("", status_code=202, response_model=Task, responses=usual, summary="Begin a task")
    async def begin(request: Request, wanted: TaskWanted) -> Response:
        caller: Caller = request.state.caller
        call = BY_NAME.get(wanted.call)
        if call is None:
            raise BadRequest(f"there is no call {wanted.call!r}", hint=f"there is {', '.join(BY_NAME)}")
        try:
            arguments = call.takes.model_validate(wanted.arguments)
        except ValidationError as error:
            raise BadRequest(f"{call.name} cannot take these arguments: {error.error_count()} are wrong") from error
        found = await desk.begin(call, arguments, caller)
        return JSONResponse(_task(found), 202, {"Location": f"/v1/tasks/{found['id']}"})

    @router.get("/{id}", response_model=Task, responses=usual, summary="Look at a task")
    async def get(request: Request, id: Id) -> Response:
        return JSONResponse(_task(await _asked(desk, request, "result", id)))

    @router.delete("/{id}", response_model=Task, responses=usual, summary="Cancel a task")
    async def cancel(request: Request, id: Id) -> Response:
        return JSONResponse(_task(await _asked(desk, request, "cancel", id)))

    return router


async def _asked(desk: Desk, request: Request, do: str, id: str) -> dict[str, Any]:
    caller: Caller = request.state.caller
    desk.pace.take(caller.name)
    return await desk.one("task", caller.person, do=do, id=id, caller=caller.name)


def _task(told: dict[str, Any]) -> dict[str, Json]:
    task: dict[str, Json] = {name: told[name] for name in ("id", "status", "doing", "created", "updated")}
    said = told.get("result")
    if told["status"] == "completed" and said is not None:
        outcome = outcome_of(BY_NAME[told["tool"]], said["documents"], said["exit"])
        if outcome.error is not None:
            task["problem"] = json.loads(bytes(problem_of_outcome(outcome).body))
        else:
            task["document"] = outcome.document
    return task
