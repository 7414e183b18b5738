"""Twelve of the mixed questions to a warm hub, and that their judge sees what is wrong with an answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks.mixed import ask_all, read_questions, warm_hub
from benchmarks.mixed_files import place
from benchmarks.mixed_judge import Asked, judge
from benchmarks.mixed_numbers import unsupported

ASKED = (
    "what's a quarter note triplet in milliseconds at 97 bpm",
    "is this actually 5.1 or just stereo in a fancy wrapper",
    "any DC offset on the synth input?",
    "bpm, and where's the one",
    "I hear a buzz. ground loop?",
    "kick or snare? can't tell on laptop speakers",
    "quanto dura e a quanti bit è",
    "how fast is it",
    "loudness of the demo?",
    "key of this noise?",
    "can you book me a studio in Leeds for friday",
    "how many tracks over 130 bpm do I own",
)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_twelve_mixed_questions_are_answered_or_declined_and_no_sentence_is_beyond_its_evidence(tmp_path: Path) -> None:
    rows = [row for row in read_questions() if row["question"] in ASKED]
    assert len(rows) == len(ASKED)
    command = [sys.executable, "-m", "grym_synth"]
    with warm_hub(command, tmp_path / "home"):
        verdicts = list(ask_all(command, rows, tmp_path / "files", tmp_path / "home"))
    failed = [verdict for verdict in verdicts if verdict.outcome != "right" or verdict.unsupported]
    assert not failed, "\n".join(f"{v.id} {v.outcome}: {v.question} {v.detail} {v.unsupported}" for v in failed)


def finding(name: str, kind: str, value: Any, unit: str = "", subject: str = "take.wav") -> dict[str, Any]:
    return {
        "id": "e1", "name": name, "kind": kind, "value": value, "unit": unit, "confidence": 0.97, "subject": subject,
        "span_s": None, "quality": "full", "rank": 0, "source": {"agent": "listen", "version": "1", "method": ""},
    }  # fmt: skip


def answer(text: str, *found: dict[str, Any]) -> dict[str, Any]:
    claims = [{"text": text, "evidence": [item["id"] for item in found], "support": "measured"}] if found else []
    route = {"capabilities": [], "confidence": 0.9, "reasons": {}, "params": {}}
    return {"answer": text, "claims": claims, "evidence": [*found], "gaps": [], "route": route, "plan": []}


SECTIONS = [
    {"start_s": 0.0, "end_s": 8.0, "label": "A", "bars": 4},
    {"start_s": 8.0, "end_s": 64.5, "label": "B", "bars": 28},
]


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("It runs at 126 BPM [e1].", finding("rhythm.tempo_bpm", "tempo", 125.98, "BPM")),
        ("It is in D# minor [e1].", finding("tonality.key", "musical_key", "Eb minor")),
        ("Two parts: A 0:00–0:08 (4 bars), B 0:08–1:05 [e1].", finding("structure.sections", "section", SECTIONS)),
        ("It peaks at -0.4 dBTP [e1].", finding("loudness.true_peak_dbtp", "true_peak", -0.4312, "dBTP")),
        ("The strongest is 3.15 kHz [e1].", finding("spectrum.hum_hz", "frequency", 3148.9, "Hz")),
        ("It begins with E5 – G5 [e1].", finding("notes.melody", "note", [{"midi": 76}, {"midi": 79}])),
    ],
)
def test_the_second_reader_lets_true_sentences_pass_and_sees_each_number_that_is_moved(
    text: str, item: dict[str, Any]
) -> None:
    assert unsupported(text, [item]) == []
    lies = {"126": "127", "D#": "D", "4 bars": "5 bars", "-0.4": "-0.6", "3.15": "3.17", "G5": "G#5"}
    (true,) = [word for word in lies if word in text]
    assert unsupported(text.replace(true, lies[true]), [item]) != []


ROW = {"id": "x", "question": "tempo?", "files": ["kick"], "kind": "answerable", "expect": ["rhythm"]}


def verdict_of(row: dict[str, Any], asked: Asked, folder: Path) -> str:
    return judge(row, asked, place(folder)).outcome


def test_the_judge_tells_right_answers_from_wrong_and_missing_ones(tmp_path: Path) -> None:
    kick = str(place(tmp_path)["kick"])
    right = answer("It runs at 120 BPM [e1].", finding("rhythm.tempo_bpm", "tempo", 120.0, "BPM", kick))
    wanted = {"name": "rhythm.tempo_bpm", "near": 90, "tol": 1}
    assert verdict_of(ROW, Asked(0, right, "", 0.1), tmp_path) == "right"
    assert verdict_of({**ROW, "must": [wanted]}, Asked(0, right, "", 0.1), tmp_path) == "wrong value"
    assert verdict_of({**ROW, "expect": ["tonality"]}, Asked(0, right, "", 0.1), tmp_path) == "not answered"
    assert verdict_of({**ROW, "files": ["snare"]}, Asked(0, right, "", 0.1), tmp_path) == "not answered"
    assert verdict_of({**ROW, "kind": "out_of_scope"}, Asked(0, right, "", 0.1), tmp_path) == "answered what it cannot"


def test_the_judge_sees_crashes_dead_ends_and_files_that_were_written(tmp_path: Path) -> None:
    silent = answer("Sorry.")
    assert verdict_of(ROW, Asked(0, silent, "", 0.1), tmp_path) == "dead end"
    assert verdict_of(ROW, Asked(1, silent, "", 0.1), tmp_path) == "crash"
    assert verdict_of(ROW, Asked(0, None, "", 0.1), tmp_path) == "crash"
    told = answer("That is not a question I can answer: ask about a recording.")
    assert verdict_of({**ROW, "kind": "refuse"}, Asked(3, told, "", 0.1), tmp_path) == "right"
    written = Asked(3, told, "", 0.1, ("new.wav",))
    assert verdict_of({**ROW, "kind": "refuse"}, written, tmp_path) == "answered what it cannot"
