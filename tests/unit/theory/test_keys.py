"""Reading keys, and the Camelot wheel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.theory.keys import (
    camelot,
    from_camelot,
    from_open_key,
    key_name,
    key_signature,
    neighbours,
    open_key,
    parallel,
    parse_key,
    relative,
    usual_spelling,
)

KEYS = [key_name(pitch_class, mode) for pitch_class in range(12) for mode in ("major", "minor")]


@pytest.mark.parametrize(
    ("text", "key"),
    [("A minor", "A minor"), ("Am", "A minor"), ("AM", "A major"), ("f#m", "F# minor"), ("E♭ maj", "D# major"),
     ("A:min", "A minor"),
     ("la menor", "A minor"), ("sol bémol majeur", "F# major"), ("cis-moll", "C# minor"), ("ciss-moll", "C# minor"),
     ("H-Dur", "B major"), ("B-Dur", "A# major"), ("Es-Dur", "D# major"), ("Bb", "A# major"),
     ("do# mineur", "C# minor"),
     ("si bemol maggiore", "A# major"), ("D flat major", "C# major"), ("Gb", "F# major"), ("Am7", None), ("a", None),
     ("As", None),
     ("La", None), ("hello", None), ("", None), ("A minor " * 50, None)],
)  # fmt: skip
def test_a_key_is_read_in_many_spellings(text: str, key: str | None) -> None:
    assert parse_key(text) == key


def test_camelot_is_a_bijection_over_the_24_keys() -> None:
    assert len({camelot(key) for key in KEYS}) == 24
    assert [from_camelot(camelot(key)) for key in KEYS] == KEYS
    assert [from_open_key(open_key(key)) for key in KEYS] == KEYS


def test_the_wheel_stands_as_djs_know_it() -> None:
    assert [camelot(key) for key in ("A minor", "C major", "G# minor", "B major", "E major")] == [
        "8A",
        "8B",
        "1A",
        "1B",
        "12B",
    ]
    assert open_key("A minor") == "1m"
    assert set(neighbours("A minor")) == {"D minor", "E minor", "C major"}


@pytest.mark.parametrize("code", ["0A", "13B", "8C", "A8", "", "8AA", "-1A"])
def test_what_is_no_code_is_no_key(code: str) -> None:
    assert from_camelot(code) is None


@given(st.sampled_from(KEYS))
def test_relative_and_parallel_keys_come_back(key: str) -> None:
    assert relative(relative(key)) == key
    assert parallel(parallel(key)) == key
    assert camelot(relative(key))[:-1] == camelot(key)[:-1]
    assert key in neighbours(neighbours(key)[0])


@given(st.sampled_from(KEYS))
def test_the_usual_spelling_has_six_accidentals_at_most(key: str) -> None:
    tonic, mode = usual_spelling(key)
    assert abs(key_signature(tonic, mode)) <= 6
    assert key_name(tonic.pitch_class, mode) == key


def test_a_key_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="parse_key"):
        camelot("Bb major")
