"""Several who search for patterns at once, prints that change meanwhile, and a search that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.unit.memory.test_patterns import changed, planted, put, words

from grym_synth.memory.patterns import PatternSearch, seek_patterns
from grym_synth.storage.library import Library
from grym_synth.storage.patterns import NewsOf, Pattern, Patterns
from grym_synth.storage.prints import Prints
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store

FRAGMENT = words(5.0, 1)
RECORDINGS = 8


def fill(path: Path, count: int) -> None:
    """Recordings that all hold one fragment; every fourth one holds it twice."""
    store = SqliteStore(path)
    for number in range(count):
        host = planted(words(24.0, 10 + number), changed(FRAGMENT, seed=number, noise=0.05), 3.0)
        put(store, f"r{number}", planted(host, FRAGMENT, 14.0) if number % 4 == 0 else host)
    store.close()


class Together(Patterns):
    """Writes when two hold what they found, and neither has written."""

    def __init__(self, store: Store, looked: threading.Barrier) -> None:
        super().__init__(store)
        self._looked = looked

    def gather(self, sha256: str, prints: Mapping[str, int], news_of: NewsOf) -> bool:
        self._looked.wait(30.0)
        return super().gather(sha256, prints, news_of)


def places(patterns: list[Pattern]) -> list[list[tuple[str, float]]]:
    return [[(each.sha256, round(each.start_s / 2.0)) for each in pattern.occurrences] for pattern in patterns]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fill(tmp_path / "grym.db", RECORDINGS)
    return tmp_path / "grym.db"


def found_alone(folder: Path) -> list[list[tuple[str, float]]]:
    fill(folder / "alone.db", RECORDINGS)
    store = SqliteStore(folder / "alone.db")
    seek_patterns(store)
    listed = places(Patterns(store).listed())
    store.close()
    return listed


def test_two_who_look_before_either_has_written_make_one_pattern_of_one_place(path: Path, tmp_path: Path) -> None:
    stores = [SqliteStore(path), SqliteStore(path)]
    searches = [PatternSearch(store) for store in stores]
    looked = threading.Barrier(2)
    for search in searches:
        search.patterns = Together(search.patterns.store, looked)
    for pair in (("r0", "r1"), ("r2", "r3"), ("r4", "r5"), ("r6", "r7")):
        threads = [threading.Thread(target=s.look_through, args=(n,)) for s, n in zip(searches, pair, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert searches[0].waiting() == []
    assert places(Patterns(stores[0]).listed()) == found_alone(tmp_path)
    for store in stores:
        store.close()


def test_what_was_found_in_a_print_that_is_another_one_by_now_is_not_written(path: Path) -> None:
    store = SqliteStore(path)
    search = PatternSearch(store)
    search.look_through("r0")
    put(store, "r0", words(24.0, 99))  # heard anew, and another one
    assert search.look_through("r1") == 1
    assert Patterns(store).of(["r1"]) == []
    assert "r0" in search.waiting()
    store.close()


def test_a_print_that_came_after_a_search_began_is_left_to_the_next(path: Path) -> None:
    store = SqliteStore(path)
    search, up_to = PatternSearch(store), Prints(store).latest()
    put(store, f"r{RECORDINGS - 1}", words(24.0, 99))
    assert Prints(store).latest() == up_to + 1, "the number of the last one is not given again"
    assert search.look_through(f"r{RECORDINGS - 1}", up_to=up_to) == 0
    assert search.look_through("r1", up_to=up_to) == 1
    assert f"r{RECORDINGS - 1}" in search.waiting()
    store.close()


def test_nothing_is_written_about_what_was_forgotten_meanwhile(path: Path) -> None:
    store = SqliteStore(path)
    search = PatternSearch(store)
    search.look_through("r0")
    library = Library(store)
    library.add_folder("/")
    library.remove_folder("/")
    assert search.look_through("r1") == 0
    assert Patterns(store).of(["r0", "r1"]) == []
    store.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from grym_synth.memory.patterns import seek_patterns
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store

store = SqliteStore(Path(sys.argv[1]))
left = [int(sys.argv[2])]

def look(statement):
    if statement.startswith(("BEGIN", "INSERT", "UPDATE", "COMMIT")):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

store._db.set_trace_callback(look)
seek_patterns(store)
"""


@pytest.mark.slow
def test_a_search_that_is_killed_again_and_again_finds_what_an_undisturbed_one_finds(
    path: Path, tmp_path: Path
) -> None:
    killed, waiting = 0, []
    for statement in range(1, 40):
        command = [sys.executable, "-c", KILLED, str(path), str(2 + statement % 7)]
        done = subprocess.run(command, check=False, env=os.environ)
        store = SqliteStore(path)
        waiting.append(len(Prints(store).waiting()))
        looked = {f"r{n}" for n in range(RECORDINGS)} - set(Prints(store).waiting())
        assert {each.sha256 for pattern in Patterns(store).listed() for each in pattern.occurrences} <= looked
        store.close()
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        killed += 1
    assert killed >= 4
    assert sorted(waiting, reverse=True) == waiting, "nothing that was finished is lost"
    store = SqliteStore(path)
    assert Prints(store).waiting() == []
    assert places(Patterns(store).listed()) == found_alone(tmp_path)
    store.close()
