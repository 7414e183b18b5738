"""The same question answered briefly, as usual, and in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest

from grym_synth.answering.words.among import FEW
from grym_synth.answering.write import Draft, compose, write
from grym_synth.messages import Detail, Evidence, Json
from grym_synth.planning.aspects import read_aspects
from grym_synth.planning.slots import read_slots

from .made_evidence import everything, made, music, request, route

DETAILS: tuple[Detail, ...] = get_args(Detail)

ALL = [item for item in (*everything(), *music()) if item.name != "facts.tags"]


def draft_of(
    question: str, *capabilities: str, detail: Detail, evidence: Sequence[Evidence] = ALL,
    paths: tuple[str, ...] = ("mix.wav",),
) -> Draft:  # fmt: skip
    aspects = tuple(name for name in read_aspects(question) if name.partition(".")[0] in capabilities)
    asked = route(*capabilities, aspects=aspects, **read_slots(question, paths))
    found = [item for item in evidence if item.capability in capabilities]
    return write(replace(request(question, *paths), detail=detail), asked, found, ())


def ask(
    question: str, *capabilities: str, detail: Detail, evidence: Sequence[Evidence] = ALL,
    paths: tuple[str, ...] = ("mix.wav",),
) -> str:  # fmt: skip
    """The text of the answer without its citations; every sentence that was written has passed the checker."""
    draft = draft_of(question, *capabilities, detail=detail, evidence=evidence, paths=paths)
    text, claims = compose(draft)
    assert len(claims) == len(draft.sentences), text
    for number in range(len(draft.evidence), 0, -1):
        text = text.replace(f"[e{number}]", "")
    return text.replace(" .", ".")


def some(*names: str, confidence: float = 0.95) -> list[Evidence]:
    return [item for item in (*everything(confidence=confidence), *music()) if item.name in names]


BRIEF = (
    ("How fast is it?", ("rhythm",), "It runs at 126 BPM."),
    ("In which key?", ("tonality",), "It is in A minor."),
    ("Is it in tune?", ("tonality",), "No: it is 8 cents flat of A440."),
    ("How loud is it?", ("loudness",), "Overall it is at -14.1 LUFS."),
    ("Is it loud enough for streaming?", ("loudness",),
     "Yes: at -14.1 LUFS it lies 0.1 LU below the -14 LUFS usual for streaming."),
    ("Does it get louder?", ("loudness",), "Yes: it gets louder towards the end, by 6.1 LU."),
    ("Is there any hum?", ("spectrum",), "Yes: there is a mains hum at 50 Hz, standing out by 14.2 dB."),
    ("Does it clip?", ("facts",), "Yes: 12 samples are stuck at full scale."),
    ("Which chords?", ("chords",), "The chords go D – A7 – Bm – G (I V7 vi IV), again and again."),
    ("What is the form?", ("structure",), "The form is AABA, with a new part at 0:20, 0:40 and 1:01."),
    ("How fast, and in which key?", ("rhythm", "tonality"), "It runs at 126 BPM. It is in A minor."),
    ("Tempo, key, loudness and form?", ("rhythm", "tonality", "loudness", "structure"),
     "126 BPM; A minor; -14.1 LUFS integrated; form AABA."),
    ("Is anything wrong with it?", ("facts", "spectrum"),
     "12 samples stuck at full scale, a mains hum at 50 Hz, a narrow resonance at 312 Hz, a DC offset of 0.53 %, "
     "silent from 1:40 to 1:43."),
)  # fmt: skip


@pytest.mark.parametrize(("question", "capabilities", "answer"), BRIEF, ids=[question for question, _, _ in BRIEF])
def test_a_brief_answer_is_the_short_answer_alone(question: str, capabilities: tuple[str, ...], answer: str) -> None:
    assert ask(question, *capabilities, detail="brief") == answer


def test_a_brief_answer_keeps_its_uncertainty() -> None:
    likely = some("rhythm.tempo_bpm", confidence=0.7)
    assert ask("How fast?", "rhythm", detail="brief", evidence=likely) == (
        "Most likely 126 BPM; 63 if you feel it in half time."
    )
    unsure = some("rhythm.tempo_bpm", confidence=0.4)
    assert ask("How fast?", "rhythm", detail="brief", evidence=unsure) == "I am not sure: perhaps 126 BPM, or 63 BPM."


def test_a_brief_report_is_one_line() -> None:
    text = ask("Tell me about it.", "facts", "loudness", "rhythm", "tonality", "spectrum", detail="brief")
    assert "\n" not in text
    assert all(word in text for word in ("126 BPM", "A minor", "-14.1 LUFS", "3:02 long", "hum"))


def test_the_usual_answer_begins_with_the_brief_one_and_ends_with_what_to_do() -> None:
    quiet = [made("loudness.integrated_lufs", "loudness", -20.0), made("loudness.true_peak_dbtp", "true_peak", -9.0)]
    question = "Is it loud enough for streaming?"
    brief = ask(question, "loudness", detail="brief", evidence=quiet)
    usual = ask(question, "loudness", detail="normal", evidence=quiet)
    assert usual == (
        f"{brief} Turn it up by 6.0 dB; its peaks would then reach -3.0 dBTP, so there is room for that.\n"
        "To do that: grym edit mix.wav normalise=-14LUFS --out mix-normalised.wav"
    )


def test_short_answers_come_before_what_stands_beside_them() -> None:
    text = ask("Tell me about it.", "rhythm", "tonality", detail="normal")
    order = [text.index(word) for word in ("126 BPM", "A minor", "beats to the bar", "8 cents flat")]
    assert order == sorted(order)


def test_no_more_than_two_things_are_suggested() -> None:
    draft = draft_of("Is anything wrong with it?", "facts", "spectrum", "loudness", detail="normal")
    advice = [
        each.text for each in draft.sentences if each.text.startswith(("Go back", "Put", "Try", "Limit", "A gentle"))
    ]
    assert len(advice) == 2


def test_a_full_answer_tells_every_finding() -> None:
    for capability in ("facts", "loudness", "rhythm", "tonality", "chords", "spectrum", "structure", "notes", "timbre"):
        draft = draft_of("Tell me everything.", capability, detail="full")
        measured = {item.name for item in ALL if item.capability == capability}
        untold = measured - {item.name for item in draft.evidence}
        assert untold <= {"notes.melody_hz", "spectrum.window"}, untold


def test_a_full_answer_tells_how_sure_in_words_and_percent_with_what_else_it_could_be() -> None:
    text = ask("How fast, in which key?", "rhythm", "tonality", detail="full")
    assert "Tempo: 126 BPM (sure, 95 %), or else 63 BPM (3 %)." in text
    assert "Key: A minor (sure, 95 %), or else C major (5 %)." in text
    assert "relative keys are what is confused most often." in text


def test_a_full_answer_has_a_statement_on_each_line() -> None:
    text = ask("Which chords?", "chords", detail="full")
    assert text.split("\n")[1].startswith("They change about 24 times a minute")
    assert "I hear D (0:00–0:02), A7 (0:02–0:04), Bm (0:04–0:08)" in text


# --- several recordings ---------------------------------------------------------------------------------------------


def library(count: int) -> tuple[list[Evidence], tuple[str, ...]]:
    paths = tuple(f"take_{number:02d}.wav" for number in range(count))
    found: list[Evidence] = []
    for number, path in enumerate(paths):
        key = "A minor" if number % 3 else "C major"
        rows: tuple[tuple[str, str, Json], ...] = (
            ("rhythm.tempo_bpm", "tempo", 80.0 + number), ("tonality.key", "musical_key", key),
            ("loudness.integrated_lufs", "loudness", -20.0 + number / 4), ("facts.clipped_samples", "count", 0),
            ("facts.dc_offset_percent", "share", 6.0 if number == 7 else 0.0), ("facts.duration_s", "duration", 10.0),
        )  # fmt: skip
        found += [made(name, kind, value, subject=path) for name, kind, value in rows]
    return found, paths


def test_a_brief_answer_about_a_few_has_a_line_for_each() -> None:
    found, paths = library(3)
    text = ask("Tempo and key?", "rhythm", "tonality", detail="brief", evidence=found, paths=paths)
    assert text == (
        "take_00.wav: 80 BPM, C major.\ntake_01.wav: 81 BPM, A minor.\ntake_02.wav: 82 BPM, A minor."
    )  # fmt: skip


def test_a_brief_answer_to_which_one_names_it() -> None:
    found, paths = library(5)
    assert ask("Which is the fastest?", "rhythm", detail="brief", evidence=found, paths=paths) == (
        "take_04.wav is the fastest at 84 BPM, take_00.wav the slowest at 80 BPM."
    )


def test_a_brief_answer_about_many_is_a_summary() -> None:
    found, paths = library(40)
    text = ask("Tempo and key?", "rhythm", "tonality", detail="brief", evidence=found, paths=paths)
    assert text == (
        "take_39.wav is the fastest at 119 BPM, take_00.wav the slowest at 80 BPM.\n"
        "A minor: 26 recordings; C major: 14 recordings.\n"
        "… 38 more recordings; --full has a line for each."
    )


def test_of_many_the_usual_answer_shows_both_ends_and_cites_all() -> None:
    found, paths = library(40)
    draft = draft_of("How loud are these?", "loudness", detail="normal", evidence=found, paths=paths)
    text = compose(draft)[0]
    assert len(text.split("\n")) == 8
    assert {item.subject for item in draft.evidence} == set(paths)
    each = ask("How loud is each of these?", "loudness", detail="normal", evidence=found, paths=paths)
    assert len(each.split("\n")) == 41


def test_of_many_only_the_faulty_ones_are_shown() -> None:
    found, paths = library(40)
    text = ask("Is anything wrong with these?", "facts", detail="normal", evidence=found, paths=paths)
    assert text == "1 recording has a fault, of 40 recordings in all.\ntake_07.wav: a DC offset of 6 %."
    good = [item for item in found if item.subject != "take_07.wav"]
    text = ask("Is anything wrong with these?", "facts", detail="brief", evidence=good, paths=paths)
    assert text == "I found nothing wrong in any of the 39."


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("count", [2, FEW, FEW + 1, 60])
def test_no_number_of_recordings_makes_a_wall(detail: Detail, count: int) -> None:
    found, paths = library(count)
    text = ask("How fast are these?", "rhythm", detail=detail, evidence=found, paths=paths)
    most = {"brief": FEW + 1, "normal": 14, "full": count + 4 * min(count, FEW) + 4}[detail]
    assert len(text.split("\n")) <= most
