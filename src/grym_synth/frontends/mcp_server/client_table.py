"""The assistants we know: where each keeps its MCP servers, and in which words. docs/mcp-clients.md has the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ...config.clients import Platform

NAME = "grym"
_ABOUT = "Questions about recordings: tempo, key, loudness, structure, what is similar"

Format = Literal["json", "toml", "yaml"]
Shape = Literal["plain", "typed", "opencode", "goose"]
Places = Mapping[Platform, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Client:
    """One assistant.

    Attributes
    ----------
    places : its settings file by platform; of several the first that is there, else the first
    keys : where in the file the entry stands, our name last
    signs : folders or files that tell it is installed; the settings file's folder without
    project : its settings file of one project, "" where it has none
    after : what to do when the entry is written
    """

    name: str
    title: str
    places: Places
    after: str
    keys: tuple[str, ...] = ("mcpServers", NAME)
    format: Format = "json"
    shape: Shape = "plain"
    project: str = ""
    signs: tuple[str, ...] = ()


def _everywhere(*places: str) -> Places:
    return {"linux": places, "darwin": places, "win32": places}


def _of_the_desktop(path: str) -> Places:
    """Where programs built on Electron keep it."""
    return {
        "linux": (f"{{settings}}/{path}",),
        "darwin": (f"{{home}}/Library/Application Support/{path}",),
        "win32": (f"{{roaming}}/{path}",),
    }


def _first_of(first: Places, then: Places) -> Places:
    return {platform: places + then[platform] for platform, places in first.items()}


_CLINE = "cline_mcp_settings.json"

CLIENTS: Mapping[str, Client] = {
    client.name: client
    for client in (
        Client(
            "claude-desktop",
            "Claude Desktop",
            _of_the_desktop("Claude/claude_desktop_config.json"),
            "Quit Claude Desktop fully and start it again.",
        ),
        Client(
            "claude-code",
            "Claude Code",
            _everywhere("{home}/.claude.json"),
            "Start a new session; /mcp lists it.",
            shape="typed",
            project=".mcp.json",
            signs=("{home}/.claude.json", "{home}/.claude"),
        ),
        Client(
            "cursor",
            "Cursor",
            _everywhere("{home}/.cursor/mcp.json"),
            "Restart Cursor, and see that grym is switched on among its MCP servers.",
            shape="typed",
            project=".cursor/mcp.json",
        ),
        Client(
            "vscode",
            "Visual Studio Code",
            _of_the_desktop("Code/User/mcp.json"),
            "Run the command `MCP: List Servers`, and start grym there.",
            keys=("servers", NAME),
            shape="typed",
            project=".vscode/mcp.json",
        ),
        Client(
            "windsurf",
            "Windsurf",
            _everywhere("{home}/.codeium/windsurf/mcp_config.json"),
            "Refresh the MCP servers in Cascade, or restart Windsurf.",
        ),
        Client(
            "zed",
            "Zed",
            {
                "linux": ("{settings}/zed/settings.json",),
                "darwin": ("{home}/.config/zed/settings.json",),
                "win32": ("{roaming}/Zed/settings.json",),
            },
            "Zed reads it at once: look for a green dot beside grym in the settings of its agent.",
            keys=("context_servers", NAME),
        ),
        Client(
            "cline",
            "Cline",
            _first_of(
                _everywhere(f"{{home}}/.cline/data/settings/{_CLINE}"),
                _of_the_desktop(f"Code/User/globalStorage/saoudrizwan.claude-dev/settings/{_CLINE}"),
            ),
            "Cline reads it at once: look under MCP Servers.",
        ),
        Client(
            "gemini-cli",
            "Gemini CLI",
            _everywhere("{home}/.gemini/settings.json"),
            "Restart Gemini CLI; /mcp lists it.",
            project=".gemini/settings.json",
        ),
        Client(
            "codex",
            "Codex",
            _everywhere("{codex}/config.toml"),
            "Start a new session; /mcp lists it.",
            keys=("mcp_servers", NAME),
            format="toml",
            project=".codex/config.toml",
        ),
        Client(
            "lm-studio",
            "LM Studio",
            _everywhere("{home}/.lmstudio/mcp.json", "{home}/.cache/lm-studio/mcp.json"),
            "Switch grym on in the Program tab of a chat.",
        ),
        Client(
            "goose",
            "goose",
            {
                "linux": ("{settings}/goose/config.yaml",),
                "darwin": ("{settings}/goose/config.yaml",),
                "win32": ("{roaming}/Block/goose/config/config.yaml",),
            },
            "Restart goose.",
            keys=("extensions", NAME),
            format="yaml",
            shape="goose",
        ),
        Client(
            "opencode",
            "OpenCode",
            _everywhere("{settings}/opencode/opencode.json", "{settings}/opencode/opencode.jsonc"),
            "Restart OpenCode.",
            keys=("mcp", NAME),
            shape="opencode",
            project="opencode.json",
        ),
        Client(
            "continue",
            "Continue",
            _everywhere("{home}/.continue/mcpServers/grym.json"),
            "Reload the window of your editor. The command line of Continue does not read this file.",
            project=".continue/mcpServers/grym.json",
            signs=("{home}/.continue",),
        ),
    )
}


def entry_of(shape: Shape, command: list[str], env: dict[str, str]) -> dict[str, Any]:
    """What starts our server, in the words of a client; `command` is the program and what it is called with."""
    program, *args = command
    match shape:
        case "plain":
            return {"command": program, "args": args, **({"env": env} if env else {})}
        case "typed":
            return {"type": "stdio", "command": program, "args": args, **({"env": env} if env else {})}
        case "opencode":
            return {
                "type": "local",
                "command": command,
                "enabled": True,
                **({"environment": env} if env else {}),
            }
        case "goose":
            return {
                "enabled": True,
                "type": "stdio",
                "name": NAME,
                "description": _ABOUT,
                "cmd": program,
                "args": args,
                "envs": env,
                "env_keys": [],
                "timeout": 300,
            }
