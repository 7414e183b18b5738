"""The panel of structure: sections along the time line, a map of what sounds like what, and a table of the sections."""

from __future__ import annotations

import numpy as np

from ...audio.spectra.frames import FloatArray
from ..document import Document, clock, sections_of, summary
from ..plot_columns import Columns, chroma_of, log_rows
from .lanes import draw_sections, say_missing, section_colours
from .sheet import DOWNBEAT, FAINT, LEFT_PX, Sheet, drawable_text, label_time, shortened

STRUCTURE_PX = 760
_MAP_PX = 600
_MOST_ROWS, _MOST_CELLS = 24, 360


def draw_structure(sheet: Sheet, top: float, document: Document, columns: Columns) -> None:
    """Dark in the map: the two moments sound alike, in harmony and colour; lines are where sections meet."""
    sections, form = sections_of(document), summary(document, "structure").get("form")
    sheet.heading(top, "Structure", "in the map, dark: both moments sound alike")
    if isinstance(form, str):
        sheet.text(LEFT_PX + 130, top + 12, shortened(drawable_text(form), 60), 14.0)
    lane = sheet.axes(top + 34, 34)
    label_time(lane, 0.0, columns.duration)
    draw_sections(lane, sections)
    y = top + 106
    axes = sheet.axes(y, _MAP_PX, width=_MAP_PX)
    cells = alike(columns)
    end = columns.duration or 1.0
    axes.imshow(cells, origin="lower", cmap="Greys", vmin=0.0, vmax=1.0, aspect="auto", extent=(0.0, end, 0.0, end),
                interpolation="bilinear")  # fmt: skip
    for section in sections[1:]:
        axes.axvline(section.start_s, color=DOWNBEAT, lw=0.9)
        axes.axhline(section.start_s, color=DOWNBEAT, lw=0.9)
    label_time(axes, 0.0, columns.duration)
    ticks = axes.get_xticks()
    keep = slice(None, None, max(1, -(-len(ticks) // 7)))
    words = [label.get_text() for label in axes.get_xticklabels()]
    axes.set_xticks(ticks[keep], words[keep])
    axes.set_yticks(ticks[keep], words[keep])
    _draw_table(sheet, y, document)
    if not sections:
        say_missing(lane, "no sections were found")


def _draw_table(sheet: Sheet, top: float, document: Document) -> None:
    sections = sections_of(document)
    if not sections:
        return
    left = LEFT_PX + _MAP_PX + 90
    places = (left, left + 240, left + 360, left + 480, left + 580)
    for x, words in zip(places, ("section", "from", "length", "bars", "sure"), strict=True):
        sheet.text(x, top + 8, words, 10.5, color=FAINT)
    for i, (section, colour) in enumerate(zip(sections[:_MOST_ROWS], section_colours(sections), strict=False)):
        y = top + 34 + i * 23
        marker = sheet.axes(y - 7, 14, left=left - 24, width=14)
        marker.set_facecolor(colour)
        marker.set_xticks([])
        marker.set_yticks([])
        sure = "" if section.confidence is None else f"{section.confidence:.0%}"
        length = f"{section.end_s - section.start_s:.1f} s"
        label = shortened(drawable_text(section.label), 22)
        for x, words in zip(places, (label, clock(section.start_s), length, section.detail[:6], sure), strict=True):
            sheet.text(x, y, words, 11.5)
    if len(sections) > _MOST_ROWS:
        more = f"and {len(sections) - _MOST_ROWS} more"
        sheet.text(left, top + 34 + _MOST_ROWS * 23, more, 11.5, color=FAINT)


def alike(columns: Columns) -> FloatArray:
    """How alike each two moments are, 0..1, shape (cells, cells): cosine of chroma and of the levels of broad bands."""
    if not len(columns.power):
        return np.zeros((1, 1), np.float32)
    levels = log_rows(columns.power, columns.bin_hz, 40.0, min(12000.0, columns.sr / 2))
    bands = np.maximum(levels.reshape(len(levels), 12, -1).mean(axis=2), -90.0)
    bands -= bands.mean(axis=0)
    both = []
    for rows in (chroma_of(columns), bands):
        mean = _smoothed(_pooled(rows))
        mean = mean - mean.mean(axis=0)
        both.append(mean / (np.linalg.norm(mean, axis=1, keepdims=True) + 1e-6))
    cosine = 0.5 * (both[0] @ both[0].T + both[1] @ both[1].T)
    low, high = np.percentile(cosine, (20.0, 98.0))
    return np.asarray(np.clip((cosine - low) / max(high - low, 1e-6), 0.0, 1.0), np.float32)


def _pooled(rows: FloatArray) -> FloatArray:
    """Means of neighbouring rows, at most 360 of them."""
    starts = np.unique(np.linspace(0, len(rows), min(len(rows), _MOST_CELLS), endpoint=False).astype(int))
    counts = np.diff([*starts, len(rows)])
    return np.asarray(np.add.reduceat(rows, starts, axis=0) / counts[:, None])


def _smoothed(rows: FloatArray) -> FloatArray:
    """Each row with its neighbours: what repeats shows as lines, not as dots."""
    padded = np.pad(rows, ((2, 2), (0, 0)), mode="edge")
    return np.asarray(sum(padded[i : i + len(rows)] * weight for i, weight in enumerate((0.1, 0.2, 0.4, 0.2, 0.1))))
