"""The calls as tools: checked arguments in, words, data and links out; long ones as tasks, writing ones after a yes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import mcp_types as types
from mcp import MCPError
from pydantic import BaseModel, ValidationError

from ...errors import GrymError, Unavailable
from ...health.mapping import THROTTLED, UNAVAILABLE, refusal_data
from ..calls.arguments import Arguments, paths_in
from ..calls.callers import Caller
from ..calls.desk import Desk, Outcome
from ..calls.table import CALLS, Call
from ..calls.wording import shortened, words_of
from ..protocol import error_to_json
from .offer import Context, TaskState, Tool, ToolResult
from .server import HEALTH, declares
from .tasks import HubTasks

_LONGEST_S = 1800.0  # that a call may take which is no task
_MUCH_BYTES, _MANY_FILES = 60_000_000, 5  # of a call that is better a task
_CONSENT = "consent"
T = TypeVar("T")


def hub_tools(desk: Desk, tasks: HubTasks) -> dict[str, Tool]:
    """A tool for each call that assistants see."""
    return {call.name: _tool(desk, tasks, call) for call in CALLS if call.is_tool}


def _tool(desk: Desk, tasks: HubTasks, call: Call) -> Tool:
    definition = types.Tool(
        name=call.name,
        title=call.title,
        description=call.about,
        input_schema=schema_of(call.takes),
        output_schema=schema_of(call.answers),
        annotations=types.ToolAnnotations(
            title=call.title,
            read_only_hint=call.sort != "writes",
            destructive_hint=call.is_destructive,
            idempotent_hint=call.name not in ("learn", "index_folders", "edit_audio"),
            open_world_hint=call.opens_web,
        ),
    )

    async def run(ctx: Context, params: types.CallToolRequestParams, caller: Caller) -> ToolResult:
        try:
            arguments = call.takes.model_validate(params.arguments or {})
        except ValidationError as error:
            return _failed(why_invalid(call, error), "bad_request")
        asked = await _ask_first(desk, call, arguments, ctx, params, caller)
        if asked is not None:
            return asked
        if _is_agreed(params):
            arguments = arguments.model_copy(update={_CONSENT: True})
        outcome = await _with_progress(desk, call, arguments, caller, ctx)
        return await result_of(desk, call, outcome, caller, is_program=declares(ctx, HEALTH))

    async def begin(params: types.CallToolRequestParams, caller: Caller) -> TaskState | None:
        try:
            arguments = call.takes.model_validate(params.arguments or {})
        except ValidationError:
            return None  # whoever runs it says what is wrong
        if not await asyncio.to_thread(_is_much, desk, arguments):
            return None
        try:
            return await tasks.begin(call, arguments, caller)
        except GrymError:
            return None  # the same

    can_be_long = call.name in ("ask", "analyze", "compare")
    return Tool(definition, run, begin if can_be_long else None)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """A JSON schema without the titles that pydantic makes of names."""
    schema: dict[str, Any] = _without_titles(model.model_json_schema())
    schema.pop("description", None)
    return schema


def _without_titles(schema: Any) -> Any:
    if isinstance(schema, dict):
        kept = {
            name: value for name, value in schema.items() if not (name == "title" and isinstance(value, str))
        }  # a property that is called title is no text
        return {name: _without_titles(value) for name, value in kept.items()}
    if isinstance(schema, list):
        return [_without_titles(each) for each in schema]
    return schema


def why_invalid(call: Call, error: ValidationError) -> str:
    """What is wrong with arguments, so that a model can mend them; their values are not repeated."""
    wrong = [
        f"{'.'.join(map(str, item['loc'])) or 'arguments'}: {item['msg'].removeprefix('Value error, ')}"
        for item in error.errors(include_input=False, include_url=False)[:5]
    ]
    return (
        f"{call.name} cannot take these arguments. {'; '.join(wrong)}. It takes: {', '.join(call.takes.model_fields)}"
    )


async def result_of(
    desk: Desk, call: Call, outcome: Outcome, caller: Caller, *, is_program: bool = False
) -> types.CallToolResult:
    """The result of a call that has ended.

    Raises
    ------
    MCPError
        It was refused, and the client knows what that means.
    """
    if outcome.is_refused:
        assert outcome.error is not None
        data = await health_object(desk, caller, outcome.error["message"], outcome.retry_after_s)
        code = THROTTLED if outcome.error["code"] == "throttled" else UNAVAILABLE
        if is_program:
            raise MCPError(code, outcome.error["message"], data)
        wait = data["retryAfterMs"] / 1000.0
        said = f"refused for now: {outcome.error['message']}. Try again in {wait:.0f} s."
        return _failed(said, outcome.error["code"], {HEALTH: data})
    if outcome.error is not None:
        hint = f" ({outcome.error['hint']})" if outcome.error.get("hint") else ""
        return _failed(f"{outcome.error['message']}{hint}", outcome.error["code"])
    document = outcome.document or {}
    content: list[types.ContentBlock] = [types.TextContent(text=words_of(call, document))]
    return types.CallToolResult(content=[*content, *_links(document)], structured_content=shortened(document))


async def health_object(desk: Desk, caller: Caller, reason: str, retry_after_s: float | None) -> dict[str, Any]:
    """How the hub is and when to come back, as every refusal carries it."""
    try:
        now = await desk.health()
    except GrymError:
        now = {"state": "critical", "pressure": 1.5, "seq": 0}
    wait = desk.pace.refused(caller.name, float(now["pressure"]))
    if retry_after_s is not None:
        wait = max(1, int(1000.0 * retry_after_s))
    return dict(refusal_data(now["state"], now["pressure"], now["seq"], wait, reason))


async def refusal(desk: Desk, caller: Caller, error: GrymError) -> dict[str, Any]:
    retry = error.retry_after if isinstance(error, Unavailable) else None
    return await health_object(desk, caller, str(error_to_json(error)["message"]), retry)


def _failed(text: str, code: str, meta: Mapping[str, Any] | None = None) -> types.CallToolResult:
    return types.CallToolResult.model_validate(
        {
            "content": [types.TextContent(text=text)],
            "isError": True,
            "_meta": {"synth.grym/error": {"code": code}, **(meta or {})},
        }
    )


def _links(document: Mapping[str, Any]) -> Iterator[types.ResourceLink]:
    """Where more of it can be read: recordings with their pictures, spectra, patterns, jobs."""
    for each in _rows(document, "recordings")[:10]:
        if each.get("sha256"):
            name = str(each.get("path", "recording")).rsplit("/", 1)[-1]
            uri = f"recordings://{each['sha256']}"
            yield types.ResourceLink(uri=uri, name=name, title="all that was measured", mime_type="application/json")
            yield types.ResourceLink(uri=f"{uri}/plot", name=f"{name}.png", title="a picture", mime_type="image/png")
    for item in _rows(document, "evidence"):
        if str(item.get("value", "")).startswith("fft://"):
            yield types.ResourceLink(uri=item["value"], name="spectrum", mime_type="application/json")
    for each in _rows(document, "patterns")[:10]:
        yield types.ResourceLink(uri=f"patterns://{each['id']}", name=f"pattern {each['id']}")
    if "kind" in document and "state" in document and "id" in document:
        yield types.ResourceLink(uri=f"jobs://{document['id']}", name=f"job {document['id']}", title="how far it is")


def _rows(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = document.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


async def _with_progress(desk: Desk, call: Call, arguments: Arguments, caller: Caller, ctx: Context) -> Outcome:
    """The outcome of a call; how far it is goes to the client meanwhile, and only ever forwards."""
    news: asyncio.Queue[tuple[float, str]] = asyncio.Queue()

    async def tell() -> None:
        furthest = 0.0
        while True:
            fraction, message = await news.get()
            while not news.empty():
                fraction, message = news.get_nowait()
            furthest = max(furthest + 1e-6, min(1.0, fraction))
            await ctx.session.report_progress(furthest, 1.0, message)

    telling = asyncio.create_task(tell())
    try:
        async with asyncio.timeout(_LONGEST_S):
            return await desk.call(call, arguments, caller, lambda *told: news.put_nowait(told))
    except TimeoutError:
        said = {"code": "agent_timeout", "message": f"it took more than {_LONGEST_S / 60:.0f} min", "hint": "ask less"}
        return Outcome(5, None, said)
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _ask_first(
    desk: Desk, call: Call, arguments: Arguments, ctx: Context, params: types.CallToolRequestParams, caller: Caller
) -> ToolResult | None:
    """Ask the person before something is written or forgotten, where the client can; None when it may go on.

    Whoever says that the person has agreed is believed, but not where something is lost for good.
    """
    if _CONSENT not in call.takes.model_fields or call.name == "ask" or not _can_ask(ctx):
        return None
    if getattr(arguments, _CONSENT) and not call.is_destructive:
        return None
    if params.input_responses is not None and _CONSENT in params.input_responses:
        return None if _is_agreed(params) else _failed("the person did not agree, so nothing was changed", "consent")
    preview = await desk.call(call, arguments.model_copy(update={_CONSENT: False}), caller)
    if preview.error is not None:
        return await result_of(desk, call, preview, caller, is_program=declares(ctx, HEALTH))
    message = f"{call.title}?\n{words_of(call, preview.document or {}).splitlines()[0]}"
    form = {"type": "object", "properties": {"yes": {"type": "boolean", "title": "Do it", "default": True}}}
    if ctx.session.can_send_request:
        answer = await ctx.session.elicit_form(message, form, related_request_id=ctx.request_id)
        agreed = answer.action == "accept" and (answer.content or {}).get("yes", True) is not False
        if not agreed:
            return _failed("the person did not agree, so nothing was changed", "consent")
        outcome = await desk.call(call, arguments.model_copy(update={_CONSENT: True}), caller)
        return await result_of(desk, call, outcome, caller, is_program=declares(ctx, HEALTH))
    question = types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=form))
    return types.InputRequiredResult(input_requests={_CONSENT: question})


def _can_ask(ctx: Context) -> bool:
    capabilities = ctx.session.client_capabilities
    return capabilities is not None and capabilities.elicitation is not None


def _is_agreed(params: types.CallToolRequestParams) -> bool:
    answer = (params.input_responses or {}).get(_CONSENT)
    return isinstance(answer, types.ElicitResult) and (
        answer.action == "accept" and (answer.content or {}).get("yes", True) is not False
    )


def _is_much(desk: Desk, arguments: Arguments) -> bool:
    """Whether a call is about folders, many files or big ones."""
    named = paths_in(arguments.given())
    if len(named) >= _MANY_FILES:
        return True
    total = 0
    for name in named:
        try:
            place = Path(desk.roots.inside(name))
            if place.is_dir():
                return True
            total += place.stat().st_size
        except (GrymError, OSError):
            return False
    return total >= _MUCH_BYTES
