"""The nearest rows: exact by numbers and by bytes, weighted, filtered, and as shelves grow."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.memory import nearest
from grym_synth.memory.aspects import WEIGHTS, read_space
from grym_synth.memory.nearest import Nearest, weigh
from grym_synth.memory.shelf import Shelf, joined, taken, views


def shelf_of_rows(n: int, seed: int = 0) -> Shelf:
    """Clustered rows of length 1 in each aspect."""
    rng = np.random.default_rng(seed)
    parts = []
    for width in read_space().widths().values():
        centres = rng.standard_normal((40, width))
        rows = centres[rng.integers(40, size=n)] + 0.6 * rng.standard_normal((n, width))
        parts.append(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    matrix = np.concatenate(parts, axis=1).astype(np.float32)
    names = tuple(f"{seed}-{i}" for i in range(n))
    return Shelf(1, names, tuple((f"/{name}",) for name in names), {}, {}, {}, views(matrix), matrix=matrix)


@pytest.fixture(params=["numbers", "bytes"])
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A shelf that is searched in one way or the other."""
    if request.param == "bytes":
        pytest.importorskip("faiss")
        monkeypatch.setattr(nearest, "NUMPY_UP_TO", 100)
    return shelf_of_rows(3000)


def exact(
    shelf: Shelf, query: np.ndarray, weights: dict[str, float], k: int, mask: np.ndarray | None = None
) -> list[int]:
    total = sum(weights.values())
    likeness = np.zeros(len(shelf))
    for (name, rows), part in zip(shelf.vectors.items(), views(query[None]).values(), strict=True):
        likeness += weights.get(name, 0.0) / total * (rows @ part[0])
    if mask is not None:
        likeness[~mask] = -9.0
    return [int(i) for i in np.argsort(-likeness, kind="stable")[:k]]


@pytest.mark.parametrize("weights", [dict(WEIGHTS), {"rhythm": 1.0}, {"timbre": 3.0, "loudness": 1.0}])
def test_the_nearest_are_those_of_the_weighted_cosines(many: Shelf, weights: dict[str, float]) -> None:
    search = Nearest(many)
    for i in (0, 17, 2999):
        rows, likeness = search.search(many.matrix[i], weights, 10)
        assert rows.tolist() == exact(many, many.matrix[i], weights, 10)
        assert likeness[0] == pytest.approx(1.0, abs=1e-4)
        assert (np.diff(likeness) <= 0.0).all()


@pytest.mark.parametrize("share", [0.01, 0.3])
def test_a_filter_returns_as_many_as_were_asked_for(many: Shelf, share: float) -> None:
    mask = np.random.default_rng(3).random(len(many)) < share
    rows, _ = Nearest(many).search(many.matrix[5], WEIGHTS, 10, mask)
    assert rows.tolist() == exact(many, many.matrix[5], dict(WEIGHTS), 10, mask)
    assert mask[rows].all()
    assert len(rows) == 10


def test_fewer_are_returned_where_there_are_fewer(many: Shelf) -> None:
    mask = np.zeros(len(many), np.bool_)
    assert len(Nearest(many).search(many.matrix[0], WEIGHTS, 10, mask)[0]) == 0
    mask[[4, 9]] = True
    assert sorted(Nearest(many).search(many.matrix[0], WEIGHTS, 10, mask)[0].tolist()) == [4, 9]


def test_a_grown_shelf_takes_over_what_was_made_of_the_old_one(many: Shelf) -> None:
    search = Nearest(many)
    stay = np.delete(np.arange(len(many)), [2500, 2700])
    grown = joined([taken(many, stay), shelf_of_rows(50, seed=9)], seq=2, recipe="")
    again = Nearest(grown, search)
    for i in (3, 2600, len(grown) - 1):
        rows, _ = again.search(grown.matrix[i], WEIGHTS, 5)
        assert rows.tolist() == exact(grown, grown.matrix[i], dict(WEIGHTS), 5)


def test_an_aspect_that_says_nothing_of_the_query_is_left_out_of_the_mean() -> None:
    row = shelf_of_rows(1).matrix[0].copy()
    row[: read_space().widths()["timbre"]] = 0.0
    assert weigh(row, {"timbre": 1.0, "pitch": 1.0}) @ row == pytest.approx(1.0, abs=1e-5)
    assert not weigh(row, {"timbre": 1.0}).any()
