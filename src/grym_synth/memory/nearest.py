"""The rows nearest to a query, by the weighted mean of the cosines of their aspects; exact, filtered by any mask.

Up to `NUMPY_UP_TO` rows one product of a matrix and a vector is quick enough. Above, faiss scans the rows at a byte a
number, which is four times less memory to go through, and the best of what it finds are judged again by the exact
numbers. There is no index to build, to keep or to lose: the bytes are made in a second from the shelf, and weights may
differ from query to query. Without faiss the product stays, at five times the time.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .aspects import FloatArray, read_space
from .shelf import Shelf

NUMPY_UP_TO = 20_000
_AGAIN = 200  # of the best by bytes are judged exactly; four times k, if that is more
_FEW = 0.05  # share of the rows below which those alone are gone through
_MOST_BYTE = 127.0

Mask = NDArray[np.bool_]


class Nearest:
    """A search over the rows of one shelf.

    before : the search over an earlier shelf; what it made of the rows that both begin with is taken over, and it must
        not be used any more
    """

    def __init__(self, shelf: Shelf, before: Nearest | None = None) -> None:
        self.shelf = shelf
        self._bytes: Any = None  # faiss ships no types
        self._scale: FloatArray = np.zeros(0, np.float32)
        if len(shelf) > NUMPY_UP_TO and importlib.util.find_spec("faiss") is not None:
            self._fill(before)

    def search(
        self, query: FloatArray, weights: Mapping[str, float], k: int, mask: Mask | None = None
    ) -> tuple[NDArray[np.intp], FloatArray]:
        """The k nearest rows that the mask allows, best first, and their weighted cosines; fewer when there are fewer.

        query : np.ndarray [shape=(192,)], as a row of the shelf's matrix
        weights : by aspect; those that say nothing of the query are left out of the mean
        """
        weighted = weigh(query, weights)
        allowed = None if mask is None else np.flatnonzero(mask)
        if allowed is not None and len(allowed) <= max(1000, _FEW * len(self.shelf)):
            return _best(allowed, self.shelf.matrix[allowed] @ weighted, k)
        if self._bytes is None:
            likeness = self.shelf.matrix @ weighted
            rows = np.arange(len(self.shelf)) if allowed is None else allowed
            return _best(rows, likeness if allowed is None else likeness[allowed], k)
        rows = self._scan(weighted, max(_AGAIN, 4 * k), mask)
        return _best(rows, self.shelf.matrix[rows] @ weighted, k)

    def _scan(self, weighted: FloatArray, count: int, mask: Mask | None) -> NDArray[np.intp]:
        faiss = _faiss()
        params = None
        if mask is not None:
            bits = np.packbits(mask, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
            params = faiss.SearchParameters(sel=selector)
        query = weighted / self._scale
        query *= _MOST_BYTE / max(float(np.abs(query).max()), 1e-12)  # it becomes bytes as well
        _, found = self._bytes.search(query[None], min(count, len(self.shelf)), params=params)
        return np.asarray(found[0][found[0] >= 0], np.intp)

    def _fill(self, before: Nearest | None) -> None:
        """The rows as bytes: each column scaled to use them all. Taken over as far as the shelves begin alike."""
        faiss = _faiss()
        same = 0 if before is None or before._bytes is None else _alike_up_to(before.shelf.sha256, self.shelf.sha256)
        matrix = self.shelf.matrix
        if before is not None and same > len(self.shelf) // 2:
            self._bytes, self._scale = before._bytes, before._scale
            if same < self._bytes.ntotal:
                self._bytes.remove_ids(faiss.IDSelectorRange(same, self._bytes.ntotal))
        else:
            same, width = 0, matrix.shape[1]
            self._scale = (_MOST_BYTE / np.maximum(np.abs(matrix).max(axis=0), 1e-3)).astype(np.float32)
            kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
            self._bytes = faiss.IndexScalarQuantizer(width, kind, faiss.METRIC_INNER_PRODUCT)
            self._bytes.train(np.zeros((1, width), np.float32))
        for at in range(same, len(matrix), 16384):
            rows = np.round(matrix[at : at + 16384] * self._scale).clip(-_MOST_BYTE, _MOST_BYTE)
            self._bytes.add(np.ascontiguousarray(rows, np.float32))


def _faiss() -> Any:
    """Only where there is something to scan: importing it takes 0.1 s."""
    return importlib.import_module("faiss")


def weigh(query: FloatArray, weights: Mapping[str, float]) -> FloatArray:
    """A query whose inner product with a row is the weighted mean of the cosines of the aspects that tell of it."""
    weighted, total, at = np.zeros_like(query), 0.0, 0
    for name, width in read_space().widths().items():
        part, weight = query[at : at + width], weights.get(name, 0.0)
        if weight > 0.0 and part.any():
            weighted[at : at + width] = weight * part
            total += weight
        at += width
    return np.asarray(weighted / total if total else weighted, np.float32)


def _best(rows: NDArray[np.intp], likeness: FloatArray, k: int) -> tuple[NDArray[np.intp], FloatArray]:
    """The k best; of equals the one that came first."""
    if len(rows) > k:
        few = np.argpartition(-likeness, k - 1)[:k] if k > 0 else np.zeros(0, np.intp)
        rows, likeness = rows[few], likeness[few]
    order = np.lexsort((rows, -likeness))
    return rows[order], likeness[order]


def _alike_up_to(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """How many items both begin with."""
    if a == b[: len(a)]:
        return len(a)
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
