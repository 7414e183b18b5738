"""Evidence below an answer: short, in words, and told to be checked."""

from __future__ import annotations

from typing import Any

import pytest

from grym_synth.frontends.evidence_lines import MANY, evidence_line, evidence_lines


def item(name: str, value: Any, unit: str = "", *, number: int = 1, confidence: float = 1.0, of: str = "a.wav") -> Any:
    return {
        "id": f"e{number}", "name": name, "value": value, "unit": unit, "confidence": confidence, "subject": of,
        "source": {"agent": "listen", "version": "1", "method": "by ear"},
    }  # fmt: skip


CHORDS = [{"start_s": float(i), "end_s": i + 1.0, "label": "A:min7" if i % 2 else "N"} for i in range(34)]
NOTES = [{"start_s": 61.0, "end_s": 62.0, "midi": 69, "velocity": 0.5, "confidence": 0.5}]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("chords.segments", CHORDS, "34 chords: 0:00 –, 0:01 Am7, 0:02 –, 0:03 Am7, 0:04 –, 0:05 Am7 ..."),
        ("notes.notes", NOTES, "1:01 A4"),
        ("structure.sections", [{"start_s": 0.0, "label": "A", "bars": 1}, {"start_s": 9.0, "label": "B"}],
         "2 sections: 0:00 A (1 bar), 0:09 B"),
        ("timbre.tags", [{"tag": "piano", "confidence": 0.31}], "piano 31%"),
        ("tonality.key_changes", [{"start_s": 0.0, "key": "C major"}], "0:00 C major"),
        ("spectrum.hum_hz", None, "none found"),
        ("facts.silence_s", [], "none found"),
        ("chords.segments", "nonsense", "nonsense"),
        ("chords.segments", [None, 3, {"label": 4}], "3 chords: 4"),
    ],
)  # fmt: skip
def test_lists_are_counted_and_told_in_words(name: str, value: Any, shown: str) -> None:
    assert evidence_line(item(name, value), with_subject=False) == f"  [e1] {name}: {shown} (listen: by ear)"


def test_what_was_looked_for_in_vain_has_no_unit() -> None:
    assert " Hz" not in evidence_line(item("spectrum.hum_hz", None, "Hz"), with_subject=False)


def test_entries_of_a_stranger_cannot_steer_the_terminal() -> None:
    line = evidence_line(item("timbre.tags", [{"tag": "a\x1b[2J\nb"}]), with_subject=False)
    assert line.isprintable()


def test_many_findings_stand_together_by_what_they_are_about() -> None:
    many = [item(f"facts.f{i}", i, number=i) for i in range(MANY)] + [item("rhythm.tempo_bpm", 96.0, "BPM", number=99)]
    lines = evidence_lines(many)
    assert len(lines) < len(many)
    assert lines[0] == "  facts"
    assert "    [e99] tempo_bpm 96.00 BPM" in lines
    assert "--json" in lines[-1]
    assert all(f"[e{each['id'][1:]}]" in "\n".join(lines) for each in many)


def test_few_findings_of_several_recordings_name_theirs() -> None:
    lines = evidence_lines([item("facts.channels", 2), item("facts.channels", 1, number=2, of="b.wav")])
    assert ["a.wav" in lines[0], "b.wav" in lines[1]] == [True, True]
