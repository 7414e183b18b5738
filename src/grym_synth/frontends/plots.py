"""One picture of a recording, for the screen and the music stand: waveform with beats, spectrogram, key figures."""

from __future__ import annotations

import math
import os
import unicodedata
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.frames import FloatArray
from ..errors import BadRequest
from .plot_columns import F_MAX, F_MIN, Columns, log_rows, read_columns

WIDTH_PX, HEIGHT_PX, DPI = 1600, 900, 100
_RANGE_DB = 80.0
_LINES_APART_PX = 8  # beat lines closer than this read as a grey wall
_PLOT_PX, _TITLE_PX = 1370, 1090  # widths of the panels and of the file's name

_INK, _FAINT, _PAPER = "#1b1f24", "#6b7480", "#ffffff"
_WAVE, _BEAT, _DOWNBEAT, _ONSET, _CLIP = "#2f6690", "#e08a1e", "#c1440e", "#1b1f24", "#d11149"
# Looked for in this order when DejaVu Sans, which comes with matplotlib, lacks a character of the file's name.
_WIDER_FONTS = ("Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", "Microsoft YaHei", "Noto Sans", "Arial Unicode MS")


def plot_recording(path: str, section: dict[str, Any], out: str | Path) -> None:
    """Write a PNG of 1600 x 900 pixels about the recording at `path` to `out`, whole or not at all.

    `section` is one object of `analyze --json`; whatever it lacks is left out of the picture.

    Raises
    ------
    UnusableAudio
        The recording cannot be read.
    BadRequest
        The picture cannot be written there.
    """
    target = Path(out)
    if target.is_dir() or not target.parent.is_dir():
        what = "is a folder" if target.is_dir() else "lies in a folder that does not exist"
        raise BadRequest(f"cannot write the picture: {os.fspath(target)!r} {what}", hint=_WHERE)
    figure = _draw(path, section, read_columns(path, _number(section.get("duration_s"))))
    # Beside its target, so that the rename stays on one disk and nobody ever sees half a picture.
    temporary = target.with_name(f".grym-{uuid.uuid4().hex}.png")
    try:
        try:
            figure.savefig(temporary, format="png", dpi=DPI, metadata={"Software": "grym-synth"})
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadRequest(f"cannot write the picture to {os.fspath(target)!r}: {why}", hint=_WHERE) from error


_WHERE = "name a file in a folder that exists and that you may write to, such as --plot song.png"


def _draw(path: str, section: dict[str, Any], columns: Columns) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_PX / DPI, HEIGHT_PX / DPI), dpi=DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    _draw_header(figure, path, section, columns)
    wave = figure.add_axes((0.065, 0.545, _PLOT_PX / WIDTH_PX, 0.255))
    strip = figure.add_axes((0.065, 0.515, _PLOT_PX / WIDTH_PX, 0.022), sharex=wave)
    picture = figure.add_axes((0.065, 0.065, _PLOT_PX / WIDTH_PX, 0.432), sharex=wave)
    scale = figure.add_axes((0.928, 0.065, 0.009, 0.432))
    for axes in (wave, strip, picture):
        axes.tick_params(colors=_FAINT, labelcolor=_INK, labelsize=11, length=4)
        for spine in axes.spines.values():
            spine.set_color("#c5ccd3")
    wave.set_xlim(0.0, columns.duration or 1.0)
    _draw_wave(wave, columns)
    _draw_beats(figure, wave, section, columns)
    _draw_onsets(strip, section, columns.duration)
    _draw_spectrogram(figure, picture, scale, section, columns)
    _label_time(wave, strip, picture, columns.duration)
    return figure


