"""docs/answers.md says what the writers do: its figures and names are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from grym_synth.answering.stated import GAIN_TAGS, KEY_TAGS, LENGTH_TAGS, REPLAYGAIN_LUFS, TEMPO_TAGS
from grym_synth.answering.weigh import HEARD
from grym_synth.answering.words import system
from grym_synth.answering.words.among import EDGE, FEW, SOME
from grym_synth.answering.words.certainty import FAINT_KEY, FAINT_TAG, LIKELY, SURE, doubt, in_words
from grym_synth.answering.words.page import MOST_SUGGESTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "answers.md").read_text(encoding="utf-8")


def rows(first_heading: str) -> list[list[str]]:
    """The cells of the table whose first column has that heading."""
    block = PAGE[PAGE.index(f"| {first_heading} |") :].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()[2:]]


def test_the_words_of_certainty_have_the_thresholds_of_the_code() -> None:
    said = {cells[0]: cells[1:] for cells in rows("confidence")}
    assert list(said) == [
        f"from {SURE}", f"from {LIKELY}", "below", f"a key below {FAINT_KEY}", f"tags of a sound all below {FAINT_TAG}",
    ]  # fmt: skip
    assert [in_words(at) for at in (SURE, LIKELY, LIKELY - 0.01)] == [said[name][1] for name in list(said)[:3]]
    assert (doubt(SURE), doubt(LIKELY).strip(), doubt(0.1).strip()) == ("", "most likely", "perhaps")
    assert said[f"from {LIKELY}"][0].startswith('"Most likely')
    assert "perhaps" in said["below"][0]


def test_the_numbers_of_recordings_are_those_of_the_code() -> None:
    many = next(cells for cells in rows("recordings") if cells[0] == "many")
    assert many[1].startswith(f"more than {FEW}:")
    assert many[2].startswith(f"more than {SOME}: {EDGE} from either end")
    assert f"up to {FEW} recordings" in PAGE
    assert MOST_SUGGESTIONS == 2
    assert "At most two things" in PAGE


def test_every_topic_of_disagreement_is_told_with_where_it_is_written() -> None:
    told = {cells[0]: cells[1:] for cells in rows("about")}
    assert set(told) == set(HEARD)
    for topic, (name, room) in HEARD.items():
        assert f"`{name}`" in told[topic][1]
        assert room == 0.0 or re.match(rf"{room:g} ", told[topic][2])
    tags = {"tempo": TEMPO_TAGS, "key": KEY_TAGS, "loudness": GAIN_TAGS, "duration": LENGTH_TAGS}
    assert all(f"`{name}`" in told[topic][0] for topic, names in tags.items() for name in names)
    assert f"{REPLAYGAIN_LUFS:g} LUFS minus the gain" in told["loudness"][0]


def test_every_finding_about_the_hub_is_named() -> None:
    section = PAGE[PAGE.index("## About the hub") : PAGE.index("## What the checker")]
    names = {value for value in vars(system).values() if isinstance(value, str) and value.startswith("system.")}
    assert len(names) > 8
    assert not [name for name in names if f"`{name.removeprefix('system.')}`" not in section]
