"""WordPiece against ids that the `tokenizers` package gave for the same vocabulary."""

from __future__ import annotations

import pytest

from grym_synth.sentences.wordpiece import load_vocabulary, split_pieces, split_words, token_ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [101, 102]),
        ("what tempo is this loop?", [101, 2054, 13657, 2003, 2023, 7077, 1029, 102]),
        ("¿En qué tonalidad está?", [101, 1094, 4372, 10861, 10228, 11475, 14697, 9765, 2050, 1029, 102]),
        ("C#m7♭5 at 120bpm", [101, 1039, 1001, 1049, 2581, 24102, 2629, 2012, 6036, 2497, 9737, 102]),
        ("naïve café — “quoted”", [101, 15743, 7668, 1517, 1523, 9339, 1524, 102]),
        ("日本語の音楽", [101, 1864, 1876, 1950, 1671, 100, 100, 102]),
        ("a\tb\nc\x00d\u200be", [101, 1037, 1038, 3729, 2063, 102]),
        (
            "мой трек в ре миноре",
            [
                101,
                1191,
                14150,
                10325,
                1197,
                16856,
                15290,
                23925,
                1182,
                1195,
                15290,
                1191,
                10325,
                18947,
                14150,
                16856,
                15290,
                102,
            ],
        ),
        (
            "Überlautheit/LUFS $1.50~",
            [101, 19169, 17298, 10760, 4183, 1013, 11320, 10343, 1002, 1015, 1012, 2753, 1066, 102],
        ),
        ("x" * 101, [101, 100, 102]),
    ],
)
def test_ids_are_those_of_the_reference_tokenizer(text: str, ids: list[int]) -> None:
    assert token_ids(text, load_vocabulary()) == ids


def test_vocabulary_is_whole() -> None:
    vocabulary = load_vocabulary()
    assert len(vocabulary) == 30522
    assert (vocabulary["[PAD]"], vocabulary["[UNK]"], vocabulary["[CLS]"], vocabulary["[SEP]"]) == (0, 100, 101, 102)


def test_accents_and_case_are_taken_away() -> None:
    assert list(split_words("Naïve CAFÉ")) == ["naive", "cafe"]


def test_ideographs_and_punctuation_stand_alone() -> None:
    assert list(split_words("音楽?ok")) == ["音", "楽", "?", "ok"]


def test_word_without_pieces_is_unknown() -> None:
    assert split_pieces("\u16a0", load_vocabulary()) == ["[UNK]"]
    assert split_pieces("a" * 101, load_vocabulary()) == ["[UNK]"]


def test_long_text_is_cut_and_closed() -> None:
    ids = token_ids("tempo " * 1000, load_vocabulary(), limit=16)
    assert len(ids) == 16
    assert ids[-1] == 102
