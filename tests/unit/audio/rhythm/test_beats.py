"""Beats of a known tempo, and what they say of it."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.rhythm.beats import (
    fit_tempo,
    fit_to_loop,
    local_tempi,
    measure_swing,
    trace_tempo,
    track_beats,
)
from grym_synth.audio.spectra.frames import FloatArray


def test_beats_bridge_one_that_was_not_played() -> None:
    envelope = np.zeros(1000)
    played = np.delete(np.arange(20, 1000, 50), 8)
    envelope[played] = 1.0
    np.testing.assert_allclose(track_beats(envelope[:, None], 100.0, 120.0), np.arange(20, 1000, 50), atol=1.0)


def test_tempo_is_that_of_the_line_through_the_beats() -> None:
    rng = np.random.default_rng(3)
    beats = 0.4 + 0.5 * np.arange(60) + rng.normal(0.0, 0.005, 60)
    assert fit_tempo(beats, 118.0) == pytest.approx(120.0, rel=1e-3)


def test_too_few_beats_leave_the_tempo_as_it_was() -> None:
    assert fit_tempo(np.array([0.0, 0.7]), 118.0) == 118.0


@pytest.mark.parametrize("bpm", [38.0, 90.0, 250.0])
def test_beats_do_not_depend_on_the_stretches_they_are_decided_in(bpm: float, monkeypatch: pytest.MonkeyPatch) -> None:
    envelope = np.random.default_rng(2).exponential(size=(3000, 3)).astype(np.float32)
    whole = track_beats(envelope, 100.0, bpm)
    monkeypatch.setattr("grym_synth.audio.rhythm.beats.BLOCK", 10)
    np.testing.assert_allclose(track_beats(envelope, 100.0, bpm), whole)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 20])
def test_a_handful_of_frames_has_beats_within_it(n: int) -> None:
    frames = track_beats(np.ones((n, 3), np.float32), 100.0, 120.0)
    assert ((frames >= 0.0) & (frames <= max(0, n - 1))).all()


@pytest.mark.parametrize(("tempo_bpm", "bars"), [(120.9, 2), (119.2, 2), (120.2, 8)])
def test_a_loop_of_whole_bars_has_its_exact_tempo(tempo_bpm: float, bars: int) -> None:
    assert fit_to_loop(tempo_bpm, 2.0 * bars, np.array([0.0, 0.5]), 4, True) == pytest.approx(120.0, rel=1e-12)


@pytest.mark.parametrize(
    ("tempo_bpm", "duration_s", "first_onset_s", "ends_in_sound"),
    [
        (120.0, 4.0 * 1.02, 0.0, True),  # a part of a beat is left over
        (122.0, 4.0, 0.0, True),  # 1.6 % off
        (120.5, 3.5, 0.0, True),  # whole beats, but no whole bars
        (120.5, 4.0, 0.2, True),  # silence before
        (120.5, 4.0, 0.0, False),  # silence after
        (120.2, 240.0, 0.0, True),  # so long that some number of beats always fits
    ],
)
def test_what_is_no_loop_keeps_its_tempo(
    tempo_bpm: float, duration_s: float, first_onset_s: float, ends_in_sound: bool
) -> None:
    onsets = first_onset_s + np.arange(4) * 0.5
    assert fit_to_loop(tempo_bpm, duration_s, onsets, 4, ends_in_sound) == tempo_bpm


def steady(bpm: float, n: int, jitter_s: float = 0.0, seed: int = 1) -> FloatArray:
    return np.asarray(0.3 + np.arange(n) * 60.0 / bpm + np.random.default_rng(seed).normal(0.0, jitter_s, n))


@pytest.mark.parametrize("bpm", [50.0, 97.0, 180.0])
def test_an_even_tempo_does_not_drift(bpm: float) -> None:
    drift, curve = trace_tempo(steady(bpm, 60, 0.001))
    assert drift is not None
    assert drift < 0.3
    assert all(tempo == pytest.approx(bpm, rel=0.003) for _, tempo in curve)


def test_a_ritardando_shows_in_the_drift_and_at_the_end_of_the_curve() -> None:
    periods = 0.5 * np.concatenate([np.ones(40), np.linspace(1.0, 1.4, 16)])
    drift, curve = trace_tempo(np.cumsum(periods))
    assert drift is not None
    assert drift > 10.0
    tempi = [tempo for _, tempo in curve]
    assert tempi[0] == pytest.approx(120.0, rel=0.005)
    assert tempi[-1] < 102.0


def test_a_curve_has_a_point_every_four_seconds_and_of_an_hour_no_more_than_150() -> None:
    starts = [start for start, _ in trace_tempo(steady(120.0, 81))[1]]
    np.testing.assert_allclose(starts, 0.3 + 4.0 * np.arange(10))
    assert len(trace_tempo(steady(120.0, 7200))[1]) <= 151


def test_few_beats_say_nothing_of_drift_or_swing() -> None:
    assert trace_tempo(steady(120.0, 11)) == (None, ())
    assert not len(local_tempi(np.zeros(0)))
    assert measure_swing(steady(120.0, 11), steady(240.0, 22)) == (None, 0.0)


@pytest.mark.parametrize("swing", [0.5, 0.55, 0.6, 0.667])
@pytest.mark.parametrize("jitter_s", [0.0, 0.01])
def test_swing_is_where_the_off_beats_fall(swing: float, jitter_s: float) -> None:
    beats = steady(112.0, 48)
    onsets = np.sort(np.concatenate([beats, beats[::2] + swing * 60.0 / 112.0]))
    onsets = np.sort(onsets + np.random.default_rng(4).normal(0.0, jitter_s, len(onsets)))
    found, confidence = measure_swing(beats, onsets)
    assert found == pytest.approx(swing, abs=0.015)
    assert confidence > 0.6


def test_sixteenths_do_not_pass_for_swing() -> None:
    beats = steady(96.0, 40)
    onsets = np.sort(np.concatenate([beats + k * 60.0 / 96.0 / 4.0 for k in range(4)]))
    assert measure_swing(beats, onsets)[0] == pytest.approx(0.5, abs=0.01)


def test_no_swing_is_claimed_without_off_beats() -> None:
    beats = steady(120.0, 40)
    assert measure_swing(beats, beats) == (None, 0.0)
    dotted = np.sort(np.concatenate([beats, beats + 0.75 * 0.5]))
    assert measure_swing(beats, dotted) == (None, 0.0)
