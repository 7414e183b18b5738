"""One hub for each home: who comes second asks the first, and nobody is left without an answer."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grym_synth import opening
from grym_synth.config import Config
from grym_synth.errors import HubUnreachable
from grym_synth.frontends import hub_socket
from grym_synth.frontends.hub_socket import hold_home, perform_anywhere, serve_forever
from grym_synth.frontends.protocol import operation_of

QUESTION = operation_of("ask", question="dotted eighth at 120 bpm", paths=[])


async def ask(config: Config, operation: dict[str, Any] = QUESTION) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    await perform_anywhere(config, operation, events.append)
    return [event for event in events if "progress" not in event]


def test_a_command_is_the_hub_when_none_runs_and_leaves_nothing_behind(config: Config) -> None:
    document, end = asyncio.run(ask(config))
    assert "375" in document["document"]["answer"]
    assert end == {"exit": 0}
    assert not config.socket_path.exists()


def test_a_second_command_asks_the_running_hub(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        ready = asyncio.Event()
        serving = asyncio.create_task(serve_forever(config, ready.set))
        await ready.wait()
        assert stat.S_IMODE(config.socket_path.stat().st_mode) == 0o600

        async def refuse(*_: Any) -> None:
            raise AssertionError("a second hub was opened")

        monkeypatch.setattr(opening, "open_hub", refuse)
        answers = await asyncio.gather(*(ask(config) for _ in range(5)))
        assert all("375" in answer[0]["document"]["answer"] for answer in answers)
        assert not await serve_forever(config, lambda: None)  # there is one already
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(story())


def test_many_commands_at_once_all_get_their_answer(config: Config) -> None:
    async def story() -> None:
        answers = await asyncio.gather(*(ask(config) for _ in range(6)))
        assert all(answer[-1] == {"exit": 0} for answer in answers)

    asyncio.run(story())


def test_nonsense_on_the_socket_is_refused_and_the_hub_goes_on(config: Config) -> None:
    async def story() -> None:
        ready = asyncio.Event()
        serving = asyncio.create_task(serve_forever(config, ready.set))
        await ready.wait()
        for nonsense in (b"good morning\n", b"[1]\n", b'{"op": "fly"}\n', b"[" * 99_999 + b"\n"):
            with hub_socket._socket_address(config.socket_path) as address:
                reader, writer = await asyncio.open_unix_connection(address)
            writer.write(nonsense)
            assert b"bad_request" in await reader.readline()
            assert b'"exit": 3' in await reader.readline()
            writer.close()
            await writer.wait_closed()
        assert (await ask(config))[-1] == {"exit": 0}
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(story())


def test_a_hub_of_another_version_is_told_apart(config: Config) -> None:
    document, end = asyncio.run(ask(config, {**QUESTION, "version": "0.0.1"}))
    assert "the command is 0.0.1" in document["document"]["error"]["message"]
    assert end == {"exit": 4}


def test_a_home_that_is_held_by_somebody_silent_is_given_up_on(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_socket, "_PATIENCE", 0.2)
    with hold_home(config) as is_ours:
        assert is_ours
        with pytest.raises(HubUnreachable, match="takes no calls"):
            asyncio.run(ask(config))


def test_a_home_too_deep_for_a_socket_name_still_has_one(tmp_path: Path) -> None:
    config = Config(home=tmp_path / ("deep" * 20) / ("er" * 40), cpu=1)

    async def story() -> None:
        ready = asyncio.Event()
        serving = asyncio.create_task(serve_forever(config, ready.set))
        await ready.wait()
        assert config.socket_path.exists()
        assert (await ask(config))[-1] == {"exit": 0}
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(story())


@pytest.mark.slow
def test_a_killed_hub_leaves_its_home_usable(config: Config) -> None:
    environment = {**os.environ, "GRYM_HOME": str(config.home)}
    hub = subprocess.Popen([sys.executable, "-m", "grym_synth", "serve"], env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not config.socket_path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    hub.kill()
    hub.wait()
    assert config.socket_path.exists()  # what kill -9 leaves
    assert asyncio.run(ask(config))[-1] == {"exit": 0}
