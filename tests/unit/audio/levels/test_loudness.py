"""Loudness against known answers: EBU test signals, stored readings of libebur128, and libebur128 itself."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from grym_synth.audio.levels.loudness import (
    LoudnessMeter,
    channel_weights,
    gated_loudness,
    integrated_loudness,
    measure_loudness,
    range_of,
)
from grym_synth.audio.levels.true_peak import TruePeakMeter
from grym_synth.errors import UnusableAudio

Samples = NDArray[np.float32]

#: What libebur128 reads of `song(sr, channels)`: integrated, greatest short-term and momentary loudness (LUFS),
#: range (LU), true peak (dBTP), sample peak (dBFS).
LIBEBUR128 = {
    (8000, 1): (-13.45051, -13.07842, -10.98031, 5.62863, -4.34953, -4.35778),
    (11025, 2): (-9.88048, -9.46256, -7.36374, 5.64296, -4.35646, -4.37026),
    (44100, 2): (-10.03720, -9.66600, -7.56795, 5.63254, -4.34818, -4.35296),
    (48000, 1): (-13.81513, -13.44304, -11.34606, 5.62847, -4.35135, -4.35135),
    (48000, 3): (-7.96662, -7.59577, -5.49763, 5.63442, -4.35040, -4.35135),
    (48000, 4): (-5.65461, -5.28406, -3.18612, 5.63590, -4.35040, -4.35135),
    (48000, 5): (-4.74056, -4.37007, -2.27304, 5.63646, -4.35026, -4.35135),
    (48000, 6): (-4.71137, -4.34086, -2.24397, 5.63660, -4.35026, -4.35135),
    (48000, 7): (-4.71137, -4.34086, -2.24397, 5.63660, -4.35026, -4.35135),
    (96000, 2): (-10.06589, -9.69470, -7.59677, 5.63257, -4.35135, -4.35135),
    (192000, 1): (-13.85121, -13.47913, -11.38236, 5.62853, -4.35135, -4.35135),
    (384000, 1): (-13.85681, -13.48473, -11.38799, 5.62854, -4.35135, -4.35135),
}


def song(sr: int, channels: int, seconds: float = 8.0) -> Samples:
    """Two tones a channel, swelling, with a second of near silence: the gates have something to do."""
    t = np.arange(round(seconds * sr)) / sr
    swell = 0.01 + np.sin(np.pi * t / 5.0) ** 2
    swell[(t > 4.5) & (t < 5.5)] = 1e-4
    sides = [
        np.sin(2 * np.pi * (60.0 + 97.0 * i) * t) + 0.5 * np.sin(2 * np.pi * (2317.0 + 211.0 * i) * t)
        for i in range(channels)
    ]
    return (0.4 * swell * np.array(sides)).T.astype(np.float32)


def tone_steps(steps: list[tuple[float, float]], sr: int = 16000) -> Samples:
    """A stereo sine of 1 kHz, `(level of its peak in dBFS, seconds)` after one another."""
    level = np.concatenate([np.full(round(seconds * sr), 10.0 ** (db / 20.0)) for db, seconds in steps])
    tone = level * np.sin(2 * np.pi * 1000.0 * np.arange(len(level)) / sr)
    return np.stack([tone, tone], axis=1).astype(np.float32)


def readings(y: Samples, sr: int) -> list[float]:
    """In the order of LIBEBUR128."""
    loudness = measure_loudness(y, sr)
    values = (
        loudness.integrated_lufs,
        loudness.short_term_max_lufs,
        loudness.momentary_max_lufs,
        loudness.range_lu,
        loudness.true_peak_dbtp,
        loudness.sample_peak_dbfs,
    )
    return [math.nan if value is None else value for value in values]


def readings_of_libebur128(ebur128: Any, y: Samples, sr: int) -> list[float]:
    modes = ebur128.MeasurementMode
    mode = int(modes.MODE_I) | int(modes.MODE_LRA) | int(modes.MODE_S) | int(modes.MODE_TRUE_PEAK)
    channels = y.shape[1]
    state = ebur128.R128State(channels, sr, mode)
    step = (sr + 5) // 10
    short_term = momentary = -math.inf
    for i in range(0, len(y), step):
        part = np.ascontiguousarray(y[i : i + step])
        state.add_frames(part.ravel(), len(part))
        if len(part) == step and i >= 3 * step:
            momentary = max(momentary, ebur128.get_loudness_momentary(state))
        if len(part) == step and i >= 29 * step:
            short_term = max(short_term, ebur128.get_loudness_shortterm(state))
    true_peak = max(ebur128.get_true_peak(state, channel) for channel in range(channels))
    peak = max(ebur128.get_sample_peak(state, channel) for channel in range(channels))
    integrated, range_lu = ebur128.get_loudness_global(state), ebur128.get_loudness_range(state)
    return [integrated, short_term, momentary, range_lu, 20 * math.log10(true_peak), 20 * math.log10(peak)]


@pytest.mark.parametrize(
    ("sr", "channels"),
    [pytest.param(*key, marks=pytest.mark.slow) if key[0] * key[1] > 120_000 else key for key in LIBEBUR128],
)
def test_readings_are_those_of_libebur128(sr: int, channels: int) -> None:
    assert readings(song(sr, channels), sr) == pytest.approx(LIBEBUR128[sr, channels], abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("sr", [8000, 22050, 32000, 44056, 88200, 176400])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_noise_reads_as_in_libebur128_beside_us(sr: int, channels: int) -> None:
    ebur128 = pytest.importorskip("pyebur128")
    rng = np.random.default_rng(sr + channels)
    t = np.arange(round(6.37 * sr)) / sr
    swell = 0.05 + np.abs(np.sin(2 * np.pi * t / 5.0))
    y = (0.2 * swell[:, None] * rng.standard_normal((len(t), channels)) + 0.2 * np.sin(400.0 * t)[:, None]).astype("f4")
    y[len(y) // 3 : len(y) // 2] *= np.float32(1e-4)
    assert readings(y, sr) == pytest.approx(readings_of_libebur128(ebur128, y, sr), abs=1e-4)


@pytest.mark.parametrize(
    ("steps", "lufs"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_integrated_loudness_of_the_ebu_signals(steps: list[tuple[float, float]], lufs: float) -> None:
    """EBU Tech 3341, cases 1 to 5; the tolerance is that of the standard."""
    assert integrated_loudness(tone_steps(steps), 16000) == pytest.approx(lufs, abs=0.1)


def test_surround_channels_weigh_more_as_in_the_ebu_signal() -> None:
    """EBU Tech 3341, case 6: a 5.0 file."""
    sr = 16000
    tone = np.sin(2 * np.pi * 1000.0 * np.arange(5 * sr) / sr)
    y = np.stack([10.0 ** (db / 20.0) * tone for db in (-28, -28, -24, -30, -30)], axis=1).astype(np.float32)
    assert integrated_loudness(y, sr) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("steps", "lu"),
    [
        ([(-20, 20), (-30, 20)], 10.0),
        ([(-20, 20), (-15, 20)], 5.0),
        ([(-40, 20), (-20, 20)], 20.0),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15.0),
    ],
)
def test_loudness_range_of_the_ebu_signals(steps: list[tuple[float, float]], lu: float) -> None:
    """EBU Tech 3342, cases 1 to 4; the tolerance is that of the standard."""
    assert measure_loudness(tone_steps(steps), 16000).range_lu == pytest.approx(lu, abs=1.0)


@pytest.mark.parametrize(("divisor", "degrees"), [(4, 0.0), (4, 45.0), (6, 60.0), (8, 67.5)])
def test_true_peak_of_the_ebu_signals_lies_between_the_samples(divisor: int, degrees: float) -> None:
    """EBU Tech 3341, cases 15 to 18: -6 dBTP, +0.2 and -0.4 dB."""
    sr = 48000
    n = np.arange(sr // 4)
    y = 0.5 * np.sin(2 * np.pi * n / divisor + np.deg2rad(degrees)) * np.minimum(1.0, n / 2000)
    peak = measure_loudness(y.astype(np.float32), sr).true_peak_dbtp
    assert peak is not None
    assert -6.4 <= peak <= -5.8


def test_skipped_parts_never_hold_the_true_peak() -> None:
    """Against a plain interpolation of everything."""
    rng = np.random.default_rng(5)
    taps = np.arange(49)
    h = np.sinc((taps - 24) / 4) * 0.5 * (1 - np.cos(2 * np.pi * taps / 48))
    for _ in range(20):
        y = (rng.standard_normal(3001) * rng.random(3001) ** 4).astype(np.float32)
        stuffed = np.zeros(4 * len(y))
        stuffed[::4] = y
        expected = max(np.abs(np.convolve(stuffed, h)[: 4 * len(y)]).max(), np.abs(y).max())
        meter = TruePeakMeter(44100)
        for part in np.split(y, [0, 1, 2, 40, 700, 732, 2990]):
            meter.feed(part)
        assert meter.peak == pytest.approx(expected, rel=1e-5)


def test_a_peak_that_comes_out_in_a_quiet_part_is_not_skipped() -> None:
    """The interpolator answers six samples late: the peak between the last two of a chunk falls into the next one."""
    y = 0.3 * np.random.default_rng(6).choice([-1.0, 1.0], 200 * 32).astype(np.float32)
    y[100 * 32 : 102 * 32] = 0.0
    y[101 * 32 - 2 : 101 * 32] = 0.9
    meter = TruePeakMeter(44100)
    meter.feed(y)
    assert meter.peak == pytest.approx(0.9 * 2 * np.sinc(0.5) * 0.983, rel=0.001)


def test_the_end_of_a_block_is_not_the_end_of_the_signal() -> None:
    """A constant that stopped there would overshoot."""
    meter = TruePeakMeter(44100)
    meter.feed(0.9 * np.linspace(0.0, 1.0, 10_000, dtype=np.float32))
    meter.feed(np.full(1003, 0.9, np.float32))
    meter.feed(np.full(1000, 0.9, np.float32))
    assert meter.peak < 0.91


def test_the_size_of_the_blocks_does_not_matter() -> None:
    sr = 11025  # 100 ms are no whole number of samples here
    y = song(sr, 2, 4.0)
    whole = measure_loudness(y, sr)
    meter = LoudnessMeter(sr, 2)
    for start, end in pairwise([0, 0, 1, 7, 70, 1102, 1103, 1104, 9000, 30000, len(y)]):
        meter.feed(y[start:end])
    parts = meter.finish()
    assert parts.integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1e-5)
    assert parts.true_peak_dbtp == pytest.approx(whole.true_peak_dbtp, abs=1e-5)
    assert parts.short_term_max_lufs == pytest.approx(whole.short_term_max_lufs, abs=1e-5)


def test_the_last_full_step_counts() -> None:
    """400 ms and not a sample more are enough, and one sample less is too short."""
    y = song(44100, 1, 1.0)
    assert measure_loudness(y[:17640], 44100).integrated_lufs is not None
    short = measure_loudness(y[:17639], 44100)
    assert short.integrated_lufs is None
    assert "0.4 s" in short.reasons["integrated_lufs"]


def test_silence_has_no_loudness_and_says_why() -> None:
    loudness = measure_loudness(np.zeros((4 * 8000, 2), np.float32), 8000)
    assert loudness.integrated_lufs is None
    assert loudness.true_peak_dbtp is None
    assert loudness.thirds_lufs == (None, None, None)
    assert loudness.momentary_max_span_s is None
    assert "gate" in loudness.reasons["integrated_lufs"]
    assert {"plr_db", "crest_db", "range_lu", "short_term_max_lufs"} <= set(loudness.reasons)


def test_every_absent_value_has_a_reason_and_no_other() -> None:
    names = ["integrated_lufs", "short_term_max_lufs", "momentary_max_lufs", "range_lu", "true_peak_dbtp"]
    names += ["sample_peak_dbfs", "plr_db", "crest_db"]
    for y, sr in (
        (np.zeros((0, 1)), 8000),
        (np.ones((1, 7)), 8000),
        (song(8000, 1, 1.0), 8000),
        (song(8000, 2), 8000),
        (song(2000, 1), 2000),
    ):
        loudness = measure_loudness(np.asarray(y, np.float32), sr)
        assert {name for name in names if getattr(loudness, name) is None} == set(loudness.reasons)


def test_the_loudest_window_is_where_the_sound_is() -> None:
    sr = 8000
    y = tone_steps([(-40, 4), (-10, 3), (-40, 4)], sr)
    loudness = measure_loudness(y, sr)
    assert loudness.short_term_max_span_s == pytest.approx((4.0, 7.0), abs=0.11)
    assert loudness.momentary_max_span_s is not None
    start, end = loudness.momentary_max_span_s
    assert 3.9 <= start < end <= 7.1
    assert end - start == pytest.approx(0.4)


def test_thirds_follow_a_crescendo() -> None:
    loudness = measure_loudness(tone_steps([(-40, 3), (-30, 3), (-20, 3)], 8000), 8000)
    assert loudness.thirds_lufs == pytest.approx((-40.0, -30.0, -20.0), abs=0.2)


def test_crest_and_peak_to_loudness_of_a_sine() -> None:
    loudness = measure_loudness(tone_steps([(-20, 5)]), 16000)
    assert loudness.crest_db == pytest.approx(3.01, abs=0.01)
    assert loudness.plr_db == pytest.approx(0.0, abs=0.15)


def test_quiet_parts_are_gated_out() -> None:
    loud, quiet = 10.0**-2.0, 10.0**-5.0
    assert gated_loudness(np.array([loud] * 50 + [quiet] * 500)) == pytest.approx(-0.691 - 20.0, abs=0.3)
    assert gated_loudness(np.full(100, 1e-8)) == -math.inf
    assert range_of(np.full(100, 1e-8)) is None


def test_range_spans_the_tenth_to_the_ninety_fifth_percentile() -> None:
    rising_by_ten_lu = 10.0 ** np.linspace(-3.0, -2.0, 5000)
    assert range_of(rising_by_ten_lu) == pytest.approx(8.5, abs=0.1)


def test_channels_weigh_as_in_common_layouts() -> None:
    assert channel_weights(1) == (1.0,)
    assert channel_weights(4) == (1.0, 1.0, 1.41, 1.41)
    assert channel_weights(6) == (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)
    assert channel_weights(8) == (1.0, 1.0, 1.0, 0.0, 1.41, 1.41, 0.0, 0.0)


def test_an_offset_is_not_loud() -> None:
    assert integrated_loudness(np.full((80000, 1), 0.5, np.float32)[40000:], 8000) < -30.0


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(UnusableAudio, match="400 ms"):
        integrated_loudness(np.zeros((100, 2), np.float32), 44100)
    with pytest.raises(UnusableAudio, match="finite"):
        integrated_loudness(np.full((44100, 2), np.nan, np.float32), 44100)
    assert integrated_loudness(np.zeros((44100, 2), np.float32), 44100) == -math.inf
