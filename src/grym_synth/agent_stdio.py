"""What our agents share: MCP on stdin and stdout for the hub, evidence as JSON lines by hand.

One JSON-RPC message a line, in both eras of the protocol: 2026-07-28 (stateless, version in each request's `_meta`)
and 2025-11-25 (`initialize` first). Standard library only, so an agent starts as fast as its own imports.
Calls run one after another beside the reader, so pings and cancellations are answered during work, and the end of
input ends the process at once whatever it is doing.
"""

from __future__ import annotations

import json
import math
import os
import queue
import resource
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .errors import BadRequest, GrymError
from .messages import EVIDENCE_UNITS, Evidence, Gap, Json, Source, Span, evidence_to_json, gap_to_json

MODERN, LEGACY = "2026-07-28", "2025-11-25"
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
HEALTH_KEY, HEALTH_TOOL = "synth.grym/health", "health_update"
CHANGES = "notifications/synth.grym/changes"
_MOST_CHARACTERS, _MOST_ITEMS = 100_000, 10_000  # of an argument whose schema sets no bound
_STALE = 3.0  # times `ttl_ms`: an older word of the hub's health says nothing any more


class CallCancelled(Exception):
    """The caller no longer waits for this call."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one call found, and what it left open."""

    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...] = ()


def strings(arguments: Mapping[str, Any], name: str, default: Sequence[str]) -> tuple[str, ...]:
    """An argument that is a list of strings; raises BadRequest for anything else."""
    value = arguments.get(name, default)
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise BadRequest(f"`{name}` must be a list of strings, got {str(value)[:60]!r}")
    return tuple(value)


class Measured(Protocol):
    """A finding as `audio` names it, before anybody knows who found it, and in what."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def method(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def span_s(self) -> tuple[float, float] | None: ...
    @property
    def rank(self) -> int: ...


def to_evidence(found: Measured, subject: str, agent: str, version: str, why_lite: str = "") -> Evidence:
    """The same finding as evidence about `subject`; `why_lite` is said of one that was made with less."""
    return Evidence(
        id="",
        name=found.name,
        kind=found.kind,
        value=_rounded(found.value),
        unit=EVIDENCE_UNITS[found.kind],
        confidence=round(found.confidence, 4),
        subject=subject,
        source=Source(agent, version, f"{found.method}; {why_lite}" if why_lite else found.method),
        quality="lite" if why_lite else "full",
        span=None if found.span_s is None else Span(*found.span_s),
        rank=found.rank,
    )


def _rounded(value: Any) -> Json:
    """Millionths: far below what can be measured, far shorter to read."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return {key: _rounded(item) for key, item in value.items()} if isinstance(value, dict) else value


class HubHealth:
    """What the hub last said of itself; only what has a greater `seq` counts."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._heard_at = 0.0
        self.snapshot: Mapping[str, Any] = {}

    @property
    def seq(self) -> int:
        """Of the snapshot that is held; -1 before the first."""
        return int(self.snapshot.get("seq", -1))

    def hear(self, snapshot: Mapping[str, Any]) -> bool:
        """Keep a snapshot if it is news; whether it was one at all."""
        seq, state = snapshot.get("seq"), snapshot.get("state")
        if not isinstance(seq, int) or isinstance(seq, bool) or state not in ("healthy", "warning", "critical"):
            return False
        if seq > self.seq:
            self.snapshot, self._heard_at = dict(snapshot), self._now()
        return True

    @property
    def state(self) -> str:
        """`healthy`, `warning`, `critical`; `unknown` before the first word and when the last is stale."""
        ttl_ms = self.snapshot.get("ttl_ms", 0)
        fresh = isinstance(ttl_ms, int | float) and self._now() - self._heard_at <= _STALE * ttl_ms / 1000.0
        return str(self.snapshot["state"]) if self.snapshot and fresh else "unknown"


@dataclass(slots=True)
class Call:
    """One call under way: where to report progress, whether anybody still waits, and how the hub is."""

    report: Callable[[float, str], None] = field(default=lambda fraction, message: None)
    cancelled: threading.Event = field(default_factory=threading.Event)
    health: HubHealth = field(default_factory=HubHealth)
    offered: str = "full"  # the least that the hub takes for this call

    @property
    def is_lite(self) -> bool:
        """Whether to do with less: the hub takes it, and is not known to be well."""
        return self.offered == "lite" and self.health.state != "healthy"

    @property
    def why_lite(self) -> str:
        """What a method adds about it."""
        return f"lite, since the hub is {self.health.state} ({self.health.seq})"

    def progress(self, fraction: float, message: str = "") -> None:
        """Report progress in 0..1.

        Raises
        ------
        CallCancelled
            Nobody waits any longer; let it through.
        """
        if self.cancelled.is_set():
            raise CallCancelled
        self.report(fraction, message)


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing an agent can do; `function` takes the arguments, already parsed from JSON."""

    name: str
    description: str
    input_schema: Mapping[str, Any]
    function: Callable[[dict[str, Any], Call], Result]
    read_only: bool = True  # it changes nothing in the world


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
}  # fmt: skip


