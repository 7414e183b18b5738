"""A band is hidden by a stronger one at its place and time, and by nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.comparison.masking import (
    EDGES_HZ,
    BandLevels,
    BandLevelsMeter,
    Masked,
    band_weights,
    find_masking,
)
from grym_synth.audio.spectra.frames import FloatArray

SR = 22050


def levels_of(y: FloatArray, sr: int = SR) -> BandLevels:
    y = y if y.ndim == 2 else y[:, None]
    meter = BandLevelsMeter(sr, y.shape[1])
    for start in range(0, len(y), 10_000):
        meter.feed(y[start : start + 10_000].astype(np.float32))
    return meter.finish()


def noise(low: float, high: float, *, seed: int, sr: int = SR, seconds: float = 4.0) -> FloatArray:
    """Noise between two frequencies, RMS 0.1."""
    n = round(seconds * sr)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n))
    f = np.fft.rfftfreq(n, 1.0 / sr)
    y = np.fft.irfft(np.where((f >= low) & (f < high), spectrum, 0.0), n)
    return np.asarray(0.1 * y / np.sqrt(np.mean(y**2)))


def test_the_weaker_of_two_in_one_band_is_hidden() -> None:
    weak, strong = noise(400, 800, seed=1), 6.0 * noise(400, 800, seed=2)
    found = find_masking(levels_of(weak), levels_of(strong))
    assert found
    assert all(not each.second for each in found)
    assert found[0].share_percent > 80.0
    assert find_masking(levels_of(strong), levels_of(weak))[0].second


def test_what_lies_in_other_bands_hides_nothing() -> None:
    assert find_masking(levels_of(noise(100, 200, seed=1)), levels_of(noise(3000, 6000, seed=2))) == ()


def test_what_sounds_at_other_times_hides_nothing() -> None:
    first, second = noise(400, 800, seed=1), 6.0 * noise(400, 800, seed=2)
    half = len(first) // 2
    first[half:] = 0.0
    second[:half] = 0.0
    assert find_masking(levels_of(first), levels_of(second)) == ()


def test_equal_sounds_do_not_hide_each_other() -> None:
    y = noise(60, 8000, seed=3)
    assert find_masking(levels_of(y), levels_of(y)) == ()


def test_a_strong_tone_hides_more_above_itself_than_below() -> None:
    t = np.arange(4 * SR) / SR
    strong = np.sin(2 * np.pi * 1000.0 * t)
    above, below = 0.02 * noise(1450, 1750, seed=4), 0.02 * noise(460, 550, seed=5)
    hidden = find_masking(levels_of(above), levels_of(strong))
    assert any(each.low_hz < 1600.0 < each.high_hz and not each.second for each in hidden)
    assert not find_masking(levels_of(below), levels_of(strong))


def test_recordings_of_different_rates_and_lengths_are_held_together_in_time() -> None:
    weak = noise(400, 800, seed=1, sr=11025, seconds=4.0)
    strong = 6.0 * noise(400, 800, seed=2, seconds=2.0)
    found = find_masking(levels_of(weak, 11025), levels_of(strong))
    assert found[0].share_percent > 80.0


def test_channels_out_of_phase_are_heard() -> None:
    y = noise(400, 800, seed=1)
    both = levels_of(np.stack([y, -y], axis=1))
    assert both.mean_power.sum() == pytest.approx(2.0 * levels_of(y).mean_power.sum(), rel=1e-4)


@pytest.mark.parametrize("n", [0, 1, 500, SR])
def test_silence_and_what_is_too_short_hide_nothing(n: int) -> None:
    assert find_masking(levels_of(np.zeros(n)), levels_of(noise(400, 800, seed=1))) == ()
    assert find_masking(levels_of(noise(400, 800, seed=1)), levels_of(np.zeros(n))) == ()


def test_every_bin_within_the_edges_belongs_to_bands_in_whole() -> None:
    weights = band_weights(EDGES_HZ, SR, 2205)
    f = np.arange(1103) * 10.0
    inside = (f > EDGES_HZ[0] + 10.0) & (f < EDGES_HZ[-1] - 10.0)
    assert weights[inside].sum(axis=1) == pytest.approx(np.ones(int(inside.sum())))


def test_ranges_are_told_most_hidden_first() -> None:
    weak = noise(300, 600, seed=1) + 0.4 * noise(2000, 4000, seed=6)
    strong = 4.0 * noise(300, 600, seed=2) + 0.75 * noise(2000, 4000, seed=7)
    shares = [each.share_percent for each in find_masking(levels_of(weak), levels_of(strong))]
    assert shares == sorted(shares, reverse=True)
    assert isinstance(find_masking(levels_of(weak), levels_of(strong))[0], Masked)
