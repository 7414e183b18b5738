"""Plain statements teach; questions, judgements and anything more do not."""

import pytest

from grym_synth.planning.routing.router import Router
from grym_synth.planning.teaching import Teaching, read_teaching


@pytest.mark.parametrize(
    ("sentence", "taught"),
    [
        ("this is a snare", Teaching("label", "snare")),
        ("No, that's a closed hi-hat.", Teaching("label", "closed hi-hat")),
        ("this isn't a kick", Teaching("label", "kick", is_so=False)),
        ("it is not a tom", Teaching("label", "tom", is_so=False)),
        ("call this dusty", Teaching("label", "dusty")),
        ("no, that's 140", Teaching("tempo", 140.0)),
        ("it's 174 bpm", Teaching("tempo", 174.0)),
        ("actually it runs at 93.5 BPM", Teaching("tempo", 93.5)),
        ("the tempo should be 120", Teaching("tempo", 120.0)),
        ("no, it's 140, not 70", Teaching("tempo", 140.0)),
        ("it's in A minor", Teaching("key", "A minor")),
        ("the key is F#m", Teaching("key", "F# minor")),
        ("no, this is in Bb major", Teaching("key", "A# major")),
    ],
)
def test_statements_are_read(sentence: str, taught: Teaching) -> None:
    assert read_teaching(sentence) == taught


@pytest.mark.parametrize(
    "sentence",
    ["is this a snare?", "this is a snare?", "what is this", "how fast is it", "that's a bit loud", "this is a problem",
     "it is a great song", "this is 3 minutes", "this is a snare and make it louder", "no, that's 1400", "it's at -14",
     "this is a loop at 120 bpm", "make this a snare", "", "this is not what I asked for", "is it in A minor"],
)  # fmt: skip
def test_anything_else_teaches_nothing(sentence: str) -> None:
    assert read_teaching(sentence) is None


def test_a_statement_about_a_recording_is_routed_to_teach_and_without_one_is_not() -> None:
    router = Router(None)
    assert router.route("this is a snare", ["a.wav"]).capabilities == ("teach",)
    assert router.route("is this a snare?", ["a.wav"]).capabilities != ("teach",)
    assert router.route("what's a snare?", []).capabilities != ("teach",)