def _draw_header(figure: Any, path: str, section: dict[str, Any], columns: Columns) -> None:
    name = drawable_text(Path(path).name)
    title = figure.text(0.065, 0.952, name, fontsize=21, color=_INK, weight="bold", va="center", **_text(name))
    renderer, most = figure.canvas.get_renderer(), min(len(name), 120)
    while most > 8 and title.get_window_extent(renderer).width > _TITLE_PX:
        most -= 2
        title.set_text(_shortened(name, most))
    channels = columns.low.shape[1]
    sound = {1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")
    facts = f"{_clock(columns.duration)}  ·  {columns.sr / 1000:g} kHz  ·  {sound}"
    figure.text(_PLOT_PX / WIDTH_PX + 0.065, 0.952, facts, fontsize=13, color=_FAINT, ha="right", va="center")
    for i, (caption, value) in enumerate(headline(section)):
        x = 0.065 + 0.175 * i
        figure.text(x, 0.906, caption, fontsize=10.5, color=_FAINT, va="center")
        figure.text(x, 0.872, value, fontsize=17, color=_INK, va="center", **_text(value))


def headline(section: dict[str, Any]) -> list[tuple[str, str]]:
    """Caption and value of the numbers above the picture; a dash for what was not measured."""
    rhythm, tonality, loudness = (_part(section, name) for name in ("rhythm", "tonality", "loudness"))
    key, camelot = tonality.get("key"), tonality.get("camelot")
    words = drawable_text(key) if isinstance(key, str) and key else "–"
    if isinstance(camelot, str) and words != "–":
        words += f" ({drawable_text(camelot)})"
    return [
        ("tempo", _figure(rhythm.get("tempo_bpm"), "BPM")),
        ("key", _shortened(words, 24)),
        ("loudness", _figure(loudness.get("integrated_lufs"), "LUFS")),
        ("loudness range", _figure(loudness.get("range_lu"), "LU")),
        ("true peak", _figure(loudness.get("true_peak_dbtp"), "dBTP")),
    ]


def _draw_wave(axes: Any, columns: Columns) -> None:
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
        axes.axhline(middle, color="#c5ccd3", lw=0.6, zorder=1)
        # A stroke of 0.8 points keeps a line visible where a column's least and greatest are one.
        axes.fill_between(reach, low, high, color=_WAVE, lw=0.8, zorder=3)
        clipped = t[columns.clipped[:, c]]
        if len(clipped):
            for side in (-1.0, 1.0):
                axes.vlines(clipped, middle + 0.93 * side, middle + 1.09 * side, color=_CLIP, lw=1.0, zorder=4)
    axes.set_ylim(-2.2 * (channels - 1) - 1.1, 1.1)
    labelled = range(0, channels, math.ceil(channels / 16))
    axes.set_yticks([-2.2 * c for c in labelled], [names[c] for c in labelled])
    axes.tick_params(axis="y", length=0)
    words = f"lane edge\n{edge_db:.0f} dBFS".replace("-", "−")
    axes.text(1.006, 1.0, words, transform=axes.transAxes, fontsize=10, color=_FAINT, va="top", linespacing=1.4)
    if columns.clipped.any():
        axes.text(1.006, 0.78, "clipped", transform=axes.transAxes, fontsize=10, color=_CLIP, weight="bold", va="top")


def _draw_beats(figure: Any, axes: Any, section: dict[str, Any], columns: Columns) -> None:
    rhythm = _part(section, "rhythm")
    beats, downbeats = (_times(rhythm.get(name), columns.duration) for name in ("beats_s", "downbeats_s"))
    notes = []
    if len(beats):
        shown, every = thinned(beats, columns.duration)
        # A few lines may cross the waveform, many would cut it into slices; all look out over the frame.
        few = len(shown) < 50
        axes.vlines(shown, 0, 1.035, transform=axes.get_xaxis_transform(), color=_BEAT, clip_on=False,
                    lw=1.3 if few else 0.8, alpha=0.85, zorder=5 if few else 2)  # fmt: skip
        notes.append((_every(every, "beat"), _BEAT))
    if len(downbeats):
        shown, every = thinned(downbeats, columns.duration, 4.0 * _LINES_APART_PX)
        axes.vlines(shown, 0, 1.035, transform=axes.get_xaxis_transform(), color=_DOWNBEAT, clip_on=False,
                    lw=1.8 if len(shown) < 15 else 1.1, zorder=6 if len(shown) < 15 else 2)  # fmt: skip
        notes.append((_every(every, "bar"), _DOWNBEAT))
        for i, time in enumerate(shown):
            axes.text(time, 1.045, str(i * every + 1), transform=axes.get_xaxis_transform(), fontsize=9,
                      color=_DOWNBEAT, ha="center", va="bottom")  # fmt: skip
    for i, (words, colour) in enumerate(reversed(notes)):
        figure.text(0.92 - 0.1 * i, 0.838, words, fontsize=10, color=colour, ha="right", va="center")


def _every(n: int, thing: str) -> str:
    return f"│ {thing}s" if n == 1 else f"│ every {'2nd' if n == 2 else f'{n}th'} {thing}"


def thinned(times: FloatArray, duration: float, apart_px: float = _LINES_APART_PX) -> tuple[FloatArray, int]:
    """Every n-th time, n the least power of two that leaves the lines `apart_px` apart; and n."""
    room = max(1.0, _PLOT_PX / apart_px)
    # What counts is how close the lines are where there are lines, not how many there are.
    span = max(float(times[-1] - times[0]), 1e-9) / max(duration, 1e-9) if len(times) > 1 else 1.0
    every = 1
    while len(times) / every > max(1.0, room * min(1.0, span)) and every < len(times):
        every *= 2
    return times[::every], every


def _draw_onsets(axes: Any, section: dict[str, Any], duration: float) -> None:
    onsets = _times(_part(section, "rhythm").get("onsets_s"), duration)
    if len(onsets):
        axes.vlines(onsets, 0.12, 0.88, color=_ONSET, lw=0.7, alpha=min(0.7, 400 / len(onsets)))
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.5], ["onsets"])
    axes.tick_params(axis="y", length=0)


