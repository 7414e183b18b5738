"""When to look at folders again: at once where the system tells of changes, else every now and then.

What tells of changes is `watchfiles`, where it is installed. Folders on other machines tell nothing, so they are looked
at now and then in any case; how often follows from how long a look takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

QUIET_S = 2.0  # a file that changed since is still being written
_LEAST_S, _SHARE = 2.0, 0.05  # between two looks, and of the time that looking may take
_UNTOLD_S = 60.0  # the same where the system tells of changes, for what it does not see
_CALM_MS = 500


class Watch:
    """Notices changes of folders while its block lasts."""

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = roots
        self._changed = asyncio.Event()
        self.is_told = False  # whether the system tells of changes

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[Watch]:
        """Take note of changes in the body of the block."""
        task = asyncio.create_task(self._listen())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def wait(self, look_s: float, *, soon: bool = False) -> None:
        """Until it is time to look again.

        look_s : how long the last look took; soon : something is known to change just now
        """
        pause = max(_LEAST_S, look_s / _SHARE)
        if self.is_told and not soon:
            pause = max(pause, _UNTOLD_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), QUIET_S if soon else pause)
            await asyncio.sleep(QUIET_S)  # whoever copies a folder has not finished with its first file
        self._changed.clear()

    async def _listen(self) -> None:
        try:
            from watchfiles import awatch
        except ImportError:
            return
        while there := [root for root in self._roots if Path(root).is_dir()]:
            try:
                self.is_told = True
                async for _ in awatch(*there, debounce=_CALM_MS, ignore_permission_denied=True):
                    self._changed.set()
            except Exception as error:  # noqa: BLE001 a stranger's code: without it we look now and then
                log.warning("the system tells of no changes: %s", error)
            self.is_told = False
            await asyncio.sleep(_UNTOLD_S)
