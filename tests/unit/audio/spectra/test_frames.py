from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.spectra.frames import (
    N_MELS,
    Framer,
    ShortSpectra,
    ShortSpectraMeter,
    mel_filterbank,
    overlapping,
    short_window,
)

NOISE = 0.1 * np.random.default_rng(1).standard_normal(100_000).astype(np.float32)


def hear(y: np.ndarray, sr: int, blocks: int = 1) -> ShortSpectra:
    meter = ShortSpectraMeter(sr)
    for part in np.array_split(y.astype(np.float32), blocks):
        meter.feed(part)
    return meter.finish()


@pytest.mark.parametrize("sr", [8000, 22050, 44100, 48000, 96000, 192000, 384000])
def test_windows_last_as_long_at_every_sample_rate(sr: int) -> None:
    n_fft, hop_length = short_window(sr)
    assert n_fft / sr == pytest.approx(2048 / 44100, rel=0.04)
    assert hop_length / sr == pytest.approx(0.01, rel=0.01)


def test_frames_are_those_of_the_padded_signal() -> None:
    framer = Framer(64, 10)
    parts = [*(chunk.copy() for block in np.array_split(NOISE[:5000], 9) for chunk in framer.feed(block))]
    frames = np.concatenate([*parts, *(chunk.copy() for chunk in framer.flush())])
    padded = np.pad(NOISE[:5000], 32)
    assert np.array_equal(frames, np.lib.stride_tricks.sliding_window_view(padded, 64)[::10])


def test_frames_come_in_multiples_until_the_end() -> None:
    framer = Framer(64, 10, at_once=7)
    assert all(len(chunk) % 7 == 0 for block in np.array_split(NOISE[:1000], 5) for chunk in framer.feed(block))


@pytest.mark.parametrize("blocks", [3, 100])
def test_the_blocks_fed_do_not_change_the_spectra(blocks: int) -> None:
    whole, parts = hear(NOISE, 44100), hear(NOISE, 44100, blocks)
    assert parts.mel.shape == whole.mel.shape == (227, N_MELS)
    assert parts.mel[:] == pytest.approx(whole.mel[:], rel=1e-4)
    assert parts.mean_power == pytest.approx(whole.mean_power, rel=1e-5)


@pytest.mark.parametrize("sr", [8000, 44100, 96000])
def test_mel_powers_are_those_of_the_filters_on_each_spectrum(sr: int) -> None:
    n_fft, hop_length = short_window(sr)
    window = np.hanning(n_fft + 1)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(NOISE[:30000], n_fft // 2), n_fft)[::hop_length]
    power = np.abs(np.fft.rfft(frames * window / (window.sum() / 2.0))) ** 2
    found = hear(NOISE[:30000], sr)
    assert found.mel[:] == pytest.approx(power @ mel_filterbank(sr, n_fft).T, rel=1e-3, abs=1e-9)
    assert found.mean_power == pytest.approx(power.mean(axis=0), rel=1e-3)


@pytest.mark.parametrize("n", [0, 1, 441])
def test_very_short_sounds_have_a_frame(n: int) -> None:
    assert len(hear(NOISE[:n], 44100).mel) == 1 + n // 441


def test_overlapping_stretches_are_those_of_a_sliding_window() -> None:
    x = np.arange(100, dtype=np.float32)
    found = overlapping(x, 10, 7, 13)
    np.testing.assert_array_equal(found, np.lib.stride_tricks.sliding_window_view(x, 10)[::7][:13])
    with pytest.raises(ValueError, match="do not fit"):
        overlapping(x, 10, 7, 14)
