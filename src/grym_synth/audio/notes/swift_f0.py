"""The fundamental of one voice or instrument by the SwiftF0 net, block by block.

The net wants 16 kHz, looks at 64 ms around each frame and gives a frame every 16 ms; frame i is about sample 256 i.
Sound at twice the rate is twice as fast to it: it then hears an octave higher, and twice as sharply in time.

References
----------
Nieradzik (2025), "SwiftF0: fast and accurate monophonic pitch detection".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..spectra.frames import FloatArray
from .onnx_session import open_session

SR = 16_000  # Hz
F_MIN, F_MAX = 46.875, 2093.75  # Hz, all that the net can say

_HOP = 256
_BLOCK = 625  # frames heard at once: 10 s
_CONTEXT = 12  # frames to either side on which a frame depends


def open_swift_f0(file: Path) -> Any:
    """The net; raises BadSetup when the file is not it, MissingDependency without onnxruntime."""
    return open_session(file, ("audio", "fmin", "fmax"))


class SwiftF0Meter:
    """Feed mono blocks at `speed` times 16 kHz, then `finish()`; what comes out does not depend on the blocks."""

    def __init__(self, net: Any, speed: int = 1) -> None:
        self._net, self._speed = net, speed
        self._pending = np.zeros(0, np.float32)
        self._before = 0  # frames of what is pending that were given already
        self._midi: list[FloatArray] = []
        self._confidence: list[FloatArray] = []

    def feed(self, y: FloatArray) -> None:
        self._pending = np.concatenate([self._pending, np.asarray(y, np.float32)])
        while len(self._pending) >= (self._before + _BLOCK + _CONTEXT) * _HOP:
            self._hear(self._pending[: (self._before + _BLOCK + _CONTEXT) * _HOP], self._before + _BLOCK)
            self._pending = self._pending[(self._before + _BLOCK - _CONTEXT) * _HOP :].copy()
            self._before = _CONTEXT

    def finish(self) -> tuple[FloatArray, FloatArray]:
        """Pitch as MIDI number with fraction, and confidence 0..1; float32, both `62.5 * speed` frames a second."""
        if len(self._pending) > self._before * _HOP:
            self._hear(self._pending, None)
        self._pending = np.zeros(0, np.float32)
        none = np.zeros(0, np.float32)
        return np.concatenate([none, *self._midi]), np.concatenate([none, *self._confidence])

    def _hear(self, y: FloatArray, end: int | None) -> None:
        bounds = {"fmin": np.array(F_MIN, np.float32), "fmax": np.array(F_MAX, np.float32)}
        hz, confidence = self._net.run(["pitch", "confidence"], {"audio": y[None], **bounds})
        midi = 69.0 + 12.0 * np.log2(np.maximum(hz[0], 1.0) * (self._speed / 440.0))
        self._midi.append(midi[self._before : end].astype(np.float32))
        self._confidence.append(confidence[0, self._before : end].astype(np.float32))
