"""Resampling for delivery: flat to 20 kHz at 44.1 kHz, nothing folded back, nothing early or late."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.audio.editing.resampling import resample
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.errors import BadRequest

from .sounds import all_of, noise, stream_of, tone

RATES = [(44100, 48000), (48000, 44100), (96000, 44100), (44100, 22050), (8000, 44100)]


def at_rate(y: FloatArray, sr_in: int, sr_out: int, block: int = 7001) -> FloatArray:
    return all_of(resample(stream_of(y, Path(), sr_in, block), sr_out))


@pytest.mark.parametrize(("sr_in", "sr_out"), RATES)
@pytest.mark.parametrize("share", [0.01, 0.5, 0.905])
def test_a_sine_comes_out_as_the_same_sine_at_the_same_time(sr_in: int, sr_out: int, share: float) -> None:
    hz = share * min(sr_in, sr_out) / 2.0
    out = at_rate(tone(hz, 0.5, sr_in), sr_in, sr_out)
    inner = slice(sr_out // 10, -sr_out // 10)
    assert np.abs(out - tone(hz, 0.5, sr_out)[: len(out)])[inner].max() < 1e-5  # -94 dB of 0.5


@pytest.mark.parametrize(("sr_in", "sr_out"), [rates for rates in RATES if rates[0] > rates[1]])
@pytest.mark.parametrize("share", [1.001, 1.02, 1.08])
def test_what_lies_above_the_new_range_is_more_than_100_db_down(sr_in: int, sr_out: int, share: float) -> None:
    out = at_rate(tone(share * sr_out / 2.0, 0.5, sr_in), sr_in, sr_out)
    inner = out[sr_out // 10 : -sr_out // 10]
    assert 20.0 * np.log10(np.sqrt(2.0 * np.mean(np.square(inner, dtype=np.float64))) / 0.5) < -100.0


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(RATES), st.integers(1, 9000), st.integers(1, 5000))
@pytest.mark.slow
def test_blocks_do_not_matter_and_the_length_is_exact(rates: tuple[int, int], n: int, block: int) -> None:
    y = noise(1.0, 2)[:n]
    whole = at_rate(y, *rates, block=100_000)
    assert len(whole) == -(-n * rates[1] // rates[0])
    assert np.array_equal(at_rate(y, *rates, block=block), whole)


def test_the_same_rate_is_left_alone() -> None:
    y = noise(0.1)
    assert np.array_equal(at_rate(y, 44100, 44100), y)


def test_rates_without_a_common_factor_are_refused() -> None:
    with pytest.raises(BadRequest, match="common factor"):
        at_rate(noise(0.01), 44101, 383_999)
