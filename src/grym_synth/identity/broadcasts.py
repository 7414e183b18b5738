"""The cue of Supabase: its Realtime says on a private channel that something changed, and this hears it.

For whoever is signed in to a project and has no session with its database. What is said while nobody hears it is lost,
as with NOTIFY: whoever is woken after that catches up. The client of Realtime gives up for good after a few tries and
tells nobody, so it is never left to mend itself: whatever happens to it, it is closed and made anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import GrymError
from .signin import Project, SignIn

if TYPE_CHECKING:
    from realtime import AsyncRealtimeClient

log = logging.getLogger(__name__)
logging.getLogger("realtime").setLevel(logging.CRITICAL)  # what it tells of as errors is mended here

TOPIC = "grym"
_AGAIN_S, _AGAIN_AT_MOST_S = 0.5, 10.0
_RENEW_S = 30.0  # between two looks whether the token was renewed
_JOIN_S = 10


async def broadcasts(sign_in: SignIn, wake: Callable[[], None]) -> None:
    """Call `wake` at every broadcast, and at every new beginning, until cancelled."""
    again = _AGAIN_S
    while True:
        began = time.monotonic()
        try:
            token = await asyncio.to_thread(sign_in.token)
            async with _Hearing(sign_in.project, token, wake) as hearing:
                wake()  # for what came while nobody heard it
                while not await hearing.is_lost(_RENEW_S):
                    fresh = await asyncio.to_thread(sign_in.token)
                    if fresh != token:
                        token = fresh
                        await hearing.client.set_auth(token)
            reason = hearing.reason
        except GrymError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - of its client, which raises what it likes
            reason = type(error).__name__
        if time.monotonic() > began + _AGAIN_AT_MOST_S:
            again = _AGAIN_S
        log.info("changes are not announced just now", extra={"reason": reason, "again_in_s": again})
        await asyncio.sleep(again)
        again = min(_AGAIN_AT_MOST_S, again * 2.0)


class _Hearing:
    """One life of the client: joined for the body of an `async with` block; raises ConnectionError when it cannot."""

    def __init__(self, project: Project, token: str, wake: Callable[[], None]) -> None:
        from realtime import AsyncRealtimeClient

        address = f"{project.url.rstrip('/')}/realtime/v1"
        self.client: AsyncRealtimeClient = AsyncRealtimeClient(
            address, project.key, auto_reconnect=False, max_retries=1, timeout=_JOIN_S
        )
        self.reason = ""
        self._token, self._wake = token, wake
        self._lost = asyncio.Event()

    async def __aenter__(self) -> _Hearing:
        from realtime import RealtimeSubscribeStates

        joined = False

        def told(state: RealtimeSubscribeStates, error: Exception | None) -> None:
            nonlocal joined
            if state == RealtimeSubscribeStates.SUBSCRIBED:
                joined = True
            else:
                self.reason = str(error or state.value)[:200]
                self._lost.set()

        try:
            await self.client.set_auth(self._token)
            await self.client.connect()
            channel = self.client.channel(
                TOPIC,
                {
                    "config": {
                        "broadcast": {"ack": False, "self": False},
                        "presence": {"key": "", "enabled": False},
                        "private": True,
                    }
                },
            )
            channel.on_broadcast("change", lambda _: self._wake())
            async with asyncio.timeout(_JOIN_S):
                await channel.subscribe(told)
            if not joined:
                raise ConnectionError(self.reason or "not joined")
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._end()

    async def is_lost(self, within_s: float) -> bool:
        """Whether the client is of no use any more; waits so long for that.

        It may say so, or end without a word.
        """
        told, listening = asyncio.create_task(self._lost.wait()), self.client._listen_task
        ends = [told, *([listening] if listening else [])]
        try:
            await asyncio.wait(ends, timeout=within_s, return_when="FIRST_COMPLETED")
        finally:  # also when this is cancelled, which leaves what it waited for running
            told.cancel()
        return self._lost.is_set() or not self.client.is_connected or listening is None or listening.done()

    async def _end(self) -> None:
        """Close it, with the tasks that it leaves behind: those of its socket, of joining, and of rejoining."""
        left = [self.client._listen_task, self.client._heartbeat_task]
        for channel in self.client.get_channels():
            channel.subscribe_callback = None
            channel.rejoin_timer.reset()
            channel.join_push.destroy()
            for push in channel.messages_waiting_for_ack.values():
                push.destroy()
            left += channel._background_tasks
        with contextlib.suppress(Exception):
            await self.client.close()
        for task in [task for task in left if task is not None]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
