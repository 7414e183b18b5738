"""Run as a script: start a candidate within limits, and let nothing that it starts escape. Standard library only.

    python -I -S warden.py ORDERS_FD REPORTS_FD LIMITS_JSON COMMAND...

It adopts what the candidate leaves behind, also what left its session and emptied its environment (prctl(2),
PR_SET_CHILD_SUBREAPER). Reports are JSON lines: `{"pid"}`, `{"ended"}` (exit status, negative for a signal),
`{"left"}` (commands still running at the end). Anything on the orders, and their end, is the order to kill all.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time

TYPE_CHECKING = False  # as in `typing`, whose import would cost as much as all the rest
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_GRACE_S = 0.2  # for helpers that end when their parent has


def main() -> None:
    orders, reports, limits, command = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4:]
    os.set_inheritable(orders, False)
    os.set_inheritable(reports, False)
    _prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
    pid = os.fork()
    if pid == 0:
        _become(command, limits, reports)
    _report(reports, pid=pid)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):  # else the candidate's end of output would never be seen
        os.dup2(nothing, fd)
    status = _wait_for_end(pid, orders)
    if status is not None:
        _report(reports, ended=status)
        select.select([orders], [], [])
        _leave_alone_for_a_moment()
    _report(reports, left=[_command_of(other) for other in _descendants() if other != pid])
    _kill_all()


def _become(command: list[str], limits: dict[str, int], reports: int) -> None:
    os.setsid()
    _prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    for name, value in limits.items():
        limit = getattr(resource, name)
        most = resource.getrlimit(limit)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(limit, (value, value))
    try:
        os.execvp(command[0], command)
    except (OSError, ValueError) as error:
        _report(reports, failed=str(error))
        os._exit(127)


def _wait_for_end(pid: int, orders: int) -> int | None:
    """Exit status of the candidate; None when the order came first."""
    watched = [os.pidfd_open(pid)] if hasattr(os, "pidfd_open") else []
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if orders in select.select([orders, *watched], [], [], 1.0 if watched else 0.01)[0]:
            return None


def _leave_alone_for_a_moment() -> None:
    until = time.monotonic() + _GRACE_S
    while _descendants() and time.monotonic() < until:
        time.sleep(0.01)


def _kill_all() -> None:
    """Kill until nobody is left; what forks faster than it is killed is given up after two seconds."""
    until = time.monotonic() + 2.0
    stopped: set[int] = set()
    while (found := set(_descendants())) - stopped and time.monotonic() < until:
        _signal(found - stopped, signal.SIGSTOP)  # what stands still cannot fork; then none is missed
        stopped |= found
    while time.monotonic() < until:
        left = _descendants()
        _signal(left, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        if left:
            time.sleep(0.005)


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def _descendants() -> list[int]:
    """Everything alive that comes from this process."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb") as file:
                    state, parent = file.read().rpartition(b")")[2].split()[:2]
            except (OSError, ValueError):
                continue
            # A dead one counts for its children's sake only.
            children.setdefault(int(parent), []).append(-int(entry) if state == b"Z" else int(entry))
    found, unseen = [], [os.getpid()]
    while unseen:
        below = children.get(unseen.pop(), [])
        unseen += [abs(pid) for pid in below]
        found += [pid for pid in below if pid > 0]
    return found


def _command_of(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()[:120]
    except OSError:
        return f"process {pid}"


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _report(reports: int, **fields: Any) -> None:
    try:
        os.write(reports, json.dumps(fields).encode() + b"\n")
    except OSError:  # nobody reads any longer; then the orders have ended as well
        return


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    main()
