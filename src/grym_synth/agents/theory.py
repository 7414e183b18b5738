# /// script
# requires-python = ">=3.11"
# dependencies = ["grym-synth"]
#
# [tool.uv.sources]
# grym-synth = { path = "../../..", editable = true }
#
# [tool.grym]
# name = "theory"
# version = "1"
# about = "Music arithmetic that needs no sound."
# capabilities = ["theory"]
# needs_recording = false
# permissions = []
# cpu = 0.1
# ram_gb = 0.05
# cost = { cpu_s = 0.5, per_minute = 0.0 }
# ///
"""Music arithmetic that needs no audio: intervals, scales, chords, transposition, delay times, frequencies.

uv run theory.py "dotted eighth at 120 bpm"
uv run theory.py                              speaks MCP on stdin and stdout
"""

from __future__ import annotations

import sys
from typing import Any

from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve
from grym_synth.messages import Evidence, Gap, Source
from grym_synth.theory.solve import Finding, solve

NAME, VERSION = "theory", "1"

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["question"],
    "properties": {
        "question": {"type": "string", "maxLength": 100_000},
        "subject": {"type": "string", "maxLength": 4096, "description": "the recording that it is computed for"},
    },
}


def compute(arguments: dict[str, Any], call: Call) -> Result:
    """Solve one question; a gap when it is none that can be computed."""
    call.progress(0.0, "computing")
    findings = solve(str(arguments["question"]))
    subject = str(arguments.get("subject", ""))
    if not findings:
        reason = "I found nothing to compute in this question"
        hint = 'name the notes, chords, keys, tempi or frequencies, as in "dotted eighth at 120 bpm"'
        return Result((), (Gap("theory", reason, "unsupported", subject, hint),))
    return Result(tuple(item for rank, finding in enumerate(findings) for item in _evidence(finding, rank, subject)))


def _evidence(finding: Finding, rank: int, subject: str) -> tuple[Evidence, Evidence]:
    """The computed value, and the sentence that says it, under the same rank."""
    source = Source(NAME, VERSION, finding.method)
    value = Evidence("", finding.name, finding.kind, finding.value, finding.unit, 1.0, subject, source, rank=rank)
    return value, Evidence("", "theory.text", "label", finding.text, "", 1.0, subject, source, rank=rank)


def main() -> None:
    if len(sys.argv) == 1:
        serve(NAME, VERSION, [Tool(NAME, "Music arithmetic that needs no audio, asked in words.", SCHEMA, compute)])
    raise SystemExit(print_result(compute({"question": " ".join(sys.argv[1:])}, Call())))


if __name__ == "__main__":
    main()
