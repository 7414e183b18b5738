"""One pass over a recording: decode once, feed the meters that were asked for, and name what they found.

What is found is a flat list of findings under the names of `docs/evidence.md`; a section that could not be measured
leaves a gap that says why. Nothing is computed for a section that was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..errors import BadRequest
from ..theory.keys import camelot
from .facts import Facts, FactsMeter
from .files import AudioFile, open_audio
from .frames import FloatArray, ShortSpectra, ShortSpectraMeter
from .harmony import measure_tonality
from .loudness import MIN_RATE_HZ, Loudness, LoudnessMeter
from .pitch_peaks import PitchPeaksMeter
from .rhythm import measure_rhythm
from .spectrum import WINDOWS, LoudestWindow, measure_balance, measure_peaks
from .steady import LongSpectrum, find_hum, find_resonances

SECTIONS = ("facts", "loudness", "rhythm", "tonality", "spectrum")

_BLOCK = 5.0  # seconds decoded at once

Value: TypeAlias = Any  # JSON
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One measured value. `rank` 0 is the finding itself, above it are its alternatives."""

    name: str
    kind: str
    value: Value
    method: str
    confidence: float = 1.0
    span_s: tuple[float, float] | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Unheard:
    """A section, or a part of one, that could not be measured.

    `code` is "unmeasurable" when the sound has no such thing, "partial" when only a part of the file could be heard.
    """

    section: str
    reason: str
    code: str = "unmeasurable"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    findings: tuple[Finding, ...]
    gaps: tuple[Unheard, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """How the FFT on demand is read; `start_s` None is the loudest place."""

    n_fft: int = 2048
    window: str = "hann"
    start_s: float | None = None

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
        return cls(n_fft, window, start)


def hear(path: str, sections: Sequence[str], settings: Settings, progress: Progress) -> Heard:
    """Listen to a file once and measure `sections` of it.

    Raises
    ------
    UnusableAudio, MissingDependency
        The file cannot be listened to at all; the message says why.
    """
    with open_audio(path) as audio:
        meters = _Meters(audio, sections, settings)
        for block in audio.blocks(_BLOCK):
            meters.feed(block)
            declared = audio.header.frames_declared or meters.n_samples
            progress(0.9 * min(1.0, meters.n_samples / declared), "listening")
        progress(0.95, "weighing")
        found = [item for name in SECTIONS if name in sections for item in _SECTIONS[name](meters, audio)]
        notes = [Unheard(section, note, "partial") for note in _notes(audio) for section in sections]
    return Heard(
        tuple(item for item in found if isinstance(item, Finding)),
        (*notes, *(item for item in found if isinstance(item, Unheard))),
    )


def _notes(audio: AudioFile) -> Iterator[str]:
    """What was wrong with the file, once all of it was decoded."""
    if audio.note:
        yield audio.note
    if audio.nonfinite_samples:
        yield f"{audio.nonfinite_samples} samples are not numbers; they were read as silence"


Items: TypeAlias = Iterator[Finding | Unheard]


class _Meters:
    """The meters that the asked sections need, and what they share."""

    def __init__(self, audio: AudioFile, sections: Sequence[str], settings: Settings) -> None:
        sr, wanted = audio.sr, set(sections)
        self.sr, self.settings, self.n_samples = sr, settings, 0
        self.facts = FactsMeter(sr, audio.channels, audio.header.bit_depth) if "facts" in wanted else None
        measurable = sr >= MIN_RATE_HZ
        self.loudness = LoudnessMeter(sr, audio.channels) if "loudness" in wanted and measurable else None
        self.short = ShortSpectraMeter(sr) if wanted & {"rhythm", "spectrum"} else None
        self.peaks = PitchPeaksMeter(sr) if "tonality" in wanted else None
        self.long = LongSpectrum(sr) if "spectrum" in wanted else None
        self.loudest = LoudestWindow(sr, settings.n_fft) if "spectrum" in wanted and settings.start_s is None else None
        self._mono = [meter for meter in (self.short, self.peaks, self.long, self.loudest) if meter is not None]
        self._stereo = [meter for meter in (self.facts, self.loudness) if meter is not None]
        self._spectra: ShortSpectra | None = None

    def feed(self, block: FloatArray) -> None:
        self.n_samples += len(block)
        for meter in self._stereo:
            meter.feed(block)
        if self._mono:
            mono = (
                block[:, 0] if block.shape[1] == 1 else block @ np.full(block.shape[1], 1 / block.shape[1], np.float32)
            )
            for mixed in self._mono:
                mixed.feed(mono)

    @property
    def duration_s(self) -> float:
        return self.n_samples / self.sr

    def spectra(self) -> ShortSpectra:
        assert self.short is not None
        if self._spectra is None:
            self._spectra = self.short.finish()
        return self._spectra


def _facts(meters: _Meters, audio: AudioFile) -> Items:
    assert meters.facts is not None
    facts: Facts = meters.facts.finish()
    header = "file header"
    yield Finding("facts.container", "label", audio.header.container, header)
    yield Finding("facts.codec", "label", audio.header.codec, header)
    yield Finding("facts.bit_depth", "bits", audio.header.bit_depth, header)
    yield Finding("facts.duration_s", "duration", meters.duration_s, "decoded samples / sample rate")
    yield Finding("facts.sample_rate_hz", "sample_rate", audio.sr, header)
    yield Finding("facts.channels", "count", audio.channels, header)
    yield Finding("facts.clipped_samples", "count", facts.clipped_samples, "runs of 3 or more samples at full scale")
    if audio.nonfinite_samples:
        yield Finding("facts.nonfinite_samples", "count", audio.nonfinite_samples, "samples that are NaN or infinite")
    if facts.peak_dbfs is None:
        yield Unheard("facts", "it is silent, so it has no level")
    yield Finding("facts.peak_dbfs", "level", facts.peak_dbfs, "greatest sample")
    yield Finding("facts.rms_dbfs", "level", facts.rms_dbfs, "root of the mean square over all channels")
    yield Finding("facts.channel_levels_dbfs", "level", list(facts.channel_levels_dbfs), "RMS of each channel")
    if facts.balance_db is not None:
        yield Finding("facts.balance_db", "ratio", facts.balance_db, "RMS of left over right")
    if facts.correlation is not None:
        yield Finding("facts.correlation", "number", facts.correlation, "correlation of left and right")
    yield Finding("facts.dc_offset_percent", "share", facts.dc_offset_percent, "greatest channel mean")
    silence = [[start, end] for start, end in facts.silence_s]
    yield Finding("facts.silence_s", "time", silence, "below -60 dBFS for 0.3 s or longer")
    yield Finding("facts.tags", "tag", dict(audio.header.tags), header)


def _loudness(meters: _Meters, audio: AudioFile) -> Items:
    if meters.loudness is None:
        yield Unheard(
            "loudness", f"BS.1770 loudness needs a sample rate of {MIN_RATE_HZ} Hz or more, not {audio.sr} Hz"
        )
        return
    loudness: Loudness = meters.loudness.finish()
    standard = "ITU-R BS.1770-4"
    spans = {
        "short_term_max_lufs": loudness.short_term_max_span_s,
        "momentary_max_lufs": loudness.momentary_max_span_s,
    }
    for name, kind, method in (
        ("integrated_lufs", "loudness", f"{standard}, gated"),
        ("short_term_max_lufs", "loudness", f"{standard}, loudest 3 s"),
        ("momentary_max_lufs", "loudness", f"{standard}, loudest 0.4 s"),
        ("range_lu", "loudness_range", "EBU Tech 3342"),
        ("true_peak_dbtp", "true_peak", f"{standard}, oversampled"),
        ("sample_peak_dbfs", "level", "greatest sample"),
        ("plr_db", "ratio", "true peak minus integrated loudness"),
        ("crest_db", "ratio", "sample peak minus RMS"),
    ):
        value = getattr(loudness, name)
        yield Finding(f"loudness.{name}", kind, value, method, span_s=spans.get(name))
    thirds = list(loudness.thirds_lufs)
    yield Finding("loudness.thirds_lufs", "loudness", thirds, f"{standard}, each third of the recording")
    for reason in dict.fromkeys(loudness.reasons.values()):
        names = [name.rpartition("_")[0].replace("_", " ") for name, why in loudness.reasons.items() if why == reason]
        yield Unheard("loudness", f"no {' or '.join(names)}: {reason}")


def _rhythm(meters: _Meters, audio: AudioFile) -> Items:
    rhythm = measure_rhythm(meters.spectra(), meters.duration_s)
    method = "autocorrelation of the onset envelope, fitted to the tracked beats"
    onsets = [round(float(t), 4) for t in rhythm.onsets_s]
    beats = [round(float(t), 4) for t in rhythm.beats_s]
    if rhythm.tempo_bpm is None:
        yield Unheard("rhythm", "no steady pulse was found")
    yield Finding("rhythm.tempo_bpm", "tempo", _rounded(rhythm.tempo_bpm, 3), method, rhythm.confidence)
    for rank, (tempo, confidence) in enumerate(rhythm.alternatives, start=1):
        yield Finding("rhythm.tempo_bpm", "tempo", round(tempo, 3), method, confidence, rank=rank)
    tracked = "dynamic programming over the onset envelope (Ellis 2007)"
    yield Finding("rhythm.beats_s", "time", beats, tracked, rhythm.confidence)
    yield Finding("rhythm.beat_count", "count", len(beats), tracked, rhythm.confidence)
    yield Finding("rhythm.onsets_s", "time", onsets, "peaks of the onset envelope")
    yield Finding("rhythm.onset_count", "count", len(onsets), "peaks of the onset envelope")


def _tonality(meters: _Meters, audio: AudioFile) -> Items:
    assert meters.peaks is not None
    tonality = measure_tonality(meters.peaks.finish())
    method = "chroma of spectral peaks against key profiles"
    if tonality.key is None:
        yield Unheard("tonality", "no pitched material was found to tell a key by")
    yield Finding("tonality.key", "musical_key", tonality.key, method, tonality.confidence)
    for rank, (key, confidence) in enumerate(tonality.alternatives, start=1):
        yield Finding("tonality.key", "musical_key", key, method, confidence, rank=rank)
    code = None if tonality.key is None else camelot(tonality.key)
    yield Finding("tonality.camelot", "label", code, "from the key", tonality.confidence)
    cents, reference = tonality.tuning_cents, "mean deviation of spectral peaks from equal temperament"
    yield Finding("tonality.tuning_cents", "tuning", _rounded(cents, 2), reference, tonality.tuning_confidence)
    a4 = None if cents is None else round(440.0 * 2.0 ** (cents / 1200.0), 2)
    yield Finding("tonality.reference_hz", "frequency", a4, "440 Hz shifted by the tuning", tonality.tuning_confidence)


def _spectrum(meters: _Meters, audio: AudioFile) -> Items:
    assert meters.long is not None
    spectra, settings = meters.spectra(), meters.settings
    window = _window_of(meters, audio)
    if window is None:
        ends, asked = f"{meters.duration_s:.3f} s", f"{settings.start_s:g} s"
        reason = f"the FFT was asked for at {asked}, the recording ends at {ends}"
        yield Unheard("spectrum", reason, "bad_request", "give a --start before the end")
        return
    y, start = window
    span = (start, start + settings.n_fft / meters.sr)
    peaks = measure_peaks(y, meters.sr, n_fft=settings.n_fft, window=settings.window)
    listed = [
        {"frequency_hz": peak.frequency_hz, "level_dbfs": peak.level_dbfs, "note": peak.note, "cents": peak.cents}
        for peak in peaks
    ]
    yield Finding("spectrum.peaks", "spectrum", listed, f"{settings.n_fft}-point FFT, interpolated", span_s=span)
    yield Finding("spectrum.n_fft", "count", settings.n_fft, "as asked")
    yield Finding("spectrum.window", "label", settings.window, "as asked")
    balance = measure_balance(spectra.mean_power, meters.sr, spectra.n_fft)
    if balance is None:
        yield Unheard("spectrum", "it is silent, so there is no spectrum to describe")
        return
    mean = "mean power spectrum"
    yield Finding("spectrum.bands_db", "ratio", dict(balance.bands_db), f"{mean}, share of the whole power")
    yield Finding("spectrum.centroid_hz", "frequency", balance.centroid_hz, mean)
    yield Finding("spectrum.bandwidth_hz", "frequency", balance.bandwidth_hz, mean)
    yield Finding("spectrum.rolloff_hz", "frequency", balance.rolloff_hz, f"{mean}, 85 % of the power below")
    yield Finding("spectrum.flatness", "number", balance.flatness, f"{mean}, geometric over arithmetic")
    long = meters.long.finish()
    hum = find_hum(long)
    steady = "steady lines of the long spectrum at the mains frequency and its harmonics"
    yield Finding("spectrum.hum_hz", "frequency", None if hum is None else hum.frequency_hz, steady)
    yield Finding("spectrum.hum_level_db", "ratio", None if hum is None else hum.level_db, steady)
    resonances = [
        {"frequency_hz": item.frequency_hz, "prominence_db": item.prominence_db, "note": item.note}
        for item in find_resonances(long)
    ]
    yield Finding(
        "spectrum.resonances", "spectrum", resonances, "narrow lines and peaks that stay over the whole recording"
    )


def _window_of(meters: _Meters, audio: AudioFile) -> tuple[FloatArray, float] | None:
    """The samples that peaks are read from, and where they start in seconds; None beyond the end."""
    settings = meters.settings
    if meters.loudest is not None:
        excerpt = meters.loudest.finish()
        return excerpt.y, excerpt.start_s
    assert settings.start_s is not None
    if settings.start_s >= meters.duration_s:
        return None
    block = audio.read(settings.start_s, settings.n_fft)
    return block.mean(axis=1), settings.start_s


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


_SECTIONS: Mapping[str, Callable[[_Meters, AudioFile], Items]] = {
    "facts": _facts,
    "loudness": _loudness,
    "rhythm": _rhythm,
    "tonality": _tonality,
    "spectrum": _spectrum,
}
