# /// script
# requires-python = ">=3.11"
# dependencies = ["grym-synth"]
#
# [tool.uv.sources]
# grym-synth = { path = "../../..", editable = true }
#
# [tool.grym]
# name = "listen"
# version = "2"
# about = "Listens to a recording once, and measures what is asked of it."
# capabilities = ["facts", "loudness", "rhythm", "tonality", "chords", "spectrum", "structure", "timbre"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.4
# cost = { cpu_s = 2.0, per_minute = 1.5 }
# keep_warm = 1
# packs = ["musicnn"]
#
# [tool.grym.settings]
# spectrum = ["n_fft", "window", "start_s"]
# timbre = ["vectors"]
# ///
"""Listens to one recording, in one pass: facts, loudness, rhythm, tonality, chords, spectrum,
structure, timbre.

uv run listen.py song.wav                     everything, as JSON lines
uv run listen.py song.wav --only rhythm       a part of it
uv run listen.py                              speaks MCP on stdin and stdout
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import Any

from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve, strings, to_evidence
from grym_synth.audio.listen import SECTIONS, Settings, hear
from grym_synth.errors import BadRequest, GrymError
from grym_synth.messages import Gap
from grym_synth.packs import find_whole_pack

NAME, VERSION = "listen", "2"

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["path"],
    "properties": {
        "path": {"type": "string", "description": "the recording"},
        "subject": {"type": "string", "description": "what to call it in the evidence; default: the path"},
        "capabilities": {"type": "array", "items": {"enum": list(SECTIONS)}, "default": list(SECTIONS)},
        "n_fft": {"type": "integer", "minimum": 16, "maximum": 1048576, "default": 2048},
        "window": {"type": "string", "default": "hann"},
        "vectors": {
            "type": "boolean",
            "default": False,
            "description": "also the vectors that similarity is judged by",
        },
        "start_s": {"type": "number", "minimum": 0, "description": "where to read the FFT; default: the loudest place"},
    },
}


def listen(arguments: dict[str, Any], call: Call) -> Result:
    """Hear one recording; what cannot be heard becomes gaps, for each capability asked."""
    path = str(arguments["path"])
    subject = str(arguments.get("subject", path))
    capabilities = strings(arguments, "capabilities", SECTIONS)
    unknown = set(capabilities) - set(SECTIONS)
    if unknown:
        raise BadRequest(f"unknown {', '.join(map(repr, unknown))}; there is {', '.join(SECTIONS)}")
    try:
        tagger, damage = find_whole_pack("musicnn") if "timbre" in capabilities else (None, "")
        network = str(tagger.folder / "model") if tagger else None
        settings = replace(Settings.read(arguments), tagger=network, lite=call.is_lite)
        heard = hear(path, capabilities, settings, call.progress)
    except GrymError as error:
        return Result((), tuple(Gap.from_error(error, capability=name, subject=subject) for name in capabilities))
    gaps = (
        Gap(gap.section, damage, "bad_setup", subject, f"grym models verify, then {gap.hint}")
        if damage and gap.hint == "grym models add musicnn"
        else Gap(gap.section, gap.reason, gap.code, subject, gap.hint)
        for gap in heard.gaps
    )
    why = call.why_lite if heard.is_part else ""
    return Result(tuple(to_evidence(found, subject, NAME, VERSION, why) for found in heard.findings), tuple(gaps))


def main() -> None:
    if len(sys.argv) == 1:
        description = "Measure one recording: format facts, loudness, tempo and beats, key, chords, spectrum, sections."
        serve(NAME, VERSION, [Tool(NAME, description, SCHEMA, listen)])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"of {','.join(SECTIONS)}")
    parser.add_argument("--n-fft", type=int)
    parser.add_argument("--window")
    parser.add_argument("--start", type=float, dest="start_s")
    options = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    capabilities = options.pop("only").split(",")
    unknown = set(capabilities) - set(SECTIONS)
    if unknown:
        raise SystemExit(f"listen.py: unknown {', '.join(sorted(unknown))}; there is {', '.join(SECTIONS)}")
    raise SystemExit(print_result(listen({**options, "capabilities": capabilities}, Call())))


if __name__ == "__main__":
    main()
