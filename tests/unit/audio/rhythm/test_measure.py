"""Rhythm is read from seeded drum patterns, and nothing is read from what has none."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.audio.rhythm.measure import Rhythm, measure_rhythm
from grym_synth.audio.spectra.frames import FloatArray, ShortSpectra
from grym_synth.audio.spectra.rows import Rows

from .drumming import add_hit, drums, offsets, pattern, spectra_of


def rhythm_of(y: FloatArray, sr: int = 22050) -> Rhythm:
    return measure_rhythm(spectra_of(y, sr), len(y) / sr)


def assert_sound(rhythm: Rhythm, duration_s: float) -> None:
    """What holds of every rhythm, whatever was heard."""
    for times in (rhythm.beats_s, rhythm.onsets_s, rhythm.downbeats_s):
        assert np.isfinite(times).all()
        assert (np.diff(times) > 0.0).all()
        assert ((times >= 0.0) & (times <= duration_s)).all()
    for confidence in (rhythm.confidence, rhythm.metre_confidence, rhythm.swing_confidence):
        assert 0.0 <= confidence <= 1.0
    assert set(rhythm.downbeats_s) <= set(rhythm.beats_s)
    assert rhythm.metre in (None, 2, 3, 4)
    assert rhythm.swing is None or 0.4 < rhythm.swing < 0.75
    assert rhythm.drift_percent is None or rhythm.drift_percent >= 0.0
    assert np.isfinite(rhythm.tempo_curve).all()
    assert rhythm.confidence + sum(p for _, p in rhythm.alternatives) <= 1.0 + 1e-9
    assert (rhythm.tempo_bpm is None) == (rhythm.confidence == 0.0)
    if rhythm.tempo_bpm is None:
        assert rhythm.alternatives == ()
        assert not len(rhythm.beats_s)


@pytest.mark.parametrize("bpm", [72.0, 96.0, 120.0, 137.3, 160.0])
def test_tempo_of_a_drum_beat_is_within_half_a_percent(bpm: float) -> None:
    y, _ = drums(bpm)
    rhythm = rhythm_of(y)
    assert rhythm.tempo_bpm == pytest.approx(bpm, rel=0.005)
    assert rhythm.confidence > 0.5


@pytest.mark.parametrize(
    ("name", "bpm"),
    [
        ("rock", 66.0),
        ("rock", 84.0),
        ("rock", 120.0),
        ("rock", 144.0),
        ("rock", 168.0),
        ("ballad", 72.0),
        ("ballad", 90.0),
        ("four on the floor", 105.0),
        ("four on the floor", 124.0),
        ("four on the floor", 140.0),
        ("drum and bass", 174.0),
        ("hip hop", 82.0),
        ("hip hop", 94.0),
        ("funk", 100.0),
        ("break", 96.0),
        ("break", 126.0),
        ("shuffle", 76.0),
        ("shuffle", 112.0),
        ("swing", 132.0),
        ("train", 108.0),
        ("kick only", 120.0),
    ],
)
def test_the_beat_of_a_common_pattern_is_neither_halved_nor_doubled(name: str, bpm: float) -> None:
    for seed in (1, 2):
        assert rhythm_of(pattern(name, bpm, seed)).tempo_bpm == pytest.approx(bpm, rel=0.01)


@pytest.mark.parametrize("bpm", [90.0, 120.0, 140.0])
@pytest.mark.parametrize("seconds", [3.0, 5.0])
def test_a_loop_of_a_few_seconds_is_enough(bpm: float, seconds: float) -> None:
    assert rhythm_of(pattern("rock", bpm, 5, seconds)).tempo_bpm == pytest.approx(bpm, rel=0.02)


@pytest.mark.parametrize("bpm", [84.0, 104.0, 120.0, 138.0])
def test_a_chord_on_every_beat_does_not_halve_a_rock_beat(bpm: float) -> None:
    sr, y = 22050, pattern("rock", bpm, 3)
    for i in range(int(13.5 * bpm / 60.0)):
        start, n = round((0.2 + i * 60.0 / bpm) * sr), round(60.0 / bpm * sr)
        t = np.arange(n) / sr
        root = (110.0, 130.8, 146.8, 110.0)[i // 4 % 4]
        for ratio in (1.0, 2.0, 3.0, 4.0, 5.0):
            y[start : start + n] += 0.1 / ratio * np.sin(2 * np.pi * ratio * root * t) * np.exp(-t / 0.6)
    rhythm = rhythm_of(y)
    assert rhythm.tempo_bpm == pytest.approx(bpm, rel=0.01)
    assert rhythm.confidence > 0.6


def test_confidence_is_shared_where_half_the_tempo_is_as_good() -> None:
    same, apart = rhythm_of(pattern("kick only", 160.0, 4)), rhythm_of(pattern("rock", 100.0, 4))
    assert same.confidence < apart.confidence


def test_beats_and_onsets_of_drums_are_where_they_were_played() -> None:
    y, beats = drums(110.0)
    rhythm = rhythm_of(y)
    late_beats, late_onsets = offsets(rhythm.beats_s, beats), offsets(rhythm.onsets_s, beats)
    assert np.abs(late_beats).max() < 0.03
    assert abs(np.median(late_beats)) < 0.015
    assert abs(np.median(late_onsets)) < 0.015
    assert len(rhythm.beats_s) == pytest.approx(len(beats), abs=2)
    assert len(rhythm.onsets_s) == pytest.approx(2 * len(beats), abs=3)


@pytest.mark.parametrize("decay_s", [0.0005, 0.005, 0.05])
@pytest.mark.parametrize("noise", [0.0, 1e-5])
def test_clicks_out_of_silence_are_not_reported_early(decay_s: float, noise: float) -> None:
    sr, clicks = 44100, np.arange(0.5, 9.6, 0.6)
    y = noise * np.random.default_rng(5).standard_normal(10 * sr)
    for at in clicks:
        add_hit(y, at, sr, decay_s=decay_s, frequency_hz=None, level=0.5)
    rhythm = rhythm_of(y, sr)
    assert abs(np.median(offsets(rhythm.onsets_s, clicks))) < 0.006
    assert abs(np.median(offsets(rhythm.beats_s, clicks))) < 0.006


@pytest.mark.parametrize("sr", [8000, 44100])
def test_the_same_beat_is_heard_at_every_sample_rate(sr: int) -> None:
    y, beats = drums(104.0, seconds=6.0, sr=sr)
    rhythm = rhythm_of(y, sr)
    assert rhythm.tempo_bpm == pytest.approx(104.0, rel=0.005)
    assert np.abs(offsets(rhythm.beats_s, beats)).max() < 0.04


@pytest.mark.slow
def test_the_same_beat_is_heard_at_384_khz() -> None:
    y, _ = drums(104.0, seconds=8.0, sr=384000)
    assert rhythm_of(y, 384000).tempo_bpm == pytest.approx(104.0, rel=0.005)


def test_level_does_not_change_the_rhythm() -> None:
    y, _ = drums(96.0, seconds=8.0)
    loud, quiet = rhythm_of(y), rhythm_of(0.003 * y)
    assert loud.tempo_bpm == pytest.approx(quiet.tempo_bpm, rel=1e-3)
    np.testing.assert_allclose(loud.onsets_s, quiet.onsets_s, atol=0.005)


def test_the_likeliest_alternative_is_offered_even_to_a_sure_tempo() -> None:
    rhythm = rhythm_of(drums(72.0)[0])
    assert rhythm.tempo_bpm is not None
    assert rhythm.alternatives[0][0] == pytest.approx(2.0 * rhythm.tempo_bpm, rel=0.02)
    chances = [rhythm.confidence, *(p for _, p in rhythm.alternatives)]
    assert chances == sorted(chances, reverse=True)
    assert rhythm_of(drums(120.0)[0]).alternatives


@pytest.mark.parametrize("bpm", [60.0, 80.0, 108.0])
def test_bare_clicks_are_counted_and_not_the_gaps_between_them(bpm: float) -> None:
    y = np.zeros(20 * 22050)
    for at in np.arange(0.3, 19.9, 60.0 / bpm):
        add_hit(y, at, 22050, decay_s=0.01, frequency_hz=None, level=0.5)
    assert rhythm_of(y).tempo_bpm == pytest.approx(bpm, rel=0.005)


def test_beats_follow_a_tempo_that_drifts() -> None:
    sr, beats = 22050, 0.3 + np.cumsum(60.0 / np.linspace(104.0, 112.0, 40))
    y = np.zeros(round((beats[-1] + 0.5) * sr))
    for i, beat in enumerate(beats):
        add_hit(y, beat, sr, decay_s=0.05, frequency_hz=None if i % 2 else 60.0, level=0.6)
    rhythm = rhythm_of(y)
    assert rhythm.tempo_bpm == pytest.approx(108.0, rel=0.01)
    assert np.abs(offsets(rhythm.beats_s, beats)).max() < 0.05


def test_beats_stop_where_the_music_stops() -> None:
    y, beats = drums(120.0, seconds=10.0)
    rhythm = rhythm_of(np.concatenate([np.zeros(5 * 22050), y, np.zeros(8 * 22050)]))
    assert rhythm.beats_s[0] > 5.0 - 0.5
    assert rhythm.beats_s[-1] < 5.0 + beats[-1] + 1.0


def test_one_hit_has_an_onset_and_no_tempo() -> None:
    y = np.zeros(3 * 22050)
    add_hit(y, 1.0, 22050, decay_s=0.1, frequency_hz=80.0, level=0.5)
    rhythm = rhythm_of(y)
    assert rhythm.tempo_bpm is None
    assert rhythm.onsets_s == pytest.approx([1.0], abs=0.02)


def test_a_sound_that_begins_with_the_file_has_its_onset_there() -> None:
    t = np.arange(22050) / 22050
    assert rhythm_of(0.5 * np.sin(2 * np.pi * 220.0 * t)).onsets_s == pytest.approx([0.0], abs=0.02)


def no_pulse(name: str, sr: int = 22050) -> FloatArray:
    t = np.arange(12 * sr) / sr
    noise = np.random.default_rng(7).standard_normal(len(t))
    tone = 0.3 * np.sin(2 * np.pi * 440.0 * t)
    return {
        "silence": np.zeros(len(t)),
        "tone": tone,
        "chord": tone + 0.3 * np.sin(2 * np.pi * 277.2 * t),
        "noise": 0.1 * noise,
        "short noise": noise[: 3 * sr],
        "faint hiss": 1e-9 * noise,
        "offset": np.full(len(t), 0.5),
    }[name]


@pytest.mark.parametrize("name", ["silence", "tone", "chord", "noise", "short noise", "faint hiss", "offset"])
def test_no_tempo_is_claimed_where_nothing_pulses(name: str) -> None:
    y = no_pulse(name)
    rhythm = rhythm_of(y)
    assert rhythm.tempo_bpm is None
    assert_sound(rhythm, len(y) / 22050)


@settings(max_examples=25, deadline=None)
@given(n=st.integers(0, 12000), sr=st.sampled_from([1000, 8000, 44100]), kind=st.sampled_from(["noise", "one", "zero"]))
def test_any_short_file_gives_a_sound_rhythm(n: int, sr: int, kind: str) -> None:
    y = {"noise": np.random.default_rng(n).standard_normal(n), "one": np.ones(n), "zero": np.zeros(n)}[kind]
    assert_sound(rhythm_of(y, sr), n / sr)


@settings(max_examples=25, deadline=None)
@given(frames=st.integers(0, 400), loud=st.integers(0, 40), seed=st.integers(0, 99))
def test_stages_take_any_spectrum(frames: int, loud: int, seed: int) -> None:
    mel = np.zeros((frames, 40), np.float32)
    mel[:, :loud] = np.random.default_rng(seed).exponential(size=(frames, loud)) ** 4
    assert_sound(measure_rhythm(ShortSpectra(mel, np.zeros(1025), 44100, 2048, 441), frames / 100), frames / 100)


@pytest.mark.parametrize(("name", "swing"), [("rock", 0.5), ("ballad", 0.5), ("shuffle", 2 / 3)])
def test_swing_is_heard_in_the_hats(name: str, swing: float) -> None:
    rhythm = rhythm_of(pattern(name, 104.0, 2))
    assert rhythm.swing == pytest.approx(swing, abs=0.02)
    assert rhythm.swing_confidence > 0.4


def test_clicks_at_one_tempo_do_not_drift_and_a_ritardando_does() -> None:
    sr = 22050
    for periods, least, most in ((np.full(30, 0.5), 0.0, 0.3), (0.5 * np.linspace(1.0, 1.25, 30), 6.0, 30.0)):
        clicks = 0.3 + np.cumsum(periods)
        y = np.zeros(round((clicks[-1] + 0.5) * sr))
        for at in clicks:
            add_hit(y, at, sr, decay_s=0.02, frequency_hz=None, level=0.5)
        rhythm = rhythm_of(y)
        assert rhythm.drift_percent is not None
        assert least <= rhythm.drift_percent <= most
        assert len(rhythm.tempo_curve) >= 3


@pytest.mark.parametrize("bars", [4, 8])
def test_a_loop_that_is_cut_on_the_beat_has_the_tempo_of_its_length(bars: int) -> None:
    bpm = 123.456
    n = round(bars * 4 * 60.0 / bpm * 22050)
    y, _ = drums(bpm, seconds=n / 22050 + 0.2, start_s=0.0)
    y = y[:n] + 1e-2 * np.random.default_rng(1).standard_normal(n)
    assert rhythm_of(y).tempo_bpm == pytest.approx(bars * 4 * 60.0 / (n / 22050), rel=1e-6)


@pytest.mark.slow
def test_an_hour_needs_little_more_memory_than_four_minutes() -> None:
    once = spectra_of(drums(126.0, seconds=30.0)[0], 22050).mel[:]

    def peak_mb(minutes: int) -> float:
        mel = Rows(40)
        for _ in range(2 * minutes):
            mel.append(once)
        spectra = ShortSpectra(mel, np.zeros(513), 22050, 1024, 220)
        tracemalloc.start()
        measure_rhythm(spectra, 60.0 * minutes)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / 1e6

    assert peak_mb(60) < peak_mb(4) + 12.0


@pytest.mark.slow
def test_cost_grows_no_faster_than_the_length() -> None:
    spectra = spectra_of(drums(126.0, seconds=30.0)[0], 22050)

    def seconds_for(times: int) -> float:
        longer = ShortSpectra(np.tile(spectra.mel[:], (times, 1)), spectra.mean_power, 22050, 1024, 220)
        start = time.process_time()
        rhythm = measure_rhythm(longer, 30.0 * times)
        spent = time.process_time() - start
        assert rhythm.tempo_bpm == pytest.approx(126.0, rel=0.01)
        return spent

    short = min(seconds_for(6) for _ in range(3))
    assert seconds_for(60) < 40.0 * short  # ten times the length; a hundred times would be quadratic
