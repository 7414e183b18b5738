"""Fragments that recur: found at another gain, tempo and pitch, gathered, kept, named; nothing that is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pytest

from grym_synth.audio.prints.meter import FRAME_RATE, WordArray
from grym_synth.errors import BadRequest
from grym_synth.memory.patterns import Gathered, PatternSearch, seek_patterns
from grym_synth.memory.print_index import PrintIndex
from grym_synth.memory.recurrences import Recurrence, find_recurrences
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import LibraryFile
from grym_synth.storage.patterns import News, Pattern, Patterns
from grym_synth.storage.prints import BANDS, Prints, StoredPrint
from grym_synth.storage.sqlite import SqliteStore


def words(seconds: float, seed: int) -> WordArray:
    """Words of which each shares most bits with the one before, as those of a recording do."""
    rng = np.random.default_rng(seed)
    n = round(seconds * FRAME_RATE)
    changes = rng.random((n, 64)) < 0.25
    bits = np.cumsum(changes, axis=0) % 2
    return np.packbits(bits.astype(np.uint8), axis=1, bitorder="little").view("<u8")[:, 0].astype(np.uint64)


def changed(found: WordArray, *, seed: int, speed: float = 1.0, shift: int = 0, noise: float = 0.12) -> WordArray:
    """The same sound at another tempo and pitch, with some bits wrong."""
    steps = np.round(np.arange(0, len(found) - 1, speed)).astype(int)
    moved = found[steps] << np.uint64(shift) if shift >= 0 else found[steps] >> np.uint64(-shift)
    wrong = np.random.default_rng(seed).random((len(steps), 64)) < noise
    flipped = np.packbits(wrong.astype(np.uint8), axis=1, bitorder="little").view("<u8")[:, 0].astype(np.uint64)
    return np.asarray(moved ^ flipped, np.uint64)


def planted(host: WordArray, fragment: WordArray, at_s: float) -> WordArray:
    at = round(at_s * FRAME_RATE)
    return np.concatenate([host[:at], fragment, host[at + len(fragment) :]])


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    store = SqliteStore.in_memory()
    yield store
    store.close()


def put(store: SqliteStore, name: str, found: WordArray) -> None:
    Prints(store).put([StoredPrint(name, found, np.zeros((0, BANDS), np.uint8), np.zeros(130, np.float32))])
    Library(store).put_files([LibraryFile(f"/{name}.wav", 1, 1, 1, 1, 1, name)])


@pytest.mark.parametrize(("speed", "shift"), [(1.0, 0), (1.03, 0), (0.97, 0), (1.0, 1), (1.02, -1)])
def test_a_fragment_is_found_at_another_tempo_and_pitch(speed: float, shift: int) -> None:
    fragment = words(4.0, 1)
    one = planted(words(20.0, 2), fragment, 5.0)
    other = planted(words(20.0, 3), changed(fragment, seed=4, speed=speed, shift=shift), 11.0)
    (found,) = find_recurrences(one, PrintIndex([words(20.0, 5), other]))
    assert found.row == 1
    assert found.shift == shift
    assert found.start_s == pytest.approx(5.0, abs=0.6)
    assert found.end_s == pytest.approx(9.0, abs=0.6)
    assert found.other_start_s == pytest.approx(11.0, abs=0.6)
    assert found.similarity > 0.5


def test_a_loop_that_lies_in_a_great_many_recordings_is_found_in_one_more() -> None:
    fragment = words(3.0, 1)
    known = [planted(words(4.0, 100 + seed), fragment, 0.5) for seed in range(420)]
    one = planted(words(20.0, 2), fragment, 5.0)
    found = find_recurrences(one, PrintIndex([*known, one]), own_row=len(known))
    assert len({each.row for each in found}) >= 10
    assert [each.start_s for each in found] == pytest.approx([5.0] * len(found), abs=0.6)


def test_recordings_that_have_nothing_in_common_recur_nowhere() -> None:
    index = PrintIndex([words(60.0, seed) for seed in range(12)])
    assert [find_recurrences(words(60.0, 100 + seed), index) for seed in range(4)] == [[], [], [], []]


def test_occurrences_are_gathered_into_one_pattern_as_recordings_come(store: SqliteStore) -> None:
    fragment = words(5.0, 1)
    for number in range(3):
        put(store, f"r{number}", planted(words(20.0, 10 + number), changed(fragment, seed=number), 4.0 + number))
        assert seek_patterns(store).left == 0
    (pattern,) = Patterns(store).listed()
    assert [each.sha256 for each in pattern.occurrences] == ["r0", "r1", "r2"]
    assert [each.start_s for each in pattern.occurrences] == pytest.approx([4.0, 5.0, 6.0], abs=0.6)


def test_the_order_in_which_recordings_come_changes_nothing(store: SqliteStore) -> None:
    fragment = words(5.0, 1)
    for number in range(3):
        put(store, f"r{number}", planted(words(20.0, 10 + number), changed(fragment, seed=number), 4.0 + number))
    assert seek_patterns(store).looked_through == 3
    (pattern,) = Patterns(store).listed()
    assert pattern.recordings == 3


def test_a_search_that_is_stopped_goes_on_where_it_was(store: SqliteStore) -> None:
    fragment = words(5.0, 1)
    for number in range(4):
        put(store, f"r{number}", planted(words(20.0, 10 + number), fragment, 3.0))
    looked = 0
    while (sought := seek_patterns(store, on_progress=lambda done, of: False)).looked_through:
        looked += sought.looked_through
    assert looked == 4
    assert Patterns(store).listed()[0].recordings == 4


def test_a_loop_within_one_recording_is_told_once_for_each_time_round(store: SqliteStore) -> None:
    loop = words(4.0, 1)
    put(store, "loop", np.concatenate([changed(loop, seed=i, noise=0.05) for i in range(5)]))
    seek_patterns(store)
    (pattern,) = Patterns(store).listed()
    assert len(pattern.occurrences) in (4, 5)
    assert all(3.6 < each.length_s < 4.4 for each in pattern.occurrences)


def test_two_files_of_one_recording_are_no_pattern(store: SqliteStore) -> None:
    whole = words(20.0, 1)
    put(store, "flac", whole)
    put(store, "mp3", changed(whole, seed=2))
    seek_patterns(store)
    assert Patterns(store).listed() == []


def test_a_name_stays_when_two_patterns_turn_out_to_be_one(store: SqliteStore) -> None:
    first, second = words(6.0, 1), words(6.0, 2)
    for number, fragment in enumerate((first, first, second, second)):
        put(store, f"r{number}", planted(words(24.0, 10 + number), changed(fragment, seed=number), 3.0))
    seek_patterns(store)
    one, other = Patterns(store).listed()
    Patterns(store).give_name(other.id, "the riff")
    patterns = Patterns(store)
    assert patterns.gather("r0", Prints(store).numbers(["r0"]), lambda *_: News([], [(one.id, other.id)]))
    (left,) = patterns.listed()
    assert left.name == "the riff"
    assert left.recordings == 4
    assert patterns.named("RIFF") == [left]


def test_what_lies_nowhere_any_more_is_not_listed(store: SqliteStore) -> None:
    for number in range(2):
        put(store, f"r{number}", planted(words(20.0, 10 + number), words(5.0, 1), 3.0))
    seek_patterns(store)
    assert len(Patterns(store).listed()) == 1
    Library(store).drop_files(["/r1.wav"])
    assert Patterns(store).listed() == []
    Library(store).put_files([LibraryFile("/new/r1.wav", 1, 1, 1, 1, 1, "r1")])
    assert len(Patterns(store).listed()) == 1


def test_forgetting_a_folder_forgets_its_prints_and_occurrences(store: SqliteStore) -> None:
    for number in range(2):
        put(store, f"r{number}", planted(words(20.0, 10 + number), words(5.0, 1), 3.0))
    seek_patterns(store)
    library = Library(store)
    library.add_folder("/")
    library.remove_folder("/")
    assert Prints(store).of(["r0", "r1"]) == {}
    assert Patterns(store).of(["r0", "r1"]) == []


def test_no_two_patterns_are_called_alike(store: SqliteStore) -> None:
    for number, seed in enumerate((1, 1, 2, 2)):
        put(store, f"r{number}", planted(words(24.0, 10 + number), changed(words(6.0, seed), seed=number), 3.0))
    seek_patterns(store)
    patterns = Patterns(store)
    one, other = patterns.listed()
    patterns.give_name(one.id, " amen  break")
    with pytest.raises(BadRequest, match=f"pattern {one.id} is called 'AMEN Break' already"):
        patterns.give_name(other.id, "AMEN Break")
    with pytest.raises(BadRequest, match="no pattern 99"):
        patterns.give_name(99, "nobody")
    with pytest.raises(BadRequest, match="at most 200 letters, got 201"):
        patterns.give_name(other.id, "x" * 201)
    assert [each.name for each in patterns.listed()] == ["amen break", ""]


def test_a_name_stays_with_its_places_when_a_print_is_made_anew(store: SqliteStore) -> None:
    fragment = words(5.0, 1)
    for number in range(3):
        put(store, f"r{number}", planted(words(20.0, 10 + number), changed(fragment, seed=number), 4.0))
    seek_patterns(store)
    (pattern,) = Patterns(store).listed()
    Patterns(store).give_name(pattern.id, "amen break")
    for number in range(3):
        put(store, f"r{number}", planted(words(20.0, 10 + number), changed(fragment, seed=7 + number), 4.0))
    assert seek_patterns(store).looked_through == 3
    (again,) = Patterns(store).listed()
    assert (again.id, again.name, again.recordings) == (pattern.id, "amen break", 3)


def test_two_patterns_that_their_owner_named_are_never_made_one(store: SqliteStore) -> None:
    first, second = words(6.0, 1), words(6.0, 2)
    for number, fragment in enumerate((first, first, second, second)):
        put(store, f"r{number}", planted(words(24.0, 10 + number), changed(fragment, seed=number), 3.0))
    seek_patterns(store)
    for pattern, name in zip(Patterns(store).listed(), ("this", "that"), strict=True):
        Patterns(store).give_name(pattern.id, name)
    one, other = (each.occurrences[0] for each in Patterns(store).listed())
    shared = Recurrence(0, one.start_s, one.end_s, other.start_s, other.end_s, 0.9, 1.0, 0)

    def news(known: Sequence[Pattern], standing: Collection[str]) -> News:
        gathered = Gathered(known)
        gathered.add(Prints(store).of([one.sha256])[one.sha256], [shared], [other.sha256], [900])
        return gathered.news()

    assert Patterns(store).gather(one.sha256, Prints(store).numbers([one.sha256, other.sha256]), news)
    assert [each.name for each in Patterns(store).listed()] == ["this", "that"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_prints_may_be_looked_through_in_any_order_and_twice(store: SqliteStore, order: tuple[int, ...]) -> None:
    fragment = words(5.0, 1)
    for number in range(3):
        put(store, f"r{number}", planted(words(20.0, 10 + number), changed(fragment, seed=number), 4.0 + number))
    for number in (*order, *order):
        PatternSearch(store).look_through(f"r{number}")  # each time in another process, as far as it knows
    (pattern,) = Patterns(store).listed()
    assert [each.sha256 for each in pattern.occurrences] == ["r0", "r1", "r2"]
    assert PatternSearch(store).waiting() == []
