"""The panel of notes: a piano roll with the melody, wrapped into lines when it is long."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...audio.spectra.frames import FloatArray
from ...theory.pitch import note_name
from ..document import Document, PlayedNote, melody_of, notes_of, number, part, summary, times
from ..plot_columns import Columns
from .lanes import say_missing
from .levels import draw_figures
from .sheet import DOWNBEAT, FAINT, WAVE, Sheet, drawable_text, figure_words, label_time

_LINE_S, _MOST_LINES = 75.0, 8
_TIMES_PX = 40
_LEAP = 1.0  # semitones between frames
_BLACK = (1, 3, 6, 8, 10)


def notes_px(duration: float) -> int:
    return 100 + _lines(duration) * (_roll_px(duration) + _TIMES_PX)


def _lines(duration: float) -> int:
    return min(_MOST_LINES, max(1, math.ceil(duration / _LINE_S)))


def _roll_px(duration: float) -> int:
    return 420 if _lines(duration) == 1 else 240 if _lines(duration) <= 4 else 170


def draw_notes(sheet: Sheet, top: float, document: Document, columns: Columns) -> None:
    """Notes as bars, darker the stronger; the melody as a line; bars of the music as fine lines."""
    notes = notes_of(document)
    told = summary(document, "notes")
    sheet.heading(top, "Notes", "bars: notes, the darker the stronger  ·  line: melody")
    lowest, highest = (
        drawable_text(x) if isinstance(x, str) else "–" for x in (told.get("lowest"), told.get("highest"))
    )
    draw_figures(sheet, top + 34, [
        ("notes", f"{len(notes)}"),
        ("lowest", lowest),
        ("highest", highest),
        ("fundamental", figure_words(number(told.get("f0_hz")), "Hz")),
    ])  # fmt: skip
    line = melody_line(document)
    pitches = [*(note.midi for note in notes), *line[np.isfinite(line[:, 1]), 1].tolist()]
    low = min(pitches, default=48.0) - 2.0
    high = max(max(pitches, default=72.0) + 2.0, low + 14.0)
    downbeats = times(part(document, "rhythm").get("downbeats_s"), columns.duration)
    count, height = _lines(columns.duration), _roll_px(columns.duration)
    for i in range(count):
        start, end = i * columns.duration / count, (i + 1) * columns.duration / count
        axes = sheet.axes(top + 94 + i * (height + _TIMES_PX), height)
        label_time(axes, start, end)
        _draw_keys(axes, low, high, height)
        axes.vlines([t for t in downbeats if start <= t <= end], low, high, color="#d9b8ac", lw=0.7, zorder=1)
        _draw_bars(axes, [note for note in notes if note.end_s > start and note.start_s < end])
        if len(line):
            inside = (line[:, 0] >= start) & (line[:, 0] <= end)
            axes.plot(line[inside, 0], line[inside, 1], color=DOWNBEAT, lw=1.6, zorder=4)
        if not pitches:
            say_missing(axes, "no notes were found")


def melody_line(document: Document) -> FloatArray:
    """Time and pitch (MIDI with fraction) of the melody's frames, shape (n, 2); not a number where the line breaks."""
    melody = melody_of(document)
    line = np.array([(t, math.nan if hz is None else 69.0 + 12.0 * math.log2(hz / 440.0)) for t, hz in melody])
    line = line.reshape(-1, 2)
    # A leap is a new note, not a stroke up the wall.
    line[1:][np.abs(np.diff(line[:, 1])) > _LEAP, 1] = math.nan
    return line


def _draw_keys(axes: Any, low: float, high: float, height: float) -> None:
    """Stripes where the black keys lie, names at every C (at some, when it is crowded)."""
    axes.set_ylim(low, high)
    for midi in range(math.ceil(low - 0.5), math.floor(high + 0.5) + 1):
        if midi % 12 in _BLACK:
            axes.axhspan(midi - 0.5, midi + 0.5, color="#f0f3f5", lw=0, zorder=0)
    room = height / (high - low)
    every = 12 if room * 12 >= 16 else 24
    named = [m for m in range(math.ceil(low), math.floor(high) + 1) if m % every == 0]
    axes.set_yticks(named, [note_name(m) for m in named])
    axes.tick_params(axis="y", length=0, colors=FAINT)


def _draw_bars(axes: Any, notes: list[PlayedNote]) -> None:
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgb

    corners, colours = [], []
    paper, ink = np.ones(3), np.array(to_rgb(WAVE))
    for note in notes:
        low, high = note.midi - 0.42, note.midi + 0.42
        corners.append([(note.start_s, low), (note.end_s, low), (note.end_s, high), (note.start_s, high)])
        colours.append(paper + (ink - paper) * (0.35 + 0.65 * note.velocity))
    axes.add_collection(PolyCollection(corners, facecolors=colours, edgecolors="#274b66", linewidths=0.3, zorder=3))
