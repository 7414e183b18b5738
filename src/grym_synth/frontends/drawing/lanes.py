"""Lanes along the time line: sections, chords and keys in boxes, beats and onsets as strokes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...audio.spectra.frames import FloatArray
from ..document import Stretch, chord_name
from .sheet import BEAT, DOWNBEAT, FAINT, INK, LINE, PALE, PLOT_PX, drawable_text, fitting_size, font_for

LINES_APART_PX = 8  # beat lines closer than this read as a grey wall


def draw_boxes(
    axes: Any,
    stretches: Sequence[Stretch],
    words: Sequence[str],
    colours: Sequence[str],
    *,
    name: str = "",
    size: float = 11.0,
    width_px: float = PLOT_PX,
) -> None:
    """A lane of boxes over all of `axes`, whose x axis is set; words stand where they fit, none beside its box."""
    start, end = axes.get_xlim()
    for stretch, label, colour in zip(stretches, words, colours, strict=True):
        left, right = max(stretch.start_s, start), min(stretch.end_s, end)
        if right <= left:
            continue
        room = (right - left) / (end - start) * width_px
        axes.axvspan(left, right, facecolor=colour, edgecolor=INK if room > 6 else "none", lw=0.5)
        shown = drawable_text(label) if label else ""
        fitting = fitting_size(shown, room, size)
        if fitting is None and shown.endswith(")"):  # what stands in brackets is the less important
            shown = shown.partition(" (")[0]
            fitting = fitting_size(shown, room, size)
        if shown and fitting is not None:
            axes.text((left + right) / 2, 0.48, shown, fontsize=fitting, color=INK, ha="center", va="center",
                      transform=axes.get_xaxis_transform(), clip_on=True, **font_for(shown))  # fmt: skip
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.5] if name else [], [name] if name else [])
    axes.tick_params(axis="y", length=0)
    axes.set_facecolor("#f4f6f8")


def section_colours(sections: Sequence[Stretch]) -> list[str]:
    """Like sections have like colours."""
    names = list(dict.fromkeys(section.label for section in sections))
    return [PALE[names.index(section.label) % len(PALE)] for section in sections]


def draw_sections(axes: Any, sections: Sequence[Stretch], *, name: str = "sections") -> None:
    words = [f"{item.label} ({item.detail})" if item.detail else item.label for item in sections]
    draw_boxes(axes, sections, words, section_colours(sections), name=name)


def draw_chords(axes: Any, chords: Sequence[Stretch], *, name: str = "chords", size: float = 11.0) -> None:
    """Major and other chords pale, minor ones darker; no chord is empty."""
    colours = [
        "#f4f6f8" if c.label in ("N", "X", "") else "#c3d7e6" if ":min" in c.label else "#f7ead0" for c in chords
    ]
    draw_boxes(axes, chords, [chord_name(c.label) for c in chords], colours, name=name, size=size)


def draw_keys(axes: Any, keys: Sequence[Stretch], *, name: str = "key") -> None:
    colours = [("#e3e7eb", "#cfd6dc")[i % 2] for i in range(len(keys))]
    draw_boxes(axes, keys, [key.label for key in keys], colours, name=name)


def draw_beats(axes: Any, beats: FloatArray, downbeats: FloatArray, duration: float) -> list[tuple[str, str]]:
    """Lines through `axes` and a little beyond; every n-th where there are many. What they are, and their colours."""
    transform, notes = axes.get_xaxis_transform(), []
    if len(beats):
        shown, every = thinned(beats, duration)
        # A few lines may cross the picture, many would cut it into slices; all look out over the frame.
        few = len(shown) < 50
        axes.vlines(shown, 0, 1.035, transform=transform, color=BEAT, clip_on=False,
                    lw=1.3 if few else 0.8, alpha=0.85, zorder=5 if few else 2)  # fmt: skip
        notes.append((_every(every, "beat"), BEAT))
    if len(downbeats):
        shown, every = thinned(downbeats, duration, 4.0 * LINES_APART_PX)
        axes.vlines(shown, 0, 1.035, transform=transform, color=DOWNBEAT, clip_on=False,
                    lw=1.8 if len(shown) < 15 else 1.1, zorder=6 if len(shown) < 15 else 2)  # fmt: skip
        notes.append((_every(every, "bar"), DOWNBEAT))
        for i, time in enumerate(shown):
            axes.text(time, 1.045, str(i * every + 1), transform=transform, fontsize=9, color=DOWNBEAT, ha="center",
                      va="bottom")  # fmt: skip
    return notes


def _every(n: int, thing: str) -> str:
    return f"│ {thing}s" if n == 1 else f"│ every {'2nd' if n == 2 else f'{n}th'} {thing}"


def thinned(times: FloatArray, duration: float, apart_px: float = LINES_APART_PX) -> tuple[FloatArray, int]:
    """Every n-th time, n the least power of two that leaves the lines `apart_px` apart; and n."""
    room = max(1.0, PLOT_PX / apart_px)
    # What counts is how close the lines are where there are lines, not how many there are.
    span = max(float(times[-1] - times[0]), 1e-9) / max(duration, 1e-9) if len(times) > 1 else 1.0
    every = 1
    while len(times) / every > max(1.0, room * min(1.0, span)) and every < len(times):
        every *= 2
    return times[::every], every


def draw_onsets(axes: Any, onsets: FloatArray) -> None:
    if len(onsets):
        axes.vlines(onsets, 0.12, 0.88, color=INK, lw=0.7, alpha=min(0.7, 400 / len(onsets)))
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.5], ["onsets"])
    axes.tick_params(axis="y", length=0)


def say_missing(axes: Any, words: str) -> None:
    """Say in empty axes why there is nothing."""
    axes.text(0.5, 0.5, words, transform=axes.transAxes, fontsize=13, color=FAINT, ha="center", va="center")
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(LINE)


def as_array(times: Sequence[float]) -> FloatArray:
    return np.asarray(times, np.float64)
