"""The words of passages in Postgres: a text-search vector each, ranked by rarity and by where a word stands."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from .store import Connection, Store

_WORD = re.compile(r"[^\W_]+")
_PUT = (
    "INSERT INTO knowledge_words (passage, words) VALUES (?, setweight(to_tsvector('grym', ?), 'A') ||"
    " setweight(to_tsvector('grym', ?), 'A') || setweight(to_tsvector('grym', ?), 'D'))"
    " ON CONFLICT (passage) DO UPDATE SET words = excluded.words"
)
_WEIGHTS = "'{0.5, 0.5, 1.0, 1.0}'"  # a word counts for twice as much in a title or a heading
_COUNTED = 20_000  # so far it is counted how common a word is
_BY_LENGTH = 1  # ts_rank divides by 1 + log(length)


class PostgresWords:
    """See `Words`. Postgres has no BM25: each word's rank is weighed by how rare it is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, db: Connection, passage: int, words: Sequence[str]) -> None:
        db.execute(_PUT, (passage, *map(_plain, words)))

    def drop(self, db: Connection, passage: int, words: Sequence[str]) -> None:
        db.execute("DELETE FROM knowledge_words WHERE passage = ?", (passage,))

    def wipe(self, db: Connection) -> None:
        """Nothing: what was dropped is in no index any more."""

    def rebuild(self, db: Connection) -> None:
        db.execute("DELETE FROM knowledge_words")
        query = "SELECT id, title, section, text FROM knowledge_passages WHERE is_searched = 1 AND id > ?"
        after = 0
        while rows := db.execute(f"{query} ORDER BY id LIMIT 1000", (after,)).fetchall():
            db.executemany(_PUT, [(id, *map(_plain, words)) for id, *words in rows])
            after = int(rows[-1][0])

    def match(self, terms: Sequence[str], limit: int, among: int, *, together: bool) -> list[tuple[int, float]]:
        told = [query for term in terms if (query := _query(term))]
        if not told:
            return []
        count = int(self._store.read("SELECT count(*) FROM knowledge_words")[0][0])
        weights = [math.log(1.0 + count / (1.0 + self.holding(term, _COUNTED))) for term in terms if _query(term)]
        rank = " + ".join(f"? * ts_rank({_WEIGHTS}, words, to_tsquery('grym', ?), {_BY_LENGTH})" for _ in told)
        query = (
            f"SELECT passage, {rank} AS rank FROM (SELECT passage, words FROM knowledge_words"
            " WHERE words @@ to_tsquery('grym', ?) ORDER BY passage LIMIT ?) AS found"
            " ORDER BY rank DESC, passage LIMIT ?"
        )
        each = [value for pair in zip(weights, told, strict=True) for value in pair]
        rows = self._store.read(query, (*each, (" & " if together else " | ").join(told), among, limit))
        return [(int(id), float(rank)) for id, rank in rows]

    def holding(self, term: str, at_most: int) -> int:
        if not (told := _query(term)):
            return 0
        query = (
            "SELECT count(*) FROM (SELECT 1 FROM knowledge_words WHERE words @@ to_tsquery('grym', ?) LIMIT ?) AS found"
        )
        return int(self._store.read(query, (told, at_most))[0][0])


def _plain(text: str) -> str:
    """Letters and digits without their marks; whatever else there is parts words, as it does on SQLite."""
    marks = unicodedata.normalize("NFKD", text)
    return " ".join(_WORD.findall("".join(c for c in marks if not unicodedata.combining(c)).lower()))


def _query(term: str) -> str:
    """A term as a query: its words one after the other."""
    return "(" + " <-> ".join(found) + ")" if (found := _plain(term).split()) else ""
