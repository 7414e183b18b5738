"""Partials, balance, hum and whistles on material made here."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from grym_synth.audio.spectra.frames import FloatArray, ShortSpectraMeter
from grym_synth.audio.spectrum.peaks import (
    WINDOWS,
    Balance,
    LoudestWindow,
    make_window,
    measure_balance,
    measure_peaks,
)

SR = 44100


def sine(f: float, n: int, *, sr: int = SR, amplitude: float = 1.0, phase: float = 0.3) -> FloatArray:
    return amplitude * np.sin(2 * np.pi * f * np.arange(n) / sr + phase)


def cents_off(frequency: float, truth: float) -> float:
    return abs(1200.0 * float(np.log2(frequency / truth)))


@functools.cache
def sine_errors(n_fft: int, window: str) -> tuple[FloatArray, FloatArray]:
    """Errors in cents and dB over 100 random sines from 80 to 5000 Hz."""
    rng = np.random.default_rng(7)
    cents, db = [], []
    for f in np.exp(rng.uniform(np.log(80.0), np.log(5000.0), 100)):
        y = sine(f, n_fft, amplitude=0.5, phase=rng.uniform(0.0, 6.28)).astype(np.float32)
        peak = measure_peaks(y, SR, n_fft=n_fft, window=window)[0]
        cents.append(cents_off(peak.frequency_hz, f))
        db.append(abs(peak.level_dbfs - 20.0 * np.log10(0.5)))
    return np.array(cents), np.array(db)


@pytest.mark.slow
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("n_fft", "bound"), [(2048, 0.12), (4096, 0.05)])
def test_sines_are_found_to_a_fraction_of_a_cent_and_a_tenth_of_a_decibel(
    n_fft: int, bound: float, window: str
) -> None:
    cents, db = sine_errors(n_fft, window)
    assert np.percentile(cents, 95) <= bound
    assert db.max() <= 0.1


@pytest.mark.parametrize("window", WINDOWS)
def test_full_scale_sine_is_0_dbfs_whatever_the_window(window: str) -> None:
    (peak,) = measure_peaks(sine(1000.7, 2048), SR, window=window)
    assert peak.level_dbfs == pytest.approx(0.0, abs=0.01)
    assert peak.note == "B5"


def test_low_partial_is_not_bent_by_its_own_image() -> None:
    for phase in np.linspace(0.0, 3.0, 7):
        peak = measure_peaks(sine(80.0, 2048, phase=phase), SR)[0]
        assert cents_off(peak.frequency_hz, 80.0) < 0.12


@pytest.mark.parametrize("window", ["hann", "hamming", "blackman"])
def test_two_tones_do_not_bend_each_other(window: str) -> None:
    y = sine(440.0, 2048, amplitude=0.3) + sine(600.0, 2048, amplitude=0.02, phase=1.0)
    peaks = measure_peaks(y, SR, window=window)
    assert len(peaks) == 2
    assert cents_off(peaks[0].frequency_hz, 440.0) < 0.1
    assert cents_off(peaks[1].frequency_hz, 600.0) < 0.1
    assert peaks[1].level_dbfs == pytest.approx(20.0 * np.log10(0.02), abs=0.05)


def test_a_sine_has_one_peak_and_no_side_lobes() -> None:
    for window in WINDOWS:
        assert len(measure_peaks(sine(1234.5, 2048), SR, window=window)) == 1


def test_peaks_are_named_and_ordered_by_level() -> None:
    y = sine(440.0 * 2 ** (20 / 1200), 4096, amplitude=0.2) + sine(1760.0, 4096, amplitude=0.4)
    loud, soft = measure_peaks(y, SR, n_fft=4096)
    assert (loud.note, soft.note) == ("A6", "A4")
    assert soft.cents == pytest.approx(20.0, abs=0.1)


def test_partial_is_found_in_noise() -> None:
    noise = 0.05 * np.random.default_rng(4).standard_normal(2048)
    assert cents_off(measure_peaks(sine(700.0, 2048) + noise, SR)[0].frequency_hz, 700.0) < 1.0


def test_number_of_peaks_is_bounded() -> None:
    y = sum(sine(200.0 * k, 8192, amplitude=0.02) for k in range(1, 31))
    assert len(measure_peaks(np.asarray(y), SR, n_fft=8192, max_peaks=5)) == 5


@pytest.mark.parametrize("y", [np.zeros(2048), np.full(2048, 0.7), np.zeros(0), np.ones(3)])
def test_silence_and_constants_have_no_peaks(y: FloatArray) -> None:
    assert measure_peaks(y, SR) == ()


def test_short_excerpt_is_read_whole() -> None:
    assert measure_peaks(sine(3000.0, 500), SR)[0].frequency_hz == pytest.approx(3000.0, abs=0.5)


@pytest.mark.parametrize("sr", [8000, 384000])
def test_peaks_near_both_ends_of_the_spectrum_at_any_rate(sr: int) -> None:
    for share in (0.01, 0.2, 0.49):
        assert measure_peaks(sine(share * sr, 2048, sr=sr), sr)[0].frequency_hz == pytest.approx(share * sr, rel=1e-4)


def test_windows_are_periodic() -> None:
    for name in WINDOWS:
        w = make_window(name, 64)
        np.testing.assert_allclose(w[1:], w[:0:-1], atol=1e-12)
        assert w.max() == pytest.approx(1.0, abs=1e-6)


def test_loudest_window_holds_the_strongest_moment_and_its_time() -> None:
    y = 0.01 * np.random.default_rng(1).standard_normal(5 * SR).astype(np.float32)
    y[3 * SR : 3 * SR + 4000] += sine(500.0, 4000, amplitude=0.5).astype(np.float32)
    meter = LoudestWindow(SR, 2048)
    for i in range(0, len(y), 10007):
        meter.feed(y[i : i + 10007])
    excerpt = meter.finish()
    assert 3.0 - 0.012 <= excerpt.start_s <= 3.0 + 2500 / SR
    start = round(excerpt.start_s * SR)
    np.testing.assert_array_equal(excerpt.y, y[start : start + 2048])
    assert measure_peaks(excerpt.y, SR)[0].frequency_hz == pytest.approx(500.0, abs=2.0)


def test_loudest_window_of_a_short_recording_is_all_of_it() -> None:
    meter = LoudestWindow(SR, 2048)
    assert len(meter.finish().y) == 0
    meter.feed(np.ones(100, np.float32))
    assert len(meter.finish().y) == 100


def balance_of(y: FloatArray, sr: int = SR) -> Balance | None:
    meter = ShortSpectraMeter(sr)
    meter.feed(y.astype(np.float32))
    spectra = meter.finish()
    return measure_balance(spectra.mean_power, sr, spectra.n_fft)


@pytest.mark.parametrize(
    ("f", "band"),
    [
        (40, "sub"),
        (120, "bass"),
        (350, "low_mid"),
        (1000, "mid"),
        (3000, "high_mid"),
        (5000, "presence"),
        (9000, "brilliance"),
    ],
)
def test_tone_falls_into_its_band(f: float, band: str) -> None:
    balance = balance_of(sine(f, SR, amplitude=0.5))
    assert balance is not None
    assert max(balance.bands_db, key=lambda name: balance.bands_db[name]) == band
    assert balance.bands_db[band] == pytest.approx(0.0, abs=0.8)
    assert balance.centroid_hz == pytest.approx(f, rel=0.02, abs=4.0)
    assert balance.rolloff_hz == pytest.approx(f, abs=45.0)
    assert balance.flatness < 0.01


def test_white_noise_is_flat_and_spread() -> None:
    balance = balance_of(0.1 * np.random.default_rng(1).standard_normal(3 * SR))
    assert balance is not None
    assert balance.flatness > 0.95
    assert balance.centroid_hz == pytest.approx(10000.0, rel=0.03)
    assert balance.bandwidth_hz == pytest.approx(20000.0 / 12**0.5, rel=0.03)
    assert balance.rolloff_hz == pytest.approx(17000.0, rel=0.03)
    assert sum(10 ** (db / 10) for db in balance.bands_db.values()) == pytest.approx(1.0, abs=1e-6)


def test_constant_offset_is_no_bass() -> None:
    tone = sine(1000.0, SR, amplitude=0.1)
    plain, offset = balance_of(tone), balance_of(tone + 0.05)
    assert plain is not None
    assert offset is not None
    assert offset.centroid_hz == pytest.approx(plain.centroid_hz, rel=0.05)


def test_silence_has_no_balance() -> None:
    assert balance_of(np.zeros(SR)) is None


def test_band_above_nyquist_is_at_the_floor() -> None:
    balance = balance_of(sine(1000.0, 8000, sr=8000), sr=8000)
    assert balance is not None
    assert balance.bands_db["brilliance"] == -120.0
