"""How work on many files is told to people: how far it is, and what an index did."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping
from typing import Any

_LINE_EVERY_S = 3.0
_REWRITTEN_EVERY_S = 0.2
_SHOWN = 20  # files that failed, before the rest is only counted


class FilesView:
    """How work on many files goes, on stderr: a line that is written anew in a terminal, one now and then elsewhere."""

    def __init__(self, *, is_terminal: bool) -> None:
        self._is_terminal = is_terminal
        self._last = time.monotonic()
        self.more: Mapping[str, Any] = {}

    def show(self, progress: Mapping[str, Any]) -> None:
        self.more = progress.get("more", self.more)
        now = time.monotonic()
        if now - self._last < (_REWRITTEN_EVERY_S if self._is_terminal else _LINE_EVERY_S):
            return
        self._last = now
        text = printable_line(progress_line(progress))
        sys.stderr.write(f"\r\x1b[K{text[: _width()]}" if self._is_terminal else f"{text}\n")
        sys.stderr.flush()

    def close(self) -> None:
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")


def progress_line(progress: Mapping[str, Any]) -> str:
    """One line about how far an index, or learning, is."""
    if not progress.get("of") or "done" not in progress:
        return f"{progress['message']}  {progress['subject']}".rstrip()
    failed = f", {progress['failed']} cannot be" if progress["failed"] else ""
    left = progress.get("left_s", ())
    until = f"{_range(*left)} left · " if left else "" if left == () else "time left unknown yet · "
    of = f"{progress['done']:,} of {progress['of']:,} {progress.get('verb', 'listened to')}{failed}"
    return f"{of} · {until}{progress['message']}  {progress['subject']}"


def summary_lines(document: Mapping[str, Any], more: Mapping[str, Any]) -> list[str]:
    """The summary for people."""
    parts = [
        (document["analysed"], "listened to"),
        (document["unchanged"], "unchanged"),
        (document["moved"], "moved"),
        (more.get("copied", 0), "the same as others"),
        (len(document["failed"]), "could not be listened to"),
    ]
    told = ", ".join(f"{count:,} {word}" for count, word in parts if count)
    removed = f"; {document['removed']:,} gone" if document["removed"] else ""
    lines = [
        f"{files_in_words(document['files'])}{': ' if told else ''}{told}{removed}, in {_span(document['seconds'])}"
    ]
    if more.get("cancelled"):
        lines.append("it was cancelled before its end; the same command goes on from here")
    if more.get("stale"):
        lines.append(f"{more['stale']:,} were known by an older version and were listened to anew")
    lines += [f"{folder}: {reason}; nothing in it was looked at" for folder, reason in more.get("refused", {}).items()]
    if more.get("away"):
        lines.append(f"{files_in_words(more['away'])} that cannot be looked at now: what is known of them is kept")
    lines += [f"{path}: a link to a folder, left out; name the folder itself" for path in more.get("linked", ())]
    lines += [f"{path}: is being written to; index again when that is done" for path in more.get("written_to", ())]
    failed = document["failed"]
    lines += [f"{item['path']}: {item['reason']}" for item in failed[:_SHOWN]]
    if len(failed) > _SHOWN:
        lines.append(f"and {len(failed) - _SHOWN:,} more; --json lists them all")
    return lines


def printable_line(text: str) -> str:
    """Names of files are text from strangers: what would steer a terminal, or begin a line, is spelled out."""
    from .exports import printable

    return printable(text)


def files_in_words(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _range(low: float, high: float) -> str:
    """A length of time that is known only within bounds."""
    shortest, longest = _span(low), _span(high)
    return f"about {longest}" if shortest == longest else f"{shortest} to {longest}"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _width() -> int:
    return shutil.get_terminal_size().columns - 1
