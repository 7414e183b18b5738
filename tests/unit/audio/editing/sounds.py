"""Sounds to edit, made with a known truth, as streams and as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from grym_synth.audio.editing.streams import Stream
from grym_synth.audio.spectra.frames import FloatArray

SR = 44100


def tone(hz: float, seconds: float, sr: int = SR, level: float = 0.5) -> FloatArray:
    """A sine, shape (n, 1)."""
    t = np.arange(round(seconds * sr)) / sr
    return np.asarray(level * np.sin(2.0 * np.pi * hz * t)[:, None], np.float32)


def noise(seconds: float, channels: int = 2, sr: int = SR, level: float = 0.1, seed: int = 0) -> FloatArray:
    rng = np.random.default_rng(seed)
    return np.asarray(level * rng.standard_normal((round(seconds * sr), channels)), np.float32)


def hits(times_s: list[float], seconds: float, sr: int = SR) -> FloatArray:
    """Decaying bursts of noise that begin at these times, silence between them, shape (n, 1)."""
    rng = np.random.default_rng(1)
    y = np.zeros(round(seconds * sr))
    decay = np.exp(-np.arange(round(0.15 * sr)) / (0.02 * sr))
    for time in times_s:
        start = round(time * sr)
        n = min(len(decay), len(y) - start)
        y[start : start + n] += 0.3 * rng.standard_normal(n) * decay[:n]
    return np.asarray(y[:, None], np.float32)


def stream_of(y: FloatArray, folder: Path, sr: int = SR, block: int = 7001) -> Stream:
    blocks = (np.asarray(y[i : i + block], np.float32) for i in range(0, len(y), block))
    return Stream(sr, y.shape[1], blocks, folder)


def all_of(stream: Stream) -> FloatArray:
    return np.concatenate([np.zeros((0, stream.channels), np.float32), *stream.blocks])


def write_sound(path: Path, y: FloatArray, sr: int = SR, subtype: str = "PCM_16") -> str:
    """Write whole numbers of 16 bits as they are, so that a copy can be compared bit for bit."""
    samples = np.round(y * 32767.0).astype(np.int16) if subtype == "PCM_16" else y
    soundfile.write(path, samples, sr, subtype=subtype)
    return str(path)


def read_ints(path: Path | str) -> np.ndarray:
    return np.asarray(soundfile.read(path, dtype="int16", always_2d=True)[0])
