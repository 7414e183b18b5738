"""Weights: choices teach what an owner hears first, also where a few are slips."""

import numpy as np

from grym_synth.tuning.weights import STOCK_WEIGHTS, fit_weights, likeness, weighed

STOCK = np.full(5, 0.2)


def choices(own: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    d = rng.normal(size=(count, len(own))) * (0.2, 0.3, 0.25, 0.2, 0.4)
    return np.asarray(d * np.where(d @ own >= 0.0, 1.0, -1.0)[:, None])


def test_fifty_choices_with_slips_bring_simulated_owners_eight_points() -> None:
    gains, used = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        own = rng.dirichlet(np.ones(5))
        known, asked = choices(own, 50, rng), choices(own, 400, rng)
        known[rng.random(50) < 0.1] *= -1.0
        weights, judged = fit_weights(known, STOCK)
        assert np.isclose(weights.sum(), 1.0)
        gains.append((asked @ weights > 0.0).mean() - (asked @ STOCK > 0.0).mean())
        used.append(gains[-1] if judged.is_better else 0.0)
    assert np.mean(gains) >= 0.08
    assert np.mean(used) >= 0.06


def test_an_owner_who_hears_like_stock_keeps_the_stock_weights() -> None:
    rng = np.random.default_rng(1)
    known = choices(STOCK, 50, rng)
    weights, _ = fit_weights(known, STOCK)
    asked = choices(STOCK, 400, rng)
    assert (asked @ weights > 0.0).mean() > 0.8


def test_choices_by_coin_are_not_let_through() -> None:
    rng = np.random.default_rng(2)
    let_through = [fit_weights(rng.normal(size=(50, 5)), STOCK)[1].is_better for _ in range(8)]
    assert sum(let_through) <= 2


def test_the_same_choices_give_the_same_weights() -> None:
    known = choices(np.array([0.7, 0.1, 0.1, 0.05, 0.05]), 40, np.random.default_rng(0))
    assert fit_weights(known, STOCK)[0].tobytes() == fit_weights(known, STOCK)[0].tobytes()


def test_without_differences_stock_stays() -> None:
    for nothing in (np.zeros((0, 5)), np.zeros((9, 5))):
        weights, judged = fit_weights(nothing, STOCK)
        assert weights.tolist() == STOCK.tolist()
        assert not judged.is_better


def test_an_aspect_that_says_nothing_has_no_part_in_the_likeness() -> None:
    assert likeness(np.array([[1.0, 0.0]]), np.array([[0.0, 0.0]])).tolist() == [0.0]
    told = weighed({"timbre": np.array([0.8, 0.8]), "rhythm": np.array([0.4, np.nan])}, {"timbre": 3.0, "rhythm": 1.0})
    assert np.allclose(told, [0.7, 0.8])
    assert set(STOCK_WEIGHTS) == {"timbre", "rhythm", "harmony", "pitch", "loudness"}
