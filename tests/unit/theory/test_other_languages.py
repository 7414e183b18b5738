"""Terms of time and pitch in other languages, and chords by their Nashville numbers."""

from __future__ import annotations

import pytest

from grym_synth.theory.solve import solve


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Wie viele Millisekunden hat eine Achteltriole bei 110 bpm?", "181.82 ms"),
        ("Vierteltriole bei 90 bpm", "444.44 ms"),
        ("hur många millisekunder är en åttondelstriol i 130 bpm", "153.85 ms"),
        ("triolet de noires à 100 bpm en ms", "400 ms"),
        ("tresillo de negras a 120 bpm", "333.33 ms"),
        ("tercina di crome a 120 bpm in ms", "166.67 ms"),
        ("croche pointée à 128 bpm en ms", "351.56 ms"),
        ("corchea punteada a 120 bpm en ms", "375 ms"),
        ("wie lang sind acht Takte bei 140 bpm", "13.714 s"),
        ("ocho compases a 120 bpm cuánto dura", "16 s"),
        ("åtta takter i 120 bpm, hur långt är det", "16 s"),
        ("hur många halvtoner mellan c och g", "7 semitones"),
        ("combien de demi-tons entre do et sol", "7 semitones"),
        ("quelle note est une quinte au-dessus de ré", "is A"),
    ],
)
def test_terms_of_other_languages_are_reckoned_with(question: str, told: str) -> None:
    assert told in solve(question)[0].text


@pytest.mark.parametrize(
    ("question", "chords"),
    [
        ("1 5 6m 4 in Eb please", "Eb, Bb, Cm, Ab"),
        ("1-5-6m-4 in G", "G, D, Em, C"),
        ("1 5 6- 4 in Eb", "Eb, Bb, Cm, Ab"),
        ("2m7 5 1maj7 in Bb", "Cm7, F, Bbmaj7"),
        ("1 4 5 in A", "A, D, E"),
    ],
)
def test_nashville_numbers_are_chords_of_their_key(question: str, chords: str) -> None:
    assert chords in solve(question)[0].text


def test_plain_numbers_without_a_key_are_no_chords() -> None:
    assert solve("tracks 1 5 6 4 please") == ()
