"""Patterns that two recordings share, known, or heard just now."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.memory.test_patterns import changed, planted, put, words

from grym_synth.memory.patterns import seek_patterns
from grym_synth.memory.shared import shared_with
from grym_synth.storage.patterns import Patterns
from grym_synth.storage.prints import Prints
from grym_synth.storage.sqlite import SqliteStore


@pytest.fixture
def store() -> SqliteStore:
    """Three recordings with one fragment at 4, 6 and 8 s, which is named, and one without."""
    store = SqliteStore.in_memory()
    for number in range(3):
        fragment = changed(words(5.0, 1), seed=number)
        put(store, f"r{number}", planted(words(20.0, 10 + number), fragment, 4.0 + 2 * number))
    put(store, "none", words(20.0, 40))
    seek_patterns(store)
    (pattern,) = Patterns(store).listed()
    Patterns(store).give_name(pattern.id, "amen break")
    return store


@pytest.mark.parametrize("is_known", [True, False])
def test_a_shared_pattern_is_told_with_its_name_and_the_seconds_in_both(store: SqliteStore, is_known: bool) -> None:
    patterns, prints = Patterns(store), Prints(store)
    asked = prints.of(["r0"])["r0"]
    asked = asked if is_known else replace(asked, sha256="", number=0)
    found = shared_with(patterns, prints, asked, ["r2", "none"])
    assert list(found) == ["r2"]
    (shared,) = found["r2"]
    assert shared.name == "amen break"
    assert shared.here_s[0] == pytest.approx(4.0, abs=0.6)
    assert shared.there_s[0] == pytest.approx(8.0, abs=0.6)
    assert shared.says.startswith('both hold "amen break": ')
