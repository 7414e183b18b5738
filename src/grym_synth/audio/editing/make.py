"""From a plan to a new file: the operations as one stream, written, measured, and put in place with its sidecar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..decoding.files import open_audio
from ..levels.loudness import LoudnessMeter
from . import outputs
from .cutting import reverse, trim
from .fades import fade
from .gain import CEILING_DBTP, Gain, normalise
from .headway import Headway, Progress
from .joining import concatenate
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
from .plan import EditPlan, factor_to_length, length_after, rate_after
from .resampling import resample
from .sidecar import sidecar_for
from .slicing import Slices, slice_at_onsets
from .streams import Blocks, Kept, Stream
from .stretching import shift, stretch
from .tempo import Tempo, keep_and_measure, times_as_long
from .wording import canonical
from .writing import Written, write

_FULL_SCALE = 1.0 + 2.0**-15  # what is above it would be clipped by more than a step of 16 bits
_READ_S = 1.0
_FIRST_TRY = 0.8  # of the progress, where all of it may have to be done a second time


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that came out differently from what one might think."""

    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What came out. Loudness is None where there is none to measure, and of several files."""

    files: tuple[Path, ...]
    plan: EditPlan
    duration_s: float
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    gain_db: float | None  # of all normalising, and what was taken back so that nothing clips
    tempo: Tempo | None  # what was measured to stretch from
    notices: tuple[Notice, ...]


def make(plan: EditPlan, progress: Progress, made_with: Mapping[str, str]) -> Made:
    """Carry out a plan. Nothing is left behind when it fails or is given up half way.

    Raises
    ------
    GrymError
        Of the operations and of writing: see there.
    """
    with outputs.temporary_files(plan.out) as temporaries:
        headway = Headway(progress, _passes(plan), 0.0, 1.0 if _is_checked(plan) else _FIRST_TRY)
        work = _Work(plan, headway, temporaries)
        work.write_all()
        if plan.form.depth != "32f" and work.peak > _FULL_SCALE:
            work = work.again_lower(progress)
            work.write_all()
        work.check_coded()
        result = work.result()
        work.put_in_place(result, made_with)
    return result


@dataclass(slots=True)
class _Work:
    """One run of the operations, and what is learnt on the way."""

    plan: EditPlan
    headway: Headway
    temporaries: list[Path]
    lower_db: float = 0.0  # taken from the level at the end, so that nothing clips
    gains: list[Gain] = field(default_factory=list)
    tempo: Tempo | None = None
    said: list[str] = field(default_factory=list)  # the operations as they were carried out
    notices: list[Notice] = field(default_factory=list)
    written: list[tuple[Path, Path, Written]] = field(default_factory=list)  # temporary, target

    @property
    def peak(self) -> float:
        return max((written.peak for _, _, written in self.written), default=0.0)

    def again_lower(self, progress: Progress) -> _Work:
        """A new run whose level is lowered to full scale."""
        headway = Headway(progress, _passes(self.plan), self.headway.told)
        again = _Work(self.plan, headway, self.temporaries)
        again._lower(self.peak)
        for temporary, _, _ in self.written:
            temporary.unlink(missing_ok=True)
        return again

    def _lower(self, peak: float) -> None:
        self.lower_db = 20.0 * float(np.log10(peak))
        self.notices.append(
            Notice(
                f"the level was lowered by {self.lower_db:.2f} dB, because peaks would have been clipped",
                "write 32 bit float (convert=wav/32f) to keep the level, or say one: normalise=-1dBTP",
            )
        )

    def _below_full_scale(self, stream: Stream) -> Stream:
        """All of the sound, kept, with its level lowered in case it would clip."""
        peak = 0.0

        def measured() -> Blocks:
            nonlocal peak
            for block in stream.blocks:
                peak = max(peak, float(np.abs(block).max(initial=0.0)))
                yield block

        kept = Kept(stream.with_blocks(measured()))
        if peak > _FULL_SCALE:
            self._lower(peak)
        return stream.with_blocks(kept.blocks())

    def write_all(self) -> None:
        stream, frames = self._source(), self.plan.header.frames_declared
        stream = stream.with_blocks(self.headway.watched(stream.blocks, frames, "reading"))
        for op in self.plan.ops:
            if isinstance(op, Slice):
                self.said.append(canonical(op))
                continue  # cut below, whatever is written how
            stream, frames = self._applied(op, stream, frames)
        if _is_checked(self.plan):
            stream = self._below_full_scale(stream)
            stream = stream.with_blocks(self.headway.watched(stream.blocks, frames, "writing"))
        if self.lower_db:
            factor = np.float32(10.0 ** (-self.lower_db / 20.0))
            stream = stream.with_blocks(block * factor for block in stream.blocks)
        if self.plan.is_sliced:
            self._write_slices(slice_at_onsets(stream))
        else:
            self._write(stream.blocks, self.plan.out, frames)

    def _source(self) -> Stream:
        header = self.plan.header
        return Stream(header.sr, header.channels, self._read(self.plan.source), self.plan.out.parent)

    def _read(self, path: str) -> Blocks:
        with open_audio(path) as audio:
            try:
                yield from audio.blocks(_READ_S)
            finally:  # a trim stops before the end
                if audio.note:
                    self.notices.append(Notice(f"of {path!r}, {audio.note}"))
                if audio.nonfinite_samples:
                    counted = f"{audio.nonfinite_samples} samples of {path!r} are not numbers"
                    self.notices.append(Notice(f"{counted}; they were made silent"))

    def _other(self, path: str) -> Callable[[], Stream]:
        def opened() -> Stream:
            with open_audio(path) as audio:
                header = audio.header
            return Stream(header.sr, header.channels, self._read(path), self.plan.out.parent)

        return opened

    def _applied(self, op: Op, stream: Stream, frames: int | None) -> tuple[Stream, int | None]:
        """The stream after one operation, and how long it should be."""
        if isinstance(op, Stretch) and op.is_measured:
            kept, self.tempo = keep_and_measure(stream)
            stream, frames = stream.with_blocks(kept.blocks()), kept.frames
            times_as_long(self.tempo, op.to_bpm or 0.0)
            op = Stretch(from_bpm=self.tempo.bpm, to_bpm=op.to_bpm)
        self.said.append(canonical(op))
        after = None if isinstance(op, Concatenate) else length_after(op, frames, stream.sr)
        done = op
        if isinstance(op, Stretch) and op.to_s is not None:
            done = Stretch(times=factor_to_length(op.to_s, frames, stream.sr))
        changed = self._changed(done, stream)
        if _is_kept(op):
            changed = changed.with_blocks(self.headway.watched(changed.blocks, after, _DOING[type(op)]))
        return changed, after

    def _changed(self, op: Op, stream: Stream) -> Stream:
        match op:
            case Trim():
                return trim(stream, op)
            case Fade():
                return fade(stream, op)
            case Normalise():
                return normalise(stream, op, lambda gain: self._tell_gain(op, gain))
            case Amplify(db):
                self.gains.append(Gain(db, db, 0.0))
                factor = np.float32(10.0 ** (db / 20.0))
                return stream.with_blocks(block * factor for block in stream.blocks)
            case Stretch(times=None, from_bpm=float(before), to_bpm=float(after)):
                return stretch(stream, before / after)
            case Stretch(times=float(times)):
                return stretch(stream, times)
            case Shift(semitones):
                return shift(stream, semitones)
            case Reverse():
                return reverse(stream)
            case Resample() | Convert():
                return resample(stream, rate_after(op, stream.sr))
            case Concatenate(paths, crossfade_s):
                return concatenate(stream, [self._other(path) for path in paths], crossfade_s)
        raise AssertionError(op)

    def _tell_gain(self, op: Normalise, gain: Gain) -> None:
        self.gains.append(gain)
        if gain.given_db < gain.wanted_db - 0.005:
            reached = gain.before + gain.given_db
            self.notices.append(
                Notice(
                    f"{op.target:g} {op.unit} was not reached: at {reached:.1f} {op.unit} the true peak is at the "
                    f"ceiling of {CEILING_DBTP:g} dBTP, and nothing is limited",
                    "use a limiter in your editor first, or take a lower target",
                )
            )

    def _write(self, blocks: Blocks, target: Path, frames: int | None) -> None:
        plan, temporary = self.plan, outputs.new_temporary(target, self.temporaries)
        container = plan.form.container_for(frames)
        written = write(blocks, temporary, plan.form, plan.header.tags, container=container)
        self.written.append((temporary, target, written))

    def _write_slices(self, slices: Slices) -> None:
        out, digits = self.plan.out, max(2, len(str(len(slices))))
        targets = [out.with_name(f"{out.stem}-{i:0{digits}d}{out.suffix}") for i in range(1, len(slices) + 1)]
        outputs.check_pieces(out, targets, self.plan.sources, replace=self.plan.replace)
        number = self.headway.begin_pass()
        for i, target in enumerate(targets):
            self.headway.tell(number, i / len(targets), "writing")
            start, stop = slices.bounds[i]
            self._write(slices.piece(i), target, stop - start)

    def check_coded(self) -> None:
        """Measure what a lossy coder made of it, by decoding it again."""
        if not self.plan.form.kind.is_lossy:
            return
        for i, (temporary, target, before) in enumerate(self.written):
            with open_audio(temporary) as audio:
                meter = LoudnessMeter(audio.sr, audio.channels)
                for block in self.headway.watched(audio.blocks(_READ_S), before.frames, "checking"):
                    meter.feed(block)
                after = Written(audio.frames_read, before.peak, meter.finish())
            self._compare_coded(before, after)
            self.written[i] = (temporary, target, after)

    def _compare_coded(self, before: Written, after: Written) -> None:
        """Tell of a peak that coding moved, where a level was asked for or full scale is passed."""
        was, peak = before.loudness.true_peak_dbtp, after.loudness.true_peak_dbtp
        if was is None or peak is None or not (peak > 0.05 or (self.gains and abs(peak - was) > 0.05)):
            return
        self.notices.append(
            Notice(
                f"coding as {self.plan.form.kind.said} moved the true peak from {was:+.2f} to {peak:+.2f} dBTP",
                "leave more room: normalise=-2dBTP" if peak > 0.05 else "",
            )
        )

    def result(self) -> Made:
        loudnesses = [written.loudness for _, _, written in self.written]
        peaks = [peak for each in loudnesses if (peak := each.true_peak_dbtp) is not None]
        given = [gain.given_db for gain in self.gains] + ([-self.lower_db] if self.lower_db else [])
        return Made(
            files=tuple(target for _, target, _ in self.written),
            plan=self.plan,
            duration_s=sum(written.frames for _, _, written in self.written) / self.plan.form.sr,
            loudness_lufs=loudnesses[0].integrated_lufs if len(loudnesses) == 1 else None,
            true_peak_dbtp=max(peaks, default=None),
            gain_db=sum(given) if given else None,
            tempo=self.tempo,
            notices=tuple(dict.fromkeys(self.notices)),
        )

    def put_in_place(self, result: Made, made_with: Mapping[str, str]) -> None:
        plan = self.plan
        before = outputs.read_sidecar(plan.out) if plan.replace else None
        outputs.check_output(plan.out, plan.sources, replace=plan.replace)
        moves = [(temporary, target) for temporary, target, _ in self.written]
        sidecar = sidecar_for(result, self.said, moves, made_with)
        outputs.put_in_place(moves, sidecar, plan.out, self.temporaries, replace=plan.replace)
        outputs.remove_left_over(plan.out, before, [target.name for _, target in moves], plan.sources)


_DOING: Mapping[type[Op], str] = {Normalise: "bringing to level", Reverse: "reversing", Stretch: "stretching"}


def _is_kept(op: Op) -> bool:
    """Whether all of the sound must be known before the first of it can be handed on."""
    if isinstance(op, Stretch):
        return op.is_measured
    return isinstance(op, Normalise | Reverse)


def _is_checked(plan: EditPlan) -> bool:
    """Whether clipping is looked for before writing: what overshoots often, and is too slow to be done twice."""
    return plan.form.depth != "32f" and any(isinstance(op, Stretch | Shift) for op in plan.ops)


def _passes(plan: EditPlan) -> int:
    """How often an edit goes over all of the sound."""
    return 1 + sum(map(_is_kept, plan.ops)) + _is_checked(plan) + plan.is_sliced + plan.form.kind.is_lossy
