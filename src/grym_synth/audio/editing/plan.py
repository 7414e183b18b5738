"""What an edit will do, known before anything is computed: checked against the files, and told in a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import BadRequest
from ..decoding.decoders import Header
from ..decoding.files import open_audio
from .cutting import SLACK_S, outside
from .fades import too_long
from .formats import Form, choose_form
from .grammar import MOST_SPEED
from .naming import free_name
from .operations import Concatenate, Convert, Fade, Op, Resample, Slice, Stretch, Trim
from .outputs import check_output
from .streams import frames_of
from .wording import clock, describe


@dataclass(frozen=True, slots=True)
class EditPlan:
    """Everything that making needs. `frames` is the length that is expected, None where it shows only later."""

    source: str
    header: Header
    ops: tuple[Op, ...]
    out: Path
    form: Form
    frames: int | None
    replace: bool

    @property
    def is_sliced(self) -> bool:
        return any(isinstance(op, Slice) for op in self.ops)

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source, *(path for op in self.ops if isinstance(op, Concatenate) for path in op.paths))

    def __str__(self) -> str:
        """`trim 0:30-1:00 -> fade out 8 s -> write x.flac, FLAC 24 bit 48 kHz, 0:30 long`"""
        said = [_step(op) for op in self.ops]
        name = f"{self.out.stem}-01{self.out.suffix} ..." if self.is_sliced else self.out.name
        length = f", {clock(round(self.frames / self.form.sr, 3))} long" if self.frames is not None else ""
        length = f", {length[2:].removesuffix(' long')} in all" if length and self.is_sliced else length
        return " -> ".join([*filter(None, said), f"write {name}, {self.form.said}{length}"])


def _step(op: Op) -> str:
    if isinstance(op, Convert):
        return "" if op.sr is None else describe(Resample(op.sr))
    return describe(op)


def plan_edit(source: str, ops: Sequence[Op], out: str, *, replace: bool = False) -> EditPlan:
    """Look at the files and settle how the output is written; without a name for it, one beside the source.

    Raises
    ------
    UnusableAudio, MissingDependency
        A recording cannot be read.
    BadRequest
        The output may not be written there, or not in this format.
    """
    with open_audio(source) as audio:
        header = audio.header
    sr, frames = header.sr, header.frames_declared
    convert = next((op for op in ops if isinstance(op, Convert)), Convert())
    for op in ops:
        if isinstance(op, Concatenate):
            frames = _joined_length(op, frames, sr)
        else:
            before, frames = frames, length_after(op, frames, sr)
            if before and frames == 0:
                raise BadRequest(
                    f"{describe(op)!r} leaves nothing: the sound is {clock(round(before / sr, 3))} long there",
                    hint="0:30- goes to the end, -8 keeps the last 8 s, 0--8 cuts them off",
                )
            if before is not None and _is_exact(header):
                _check_room(op, before, sr)
            if isinstance(op, Stretch) and op.to_s is not None:
                factor_to_length(op.to_s, before, sr)
        sr = rate_after(op, sr)
    out = out or str(free_name(source, header, convert))
    form = choose_form(header, convert, out, sr, header.channels)
    form.container_for(frames)
    plan = EditPlan(source, header, tuple(ops), Path(out), form, frames, replace)
    check_output(out, plan.sources, replace=replace)
    return plan


def _is_exact(header: Header) -> bool:
    """Whether its length can be relied on: lossy streams but Ogg only guess it."""
    return header.bit_depth is not None or header.container == "OGG"


def _check_room(op: Op, frames: int, sr: int) -> None:
    """Refuse at once what would be refused once it is read: a part or a fade that the sound is too short for."""
    length_s = round(frames / sr, 3)
    match op:
        case Trim(start, end) if start < 0.0 and -start > length_s + SLACK_S:
            raise outside(f"trim begins {clock(-start)} before the end", length_s)
        case Trim(_, float(end)) if end > length_s + SLACK_S:
            raise outside(f"trim ends at {clock(end)}", length_s)
        case Fade(seconds=seconds) if frames_of(seconds, sr) > frames:
            raise too_long(op, length_s)


def rate_after(op: Op, sr: int) -> int:
    match op:
        case Resample(wanted) | Convert(sr=int(wanted)):
            return wanted
    return sr


def length_after(op: Op, frames: int | None, sr: int) -> int | None:
    """Frames that come of so many; None where that is not known beforehand."""
    if frames is None:
        return None
    match op:
        case Trim(start, end):
            first = frames_of(start, sr) + (frames if start < 0.0 else 0)
            last = frames if end is None else frames_of(end, sr) + (frames if end < 0.0 else 0)
            return max(0, min(last, frames) - max(0, first))
        case Stretch(times=float(times)):
            return round(frames * times)
        case Stretch(from_bpm=float(before), to_bpm=float(after)):
            return round(frames * before / after)
        case Stretch(to_s=float(wanted)):
            return frames_of(wanted, sr)
        case Stretch():
            return None
        case Resample() | Convert():
            return -(-frames * rate_after(op, sr) // sr)
    return frames


def factor_to_length(to_s: float, frames: int | None, sr: int) -> float:
    """What makes so many frames `to_s` seconds.

    Raises
    ------
    BadRequest
        How many there are is not known, or it is beyond what sounds like anything.
    """
    if frames is None:
        raise BadRequest(
            "how long it is there shows only once it is read, so no length can be stretched to",
            hint="say a factor: stretch=1.05x",
        )
    times = frames_of(to_s, sr) / max(1, frames)
    if not 1.0 / MOST_SPEED <= times <= MOST_SPEED:
        raise BadRequest(
            f"from {clock(round(frames / sr, 3))} to {clock(to_s)} it would become {times:.3g} times as long; "
            f"{1.0 / MOST_SPEED:g} to {MOST_SPEED:g} times can be done",
            hint="trim it first, or choose a length nearer to its own",
        )
    return times


def _joined_length(op: Concatenate, frames: int | None, sr: int) -> int | None:
    for path in op.paths:
        with open_audio(path) as audio:
            more = audio.header.frames_declared
        if more is None or frames is None:
            frames = None
            continue
        frames += -(-more * sr // audio.sr) - frames_of(op.crossfade_s, sr)
    return frames


def absolute_paths(ops: Sequence[Op], folder: str) -> tuple[Op, ...]:
    """The same operations, with the names of other recordings read from `folder`."""
    return tuple(
        Concatenate(tuple(str(Path(folder, path)) for path in op.paths), op.crossfade_s)
        if isinstance(op, Concatenate)
        else op
        for op in ops
    )


def with_tempo(ops: Sequence[Op], bpm: float) -> tuple[Op, ...]:
    """The same operations, with a tempo told for the stretch that would measure it.

    Raises
    ------
    BadRequest
        None of them needs it.
    """
    told = tuple(
        Stretch(from_bpm=bpm, to_bpm=op.to_bpm) if isinstance(op, Stretch) and op.is_measured else op for op in ops
    )
    if told == tuple(ops):
        raise BadRequest("a tempo was told, and nothing is stretched from a measured one", hint="stretch=100bpm")
    return told
