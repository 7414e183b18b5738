"""Hum and whistles, planted in material made here."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from grym_synth.audio.frames import FloatArray
from grym_synth.audio.steady import LongSpectrum, SteadySpectrum, find_hum, find_resonances

LOW_SR = 11025  # for what needs many seconds


def sine(f: float, n: int, *, amplitude: float = 1.0, phase: float = 0.3) -> FloatArray:
    return amplitude * np.sin(2 * np.pi * f * np.arange(n) / LOW_SR + phase)


@functools.cache
def music(seconds: int, seed: int = 1, sr: int = LOW_SR) -> FloatArray:
    """Plucked notes of a scale and a walking bass that goes through G1, A#1 and B1, with some noise; -18 dBFS."""
    rng = np.random.default_rng(seed)
    y = 0.002 * rng.standard_normal(seconds * sr)
    t = np.arange(sr) / sr
    starts = np.arange(0.0, seconds - 1.0, 0.25)
    for i, start in enumerate(starts):
        bass = i % 4 == 0
        midi = int(rng.choice([31, 34, 35, 36, 38] if bass else [55, 57, 59, 60, 62, 64, 65, 67, 71]))
        f = 440.0 * 2 ** ((midi - 69) / 12)
        tone = sum(0.5**h * np.sin(2 * np.pi * (h + 1) * f * t + rng.uniform(0, 6)) for h in range(8))
        at = round(start * sr)
        y[at : at + sr] += (2.0 if bass else 1.0) * tone * np.exp(-8.0 * t)
    return np.asarray(y * 10 ** (-18 / 20) / np.sqrt((y**2).mean()))


def hum(f: float, n: int, level_dbfs: float = -50.0, sr: int = LOW_SR) -> FloatArray:
    y = sum(a * sine(f * h, n, phase=h) for h, a in zip((1, 2, 3, 4, 5, 7), (1, 0.8, 0.7, 0.3, 0.4, 0.2), strict=True))
    return np.asarray(y * 10 ** (level_dbfs / 20) / np.sqrt(np.mean(np.square(y))))


def steady(y: FloatArray, sr: int = LOW_SR) -> SteadySpectrum:
    meter = LongSpectrum(sr)
    for i in range(0, len(y), 30011):
        meter.feed(y[i : i + 30011].astype(np.float32))
    return meter.finish()


@pytest.mark.slow
@pytest.mark.parametrize("f", [49.93, 50.0, 60.04])
def test_hum_below_music_is_found(f: float) -> None:
    y = music(40)
    found = find_hum(steady(y + hum(f, len(y))))
    assert found is not None
    assert found.frequency_hz == pytest.approx(f, abs=0.15)
    assert found.level_db > 6.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_music_with_a_bass_line_near_the_mains_has_no_hum_and_no_resonance(seed: int) -> None:
    spectrum = steady(music(30, seed))
    assert find_hum(spectrum) is None
    assert find_resonances(spectrum) == ()


@pytest.mark.slow
def test_held_g1_and_b1_are_no_hum() -> None:
    for f in (48.999, 61.735):
        noise = 1e-3 * np.random.default_rng(1).standard_normal(20 * LOW_SR)
        assert find_hum(steady(hum(f, 20 * LOW_SR, -20.0) + noise)) is None


def test_hum_that_is_there_half_the_time_is_none() -> None:
    noise = 1e-3 * np.random.default_rng(1).standard_normal(20 * LOW_SR)
    half = hum(50.0, 20 * LOW_SR, -30.0)
    half[10 * LOW_SR :] = 0.0
    assert find_hum(steady(noise + half)) is None


@pytest.mark.slow
def test_whistle_over_music_is_found_and_hum_is_not_told_twice() -> None:
    y = music(30)
    spectrum = steady(y + hum(50.0, len(y), -40.0) + sine(4321.5, len(y), amplitude=0.003))
    assert find_hum(spectrum) is not None
    (whistle,) = find_resonances(spectrum)
    assert whistle.frequency_hz == pytest.approx(4321.5, abs=0.3)
    assert whistle.note == "C#8"
    assert whistle.prominence_db > 10.0


def test_whistle_with_harmonics_is_one_source_but_a_cymbal_of_many_is_none() -> None:
    n = 12 * LOW_SR
    noise = 1e-3 * np.random.default_rng(1).standard_normal(n)
    whistle = sum(sine(1000.0 * k, n, amplitude=0.01 / k) for k in range(1, 6))
    assert [round(r.frequency_hz) for r in find_resonances(steady(whistle + noise))] == [1000, 2000, 3000, 4000, 5000]
    ring = sum(sine(f, n, amplitude=0.01) for f in (1013.0, 1507.0, 2222.0, 2891.0, 3777.0))
    assert find_resonances(steady(ring + noise)) == ()


def test_note_played_again_and_again_is_no_resonance() -> None:
    t = np.arange(20 * LOW_SR) / LOW_SR
    rng = np.random.default_rng(1)
    y = 1e-3 * rng.standard_normal(len(t))
    for start in np.arange(0.0, 19.0, 0.5) + rng.uniform(0.0, 0.02, 38):
        y += 0.3 * np.where(
            t >= start, np.sin(2 * np.pi * 880.0 * (t - start)) * np.exp(-6.0 * (t - start).clip(0)), 0.0
        )
    assert find_resonances(steady(y)) == ()


@pytest.mark.parametrize("n", [0, 1, 5000, 3 * LOW_SR])
def test_too_little_sound_has_no_hum_and_no_resonance(n: int) -> None:
    spectrum = steady(sine(50.0, n))
    assert find_hum(spectrum) is None
    assert find_resonances(spectrum) == ()


def test_silence_has_no_hum_and_no_resonance() -> None:
    spectrum = steady(np.zeros(10 * LOW_SR))
    assert spectrum.n_frames == 0
    assert find_hum(spectrum) is None
    assert find_resonances(spectrum) == ()
