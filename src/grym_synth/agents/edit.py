# /// script
# requires-python = ">=3.11"
# dependencies = ["grym-synth", "python-stretch==0.3.1; sys_platform != 'linux' or platform_machine == 'x86_64'"]
#
# [tool.uv.sources]
# grym-synth = { path = "../../..", editable = true }
#
# [tool.grym]
# name = "edit"
# version = "1"
# about = "Makes a new audio file from a recording: trimmed, faded, brought to level, stretched, converted, sliced."
# capabilities = ["edit"]
# needs_recording = true
# permissions = ["read", "write"]
# cpu = 1.0
# ram_gb = 0.6
# cost = { cpu_s = 1.0, per_minute = 2.0 }
#
# [tool.grym.settings]
# edit = ["ops", "out", "replace"]
# ///
"""Makes a new audio file from a recording; the only writer of audio here, and never over a recording.

uv run edit.py song.wav fade-out=8 --out new.wav                       a copy that fades out
uv run edit.py song.wav trim=0:30-1:00 convert=flac --out part.flac    a part of it, as FLAC
uv run edit.py                                                         speaks MCP on stdin and stdout
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from grym_synth import __version__
from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve, strings, to_evidence
from grym_synth.audio.editing.findings import name_made
from grym_synth.audio.editing.grammar import EXAMPLES, parse
from grym_synth.audio.editing.make import make
from grym_synth.audio.editing.plan import absolute_paths, plan_edit
from grym_synth.errors import BadRequest, GrymError
from grym_synth.messages import Gap

NAME, VERSION = "edit", "1"
CAPABILITY = "edit"

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["path"],
    "properties": {
        "path": {"type": "string", "maxLength": 4096, "description": "the recording, which stays as it is"},
        "subject": {"type": "string", "maxLength": 4096, "description": "what to call it; default: the path"},
        "capabilities": {"type": "array", "items": {"enum": [CAPABILITY]}, "default": [CAPABILITY]},
        "ops": {
            "type": "array",
            "items": {"type": "string", "maxLength": 65536},
            "maxItems": 100,
            "description": f"what to do, in this order, of: {', '.join(EXAMPLES.values())}",
        },
        "out": {
            "type": "string",
            "maxLength": 4096,
            "description": "the new file, absolute; of slices, the name before -01",
        },
        "replace": {
            "type": "boolean",
            "default": False,
            "description": "whether an earlier edit that lies there, told by its sidecar, may be replaced",
        },
    },
}
_HINT = "grym edit FILE fade-out=8 --out NEW.wav"


def edit(arguments: dict[str, Any], call: Call) -> Result:
    """Make one new file; what cannot be made becomes a gap, and nothing is left of it."""
    path = str(arguments["path"])
    subject = str(arguments.get("subject", path))
    strings(arguments, "capabilities", [CAPABILITY])
    words, out = strings(arguments, "ops", []), arguments.get("out", "")
    replace = arguments.get("replace", False)
    if not isinstance(out, str) or not isinstance(replace, bool):
        raise BadRequest(f"`out` must be a string and `replace` true or false, got {out!r:.60} and {replace!r:.60}")
    call.progress(0.001, "looking at it")
    if not words or not out:
        reason = "an edit takes operations and a name for the new file"
        return Result((), (Gap(CAPABILITY, reason, "unsupported", subject, _HINT),))
    try:
        plan = plan_edit(path, absolute_paths(parse(words), str(Path.cwd())), str(Path.cwd() / out), replace=replace)
        made = make(plan, call.progress, {"grym-synth": __version__, NAME: VERSION})
    except GrymError as error:
        return Result((), (Gap.from_error(error, capability=CAPABILITY, subject=subject),))
    evidence = tuple(to_evidence(found, subject, NAME, VERSION) for found in name_made(made))
    gaps = tuple(Gap(CAPABILITY, notice.reason, "partial", subject, notice.hint) for notice in made.notices)
    return Result(evidence, gaps)


def main() -> None:
    if len(sys.argv) == 1:
        description = "Make a new audio file from a recording: trim, fade, level, stretch, shift, convert, slice."
        serve(NAME, VERSION, [Tool(NAME, description, SCHEMA, edit, read_only=False)])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("ops", nargs="*", metavar="OP", help=f"of {', '.join(EXAMPLES.values())}")
    parser.add_argument("--out", default="", metavar="FILE", help="the new file")
    parser.add_argument("--replace", action="store_true", help="replace an earlier edit that lies there")
    raise SystemExit(print_result(edit(vars(parser.parse_args()), Call())))


if __name__ == "__main__":
    main()
