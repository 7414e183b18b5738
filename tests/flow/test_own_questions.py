"""Twelve of our own questions, through the real command in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.answered import ask_all, read_questions

ASKED = (
    "How long is this file?",
    "Is one channel louder than the other?",
    "How loud is it in LUFS?",
    "how fast is this",
    "What key is it in?",
    "Is there mains hum in this recording?",
    "What is the strongest frequency, and which note is nearest to it?",
    "How long is a dotted eighth note at 120 BPM in ms?",
    "Tempo and key?",
    "Are these in the same key?",
    "What are the chords?",
    "Order me a pizza with mushrooms.",
)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_twelve_questions_are_answered_or_declined_as_they_should_be(tmp_path: Path) -> None:
    questions = [question for question in read_questions() if question["question"] in ASKED]
    assert len(questions) == len(ASKED)
    command = [sys.executable, "-m", "grym_synth"]
    failed = [verdict for verdict in ask_all(command, questions, tmp_path) if verdict.outcome != "right"]
    assert not failed, "\n".join(f"{v.id} {v.outcome}: {v.question} {v.detail}" for v in failed)
