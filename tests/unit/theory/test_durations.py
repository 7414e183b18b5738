"""Tempi, note values and bars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.theory.durations import (
    MODIFIERS,
    NOTE_VALUES,
    bar_quarters,
    delay_ms,
    note_quarters,
    quarters_to_s,
    ratio_to_semitones,
    s_to_bars,
    semitones_to_ratio,
    tempo_of,
)

tempi = st.floats(20, 400)


@given(tempi, st.floats(0.25, 4), st.sampled_from(sorted(NOTE_VALUES)), st.sampled_from(sorted(MODIFIERS)))
def test_delay_times_scale_inversely_with_tempo(tempo: float, factor: float, value: str, modifier: str) -> None:
    assert delay_ms(factor * tempo, value, modifier) * factor == pytest.approx(delay_ms(tempo, value, modifier))


@given(tempi, st.sampled_from(sorted(NOTE_VALUES)))
def test_a_tempo_is_found_again_from_its_delay(tempo: float, value: str) -> None:
    assert tempo_of(note_quarters(value), delay_ms(tempo, value) / 1000) == pytest.approx(tempo)


@given(st.floats(0.1, 1000), tempi, st.sampled_from([(4, 4), (3, 4), (6, 8), (7, 8)]))
def test_bars_and_seconds_are_inverse(bars: float, tempo: float, metre: tuple[int, int]) -> None:
    assert s_to_bars(quarters_to_s(bars * bar_quarters(metre), tempo), tempo, metre) == pytest.approx(bars)


@given(st.floats(-48, 48))
def test_semitones_and_speed_are_inverse(semitones: float) -> None:
    assert ratio_to_semitones(semitones_to_ratio(semitones)) == pytest.approx(semitones, abs=1e-9)


def test_six_eight_has_three_quarters() -> None:
    assert bar_quarters((6, 8)) == 3.0
