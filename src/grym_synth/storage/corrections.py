"""What the user has said about routes: for this question, these capabilities."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from .store import Store, from_text, to_text

_PUT = (
    "INSERT INTO route_corrections (question, capabilities, at) VALUES (?, ?, ?) ON CONFLICT (question)"
    " DO UPDATE SET capabilities = excluded.capabilities, at = excluded.at"
)


@dataclass(frozen=True, slots=True)
class RouteCorrection:
    """For this question, these capabilities; none of them where it is not for this hub."""

    question: str
    capabilities: tuple[str, ...]
    at: float  # seconds since 1970


class RouteCorrections:
    """The corrections in one store. Every method is one short transaction, and raises StoreUnavailable as it does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def every(self) -> list[RouteCorrection]:
        """Every correction, the oldest first."""
        rows = self._store.read("SELECT question, capabilities, at FROM route_corrections ORDER BY at, question")
        return [RouteCorrection(from_text(question), tuple(json.loads(names)), at) for question, names, at in rows]

    def put(self, question: str, capabilities: tuple[str, ...]) -> None:
        """Keep a correction, in the place of an earlier one of the same question."""
        row = (to_text(question), json.dumps(capabilities), time.time())
        with self._store.transaction() as db:
            db.execute(_PUT, row)

    def remove(self, question: str) -> bool:
        """Whether there was a correction of this very question."""
        with self._store.transaction() as db:
            gone = db.execute("DELETE FROM route_corrections WHERE question = ?", (to_text(question),))
            return gone.rowcount > 0
