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
_QUEUE = "jobs"
_AT_ONCE = 4  # jobs that run at a time in one process; their items share its room
_POLL_S = 0.5  # in which a job that was started begins

_do_step: DoStep | None = None
_one = threading.Lock()


@DBOS.workflow(name="grym-job", max_recovery_attempts=None)
def _job(id: str, run: int) -> None:
    for step in STEPS:
        DBOS.run_step({"name": step}, _step, step, id, run)


def _step(step: str, id: str, run: int) -> None:
    if _do_step is None:
        raise Released
    _do_step(step, id, run)


class Workflows:
    """The `Runs` of DBOS: durable workflows in an SQLite file."""

    def __init__(self, path: Path, executor: str, do_step: DoStep) -> None:
        global _do_step
        if not _one.acquire(blocking=False):
            raise RuntimeError("this process works on the jobs of another home already")
        if not logging.getLogger("dbos").handlers:
            logging.getLogger("dbos").addHandler(logging.NullHandler())  # else DBOS adds one that writes to stderr
        self._engine = open_engine(path)
        try:
            _do_step = do_step
            DBOS(config=_settings(path, executor, self._engine))
            DBOS.launch()
            DBOS.register_queue(_QUEUE, worker_concurrency=_AT_ONCE, polling_interval_sec=_POLL_S)
        except BaseException:
            self.close()
            raise

    def submit(self, id: str, run: int) -> bool:
        name = f"{id}.{run}"
        found = DBOS.get_workflow_status(name)
        if found is None:
            with SetWorkflowID(name):
                DBOS.enqueue_workflow(_QUEUE, _job, id, run)
            return True
        return found.status in ("ENQUEUED", "PENDING", "DELAYED")

    def pending(self) -> list[tuple[str, str]]:
        found = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        return [(item.workflow_id, item.executor_id or "") for item in found]

    def resume(self, names: Sequence[str]) -> None:
        if names:
            DBOS.resume_workflows(list(names))

    def close(self) -> None:
        global _do_step
        _do_step = None
        DBOS.destroy()
        self._engine.dispose()
        _one.release()


def _settings(path: Path, executor: str, engine: sqlalchemy.Engine) -> DBOSConfig:
    return {
        "name": "grym-synth",
        "system_database_url": f"sqlite:///{path}",
        "system_database_engine": engine,
        "application_version": VERSION,
        "executor_id": executor,
        "enable_otlp": False,
        "use_listen_notify": False,
        "log_level": "ERROR",
    }
