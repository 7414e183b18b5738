"""The sheet that pictures are drawn on, measured in pixels from its top left corner, and the words on it.

The colours are told apart by colour-blind eyes (Okabe and Ito) and, since each is lighter or darker than the next, in
grey print; what they mean is also said in words.
"""

from __future__ import annotations

import math
import unicodedata
from typing import Any

import numpy as np

from ...audio.spectra.frames import FloatArray
from ..document import clock

WIDTH_PX, DPI = 1600, 100
LEFT_PX, PLOT_PX = 104, 1370  # where the time line begins, and how long it is
_LEAST_POINTS = 7.0
#: Widths of DejaVu Sans for the narrow and the wide, in sizes of the type; what is not here takes 0.66.
_WIDTHS = {**dict.fromkeys("ijlt.,:;'|!()[]/ f1I-", 0.42), **dict.fromkeys("mwMW@%#", 0.98)}

INK, FAINT, LINE, PAPER = "#1b1f24", "#6b7480", "#c5ccd3", "#ffffff"
WAVE, BEAT, DOWNBEAT, CLIP = "#2f6690", "#e08a1e", "#c1440e", "#d11149"
#: For sections and the like: pale enough for black words upon them, and of two lightnesses in turn.
PALE = ("#a9cfe8", "#f5d9a0", "#9fd9c4", "#f0c3dc", "#d9e8f5", "#eab391", "#f7f2b4", "#c9c3e6")
# Looked for in this order when DejaVu Sans, which comes with matplotlib, lacks a character of the file's name.
_WIDER_FONTS = ("Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", "Microsoft YaHei", "Noto Sans", "Arial Unicode MS")


class Sheet:
    """A figure whose places are told in pixels from the top left."""

    def __init__(self, height_px: int) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.height_px = height_px
        self.figure: Any = Figure(figsize=(WIDTH_PX / DPI, height_px / DPI), dpi=DPI, facecolor=PAPER)
        FigureCanvasAgg(self.figure)

    def axes(self, top: float, height: float, *, left: float = LEFT_PX, width: float = PLOT_PX, **options: Any) -> Any:
        """Axes in that place, in our style."""
        box = (left / WIDTH_PX, 1.0 - (top + height) / self.height_px, width / WIDTH_PX, height / self.height_px)
        axes = self.figure.add_axes(box, **options)
        axes.tick_params(colors=FAINT, labelcolor=INK, labelsize=11, length=4)
        for spine in axes.spines.values():
            spine.set_color(LINE)
        return axes

    def text(self, x: float, y: float, words: str, size: float = 11.0, **options: Any) -> Any:
        """Words whose left end (or as `ha` says) and middle are at that place."""
        style = {"color": INK, "va": "center", "fontsize": size, **font_for(words), **options}
        return self.figure.text(x / WIDTH_PX, 1.0 - y / self.height_px, words, **style)

    def heading(self, top: float, words: str, note: str = "") -> None:
        """The name of a panel, and what its marks mean."""
        self.text(LEFT_PX, top + 12, words, 14.0, weight="bold")
        if note:
            self.text(LEFT_PX + PLOT_PX, top + 12, note, 10.5, ha="right", color=FAINT)


def fitting_size(words: str, width_px: float, size: float) -> float | None:
    """The size, at most `size`, at which the words fit into that width; None when they would be too small to read."""
    room = (width_px - 3.0) / max(1.0, sum(_WIDTHS.get(c, 0.66) for c in words)) / (DPI / 72)
    return min(size, room) if room >= _LEAST_POINTS else None


def drawable_text(text: str) -> str:
    """`text` on one line, each character that no font here can draw replaced by a box."""
    from matplotlib.font_manager import findfont, get_font

    fonts = [get_font(findfont(family)) for family in _families()]

    def drawable(character: str) -> str:
        if unicodedata.category(character) in ("Cc", "Zl", "Zp"):
            return " "
        if any(font.get_char_index(ord(character)) for font in fonts):
            return character
        # Joiners and variation selectors have no shape of their own: a box for them would double that of the emoji.
        return "" if unicodedata.category(character) in ("Cf", "Mn", "Me") else "□"

    return "".join(map(drawable, text)).strip() or "–"


def _families() -> list[str]:
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    return ["DejaVu Sans", *[name for name in _WIDER_FONTS if name in installed]]


def font_for(text: str) -> dict[str, Any]:
    """Draw what is written: no dollar starts a formula; wider fonts only where they are needed."""
    return {"parse_math": False, "family": ["DejaVu Sans"] if text.isascii() else _families()}


def shortened(text: str, most: int) -> str:
    """Cut in the middle: a name's beginning and its end say most."""
    if len(text) <= most:
        return text
    return f"{text[: max(1, most // 2 - 1)]}…{text[-max(1, most // 2) :]}" if most >= 3 else text[:most]


def figure_words(value: float | None, unit: str, digits: int = 1) -> str:
    """A number with its unit; a dash for what is not known."""
    return "–" if value is None else f"{value:.{digits}f} {unit}".strip().replace("-", "−")


def length_words(seconds: float) -> str:
    """A length: in milliseconds, seconds, or as a clock."""
    if 0.0 < seconds < 0.1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 10 and seconds != int(seconds) else clock(seconds)


def time_ticks(start: float, end: float) -> tuple[FloatArray, list[str]]:
    """Round times between `start` and `end`, at most 16, and how they are written."""
    span = end - start
    steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600]
    step = next((s for s in steps if span <= 15 * s), 3600.0 * math.ceil(span / 54000.0))
    if span < steps[0]:
        return np.array([start]), ["0" if start == 0.0 else f"{start:.3f} s"]
    ticks = np.arange(math.ceil(start / step - 1e-6), math.floor(end / step + 1e-6) + 1) * step
    if step < 1:
        digits = max(1, math.ceil(-math.log10(step) - 1e-9))
        return ticks, [f"{t:.{digits}f} s" for t in ticks]
    return ticks, [clock(float(t)) for t in ticks]


def label_time(axes: Any, start: float, end: float, *, labelled: bool = True) -> None:
    """Put the times under `axes`, or only their ticks."""
    ticks, words = time_ticks(start, end)
    axes.set_xlim(start, end if end > start else start + 1.0)
    axes.set_xticks(ticks, words if labelled else [""] * len(ticks))
    if not labelled:
        axes.tick_params(axis="x", length=0)
