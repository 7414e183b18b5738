"""Prints in the store: what each content is recognised by, and whether its repetitions were looked for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..messages import Evidence
from .store import Store

BANDS = 65
SUMMARY = 130
_AT_ONCE = 1000
_ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StoredPrint:
    """The print of one content.

    words : np.ndarray [shape=(n,)], uint64, one every 80 ms, 0 for silence
    levels : np.ndarray [shape=(n, 65)], uint8, of short sounds; (0, 65) for others
    summary : np.ndarray [shape=(130,)], float32
    number : its place in the order in which prints came; 0 before it is stored
    """

    sha256: str
    words: NDArray[np.uint64]
    levels: NDArray[np.uint8]
    summary: NDArray[np.float32]
    number: int = 0


def read_print(sha256: str, evidence: Iterable[Evidence]) -> StoredPrint | None:
    """The print among what was heard of a content; None when there is none."""
    for item in evidence:
        if item.name == "timbre.print" and isinstance(item.value, dict):
            try:
                words = base64.b64decode(str(item.value["words"]), validate=True)
                levels = base64.b64decode(str(item.value["levels"]), validate=True)
                summary = np.asarray(item.value["summary"], np.float32)
            except (KeyError, ValueError, TypeError, binascii.Error):
                return None
            return stored_print(sha256, words, levels, summary.astype("<f2").tobytes())
    return None


class Prints:
    """Every method is one short transaction, or one query."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def put(self, prints: Iterable[StoredPrint]) -> None:
        """Keep prints in place of those that were kept; their repetitions are to be looked for then."""
        rows = [
            (item.sha256, item.words.astype("<u8").tobytes(), item.levels.tobytes(),
             item.summary.astype("<f2").tobytes())
            for item in prints
        ]  # fmt: skip
        if not rows:
            return
        with self.store.transaction() as db:
            latest = self.latest()  # before the last one is dropped, whose number would be given to its successor
            db.executemany("DELETE FROM prints WHERE sha256 = ?", [row[:1] for row in rows])
            db.executemany(
                "INSERT INTO prints (sha256, words, levels, summary, number) VALUES (?, ?, ?, ?, ?)",
                [(*row, latest + place) for place, row in enumerate(rows, 1)],
            )

    def of(self, sha256s: Sequence[str]) -> dict[str, StoredPrint]:
        """The prints of these contents; those that have none are absent."""
        found = {}
        for at in range(0, len(sha256s), _ASKED_AT_ONCE):
            part = tuple(sha256s[at : at + _ASKED_AT_ONCE])
            marks = ", ".join("?" * len(part))
            query = f"SELECT sha256, words, levels, summary, number FROM prints WHERE sha256 IN ({marks})"
            found.update({row[0]: stored_print(*row) for row in self.store.read(query, part)})
        return found

    def numbers(self, sha256s: Sequence[str]) -> dict[str, int]:
        """The numbers of the prints of these contents; those that have none are absent."""
        found: dict[str, int] = {}
        for at in range(0, len(sha256s), _ASKED_AT_ONCE):
            part = tuple(sha256s[at : at + _ASKED_AT_ONCE])
            marks = ", ".join("?" * len(part))
            found.update(self.store.read(f"SELECT sha256, number FROM prints WHERE sha256 IN ({marks})", part))
        return found

    def every(self) -> Iterator[StoredPrint]:
        """All prints in the order in which they came."""
        after = 0
        while rows := self.store.read(
            "SELECT sha256, words, levels, summary, number FROM prints WHERE number > ?"
            f" ORDER BY number LIMIT {_AT_ONCE}",
            (after,),
        ):
            yield from (stored_print(*row) for row in rows)
            after = int(rows[-1][4])

    def waiting(self) -> list[str]:
        """Contents whose repetitions nobody looked for yet, in the order in which they came."""
        return [str(row[0]) for row in self.store.read("SELECT sha256 FROM prints WHERE searched = 0 ORDER BY number")]

    def summaries(self, *, after: int = 0) -> Iterator[tuple[int, str, NDArray[np.float32]]]:
        """(number, content, summary) of the prints that came after that number."""
        while rows := self.store.read(
            f"SELECT number, sha256, summary FROM prints WHERE number > ? ORDER BY number LIMIT {10 * _AT_ONCE}",
            (after,),
        ):
            for number, sha256, summary in rows:
                yield int(number), str(sha256), np.frombuffer(summary, "<f2").astype(np.float32)
            after = int(rows[-1][0])

    def latest(self) -> int:
        """The number of the print that came last; 0 when there is none."""
        return int(self.store.read("SELECT coalesce(max(number), 0) FROM prints")[0][0])

    def to_search(self) -> int:
        """How many were not yet looked through."""
        return int(self.store.read("SELECT count(*) FROM prints WHERE searched = 0")[0][0])


def stored_print(sha256: str, words: bytes, levels: bytes, summary: bytes, number: int = 0) -> StoredPrint:
    """A print out of its parts, little-endian; raises ValueError where they have other shapes."""
    if len(summary) != 2 * SUMMARY:
        raise ValueError(f"a summary has {SUMMARY} numbers, not {len(summary) // 2}")
    return StoredPrint(
        sha256,
        np.frombuffer(words, "<u8").astype(np.uint64),
        np.frombuffer(levels, np.uint8).reshape(-1, BANDS),
        np.frombuffer(summary, "<f2").astype(np.float32),
        number,
    )
