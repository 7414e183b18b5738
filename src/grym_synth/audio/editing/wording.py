"""Operations as words: `canonical` for machines, which `grammar.parse` reads back, and `describe` for people."""

from __future__ import annotations

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


def canonical(op: Op) -> str:
    """The words that `parse` reads as this very operation."""
    match op:
        case Trim(start, end):
            return f"trim={_plain(start)}-{'' if end is None else _plain(end)}"
        case Fade(at, seconds, shape):
            return f"fade-{at}={_plain(seconds)}/{shape}"
        case Normalise(target, unit):
            return f"normalise={_plain(target)}{unit}"
        case Amplify(db):
            return f"gain={db:+.6f}".rstrip("0").rstrip(".") + "dB"
        case Stretch(times, from_bpm, to_bpm, to_s):
            if times is not None:
                return f"stretch={_plain(times)}x"
            if to_s is not None:
                return f"stretch={_plain(to_s)}s"
            return f"stretch={'' if from_bpm is None else f'{_plain(from_bpm)}->'}{_plain(to_bpm or 0.0)}bpm"
        case Shift(semitones):
            return f"shift={semitones:+.6f}".rstrip("0").rstrip(".") + "st"
        case Reverse():
            return "reverse"
        case Slice():
            return "slice=onsets"
        case Resample(sr):
            return f"resample={sr}"
        case Convert(name, sr, depth):
            return "convert=" + "/".join(str(part) for part in (name, sr, depth) if part is not None)
        case Concatenate(paths, crossfade_s):
            # The crossfade is always written, so that no folder with a number for a name is taken for one.
            return "concatenate=" + ",".join(path.replace(",", "\\,") for path in paths) + f"/{_plain(crossfade_s)}"


def describe(op: Op) -> str:
    """The operation in words, for a person to read before it is done."""
    match op:
        case Trim(start, None) if start < 0.0:
            return f"keep the last {clock(-start)}"
        case Trim(start, end):
            return (
                f"trim {_place(start)} to {_place(end)}"
                if start < 0.0 or end is None or end < 0.0
                else (f"trim {clock(start)}-{clock(end)}")
            )
        case Fade(at, seconds, shape):
            return f"fade {at} {seconds:g} s" + ("" if shape == "cosine" else f" ({shape})")
        case Normalise(target, unit):
            return f"normalise to {target:g} {unit}"
        case Amplify(db):
            return f"{'louder' if db >= 0.0 else 'softer'} by {abs(db):g} dB"
        case Stretch(times, from_bpm, to_bpm, to_s):
            if times is not None:
                return f"stretch to {times:g} times the length"
            if to_s is not None:
                return f"stretch to a length of {clock(to_s)}"
            told = "the measured tempo" if from_bpm is None else f"{from_bpm:g}"
            return f"stretch from {told} to {to_bpm:g} BPM"
        case Shift(semitones):
            return f"shift by {semitones:+g} semitones"
        case Reverse():
            return "reverse"
        case Slice():
            return "slice at the onsets"
        case Resample(sr):
            return f"resample to {sr / 1000:g} kHz"
        case Convert():
            return "convert"
        case Concatenate(paths, crossfade_s):
            names = ", ".join(path.rpartition("/")[2] for path in paths)
            return f"append {names}" + (f" with {crossfade_s:g} s of crossfade" if crossfade_s else "")


def _place(time: float | None) -> str:
    if time is None:
        return "the end"
    return clock(time) if time >= 0.0 else f"{clock(-time)} before the end"


def clock(seconds: float) -> str:
    """Seconds as a player shows them: 0:30, 1:02.5, 1:00:00; a minus stays."""
    sign, left = ("-", -seconds) if seconds < 0.0 else ("", seconds)
    thousandths = round(left * 1000.0)
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    told = f"{rest / 1000:06.3f}".rstrip("0").rstrip(".")
    told = told if len(told.partition(".")[0]) == 2 else f"0{told}"
    return f"{sign}{hours}:{minutes:02d}:{told}" if hours else f"{sign}{minutes}:{told}"


def _plain(value: float) -> str:
    """A number as `parse` reads it back: no exponent, no needless digits."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
