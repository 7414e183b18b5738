"""Where the rows of jobs are: what `jobs.py` needs of a database, so that its SQL is the same for each."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from .store import Connection

MIGRATIONS = Path(__file__).parent / "job_migrations"


class JobGround(Protocol):
    """Nothing is opened before it is needed. Threads may share it.

    engine : where the engine of jobs keeps its own: a file, or the address of a session on Postgres
    now : the clock of the database in SQL, seconds since 1970
    of_nobody : what a query ends with whose row others must not take at the same time; they take the next one
    still : what one ends with whose row must stay as it is until the transaction ends; others may read it so too
    mine : what one ends with whose row others wait for
    Every method that reads or writes raises StoreUnavailable.
    """

    engine: Path | str
    now: str
    of_nobody: str
    still: str
    mine: str

    @property
    def is_there(self) -> bool:
        """Whether there may be jobs."""
        ...

    def close(self) -> None: ...

    def transaction(
        self, *, writes: bool = True, survives_power: bool = False, alone: bool = False
    ) -> AbstractContextManager[Connection]:
        """All that the body writes, or nothing of it.

        survives_power : it is on the disk before this ends
        alone : nobody else who asks for that writes meanwhile
        """
        ...

    def empty_log(self) -> None:
        """Leave no trace of what was deleted in what is written ahead, as far as nobody else reads it."""
        ...
