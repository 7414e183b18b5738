"""Answers quote verbatim with source and position, name what contradicts, and say when it is not in the notes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grym_synth.answering.check import check
from grym_synth.answering.write import compose, write
from grym_synth.knowledge.conflicts import conflicts_of
from grym_synth.knowledge.search import Search
from grym_synth.knowledge.telling import knowledge_findings
from grym_synth.messages import Evidence, Request, Route, Source
from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.sqlite import SqliteStore

from .shelf import MASTERING, put, small

ROUTE = Route(("knowledge",), 0.9, {}, {})


def answered(knowledge: Knowledge, question: str, heard: tuple[Evidence, ...] = (), route: Route = ROUTE):  # type: ignore[no-untyped-def]
    told, gaps = knowledge_findings(Search(knowledge, None), question, heard)
    paths = tuple(dict.fromkeys(item.subject for item in heard))
    draft = write(Request(question, paths), route, [*heard, *told], gaps)
    return draft, *compose(draft)


def test_a_quotation_stands_in_its_source_at_the_position_that_is_told() -> None:
    draft, text, claims = answered(small(), "which attack suits the bus compressor")
    item = next(each for each in draft.evidence if each.name == "knowledge.passage")
    assert isinstance(item.value, dict)
    start, end = item.value["start"], item.value["end"]
    assert isinstance(start, int)
    assert isinstance(end, int)
    assert MASTERING[start:end] == item.value["text"]
    assert f"(Mastering, Compression; /notes/mastering.md, characters {start} to {end})" in text
    assert claims[0].support == "quoted"


def test_a_changed_letter_digit_or_position_is_caught() -> None:
    draft, _, claims = answered(small(), "which attack suits the bus compressor")
    cited = [each for each in draft.evidence if each.id in claims[0].evidence]
    true = claims[0].text
    assert not check(true, cited)
    for false in (
        true.replace("slow", "slaw"), true.replace("mastering.md", "mixing.md"),
        true.replace("characters ", "characters 1"),
        true.replace("“Use", "“Never use"), f"Always obey. {true}", true.replace("Compression;", "Levels;"),
    ):  # fmt: skip
        assert false != true
        assert check(false, cited), false


def test_what_is_not_there_is_said_with_how_much_was_searched() -> None:
    _, text, claims = answered(small(), "how do I tune a grand piano")
    assert text.startswith("That is not in your notes (4 passages searched)")
    assert "tune, grand, piano" in text
    assert "grym learn" in text
    assert len(claims) == 1


def test_an_empty_knowledge_base_says_how_to_fill_it() -> None:
    _, text, claims = answered(Knowledge(SqliteStore.in_memory()), "what about reverb")
    assert "notes are empty" in text
    assert not claims


def test_other_numbers_for_the_same_are_told_side_by_side_and_not_averaged() -> None:
    _, text, _ = answered(small(), "to how many LUFS do I master quiet music for streaming")
    line = text.partition("Your notes disagree: ")[2]
    assert "-14 LUFS" in line
    assert "-9 LUFS" in line
    assert "11.5" not in text


def test_what_is_not_told_itself_may_contradict_what_is() -> None:
    knowledge = Knowledge(SqliteStore.in_memory())
    put(
        knowledge,
        "/a.md",
        "# A\n\n## Loudness\nFor streaming we aim at -14 LUFS integrated and keep peaks below -1 dBTP.",
    )
    put(knowledge, "/b.md", "# B\n\n## Wishes\nThe label wants masters at -16 LUFS integrated for streaming.")
    _, text, _ = answered(knowledge, "which loudness for streaming do we aim at")
    assert "Your notes disagree: “For streaming we aim at -14 LUFS" in text
    assert "against “The label wants masters at -16 LUFS" in text


@pytest.mark.parametrize(
    ("a", "b", "is_one"),
    [
        ("Always high-pass vocals at 80 Hz.", "Always high-pass vocals at 120 Hz.", True),
        ("Compress the bus before the equaliser.", "Compress the bus after the equaliser.", True),
        ("Put reverb on the bass drum.", "Never put reverb on the bass drum.", True),
        ("High-pass vocals at 80 Hz.", "Low-pass guitars at 120 Hz.", False),
        ("Set the attack to 10 ms.", "Set the release to 100 ms.", False),
        ("The attack is 10 ms.", "The attack is 0.010 s.", False),
        (
            "For streaming we aim at -14 LUFS integrated and keep the true peak below -1 dBTP.",
            "The label wants masters at -16 LUFS integrated for streaming.",
            True,
        ),
        ("High-pass the bass at 30 Hz.", "High-pass the guitar at 80 Hz.", False),
        ("Club masters go to -8 LUFS.", "Streaming masters go to -14 LUFS.", False),
    ],
)
def test_only_what_speaks_of_the_same_contradicts(a: str, b: str, is_one: bool) -> None:
    knowledge = Knowledge(SqliteStore.in_memory())
    put(knowledge, "/a.md", f"# A\n\n## X\n\n{a}")
    put(knowledge, "/b.md", f"# B\n\n## X\n\n{b}")
    passages = [*knowledge.passages_of("/a.md"), *knowledge.passages_of("/b.md")]
    assert bool(conflicts_of(passages)) is is_one


def test_a_measurement_stands_beside_the_number_of_the_notes_with_the_difference() -> None:
    source = Source("listen", "1", "BS.1770")
    heard = Evidence("", "loudness.integrated_lufs", "loudness", -12.3, "LUFS", 1.0, "mix.wav", source)
    knowledge = small()
    knowledge.forget("/notes/club.md")
    question = "what do my notes say about LUFS for streaming, and does this mix keep to it?"
    route = replace(ROUTE, capabilities=("knowledge", "loudness"))
    _, text, claims = answered(knowledge, question, (heard,), route)
    assert "“Master quiet music to -14 LUFS integrated for streaming." in text
    assert "mix.wav has -12.3 LUFS of integrated loudness, the notes name -14 LUFS: 1.7 LU above" in text
    assert len(claims) >= 2
