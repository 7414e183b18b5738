"""Hum, whistles and peaks of the response, planted in material made here."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.spectrum.steady import LongSpectrum, SteadySpectrum, find_hum, find_resonances

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


@functools.cache
def noise(kind: str = "pink", seconds: int = 14, seed: int = 1) -> FloatArray:
    """-20 dBFS of pink noise, or of white noise below a steep edge at 1.5 kHz."""
    rng = np.random.default_rng(seed)
    n = seconds * LOW_SR
    hz = np.fft.rfftfreq(n, 1.0 / LOW_SR)
    shape = 1.0 / np.sqrt(hz.clip(20.0)) if kind == "pink" else 1e-3 + 1.0 / (1.0 + (hz / 1500.0) ** 40)
    y = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * shape, n)
    return np.asarray(0.1 * y / np.sqrt((y**2).mean()))


@functools.cache
def drums(seconds: int = 14, seed: int = 1) -> FloatArray:
    """Kick, snare, hi-hat at 120 BPM: a gliding tone, noise with a tone of 190 Hz, bursts of a broad hump at 3 kHz."""
    rng = np.random.default_rng(seed)
    t = np.arange(LOW_SR) / LOW_SR
    kick = np.sin(2.0 * np.pi * (50.0 * t - 4.0 * np.exp(-25.0 * t))) * np.exp(-9.0 * t)
    y = 3e-4 * rng.standard_normal((seconds + 1) * LOW_SR)
    hump = np.exp(-0.5 * (np.log2(np.fft.rfftfreq(LOW_SR, 1.0 / LOW_SR).clip(1.0) / 3000.0) / 0.4) ** 2)
    for step in range(4 * seconds):
        at = round(step * LOW_SR / 4 + rng.uniform(0.0, 60.0))
        hit = 0.3 * np.fft.irfft(np.fft.rfft(rng.standard_normal(LOW_SR)) * hump, LOW_SR) * np.exp(-30.0 * t)
        if step % 4 == 0:
            hit += kick
        if step % 4 == 2:
            hit += (0.4 * rng.standard_normal(LOW_SR) + 0.5 * np.sin(2.0 * np.pi * 190.0 * t)) * np.exp(-14.0 * t)
        y[at : at + LOW_SR] += 0.3 * hit
    return y[: seconds * LOW_SR]


def peaking(y: FloatArray, f: float, q: float, gain_db: float) -> FloatArray:
    """Through the analogue peaking filter (s^2 + s A/Q + 1) / (s^2 + s/(A Q) + 1)."""
    hz = np.fft.rfftfreq(len(y), 1.0 / LOW_SR).clip(1e-3)
    a, u = 10.0 ** (gain_db / 40.0), 1j * q * (hz / f - f / hz)
    return np.fft.irfft(np.fft.rfft(y) * (u + a) / (u + 1.0 / a), len(y))


def notes(pitches: list[float], seconds: int, length: float) -> FloatArray:
    """Notes of eight partials, one after another, round and round, their phases by chance."""
    rng = np.random.default_rng(1)
    y = 1e-3 * noise(seconds=seconds)
    t = np.arange(round(length * LOW_SR)) / LOW_SR
    for i, start in enumerate(np.arange(0.0, seconds - length, length)):
        f = pitches[i % len(pitches)]
        tone = sum(0.6**h * np.sin(2.0 * np.pi * (h + 1) * f * t + rng.uniform(0.0, 6.0)) for h in range(8))
        y[round(start * LOW_SR) :][: len(t)] += 0.1 * tone * np.minimum(1.0, 200.0 * (length - t)) * np.exp(-2.0 * t)
    return y


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


@pytest.mark.slow
@pytest.mark.parametrize(("f", "q"), [(450.0, 8.0), (1000.0, 30.0), (2500.0, 15.0), (3300.0, 8.0)])
def test_peak_of_the_response_is_found_in_noise_whatever_its_level(f: float, q: float) -> None:
    for level in (1.0, 1e-3):
        (peak,) = find_resonances(steady(level * peaking(noise(), f, q, 18.0)))
        assert peak.frequency_hz == pytest.approx(f, rel=0.02)
        assert 9.0 < peak.prominence_db < 20.0


@pytest.mark.slow
@pytest.mark.parametrize(("f", "note"), [(880.0, "A5"), (1976.0, "B6")])
def test_peak_of_the_response_is_found_in_drums(f: float, note: str) -> None:
    (peak,) = find_resonances(steady(peaking(drums(), f, 15.0, 18.0)))
    assert peak.frequency_hz == pytest.approx(f, rel=0.02)
    assert peak.note == note


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_plain_noise_and_drums_have_no_resonance(seed: int) -> None:
    assert find_resonances(steady(noise(seed=seed))) == ()
    assert find_resonances(steady(noise("edged", seed=seed))) == ()
    assert find_resonances(steady(drums(seed=seed))) == ()


@pytest.mark.slow
def test_small_and_broad_humps_are_no_resonance() -> None:
    assert find_resonances(steady(peaking(noise(), 3300.0, 15.0, 8.5))) == ()
    assert find_resonances(steady(peaking(noise(), 1500.0, 1.0, 18.0))) == ()


@pytest.mark.slow
def test_arpeggio_and_recurring_tonic_have_no_resonance() -> None:
    assert find_resonances(steady(notes([220.0, 277.2, 329.6, 440.0], 20, 0.25))) == ()
    assert find_resonances(steady(notes([440.0, 493.9, 440.0, 587.3, 440.0, 329.6], 20, 0.3))) == ()


@pytest.mark.slow
def test_drone_of_a_few_notes_has_no_resonance() -> None:
    chord = sum(notes([f], 20, 19.0) for f in (261.6, 329.6, 392.0, 523.3))
    assert find_resonances(steady(np.asarray(chord) + 0.02 * noise(seconds=20))) == ()


@pytest.mark.slow
def test_peak_is_not_told_twice_where_a_whistle_sounds() -> None:
    y = peaking(noise(), 1000.0, 15.0, 18.0)
    (whistle,) = find_resonances(steady(y + sine(1001.0, len(y), amplitude=0.05)))
    assert whistle.frequency_hz == pytest.approx(1001.0, abs=0.3)


@pytest.mark.slow
def test_peak_is_found_though_the_sound_pauses_but_not_where_the_peak_pauses() -> None:
    y = noise()
    t = np.arange(len(y)) / LOW_SR
    floor = 1e-3 * noise("edged", seed=2)
    assert len(find_resonances(steady(floor + np.where(t % 1.0 < 0.5, peaking(y, 1000.0, 15.0, 18.0), 0.0)))) == 1
    assert find_resonances(steady(np.where(t % 2.5 < 2.0, peaking(y, 1000.0, 15.0, 13.0), y))) == ()


def test_harmonics_of_a_hum_over_noise_are_no_resonance() -> None:
    y = 0.1 * noise()
    spectrum = steady(y + hum(60.0, len(y), -15.0))
    assert find_hum(spectrum) is not None
    assert find_resonances(spectrum) == ()


@pytest.mark.slow
def test_detuned_note_struck_again_and_again_in_noise_is_lines_and_no_peak() -> None:
    y = noise()
    t = np.arange(len(y)) / LOW_SR
    rng = np.random.default_rng(1)
    for f, amplitude in ((680.0, 0.02), (700.0, 0.03), (720.5, 0.02)):
        phase = rng.uniform(0.0, 6.0, 10)[(t / 1.5).astype(int)]
        y = y + amplitude * np.sin(2.0 * np.pi * f * t + phase)
    assert find_resonances(steady(y)) == ()


@pytest.mark.slow
def test_wavering_note_is_narrower_than_a_peak_of_the_response() -> None:
    y = noise()
    hz = np.fft.rfftfreq(len(y), 1.0 / LOW_SR)
    wavering = np.fft.irfft(np.where(abs(hz - 3275.0) < 8.0, np.fft.rfft(y), 0.0), len(y))
    assert find_resonances(steady(y + 30.0 * wavering)) == ()


@pytest.mark.slow
def test_many_peaks_are_a_bell_and_not_reported() -> None:
    y = noise()
    for f in (500.0, 1000.0, 2000.0):
        y = peaking(y, f, 15.0, 18.0)
    assert find_resonances(steady(y)) == ()


@pytest.mark.parametrize("sr", [400, 900, 2000])
def test_low_sample_rates_are_taken(sr: int) -> None:
    assert find_resonances(steady(noise()[: 9 * sr], sr)) == ()


def hear_long(y: FloatArray, duration_s: float | None) -> SteadySpectrum:
    meter = LongSpectrum(LOW_SR, duration_s)
    for start in range(0, len(y), 17_000):
        meter.feed(y[start : start + 17_000].astype(np.float32))
    return meter.finish()


@pytest.mark.slow
@pytest.mark.parametrize("announced", [True, False])
def test_of_a_long_recording_enough_is_heard_to_find_what_stays(announced: bool) -> None:
    seconds = 40
    y = np.tile(music(seconds), 15)
    n = len(y)
    hum = sum(sine(50.0 * h, n, amplitude=0.01 / h) for h in range(1, 6))
    steady = hear_long(y + hum + sine(3210.0, n, amplitude=0.01), n / LOW_SR if announced else None)
    found = find_hum(steady)
    assert found is not None
    assert found.frequency_hz == pytest.approx(50.0, abs=0.05)
    assert any(abs(item.frequency_hz - 3210.0) < 3.0 for item in find_resonances(steady))
    assert 60 <= steady.n_frames <= (150 if announced else 560)


@pytest.mark.slow
def test_the_announced_length_does_not_change_what_is_heard_of_a_short_recording() -> None:
    y = music(40)
    told, untold = hear_long(y, 40.0), hear_long(y, None)
    assert np.array_equal(told.level_db, untold.level_db)
    assert np.array_equal(told.coherence, untold.coherence)


def test_a_wrongly_announced_length_still_leaves_windows_to_hear() -> None:
    assert hear_long(music(20), 3600.0).n_frames >= 2
