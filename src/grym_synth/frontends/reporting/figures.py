"""Pictures of the page that have no time line, or two: the mean spectrum, and what in the recording sounds alike."""

from __future__ import annotations

import math

import numpy as np

from ...audio.spectrum.peaks import BANDS_HZ
from ..document import Document, number, part, sections_of
from ..drawing.balance import band_levels
from ..drawing.form import alike
from ..plot_columns import Columns
from .escaping import html_text
from .pixels import grey_png

_WIDE, _HIGH, _LEFT, _BOTTOM = 1000, 300, 46, 40
_LOW_HZ, _TICKS = 20.0, (20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)


def make_figures(document: Document, columns: Columns) -> dict[str, str]:
    """HTML by the section it belongs to; only for the sections the document has."""
    figures = {}
    if part(document, "spectrum"):
        figures["spectrum"] = _spectrum(document, columns)
    if sections_of(document):
        figures["structure"] = _map(document, columns)
    return figures


def _spectrum(document: Document, columns: Columns) -> str:
    """Level in twelfths of an octave over log frequency, with the named bands and the hum."""
    f, level = band_levels(columns)
    if not len(level) or level.max() < -120.0:
        return ""
    top_hz = float(f[-1])
    high = 6.0 * math.ceil(float(level.max()) / 6.0) + 6.0
    low = max(high - 90.0, 6.0 * math.floor(float(np.percentile(level, 2.0)) / 6.0) - 6.0)

    def x(hz: float) -> float:
        share = math.log(max(hz, _LOW_HZ) / _LOW_HZ) / math.log(top_hz / _LOW_HZ)
        return _LEFT + (_WIDE - _LEFT) * min(share, 1.0)

    def y(db: float) -> float:
        return (_HIGH - _BOTTOM) * min((high - db) / (high - low), 1.0)

    bands = [(name, x(band[0]), x(band[1])) for name, band in BANDS_HZ.items() if band[0] < top_hz]
    foot = _HIGH - _BOTTOM
    shades = "".join(
        f'<rect class="{"shade" if i % 2 else "none"}" x="{a:.1f}" y="0" width="{b - a:.1f}" height="{foot}"/>'
        f'<text x="{(a + b) / 2:.1f}" y="{_HIGH - 4}" text-anchor="middle">{name.replace("_", " ")}</text>'
        for i, (name, a, b) in enumerate(bands)
    )
    ticks = "".join(
        f'<text x="{x(hz):.1f}" y="{_HIGH - 22}" text-anchor="middle">{hz if hz < 1000 else f"{hz // 1000}k"}</text>'
        for hz in _TICKS
        if hz <= top_hz
    )
    step = 12 if high - low > 40 else 6
    levels = "".join(
        f'<path class="grid" d="M{_LEFT} {y(db):.1f}H{_WIDE}"/>'
        f'<text x="{_LEFT - 6}" y="{y(db) + 4:.1f}" text-anchor="end">'
        f"{str(db).replace('-', '−')}</text>"
        for db in range(int(math.ceil(low / step) * step), int(high), step)
    )
    points = "L".join(f"{x(float(hz)):.1f} {y(float(db)):.1f}" for hz, db in zip(f, level, strict=True))
    hum = number(part(document, "spectrum").get("hum_hz"))
    mark = ""
    if hum is not None and _LOW_HZ < hum < top_hz:
        words = f'<text x="{x(hum) + 5:.1f}" y="14">hum {hum:.1f} Hz</text>'
        mark = f'<path class="bar" d="M{x(hum):.1f} 0V{foot}"/>{words}'
    return (
        f'<svg class="figure" viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="mean spectrum in dBFS over Hz">'
        f'{shades}{levels}{ticks}<path class="line" d="M{points}"/>{mark}</svg>'
    )


def _map(document: Document, columns: Columns) -> str:
    """A square in which a dark spot says: what sounds at this second is like what sounds at that one."""
    duration = columns.duration or 1.0
    lines = "".join(
        f'<path class="bar" d="M{p:.2f} 0V100M0 {100 - p:.2f}H100"/>'
        for p in (100.0 * section.start_s / duration for section in sections_of(document)[1:])
    )
    words = html_text("dark: both moments sound alike; lines: where sections meet; first second at the lower left")
    return (
        f'<figure class="map"><div data-map><img class="sharp" alt="{words}" src="{grey_png(alike(columns)[::-1])}">'
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{lines}</svg></div>'
        f"<figcaption>{words}</figcaption></figure>"
    )
