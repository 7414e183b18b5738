"""One pass over a recording: decode once, feed the meters that were asked for, and name what they found.

`_SECTIONS` says what each section is: the meters that hear the samples for it, and what it finds. What sections share
is computed once, by `Stages`, when the first of them asks for it; nothing is computed for a section not asked for.
A section that could not be measured leaves a gap that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np

from ..errors import BadRequest
from .decoding.decoders import Header
from .decoding.files import AudioFile, lite_stretch, open_audio
from .findings import (
    Finding,
    Items,
    Unheard,
    name_balance,
    name_chords,
    name_facts,
    name_loudness,
    name_peaks,
    name_print,
    name_rhythm,
    name_steady,
    name_structure,
    name_tags,
    name_timbre,
    name_tonality,
    name_vectors,
)
from .harmony.chords import Chords, measure_chords
from .harmony.keys import Tonality, measure_tonality
from .levels.facts import Facts, FactsMeter
from .levels.loudness import Loudness, LoudnessMeter
from .prints.meter import Print, PrintMeter
from .rhythm.measure import Rhythm, measure_rhythm
from .spectra.chroma import PitchFeatures, measure_pitch
from .spectra.frames import FloatArray, ShortSpectra, ShortSpectraMeter
from .spectra.pitch_peaks import PitchPeaks, PitchPeaksMeter
from .spectrum.peaks import WINDOWS, LoudestWindow, measure_balance, measure_peaks
from .spectrum.steady import LongSpectrum, SteadySpectrum, find_hum, find_resonances
from .structure.measure import Structure, measure_structure
from .timbre.measure import ExcerptsMeter, Timbre, TimbreMeter, measure_tags, measure_timbre, read_excerpts
from .timbre.vectors import Course, describe, follow

__all__ = ["SECTIONS", "Finding", "Heard", "Settings", "Unheard", "hear"]

#: Seconds decoded at once: two channels of it stay in the L2 cache while the meters read them, and at 44.1 and 48 kHz
#: it is a whole number of all their steps.
_BLOCK = 1.6
#: glibc learns from the greatest array that was freed how many bytes it should keep. Before it has, the memory of every
#: block is handed back and fetched again, which costs the first recording a sixth of its time.
_KEPT_BY_MALLOC = 16 << 20

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Heard:
    findings: tuple[Finding, ...]
    gaps: tuple[Unheard, ...]
    is_part: bool = False  # only a part of the recording was heard


@dataclass(frozen=True, slots=True)
class Settings:
    """How the FFT on demand is read, `start_s` None being the loudest place; whether vectors are wanted of timbre.

    `tagger` is the path of the tagging network's weights without `.index`; None where that pack is not here. `lite`
    hears only a part of a longer recording, as `lite_stretch` says.
    """

    n_fft: int = 2048
    window: str = "hann"
    start_s: float | None = None
    vectors: bool = False
    tagger: str | None = None
    lite: bool = False

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Settings:
        """Take settings from outside.

        Raises
        ------
        BadRequest
            One is of the wrong type or out of its range.
        """
        n_fft, window, start = raw.get("n_fft", 2048), raw.get("window", "hann"), raw.get("start_s")
        if not isinstance(n_fft, int) or not 16 <= n_fft <= 1 << 20:
            raise BadRequest(f"n_fft must be a whole number in 16..1048576, got {n_fft!r}")
        if window not in WINDOWS:
            raise BadRequest(f"unknown window {window!r}; there is {', '.join(WINDOWS)}")
        if start is not None and not (isinstance(start, int | float) and start >= 0.0):
            raise BadRequest(f"the start must be seconds from the beginning, got {start!r}")
        return cls(n_fft, window, start, bool(raw.get("vectors", False)))


def hear(path: str, sections: Sequence[str], settings: Settings, progress: Progress) -> Heard:
    """Listen to a file once and measure `sections` of it.

    Raises
    ------
    UnusableAudio, MissingDependency
        The file cannot be listened to at all; the message says why.
    """
    wanted = [name for name in SECTIONS if name in sections]
    np.empty(_KEPT_BY_MALLOC, np.uint8)  # and free it again, untouched
    with open_audio(path) as audio:
        stages = Stages(audio, wanted, settings)
        part = stages.part
        told, expected = 0.0, audio.header.frames_declared if part is None else round(part[1] * audio.sr)
        for block in audio.blocks(_BLOCK) if part is None else audio.stretch(*part, _BLOCK):
            stages.feed(block)
            heard_share = min(1.0, audio.frames_read / (expected or audio.frames_read))
            if heard_share >= told:
                progress(0.9 * heard_share, "listening")
                told = heard_share + 0.02
        progress(0.95, "weighing")
        found = [item for name in wanted for item in _SECTIONS[name].find(stages)]
        notes = [Unheard(section, note, "partial") for note in _notes(audio, part) for section in sections]
        if part is not None:
            found = [_of_whole(item, part[0], audio.header) if isinstance(item, Finding) else item for item in found]
    return Heard(
        tuple(item for item in found if isinstance(item, Finding)),
        (*notes, *(item for item in found if isinstance(item, Unheard))),
        is_part=part is not None,
    )


def _of_whole(finding: Finding, by_s: float, header: Header) -> Finding:
    """A finding of a part as one of the whole recording: its times are moved, and its length is what the file says."""
    if finding.name == "facts.duration_s":
        return replace(finding, value=(header.frames_declared or 0) / header.sr, method="file header")
    span = None if finding.span_s is None else (finding.span_s[0] + by_s, finding.span_s[1] + by_s)
    return replace(finding, value=_moved(finding.value, by_s, finding.kind == "time"), span_s=span)


def _moved(value: Any, by_s: float, is_time: bool) -> Any:
    if isinstance(value, list):
        return [_moved(item, by_s, is_time) for item in value]
    if isinstance(value, dict):
        return {name: _moved(item, by_s, name in ("start_s", "end_s")) for name, item in value.items()}
    return value + by_s if is_time and isinstance(value, int | float) else value


def _notes(audio: AudioFile, part: tuple[float, float] | None) -> Iterator[str]:
    """What was wrong with the file, once all of it was decoded; and which part of it was heard."""
    if part is not None:
        yield f"only {part[0]:.0f} to {part[0] + part[1]:.0f} s of it were heard, to spare a hub under pressure"
    if audio.note:
        yield audio.note
    if audio.nonfinite_samples:
        yield f"{audio.nonfinite_samples} samples are not numbers; they were read as silence"


class Meter(Protocol):
    """Takes one block after another: of shape (n, channels), or (n,) when it hears the mean of the channels."""

    def feed(self, block: FloatArray, /) -> None: ...


M = TypeVar("M", bound=Meter)

#: How each meter that hears all channels is made, and then each that hears their mean.
_ALL_CHANNELS: Mapping[type[Meter], Callable[[AudioFile, Settings], Meter]] = {
    FactsMeter: lambda audio, _: FactsMeter(audio.sr, audio.channels, audio.header.bit_depth),
    LoudnessMeter: lambda audio, _: LoudnessMeter(audio.sr, audio.channels),
}
_MONO: Mapping[type[Meter], Callable[[AudioFile, Settings], Meter]] = {
    ShortSpectraMeter: lambda audio, _: ShortSpectraMeter(audio.sr),
    PitchPeaksMeter: lambda audio, _: PitchPeaksMeter(audio.sr),
    LongSpectrum: lambda audio, _: LongSpectrum(audio.sr, _declared_s(audio)),
    LoudestWindow: lambda audio, settings: LoudestWindow(audio.sr, settings.n_fft),
    TimbreMeter: lambda audio, _: TimbreMeter(audio.sr),
    ExcerptsMeter: lambda audio, settings: ExcerptsMeter(audio.sr, _to_hear_s(audio, settings)),
    PrintMeter: lambda audio, _: PrintMeter(audio.sr),
}


def _to_hear_s(audio: AudioFile, settings: Settings) -> float | None:
    """How long what will be heard is, for whom it must be known before."""
    if settings.tagger is None:
        return None
    part = lite_stretch(audio) if settings.lite else None
    return _declared_s(audio) if part is None else round(part[1] * audio.sr) / audio.sr


def _declared_s(audio: AudioFile) -> float | None:
    frames = audio.header.frames_declared
    return None if frames is None else frames / audio.sr


class Stages:
    """The meters that some sections need, and what is computed from them; each stage once, when it is asked for."""

    def __init__(self, audio: AudioFile, sections: Sequence[str], settings: Settings) -> None:
        self.audio, self.settings = audio, settings
        self.part = lite_stretch(audio) if settings.lite else None  # what of it is heard; None: all
        needed = {kind for name in sections for kind in _SECTIONS[name].meters}
        if settings.vectors and "timbre" in sections:
            needed.add(PrintMeter)
        self._all_channels = {kind: make(audio, settings) for kind, make in _ALL_CHANNELS.items() if kind in needed}
        self._mono = {kind: make(audio, settings) for kind, make in _MONO.items() if kind in needed}

    def feed(self, block: FloatArray) -> None:
        """Hand a block of shape (n, channels) to the meters."""
        columns = np.ascontiguousarray(block.T)
        for meter in self._all_channels.values():
            meter.feed(columns.T)
        if self._mono:
            mono = _mean_of(columns)
            for meter in self._mono.values():
                meter.feed(mono)

    def meter(self, kind: type[M]) -> M:
        meter = self._all_channels.get(kind) or self._mono[kind]
        assert isinstance(meter, kind)
        return meter

    @property
    def duration_s(self) -> float:
        """Of what was heard."""
        return self.audio.frames_read / self.audio.sr

    @property
    def whole_s(self) -> float:
        """Of the recording."""
        return self.duration_s if self.part is None else _declared_s(self.audio) or self.duration_s

    @cached_property
    def facts(self) -> Facts:
        return self.meter(FactsMeter).finish()

    @cached_property
    def loudness(self) -> Loudness:
        return self.meter(LoudnessMeter).finish()

    @cached_property
    def spectra(self) -> ShortSpectra:
        return self.meter(ShortSpectraMeter).finish()

    @cached_property
    def peaks(self) -> PitchPeaks:
        return self.meter(PitchPeaksMeter).finish()

    @cached_property
    def pitch(self) -> PitchFeatures:
        return measure_pitch(self.peaks)

    @cached_property
    def steady(self) -> SteadySpectrum:
        return self.meter(LongSpectrum).finish()

    @cached_property
    def rhythm(self) -> Rhythm:
        return measure_rhythm(self.spectra, self.duration_s, self.peaks)

    @cached_property
    def tonality(self) -> Tonality:
        return measure_tonality(self.pitch, self.duration_s)

    @cached_property
    def chords(self) -> Chords:
        return measure_chords(self.pitch, self.rhythm.beats_s, self.duration_s, self.tonality)

    @cached_property
    def course(self) -> Course:
        return follow(self.spectra.mel)

    @cached_property
    def timbre(self) -> Timbre:
        return measure_timbre(self.meter(TimbreMeter).finish(), self.spectra, self.peaks, self.course)

    @cached_property
    def print(self) -> Print:
        return self.meter(PrintMeter).finish()

    @cached_property
    def excerpts(self) -> list[FloatArray]:
        heard = self.meter(ExcerptsMeter).finish()
        if heard is not None:
            return heard
        return read_excerpts(lambda start, n: _mean_of(self.audio.read(start, n).T), self.audio.sr, self.duration_s)

    @cached_property
    def structure(self) -> Structure:
        rhythm = self.rhythm
        return measure_structure(self.spectra, self.peaks, rhythm.beats_s, rhythm.downbeats_s, self.duration_s)


def _mean_of(columns: FloatArray) -> FloatArray:
    if len(columns) == 1:
        return np.asarray(columns[0])
    total = columns[0] + columns[1]
    for column in columns[2:]:
        total += column
    total *= np.float32(1.0 / len(columns))
    return np.asarray(total)


def _spectrum(stages: Stages) -> Items:
    settings, spectra = stages.settings, stages.spectra
    window = _window_of(stages)
    if window is None:
        ends, asked = f"{stages.whole_s:.3f} s", f"{settings.start_s:g} s"
        reason = f"the FFT was asked for at {asked}, the recording ends at {ends}"
        yield Unheard("spectrum", reason, "bad_request", "give a --start before the end")
        return
    y, start = window
    peaks = measure_peaks(y, stages.audio.sr, n_fft=settings.n_fft, window=settings.window)
    yield from name_peaks(peaks, settings.n_fft, settings.window, (start, start + settings.n_fft / stages.audio.sr))
    balance = measure_balance(spectra.mean_power, stages.audio.sr, spectra.n_fft)
    if balance is None:
        yield Unheard("spectrum", "it is silent, so there is no spectrum to describe")
        return
    yield from name_balance(balance)
    yield from name_steady(find_hum(stages.steady), find_resonances(stages.steady))


def _timbre(stages: Stages) -> Items:
    timbre, audio = stages.timbre, stages.audio
    if not stages.spectra.mean_power.any():
        yield Unheard("timbre", "it is silent, so there is no sound to name")
        return
    yield from name_timbre(timbre)
    if stages.settings.tagger is None:
        yield Unheard("timbre", "the network that tags is not installed", "partial", "grym models add musicnn")
    else:
        yield from name_tags(measure_tags(stages.excerpts, audio.sr, stages.settings.tagger))
    if stages.settings.vectors:
        hit = None if timbre.hit is None else timbre.hit.vector
        yield from name_vectors(describe(stages.spectra, stages.peaks, stages.pitch, stages.course, hit))
        yield from name_print(stages.print)


def _window_of(stages: Stages) -> tuple[FloatArray, float] | None:
    """The samples that peaks are read from, and where they start in seconds; None beyond the end."""
    settings = stages.settings
    if settings.start_s is None:
        excerpt = stages.meter(LoudestWindow).finish()
        return excerpt.y, excerpt.start_s
    if settings.start_s >= stages.whole_s:
        return None
    block = stages.audio.read(settings.start_s, settings.n_fft)
    return block.mean(axis=1), settings.start_s - (stages.part[0] if stages.part else 0.0)


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of what can be heard: the meters it needs, and its findings and gaps."""

    meters: tuple[type[Meter], ...]
    find: Callable[[Stages], Items]


_SECTIONS: Mapping[str, _Section] = {
    "facts": _Section((FactsMeter,), lambda s: name_facts(s.facts, s.audio.header, s.audio.nonfinite_samples)),
    "loudness": _Section((LoudnessMeter,), lambda s: name_loudness(s.loudness, s.audio.sr)),
    "rhythm": _Section((ShortSpectraMeter, PitchPeaksMeter), lambda s: name_rhythm(s.rhythm)),
    "tonality": _Section((PitchPeaksMeter,), lambda s: name_tonality(s.tonality)),
    "chords": _Section((ShortSpectraMeter, PitchPeaksMeter), lambda s: name_chords(s.chords)),
    "spectrum": _Section((ShortSpectraMeter, LongSpectrum, LoudestWindow), _spectrum),
    "structure": _Section((ShortSpectraMeter, PitchPeaksMeter), lambda s: name_structure(s.structure)),
    "timbre": _Section((ShortSpectraMeter, PitchPeaksMeter, TimbreMeter, ExcerptsMeter), _timbre),
}
SECTIONS = tuple(_SECTIONS)
