"""Patterns in the store: fragments that recur, where they occur, and the names that their owner gave them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ..errors import BadRequest
from .prints import Prints
from .store import Connection, Store, from_text, to_text


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A stretch of a content in which a pattern occurs; similarity is that to the one it was found by, 0..1."""

    sha256: str
    start_s: float
    end_s: float
    similarity: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Pattern:
    """A fragment that recurs; `name` is "" until its owner gives it one."""

    id: int
    name: str
    occurrences: tuple[Occurrence, ...]

    @property
    def recordings(self) -> int:
        """In how many it occurs."""
        return len({each.sha256 for each in self.occurrences})


@dataclass(frozen=True, slots=True)
class News:
    """What one content adds to the patterns that are known.

    fresh : the number of a pattern, or None for a new one, and the occurrences that it gets
    merged : (from, into): two patterns that are one; a name that only the first has goes over
    """

    fresh: Sequence[tuple[int | None, Sequence[Occurrence]]]
    merged: Sequence[tuple[int, int]] = ()


NewsOf = Callable[[Sequence[Pattern], Collection[str]], News]

MOST_LETTERS = 200  # of a name
_ASKED_AT_ONCE = 500

#: Contents that lie somewhere in the library.
_PLACED = "EXISTS (SELECT 1 FROM library_files AS f WHERE f.sha256 = o.sha256)"


