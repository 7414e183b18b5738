"""Frequency of a sine: error in cents of the strongest peak, 300 random sines of 80 to 5000 Hz at 44.1 kHz.

python -m benchmarks.fft
"""

from __future__ import annotations

import numpy as np

from benchmarks.rows import Row, write_table
from grym_synth.audio.spectrum.peaks import measure_peaks

COMMAND = "python -m benchmarks.fft"
SR = 44100


def errors_in_cents(n_fft: int, *, count: int = 300, seed: int = 1) -> np.ndarray:
    """Absolute errors, sorted."""
    rng = np.random.default_rng(seed)
    t = np.arange(n_fft) / SR
    errors = []
    for f in 80.0 * (5000.0 / 80.0) ** rng.random(count):
        y = (0.5 * np.sin(2 * np.pi * f * t + rng.uniform(0, 2 * np.pi))).astype(np.float32)
        peak = measure_peaks(y, SR, n_fft=n_fft)[0]
        errors.append(abs(1200.0 * np.log2(peak.frequency_hz / f)))
    return np.sort(np.array(errors))


def measure() -> list[Row]:
    rows = []
    for n_fft, goal in ((2048, "p95 ≤ .5, then .12 cents"), (4096, "p95 ≤ .05 cents")):
        errors = errors_in_cents(n_fft)
        figure = f"median {np.median(errors):.4f}, p95 {np.percentile(errors, 95):.3f}, worst {errors[-1]:.2f} cents"
        rows.append(Row(f"frequency of a sine, {n_fft} points", figure, goal, COMMAND))
        print(rows[-1].what, rows[-1].figure)
    return rows


if __name__ == "__main__":
    write_table(measure())
