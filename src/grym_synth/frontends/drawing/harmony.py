"""The panel of harmony: chords and keys over the chroma of the recording, wrapped into lines as on a music sheet."""

from __future__ import annotations

import math

from ..document import Document, Stretch, chords_of, keys_of, number, part, summary
from ..plot_columns import Columns, chroma_of
from .lanes import draw_chords, draw_keys
from .levels import draw_figures
from .sheet import FAINT, PLOT_PX, Sheet, drawable_text, figure_words, label_time, shortened

_CHORD_PX = 40  # a chord's usual room
_MOST_LINES = 10
_KEY_PX, _LANE_PX, _TIMES_PX = 22, 28, 40
_NAMES = ("C", "", "D", "", "E", "", "", "G", "", "A", "", "")


def harmony_lines(document: Document) -> int:
    """How many lines the time line is wrapped into, so that usual chords have room for their names."""
    return min(_MOST_LINES, max(1, math.ceil(len(chords_of(document)) * _CHORD_PX / PLOT_PX)))


def harmony_px(document: Document) -> int:
    return 100 + harmony_lines(document) * _line_px(document)


def _line_px(document: Document) -> int:
    lanes = (_LANE_PX if chords_of(document) else 0) + (_KEY_PX if keys_of(document) else 0)
    return lanes + _chroma_px(document) + _TIMES_PX


def _chroma_px(document: Document) -> int:
    return 250 if harmony_lines(document) == 1 else 84


def draw_harmony(sheet: Sheet, top: float, document: Document, columns: Columns) -> None:
    """Lines of key, chords and chroma, the dark of a row its strength."""
    tonality, told = part(document, "tonality"), summary(document, "chords")
    chords, keys = chords_of(document), keys_of(document)
    sheet.heading(top, "Harmony", "dark: the strong notes of each moment" + (
        "  ·  blue: minor  ·  yellow: other chords" if chords else ""))  # fmt: skip
    progression = told.get("progression")
    key = tonality.get("key")
    draw_figures(sheet, top + 34, [
        ("key", shortened(drawable_text(key), 22) if isinstance(key, str) and key else "–"),
        ("or", _alternative(tonality.get("alternatives"))),
        ("tuning", figure_words(number(tonality.get("tuning_cents")), "cents")),
        ("chord changes", figure_words(number(told.get("changes_per_minute")), "a minute")),
        ("usual cycle", shortened(drawable_text(progression), 26) if isinstance(progression, str) else "–"),
    ])  # fmt: skip
    chroma = chroma_of(columns, number(tonality.get("tuning_cents")) or 0.0)
    lines = harmony_lines(document)
    length = columns.duration / lines
    for i in range(lines):
        start, end = i * length, (i + 1) * length
        y = top + 94 + i * _line_px(document)
        for stretches, height, draw in ((keys, _KEY_PX, draw_keys), (chords, _LANE_PX, draw_chords)):
            if stretches:
                lane = sheet.axes(y, height)
                label_time(lane, start, end, labelled=False)
                draw(lane, _within(stretches, start, end), name="" if lines > 1 and i else "key  " if height == _KEY_PX
                     else "chords")  # fmt: skip
                y += height
        axes = sheet.axes(y, _chroma_px(document))
        half = columns.power_step / 2
        axes.imshow(chroma.T, origin="lower", aspect="auto", interpolation="nearest", cmap="Greys", vmin=0.0, vmax=1.0,
                    extent=(-half, len(chroma) * columns.power_step - half, -0.5, 11.5))  # fmt: skip
        axes.set_yticks(range(12), _NAMES)
        axes.tick_params(axis="y", length=0, labelsize=8 if lines > 1 else 10, colors=FAINT)
        label_time(axes, start, end)


def _within(stretches: list[Stretch], start: float, end: float) -> list[Stretch]:
    return [item for item in stretches if item.end_s > start and item.start_s < end]


def _alternative(items: object) -> str:
    first = items[0] if isinstance(items, list) and items else None
    key = first.get("key") if isinstance(first, dict) else None
    return shortened(drawable_text(key), 22) if isinstance(key, str) else "–"
