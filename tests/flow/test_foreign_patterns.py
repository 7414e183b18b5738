"""Patterns of the earlier grym-synth: taken in once, what is broken told and passed over, kept apart from ours."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.command import Grym

from grym_synth.sharing.foreign import Skipped, alike, link, read_patterns
from grym_synth.storage.foreign import Foreign, ForeignPattern
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import LibraryFile
from grym_synth.storage.store import Store


def vector(seed: int, length: int = 768) -> list[float]:
    return [round(float(x), 6) for x in np.random.default_rng(seed).standard_normal(length)]


def one(path: Path, **document: object) -> ForeignPattern | Skipped:
    path.write_text(json.dumps(document))
    (found,) = read_patterns(path)
    return found


BAD = {
    "truncated": ('{"patterns": [{"vector": [1, 2', "it is no JSON"),
    "not a number": ('[{"vector": [' + ", ".join(["NaN"] * 768) + "]}]", "no finite number"),
    "no number in its metadata": (json.dumps([{"vector": vector(1), "metadata": {"x": float("inf")}}]), "not JSON"),
    "thousands of digits": ('[{"vector": [' + ", ".join(["9" * 5000] * 512) + "]}]", "no finite number"),
    "endless": ('[{"vector": [' + ", ".join(["1e999"] * 768) + "]}]", "no finite number"),
    "huge numbers": ('[{"vector": [' + ", ".join(["9" * 400] * 768) + "]}]", "no finite number"),
    "short": ('[{"vector": [1, 2, 3]}]', "3 numbers; 512 or 768"),
    "a million numbers": (json.dumps([{"vector": [0] * 1_000_000}]), "1000000 numbers"),
    "words": (json.dumps([{"vector": ["x"] * 768}]), "no number"),
    "truths": (json.dumps([{"vector": [True] * 768}]), "no number"),
    "zeros": (json.dumps([{"vector": [0] * 512}]), "nothing but zeros"),
    "no vector": ('[{"name": "kick"}]', "no vector"),
    "no object": ("[1]", "no object"),
    "nothing": ("{}", "no pattern"),
    "nested": ("[" * 100_000, "no JSON"),
    "odd metadata": (json.dumps([{"vector": vector(1), "metadata": [1]}]), "metadata are no object"),
    "long metadata": (json.dumps([{"vector": vector(1), "metadata": {"x": "y" * 100_000}}]), "metadata have 1000"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_broken_is_passed_over_with_its_reason(tmp_path: Path, kind: str) -> None:
    text, reason = BAD[kind]
    (path := tmp_path / "p.json").write_text(text)
    (found,) = read_patterns(path)
    assert isinstance(found, Skipped)
    assert reason in found.reason


def test_one_that_is_broken_stops_no_other_of_its_file_and_reasons_have_an_end(tmp_path: Path) -> None:
    good = json.dumps({"vector": vector(1)})
    broken = ", ".join(f'{{"vector": [{", ".join([bad] * 768)}]}}' for bad in ("NaN", "9" * 5000, "1e999"))
    (path := tmp_path / "p.json").write_text(f"[{broken}, {good}]")
    found = list(read_patterns(path))
    assert [type(each) for each in found] == [Skipped, Skipped, Skipped, ForeignPattern]
    path.write_text("[" + "[]," * 5000 + good + "]")
    many = list(read_patterns(path))
    assert len(many) == 1001
    assert "the rest is passed over" in str(many[-1])


def test_links_and_large_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("[]")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    (found,) = read_patterns(tmp_path / "link.json")
    assert isinstance(found, Skipped)
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(101 * 1024 * 1024)
    (large,) = read_patterns(tmp_path / "large.json")
    assert isinstance(large, Skipped)
    assert "101 MB" in large.reason


def test_each_form_of_a_file_is_read(tmp_path: Path) -> None:
    same = {"vector": vector(1), "metadata": {"model": "wav2vec2", "name": "kick"}}
    forms = ([same], {"patterns": [same]}, {"patterns": {"a": same}}, {"a": same}, same)
    for form in forms:
        (path := tmp_path / "p.json").write_text(json.dumps(form))
        (found,) = read_patterns(path)
        assert isinstance(found, ForeignPattern)
        assert (found.name, found.model, len(found.vector)) == ("kick", "wav2vec2", 768)


def test_a_recording_of_the_library_is_found_by_path_or_hash(any_store: Store, tmp_path: Path) -> None:
    Library(any_store).put_files([LibraryFile("/music/a.wav", 1, 1, 1, 1, 1, "a" * 64)])
    foreign = Foreign(any_store)
    found = [
        one(tmp_path / "p.json", vector=vector(n), metadata=of)
        for n, of in enumerate(({"path": "/music/a.wav"}, {"sha256": "A" * 64}, {"path": "/music/b.wav"}))
    ]
    linked = link([item for item in found if isinstance(item, ForeignPattern)], foreign)
    assert [item.recording for item in linked] == ["a" * 64, "a" * 64, ""]
    foreign.put([replace(item, recording="") for item in linked])  # before its recording was in the library
    assert set(foreign.known([item.id for item in linked]).values()) == {""}
    foreign.put(linked)
    foreign.put([replace(item, recording="b" * 64) for item in linked])  # what it is tied to stays so
    assert foreign.known([item.id for item in linked]) == {item.id: item.recording or "b" * 64 for item in linked}
    kept = foreign.find()
    assert {item.id for item in kept} == {item.id for item in linked}
    assert all((kept_.vector == item.vector).all() for kept_ in kept for item in linked if item.id == kept_.id)
    assert foreign.forget(linked[0].source) == 3


def test_only_those_of_the_same_model_and_length_are_compared(any_store: Store, tmp_path: Path) -> None:
    near = [x + 0.01 for x in vector(1)]
    given = {"a": (vector(1), "m"), "near": (near, "m"), "far": (vector(2), "m"), "other": (vector(1), "n")}
    found = [
        one(tmp_path / "p.json", name=name, vector=numbers, metadata={"model": model})
        for name, (numbers, model) in given.items()
    ]
    found.append(one(tmp_path / "p.json", name="short", vector=vector(1, 512), metadata={"model": "m"}))
    patterns = [item for item in found if isinstance(item, ForeignPattern)]
    (foreign := Foreign(any_store)).put(patterns)
    told = alike(patterns[0], foreign.of_the_same(patterns[0]))
    assert [item.name for item, _ in told] == ["near", "far"]
    assert told[0][1] > 0.99 > abs(told[1][1])


@pytest.mark.slow
def test_the_commands_take_in_list_compare_and_forget(tmp_path: Path) -> None:
    grym, folder = Grym(tmp_path), tmp_path / "old"
    folder.mkdir()
    (folder / "a.json").write_text(
        json.dumps([{"id": "kick", "vector": vector(1)}, {"id": "snare", "vector": vector(2)}])
    )
    (folder / "b.json").write_text("{")
    (planned,) = grym("patterns", "foreign", "add", "old", "--dry-run")
    assert (planned["taken"], len(planned["skipped"])) == (2, 1)
    assert not grym.home.exists()
    (taken,) = grym("patterns", "foreign", "add", "old")
    assert (taken["taken"], taken["known"]) == (2, 0)
    (again,) = grym("patterns", "foreign", "add", "old")
    assert (again["taken"], again["known"]) == (0, 2)
    (listed,) = grym("patterns", "foreign", "list")
    assert {each["name"] for each in listed["foreign_patterns"]} == {"kick", "snare"}
    (near,) = grym("patterns", "foreign", "like", listed["foreign_patterns"][0]["id"][:6])
    assert len(near["alike"]) == 1
    assert grym("patterns", "list")[0]["patterns"] == []  # apart from ours
    (gone,) = grym("patterns", "foreign", "forget", "old/a.json")
    assert gone == {"forgotten": 2}
