"""Operations as a person would tell them to another: each an order ("fade it out over the last 8 s"), with its figures.

The figures are apart, in the unit that ends their name, so that whoever repeats the words can prove them.
"""

from __future__ import annotations

from collections.abc import Mapping

from .operations import (
    Amplify,
    Concatenate,
    Convert,
    Fade,
    Normalise,
    Op,
    Resample,
    Reverse,
    Shift,
    Slice,
    Stretch,
    Trim,
)
from .wording import clock

_LEVELS = {"LUFS": "it to {} LUFS", "dBTP": "its true peak to {} dBTP", "dBFS": "its peak to {} dBFS"}
_MUCH_PERCENT = 45.0  # what changes the length by more is told as a share of it


def tell(op: Op) -> str:
    """An order for one operation; "" for a format, which the output tells itself."""
    match op:
        case Trim():
            return _tell_trim(op)
        case Fade(at, seconds, shape):
            kind = {"cosine": "", "linear": ", in a straight line", "equal-power": ", at equal power"}[shape]
            return f"fade it {at} over the {'first' if at == 'in' else 'last'} {tell_length(seconds)}{kind}"
        case Normalise(target, unit):
            return f"bring {_LEVELS[unit].format(f'{target:g}')}"
        case Amplify(db):
            return f"turn it {'up' if db >= 0.0 else 'down'} by {abs(db):g} dB"
        case Stretch():
            return _tell_stretch(op)
        case Shift(semitones):
            return f"shift it {'up' if semitones >= 0.0 else 'down'} by {_interval(abs(semitones))}"
        case Reverse():
            return "reverse it"
        case Slice():
            return "cut it at its onsets, a file for each"
        case Resample(sr) | Convert(sr=int(sr)):
            return f"resample it to {sr / 1000:g} kHz"
        case Concatenate(paths, crossfade_s):
            names = " and ".join(f"`{path.rpartition('/')[2]}`" for path in paths)
            return f"put {names} behind it" + (f", crossed over {tell_length(crossfade_s)}" if crossfade_s else "")
    return ""


def _tell_trim(op: Trim) -> str:
    start, end = op.start_s, op.end_s
    if start < 0.0:
        if end is None:
            return f"keep the last {tell_length(-start)}"
        return f"keep what lies between {tell_length(-start)} before the end and {_place(end)}"
    if end is None:
        return f"cut off the first {tell_length(start)}"
    if end < 0.0:
        first = f"the first {tell_length(start)} and " if start else ""
        return f"cut off {first}the last {tell_length(-end)}"
    return f"keep {clock(start)} to {clock(end)}" if start else f"keep the first {tell_length(end)}"


def _place(time: float) -> str:
    return clock(time) if time >= 0.0 else f"{tell_length(-time)} before it"


def _tell_stretch(op: Stretch) -> str:
    if op.times is not None:
        change, speed = _changes(op.times)
        if abs(change) > _MUCH_PERCENT:
            return f"stretch it to {100.0 * op.times:.6g} % of its length"
        if abs(speed - round(speed, 1)) < abs(change - round(change, 1)):
            return f"{'speed it up' if speed > 0.0 else 'slow it down'} by {abs(speed):.4g} % at the same pitch"
        return f"{'stretch' if change >= 0.0 else 'squeeze'} it by {abs(change):.4g} % at the same pitch"
    if op.to_s is not None:
        return f"stretch it to a length of {tell_length(op.to_s)}"
    before = "the tempo I hear" if op.from_bpm is None else f"{op.from_bpm:.5g}"
    return f"stretch it from {before} to {op.to_bpm:.5g} BPM"


def _changes(times: float) -> tuple[float, float]:
    """By how many percent it gets longer, and by how many faster."""
    return 100.0 * (times - 1.0), 100.0 * (1.0 / times - 1.0)


def tell_length(seconds: float) -> str:
    """ "50 ms", "8 s", "1:30"."""
    return f"{seconds * 1000.0:.4g} ms" if seconds < 0.1 else f"{seconds:.6g} s" if seconds < 60.0 else clock(seconds)


def _interval(semitones: float) -> str:
    if semitones != round(semitones):
        return f"{100.0 * semitones:.4g} cents"
    return f"{semitones:g} semitone{'' if semitones == 1.0 else 's'}"


def figures(op: Op) -> Mapping[str, float]:
    """The numbers of an operation as its order tells them, by names that end in their unit; the words say the way."""
    match op:
        case Trim(start, end):
            edges = {"start_s": abs(start)} | ({} if end is None else {"end_s": abs(end)})
            return {name: value for name, value in edges.items() if value}
        case Fade(_, seconds):
            return {"length_s": seconds}
        case Normalise(target, unit):
            return {f"target_{unit.lower()}": target}
        case Amplify(db):
            return {"change_db": abs(db)}
        case Stretch(times=float(times)):
            change, speed = _changes(times)
            return {"change_percent": abs(change), "speed_percent": abs(speed), "length_percent": 100.0 * times}
        case Stretch(to_s=float(seconds)):
            return {"length_s": seconds}
        case Stretch(from_bpm=before, to_bpm=after):
            told = {"from_bpm": before, "to_bpm": after}
            return {name: value for name, value in told.items() if value is not None}
        case Shift(semitones):
            steps = abs(semitones)
            return {"semitones": steps} if steps == round(steps) else {"cents": 100.0 * steps}
        case Resample(sr) | Convert(sr=int(sr)):
            return {"rate_hz": float(sr)}
        case Concatenate(_, crossfade_s):
            return {"crossfade_s": crossfade_s} if crossfade_s else {}
    return {}
