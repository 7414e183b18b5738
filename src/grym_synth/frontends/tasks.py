"""Calls that somebody comes back for: each is a durable job, begun before its name is given away.

The name is the job's with 128 random bits behind it, and only who began it may look, so neither a guess nor a list of
jobs leads to what was asked. What came of it lies in a file of the home for a day.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import hmac
import json
import platform
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config.writing import write_private
from ..errors import BadRequest
from ..identity.person import Person, person_from_json
from ..jobs.port import Item, Job, Kind, Work
from .job_documents import job_to_json
from .protocol import OPERATIONS, Emit

if TYPE_CHECKING:
    from ..config import Config
    from ..hub import Hub
    from ..messages import Json

CALL = "call"
KEPT_S = 86_400.0
_AT_ONCE = 4  # each asks for the room that its steps take
_ENDINGS = {"done": "completed", "failed": "failed", "cancelled": "cancelled"}

Perform = Callable[[Mapping[str, Any], Emit, Person | None], Awaitable[None]]


class UnknownTask(BadRequest):
    """No task has that name, or it is somebody else's: no answer tells which."""

    code = "unknown_task"


#: How far each call is that this process does, by the id of its job.
_doing: dict[str, str] = {}


def call_kind(config: Config, perform: Perform) -> Kind:
    """Calls as a sort of job."""

    def items(params: Mapping[str, Json]) -> Iterable[Item]:
        return [Item("call")]

    async def do(work: Work) -> Json:
        documents: list[Any] = []
        exit_code = 1

        def emit(event: Mapping[str, Any]) -> None:
            nonlocal exit_code
            if "progress" in event:
                _doing[work.job] = str(event["progress"].get("message", ""))
            elif "exit" in event:
                exit_code = int(event["exit"])
            else:
                documents.append(event["document"])

        operation: Any = work.params["operation"]
        try:
            await perform(operation, emit, person_from_json(work.params["person"]))
        finally:
            _doing.pop(work.job, None)
        said = json.dumps({"exit": exit_code, "documents": documents})
        await asyncio.to_thread(write_private, _place(config, work.job), said)
        return {"exit": exit_code}

    def title(params: Mapping[str, Json]) -> str:
        operation: Any = params["operation"]
        return f"{operation['op']} for {params['caller'] or 'the owner'}"

    def is_here(params: Mapping[str, Json]) -> bool:
        """What comes of it lies in this home."""
        return params["at"] == _here(config)

    return Kind(CALL, items, do, title=title, at_once=_AT_ONCE, is_here=is_here)


async def perform_task(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Begin a call as a task, look at one, read what came of it, or cancel it."""
    do, caller = operation["do"], str(operation.get("caller", ""))
    if do == "start":
        emit({"document": await _start(hub, operation, caller)})
        return 0
    job = await _find(hub, str(operation["id"]), caller)
    if do == "cancel":
        job = await hub.jobs.cancel(job.id)
    told = _to_json(job)
    if do == "result":
        said = await asyncio.to_thread(_read, _place(hub.config, job.id))
        told["result"] = said
    emit({"document": told})
    return 0


def task_id(job: Job) -> str:
    return f"{job.id}-{job.params['secret']}"


async def _start(hub: Hub, operation: Mapping[str, Any], caller: str) -> dict[str, Json]:
    asked: Any = operation["operation"]
    if not isinstance(asked, dict) or asked.get("op") not in OPERATIONS or asked["op"] in ("task", "events"):
        raise BadRequest("that is no operation of this hub", hint="use the command")
    params: dict[str, Json] = {
        "operation": asked, "caller": caller, "person": operation.get("on_behalf"), "tool": operation.get("tool", ""),
        "secret": secrets.token_hex(16), "at": _here(hub.config),
    }  # fmt: skip
    return _to_json(await hub.jobs.show(await hub.jobs.start(CALL, params)))


async def _find(hub: Hub, id: str, caller: str) -> Job:
    name, _, secret = id.partition("-")
    with contextlib.suppress(BadRequest):
        job = await hub.jobs.show(name)
        is_his = job.kind == CALL and job.id == name and job.params["caller"] == caller
        if is_his and hmac.compare_digest(str(job.params["secret"]).encode(), secret.encode()):
            return job
    raise UnknownTask("there is no such task", hint="a task is known to whoever began it, for a day after it ended")


def _to_json(job: Job) -> dict[str, Json]:
    told = job_to_json(job)
    return {
        "id": task_id(job), "status": _ENDINGS.get(job.state, "working"), "cause": job.cause,
        "tool": job.params["tool"],
        "doing": _doing.get(job.id, ""), "created": told["created"], "ended": told["ended"],
        "updated": told["ended"] or _now(), "job": job.id,
    }  # fmt: skip


def _place(config: Config, job: str) -> Path:
    return config.home / "results" / f"{job}.json"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _here(config: Config) -> str:
    return f"{platform.node()}:{config.home}"


def _read(place: Path) -> Any:
    try:
        return json.loads(place.read_bytes())
    except (OSError, ValueError):
        return None
