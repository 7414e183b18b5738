"""Operations as they travel between a command and the hub that carries them out.

An operation is an object with `op` and its arguments; what comes back is a stream of events, of these kinds:
`{"progress": ...}` for the person waiting, `{"document": ...}` for the result, and at the end `{"exit": code}`.
Light on purpose: a command that finds a running hub needs nothing else of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import AgentFailed, BadRequest, BadSetup, GrymError, Unavailable
from ..identity.person import Role

OPERATIONS = (
    "ask", "route", "analyze", "compare", "similar", "patterns", "edit", "status", "pause", "resume", "context",
    "jobs", "teach_route", "index", "library", "find", "notes",
    "teach", "ear", "learn", "sources", "forget", "share", "health", "events", "task", "recording", "spectrogram",
)  # fmt: skip

#: Operations that change what all see, and with which `do` they only look.
_CHANGES: Mapping[str, tuple[str, ...]] = {
    "index": (), "learn": (), "forget": (), "library": ("list",), "jobs": ("list", "show"),
    "patterns": ("list", "show"), "teach": ("list",), "teach_route": ("list",), "ear": ("status", "export"),
}  # fmt: skip
_OF_THIS_MACHINE = ("status", "pause", "resume", "health")
_OWNERS_SHARE = ("trust", "distrust", "import", "undo")

Emit = Callable[[dict[str, Any]], None]


def needs_no_hub(operation: Mapping[str, Any]) -> bool:
    """Whether an operation only looks, or leaves word for the next hub: that is no reason to be one."""
    if operation["op"] == "jobs":
        return operation["do"] in ("list", "show", "cancel") and not operation["follow"]
    return operation["op"] in ("status", "pause", "resume", "context", "library")


def least_role(operation: Mapping[str, Any]) -> Role | None:
    """Who may ask for it at least in a store that several people share; None needs nobody to be signed in."""
    op, do = operation["op"], operation.get("do")
    if op == "task" and do == "start":
        return least_role(operation["operation"])
    if op in _OF_THIS_MACHINE:
        return None
    if op == "share" and do in _OWNERS_SHARE:
        return "owner"
    return "editor" if op in _CHANGES and do not in _CHANGES[op] else "viewer"


def operation_of(op: str, **arguments: Any) -> dict[str, Any]:
    """An operation as it travels, with what the hub must know of its sender."""
    return {"op": op, "version": __version__, "folder": _folder(), **arguments}


def _folder() -> str:
    """Where relative paths start; a folder that was deleted under us leaves only absolute ones."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return "/"


def error_to_json(error: GrymError) -> dict[str, Any]:
    return {"code": error.code, "message": str(error), "hint": error.hint}


def error_exit(error: GrymError) -> int:
    """3 the request cannot be met as it is · 4 refused for now · 5 a part is missing or unreachable."""
    match error:
        case BadRequest():
            return 3
        case Unavailable():
            return 4
        case AgentFailed() | BadSetup():
            return 5
    return 1
