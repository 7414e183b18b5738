# /// script
# requires-python = ">=3.11"
# dependencies = ["grym-synth"]
#
# [tool.uv.sources]
# grym-synth = { path = "../../..", editable = true }
#
# [tool.grym]
# name = "fft"
# version = "1"
# about = "Spectra and spectrograms on demand, kept behind handles, and pictures of their parts."
# capabilities = []
# needs_recording = true
# permissions = ["read", "write"]
# cpu = 1.0
# ram_gb = 0.4
# cost = { cpu_s = 0.2, per_minute = 0.15 }
# ///
"""Spectra on demand: of a whole recording, of a part, of one window, or over time; and pictures of what was stored.

uv run fft.py song.wav                                          the mean spectrum, as JSON lines
uv run fft.py song.wav --at 61.5 --n-fft 65536                  one window
uv run fft.py song.wav --spectrogram --scale mel --out song.npy over time, stored
uv run fft.py song.npy --tile --start 30 --end 45 --out song.png a picture of a part of it
uv run fft.py                                                   speaks MCP on stdin and stdout
"""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from typing import Any

from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve, strings, to_evidence
from grym_synth.audio.findings import Finding, Unheard
from grym_synth.audio.spectrum import stored, tiles
from grym_synth.audio.spectrum.handle_names import EXPIRES_S, SUFFIX, new_handle
from grym_synth.audio.spectrum.on_demand import LATEST_S, MOST_CHANNELS, Part, compute, name_spectrum
from grym_synth.audio.spectrum.peaks import WINDOWS
from grym_synth.audio.spectrum.transform import MAX_BANDS, MAX_FFT, MIN_BANDS, MIN_FFT, SCALES, Transform
from grym_synth.errors import BadRequest, GrymError, Unavailable
from grym_synth.messages import Gap

NAME, VERSION = "fft", "1"
OPERATIONS = ("spectrum", "spectrogram", "tile")
FORMS = ("png", "numbers")

_SECONDS = {"type": "number", "minimum": 0, "maximum": LATEST_S}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["path"],
    "properties": {
        "path": {"type": "string", "maxLength": 4096, "description": "the recording; for `tile`, what was stored"},
        "subject": {"type": "string", "maxLength": 4096, "description": "what to call it; default: the path"},
        "capabilities": {"type": "array", "items": {"enum": [NAME]}, "maxItems": 1},
        "operation": {"enum": list(OPERATIONS), "default": "spectrum"},
        "start_s": {**_SECONDS, "default": 0},
        "end_s": {**_SECONDS, "description": "default: the end"},
        "at_s": {**_SECONDS, "description": "one window of n_fft samples from here on, instead of a part"},
        "n_fft": {
            "type": "integer",
            "minimum": MIN_FFT,
            "maximum": MAX_FFT,
            "description": "default: 2048, on the log scale 8192",
        },
        "hop": {"type": "integer", "minimum": 1, "maximum": MAX_FFT, "description": "samples; default: n_fft / 4"},
        "overlap": {"type": "number", "minimum": 0, "maximum": 1, "description": "share, instead of hop"},
        "window": {"enum": list(WINDOWS), "default": "hann"},
        "scale": {"enum": list(SCALES), "default": "linear"},
        "bands": {
            "type": "integer",
            "minimum": MIN_BANDS,
            "maximum": MAX_BANDS,
            "description": "mel: in all (default 128); log: to the octave (default 24)",
        },
        "channel": {
            "anyOf": [
                {"enum": ["mix", "left", "right"]},
                {"type": "integer", "minimum": 0, "maximum": MOST_CHANNELS - 1},
            ],
            "default": "mix",
        },
        "handles": {"type": "string", "maxLength": 4096, "description": "folder that the result is stored in"},
        "low_hz": {"type": "number", "minimum": 0, "maximum": 1e6, "default": 0, "description": "of a tile"},
        "high_hz": {"type": "number", "minimum": 0, "maximum": 1e6, "description": "of a tile"},
        "width": {"type": "integer", "minimum": 1, "maximum": tiles.MAX_SIDE, "default": 1024},
        "height": {"type": "integer", "minimum": 1, "maximum": tiles.MAX_SIDE, "default": 512},
        "form": {"enum": list(FORMS), "default": "png"},
        "colours": {"enum": list(tiles.COLOUR_MAPS), "default": "heat"},
        "range_db": {"type": "number", "minimum": 1, "maximum": 300, "default": 90},
    },
}


def fft(arguments: dict[str, Any], call: Call, out: Path | None = None) -> Result:
    """Compute a spectrum, or cut a tile of a stored one; what cannot be had becomes a gap. `out` is for use by hand."""
    path = str(arguments["path"])
    subject = str(arguments.get("subject", path))
    unknown = set(strings(arguments, "capabilities", ())) - {NAME}
    if unknown:
        raise BadRequest(f"unknown {', '.join(map(repr, sorted(unknown)))}; there is {NAME}")
    try:
        operation = _one_of(arguments, "operation", OPERATIONS)
        if out is not None and out.exists():
            raise BadRequest(f"{str(out)!r} is there already; name a file that is not")
        if operation == "tile":
            found, gaps = _cut(path, arguments, out)
        else:
            found, gaps = _measure(path, subject, operation, arguments, call, out)
    except GrymError as error:
        return Result((), (Gap.from_error(error, capability=NAME, subject=subject),))
    return Result(
        tuple(to_evidence(item, subject, NAME, VERSION) for item in found),
        tuple(Gap(NAME, gap.reason, gap.code, subject, gap.hint) for gap in gaps),
    )


