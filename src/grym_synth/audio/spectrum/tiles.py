"""A part of a stored spectrogram at a size that somebody asked for: as numbers, or as a picture.

A tile never has more cells than there are: it is the part itself, or a coarser view of it. In time, cells are the mean
of power; in frequency the greatest, so that a thin line keeps its level however far one stands back.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import BadRequest
from ..spectra.frames import FloatArray
from .spectrogram import FLOOR_DBFS
from .stored import StoredSpectrogram

MAX_SIDE = 4096  # cells of a picture, either way
MAX_NUMBERS = 1 << 16  # cells of a list
_CELLS_AT_ONCE = 1 << 20
_HIGHEST_DBFS = np.float32(300.0)
_FEW = 16  # bands that become one

#: Colours from low to high, between which the others lie; lightness grows (or falls) evenly, so that every eye and grey
#: print read them alike.
_COLOURS: Mapping[str, tuple[tuple[int, int, int], ...]] = {
    "heat": ((0, 0, 4), (40, 17, 89), (101, 26, 128), (159, 47, 127), (215, 70, 108), (249, 118, 92), (254, 180, 123),
             (252, 253, 191)),
    "grey": ((255, 255, 255), (20, 24, 30)),
}  # fmt: skip
COLOUR_MAPS = tuple(_COLOURS)


@dataclass(frozen=True, slots=True)
class View:
    """Which part, how large at most (in cells), and how it is coloured.

    end_s, high_hz : None is the end, and the highest band there is
    range_db : how far below the greatest level of the recording colours reach
    """

    start_s: float = 0.0
    end_s: float | None = None
    low_hz: float = 0.0
    high_hz: float | None = None
    width: int = 1024
    height: int = 512
    colours: str = "heat"
    range_db: float = 90.0

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> View:
        """Take a wish from outside.

        Raises
        ------
        BadRequest
            Something is of the wrong type or out of its range, or an end does not come after its start.
        """
        view = cls(
            start_s=_number(raw, "start_s", 0.0, 0.0, 1e9),
            end_s=_number_or_none(raw, "end_s", 0.0, 1e9),
            low_hz=_number(raw, "low_hz", 0.0, 0.0, 1e6),
            high_hz=_number_or_none(raw, "high_hz", 0.0, 1e6),
            width=_side(raw, "width", 1024),
            height=_side(raw, "height", 512),
            colours=raw.get("colours") or "heat",
            range_db=_number(raw, "range_db", 90.0, 1.0, 300.0),
        )
        if not isinstance(view.colours, str) or view.colours not in COLOUR_MAPS:
            raise BadRequest(f"unknown colours {view.colours!r}; there is {', '.join(COLOUR_MAPS)}")
        for name, low, high in (("end_s", view.start_s, view.end_s), ("high_hz", view.low_hz, view.high_hz)):
            if high is not None and high <= low:
                raise BadRequest(f"{name} must be more than {low:g}, where the part begins, got {high:g}")
        return view


@dataclass(frozen=True, slots=True)
class Tile:
    """Levels of a part, dBFS, float32 [shape=(columns, rows)]: a column for each time, lowest frequency first.

    times_s, centres_hz : the middle of each column and row, in seconds of the recording and Hz
    highest_dbfs : of the whole recording, so that tiles side by side are coloured alike
    """

    levels: FloatArray
    times_s: FloatArray
    centres_hz: FloatArray
    highest_dbfs: float


def cut_tile(stored: StoredSpectrogram, view: View) -> Tile:
    """The part of `view` at its size or, where there is less, smaller.

    Raises
    ------
    BadRequest
        No row or no band lies in it.
    """
    meaning, centres = stored.meaning, stored.centres_hz
    times = meaning.first_s + np.arange(len(stored)) * meaning.row_s
    # A row is seen when any of the time that it stands for is asked for.
    reach = meaning.row_s / 2.0 if len(stored) > 1 else (meaning.end_s - meaning.start_s) / 2.0
    rows = np.flatnonzero((times + reach > view.start_s) & (times - reach < (view.end_s or np.inf)))
    bands = np.flatnonzero((centres >= view.low_hz) & (centres <= (view.high_hz or np.inf)))
    if not len(rows):
        raise BadRequest(
            f"nothing is stored from {view.start_s:g} s on; it covers {meaning.start_s:g} to {meaning.end_s:g} s",
            hint="ask for a time in between",
        )
    if not len(bands):
        raise BadRequest(
            f"no band lies from {view.low_hz:g} Hz to {view.high_hz or np.inf:g} Hz; "
            f"they go from {centres[0]:.1f} to {centres[-1]:.1f} Hz",
            hint="ask for a wider range of frequencies",
        )
    columns = _parts(len(rows), view.width)
    heights = _parts(len(bands), view.height)
    levels = _mean_over_time(stored, int(rows[0]), columns, int(bands[0]) + heights)
    return Tile(levels, _middles(times[rows], columns), _middles(centres[bands], heights), meaning.highest_dbfs)


def tile_png(tile: Tile, colours: str, range_db: float) -> bytes:
    """The tile as a PNG of 8 bits: time to the right, frequency up."""
    shades = (tile.levels.T[::-1] - (tile.highest_dbfs - range_db)) * np.float32(255.0 / range_db)
    shades += np.float32(0.5)
    cells = np.clip(shades, 0.0, 255.0, out=shades).astype(np.uint8)
    at = np.linspace(0.0, len(_COLOURS[colours]) - 1.0, 256)
    channels = zip(*_COLOURS[colours], strict=True)
    palette = np.stack([np.interp(at, range(len(_COLOURS[colours])), channel) for channel in channels], axis=1)
    return write_png(cells, np.asarray(np.round(palette), np.uint8))


def write_png(cells: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Cells, shape (rows, columns), first row on top, as colours of a palette, shape (at most 256, 3).

    References
    ----------
    ISO/IEC 15948 (Portable Network Graphics).
    """
    rows, columns = cells.shape
    lines = np.zeros((rows, columns + 1), np.uint8)  # each line starts with its filter, which is none
    lines[:, 1:] = cells
    header = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    # Level 9 takes up to five times as long, for 1 % less.
    parts = (
        (b"IHDR", header),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(lines.data, 4)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def _mean_over_time(
    stored: StoredSpectrogram, first: int, columns: NDArray[np.intp], bands: NDArray[np.intp]
) -> FloatArray:
    """Columns of the rows from `first` on that begin at `columns`; the greatest of the bands that begin at `bands`.

    The last of each is where the last one ends. Rows are read in blocks: memory does not grow with their number.
    """
    n_rows, n_bands = int(columns[-1]), int(bands[-1] - bands[0])
    out = np.zeros((len(columns) - 1, len(bands) - 1), np.float32)
    is_whole = n_rows == len(out)
    at_once = max(1, _CELLS_AT_ONCE // stored.shape[1])
    for at in range(0, n_rows, at_once):
        stop = min(at + at_once, n_rows)
        part = stored[first + at : first + stop][:, bands[0] : bands[-1]]
        greatest = part if len(out[0]) == n_bands else _greatest(part, bands - bands[0])
        # Levels of a damaged file may be no numbers; what is sound always lies in between.
        greatest = np.fmin(np.fmax(greatest, np.float32(FLOOR_DBFS)), _HIGHEST_DBFS)
        if is_whole:
            out[at:stop] = greatest
            continue
        seen = np.searchsorted(columns, [at, stop - 1], side="right") - 1
        edges = np.maximum(columns[seen[0] : seen[1] + 1] - at, 0)
        out[seen[0] : seen[1] + 1] += np.add.reduceat(np.exp(greatest * np.float32(np.log(10.0) / 10.0)), edges, axis=0)
    if is_whole:
        return out
    out /= np.diff(columns)[:, None].astype(np.float32)
    return np.asarray(10.0 * np.log10(np.maximum(out, np.float32(10.0 ** (FLOOR_DBFS / 10.0)))), np.float32)


def _greatest(levels: FloatArray, bands: NDArray[np.intp]) -> FloatArray:
    """The greatest of each row's bands that begin at `bands`, shape (n, len(bands) - 1)."""
    widest = int(np.diff(bands).max())
    if widest > _FEW:
        return np.asarray(np.maximum.reduceat(levels, bands[:-1], axis=1))
    found = levels.take(bands[:-1], axis=1)
    for i in range(1, widest):  # narrow ones are picked out one after the other, six times as fast
        np.maximum(found, levels.take(np.minimum(bands[:-1] + i, bands[1:] - 1), axis=1), out=found)
    return found


def _parts(n: int, most: int) -> NDArray[np.intp]:
    """Where each of at most `most` parts of n things begins, and where the last one ends."""
    count = min(n, most)
    return np.asarray(np.arange(count + 1) * n // count, np.intp)


def _middles(places: FloatArray, parts: NDArray[np.intp]) -> FloatArray:
    return np.asarray((places[parts[:-1]] + places[parts[1:] - 1]) / 2.0)


def _number(raw: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    value = _number_or_none(raw, name, low, high)
    return default if value is None else value


def _number_or_none(raw: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise BadRequest(f"{name} must be a number in {low:g}..{high:g}, got {value!r}")
    return float(value)


def _side(raw: Mapping[str, Any], name: str, default: int) -> int:
    value = raw.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_SIDE:
        raise BadRequest(f"{name} must be a whole number in 1..{MAX_SIDE}, got {value!r}")
    return value
