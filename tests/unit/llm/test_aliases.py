"""Names of recordings stay at home, and come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.llm.aliases import Aliases, names_files

TWO = Aliases({"stems/night_drive.flac": "night_drive.flac", "Song 2.mp3": "Song 2.mp3"})


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("how fast is night_drive.flac?", "how fast is recording A?"),
        ("Is NIGHT_DRIVE louder than song 2.MP3?", "Is recording A louder than recording B?"),
        ("stems/night_drive.flac, then Song 2.mp3.", "recording A, then recording B."),
        ("night_drive.flac.bak is another file", "night_drive.flac.bak is another file"),
        ("how loud is the drive?", "how loud is the drive?"),
    ],
)
def test_names_become_letters(text: str, hidden: str) -> None:
    assert TWO.hide(text, stems=True) == hidden


def test_a_name_without_its_ending_is_hidden_in_questions_only() -> None:
    assert TWO.hide("night_drive") == "night_drive"
    assert TWO.hide("night_drive", stems=True) == "recording A"


def test_a_file_named_by_a_word_of_the_trade_does_not_take_that_word() -> None:
    assert Aliases({"Bass.wav": "Bass.wav"}).hide("too much bass in Bass.wav?", stems=True) == (
        "too much bass in recording A?"
    )


def test_accents_taken_apart_by_the_file_system_are_the_same_name() -> None:
    assert Aliases({"café.ogg": "café.ogg"}).hide("is café.ogg loud?") == "is recording A loud?"


def test_a_letter_that_only_looks_the_same_is_hidden_as_well() -> None:
    assert "f" not in Aliases({"mif.wav": "mif.wav"}).hide("mıf.wav").replace("of", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Recording A runs at 126 BPM.", "night_drive.flac runs at 126 BPM."),
        ("The recording B is slower than recording A.", "Song 2.mp3 is slower than night_drive.flac."),
        ("Recordings A and B differ.", "night_drive.flac and Song 2.mp3 differ."),
        ("recording A's key", "night_drive.flac's key"),
        ("Recording C is unknown, a recording A? no", "Recording C is unknown, a night_drive.flac? no"),
        ("The recording is in A minor.", "The recording is in A minor."),
    ],
)
def test_letters_become_names_again(text: str, shown: str) -> None:
    assert TWO.show(text) == shown


def test_unknown_letters_are_noticed() -> None:
    assert TWO.knows_all("Recording A and recordings A, B")
    assert not TWO.knows_all("Recording C is louder.")
    assert not TWO.knows_all("Recordings A and Z are in A minor.")


def test_more_recordings_than_letters_are_told_apart() -> None:
    many = Aliases({f"take {n} of it.wav": f"take {n} of it.wav" for n in range(60)})
    assert len({many.of(f"take {n} of it.wav") for n in range(60)}) == 60
    for n in (0, 25, 26, 51, 59):
        assert many.show(many.hide(f"take {n} of it.wav")) == f"take {n} of it.wav"


@pytest.mark.parametrize(
    "text",
    ["compare it with other mix.wav", "/home/ana/music", "~/takes", r"C:\takes\one", "is ../x ok", "notes.md says so"],
)
def test_a_name_that_is_left_is_noticed(text: str) -> None:
    assert names_files(text)


@pytest.mark.parametrize(
    "text",
    ["how fast is recording A?", "8A/9A, 1/4 and km/h", "at 12.5 s, e.g. here", "read https://example.org/a/b.pdf", ""],
)
def test_plain_questions_name_no_file(text: str) -> None:
    assert not names_files(text)


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4, unique=True), st.text(max_size=60))
def test_no_name_with_an_ending_gets_out(stems: list[str], around: str) -> None:
    names = [f"x{stem.replace('/', '').replace(chr(92), '')}x.wav" for stem in stems]
    hidden = Aliases({name: name for name in names}).hide(f"{around} {' '.join(names)} ?")
    assert not any(f" {name} " in hidden for name in names)