class Patterns:
    """Every method is one short transaction, or one query."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def of(self, sha256s: Sequence[str]) -> list[Pattern]:
        """The patterns that occur in any of these contents, with all their occurrences, wherever these lie."""
        found: dict[int, Pattern] = {}
        for part in _parts(sha256s):
            marks = ", ".join("?" * len(part))
            where = f" WHERE o.pattern IN (SELECT pattern FROM occurrences WHERE sha256 IN ({marks}))"
            found |= {each.id: each for each in self._read(where, part)}
        return [found[number] for number in sorted(found)]

    def listed(self) -> list[Pattern]:
        """Patterns that occur at least twice in what lies in the library: named ones, then those of most recordings."""
        found = [pattern for pattern in self._read(f" WHERE {_PLACED}", ()) if len(pattern.occurrences) > 1]
        return sorted(found, key=lambda each: (not each.name, -each.recordings, -len(each.occurrences), each.id))

    def pattern(self, number: int) -> Pattern | None:
        """One pattern; None when there is none of that number, or it occurs nowhere any more."""
        found = self._read(f" WHERE o.pattern = ? AND {_PLACED}", (number,))
        return found[0] if found else None

    def named(self, words: str) -> list[Pattern]:
        """Patterns whose name holds these words, whatever their case."""
        wanted = words.casefold().split()
        return [each for each in self.listed() if each.name and all(w in each.name.casefold() for w in wanted)]

    def names(self) -> dict[str, list[Occurrence]]:
        """Every name with the places in the library that its pattern has."""
        return {each.name: list(each.occurrences) for each in self._read(f" WHERE p.name <> '' AND {_PLACED}", ())}

    def give_name(self, number: int, name: str) -> None:
        """Name a pattern, or with "" take its name away; None of two patterns is called alike, whatever the case.

        Raises
        ------
        BadRequest
            There is no pattern of that number, or another one has the name.
        """
        name = " ".join(name.split())
        if len(name) > MOST_LETTERS:
            raise BadRequest(f"a name has at most {MOST_LETTERS} letters, got {len(name)}", hint="choose a shorter one")
        with self.store.transaction() as db:
            named = db.execute("SELECT id, name FROM patterns WHERE name <> '' AND id <> ?", (number,)).fetchall()
            for other, known in named:
                if name and from_text(known).casefold() == name.casefold():
                    hint = f"choose another name, or see what that is: grym patterns show {other}"
                    raise BadRequest(f"pattern {other} is called {name!r} already", hint=hint)
            if not db.execute("UPDATE patterns SET name = ? WHERE id = ?", (to_text(name), number)).rowcount:
                raise BadRequest(f"there is no pattern {number}", hint="grym patterns list")

    def gather(self, sha256: str, prints: Mapping[str, int], news_of: NewsOf) -> bool:
        """Write what one content adds to the patterns, and that it was looked through: all of it or nothing.

        Nobody else writes from the moment the patterns are read until all is written, so that two who search at once
        never make two patterns of one place.

        prints : contents that were held against each other, itself among them, with the numbers of their prints
        news_of : told the patterns in those contents that still have these prints, with their occurrences there, and
            which contents that are; quick, since others wait

        Returns False, and writes nothing, where its own print is gone or another one by now.
        """
        with self.store.transaction() as db:
            now = Prints(self.store).numbers(list(prints))
            standing = frozenset(each for each, number in prints.items() if now.get(each) == number)
            if sha256 not in standing:
                return False
            news = news_of(self._of_contents(sorted(standing)), standing)
            for number, occurrences in news.fresh:
                if number is None:
                    row = db.execute("INSERT INTO patterns (found_at) VALUES (?) RETURNING id", (time.time(),))
                    number = int(row.fetchone()[0])
                db.executemany(
                    "INSERT INTO occurrences VALUES (?, ?, ?, ?, ?) ON CONFLICT (pattern, sha256, start_s) DO NOTHING",
                    [(number, each.sha256, each.start_s, each.end_s, each.similarity) for each in occurrences],
                )
            for old, into in news.merged:
                _merge(db, old, into)
            db.execute("UPDATE prints SET searched = 1 WHERE sha256 = ?", (sha256,))
        return True

    def _of_contents(self, sha256s: Sequence[str]) -> list[Pattern]:
        """The patterns in these contents, with their occurrences there alone: what recurs a lot is not read whole."""
        found: dict[int, Pattern] = {}
        for part in _parts(sha256s):
            for each in self._read(f" WHERE o.sha256 IN ({', '.join('?' * len(part))})", part):
                known = found[each.id].occurrences if each.id in found else ()
                found[each.id] = Pattern(each.id, each.name, (*known, *each.occurrences))
        return [found[number] for number in sorted(found)]

    def _read(self, where: str, values: tuple[object, ...]) -> list[Pattern]:
        rows = self.store.read(
            "SELECT p.id, p.name, o.sha256, o.start_s, o.end_s, o.similarity FROM occurrences AS o"
            f" JOIN patterns AS p ON p.id = o.pattern{where} ORDER BY p.id, o.sha256, o.start_s",
            values,
        )
        found: dict[int, tuple[str, list[Occurrence]]] = {}
        for number, name, *occurrence in rows:
            found.setdefault(number, (from_text(name), []))[1].append(Occurrence(*occurrence))
        return [Pattern(number, name, tuple(places)) for number, (name, places) in found.items()]


def _merge(db: Connection, old: int, into: int) -> None:
    """Let two patterns be one."""
    db.execute(
        "INSERT INTO occurrences SELECT ?, sha256, start_s, end_s, similarity FROM occurrences WHERE pattern = ?"
        " ON CONFLICT (pattern, sha256, start_s) DO NOTHING",
        (into, old),
    )
    db.execute("DELETE FROM occurrences WHERE pattern = ?", (old,))
    name_of_old = "(SELECT name FROM patterns WHERE id = ?)"
    db.execute(f"UPDATE patterns SET name = {name_of_old} WHERE id = ? AND name = ''", (old, into))
    db.execute("DELETE FROM patterns WHERE id = ?", (old,))


def _parts(sha256s: Sequence[str]) -> list[tuple[str, ...]]:
    """So many at a time as one question takes."""
    return [tuple(sha256s[at : at + _ASKED_AT_ONCE]) for at in range(0, len(sha256s), _ASKED_AT_ONCE)]
