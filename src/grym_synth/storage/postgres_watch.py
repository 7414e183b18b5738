"""Ends connections that wait for an answer for too long: a pooler keeps a query until its server is back."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_LOOK_S = 0.25


class Watch:
    """One for each store; its thread runs while a connection is lent."""

    def __init__(self) -> None:
        self._until: dict[int, tuple[float, int]] = {}  # by a number of its own: when it is too long, and which socket
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._count = 0

    @contextmanager
    def at_most(self, seconds: float, fileno: int) -> Iterator[None]:
        """Cut the socket if the body takes longer: whoever waits on it is told that the connection is lost."""
        with self._turn:
            self._count += 1
            number = self._count
            self._until[number] = (time.monotonic() + seconds, fileno)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, daemon=True, name="watch of the store")
                self._thread.start()
        try:
            yield
        finally:
            with self._turn:
                self._until.pop(number, None)

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK_S)
            with self._turn:  # while this is held nobody is done, so the number is still that of the same socket
                now = time.monotonic()
                for number in [number for number, (until, _) in self._until.items() if now > until]:
                    _cut(self._until.pop(number)[1])
                if not self._until:
                    self._thread = None
                    return


def _cut(fileno: int) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(fileno)) as line:
        line.shutdown(socket.SHUT_RDWR)
