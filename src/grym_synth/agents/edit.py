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
# edit = ["ops", "out", "replace", "dry_run"]
# ///
"""Makes a new audio file from a recording; the only writer of audio here, and never over a recording.

uv run edit.py song.wav fade-out=8 --out new.wav                       a copy that fades out
uv run edit.py song.wav trim=0:30-1:00 convert=flac --dry-run          what that would make, and nothing made
uv run edit.py                                                         speaks MCP on stdin and stdout
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from grym_synth import __version__
from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve, strings, to_evidence
from grym_synth.audio.editing.findings import name_made, name_plan
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
            "description": "the new file, absolute; of slices, the name before -01; default: STEM-edited beside it",
        },
        "replace": {
            "type": "boolean",
            "default": False,
            "description": "whether an earlier edit that lies there, told by its sidecar, may be replaced",
        },
        "dry_run": {
            "type": "boolean",
            "default": False,
            "description": "whether the edit is only looked at: what it would make is told, and nothing is written",
        },
    },
}
#: What a dry run leaves open, of every recording the same.
_CONSENT = Gap(CAPABILITY, "Nothing is written yet", "consent", hint="say yes with `--yes`")
_HINT = "grym edit FILE fade-out=8 --out NEW.wav"


def edit(arguments: dict[str, Any], call: Call) -> Result:
    """Make one new file, or say what it would be; what cannot be made becomes a gap, and leaves nothing."""
    path = str(arguments["path"])
    subject = str(arguments.get("subject", path))
    strings(arguments, "capabilities", [CAPABILITY])
    words, out = strings(arguments, "ops", []), arguments.get("out", "")
    if not isinstance(out, str):
        raise BadRequest(f"`out` must be a string, got {out!r:.60}")
    replace, dry_run = _flag(arguments, "replace"), _flag(arguments, "dry_run")
    call.progress(0.001, "looking at it")
    if not words:
        return Result((), (Gap(CAPABILITY, "an edit takes operations", "unsupported", subject, _HINT),))
    try:
        ops, target = absolute_paths(parse(words), str(Path.cwd())), str(Path.cwd() / out) if out else ""
        plan = plan_edit(path, ops, target, replace=replace)
        if dry_run:
            return Result(tuple(to_evidence(found, subject, NAME, VERSION) for found in name_plan(plan)), (_CONSENT,))
        made = make(plan, call.progress, {"grym-synth": __version__, NAME: VERSION})
    except GrymError as error:
        return Result((), (Gap.from_error(error, capability=CAPABILITY, subject=subject),))
    evidence = tuple(to_evidence(found, subject, NAME, VERSION) for found in name_made(made))
    gaps = tuple(Gap(CAPABILITY, notice.reason, "partial", subject, notice.hint) for notice in made.notices)
    return Result(evidence, gaps)


def _flag(arguments: dict[str, Any], name: str) -> bool:
    value = arguments.get(name, False)
    if not isinstance(value, bool):
        raise BadRequest(f"`{name}` must be true or false, got {value!r:.60}")
    return value


def main() -> None:
    if len(sys.argv) == 1:
        description = "Make a new audio file from a recording: trim, fade, level, stretch, shift, convert, slice."
        serve(NAME, VERSION, [Tool(NAME, description, SCHEMA, edit, read_only=False)])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("ops", nargs="*", metavar="OP", help=f"of {', '.join(EXAMPLES.values())}")
    parser.add_argument(
        "--out", default="", metavar="FILE", help="the new file; default: STEM-edited beside the recording"
    )
    parser.add_argument("--replace", action="store_true", help="replace an earlier edit that lies there")
    parser.add_argument("--dry-run", action="store_true", help="say what would be made, and make nothing")
    raise SystemExit(print_result(edit(vars(parser.parse_args()), Call())))


if __name__ == "__main__":
    main()
