"""What a model wrote, cut into sentences and read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.answering.checks.tokens import read
from grym_synth.answering.model_sentences import (
    claims_certainty,
    denials,
    doubts,
    is_plain,
    read_sentence,
    split,
    verdict,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It runs at 126.5 BPM [e1]. It is in A minor [e2].", ["It runs at 126.5 BPM [e1].", "It is in A minor [e2]."]),
        ("It runs at 126 BPM. [e1] It is in A. [e2][e3]", ["It runs at 126 BPM. [e1]", "It is in A. [e2][e3]"]),
        ("It is loud, e.g. at 0:30 [e1]. Yes!", ["It is loud, e.g. at 0:30 [e1].", "Yes!"]),
        ("See no. 3 and approx. 126 BPM vs. 128 [e1].", ["See no. 3 and approx. 126 BPM vs. 128 [e1]."]),
        ("J. S. Bach wrote it. So it is.", ["J. S. Bach wrote it.", "So it is."]),
        ("The chord is A. The next is B.", ["The chord is A.", "The next is B."]),
        ("mix.wav runs at 126 BPM. loop.wav does too.", ["mix.wav runs at 126 BPM. loop.wav does too."]),
        ("Well... It runs [e1]? Yes.", ["Well...", "It runs [e1]?", "Yes."]),
        ("- Tempo: 126 BPM [e1]\n- Key: A minor [e2]", ["- Tempo: 126 BPM [e1]", "- Key: A minor [e2]"]),
        ("1. It runs [e1].\n2. It ends [e2].", ["1. It runs [e1].", "2. It ends [e2]."]),
        ("# Answer\n\nIt runs at\n126 BPM [e1].", ["# Answer", "It runs at\n126 BPM [e1]."]),
        ("It runs at 126 BPM\n[e1].\nIt ends.", ["It runs at 126 BPM\n[e1].", "It ends."]),
        ("Tempo: 126 BPM [e1]\nkey: A minor [e2]", ["Tempo: 126 BPM [e1]", "key: A minor [e2]"]),
        ("**It runs at 126 BPM.** [e1] It ends.", ["**It runs at 126 BPM.** [e1]", "It ends."]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


_pieces = st.sampled_from(
    ["It runs", " at 126.5", " BPM", ".", "!", "?", "…", " ", "\n", "\n\n", "- ", "1. ", "[e1]", "[e2, e3]", "e.g.",
     "No. 3", "A", " b", "**", "(", ")", '"', "’", "mix.wav", "[", "]", "# ", "\t", ":", ";"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(_pieces, max_size=40).map("".join)))
def test_joined_the_sentences_give_back_every_letter(text: str) -> None:
    sentences = split(text)
    assert re.sub(r"\s", "", "".join(sentences)) == re.sub(r"\s", "", text)
    assert all(sentence == sentence.strip() and sentence for sentence in sentences)


@given(st.lists(st.sampled_from(["It runs at 126.5 BPM", "It is in A minor", "The peak is -0.4 dBTP"]), max_size=8),
       st.sampled_from([". ", ".\n", "! ", "?\n\n", " [e1]. ", ". [e2] "]))  # fmt: skip
def test_whole_sentences_are_told_apart(sentences: list[str], between: str) -> None:
    text = "".join(f"{sentence}{between}" for sentence in sentences)
    assert len(split(text)) == len(sentences)


@pytest.mark.parametrize(
    "piece", ["a", ".", "[e1", "[e1,", " \n", "e.g.", "*", "1", "[e1 e1 ", " ", "[", "\t", '."', "[e1]"]
)
def test_a_text_without_an_end_is_read_in_one_go(piece: str) -> None:
    # Quadratic time would be minutes, and run into the time limit of every test.
    text = f"x{piece * (400_000 // len(piece))}x"
    assert re.sub(r"\s", "", "".join(split(text))) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("part", "text", "cited"),
    [
        ("It runs at 126 BPM [e1][e2].", "It runs at 126 BPM.", ("e1", "e2")),
        ("It runs at 126 BPM. [e1, e2]", "It runs at 126 BPM.", ("e1", "e2")),
        ("- **Tempo**: 126 BPM [E1] [e1]", "Tempo: 126 BPM", ("e1",)),
        ("2) It runs [e1], and ends [e4 and e5]!", "It runs, and ends!", ("e1", "e4", "e5")),
        ("- 14.1 LUFS", "14.1 LUFS", ()),
        ("-14.1 LUFS", "-14.1 LUFS", ()),
        ("It runs [1] (e1).", "It runs [1] (e1).", ()),
        ("[e1]", "", ("e1",)),
    ],
)
def test_citations_and_layout_are_taken_off(part: str, text: str, cited: tuple[str, ...]) -> None:
    written = read_sentence(part)
    assert (written.text, written.cited) == (text, cited)


@pytest.mark.parametrize(
    "text",
    [
        "It's at −14.1 LUFS, 3:02 long (8A) – “no”"[:34],
        "D – A7 – Bm°",
        "A4 = 440 Hz, 50 % of ±1"[:13],
        "Its beats' end"[:9],
    ],
)
def test_plain_sentences_pass(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize(
    "text",
    ['the tag says "x"', "it is ‘so’", "run `rm`", "see [this](x)", "a < b", "red\x1b[31m", "turned \u202e round",
     "x" * 601, "", "…", "two\nlines", "zero\u200bwidth", "a\u0301", "Ѕо", "a|b", "$HOME", "grym --yes", "a@b", "{x}",
     "C:\\x", "snake_case"],
)  # fmt: skip
def test_quotations_links_code_and_hidden_letters_do_not(text: str) -> None:
    assert not is_plain(text)


def test_words_are_what_stands_beside_numbers_names_and_recordings() -> None:
    tokens = read("The tempo of mix.wav is 126 BPM; it isn’t in the track's A minor (8A).", ("mix.wav",))
    assert words_of(tokens) == {"the", "tempo", "of", "is", "it", "isn't", "in", "track"}


@pytest.mark.parametrize(
    ("text", "opening"),
    [("Yes: it does.", "yes"), ("No, it is not.", "no"), ("No clipping was found.", ""), ("About the same: 3 and 4.",
     "about the same"), ("Right, it is so.", "right"), ("It is right.", "")],
)  # fmt: skip
def test_a_verdict_is_the_word_that_opens(text: str, opening: str) -> None:
    assert verdict(text) == opening


def test_denials_are_counted_without_verdicts_and_doubts() -> None:
    assert denials("No: it isn't clipped, and not silent.") == 2
    assert denials("I am not sure: perhaps 126 BPM.") == 0


def test_doubts_are_counted_by_degree() -> None:
    assert doubts("perhaps A, or maybe B, most likely C") == (2, 1)
    assert doubts("I am not sure which") == (1, 0)
    assert doubts("It is in A minor") == (0, 0)


@pytest.mark.parametrize(
    "text", ["It is surely so", "I am certain", "with full confidence", "with certainty", "I am sure"]
)
def test_certainty_is_a_claim(text: str) -> None:
    assert claims_certainty(text)


@pytest.mark.parametrize("text", ["59 % sure", "I am not sure", "with a confidence of 59 %", "62 per cent certain"])
def test_certainty_by_number_is_for_the_checker(text: str) -> None:
    assert not claims_certainty(text)
