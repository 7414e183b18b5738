"""What every agent of ours keeps to: MCP in both eras, the same answers by hand, nothing but protocol on stdout."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hostile_server import HostileServer, reply, says

from grym_synth.agent_stdio import MODERN, VERSION_KEY
from grym_synth.execution.catalog import AgentCard, read_catalog
from grym_synth.messages import CAPABILITIES, evidence_from_json, gap_from_json

CARDS = list(read_catalog().cards.values())
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("card", CARDS, ids=[card.name for card in CARDS])]


class Conversation:
    """An agent process, and messages to and from it, one at a time."""

    def __init__(self, card: AgentCard) -> None:
        self.card = card
        self.process = subprocess.Popen(
            [sys.executable, str(card.script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, method: str, params: dict[str, Any] | None = None, request_id: Any = 1) -> dict[str, Any]:
        """Send a request and return its answer, past progress notifications."""
        self.say(json.dumps({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params or {}}))
        return next(message for message in self.messages() if message.get("id") == request_id)

    def messages(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = json.loads(line)
            assert message["jsonrpc"] == "2.0"
            yield message

    def close(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(5)


@pytest.fixture
def talk(card: AgentCard) -> Iterator[Conversation]:
    conversation = Conversation(card)
    yield conversation
    conversation.process.kill()
    for stream in (conversation.process.stdin, conversation.process.stdout):
        assert stream is not None
        stream.close()
    conversation.process.wait()


@pytest.fixture
def page() -> Iterator[str]:
    """The address of a page on a server of ours."""
    with HostileServer(answers={"/": says(reply(200, b"<!doctype html><p>A page"))}).running() as server:
        yield f"http://127.0.0.1:{server.port}/"


@pytest.fixture
def task(card: AgentCard, make_loop: Any, tmp_path: Path, page: str) -> dict[str, Any]:
    """Arguments of a small real job for this agent."""
    if card.name == "read":
        note = tmp_path / "note.md"
        note.write_text("# A note\n\nIt says this.\n")
        return {"path": str(note)}
    if card.name == "fetch":
        return {"address": page, "folder": str(tmp_path), "allow_http": True, "loopback_test": True}
    if not card.needs_recording:
        return {"question": "dotted eighth at 120 bpm"}
    if card.takes_two:
        return {"paths": [str(make_loop("a.wav", seconds=6.0)), str(make_loop("b.wav", seconds=5.0))]}
    if card.name == "edit":
        out = str(tmp_path / "new.wav")
        return {"path": str(make_loop(seconds=6.0)), "ops": ["fade-out=1"], "out": out, "replace": True}
    return {"path": str(make_loop(seconds=6.0)), "capabilities": list(card.capabilities)}


def modern(params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "_meta": {VERSION_KEY: MODERN, "io.modelcontextprotocol/clientCapabilities": {}}}


def test_the_stateless_era_is_spoken(talk: Conversation, card: AgentCard, task: dict[str, Any]) -> None:
    discovered = talk.ask("server/discover", modern({}))["result"]
    assert discovered["supportedVersions"] == [MODERN]
    assert discovered["resultType"] == "complete"
    assert discovered["serverInfo"] == {"name": card.name, "version": card.version}
    tool, health_tool = talk.ask("tools/list", modern({}))["result"]["tools"]
    assert (tool["name"], health_tool["name"]) == (card.name, "health_update")
    assert tool["description"]
    assert tool["outputSchema"]["required"] == ["evidence", "gaps"]
    result = talk.ask("tools/call", modern({"name": card.name, "arguments": task}))["result"]
    assert result["resultType"] == "complete"
    assert result["structuredContent"]["evidence"]
    assert result["_meta"]["synth.grym/health"]["peak_ram_mb"] > 1


def test_the_era_of_handshakes_is_spoken(talk: Conversation, card: AgentCard, task: dict[str, Any]) -> None:
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    assert talk.ask("initialize", hello)["result"]["protocolVersion"] == "2025-11-25"
    talk.say('{"jsonrpc": "2.0", "method": "notifications/initialized"}')
    assert talk.ask("ping")["result"] is not None
    result = talk.ask("tools/call", {"name": card.name, "arguments": task}, request_id="a string")["result"]
    assert "resultType" not in result
    assert result["structuredContent"]["evidence"]


def test_by_hand_and_over_mcp_the_answers_are_the_same(
    talk: Conversation, card: AgentCard, task: dict[str, Any]
) -> None:
    words = task.get("paths") or [task.get("path", task.get("question"))]
    words = [task["address"], task["folder"], "--allow-http", "--loopback-test"] if card.name == "fetch" else words
    words += [*task["ops"], "--out", task["out"], "--replace"] if card.name == "edit" else []
    done = subprocess.run([sys.executable, str(card.script), *words], capture_output=True, text=True, check=True)
    by_hand = [json.loads(line) for line in done.stdout.splitlines()]
    over_mcp = talk.ask("tools/call", modern({"name": card.name, "arguments": task}))["result"]["structuredContent"]
    for item in [*by_hand, *over_mcp["evidence"]]:
        if item.get("name") == "fetch.page":
            item["value"].pop("path")  # new each time, so that nobody overwrites what another still reads
    assert [item for item in by_hand if "gap" not in item] == over_mcp["evidence"]
    assert [item["gap"] for item in by_hand if "gap" in item] == over_mcp["gaps"]


def test_evidence_and_gaps_are_well_formed(talk: Conversation, card: AgentCard, task: dict[str, Any]) -> None:
    content = talk.ask("tools/call", modern({"name": card.name, "arguments": task}))["result"]["structuredContent"]
    names = {evidence_from_json(item).capability for item in content["evidence"]}
    names |= {gap_from_json(item).capability for item in content["gaps"]}
    if card.capabilities:
        assert names == set(card.capabilities)
    else:  # called by name: what it finds goes with what others find, or under its own name
        assert set() < names <= {card.name, *CAPABILITIES}


def test_of_the_hubs_health_only_what_is_newer_is_kept(
    talk: Conversation, card: AgentCard, task: dict[str, Any]
) -> None:
    for seq, held in ((4, 4), (3, 4), (9, 9)):
        news = {"state": "warning", "seq": seq, "ttl_ms": 1000, "pressure": 0.8}
        told = talk.ask("tools/call", modern({"name": "health_update", "arguments": news}), request_id=f"h{seq}")
        assert told["result"]["structuredContent"] == {"seq": held, "state": "warning"}
    wrong = talk.ask("tools/call", modern({"name": "health_update", "arguments": {"seq": "x"}}), request_id="w")
    assert wrong["error"]["code"] == -32602
    result = talk.ask("tools/call", modern({"name": card.name, "arguments": task}))["result"]
    assert result["_meta"]["synth.grym/health"]["seq"] == 9


def test_nonsense_is_answered_with_an_error_and_the_next_call_works(
    talk: Conversation, card: AgentCard, task: dict[str, Any]
) -> None:
    talk.say("good morning")
    assert next(talk.messages())["error"]["code"] == -32700
    for nonsense, code in (
        ("[1, 2]", -32600),
        ('{"id": 1, "method": "ping", "params": [1]}', -32602),
        ("[" * 99_999, -32700),
    ):
        talk.say(nonsense)
        assert next(talk.messages())["error"]["code"] == code
    assert talk.ask("tools/fly")["error"]["code"] == -32601
    assert talk.ask("tools/call", {"name": "sing", "arguments": {}})["error"]["code"] == -32602
    assert talk.ask("tools/call", {"name": card.name, "arguments": {}})["error"]["code"] == -32602
    assert talk.ask(
        "tools/call",
        {"name": card.name, "arguments": {**task, "path": 7, "paths": [7, 8], "question": 7, "address": 7}},
    )
    assert talk.ask("tools/call", {"name": card.name, "arguments": task})["result"]["structuredContent"]["evidence"]


def test_the_end_of_input_ends_it(talk: Conversation, card: AgentCard) -> None:
    talk.ask("ping")
    assert talk.close() == 0


def test_help_teaches_how_to_run_it_by_hand(card: AgentCard) -> None:
    text = Path(card.script).read_text()
    assert f"uv run {card.name}.py" in text
