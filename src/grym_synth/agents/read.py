# /// script
# requires-python = ">=3.11"
# dependencies = ["grym-synth"]
#
# [tool.uv.sources]
# grym-synth = { path = "../../..", editable = true }
#
# [tool.grym]
# name = "read"
# version = "1"
# about = "Reads pages, PDF, Markdown, text, feeds, sitemaps and scores: their title, text, sections and links."
# capabilities = []
# needs_recording = false
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.5
# cost = { cpu_s = 2.0, per_minute = 0.0 }
# ///
"""What a file says: title, text, sections and links. It opens the file that it is given, and nothing else.

uv run read.py notes.md
uv run read.py page.bin --type "text/html; charset=utf-8" --address https://example.org/page
uv run read.py                                             speaks MCP on stdin and stdout
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sys
from pathlib import Path
from typing import Any

from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve
from grym_synth.errors import GrymError
from grym_synth.knowledge.reading.document import MOST_BYTES, Document, Unreadable, document_to_json
from grym_synth.knowledge.reading.kinds import read_content
from grym_synth.messages import Evidence, Gap, Json, Source

NAME, VERSION = "read", "1"
_MOST_ANSWER = 30 << 20  # bytes; the hub takes no longer answer
_MOST_MEMORY = 3 << 30  # a file that needs more is a bomb

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["path"],
    "properties": {
        "path": {"type": "string", "maxLength": 4096, "description": "the file"},
        "subject": {"type": "string", "maxLength": 4096, "description": "what to call it; default: the path"},
        "capabilities": {"type": "array", "items": {"enum": [NAME]}, "maxItems": 1},
        "name": {"type": "string", "maxLength": 4096, "description": "its name where it comes from"},
        "content_type": {"type": "string", "maxLength": 400, "description": "as a server gave it"},
        "address": {"type": "string", "maxLength": 4096, "description": "what its links are relative to"},
    },
}


def read(arguments: dict[str, Any], call: Call) -> Result:
    """Read one file; why one cannot be read becomes a gap."""
    path = str(arguments["path"])
    subject = str(arguments.get("subject", path))
    name = str(arguments.get("name") or path)
    call.progress(0.02, "opening")
    try:
        content = _content(Path(path))
        told = (str(arguments.get("content_type", "")), str(arguments.get("address", "")))
        document = _read(content, name, *told, call)
    except GrymError as error:
        return Result((), (Gap.from_error(error, capability=NAME, subject=subject),))
    if len(json.dumps(document.text)) > _MOST_ANSWER:
        too_long = Unreadable(f"its text takes more than {_MOST_ANSWER >> 20} MB to tell", hint="split it into parts")
        return Result((), (Gap.from_error(too_long, capability=NAME, subject=subject),))
    source = Source(NAME, VERSION, f"read as {document.kind}")
    value: dict[str, Json] = {**document_to_json(document), "sha256": hashlib.sha256(content).hexdigest()}
    return Result((Evidence("", "read.document", "label", value, "", 1.0, subject, source),))


def _read(content: bytes, name: str, content_type: str, address: str, call: Call) -> Document:
    try:
        return read_content(content, name, content_type, address, call.progress)
    except RecursionError as error:
        raise Unreadable("it is nested too deep to be read") from error
    except MemoryError as error:
        raise Unreadable(f"reading it takes more than {_MOST_MEMORY >> 30} GB of memory") from error


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise Unreadable("there is no such file" if not path.exists() else "it is no file")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"it cannot be opened: {error.strerror}") from error


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    if len(sys.argv) == 1:
        serve(NAME, VERSION, [Tool(NAME, "The title, text, sections and links of a file.", SCHEMA, read)])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--type", dest="content_type", help="as a server gave it")
    parser.add_argument("--address", help="what its links are relative to")
    options = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    raise SystemExit(print_result(read(options, Call())))


if __name__ == "__main__":
    main()
