"""Operations read from words such as `fade-out=8`, with errors that teach how they are written.

Pure: nothing is opened here. Times are seconds, or minutes and seconds with colons; a minus counts from the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from ...errors import BadRequest
from .operations import (
    DEPTHS,
    SHAPES,
    Amplify,
    Concatenate,
    Convert,
    Fade,
    Normalise,
    Op,
    Resample,
    Reverse,
    Shape,
    Shift,
    Slice,
    Stretch,
    Trim,
    Unit,
)

FORMATS = ("wav", "flac", "aiff", "ogg", "mp3")
MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 384_000
MOST_SPEED = 4.0  # times as long, or as short
MOST_SEMITONES = 24.0
MOST_DB = 60.0
_LONGEST_S = 1e6
_SEVERAL = "write a comma in a name as \\,"


def parse(words: Sequence[str]) -> tuple[Op, ...]:
    """Read operations, in the order given.

    Raises
    ------
    BadRequest
        One is unknown or makes no sense, or they do not go together; the message shows how it is written.
    """
    ops = tuple(_parse_one(word) for word in words)
    if not ops:
        raise BadRequest("nothing was asked for", hint=f"give operations: {', '.join(EXAMPLES.values())}")
    for i, op in enumerate(ops):
        if isinstance(op, Slice) and not all(isinstance(later, Convert) for later in ops[i + 1 :]):
            raise BadRequest("slice=onsets goes last: only convert may follow it", hint="move it to the end")
    if sum(isinstance(op, Convert) for op in ops) > 1:
        raise BadRequest("convert was given twice, and there is one output", hint="join them: convert=flac/48000/24")
    return ops


def _parse_one(word: str) -> Op:
    name, equals, text = word.partition("=")
    name = {"normalize": "normalise", "concat": "concatenate"}.get(name.lower(), name.lower())
    if name not in _READERS:
        raise BadRequest(f"unknown operation {word[:80]!r}", hint=f"there is {', '.join(EXAMPLES.values())}")
    if name == "reverse" and equals:
        raise BadRequest(f"reverse takes nothing, got {text[:80]!r}", hint="write just: reverse")
    try:
        return _READERS[name](text.strip())
    except _Unreadable as error:
        raise BadRequest(f"{name} wants {_WANTS[name]}, got {text[:80]!r}{error}", hint=_HINTS.get(name, "")) from error


class _Unreadable(Exception):
    """What stands there is no such thing; with the bound that it exceeds, if any."""


def parse_time(text: str) -> float:
    """Seconds of `83`, `1:23.5` or `1:02:03`; a minus sign in front is kept."""
    match = re.fullmatch(r"(-?)(?:(\d+):)?(?:(\d+):)?(\d+(?:\.\d+)?|\.\d+)", text)
    if match is None:
        raise _Unreadable
    sign, first, second, seconds = match.groups()
    units = [float(part) for part in (first, second) if part is not None]
    value = float(seconds)
    if (units and value >= 60.0) or (len(units) == 2 and units[1] >= 60.0):
        raise _Unreadable(": after a colon come at most 59")
    for factor, unit in zip((60.0, 3600.0), reversed(units), strict=False):
        value += factor * unit
    if value > _LONGEST_S:
        raise _Unreadable(f": at most {_LONGEST_S:g} seconds")
    return -value if sign else value


def _number(text: str) -> float:
    if re.fullmatch(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", text) is None:
        raise _Unreadable
    return float(text)


def _bounded(value: float, low: float, high: float, unit: str) -> float:
    if not low <= value <= high:
        raise _Unreadable(f": it must lie in {low:g}..{high:g} {unit}")
    return value


_TIME = r"-?(?:\d+:){0,2}(?:\d+(?:\.\d+)?|\.\d+)"


def _trim(text: str) -> Trim:
    match = re.fullmatch(rf"({_TIME})(?:-({_TIME})?)?", text)
    if match is None:
        raise _Unreadable
    start, end = parse_time(match[1]), None if match[2] is None else parse_time(match[2])
    if end is not None and (start < 0.0) == (end <= 0.0 and match[2][0] == "-") and end <= start:
        raise _Unreadable(": it would end before it begins")
    if end is not None and end == 0.0:
        end = None if match[2][0] == "-" else 0.0
    return Trim(start, end)


def _fade(at: Literal["in", "out"]) -> Callable[[str], Fade]:
    def read(text: str) -> Fade:
        length, slash, shape = text.partition("/")
        match shape:
            case "cosine" | "linear" | "equal-power":
                chosen: Shape = shape
            case "" if not slash:
                chosen = "cosine"
            case _:
                raise _Unreadable(f": its shape is one of {', '.join(SHAPES)}")
        return Fade(at, _positive(parse_time(length.removesuffix("s"))), chosen)

    return read


def _positive(value: float) -> float:
    if value <= 0.0:
        raise _Unreadable(": more than 0")
    return value


def _normalise(text: str) -> Normalise:
    match = re.fullmatch(r"([+-]?[\d.]+) ?([A-Za-z]+)", text)
    if match is None:
        raise _Unreadable
    unit: Unit
    match match[2].lower():
        case "lufs" | "lkfs":
            unit = "LUFS"
        case "dbtp":
            unit = "dBTP"
        case "dbfs":
            unit = "dBFS"
        case _:
            raise _Unreadable
    return Normalise(_bounded(_number(match[1]), -60.0, 0.0, unit), unit)


def _amplify(text: str) -> Amplify:
    match = re.fullmatch(r"([+-]?[\d.]+) ?dB", text, re.IGNORECASE)
    if match is None:
        raise _Unreadable
    return Amplify(_bounded(_number(match[1]), -MOST_DB, MOST_DB, "dB"))


def _stretch(text: str) -> Stretch:
    if match := re.fullmatch(r"([\d.]+)x", text, re.IGNORECASE):
        return Stretch(times=_bounded(_number(match[1]), 1.0 / MOST_SPEED, MOST_SPEED, "times"))
    if match := re.fullmatch(r"([\d:.]+) ?s", text, re.IGNORECASE):
        return Stretch(to_s=_positive(parse_time(match[1])))
    match = re.fullmatch(r"(?:([\d.]+)(?: ?bpm)?->)?([\d.]+) ?bpm", text, re.IGNORECASE)
    if match is None:
        raise _Unreadable
    to = _bounded(_number(match[2]), 20.0, 400.0, "BPM")
    if match[1] is None:
        return Stretch(to_bpm=to)
    from_bpm = _bounded(_number(match[1]), 20.0, 400.0, "BPM")
    if not 1.0 / MOST_SPEED <= from_bpm / to <= MOST_SPEED:
        raise _Unreadable(f": it may become {1.0 / MOST_SPEED:g} to {MOST_SPEED:g} times as long")
    return Stretch(from_bpm=from_bpm, to_bpm=to)


def _shift(text: str) -> Shift:
    match = re.fullmatch(r"([+-]?[\d.]+) ?(st|semitones?|ct|cents?)", text, re.IGNORECASE)
    if match is None:
        raise _Unreadable
    value = _number(match[1]) / (1.0 if match[2].lower().startswith("s") else 100.0)
    return Shift(_bounded(value, -MOST_SEMITONES, MOST_SEMITONES, "semitones"))


def _slice(text: str) -> Slice:
    if text.lower() != "onsets":
        raise _Unreadable
    return Slice()


def _reverse(text: str) -> Reverse:
    return Reverse()


def _rate(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(k?)(?:hz)?", text, re.IGNORECASE)
    if match is None:
        raise _Unreadable
    sr = float(match[1]) * (1000.0 if match[2] else 1.0)
    if sr != int(sr):
        raise _Unreadable
    return int(_bounded(sr, MIN_RATE_HZ, MAX_RATE_HZ, "Hz"))


def _resample(text: str) -> Resample:
    return Resample(_rate(text))


def _convert(text: str) -> Convert:
    found: dict[str, str] = {}
    for part in text.lower().split("/"):
        kind = "format" if part in _FORMAT_NAMES else "depth" if part in DEPTHS else "rate"
        if kind in found:
            raise _Unreadable(f": its {kind} is given twice" if kind != "rate" else f": {part!r} is none of these")
        found[kind] = part
    sr = _rate(found["rate"]) if "rate" in found else None
    depth = next((depth for depth in DEPTHS if depth == found.get("depth")), None)
    return Convert(_FORMAT_NAMES.get(found.get("format", "")), sr, depth)


_FORMAT_NAMES: Mapping[str, str] = {**{name: name for name in FORMATS}, "wave": "wav", "aif": "aiff", "oga": "ogg"}


def format_of_name(path: str) -> str | None:
    """The format that the end of a file's name says, one of FORMATS."""
    return _FORMAT_NAMES.get(path.rpartition(".")[2].lower()) if "." in path.rpartition("/")[2] else None