def _measure(
    path: str, subject: str, operation: str, arguments: dict[str, Any], call: Call, out: Path | None
) -> tuple[list[Finding], tuple[Unheard, ...]]:
    transform, part, target = Transform.read(arguments), Part.read(arguments), _target(arguments, out)
    as_one = operation == "spectrum"
    answered, gaps = compute(path, transform, part, as_one=as_one, subject=subject, progress=call.progress)
    if answered is None:
        return [], gaps
    named = list(name_spectrum(answered, transform, as_one))
    found = [item for item in named if isinstance(item, Finding)]
    if target is not None:
        place, *told = target
        call.progress(0.95, "storing")
        stored.write_spectrogram(place, answered.spectrogram, answered.meaning)
        found += told
    return found, gaps


def _target(arguments: dict[str, Any], out: Path | None) -> tuple[Path, *tuple[Finding, ...]] | None:
    """Where the result is to be stored, and how that is told; None when nobody asked."""
    folder = arguments.get("handles")
    if out is not None:
        return out, Finding("fft.file", "label", str(out), "as asked")
    if folder is None:
        return None
    if not isinstance(folder, str) or not _is_folder(folder):
        raise BadRequest(f"the folder {str(folder)[:80]!r} for handles is not there", hint="the hub makes it")
    handle = new_handle()
    return (
        Path(folder, f"{handle}{SUFFIX}"),
        Finding("fft.handle", "label", f"fft://{handle}/data", "stored under a name that nobody can guess"),
        Finding("fft.expires_s", "duration", EXPIRES_S, "after its last use"),
    )


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_absolute() and Path(path).is_dir()
    except (OSError, ValueError):  # a name that is too long, or holds a zero byte
        return False


def _cut(path: str, arguments: dict[str, Any], out: Path | None) -> tuple[list[Finding], tuple[Unheard, ...]]:
    view, form = tiles.View.read(arguments), _one_of(arguments, "form", FORMS)
    if form == "numbers" and view.width * view.height > tiles.MAX_NUMBERS:
        raise BadRequest(
            f"{view.width} x {view.height} numbers are too many: at most {tiles.MAX_NUMBERS}",
            hint="lower width or height, or take it as png",
        )
    with stored.open_spectrogram(path) as source:
        tile, meaning = tiles.cut_tile(source, view), source.meaning
    columns, rows = tile.levels.shape
    span = (float(tile.times_s[0]), float(tile.times_s[-1]))
    method = f"mean power over time, greatest over frequency, of what was stored of {meaning.subject}"
    colours = [tile.highest_dbfs - view.range_db, tile.highest_dbfs]
    found = [
        Finding("fft.shape", "count", [columns, rows], "times, frequencies"),
        Finding("fft.time_range_s", "time", list(span), "middles of the first and last column"),
        Finding("fft.frequency_range_hz", "frequency", [float(hz) for hz in tile.centres_hz[[0, -1]]], "of its rows"),
        Finding("fft.range_dbfs", "level", colours, "from the first colour to the last")
        if form == "png"
        else Finding("fft.range_dbfs", "level", [float(tile.levels.min()), float(tile.levels.max())], method),
    ]
    if form == "numbers":
        value: dict[str, Any] = {
            "times_s": [round(float(t), 4) for t in tile.times_s],
            "centres_hz": [round(float(hz), 2) for hz in tile.centres_hz],
            "levels_dbfs": [[round(float(x), 2) for x in column] for column in tile.levels],
        }
        return [Finding("fft.tile", "spectrum", value, method, span_s=span), *found], ()
    png = tiles.tile_png(tile, view.colours, view.range_db)
    if out is None:
        picture = {"png_base64": base64.b64encode(png).decode()}
        return [Finding("fft.tile", "spectrum", picture, method, span_s=span), *found], ()
    try:
        out.write_bytes(png)
    except OSError as error:
        raise Unavailable(f"{str(out)!r} could not be written: {error.strerror}") from error
    return [Finding("fft.file", "label", str(out), "as asked"), *found], ()


def _one_of(arguments: dict[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = arguments.get(name)
    if value is None:
        return known[0]
    if value not in known:
        raise BadRequest(f"unknown {name} {value!r}; there is {', '.join(known)}")
    return str(value)


def main() -> None:
    if len(sys.argv) == 1:
        description = "Spectrum or spectrogram of a recording or a part of it, stored behind a handle; tiles of it."
        serve(NAME, VERSION, [Tool(NAME, description, SCHEMA, fft, read_only=False)])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", help="a recording; with --tile, a file that was stored")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--spectrogram", action="store_const", const="spectrogram", dest="operation")
    what.add_argument("--tile", action="store_const", const="tile", dest="operation")
    for name in ("start", "end", "at"):
        parser.add_argument(f"--{name}", type=float, dest=f"{name}_s", metavar="SECONDS")
    for name in ("n-fft", "hop", "bands", "width", "height"):
        parser.add_argument(f"--{name}", type=int)
    for name in ("overlap", "low-hz", "high-hz", "range-db"):
        parser.add_argument(f"--{name}", type=float)
    for name, known in (("window", WINDOWS), ("scale", SCALES), ("form", FORMS), ("colours", tiles.COLOUR_MAPS)):
        parser.add_argument(f"--{name}", choices=known)
    parser.add_argument("--channel", type=lambda word: int(word) if word.isdecimal() else word)
    parser.add_argument("--out", type=Path, help="where to store it; with --tile, the picture")
    options = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    out = options.pop("out", None)
    raise SystemExit(print_result(fft(options, Call(), out)))


if __name__ == "__main__":
    main()
