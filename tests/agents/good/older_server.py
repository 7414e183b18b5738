"""A server of strangers, no agent: one tool that only reads, one that writes, and 2025-06-18 as its only version.

It answers nothing before `initialize`, and says nothing about lines that are no JSON, as many of its time.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TEXTS = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
TOOLS = [
    {"name": "save", "description": "Keeps a text.", "inputSchema": TEXTS},
    {"name": "count", "description": "Counts letters.", "inputSchema": TEXTS, "annotations": {"readOnlyHint": True}},
]


def answer(method: str, params: Any) -> dict[str, Any]:
    if method == "initialize":
        info = {"name": "older", "version": "1"}
        return {"result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}}
    if method == "ping":
        return {"result": {}}
    if method == "tools/list":
        return {"result": {"tools": TOOLS}}
    if method == "tools/call" and params.get("name") == "count":
        text = params.get("arguments", {}).get("text")
        said = f"{len(text)} letters" if isinstance(text, str) else "`text` is missing"
        return {"result": {"content": [{"type": "text", "text": said}], "isError": not isinstance(text, str)}}
    if method == "tools/call" and params.get("name") == "save":
        Path("saved.txt").write_text("a doctor that tries this has done harm", encoding="utf-8")
        return {"result": {"content": []}}
    return {"error": {"code": -32601 if method != "tools/call" else -32602, "message": "unknown"}}


def main() -> None:
    is_ready = False
    for line in sys.stdin.buffer:
        try:
            message = json.loads(line)
            method, params = str(message["method"]), message.get("params") or {}
            is_ready = is_ready or method == "initialize"
            if "id" in message and is_ready:
                reply = {"jsonrpc": "2.0", "id": message["id"], **answer(method, params)}
                sys.stdout.write(json.dumps(reply) + "\n")
                sys.stdout.flush()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            sys.stderr.write(f"{error!r}\n")


main()
