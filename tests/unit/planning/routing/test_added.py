"""Capabilities that agents of the user bring: asked for by questions like their examples, and by no others."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.packs import find_pack
from grym_synth.planning.routing.added import Added
from grym_synth.planning.routing.router import Router, load_router

EXAMPLES = {"breath": ("where does the singer breathe in", "how many breaths are there", "find the breath noises")}


def fake_vectors(sentence: str) -> np.ndarray:
    """Three directions: breath, loudness, and everything else."""
    x = np.array([sentence.count("breath") + sentence.count("inhale"), sentence.count("loud"), 0.3], np.float32)
    return np.asarray(x / np.linalg.norm(x))


@pytest.mark.parametrize("encode", [None, fake_vectors])
def test_a_question_like_an_example_is_for_it_and_another_is_not(encode: object) -> None:
    added = Added(EXAMPLES, encode)  # type: ignore[arg-type]
    example, likeness, is_all = added.match("How many breaths are there?")["breath"]
    assert example in EXAMPLES["breath"]
    assert is_all
    assert likeness > 0.85
    assert added.match("how loud is the chorus") == {}
    assert Added({}, encode).match("how many breaths are there") == {}  # type: ignore[arg-type]


def test_meaning_is_understood_where_the_model_is_there() -> None:
    assert "breath" in Added(EXAMPLES, fake_vectors).match("count each time they inhale")
    assert Added(EXAMPLES, fake_vectors).without_encoder().match("count each time they inhale") == {}


@pytest.mark.parametrize("examples", [{}, EXAMPLES])
def test_what_others_bring_changes_no_other_route(examples: dict[str, tuple[str, ...]]) -> None:
    router = Router(None, examples)
    for question in ("how fast is it", "what key is this in", "is it loud enough for streaming", "write me a poem"):
        assert (
            router.route(question, ["song.wav"]).capabilities == Router(None).route(question, ["song.wav"]).capabilities
        )


def test_the_route_tells_the_example_that_it_is_like() -> None:
    route = Router(None, EXAMPLES).route("find the breath noises", ["song.wav"])
    assert route.capabilities == ("breath",)
    assert route.reasons["breath"] == "like its example: “find the breath noises”"


@pytest.mark.slow
@pytest.mark.skipif(find_pack("minilm") is None, reason="the MiniLM pack is not here")
def test_with_the_model_a_paraphrase_is_enough() -> None:
    router = load_router(find_pack("minilm"), EXAMPLES)
    assert "breath" in router.route("count the breaths the vocalist takes", ["song.wav"]).capabilities
    assert router.route("how fast is it", ["song.wav"]).capabilities == ("rhythm",)
