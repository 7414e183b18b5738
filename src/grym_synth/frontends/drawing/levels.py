"""Panels of level: the waveform with what is wrong with it (facts), and loudness over time against targets."""

from __future__ import annotations

import numpy as np

from ...answering.words.targets import TARGETS
from ...audio.spectra.frames import FloatArray
from ..document import Document, number, part, silences_of, span_of
from ..plot_columns import Columns, loudness_curve
from .lanes import say_missing
from .overview import draw_wave
from .sheet import BEAT, CLIP, DOWNBEAT, FAINT, LEFT_PX, PLOT_PX, WAVE, Sheet, figure_words, label_time

FACTS_PX, LOUDNESS_PX = 330, 430


def draw_facts(sheet: Sheet, top: float, document: Document, columns: Columns) -> None:
    """The waveform with silence greyed, and the figures that tell of its health."""
    facts = part(document, "facts")
    sheet.heading(top, "Waveform", "grey: silence  ·  red: clipped")
    clipped = number(facts.get("clipped_samples"))
    draw_figures(sheet, top + 34, [
        ("peak", figure_words(number(facts.get("peak_dbfs")), "dBFS")),
        ("RMS", figure_words(number(facts.get("rms_dbfs")), "dBFS")),
        ("clipped samples", "–" if clipped is None else f"{clipped:.0f}"),
        ("left over right", figure_words(number(facts.get("balance_db")), "dB")),
        ("correlation", figure_words(number(facts.get("correlation")), "", 2)),
        ("DC offset", figure_words(number(facts.get("dc_offset_percent")), "%", 2)),
    ])  # fmt: skip
    axes = sheet.axes(top + 90, FACTS_PX - 130)
    draw_wave(axes, columns)
    for silence in silences_of(document):
        axes.axvspan(silence.start_s, min(silence.end_s, columns.duration), color="#dfe4e8", lw=0, zorder=0)
    label_time(axes, 0.0, columns.duration)


def draw_loudness(sheet: Sheet, top: float, document: Document, columns: Columns) -> None:
    """Short-term loudness as a line, momentary as a shade, targets as dashes with their names."""
    loudness = part(document, "loudness")
    sheet.heading(top, "Loudness", "line: short-term (3 s)  ·  shade: momentary (0.4 s)  ·  dashes: targets")
    draw_figures(sheet, top + 34, [
        ("integrated", figure_words(number(loudness.get("integrated_lufs")), "LUFS")),
        ("range", figure_words(number(loudness.get("range_lu")), "LU")),
        ("loudest 3 s", figure_words(number(loudness.get("short_term_max_lufs")), "LUFS")),
        ("loudest 0.4 s", figure_words(number(loudness.get("momentary_max_lufs")), "LUFS")),
        ("true peak", figure_words(number(loudness.get("true_peak_dbtp")), "dBTP")),
        ("peak to loudness", figure_words(number(loudness.get("plr_db")), "dB")),
    ])  # fmt: skip
    height = LOUDNESS_PX - 130
    axes = sheet.axes(top + 90, height)
    label_time(axes, 0.0, columns.duration)
    (t, short), (t_fast, fast) = loudness_curve(columns, 3.0), loudness_curve(columns, 0.4)
    heard = np.concatenate([short, fast])
    heard = heard[heard > -70.0]
    if not len(heard):
        say_missing(axes, "nothing is louder than -70 LUFS".replace("-", "−"))
        return
    low = max(-70.0, min(float(np.percentile(heard, 3.0)) - 3.0, -26.0))
    high = max(float(heard.max()) + 2.0, -7.0)
    axes.set_ylim(low, high)
    axes.fill_between(t_fast, low, np.maximum(fast, low), color=WAVE, alpha=0.22, lw=0)
    axes.plot(t, np.maximum(short, low), color=WAVE, lw=2.0)
    axes.grid(axis="y", color="#e6eaee", lw=0.6)
    axes.set_ylabel("LUFS", fontsize=10.5, color=FAINT)
    marks = [(f"{target.name} {target.lufs:.0f}", target.lufs, FAINT) for target in TARGETS]
    integrated = number(loudness.get("integrated_lufs"))
    if integrated is not None:
        axes.axhline(integrated, color=DOWNBEAT, lw=1.6)
        marks.append((f"this {integrated:.1f}", integrated, DOWNBEAT))
    for target in TARGETS:
        axes.axhline(target.lufs, color=FAINT, lw=0.9, ls=(0, (6, 4)))
    for words, y, colour in _apart(marks, low, high, 15.0 * (high - low) / height):
        axes.text(1.006, y, words.replace("-", "−"), transform=axes.get_yaxis_transform(), fontsize=10, color=colour,
                  va="center")  # fmt: skip
    for name, colour in (("short_term_max_lufs", BEAT), ("momentary_max_lufs", CLIP)):
        span = span_of(document, f"loudness.{name}")
        if span is not None:
            axes.axvspan(*span, color=colour, alpha=0.25, lw=0)


def _apart(marks: list[tuple[str, float, str]], low: float, high: float, least: float) -> list[tuple[str, float, str]]:
    """The marks that lie in the picture, moved so that their words do not touch."""
    moved: list[tuple[str, float, str]] = []
    for words, level, colour in sorted((mark for mark in marks if low < mark[1] < high), key=lambda mark: mark[1]):
        y = max(level, moved[-1][1] + least) if moved else level
        moved.append((words, y, colour))
    return moved


def draw_figures(sheet: Sheet, top: float, figures: list[tuple[str, str]]) -> None:
    """Captions with their values, side by side."""
    for i, (caption, value) in enumerate(figures):
        x = LEFT_PX + i * PLOT_PX / max(5, len(figures))
        sheet.text(x, top + 8, caption, 10.0, color=FAINT)
        sheet.text(x, top + 32, value, 14.0)


def db(power: FloatArray) -> FloatArray:
    """10 log10, at least -150."""
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-15)))
