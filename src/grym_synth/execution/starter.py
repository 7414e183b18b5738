"""Run as a script: bound this process, bind it to its hub, become an agent. Standard library only.

    python -I -S starter.py HUB_PID RAM_BYTES COMMAND...

It costs 10 ms, and spares the hub from running code between fork and exec, which is not safe beside threads.
"""

from __future__ import annotations

import os
import resource
import signal
import sys

_MOST_FILES = 1024
_LARGEST_FILE = 64 << 30  # bytes: what an agent may write at most, its spilled rows included


def main() -> None:
    hub, ram, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != hub:  # it died before it could be told
            os._exit(1)
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _MOST_FILES),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_AS, ram),
    ):
        _, most = resource.getrlimit(limit)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(limit, (value, value))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
