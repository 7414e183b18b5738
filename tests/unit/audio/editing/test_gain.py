"""Normalising: to the target within 0.05, never through the ceiling, and always told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grym_synth.audio.editing.gain import Gain, normalise
from grym_synth.audio.editing.operations import Normalise, Unit
from grym_synth.audio.levels.loudness import measure_loudness
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.errors import BadRequest

from .sounds import SR, all_of, noise, stream_of, tone


def done(y: FloatArray, target: float, unit: Unit, folder: Path) -> tuple[FloatArray, Gain]:
    gains: list[Gain] = []
    out = all_of(normalise(stream_of(y, folder), Normalise(target, unit), gains.append))
    return out, gains[0]


@pytest.mark.parametrize("target", [-14.0, -23.0, -40.0])
def test_a_loudness_is_reached(target: float, tmp_path: Path) -> None:
    y = np.concatenate([tone(220.0, 2.0, level=0.02), tone(1000.0, 2.0, level=0.1)])
    out, gain = done(y, target, "LUFS", tmp_path)
    assert measure_loudness(out, SR).integrated_lufs == pytest.approx(target, abs=0.01)
    assert gain.given_db == gain.wanted_db


@pytest.mark.parametrize("target", [-1.0, -6.0, 0.0])
def test_a_true_peak_is_reached(target: float, tmp_path: Path) -> None:
    out, _ = done(noise(2.0), target, "dBTP", tmp_path)
    assert measure_loudness(out, SR).true_peak_dbtp == pytest.approx(target, abs=0.01)


def test_a_sample_peak_is_reached(tmp_path: Path) -> None:
    out, _ = done(noise(2.0), -3.0, "dBFS", tmp_path)
    assert np.abs(out).max() == pytest.approx(10 ** (-3 / 20), rel=1e-5)


@pytest.mark.parametrize("level", [0.3, 0.99])
def test_a_loudness_beyond_the_ceiling_is_reached_only_as_far_as_the_peak_allows(level: float, tmp_path: Path) -> None:
    y = noise(3.0, level=0.01)
    y[SR] = level  # a peak that stands out: it would go far above full scale
    out, gain = done(y, -14.0, "LUFS", tmp_path)
    loudness = measure_loudness(out, SR)
    assert loudness.true_peak_dbtp == pytest.approx(-1.0, abs=0.02)
    assert gain.given_db < gain.wanted_db
    assert loudness.integrated_lufs == pytest.approx(gain.before + gain.given_db, abs=0.02)


def test_the_balance_of_the_channels_stays(tmp_path: Path) -> None:
    y = noise(1.0) * np.array([1.0, 0.25], np.float32)
    out, gain = done(y, -20.0, "dBTP", tmp_path)
    assert np.allclose(out, y * 10 ** (gain.given_db / 20), rtol=1e-5)


@pytest.mark.parametrize(("unit", "reason"), [("LUFS", "gate"), ("dBTP", "zero"), ("dBFS", "zero")])
def test_silence_has_no_level_to_start_from(unit: Unit, reason: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=reason):
        done(np.zeros((SR, 2), np.float32), -14.0, unit, tmp_path)


def test_what_is_too_short_for_a_loudness_is_refused_and_told_of_peaks(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"0\.4 s") as refused:
        done(tone(440.0, 0.2), -14.0, "LUFS", tmp_path)
    assert "dBTP" in refused.value.hint
