"""The usual picture: waveform with beats, sections and chords where they are known, spectrogram, key figures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from ..document import Document, chords_of, number, part, sections_of, times
from ..plot_columns import F_MAX, F_MIN, Columns, log_rows
from .lanes import as_array, draw_beats, draw_chords, draw_onsets, draw_sections
from .sheet import (
    CLIP,
    FAINT,
    INK,
    LEFT_PX,
    LINE,
    PLOT_PX,
    WAVE,
    Sheet,
    drawable_text,
    figure_words,
    font_for,
    label_time,
    length_words,
    shortened,
)

HEIGHT_PX, HEADER_PX = 900, 150
_RANGE_DB = 80.0
_TITLE_PX = 1090
_LANE_PX = 26


def draw_overview(path: str, document: Document, columns: Columns) -> Sheet:
    """A sheet of 1600 x 900 pixels."""
    sheet = Sheet(HEIGHT_PX)
    draw_header(sheet, path, document, columns)
    wave = sheet.axes(180, 230)
    draw_wave(wave, columns)
    label_time(wave, 0.0, columns.duration, labelled=False)
    rhythm = part(document, "rhythm")
    beats, downbeats, onsets = (
        as_array(times(rhythm.get(name), columns.duration)) for name in ("beats_s", "downbeats_s", "onsets_s")
    )
    notes = draw_beats(wave, beats, downbeats, columns.duration)
    for i, (words, colour) in enumerate(reversed(notes)):
        sheet.text(1472 - 160 * i, 146, words, 10.0, color=colour, ha="right")
    strip = sheet.axes(417, 20, sharex=wave)
    draw_onsets(strip, onsets)
    strip.tick_params(axis="x", labelbottom=False, length=0)
    top = 453.0
    for stretches, draw in ((sections_of(document), draw_sections), (chords_of(document), draw_chords)):
        if stretches:
            lane = sheet.axes(top - 9, _LANE_PX)
            label_time(lane, 0.0, columns.duration, labelled=False)
            draw(lane, stretches)
            top += _LANE_PX + 4
    picture = sheet.axes(top, 841.5 - top)
    scale = sheet.axes(top, 841.5 - top, left=1485, width=14)
    draw_spectrogram(sheet, picture, scale, document, columns)
    label_time(picture, 0.0, columns.duration)
    return sheet


def draw_header(sheet: Sheet, path: str, document: Document, columns: Columns) -> None:
    """The file's name, what it is, and its headline figures, in the first 150 pixels."""
    name = drawable_text(Path(path).name)
    title = sheet.text(LEFT_PX, 43, name, 21, weight="bold")
    renderer, most = sheet.figure.canvas.get_renderer(), min(len(name), 120)
    while most > 8 and title.get_window_extent(renderer).width > _TITLE_PX:
        most -= 2
        title.set_text(shortened(name, most))
    channels = columns.low.shape[1]
    sound = {1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")
    facts = f"{length_words(columns.duration)}  ·  {columns.sr / 1000:g} kHz  ·  {sound}"
    sheet.text(LEFT_PX + PLOT_PX, 43, facts, 13, color=FAINT, ha="right")
    for i, (caption, value) in enumerate(headline(document)):
        sheet.text(LEFT_PX + 280 * i, 85, caption, 10.5, color=FAINT)
        sheet.text(LEFT_PX + 280 * i, 115, value, 17)


def headline(document: Document) -> list[tuple[str, str]]:
    """Caption and value of the numbers above the picture; a dash for what was not measured."""
    rhythm, tonality, loudness = (part(document, name) for name in ("rhythm", "tonality", "loudness"))
    key, camelot = tonality.get("key"), tonality.get("camelot")
    words = drawable_text(key) if isinstance(key, str) and key else "–"
    if isinstance(camelot, str) and words != "–":
        words += f" ({drawable_text(camelot)})"
    return [
        ("tempo", figure_words(number(rhythm.get("tempo_bpm")), "BPM")),
        ("key", shortened(words, 24)),
        ("loudness", figure_words(number(loudness.get("integrated_lufs")), "LUFS")),
        ("loudness range", figure_words(number(loudness.get("range_lu")), "LU")),
        ("true peak", figure_words(number(loudness.get("true_peak_dbtp")), "dBTP")),
    ]


def draw_wave(axes: Any, columns: Columns) -> None:
    """Each channel in a lane of its own, all on one scale; the lanes' edge is the peak, rounded up to 6 dB."""
    channels = columns.low.shape[1]
    peak = float(max(-columns.low.min(initial=0.0), columns.high.max(initial=0.0)))
    edge_db = 6.0 * math.ceil(20.0 * math.log10(peak) / 6.0 - 1e-9) if peak > 1e-5 else 0.0
    edge = 10.0 ** (edge_db / 20.0)
    t = np.minimum((np.arange(len(columns.low)) + 0.5) * columns.envelope_step, columns.duration)
    reach = np.concatenate([[0.0], t, [columns.duration]])  # the ends too, or a single sample would have no width
    names = ["mono"] if channels == 1 else ["left", "right"] if channels == 2 else [str(c + 1) for c in range(channels)]
    for c in range(channels):
        middle = -2.2 * c
        low, high = (middle + np.pad(side[:, c], 1, mode="edge") / edge for side in (columns.low, columns.high))
        axes.axhline(middle, color=LINE, lw=0.6, zorder=1)
        # A stroke of 0.8 points keeps a line visible where a column's least and greatest are one.
        axes.fill_between(reach, low, high, color=WAVE, lw=0.8, zorder=3)
        clipped = t[columns.clipped[:, c]]
        if len(clipped):
            for side in (-1.0, 1.0):
                axes.vlines(clipped, middle + 0.93 * side, middle + 1.09 * side, color=CLIP, lw=1.0, zorder=4)
    axes.set_ylim(-2.2 * (channels - 1) - 1.1, 1.1)
    labelled = range(0, channels, math.ceil(channels / 16))
    axes.set_yticks([-2.2 * c for c in labelled], [names[c] for c in labelled])
    axes.tick_params(axis="y", length=0)
    words = f"lane edge\n{edge_db:.0f} dBFS".replace("-", "−")
    axes.text(1.006, 1.0, words, transform=axes.transAxes, fontsize=10, color=FAINT, va="top", linespacing=1.4)
    if columns.clipped.any():
        axes.text(1.006, 0.78, "clipped", transform=axes.transAxes, fontsize=10, color=CLIP, weight="bold", va="top")


def draw_spectrogram(sheet: Sheet, axes: Any, scale: Any, document: Document, columns: Columns) -> None:
    """Level over time and log frequency, with a bar for its colours in `scale`; the hum has a line."""
    from matplotlib.patheffects import withStroke

    top = min(F_MAX, columns.sr / 2)
    bottom = min(F_MIN, top / 8.0)
    level = log_rows(columns.power, columns.bin_hz, bottom, top)
    loudest = float(np.percentile(level, 99.95)) if level.size else 0.0
    high = min(0.0, 6.0 * math.ceil(loudest / 6.0)) if loudest > -120.0 else 0.0
    # A steady noise uses few of the 80 dB: give it the whole scale.
    low = float(np.clip(np.percentile(level, 2.0) - 6.0, high - _RANGE_DB, high - 40.0)) if level.size else high - 80.0
    half = columns.power_step / 2  # columns are centred at multiples of their step
    image = axes.imshow(
        level.T,
        origin="lower",
        aspect="auto",
        interpolation="bilinear",
        cmap="magma",
        vmin=low,
        vmax=high,
        extent=(-half, len(level) * columns.power_step - half, math.log10(bottom), math.log10(top)),
    )
    axes.set_facecolor("#000004")
    ticks = [f for f in (30, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 16000) if bottom <= f <= top]
    axes.set_yticks(np.log10(ticks), [f"{f} Hz" if f < 1000 else f"{f // 1000} kHz" for f in ticks])
    axes.grid(axis="y", color="white", alpha=0.13, lw=0.6)
    hum = number(part(document, "spectrum").get("hum_hz"))
    if hum is not None and bottom < hum < top:
        axes.text(0.994, math.log10(hum), f"hum {hum:.0f} Hz", transform=axes.get_yaxis_transform(), fontsize=10.5,
                  color="white", ha="right", va="bottom", weight="bold",
                  path_effects=[withStroke(linewidth=3, foreground="#1b0c41")])  # fmt: skip
        axes.axhline(math.log10(hum), color="white", lw=0.8, ls=(0, (2, 4)), alpha=0.8)
    bar = sheet.figure.colorbar(image, cax=scale)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=10, colors=FAINT, labelcolor=INK)
    bar.set_label("level (dBFS)", fontsize=10, color=FAINT, **font_for("level"))