def fault_in(value: Any, schema: Mapping[str, Any], what: str) -> str:
    """What is wrong with a value, by the part of JSON Schema that our schemas use, as words; "" when nothing is."""
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return f"{what} must be of type {kind}, got {_short(value)}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{what} must be one of {', '.join(map(str, schema['enum']))}, got {_short(value)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        if not low <= value <= high:
            return f"{what} must lie in {low}..{high}, got {_short(value)}"
    if isinstance(value, str) and len(value) > schema.get("maxLength", _MOST_CHARACTERS):
        return f"{what} has {len(value)} characters, more than {schema.get('maxLength', _MOST_CHARACTERS)}"
    if isinstance(value, str) and "\0" in value:
        return f"{what} holds a zero byte"
    if isinstance(value, list):
        if len(value) > schema.get("maxItems", _MOST_ITEMS):
            return f"{what} has {len(value)} items, more than {schema.get('maxItems', _MOST_ITEMS)}"
        if len(value) < schema.get("minItems", 0):
            return f"{what} needs {schema['minItems']} items, got {len(value)}"
        faults = (fault_in(item, schema.get("items", {}), f"{what}[{i}]") for i, item in enumerate(value))
        return next(filter(None, faults), "")
    if isinstance(value, dict):
        missing = [name for name in schema.get("required", ()) if name not in value]
        if missing:
            return f"{what} need {', '.join(missing)}"
        parts = schema.get("properties", {})
        return next(filter(None, (fault_in(value[k], parts[k], f"`{k}`") for k in value if k in parts)), "")
    return ""


def _short(value: Any) -> str:
    return repr(value)[:60]


_OUTPUT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["evidence", "gaps"],
    "properties": {
        "evidence": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "kind", "value", "unit", "confidence", "subject", "source"],
                "properties": {
                    "name": {"type": "string"},
                    "kind": {"enum": list(EVIDENCE_UNITS)},
                    "unit": {"type": "string"},
                    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                    "subject": {"type": "string"},
                    "source": {"type": "object", "required": ["agent", "version", "method"]},
                },
            },
        },
        "gaps": {"type": "array", "items": {"type": "object", "required": ["capability", "reason"]}},
    },
}
_HEALTH_TOOL: dict[str, Any] = {
    "name": HEALTH_TOOL,
    "description": "Hear how the hub is; only a greater `seq` counts.",
    "inputSchema": {
        "type": "object",
        "required": ["state", "seq", "ttl_ms"],
        "properties": {
            "state": {"enum": ["healthy", "warning", "critical"]},
            "pressure": {"type": "number", "minimum": 0},
            "seq": {"type": "integer", "minimum": 0},
            "ttl_ms": {"type": "integer", "minimum": 0},
            "quality": {"enum": ["full", "lite"]},
        },
    },
    "annotations": {"readOnlyHint": True},
}


