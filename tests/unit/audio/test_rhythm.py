"""Rhythm is read from seeded drum patterns, and nothing is read from what has none."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.audio.frames import FloatArray, ShortSpectra, ShortSpectraMeter
from grym_synth.audio.rhythm import (
    Rhythm,
    detect_onsets,
    estimate_tempo,
    fit_tempo,
    measure_rhythm,
    onset_envelope,
    pulse_envelope,
    track_beats,
)


def spectra_of(y: FloatArray, sr: int) -> ShortSpectra:
    meter = ShortSpectraMeter(sr)
    meter.feed(y.astype(np.float32))
    return meter.finish()


def rhythm_of(y: FloatArray, sr: int = 22050) -> Rhythm:
    return measure_rhythm(spectra_of(y, sr), len(y) / sr)


def add_hit(y: FloatArray, at_s: float, sr: int, *, decay_s: float, frequency_hz: float | None, level: float) -> None:
    """One drum: a decaying tone (kick), or decaying noise (snare, hat)."""
    start = round(at_s * sr)
    n = min(round(10 * decay_s * sr), len(y) - start)
    t = np.arange(max(0, n)) / sr
    noise = np.random.default_rng(start).standard_normal(len(t))
    body = noise if frequency_hz is None else np.sin(2 * np.pi * frequency_hz * t)
    y[start : start + len(t)] += level * body * np.exp(-t / decay_s)


def drums(bpm: float, seconds: float = 16.0, sr: int = 22050, start_s: float = 0.25) -> tuple[FloatArray, FloatArray]:
    """A rock beat, kick and snare in turn and hats in eighths, and the times of its beats."""
    y = np.zeros(round(seconds * sr))
    beats = np.arange(start_s, seconds - 0.1, 60.0 / bpm)
    for i, beat in enumerate(beats):
        if i % 2:
            add_hit(y, beat, sr, decay_s=0.06, frequency_hz=None, level=0.3)
        else:
            add_hit(y, beat, sr, decay_s=0.08, frequency_hz=60.0, level=0.8)
        for hat in (beat, beat + 30.0 / bpm):
            add_hit(y, hat, sr, decay_s=0.02, frequency_hz=None, level=0.08)
    return y, beats


def offsets(estimated: FloatArray, reference: FloatArray) -> FloatArray:
    """Of each reference time, how much later the nearest estimate is."""
    nearest = np.abs(estimated[:, None] - reference[None, :]).argmin(axis=0)
    return np.asarray(estimated[nearest] - reference)


def assert_sound(rhythm: Rhythm, duration_s: float) -> None:
    """What holds of every rhythm, whatever was heard."""
    for times in (rhythm.beats_s, rhythm.onsets_s):
        assert np.isfinite(times).all()
        assert (np.diff(times) > 0.0).all()
        assert ((times >= 0.0) & (times <= duration_s)).all()
    assert 0.0 <= rhythm.confidence <= 1.0
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


# Steps of a sixteenth, or of a third of a beat in shuffle and swing; `o` is a soft hit. Rows repeat.
PATTERNS = {
    "rock": (4, {"kick": "x.......x.x.....", "snare": "....x...", "hat": "x.x."}),
    "ballad": (4, {"kick": "x.......x.......", "snare": "....x...", "hat": "xoxo"}),
    "four on the floor": (4, {"kick": "x...", "snare": "....x...", "hat": "..x."}),
    "drum and bass": (4, {"kick": "x.........x.....", "snare": "....x...", "hat": "x.x."}),
    "hip hop": (4, {"kick": "x.....x...x.....", "snare": "....x...", "hat": "x.x."}),
    "funk": (4, {"kick": "x..x..x...x..x..", "snare": "....x..o.o..x...", "hat": "xoxo"}),
    "break": (4, {"kick": "x.x.......xx....", "snare": "....x..o.o..x..o", "hat": "x.x."}),
    "shuffle": (3, {"kick": "x.....", "snare": "...x..", "hat": "x.x"}),
    "swing": (3, {"kick": "o..", "ride": "x..x.x", "hat": "...x.."}),
    "train": (4, {"kick": "x.......", "snare": "ooooxooo"}),
    "kick only": (4, {"kick": "x..."}),
}


def pattern(name: str, bpm: float, seed: int, seconds: float = 14.0, sr: int = 22050) -> FloatArray:
    """One of PATTERNS on a kit that the seed tunes, played a little unevenly."""
    rng = np.random.default_rng(seed)
    steps, rows = PATTERNS[name]
    kit: dict[str, tuple[float, float | None, float]] = {
        "kick": (rng.uniform(0.06, 0.12), rng.uniform(48.0, 70.0), 0.8),
        "snare": (rng.uniform(0.03, 0.08), None, 0.35),
        "hat": (rng.uniform(0.01, 0.03), None, rng.uniform(0.04, 0.1)),
        "ride": (rng.uniform(0.06, 0.12), None, 0.1),
    }
    y = 1e-4 * rng.standard_normal(round(seconds * sr))
    for voice, row in rows.items():
        decay_s, frequency_hz, level = kit[voice]
        for step in range(int((seconds - 0.4) * bpm * steps / 60.0)):
            mark = row[step % len(row)]
            if mark != ".":
                at = 0.2 + step * 60.0 / bpm / steps + rng.normal(0.0, 0.003)
                gain = level * (1.0 if mark == "x" else 0.35) * rng.uniform(0.85, 1.15)
                add_hit(y, at, sr, decay_s=decay_s, frequency_hz=frequency_hz, level=gain)
    return y


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


def test_envelopes_have_a_value_for_each_frame_and_none_below_zero() -> None:
    spectra = spectra_of(drums(100.0, seconds=3.0)[0], 22050)
    onset, pulse = onset_envelope(spectra.mel), pulse_envelope(spectra.mel, spectra.frame_rate)
    assert onset.shape == (len(spectra.mel),)
    assert pulse.shape == (len(spectra.mel), 3)
    assert onset.min() >= 0.0
    assert pulse.min() >= 0.0


def test_envelope_does_not_depend_on_the_blocks_it_is_made_in(monkeypatch: pytest.MonkeyPatch) -> None:
    mel = spectra_of(drums(100.0, seconds=3.0)[0], 22050).mel
    whole = onset_envelope(mel)
    monkeypatch.setattr("grym_synth.audio.rhythm._BLOCK", 7)
    np.testing.assert_allclose(onset_envelope(mel), whole, rtol=1e-6)


def test_onsets_lie_between_the_frames_of_an_envelope() -> None:
    envelope = np.zeros(200)
    envelope[[49, 50, 51]] = 0.5, 1.0, 0.7
    envelope[[119, 120, 121]] = 0.7, 1.0, 0.7
    assert detect_onsets(envelope, 100.0) == pytest.approx([0.50125, 1.2], abs=1e-6)


def test_beats_bridge_one_that_was_not_played() -> None:
    envelope = np.zeros(1000)
    played = np.delete(np.arange(20, 1000, 50), 8)
    envelope[played] = 1.0
    np.testing.assert_allclose(track_beats(envelope, 100.0, 120.0), np.arange(20, 1000, 50), atol=1.0)


def test_tempo_candidates_add_up_to_at_most_one() -> None:
    spectra = spectra_of(drums(100.0, seconds=8.0)[0], 22050)
    pulse = pulse_envelope(spectra.mel, spectra.frame_rate)
    candidates = estimate_tempo(pulse, spectra.frame_rate, spectra.mel)
    assert candidates[0][0] == pytest.approx(100.0, rel=0.02)
    assert 0.9 < sum(confidence for _, confidence in candidates) <= 1.0 + 1e-9


def test_tempo_is_that_of_the_line_through_the_beats() -> None:
    rng = np.random.default_rng(3)
    beats = 0.4 + 0.5 * np.arange(60) + rng.normal(0.0, 0.005, 60)
    assert fit_tempo(beats, 118.0) == pytest.approx(120.0, rel=1e-3)


def test_too_few_beats_leave_the_tempo_as_it_was() -> None:
    assert fit_tempo(np.array([0.0, 0.7]), 118.0) == 118.0


@pytest.mark.slow
def test_cost_grows_no_faster_than_the_length() -> None:
    spectra = spectra_of(drums(126.0, seconds=30.0)[0], 22050)

    def seconds_for(times: int) -> float:
        longer = ShortSpectra(np.tile(spectra.mel, (times, 1)), spectra.mean_power, 22050, 1024, 220)
        start = time.process_time()
        rhythm = measure_rhythm(longer, 30.0 * times)
        spent = time.process_time() - start
        assert rhythm.tempo_bpm == pytest.approx(126.0, rel=0.01)
        return spent

    short = min(seconds_for(6) for _ in range(3))
    assert seconds_for(60) < 40.0 * short  # ten times the length; a hundred times would be quadratic
