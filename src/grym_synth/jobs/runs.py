"""The seam to whatever makes a run of a job durable: DBOS in `workflows.py`, a plain one in `testing.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

#: What every run does, one after the other.
STEPS = ("list", "do", "finish")

#: (step, job, run): does the step in the thread that calls, and returns when it is done; may raise Released.
DoStep = Callable[[str, str, int], None]


class Released(BaseException):
    """This process lets go of a job that is not done. No Exception, so that it is no way for a run to end."""


class Runs(Protocol):
    """Runs of jobs that one executor has under way; all of it waits for the disk. A run that was let go of, or whose
    process was killed, is begun again at the step that it was at when the same executor launches again. Others do not
    take it: they give the job another run.
    """

    def has_room(self) -> bool:
        """Whether one more may begin."""
        ...

    def submit(self, id: str, run: int) -> bool:
        """Do a run of a job; False when that was done, and did not bring the job to its end. Twice is as once, also
        where two executors do it at the same time."""
        ...

    def pending(self) -> list[tuple[str, str]]:
        """Every run under way, of all executors: its name, and the executor that has it."""
        ...

    def cancel(self, names: Sequence[str]) -> None:
        """Have runs never gone on with by anybody."""
        ...

    def close(self) -> None:
        """Let go of everything; what is not done stays unfinished. No step may be under way."""
        ...


#: (a file, or the address of a session on Postgres; executor; how a step is done).
Launch = Callable[[Path | str, str, DoStep], Runs]


def launch_dbos(where: Path | str, executor: str, do_step: DoStep) -> Runs:
    """Load DBOS and begin; a second of imports, which only work on jobs is worth."""
    from .workflows import Workflows

    return Workflows(where, executor, do_step)
