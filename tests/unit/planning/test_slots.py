"""What is read out of a question, in several languages, and that nothing makes it fail."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.messages import Json
from grym_synth.planning.aspects import VOCABULARY, read_aspects
from grym_synth.planning.slots import read_slots


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("trim 0:30 to 1:00", 30.0, 60.0),
        ("von 0:30 bis 1:00 bitte", 30.0, 60.0),
        ("from 10 s to 20 s", 10.0, 20.0),
        ("between 10 and 20 seconds", 10.0, 20.0),
        ("1:02:03-1:02:10", 3723.0, 3730.0),
        ("loudness of the first 10 seconds", 0.0, 10.0),
        ("the first minute", 0.0, 60.0),
        ("die ersten zehn Sekunden", 0.0, 10.0),
        ("los primeros diez segundos", 0.0, 10.0),
        ("les 10 premières secondes", 0.0, 10.0),
    ],
)
def test_time_ranges_are_seconds(question: str, start: float, end: float) -> None:
    slots = read_slots(question, [])
    assert (slots["start_s"], slots["end_s"]) == (start, end)


@pytest.mark.parametrize(
    ("question", "start"), [("fft at 1:23", 83.0), ("spectrum at 12.5 s", 12.5), ("bei 0:05,5", 5.5)]
)
def test_position_has_a_start_and_no_end(question: str, start: float) -> None:
    slots = read_slots(question, [])
    assert slots["start_s"] == start
    assert "end_s" not in slots


def test_several_ranges_are_all_kept() -> None:
    assert read_slots("0:10-0:20 and 1:00-1:30", [])["spans_s"] == [[10.0, 20.0], [60.0, 90.0]]


def test_end_of_the_file_is_counted_from_the_end() -> None:
    assert read_slots("fade out the last 8 seconds", []) == {"last_s": 8.0}


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("dotted eighth at 120 bpm", "tempos_bpm", [120.0]),
        ("tempo of 93,5", "tempos_bpm", [93.5]),
        ("is it at -14 LUFS", "targets", {"integrated_lufs": -14.0}),
        ("normalise to −16LUFS and -1 dBTP", "targets", {"integrated_lufs": -16.0, "true_peak_dbtp": -1.0}),
        ("true peak below -0.5", "targets", {"true_peak_dbtp": -0.5}),
        ("is it F# minor?", "keys", ["F# minor"]),
        ("está en la menor", "keys", ["A minor"]),
        ("ist das fis-moll", "keys", ["F# minor"]),
        ("B flat major", "keys", ["A# major"]),
        ("key of Cm", "keys", ["C minor"]),
        ("frequency of A4 and C#3", "notes", ["A4", "C#3"]),
        ("what substitutes for G7", "chords", ["G7"]),
        ("Cmaj7 then Dm7b5", "chords", ["Cmaj7", "Dm7b5"]),
        ("whine around 8k", "frequencies_hz", [8000.0]),
        ("a hum at 50 Hz or 1.5 kHz", "frequencies_hz", [50.0, 1500.0]),
        ("between 20 and 200 Hz", "ranges_hz", [[20.0, 200.0]]),
        ("1-4k", "ranges_hz", [[1000.0, 4000.0]]),
        ("fft with 8192 points", "n_fft", 8192),
        ("n_fft=4096", "n_fft", 4096),
        ("fft with a Blackman-Harris window", "window", "blackmanharris"),
        ("hanning window, 1024 points", "window", "hann"),
        ("show the top 5 peaks", "count", 5),
        ("A=415 please", "a4_hz", 415.0),
        ("in 432 tuning", "a4_hz", 432.0),
        ("read https://a.example/b?c=1, then answer", "urls", ["https://a.example/b?c=1"]),
    ],
)
def test_slot_is_read(question: str, name: str, value: Json) -> None:
    assert read_slots(question, [])[name] == value


@pytest.mark.parametrize(
    "question", ["what key is this", "how loud is it", "Am I loud enough", "full report", "is a minute long", ""]
)
def test_nothing_is_read_where_nothing_is_said(question: str) -> None:
    assert read_slots(question, []) == {}


def test_named_files_are_given_as_paths() -> None:
    assert read_slots("how loud is Drums.wav", ["x/drums.wav", "x/bass.wav"])["files"] == ["x/drums.wav"]


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("is there clipping", "facts.clipping"),
        ("wie lang ist das", "facts.duration"),
        ("does it get louder", "loudness.over_time"),
        ("pic: true peak?", "loudness.true_peak"),
        ("¿cuál es el compás? el compas", "rhythm.metre"),
        ("où sont les battements", "rhythm.beats"),
        ("è accordato a 440?", "tonality.tuning"),
        ("finns det nätbrum", "spectrum.hum"),
        ("plot a spectrogram", "spectrum.spectrogram"),
    ],
)
def test_aspects_are_found_in_seven_languages(question: str, aspect: str) -> None:
    assert aspect in read_aspects(question)


def test_general_question_has_no_aspect() -> None:
    assert read_aspects("full report please") == ()
    assert read_aspects("clipper ship brummie") == ("spectrum.hum",)  # a keyword with "*" takes every ending


def test_vocabulary_covers_what_has_landed() -> None:
    assert set(VOCABULARY) == {
        "facts", "loudness", "rhythm", "tonality", "spectrum", "chords", "structure", "notes", "timbre", "compare",
    }  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_gives_slots_that_are_json(question: str, paths: list[str]) -> None:
    json.dumps(read_slots(question, paths))
    read_aspects(question)


@pytest.mark.parametrize("piece", ["1", "1:00 to ", "C#m7/", "-1 ", "\x00\xff", "a minor ", "first ", "1 2 k "])
def test_hundred_kilobytes_are_read_at_once(piece: str) -> None:
    begin = time.perf_counter()
    read_slots(piece * (100_000 // len(piece)), [])
    assert time.perf_counter() - begin < 10.0  # a bound against patterns that explode, not a measurement
