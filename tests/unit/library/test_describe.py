from __future__ import annotations

import numpy as np

from grym_synth.library.describe import describe, is_recording
from grym_synth.messages import EVIDENCE_UNITS, Evidence, Json, Source

HERE = Source("listen", "1", "measured")


def found(name: str, kind: str, value: Json, confidence: float = 1.0, rank: int = 0) -> Evidence:
    return Evidence("", name, kind, value, EVIDENCE_UNITS[kind], confidence, "a.wav", HERE, rank=rank)


def test_findings_become_figures_words_tags_and_vectors() -> None:
    told = describe(
        "f" * 64,
        "listen 1",
        [
            found("facts.duration_s", "duration", 10.0),
            found("facts.codec", "label", "FLAC"),
            found("facts.tags", "tag", {"TITLE": " Blue ", "artist": "Somebody", "encoder": "x"}),
            found("facts.silence_s", "time", [[0.0, 0.5], [9.0, 10.0]]),
            found("rhythm.tempo_bpm", "tempo", 126.0, 0.97),
            found("rhythm.tempo_bpm", "tempo", 63.0, 0.02, rank=1),
            found("rhythm.onset_count", "count", 40),
            found("tonality.key", "musical_key", "A minor", 0.8),
            found("timbre.label", "label", "snare", 0.9),
            found("timbre.tags", "tag", [{"tag": "techno", "confidence": 0.6}]),
            found("spectrum.bands_db", "ratio", {"sub": -14.0, "bass": -4.0}),
            found("timbre.vectors", "vector", {"harmony": [0.0, 1.0], "all": [0.5] * 408}),
        ],
    )
    assert told.figures == {
        "duration_s": 10.0,
        "tempo_bpm": 126.0,
        "tempo_confidence": 0.97,
        "onset_count": 40.0,
        "key_confidence": 0.8,
        "class_confidence": 0.9,
        "band_sub_db": -14.0,
        "band_bass_db": -4.0,
        "silence_s": 1.5,
        "onsets_per_s": 4.0,
    }
    assert told.words == {
        "codec": "FLAC",
        "key": "A minor",
        "class": "snare",
        "title": "Blue",
        "artist": "Somebody",
    }
    assert told.tags == {"techno": 0.6}
    assert {name: len(vector) for name, vector in told.vectors.items()} == {"harmony": 2, "all": 408}
    assert all(vector.dtype == np.float32 for vector in told.vectors.values())


def test_what_was_not_found_is_absent() -> None:
    told = describe(
        "f" * 64,
        "r",
        [
            found("rhythm.tempo_bpm", "tempo", None, 0.0),
            found("timbre.label", "label", None, 0.0),
            found("loudness.integrated_lufs", "loudness", float("-inf")),
            found("facts.channels", "count", True),
            found("tonality.key", "musical_key", ""),
        ],
    )
    assert not {"tempo_bpm", "integrated_lufs", "channels", "class_confidence"} & set(told.figures)
    assert told.words == {}


def test_findings_of_an_odd_shape_do_no_harm() -> None:
    told = describe(
        "f" * 64,
        "r",
        [
            found("facts.tags", "tag", {"title": 7, "artist": "  "}),
            found("timbre.tags", "tag", ["techno", {"tag": "x"}, {"tag": "y", "confidence": None}]),
            found("spectrum.bands_db", "ratio", [1.0]),
            found("facts.silence_s", "time", [[1.0], "no"]),
            found("timbre.vectors", "vector", [1.0]),
            found("timbre.fragments", "vector", [{"start_s": 0.0}, {"start_s": 0, "end_s": 5, "vector": [1.0, 0.0]}]),
        ],
    )
    assert (told.words, told.tags, dict(told.vectors)) == ({}, {}, {})
    assert told.figures == {"silence_s": 0.0}
    assert [(part.start_s, part.end_s, len(part.vector)) for part in told.fragments] == [(0.0, 5.0, 2)]


def test_what_a_file_says_of_itself_is_kept_in_bounds() -> None:
    told = describe("f" * 64, "r", [found("facts.tags", "tag", {"title": "x" * 100_000})])
    assert len(told.words["title"]) == 200


def test_only_what_has_a_length_was_heard() -> None:
    assert is_recording([found("facts.duration_s", "duration", 0.5)])
    assert not is_recording([found("facts.duration_s", "duration", 0.0)])
    assert not is_recording([found("facts.codec", "label", "WAV")])
    assert not is_recording([])
