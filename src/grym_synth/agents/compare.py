# /// script
# requires-python = ">=3.11"
# dependencies = ["grym-synth"]
#
# [tool.uv.sources]
# grym-synth = { path = "../../..", editable = true }
#
# [tool.grym]
# name = "compare"
# version = "1"
# about = "Holds one recording against another."
# capabilities = ["compare"]
# needs_recording = true
# takes_two = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.6
# cost = { cpu_s = 2.0, per_minute = 2.0 }
# ///
"""Holds recordings against the first one: differences, fit, masking, alignment, null test.

uv run compare.py mix-3.wav mix-4.wav     the second against the first, as JSON lines
uv run compare.py                         speaks MCP on stdin and stdout
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve, strings, to_evidence
from grym_synth.audio.comparison.compare import Profile, compare_profiles, profile
from grym_synth.audio.comparison.comparison_findings import name_comparison
from grym_synth.errors import BadRequest, GrymError
from grym_synth.messages import Evidence, Gap

NAME, VERSION = "compare", "1"
MOST = 8

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["paths"],
    "properties": {
        "paths": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 2,
            "maxItems": MOST,
            "description": "the recordings; each but the first is held against the first",
        },
        "subjects": {
            "type": "array",
            "items": {"type": "string"},
            "description": "what to call them in the evidence; default: the paths",
        },
        "capabilities": {"type": "array", "items": {"enum": [NAME]}, "default": [NAME]},
    },
}


def compare(arguments: dict[str, Any], call: Call) -> Result:
    """Every recording but the first against the first; the evidence of a pair has the second as its subject."""
    paths = strings(arguments, "paths", ())
    subjects = strings(arguments, "subjects", paths)
    if not 2 <= len(paths) <= MOST or len(subjects) != len(paths):
        raise BadRequest(f"comparing takes 2 to {MOST} paths and a subject for each, got {len(paths)}, {len(subjects)}")
    evidence: list[Evidence] = []
    gaps: list[Gap] = []
    first = _listen(paths[0], subjects[0], call, 0, len(paths))
    if isinstance(first, Gap):
        return Result((), tuple(Gap(NAME, first.reason, first.code, name, first.hint) for name in subjects[1:]))
    for i, (path, subject) in enumerate(zip(paths[1:], subjects[1:], strict=True), start=1):
        second = _listen(path, subject, call, i, len(paths))
        if isinstance(second, Gap):
            gaps.append(second)
            continue
        try:
            compared = compare_profiles(first, second, lambda done, what: None)
        except GrymError as error:
            gaps.append(Gap.from_error(error, capability=NAME, subject=subject))
            continue
        named = name_comparison(compared, (subjects[0], subject))
        evidence += (to_evidence(finding, subject, NAME, VERSION) for finding in named)
        gaps += (Gap(gap.section, gap.reason, gap.code, subject, gap.hint) for gap in compared.gaps)
    return Result(tuple(evidence), tuple(gaps))


def _listen(path: str, subject: str, call: Call, number: int, count: int) -> Profile | Gap:
    try:
        return profile(path, lambda done, what: call.progress((number + done) / (count + 0.2), what))
    except GrymError as error:
        return Gap.from_error(error, capability=NAME, subject=subject)


def main() -> None:
    if len(sys.argv) == 1:
        description = "Compare recordings: level-matched differences, tempo and key fit, masking, alignment, null test."
        serve(NAME, VERSION, [Tool(NAME, description, SCHEMA, compare)])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", help="what the others are held against")
    parser.add_argument("others", nargs="+")
    named = parser.parse_args()
    arguments = {"paths": [named.first, *named.others]}
    raise SystemExit(print_result(compare(arguments, Call())))


if __name__ == "__main__":
    main()
