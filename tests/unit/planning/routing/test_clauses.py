"""Where one wish ends and the next begins."""

from __future__ import annotations

import pytest

from grym_synth.planning.routing.clauses import MOST, split_clauses


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "how fast is it and what's the key, also is it clipping",
            ("how fast is it", "what's the key", "is it clipping"),
        ),
        ("tempo & key", ("tempo", "key")),
        ("I made this yesterday. remove the hum", ("I made this yesterday", "remove the hum")),
        ("wie laut und wie schnell", ("wie laut", "wie schnell")),
        ("¿qué tono tiene y a cuánto va?", ("¿qué tono tiene", "a cuánto va?")),
        ("la tonalité et le tempo", ("la tonalité", "le tempo")),
        ("tom e andamento", ("tom", "andamento")),
        ("il tempo e la tonalità", ("il tempo", "la tonalità")),
        ("tempo och tonart", ("tempo", "tonart")),
    ],
)
def test_a_question_is_split_where_it_is_joined(question: str, parts: tuple[str, ...]) -> None:
    assert split_clauses(question) == parts


@pytest.mark.parametrize(
    "question", ["", "how loud is it", "is it 44,1 or 48", "is it in 3/4?", "bpm/key", "key?", "  ", "... ,"]
)
def test_one_wish_has_no_parts(question: str) -> None:
    assert split_clauses(question) == ()


def test_of_a_long_list_the_first_parts_are_enough() -> None:
    assert len(split_clauses("a, " * 500 + "b")) == MOST
