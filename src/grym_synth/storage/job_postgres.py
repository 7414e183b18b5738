"""The jobs of several machines: beside their store in Postgres, where many take items at the same time.

A row that one has taken is passed over by the others (`SKIP LOCKED`), so nobody waits for anybody who works; who begins
a job, or lists its items, is alone with that.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from ..errors import MigrationFailed
from .job_ground import MIGRATIONS
from .postgres import PostgresStore
from .postgres_schema import bring_up
from .rights import JOB_KINDS
from .store import Connection, StoreAway, StoreUnavailable, without_password

_MOST_CONNECTIONS = 3
_CONNECT_S = 3


class JobsOnPostgres:
    """A `JobGround`.

    pooled, session : the addresses of the store; the engine of jobs keeps its own behind the second
    """

    now = "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"
    of_nobody, still, mine = " FOR UPDATE SKIP LOCKED", " FOR SHARE", " FOR UPDATE"
    is_there = True

    def __init__(self, pooled: str, session: str = "") -> None:
        self.engine: Path | str = session or pooled
        self._pooled, self._session = pooled, session or pooled
        self._turn = threading.Lock()
        self._store: PostgresStore | None = None

    def close(self) -> None:
        with self._turn:
            if self._store is not None:
                self._store.close()
                self._store = None

    @contextmanager
    def transaction(
        self, *, writes: bool = True, survives_power: bool = False, alone: bool = False
    ) -> Iterator[Connection]:
        """See `JobGround`; what is written is on the disk of the server in any case."""
        store = self._opened()
        with store.transaction() if alone else store.beside_others() as db:
            yield db

    def empty_log(self) -> None:
        """Its bytes go when the server cleans up (`VACUUM`)."""

    def _opened(self) -> PostgresStore:
        with self._turn:
            if self._store is None:
                store = PostgresStore(self._pooled, self._session, most=_MOST_CONNECTIONS, writes="jobs")
                try:
                    bring_up(
                        self._session,
                        connect_timeout=_CONNECT_S,
                        migrations=MIGRATIONS,
                        version_in="job_schema_version",
                        rights=JOB_KINDS,
                    )
                except MigrationFailed as error:
                    store.close()
                    raise StoreUnavailable(str(error), hint=error.hint, retry_after=60.0) from error
                except psycopg.Error as error:
                    store.close()
                    name = without_password(self._session)
                    raise StoreAway(f"the jobs in {name} are away: {type(error).__name__}", retry_after=5.0) from error
                self._store = store
            return self._store
