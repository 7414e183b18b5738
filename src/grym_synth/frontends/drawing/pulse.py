"""The panel of rhythm: the local tempo over time, with bars, beats and onsets."""

from __future__ import annotations

import numpy as np

from ...audio.spectra.frames import FloatArray
from ..document import Document, number, part, times
from ..plot_columns import Columns
from .lanes import as_array, draw_beats, draw_onsets, say_missing
from .levels import draw_figures
from .sheet import DOWNBEAT, FAINT, WAVE, Sheet, figure_words, label_time

RHYTHM_PX = 430


def draw_rhythm(sheet: Sheet, top: float, document: Document, columns: Columns) -> None:
    """Tempo curve over beats and downbeats; below it the onsets."""
    rhythm, duration = part(document, "rhythm"), columns.duration
    tempo = number(rhythm.get("tempo_bpm"))
    metre = number(rhythm.get("metre"))
    sheet.heading(top, "Rhythm")
    draw_figures(sheet, top + 34, [
        ("tempo", figure_words(tempo, "BPM", 2)),
        ("or", _alternative(rhythm.get("alternatives"))),
        ("beats in a bar", "–" if metre is None else f"{metre:.0f}"),
        ("off-beat at", figure_words(number(rhythm.get("swing")), "of the beat", 2)),
        ("drift", figure_words(number(rhythm.get("drift_percent")), "%")),
    ])  # fmt: skip
    axes = sheet.axes(top + 116, RHYTHM_PX - 200)
    label_time(axes, 0.0, duration, labelled=False)
    beats, downbeats, onsets = (
        as_array(times(rhythm.get(name), duration)) for name in ("beats_s", "downbeats_s", "onsets_s")
    )
    notes = draw_beats(axes, beats, downbeats, duration)
    for i, (words, colour) in enumerate(reversed(notes)):
        sheet.text(1474 - 160 * i, top + 12, words, 10.5, color=colour, ha="right")
    t, curve = tempo_curve(document, duration)
    if len(t):
        axes.step([*t, duration], [*curve, curve[-1]], where="post", color=WAVE, lw=2.2, zorder=7)
        low, high = float(curve.min()), float(curve.max())
        middle, reach = (low + high) / 2, max((high - low) * 0.75, 0.03 * (low + high) / 2, 1.0)
        axes.set_ylim(middle - reach, middle + reach)
        axes.set_ylabel("BPM", fontsize=10.5, color=FAINT)
        if tempo is not None and abs(tempo - middle) < reach:
            axes.axhline(tempo, color=DOWNBEAT, lw=1.2, ls=(0, (6, 4)), zorder=6)
    else:
        say_missing(axes, "no steady pulse was found")
    strip = sheet.axes(top + RHYTHM_PX - 76, 30)
    draw_onsets(strip, onsets)
    label_time(strip, 0.0, duration)


def _alternative(items: object) -> str:
    first = items[0] if isinstance(items, list) and items else None
    return figure_words(number(first.get("tempo_bpm")) if isinstance(first, dict) else None, "BPM", 2)


def tempo_curve(document: Document, duration: float) -> tuple[FloatArray, FloatArray]:
    """Where each local tempo starts, in s, and the tempo in BPM; from the beats where no curve is told."""
    rhythm = part(document, "rhythm")
    items = rhythm.get("tempo_curve")
    found = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            start, tempo = number(item.get("start_s")), number(item.get("tempo_bpm"))
            if start is not None and tempo is not None and 0.0 <= start <= duration and tempo > 0.0:
                found.append((start, tempo))
    if found:
        ordered = np.array(sorted(found))
        return ordered[:, 0], ordered[:, 1]
    beats = as_array(times(rhythm.get("beats_s"), duration))
    n = min(8, len(beats) - 1)  # over eight beats, so that one that came late is no other tempo
    if n < 1:
        return np.zeros(0), np.zeros(0)
    gaps = (beats[n:] - beats[:-n]) / n
    steady = gaps > 0.05
    return beats[:-n][steady], 60.0 / gaps[steady]
