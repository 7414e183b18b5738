"""What was called, by whom and how it ended: a line each in `calls.jsonl` of the home. No argument is written down."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

_LARGEST = 10 << 20  # bytes; then one older file is kept beside it


class Journal:
    """The journal of one home; several processes may write it. That it cannot be written stops no call."""

    def __init__(self, home: Path) -> None:
        self._place = home / "calls.jsonl"
        self.fault = ""

    def note(self, *, caller: str, via: str, call: str, paths: int, exit: int, code: str, ms: float) -> None:
        line = {
            "at": round(time.time(), 3), "caller": caller, "via": via, "call": call, "paths": paths, "exit": exit,
            "code": code, "ms": round(ms, 1),
        }  # fmt: skip
        try:
            handle = os.open(self._place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(handle, (json.dumps(line, separators=(",", ":")) + "\n").encode())
                if os.fstat(handle).st_size > _LARGEST:
                    self._place.replace(self._place.with_suffix(".1.jsonl"))
            finally:
                os.close(handle)
            self.fault = ""
        except OSError as error:
            self.fault = f"{self._place}: {error.strerror}"
