"""What was measured, as a flat list of findings under the names of `docs/evidence.md`.

A function for each section takes its results and yields findings, and a gap for what could not be measured.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..theory.keys import camelot
from .decoding.decoders import Header
from .harmony.chords import Chords
from .harmony.keys import Tonality
from .levels.facts import Facts
from .levels.loudness import MIN_RATE_HZ, Loudness
from .prints.match import SHORT_FRAMES, quantised
from .prints.meter import Print
from .prints.summary import fragments, summarise
from .rhythm.measure import Rhythm
from .spectra.frames import FloatArray
from .spectrum.peaks import Balance, Peak
from .spectrum.steady import Hum, Resonance
from .structure.measure import Structure
from .timbre.measure import Timbre

Value: TypeAlias = Any  # JSON


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


Items: TypeAlias = Iterator[Finding | Unheard]


def name_facts(facts: Facts, header: Header, nonfinite_samples: int) -> Items:
    """What the file says of itself, and what is plainly in its samples."""
    yield Finding("facts.container", "label", header.container, _HEADER)
    yield Finding("facts.codec", "label", header.codec, _HEADER)
    yield Finding("facts.bit_depth", "bits", header.bit_depth, _HEADER)
    yield Finding("facts.duration_s", "duration", facts.duration_s, "decoded samples / sample rate")
    yield Finding("facts.sample_rate_hz", "sample_rate", header.sr, _HEADER)
    yield Finding("facts.channels", "count", header.channels, _HEADER)
    yield Finding("facts.clipped_samples", "count", facts.clipped_samples, "runs of 3 or more samples at full scale")
    if nonfinite_samples:
        yield Finding("facts.nonfinite_samples", "count", nonfinite_samples, "samples that are NaN or infinite")
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
    yield Finding("facts.tags", "tag", dict(header.tags), _HEADER)


def name_loudness(loudness: Loudness, sr: int) -> Items:
    if sr < MIN_RATE_HZ:
        yield Unheard("loudness", f"BS.1770 loudness needs a sample rate of {MIN_RATE_HZ} Hz or more, not {sr} Hz")
        return
    spans = {
        "short_term_max_lufs": loudness.short_term_max_span_s,
        "momentary_max_lufs": loudness.momentary_max_span_s,
    }
    for name, kind, method in (
        ("integrated_lufs", "loudness", f"{_BS1770}, gated"),
        ("short_term_max_lufs", "loudness", f"{_BS1770}, loudest 3 s"),
        ("momentary_max_lufs", "loudness", f"{_BS1770}, loudest 0.4 s"),
        ("range_lu", "loudness_range", "EBU Tech 3342"),
        ("true_peak_dbtp", "true_peak", f"{_BS1770}, oversampled"),
        ("sample_peak_dbfs", "level", "greatest sample"),
        ("plr_db", "ratio", "true peak minus integrated loudness"),
        ("crest_db", "ratio", "sample peak minus RMS"),
    ):
        yield Finding(f"loudness.{name}", kind, getattr(loudness, name), method, span_s=spans.get(name))
    thirds = list(loudness.thirds_lufs)
    yield Finding("loudness.thirds_lufs", "loudness", thirds, f"{_BS1770}, each third of the recording")
    for reason in dict.fromkeys(loudness.reasons.values()):
        names = [name.rpartition("_")[0].replace("_", " ") for name, why in loudness.reasons.items() if why == reason]
        yield Unheard("loudness", f"no {' or '.join(names)}: {reason}")


def name_rhythm(rhythm: Rhythm) -> Items:
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
    bars = "accents, chord changes and repetition of the beats, weighed together"
    downbeats = [round(float(t), 4) for t in rhythm.downbeats_s]
    yield Finding("rhythm.downbeats_s", "time", downbeats, bars, rhythm.downbeats_confidence)
    yield Finding("rhythm.metre", "count", rhythm.metre, bars, rhythm.metre_confidence)
    offbeats = "where onsets between two beats gather"
    yield Finding("rhythm.swing", "number", _rounded(rhythm.swing, 3), offbeats, rhythm.swing_confidence)
    local = "lines through the beats of a few seconds each"
    curve = [{"start_s": round(s, 2), "tempo_bpm": round(bpm, 2)} for s, bpm in rhythm.tempo_curve]
    yield Finding("rhythm.drift_percent", "share", _rounded(rhythm.drift_percent, 2), local, rhythm.confidence)
    yield Finding("rhythm.tempo_curve", "tempo", curve, local, rhythm.confidence)


def name_tonality(tonality: Tonality) -> Items:
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
    if tonality.key_changes:
        keys = [
            _part(part.start_s, part.end_s, key=part.key, confidence=part.confidence) for part in tonality.key_changes
        ]
        least = min(part.confidence for part in tonality.key_changes)
        yield Finding(
            "tonality.key_changes", "musical_key", keys, "likeliest path through the keys of 20 s each", least
        )


def name_chords(chords: Chords) -> Items:
    method = "a small network over pitch classes and bass of half beats, and the likeliest path through it"
    if not chords.segments:
        yield Unheard("chords", "it is too short to hear a chord in")
        return
    listed = [
        _part(c.start_s, c.end_s, label=c.label, confidence=round(c.confidence, 4), numeral=c.numeral)
        for c in chords.segments
    ]
    length = sum(c.end_s - c.start_s for c in chords.segments) or 1.0
    mean = sum(c.confidence * (c.end_s - c.start_s) for c in chords.segments) / length
    yield Finding("chords.segments", "chord", listed, method, mean)
    yield Finding("chords.changes_per_minute", "number", round(chords.changes_per_minute, 2), method, mean)
    yield Finding("chords.distinct", "count", chords.distinct, method, mean)
    yield Finding("chords.progression", "label", chords.progression, "the cycle of numerals that repeats most", mean)


def name_structure(structure: Structure) -> Items:
    method = "change and repetition of mel levels and pitch classes from beat to beat"
    if not structure.sections:
        yield Unheard("structure", "it is silent, so it has no sections")
        return
    listed = [
        _part(s.start_s, s.end_s, label=s.label, bars=s.bars, confidence=round(s.confidence, 4))
        for s in structure.sections
    ]
    least = min(section.confidence for section in structure.sections)
    yield Finding("structure.sections", "section", listed, method, least)
    yield Finding("structure.form", "label", structure.form, method, least)
    yield Finding("structure.section_count", "count", len(structure.sections), method, least)


def name_peaks(peaks: Sequence[Peak], n_fft: int, window: str, span_s: tuple[float, float]) -> Items:
    """The spectrum on demand."""
    listed = [
        {"frequency_hz": peak.frequency_hz, "level_dbfs": peak.level_dbfs, "note": peak.note, "cents": peak.cents}
        for peak in peaks
    ]
    yield Finding("spectrum.peaks", "spectrum", listed, f"{n_fft}-point FFT, interpolated", span_s=span_s)
    yield Finding("spectrum.n_fft", "count", n_fft, "as asked")
    yield Finding("spectrum.window", "label", window, "as asked")


def name_balance(balance: Balance) -> Items:
    mean = "mean power spectrum"
    yield Finding("spectrum.bands_db", "ratio", dict(balance.bands_db), f"{mean}, share of the whole power")
    yield Finding("spectrum.centroid_hz", "frequency", balance.centroid_hz, mean)
    yield Finding("spectrum.bandwidth_hz", "frequency", balance.bandwidth_hz, mean)
    yield Finding("spectrum.rolloff_hz", "frequency", balance.rolloff_hz, f"{mean}, 85 % of the power below")
    yield Finding("spectrum.flatness", "number", balance.flatness, f"{mean}, geometric over arithmetic")


def name_steady(hum: Hum | None, resonances: Sequence[Resonance]) -> Items:
    """What stays over the whole recording."""
    lines = "steady lines of the long spectrum at the mains frequency and its harmonics"
    yield Finding("spectrum.hum_hz", "frequency", None if hum is None else hum.frequency_hz, lines)
    yield Finding("spectrum.hum_level_db", "ratio", None if hum is None else hum.level_db, lines)
    listed = [
        {"frequency_hz": item.frequency_hz, "prominence_db": item.prominence_db, "note": item.note}
        for item in resonances
    ]
    yield Finding(
        "spectrum.resonances", "spectrum", listed, "narrow lines and peaks that stay over the whole recording"
    )


_HEADER = "file header"
_BS1770 = "ITU-R BS.1770-4"


def name_timbre(timbre: Timbre) -> Items:
    hit, method = timbre.hit, "linear discriminants of attack, decay, spectrum and pitch of a single hit"
    yield Finding("timbre.label", "label", timbre.label, method, 0.0 if hit is None else hit.confidence)
    for rank, (label, confidence) in enumerate(() if hit is None else hit.alternatives, start=1):
        yield Finding("timbre.label", "label", label, method, confidence, rank=rank)
    if timbre.attack_s is not None and timbre.decay_s is not None:
        yield Finding("timbre.attack_s", "duration", timbre.attack_s, "from a tenth to nine tenths of the peak")
        yield Finding("timbre.decay_s", "duration", timbre.decay_s, "from the peak until it stays 20 dB below")
    power = "share of the power between 38 Hz and 5 kHz that lies in tones"
    yield Finding("timbre.harmonicity", "number", timbre.harmonicity, power)
    yield Finding("timbre.mfcc", "number", [float(x) for x in timbre.mfcc_mean], "mean over all frames, 40 mel bands")


def name_tags(tags: Sequence[tuple[str, float]]) -> Items:
    listed = [{"tag": name, "confidence": round(confidence, 3)} for name, confidence in tags]
    most = max((confidence for _, confidence in tags), default=0.0)
    yield Finding("timbre.tags", "tag", listed, "MusiCNN on at most three excerpts of three seconds", most)


def name_vectors(vectors: Mapping[str, FloatArray]) -> Items:
    listed = {name: [float(x) for x in vector] for name, vector in vectors.items()}
    yield Finding("timbre.vectors", "vector", listed, "statistics of spectra, repetition, pitch classes and pitches")


def name_print(found: Print) -> Items:
    """What a recording is recognised by: words and short levels as base64, little-endian."""
    levels = quantised(found.levels) if len(found.words) <= SHORT_FRAMES else quantised(found.levels[:0])
    method = "changes of the levels of 65 semitone bands, every 80 ms"
    yield Finding(
        "timbre.print",
        "vector",
        {
            "words": base64.b64encode(found.words.astype("<u8").tobytes()).decode(),
            "levels": base64.b64encode(levels.tobytes()).decode(),
            "summary": [round(float(x), 3) for x in summarise(found)],
        },
        method,
    )
    listed: list[Value] = [
        _part(start, end, vector=[round(float(x), 3) for x in vector]) for start, end, vector in fragments(found)
    ]
    if listed:
        yield Finding("timbre.fragments", "vector", listed, f"{method}, over 4 s")


def _part(start_s: float, end_s: float, **told: Value) -> dict[str, Value]:
    """A labelled part of a recording."""
    return {"start_s": round(start_s, 3), "end_s": round(end_s, 3), **told}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
