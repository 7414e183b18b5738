"""Nobody is recognised by ear: such questions are declined, and who made a file is read from its tags."""

from __future__ import annotations

import pytest

from grym_synth.planning.identity import asks_maker, asks_performer


@pytest.mark.parametrize(
    "question",
    [
        "who's singing on this?", "who is the one singing here", "who plays the drums?", "whose voice is that",
        "¿quién canta aquí?",
        "wer singt da?", "qui chante ?", "quem canta nessa?", "chi canta?", "vad heter sångerskan?", "vem sjunger?",
        "wie heißt die Sängerin?", "what's the name of the singer",
    ],
)  # fmt: skip
def test_asking_for_a_performer_is_recognised(question: str) -> None:
    assert asks_performer(question)


@pytest.mark.parametrize(
    "question",
    [
        "what instruments play?", "is somebody singing?", "which notes does the bass play",
        "who is the artist in the tags?",
        "which one is louder?", "does it play in tune?", "is there a singer on it?",
    ],
)  # fmt: skip
def test_asking_for_what_is_heard_asks_for_nobody(question: str) -> None:
    assert not asks_performer(question)


@pytest.mark.parametrize("question", ["who made this?", "¿quién hizo esto?", "wer hat das gemacht?", "chi l'ha fatto?"])
def test_asking_who_made_it_asks_for_a_maker(question: str) -> None:
    assert asks_maker(question)
