"""What was read is kept in versions, found by its words, and gone for good when it is forgotten."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.knowledge_rows import Section, SourceRow
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store


@pytest.fixture
def knowledge(any_store: Store) -> Knowledge:
    return Knowledge(any_store)


def source(address: str, sha256: str = "1", **changes: object) -> SourceRow:
    row = SourceRow(address, "text", "notes", "mixing", "Mixing", sha256, 1, read_at=10.0, checked_at=10.0)
    return replace(row, **changes)  # type: ignore[arg-type]


def put(knowledge: Knowledge, address: str, text: str, sha256: str = "1", **changes: object) -> int:
    return knowledge.put(source(address, sha256, **changes), text, [], [(0, len(text), "")])


def test_a_passage_is_found_by_its_words_and_lies_where_it_says(knowledge: Knowledge) -> None:
    text = "Cut the bass.\n\nMüde Ohren täuschen."
    sections = [Section(0, "Lows", 1), Section(15, "Ears", 2)]
    knowledge.put(source("/notes/a.md"), text, sections, [(0, 13, "Lows"), (15, 35, "Lows > Ears")])
    ((id, rank),) = knowledge.match(["mude"], 5)
    (found,) = knowledge.passages([id])
    assert (found.text, found.section, found.start, found.end) == ("Müde Ohren täuschen.", "Lows > Ears", 15, 35)
    assert found.text == (knowledge.text("/notes/a.md") or "")[found.start : found.end]
    assert rank > 0
    assert knowledge.sections("/notes/a.md") == sections


def test_a_new_version_is_searched_and_the_earlier_one_is_kept(knowledge: Knowledge) -> None:
    assert put(knowledge, "/a", "the first words") == 1
    assert put(knowledge, "/a", "the first words", etag="x", checked_at=20.0) == 1
    assert put(knowledge, "/a", "other words", "2") == 2
    assert knowledge.match(["first"], 5) == []
    assert len(knowledge.match(["other"], 5)) == 1
    assert (knowledge.text("/a"), knowledge.text("/a", 1)) == ("other words", "the first words")
    held = knowledge.source("/a", 1)
    assert held is not None
    assert (held.etag, held.checked_at, held.read_at) == ("x", 20.0, 10.0)


def test_sources_are_listed_by_domain_and_by_parent(knowledge: Knowledge) -> None:
    put(knowledge, "/b/\udcff.txt", "one", parent="/b")
    put(knowledge, "/a", "two", domain="other")
    assert [row.address for row in knowledge.sources()] == ["/a", "/b/\udcff.txt"]
    assert [row.address for row in knowledge.sources(domain="other")] == ["/a"]
    assert [row.parent for row in knowledge.sources(parent="/b")] == ["/b"]
    assert knowledge.source("/c") is None
    assert knowledge.text("/c") is None


def test_what_is_forgotten_leaves_no_byte_in_the_files_of_the_store(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "grym.db")
    knowledge = Knowledge(store)
    for number in range(40):
        put(knowledge, f"/keep/{number}", f"plain words number {number} " * 20)
    put(knowledge, "/folder/a", "zirkelbrombeere " + "among others " * 50, parent="/folder")
    put(knowledge, "/folder/a", "quittenzwirbel " + "among others " * 50, "2", parent="/folder")
    knowledge.put_vectors("r", [(id, np.ones(4)) for id, _ in knowledge.without_vectors("r", 100)])
    assert any(b"quittenzwirbel" in path.read_bytes() for path in store.path.parent.iterdir())
    gone = knowledge.forget("/folder")
    assert (gone.addresses, gone.versions, gone.passages) == (("/folder/a",), 2, 2)
    for path in store.path.parent.iterdir():
        content = path.read_bytes()
        # The index of words keeps what a word does not share with the one before it.
        assert not [
            word for word in (b"zirkelbromb", b"irkelbrombeere", b"ittenzwirbel", b"/folder") if word in content
        ]
    assert len(knowledge.match(["plain"], 100)) == 40
    assert len(knowledge.vectors("r")[0]) == 40
    store.read("SELECT * FROM knowledge_words LIMIT 1")
    with store.transaction() as db:
        db.execute("INSERT INTO knowledge_words (knowledge_words, rank) VALUES ('integrity-check', 1)")


def test_a_copy_is_not_searched_until_the_first_is_forgotten(knowledge: Knowledge) -> None:
    text = "gain before the compressor"
    knowledge.put(source("/first"), text, [], [(0, len(text), "")], bands=[[7, 8]])
    ((first, _),) = knowledge.match(["gain"], 5)
    assert knowledge.near([8, 9]) == [first]
    for name in ("/second", "/third"):
        knowledge.put(source(name), text, [], [(0, len(text), "")], copies=[first], bands=[[7, 8]])
    assert [id for id, _ in knowledge.match(["gain"], 5)] == [first]
    assert knowledge.passages([first])[0].copies == ("/second", "/third")
    knowledge.forget("/first")
    ((heir, _),) = knowledge.match(["gain"], 5)
    (shown,) = knowledge.passages([heir])
    assert (shown.address, shown.copies) == ("/second", ("/third",))
    assert knowledge.near([7]) == [heir]


def test_vectors_are_of_what_is_searched_and_of_one_recipe(knowledge: Knowledge) -> None:
    put(knowledge, "/a", "one two")
    put(knowledge, "/b", "three")
    waiting = knowledge.without_vectors("r1", 10)
    assert [text for _, text in waiting] == ["Mixing. . one two", "Mixing. . three"]
    knowledge.put_vectors("r1", [(waiting[0][0], np.array([1.0, 0.5])), (999, np.array([0.0, 0.0]))])
    ids, rows = knowledge.vectors("r1")
    assert ids.tolist() == [waiting[0][0]]
    assert rows.tolist() == [[1.0, 0.5]]
    assert rows.dtype == np.float16
    assert len(knowledge.without_vectors("r2", 10)) == 2
    put(knowledge, "/a", "changed", "2")
    assert knowledge.vectors("r1")[1].shape == (0, 0)


def test_every_change_is_seen_by_its_number(knowledge: Knowledge) -> None:
    seen = [knowledge.seq]
    put(knowledge, "/a", "one")
    seen.append(knowledge.seq)
    knowledge.put_vectors("r", [(1, np.ones(2))])
    seen.append(knowledge.seq)
    knowledge.forget("/a")
    seen.append(knowledge.seq)
    assert seen == sorted(set(seen))


def test_what_is_followed_comes_due(knowledge: Knowledge) -> None:
    knowledge.follow("https://a/feed", 60.0, "feed", due_at=100.0, domain="mine", allows_http=True)
    knowledge.follow("/folder", 10.0, "folder", due_at=50.0)
    assert [item.address for item in knowledge.follows()] == ["/folder", "https://a/feed"]
    assert [item.address for item in knowledge.due(60.0)] == ["/folder"]
    assert knowledge.follows()[1].domain == "mine"
    knowledge.follow("/folder", 0.0, "folder")
    assert [(item.address, item.allows_http) for item in knowledge.follows()] == [("https://a/feed", True)]


def test_a_half_character_is_kept_as_a_question_mark_of_the_same_length(knowledge: Knowledge) -> None:
    put(knowledge, "/a", "x\ud800y", title="t\udfff")
    assert knowledge.text("/a") == "x?y"
    row = knowledge.source("/a")
    assert row is not None
    assert row.title == "t?"
