"""The lag of a copy is found to a fraction of a sample, unrelated sound has none, and copies null."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from grym_synth.audio.comparison.alignment import (
    FLOOR_DB,
    Alignment,
    Null,
    SketchMeter,
    find_lag,
    null_test,
    refine_lag,
)
from grym_synth.audio.decoding.files import open_audio
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.spectra.resample import resample

SR = 22050


def music(seconds: float = 6.0, *, seed: int = 0, sr: int = SR, channels: int = 1) -> FloatArray:
    """Plucked notes and hits at random times, shape (n, channels)."""
    rng = np.random.default_rng(seed)
    y = np.zeros((round(seconds * sr), channels))
    t = np.arange(sr // 2) / sr
    for start in rng.uniform(0.0, seconds - 0.6, round(6 * seconds)):
        pitch = 110.0 * 2.0 ** (rng.integers(0, 36) / 12.0)
        note = np.exp(-8.0 * t) * sum(np.sin(2.0 * np.pi * pitch * k * t + rng.uniform(0, 6)) / k for k in (1, 2, 3, 4))
        hit = np.exp(-60.0 * t) * rng.standard_normal(len(t))
        side = rng.uniform(0.3, 1.0, channels)
        y[round(start * sr) :][: len(t)] += (0.1 * note + 0.1 * hit)[:, None] * side
    return y


def write(path: Path, y: FloatArray, sr: int = SR) -> Path:
    soundfile.write(path, y, sr, subtype="FLOAT")
    return path


def sketch_of(y: FloatArray, sr: int = SR) -> FloatArray:
    meter = SketchMeter(sr)
    for start in range(0, len(y), 30_000):
        meter.feed(y[start : start + 30_000].mean(axis=1).astype(np.float32))
    return meter.finish()


def align(folder: Path, a: FloatArray, b: FloatArray, sr: int = SR, sr_b: int = SR) -> Alignment | None:
    first, second = write(folder / "a.wav", a, sr), write(folder / "b.wav", b, sr_b)
    sketches = sketch_of(a, sr), sketch_of(b, sr_b)
    coarse = find_lag(*sketches, 4000)
    if coarse is None:
        return None
    with open_audio(first) as one, open_audio(second) as other:
        return refine_lag(one, other, coarse, sketches, 4000)


def null_of(
    folder: Path, a: FloatArray, b: FloatArray, lag_s: float = 0.0, sr: int = SR, sr_b: int = SR
) -> Null | None:
    first, second = write(folder / "a.wav", a, sr), write(folder / "b.wav", b, sr_b)
    with open_audio(first) as one, open_audio(second) as other:
        return null_test(one, other, lag_s)


def delayed(y: FloatArray, samples: float) -> FloatArray:
    """Band-limited delay by a part of a sample, silence before."""
    padded = np.concatenate([np.zeros((500, y.shape[1])), y, np.zeros((500, y.shape[1]))])
    f = np.fft.rfftfreq(len(padded))
    spectrum = np.fft.rfft(padded, axis=0) * np.exp(-2j * np.pi * f * samples)[:, None]
    return np.fft.irfft(spectrum, len(padded), axis=0)[500:]


@pytest.mark.slow
@pytest.mark.parametrize("samples", [0, 1, 123, 22050, 50_001])
def test_a_copy_that_comes_later_has_a_positive_lag_and_the_other_way_round(tmp_path: Path, samples: int) -> None:
    y = music()
    late = np.concatenate([np.zeros((samples, 1)), y])
    found, back = align(tmp_path, y, late), align(tmp_path, late, y)
    assert found is not None
    assert back is not None
    assert found.lag_s == pytest.approx(samples / SR, abs=1e-7)
    assert back.lag_s == pytest.approx(-samples / SR, abs=1e-7)
    assert found.likeness > 0.99


def test_a_lag_between_two_samples_is_found_to_a_hundredth_of_a_sample(tmp_path: Path) -> None:
    y = music()
    found = align(tmp_path, y, delayed(y, 40.37))
    assert found is not None
    assert found.lag_s * SR == pytest.approx(40.37, abs=0.01)


def test_a_copy_upside_down_has_a_negative_likeness(tmp_path: Path) -> None:
    y = music()
    found = align(tmp_path, y, -0.5 * y)
    assert found is not None
    assert found.likeness < -0.99


@pytest.mark.slow
def test_recordings_of_different_rates_are_aligned(tmp_path: Path) -> None:
    y = music()
    other = resample(np.concatenate([np.zeros(2205), y[:, 0]]), SR, 48000)[:, None]
    found = align(tmp_path, y, other, SR, 48000)
    assert found is not None
    assert found.lag_s == pytest.approx(0.1, abs=1e-5)


def test_a_stem_is_found_in_the_mix(tmp_path: Path) -> None:
    stem, rest = music(seed=1), music(seed=2)
    found = align(tmp_path, stem, np.concatenate([np.zeros((777, 1)), stem + 1.5 * rest]))
    assert found is not None
    assert found.lag_s == pytest.approx(777 / SR, abs=1e-5)
    assert found.places > 1


@pytest.mark.slow
def test_an_excerpt_is_found_where_it_was_cut_from(tmp_path: Path) -> None:
    y = music(20.0)
    found = align(tmp_path, y, y[13 * SR : 16 * SR])
    assert found is not None
    assert found.lag_s == pytest.approx(-13.0, abs=1e-7)


@pytest.mark.slow
def test_unrelated_music_has_no_lag(tmp_path: Path) -> None:
    assert all(align(tmp_path, music(seed=seed), music(seed=seed + 100)) is None for seed in range(4))


@pytest.mark.parametrize("n", [0, 1, 100])
def test_nothing_to_speak_of_has_no_lag(n: int) -> None:
    assert find_lag(np.zeros(n), np.ones(4000), 4000) is None
    assert find_lag(np.ones(4000), np.zeros(4000), 4000) is None


@pytest.mark.parametrize("channels", [1, 2])
def test_a_copy_nulls_to_nothing_and_tells_its_gain(tmp_path: Path, channels: int) -> None:
    y = music(channels=channels)
    found = null_of(tmp_path, y, 10.0 ** (-3.0 / 20.0) * y)
    assert found is not None
    assert found.gain_db == pytest.approx(-3.0, abs=1e-4)
    assert found.residual_db < -120.0
    assert not found.exact
    assert not found.inverted
    assert null_of(tmp_path, y, -y) == Null(0.0, True, FLOOR_DB, found.seconds, False)
    assert null_of(tmp_path, y, y) == Null(0.0, False, FLOOR_DB, found.seconds, True)


def test_a_copy_shifted_by_whole_samples_nulls_to_nothing_once_it_is_aligned(tmp_path: Path) -> None:
    y = music()
    moved = np.concatenate([np.zeros((123, 1)), y])
    for a, b, lag in ((y, moved, 123), (moved, y, -123)):
        aligned, unaligned = null_of(tmp_path, a, b, lag / SR), null_of(tmp_path, a, b)
        assert aligned is not None
        assert unaligned is not None
        assert aligned.residual_db == FLOOR_DB
        assert unaligned.residual_db > -6.0


@pytest.mark.parametrize("samples", [0.5, 40.37])
def test_a_copy_shifted_by_a_part_of_a_sample_nulls_below_hearing(tmp_path: Path, samples: float) -> None:
    y = resample(music(sr=16000)[:, 0], 16000, SR)[:, None]  # nothing just below half the rate, as in most music
    for a, b, lag in ((y, delayed(y, samples), samples), (delayed(y, samples), y, -samples)):
        found = null_of(tmp_path, a, b, lag / SR)
        assert found is not None
        assert found.residual_db < -80.0


def test_the_residual_is_the_level_of_what_was_added(tmp_path: Path) -> None:
    y = music(12.0)
    noise = np.random.default_rng(3).standard_normal(y.shape) * np.sqrt(np.mean(y**2))
    found = null_of(tmp_path, y, y + 0.01 * noise)
    assert found is not None
    assert found.residual_db == pytest.approx(-40.0, abs=0.1)


def test_mono_is_held_against_the_mean_of_two_channels(tmp_path: Path) -> None:
    y = music(channels=2)
    found = null_of(tmp_path, y, y.mean(axis=1, keepdims=True))
    assert found is not None
    assert found.residual_db < -120.0


def test_silence_cannot_be_nulled(tmp_path: Path) -> None:
    y = music(2.0)
    assert null_of(tmp_path, y, np.zeros_like(y)) is None
    assert null_of(tmp_path, np.zeros_like(y), y) is None


@pytest.mark.slow
def test_copies_that_part_after_minutes_are_not_the_same(tmp_path: Path) -> None:
    y = np.tile(music(10.0, sr=8000), (26, 1))
    other = y.copy()
    other[-8000:] *= 0.5
    found = null_of(tmp_path, y, other, sr=8000, sr_b=8000)
    assert found is not None
    assert found.seconds > 250.0
    assert not found.exact
