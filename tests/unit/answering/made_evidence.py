"""Evidence made by hand for the tests of answering."""

from __future__ import annotations

from grym_synth.messages import EVIDENCE_UNITS, Evidence, Json, Request, Route, Source, Span


def made(
    name: str, kind: str, value: Json, *, confidence: float = 0.95, subject: str = "mix.wav", rank: int = 0,
    span: tuple[float, float] | None = None, id: str = "", source: Source = Source("listen", "1", "test"),  # noqa: B008
) -> Evidence:  # fmt: skip
    where = None if span is None else Span(*span)
    return Evidence(id, name, kind, value, EVIDENCE_UNITS[kind], confidence, subject, source, where, "full", rank)


def route(*capabilities: str, aspects: tuple[str, ...] = (), **params: Json) -> Route:
    return Route(capabilities, 0.9, {}, {"aspects": list(aspects), **params})


def request(question: str, *paths: str) -> Request:
    return Request(question, paths)


BANDS: dict[str, Json] = {
    "sub": -9.2, "bass": -2.1, "low_mid": -7.5, "mid": -10.0, "high_mid": -16.2, "presence": -21.8, "brilliance": -27.0,
}  # fmt: skip


def everything(subject: str = "mix.wav", *, shift: float = 0.0, confidence: float = 0.95) -> list[Evidence]:
    """One of each finding of docs/evidence.md; `shift` makes a second recording differ."""
    sure = confidence
    rows: list[tuple[str, str, Json, float]] = [
        ("facts.container", "label", "WAV", 1.0),
        ("facts.codec", "label", "PCM_16", 1.0),
        ("facts.bit_depth", "bits", 16, 1.0),
        ("facts.duration_s", "duration", 182.4 + shift, 1.0),
        ("facts.sample_rate_hz", "sample_rate", 44100, 1.0),
        ("facts.channels", "count", 2, 1.0),
        ("facts.clipped_samples", "count", 12, 1.0),
        ("facts.peak_dbfs", "level", -0.02, 1.0),
        ("facts.rms_dbfs", "level", -17.3, 1.0),
        ("facts.channel_levels_dbfs", "level", [-18.4, -16.3], 1.0),
        ("facts.balance_db", "ratio", -2.13, 1.0),
        ("facts.correlation", "number", 0.83, 1.0),
        ("facts.dc_offset_percent", "share", 0.53, 1.0),
        ("facts.silence_s", "time", [[0.0, 0.4], [100.0, 103.2]], 1.0),
        ("facts.tags", "tag", {"title": "Night Drive 2", "bpm": "128", "initialkey": "Cm"}, 1.0),
        ("loudness.integrated_lufs", "loudness", -14.12 - shift, 1.0),
        ("loudness.thirds_lufs", "loudness", [-18.2, -15.0, -12.1], 1.0),
        ("loudness.range_lu", "loudness_range", 6.24, 1.0),
        ("loudness.true_peak_dbtp", "true_peak", 0.42, 1.0),
        ("loudness.sample_peak_dbfs", "level", -0.02, 1.0),
        ("loudness.plr_db", "ratio", 13.3, 1.0),
        ("loudness.crest_db", "ratio", 15.1, 1.0),
        ("rhythm.tempo_bpm", "tempo", 126.0 + shift, sure),
        ("rhythm.beats_s", "time", [round(0.5 + i * 0.476, 3) for i in range(380)], 0.9),
        ("rhythm.beat_count", "count", 380, 0.9),
        ("rhythm.onsets_s", "time", [round(0.5 + i * 0.15, 3) for i in range(1204)], 0.9),
        ("rhythm.onset_count", "count", 1204, 0.9),
        ("tonality.key", "musical_key", "A minor", sure),
        ("tonality.camelot", "label", "8A", sure),
        ("tonality.tuning_cents", "tuning", -8.2, 0.9),
        ("tonality.reference_hz", "frequency", 437.92, 0.9),
        ("spectrum.bands_db", "ratio", BANDS, 1.0),
        ("spectrum.centroid_hz", "frequency", 1432.6 + 100 * shift, 1.0),
        ("spectrum.bandwidth_hz", "frequency", 2110.3, 1.0),
        ("spectrum.rolloff_hz", "frequency", 3210.0, 1.0),
        ("spectrum.flatness", "number", 0.0132, 1.0),
        ("spectrum.hum_hz", "frequency", 50.0, 0.9),
        ("spectrum.hum_level_db", "ratio", 14.2, 0.9),
        ("spectrum.resonances", "spectrum", [{"frequency_hz": 312.4, "prominence_db": 9.3, "note": "D#4"}], 1.0),
        ("spectrum.n_fft", "count", 8192, 1.0),
        ("spectrum.window", "label", "hann", 1.0),
    ]
    found = [made(name, kind, value, confidence=each, subject=subject) for name, kind, value, each in rows]
    peaks: Json = [
        {"frequency_hz": 55.03, "level_dbfs": -12.1, "note": "A1", "cents": 0.9},
        {"frequency_hz": 440.2, "level_dbfs": -18.44, "note": "A4", "cents": 0.8},
        {"frequency_hz": 1318.5, "level_dbfs": -22.0, "note": "E6", "cents": -0.1},
    ]
    return [
        *found,
        made("loudness.short_term_max_lufs", "loudness", -9.83, subject=subject, span=(72.0, 75.0)),
        made("loudness.momentary_max_lufs", "loudness", -8.1, subject=subject, span=(73.0, 73.4)),
        made("spectrum.peaks", "spectrum", peaks, subject=subject, span=(30.0, 30.19)),
        made("rhythm.tempo_bpm", "tempo", 63.0 + shift / 2, confidence=0.03, subject=subject, rank=1),
        made("tonality.key", "musical_key", "C major", confidence=0.05, subject=subject, rank=1),
    ]


