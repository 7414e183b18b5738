"""Partials of a single line are no notes."""

from __future__ import annotations

from grym_synth.audio.notes.note import Note
from grym_synth.audio.notes.note_findings import without_overtones

LINE = [Note(0.0, 0.5, 76, 0.8, 0.9), Note(0.5, 1.0, 81, 0.8, 0.9)]


def test_an_octave_over_the_line_is_left_out() -> None:
    ghosts = [Note(0.02, 0.48, 88, 0.5, 0.8), Note(0.52, 0.98, 93, 0.4, 0.7)]
    assert without_overtones([*LINE, *ghosts], LINE) == LINE


def test_an_octave_played_after_a_note_stays() -> None:
    after = Note(1.0, 1.5, 93, 0.7, 0.8)
    assert without_overtones([*LINE, after], LINE) == [*LINE, after]
