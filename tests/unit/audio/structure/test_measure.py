"""Sections of made songs are found to half a second, in any quality of sound; what has no form is one section."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.spectra.frames import FloatArray, ShortSpectraMeter
from grym_synth.audio.spectra.pitch_peaks import PitchPeaksMeter
from grym_synth.audio.structure.measure import Structure, cell_times, measure_structure

BEAT = 0.5  # seconds
NO_BEATS = np.zeros(0)


def structure_of(
    y: FloatArray, sr: int, beats_s: FloatArray = NO_BEATS, downbeats_s: FloatArray = NO_BEATS
) -> Structure:
    short, long = ShortSpectraMeter(sr), PitchPeaksMeter(sr)
    for start in range(0, len(y), 5 * sr):
        for meter in (short, long):
            meter.feed(y[start : start + 5 * sr].astype(np.float32))
    return measure_structure(short.finish(), long.finish(), beats_s, downbeats_s, len(y) / sr)


def play(form: str, sr: int, bars: int = 4) -> FloatArray:
    """A song of `bars` bars of four beats for each letter: A is soft and low, B bright, C drums with a high tone."""
    parts = {"A": ((110, 165, 220), 0.02, 4), "B": ((262, 330, 392, 2093), 0.1, 12), "C": ((1175,), 0.3, 1)}
    t = np.arange(round(BEAT * sr)) / sr
    y = []
    for letter in form:
        tones, noise, partials = parts[letter]
        rng = np.random.default_rng(ord(letter))
        for beat in range(4 * bars):
            bend = (1.0, 1.335, 1.498, 1.335)[beat // 4 % 4]
            tone = sum(
                np.sin(2 * np.pi * f * bend * k * t) / k
                for f in tones
                for k in range(1, partials + 1)
                if f * k < sr / 3
            )
            y.append(0.1 * tone * np.exp(-2 * t) + noise * rng.standard_normal(len(t)) * np.exp(-20 * t))
    return np.concatenate(y)


def beats_of(y: FloatArray, sr: int) -> FloatArray:
    return np.arange(0.0, len(y) / sr - 0.1, BEAT)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["AB", "ABA", "ABAC", "ABCB"])
@pytest.mark.parametrize("sr", [8000, 22050])
def test_sections_and_their_names_are_found(form: str, sr: int) -> None:
    y = play(form, sr)
    found = structure_of(y, sr, beats_of(y, sr))
    assert found.form == form
    assert np.abs(np.array(found.boundaries_s) - 8.0 * np.arange(1, len(form))).max() < 0.1


@pytest.mark.slow
def test_without_beats_the_boundaries_are_right_to_half_a_second() -> None:
    found = structure_of(play("ABA", 22050), 22050)
    assert found.form == "ABA"
    assert found.boundaries_s == pytest.approx((8.0, 16.0), abs=0.5)


@pytest.mark.slow
def test_bars_are_counted_where_downbeats_are_known() -> None:
    y = play("ABA", 22050)
    beats = beats_of(y, 22050)
    found = structure_of(y, 22050, beats, beats[::4])
    assert [section.bars for section in found.sections] == [4, 4, 4]
    assert [section.bars for section in structure_of(y, 22050, beats).sections] == [None, None, None]


@pytest.mark.slow
def test_sections_follow_one_another_without_gaps_and_know_how_sure_they_are() -> None:
    y = play("ABAC", 22050)
    sections = structure_of(y, 22050, beats_of(y, 22050)).sections
    assert sections[0].start_s == 0.0
    assert sections[-1].end_s == pytest.approx(len(y) / 22050)
    assert [a.end_s for a in sections[:-1]] == [b.start_s for b in sections[1:]]
    assert all(0.0 < section.confidence < 1.0 for section in sections)


@pytest.mark.slow
def test_gain_and_polarity_change_nothing() -> None:
    y = play("ABA", 22050)
    beats = beats_of(y, 22050)
    one, other = structure_of(y, 22050, beats), structure_of(-0.01 * y, 22050, beats)
    assert other.form == one.form
    assert other.boundaries_s == pytest.approx(one.boundaries_s)
    assert [s.confidence for s in other.sections] == pytest.approx([s.confidence for s in one.sections], abs=1e-3)


@pytest.mark.slow
def test_a_loop_of_half_a_minute_is_one_section() -> None:
    y = play("AAAA", 22050)
    found = structure_of(y, 22050, beats_of(y, 22050))
    assert found.form == "A"
    assert found.sections[0].end_s == pytest.approx(len(y) / 22050)


@pytest.mark.slow
def test_in_a_long_recording_boundaries_are_as_exact_as_in_a_short_one() -> None:
    sr = 8000
    y = play("ABA", sr, bars=60)  # 360 s
    beats = np.arange(0.0, len(y) / sr - 0.1, 0.4)  # more than are looked at one by one
    found = structure_of(y, sr, beats)
    assert found.form == "ABA"
    assert found.boundaries_s == pytest.approx((120.0, 240.0), abs=0.5)


@pytest.mark.parametrize("sr", [8000, 44100])
@pytest.mark.parametrize("seconds", [0.0, 0.0001, 0.1, 3.0])
def test_short_noise_is_at_most_one_section(sr: int, seconds: float) -> None:
    y = 0.1 * np.random.default_rng(0).standard_normal(round(seconds * sr))
    assert structure_of(y, sr).form in (("A",) if len(y) else ("",))


def test_silence_has_no_sections() -> None:
    assert structure_of(np.zeros(8000 * 20), 8000).sections == ()


@pytest.mark.parametrize("kind", ["constant", "noise", "sine"])
def test_what_never_changes_is_one_section(kind: str) -> None:
    t = np.arange(8000 * 25) / 8000
    y = {
        "constant": np.ones_like(t),
        "noise": np.random.default_rng(5).standard_normal(len(t)),
        "sine": np.sin(2764 * t),
    }
    assert structure_of(0.2 * y[kind], 8000).form == "A"


def test_slow_beats_are_halved_and_fast_ones_taken_in_pairs() -> None:
    for period in (0.2, 0.3, 0.4, 0.6, 0.9, 1.5):
        steps = np.diff(cell_times(np.arange(0.1, 60.0, period), 60.0))
        assert 0.35 <= np.median(steps) <= 0.73


def test_cells_cover_the_recording_even_where_no_beats_are() -> None:
    times = cell_times(np.arange(10.0, 40.0, 0.5), 50.0)
    assert times[0] == 0.0
    assert times[-1] == 50.0
    assert np.diff(times).min() > 0.0
    assert np.diff(times).max() < 0.8
