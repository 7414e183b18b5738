"""Drum patterns with known beats, for the tests of the stages of rhythm."""

from __future__ import annotations

import numpy as np

from grym_synth.audio.spectra.frames import FloatArray, ShortSpectra, ShortSpectraMeter


def spectra_of(y: FloatArray, sr: int) -> ShortSpectra:
    meter = ShortSpectraMeter(sr)
    meter.feed(y.astype(np.float32))
    return meter.finish()


def add_hit(y: FloatArray, at_s: float, sr: int, *, decay_s: float, frequency_hz: float | None, level: float) -> None:
    """One drum: a decaying tone (kick), or decaying noise (snare, hat)."""
    start = round(at_s * sr)
    n = min(round(10 * decay_s * sr), len(y) - start)
    t = np.arange(max(0, n)) / sr
    noise = np.random.default_rng(start).standard_normal(len(t))
    body = noise if frequency_hz is None else np.sin(2 * np.pi * frequency_hz * t)
    y[start : start + len(t)] += level * body * np.exp(-t / decay_s)


def drums(bpm: float, seconds: float = 16.0, sr: int = 22050, start_s: float = 0.25) -> tuple[FloatArray, FloatArray]:
    """A rock beat, kick and snare in turn and hats in eighths, and the times of its beats."""
    y = np.zeros(round(seconds * sr))
    beats = np.arange(start_s, seconds - 0.1, 60.0 / bpm)
    for i, beat in enumerate(beats):
        if i % 2:
            add_hit(y, beat, sr, decay_s=0.06, frequency_hz=None, level=0.3)
        else:
            add_hit(y, beat, sr, decay_s=0.08, frequency_hz=60.0, level=0.8)
        for hat in (beat, beat + 30.0 / bpm):
            add_hit(y, hat, sr, decay_s=0.02, frequency_hz=None, level=0.08)
    return y, beats


def offsets(estimated: FloatArray, reference: FloatArray) -> FloatArray:
    """Of each reference time, how much later the nearest estimate is."""
    nearest = np.abs(estimated[:, None] - reference[None, :]).argmin(axis=0)
    return np.asarray(estimated[nearest] - reference)


# Steps of a sixteenth, or of a third of a beat in shuffle and swing; `o` is a soft hit. Rows repeat.
PATTERNS = {
    "rock": (4, {"kick": "x.......x.x.....", "snare": "....x...", "hat": "x.x."}),
    "ballad": (4, {"kick": "x.......x.......", "snare": "....x...", "hat": "xoxo"}),
    "four on the floor": (4, {"kick": "x...", "snare": "....x...", "hat": "..x."}),
    "drum and bass": (4, {"kick": "x.........x.....", "snare": "....x...", "hat": "x.x."}),
    "hip hop": (4, {"kick": "x.....x...x.....", "snare": "....x...", "hat": "x.x."}),
    "funk": (4, {"kick": "x..x..x...x..x..", "snare": "....x..o.o..x...", "hat": "xoxo"}),
    "break": (4, {"kick": "x.x.......xx....", "snare": "....x..o.o..x..o", "hat": "x.x."}),
    "shuffle": (3, {"kick": "x.....", "snare": "...x..", "hat": "x.x"}),
    "swing": (3, {"kick": "o..", "ride": "x..x.x", "hat": "...x.."}),
    "train": (4, {"kick": "x.......", "snare": "ooooxooo"}),
    "kick only": (4, {"kick": "x..."}),
}


def pattern(name: str, bpm: float, seed: int, seconds: float = 14.0, sr: int = 22050) -> FloatArray:
    """One of PATTERNS on a kit that the seed tunes, played a little unevenly."""
    rng = np.random.default_rng(seed)
    steps, rows = PATTERNS[name]
    kit: dict[str, tuple[float, float | None, float]] = {
        "kick": (rng.uniform(0.06, 0.12), rng.uniform(48.0, 70.0), 0.8),
        "snare": (rng.uniform(0.03, 0.08), None, 0.35),
        "hat": (rng.uniform(0.01, 0.03), None, rng.uniform(0.04, 0.1)),
        "ride": (rng.uniform(0.06, 0.12), None, 0.1),
    }
    y = 1e-4 * rng.standard_normal(round(seconds * sr))
    for voice, row in rows.items():
        decay_s, frequency_hz, level = kit[voice]
        for step in range(int((seconds - 0.4) * bpm * steps / 60.0)):
            mark = row[step % len(row)]
            if mark != ".":
                at = 0.2 + step * 60.0 / bpm / steps + rng.normal(0.0, 0.003)
                gain = level * (1.0 if mark == "x" else 0.35) * rng.uniform(0.85, 1.15)
                add_hit(y, at, sr, decay_s=decay_s, frequency_hz=frequency_hz, level=gain)
    return y
