"""Who fell silent is declared dead, and what he had begun is begun by others.

Silence is measured by the clock of the database. An executor that was declared dead and lives after all finds out
before it writes anything: its token is no longer the one that stands in the store.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from ..storage.job_rows import JobRow, SilentExecutor
from ..storage.jobs import JobStore
from .runs import Runs

log = logging.getLogger(__name__)

DEAD_S = 60.0  # without a sign of life
_CLOCK_STEP_S = 5.0  # between two looks; more is a clock that was set, or a machine that slept


class Reaper:
    """Looks for executors that are gone; call it from a thread, every few seconds.

    own : the executor of this process, which says itself that it lives
    steady, clock : a clock that is never set, and the time of day. When they part, as after a sleep of the machine,
        everybody looks silent until the next sign of life: then nobody is declared dead before there was time for one.
    """

    def __init__(
        self,
        store: JobStore,
        own: str,
        *,
        dead_s: float = DEAD_S,
        steady: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._own, self._dead_s = store, own, dead_s
        self._steady, self._clock = steady, clock
        self._offset: float | None = None
        self._trusted_from = float("-inf")

    def find(self) -> list[SilentExecutor]:
        """Those that may be declared dead now."""
        steady = self._steady()
        before, self._offset = self._offset, self._clock() - steady
        if before is not None and abs(self._offset - before) > _CLOCK_STEP_S:
            log.warning("the clock jumped; nobody is dead for a while", extra={"by_s": self._offset - before})
            self._trusted_from = steady + self._dead_s
        if steady < self._trusted_from:
            return []
        return self._silent()

    def bury(self, id: str) -> int:
        """Declare one dead; 1, or 0 when it lives after all. What it had begun waits for whoever takes it."""
        for silent in self._silent():
            if silent.id == id:
                freed = self._store.declare_dead(silent.id, silent.token, self._dead_s)
                if freed is not None:
                    told = {"executor": id, "items": freed, "silent_s": round(silent.silent_s, 1)}
                    log.warning("an executor of jobs is dead", extra=told)
                    return 1
        return 0

    def hand_over(self, runs: Runs, knows: Callable[[JobRow], bool]) -> int:
        """Give another run to jobs whose executor is dead or gone, so that somebody begins it; how many.

        knows : whether this process can do them; those that it cannot are left to others
        """
        pending = runs.pending()  # before the executors: one that begins again in between has its runs for itself
        alive = {row.id for row in self._store.executors() if row.state == "alive"}
        over = []
        for name, executor in pending:
            id, _, run = name.rpartition(".")
            job = None if executor in alive else self._store.job(id)
            if job is not None and job.run == int(run) and job.state in ("waiting", "running"):
                if not knows(job):
                    continue
                self._store.run_again(id, int(run))
            if executor not in alive:
                over.append(name)
        runs.cancel(over)
        return len(over)

    def _silent(self) -> list[SilentExecutor]:
        if not self._store.is_there:
            return []
        return [silent for silent in self._store.silent(self._dead_s) if silent.id != self._own]
