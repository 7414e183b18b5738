"""Evidence of three invented recordings that have little in common: a dub mix, a march, a voice."""

from __future__ import annotations

from grym_synth.messages import Evidence, Json

from .made_evidence import made

_KINDS: dict[str, str] = {
    "facts.container": "label", "facts.codec": "label", "facts.bit_depth": "bits", "facts.duration_s": "duration",
    "facts.sample_rate_hz": "sample_rate", "facts.channels": "count", "facts.clipped_samples": "count",
    "facts.balance_db": "ratio", "facts.correlation": "number", "facts.dc_offset_percent": "share",
    "facts.silence_s": "time", "facts.tags": "tag", "loudness.integrated_lufs": "loudness",
    "loudness.thirds_lufs": "loudness", "loudness.range_lu": "loudness_range", "loudness.true_peak_dbtp": "true_peak",
    "loudness.plr_db": "ratio", "loudness.crest_db": "ratio", "loudness.short_term_max_lufs": "loudness",
    "rhythm.tempo_bpm": "tempo", "rhythm.beat_count": "count", "rhythm.metre": "count", "rhythm.swing": "number",
    "tonality.key": "musical_key", "tonality.camelot": "label", "tonality.tuning_cents": "tuning",
    "tonality.reference_hz": "frequency", "tonality.key_changes": "musical_key", "spectrum.bands_db": "ratio",
    "spectrum.centroid_hz": "frequency", "spectrum.rolloff_hz": "frequency", "spectrum.hum_hz": "frequency",
    "spectrum.hum_level_db": "ratio", "spectrum.resonances": "spectrum", "chords.segments": "chord",
    "chords.progression": "label", "chords.distinct": "count", "structure.sections": "section",
    "structure.form": "label", "structure.section_count": "count", "notes.lowest": "note", "notes.highest": "note",
    "notes.note_count": "count", "timbre.tags": "tag",
}  # fmt: skip


def _section(start_s: float, end_s: float, label: str) -> Json:
    return {"start_s": start_s, "end_s": end_s, "label": label, "bars": None, "confidence": 0.8}


def _chords() -> list[Json]:
    found: list[Json] = []
    for i in range(60):
        label, numeral = (("F#:min", "i"), ("D", "VI"), ("A", "III"), ("E", "VII"))[i % 4]
        found.append({"start_s": 4.0 * i, "end_s": 4.0 * i + 4, "label": label, "confidence": 0.8, "numeral": numeral})
    return found


def _sounds(*tags: str) -> list[Json]:
    return [{"tag": tag, "confidence": 0.7} for tag in tags]


