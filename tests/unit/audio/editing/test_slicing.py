"""Slices: one for each hit, begun just before it, none lost, none clicking."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grym_synth.audio.editing.slicing import Slices, slice_at_onsets
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.errors import BadRequest

from .sounds import SR, hits, noise, stream_of, tone

BEGINS = [0.31, 0.62, 0.95, 1.4, 2.05, 2.5]


def sliced(y: FloatArray, folder: Path) -> Slices:
    return slice_at_onsets(stream_of(y, folder))


def piece(slices: Slices, i: int) -> FloatArray:
    return np.concatenate(list(slices.piece(i)))


def test_each_hit_has_a_slice_that_begins_just_before_it(tmp_path: Path) -> None:
    slices = sliced(hits(BEGINS, 3.0), tmp_path)
    starts = np.array([start for start, _ in slices.bounds]) / SR
    assert len(slices) == len(BEGINS)
    assert (starts <= BEGINS).all()
    assert np.abs(starts - BEGINS).max() < 0.005


def test_slices_are_the_sound_from_the_first_hit_on(tmp_path: Path) -> None:
    y = hits(BEGINS, 3.0)
    slices = sliced(y, tmp_path)
    joined = np.concatenate([piece(slices, i) for i in range(len(slices))])
    assert np.array_equal(joined, y[slices.bounds[0][0] :])


def test_over_a_steady_tone_no_cut_clicks_and_no_hit_is_softened(tmp_path: Path) -> None:
    bed = tone(173.0, 3.0, level=0.1)
    y = np.asarray(hits(BEGINS, 3.0) + bed, np.float32)
    slices = sliced(y, tmp_path)
    assert len(slices) == len(BEGINS) + 1  # and what sounds before the first hit
    assert slices.bounds[0][0] == 0
    for i, (start, stop) in enumerate(slices.bounds):
        part = piece(slices, i)
        assert i == 0 or abs(part[0, 0]) < 1e-3
        assert i == len(slices) - 1 or abs(part[-1, 0]) < 1e-3
        n = round(0.001 * SR)
        assert np.array_equal(part[n:-n], y[start + n : stop - n])


def test_a_tone_without_onsets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no onset"):
        sliced(np.zeros((SR, 1), np.float32), tmp_path)


def test_stereo_is_cut_where_both_sides_are_quiet(tmp_path: Path) -> None:
    y = np.concatenate([hits(BEGINS, 3.0), 0.5 * hits(BEGINS, 3.0)], axis=1) + noise(3.0, level=1e-4)
    slices = sliced(np.asarray(y, np.float32), tmp_path)
    assert len(slices) == len(BEGINS)
    assert all(np.abs(piece(slices, i)[0]).max() < 1e-3 for i in range(len(slices)))
