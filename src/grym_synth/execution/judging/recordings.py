"""The recordings that candidates are given: a tone and clicks with known truth, always the same."""

from __future__ import annotations

import array
import hashlib
import math
import random
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

SAMPLE_RATE = 22050
_TONE_HZ, _CLICK_EVERY_S, _SHORT_S, _LONG_S = 440.0, 0.5, 3, 90


@dataclass(frozen=True, slots=True)
class Recordings:
    """Paths of a short and a long recording, and of another short one to hold beside the first."""

    short: Path
    other: Path
    long: Path  # long enough that a call can be caught in the middle
    digests: tuple[str, ...]

    def changed(self) -> list[str]:
        """Names of those that are no longer as they were written."""
        paths = (self.short, self.other, self.long)
        return [path.name for path, digest in zip(paths, self.digests, strict=True) if _digest(path) != digest]


def write_recordings(folder: Path) -> Recordings:
    """Write all three into `folder`: 16-bit mono, 440 Hz at -12 dBFS, a click of 5 ms twice a second, seeded noise."""
    paths = [folder / name for name in ("tone.wav", "other.wav", "long.wav")]
    second = _second(_TONE_HZ)
    for path, samples, n_seconds in zip(
        paths, (second, _second(660.0), second), (_SHORT_S, _SHORT_S, _LONG_S), strict=True
    ):
        with wave.open(str(path), "wb") as recording:
            recording.setparams((1, 2, SAMPLE_RATE, 0, "NONE", "not compressed"))
            recording.writeframes(samples * n_seconds)
    short, other, long = paths
    return Recordings(short, other, long, tuple(map(_digest, paths)))


def _second(tone_hz: float) -> bytes:
    noise = random.Random(4)
    click = int(0.005 * SAMPLE_RATE)
    period = int(_CLICK_EVERY_S * SAMPLE_RATE)
    samples = array.array("h")
    for n in range(SAMPLE_RATE):
        value = 0.25 * math.sin(2 * math.pi * tone_hz * n / SAMPLE_RATE) + 0.001 * noise.gauss(0.0, 1.0)
        value += 0.6 * noise.uniform(-1.0, 1.0) if n % period < click else 0.0
        samples.append(round(32767 * max(-1.0, min(1.0, value))))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
