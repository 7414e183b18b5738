"""Tempi fit by the least stretch, also to half and double; keys by the wheel, and by the shift that makes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.audio.comparison.fit import fit_key, fit_tempo
from grym_synth.theory.keys import key_name, neighbours, relative, split_key

TEMPI = st.floats(30.0, 300.0)
KEYS = st.builds(key_name, st.integers(0, 11), st.sampled_from(["major", "minor"]))


@pytest.mark.parametrize(
    ("first", "second", "stretch", "bpm", "beats"),
    [
        (120.0, 120.0, 0.0, 120.0, 1.0),
        (126.0, 120.0, 5.0, 126.0, 1.0),
        (120.0, 126.0, -4.7619, 120.0, 1.0),
        (174.0, 87.0, 0.0, 87.0, 0.5),
        (85.0, 172.0, -1.1628, 170.0, 2.0),
    ],
)
def test_the_least_stretch_is_found(first: float, second: float, stretch: float, bpm: float, beats: float) -> None:
    fit = fit_tempo(first, second)
    assert fit.stretch_percent == pytest.approx(stretch, abs=1e-3)
    assert fit.tempo_bpm == pytest.approx(bpm)
    assert fit.beats == beats
    assert fit.ratio == pytest.approx(second / first)


@given(TEMPI, TEMPI)
def test_the_stretched_tempo_beats_with_the_first(first: float, second: float) -> None:
    fit = fit_tempo(first, second)
    assert fit.tempo_bpm == pytest.approx(second * (1.0 + fit.stretch_percent / 100.0))
    assert fit.tempo_bpm == pytest.approx(first * fit.beats)
    for other in (0.5, 1.0, 2.0):
        assert max(fit.tempo_bpm / second, second / fit.tempo_bpm) <= max(
            first * other / second, second / (first * other)
        ) * (1.0 + 1e-9)


@pytest.mark.parametrize(
    ("first", "second", "relation", "shift", "nearest"),
    [
        ("C major", "C major", "same key", 0, None),
        ("C major", "A minor", "relative keys", 0, None),
        ("C major", "G major", "neighbouring keys", 0, None),
        ("A minor", "D minor", "neighbouring keys", 0, None),
        ("C major", "C minor", "same tonic, other mode", -3, 2),
        ("C major", "C# major", "keys that clash", -1, None),
        ("C major", "B major", "keys that clash", 1, None),
        ("C major", "F# major", "keys that clash", 6, -1),
        ("C major", "E major", "keys that clash", -4, 1),
        ("A minor", "B minor", "keys that clash", -2, None),
    ],
)
def test_keys_stand_as_on_the_wheel(first: str, second: str, relation: str, shift: int, nearest: int | None) -> None:
    fit = fit_key(first, second)
    assert fit.relation == relation
    assert fit.shift_semitones == shift
    assert fit.nearest_semitones == nearest


def _moved(key: str, semitones: int) -> str:
    tonic, mode = split_key(key)
    return key_name(tonic + semitones, mode)


@given(KEYS, KEYS)
def test_the_shift_makes_the_keys_agree_and_the_nearest_makes_them_neighbours(first: str, second: str) -> None:
    fit = fit_key(first, second)
    assert -5 <= fit.shift_semitones <= 6
    if not fit.mixes:
        assert _moved(second, fit.shift_semitones) in (first, relative(first))
    if fit.nearest_semitones is not None:
        assert abs(fit.nearest_semitones) < abs(fit.shift_semitones)
        beside = neighbours(first)
        assert _moved(second, fit.nearest_semitones) in (*beside, *(relative(key) for key in beside))
