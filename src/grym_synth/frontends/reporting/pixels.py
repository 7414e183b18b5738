"""Pictures inside the page: arrays as PNG, in shades that grow from dark to light."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from ...audio.spectra.frames import FloatArray

_LEVELS = 64  # more would only make the file larger
#: From dark violet over red to pale yellow: lightness grows evenly, so that grey print and every eye read it alike.
_HEAT = ((0, 0, 4), (40, 17, 89), (101, 26, 128), (159, 47, 127), (215, 70, 108), (249, 118, 92), (254, 180, 123),
         (252, 253, 191))  # fmt: skip


def heat_png(values: FloatArray) -> str:
    """Values 0..1, shape (rows, columns), first row on top, as the address of a PNG."""
    return _address(values, _palette(_HEAT))


def grey_png(values: FloatArray) -> str:
    """The same from white (0) to black (1)."""
    return _address(values, _palette(((255, 255, 255), (20, 24, 30))))


def _palette(colours: tuple[tuple[int, int, int], ...]) -> NDArray[np.uint8]:
    at = np.linspace(0.0, len(colours) - 1.0, _LEVELS)
    return np.stack([np.interp(at, range(len(colours)), channel) for channel in zip(*colours, strict=True)], 1).astype(
        np.uint8
    )


def _address(values: FloatArray, palette: NDArray[np.uint8]) -> str:
    cells = np.clip(np.nan_to_num(values) * (_LEVELS - 1) + 0.5, 0, _LEVELS - 1).astype(np.uint8)
    rows, columns = cells.shape
    lines = np.zeros((rows, columns + 1), np.uint8)  # each line starts with its filter, which is none
    lines[:, 1:] = cells
    header = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    png = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
