"""Contexts: the questions of a project, the recordings they were about, what they cost, and how all of that goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from .house_rows import Account
from .store import Connection, Store, from_text, to_text


@dataclass(frozen=True, slots=True)
class Played:
    """A recording that a question was about: what it was called, and where it lies."""

    subject: str
    path: str  # absolute


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer. Times are seconds since 1970."""

    question: str
    recordings: tuple[Played, ...]  # in the order in which they were named
    asked_at: float
    document: str  # the answer as JSON, to be read by who needs it

    def answer(self) -> dict[str, Any]:
        """The document of the answer."""
        document = json.loads(self.document)
        return document if isinstance(document, dict) else {}


@dataclass(frozen=True, slots=True)
class ContextRow:
    """A context in figures; one that only measured has no questions."""

    name: str
    questions: int
    first_asked: float | None
    last_asked: float | None
    recordings: int  # different ones
    account: Account


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went with a context; `is_wiped` is False while traces may still be read in the write-ahead log."""

    context: ContextRow
    is_wiped: bool


class Contexts:
    """The contexts of one store. Every method is one short transaction, and raises StoreUnavailable as it does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def turns(self, context: str, *, limit: int = 50, since: float = 0.0) -> list[Turn]:
        """The latest questions of a context, newest first, at most `limit` and none before the time `since`."""
        rows = self._store.read(
            "SELECT id, question, asked_at, answer FROM answers WHERE context = ? AND asked_at >= ?"
            " ORDER BY id DESC LIMIT ?",
            (to_text(context), since, limit),
        )
        played: dict[int, list[Played]] = {}
        if rows:
            marks = ", ".join("?" * len(rows))
            query = f"SELECT turn, subject, path FROM in_play WHERE turn IN ({marks}) ORDER BY turn, place"
            for turn, subject, path in self._store.read(query, tuple(row[0] for row in rows)):
                played.setdefault(turn, []).append(Played(from_text(subject), from_text(path)))
        return [
            Turn(from_text(question), tuple(played.get(id, ())), asked_at, document)
            for id, question, asked_at, document in rows
        ]

    def overview(self) -> list[ContextRow]:
        """Every context that has asked or used something, the one asked last first."""
        rows = _figures(self._store.read)
        return sorted(rows, key=lambda row: (-(row.last_asked or 0.0), row.name))

    def forget(self, context: str) -> Forgotten | None:
        """Delete a context's questions, answers and account for good; None when there was nothing to forget.

        What was heard in its recordings is kept by their content, under no name; where they lie is forgotten, unless
        another context knows it too. What is deleted is overwritten, and so is what the write-ahead log holds of it.
        """
        name, spelled = to_text(context), _spelled(context)
        with self._store.transaction() as db:
            row = next((row for row in _figures(db.execute) if row.name == context), None)
            if row is None:
                return None
            db.execute(_FORGET_PLACES, (name,))
            db.execute("DELETE FROM in_play WHERE turn IN (SELECT id FROM answers WHERE context = ?)", (name,))
            db.execute("DELETE FROM answers WHERE context = ?", (name,))
            db.execute("DELETE FROM accounts WHERE context = ?", (spelled,))
            db.execute("UPDATE leases SET context = '' WHERE context = ?", (spelled,))
            _strike_from_audit(db, spelled)
        return Forgotten(row, self._store.empty_log())


_FORGET_PLACES = """
DELETE FROM files WHERE path IN (SELECT path FROM in_play JOIN answers ON id = turn WHERE context = ?1)
AND path NOT IN (SELECT path FROM in_play JOIN answers ON id = turn WHERE context <> ?1)
"""


def _figures(query: Callable[[str], Iterable[tuple[Any, ...]]]) -> list[ContextRow]:
    """Every context in figures: those that asked, and those that only have an account."""
    accounts = {row[0]: Account(*row) for row in query(f"SELECT {_ACCOUNT} FROM accounts")}
    recordings: dict[str, int] = dict(
        query("SELECT context, count(DISTINCT path) FROM in_play JOIN answers ON id = turn GROUP BY context")
    )
    rows = []
    for stored, count, first, last in query(
        "SELECT context, count(*), min(asked_at), max(asked_at) FROM answers GROUP BY context"
    ):
        name = from_text(stored)
        account = accounts.pop(_spelled(name), Account(name))
        rows.append(ContextRow(name, count, first, last, recordings.get(stored, 0), account))
    return rows + [ContextRow(name, 0, None, None, 0, account) for name, account in accounts.items()]


def _strike_from_audit(db: Connection, context: str) -> None:
    """Take the name of a context out of what clean-up wrote down about its leases."""
    rows = db.execute(
        "SELECT seq, detail FROM audit WHERE replace(detail, ?, '') <> detail", (json.dumps(context),)
    ).fetchall()
    for seq, detail in rows:
        told = json.loads(detail)
        for item in told.get("rows", ()):
            if item.get("context") == context:
                item["context"] = ""
        db.execute("UPDATE audit SET detail = ? WHERE seq = ?", (json.dumps(told), seq))


def _spelled(context: str) -> str:
    """A context's name as accounts and leases have it: what is no UTF-8 is spelled out."""
    return context.encode("utf-8", "backslashreplace").decode()


_ACCOUNT = ", ".join(column.name for column in fields(Account))
