"""A question about the library takes tempo and key from the recording beside it; what it tells passes the checker."""

from __future__ import annotations

import pytest

from grym_synth.answering.write import compose, write
from grym_synth.library.telling import completed
from grym_synth.messages import EVIDENCE_UNITS, Evidence, Json, Request, Route, Source


def evidence(name: str, kind: str, value: Json) -> Evidence:
    return Evidence("", name, kind, value, EVIDENCE_UNITS[kind], 1.0, "", Source("hub", "1", "counted"))


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("loops that fit the tempo of this track", "loops around 126.0 bpm"),
        ("loops that match the key of my song", "loops mixes with A minor"),
        ("snares in the same key", "snares mixes with A minor"),
        ("dark kicks", "dark kicks"),
    ],
)
def test_what_is_measured_stands_in_the_question(question: str, wanted: str) -> None:
    heard = [evidence("rhythm.tempo_bpm", "tempo", 126.0), evidence("tonality.key", "musical_key", "A minor")]
    assert completed(question, heard) == (wanted, "")


def test_what_was_not_measured_is_named() -> None:
    heard = [evidence("facts.duration_s", "duration", 3.0)]
    assert completed("loops that fit the tempo of this track", heard)[1] == "tempo"


def test_every_sentence_about_the_library_is_held() -> None:
    found = [
        evidence("library.total", "count", 7),
        evidence("library.asked", "label", "average"),
        evidence("library.average_tempo_bpm", "tempo", 124.31),
        evidence("library.median_tempo_bpm", "tempo", 125.0),
        evidence("library.measured", "count", 5),
        evidence("library.missing", "count", 2),
    ]
    draft = write(Request("average tempo of my library"), Route(("library",), 1.0, {}, {}), found, [])
    text, claims = compose(draft)
    assert "The average tempo is 124.3 BPM" in text
    assert len(claims) == len(draft.sentences) == 4
