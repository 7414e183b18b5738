"""Rows of made feature vectors are cut where they change, named by likeness, and cut again where they repeat."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.structure.sections import Segmentation, join_pairs, segment, split_repeats, whiten


def cells_of(form: str, length: int, *, seed: int = 0, difference: float = 3.0, d: int = 6) -> FloatArray:
    """A mean for each letter of the form, `length` cells each, in noise of unit variance."""
    rng = np.random.default_rng(seed)
    means = {letter: rng.standard_normal(d) for letter in sorted(set(form))}
    rows = [difference * means[letter] + rng.standard_normal((length, d)) for letter in form]
    return np.concatenate(rows)


@pytest.mark.parametrize("form", ["A", "AB", "ABA", "ABAB", "ABAC", "ABACABA", "ABCBA", "ABCDEF"])
def test_the_form_of_clear_sections_is_found_without_being_told_their_number(form: str) -> None:
    found = segment(cells_of(form, 30), 8)
    assert "".join("ABCDEFGH"[label] for label in found.labels) == form
    assert found.edges == tuple(range(0, 30 * len(form) + 1, 30))


def test_noise_is_one_section() -> None:
    for seed in range(6):
        assert segment(np.random.default_rng(seed).standard_normal((120, 20)), 8).labels == (0,)


def test_no_section_is_shorter_than_the_shortest_allowed() -> None:
    cells = cells_of("ABABABAB", 5, difference=6.0)
    found = segment(cells, 12)
    assert np.diff(found.edges).min() >= 12


def test_fewer_cells_than_two_sections_need_are_one_section() -> None:
    for n in (0, 1, 2, 15):
        assert segment(np.ones((n, 3)), 8) == Segmentation((0, n), (0,), ())


def test_a_clearer_change_saves_more() -> None:
    faint, clear = (segment(cells_of("AB", 40, difference=strength), 8).gains for strength in (1.5, 6.0))
    assert clear[0] > faint[0] > 0.0


def test_a_quiet_steady_difference_outweighs_loud_texture_after_whitening() -> None:
    rng = np.random.default_rng(1)
    loud = np.tile(3.0 * rng.standard_normal((4, 3)), (30, 1))  # a bar of four beats over and over
    quiet = np.where(np.arange(120) < 57, 0.0, 1.0)[:, None] + 0.05 * rng.standard_normal((120, 1))
    cells = np.hstack([loud + 0.1 * rng.standard_normal((120, 3)), quiet])
    assert segment(cells, 8).edges == (0, 120)
    assert segment(whiten(cells, 20), 8).edges == (0, 57, 120)


def test_whitening_what_never_changes_gives_zeros() -> None:
    assert not whiten(np.full((50, 4), 7.0), 20).any()


def test_the_scale_of_the_cells_does_not_matter() -> None:
    cells = cells_of("ABAC", 25)
    one, other = (segment(whiten(factor * cells, 20), 8) for factor in (1.0, 1e-3))
    assert one.edges == other.edges
    assert one.labels == other.labels
    assert one.gains == pytest.approx(other.gains)


def test_a_passage_that_is_played_twice_is_cut_in_the_middle() -> None:
    rng = np.random.default_rng(2)
    passage = rng.standard_normal((32, 6))
    cells = np.concatenate([passage, passage]) + 0.1 * rng.standard_normal((64, 6))
    found = split_repeats(cells, Segmentation((0, 64), (0,), ()), 24)
    assert found.edges == (0, 32, 64)
    assert found.labels == (0, 0)


def test_a_short_loop_that_runs_on_is_not_cut() -> None:
    rng = np.random.default_rng(3)
    cells = np.tile(rng.standard_normal((8, 6)), (8, 1)) + 0.1 * rng.standard_normal((64, 6))
    whole = Segmentation((0, 64), (0,), ())
    assert split_repeats(cells, whole, 24) == whole


def test_a_section_twice_as_long_as_its_namesake_is_cut_where_it_repeats() -> None:
    rng = np.random.default_rng(4)
    a, b = np.tile(rng.standard_normal((8, 6)), (4, 1)), 3.0 + rng.standard_normal((32, 6))
    cells = np.concatenate([a, a, b, a]) + 0.05 * rng.standard_normal((128, 6))
    found = split_repeats(cells, Segmentation((0, 64, 96, 128), (0, 1, 0), (9.0, 8.0)), 24)
    assert found.edges == (0, 32, 64, 96, 128)
    assert found.labels == (0, 0, 1, 0)
    assert found.gains[1:] == (9.0, 8.0)


def test_halves_of_a_phrase_that_never_part_are_joined() -> None:
    found = Segmentation((0, 16, 32, 64, 80, 96), (0, 1, 2, 0, 1), (5.0, 20.0, 20.0, 5.0))
    assert join_pairs(found, 40) == Segmentation((0, 32, 64, 96), (0, 1, 0), (20.0, 20.0))


def test_long_pairs_and_pairs_as_different_as_the_rest_stay_apart() -> None:
    found = Segmentation((0, 16, 32, 64, 80, 96), (0, 1, 2, 0, 1), (5.0, 20.0, 20.0, 5.0))
    assert join_pairs(found, 31) == found
    alternating = Segmentation((0, 16, 32, 48, 64), (0, 1, 0, 1), (20.0, 20.0, 20.0))
    assert join_pairs(alternating, 40) == alternating
