"""Plain facts of samples, on signals whose facts are known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from grym_synth.audio.levels.facts import Facts, FactsMeter

SR = 8000


def facts(y: NDArray[np.floating], sr: int = SR, cuts: tuple[int, ...] = (), bit_depth: int | None = None) -> Facts:
    """Feed `y`, cut at `cuts`."""
    y = (y[:, None] if y.ndim == 1 else y).astype(np.float32)
    meter = FactsMeter(sr, y.shape[1], bit_depth)
    for start, end in pairwise([0, *cuts, len(y)]):
        meter.feed(y[start:end])
    return meter.finish()


def sine(level: float, seconds: float = 1.0) -> NDArray[np.float64]:
    return level * np.sin(2 * np.pi * 100.0 * np.arange(round(seconds * SR)) / SR)


def test_levels_of_a_sine() -> None:
    found = facts(np.stack([sine(0.5), sine(0.25)], axis=1))
    assert found.peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert found.channel_levels_dbfs == pytest.approx((-9.03, -15.05), abs=0.01)
    assert found.rms_dbfs == pytest.approx(-11.07, abs=0.01)
    assert found.balance_db == pytest.approx(6.02, abs=0.01)
    assert found.duration_s == 1.0


@pytest.mark.parametrize(("factor", "correlation"), [(1.0, 1.0), (-0.5, -1.0)])
def test_correlation_of_one_signal_on_both_sides(factor: float, correlation: float) -> None:
    found = facts(np.stack([sine(0.5), factor * sine(0.5)], axis=1))
    assert found.correlation == pytest.approx(correlation, abs=1e-5)


def test_correlation_of_different_signals_is_near_zero_even_with_an_offset() -> None:
    noise = np.random.default_rng(1).standard_normal((SR, 2)) * 0.1
    found = facts(noise + 0.5)
    assert found.correlation == pytest.approx(0.0, abs=0.03)
    assert found.dc_offset_percent == pytest.approx(50.0, abs=0.5)


def test_a_silent_side_has_no_balance_and_no_correlation() -> None:
    found = facts(np.stack([sine(0.5), np.zeros(SR)], axis=1))
    assert found.channel_levels_dbfs[1] is None
    assert found.balance_db is None
    assert found.correlation is None


def test_a_constant_side_has_no_correlation() -> None:
    assert facts(np.stack([sine(0.5), np.full(SR, 0.5)], axis=1)).correlation is None


def test_mono_and_surround_have_no_sides() -> None:
    for y in (sine(0.5), np.stack([sine(0.5)] * 7, axis=1)):
        found = facts(y)
        assert found.balance_db is None
        assert found.correlation is None


def test_silence_has_no_level() -> None:
    found = facts(np.zeros((SR, 2)))
    assert found.peak_dbfs is None
    assert found.rms_dbfs is None
    assert found.channel_levels_dbfs == (None, None)
    assert found.silence_s == ((0.0, 1.0),)


def test_nothing_at_all_has_no_facts_to_trip_over() -> None:
    found = facts(np.zeros((0, 2)))
    assert found.samples == 0
    assert found.peak_dbfs is None
    assert found.silence_s == ()


@pytest.mark.parametrize("seconds", [0.5, 0.3])
def test_a_gap_of_silence_is_found_where_it_is(seconds: float) -> None:
    y = np.concatenate([sine(0.5), sine(0.0005, seconds), sine(0.5)])
    (span,) = facts(y, cuts=(8100, 9000)).silence_s
    assert span == pytest.approx((1.0, 1.0 + seconds), abs=0.011)


@pytest.mark.parametrize(("rms_dbfs", "silent"), [(-60.5, True), (-59.5, False)])
def test_silence_begins_below_minus_sixty(rms_dbfs: float, silent: bool) -> None:
    assert bool(facts(sine(2**0.5 * 10.0 ** (rms_dbfs / 20.0))).silence_s) == silent


def test_short_or_onesided_gaps_are_no_silence() -> None:
    short = np.concatenate([sine(0.5), np.zeros(SR // 4), sine(0.5)])
    assert facts(short).silence_s == ()
    assert facts(np.stack([sine(0.5), np.zeros(SR)], axis=1)).silence_s == ()


def test_silence_at_the_end_ends_with_the_recording() -> None:
    y = np.concatenate([sine(0.5), np.zeros(4037)])
    ((start, end),) = facts(y).silence_s
    assert start == pytest.approx(1.0, abs=0.011)
    assert end == pytest.approx(len(y) / SR)


@pytest.mark.parametrize(("run", "counted"), [(1, 0), (2, 0), (3, 3), (10, 10)])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_three_samples_in_a_row_at_full_scale_are_clipped(run: int, counted: int, sign: float) -> None:
    y = np.zeros(100)
    y[40 : 40 + run] = sign * 32767 / 32768
    assert facts(y).clipped_samples == counted


def test_eight_bits_clip_at_their_own_full_scale() -> None:
    y = np.zeros(100)
    y[40:50] = 127 / 128
    assert facts(y).clipped_samples == 0
    assert facts(y, bit_depth=8).clipped_samples == 10


@given(loud=st.lists(st.booleans(), min_size=1, max_size=60), cuts=st.lists(st.integers(0, 60), max_size=4).map(sorted))
def test_clipping_does_not_depend_on_the_blocks(loud: list[bool], cuts: list[int]) -> None:
    runs = "".join("x" if sample else " " for sample in loud).split()
    expected = sum(len(run) for run in runs if len(run) >= 3)
    y = np.array(loud, float)
    assert facts(y, cuts=tuple(min(cut, len(y)) for cut in cuts)).clipped_samples == expected
    both = np.stack([y, np.zeros(len(y))], axis=1)
    assert facts(both, cuts=tuple(min(cut, len(y)) for cut in cuts)).clipped_samples == expected
