"""Bars are found in drums and in chords, at any place of the first bar line, and are shifted only for good reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grym_synth.audio.rhythm.half_beats import HalfBeats, hear_halves
from grym_synth.audio.rhythm.measure import Rhythm, measure_rhythm
from grym_synth.audio.rhythm.metre import (
    HYPOTHESES,
    Bars,
    bar_features,
    breadth,
    design,
    find_bars,
    find_opening,
    lay_beats,
    name_weights,
    read_weights,
)
from grym_synth.audio.rhythm.onsets import pulse_envelope
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.spectra.pitch_peaks import PitchPeaks, PitchPeaksMeter

from .drumming import add_hit, offsets, spectra_of

SR = 22050


def peaks_of(y: FloatArray, sr: int = SR) -> PitchPeaks:
    meter = PitchPeaksMeter(sr)
    meter.feed(y.astype(np.float32))
    return meter.finish()


def song(metre: int, bpm: float = 112.0, pick_up: int = 0, seconds: float = 20.0) -> tuple[FloatArray, FloatArray]:
    """Drums, and a chord and a bass note that change with every bar; and when the bars begin."""
    y = np.zeros(round(seconds * SR))
    n_beats = int((seconds - 0.5) * bpm / 60.0)
    chords = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (2, 5, 9))
    for i in range(n_beats):
        at, place = 0.3 + i * 60.0 / bpm, (i - pick_up) % metre
        kick = place == 0 or (metre == 4 and place == 2)
        add_hit(y, at, SR, decay_s=0.06, frequency_hz=55.0 if kick else None, level=0.5 if kick else 0.2)
        for hat in (at, at + 30.0 / bpm):
            add_hit(y, hat, SR, decay_s=0.02, frequency_hz=None, level=0.05)
        if place == 0:
            n = min(round(metre * 60.0 / bpm * SR), len(y) - round(at * SR))
            t = np.arange(max(0, n)) / SR
            fade = np.minimum(1.0, t / 0.01) * np.exp(-t / 1.5)
            chord = chords[((i - pick_up) // metre) % 4]
            for midi, level in [(36 + chord[0], 0.3), *((60 + p, 0.1) for p in chord)]:
                tone = np.sin(2 * np.pi * 440.0 * 2 ** ((midi - 69) / 12) * t)
                y[round(at * SR) : round(at * SR) + len(t)] += level * tone * fade
    bars = 0.3 + np.arange(pick_up, n_beats, metre) * 60.0 / bpm
    return y + 1e-4 * np.random.default_rng(3).standard_normal(len(y)), bars


def hear(y: FloatArray, peaks: PitchPeaks | None = None) -> Rhythm:
    return measure_rhythm(spectra_of(y, SR), len(y) / SR, peaks or peaks_of(y))


@pytest.mark.parametrize("metre", [3, 4])
@pytest.mark.parametrize("pick_up", [0, 1, 2])
def test_bars_of_drums_and_chords_are_found_wherever_the_first_begins(metre: int, pick_up: int) -> None:
    y, bars = song(metre, pick_up=pick_up)
    rhythm = hear(y)
    assert rhythm.metre == metre
    assert rhythm.metre_confidence > 0.6
    found = rhythm.downbeats_s[np.abs(rhythm.downbeats_s[:, None] - bars).min(axis=1) < 0.05]
    assert len(found) >= len(rhythm.downbeats_s) - 1
    assert len(found) >= len(bars) - 1


def test_chord_changes_move_the_bar_lines() -> None:
    y, bars = song(4, pick_up=1)
    features, _ = halves_and_features(y)
    changes = features[:, 2]
    beats = hear(y).beats_s
    first = int(np.abs(beats - bars[1]).argmin())
    others = np.delete(changes, np.arange(first % 4, len(changes), 4))
    assert np.median(changes[first % 4 :: 4]) > np.median(others) + 1.0


def halves_and_features(y: FloatArray) -> tuple[FloatArray, HalfBeats]:
    spectra, beats = spectra_of(y, SR), hear(y).beats_s
    pulse = pulse_envelope(spectra.mel, spectra.frame_rate)
    halves = hear_halves(spectra.mel, pulse, spectra.frame_rate, beats, peaks_of(y))
    return bar_features(halves)[0][0], halves


def test_what_is_heard_does_not_depend_on_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    y, _ = song(4, seconds=8.0)
    spectra, peaks = spectra_of(y, SR), peaks_of(y)
    pulse = pulse_envelope(spectra.mel, spectra.frame_rate)
    beats = np.arange(0.3, 7.6, 60.0 / 112.0)
    whole = hear_halves(spectra.mel, pulse, spectra.frame_rate, beats, peaks)
    monkeypatch.setattr("grym_synth.audio.rhythm.half_beats.BLOCK", 13)
    monkeypatch.setattr("grym_synth.audio.rhythm.half_beats._PEAK_FRAMES", 5)
    parts = hear_halves(spectra.mel, pulse, spectra.frame_rate, beats, peaks)
    for name in ("accent", "level", "chroma", "bass"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-3, atol=1e-5)


def test_a_half_beat_holds_what_sounds_in_it() -> None:
    mel = np.full((400, 40), 1e-6, np.float32)
    mel[100:125, 4] = 1.0  # the first half of the second beat
    halves = hear_halves(mel, np.zeros((400, 3), np.float32), 100.0, np.array([0.5, 1.0, 1.5, 2.0, 2.5]))
    assert halves.level.shape == (9, 20)
    assert divmod(int(halves.level.argmax()), halves.level.shape[1]) == (2, 2)
    assert halves.level[3, 2] < 0.1 * halves.level[2, 2]
    assert not halves.chroma.any()


def random_halves(n_beats: int, seed: int = 1) -> HalfBeats:
    rng = np.random.default_rng(seed)
    n = 2 * n_beats - 1
    return HalfBeats(*(rng.exponential(size=(n, width)).astype(np.float32) for width in (3, 20, 12, 12)))


@pytest.mark.parametrize("n_beats", [8, 9, 30])
def test_any_sound_gets_regular_bars(n_beats: int) -> None:
    for seed in range(5):
        bars = find_bars(random_halves(n_beats, seed))
        assert bars.metre in (None, 2, 3, 4)
        assert 0.0 <= bars.metre_confidence <= 1.0
        assert len(set(np.diff(bars.downbeats))) <= 1
        assert len(lay_beats(np.arange(n_beats) * 0.5, bars)) > bars.downbeats[-1]


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_no_metre_is_claimed_where_every_beat_is_the_same(level: float) -> None:
    even = HalfBeats(*(np.full((41, width), level, np.float32) for width in (3, 20, 12, 12)))
    assert find_bars(even).metre is None


def test_a_metronome_keeps_its_beats_and_has_no_metre() -> None:
    for bpm in (60.0, 90.0, 120.0):
        y, clicks = np.zeros(20 * SR), np.arange(0.3, 19.8, 60.0 / bpm)
        for at in clicks:
            add_hit(y, at, SR, decay_s=0.05, frequency_hz=1000.0, level=0.5)
        rhythm = hear(y)
        assert rhythm.metre is None
        assert np.abs(offsets(rhythm.beats_s, clicks)).max() < 0.02


def test_the_opening_counts_for_its_own_bar_lines_only() -> None:
    halves = random_halves(24)
    heard, broad = bar_features(halves), breadth(halves.level)
    with_opening, without = design(heard, broad, 6), design(heard, broad, None)
    moved = (with_opening != without).any(axis=1)
    expected = [late == 0 and (3 - phase) % metre == 0 for late, metre, phase in HYPOTHESES]
    assert moved.tolist() == expected


def test_a_recording_that_begins_in_the_middle_has_no_opening() -> None:
    beats, silent_start = np.arange(8) * 0.5 + 0.2, peaks_of(np.concatenate([np.zeros(4000), np.ones(SR)]))
    assert find_opening(beats, np.array([0.21, 0.7]), silent_start) == 0
    assert find_opening(beats, np.array([0.46, 0.7]), silent_start) == 1
    assert find_opening(beats, np.array([0.34, 0.7]), silent_start) is None  # on no half of a beat
    assert find_opening(beats, np.array([0.21, 0.7]), None) is None
    assert find_opening(beats - 0.19, np.array([0.01, 0.5]), None) == 0  # cut on the beat
    assert find_opening(np.zeros(0), np.zeros(0), None) is None


def with_strong(halves: HalfBeats, beats: range | list[int]) -> HalfBeats:
    accent = np.full_like(halves.accent, 0.2)
    accent[[2 * beat for beat in beats]] = 4.0
    return replace(halves, accent=accent)


def test_bar_lines_move_in_the_middle_only_where_it_pays_for_long() -> None:
    weights = read_weights() * 0.0
    kept = np.split(weights, 2)[0]  # a view: only what follows weighs
    first = 5 * 10  # the first place of a bar of four
    kept[first] = 3.0
    kept[9 * 10 + 2] = 20.0  # four beats, whatever else
    even = HalfBeats(
        *(np.ones((2 * n - 1, width), np.float32) for n, width in ((160, 3), (160, 20), (160, 12), (160, 12)))
    )
    slipped = with_strong(even, [*range(0, 80, 4), *range(81, 160, 4)])
    bars = find_bars(slipped, None, weights)
    assert set(np.diff(bars.downbeats)) == {4, 5}
    brief = with_strong(even, [*range(0, 80, 4), *range(81, 89, 4), *range(92, 160, 4)])
    assert set(np.diff(find_bars(brief, None, weights).downbeats)) == {4}


def test_beats_are_laid_half_a_beat_later_where_the_bars_say_so() -> None:
    beats = np.array([0.0, 1.0, 2.0, 3.0])
    late = Bars(4, 0.9, np.array([0]), 0.9, True)
    np.testing.assert_array_equal(lay_beats(beats, late), [0.5, 1.5, 2.5])
    np.testing.assert_array_equal(lay_beats(beats, replace(late, is_late=False)), beats)


def test_weights_are_kept_under_their_names_and_come_back() -> None:
    weights = read_weights()
    named = name_weights(weights)
    assert set(named) == {"plain", "times broad"}
    again = np.concatenate([np.ravel(part) for half in named.values() for part in half.values()])
    np.testing.assert_allclose(again, weights)
    assert len(weights) == design(bar_features(random_halves(8)), 0.5, None).shape[1]
