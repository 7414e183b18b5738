"""Questions about a library are read as they are meant, and what is not understood is said."""

from __future__ import annotations

import pytest
from benchmarks.find_questions import AFTER, DEVELOPED, brief, in_order, read

from grym_synth.library.query import Called, Copied, Holds, Same
from grym_synth.library.vocabulary import MOODS
from grym_synth.library.words import read_query


@pytest.mark.parametrize(("question", "wanted"), [*DEVELOPED, *AFTER])
def test_a_question_is_read_as_it_is_meant(question: str, wanted: str) -> None:
    assert brief(read(question)) == in_order(wanted)


def test_a_number_means_what_its_unit_says() -> None:
    assert brief(read("120 bpm")) != brief(read("120 s"))
    assert read("longer than 2").not_understood


def test_a_tempo_without_a_unit_is_told_as_a_guess() -> None:
    assert "taken for a tempo" in read("loops between 120 and 125").notes[0]


@pytest.mark.parametrize("text", ["", " ", "???", "a" * 100_000, "\0\0", "🎵" * 300, "((((", "not", "or or", "ß é ø"])
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    read_query(text)


@pytest.mark.parametrize(
    "text",
    [
        "amen break",
        "tracks with the amen break",
        "which of my tracks use the Amen Break?",
        "songs that contain the pattern called amen break",
        'recordings using "amen break"',
    ],
)
def test_a_named_pattern_is_understood_whole(text: str) -> None:
    query = read_query(text, patterns=["amen", "amen break"])
    assert Holds("amen break") in [condition.test for condition in query.conditions]
    assert not any(isinstance(condition.test, Called) for condition in query.conditions)
    assert query.not_understood == ()


def test_a_pattern_may_be_left_out() -> None:
    (condition,) = read_query("without the amen break", patterns=["amen break"]).conditions
    assert (condition.test, condition.is_not) == (Holds("amen break"), True)


@pytest.mark.parametrize("text", ["all", "show me everything", "alles", "todo", "list all", "what do I have"])
def test_who_asks_for_everything_gets_it(text: str) -> None:
    query = read(text)
    assert query.is_everything
    assert not query.not_understood


def test_everything_of_a_kind_is_that_kind() -> None:
    assert brief(read("all my kicks")) == "class=kick"
    assert not read("all my kicks").is_everything
    assert not read("all the bagpipes").is_everything


@pytest.mark.parametrize(
    ("text", "meant"),
    [("drak kicks", "dark kicks"), ("snaers", "snares"), ("kiks", "kicks"), ("brigth pads", "bright pads")],
)
def test_a_slip_of_the_pen_is_put_right_and_told(text: str, meant: str) -> None:
    query = read(text)
    assert brief(query) == brief(read(meant))
    assert "was read as" in query.notes[0]


@pytest.mark.parametrize("word", ["house", "amen", "bagpipes", "hip"])
def test_a_word_that_is_no_slip_stays_what_it_is(word: str) -> None:
    assert not any("was read as" in note for note in read(word).notes)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("120", "tempo_bpm=119.5..120.5"),
        ("loops 120-130", "shape=loop tempo_bpm=120..130"),
        ("last 5", "order=changed- limit=5"),
        ("nicht hell", "!bright"),
    ],
)
def test_what_beginners_type_is_read(text: str, wanted: str) -> None:
    assert brief(read(text)) == in_order(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("how many different keys", "asked=each:key"),
        ("how many keys do I have", "asked=each:key"),
        ("wie viele verschiedene Tonarten", "asked=each:key"),
        ("how many different tempos", "asked=spread:tempo_bpm"),
        ("how many kicks", "class=kick asked=count:"),
        ("how long is everything", "asked=total:duration_s"),
        ("how long is my library", "asked=total:duration_s"),
        ("how big is my library", "asked=total:size_mb"),
        ("bigger than 1 MB", "size_mb=1.."),
        ("kicks under 500 kB", "class=kick size_mb=..0.5"),
        ("the three largest files", "order=size_mb- limit=3"),
        ("list folders", "asked=each:folder"),
        ("which folders do I have", "asked=each:folder"),
        ("in Gb", "key=F#, major or minor"),
    ],
)
def test_sizes_folders_and_numbers_of_different_ones_are_read(text: str, wanted: str) -> None:
    assert brief(read(text)) == in_order(wanted)


@pytest.mark.parametrize("text", ["duplicates", "exact copies", "duplicate files", "Duplikate", "doublons"])
def test_copies_are_asked_for(text: str) -> None:
    query = read(text)
    assert [condition.test for condition in query.conditions] == [Copied()]
    assert not query.not_understood
    assert "grym similar FILE" in query.notes[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("same key as X.wav", [Same("key", "X.wav")]),
        ("in the same tempo and key as Loop one.wav", [Same("tempo_bpm", "Loop one.wav"), Same("key", "Loop one.wav")]),
        ('with the same length as "My Break"', [Same("duration_s", "My Break")]),
    ],
)
def test_a_recording_may_be_named_to_be_like(text: str, wanted: list[Same]) -> None:
    query = read(text)
    assert [condition.test for condition in query.conditions] == wanted
    assert not query.not_understood


def test_the_name_of_a_file_is_no_kind_of_sound() -> None:
    assert [condition.test for condition in read("kick_01.wav").conditions] == [Called("kick_01.wav")]


@pytest.mark.parametrize("mood", ["sad", "happy", "chill", "clean"])
def test_a_mood_is_said_to_be_unmeasured_with_what_is_near(mood: str) -> None:
    query = read(f"{mood} songs")
    assert query.not_understood == (mood,)
    assert f"grym teach {mood} FILE" in query.notes[0]
    known = read_query(mood, knows=lambda name: name == mood)
    assert ([condition.test for condition in known.conditions], known.notes) == ([Called(mood)], ())


@pytest.mark.parametrize("near", sorted(set(MOODS.values())))
def test_what_is_said_to_be_near_a_mood_is_understood(near: str) -> None:
    query = read(near)
    assert query.adjectives or query.conditions
    assert not query.not_understood
