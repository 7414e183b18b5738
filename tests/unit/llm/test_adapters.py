"""Real clients against a real server on loopback; only the model is made up."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from dataclasses import replace
from typing import Any, NoReturn

import httpx2
import pytest
from tests.model_server import ModelServer, Reply, serving

from grym_synth.config.models import ModelCard, Provider
from grym_synth.errors import BadSetup, GrymError, MissingDependency, ModelFailed, ModelUnreachable
from grym_synth.llm.adapters import open_model
from grym_synth.llm.connect import bare, check, connect
from grym_synth.llm.model import (
    ModelAbsent,
    ModelBusy,
    ModelRefused,
    ModelTimeout,
    OnText,
    Prompt,
    Said,
    UnusableAnswer,
)

PROVIDERS: tuple[Provider, ...] = ("openai", "anthropic", "google")
NAMES = {"openai": "qwen3:8b", "anthropic": "claude-opus-4-7", "google": "gemini-2.5-flash"}
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"bpm": {"type": "integer"}}, "required": ["bpm"]}
PROMPT = Prompt("write", "Write.", "Tempo 128 BPM.", max_tokens=100)
PLAN = Prompt("plan", "Plan.", "How fast is it?", schema=SCHEMA, max_tokens=100)

every_provider = pytest.mark.parametrize("provider", PROVIDERS)
whole_and_streamed = pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])


def card_of(server: ModelServer, provider: Provider = "openai", timeout: float = 60.0) -> ModelCard:
    url = server.url if provider == "openai" else server.root
    return ModelCard(
        "mine", provider, NAMES[provider], url, api_key="k3y-secret", is_local=True, thinking_tokens=50, timeout=timeout
    )


def ask(card: ModelCard, *prompts: Prompt, on_text: OnText | None = None) -> list[Said]:
    async def run() -> list[Said]:
        model = open_model(card)
        try:
            return [await model.ask(prompt, on_text) for prompt in prompts]
        finally:
            await model.aclose()

    return asyncio.run(run())


def failure(reply: Reply, provider: Provider, *, streams: bool, prompt: Prompt = PROMPT, timeout: float = 60.0) -> Any:
    """The error that a reply leads to, after one request and no second try."""
    with serving(reply) as server:
        with pytest.raises(GrymError) as error:
            ask(card_of(server, provider, timeout), prompt, on_text=list[str]().append if streams else None)
        assert len(server.seen) == 1
    return error.value


@every_provider
def test_an_answer_comes_whole_with_what_it_took(provider: Provider) -> None:
    with serving(Reply("It is fast.", usage=(31, 7))) as server:
        assert ask(card_of(server, provider), PROMPT) == [Said("It is fast.", "mine", 31, 7)]


@every_provider
def test_an_answer_comes_in_pieces(provider: Provider) -> None:
    heard: list[str] = []
    with serving(Reply("It is rather fast.", usage=(31, 7))) as server:
        assert ask(card_of(server, provider), PROMPT, on_text=heard.append) == [
            Said("It is rather fast.", "mine", 31, 7)
        ]
    assert heard == ["It ", "is ", "rather ", "fast."]


@every_provider
@whole_and_streamed
def test_json_is_asked_for_by_its_schema(provider: Provider, streams: bool) -> None:
    with serving(Reply('{"bpm": 128}')) as server:
        (said,) = ask(card_of(server, provider), PLAN, on_text=list[str]().append if streams else None)
        assert json.loads(said.text) == {"bpm": 128}
        sent = server.seen[0].body
        asked = sent.get("response_format") or sent.get("output_config") or sent["generationConfig"]
        assert '"bpm": {"type": "integer"}' in json.dumps(asked)


@every_provider
@whole_and_streamed
def test_a_schema_is_sent_as_it_is_or_in_words(provider: Provider, streams: bool) -> None:
    """A client that would forbid the names that a schema leaves free must not: the answer would lack them."""
    free: dict[str, Any] = {
        "type": "object",
        "properties": {"why": {"type": "object", "additionalProperties": {"type": "string"}}},
    }
    with serving(Reply('{"why": {"rhythm": "asks for the tempo"}}')) as server:
        (said,) = ask(
            card_of(server, provider), replace(PLAN, schema=free), on_text=list[str]().append if streams else None
        )
        assert json.loads(said.text) == {"why": {"rhythm": "asks for the tempo"}}
        sent = server.seen[0].body
    asked = sent.get("response_format") or sent.get("output_config") or sent.get("generationConfig")
    if provider == "anthropic":
        assert asked is None
        assert json.dumps(free) in sent["system"]
    else:
        assert '"additionalProperties": {"type": "string"' in json.dumps(asked)


@every_provider
def test_a_server_that_knows_no_schemas_is_asked_in_words_from_then_on(provider: Provider) -> None:
    with serving(Reply(needs_no_schema=True), Reply('Sure:\n```json\n{"bpm": 128}\n```')) as server:
        said = ask(card_of(server, provider), PLAN, PLAN)
        assert [json.loads(answer.text) for answer in said] == [{"bpm": 128}] * 2
        assert len(server.seen) == 3
        last = server.seen[-1]
        assert not {"response_format", "output_config"} & set(last.body)
        assert "JSON Schema" in last.words


def test_what_is_refused_for_another_reason_is_not_taken_for_that() -> None:
    with serving(Reply(status=400), Reply(status=400), Reply('{"bpm": 128}')) as server:
        card = card_of(server)

        async def run() -> Said:
            model = open_model(card)
            with pytest.raises(ModelRefused):
                await model.ask(PLAN)
            said = await model.ask(PLAN)
            await model.aclose()
            return said

        asyncio.run(run())
        assert "response_format" in server.seen[-1].body


@pytest.mark.parametrize(
    "text",
    ['{"bpm": 128}', ' {"bpm": 128}\n', '```json\n{"bpm": 128}\n```', 'Here:\n```\n{"bpm": 128}\n```\nBye.',
     'It is {"bpm": 128}, I think.'],
)  # fmt: skip
def test_json_is_found_among_words(text: str) -> None:
    with serving(Reply(text)) as server:
        assert json.loads(ask(card_of(server), PLAN)[0].text) == {"bpm": 128}


@every_provider
@whole_and_streamed
@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(""), "answered nothing"),
        (Reply("It is", finish="length"), "cut off after 150 tokens"),
        (Reply("It is fast."), "was to answer with JSON"),
        (Reply('{"bpm": NaN}'), "was to answer with JSON"),
        (Reply('{"bpm": 12'), "was to answer with JSON"),
    ],
)
def test_what_is_no_answer_is_refused_with_what_it_took(
    provider: Provider, streams: bool, reply: Reply, told: str
) -> None:
    error = failure(reply, provider, streams=streams, prompt=PLAN)
    assert isinstance(error, UnusableAnswer)
    assert told in str(error)
    assert (error.input_tokens, error.output_tokens) == (12, 5)


@every_provider
def test_a_server_that_does_not_count_is_counted_by_estimate(provider: Provider) -> None:
    with serving(Reply("It is fast.", usage=None)) as server:
        (said,) = ask(card_of(server, provider), PROMPT)
    assert (said.input_tokens, said.output_tokens) == (2 + 5, 4)


@every_provider
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_what_is_refused_is_refused_for_good(provider: Provider, status: int) -> None:
    error = failure(Reply(status=status), provider, streams=False)
    assert isinstance(error, ModelRefused)
    assert str(error) == f"it answered {status}: told to say {status}"


@every_provider
@whole_and_streamed
@pytest.mark.parametrize("status", [408, 500, 503, 529])
def test_a_server_in_trouble_may_be_asked_later(provider: Provider, streams: bool, status: int) -> None:
    error = failure(Reply(status=status, headers={"retry-after": "3"}), provider, streams=streams)
    assert isinstance(error, ModelUnreachable)
    assert not isinstance(error, ModelBusy | ModelAbsent)
    assert (str(error), error.retry_after) == (f"it answered {status}: told to say {status}", 3.0)


@every_provider
@whole_and_streamed
def test_too_many_questions_are_no_fault_and_the_wait_is_told(provider: Provider, streams: bool) -> None:
    error = failure(Reply(status=429, headers={"retry-after": "7"}), provider, streams=streams)
    assert isinstance(error, ModelBusy)
    assert error.retry_after == 7.0


def test_an_account_that_is_used_up_is_not_waited_for() -> None:
    body = {"error": {"message": "You exceeded your quota", "code": "insufficient_quota", "type": "x"}}
    error = failure(Reply(status=429, body=json.dumps(body).encode()), "openai", streams=False)
    assert isinstance(error, ModelRefused)
    assert error.hint == "its account is used up"


@every_provider
def test_a_key_that_a_server_repeats_is_not_shown(provider: Provider) -> None:
    body = b'{"error": {"message": "wrong key:\\u001b[31m k3y-secret"}}'
    error = failure(Reply(status=401, body=body), provider, streams=False)
    assert str(error) == "it answered 401: wrong key: [31m ***"


@every_provider
@whole_and_streamed
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html>Hello</html>"),
        ("application/json", b"<html>Hello</html>"),
        ("application/json", b""),
        ("application/json", b"null"),
        ("application/json", b"{}"),
        ("application/json", b'{"choices": [], "content": [], "candidates": []}'),
        ("application/json", b'{"choices": 3, "content": 3, "candidates": 3}'),
    ],
)
def test_nonsense_is_a_failure(provider: Provider, streams: bool, kind: str, body: bytes) -> None:
    error = failure(Reply(body=body, headers={"content-type": kind}), provider, streams=streams)
    assert isinstance(error, ModelFailed | ModelUnreachable)
    assert not isinstance(error, ModelRefused | ModelAbsent)


@every_provider
@pytest.mark.parametrize("then", ["break", "close"])
def test_a_stream_that_breaks_off_is_no_answer(provider: Provider, then: Any) -> None:
    heard: list[str] = []
    reply = Reply("It is rather fast.", after_pieces=2, then=then)
    with serving(reply) as server, pytest.raises(ModelUnreachable, match="broke off"):
        ask(card_of(server, provider), PROMPT, on_text=heard.append)
    assert heard == ["It ", "is "]


@every_provider
@whole_and_streamed
def test_who_says_nothing_more_is_left_after_the_time(provider: Provider, streams: bool) -> None:
    reply = Reply("It is rather fast.", after_pieces=1, then="hang")
    assert isinstance(failure(reply, provider, streams=streams, timeout=0.3), ModelTimeout)


@every_provider
def test_where_nobody_listens_nobody_is_there(provider: Provider) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    card = ModelCard("mine", provider, NAMES[provider], f"http://127.0.0.1:{port}/v1")
    with pytest.raises(ModelAbsent, match=f"nobody answers at http://127.0.0.1:{port}/v1"):
        ask(card, PROMPT)


@every_provider
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_followed_elsewhere(provider: Provider, status: int) -> None:
    with serving() as elsewhere:
        error = failure(Reply(status=status, headers={"location": elsewhere.url}), provider, streams=False)
        assert isinstance(error, ModelRefused)
        assert elsewhere.seen == []


@every_provider
def test_nothing_goes_along_but_the_question_and_its_key(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the variables say that the clients read, and wherever they point."""
    with serving() as server, serving() as elsewhere:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"):
            monkeypatch.setenv(name, elsewhere.root)
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", elsewhere.root)
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GOOGLE_API_KEY", "OPENAI_ORG_ID"):
            monkeypatch.setenv(name, "from-environment")
        for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
            monkeypatch.setenv(name, "Authorization: from-environment\nX-Api-Key: from-environment\nX-More: yes")
        ask(card_of(server, provider), PROMPT)
        assert elsewhere.seen == []
        (seen,) = server.seen
    allowed = {"host", "connection", "accept", "accept-encoding", "content-type", "content-length", "user-agent"}
    own = {"openai": {"authorization"}, "anthropic": {"x-api-key", "anthropic-version"}, "google": {"x-goog-api-key"}}
    assert set(seen.headers) <= allowed | own[provider]
    assert seen.headers["user-agent"] == "grym-synth"
    assert "from-environment" not in str(seen)
    assert sum("k3y-secret" in value for value in seen.headers.values()) == 1


