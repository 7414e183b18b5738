"""Evidence as the document of `grym analyze`."""

from __future__ import annotations

import json
import math
from typing import Any

from tests.unit.frontends.sample_document import full_document

from grym_synth.execution.executor import Outcome
from grym_synth.frontends.exports import as_text, join_outcomes, recording_to_json
from grym_synth.messages import EVIDENCE_UNITS, Evidence, Gap, Need, Source, Span, Step
from grym_synth.storage.store import Heard

CHORDS = [{"start_s": 0.0, "end_s": 1.0, "label": "A:min", "confidence": 0.8, "numeral": "i"}]


def found(
    name: str, kind: str, value: Any, confidence: float = 1.0, rank: int = 0, span: Span | None = None
) -> Evidence:
    source = Source("listen", "1", f"how {name} is measured")
    return Evidence("", name, kind, value, EVIDENCE_UNITS.get(kind, ""), confidence, "a.wav", source, span, rank=rank)


def document_of(*evidence: Evidence, asked: tuple[str, ...], gaps: tuple[Gap, ...] = (), vectors: bool = False) -> Any:
    step = Step("s1", "listen", asked, "a.wav", "/a.wav", {}, Need(), 10.0)
    outcome = Outcome(step, Heard(evidence, gaps), "ab" * 32, seconds=0.5)
    document = recording_to_json(outcome, asked, [], vectors=vectors)
    json.dumps(document, allow_nan=False)
    return document


def test_lists_are_sections_by_themselves_and_the_rest_of_them_goes_to_the_summary() -> None:
    document = document_of(
        found("chords.segments", "chord", CHORDS, 0.8),
        found("chords.changes_per_minute", "number", 30.0),
        found("structure.sections", "section", [{"start_s": 0.0, "end_s": 4.0, "label": "A", "bars": 2}]),
        found("structure.form", "label", "A"),
        found("notes.notes", "note", []),
        found("notes.melody_hz", "frequency", [[0.0, 440.0], [0.01, None]]),
        found("notes.note_count", "count", 0),
        asked=("chords", "structure", "notes"),
    )
    assert document["chords"] == CHORDS
    assert document["structure"][0]["label"] == "A"
    assert document["notes"] == []
    assert document["melody_hz"] == [[0.0, 440.0], [0.01, None]]
    assert document["summary"] == {
        "chords": {"changes_per_minute": 30.0},
        "structure": {"form": "A"},
        "notes": {"note_count": 0},
    }


def test_a_list_that_could_not_be_measured_is_null_and_one_not_asked_for_is_absent() -> None:
    gap = Gap("chords", "nothing is pitched", "unmeasurable")
    document = document_of(found("facts.codec", "label", "FLAC"), asked=("facts", "chords", "notes"), gaps=(gap,))
    assert document["chords"] is None
    assert document["notes"] is None
    assert document["melody_hz"] is None
    assert "structure" not in document
    assert "summary" not in document
    assert document["gaps"][0]["reason"] == "nothing is pitched"


def test_vectors_come_only_when_asked_for() -> None:
    evidence = (
        found("timbre.label", "label", "snare", 0.9),
        found("timbre.label", "label", "clap", 0.05, rank=1),
        found("timbre.vectors", "vector", {"all": [0.1, 0.2]}),
    )
    document = document_of(*evidence, asked=("timbre",))
    assert document["timbre"] == {
        "label": "snare",
        "confidence": 0.9,
        "alternatives": [{"label": "clap", "confidence": 0.05}],
    }
    assert "vectors" not in document
    assert document_of(*evidence, asked=("timbre",), vectors=True)["vectors"] == {"all": [0.1, 0.2]}


def test_what_can_be_wrong_alone_has_a_confidence_of_its_own() -> None:
    document = document_of(
        found("rhythm.tempo_bpm", "tempo", 120.0, 0.9),
        found("rhythm.metre", "count", 4, 0.7),
        found("rhythm.swing", "number", None, 0.3),
        asked=("rhythm",),
    )
    assert document["rhythm"]["confidence"] == 0.9
    assert document["rhythm"]["metre_confidence"] == 0.7
    assert "swing_confidence" not in document["rhythm"]


def test_each_finding_tells_unit_confidence_method_and_span() -> None:
    document = document_of(found("loudness.range_lu", "loudness_range", 3.0, span=Span(1.0, 2.0)), asked=("loudness",))
    told = {"unit": "LU", "confidence": 1.0, "method": "how loudness.range_lu is measured", "span_s": [1.0, 2.0]}
    assert document["findings"] == {"loudness.range_lu": told}


def test_a_number_that_is_not_finite_is_null_with_a_gap() -> None:
    document = document_of(
        found("loudness.integrated_lufs", "loudness", -math.inf),
        found("facts.channel_levels_dbfs", "level", [-3.0, math.nan]),
        asked=("loudness", "facts"),
    )
    assert document["loudness"]["integrated_lufs"] is None
    assert document["facts"]["channel_levels_dbfs"] == [-3.0, None]
    assert [gap["capability"] for gap in document["gaps"]] == ["loudness", "facts"]


def test_what_two_agents_heard_of_a_recording_is_one_document() -> None:
    def outcome(agent: str, capability: str, evidence: Evidence, gap: Gap, sha256: str | None) -> Outcome:
        step = Step("s1", agent, (capability,), "a.wav", "/a.wav", {}, Need(), 10.0)
        return Outcome(step, Heard((evidence,), (gap,)), sha256, was_cached=agent == "listen", seconds=0.5)

    joined = join_outcomes(
        [
            outcome("listen", "facts", found("facts.codec", "label", "FLAC"), Gap("facts", "a"), None),
            outcome("transcribe", "notes", found("notes.notes", "note", []), Gap("notes", "b"), "cd" * 32),
        ]
    )
    document: Any = recording_to_json(joined, ("facts", "notes"), [])
    assert document["facts"]["codec"] == "FLAC"
    assert document["notes"] == []
    assert document["sha256"] == "cd" * 32
    assert [gap["reason"] for gap in document["gaps"]] == ["a", "b"]
    assert document["timings_ms"]["total"] == 1000.0
    assert not joined.was_cached


def test_text_shows_chords_and_sections_as_lines_and_counts_notes() -> None:
    text = as_text(full_document())
    assert "0:00 Am7  0:02 Dsus2  0:04 –  0:06 C/3" in text
    assert "0:00 A (2 bars)  0:04 B (2 bars)" in text
    assert "2 in all" in text
    assert "progression" in text
    assert "findings" not in text
    assert "open: no single line" in text


def test_text_spells_out_what_a_terminal_would_obey() -> None:
    document = full_document("\x1b[2Jsong.wav")
    document["structure"][0]["label"] = "A\x1b]0;x\x07"
    document["facts"]["tags"] = {"\x1b[31m": "\x07"}
    assert "\x1b" not in as_text(document)
    assert "\x07" not in as_text(document)
