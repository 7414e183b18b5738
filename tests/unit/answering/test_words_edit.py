"""Edits in words: every number, name and command of a sentence is in the evidence that it cites."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest
import soundfile

from grym_synth.agent_stdio import to_evidence
from grym_synth.answering.check import check
from grym_synth.answering.weigh import weigh
from grym_synth.answering.words import edit
from grym_synth.answering.words.page import Page
from grym_synth.answering.write import with_operands
from grym_synth.audio.editing.findings import name_made, name_plan
from grym_synth.audio.editing.grammar import parse
from grym_synth.audio.editing.make import make
from grym_synth.audio.editing.plan import absolute_paths, plan_edit
from grym_synth.messages import Evidence, Request, Route, Source

SR = 8000
ROUTE = Route(("edit",), 1.0, {}, {})
PLANS = [
    ("trim=3-", "cut off the first 3 s"),
    ("trim=0--5", "cut off the last 5 s"),
    ("trim=3--5.5", "cut off the first 3 s and the last 5.5 s"),
    ("trim=-8", "keep the last 8 s"),
    ("trim=-65", "keep the last 1:05"),
    ("trim=0-0:30", "keep the first 30 s"),
    ("trim=0:30-1:00.5", "keep 0:30 to 1:00.5"),
    ("trim=-30--10", "keep what lies between 30 s before the end and 10 s before it"),
    ("fade-out=8", "fade it out over the last 8 s"),
    ("fade-in=0.05/linear", "fade it in over the first 50 ms, in a straight line"),
    ("fade-in=2 fade-out=1:02", "fade it in over the first 2 s, fade it out over the last 1:02"),
    ("normalise=-14LUFS", "bring it to -14 LUFS"),
    ("normalise=-1dBTP", "bring its true peak to -1 dBTP"),
    ("normalise=-0.3dBFS", "bring its peak to -0.3 dBFS"),
    ("gain=+3dB", "turn it up by 3 dB"),
    ("gain=-6.5dB", "turn it down by 6.5 dB"),
    ("stretch=126->100bpm", "stretch it from 126 to 100 BPM"),
    ("stretch=126.014->128bpm", "stretch it from 126.01 to 128 BPM"),
    ("stretch=100bpm", "stretch it from the tempo I hear to 100 BPM"),
    ("stretch=1.05x", "stretch it by 5 % at the same pitch"),
    ("stretch=0.952381x", "speed it up by 5 % at the same pitch"),
    ("stretch=2x", "stretch it to 200 % of its length"),
    ("stretch=0.5x", "stretch it to 50 % of its length"),
    ("stretch=60s", "stretch it to a length of 1:00"),
    ("shift=+2st", "shift it up by 2 semitones"),
    ("shift=-1st", "shift it down by 1 semitone"),
    ("shift=-30ct", "shift it down by 30 cents"),
    ("reverse", "reverse it"),
    ("resample=16000", "resample it to 16 kHz"),
    ("convert=flac/24", ""),
    ("convert=wav/11025/32f", "resample it to 11.025 kHz"),
    ("trim=30-60 fade-out=2 shift=+2st convert=ogg/48000", "keep 0:30 to 1:00, fade it out over the last 2 s, shift"),
    ("concatenate=b.wav", "put `b.wav` behind it"),
    ("concatenate=b.wav/0.05", "put `b.wav` behind it, crossed over 50 ms"),
    ("slice=onsets", "cut it at its onsets, a file for each"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("edits")
    noise = 0.1 * np.random.default_rng(0).standard_normal(70 * SR)
    for name in ("song.wav", "b.wav"):
        soundfile.write(made / name, noise, SR, subtype="PCM_16")
    return made


def planned(folder: Path, words: str, name: str = "song.wav") -> list[Evidence]:
    ops = absolute_paths(parse(words.split()), str(folder))
    return [to_evidence(found, name, "edit", "1") for found in name_plan(plan_edit(str(folder / name), ops, ""))]


def made(folder: Path, words: str, name: str = "song.wav", out: str = "") -> list[Evidence]:
    plan = plan_edit(str(folder / name), absolute_paths(parse(words.split()), str(folder)), out)
    done = make(plan, lambda fraction, message: None, {"edit": "test"})
    return [to_evidence(found, name, "edit", "1") for found in name_made(done)]


def page_of(evidence: list[Evidence], question: str = "please edit it", paths: tuple[str, ...] = ("song.wav",)) -> Page:
    page = Page(Request(question, paths), ROUTE, weigh(evidence))
    edit.describe(page)
    return page


def assert_proven(page: Page, paths: tuple[str, ...] = ("song.wav",)) -> list[str]:
    by_id = {item.id: item for item in page.evidence}
    for sentence in page.sentences:
        cited = with_operands([by_id[name] for name in sentence.evidence_ids], page.evidence)
        assert cited
        assert check(sentence.text, cited, question=page.question, subjects=paths) == (), sentence.text
    return [sentence.text for sentence in page.sentences]


@pytest.mark.parametrize(("words", "told"), PLANS, ids=[words for words, _ in PLANS])
def test_a_plan_is_told_and_proven(words: str, told: str, folder: Path) -> None:
    page = page_of(planned(folder, words))
    (text,) = assert_proven(page)
    assert told in text
    assert "`song-edited" in text


def test_a_plan_reads_as_a_person_would_say_it(folder: Path) -> None:
    (text,) = assert_proven(page_of(planned(folder, "fade-out=8 convert=flac/48000/24")))
    assert text == (
        "I would fade it out over the last 8 s, resample it to 48 kHz and write `song-edited.flac` "
        "(FLAC, 24 bit, 48 kHz, 1:10 long)."
    )


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("8 s", "9 s"), ("-14 LUFS", "-13 LUFS"), ("16 bit", "24 bit"), ("8 kHz", "44.1 kHz"), ("1:10", "1:12"),
     ("song-edited.wav", "other.wav"), ("WAV", "FLAC")],
)  # fmt: skip
def test_a_plan_with_one_thing_changed_is_caught(wrong: str, right: str, folder: Path) -> None:
    page = page_of(planned(folder, "fade-out=8 normalise=-14LUFS"))
    text = page.sentences[0].text
    assert wrong in text
    assert check(text.replace(wrong, right), page.evidence, question=page.question, subjects=("song.wav",)) != ()


def test_what_was_made_is_told_with_the_way_back(folder: Path) -> None:
    out = str(folder / "faded out.wav")
    page = page_of(made(folder, "fade-out=8 normalise=-20LUFS", out=out))
    texts = assert_proven(page)
    assert texts[0] == "Written: `faded out.wav` (WAV, 16 bit, 8 kHz, 1:10 long)."
    assert texts[1] == "I faded it out over the last 8 s and brought it to -20 LUFS."
    assert "LUFS, with a true peak of" in texts[2]
    assert texts[-1] == f"To undo: `grym edit {shlex.quote(out)} undo`."
    assert page.notices == []


def test_slices_are_told_with_their_number(folder: Path) -> None:
    hits = np.zeros(2 * SR)
    for start in (0.1, 0.6, 1.1, 1.6):
        hits[int(start * SR) : int(start * SR) + 800] = 0.5 * np.random.default_rng(1).standard_normal(800)
    soundfile.write(folder / "hits.wav", hits, SR, subtype="PCM_16")
    page = page_of(made(folder, "slice=onsets", "hits.wav"), paths=("hits.wav",))
    texts = assert_proven(page, ("hits.wav",))
    assert "`hits-edited-01.wav`, the first of " in texts[0]
    assert " in all)" in texts[0]
    assert texts[-1].endswith("hits-edited.wav undo`.")


def test_two_edits_are_told_by_their_recordings(folder: Path) -> None:
    paths = ("song.wav", "b.wav")
    evidence = [*planned(folder, "reverse"), *planned(folder, "fade-out=8", "b.wav")]
    page = page_of(evidence, paths=paths)
    texts = assert_proven(page, paths)
    assert texts[0].startswith("song.wav: I would reverse it")
    assert texts[1].startswith("b.wav: I would fade it out")


def test_a_doubtful_tempo_is_told_where_a_stretch_starts_from_it(folder: Path) -> None:
    evidence = planned(folder, "stretch=63.2->100bpm")
    heard = Evidence("", "rhythm.tempo_bpm", "tempo", 63.2, "BPM", 0.4, "song.wav", Source("listen", "1", "test"))
    assert any("am not sure" in text for text in assert_proven(page_of([*evidence, heard])))
    told = planned(folder, "stretch=126->100bpm")
    assert not any("am not sure" in text for text in assert_proven(page_of([*told, heard])))


@pytest.mark.parametrize("name", ["it's.wav", 'say "hi".wav', "a`b.wav", "tick\u2019s.wav", "two  spaces.wav"])
def test_a_name_that_cannot_be_quoted_leaves_a_true_sentence(name: str, folder: Path) -> None:
    soundfile.write(folder / name, np.zeros(SR), SR, subtype="PCM_16")
    page = page_of(made(folder, "reverse", name), paths=(name,))
    texts = assert_proven(page, (name,))
    assert texts[0].startswith("Written: ")
    assert any("undo" in text for text in (*texts, *page.notices))


def test_nothing_is_said_without_an_edit() -> None:
    assert page_of([]).sentences == []
