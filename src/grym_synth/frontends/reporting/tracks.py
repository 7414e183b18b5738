"""The time line of the page: lanes of picture and words, all as wide as the recording is long.

Places are shares of the width, so that a lane may be stretched; lines keep their width while they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...answering.words.targets import TARGETS
from ...audio.spectra.frames import FloatArray
from ..document import (
    Document,
    Stretch,
    beats_of,
    chord_name,
    chords_of,
    keys_of,
    melody_of,
    notes_of,
    part,
    sections_of,
    times,
)
from ..drawing.pulse import tempo_curve
from ..drawing.roll import melody_line
from ..plot_columns import F_MAX, F_MIN, Columns, chroma_of, log_rows, loudness_curve
from .escaping import html_text
from .pixels import grey_png, heat_png

_WIDE, _HIGH = 10000, 100  # units of the drawings
_MOST_POINTS, _MOST_PIXELS = 1500, 1200


class Track(NamedTuple):
    """A lane: its name, its height in pixels, and its HTML."""

    name: str
    height_px: int
    html: str
    note: str = ""


def make_tracks(document: Document, columns: Columns) -> list[Track]:
    """The lanes that there is something for, from top to bottom."""
    duration = columns.duration or 1.0
    tracks = [Track("waveform", 96, _wave(columns, duration))]
    sections, keys, chords = sections_of(document), keys_of(document), chords_of(document)
    names = list(dict.fromkeys(section.label for section in sections))
    tones = [f"s{names.index(section.label) % 8}" for section in sections]
    if sections:
        tracks.append(Track("sections", 30, _boxes(sections, [s.label for s in sections], tones, duration)))
    if keys:
        tracks.append(Track("key", 24, _boxes(keys, [k.label for k in keys], ["k"] * len(keys), duration)))
    if chords:
        tones = ["n" if c.label in ("N", "X", "") else "m" if ":min" in c.label else "M" for c in chords]
        tracks.append(Track("chords", 30, _boxes(chords, [chord_name(c.label) for c in chords], tones, duration)))
    beats = beats_of(document)
    if beats:
        tracks.append(Track("beats", 24, _ticks([(b.time_s, b.position == 1) for b in beats], duration)))
    onsets = times(part(document, "rhythm").get("onsets_s"), duration)
    if onsets:
        tracks.append(Track("onsets", 18, _ticks([(time, False) for time in onsets], duration)))
    tracks += [track for track in (_tempo(document, duration), _loudness(document, columns, duration)) if track]
    if notes_of(document) or any(hz for _, hz in melody_of(document)):
        tracks.append(_notes(document, duration))
    if len(columns.power):
        tracks.append(
            Track("pitch classes", 84, _image(grey_png(_pooled(chroma_of(columns)).T[::-1]), columns, "sharp"))
        )
        tracks.append(_spectrogram(columns))
    return tracks


def _x(time: float, duration: float) -> str:
    return f"{_WIDE * min(max(time / duration, 0.0), 1.0):.0f}"


def _svg(inner: str) -> str:
    return f'<svg viewBox="0 0 {_WIDE} {_HIGH}" preserveAspectRatio="none" aria-hidden="true">{inner}</svg>'


def _path(x: FloatArray, y: FloatArray) -> str:
    """Points as a path; y is 0 at the bottom and 1 on top, and where it is not a number the line is broken."""
    parts, is_drawn = [], False
    for px, py in zip(x, y, strict=True):
        if math.isfinite(py):
            parts.append(f"{'L' if is_drawn else 'M'}{px:.0f} {_HIGH * (1.0 - py):.1f}")
        is_drawn = math.isfinite(py)
    return "".join(parts)


def _thinned(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    every = max(1, math.ceil(len(x) / _MOST_POINTS))
    return x[::every], y[::every]


def _wave(columns: Columns, duration: float) -> str:
    """All channels together: least and greatest sample of each column."""
    if not len(columns.low):
        return _svg("")
    every = max(1, math.ceil(len(columns.low) / _MOST_POINTS))
    starts = np.arange(0, len(columns.low), every)
    low = np.minimum.reduceat(columns.low.min(axis=1), starts)
    high = np.maximum.reduceat(columns.high.max(axis=1), starts)
    peak = max(float(np.abs(low).max()), float(np.abs(high).max()), 1e-4)
    x = _WIDE * np.minimum((starts + every / 2) * columns.envelope_step / duration, 1.0)
    up, down = 0.5 + 0.49 * high / peak, 0.5 + 0.49 * low / peak
    clipped = np.flatnonzero(np.logical_or.reduceat(columns.clipped.any(axis=1), starts))
    marks = "".join(f"M{x[i]:.0f} 0V{_HIGH}" for i in clipped)
    red = f'<path class="clip" d="{marks}"/>' if marks else ""
    return _svg(f'<path class="wave" d="{_path(x, up)}L{_path(x[::-1], down[::-1])[1:]}Z"/>{red}')


def _boxes(stretches: Sequence[Stretch], words: Sequence[str], tones: Sequence[str], duration: float) -> str:
    """Boxes with words that may be highlighted while they sound."""
    found = []
    for item, label, tone in zip(stretches, words, tones, strict=True):
        left, right = (100.0 * min(end / duration, 1.0) for end in (item.start_s, item.end_s))
        if right <= left:
            continue
        sure = "" if item.confidence is None else f", {item.confidence:.0%} sure"
        detail = f" ({item.detail})" if item.detail else ""
        title = html_text(f"{label}{detail}, {item.start_s:.2f} to {item.end_s:.2f} s{sure}")
        found.append(
            f'<span class="box {tone}" style="left:{left:.3f}%;width:{right - left:.3f}%" data-s="{item.start_s:.3f}"'
            f' data-e="{item.end_s:.3f}" title="{title}"><bdi>{html_text(label)}</bdi></span>'
        )
    return "".join(found)


def _ticks(marks: Sequence[tuple[float, bool]], duration: float) -> str:
    """Strokes, those that begin a bar over the whole height."""
    fine = "".join(f"M{_x(time, duration)} 40V{_HIGH}" for time, is_strong in marks if not is_strong)
    bold = "".join(f"M{_x(time, duration)} 0V{_HIGH}" for time, is_strong in marks if is_strong)
    return _svg(f'<path class="tick" d="{fine}"/><path class="bar" d="{bold}"/>')


def _tempo(document: Document, duration: float) -> Track | None:
    t, tempo = tempo_curve(document, duration)
    if len(t) < 2:
        return None
    low, high = float(tempo.min()), float(tempo.max())
    reach = max(high - low, 0.04 * high)
    bottom = (low + high - 1.4 * reach) / 2
    x, y = _thinned(_WIDE * t / duration, (tempo - bottom) / (1.4 * reach))
    return Track("tempo", 60, _svg(f'<path class="line" d="{_path(x, y)}"/>'), f"{low:.1f} to {high:.1f} BPM")


def _loudness(document: Document, columns: Columns, duration: float) -> Track | None:
    t, level = loudness_curve(columns, 3.0)
    if len(t) < 2 or not (level > -70.0).any():
        return None
    low, high = max(-60.0, float(level[level > -70.0].min())), max(float(level.max()) + 1.0, -8.0)
    places = [(target, (target.lufs - low) / (high - low)) for target in TARGETS]
    lines = "".join(f"M0 {_HIGH * (1 - y):.1f}H{_WIDE}" for _, y in places if 0.0 < y < 1.0)
    x, y = _thinned(_WIDE * t / duration, np.maximum(level - low, 0.0) / (high - low))
    html = _svg(f'<path class="target" d="{lines}"/><path class="line" d="{_path(x, y)}"/>')
    words = "".join(
        f'<i style="top:{100 * (1 - y):.1f}%">{target.name} {round(target.lufs)}</i>'.replace("-", "−")
        for target, y in places
        if 0.04 < y < 0.86
    )
    return Track("loudness", 110, f'{html}<span class="targets">{words}</span>', "short-term, LUFS")


def _notes(document: Document, duration: float) -> Track:
    notes = notes_of(document)
    t, pitch = melody_line(document).T
    pitches = [*(note.midi for note in notes), *pitch[np.isfinite(pitch)]]
    low = min(pitches) - 2.0
    span = max(max(pitches) + 2.0 - low, 14.0)
    # One path for each of four strengths: as many shapes as notes would make the page slow.
    strengths: list[list[str]] = [[], [], [], []]
    for n in notes:
        y = _HIGH * (1 - (n.midi + 0.45 - low) / span)
        width = max(1.0, _WIDE * (n.end_s - n.start_s) / duration)
        shape = f"M{_x(n.start_s, duration)} {y:.2f}h{width:.0f}v{90.0 / span:.2f}h-{width:.0f}z"
        strengths[min(3, int(4 * n.velocity))].append(shape)
    bars = "".join(
        f'<path d="{"".join(shapes)}" opacity="{0.4 + 0.2 * i:.1f}"/>' for i, shapes in enumerate(strengths) if shapes
    )
    line = ""
    if len(t):
        # Every frame of a minute; of longer ones every n-th, yet never so few that a note is lost.
        every = max(1, math.ceil(len(t) / (4 * _MOST_POINTS)))
        path = _path(_WIDE * t[::every] / duration, (pitch[::every] - low) / span)
        line = f'<path class="melody" d="{path}"/>'
    return Track("notes", 150, _svg(f'<g class="note">{bars}</g>{line}'), "line: melody" if line else "")


def _spectrogram(columns: Columns) -> Track:
    top = min(F_MAX, columns.sr / 2)
    level = log_rows(columns.power, columns.bin_hz, min(F_MIN, top / 8.0), top)
    rows = _pooled(level.reshape(len(level), -1, 2).max(axis=2))
    high = min(0.0, float(np.percentile(rows, 99.9)))
    picture = heat_png(np.clip((rows - high + 75.0) / 75.0, 0.0, 1.0).T[::-1])
    note = f"{min(F_MIN, top / 8.0):.0f} Hz to {top / 1000:.0f} kHz"
    return Track("spectrogram", 160, _image(picture, columns, "soft"), note)


def _image(address: str, columns: Columns, kind: str) -> str:
    """A picture as wide as its columns last, which may be a little longer than the recording."""
    width = 100.0 * len(columns.power) * columns.power_step / (columns.duration or 1.0)
    return f'<img class="{kind}" alt="" src="{address}" style="width:{width:.3f}%">'


def _pooled(rows: FloatArray) -> FloatArray:
    """Means of neighbouring rows, at most 1200 of them."""
    starts = np.unique(np.linspace(0, len(rows), min(len(rows), _MOST_PIXELS), endpoint=False).astype(int))
    counts = np.diff([*starts, len(rows)])
    return np.asarray(np.add.reduceat(rows, starts, axis=0) / counts[:, None])
