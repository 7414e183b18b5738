"""The hub inside an assistant: over stdin and stdout and over HTTP, in both eras of the protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import signal
import sqlite3
import sys
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import mcp_types as types
import pytest
import soundfile
from jsonschema import Draft202012Validator
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from tests.conftest import SR, drum_loop
from tests.web_hub import WebHub, web_hub

from grym_synth.frontends.mcp_server.server import HEALTH, TASKS

NEW, OLD = "2026-07-28", "legacy"
_META = "io.modelcontextprotocol"


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    soundfile.write(folder / "loop.wav", drum_loop(120.0, 8.0), SR, subtype="PCM_16")
    return folder


@contextlib.asynccontextmanager
async def assistant(music: Path, era: str, **how: Any) -> AsyncIterator[Any]:
    """An assistant that started `grym mcp` in a folder of music."""
    home = music.parent / "home"
    variables = {"GRYM_HOME": str(home), "GRYM_ROOTS": str(music), "GRYM_CPU": "2", "PATH": os.environ["PATH"]}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "grym_synth", "mcp"], env=variables, cwd=str(music)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the old era has and the new has not
        async with Client(command, mode=era, **how) as client:
            yield client


@pytest.mark.parametrize("era", [NEW, OLD])
def test_an_assistant_analyses_finds_asks_edits_after_a_yes_and_reads_what_it_is_given(music: Path, era: str) -> None:
    asked: list[str] = []

    async def person(context: Any, params: Any) -> types.ElicitResult:
        asked.append(params.message)
        return types.ElicitResult(action="accept", content={"yes": len(asked) > 1})

    async def story() -> None:
        async with assistant(music, era, elicitation_callback=person) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert 10 <= len(tools) <= 20
            for tool in tools.values():
                Draft202012Validator.check_schema(tool.input_schema)
                Draft202012Validator.check_schema(tool.output_schema or {})
                assert tool.annotations is not None
            assert tools["analyze"].annotations.read_only_hint
            assert tools["forget_notes"].annotations.destructive_hint

            answer = await client.call_tool("ask", {"question": "dotted eighth at 120 bpm"})
            assert "375 ms" in answer.content[0].text
            assert answer.structured_content["evidence"][0]["unit"] == "ms"

            told: list[float] = []

            async def progress(done: float, total: float | None, message: str | None) -> None:
                told.append(done)

            wanted = {"paths": ["loop.wav"], "capabilities": ["rhythm"]}
            measured = await client.call_tool("analyze", wanted, progress_callback=progress)
            Draft202012Validator(tools["analyze"].output_schema).validate(measured.structured_content)
            found = measured.structured_content["recordings"][0]
            assert found["rhythm"]["tempo_bpm"] == pytest.approx(120.0, rel=0.01)
            assert told == sorted(told)
            assert told

            missing = await client.call_tool("analyze", {"paths": ["nowhere.wav"]})
            assert missing.is_error
            assert "does not exist" in missing.content[0].text
            outside = await client.call_tool("analyze", {"paths": ["/etc/passwd"]})
            assert outside.is_error
            assert "outside" in outside.content[0].text
            invalid = await client.call_tool("find_recordings", {"words": "dark", "limit": 10**9})
            assert invalid.is_error
            assert "limit" in invalid.content[0].text

            indexed = await client.call_tool("index_folders", {"folders": ["."]})
            job = indexed.structured_content["id"]
            link = next(block for block in indexed.content if isinstance(block, types.ResourceLink))
            assert link.uri == f"jobs://{job}"
            while json.loads((await client.read_resource(link.uri)).contents[0].text)["state"] != "done":
                await asyncio.sleep(0.1)
            listed = await client.call_tool("find_recordings", {"words": "between 110 and 130 bpm"})
            assert [Path(match["path"]).name for match in listed.structured_content["matches"]] == ["loop.wav"]

            uri = f"recordings://{found['sha256']}"
            assert uri in [block.uri for block in measured.content if isinstance(block, types.ResourceLink)]
            whole = json.loads((await client.read_resource(uri)).contents[0].text)
            assert len(whole["rhythm"]["beats_s"]) == len(found["rhythm"]["beats_s"])
            picture = (await client.read_resource(f"{uri}/plot")).contents[0]
            assert base64.b64decode(picture.blob).startswith(b"\x89PNG")
            for nothing in (
                "recordings://" + "0" * 64,
                "fft://" + "A" * 32 + "/data",
                "patterns://999",
                "jobs://ff",
                "x",
            ):
                with pytest.raises(MCPError) as unknown:
                    await client.read_resource(nothing)
                assert unknown.value.error.code == types.INVALID_PARAMS

            drawn = await client.call_tool("spectrogram", {"path": "loop.wav", "end_s": 2.0, "n_fft": 1024})
            handle = next(block.uri for block in drawn.content if isinstance(block, types.ResourceLink))
            levels = json.loads((await client.read_resource(handle)).contents[0].text)
            assert len(levels["levels_dbfs"]) == -(-levels["rows"] // levels["every"])
            assert len(levels["levels_dbfs"][0]) == levels["bands"]
            assert max(max(row) for row in levels["levels_dbfs"]) < 1.0

            edit = {"path": "loop.wav", "operations": ["trim=0-2"], "out": "part.wav"}
            refused = await client.call_tool("edit_audio", edit)
            assert refused.is_error
            assert not (music / "part.wav").exists()
            made = await client.call_tool("edit_audio", edit)
            assert not made.is_error, made.content
            assert (music / "part.wav").exists()
            assert len(asked) == 2
            assert "part.wav" in asked[0]

            prompts = {prompt.name: prompt for prompt in (await client.list_prompts()).prompts}
            assert len(prompts) == 5
            review = await client.get_prompt("review_mix", {"path": "loop.wav"})
            assert "loop.wav" in review.messages[0].content.text
            with pytest.raises(MCPError):
                await client.get_prompt("review_mix", {})
            reference = types.PromptReference(name="review_mix")
            completed = await client.complete(reference, {"name": "path", "value": "lo"})
            assert completed.completion.values == ["loop.wav"]

    asyncio.run(story())
    assert "loop" not in (music.parent / "home" / "calls.jsonl").read_text()


def test_two_assistants_share_one_hub_and_the_second_goes_on_when_the_first_is_killed(music: Path) -> None:
    question = {"question": "dotted eighth at 120 bpm"}

    async def story() -> None:
        async with contextlib.AsyncExitStack() as first_stack:
            first = await first_stack.enter_async_context(assistant(music, NEW))
            assert not (await first.call_tool("ask", question)).is_error
            hub = (await first.call_tool("hub_status", {})).structured_content["hub"]["pid"]
            async with assistant(music, NEW) as second:
                status = await second.call_tool("hub_status", {})
                assert status.structured_content["hub"]["pid"] == hub
                os.kill(hub, signal.SIGKILL)
                answer = await second.call_tool("ask", question)
                assert not answer.is_error, answer.content
                assert (await second.call_tool("hub_status", {})).structured_content["hub"]["pid"] != hub
            with contextlib.suppress(Exception):
                await first_stack.aclose()

    asyncio.run(story())


# --- over HTTP ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebHub]:
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "music").mkdir()
    for name in ("a", "b", "c", "d", "e"):
        soundfile.write(folder / "music" / f"{name}.wav", drum_loop(120.0, 4.0), SR, subtype="PCM_16")
    with web_hub(folder / "home", folder / "music") as running:
        yield running


def rpc(
    hub: WebHub, method: str, params: dict[str, Any] | None = None, extensions: tuple[str, ...] = (), name: str = ""
) -> dict[str, Any]:
    """One request of the new era, as it goes over the wire; its answer."""
    meta = {
        f"{_META}/protocolVersion": NEW,
        f"{_META}/clientCapabilities": {"extensions": {each: {} for each in extensions}},
        f"{_META}/clientInfo": {"name": "test", "version": "1"},
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**(params or {}), "_meta": meta}}
    sent = hub.headers | {
        "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": NEW, "Mcp-Method": method,
        **({"Mcp-Name": name} if name else {}),
    }  # fmt: skip
    answer = httpx.post(f"{hub.url}/mcp", json=body, headers=sent, timeout=60)
    text = answer.text
    if "data: " in text:
        text = [line[6:] for line in text.splitlines() if line.startswith("data: ")][-1]
    told: dict[str, Any] = json.loads(text)
    return told


def call(hub: WebHub, tool: str, extensions: tuple[str, ...] = (), **arguments: Any) -> dict[str, Any]:
    return rpc(hub, "tools/call", {"name": tool, "arguments": arguments}, extensions, name=tool)


def test_long_calls_become_tasks_for_who_knows_them_and_for_nobody_else(hub: WebHub) -> None:
    plain = call(hub, "analyze", paths=["."], capabilities=["facts"])["result"]
    assert plain["resultType"] == "complete"
    assert len(plain["structuredContent"]["recordings"]) == 5
    short = call(hub, "analyze", (TASKS,), paths=["a.wav"], capabilities=["facts"])["result"]
    assert short["resultType"] == "complete"
    begun = call(hub, "analyze", (TASKS,), paths=["."], capabilities=["facts"])["result"]
    assert begun["resultType"] == "task"
    assert begun["status"] == "working"
    id = begun["taskId"]

    def get(id: str, extensions: tuple[str, ...] = (TASKS,), name: str | None = None) -> dict[str, Any]:
        return rpc(hub, "tasks/get", {"taskId": id}, extensions, name=name or id)

    done = get(id)["result"]
    while done["status"] == "working":
        time.sleep(0.1)
        done = get(id)["result"]
    assert done["status"] == "completed"
    assert len(done["result"]["structuredContent"]["recordings"]) == 5
    assert get(id, ())["error"]["code"] == types.MISSING_REQUIRED_CLIENT_CAPABILITY
    assert get(id, name="another")["error"]["code"] == types.HEADER_MISMATCH
    assert get(id[:-1] + ("0" if id[-1] != "0" else "1"))["error"]["code"] == types.INVALID_PARAMS
    for method in ("tasks/result", "tasks/list"):
        assert rpc(hub, method, {"taskId": id}, (TASKS,))["error"]["code"] == types.METHOD_NOT_FOUND
    assert rpc(hub, "tasks/cancel", {"taskId": id}, (TASKS,), id)["result"]["resultType"] == "complete"


def test_a_task_whose_hub_is_killed_is_done_by_the_next(tmp_path: Path, music: Path) -> None:
    wanted = {"name": "analyze", "arguments": {"paths": ["."], "use_cache": False}}
    with contextlib.suppress(AssertionError), web_hub(tmp_path / "home", music) as first:
        begun = rpc(first, "tools/call", wanted, (TASKS,), "analyze")["result"]
        first.process.kill()
    with web_hub(tmp_path / "home", music) as second:
        id = begun["taskId"]
        for _ in range(300):
            done = rpc(second, "tasks/get", {"taskId": id}, (TASKS,), id)["result"]
            if done["status"] != "working":
                break
            time.sleep(0.1)
        assert done["status"] == "completed"
        assert done["result"]["structuredContent"]["recordings"][0]["rhythm"]["tempo_bpm"] == pytest.approx(
            120, rel=0.01
        )


def test_who_may_not_read_may_not_listen_either_and_what_cannot_be_is_not_listened_to(hub: WebHub) -> None:
    for uri in ("jobs://ffff", "file:///etc/passwd", "recordings://../x"):
        told = rpc(hub, "subscriptions/listen", {"notifications": {"resourceSubscriptions": [uri]}})
        assert told["error"]["code"] == types.INVALID_PARAMS


def test_headers_that_do_not_fit_the_body_are_refused(hub: WebHub) -> None:
    told = call(hub, "ask", question="dotted eighth at 120 bpm")
    assert told["result"]["resultType"] == "complete"
    wrong = rpc(hub, "tools/call", {"name": "ask", "arguments": {"question": "x"}}, name="forget_notes")
    assert wrong["error"]["code"] == types.HEADER_MISMATCH


def test_unknown_tools_prompts_and_pages_are_errors_of_the_request(hub: WebHub) -> None:
    assert call(hub, "fly")["error"]["code"] == types.INVALID_PARAMS
    assert rpc(hub, "prompts/get", {"name": "fly"}, name="fly")["error"]["code"] == types.INVALID_PARAMS
    assert rpc(hub, "tools/list", {"cursor": "x"})["error"]["code"] == types.INVALID_PARAMS


def test_a_critical_hub_refuses_new_work_in_both_shapes_answers_what_it_knows_and_says_when_it_changes(
    tmp_path: Path, music: Path
) -> None:
    heard: list[str] = []

    async def story(hub: WebHub) -> None:
        async with (
            httpx2.AsyncClient(headers=hub.headers, timeout=60) as plain,
            Client(streamable_http_client(f"{hub.url}/mcp", http_client=plain), mode=NEW) as typed,
        ):
            client: Any = typed
            known = {"paths": ["loop.wav"], "capabilities": ["facts"]}
            assert not (await client.call_tool("analyze", known)).is_error
            async with client.listen(resource_subscriptions=["health://hub"]) as changes:
                await asyncio.sleep(1.0)
                locker = sqlite3.connect(hub.home / "grym.db", isolation_level=None)
                locker.execute("BEGIN EXCLUSIVE")
                try:
                    async with asyncio.timeout(20):
                        async for change in changes:
                            heard.append(change.uri)
                            now = json.loads((await client.read_resource("health://hub")).contents[0].text)
                            if now["state"] == "critical":
                                break
                    assert now["ttl_ms"] == 250
                    begin = {"folders": ["."]}
                    for_model = await client.call_tool("index_folders", begin)
                    assert for_model.is_error
                    data = for_model.meta[HEALTH]
                    assert data["state"] == "critical"
                    assert data["resource"] == "health://hub"
                    assert data["retryAfterMs"] >= 500
                    assert "Try again in" in for_model.content[0].text
                    assert not (await client.call_tool("hub_status", {})).is_error
                finally:
                    locker.rollback()
                    locker.close()

        for_program = call(hub, "index_folders", (HEALTH,), folders=["."])
        assert for_program["error"]["code"] == -31503
        assert for_program["error"]["data"]["state"] == "critical"
        for refused in (
            hub.post("index_folders", folders=["."]),
            hub.post("tasks", call="analyze", arguments={"paths": ["loop.wav"]}),
        ):
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.json()["code"] == "refused"

    with web_hub(tmp_path / "home", music) as hub:
        asyncio.run(story(hub))
    assert "health://hub" in heard


def test_an_extension_is_named_so_that_programs_can_ask_for_its_refusals(hub: WebHub) -> None:
    told = rpc(hub, "server/discover")["result"]
    assert told["capabilities"]["extensions"][HEALTH]["resource"] == "health://hub"
    assert TASKS in told["capabilities"]["extensions"]
