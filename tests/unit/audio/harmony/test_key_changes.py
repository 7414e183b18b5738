"""Where the key changes: nowhere in a piece of one key, and where it is made to."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.audio.chord_tones import SR, hear, play, voice

from grym_synth.audio.harmony.keys import measure_key_changes, measure_tonality
from grym_synth.audio.spectra.chroma import measure_pitch

CADENCE = ((0, "maj"), (5, "maj"), (7, "maj"), (0, "maj"))


def cadences(tonic: int, times: int) -> list[tuple[int, ...]]:
    return [voice(tonic + root, quality) for root, quality in CADENCE] * times


def test_a_piece_in_one_key_has_one_entry_which_is_its_key() -> None:
    y = play(cadences(2, 8))
    pitch = measure_pitch(hear(y))
    tonality = measure_tonality(pitch, len(y) / SR)
    (only,) = tonality.key_changes
    assert (only.start_s, only.end_s, only.key) == (0.0, len(y) / SR, "D major")
    assert only.confidence == tonality.confidence


@pytest.mark.parametrize("step", [1, 2, 6])
def test_a_change_of_key_is_found_where_it_is(step: int) -> None:
    y = play(cadences(0, 6) + cadences(step, 6))
    first, second = measure_key_changes(hear(y), len(y) / SR)
    names = ("C", "C#", "D", "D#", "E", "F", "F#")
    assert (first.key, second.key) == ("C major", f"{names[step]} major")
    assert first.end_s == second.start_s == pytest.approx(24.3, abs=4.0)
    assert (first.start_s, second.end_s) == (0.0, len(y) / SR)


def test_two_bars_elsewhere_are_no_change_of_key() -> None:
    y = play(cadences(0, 4) + cadences(2, 1) + cadences(0, 4))
    assert len(measure_key_changes(hear(y), len(y) / SR)) == 1


def test_what_has_no_key_has_no_changes() -> None:
    assert measure_key_changes(hear(np.zeros(30 * SR, np.float32)), 30.0) == ()


def test_a_short_recording_has_one_key() -> None:
    y = play(cadences(0, 2))
    assert len(measure_key_changes(hear(y), len(y) / SR)) == 1
