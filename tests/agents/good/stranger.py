# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "stranger"
# version = "0.3"
# about = "Tells the highest sample of a recording."
# capabilities = ["peak"]
# examples = ["what is the highest sample", "how near to full scale does it come", "peak level of this file"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.06
# ///
"""A stranger's agent: the standard library alone, one thread; written to docs/agents.md, not from the template."""

from __future__ import annotations

import asyncio
import json
import math
import os
import struct
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

ME = {"name": "stranger", "version": "0.3"}
HEALTH = "synth.grym/health"
FINDING = {"type": "object", "required": ["name", "kind", "value", "unit", "confidence", "subject", "source"]}
TOOLS = [
    {
        "name": "stranger",
        "description": "The highest sample of a recording, in dBFS.",
        "inputSchema": {"type": "object", "required": ["path"], "properties": {"path": {"type": "string"}}},
        "outputSchema": {"type": "object", "properties": {"evidence": {"type": "array", "items": FINDING}}},
    },
    {"name": "health_update", "description": "For the hub.", "inputSchema": {"type": "object"}},
]
BAD = -32602

held: dict[str, Any] = {"seq": 0}
under_way: dict[str, asyncio.Task[None]] = {}


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def refuse(number: Any, code: int, why: str) -> None:
    say({"id": number, "error": {"code": code, "message": why}})


def answer(number: Any, meta: dict[str, Any], result: dict[str, Any]) -> None:
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kilobytes = {line.split(":")[0]: float(line.split()[1]) for line in status if line.startswith("Vm")}
    mine = {"rss_mb": kilobytes["VmRSS"] / 1024, "peak_ram_mb": kilobytes["VmHWM"] / 1024}
    mine |= {"queue": len(under_way), "seq": held["seq"]}
    if meta.get("io.modelcontextprotocol/protocolVersion") == "2026-07-28":
        result = result | {"resultType": "complete"}
    say({"id": number, "result": result | {"_meta": {HEALTH: mine}}})


async def measure(path: str, subject: str, on_progress: Callable[[float], None]) -> dict[str, Any]:
    highest, done = 0, 0
    try:
        with wave.open(path) as recording:
            total = recording.getnframes()
            while block := recording.readframes(8000):
                highest = max(highest, *map(abs, struct.unpack(f"<{len(block) // 2}h", block)))
                done += 8000
                on_progress(min(done / total, 1.0))
                await asyncio.sleep(0)  # the reader has its turn
    except (OSError, EOFError, wave.Error) as error:
        gap = {"capability": "peak", "reason": f"cannot read it: {error}", "code": "unreadable", "subject": subject}
        return {"evidence": [], "gaps": [gap]}
    value = round(20 * math.log10(max(highest, 1) / 32768), 3)
    source = {"agent": ME["name"], "version": ME["version"], "method": "highest sample"}
    found = {"name": "peak.sample_dbfs", "kind": "level", "value": value, "unit": "dBFS", "confidence": 1.0}
    return {"evidence": [found | {"subject": subject, "source": source}], "gaps": []}


async def call(number: Any, meta: dict[str, Any], arguments: dict[str, Any]) -> None:
    said = -1.0

    def on_progress(share: float) -> None:
        nonlocal said
        if "progressToken" in meta and share > said:
            said = share
            params = {"progressToken": meta["progressToken"], "progress": share, "total": 1}
            say({"method": "notifications/progress", "params": params})

    try:
        content = await measure(arguments["path"], arguments.get("subject", arguments["path"]), on_progress)
    finally:
        del under_way[json.dumps(number)]
    text = json.dumps(content["gaps"] or content["evidence"])
    answer(number, meta, {"content": [{"type": "text", "text": text}], "structuredContent": content})


def hear(told: Any) -> None:
    if isinstance(told, dict) and isinstance(told.get("seq"), int) and told["seq"] > held["seq"]:
        held.update(told)


def take_call(number: Any, meta: dict[str, Any], params: dict[str, Any]) -> None:
    arguments = params.get("arguments", {})
    if params.get("name") == "health_update":
        hear(arguments)
        answer(number, meta, {"content": []})
    elif params.get("name") != ME["name"]:
        refuse(number, BAD, "no such tool")
    elif not isinstance(arguments, dict) or not isinstance(arguments.get("path"), str):
        refuse(number, BAD, "`path` is a text")
    elif not isinstance(arguments.get("subject", ""), str) or not isinstance(arguments.get("capabilities", []), list):
        refuse(number, BAD, "`subject` is a text and `capabilities` a list")
    elif json.dumps(number) in under_way:
        refuse(number, -32600, "this id is in use")
    else:
        under_way[json.dumps(number)] = asyncio.create_task(call(number, meta, arguments))


def take(line: bytes) -> None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return refuse(None, -32700, "no JSON")
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        return refuse(None, -32600, "no request")
    number, params = message.get("id"), message.get("params", {})
    meta = params.get("_meta", {}) if isinstance(params, dict) else None
    if not isinstance(meta, dict):
        return refuse(number, BAD, "`params` and `_meta` are objects")
    hear(meta.get(HEALTH))
    match message["method"]:
        case "notifications/cancelled":
            task = under_way.get(json.dumps(params.get("requestId")))
            if task:
                task.cancel()
        case _ if number is None:
            pass
        case "tools/call":
            take_call(number, meta, params)
        case "tools/list":
            answer(number, meta, {"tools": TOOLS, "ttlMs": 1000, "cacheScope": "public"})
        case "server/discover":
            era = {"supportedVersions": ["2026-07-28"], "ttlMs": 1000, "cacheScope": "public"}
            answer(number, meta, era | {"capabilities": {"tools": {}}, "serverInfo": ME})
        case "initialize":
            answer(number, meta, {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": ME})
        case "ping":
            answer(number, meta, {})
        case _:
            refuse(number, -32601, "no such method")
    return None


async def serve() -> None:
    reader = asyncio.StreamReader(limit=1 << 26)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        take(line)
    os._exit(0)


def main() -> None:
    if len(sys.argv) == 1:
        asyncio.run(serve())
    content = asyncio.run(measure(sys.argv[1], sys.argv[1], lambda share: None))
    for found in content["evidence"]:
        sys.stdout.write(json.dumps(found) + "\n")
    for gap in content["gaps"]:
        sys.stdout.write(json.dumps({"gap": gap}) + "\n")
    sys.exit(0 if content["evidence"] else 3)


main()
