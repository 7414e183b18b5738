"""Passages as sentence vectors: what of a passage is read by the encoder, and the search among those in memory."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

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
    """The vectors of all passages in memory, read again when the knowledge base has changed. Threads may share it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._turn = threading.Lock()
        self._seq = -1
        self._ids: Ids = np.zeros(0, np.int64)
        self._rows: Rows = np.zeros((0, WIDTH), np.float32)

    def nearest(self, query: Rows, count: int) -> list[tuple[int, float]]:
        """Ids of the passages nearest to a vector, with their cosines, best first."""
        ids, rows = self._latest()
        if not len(ids):
            return []
        likeness = rows @ query
        few = np.argpartition(-likeness, count - 1)[:count] if len(ids) > count else np.arange(len(ids))
        order = few[np.lexsort((ids[few], -likeness[few]))]
        return [(int(ids[place]), float(likeness[place])) for place in order]

    def of(self, wanted: Sequence[int]) -> dict[int, Rows]:
        """The vectors of those passages that have one."""
        ids, rows = self._latest()
        places = np.searchsorted(ids, np.asarray(wanted, np.int64))
        return {
            each: rows[place]
            for each, place in zip(wanted, places, strict=True)
            if place < len(ids) and ids[place] == each
        }

    def _latest(self) -> tuple[Ids, Rows]:
        with self._turn:
            if (seq := self._knowledge.seq) != self._seq:
                ids, rows = self._knowledge.vectors(RECIPE)
                order = np.argsort(ids)
                self._ids, self._rows = ids[order], np.ascontiguousarray(rows[order], np.float32)
                self._seq = seq
            return self._ids, self._rows
