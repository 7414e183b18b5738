"""The library by words: conditions, adjectives by percentile, figures over many."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from benchmarks.find import CLASSES, shares, simulated, skewed

from grym_synth.library.adjectives import ADJECTIVES, MOST
from grym_synth.library.aggregates import lines_of
from grym_synth.library.columns import Columns, Figures
from grym_synth.library.search import Found, find, understood
from grym_synth.library.words import read_query
from grym_synth.memory.shelf import Shelf

ROWS = 2000


@pytest.fixture(scope="module")
def columns() -> Columns:
    return Columns(simulated(ROWS))


def search(columns: Columns, text: str, k: int = 10) -> Found:
    return find(columns, read_query(text, knows=columns.knows), lambda: np.zeros(len(columns)), k=k)


def shelf(tempi: list[float], **more: list[float] | Figures) -> Shelf:
    n = len(tempi)
    figures = {"tempo_bpm": tempi, "duration_s": [10.0] * n, **more}
    return Shelf(
        1,
        tuple(str(i) for i in range(n)),
        tuple((f"/m/Techno/{i}.wav",) for i in range(n)),
        {name: np.array(column, np.float32) for name, column in figures.items()},
        {},
        {},
        {},
        matrix=np.zeros((n, 0), np.float32),
    )


@pytest.mark.slow
def test_no_adjective_returns_more_than_its_share_of_any_library() -> None:
    for name, each in skewed(ROWS):
        worst = max(shares(each), key=lambda item: item[1])
        assert worst[1] <= MOST, (name, worst)


def test_dark_kicks_are_the_darkest_quarter_of_the_kicks(columns: Columns) -> None:
    found = search(columns, "dark kicks", k=1000)
    kicks = columns.has_word("class", ("kick",))
    centroids = np.sort(columns.figure("centroid_hz")[kicks])
    assert found.total == round(0.25 * kicks.sum())
    assert max(match.figures["centroid_hz"] for match in found.matches) == centroids[found.total - 1]
    assert "of your kicks" in understood(found)[1]


def test_equal_values_stand_out_in_none_of_them() -> None:
    found = search(Columns(shelf([120.0] * 50, centroid_hz=[1000.0] * 50)), "dark ones")
    assert not found.matches
    assert "the same spectral centroid" in found.notes[0]


def test_an_adjective_that_nobody_measured_says_so() -> None:
    found = search(Columns(shelf([120.0] * 50)), "hissy ones")
    assert not found.matches
    assert "spectral flatness is measured of none" in found.notes[0]


def test_peaks_without_weight_are_not_punchy() -> None:
    """Closed hats have more crest than kicks, and nothing below 500 Hz."""
    low = [0.0] * 10 + [-45.0] * 30
    bands = {f"band_{name}_db": np.array(low) for name in ("sub", "bass", "low_mid")}
    columns = Columns(shelf([120.0] * 40, crest_db=[13.0] * 10 + [21.0] * 30, **bands))
    assert {match.sha256 for match in search(columns, "punchy ones").matches} <= set(columns.shelf.sha256[:10])


def test_adjectives_that_exclude_each_other_fall_back_with_a_word(columns: Columns) -> None:
    found = search(columns, "dark bright kicks")
    assert found.matches
    assert "none is dark and bright at once" in found.notes[0]
    assert found.total <= MOST * columns.has_word("class", ("kick",)).sum()


def test_half_and_double_time_come_behind_and_are_said() -> None:
    found = search(Columns(shelf([60.0, 120.0, 240.0, 100.0])), "120 bpm")
    assert [(match.figures["tempo_bpm"], match.reasons) for match in found.matches] == [
        (120.0, ()), (60.0, ("at half time",)), (240.0, ("at double time",))
    ]  # fmt: skip
    assert (found.total, found.at_other_times) == (1, 2)


def test_a_count_tells_what_would_match_at_another_time() -> None:
    found = search(Columns(shelf([60.0, 120.0, 121.0])), "how many between 119 and 122 bpm")
    assert found.summary is not None
    assert (found.summary.value, found.at_other_times) == (2.0, 1)


def test_an_average_tells_of_how_many_nothing_is_known() -> None:
    found = search(Columns(shelf([100.0, 120.0, 240.0, float("nan")])), "average tempo of my techno folder")
    summary = found.summary
    assert summary is not None
    assert summary.value == pytest.approx(153.333, rel=1e-4)
    assert (summary.figures["median"], summary.missing, summary.octaves) == (120.0, 1, 1)


def test_negated_words_exclude(columns: Columns) -> None:
    assert search(columns, "not kicks").total == ROWS - search(columns, "kicks").total


def test_the_longest_come_first(columns: Columns) -> None:
    lengths = [match.figures["duration_s"] for match in search(columns, "the 7 longest songs").matches]
    assert len(lengths) == 7
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == np.nanmax(columns.figure("duration_s"))


def test_a_folder_that_is_none_has_nothing(columns: Columns) -> None:
    assert search(columns, "in my polka folder").total == 0
    assert search(columns, "in my drum kits folder").total > 0


def test_nothing_understood_finds_nothing(columns: Columns) -> None:
    found = search(columns, "bagpipes")
    assert (found.matches, found.query.not_understood) == ((), ("bagpipes",))


@pytest.mark.parametrize("adjective", ADJECTIVES)
def test_every_adjective_says_how_it_is_measured(columns: Columns, adjective: str) -> None:
    found = search(columns, f"{adjective} ones")
    assert len(found.chosen) == 1
    assert found.chosen[0].adjective.name == adjective
    assert f"{adjective}: " in understood(found)[0]


def test_labels_of_the_owner_are_found() -> None:
    columns = Columns(shelf([120.0] * 4), {"Kleine Sache": np.array([-1.0, 0.7, 1.0, 0.0])})
    query = read_query("kleine sache", knows=columns.knows, phrases=[*columns.labels])
    found = find(columns, query, lambda: np.zeros(4))
    assert [(match.sha256, match.reasons) for match in found.matches] == [
        ("2", ("kleine sache: said by you",)), ("1", ("kleine sache: learned, 70 %",))
    ]  # fmt: skip


def test_a_label_that_is_denied_outdoes_the_name_of_a_file() -> None:
    made = shelf([120.0, 121.0])
    named = dataclasses.replace(made, paths=(("/lib/dusty_1.wav",), ("/lib/dusty_2.wav",)))
    assert search(Columns(named), "dusty").total == 2
    found = search(Columns(named, {"dusty": np.array([-1.0, 0.0])}), "dusty")
    assert [match.sha256 for match in found.matches] == ["1"]


def test_figures_and_words_say_whose_they_are() -> None:
    made = shelf([120.0, 121.0])
    words = {**made.words, "tempo_by": ("owner", ""), "class": ("kick", "kick"), "class_by": ("", "ear")}
    sure = np.array([0.9, 0.8], np.float32)
    told = dataclasses.replace(made, words=words, figures={**made.figures, "class_confidence": sure})
    found = {match.sha256: match.reasons for match in search(Columns(told), "kicks around 120 bpm").matches}
    assert found == {"0": ("tempo: said by you",), "1": ("kind of sound: learned, 80 %",)}


def test_a_new_shelf_forgets_what_the_old_one_passed(columns: Columns) -> None:
    before = search(columns, "kicks").total
    words = {**columns.shelf.words, "class": tuple(CLASSES[1] for _ in range(ROWS))}
    assert search(Columns(dataclasses.replace(columns.shelf, words=words)), "kicks").total == 0 < before


def test_a_class_that_nothing_was_heard_as_is_found_by_its_name() -> None:
    made = dataclasses.replace(shelf([100.0, 120.0]), paths=(("/m/Pads/one.wav",), ("/m/two.wav",)))
    found = search(Columns(made), "pads")
    assert [match.path for match in found.matches] == ["/m/Pads/one.wav"]
    assert "nothing was heard as pad" in found.notes[0]


def test_everything_is_found_where_everything_is_asked_for() -> None:
    found = search(Columns(shelf([100.0, 120.0])), "everything")
    assert (found.total, understood(found)) == (2, ["everything"])


def test_what_was_asked_with_is_not_among_what_is_found() -> None:
    made = Columns(shelf([120.0, 120.0, 60.0]))
    query = read_query("around 120 bpm")
    found = find(made, query, lambda: np.zeros(3), without=["/m/Techno/1.wav"])
    assert [match.path for match in found.matches] == ["/m/Techno/0.wav", "/m/Techno/2.wav"]
    assert (found.total, found.at_other_times) == (1, 1)


def test_different_keys_are_counted_not_recordings(columns: Columns) -> None:
    found = search(columns, "how many different keys")
    assert found.summary is not None
    assert found.summary.value == len(set(columns.shelf.word("key")) - {""})
    assert lines_of(found.summary)[0].startswith("24 different keys in ")


def test_folders_are_listed_with_their_recordings() -> None:
    made = Columns(
        dataclasses.replace(shelf([120.0] * 3), paths=(("/a/x.wav", "/b/x.wav"), ("/a/y.wav",), ("/b/c/z.wav",)))
    )
    summary = search(made, "which folders do I have").summary
    assert summary is not None
    assert summary.parts == (("/a", 2), ("/b", 1), ("/b/c", 1))


def test_copies_are_what_lies_in_more_than_one_file() -> None:
    made = Columns(dataclasses.replace(shelf([120.0] * 2), paths=(("/a/x.wav", "/b/x.wav"), ("/a/y.wav",))))
    assert [match.path for match in search(made, "duplicates").matches] == ["/a/x.wav"]


def test_sizes_come_from_where_they_are_kept() -> None:
    made = Columns(shelf([120.0] * 3), more={"size_mb": lambda: np.array([0.5, 2.0, 40.0])})
    assert [match.figures["size_mb"] for match in search(made, "bigger than 1 MB, biggest first").matches] == [
        40.0,
        2.0,
    ]
    summary = search(made, "how big is my library").summary
    assert summary is not None
    assert lines_of(summary)[0] == "42.50 MB in 3 recordings"


def test_the_same_as_a_named_recording_is_what_that_one_is() -> None:
    made = shelf([120.0, 120.2, 90.0, float("nan")])
    made = dataclasses.replace(made, words={"key": ("A minor", "A minor", "C major", "")})
    found = search(Columns(made), f"same key and tempo as {Path(made.paths[0][0]).name.upper()}")
    assert [match.path for match in found.matches] == [made.paths[1][0]]
    assert "A minor, as" in " ".join(understood(found))
    unknown = search(Columns(made), f"same key as {Path(made.paths[3][0]).name}")
    assert (unknown.total, unknown.matches) == (0, ())
    assert "is not known" in unknown.notes[0]
    assert "no recording of your library is called" in search(Columns(made), "same key as nothing.wav").notes[0]


def test_what_a_tag_says_stands_apart_from_what_a_name_says() -> None:
    made = dataclasses.replace(
        shelf([120.0] * 3),
        paths=(("/a.wav",), ("/techno b.wav",), ("/c.wav",)),
        tags={"techno": np.array([0.6, 0.0, 0.1], np.float32)},
    )
    found = search(Columns(made), "techno tracks")
    assert found.notes == (
        '"techno": 1 by a tag that was heard (25 % sure or more), the other 1 by name, folder, genre or label',
    )
    assert {match.path: match.reasons for match in found.matches} == {
        "/a.wav": ("techno: tag, 60 %",),
        "/techno b.wav": (),
    }
