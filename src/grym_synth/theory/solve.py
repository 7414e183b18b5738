"""The arithmetic of music, asked in words: `solve("dotted eighth at 120 bpm")`.

What it can compute:

- time: delay and pre-delay times of note values at one or several tempi, in ms, Hz or samples; the tempo that a time
  or taps make; bars and beats to seconds and back; what a change of tempo is in percent, semitones and stretch;
- pitch: frequency, MIDI number and wavelength of notes in any reference tuning, and back; cents between frequencies
  and ratios; just ratios; intervals between notes and from a note; harmonics; beats of two tones;
- harmony: transposition and capo; progressions, secondary dominants, tritone substitutes; spelling and naming chords;
  inversions; the keys that hold some chords; negative harmony;
- keys: scales and modes, diatonic chords, signatures, relatives, the circle of fifths, Camelot and Open Key;
- levels: decibels to ratios and back, sums of sources, level over distance; bit depth, Nyquist, FFT bins, file sizes.

Questions may be in English or use the usual terms of Spanish, German, French, Portuguese, Italian or Swedish. Whatever
is not a complete question of one of these kinds gets no answer: nothing is guessed.
"""

from __future__ import annotations

from .finding import Finding
from .question import read_question
from .solve_chords import solve_chords
from .solve_harmony import solve_harmony
from .solve_intervals import solve_intervals
from .solve_keys import solve_keys
from .solve_levels import solve_levels
from .solve_pitch import solve_pitch
from .solve_scales import solve_scales
from .solve_tempo import solve_tempo
from .solve_time import solve_time

__all__ = ["Finding", "solve"]


def solve(question: str) -> tuple[Finding, ...]:
    """What can be computed from a question alone; empty when it is not one of the kinds above."""
    asked = read_question(question)
    if asked is None:
        return ()
    # A level or a chord may look like a pitch, never the other way round: of those families the first that knows it.
    about_sound = (
        solve_levels(asked) or solve_keys(asked) or solve_scales(asked) or solve_harmony(asked) or solve_chords(asked)
    )
    about_time = solve_tempo(asked) or solve_time(asked)
    return (*about_time, *(about_sound or (() if about_time else solve_intervals(asked) or solve_pitch(asked))))
