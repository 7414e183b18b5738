"""What changed in a store, in order: every reader remembers a number and catches up, so nobody misses anything."""

from __future__ import annotations

from dataclasses import dataclass

from .store import Store, from_text

KEPT_S = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Event:
    """One change.

    kind : recording, label, correction, ear, note, health, job
    subject : a SHA-256, the number of a source (never its address, which may be forgotten), a hub, the id of a job
    what : changed, taught, taken back, read, forgotten, or a state
    """

    seq: int
    at: float
    kind: str
    subject: str
    what: str


class Events:
    """Those of one store. Methods raise StoreUnavailable as the store does."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def since(self, seq: int, limit: int = 500) -> list[Event]:
        """At most so many after a number, in order. One whose forerunners may still come waits for them."""
        query = (
            f"SELECT seq, at, kind, subject, what FROM events WHERE seq > ?{self.store.settled} ORDER BY seq LIMIT ?"
        )
        rows = self.store.read(query, (seq, limit))
        return [Event(int(seq), at, kind, from_text(subject), from_text(what)) for seq, at, kind, subject, what in rows]

    def last(self, *, settled: bool = False) -> int:
        """The greatest number that can be seen, or that `since` holds back no more; 0 when there is none."""
        where = self.store.settled if settled else ""
        return int(self.store.read(f"SELECT coalesce(max(seq), 0) FROM events WHERE seq > 0{where}")[0][0])

    def first(self) -> int:
        """The smallest number that is kept; 0 when there is none."""
        return int(self.store.read("SELECT coalesce(min(seq), 0) FROM events")[0][0])

    def count_before(self, at: float) -> int:
        """How many are older than a time of day; the last of all does not count, for its number."""
        query = "SELECT count(*) FROM events WHERE at < ? AND seq < (SELECT max(seq) FROM events)"
        return int(self.store.read(query, (at,))[0][0])

    def forget_before(self, at: float) -> int:
        """Remove what is older than a time of day, but for the last of all; how many."""
        with self.store.transaction() as db:
            query = "DELETE FROM events WHERE at < ? AND seq < (SELECT max(seq) FROM events)"
            return db.execute(query, (at,)).rowcount
