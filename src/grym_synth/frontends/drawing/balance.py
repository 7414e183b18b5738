"""The panel of the spectrum: its mean over the recording with the named bands, hum, and what rings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...audio.spectra.frames import FloatArray
from ...audio.spectrum.peaks import BANDS_HZ
from ..document import Document, number, part
from ..plot_columns import F_MAX, Columns
from .lanes import say_missing
from .levels import db, draw_figures
from .sheet import CLIP, DOWNBEAT, FAINT, INK, WAVE, Sheet, drawable_text, figure_words

SPECTRUM_PX = 520
_LOW_HZ, _STEPS = 20.0, 12  # lines in an octave


def draw_spectrum(sheet: Sheet, top: float, document: Document, columns: Columns) -> None:
    """Level in twelfths of an octave; each band named, with its share of the whole power."""
    spectrum = part(document, "spectrum")
    sheet.heading(top, "Spectrum", "mean over the recording, in twelfths of an octave; under each band its share")
    draw_figures(sheet, top + 34, [
        ("centroid", figure_words(number(spectrum.get("centroid_hz")), "Hz", 0)),
        ("85 % lie below", figure_words(number(spectrum.get("rolloff_hz")), "Hz", 0)),
        ("flatness", figure_words(number(spectrum.get("flatness")), "", 3)),
        ("hum", figure_words(number(spectrum.get("hum_hz")), "Hz")),
        ("rings", _rings(spectrum.get("resonances"))),
    ])  # fmt: skip
    axes = sheet.axes(top + 90, SPECTRUM_PX - 170)
    highest = min(F_MAX, columns.sr / 2)
    f, level = band_levels(columns)
    axes.set_xscale("log")
    axes.set_xlim(_LOW_HZ, max(highest, 4 * _LOW_HZ))
    ticks = [f for f in (20, 50, 100, 200, 500, 1000, 2000, 5000, 10000) if f <= highest]
    axes.set_xticks(ticks, [f"{f} Hz" if f < 1000 else f"{f // 1000} kHz" for f in ticks])
    axes.set_xticks([], minor=True)
    _draw_bands(axes, spectrum.get("bands_db"), highest)
    if not len(level) or level.max() < -120.0:
        say_missing(axes, "it is silent")
        return
    high = 6.0 * math.ceil(float(level.max()) / 6.0) + 12.0  # room for what rings
    low = max(high - 90.0, float(np.percentile(level, 2.0)) - 6.0)
    axes.set_ylim(min(low, high - 36.0), high)
    axes.fill_between(f, -200.0, level, color=WAVE, alpha=0.25, lw=0)
    axes.plot(f, level, color=WAVE, lw=1.8)
    axes.grid(axis="y", color="#e6eaee", lw=0.6)
    axes.set_ylabel("dBFS", fontsize=10.5, color=FAINT)
    for i, (hz, words, colour) in enumerate(_marks(spectrum, highest)):
        axes.axvline(hz, color=colour, lw=1.2, ls=(0, (3, 3)))
        side = "left" if hz < 0.3 * highest else "right"
        axes.text(hz * (1.015 if side == "left" else 0.985), 0.97 - 0.06 * (i % 6), words, fontsize=10, color=colour,
                  transform=axes.get_xaxis_transform(), ha=side, va="top", parse_math=False)  # fmt: skip


def band_levels(columns: Columns) -> tuple[FloatArray, FloatArray]:
    """Middle frequencies and levels, in dBFS, of bands of a twelfth of an octave from 20 Hz up."""
    highest = min(F_MAX, columns.sr / 2)
    if highest <= _LOW_HZ or not len(columns.power):
        return np.zeros(0), np.zeros(0)
    edges = _LOW_HZ * 2.0 ** (np.arange(math.floor(_STEPS * math.log2(highest / _LOW_HZ)) + 1) / _STEPS)
    mean = columns.power.mean(axis=0, dtype=np.float64)
    # A bin is as wide as its distance to the next: the power of a band is the integral over it.
    total = np.concatenate([[0.0], np.cumsum(mean)])
    at = np.interp(edges / columns.bin_hz + 0.5, np.arange(len(total)), total)
    return np.sqrt(edges[:-1] * edges[1:]), db(np.diff(at) / 1.5)


def _draw_bands(axes: Any, bands: object, highest: float) -> None:
    shares = bands if isinstance(bands, dict) else {}
    for i, (name, (low, high)) in enumerate(BANDS_HZ.items()):
        if low >= highest:
            break
        right = min(high, highest)
        axes.axvspan(low, right, color=("#eef1f4", "#fafbfc")[i % 2], lw=0, zorder=0)
        share = number(shares.get(name))
        said = "" if share is None else f"{share:.1f} dB".replace("-", "−")
        for y, words in ((-0.125, name.replace("_", " ")), (-0.175, said)):
            axes.text(math.sqrt(low * right), y, words, fontsize=9.5, color=INK, ha="center", va="baseline",
                      transform=axes.get_xaxis_transform())  # fmt: skip


def _marks(spectrum: object, highest: float) -> list[tuple[float, str, str]]:
    marks = []
    told = spectrum if isinstance(spectrum, dict) else {}
    hum = number(told.get("hum_hz"))
    if hum is not None:
        marks.append((hum, f"hum {hum:.1f} Hz", DOWNBEAT))
    for item in told.get("resonances") or []:
        hz = number(item.get("frequency_hz")) if isinstance(item, dict) else None
        if hz is not None:
            note = item.get("note")
            said = f" ({drawable_text(note)})" if isinstance(note, str) else ""
            marks.append((hz, f"rings at {hz:.0f} Hz{said}", CLIP))
    return [mark for mark in marks if _LOW_HZ < mark[0] < highest][:7]


def _rings(items: object) -> str:
    n = len(items) if isinstance(items, list) else None
    return "–" if n is None else "nothing" if n == 0 else f"{n} frequencies" if n > 1 else "one frequency"