@every_provider
def test_without_a_key_none_is_sent(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(name, "from-environment")
    with serving() as server:
        url = server.url if provider == "openai" else server.root
        ask(ModelCard("mine", provider, NAMES[provider], url), PROMPT)
        assert not {"authorization", "x-api-key", "x-goog-api-key"} & set(server.seen[0].headers)
        assert "from-environment" not in str(server.seen)


def test_a_request_for_elsewhere_is_stopped_on_its_way() -> None:
    stop = bare(ModelCard("mine", "openai", "m", "https://HERE.example:443/v1", api_key="k3y"))
    there = httpx2.Request("POST", "https://here.example/v1/chat/completions")
    asyncio.run(stop(there))
    assert there.headers["authorization"] == "Bearer k3y"
    for url in ("https://there.example/v1", "http://here.example/v1", "https://here.example:444/v1"):
        with pytest.raises(ModelRefused, match="about to go to"):
            asyncio.run(stop(httpx2.Request("POST", url)))


@every_provider
def test_names_that_are_no_text_are_sent_as_question_marks(provider: Provider) -> None:
    with serving() as server:
        ask(card_of(server, provider), Prompt("write", "Write.", "The file caf\udce9.wav is “loud”."))
        assert "caf?.wav is “loud”" in json.dumps(server.seen[0].body, ensure_ascii=False)


def test_an_error_of_the_listener_is_its_own_and_ends_the_stream() -> None:
    def refuse(piece: str) -> NoReturn:
        raise BrokenPipeError(piece)

    with serving(Reply("It is fast.", then="hang", after_pieces=1)) as server, pytest.raises(BrokenPipeError):
        ask(card_of(server), PROMPT, on_text=refuse)


def test_questions_at_once_share_one_connection_pool() -> None:
    async def run(card: ModelCard) -> list[Said]:
        model = open_model(card)
        said = await asyncio.gather(*(model.ask(PROMPT) for _ in range(4)))
        await model.aclose()
        return said

    with serving() as server:
        assert len(asyncio.run(run(card_of(server)))) == 4


def test_the_limit_of_an_answer_goes_by_the_name_that_a_server_knows() -> None:
    with serving() as server:
        ask(card_of(server), PROMPT)
        assert server.seen[0].body["max_tokens"] == 150
    theirs = connect(ModelCard("mine", "openai", "gpt-5-mini", "https://api.openai.com/v1")).model.profile
    assert dict(theirs)["openai_chat_supports_max_completion_tokens"] is True


@every_provider
def test_without_the_extra_it_is_named(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, f"pydantic_ai.models.{provider}", None)
    with serving() as server:
        with pytest.raises(MissingDependency, match="is not installed") as error:
            ask(card_of(server, provider), PROMPT)
        extra = "llm" if provider == "openai" else provider
        assert error.value.hint == f"pip install 'grym-synth[{extra}]'"
        assert server.seen == []


def test_a_model_is_checked_without_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        card = card_of(server)
        assert check(card) == f"qwen3:8b at {server.url}, local"
        with pytest.raises(BadSetup, match="A_KEY is not set"):
            check(replace(card, api_key_env="A_KEY", api_key=""))
        monkeypatch.setitem(sys.modules, "pydantic_ai.models.openai", None)
        with pytest.raises(MissingDependency, match="'llm'"):
            check(card)
        assert server.seen == []


def test_nothing_of_it_is_imported_before_a_model_is_asked() -> None:
    heavy = ["pydantic_ai", "pydantic", "openai", "anthropic", "google.genai", "httpx2", "httpx"]
    program = (
        "import sys\n"
        "from grym_synth.config import read_config\n"
        "from grym_synth.llm import choose, guarded, model, spending\n"
        "from grym_synth.llm.adapters import open_model\n"
        "import grym_synth.testing\n"
        "from grym_synth.config.models import ModelCard\n"
        "open_model(ModelCard('m', 'openai', 'm', 'http://localhost/v1'))\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
