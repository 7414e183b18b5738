"""`grym status` as a page for a terminal: state, pressure of the last minutes, a bar for each signal, who has the room.

Every line is laid out here to the width given, so nothing wraps. States are told by word and shape, never by colour
alone. The three rows of the pressure line are the three states: what reaches into the second is tired.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Group
from rich.text import Text

from ..health.signals import CRITICAL, HARD, WARNING
from .status_words import WORDS, Reading, SignalRow, clean, headline, history, now_of, number, sections, signal_rows

SHAPES = {"healthy": "●", "warning": "▲", "critical": "■", "unknown": "○"}
_STYLES = {"healthy": "cyan", "warning": "yellow", "critical": "bold red", "unknown": "magenta"}
_LINE_S, _CARRIED_S = 600.0, 15.0  # what the line shows; for how long a reading stands where no other came
_ROWS = ((CRITICAL, HARD + 0.1, "critical"), (WARNING, CRITICAL, "warning"), (0.0, WARNING, "healthy"))  # from the top
_UP, _ALONG = " ▁▂▃▄▅▆▇█", " ▏▎▍▌▋▊▉█"
_LABEL, _VALUE, _LIMIT = 9, 13, 9  # columns
_HEAD_LINES = 3  # that the meaning, and the reason, may take each

Line = list[tuple[str, str]]  # pieces of text, each with its style


def status_page(document: Mapping[str, Any], *, width: int, colour: bool, height: int | None = None) -> Group:
    """The page, no line of it wider than `width`; with a height, the lower parts are shortened to fit it."""
    width = max(20, width)
    blocks = [_head(document, width), _pressure(document, width), _signals(document, width)]
    left = None if height is None else height - sum(map(len, blocks))
    blocks.append(_sections(sections(document), width, left))
    blocks = [block for block in blocks if block]
    airy = height is None or sum(map(len, blocks)) + len(blocks) - 1 <= height
    lines = [line for block in blocks for line in ([[("", "")]] if airy and block is not blocks[0] else []) + block]
    return Group(*(_text(line, width, colour) for line in lines[:height]))


def _text(line: Line, width: int, colour: bool) -> Text:
    whole = Text(no_wrap=True, overflow="ellipsis", end="\n")
    for piece, style in line:
        whole.append(piece, style if colour else "")
    whole.truncate(width, overflow="ellipsis")
    return whole


def _head(document: Mapping[str, Any], width: int) -> list[Line]:
    head = headline(document)
    style = _STYLES[head.state]
    title = f"{SHAPES[head.state]} {head.title}"
    corner = _corner(document)
    room = width - cell_len(title) - cell_len(corner)
    lines: list[Line] = [[(title, f"bold {style}"), (" " * room + corner if room > 2 else "", "dim")]]
    told = [part for line in (head.means, head.because) for part in textwrap.wrap(line, width - 2)[:_HEAD_LINES]]
    return lines + [[(f"  {part}", "")] for part in told]


def _corner(document: Mapping[str, Any]) -> str:
    hub, seq = document.get("hub"), number(document.get("seq"))
    told = [f"hub {clean(hub.get('pid'))}"] if isinstance(hub, Mapping) and hub.get("pid") else []
    return " · ".join(told + ([f"#{seq:.0f}"] if seq is not None else []))


def _pressure(document: Mapping[str, Any], width: int) -> list[Line]:
    """Three rows with the pressure of the last ten minutes, now at the right."""
    readings, pressure = history(document), number(document.get("pressure"))
    if not readings and pressure is None:
        return []
    ends = [f" {low:.2f} {WORDS[state]}" for low, _, state in _ROWS]
    columns = pressures(readings, now_of(document) or 0.0, max(1, width - _LABEL - max(map(len, ends))))
    starts = ("pressure", "?" if pressure is None else f"{pressure:.2f}", "10 min")
    lines = []
    for start, end, (low, high, state) in zip(starts, ends, _ROWS, strict=True):
        drawn = "".join(_cell(p, low, high, place) for place, p in enumerate(columns))
        lines.append([(f"{start:{_LABEL}}", ""), (drawn, _STYLES[state]), (end, "dim")])
    return lines


def pressures(readings: Sequence[Reading], now: float, columns: int) -> list[float | None]:
    """The greatest pressure in each of so many equal parts of the last ten minutes; None where nobody watched."""
    found: list[float | None] = [None] * columns
    start, of_one = now - _LINE_S, _LINE_S / columns
    ends = [*(reading.at for reading in readings[1:]), now]
    for here, end in zip(readings, ends, strict=False):
        until = min(here.at + _CARRIED_S, end)
        first = min(columns - 1, math.floor((here.at - start) / of_one))  # that of now is in the last part
        last = max(first, math.ceil((until - start) / of_one) - 1)
        for place in range(max(0, first), min(columns - 1, last) + 1):
            found[place] = max(here.pressure, found[place] or 0.0)
    return found


def _cell(pressure: float | None, low: float, high: float, place: int) -> str:
    if pressure is None:
        return " "
    level = round(8 * min(1.0, max(0.0, (pressure - low) / (high - low))))
    if low == 0.0:
        return _UP[max(1, level)]  # nothing is not the same as nobody watching
    if pressure >= low:
        return _UP[max(1, level)]
    return "·" if place % 4 == 0 else " "


def _signals(document: Mapping[str, Any], width: int) -> list[Line]:
    rows = signal_rows(document)
    if not rows:
        return []
    limits = 3 * _LIMIT if width >= 76 else 0
    name = max(_LABEL - 1, *(min(cell_len(row.name), 14) for row in rows))
    bar = max(0, width - 2 - name - 1 - _VALUE - limits - 1)
    head = " " * (2 + name + 1 + _VALUE) + _scale(bar) + " "
    if limits:
        head += f"{'tired':>{_LIMIT}}{'critical':>{_LIMIT}}{'fault':>{_LIMIT}}"
    return [[(head, "dim")], *(_signal(row, name, bar, with_limits=limits > 0) for row in rows)]


def _signal(row: SignalRow, name: int, bar: int, *, with_limits: bool) -> Line:
    style = _STYLES[row.state]
    limits = "".join(f"{limit:>{_LIMIT}}" for limit in row.limits) if with_limits else ""
    return [
        (f"{SHAPES[row.state]} ", style),
        (set_cell_size(row.name, name) + " ", ""),
        (set_cell_size(row.value, _VALUE), "bold" if row.state != "healthy" else ""),
        (_bar(row.pressure, bar), style),
        (" " + limits, "dim"),
    ]


def _marks(width: int) -> tuple[int, int]:
    """The columns in which a bar of this width reaches the pressure of a warning, and of critical."""
    return int(WARNING * width), int(CRITICAL * width)


def _scale(width: int) -> str:
    """The head of the bars: what begins at their marks."""
    cells = [" "] * width
    for place, word in zip(_marks(width), (f"{WARNING:.1f}", f"{CRITICAL:.1f}"), strict=True):
        text = word.lstrip("0")
        if place + len(text) <= width:
            cells[place : place + len(text)] = text
    return "".join(cells)


def _bar(pressure: float | None, width: int) -> str:
    """Pressure from 0 to 1 along a bar with the two marks; an arrow at the end of one that goes beyond."""
    eighths = round(8 * width * min(1.0, max(0.0, pressure or 0.0)))
    cells = ["█"] * (eighths // 8) + ([_ALONG[eighths % 8]] if eighths % 8 else [])
    cells += [" "] * (width - len(cells))
    for place in _marks(width):
        if place < width:
            cells[place] = "│"
    if width and pressure is not None and pressure > HARD:
        cells[-1] = "▶"
    return "".join(cells)


def _sections(told: Mapping[str, Sequence[str]], width: int, height: int | None) -> list[Line]:
    """Each heading with its entries, in as many lines as they need and the height allows, one each at least."""
    wrapped = {heading: _wrapped(entries, width - _LABEL) for heading, entries in told.items()}
    shown = dict.fromkeys(wrapped, 1)
    if height is None:
        shown = {heading: len(lines) for heading, lines in wrapped.items()}
    while height is not None and sum(shown.values()) < height:
        longer = [heading for heading, lines in wrapped.items() if shown[heading] < len(lines)]
        if not longer:
            break
        shown[min(longer, key=shown.__getitem__)] += 1
    found: list[Line] = []
    for heading, lines in wrapped.items():
        for place, line in enumerate(lines[: shown[heading]]):
            cut = place == shown[heading] - 1 and len(lines) > shown[heading]
            start = "" if place else heading
            whole = set_cell_size(line, width - _LABEL - 2).rstrip() + " …" if cut else line
            found.append([(f"{start:{_LABEL}}", "bold"), (whole, "")])
    return found


def _wrapped(entries: Sequence[str], width: int) -> list[str]:
    """Entries one after the other, as many in a line as fit; one that is longer has a line of its own."""
    lines = [""]
    for entry in entries:
        longer = f"{lines[-1]} · {entry}" if lines[-1] else entry
        if cell_len(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(entry)
    return lines
