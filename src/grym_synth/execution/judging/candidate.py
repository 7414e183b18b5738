"""The process under examination: started within limits, measured from outside, and ended with all that it started."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import AgentCrashed
from .verdict import Limits

_WARDEN = Path(__file__).with_name("warden.py")
_MOST_FILES, _LARGEST_FILE, _MOST_CPU_S = 1024, 256 << 20, 120
# Processes and threads: in a container those of the same user outside count as well, and cannot be seen.
_MOST_TASKS = 4096
_TO_END_S = 4.0  # the warden needs two at most
MARK = "GRYM_JUDGED"


@dataclass(frozen=True, slots=True)
class _Input:
    """Our end of a pipe that something is read from."""

    stream: asyncio.StreamReader
    transport: asyncio.ReadTransport

    @classmethod
    async def of(cls, fd: int) -> _Input:
        stream = asyncio.StreamReader()
        pipe = os.fdopen(fd, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), pipe
        )
        return cls(stream, transport)


class Candidate:
    """A running candidate, without a shell, in its own session; `launch` starts one, `close` leaves nothing of it."""

    def __init__(self, warden: asyncio.subprocess.Process, orders: int, mark: str, inputs: Sequence[_Input]) -> None:
        assert warden.stdin is not None
        self._warden, self._orders, self._mark, self._inputs = warden, orders, mark, inputs
        self.stdin = warden.stdin
        self.stdout, self.stderr = inputs[0].stream, inputs[1].stream
        self.pid = 0
        self.status: int | None = None  # exit status, negative for a signal; None while it runs
        self.left: tuple[str, ...] = ()  # commands that were still running after it had ended by itself
        self.failed_start = ""  # why there is no such program
        self.is_unwatched = False  # its warden has gone before it was told to
        self.n_escaped = 0  # processes that had to be found by their mark
        self._ended = asyncio.Event()
        self._reading = asyncio.create_task(self._read_reports(inputs[2].stream))

    @classmethod
    async def launch(
        cls, command: Sequence[str], environment: Mapping[str, str], folder: Path, limits: Limits, ram_mb: float
    ) -> Candidate:
        """Start `command` in `folder`; `environment` gets a mark by which all that comes of it is known.

        Raises
        ------
        AgentCrashed
            It cannot be started.
        """
        bounds = {
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": _MOST_FILES,
            "RLIMIT_FSIZE": _LARGEST_FILE,
            "RLIMIT_CPU": _MOST_CPU_S,
            # Private memory, not address space: much is reserved and never used by numeric libraries and by Node.
            "RLIMIT_DATA": round(ram_mb * 2**20),
            # Counted over all processes of the user; not at all for root.
            "RLIMIT_NPROC": _n_tasks_of_user() + _MOST_TASKS,
        }
        mark = f"{MARK}={secrets.token_hex(8)}"
        name, _, value = mark.partition("=")
        read_orders, orders = os.pipe()
        pipes = [os.pipe() for _ in range(3)]  # standard output, standard error, reports
        try:
            warden = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(_WARDEN), str(read_orders), str(pipes[2][1]), json.dumps(bounds)),
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=pipes[0][1],
                stderr=pipes[1][1],
                pass_fds=(read_orders, pipes[2][1]),
                cwd=folder,
                env={**environment, name: value},
                start_new_session=True,
            )
        except BaseException as error:
            for fd in (orders, *(read for read, _ in pipes)):  # the end of orders is the order to end
                os.close(fd)
            if isinstance(error, OSError | ValueError):
                raise AgentCrashed(f"it could not be started: {error}") from error
            raise
        finally:
            for fd in (read_orders, *(write for _, write in pipes)):
                os.close(fd)
        return cls(warden, orders, mark, [await _Input.of(read) for read, _ in pipes])

    async def wait(self, timeout: float) -> int | None:
        """Exit status once it ends; None when it runs longer than `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), timeout)
        return self.status

    def memory_mb(self) -> tuple[float, float]:
        """Resident memory now and at most, in MB; (0, 0) when it has ended."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        except OSError:
            return 0.0, 0.0
        kilobytes = {line[:5]: float(line.split()[1]) for line in lines if line.startswith("Vm")}
        return kilobytes.get("VmRSS", 0.0) / 1024, kilobytes.get("VmHWM", 0.0) / 1024

    def order_end(self) -> None:
        """Have whatever still runs of it killed, its children wherever they went; does not wait."""
        if self._orders >= 0:
            os.close(self._orders)
            self._orders = -1

    async def close(self) -> None:
        """The same, until they are gone; what it said last stays readable until then."""
        self.order_end()
        if self.is_unwatched:
            self.n_escaped += kill_marked(self._mark)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._warden.wait(), _TO_END_S)
        if self._warden.returncode is None:
            self._warden.kill()
            await self._warden.wait()
        self.n_escaped += kill_marked(self._mark)
        await asyncio.wait([self._reading], timeout=1.0)

    def release(self) -> None:
        """Close our ends of its pipes."""
        self._reading.cancel()
        self.stdin.close()
        for one in self._inputs:
            one.transport.close()

    async def _read_reports(self, reports: asyncio.StreamReader) -> None:
        while line := await reports.readline():
            match json.loads(line):
                case {"pid": int() as pid}:
                    self.pid = pid
                case {"ended": int() as status}:
                    self.status = status
                    self._ended.set()
                case {"left": list() as left}:
                    self.left = tuple(str(command) for command in left)
                case {"failed": str() as why}:
                    self.failed_start = why
        self.is_unwatched = self._orders >= 0
        self._ended.set()


def _n_tasks_of_user() -> int:
    """Processes and threads of this user."""
    found, user = 0, os.getuid()
    for entry in _processes():
        with contextlib.suppress(OSError):
            found += sum(1 for _ in (entry / "task").iterdir()) if entry.stat().st_uid == user else 0
    return found


def _processes() -> list[Path]:
    """Their folders under /proc; none elsewhere than on Linux."""
    proc = Path("/proc")
    return [entry for entry in proc.iterdir() if entry.name.isdigit()] if proc.is_dir() else []


def kill_marked(mark: str) -> int:
    """Kill what got away from its warden: processes whose environment, as they were started, holds `mark`; how many."""
    killed: set[int] = set()
    for _ in range(5):
        found = _marked(mark)
        if not found:
            break
        killed.update(found)
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    return len(killed)


def _marked(mark: str) -> list[int]:
    found = []
    for entry in _processes():
        with contextlib.suppress(OSError):
            if mark.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found
