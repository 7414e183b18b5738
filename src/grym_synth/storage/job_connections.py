"""Connections for DBOS, which speaks SQLAlchemy, to where jobs are; imported only where DBOS is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy

_BUSY_MS = 30_000
_CONNECT_S = 5


def open_engine(where: Path | str) -> sqlalchemy.Engine:
    """Connections to a file, or to a session on Postgres."""
    return _of_file(where) if isinstance(where, Path) else _of_postgres(where)


def _of_postgres(address: str) -> sqlalchemy.Engine:
    """Few connections, since a server has few for many machines, and none that holds a statement of its session."""
    given = address.replace("postgres://", "postgresql://", 1)
    return sqlalchemy.create_engine(
        given.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=2,
        max_overflow=2,
        pool_pre_ping=True,
        connect_args={"prepare_threshold": None, "connect_timeout": _CONNECT_S, "application_name": "grym-synth jobs"},
    )


def _of_file(path: Path) -> sqlalchemy.Engine:
    """Connections as DBOS makes them, but for the write-ahead log: a tenth of the time for each step."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")

    def prepare(connection: Any, record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in (f"busy_timeout = {_BUSY_MS}", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    sqlalchemy.event.listen(engine, "connect", prepare)
    return engine
