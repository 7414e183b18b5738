"""The words of passages in SQLite: an FTS5 index, ranked by BM25."""

from __future__ import annotations

from collections.abc import Sequence

from .store import Connection, Store

#: A word counts for more in a title or a heading than in the text below it.
_RANK = "bm25(knowledge_words, 2.0, 2.0, 1.0)"
_PUT = "INSERT INTO knowledge_words (rowid, title, section, text) VALUES (?, ?, ?, ?)"
_DROP = "INSERT INTO knowledge_words (knowledge_words, rowid, title, section, text) VALUES ('delete', ?, ?, ?, ?)"


class SqliteWords:
    """See `Words`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, db: Connection, passage: int, words: Sequence[str]) -> None:
        db.execute(_PUT, (passage, *words))

    def drop(self, db: Connection, passage: int, words: Sequence[str]) -> None:
        db.execute(_DROP, (passage, *words))

    def wipe(self, db: Connection) -> None:
        """Deleted words stay in the segments of the index until these are merged."""
        db.execute("INSERT INTO knowledge_words (knowledge_words) VALUES ('optimize')")

    def rebuild(self, db: Connection) -> None:
        db.execute("INSERT INTO knowledge_words (knowledge_words) VALUES ('rebuild')")

    def match(self, terms: Sequence[str], limit: int, among: int, *, together: bool) -> list[tuple[int, float]]:
        found = f"SELECT rowid AS id, -{_RANK} AS rank FROM knowledge_words WHERE knowledge_words MATCH ? LIMIT ?"
        query = f"SELECT id, rank FROM ({found}) ORDER BY rank DESC, id LIMIT ?"
        expression = (" AND " if together else " OR ").join(map(_quoted, terms))
        return [(int(id), float(rank)) for id, rank in self._store.read(query, (expression, among, limit))]

    def holding(self, term: str, at_most: int) -> int:
        query = "SELECT count(*) FROM (SELECT 1 FROM knowledge_words WHERE knowledge_words MATCH ? LIMIT ?)"
        return int(self._store.read(query, (_quoted(term), at_most))[0][0])


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
