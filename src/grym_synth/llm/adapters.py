"""Providers behind `LanguageModel`: any OpenAI-compatible address, Anthropic and Google, all through pydantic-ai."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from ..config.models import ModelCard
from ..errors import GrymError, ModelUnreachable
from ..messages import Json
from .choose import estimate_tokens, tokens_of
from .connect import Line, connect
from .failures import RequestRejected, translate
from .model import LanguageModel, OnText, Prompt, Said, UnusableAnswer

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse

_MOST_TEXT = 1_000_000  # characters of an answer; nobody asked for a millionth
_JSON_ONLY = "Answer with JSON alone, without words around it, that keeps to this JSON Schema:\n"


def open_model(card: ModelCard) -> LanguageModel:
    """The model that a card describes. Nothing is imported or connected before it is asked."""
    return PydanticModel(card)


class PydanticModel:
    """One model through pydantic-ai: one request for each question, and no second try."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        self._line: Line | None = None
        self._opening = asyncio.Lock()
        self._takes_schema = True  # until it says that it does not

    async def ask(self, prompt: Prompt, on_text: OnText | None = None) -> Said:
        line = await self._connected()
        if prompt.schema is None or not self._can_take(prompt.schema, line):
            return await self._ask(line, prompt, on_text, with_schema=False)
        try:
            return await self._ask(line, prompt, on_text, with_schema=True)
        except RequestRejected:
            said = await self._ask(line, prompt, on_text, with_schema=False)  # raises when that was not the reason
            self._takes_schema = False
            return said

    async def aclose(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.client.aclose()

    def _can_take(self, schema: Mapping[str, Json], line: Line) -> bool:
        """Whether a schema may go along as such; else it goes in words."""
        knows_schemas = bool(line.model.profile.get("supports_json_schema_output", False))
        # Anthropic's is made to forbid every property that it does not name.
        is_kept = self.card.provider != "anthropic" or not _has_free_names(schema)
        return self._takes_schema and knows_schemas and is_kept

    async def _connected(self) -> Line:
        async with self._opening:
            if self._line is None:
                # In a thread: importing takes seconds, in which the hub must keep watch.
                self._line = await asyncio.to_thread(connect, self.card)
            return self._line

    async def _ask(self, line: Line, prompt: Prompt, on_text: OnText | None, *, with_schema: bool) -> Said:
        request = _to_request(line, prompt, self.card, with_schema=with_schema)
        response: ModelResponse | None = None
        # What is done with a piece stays outside of the generator: its errors are not those of the model.
        async with aclosing(self._pieces(request, stream=on_text is not None)) as pieces:
            async for piece in pieces:
                if not isinstance(piece, str):
                    response = piece
                elif on_text is not None:
                    on_text(piece)
        if response is None:
            raise UnusableAnswer("it ended without an answer")
        return _to_said(response, prompt, self.card)

    async def _pieces(self, request: dict[str, Any], *, stream: bool) -> AsyncGenerator[str | ModelResponse, None]:
        """The text as it comes, then the whole response."""
        from pydantic_ai.direct import model_request, model_request_stream
        from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta

        try:
            if not stream:
                yield await model_request(**request)
                return
            length = 0
            async with model_request_stream(**request) as events:
                async for event in events:
                    text = ""
                    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                        text = event.part.content
                    elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
                        text = event.delta.content_delta
                    length += len(text)
                    if length > _MOST_TEXT:
                        raise UnusableAnswer("it goes on and on", output_tokens=_MOST_TEXT // 3)
                    if text:
                        yield text
                yield _whole(events.get())
        except GrymError:
            raise
        except Exception as error:  # whatever three providers' clients may raise
            raise translate(error, self.card, streams=stream) from error


def _to_request(line: Line, prompt: Prompt, card: ModelCard, *, with_schema: bool) -> dict[str, Any]:
    """The arguments of a request. File names may hold bytes that are no text; they go as question marks."""
    from pydantic_ai.messages import ModelRequest, SystemPromptPart, UserPromptPart
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition
    from pydantic_ai.settings import ModelSettings

    system, parameters = prompt.system, ModelRequestParameters()
    if prompt.schema is not None:
        # Also where it goes along as a schema: some servers take that and do not look at it.
        system = f"{system}\n\n{_JSON_ONLY}{json.dumps(prompt.schema)}"
    if with_schema and prompt.schema is not None:
        wanted = OutputObjectDefinition(json_schema=json.loads(json.dumps(prompt.schema)), name="answer")
        parameters = ModelRequestParameters(output_mode="native", output_object=wanted)
    system, text = (part.encode(errors="replace").decode() for part in (system, prompt.text))
    return {
        "model": line.model,
        "messages": [ModelRequest(parts=[SystemPromptPart(system), UserPromptPart(text)])],
        "model_settings": ModelSettings(max_tokens=prompt.max_tokens + card.thinking_tokens),
        "model_request_parameters": parameters,
        "instrument": False,
    }


def _whole(response: ModelResponse) -> ModelResponse:
    """A response that has said why it ends; raises ModelUnreachable for a stream that just stops."""
    if response.finish_reason is None and not (response.provider_details or {}).get("finish_reason"):
        raise ModelUnreachable("it broke off: the stream has no end")
    return response


def _to_said(response: ModelResponse, prompt: Prompt, card: ModelCard) -> Said:
    """The answer; raises UnusableAnswer for one that is cut off, empty, withheld, or not the JSON it should be."""
    from pydantic_ai.messages import TextPart

    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    usage = response.usage
    # Some servers do not count.
    paid = (usage.input_tokens or estimate_tokens(prompt), usage.output_tokens or tokens_of(text))
    trouble = ""
    if response.finish_reason == "length":
        trouble = f"it was cut off after {prompt.max_tokens + card.thinking_tokens} tokens"
    elif response.finish_reason in ("content_filter", "error"):
        trouble = f"it withheld its answer ({response.finish_reason})"
    elif not text.strip():
        trouble = "it answered nothing"
    elif prompt.schema is not None:
        found = _find_json(text)
        trouble, text = ("it was to answer with JSON, and did not", "") if found is None else ("", found)
    if trouble:
        hint = "raise its `thinking_tokens`" if response.finish_reason == "length" else ""
        raise UnusableAnswer(trouble, hint=hint, input_tokens=paid[0], output_tokens=paid[1])
    return Said(text, card.name, *paid)


def _has_free_names(schema: Json | Mapping[str, Json]) -> bool:
    """Whether a JSON Schema has objects whose properties it does not name."""
    if isinstance(schema, Mapping):
        return bool(schema.get("additionalProperties")) or any(map(_has_free_names, schema.values()))
    return isinstance(schema, list) and any(map(_has_free_names, schema))


def _find_json(text: str) -> str | None:
    """The JSON in an answer, without the fence or the words that some put around it."""
    fenced = re.search(r"```(?:json)?\s*\n(.*?)```", text, re.DOTALL)
    first, last = text.find("{"), text.rfind("}")
    for candidate in (text, fenced.group(1) if fenced else "", text[first : last + 1] if first >= 0 else ""):
        try:
            json.loads(candidate, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            continue
        return candidate.strip()
    return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
