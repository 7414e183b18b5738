"""Cutting a row of feature vectors into labelled sections, and finding what is repeated; no sound, no seconds.

A section is a stretch of cells that are alike; sections of one label share their mean. How many there are is decided by
description length: n log(error) and a price for each boundary and for each label.

References
----------
Jensen (2007), "Multiple scale music segmentation using rhythm, timbre, and harmony", for sections as shortest paths.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..spectra.frames import FloatArray

_BOUNDARY_PRICE, _LABEL_PRICE = 1.5, 9.0  # in units of n log(error)
_MOST_SECTIONS = 24
_SHRINKAGE = 0.1
_ROWS = 32  # rows or columns of a table that are worked out at once
_LEAST_ERROR = 2e-3  # share of the texture's own variance that is never worth a boundary
_WITHIN_PHRASE = 0.85  # gain of the edge inside a phrase, at most, against those around it
_EXACT, _ALIKE = 0.5, 0.3  # a repeat: error against that of every shorter lag, and against unrelated cells


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Sections of cells.

    edges : first cell of each section, and the number of cells at the end
    labels : a number for each section, in the order of first appearance
    gains : what each inner edge saves of the description length, over sections joined there; about 0 when worthless
    """

    edges: tuple[int, ...]
    labels: tuple[int, ...]
    gains: tuple[float, ...]


def whiten(cells: FloatArray, surroundings: int) -> FloatArray:
    """Centre cells [shape=(n, d)] and scale them so that what varies from beat to beat has unit variance.

    What stays different for bars on end then stands out, however quiet it is: the principle of discriminant analysis,
    with the surroundings of each cell, so many of them, as its class.
    """
    x = cells - cells.mean(axis=0)
    texture = x - _moving_mean(x, surroundings)
    covariance = texture.T @ texture / len(x)
    level = float(np.trace(covariance)) / len(covariance)
    if level <= 1e-12:
        return np.zeros_like(x)
    values, vectors = np.linalg.eigh(covariance + _SHRINKAGE * level * np.eye(len(covariance)))
    return np.asarray(x @ (vectors / np.sqrt(values)) @ vectors.T)


def segment(cells: FloatArray, shortest: int) -> Segmentation:
    """Labelled sections of at least `shortest` cells; cells [shape=(n, d)] as from `whiten`."""
    n = len(cells)
    if n < 2 * shortest or not cells.any():
        return Segmentation((0, n), (0,), ())
    totals = np.concatenate([np.zeros((1, cells.shape[1])), np.cumsum(cells, axis=0)])
    energy = np.concatenate([[0.0], np.cumsum((cells**2).sum(axis=1))])
    best: tuple[float, tuple[int, ...], tuple[int, ...]] | None = None
    for edges, error in _paths(_errors(totals, energy), shortest):
        for labels, loss in _labellings(totals, edges):
            if any(a == b for a, b in itertools.pairwise(labels)):
                continue
            length = _description_length(error + loss, cells.shape, len(labels), max(labels) + 1)
            if best is None or length < best[0]:
                best = length, edges, labels
    assert best is not None
    _, edges, labels = best
    edges = _settle(cells, edges, labels, shortest)
    return Segmentation(edges, labels, _gains(totals, energy, edges, labels))


def join_pairs(found: Segmentation, longest: int) -> Segmentation:
    """Make one section of two that are heard only one after the other, more than once, and differ less than the rest.

    They are the halves of a phrase. No joined section has more than `longest` cells.
    """
    for first in sorted(set(found.labels)):
        at = [k for k, label in enumerate(found.labels) if label == first]
        after = {found.labels[k + 1] if k + 1 < len(found.labels) else -1 for k in at}
        second = after.pop()
        if after or second < 0 or len(at) < 2 or found.labels.count(second) != len(at):
            continue
        inner = float(np.mean([found.gains[k] for k in at]))
        outer = [found.gains[k - 1] for k in at if k] + [found.gains[k + 1] for k in at if k + 1 < len(found.gains)]
        if (
            inner > _WITHIN_PHRASE * float(np.mean(outer))
            or max(found.edges[k + 2] - found.edges[k] for k in at) > longest
        ):
            continue
        gone = {k + 1 for k in at}
        kept = [k for k in range(len(found.labels)) if k not in gone]
        joined = Segmentation(
            (*(found.edges[k] for k in kept), found.edges[-1]),
            _in_order(np.array([found.labels[k] for k in kept])),
            tuple(found.gains[k - 1] for k in kept[1:]),
        )
        return join_pairs(joined, longest)
    return found


