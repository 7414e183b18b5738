"""Reading a document that may hold anything."""

from __future__ import annotations

import math
from typing import Any

import pytest
from tests.unit.frontends.sample_document import full_document

from grym_synth.frontends.document import (
    bars_of,
    beats_of,
    chord_name,
    chords_of,
    confidence_of,
    duration_of,
    keys_of,
    melody_of,
    notes_of,
    silences_of,
    span_of,
    tags_of,
    times,
    unit_of,
)

JUNK: list[Any] = [None, 3, "x", [], {}, [None, 1, "x", {}, [1, 2, 3]], {"a": 1}, math.nan, True]


def test_beats_are_counted_from_the_downbeats_and_backwards_before_the_first() -> None:
    rhythm = {"beats_s": [0.1, 0.6, 1.1, 1.6, 2.1, 2.6], "downbeats_s": [1.12], "metre": 4}
    document = {"duration_s": 3.0, "rhythm": rhythm}
    assert [beat.position for beat in beats_of(document)] == [3, 4, 1, 2, 3, 4]
    assert bars_of(beats_of(document)) == [1.1]
    rhythm["metre"] = None
    assert [beat.position for beat in beats_of(document)] == [None, None, 1, 2, 3, 4]
    rhythm["downbeats_s"] = []
    assert {beat.position for beat in beats_of(document)} == {None}


def test_times_outside_the_recording_and_what_is_no_time_are_left_out() -> None:
    assert times([0.5, -1.0, 9.0, "x", None, True, math.nan, 0.1], 8.0) == [0.1, 0.5]


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("name", ["facts", "rhythm", "tonality", "chords", "structure", "notes", "melody_hz", "timbre",
                                  "findings", "summary", "duration_s"])  # fmt: skip
def test_whatever_stands_in_a_section_reading_it_does_not_fail(name: str, junk: Any) -> None:
    document = {**full_document(), name: junk}
    for read in (beats_of, chords_of, keys_of, notes_of, melody_of, silences_of, tags_of):
        read(document)
    assert duration_of(document) >= 0.0
    confidence_of(document, "rhythm.swing")
    assert span_of(document, "loudness.range_lu") is None


def test_stretches_need_a_start_before_their_end() -> None:
    items = [{"start_s": 2.0, "end_s": 1.0, "label": "A"}, {"start_s": 3.0, "end_s": 4.0, "label": "B"}, {"label": "C"}]
    assert [chord.label for chord in chords_of({"chords": items})] == ["B"]


def test_one_key_reigns_from_beginning_to_end_where_no_changes_are_told() -> None:
    keys = keys_of({"duration_s": 9.0, "tonality": {"key": "C major", "confidence": 0.5}})
    assert [(key.start_s, key.end_s, key.label, key.confidence) for key in keys] == [(0.0, 9.0, "C major", 0.5)]


@pytest.mark.parametrize(
    ("harte", "name"),
    [("A:min7", "Am7"), ("D:maj", "D"), ("G", "G"), ("C:maj/3", "C/3"), ("F#:hdim7", "F#m7b5"), ("N", "–"),
     ("E:(1,5)", "E(1,5)"), ("Bb/5", "Bb/5")],
)  # fmt: skip
def test_chords_are_named_as_on_a_lead_sheet(harte: str, name: str) -> None:
    assert chord_name(harte) == name


def test_units_follow_from_names_and_confidences_from_where_they_stand() -> None:
    document = full_document()
    assert unit_of("thirds_lufs.2") == "LUFS"
    assert unit_of("bands_db.sub") == "dB"
    assert unit_of("tags.length_s") == ""
    assert unit_of("codec") == ""
    assert confidence_of(document, "rhythm.tempo_bpm") == 0.9
    assert confidence_of(document, "rhythm.metre") == 0.8
    assert confidence_of(document, "tonality.key") == 0.7
    assert confidence_of(document, "facts.codec") is None
    assert span_of(document, "loudness.short_term_max_lufs") == (2.0, 5.0)
