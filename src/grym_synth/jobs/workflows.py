"""DBOS, and nothing of ours beside it: the only module that imports it. One process has one of these at a time.

It speaks to nobody: no console, no admin server, no telemetry, no account; and it writes no line to stderr.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy
from dbos import DBOS, DBOSConfig, SetWorkflowID

from ..storage.job_connections import open_engine
from .runs import STEPS, DoStep, Released

#: The number of the workflow below. A change in its steps gets a new one, and says what becomes of jobs under way.
VERSION = "jobs-1"
_AT_ONCE = 4  # jobs that run at a time in one process; their items share its room

_do_step: DoStep | None = None
_one = threading.Lock()
_under_way: set[str] = set()  # runs of this process


@DBOS.workflow(name="grym-job", max_recovery_attempts=None)
def _job(id: str, run: int) -> None:
    name = f"{id}.{run}"
    _under_way.add(name)
    try:
        for step in STEPS:
            DBOS.run_step({"name": step}, _step, step, id, run)
    finally:
        _under_way.discard(name)


def _step(step: str, id: str, run: int) -> None:
    if _do_step is None:
        raise Released
    _do_step(step, id, run)


class Workflows:
    """The `Runs` of DBOS: durable workflows in a file, or on Postgres. No queue of its own: who begins a run has it."""

    def __init__(self, where: Path | str, executor: str, do_step: DoStep) -> None:
        global _do_step
        if not _one.acquire(blocking=False):
            raise RuntimeError("this process works on the jobs of another home already")
        if not logging.getLogger("dbos").handlers:
            logging.getLogger("dbos").addHandler(logging.NullHandler())  # else DBOS adds one that writes to stderr
        self._engine, self._executor = open_engine(where), executor
        _under_way.clear()
        try:
            _do_step = do_step
            DBOS(config=_settings(executor, self._engine))
            DBOS.launch()
        except BaseException:
            self.close()
            raise

    def has_room(self) -> bool:
        return len(_under_way) < _AT_ONCE

    def submit(self, id: str, run: int) -> bool:
        name = f"{id}.{run}"
        found = DBOS.get_workflow_status(name)
        if found is None:
            _under_way.add(name)
            with SetWorkflowID(name):
                DBOS.start_workflow(_job, id, run)
            found = DBOS.get_workflow_status(name)
            if found is None or found.executor_id != self._executor:  # another was faster
                _under_way.discard(name)
            return True
        return found.status in ("ENQUEUED", "PENDING", "DELAYED")

    def pending(self) -> list[tuple[str, str]]:
        found = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        return [(item.workflow_id, item.executor_id or "") for item in found]

    def cancel(self, names: Sequence[str]) -> None:
        if names:
            DBOS.cancel_workflows(list(names))

    def close(self) -> None:
        global _do_step
        _do_step = None
        DBOS.destroy()
        self._engine.dispose()
        _one.release()


def _settings(executor: str, engine: sqlalchemy.Engine) -> DBOSConfig:
    return {
        "name": "grym-synth",
        "system_database_url": engine.url.render_as_string(hide_password=False),
        "system_database_engine": engine,
        "application_version": VERSION,
        "executor_id": executor,
        "enable_otlp": False,
        "use_listen_notify": False,
        "log_level": "ERROR",
    }
