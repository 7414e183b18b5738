"""Nothing outlives its hub: find and end what it launched, by a mark in the environment. Standard library only.

    python -I -S keeper.py MARK        waits until its input ends, then ends every process with that mark

A process group is left by `setsid`, and a parent-death signal reaches children only; the environment that a process
was started with stays readable under /proc, its children's too. One that starts another with an emptied environment
in another session escapes. Elsewhere than on Linux only process groups are ended.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # as in `typing`, whose import would cost as much as all the rest
if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "GRYM_HUB"
_PROC = "/proc"


def mark_of_this_process(home: str) -> str:
    """`PID:START:HOME`: which hub launched a process. A number is used again, its start time is not."""
    pid = os.getpid()
    return f"{pid}:{_started(pid)}:{home}"


def is_alive(mark: str) -> bool:
    """Whether the hub that made this mark still runs; what is no mark is nobody's."""
    pid, _, rest = mark.partition(":")
    started = rest.partition(":")[0]
    return pid.isdigit() and bool(started) and _started(int(pid)) == started


def marks() -> Iterator[tuple[int, str]]:
    """(pid, mark) of every process of this user that a hub launched."""
    here, name = os.getpid(), MARK.encode() + b"="
    for entry in os.listdir(_PROC) if os.path.isdir(_PROC) else ():
        if entry.isdigit() and int(entry) != here:
            environment = _read(entry, "environ")
            at = 0 if environment.startswith(name) else environment.find(b"\0" + name) + 1
            if at or environment.startswith(name):
                value = environment[at + len(name) :].partition(b"\0")[0]
                yield int(entry), value.decode("utf-8", "surrogateescape")


def _of(mark: str) -> Iterator[int]:
    return (pid for pid, found in marks() if found == mark)


def end_marked(mark: str) -> int:
    """Kill every process with this mark; how many."""
    ended = set()
    # A second look catches what was forked during the first.
    for pid in [*_of(mark), *_of(mark)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
        ended.add(pid)
    return len(ended)


def left_behind(home: str) -> list[tuple[int, str]]:
    """(pid, mark) of what hubs of this home launched that run no more."""
    return [(pid, mark) for pid, mark in marks() if mark.endswith(f":{home}") and not is_alive(mark)]


def _started(pid: int) -> str:
    """Start time of a process in clock ticks since the machine started; "" when it has ended."""
    # The name of the program, in brackets, may hold anything; after it come the state, and 18 fields later the time.
    fields = _read(str(pid), "stat").rpartition(b")")[2].split()
    return "" if not fields or fields[0] == b"Z" else fields[19].decode()


def _read(pid: str, name: str) -> bytes:
    try:
        with open(f"{_PROC}/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:  # ended meanwhile, or another user's
        return b""


if __name__ == "__main__":
    sys.stdin.buffer.read()
    end_marked(sys.argv[1])
