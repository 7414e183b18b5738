"""Progress for the person waiting, on stderr: a live bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from .exports import printable

_PATIENCE = 1.0  # seconds before anything is shown: what is quick needs no bar
_LINE_EVERY = 3.0


class ProgressView:
    """Fed with the progress documents of an operation; silent for its first second."""

    def __init__(self, *, is_terminal: bool) -> None:
        self._is_terminal = is_terminal
        self._start = self._last_line = time.monotonic()
        self._fractions: dict[str, float] = {}
        self._bar: Any = None
        self._task: Any = None

    def show(self, progress: Mapping[str, Any]) -> None:
        self._fractions[str(progress["step"])] = float(progress["fraction"])
        now = time.monotonic()
        if now - self._start < _PATIENCE:
            return
        done = sum(1 for fraction in self._fractions.values() if fraction >= 1.0)
        count = max(len(self._fractions), int(progress.get("of", 0)))  # not all of a large folder have begun
        of_all = f"{done} of {count} files" if count > 1 else ""
        text = " · ".join(
            filter(None, [of_all, printable(str(progress["subject"])), printable(str(progress["message"]))])
        )
        share = sum(self._fractions.values()) / count
        if self._is_terminal:
            self._show_bar(text, share)
        elif now - self._last_line >= _LINE_EVERY:
            self._last_line = now
            sys.stderr.write(f"{share:4.0%} {text}\n")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _show_bar(self, text: str, share: float) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (
                BarColumn(),
                TextColumn("{task.percentage:3.0f} %"),
                TimeRemainingColumn(),
                TextColumn("{task.description}"),
            )
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("", total=1.0)
            self._bar.start()
        from rich.markup import escape

        self._bar.update(self._task, completed=share, description=escape(text))