#: D – A7 – Bm – G, as Harte labels with their degrees in D major.
ROUND = (("D", "I", 2.5), ("A:7", "V7", 2.0), ("B:min", "vi", 3.0), ("G", "IV", 2.5))


def chord_segments(times: int = 6) -> list[Json]:
    """The round so many times, then no chord for two seconds."""
    found: list[Json] = []
    at = 0.0
    for label, numeral, length in ROUND * times:
        found.append({"start_s": at, "end_s": at + length, "label": label, "confidence": 0.8, "numeral": numeral})
        at += length
    return [*found, {"start_s": at, "end_s": at + 2.0, "label": "N", "confidence": 0.6, "numeral": ""}]


SECTIONS: list[Json] = [
    {"start_s": 0.0, "end_s": 20.1, "label": "A", "bars": 8, "confidence": 0.8},
    {"start_s": 20.1, "end_s": 40.2, "label": "A", "bars": 8, "confidence": 0.8},
    {"start_s": 40.2, "end_s": 61.0, "label": "B", "bars": 8, "confidence": 0.8},
    {"start_s": 61.0, "end_s": 84.4, "label": "A", "bars": 9, "confidence": 0.7},
]
TUNE = (57, 60, 64, 69, 67, 65, 64, 62, 60, 59, 57, 45)


def music(subject: str = "mix.wav", *, confidence: float = 0.93) -> list[Evidence]:
    """One of each finding about bars, chords, form, notes and kind of sound."""
    notes: list[Json] = [
        {"start_s": 0.5 * i, "end_s": 0.5 * i + 0.4, "midi": midi, "velocity": 0.7, "confidence": 0.8}
        for i, midi in enumerate(TUNE)
    ]
    tags: list[Json] = [{"tag": tag, "confidence": 0.6} for tag in ("rock", "guitar", "female vocal")]
    keys: list[Json] = [
        {"start_s": 0.0, "end_s": 92.0, "key": "D major", "confidence": 0.9},
        {"start_s": 92.0, "end_s": 180.0, "key": "E major", "confidence": 0.8},
    ]
    curve: list[Json] = [{"start_s": 10.0 * i, "tempo_bpm": 118 + 0.4 * i} for i in range(16)]
    rows: list[tuple[str, str, Json]] = [
        ("rhythm.downbeats_s", "time", [round(0.5 + 1.904 * i, 3) for i in range(95)]),
        ("rhythm.metre", "count", 4),
        ("rhythm.swing", "number", 0.66),
        ("rhythm.drift_percent", "share", 0.37),
        ("rhythm.tempo_curve", "tempo", curve),
        ("tonality.key_changes", "musical_key", keys),
        ("chords.segments", "chord", chord_segments()),
        ("chords.changes_per_minute", "number", 23.6),
        ("chords.progression", "label", "I V7 vi IV"),
        ("chords.distinct", "count", 4),
        ("structure.sections", "section", SECTIONS),
        ("structure.form", "label", "AABA"),
        ("structure.section_count", "count", 4),
        ("notes.notes", "note", notes),
        ("notes.melody", "note", notes[:10]),
        ("notes.note_count", "count", len(notes)),
        ("notes.lowest", "note", "A2"),
        ("notes.highest", "note", "A4"),
        ("notes.f0_hz", "frequency", 221.3),
        ("timbre.label", "label", "snare"),
        ("timbre.tags", "tag", tags),
        ("timbre.mfcc", "number", [-120.3, 88.1, 3.2, 1.1, -4.4, 2.2]),
        ("timbre.attack_s", "duration", 0.0043),
        ("timbre.decay_s", "duration", 0.312),
        ("timbre.harmonicity", "number", 0.21),
    ]
    found = [made(name, kind, value, confidence=confidence, subject=subject) for name, kind, value in rows]
    return [*found, made("timbre.label", "label", "clap", confidence=0.05, subject=subject, rank=1)]
