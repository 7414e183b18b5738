"""Spectra that wait for a while behind names that nobody can guess.

A handle is the name of one file in a folder of the hub's own. Whoever knows it may read that file, so it has 192 random
bits; it lives for 15 minutes after its last use, which the file's time of change keeps, so also across restarts.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..audio.spectrum.handle_names import EXPIRES_S, HANDLE, SUFFIX, new_handle
from ..errors import BadRequest

if TYPE_CHECKING:  # a hub that nobody asks for spectra does without numpy
    from ..audio.spectrum.stored import StoredSpectrogram
    from ..audio.spectrum.tiles import Tile, View

#: Our files, whole or half written; nothing else in the folder is ever touched.
_OURS = re.compile(rf"(?:{HANDLE.pattern}{re.escape(SUFFIX)}|\.{HANDLE.pattern}{re.escape(SUFFIX)}\.[0-9a-f]+\.part)")
_AGAIN = f"ask for the spectrum again; a handle lives {EXPIRES_S / 60:.0f} minutes after its last use"


class Handles:
    """The handles of one hub. `now` is the time of day in seconds, by which files are dated."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self.folder, self._now = folder, now

    def new(self) -> tuple[str, Path]:
        """A fresh handle, and where its file is to be written; the folder is there then, for this user alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = new_handle()
        return handle, self._place(handle)

    def path(self, handle: str) -> Path:
        """The file behind a handle, which counts as used now.

        Raises
        ------
        BadRequest
            It is no handle of ours, or it has expired: no answer tells which.
        """
        if not isinstance(handle, str) or not HANDLE.fullmatch(handle):
            raise BadRequest(f"{str(handle)[:60]!r} is no handle: they have 32 letters, digits, - and _", hint=_AGAIN)
        path = self._place(handle)
        with contextlib.suppress(OSError):
            found = path.lstat()
            if stat.S_ISREG(found.st_mode) and not self._is_old(found.st_mtime):
                now = self._now()
                os.utime(path, (now, now), follow_symlinks=False)
                return path
        raise BadRequest(f"nothing is behind the handle {handle!r} (any more)", hint=_AGAIN)

    def open(self, handle: str) -> StoredSpectrogram:
        """What is behind a handle, to be read by range; raises BadRequest as `path` does, and when it is damaged."""
        from ..audio.spectrum.stored import open_spectrogram

        return open_spectrogram(self.path(handle))

    def read_tile(self, handle: str, view: View) -> Tile:
        """A part of what is behind a handle; raises BadRequest as `open` does, and when nothing lies in that part."""
        from ..audio.spectrum.tiles import cut_tile

        with self.open(handle) as stored:
            return cut_tile(stored, view)

    def expire(self) -> int:
        """Remove what was last used more than 15 minutes ago, half-written files too; how many went."""
        removed = 0
        for path, found in self._files():
            if self._is_old(found.st_mtime):
                with contextlib.suppress(OSError):  # somebody was faster, or may; the next time will tell
                    path.unlink()
                    removed += 1
        return removed

    def _place(self, handle: str) -> Path:
        return self.folder / f"{handle}{SUFFIX}"

    def _is_old(self, used: float) -> bool:
        return self._now() - used > EXPIRES_S

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(self.folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    found = entry.stat(follow_symlinks=False)
                    if _OURS.fullmatch(entry.name) and stat.S_ISREG(found.st_mode):
                        yield Path(entry.path), found
