"""The panel of timbre: what the sound is called, its tags, and a close look at it when it is short."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..document import Document, number, part, tags_of
from ..plot_columns import Columns
from .lanes import say_missing
from .levels import db, draw_figures
from .overview import draw_spectrogram
from .sheet import BEAT, DOWNBEAT, FAINT, INK, LEFT_PX, WAVE, Sheet, drawable_text, figure_words, label_time, shortened

TIMBRE_PX = 480
_SHORT_S = 10.0  # what is shorter is shown as a sound, what is longer by its coefficients
_MOST_TAGS = 10


def draw_timbre(sheet: Sheet, top: float, document: Document, columns: Columns) -> None:
    """Tags as bars on the left; on the right the spectrogram of a short sound, or the MFCC of a long one."""
    timbre = part(document, "timbre")
    label, sure = timbre.get("label"), number(timbre.get("confidence"))
    name = shortened(drawable_text(label), 24) if isinstance(label, str) and label else "–"
    sheet.heading(top, "Timbre")
    draw_figures(sheet, top + 34, [
        ("kind of sound", name),
        ("sure", "–" if sure is None or name == "–" else f"{sure:.0%}"),
        ("attack", _time(timbre.get("attack_s"))),
        ("decay", _time(timbre.get("decay_s"))),
        ("harmonic", figure_words(number(timbre.get("harmonicity")), "", 2)),
    ])  # fmt: skip
    _draw_tags(sheet.axes(top + 120, TIMBRE_PX - 180, left=LEFT_PX + 110, width=360), document)
    left, width = LEFT_PX + 580, 790
    if columns.duration <= _SHORT_S:
        level = sheet.axes(top + 114, 84, left=left, width=width)
        _draw_envelope(level, timbre, columns)
        picture = sheet.axes(top + 206, TIMBRE_PX - 250, left=left, width=width)
        scale = sheet.axes(top + 206, TIMBRE_PX - 250, left=left + width + 10, width=14)
        draw_spectrogram(sheet, picture, scale, {}, columns)
        label_time(picture, 0.0, columns.duration)
    else:
        _draw_mfcc(sheet.axes(top + 120, TIMBRE_PX - 180, left=left, width=width), timbre.get("mfcc"))


def _time(value: object) -> str:
    seconds = number(value)
    return figure_words(seconds, "s", 2) if seconds is None or seconds >= 1.0 else f"{seconds * 1000:.0f} ms"


def _draw_tags(axes: Any, document: Document) -> None:
    tags = tags_of(document)[:_MOST_TAGS]
    if not tags:
        say_missing(axes, "no tags")
        axes.set_xticks([])
        return
    places = np.arange(len(tags))[::-1]
    axes.barh(places, [confidence for _, confidence in tags], color=WAVE, height=0.62)
    axes.set_yticks(places, [shortened(drawable_text(tag), 16) for tag, _ in tags], parse_math=False)
    for place, (_, confidence) in zip(places, tags, strict=True):
        axes.text(confidence + 0.015, place, f"{confidence:.0%}", fontsize=10, color=INK, va="center")
    axes.set_xlim(0.0, 1.12)
    axes.set_ylim(-0.7, max(len(tags), 4) - 0.3)
    axes.set_xticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
    axes.tick_params(axis="y", length=0)
    axes.set_title("tags, and how sure", fontsize=10.5, color=FAINT, loc="left")


def _draw_envelope(axes: Any, timbre: Any, columns: Columns) -> None:
    """Peak level over time, with the attack and decay shaded from the loudest rise."""
    peak = np.maximum(-columns.low, columns.high).max(axis=1) if len(columns.low) else np.zeros(0)
    label_time(axes, 0.0, columns.duration, labelled=False)
    t = (np.arange(len(peak)) + 0.5) * columns.envelope_step
    level = np.maximum(db(np.square(peak)), -80.0)
    axes.fill_between(t, -80.0, level, color=WAVE, alpha=0.35, lw=0)
    axes.set_ylim(-60.0, 6.0)
    axes.set_yticks([-48, -24, 0], ["−48", "−24", "0 dB"])
    if not len(peak) or peak.max() <= 0.0:
        return
    at = float(t[int(peak.argmax())])
    attack, decay = number(timbre.get("attack_s")), number(timbre.get("decay_s"))
    if attack is not None:
        axes.axvspan(max(0.0, at - attack), at, color=DOWNBEAT, alpha=0.3, lw=0)
    if decay is not None:
        axes.axvspan(at, min(columns.duration, at + decay), color=BEAT, alpha=0.22, lw=0)
    axes.set_title("peak level  ·  red: attack  ·  orange: decay", fontsize=10.5, color=FAINT, loc="left")


def _draw_mfcc(axes: Any, values: object) -> None:
    found = [number(value) for value in values] if isinstance(values, list) else []
    numbers = [value for value in found if value is not None]
    if not numbers:
        say_missing(axes, "no coefficients")
        axes.set_xticks([])
        return
    axes.bar(np.arange(len(numbers)), numbers, color=WAVE, width=0.7)
    axes.axhline(0.0, color=INK, lw=0.6)
    axes.set_xticks(range(0, len(numbers), max(1, len(numbers) // 10)))
    axes.set_title("MFCC, means over the recording", fontsize=10.5, color=FAINT, loc="left")
