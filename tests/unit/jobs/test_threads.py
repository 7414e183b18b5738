"""Calls in threads that nobody waits for any longer."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from grym_synth.jobs.threads import in_thread


def test_a_call_that_fails_after_its_caller_went_is_no_fault() -> None:
    begun, goes_on, told = threading.Event(), threading.Event(), list[dict[str, Any]]()

    def fail() -> None:
        begun.set()
        goes_on.wait()
        raise OSError("closed")

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))
        task = asyncio.create_task(in_thread(fail))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        goes_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        del task
        gc.collect()

    asyncio.run(run())
    assert told == []