def split_repeats(cells: FloatArray, found: Segmentation, shortest: int) -> Segmentation:
    """Cut sections that are one passage several times over.

    Either the passage is heard alone elsewhere, or the section repeats at half its length, as nearly exactly as it does
    at no shorter lag: a loop that repeats all the time stays whole. No part is shorter than `shortest` cells.
    """
    edges, labels, gains = [0], [], []
    lengths = np.diff(found.edges)
    inner = (0.0, *found.gains)
    for i, label in enumerate(found.labels):
        same = [int(other) for other, name in zip(lengths, found.labels, strict=True) if name == label]
        times, strength = _repeats(cells[found.edges[i] : found.edges[i + 1]], same, shortest)
        start, length = found.edges[i], int(lengths[i])
        for k in range(times):
            edges.append(start + round(length * (k + 1) / times))
            labels.append(label)
            gains.append(inner[i] if k == 0 else strength)
    return Segmentation(tuple(edges), tuple(labels), tuple(gains[1:]))


# ---- segmentation ------------------------------------------------------------------------------------------------


def _moving_mean(x: FloatArray, width: int) -> FloatArray:
    """Mean of the `width` cells around each; at the ends of those that exist."""
    n = len(x)
    totals = np.concatenate([np.zeros((1, x.shape[1])), np.cumsum(x, axis=0)])
    i = np.arange(n)
    low, high = np.maximum(i - width // 2, 0), np.minimum(i + width // 2, n)
    return np.asarray((totals[high] - totals[low]) / (high - low)[:, None])


def _errors(totals: FloatArray, energy: FloatArray) -> FloatArray:
    """Squared error about the mean of the cells i to j - 1 at [i, j], shape (n + 1, n + 1); infinite for j <= i."""
    products = totals @ totals.T
    squares, n = np.diagonal(products).copy(), len(totals)
    for start in range(0, n, _ROWS):  # in the place of the products: there are many
        row = np.arange(start, min(start + _ROWS, n))[:, None]
        lengths = np.arange(n) - row
        between = squares + squares[row] - 2.0 * products[row[:, 0]]
        errors = energy - energy[row] - between / np.maximum(lengths, 1)
        products[row[:, 0]] = np.where(lengths > 0, np.maximum(errors, 0.0), np.inf)
    return products


def _paths(errors: FloatArray, shortest: int) -> list[tuple[tuple[int, ...], float]]:
    """The best cut into 1, 2, 3 ... sections, each with its squared error; `errors` of shorter ones are overwritten."""
    n = len(errors) - 1
    i = np.arange(n + 1)
    found: list[tuple[tuple[int, ...], float]] = [((0, n), float(errors[0, n]))]
    errors[np.tri(n + 1, k=shortest - 1, dtype=bool)] = np.inf
    best, previous = errors[0], []
    for _ in range(min(_MOST_SECTIONS, n // shortest) - 1):
        columns = [errors[:, start : start + _ROWS] for start in range(0, n + 1, _ROWS)]
        previous.append(np.concatenate([(best[:, None] + part).argmin(axis=0) for part in columns]))
        best = best[previous[-1]] + errors[previous[-1], i]
        if not np.isfinite(best[n]):
            break
        path = [n]
        for step in reversed(previous):
            path.append(int(step[path[-1]]))
        found.append(((0, *path[::-1]), float(best[n])))
    return found


def _labellings(totals: FloatArray, edges: tuple[int, ...]) -> list[tuple[tuple[int, ...], float]]:
    """Labels of the sections with ever fewer names, each with the squared error that sharing the names adds (Ward)."""
    at = np.array(edges)
    weights = np.diff(at).astype(float)
    means = (totals[at[1:]] - totals[at[:-1]]) / weights[:, None]
    names, loss = np.arange(len(weights)), 0.0
    found = [(tuple(names.tolist()), loss)]
    price = ((means[:, None] - means[None]) ** 2).sum(axis=2)
    price *= weights[:, None] * weights / (weights[:, None] + weights)
    np.fill_diagonal(price, np.inf)
    alive = np.ones(len(weights), bool)
    for _ in range(len(weights) - 1):
        a, b = sorted(divmod(int(price.argmin()), len(weights)))
        loss += float(price[a, b])
        means[a] = (weights[a] * means[a] + weights[b] * means[b]) / (weights[a] + weights[b])
        weights[a] += weights[b]
        alive[b] = False
        row = ((means - means[a]) ** 2).sum(axis=1) * (weights[a] * weights / (weights[a] + weights))
        row[~alive] = row[a] = np.inf
        price[a] = price[:, a] = row
        price[b] = price[:, b] = np.inf
        names = np.where(names == names[b], names[a], names)
        found.append((_in_order(names), loss))
    return found


def _in_order(names: NDArray[np.integer]) -> tuple[int, ...]:
    """The same names, numbered as they first appear."""
    numbers: dict[int, int] = {}
    return tuple(numbers.setdefault(int(name), len(numbers)) for name in names)


def _description_length(error: float, shape: tuple[int, ...], sections: int, labels: int) -> float:
    n, dimensions = shape
    return n * float(np.log(error / n + _LEAST_ERROR * dimensions)) + _BOUNDARY_PRICE * sections + _LABEL_PRICE * labels


def _settle(cells: FloatArray, edges: tuple[int, ...], labels: tuple[int, ...], shortest: int) -> tuple[int, ...]:
    """Move each edge to where the means of the labels to either side, which all their sections share, say it is."""
    at = list(edges)
    owner = np.repeat(labels, np.diff(edges))
    means = np.array([cells[owner == label].mean(axis=0) for label in range(max(labels) + 1)])
    for k in range(1, len(at) - 1):
        low, high = at[k - 1] + shortest, at[k + 1] - shortest
        if low >= high:
            continue
        stretch = cells[low:high]
        left, right = (((stretch - means[labels[j]]) ** 2).sum(axis=1) for j in (k - 1, k))
        at[k] = low + int(np.concatenate([[0.0], np.cumsum(left - right)]).argmin())
    return tuple(at)


def _gains(
    totals: FloatArray, energy: FloatArray, edges: tuple[int, ...], labels: tuple[int, ...]
) -> tuple[float, ...]:
    """How much longer the description gets, in n log(error), when the sections to either side of an edge are one."""
    errors = []
    at = np.array(edges)
    n, dimensions = at[-1], totals.shape[1]
    means = totals[at[1:]] - totals[at[:-1]]
    lengths = np.diff(at)

    def error(names: list[int]) -> float:
        inside = 0.0
        for name in set(names):
            mine = np.array(names) == name
            inside += float((means[mine].sum(axis=0) ** 2).sum() / lengths[mine].sum())
        return float(energy[-1]) - inside

    base = error(list(labels))
    for k in range(1, len(labels)):
        joined = []
        for keep, change in ((k - 1, k), (k, k - 1)):
            names = list(labels)
            names[change] = labels[keep]
            joined.append(error(names))
        errors.append(min(joined))
    floor = _LEAST_ERROR * dimensions * n
    return tuple(float(n * np.log((e + floor) / (base + floor))) for e in errors)


# ---- repeats -----------------------------------------------------------------------------------------------------


def _repeats(section: FloatArray, same: list[int], shortest: int) -> tuple[int, float]:
    """How many times over the section is one passage, and how surely (like a gain). `same`: lengths with its label."""
    n = len(section)
    unrelated = 2.0 * float(section.var(axis=0).sum())
    for length in sorted(same):
        times = round(n / length)
        fits = length >= shortest // 2 and 2 <= times <= 4 and abs(n - times * length) <= max(1, times - 1)
        if fits and _errors_of_lags(section, [length])[0] <= _ALIKE * unrelated:
            return times, _sureness(section, length)
    half = n // 2
    if half < shortest:
        return 1, 0.0
    lags = range(4, half + 3)
    errors = _errors_of_lags(section, lags)
    at = int(errors[-5:].argmin()) + len(lags) - 5
    if abs(2 * lags[at] - n) > 2 or errors[at] > _ALIKE * unrelated:
        return 1, 0.0
    if errors[at] > _EXACT * errors[: at - 3].min():
        return 1, 0.0
    return 2, _sureness(section, lags[at])


def _errors_of_lags(section: FloatArray, lags: Sequence[int]) -> FloatArray:
    """Mean squared difference between cells so many apart."""
    return np.array([((section[lag:] - section[:-lag]) ** 2).sum(axis=1).mean() for lag in lags])


def _sureness(section: FloatArray, lag: int) -> float:
    """What the repeat saves, on the scale of the gains."""
    error = float(_errors_of_lags(section, [lag])[0])
    return len(section) * float(np.log((2.0 * section.var(axis=0).sum() + 1e-9) / (error + 1e-9)).clip(0.0, 3.0))
