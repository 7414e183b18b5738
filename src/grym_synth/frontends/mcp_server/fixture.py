"""What the official conformance suite asks of a server under test, by the names it asks for.

None of it is of use to anybody else: it lets the suite drive our server, middleware and tasks as they are, without a
hub behind them. The names, texts and schemas are the suite's; each tool does what its name says.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.subscriptions import PromptsListChanged

from ...errors import BadRequest, GrymError
from ..calls.callers import Caller, Pace, owner
from .fixture_tasks import LONG, MemoryTasks, form, text
from .offer import Context, Offer, Prompt, Tool, ToolResult
from .server import HubServer

_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
_WAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="
_PAUSE_S = 0.05
_TTL_MS = 60_000

Do = Callable[[Context, types.CallToolRequestParams], Awaitable[ToolResult]]


def conformance_server() -> HubServer:
    """The server that the suite is run against."""
    fixture = _Fixture()
    local = owner("http")
    pace = Pace(a_second=1e6, at_once=1e6)

    async def refusal(caller: Caller, error: GrymError) -> dict[str, Any]:
        return {}

    server = HubServer(
        fixture.offer(), lambda ctx: local, lambda caller: pace.take(caller.name), refusal, name="grym-synth-fixture"
    )
    fixture.server = server

    async def set_level(ctx: Context, params: types.SetLevelRequestParams) -> types.EmptyResult:
        return types.EmptyResult()

    server.server.add_request_handler("logging/setLevel", types.SetLevelRequestParams, set_level)
    return server


def _sampling(text: str, tokens: int) -> types.CreateMessageRequest:
    said = types.SamplingMessage(role="user", content=types.TextContent(text=text))
    return types.CreateMessageRequest(params=types.CreateMessageRequestParams(messages=[said], max_tokens=tokens))


_NAME = {"type": "string"}


@dataclass(slots=True)
class _Fixture:
    server: HubServer | None = None
    tasks: MemoryTasks = field(default_factory=MemoryTasks)

    def offer(self) -> Offer:
        plain: dict[str, Do] = {
            "test_simple_text": _simple_text,
            "test_image_content": _image,
            "test_audio_content": _audio,
            "test_embedded_resource": _embedded,
            "test_multiple_content_types": _mixed,
            "test_tool_with_logging": _logging,
            "test_logging_tool": _logging,
            "test_tool_with_progress": _progress,
            "test_error_handling": _error,
            "test_sampling": _sample,
            "test_elicitation": _elicit,
            "test_elicitation_sep1034_defaults": _elicit_defaults,
            "test_elicitation_sep1330_enums": _elicit_enums,
            "test_missing_capability": _missing_capability,
            "test_streaming_elicitation": _ask_name,
            "test_input_required_result_elicitation": _ask_name,
            "test_input_required_result_sampling": _ask_model,
            "test_input_required_result_list_roots": _ask_roots,
            "test_input_required_result_request_state": _ask_with_state,
            "test_input_required_result_tampered_state": _ask_with_state,
            "test_input_required_result_multiple_inputs": _ask_three,
            "test_input_required_result_multi_round": _ask_twice,
            "test_input_required_result_capabilities": _ask_what_is_known,
            "test_trigger_tool_change": self._tools_changed,
            "test_trigger_prompt_change": self._prompts_changed,
            "test_header_param": _simple_text,
            "greet": _greet,
        }
        schemas: dict[str, dict[str, Any]] = {
            "test_sampling": {"prompt": _NAME},
            "test_elicitation": {"message": _NAME},
            "test_header_param": {"region": {"type": "string", "x-mcp-header": "Region"}},
            "greet": {"name": _NAME},
        }
        tools = {name: Tool(_definition(name, schemas.get(name, {})), _runs(do)) for name, do in plain.items()}
        for name, properties in LONG.items():
            tools[name] = Tool(_definition(name, properties), _runs(self.tasks.run_now), self.tasks.begin)
        tools["json_schema_2020_12_tool"] = Tool(
            types.Tool(name="json_schema_2020_12_tool", description="Tool with JSON Schema 2020-12 features",
                       input_schema=_SCHEMA_2020),
            _runs(_simple_text),
        )  # fmt: skip

        async def complete(params: types.CompleteRequestParams, caller: Caller) -> Sequence[str]:
            return [word for word in ("paris", "park", "party") if word.startswith(params.argument.value)]

        return Offer(tools, _Resources(), _prompts(), self.tasks, complete=complete)

    async def _tools_changed(self, ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
        assert self.server is not None
        await self.server.tools_changed()
        return text("told")

    async def _prompts_changed(self, ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
        assert self.server is not None
        await self.server.publish(PromptsListChanged())
        return text("told")


def _definition(name: str, properties: Mapping[str, Any]) -> types.Tool:
    schema = {"type": "object", "properties": dict(properties)}
    return types.Tool(name=name, description=f"For the conformance suite: {name}", input_schema=schema)


def _runs(do: Do) -> Any:
    async def run(ctx: Context, params: types.CallToolRequestParams, caller: Caller) -> ToolResult:
        return await do(ctx, params)

    return run


_SCHEMA_2020: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


# --- content --------------------------------------------------------------------------------------------------------


async def _simple_text(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    return text("This is a simple text response for testing.")


async def _image(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    return types.CallToolResult(content=[types.ImageContent(data=_PNG, mime_type="image/png")])


async def _audio(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    return types.CallToolResult(content=[types.AudioContent(data=_WAV, mime_type="audio/wav")])


def _resource(uri: str, kind: str, text: str) -> types.EmbeddedResource:
    return types.EmbeddedResource(resource=types.TextResourceContents(uri=uri, mime_type=kind, text=text))


async def _embedded(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    said = "This is an embedded resource content."
    return types.CallToolResult(content=[_resource("test://embedded-resource", "text/plain", said)])


async def _mixed(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    said = json.dumps({"test": "data", "value": 123})
    return types.CallToolResult(
        content=[
            types.TextContent(text="Multiple content types test:"),
            types.ImageContent(data=_PNG, mime_type="image/png"),
            _resource("test://mixed-content-resource", "application/json", said),
        ]
    )


async def _error(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    return text("This tool intentionally returns an error for testing", is_error=True)


async def _greet(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    return text(f"Hello, {(params.arguments or {}).get('name', 'you')}!")


async def _logging(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    for said in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        note = types.LoggingMessageNotification(params=types.LoggingMessageNotificationParams(level="info", data=said))
        if ctx.protocol_version not in _MODERN:  # there, only who asks for it is told
            await ctx.session.send_notification(note, related_request_id=ctx.request_id)
        await asyncio.sleep(_PAUSE_S)
    return text("Tool with logging executed successfully")


_MODERN = ("2026-07-28",)


async def _progress(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    for done in (0, 50, 100):
        await ctx.session.report_progress(done, 100, f"Completed step {done} of 100")
        await asyncio.sleep(_PAUSE_S)
    return text("Tool with progress executed successfully")


# --- asking the client, in the old era ------------------------------------------------------------------------------


async def _sample(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    request = _sampling(str((params.arguments or {})["prompt"]), 100)
    answer = await ctx.session.send_request(request, types.CreateMessageResult)
    return text(f"LLM response: {getattr(answer.content, 'text', '')}")


async def _elicit(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    schema = {
        "type": "object",
        "properties": {
            "username": {"type": "string", "description": "User's response"},
            "email": {"type": "string", "description": "User's email address"},
        },
        "required": ["username", "email"],
    }
    return await _elicited(ctx, str((params.arguments or {})["message"]), schema, "User response:")


async def _elicit_defaults(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    properties = {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    }
    return await _elicited(ctx, "Please provide information", {"type": "object", "properties": properties})


async def _elicit_enums(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    plain = ["option1", "option2", "option3"]

    def titled(word: str) -> list[dict[str, str]]:
        names = ("First", "Second", "Third")
        return [{"const": f"value{i}", "title": f"{name} {word}"} for i, name in enumerate(names, start=1)]

    legacy = {"enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]}
    properties = {
        "untitledSingle": {"type": "string", "enum": plain},
        "titledSingle": {"type": "string", "oneOf": titled("Option")},
        "legacyEnum": {"type": "string", **legacy},
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": plain}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled("Choice")}},
    }
    return await _elicited(ctx, "Please select", {"type": "object", "properties": properties}, "Elicitation completed:")


async def _elicited(
    ctx: Context, message: str, schema: dict[str, Any], head: str = "Elicitation completed:"
) -> ToolResult:
    answer = await ctx.session.elicit_form(message, schema, related_request_id=ctx.request_id)
    return text(f"{head} action={answer.action}, content={json.dumps(answer.content or {})}")


# --- asking the client, in the new era ------------------------------------------------------------------------------


def _answers(params: types.CallToolRequestParams | types.GetPromptRequestParams) -> Mapping[str, Any]:
    return params.input_responses or {}


def _said(params: types.CallToolRequestParams | types.GetPromptRequestParams, key: str, of: str) -> Any:
    """What the person said to a question; None when it was not answered."""
    answer = _answers(params).get(key)
    if isinstance(answer, types.ElicitResult) and answer.action == "accept":
        return (answer.content or {}).get(of)
    return None


async def _ask_name(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    name = _said(params, "user_name", "name")
    if name is None:
        return types.InputRequiredResult(input_requests={"user_name": form("What is your name?", name=_NAME)})
    return text(f"Hello, {name}!")


async def _ask_model(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    answer = _answers(params).get("capital_question")
    if answer is None:
        question = _sampling("What is the capital of France?", 100)
        return types.InputRequiredResult(input_requests={"capital_question": question})
    return text(f"The model says: {getattr(answer.content, 'text', '')}")


async def _ask_roots(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    answer = _answers(params).get("client_roots")
    if answer is None:
        return types.InputRequiredResult(input_requests={"client_roots": types.ListRootsRequest()})
    return text(f"Roots: {', '.join(str(root.uri) for root in answer.roots)}")


async def _ask_with_state(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    if params.request_state is None or "confirm" not in _answers(params):
        question = form("Please confirm", ok={"type": "boolean"})
        return types.InputRequiredResult(input_requests={"confirm": question}, request_state="asked")
    return text("state-ok")


async def _ask_three(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    wanted: dict[str, Any] = {
        "user_name": form("What is your name?", name=_NAME),
        "greeting": _sampling("Generate a greeting", 50),
        "client_roots": types.ListRootsRequest(),
    }
    if params.request_state is None or not wanted.keys() <= _answers(params).keys():
        return types.InputRequiredResult(input_requests=wanted, request_state="three")
    return text("all three were answered")


async def _ask_twice(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    if params.request_state is None:
        question = form("Step 1: What is your name?", name=_NAME)
        return types.InputRequiredResult(input_requests={"step1": question}, request_state="1")
    if params.request_state == "1":
        question = form("Step 2: What is your favorite color?", color=_NAME)
        return types.InputRequiredResult(input_requests={"step2": question}, request_state="2")
    return text("both steps were answered")


async def _ask_what_is_known(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    known = ctx.session.client_capabilities
    wanted: dict[str, Any] = {}
    if known is not None and known.sampling is not None:
        wanted["greeting"] = _sampling("Generate a greeting", 50)
    if known is not None and known.elicitation is not None:
        wanted["user_name"] = form("What is your name?", name=_NAME)
    if wanted and not _answers(params):
        return types.InputRequiredResult(input_requests=wanted)
    return text("nothing more is needed")


async def _missing_capability(ctx: Context, params: types.CallToolRequestParams) -> ToolResult:
    known = ctx.session.client_capabilities
    if known is None or known.sampling is None:
        data: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "the client does not declare sampling", data)
    return text("sampling is declared")


# --- resources and prompts ------------------------------------------------------------------------------------------


class _Resources:
    _TEXTS: Mapping[str, str] = {
        "test://static-text": "This is the content of the static text resource.",
        "test://watched-resource": "Watched resource content",
        "test://example-resource": "Example",
    }

    def listed(self) -> Sequence[types.Resource]:
        texts = [types.Resource(uri=uri, name=uri.rpartition("/")[2], mime_type="text/plain") for uri in self._TEXTS]
        return [*texts, types.Resource(uri="test://static-binary", name="static-binary", mime_type="image/png")]

    def templates(self) -> Sequence[types.ResourceTemplate]:
        uri = "test://template/{id}/data"
        return [types.ResourceTemplate(uri_template=uri, name="template", mime_type="application/json")]

    async def read(self, uri: str, caller: Caller, context: Context) -> types.ReadResourceResult:
        whole: types.TextResourceContents | types.BlobResourceContents
        if uri in self._TEXTS:
            whole = types.TextResourceContents(uri=uri, text=self._TEXTS[uri], mime_type="text/plain")
        elif uri == "test://static-binary":
            whole = types.BlobResourceContents(uri=uri, blob=_PNG, mime_type="image/png")
        elif uri.startswith("test://template/") and uri.endswith("/data"):
            id = uri.removeprefix("test://template/").removesuffix("/data")
            text = json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})
            whole = types.TextResourceContents(uri=uri, text=text, mime_type="application/json")
        else:
            raise BadRequest(f"there is no resource {uri!r}")
        return types.ReadResourceResult(contents=[whole], ttl_ms=5000, cache_scope="private")

    async def check(self, uri: str, caller: Caller) -> None:
        """Everybody may hear of everything here."""


def _prompts() -> dict[str, Prompt]:
    def user(content: Any) -> types.PromptMessage:
        return types.PromptMessage(role="user", content=content)

    async def simple(ctx: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        return types.GetPromptResult(messages=[user(types.TextContent(text="This is a simple prompt for testing."))])

    async def with_arguments(ctx: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        given = params.arguments or {}
        text = f"Prompt with arguments: arg1='{given.get('arg1')}', arg2='{given.get('arg2')}'"
        return types.GetPromptResult(messages=[user(types.TextContent(text=text))])

    async def with_resource(ctx: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        uri = (params.arguments or {}).get("resourceUri", "test://example-resource")
        embedded = _resource(uri, "text/plain", "Embedded resource content for testing.")
        please = types.TextContent(text="Please process the embedded resource above.")
        return types.GetPromptResult(messages=[user(embedded), user(please)])

    async def with_image(ctx: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        image = types.ImageContent(data=_PNG, mime_type="image/png")
        please = types.TextContent(text="Please analyze the image above.")
        return types.GetPromptResult(messages=[user(image), user(please)])

    async def asks(
        ctx: Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult | types.InputRequiredResult:
        context = _said(params, "user_context", "context")
        if context is None:
            question = form("What context should the prompt use?", context=_NAME)
            return types.InputRequiredResult(input_requests={"user_context": question})
        return types.GetPromptResult(messages=[user(types.TextContent(text=f"With context: {context}"))])

    def argument(name: str) -> types.PromptArgument:
        return types.PromptArgument(name=name, description=name, required=True)

    listed: Mapping[str, tuple[Any, list[types.PromptArgument]]] = {
        "test_simple_prompt": (simple, []),
        "test_prompt_with_arguments": (with_arguments, [argument("arg1"), argument("arg2")]),
        "test_prompt_with_embedded_resource": (with_resource, [argument("resourceUri")]),
        "test_prompt_with_image": (with_image, []),
        "test_input_required_result_prompt": (asks, []),
    }
    return {
        name: Prompt(types.Prompt(name=name, description=name, arguments=arguments), get)
        for name, (get, arguments) in listed.items()
    }
