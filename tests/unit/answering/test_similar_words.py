"""What sounds alike, in words: every sentence is held by its evidence, and lies about likeness are caught."""

from __future__ import annotations

import pytest

from grym_synth.answering.check import check
from grym_synth.answering.write import compose, write
from grym_synth.memory.named_patterns import evidence_of_shared
from grym_synth.memory.shared import Shared
from grym_synth.messages import EVIDENCE_UNITS, Detail, Evidence, Json, Request, Route, Source, Span

SOURCE = Source("hub", "1", "weighted cosines of the aspects")
ROUTE = Route(("similar",), 1.0, {}, {})


def match(path: str, percent: float, relation: str = "alike", start_s: float = 0.0, **aspects: float) -> Evidence:
    value: dict[str, Json] = {"path": path, "similarity_percent": percent, "relation": relation}
    value |= {f"{name}_percent": share for name, share in aspects.items()}
    span = Span(start_s, start_s + 4.0)
    return Evidence("", "similar.match", "match", value, "", percent / 100, path, SOURCE, span=span)


def near(is_near: bool = True) -> list[Evidence]:
    told = "near" if is_near else "nothing near"
    return [
        Evidence("", "similar.near", "label", told, "", 1.0, "song.wav", SOURCE),
        Evidence("", "similar.searched", "count", 48, "", 1.0, "song.wav", SOURCE),
    ]


MATCHES = [
    match("/lib/copy of it.wav", 100.0, "copy"),
    match("/lib/song.mp3", 99.7, "same recording"),
    match("/lib/a/theme.ogg", 93.4, start_s=8.0, pitch=98.6, rhythm=71.2, timbre=55.0),
    match("/lib/b/theme.ogg", 81.0, pitch=80.1),
    match("/lib/rest.ogg", 31.0, pitch=20.0),
]


def told(name: str, kind: str, value: Json, start_s: float | None = None) -> Evidence:
    span = None if start_s is None else Span(start_s, start_s + 4.0)
    return Evidence("", f"similar.{name}", kind, value, EVIDENCE_UNITS[kind], 1.0, "song.wav", SOURCE, span=span)


def answer(evidence: list[Evidence], detail: Detail = "normal") -> str:
    request = Request("what else sounds like this?", ("song.wav",), "/", detail=detail)
    return compose(write(request, ROUTE, evidence, []))[0]


def test_copies_the_nearest_its_reasons_and_the_others_are_told() -> None:
    text = answer([*MATCHES, *near()])
    for sentence in (
        "copy of it.wav is a copy of it [e1].",
        "song.mp3 holds the same recording [e2].",
        "a/theme.ogg sounds most like it (93 % alike), by pitch (99 %) and rhythm (71 %) [e3].",
        "Then b/theme.ogg (81 % alike) [e4].",
        "a/theme.ogg is nearest from 8 s to 0:12 [e3].",
        "grym similar song.wav",
    ):
        assert sentence in text
    assert "rest.ogg" not in text, "what is as likely unrelated is not told beside what is near"


def test_a_brief_answer_names_fewer_and_gives_no_reasons() -> None:
    text = answer([*MATCHES, *near()], "brief")
    assert "a/theme.ogg sounds most like it (93 % alike) [e3]." in text
    assert "pitch" not in text


def test_that_nothing_is_near_comes_first() -> None:
    text = answer([MATCHES[-1], *near(is_near=False)])
    assert text.startswith("Nothing in the library is near it [e1].")
    assert "The least far is rest.ogg (31 % alike) [e2]." in text
    assert answer(near()).startswith("Nothing else in the library sounds like it [e1].")


@pytest.mark.parametrize(
    "lie",
    [
        "theme.ogg sounds most like it (94 % alike).",
        "theme.ogg sounds most like it (93 % alike), by rhythm (99 %).",
        "theme.ogg is a copy of it.",
        "theme.ogg holds the same recording.",
        "rest.ogg sounds most like it (31 % alike).",
        "theme.ogg (31 % alike) and rest.ogg (93 % alike) sound like it.",
        "theme.ogg is nearest from 3 s to 0:12.",
        "verse.ogg sounds most like it (93 % alike).",
        "Nothing in the library is near it.",
        "song.mp3 is not the same recording.",
    ],
)
def test_lies_about_likeness_are_caught(lie: str) -> None:
    cited = [MATCHES[1], MATCHES[2], MATCHES[4], *near()]
    assert check(lie, cited, question="what else sounds like this?", subjects=("song.wav",))


@pytest.mark.parametrize(
    "truth",
    [
        "theme.ogg sounds most like it (93 % alike), by pitch (99 %).",
        "theme.ogg is 93 % alike.",
        "theme.ogg is not a copy of it.",
        "song.mp3 is the same recording.",
    ],
)
def test_what_the_matches_hold_may_be_said(truth: str) -> None:
    cited = [MATCHES[2], *near()] if "song.mp3" not in truth else [MATCHES[1], *near()]
    assert not check(truth, cited, question="what else sounds like this?", subjects=("song.wav",))


@pytest.mark.parametrize(("name", "told_as"), [("amen break", '"amen break"'), ("", "the same fragment")])
def test_the_pattern_that_both_hold_is_a_reason_with_seconds_in_both(name: str, told_as: str) -> None:
    shared = Shared(name, (2.5, 7.0), (73.25, 78.0))
    evidence = [*MATCHES, *evidence_of_shared(shared, "song.wav", "/lib/a/theme.ogg"), *near()]
    text = answer(evidence)
    assert f"Both hold {told_as}: it begins at 2.5 s in song.wav and at 1:13 in a/theme.ogg [e4][e5][e6]." in text
    assert "Both hold" not in answer(evidence, "brief")


def test_a_pattern_that_is_asked_for_is_told_with_its_seconds_or_with_what_was_compared() -> None:
    there = [told("pattern", "label", "amen break"), told("place", "time", 1.5, 1.5), told("place", "time", 61.5, 61.5)]
    not_there = [told("no_pattern", "label", "riff"), told("places_compared", "count", 3)]
    assert 'It holds "amen break", at 1.5 s and 1:02 [e' in answer([*there, *not_there])
    assert '"riff" does not recur in it; it was held against 3 places [e' in answer([*there, *not_there])
    assert answer([told("no_pattern", "label", "riff"), told("places_compared", "count", 1)]) == (
        '"riff" does not recur in it; it was held against 1 place [e1][e2].'
    )
