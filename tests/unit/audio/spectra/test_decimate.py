from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.spectra.decimate import Decimator

RATES = [(22050, 2), (44100, 4), (48000, 4), (96000, 8), (384000, 35)]


def decimate(y: np.ndarray, sr: int, factor: int, blocks: int = 1) -> np.ndarray:
    decimator = Decimator(sr, factor, 5000.0)
    return np.concatenate([*(decimator.feed(part) for part in np.array_split(y, blocks)), decimator.flush()])


@pytest.mark.parametrize(("sr", "factor"), RATES)
@pytest.mark.parametrize("hz", [0.0, 40.0, 1000.0, 4990.0])
def test_what_is_kept_is_every_so_many_th_sample_unchanged(sr: int, factor: int, hz: float) -> None:
    y = np.cos(2 * np.pi * hz * np.arange(sr) / sr).astype(np.float32)
    assert decimate(y, sr, factor)[300:-300] == pytest.approx(y[::factor][300:-300], abs=2e-4)


@pytest.mark.parametrize(("sr", "factor"), RATES)
def test_what_would_fold_back_below_the_limit_is_80_db_down(sr: int, factor: int) -> None:
    folds = sr / factor - 5000.0
    for hz in np.geomspace(folds, 0.49 * sr, 7):
        y = np.sin(2 * np.pi * hz * np.arange(sr // 2) / sr).astype(np.float32)
        assert np.abs(decimate(y, sr, factor)[300:-300]).max() < 1.5e-4


@pytest.mark.parametrize("n", [0, 1, 3, 4, 5, 1000, 44099, 44100])
@pytest.mark.parametrize("blocks", [1, 3, 50])
def test_any_length_in_any_blocks_gives_the_same(n: int, blocks: int) -> None:
    y = np.random.default_rng(n).standard_normal(n).astype(np.float32)
    whole = decimate(y, 44100, 4)
    assert len(whole) == -(-n // 4)
    assert decimate(y, 44100, 4, blocks) == pytest.approx(whole, abs=1e-5)


def test_a_factor_of_one_changes_nothing() -> None:
    y = np.random.default_rng(1).standard_normal(1000).astype(np.float32)
    assert np.array_equal(decimate(y, 8000, 1), y)


def test_a_rate_too_low_for_what_is_to_be_kept_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be kept up to 5000 Hz"):
        Decimator(22050, 3, 5000.0)
