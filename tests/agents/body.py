"""A sound agent of the standard library alone, in parts; each file in `hostile` replaces one."""

from __future__ import annotations

import json
import os
import queue
import resource
import sys
import threading
import time
import wave
from collections.abc import Callable
from typing import Any

VERSION_KEY, HEALTH_KEY = "io.modelcontextprotocol/protocolVersion", "synth.grym/health"
MODERN = "2026-07-28"
TEXT = {"type": "string"}
INPUT = {"type": "object", "required": ["path"], "properties": {"path": TEXT, "subject": TEXT}}
OUTPUT = {"type": "object", "required": ["evidence", "gaps"]}

Message = dict[str, Any]
Progress = Callable[[float], None]


class Cancelled(Exception):
    """Nobody waits any longer."""


class Agent:
    """Measures how long a recording is. Whatever a hostile one does otherwise, it overrides."""

    version = "1"
    steps, step_s = 20, 0.1  # of the work on a long recording

    def __init__(self, name: str) -> None:
        self.name = name
        self.held: dict[str, Any] = {"seq": -1}
        self.calls: dict[str, threading.Event] = {}
        self.waiting: queue.SimpleQueue[tuple[Any, Message]] = queue.SimpleQueue()
        self.lock = threading.Lock()

    # --- what it finds ----------------------------------------------------------------------------------------------

    def work(self, path: str, subject: str, progress: Progress) -> Message:
        try:
            with wave.open(path, "rb") as recording:
                seconds = recording.getnframes() / recording.getframerate()
        except (OSError, EOFError, wave.Error) as error:
            return {"evidence": [], "gaps": [{"capability": self.name, "reason": str(error), "code": "unreadable"}]}
        for step in range(self.steps if seconds > 10 else 1):
            progress((step + 1) / (self.steps + 1))
            if seconds > 10:
                time.sleep(self.step_s)
        return {"evidence": [self.finding(seconds, subject)], "gaps": []}

    def finding(self, seconds: float, subject: str) -> Message:
        source = {"agent": self.name, "version": self.version, "method": "frames over rate"}
        found = {"name": f"{self.name}.duration_s", "kind": "duration", "value": seconds, "unit": "s"}
        return {**found, "confidence": 1.0, "subject": subject, "source": source}

    # --- the protocol -----------------------------------------------------------------------------------------------

    def send(self, message: Message) -> None:
        self.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")

    def write(self, text: str) -> None:
        with self.lock:
            sys.stdout.write(text)
            sys.stdout.flush()

    def error(self, number: Any, code: int, message: str) -> None:
        self.send({"id": number, "error": {"code": code, "message": message}})

    def answer(self, number: Any, meta: Message, result: Message) -> None:
        if meta.get(VERSION_KEY) == MODERN:
            result = {"resultType": "complete", **result}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        own = {"rss_mb": peak, "peak_ram_mb": peak, "queue": len(self.calls), "seq": self.held["seq"]}
        self.send({"id": number, "result": {**result, "_meta": {HEALTH_KEY: own}}})

    def serve(self) -> None:
        threading.Thread(target=self.work_on_calls, daemon=True).start()
        self.at_start()
        for line in sys.stdin.buffer:
            try:
                message = json.loads(line)
            except (ValueError, RecursionError):
                self.not_json()
                continue
            if not isinstance(message, dict) or not isinstance(message.get("method"), str):
                self.error(None, -32600, "no request")
            elif not isinstance(message.get("params", {}), dict) or not isinstance(_meta(message), dict):
                self.error(message.get("id"), -32602, "objects are due")
            else:
                self.receive(message["method"], message.get("id"), message.get("params", {}), _meta(message))
        self.at_end()

    def at_start(self) -> None:
        """Before the first request."""

    def at_end(self) -> None:
        os._exit(0)

    def not_json(self) -> None:
        self.error(None, -32700, "no JSON")

    def receive(self, method: str, number: Any, params: Message, meta: Message) -> None:
        self.hear(meta.get(HEALTH_KEY))
        if method == "notifications/cancelled":
            self.cancel(json.dumps(params.get("requestId")))
        elif number is None:
            return
        elif method == "tools/call":
            self.receive_call(number, params, meta)
        elif method == "tools/list":
            self.answer(number, meta, {"tools": self.tools(), "ttlMs": 60000, "cacheScope": "private"})
        elif method == "ping":
            self.answer(number, meta, {})
        elif method in ("initialize", "server/discover"):
            info = {"name": self.name, "version": self.version}
            self.answer(number, meta, {**self.opening(method), "capabilities": {"tools": {}}, "serverInfo": info})
        else:
            self.error(number, -32601, "no such method")

    def opening(self, method: str) -> Message:
        if method == "initialize":
            return {"protocolVersion": "2025-11-25"}
        return {"supportedVersions": [MODERN], "ttlMs": 60000, "cacheScope": "private"}

    def tools(self) -> list[Message]:
        return [
            {"name": self.name, "description": "How long it is.", "inputSchema": INPUT, "outputSchema": OUTPUT},
            {"name": "health_update", "description": "How the hub is.", "inputSchema": {"type": "object"}},
        ]

    def hear(self, told: Any) -> None:
        if isinstance(told, dict) and told.get("seq", -1) > self.held["seq"]:
            self.held = told

    def cancel(self, key: str) -> None:
        if key in self.calls:
            self.calls[key].set()

    def receive_call(self, number: Any, params: Message, meta: Message) -> None:
        arguments = params.get("arguments")
        if params.get("name") == "health_update":
            self.hear(arguments)
            self.answer(number, meta, {"content": []})
        elif params.get("name") != self.name:
            self.error(number, -32602, "no such tool")
        elif not self.are_good(arguments):
            self.error(number, -32602, "bad arguments")
        elif json.dumps(number) in self.calls:
            self.error(number, -32600, "under way")
        else:
            self.calls[json.dumps(number)] = threading.Event()
            self.waiting.put((number, params))

    def are_good(self, arguments: Any) -> bool:
        kinds = {"path": str, "subject": str, "capabilities": list}
        if not isinstance(arguments, dict) or "path" not in arguments:
            return False
        return all(isinstance(arguments.get(name, kind()), kind) for name, kind in kinds.items())

    def work_on_calls(self) -> None:
        while True:
            number, params = self.waiting.get()
            try:
                self.work_on(number, params)
            except Cancelled:
                continue
            finally:
                self.calls.pop(json.dumps(number), None)

    def work_on(self, number: Any, params: Message) -> None:
        meta, arguments = params.get("_meta", {}), params["arguments"]

        def progress(share: float) -> None:
            if self.calls[json.dumps(number)].is_set():
                raise Cancelled
            if "progressToken" in meta:
                done = {"progressToken": meta["progressToken"], "progress": share, "total": 1.0}
                self.send({"method": "notifications/progress", "params": done})

        content = self.work(arguments["path"], arguments.get("subject", arguments["path"]), progress)
        self.answer(number, meta, self.result(content))

    def result(self, content: Message) -> Message:
        return {"content": [{"type": "text", "text": "done"}], "structuredContent": content}

    # --- by hand ----------------------------------------------------------------------------------------------------

    def by_hand(self, path: str) -> None:
        content = self.work(path, path, lambda share: None)
        for found in content["evidence"]:
            sys.stdout.write(json.dumps(found) + "\n")
        raise SystemExit(0 if content["evidence"] else 3)


def _meta(message: Message) -> Any:
    return message.get("params", {}).get("_meta", {})


def run(agent: Agent) -> None:
    """Serve, or with an argument do one job by hand."""
    if len(sys.argv) > 1:
        agent.by_hand(sys.argv[1])
    agent.serve()
