from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.spectra.pitch_peaks import MovingMean, PitchPeaks, PitchPeaksMeter, StoredPitchPeaks, moving_mean


def hear(y: np.ndarray, sr: int, blocks: int = 1) -> StoredPitchPeaks:
    meter = PitchPeaksMeter(sr)
    for part in np.array_split(y.astype(np.float32), blocks):
        meter.feed(part)
    return meter.finish()


def tones(sr: int, *hz: float, seconds: float = 3.0) -> np.ndarray:
    t = np.arange(round(seconds * sr)) / sr
    return np.asarray(sum(0.2 * np.sin(2 * np.pi * f * t) for f in hz))


@pytest.mark.parametrize("sr", [8000, 22050, 44100, 48000, 96000, 384000])
def test_pitches_are_read_alike_at_every_sample_rate(sr: int) -> None:
    wanted = (110.0, 440.0, 1318.5, 3000.0)
    peaks = hear(tones(sr, *wanted), sr)
    middle = peaks.block(peaks.n_frames // 2, peaks.n_frames // 2 + 1)
    strongest = np.sort(np.argsort(-middle.magnitude)[:4])
    assert middle.midi[strongest] == pytest.approx(69.0 + 12.0 * np.log2(np.array(wanted) / 440.0), abs=0.02)
    assert middle.magnitude[strongest] == pytest.approx(0.2, rel=0.12)


def test_what_lies_above_the_range_does_not_fold_into_it() -> None:
    y = tones(44100, 440.0) + 3.0 * tones(44100, 6500.0, 9000.0, 12345.0)
    peaks = hear(y, 44100)
    middle = peaks.block(10, 20)
    assert np.abs(middle.midi[middle.magnitude > 1e-3] - 69.0).max() < 0.05


def test_the_blocks_fed_do_not_change_the_peaks() -> None:
    y = np.random.default_rng(3).standard_normal(200_000) * 0.1
    whole, parts = hear(y, 44100), hear(y, 44100, blocks=37)
    assert np.array_equal(whole.frame, parts.frame)
    assert parts.midi == pytest.approx(whole.midi, abs=1e-3)


def test_a_block_is_the_frames_of_the_whole_counted_anew() -> None:
    peaks = hear(np.random.default_rng(4).standard_normal(300_000) * 0.1, 44100)
    arrays = PitchPeaks(
        peaks.frame, peaks.midi, peaks.magnitude, peaks.prominence, peaks.n_frames, peaks.frame_rate, True
    )
    for start, stop in ((0, 1), (0, 20), (13, 40), (60, 1000), (5, 5), (9, 5)):
        stored, cut = peaks.block(start, stop), arrays.block(start, stop)
        inside = (peaks.frame >= start) & (peaks.frame < stop)
        for block in (stored, cut):
            assert np.array_equal(block.frame, peaks.frame[inside] - start)
            assert np.array_equal(block.midi, peaks.midi[inside])
            assert np.array_equal(block.prominence, peaks.prominence[inside])
            assert block.n_frames == max(0, min(stop, peaks.n_frames) - start)
            assert block.frame_rate == peaks.frame_rate
        assert cut.starts_from_silence == (start == 0)


def test_no_frame_has_more_than_its_48_strongest_peaks() -> None:
    peaks = hear(np.random.default_rng(5).standard_normal(100_000) * 0.1, 44100)
    counts = np.bincount(peaks.frame)
    assert counts.max() == 48


@pytest.mark.parametrize("n", [1, 100, 5000])
@pytest.mark.parametrize("sr", [1000, 8000, 44100])
def test_short_and_silent_sounds_have_frames_and_no_peaks(n: int, sr: int) -> None:
    peaks = hear(np.zeros(n), sr)
    assert peaks.n_frames >= 1
    assert len(peaks.midi) == 0
    assert peaks.block(0, 99).n_frames == peaks.n_frames


def test_the_moving_mean_by_products_is_that_of_running_sums() -> None:
    x = np.abs(np.random.default_rng(6).standard_normal((5, 300))).astype(np.float32)
    for reach in (2, 33, 400):
        assert MovingMean(300, reach)(x) == pytest.approx(moving_mean(x, reach), rel=1e-5)
