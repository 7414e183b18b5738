"""Which patterns a question means by their names, and whether they lie in a recording."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.unit.memory.test_patterns import changed, planted, put, words

from grym_synth.memory.named_patterns import held, named_in, seeks_pattern, unknown_pattern
from grym_synth.memory.patterns import seek_patterns
from grym_synth.storage.patterns import Occurrence, Patterns
from grym_synth.storage.prints import BANDS, Prints, StoredPrint
from grym_synth.storage.sqlite import SqliteStore

NAMES = ["amen break", "riff"]
FRAGMENT = words(5.0, 1)


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    store = SqliteStore.in_memory()
    for number in range(3):
        put(store, f"r{number}", planted(words(20.0, 10 + number), changed(FRAGMENT, seed=number), 4.0 + number))
    seek_patterns(store)
    (pattern,) = Patterns(store).listed()
    Patterns(store).give_name(pattern.id, "amen break")
    yield store
    store.close()


def asked(found: np.ndarray, name: str = "new") -> StoredPrint:
    return StoredPrint(name, found, np.zeros((0, BANDS), np.uint8), np.zeros(2 * BANDS, np.float32))


def named(store: SqliteStore) -> dict[str, list[Occurrence]]:
    return Patterns(store).names()


@pytest.mark.parametrize(
    "question",
    [
        "does this contain the Amen-Break?",
        "where does the amen break come back in this?",
        "is the amen break in here?",
        "does it use the amen  break",
    ],
)
def test_a_question_for_a_pattern_by_its_name_is_understood(question: str) -> None:
    assert named_in(question, NAMES) == ["amen break"]
    assert seeks_pattern(question, NAMES)
    assert unknown_pattern(question, NAMES, "a.wav") is None


@pytest.mark.parametrize(
    "question",
    [
        "does this contain the think break?",
        "where does the loop come back?",
        "is the apache in this?",
        "which patterns?",
    ],
)
def test_a_name_that_no_pattern_has_is_answered_with_those_there_are(question: str) -> None:
    gap = unknown_pattern(question, NAMES, "a.wav")
    assert gap is not None
    assert "there are 'amen break', 'riff'" in gap.reason
    nameless = unknown_pattern(question, [], "a.wav")
    assert nameless is not None
    assert "none has a name yet" in nameless.reason


@pytest.mark.parametrize(
    "question",
    ["what else sounds like this?", "which of my tracks have a similar sound?", "anything like this in my library?",
     "what has the same groove as this one?"],
)  # fmt: skip
def test_a_question_for_what_is_alike_seeks_no_pattern(question: str) -> None:
    assert unknown_pattern(question, NAMES, "a.wav") is None
    assert not seeks_pattern(question, NAMES)


def test_a_pattern_is_found_in_a_recording_that_is_not_of_the_library(store: SqliteStore) -> None:
    new = asked(planted(words(30.0, 50), changed(FRAGMENT, seed=9), 17.0))
    (pattern, place), gaps = held(Prints(store), new, named(store), "new.wav")
    assert (pattern.name, pattern.value, gaps) == ("similar.pattern", "amen break", [])
    assert place.span is not None
    assert (place.span.start_s, place.span.end_s) == pytest.approx((17.0, 22.0), abs=0.6)


def test_a_recording_of_the_library_that_nobody_looked_through_is_held_against_the_pattern(store: SqliteStore) -> None:
    put(store, "r9", planted(words(30.0, 50), changed(FRAGMENT, seed=9), 17.0))
    found, _ = held(Prints(store), Prints(store).of(["r9"])["r9"], named(store), "r9.wav")
    assert [each.name for each in found] == ["similar.pattern", "similar.place"]


def test_in_another_file_of_a_known_recording_only_the_place_of_the_pattern_is_told(store: SqliteStore) -> None:
    new = asked(changed(Prints(store).of(["r1"])["r1"].words, seed=9, noise=0.05))
    found, _ = held(Prints(store), new, named(store), "new.wav")
    (place,) = [each.span for each in found if each.span is not None]
    assert (place.start_s, place.end_s) == pytest.approx((5.0, 10.0), abs=0.6)


def test_where_a_pattern_does_not_lie_the_places_compared_are_told(store: SqliteStore) -> None:
    (pattern, compared), _ = held(Prints(store), asked(words(30.0, 50)), named(store), "new.wav")
    assert (pattern.name, compared.name, compared.value) == ("similar.no_pattern", "similar.places_compared", 3)


@pytest.mark.parametrize("print", [None, asked(np.zeros(40, np.uint64))])
def test_of_silence_it_is_said_that_it_cannot_be_told(store: SqliteStore, print: StoredPrint | None) -> None:
    found, (gap,) = held(Prints(store), print, named(store), "new.wav")
    assert (found, gap.code) == ([], "unmeasurable")
