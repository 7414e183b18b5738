"""Weights: choices teach what an owner hears first, also where a few are slips."""

import numpy as np

from grym_synth.tuning.weights import HIT_SPREADS, SPREADS, STOCK_HIT_WEIGHTS, STOCK_WEIGHTS, fit_weights

SPREAD = np.array(list(SPREADS.values()))
EVEN = dict(zip(SPREADS, (1.0 / SPREAD / (1.0 / SPREAD).sum()).tolist(), strict=True))


def choices(own: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Of an owner who weighs likenesses of even spread by these."""
    d = rng.normal(size=(count, len(own))) * SPREAD
    return np.asarray(d * np.where(d @ (own / SPREAD) >= 0.0, 1.0, -1.0)[:, None])


def right(asked: np.ndarray, weights: dict[str, float]) -> float:
    return float((asked @ np.array(list(weights.values())) > 0.0).mean())


def test_fifty_choices_with_slips_bring_simulated_owners_eight_points() -> None:
    gains, used = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        own = rng.dirichlet(np.ones(5))
        known, asked = choices(own, 50, rng), choices(own, 400, rng)
        known[rng.random(50) < 0.1] *= -1.0
        weights, judged = fit_weights(known, EVEN, SPREADS)
        assert np.isclose(sum(weights.values()), 1.0)
        gains.append(right(asked, weights) - right(asked, EVEN))
        used.append(gains[-1] if judged.is_better else 0.0)
    assert np.mean(gains) >= 0.08
    assert np.mean(used) >= 0.08
    assert min(used) >= -0.02


def test_an_aspect_that_stock_leaves_out_can_be_learned() -> None:
    assert STOCK_WEIGHTS["loudness"] == 0.0
    known = choices(np.array([0.05, 0.05, 0.05, 0.05, 0.8]), 50, np.random.default_rng(0))
    weights, judged = fit_weights(known, STOCK_WEIGHTS, SPREADS)
    assert judged.is_better
    assert weights["loudness"] * SPREADS["loudness"] > max(
        weights[name] * SPREADS[name] for name in SPREADS if name != "loudness"
    )


def test_an_owner_who_hears_like_stock_keeps_stock() -> None:
    stock = np.array(list(STOCK_WEIGHTS.values())) * SPREAD
    used = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        known, asked = choices(stock, 50, rng), choices(stock, 400, rng)
        known[rng.random(50) < 0.1] *= -1.0
        weights, judged = fit_weights(known, STOCK_WEIGHTS, SPREADS)
        assert right(asked, weights) > 0.8
        used.append(judged.is_better)
    assert sum(used) <= 1


def test_choices_by_coin_are_seldom_let_through() -> None:
    rng = np.random.default_rng(2)
    judged = [fit_weights(rng.normal(size=(50, 5)), STOCK_WEIGHTS, SPREADS)[1] for _ in range(8)]
    assert sum(each.is_better for each in judged) <= 2


def test_the_aspects_of_hits_are_learned_by_themselves() -> None:
    rng = np.random.default_rng(1)
    d = rng.normal(size=(60, 2)) * list(HIT_SPREADS.values())
    known = d * np.where(d[:, 1] >= 0.0, 1.0, -1.0)[:, None]  # only pitch counts
    weights, judged = fit_weights(known, STOCK_HIT_WEIGHTS, HIT_SPREADS)
    assert judged.is_better
    assert weights["pitch"] > 3.0 * weights["timbre"]


def test_each_choice_is_foretold_by_the_others_alone() -> None:
    known = choices(np.array([0.6, 0.1, 0.1, 0.1, 0.1]), 20, np.random.default_rng(3))
    twice = np.vstack([known, known[:1]])
    against = np.vstack([known, -known[:1]])
    once, again, other = (fit_weights(d, STOCK_WEIGHTS, SPREADS)[1] for d in (known, twice, against))
    assert other.gain < once.gain < again.gain + 0.2
    assert (once.n, again.n, other.n) == (20, 21, 21)


def test_the_same_choices_give_the_same_weights() -> None:
    known = choices(np.array([0.7, 0.1, 0.1, 0.05, 0.05]), 40, np.random.default_rng(0))
    one, two = (fit_weights(known, STOCK_WEIGHTS, SPREADS) for _ in range(2))
    assert one == two


def test_without_differences_stock_stays() -> None:
    for nothing in (np.zeros((0, 5)), np.zeros((9, 5))):
        weights, judged = fit_weights(nothing, STOCK_WEIGHTS, SPREADS)
        assert weights == STOCK_WEIGHTS
        assert not judged.is_better
