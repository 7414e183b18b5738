"""A process that has imported the program and forks for each command, as `chg` does for the tests of Mercurial.

A command is a process of its own as ever, with its own folder, environment, arguments, output and end. Only what all
of them would import anew, most of what a small command costs, is imported once for each process that runs tests.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

#: What a command with a hub of its own imports; `typer._adapters` comes with its first option.
IMPORTED = ("grym_synth.frontends.cli", "grym_synth.frontends.operations", "grym_synth.opening", "typer._adapters")
ROOT = Path(__file__).parents[1]


class ReadyProcess:
    """Started by the first command that needs it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._calls: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def run(
        self, words: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """What `subprocess.run` of `python -m grym_synth` gives, with its output as text."""
        with contextlib.ExitStack() as stack:
            asked = stack.enter_context(tempfile.TemporaryFile("w+"))
            json.dump({"words": words, "cwd": str(cwd or Path.cwd()), "env": dict(env)}, asked)
            asked.seek(0)
            pipes = [os.pipe() for _ in range(3)]
            out, err, told = (stack.enter_context(os.fdopen(reading, "rb")) for reading, _ in pipes)
            try:
                socket.send_fds(self._started(), [b"+"], [asked.fileno(), *(writing for _, writing in pipes)])
            finally:
                for _, writing in pipes:
                    os.close(writing)
            pid, code = int(told.readline()), None
            try:
                said = _read(out.fileno(), err.fileno())
                code = int(told.readline())
            finally:
                if code is None:  # as `subprocess.run` does to whom nobody waits for any more
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            return subprocess.CompletedProcess(words, code, *(text.decode() for text in said))

    def close(self) -> None:
        if self._calls is not None and self._process is not None:
            self._calls.close()
            said = self._process.communicate()
            assert said == (b"", b""), said

    def _started(self) -> socket.socket:
        with self._turn:
            if self._calls is None:
                self._calls, theirs = socket.socketpair()
                with theirs:
                    command = [sys.executable, "-m", "tests.ready_process", str(theirs.fileno())]
                    self._process = subprocess.Popen(
                        command, cwd=ROOT, stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,  # what is forked writes to pipes as well
                        pass_fds=[theirs.fileno()],
                    )  # fmt: skip
            return self._calls


READY = ReadyProcess()


def _read(*pipes: int) -> list[bytes]:
    """All that is written to pipes, side by side: nobody waits before a full one."""
    said = {pipe: bytearray() for pipe in pipes}
    poll = select.poll()
    for pipe in pipes:
        poll.register(pipe, select.POLLIN)
    left = len(pipes)
    while left:
        for pipe, _ in poll.poll():
            said[pipe] += (piece := os.read(pipe, 65536))
            if not piece:
                poll.unregister(pipe)
                left -= 1
    return [bytes(said[pipe]) for pipe in pipes]


def _serve(calls: socket.socket) -> list[int]:
    """Fork for each call; comes back in each forked process with its files, and never in this one."""
    poll, running = select.poll(), dict[int, tuple[int, int]]()
    poll.register(calls, select.POLLIN)
    while True:
        for ready, _ in poll.poll():
            if ready in running:
                pid, told = running.pop(ready)
                poll.unregister(ready)
                os.close(ready)
                os.write(told, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                os.close(told)
                continue
            called, files, _, _ = socket.recv_fds(calls, 1, 4)
            if not called:
                os._exit(0)
            if not (pid := os.fork()):
                calls.close()
                for process, (_, told) in running.items():
                    os.close(process)
                    os.close(told)
                os.close(files.pop())
                return files
            told = files.pop()
            os.write(told, b"%d\n" % pid)
            running[process := os.pidfd_open(pid)] = (pid, told)
            poll.register(process, select.POLLIN)
            for file in files:
                os.close(file)


def main() -> None:
    for name in IMPORTED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is imported stays shared
    request, out, err = _serve(socket.socket(fileno=int(sys.argv[1])))
    for ours, theirs in ((1, out), (2, err)):
        os.dup2(theirs, ours)
        os.close(theirs)
    with os.fdopen(request) as file:
        asked = json.load(file)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    sys.argv[1:], sys.path[0] = asked["words"], asked["cwd"]
    runpy.run_module("grym_synth", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
