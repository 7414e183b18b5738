"""Timbre of whole recordings: when it is one hit, how it rises and falls, how tonal it is."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.spectra.frames import FloatArray, ShortSpectraMeter
from grym_synth.audio.spectra.pitch_peaks import PitchPeaksMeter
from grym_synth.audio.timbre import measure as timbre
from grym_synth.audio.timbre.vectors import follow

SR = 22_050


def measured(y: FloatArray, sr: int = SR) -> timbre.Timbre:
    spectra, peaks, meter = ShortSpectraMeter(sr), PitchPeaksMeter(sr), timbre.TimbreMeter(sr)
    for start in range(0, len(y), 4 * sr + 11):
        for each in (spectra, peaks, meter):
            each.feed(y[start : start + 4 * sr + 11])
    short = spectra.finish()
    return timbre.measure_timbre(meter.finish(), short, peaks.finish(), follow(short.mel))


def struck(seconds: float, decay: float, every: float | None = None) -> FloatArray:
    t = np.arange(round(seconds * SR)) / SR
    since = t if every is None else t % every
    return np.asarray(np.sin(2 * np.pi * 180.0 * t) * np.exp(-since / decay), np.float32)


def test_one_decaying_hit_is_a_hit_and_a_loop_is_none() -> None:
    assert timbre.is_single_hit(struck(3.0, 0.5), SR)
    assert not timbre.is_single_hit(struck(3.0, 0.1, every=0.5), SR)


def test_nothing_longer_than_ten_seconds_is_a_hit() -> None:
    y = struck(11.0, 2.0)
    assert measured(y).hit is None
    meter = timbre.TimbreMeter(SR)
    meter.feed(y[: 6 * SR])
    meter.feed(y[6 * SR :])
    assert meter.finish() is None


def test_a_loop_has_no_label_and_no_decay() -> None:
    found = measured(struck(6.0, 0.1, every=0.5))
    assert (found.label, found.attack_s, found.decay_s) == (None, None, None)


@pytest.mark.parametrize("decay", [0.1, 0.4])
def test_the_decay_is_where_it_is_20_db_down(decay: float) -> None:
    found = measured(struck(2.5, decay))
    assert found.decay_s == pytest.approx(decay * np.log(10.0), rel=0.06)


def test_the_attack_is_the_rise_to_nine_tenths() -> None:
    t = np.arange(SR) / SR
    y = np.sin(2 * np.pi * 900.0 * t) * np.minimum(t / 0.1, 1.0) * np.exp(-np.maximum(t - 0.1, 0.0) / 0.1)
    found = measured(y.astype(np.float32))
    assert found.attack_s == pytest.approx(0.08, abs=0.004)


def test_held_tones_are_harmonic_and_noise_is_not() -> None:
    t = np.arange(12 * SR) / SR
    chord = np.sum([np.sin(2 * np.pi * hz * t) for hz in (220.0, 277.2, 329.6)], axis=0).astype(np.float32)
    noise = np.random.default_rng(0).normal(size=12 * SR).astype(np.float32)
    assert (measured(chord).harmonicity or 0.0) > 0.85
    assert (measured(noise).harmonicity or 0.0) < 0.05


@pytest.mark.parametrize("kind", ["empty", "one sample", "silence", "constant"])
def test_what_has_no_sound_has_no_timbre(kind: str) -> None:
    y = {"empty": np.zeros(0), "one sample": np.ones(1), "silence": np.zeros(SR), "constant": np.full(SR, 0.2)}[kind]
    found = measured(y.astype(np.float32))
    assert found.label is None
    assert np.isfinite(found.mfcc_mean).all()
    assert found.harmonicity is None or 0.0 <= found.harmonicity <= 1.0