_VALUES: dict[str, dict[str, Json]] = {
    "dub.wav": {
        "facts.container": "WAV", "facts.codec": "PCM_24", "facts.bit_depth": 24, "facts.duration_s": 246.8,
        "facts.sample_rate_hz": 48000, "facts.channels": 2, "facts.clipped_samples": 0, "facts.balance_db": 1.6,
        "facts.correlation": 0.12, "facts.dc_offset_percent": 0.01, "facts.silence_s": [[0.0, 1.2], [243.0, 246.8]],
        "loudness.integrated_lufs": -16.5, "loudness.thirds_lufs": [-19.1, -15.8, -14.9], "loudness.range_lu": 9.1,
        "loudness.true_peak_dbtp": -1.3, "loudness.plr_db": 15.2, "loudness.crest_db": 16.8,
        "loudness.short_term_max_lufs": -11.9, "rhythm.tempo_bpm": 71.4, "rhythm.beat_count": 293, "rhythm.metre": 3,
        "rhythm.swing": 0.5, "tonality.key": "F# minor", "tonality.camelot": "11A", "tonality.tuning_cents": 14.3,
        "tonality.reference_hz": 443.65, "spectrum.centroid_hz": 812.5, "spectrum.rolloff_hz": 1650.0,
        "spectrum.hum_hz": None,
        "spectrum.bands_db": {
            "sub": -4.1, "bass": -3.0, "low_mid": -8.2, "mid": -12.5, "high_mid": -19.0, "presence": -25.2,
            "brilliance": -33.1,
        },
        "chords.segments": _chords(), "chords.progression": "i VI III VII", "chords.distinct": 4,
        "structure.sections": [
            _section(0.0, 60.0, "A"), _section(60.0, 118.0, "B"), _section(118.0, 180.0, "A"),
            _section(180.0, 246.8, "C"),
        ],
        "structure.form": "ABAC", "structure.section_count": 4, "notes.lowest": "E1", "notes.highest": "B4",
        "notes.note_count": 611, "timbre.tags": _sounds("electronic", "slow", "bass"),
    },
    "march.flac": {
        "facts.container": "FLAC", "facts.codec": "PCM_16", "facts.bit_depth": 16, "facts.duration_s": 92.5,
        "facts.sample_rate_hz": 44100, "facts.channels": 1, "facts.clipped_samples": 431,
        "facts.dc_offset_percent": 2.4, "facts.silence_s": [],
        "facts.tags": {"artist": "Kapelle Morgenrot", "title": "Parade", "bpm": "120"},
        "loudness.integrated_lufs": -9.2, "loudness.range_lu": 3.3, "loudness.true_peak_dbtp": 0.9,
        "loudness.plr_db": 10.1, "loudness.short_term_max_lufs": -7.4, "rhythm.tempo_bpm": 118.0, "rhythm.metre": 4,
        "rhythm.swing": 0.5, "tonality.key": "A# major", "tonality.camelot": "6B",
        "tonality.key_changes": [
            {"start_s": 0.0, "end_s": 46.0, "key": "A# major", "confidence": 0.9},
            {"start_s": 46.0, "end_s": 92.5, "key": "C major", "confidence": 0.9},
        ],
        "spectrum.hum_hz": 60.0, "spectrum.hum_level_db": 22.4, "spectrum.centroid_hz": 2950.0,
        "spectrum.resonances": [{"frequency_hz": 3150.2, "prominence_db": 11.8, "note": "G7"}],
        "timbre.tags": _sounds("brass", "drums", "classical"),
    },
    "vox.mp3": {
        "facts.container": "MP3", "facts.codec": "MPEG_LAYER_III", "facts.bit_depth": None, "facts.duration_s": 63.0,
        "facts.sample_rate_hz": 44100, "facts.channels": 2, "facts.clipped_samples": 0, "facts.balance_db": 0.02,
        "facts.correlation": 0.98, "facts.silence_s": [[12.0, 14.5]], "loudness.integrated_lufs": -14.0,
        "loudness.thirds_lufs": [-12.8, -14.1, -15.9], "loudness.range_lu": 12.7, "loudness.true_peak_dbtp": -0.4,
        "rhythm.tempo_bpm": 126.0, "rhythm.swing": 0.62, "tonality.key": "E minor", "tonality.camelot": "9A",
        "notes.lowest": "G3", "notes.highest": "E5", "notes.note_count": 84,
        "timbre.tags": _sounds("female vocal", "singing", "a capella"),
    },
}  # fmt: skip
_SPANS = {
    ("dub.wav", "loudness.short_term_max_lufs"): (95.0, 98.0),
    ("march.flac", "loudness.short_term_max_lufs"): (20.0, 23.0),
}
_SECOND = (("rhythm.tempo_bpm", 142.8, 0.06), ("tonality.key", "A major", 0.04))

RECORDINGS = tuple(_VALUES)
FINDINGS: tuple[Evidence, ...] = (
    *(
        made(name, _KINDS[name], value, subject=subject, span=_SPANS.get((subject, name)))
        for subject, values in _VALUES.items()
        for name, value in values.items()
    ),
    *(made(name, _KINDS[name], value, confidence=sure, subject="dub.wav", rank=1) for name, value, sure in _SECOND),
)


def cited(names: str) -> list[Evidence]:
    """Findings by short names: "d:tempo_bpm" of the recording that begins with d; "1" at the end: the alternative."""

    def named(word: str) -> Evidence:
        whose, _, name = word.partition(":")
        rank = int(name.endswith("1"))
        name = name.removesuffix("1")
        fitting = (
            item for item in FINDINGS
            if item.subject.startswith(whose) and name in (item.name, item.name.partition(".")[2]) and item.rank == rank
        )  # fmt: skip
        return next(fitting)

    return [named(word) for word in names.split()]
