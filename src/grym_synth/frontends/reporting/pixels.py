"""Pictures inside the page: arrays as PNG, in shades that grow from dark to light."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from ...audio.spectra.frames import FloatArray
from ...audio.spectrum.tiles import write_png

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
    return f"data:image/png;base64,{base64.b64encode(write_png(cells, palette)).decode()}"
