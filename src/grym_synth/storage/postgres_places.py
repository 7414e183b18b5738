"""Recordings near to a query, searched by the server: pgvector, where a shared store has it.

What it finds are candidates, by an index that may miss some; whoever asks judges them exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .library_rows import FloatArray

if TYPE_CHECKING:
    from .postgres import PostgresStore


PLACE_LENGTH = 192
_ITERATES = (0, 8)  # from this version on pgvector goes on until enough rows pass a filter


@dataclass(frozen=True, slots=True)
class Lacking:
    """A recording that has vectors and no place yet, or that of an earlier description."""

    number: int
    sha256: str
    described_at: float


class Places:
    """The places of one store: of recordings known by a recipe, as projections with a `fit` lay them.

    Every method raises StoreUnavailable as the store does.
    """

    def __init__(self, store: PostgresStore) -> None:
        self._store = store
        self._is_there: bool | None = None

    @property
    def is_there(self) -> bool:
        """Whether the server can search; asked once."""
        if self._is_there is None:
            rows = self._store.read(
                "SELECT extversion FROM pg_extension WHERE extname = 'vector' AND EXISTS (SELECT 1 FROM"
                " information_schema.columns WHERE table_name = 'places' AND column_name = 'place'"
                " AND table_schema = current_schema())"
            )
            self._is_there = any(_numbers(version) >= _ITERATES for (version,) in rows)
        return self._is_there

    def lacking(self, recipe: str, fit: str, limit: int) -> list[Lacking]:
        """Recordings that lie somewhere and that a search would not find, at most so many."""
        query = (
            "SELECT r.number, r.sha256, r.described_at FROM recordings AS r LEFT JOIN places AS p"
            " ON p.number = r.number AND p.recipe = r.recipe AND p.fit = ? AND p.described_at = r.described_at"
            " WHERE r.recipe = ? AND p.number IS NULL AND EXISTS (SELECT 1 FROM vectors AS v WHERE v.number = r.number)"
            " AND EXISTS (SELECT 1 FROM library_files AS f WHERE f.sha256 = r.sha256)"
            " ORDER BY r.number LIMIT ?"
        )
        return [Lacking(*row) for row in self._store.read(query, (fit, recipe, limit))]

    def put(self, recipe: str, fit: str, rows: Sequence[tuple[Lacking, FloatArray]]) -> None:
        """Give recordings their places, each of shape (192,); all zero is nowhere."""
        query = (
            "INSERT INTO places (number, recipe, fit, described_at, place) VALUES (?, ?, ?, ?, CAST(? AS halfvec))"
            " ON CONFLICT (number) DO UPDATE SET recipe = excluded.recipe, fit = excluded.fit,"
            " described_at = excluded.described_at, place = excluded.place"
        )
        with self._store.beside_others() as db:
            db.executemany(query, [(item.number, recipe, fit, item.described_at, _text(place)) for item, place in rows])

    def drop_gone(self) -> None:
        """Take out the places of recordings that are gone."""
        with self._store.beside_others() as db:
            db.execute("DELETE FROM places AS p WHERE NOT EXISTS (SELECT 1 FROM recordings WHERE number = p.number)")

    def nearest(self, recipe: str, fit: str, query: FloatArray, count: int, *, at: int = 0) -> list[str]:
        """Contents with the greatest inner products with a query, about so many, in no order.

        query : of shape (192,); or (d,), as one aspect alone
        at : where that begins
        """
        place, says = "place", ""
        if len(query) < PLACE_LENGTH:
            part = f"subvector(place, {at + 1}, {len(query)})"
            place, says = f"({part}::halfvec({len(query)}))", f" AND l2_norm({part}) > 0"
        found = (
            f"SELECT r.sha256 FROM (SELECT number, described_at FROM places WHERE recipe = ? AND fit = ?{says}"
            f" ORDER BY {place} <#> CAST(? AS halfvec) LIMIT {int(count)}) AS p"
            " JOIN recordings AS r ON r.number = p.number AND r.described_at = p.described_at"
        )
        with self._store.beside_others() as db:
            # Else a filter, as row-level security is one, would leave too few.
            db.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
            db.execute(f"SET LOCAL hnsw.ef_search = {min(1000, int(count))}")
            return [str(row[0]) for row in db.execute(found, (recipe, fit, _text(query))).fetchall()]


def _text(vector: FloatArray) -> str | None:
    """As pgvector reads it; None for what has no direction, as silence, which would lie near to everything."""
    if not vector.any():
        return None
    return f"[{','.join(f'{number:.5g}' for number in vector.tolist())}]"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
