"""The store of several machines: Postgres, as on Supabase, behind a pooler in transaction mode or reached directly.

Short requests go through one small pool, and nothing of a session is used there: no prepared statements, no SET, no
LISTEN. What needs a session (the schema, and its lock) has an address of its own. All who write take one lock, which
ends with their transaction: as on SQLite one writes at a time, so numbers of changes come in the order in which they
can be seen, and what is read before it is written stays true.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import lru_cache
from typing import Any, Literal
from weakref import WeakSet

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from ..errors import NotAllowed
from ..identity.asking import asker
from .postgres_places import Places
from .postgres_schema import bring_up
from .postgres_watch import Watch
from .postgres_words import PostgresWords
from .store import Connection, Rows, Store, StoreAway, StoreUnavailable, without_password

logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # what it warns of is told by whoever asked

MOST_CONNECTIONS = 4
_WAIT_S, _LOOK_S = 5.0, 0.5  # for a connection; the same while the server was away just now
_COMES_S = 1.0  # after which it is asked whether one can be made at all
_ASK_AGAIN_S, _WATCH_AGAIN_S = 3.0, 1.0  # after it was away; the same for the rows by which the hub is watched
_ANSWERS_S, _TRUSTED_S = 3.0, 1.0  # a server answers in; and so long after an answer is not asked whether it does
_WRITES_S, _LONGEST_S = 10.0, 60.0  # that one waits for others to write, or one statement takes; and many rows
_CONNECT_S = 3
_GIVE_UP_S = 2.0  # until a connection that cannot be made is somebody's error, and tried anew for the next who asks
#: Locks of who writes what; numbers that are "grym" and its neighbours.
_ONE_WRITER, _ONE_OF_HOUSE, _ONE_OF_JOBS = 0x6772796D, 0x6772796C, 0x6772796B
_LOCKS = {"library": _ONE_WRITER, "house": _ONE_OF_HOUSE, "jobs": _ONE_OF_JOBS}


_AS_PERSON = "SELECT set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true)"
_opened: WeakSet[PostgresStore] = WeakSet()


def opened(name: str) -> list[PostgresStore]:
    """The stores of this process that share the connections of one server, but for those of health and room."""
    return [store for store in list(_opened) if store.name == name]


class PostgresStore(Store):
    """See `Store`.

    pooled : where short requests go; may be a pooler in transaction mode
    session : where the schema is brought up to date; the same, if there is no pooler
    most : connections at a time
    wait_s : for a connection, when all are lent
    writes : for which rows it is: those of health and room, or of jobs, wait for no others that are written

    Raises
    ------
    MigrationFailed
        The database is of a later version.
    StoreUnavailable
        It cannot be reached or used; methods raise it too.
    """

    settled = " AND xact < pg_snapshot_xmin(pg_current_snapshot())"

    def __init__(
        self,
        pooled: str,
        session: str = "",
        *,
        most: int = MOST_CONNECTIONS,
        writes: Literal["library", "house", "jobs"] = "library",
        wait_s: float = _WAIT_S,
    ) -> None:
        self.name = without_password(pooled)
        self._lock = _LOCKS[writes]
        self._mine = threading.local()
        self._wait_s = wait_s
        self._is_away = False
        self._ask_again = self._answered = 0.0
        self._is_for_persons = writes == "library"
        self._ask_again_s = _WATCH_AGAIN_S if writes == "house" else _ASK_AGAIN_S
        self._watch = Watch()
        with self._told():
            bring_up(session or pooled, connect_timeout=_CONNECT_S)
        self._pooled, self._most = pooled, most
        self._pool = self._new_pool()
        self.words, self.places = PostgresWords(self), Places(self)
        if writes != "house":  # whose one connection stays its own
            _opened.add(self)

    def _new_pool(self) -> ConnectionPool[psycopg.Connection[Any]]:
        """None is opened before it is needed."""
        return ConnectionPool(
            self._pooled,
            min_size=0,
            max_size=self._most,
            timeout=self._wait_s,
            reconnect_timeout=_GIVE_UP_S,
            kwargs={
                "autocommit": True,
                "prepare_threshold": None,
                "connect_timeout": _CONNECT_S,
                "cursor_factory": psycopg.ClientCursor,  # values are put in here: a pooler need not know their types
                "application_name": "grym-synth",
            },
            open=True,
        )

    @property
    def is_lasting(self) -> bool:
        return True

    def close(self) -> None:
        _opened.discard(self)
        self._pool.close()

    def close_idle(self) -> int:
        """Give connections that nobody uses back to the server, and those in use when they are done; how many idle."""
        idle = self.figures()["open"] - self.figures()["lent"]
        if idle:
            before, self._pool = self._pool, self._new_pool()
            before.close()
        return idle

    def figures(self) -> dict[str, int]:
        """How the pool stands: connections there may be, there are, that are lent; who waits; and what was lost."""
        told = self._pool.get_stats()
        held = told.get("pool_size", 0)
        return {
            "most": self._pool.max_size,
            "open": held,
            "lent": held - told.get("pool_available", 0),
            "waiting": told.get("requests_waiting", 0),
            "lost": told.get("connections_lost", 0) + told.get("returns_bad", 0),
        }

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        held: _Written | None = getattr(self._mine, "held", None)
        if held is not None:  # in a transaction of this thread
            return held.execute(query, values).fetchall()
        with self._told():
            try:
                return self._read(query, values)
            except PoolTimeout:
                raise
            except psycopg.OperationalError:  # a connection that had died unseen; reading twice does no harm
                return self._read(query, values)

    def _claims(self) -> str:
        """Of whoever asks, as JSON; "" is the hub for itself, as which it always writes of health and of jobs."""
        person = asker() if self._is_for_persons else None
        return json.dumps(person.claims()) if person is not None else ""

    def _read(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        claims = self._claims()
        with self._lent() as db:
            return _Written(db, self._watch).execute(query, values, claims).fetchall()

    def transaction(self) -> AbstractContextManager[Connection]:
        return self._transaction(is_alone=True)

    def beside_others(self) -> AbstractContextManager[Connection]:
        """A transaction while which others write too: what must not change under it, it locks itself."""
        return self._transaction(is_alone=False)

    @contextmanager
    def _transaction(self, *, is_alone: bool) -> Iterator[Connection]:
        with self._told(), self._lent() as db, ExitStack() as begun:
            with self._watch.at_most(_WRITES_S, db.fileno()):
                begun.enter_context(db.transaction())
                if claims := self._claims():
                    db.execute(_AS_PERSON, (claims,))
                if is_alone:
                    db.execute(f"SELECT pg_advisory_xact_lock({self._lock})")
            self._mine.held = _Written(db, self._watch)
            try:
                yield self._mine.held
            finally:
                self._mine.held = None

    @contextmanager
    def _lent(self) -> Iterator[psycopg.Connection[Any]]:
        db, pool = self._take()
        try:
            yield db
        except psycopg.OperationalError:
            self._answered = 0.0
            raise
        finally:
            pool.putconn(db)

    def _take(self) -> tuple[psycopg.Connection[Any], ConnectionPool[psycopg.Connection[Any]]]:
        """A connection that answers, and where it is given back.

        That a server is away is found out once in a while, and quickly: whoever asks in between is told at once, since
        one question asks the store many times.
        """
        now, pool = time.monotonic(), self._pool
        if self._is_away and now < self._ask_again:
            raise PoolTimeout("it is away")
        self._ask_again = now + self._ask_again_s  # others need not wait for what this one finds out
        patience, wait = (_LOOK_S, _LOOK_S) if self._is_away else (_ANSWERS_S, min(_COMES_S, self._wait_s))
        for _ in range(pool.max_size + 2):  # all that are kept may have died with the server
            try:
                db = pool.getconn(wait)
            except PoolTimeout:
                if self._is_away or not self._is_reached():  # it is not that all are lent
                    break
                if wait >= self._wait_s:
                    raise
                wait = self._wait_s
                continue
            if not self._is_away and time.monotonic() < self._answered + _TRUSTED_S:
                return db, pool
            began = time.monotonic()
            try:
                with self._watch.at_most(patience, db.fileno()):
                    db.execute("SELECT 1")
            except psycopg.OperationalError:
                pool.putconn(db)
                if time.monotonic() > began + patience or not self._is_reached():
                    break
                continue
            except BaseException:
                pool.putconn(db)
                raise
            self._answered, self._is_away = time.monotonic(), False
            return db, pool
        self._is_away, self._ask_again = True, time.monotonic() + self._ask_again_s
        raise PoolTimeout("it is away")

    def _is_reached(self) -> bool:
        """Whether a connection can be made: the pool would try for seconds before it says that it cannot."""
        try:
            psycopg.connect(self._pooled, connect_timeout=_CONNECT_S).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def held_still(self) -> Iterator[Connection]:
        with self.transaction() as db:
            for lock in sorted({*_LOCKS.values()} - {self._lock}):
                db.execute(f"SELECT pg_advisory_xact_lock({lock})")
            yield db

    def number_given(self, table: str, column: str) -> int:
        query = (
            "SELECT coalesce(last_value, 0) FROM pg_sequences"
            " WHERE schemaname || '.' || sequencename = pg_get_serial_sequence(?, ?)"
        )
        rows = self.read(query, (table, column))
        return int(rows[0][0]) if rows else 0

    def give_numbers_after(self, db: Connection, table: str, column: str, number: int) -> None:
        sequence = f"pg_get_serial_sequence('{table}', '{column}')"
        db.execute(f"SELECT setval({sequence}, ?, {number > 0})", (max(1, number),))

    def empty_log(self) -> bool:
        """What was deleted is gone for every query; its bytes go when the server cleans up (`VACUUM`)."""
        return True

    def check(self) -> None:
        with self.transaction() as db:
            db.execute("CREATE TEMP TABLE probe (x BIGINT) ON COMMIT DROP")
            db.execute("INSERT INTO probe VALUES (1)")
            db.execute("SELECT x FROM probe").fetchone()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong in the body, as StoreUnavailable; it never says the password."""
        try:
            yield
        except PoolTimeout as error:
            raise StoreAway(f"the store {self.name} gave no connection", retry_after=5.0) from error
        except psycopg.OperationalError as error:
            raise StoreAway(f"the store {self.name} is away: {_one_line(error)}", retry_after=5.0) from error
        except psycopg.errors.InsufficientPrivilege as error:
            if asker() is None:
                raise StoreUnavailable(
                    f"the store {self.name} refuses: {_one_line(error)}", retry_after=60.0
                ) from error
            what = "your role does not allow that, or the row is somebody else's"
            raise NotAllowed(what, hint="grym whoami says which role you have") from error
        except psycopg.Error as error:
            raise StoreUnavailable(f"the store {self.name} failed: {_one_line(error)}", retry_after=5.0) from error


