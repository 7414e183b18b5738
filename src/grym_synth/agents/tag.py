# /// script
# requires-python = ">=3.11"
# dependencies = ["grym-synth"]
#
# [tool.uv.sources]
# grym-synth = { path = "../../..", editable = true }
#
# [tool.grym]
# name = "tag"
# version = "1"
# about = "Neural tags of a whole recording over time, and the vectors that it is compared by."
# capabilities = []
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.4
# cost = { cpu_s = 0.6, per_minute = 1.2 }
# packs = ["musicnn"]
# ///
"""Tags one recording from beginning to end: what can be heard where, and the vectors that it is compared by.

uv run tag.py song.wav                 tags every three seconds, as JSON lines
uv run tag.py song.wav --every 10      listens in less often
uv run tag.py                          speaks MCP on stdin and stdout
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve, strings, to_evidence
from grym_synth.audio.decoding.files import open_audio
from grym_synth.audio.listen import Heard, Settings, hear
from grym_synth.audio.timbre.musicnn import EXCERPT_S, load_network
from grym_synth.audio.timbre.tagging import MAX_EVERY_S, MIN_EVERY_S, Tagged, Tagger, name_tagged
from grym_synth.errors import BadRequest, GrymError
from grym_synth.messages import Gap
from grym_synth.packs import find_whole_pack

NAME, VERSION = "tag", "1"
CAPABILITY = "timbre"  # what its findings are about; questions about it go to the agent that listens once
PACK = "musicnn"
_LISTENED = ("timbre.tags", "timbre.vectors")  # what is taken over from one ordinary hearing
_SHARE = 0.2  # of the work that this hearing is, about

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["path"],
    "properties": {
        "path": {"type": "string", "maxLength": 4096, "description": "the recording"},
        "subject": {"type": "string", "maxLength": 4096, "description": "what to call it; default: the path"},
        "capabilities": {"type": "array", "items": {"enum": [CAPABILITY]}, "maxItems": 1},
        "every_s": {
            "type": "number",
            "minimum": MIN_EVERY_S,
            "maximum": MAX_EVERY_S,
            "default": EXCERPT_S,
            "description": "from the start of one excerpt of three seconds to the next",
        },
    },
}


def tag(arguments: dict[str, Any], call: Call) -> Result:
    """Tag one recording; without the network its vectors by aspect are still told, and the rest is a gap."""
    path = str(arguments["path"])
    subject = str(arguments.get("subject", path))
    unknown = set(strings(arguments, "capabilities", ())) - {CAPABILITY}
    if unknown:
        raise BadRequest(f"unknown {', '.join(map(repr, sorted(unknown)))}; there is {CAPABILITY}")
    try:
        every = _read_every(arguments)
        pack, damage = find_whole_pack(PACK)
        weights = str(pack.folder / "model") if pack else None
        listening = Settings(vectors=True, tagger=weights)
        heard = hear(path, (CAPABILITY, "structure"), listening, lambda f, text: call.progress(_SHARE * f, text))
        found = [item for item in heard.findings if item.name in _LISTENED]
        if weights is not None and found:
            found += name_tagged(_tag_whole(path, weights, every, heard, call), every)
    except GrymError as error:
        return Result((), (Gap.from_error(error, capability=CAPABILITY, subject=subject),))
    hint = f"grym models add {PACK}"
    gaps = (
        Gap(CAPABILITY, damage, "bad_setup", subject, f"grym models verify, then {hint}")
        if damage and gap.hint == hint
        else Gap(CAPABILITY, gap.reason, gap.code, subject, gap.hint)
        for gap in heard.gaps
        if gap.section == CAPABILITY
    )
    return Result(tuple(to_evidence(item, subject, NAME, VERSION) for item in found), tuple(gaps))


def _tag_whole(path: str, weights: str, every: float, heard: Heard, call: Call) -> Tagged:
    """A second reading, in which the network hears one excerpt after another."""
    sections: list[dict[str, Any]] = next(
        (item.value for item in heard.findings if item.name == "structure.sections"), []
    )
    spans = [(part["start_s"], part["end_s"], part["label"]) for part in sections]
    with open_audio(path) as audio:
        tagger = Tagger(audio.sr, load_network(weights), every, spans)
        declared = (audio.header.frames_declared or 0) / audio.sr
        for block in audio.blocks():
            mono = block @ np.full(block.shape[1], 1.0 / block.shape[1], np.float32)
            for second in tagger.feed(mono):
                call.progress(_SHARE + (1.0 - _SHARE) * min(1.0, second / max(declared, second)), "tagging")
        for _ in tagger.flush():
            call.progress(1.0, "tagging")
    return tagger.finish()


def _read_every(arguments: dict[str, Any]) -> float:
    every = arguments.get("every_s", EXCERPT_S)
    is_number = isinstance(every, int | float) and not isinstance(every, bool)
    if not is_number or not MIN_EVERY_S <= every <= MAX_EVERY_S:
        raise BadRequest(f"every_s must be seconds in {MIN_EVERY_S:g}..{MAX_EVERY_S:g}, got {every!r}")
    return float(every)


def main() -> None:
    if len(sys.argv) == 1:
        description = "Tag a whole recording over time (vocal, guitar, ...), and the vectors that it is compared by."
        serve(NAME, VERSION, [Tool(NAME, description, SCHEMA, tag)])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--every", type=float, dest="every_s", metavar="SECONDS")
    options = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    raise SystemExit(print_result(tag(options, Call())))


if __name__ == "__main__":
    main()