def serve(name: str, version: str, tools: list[Tool]) -> None:
    """Answer MCP requests until the input ends; never returns."""
    _Server(name, version, {tool.name: tool for tool in tools}).run()


def print_result(result: Result) -> int:
    """Print what a call by hand found, a JSON document a line; the exit status, 0 only when something was found."""
    for item in result.evidence:
        print(json.dumps(evidence_to_json(item)))
    for gap in result.gaps:
        print(json.dumps({"gap": gap_to_json(gap)}))
    return 0 if result.evidence else 3


def _memory_mb() -> tuple[float, float]:
    """Resident memory now, and the most there was."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 (pathlib costs 10 ms to import)
            lines = dict(line.split(":", 1) for line in status)
        now, peak = (int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    except (OSError, KeyError):  # not Linux
        now = peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return round(now, 1), round(peak, 1)


class _Server:
    def __init__(self, name: str, version: str, tools: Mapping[str, Tool]) -> None:
        self.info = {"name": name, "version": version}
        self.tools = tools
        self.health = HubHealth()
        self._calls: dict[str, Call] = {}
        self._work: queue.SimpleQueue[tuple[Any, dict[str, Any]]] = queue.SimpleQueue()
        self._write_lock = threading.Lock()
        # Only protocol goes to the real stdout: whatever a library prints there ends up on stderr.
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def run(self) -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        threading.Thread(target=self._run_calls, daemon=True).start()
        for line in sys.stdin:
            try:
                message = json.loads(line)
            except (ValueError, RecursionError):
                self._refuse(None, -32700, "not JSON")
                continue
            match message:
                case {"params": params} if not isinstance(params, dict):
                    self._refuse(message.get("id"), -32602, "params must be an object")
                case {"params": {"_meta": meta}} if not isinstance(meta, dict):
                    self._refuse(message.get("id"), -32602, "_meta must be an object")
                case {"method": str()}:
                    self._receive(message)
                case _:
                    self._refuse(message.get("id") if isinstance(message, dict) else None, -32600, "no request")
        os._exit(0)  # a call may still be running; nobody waits for it

    def _receive(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params") or {}
        if method == "notifications/cancelled":
            call = self._calls.get(json.dumps(params.get("requestId")))
            if call is not None:
                call.cancelled.set()
        elif "id" not in message:
            return  # other notifications ask for nothing
        elif method == "tools/call" and params.get("name") == HEALTH_TOOL:
            # At once, not behind the calls: they are told while they work.
            self._answer(message["id"], params, *self._hear_health(params.get("arguments")))
        elif method == "tools/call":
            if json.dumps(message["id"]) in self._calls:
                self._refuse(message["id"], -32600, "a call with this id is under way")
                return
            self._calls[json.dumps(message["id"])] = self._new_call(params)
            self._work.put((message["id"], params))
        else:
            self._answer(message["id"], params, *self._describe(method, params))

    def _describe(self, method: Any, params: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """The result, or the error, of a request that needs no work."""
        capabilities: dict[str, Any] = {"tools": {}}
        cache = {"ttlMs": 3_600_000, "cacheScope": "private"}
        if method == "initialize":
            return {"protocolVersion": LEGACY, "capabilities": capabilities, "serverInfo": self.info}, None
        if method == "server/discover":
            return {"supportedVersions": [MODERN], "capabilities": capabilities, "serverInfo": self.info, **cache}, None
        if method == "ping":
            return {}, None
        if method == "tools/list":
            tools = [
                {
                    "name": tool.name,
                    "description": tool.description,
                    "inputSchema": dict(tool.input_schema),
                    "outputSchema": _OUTPUT_SCHEMA,
                    "annotations": {"readOnlyHint": tool.read_only},
                }
                for tool in self.tools.values()
            ]
            return {"tools": [*tools, _HEALTH_TOOL], **cache}, None
        return None, {"code": -32601, "message": f"no method {method!r}"}

    def _hear_health(self, said: Any) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        if not isinstance(said, dict) or not self.health.hear(said):
            return None, {"code": -32602, "message": f"{HEALTH_TOOL} needs a whole `seq` and a `state`"}
        held = {"seq": self.health.seq, "state": self.health.state}
        return {"content": [{"type": "text", "text": held["state"]}], "structuredContent": held}, None

    def _new_call(self, params: dict[str, Any]) -> Call:
        meta = params.get("_meta") or {}
        if isinstance(meta.get(HEALTH_KEY), dict):
            self.health.hear(meta[HEALTH_KEY])
        told = meta.get(HEALTH_KEY)
        offered = str(told.get("quality", "full")) if isinstance(told, dict) else "full"
        token = meta.get("progressToken")
        if token is None:
            return Call(health=self.health, offered=offered)

        furthest = -1.0

        def report(fraction: float, message: str) -> None:
            nonlocal furthest
            if fraction <= furthest:  # the protocol wants it to rise
                return
            furthest = fraction
            progress = {"progressToken": token, "progress": fraction, "total": 1.0, "message": message}
            self._send({"jsonrpc": "2.0", "method": "notifications/progress", "params": progress})

        return Call(report, health=self.health, offered=offered)

    def _run_calls(self) -> None:
        while True:
            request_id, params = self._work.get()
            call = self._calls[json.dumps(request_id)]
            try:
                result, error = self._run_call(params, call)
            except CallCancelled:
                continue  # a cancelled request gets no answer
            finally:
                del self._calls[json.dumps(request_id)]
            self._answer(request_id, params, result, error)

    def _run_call(self, params: dict[str, Any], call: Call) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        tool = self.tools.get(str(params.get("name")))
        if tool is None:
            return None, {
                "code": -32602,
                "message": f"no tool {params.get('name')!r}; there is {', '.join(self.tools)}",
            }
        arguments = params.get("arguments") or {}
        fault = fault_in(arguments, tool.input_schema, "the arguments")
        if fault:
            return None, {"code": -32602, "message": f"{tool.name}: {fault}"}
        try:
            found = tool.function(arguments, call)
        except GrymError as error:
            return {"isError": True, "content": [{"type": "text", "text": str(error)}]}, None
        except CallCancelled:
            raise
        except Exception as error:  # noqa: BLE001 the loop must outlive whatever a decoder does
            text = f"{type(error).__name__}: {error}"
            print(text, file=sys.stderr)
            return {"isError": True, "content": [{"type": "text", "text": text}]}, None
        structured = {
            "evidence": [evidence_to_json(item) for item in found.evidence],
            "gaps": [gap_to_json(gap) for gap in found.gaps],
        }
        summary = f"{len(found.evidence)} findings, {len(found.gaps)} gaps"
        return {"content": [{"type": "text", "text": summary}], "structuredContent": structured}, None

    def _answer(
        self, request_id: Any, params: dict[str, Any], result: dict[str, Any] | None, error: dict[str, Any] | None
    ) -> None:
        if result is None:
            self._send({"jsonrpc": "2.0", "id": request_id, "error": error})
            return
        if (params.get("_meta") or {}).get(VERSION_KEY) == MODERN:
            result = {"resultType": "complete", **result}
        meta = {"io.modelcontextprotocol/serverInfo": self.info, HEALTH_KEY: self._own_health()}
        self._send({"jsonrpc": "2.0", "id": request_id, "result": {**result, "_meta": meta}})

    def _own_health(self) -> dict[str, float | int]:
        now, peak = _memory_mb()
        return {"rss_mb": now, "peak_ram_mb": peak, "queue": self._work.qsize(), "seq": self.health.seq}

    def _refuse(self, request_id: Any, code: int, message: str) -> None:
        self._send({"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message}})

    def _send(self, message: dict[str, Any]) -> None:
        try:
            line = json.dumps(message, allow_nan=False)
        except ValueError as error:
            failed = {"code": -32603, "message": f"the answer is not JSON: {error}"}
            line = json.dumps({"jsonrpc": "2.0", "id": message.get("id"), "error": failed})
        with self._write_lock:
            self._out.write(line + "\n")
            self._out.flush()
