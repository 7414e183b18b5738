"""The hub behind assistants and programs: how soon it answers, what a call costs, and a hundred callers at once.

    python -m benchmarks.assistants [--minutes M] [--callers N] [--write]

Starts: `grym mcp` from its launch to the answer of `tools/list`, and to that of a question. Overhead: the same call by
the official client over stdin and stdout and over HTTP, less what it takes inside the process. Load: callers with
tokens of their own ask, find, measure, begin tasks and look at them; in the middle the store is locked until the hub is
critical. Every answer and refusal is judged, every task has to be found, the memory of the hub is read all the time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import httpx2
import numpy as np
import soundfile
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from tests.conftest import drum_loop
from tests.issuer_world import Issuer, issuing
from tests.web_hub import WebHub, web_hub

from benchmarks.rows import Row, write_table
from grym_synth.config import Config
from grym_synth.frontends.calls.callers import owner
from grym_synth.frontends.calls.desk import open_desk
from grym_synth.frontends.calls.table import BY_NAME

COMMAND = "python -m benchmarks.assistants"
_RATE, _CALLS, _NEW = 44_100, 200, "2026-07-28"
_THINKS_S = 2.5  # a caller between two calls, on average
_QUESTION = {"question": "dotted eighth at 120 bpm"}


def make_music(folder: Path) -> Path:
    music = folder / "music"
    music.mkdir()
    for number in range(6):
        soundfile.write(music / f"{number}.wav", drum_loop(100.0 + 7 * number, 6.0), _RATE, subtype="PCM_16")
    return music


def local(home: Path, music: Path) -> StdioServerParameters:
    variables = {"GRYM_HOME": str(home), "GRYM_ROOTS": str(music), "PATH": os.environ["PATH"]}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "grym_synth", "mcp"], env=variables, cwd=str(music)
    )


async def starts(folder: Path, music: Path, count: int = 5) -> tuple[float, float]:
    """Seconds from launch to the list of tools, and to the answer of a question: medians of fresh processes."""
    to_list, to_answer = [], []
    for _ in range(count):
        began = time.perf_counter()
        async with Client(local(folder / "home", music), mode=_NEW) as client:
            await client.list_tools()
            to_list.append(time.perf_counter() - began)
            await client.call_tool("ask", _QUESTION)
            to_answer.append(time.perf_counter() - began)
    return float(np.median(to_list)), float(np.median(to_answer))


async def overheads(folder: Path, music: Path) -> dict[str, float]:
    """Milliseconds of a call of `library` by each way, p50, and p50 of the same inside the process."""
    found: dict[str, float] = {}
    call, arguments = BY_NAME["library"], BY_NAME["library"].takes()
    desk = open_desk(Config(home=folder / "inside", roots=(str(music),)), music)
    async with desk.open():
        await desk.ready()
        found["inside"] = await _p50(lambda: desk.call(call, arguments, owner("stdio")))
    async with Client(local(folder / "home", music), mode=_NEW) as client:
        found["stdio"] = await _p50(lambda: client.call_tool("library", {}))
    with web_hub(folder / "home", music) as hub:
        async with (
            httpx2.AsyncClient(headers=hub.headers, timeout=60) as plain,
            Client(streamable_http_client(f"{hub.url}/mcp", http_client=plain), mode=_NEW) as client,
        ):
            found["MCP over HTTP"] = await _p50(lambda: client.call_tool("library", {}))
        async with httpx.AsyncClient(headers=hub.headers, timeout=60) as script:
            found["HTTP"] = await _p50(lambda: script.post(f"{hub.url}/v1/library", json={}))
    return found


async def _p50(call: Any) -> float:
    times = []
    for number in range(_CALLS + 20):
        began = time.perf_counter()
        await call()
        if number >= 20:
            times.append(1000.0 * (time.perf_counter() - began))
    return float(np.median(times))


@dataclass
class Tally:
    """What a hundred callers met."""

    ends: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    tasks: list[tuple[str, str]] = field(default_factory=list)  # token, place
    times_ms: list[float] = field(default_factory=list)
    rss_mb: list[tuple[float, float]] = field(default_factory=list)


async def load(hub: WebHub, issuer: Issuer, callers: int, minutes: float) -> Tally:
    tally, until = Tally(), time.monotonic() + 60.0 * minutes
    began = time.monotonic()
    limits = httpx.Limits(max_connections=callers + 10, max_keepalive_connections=callers + 10)
    async with httpx.AsyncClient(base_url=hub.url, timeout=120, limits=limits) as client:

        async def watch() -> None:
            while time.monotonic() < until:
                tally.rss_mb.append((time.monotonic() - began, _rss_mb(hub.process.pid)))
                await asyncio.sleep(5.0)

        async def trouble() -> None:
            """The store is locked in the middle until the hub is critical, and five seconds more."""
            await asyncio.sleep(60.0 * minutes / 2)
            locker = sqlite3.connect(hub.home / "grym.db", isolation_level=None, timeout=30)
            locker.execute("BEGIN EXCLUSIVE")
            try:
                for _ in range(200):
                    told = (await client.get("/v1/health", headers=hub.headers)).json()
                    if told.get("state") == "critical":
                        tally.ends["was critical"] += 1
                        break
                    await asyncio.sleep(0.1)
                await asyncio.sleep(5.0)
            finally:
                locker.rollback()
                locker.close()

        work = [caller(client, issuer, tally, number, until) for number in range(callers)]
        await asyncio.gather(watch(), trouble(), *work)
        for _ in range(600):
            left = [task for task in tally.tasks if not await _is_done(client, task, tally)]
            if not left:
                break
            tally.tasks = left
            await asyncio.sleep(0.5)
        tally.ends["task lost"] += len(left)
    return tally


def wishes(rng: random.Random) -> list[tuple[str, dict[str, Any]]]:
    """What callers do, each as often as the others."""
    return [
        ("ask", {"question": f"dotted eighth at {rng.randint(60, 180)} bpm"}),
        ("ask", {"question": "how fast is it?", "paths": [f"{rng.randint(0, 5)}.wav"]}),
        ("find_recordings", {"words": "between 100 and 120 bpm"}),
        ("analyze", {"paths": [f"{rng.randint(0, 5)}.wav"], "capabilities": ["loudness"]}),
        ("hub_status", {}),
        ("tasks", {"call": "analyze", "arguments": {"paths": ["."], "capabilities": ["facts"]}}),
        ("analyze", {"paths": ["/etc/passwd"]}),
    ]


async def caller(client: httpx.AsyncClient, issuer: Issuer, tally: Tally, number: int, until: float) -> None:
    """One of them: asks this and that, and thinks in between."""
    rng, token = random.Random(number), issuer.token(sub=f"caller-{number}", exp=time.time() + 3600)
    told = {"Authorization": f"Bearer {token}"}
    await asyncio.sleep(rng.uniform(0.0, _THINKS_S))
    while time.monotonic() < until:
        name, arguments = rng.choice(wishes(rng))
        began = time.perf_counter()
        try:
            answer = await client.post(f"/v1/{name}", json=arguments, headers=told)
        except httpx.HTTPError as error:
            tally.odd.append(f"{name}: {error!r}")
            continue
        tally.times_ms.append(1000.0 * (time.perf_counter() - began))
        _judge(tally, name, arguments, answer)
        if name == "tasks" and answer.status_code == 202:
            tally.tasks.append((token, answer.headers["location"]))
        await asyncio.sleep(rng.expovariate(1.0 / _THINKS_S))


def _judge(tally: Tally, name: str, arguments: dict[str, Any], answer: httpx.Response) -> None:
    status, document = answer.status_code, answer.json()
    if status in (200, 202):
        tally.ends["answered"] += 1
        gaps = document.get("gaps") or []
        if name == "ask" and not document["claims"] and not gaps:
            tally.odd.append("an empty answer")
    elif status in (429, 503):
        tally.ends["refused"] += 1
        is_whole = {"code", "detail", "status"} <= document.keys() and int(answer.headers["retry-after"]) >= 1
        if not is_whole:
            tally.odd.append(f"a refusal that is none: {answer.text[:200]}")
    elif status == 403 and "/etc" in json.dumps(arguments):
        tally.ends["rightly forbidden"] += 1
    else:
        tally.odd.append(f"{name} {status}: {answer.text[:200]}")


async def _is_done(client: httpx.AsyncClient, task: tuple[str, str], tally: Tally) -> bool:
    answer = await client.get(task[1], headers={"Authorization": f"Bearer {task[0]}"})
    if answer.status_code in (429, 503):
        return False
    if answer.status_code != 200:
        tally.odd.append(f"a task is not found: {answer.text[:200]}")
        return True
    status = answer.json()["status"]
    if status != "working":
        tally.ends[f"task {status}"] += 1
    return bool(status != "working")


def _rss_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024.0
    return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--without-load", action="store_true", help="starts and overheads alone")
    parser.add_argument("--write", action="store_true", help="write the table in benchmarks/README.md")
    wanted = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="grym-assistants-") as name:
        folder = Path(name)
        music = make_music(folder)
        to_list, to_answer = asyncio.run(starts(folder, music))
        figure = f"tools listed after {to_list:.2f} s, a question answered after {to_answer:.2f} s"
        rows.append(Row("`grym mcp` from launch, by the official client", figure, "first answer <= 2.5 s", COMMAND))
        found = asyncio.run(overheads(folder, music))
        inside = found.pop("inside")
        figure = ", ".join(f"{way} {ms - inside:.1f}" for way, ms in found.items())
        what = f"a call, p50 less the {inside:.1f} ms that it takes inside"
        rows.append(Row(what, f"{figure} ms", "stdio <= 4 ms, HTTP <= 10 ms", COMMAND))
        if wanted.without_load:
            print(*(f"{row.what}: {row.figure}" for row in rows), sep="\n")
            return
        with issuing() as issuer, web_hub(folder / "load", music, issuer.settings) as hub:
            job = hub.post("index_folders", folders=["."]).json()["id"]
            while hub.post("jobs", id=job).json()["state"] != "done":
                time.sleep(0.5)
            tally = asyncio.run(load(hub, issuer, wanted.callers, wanted.minutes))
        later = [mb for at, mb in tally.rss_mb if at >= 60.0] or [mb for _, mb in tally.rss_mb]
        steady = 100.0 * (float(np.mean(later[-6:])) / float(np.mean(later[:6])) - 1.0)
        ends = ", ".join(f"{name} {count}" for name, count in sorted(tally.ends.items()))
        middle, slow = np.percentile(tally.times_ms, (50, 99))
        memory = f"memory {later[0]:.0f} to {later[-1]:.0f} MB ({steady:+.1f} %)"
        figure = f"{ends}; odd {len(tally.odd)}; p50 {middle:.0f} ms, p99 {slow:.0f} ms; {memory}"
        what = f"{wanted.callers} callers over HTTP for {wanted.minutes:g} min, mixed work, critical once"
        rows.append(Row(what, figure, "no task lost, refusals whole, memory flat after a minute (<= 5 %)", COMMAND))
        for odd in tally.odd[:20]:
            print("odd:", odd)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal: {row.goal})")
    if wanted.write:
        write_table(rows)


if __name__ == "__main__":
    main()
