"""A server on the official SDK (`mcp` 2), as others write them: `python with_sdk.py` speaks MCP on stdin and stdout."""

import importlib
from typing import Any

# By name: the SDK is no dependency of ours, and types are checked without it.
server: Any = importlib.import_module("mcp.server").MCPServer("with-sdk", version="1", log_level="ERROR")
annotations: Any = importlib.import_module("mcp.types").ToolAnnotations(read_only_hint=True)


def double(number: float) -> float:
    """Twice a number."""
    return 2 * number


server.tool(annotations=annotations)(double)
server.run()
