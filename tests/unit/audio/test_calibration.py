"""Confidences are mapped by lines that are kept as data, and the lines are fitted and measured as they say."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.calibration import corrected_ece, fit_line

from grym_synth.audio import calibration


def overconfident(n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Predictions of a model that states twice the log odds that it should."""
    rng = np.random.default_rng(1)
    odds = rng.normal(1.0, 1.0, n)
    right = (rng.random(n) < 1.0 / (1.0 + np.exp(-odds))).astype(float)
    return 1.0 / (1.0 + np.exp(-2.0 * odds)), right


def test_a_line_brings_an_overconfident_model_down_to_how_often_it_is_right() -> None:
    p, right = overconfident()
    slope, offset = fit_line(p, right)
    assert slope == pytest.approx(0.5, abs=0.05)
    assert offset == pytest.approx(0.0, abs=0.1)
    odds = np.log(p / (1.0 - p))
    mapped = 1.0 / (1.0 + np.exp(-(offset + slope * odds)))
    assert corrected_ece(p, right) > 0.05
    assert abs(corrected_ece(mapped, right)) < 0.01


def test_few_predictions_move_a_line_little() -> None:
    p, right = overconfident(12)
    free, _ = fit_line(p, right)
    held, _ = fit_line(p, right, prior=100.0)
    assert abs(held - 1.0) < 0.1 < abs(free - 1.0)


def test_a_quantity_without_a_line_keeps_its_probability(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "read_lines", lambda: {"tempo": {"slope": 0.5, "offset": 0.0, "most": 0.95}})
    assert calibration.calibrated("nothing", 0.3) == 0.3
    assert calibration.calibrated("tempo", 0.9) == pytest.approx(0.75)
    assert calibration.calibrated("tempo", 1.0) == 0.95
    assert 0.0 < calibration.calibrated("tempo", 0.0) < 0.01


def test_every_line_that_ships_says_how_it_was_made() -> None:
    for quantity, line in calibration.read_lines().items():
        assert 0.2 < line["slope"] < 5.0, quantity
        assert line["n"] > 20, quantity
        assert "development half" in line["how"], quantity