def _draw_spectrogram(figure: Any, axes: Any, scale: Any, section: dict[str, Any], columns: Columns) -> None:
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
    axes.set_xlim(0.0, columns.duration or 1.0)  # imshow has changed it
    axes.set_facecolor("#000004")
    ticks = [f for f in (30, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 16000) if bottom <= f <= top]
    axes.set_yticks(np.log10(ticks), [f"{f} Hz" if f < 1000 else f"{f // 1000} kHz" for f in ticks])
    axes.grid(axis="y", color="white", alpha=0.13, lw=0.6)
    hum = _number(_part(section, "spectrum").get("hum_hz"))
    if hum is not None and bottom < hum < top:
        axes.text(0.994, math.log10(hum), f"hum {hum:.0f} Hz", transform=axes.get_yaxis_transform(), fontsize=10.5,
                  color="white", ha="right", va="bottom", weight="bold",
                  path_effects=[withStroke(linewidth=3, foreground="#1b0c41")])  # fmt: skip
        axes.axhline(math.log10(hum), color="white", lw=0.8, ls=(0, (2, 4)), alpha=0.8)
    bar = figure.colorbar(image, cax=scale)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=10, colors=_FAINT, labelcolor=_INK)
    bar.set_label("level (dBFS)", fontsize=10, color=_FAINT)


def _label_time(wave: Any, strip: Any, picture: Any, duration: float) -> None:
    steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600]
    step = next((s for s in steps if duration <= 15 * s), 3600.0 * math.ceil(duration / 54000.0))
    if duration < steps[0]:
        ticks, words = np.array([0.0]), ["0"]
    elif step < 1:
        ticks = np.arange(0.0, duration + step * 1e-6, step)
        words = [f"{t:.{max(1, math.ceil(-math.log10(step) - 1e-9))}f} s" for t in ticks]
    else:
        ticks = np.arange(0.0, duration + step * 1e-6, step)
        words = [_clock(float(t)) for t in ticks]
    picture.set_xticks(ticks, words)
    wave.tick_params(axis="x", labelbottom=False)
    strip.tick_params(axis="x", labelbottom=False, length=0)


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


def _text(text: str) -> dict[str, Any]:
    """Draw what is written: no dollar starts a formula; wider fonts only where they are needed."""
    return {"parse_math": False, "family": ["DejaVu Sans"] if text.isascii() else _families()}


def _shortened(text: str, most: int) -> str:
    """Cut in the middle: a name's beginning and its end say most."""
    return text if len(text) <= most else f"{text[: most // 2 - 1]}…{text[-(most // 2) :]}"


def _clock(seconds: float) -> str:
    if 0.0 < seconds < 0.1:
        return f"{seconds * 1000:.3g} ms"
    if seconds < 10 and seconds != int(seconds):
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _part(section: dict[str, Any], name: str) -> dict[str, Any]:
    value = section.get(name)
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _figure(value: object, unit: str) -> str:
    number = _number(value)
    return "–" if number is None else f"{number:.1f} {unit}".replace("-", "−")


def _times(value: object, duration: float) -> FloatArray:
    """What of a JSON list are times within the recording, in order."""
    values = [_number(item) for item in value] if isinstance(value, list) else []
    times = np.sort(np.array([item for item in values if item is not None], np.float64))
    return times[(times >= 0.0) & (times <= duration)]