class _Written:
    """A connection that takes our SQL."""

    def __init__(self, db: psycopg.Connection[Any], watch: Watch) -> None:
        self._db, self._watch = db, watch

    def execute(self, query: str, values: Sequence[Any] = (), claims: str = "", /) -> Rows:
        """claims : in whose name, outside a transaction: what is sent together is one, and one way to the server."""
        text, order = to_postgres(query)
        with self._watch.at_most(_WRITES_S, self._db.fileno()):
            if not claims:
                return self._db.execute(text, _values(values, order))
            cursor = self._db.execute(f"{_AS_PERSON}; {text}", (claims, *_values(values, order)))
            cursor.nextset()
            return cursor

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> None:
        text, order = to_postgres(query)
        listed = [_values(row, order) for row in rows]
        if listed:
            with self._watch.at_most(_LONGEST_S, self._db.fileno()), self._db.cursor() as cursor:
                cursor.executemany(text, listed)


def _one_line(error: psycopg.Error) -> str:
    return " ".join(str(error).split()) or type(error).__name__


@lru_cache(maxsize=1000)
def to_postgres(query: str) -> tuple[str, tuple[int, ...]]:
    """A query with `%s` for each `?` and `?1`, and which value each of them takes."""
    text, order, parts = "", list[int](), query.replace("%", "%%").split("?")
    for part in parts[1:]:
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        order.append(int(digits) - 1 if digits else len(order))
        text += f"%s{part[len(digits) :]}"
    return parts[0] + text, tuple(order)


def _values(values: Sequence[Any], order: tuple[int, ...]) -> list[Any]:
    """Postgres has a type for truth, which we do not use, and no character of the number 0."""
    return [_value(values[place]) for place in order]


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value
