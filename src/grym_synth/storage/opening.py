"""Which store the settings name, and how it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from .house import House
from .job_file import JobFile
from .job_ground import JobGround
from .jobs import JobStore
from .sqlite import SqliteStore
from .store import Connection, Store, without_password

if TYPE_CHECKING:
    from .postgres import PostgresStore


class Place(Protocol):
    """What the settings say of the store.

    store : an address, "" is a file
    store_session : of Postgres, where its schema is brought up to date; "" is the same
    """

    @property
    def store(self) -> str: ...
    @property
    def store_session(self) -> str: ...
    @property
    def store_path(self) -> Path: ...


class JobPlace(Place, Protocol):
    """The same for jobs."""

    @property
    def jobs_path(self) -> Path: ...


def is_shared(place: Place) -> bool:
    """Whether the store is a Postgres, which others may use as well."""
    return place.store.startswith(("postgresql://", "postgres://"))


def name_of(place: Place) -> str:
    """The store as it is shown, without a password."""
    return without_password(place.store) if is_shared(place) else str(place.store_path)


def is_there(place: Place) -> bool:
    """Whether there may be something in it: a file that is not there is no store yet."""
    return is_shared(place) or place.store_path.is_file()


def open_store(place: Place) -> Store:
    """Open the store; raises MigrationFailed or StoreUnavailable."""
    return _postgres(place) if is_shared(place) else SqliteStore(place.store_path)


def open_or_empty(place: Place) -> Store:
    """The store, or where there is none yet an empty one in memory: to look is no reason to make it."""
    return open_store(place) if is_there(place) else SqliteStore.in_memory()


def open_pools(place: Place) -> list[PostgresStore]:
    """The open stores of this process that share the connections of the server; none where the store is a file."""
    if not is_shared(place):
        return []
    from .postgres import opened

    return opened(name_of(place))


def open_house(place: Place, hub: str = "") -> House:
    """The rows of health and room, by a connection of their own."""
    return House(_PostgresHouse(place) if is_shared(place) else place.store_path, hub)


def open_job_store(place: JobPlace) -> JobStore:
    """The rows of jobs, by connections of their own: in the store, or in the home where that is a file."""
    return JobStore(open_job_ground(place))


def open_job_ground(place: JobPlace) -> JobGround:
    """Where they are."""
    if not is_shared(place):
        return JobFile(place.jobs_path)
    from .job_postgres import JobsOnPostgres

    return JobsOnPostgres(place.store, place.store_session)


class _PostgresHouse:
    """Opened when it is first needed, and then one connection that nobody else takes."""

    usage = (
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
        " current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint"
    )

    def __init__(self, place: Place) -> None:
        self._place = place
        self._store: PostgresStore | None = None

    @contextmanager
    def transaction(self, *, writes: bool = True) -> Iterator[Connection]:
        if self._store is None:
            self._store = _postgres(self._place, most=1, writes="house")
        with self._store.transaction() as db:
            yield db

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _postgres(place: Place, *, most: int = 4, writes: Literal["library", "house"] = "library") -> PostgresStore:
    from .postgres import PostgresStore  # a fifth of a second, which who has a file need not wait

    return PostgresStore(place.store, place.store_session, most=most, writes=writes)
