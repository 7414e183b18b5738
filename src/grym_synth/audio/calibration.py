"""From what a model says to how often it is right: one logistic line for each quantity.

The lines are small data (`data/calibration.json`), fitted by `python -m benchmarks.calibration` to predictions on
recordings that took no part in training; each keeps the recipe that made it.

References
----------
Platt (1999), "Probabilistic outputs for support vector machines".
"""

from __future__ import annotations

import functools
import json
import math
from importlib import resources
from typing import Any


def calibrated(quantity: str, probability: float) -> float:
    """Chance in 0..1 that a finding is right whose model gives it `probability`; a quantity without a line is kept."""
    line = read_lines().get(quantity)
    if line is None:
        return probability
    p = min(max(probability, 1e-6), 1.0 - 1e-6)
    chance = 1.0 / (1.0 + math.exp(-(line["offset"] + line["slope"] * math.log(p / (1.0 - p)))))
    return min(chance, float(line.get("most", 0.99)))  # nobody was ever measured to be surer


@functools.cache
def read_lines() -> dict[str, Any]:
    """Quantity → its line: `offset`, `slope`, and how it was fitted."""
    text = resources.files(__package__).joinpath("data/calibration.json").read_text(encoding="utf-8")
    lines: dict[str, Any] = json.loads(text)
    return lines
