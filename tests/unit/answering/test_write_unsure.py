"""Stories about sounds that have no answer: one hit, noise, silence, two recordings that hardly differ."""

from __future__ import annotations

from collections.abc import Sequence

from grym_synth.answering.write import compose, write
from grym_synth.messages import Evidence, Json, Route
from grym_synth.planning.aspects import read_aspects

from .made_evidence import made, request


def ask(question: str, capability: str, evidence: Sequence[Evidence], *paths: str) -> str:
    """The answer as it is read; every sentence that was written has passed the checker."""
    aspects: list[Json] = [name for name in read_aspects(question) if name.startswith(f"{capability}.")]
    route = Route((capability,), 0.9, {}, {"aspects": aspects})
    draft = write(request(question, *(paths or ("mix.wav",))), route, evidence, ())
    text, claims = compose(draft)
    assert len(claims) == len(draft.sentences), text
    return text


def tagged(confidence: float, label: str | None = None) -> list[Evidence]:
    tags: Json = [{"tag": "techno", "confidence": confidence}]
    return [
        made("timbre.label", "label", label, confidence=0.9 if label else 0.0),
        made("timbre.tags", "tag", tags, confidence=confidence),
    ]


def test_a_tag_is_told_as_surely_as_it_is_known() -> None:
    assert ask("what is this?", "timbre", tagged(0.8)) == "It sounds like: techno [e1]."
    assert ask("what is this?", "timbre", tagged(0.4)) == "I am not sure, but it sounds like: techno [e1]."
    faint = "I cannot tell what it is; if anything, it sounds like: techno [e1]."
    assert ask("what is this?", "timbre", tagged(0.15)) == faint


def test_beside_a_known_kind_of_sound_tags_need_no_second_doubt() -> None:
    assert ask("what is this?", "timbre", tagged(0.2, "kick")).endswith("[e1]. It sounds like: techno [e2].")


def test_a_sound_of_no_known_kind_is_described_by_its_tags() -> None:
    assert "techno" in ask("what sound is this?", "timbre", tagged(0.4))
    assert "techno" not in ask("is it a kick?", "timbre", tagged(0.4))


def section(end_s: float) -> list[Evidence]:
    parts: Json = [{"start_s": 0.0, "end_s": end_s, "label": "A", "bars": None, "confidence": 0.9}]
    return [made("structure.sections", "section", parts), made("structure.form", "label", "A")]


def test_a_single_hit_has_no_parts_and_no_chorus() -> None:
    short = ask("where does the chorus start?", "structure", section(0.22))
    assert short == "It is all one section of 0.22 s: too short to have parts [e1]."
    long = ask("where does the chorus start?", "structure", section(20.0))
    assert long == "It is all one section, in which nothing sets itself apart: A 0:00–0:20 [e1]."
    assert ask("what is the form?", "structure", section(20.0)) == "It is all one section: A 0:00–0:20 [e1]."


def test_a_key_that_is_hardly_likelier_than_any_other_is_no_key() -> None:
    keys = [
        made("tonality.key", "musical_key", "E major", confidence=0.09),
        made("tonality.key", "musical_key", "B major", confidence=0.08, rank=1),
    ]
    text = ask("which key?", "tonality", keys)
    assert text == "I hear no clear key in it: E major fits best, but I am only 9 % sure [e1]."


def test_a_doubtful_swing_is_no_plain_no() -> None:
    straight = [made("rhythm.swing", "number", 0.515, confidence=0.26)]
    text = ask("does it swing?", "rhythm", straight)
    assert text == "I am not sure, but it is straight: the off-beats fall at 0.52 of the beat [e1]."


def brightness(a_hz: float, b_hz: float) -> list[Evidence]:
    return [
        made("spectrum.centroid_hz", "frequency", hz, subject=name) for name, hz in (("a.wav", a_hz), ("b.wav", b_hz))
    ]


def test_the_darker_one_comes_first_when_that_was_asked() -> None:
    text = ask("which of these is darker?", "spectrum", brightness(400.0, 900.0), "a.wav", "b.wav")
    assert text.startswith("The darkest is a.wav, the brightest b.wav [e1][e2].")
    text = ask("which is brighter?", "spectrum", brightness(400.0, 900.0), "a.wav", "b.wav")
    assert text.startswith("The brightest is b.wav, the darkest a.wav [e1][e2].")


def test_two_centroids_a_hair_apart_are_about_the_same() -> None:
    text = ask("which of these is darker?", "spectrum", brightness(407.0, 416.0), "a.wav", "b.wav")
    assert text.startswith("Their brightness hardly differs; by a hair, the darkest is a.wav, the brightest b.wav [e1]")
