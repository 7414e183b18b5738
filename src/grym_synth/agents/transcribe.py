# /// script
# requires-python = ">=3.11"
# dependencies = ["grym-synth", "onnxruntime"]
#
# [tool.uv.sources]
# grym-synth = { path = "../../..", editable = true }
#
# [tool.grym]
# name = "transcribe"
# version = "2"
# about = "Writes down the notes and the melody of a recording."
# capabilities = ["notes"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.4
# cost = { cpu_s = 3.0, per_minute = 8.0 }
# packs = ["swift-f0", "basic-pitch"]
#
# [tool.grym.settings]
# notes = ["start_s", "end_s"]
# ///
"""Writes down one recording: its melody every 10 ms, the notes of all voices, the fundamental of a single line.

uv run transcribe.py song.wav                          everything, as JSON lines
uv run transcribe.py song.wav --start 30 --end 45      a part of it
uv run transcribe.py                                   speaks MCP on stdin and stdout
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from grym_synth import packs
from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve, strings, to_evidence
from grym_synth.audio.decoding.files import lite_stretch, open_audio
from grym_synth.audio.notes.note_findings import Excerpt, hear_notes
from grym_synth.errors import BadRequest, GrymError
from grym_synth.messages import Gap

NAME, VERSION = "transcribe", "2"
CAPABILITY = "notes"
MODELS = ("swift-f0", "basic-pitch")

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["path"],
    "properties": {
        "path": {"type": "string", "description": "the recording"},
        "subject": {"type": "string", "description": "what to call it in the evidence; default: the path"},
        "capabilities": {"type": "array", "items": {"enum": [CAPABILITY]}, "default": [CAPABILITY]},
        "start_s": {"type": "number", "minimum": 0, "default": 0},
        "end_s": {"type": "number", "minimum": 0, "description": "default: the end of the recording"},
    },
}


def transcribe(arguments: dict[str, Any], call: Call) -> Result:
    """Write down one recording; what cannot be heard becomes gaps."""
    path = str(arguments["path"])
    subject = str(arguments.get("subject", path))
    unknown = set(strings(arguments, "capabilities", (CAPABILITY,))) - {CAPABILITY}
    if unknown:
        raise BadRequest(f"unknown {', '.join(map(repr, sorted(unknown)))}; there is {CAPABILITY}")
    try:
        excerpt = Excerpt.read(arguments)
        part = None
        if call.is_lite and excerpt == Excerpt.read({}):
            with open_audio(path) as audio:
                part = lite_stretch(audio)
        if part is not None:
            excerpt = Excerpt.read({"start_s": part[0], "end_s": part[0] + part[1]})
        models = {name: packs.find_whole_pack(name) for name in MODELS}
        files = (None if pack is None else pack.file for pack, _ in models.values())
        found, unheard = hear_notes(path, excerpt, call.progress, *files)
    except GrymError as error:
        return Result((), (Gap.from_error(error, capability=CAPABILITY, subject=subject),))
    damaged = {f"grym models add {name}": damage for name, (_, damage) in models.items() if damage}
    gaps = (
        Gap(CAPABILITY, damaged[gap.hint], "bad_setup", subject, f"grym models verify, then {gap.hint}")
        if gap.hint in damaged
        else Gap(gap.section, gap.reason, gap.code, subject, gap.hint)
        for gap in unheard
    )
    why = call.why_lite if part else ""
    return Result(tuple(to_evidence(finding, subject, NAME, VERSION, why) for finding in found), tuple(gaps))


def main() -> None:
    if len(sys.argv) == 1:
        description = "Write down one recording: melody, notes of all voices, fundamental of a single line."
        serve(NAME, VERSION, [Tool(NAME, description, SCHEMA, transcribe)])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--start", type=float, dest="start_s")
    parser.add_argument("--end", type=float, dest="end_s")
    options = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    raise SystemExit(print_result(transcribe(options, Call())))


if __name__ == "__main__":
    main()
