"""The cue of Postgres: it says NOTIFY with every transaction that wrote an event, and this hears it.

LISTEN belongs to a session, so it goes around a pooler. What is said while nobody listens is lost; whoever is woken
after that catches up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg

log = logging.getLogger(__name__)

_CONNECT_S = 5
_AGAIN_S, _AGAIN_AT_MOST_S = 0.5, 10.0
_ALIVE_S = 20.0  # without a word: then the connection is asked whether it still is one


async def listen(address: str, wake: Callable[[], None]) -> None:
    """Call `wake` at every NOTIFY, and at every new beginning, until cancelled."""
    again = _AGAIN_S
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(
                address,
                autocommit=True,
                prepare_threshold=None,
                connect_timeout=_CONNECT_S,
                application_name="grym-synth live",
            )
            async with connection:
                await connection.execute("LISTEN grym_events")
                again = _AGAIN_S
                wake()  # for what came while nobody listened
                while True:
                    async for _ in connection.notifies(timeout=_ALIVE_S):
                        wake()
                    async with asyncio.timeout(_CONNECT_S):
                        await connection.execute("SELECT 1")
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.info("changes are not announced just now", extra={"reason": type(error).__name__, "again_in_s": again})
        await asyncio.sleep(again)
        again = min(_AGAIN_AT_MOST_S, again * 2.0)
