"""Passages as sentence vectors: what of a passage is read by the encoder, and the search among those in memory."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetup, MissingDependency
from ..packs import find_pack
from ..sentences.vectors import WIDTH, SentenceEncoder
from ..storage.knowledge import Knowledge

Ids: TypeAlias = NDArray[np.int64]
Rows: TypeAlias = NDArray[np.float32]
Encode: TypeAlias = Callable[[str], Rows]

#: What made a vector; other recipes do not compare with it. The encoder reads the first 96 pieces: 23 ms a passage.
RECIPE = "minilm-int8/96"
SCANNED_FROM = 5_000  # passages
_MOST_BYTE = 127.0
_AT_ONCE = 32  # passages, under a second

log = logging.getLogger(__name__)


def open_encoder() -> Encode | None:
    """What turns a sentence into a vector; None without the pack, and words alone are searched then."""
    pack = find_pack("minilm")
    try:
        return None if pack is None else SentenceEncoder(pack.file).encode
    except MissingDependency:  # words alone, then; `grym doctor` says how to get it
        return None


def embed(texts: Sequence[str], encode: Encode) -> NDArray[np.float16]:
    """A row for each text. One at a time: a row must not depend on which texts came with it."""
    rows = np.zeros((len(texts), WIDTH), np.float16)
    for place, text in enumerate(texts):
        rows[place] = encode(text)
    return rows


def catch_up(knowledge: Knowledge, encode: Encode) -> int:
    """Make the vectors that are missing, so many at a time that a kill loses little; how many were made."""
    made = 0
    while waiting := knowledge.without_vectors(RECIPE, _AT_ONCE):
        try:
            rows = embed([text for _, text in waiting], encode)
        except BadSetup as error:  # a damaged pack: passages are found by words
            log.warning("passages get no vectors", extra={"reason": str(error)})
            return made
        knowledge.put_vectors(RECIPE, [(each, row) for (each, _), row in zip(waiting, rows, strict=True)])
        made += len(waiting)
    return made


class Vectors:
    """The vectors of all passages in memory, read again when the knowledge base has changed. Threads may share it.

    Above `SCANNED_FROM` faiss goes through them at a byte a number, and the best are judged again by float16.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._turn = threading.Lock()
        self._seq = -1
        self._ids: Ids = np.zeros(0, np.int64)
        self._rows: NDArray[np.float16] = np.zeros((0, WIDTH), np.float16)
        self._bytes: Any = None  # faiss ships no types
        self._scale: Rows = np.zeros(0, np.float32)

    def nearest(self, query: Rows, count: int) -> list[tuple[int, float]]:
        """Ids of the passages nearest to a vector, with their cosines, best first."""
        with self._turn:
            self._catch_up()
            ids, rows = self._ids, self._rows
            if not len(ids):
                return []
            some = np.arange(len(ids)) if self._bytes is None else self._scan(query, 3 * count)
        likeness = rows[some].astype(np.float32) @ query if self._bytes is not None else _product(rows, query)
        order = np.lexsort((ids[some], -likeness))[:count]
        return [(int(ids[some[place]]), float(likeness[place])) for place in order]

    def of(self, wanted: Sequence[int]) -> dict[int, Rows]:
        """The vectors of those passages that have one."""
        with self._turn:
            self._catch_up()
            ids, rows = self._ids, self._rows
        places = np.searchsorted(ids, np.asarray(wanted, np.int64))
        return {
            each: rows[place].astype(np.float32)
            for each, place in zip(wanted, places, strict=True)
            if place < len(ids) and ids[place] == each
        }

    def _scan(self, query: Rows, count: int) -> Ids:
        """Rows that may be the nearest, by bytes."""
        scaled = query / self._scale
        scaled *= _MOST_BYTE / max(float(np.abs(scaled).max()), 1e-12)  # it becomes bytes as well
        _, found = self._bytes.search(scaled[None].astype(np.float32), min(count, len(self._ids)))
        return np.asarray(found[0][found[0] >= 0], np.int64)

    def _catch_up(self) -> None:
        if (seq := self._knowledge.seq) == self._seq:
            return
        ids, rows = self._knowledge.vectors(RECIPE)
        order = np.argsort(ids)
        self._ids, self._rows, self._seq = ids[order], np.ascontiguousarray(rows[order]), seq
        self._bytes = None
        if len(ids) >= SCANNED_FROM and importlib.util.find_spec("faiss") is not None:
            self._fill()

    def _fill(self) -> None:
        """The rows as bytes: each column scaled to use them all."""
        faiss: Any = importlib.import_module("faiss")
        most = np.maximum(np.abs(self._rows).max(axis=0).astype(np.float32), 1e-3)
        self._scale = np.asarray(_MOST_BYTE / most, np.float32)
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        self._bytes = faiss.IndexScalarQuantizer(self._rows.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        self._bytes.train(np.zeros((1, self._rows.shape[1]), np.float32))
        for at in range(0, len(self._rows), 16384):
            part = self._rows[at : at + 16384].astype(np.float32)
            self._bytes.add(np.rint(part * self._scale))


def _product(rows: NDArray[np.float16], query: Rows) -> Rows:
    return np.asarray(rows.astype(np.float32) @ query, np.float32)