def _concatenate(text: str) -> Concatenate:
    crossfade = 0.0
    if match := re.fullmatch(r"(.+)/(\d+(?:\.\d+)?|\.\d+)s?", text):
        text, crossfade = match[1], _bounded(float(match[2]), 0.0, 60.0, "s")
    names = tuple(name.replace("\\,", ",").strip() for name in re.split(r"(?<!\\),", text))
    if not all(names):
        raise _Unreadable
    return Concatenate(names, crossfade)


_READERS: Mapping[str, Callable[[str], Op]] = {
    "trim": _trim,
    "fade-in": _fade("in"),
    "fade-out": _fade("out"),
    "normalise": _normalise,
    "gain": _amplify,
    "stretch": _stretch,
    "shift": _shift,
    "reverse": _reverse,
    "slice": _slice,
    "resample": _resample,
    "convert": _convert,
    "concatenate": _concatenate,
}
EXAMPLES: Mapping[str, str] = {
    "trim": "trim=0:30-1:00",
    "fade-in": "fade-in=2",
    "fade-out": "fade-out=8",
    "normalise": "normalise=-14LUFS",
    "gain": "gain=+3dB",
    "stretch": "stretch=100bpm",
    "shift": "shift=+2st",
    "reverse": "reverse",
    "slice": "slice=onsets",
    "resample": "resample=48000",
    "convert": "convert=flac/48000/24",
    "concatenate": "concatenate=OTHER.wav",
}
_WANTS: Mapping[str, str] = {
    "trim": "a start and an end, as in trim=0:30-1:00",
    "fade-in": "seconds, as in fade-in=2",
    "fade-out": "seconds, as in fade-out=8",
    "normalise": "a level with its unit, as in normalise=-14LUFS, normalise=-1dBTP or normalise=-1dBFS",
    "gain": "decibels, as in gain=+3dB or gain=-6dB",
    "stretch": (
        "a tempo, a factor or a length, as in stretch=100bpm, stretch=126->100bpm, stretch=1.05x or stretch=30s"
    ),
    "shift": "semitones or cents, as in shift=+2st or shift=-30ct",
    "slice": "onsets, as in slice=onsets",
    "resample": "a sample rate in Hz, as in resample=48000",
    "convert": "format, rate and depth, or some of them, as in convert=flac/48000/24",
    "concatenate": "files, as in concatenate=B.wav,C.wav, or with a crossfade of 50 ms concatenate=B.wav/0.05",
}
_HINTS: Mapping[str, str] = {
    "trim": "0:30- goes to the end, 0:30--8 to 8 s before it, -8 keeps the last 8 s",
    "fade-in": f"or with a shape: fade-in=2/linear; there is {', '.join(SHAPES)}",
    "fade-out": f"or with a shape: fade-out=8/linear; there is {', '.join(SHAPES)}",
    "convert": f"formats: {', '.join(FORMATS)}; depths: {', '.join(DEPTHS)}; rates: {MIN_RATE_HZ}..{MAX_RATE_HZ} Hz",
    "concatenate": _SEVERAL,
}
