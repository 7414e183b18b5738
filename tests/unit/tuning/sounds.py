"""Hits made here, as timbre vectors: three families of sounds, each a little different every time."""

import numpy as np

from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.timbre.one_shots import describe_hit, read_classes

SR = 22_050


def make_hit(family: str, rng: np.random.Generator) -> FloatArray:
    """Samples of a boom, a hiss or a ping."""
    t = np.arange(round(0.4 * SR)) / SR
    if family == "boom":
        hz = rng.uniform(45.0, 70.0) * (1.0 + 3.0 * np.exp(-t / 0.02))
        y = np.sin(2 * np.pi * np.cumsum(hz) / SR) * np.exp(-t / rng.uniform(0.08, 0.15))
    elif family == "hiss":
        y = rng.normal(size=len(t)) * np.exp(-t / rng.uniform(0.05, 0.09))
    else:
        y = np.sin(2 * np.pi * rng.uniform(500.0, 700.0) * t) * np.exp(-t / rng.uniform(0.05, 0.1))
    return np.asarray(y, np.float32)


def timbre_of(families: list[str], seed: int = 0) -> FloatArray:
    """The timbre vectors of new hits of these families, shape (n, 220)."""
    rng = np.random.default_rng(seed)
    numbers = np.array([describe_hit(make_hit(family, rng), SR) for family in families])
    vectors = read_classes().vectors(numbers)
    return np.hstack([vectors, np.zeros((len(vectors), 160))]).astype(np.float32)


def music(n: int, tilt: float, seed: int = 0) -> FloatArray:
    """Timbre vectors of longer recordings whose spectrum falls (tilt < 0) or rises, shape (n, 220)."""
    rng = np.random.default_rng(seed)
    envelope = tilt * np.linspace(-1.0, 1.0, 160) + 0.3 * rng.normal(size=(n, 160))
    return np.hstack([np.zeros((n, 60)), envelope]).astype(np.float32)
