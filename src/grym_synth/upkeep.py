"""What goes on beside the questions: the watch, the probes, clean-up, and what follows from the state of the hub."""

from __future__ import annotations

import array
import asyncio
import datetime
import logging
import math
import os
import tempfile
import time
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from . import __version__
from .config import Config
from .errors import AgentFailed, BadSetup, InvalidConfig, Unavailable
from .execution.catalog import AgentCard, Catalog
from .execution.keeper import end_marked, is_alive, left_behind
from .execution.supervisor import Supervisor
from .health.calls import Calls
from .health.mapping import TERMS
from .health.monitor import Monitor, Snapshot
from .health.probes import Part, Probes
from .health.readings import read_host
from .health.signals import Rule, Signal, configured, measure
from .live import Live, Missed
from .messages import EVIDENCE_UNITS, Evidence, Json, Source
from .resources.books import Books
from .resources.cleaners import Given, orphans, usual_cleaners
from .resources.cleanup import AuditLog, Cleaner, keep_clean
from .resources.connections import Connections
from .resources.pool import Pool
from .resources.rules import Item
from .resources.rules import Rule as CleanUpRule
from .storage.events import Event
from .storage.house import House
from .storage.opening import is_there, name_of, open_house, open_pools

log = logging.getLogger(__name__)

_TONE_HZ, _TONE_RATE = 440.0, 22_050
_AGAIN_S = 1.0  # after a fault, before a loop begins again
_TOGETHER_S = 0.2  # changes within are told together
_QUIET_S = 2.0  # without a change of the library, after which it is looked at
_MOST_TOLD = 200  # to an agent at once
_OF_LIBRARY = frozenset({"recording", "label", "correction", "ear"})
_PROBE_S = 10.0  # that an agent has for its tiny job


class Upkeep:
    """One for each hub; `running()` keeps it going.

    parts : what is probed, by name
    live : what changes in the store, for a hub that stays
    remembers : False for a hub whose store could not be opened: it does without, says so in every answer, and is well
    """

    def __init__(
        self,
        config: Config,
        pool: Pool,
        agents: Supervisor,
        house: House,
        books: Books,
        parts: Mapping[str, Part],
        *,
        live: Live | None = None,
        remembers: bool = True,
    ) -> None:
        #: Called in a thread at the start, and when others changed the library or the ear; again while they say so.
        self.lookers: list[Callable[[], object]] = []
        self.cleaners: dict[str, Cleaner] = {}  # by kind; the hub adds those of parts that are not known here
        self._config, self._pool, self._agents, self._house, self._books = config, pool, agents, house, books
        self._rules, self._remembers, self.live = rules_of(config), remembers, live
        self.calls = Calls(time.monotonic, self._rules)
        self.probes = Probes(parts, rules=self._rules)
        self.connections = Connections(house, lambda: open_pools(config))
        self._began, self._changed_at = time.time(), 0.0
        self.monitor = Monitor(self.signals, house, self._follow)

    @property
    def snapshot(self) -> Snapshot:
        """How the hub is, as of a second ago at most."""
        return self.monitor.snapshot

    def signals(self, store_fault: str = "") -> Mapping[str, Signal]:
        """Every signal, now."""
        room, used, rules = self._pool.statistics(), self.connections.usage, self._rules
        is_dead = bool(store_fault) and self._remembers
        return {
            **read_host(self._config.home, rules),
            "pool": measure("pool", room["urgent_share"], waiting=room["is_anybody_waiting"], rules=rules),
            "wait": measure("wait", room["oldest_interactive_wait_s"], rules=rules),
            "store": measure(
                "store",
                used.share,
                waiting=used.is_anybody_waiting,
                hard=is_dead,
                cause=store_fault or used.cause,
                rules=rules,
            ),
            "errors": self.calls.errors(),
            "latency": self.calls.latency(),
            "probe": self.probes.signal(),
        }

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watch, probe and clean up for the body of an `async with` block."""
        self.cleaners |= self._usual_cleaners()
        audit = AuditLog(self._house)
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "the watch": self.monitor.run,
            "probing": self.probes.run,
            "counting connections": self.connections.run,
            "writing leases": lambda: self._books.run(self._pool),
            "clean-up": lambda: keep_clean(self.cleaners, lambda: self.snapshot.signals, audit),
            "looking for a pause": self._follow_pause,
        }
        if self.live is not None:
            loops |= {"following changes": self.live.run, "passing changes on": partial(self._pass_on, self.live)}
            loops |= {"looking at the library": self._look_when_quiet}
        tasks = [asyncio.create_task(_go_on(name, loop)) for name, loop in loops.items()]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def pause(self, *, wanted: bool) -> None:
        """Grant background work nothing, or grant it again; also by the next hub of this home."""
        pause(self._config, wanted=wanted)
        (self._pool.pause if wanted else self._pool.resume)()

    def hold(self) -> str:
        """Why no job may begin anything just now; "" when it may."""
        if self._config.pause_path.exists():
            return "paused"
        now = self.snapshot
        return f"the hub is critical ({now.cause})" if now.state == "critical" else ""

    def status(self) -> dict[str, Json]:
        """The document of `grym status --json`."""
        now, room = self.snapshot, self._pool.statistics()
        pool: dict[str, Any] = {
            name: room[name] for name in ("cpu", "cpu_used", "ram_gb", "ram_gb_used", "leases", "waiting")
        }
        pool |= {
            "by_priority": room["leases_by_priority"],
            "waiting_by_priority": room["waiting_by_priority"],
            "oldest_wait_s": round(room["oldest_interactive_wait_s"], 3),
            "paused": room["is_paused"],
            "totals": room["totals"],
        }
        return {
            "state": now.state,
            "pressure": round(now.pressure, 3),
            "cause": now.cause,
            "since": _iso(now.since),
            "seq": now.seq,
            "at": now.at,
            "unwatched_s": self.monitor.unwatched_s,
            "signals": {name: _told(self._rules[name], signal) for name, signal in now.signals.items()},
            "pool": pool,
            "store": {
                "path": name_of(self._config),
                "reachable": not self.monitor.fault,
                "unwritten": self.monitor.unwritten,
                **({"connections": asdict(self.connections.usage)} if self.connections.usage.most else {}),
            },
            "agents": [{"name": name, **found} for name, found in self._agents.statistics().items()],
            **({"live": self.live.status()} if self.live is not None else {}),
            "jobs": {},
            "accounts": {name: asdict(usage) for name, usage in self._pool.accounts.snapshot().items()},
            "history": [[round(at, 1), round(pressure, 3), *rest] for at, pressure, *rest in self.monitor.recent],
            "hub": {"pid": os.getpid(), "home": str(self._config.home), "since": _iso(self._began)},
        }

    def findings(self) -> list[Evidence]:
        """How the hub is, as evidence for an answer about it."""
        now, room = self.snapshot, self._pool.statistics()
        signals: dict[str, Json] = {name: round(signal.pressure, 3) for name, signal in now.signals.items()}
        found: tuple[tuple[str, str, Json], ...] = (
            ("state", "label", now.state),
            ("pressure", "number", round(now.pressure, 2)),
            ("cause", "label", now.cause),
            ("signals", "number", signals),
            ("leases", "count", room["leases"]),
            ("waiting", "count", room["waiting"]),
            ("agents", "count", len(self._agents.processes())),
            ("uptime_s", "duration", round(time.time() - self._began, 1)),
            ("is_paused", "label", "paused" if room["is_paused"] else "not paused"),
        )
        source = Source("hub", __version__, "the hub's own watch")
        return [
            Evidence("", f"system.{name}", kind, value, EVIDENCE_UNITS[kind], 1.0, "", source)
            for name, kind, value in found
        ]

    def _usual_cleaners(self) -> dict[str, Cleaner]:
        """Who finds and removes what, by the kinds of resources/rules.py."""
        home = str(self._config.home.absolute())

        async def idle(rule: CleanUpRule, now: float) -> list[Item]:
            return [
                Item(f"{w.agent} {w.pid}", w.idle_s, group=w.agent, floor=w.keep_warm, in_use=w.is_busy)
                for w in self._agents.processes()
            ]

        async def stop(item: Item) -> int:
            return int(await self._agents.stop_idle(int(item.key.rpartition(" ")[2])))

        async def unused(rule: CleanUpRule, now: float) -> list[Item]:
            idle = self.connections.usage.idle
            return [Item("of the store", 0.0, count=idle)] if idle else []

        async def close(item: Item) -> int:
            return await asyncio.to_thread(self.connections.close_idle)

        async def told(rule: CleanUpRule, now: float) -> list[Item]:
            before = now - rule.stale_after_s
            count = await asyncio.to_thread(self.live.events.count_before, before) if self.live is not None else 0
            return [Item("changes", rule.stale_after_s, count=count)] if count else []

        async def forget(item: Item) -> int:
            assert self.live is not None
            return await asyncio.to_thread(self.live.events.forget_before, time.time() - item.age_s)

        return {
            "event": Given(told, forget),
            **usual_cleaners(self._config.home, self._house, is_alive),
            "connection": Given(unused, close),
            "process": orphans(partial(left_behind, home), end_marked),
            "agent": Given(idle, stop),
        }

    async def _follow(self, snapshot: Snapshot) -> None:
        """What a new state orders: room by its rules, and word to every agent."""
        terms = TERMS[snapshot.state]
        self._pool.follow(batch_share=terms.concurrency, lowest=terms.lowest)
        await self._agents.tell_health(snapshot.to_meta())

    async def _pass_on(self, live: Live) -> None:
        """Tell the agents what changed in the store; what comes together is told together."""
        waiting: list[Event | Missed] = []
        telling: asyncio.Task[None] | None = None
        try:
            async for item in live.follow():
                waiting.append(item)
                if telling is None or telling.done():
                    telling = asyncio.create_task(self._tell_changes(waiting))
        finally:
            if telling is not None:
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)

    async def _tell_changes(self, waiting: list[Event | Missed]) -> None:
        while waiting:
            await asyncio.sleep(_TOGETHER_S)
            batch = waiting.copy()
            waiting.clear()
            events = [item for item in batch if isinstance(item, Event)]
            has_missed = len(events) < len(batch)
            told = [{"seq": item.seq, "kind": item.kind, "subject": item.subject, "what": item.what} for item in events]
            await self._agents.tell_changes(
                {"changes": told[-_MOST_TOLD:], "missed": has_missed or len(told) > _MOST_TOLD}
            )
            if has_missed or any(item.kind in _OF_LIBRARY for item in events):
                self._changed_at = time.monotonic()

    async def _look_when_quiet(self) -> None:
        """Let others look at the library once it changes no more: while somebody indexes, it changes all the time."""
        looked_at = -1.0
        while True:
            await asyncio.sleep(_QUIET_S / 2.0)
            changed_at = self._changed_at
            if looked_at < changed_at < time.monotonic() - _QUIET_S:
                looked_at = changed_at
                for look in self.lookers:
                    try:
                        while await asyncio.to_thread(look):
                            pass
                    except Unavailable as error:  # the next question looks again
                        log.info("the library was not looked at", extra={"reason": str(error)})

    async def _follow_pause(self) -> None:
        """A file in the home says that background work is paused: it is there without a hub, and for the next one."""
        paused = False
        while True:
            wanted = self._config.pause_path.exists()
            if wanted != paused:
                (self._pool.pause if wanted else self._pool.resume)()
                paused = wanted
            await asyncio.sleep(1.0)


def pause(config: Config, *, wanted: bool) -> None:
    """The same without a hub: what lies in the home is seen by the one that runs, within a second, or by the next."""
    try:
        if wanted:
            config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            config.pause_path.touch()
        else:
            config.pause_path.unlink(missing_ok=True)
    except OSError as error:
        raise BadSetup(f"{config.home} cannot be written: {error.strerror}", hint="check its rights") from error


def last_seen(config: Config) -> dict[str, Json]:
    """The document of `grym status --json` where no hub runs: how it was when one last watched."""
    nobody: dict[str, Json] = {"hub": None, "last": None, "unwatched_s": None, "paused": config.pause_path.exists()}
    if not is_there(config):
        return nobody
    house = open_house(config)
    try:
        last = house.last_health()
        rows = house.health_since(seq=last[0] - 1, limit=1) if last else []
    except Unavailable as error:
        return {**nobody, "reason": str(error)}
    finally:
        house.close()
    if not rows:
        return nobody
    row = rows[-1]
    seen: dict[str, Json] = {"seq": row.seq, "at": row.at, "state": row.state, "pressure": row.pressure}
    seen |= {"cause": row.cause, "event": row.event}
    return {**nobody, "last": seen, "unwatched_s": round(max(0.0, time.time() - row.at), 1)}


def probed_parts(config: Config, catalog: Catalog, pool: Pool, agents: Supervisor, house: House) -> dict[str, Part]:
    """What a hub that stays is made of: its store, its ear, its arithmetic; each tried by a tiny real job."""
    tone = config.home / "probe.wav"

    async def listen() -> None:
        if not tone.exists():
            await asyncio.to_thread(_write_tone, tone)
        content = await _call(pool, agents, catalog.agent("listen"), {"path": str(tone), "capabilities": ["spectrum"]})
        heard: list[dict[str, float]] = next(
            (item["value"] for item in content["evidence"] if item["name"] == "spectrum.peaks"), []
        )
        if not heard or abs(heard[0]["frequency_hz"] - _TONE_HZ) > 1.0:
            raise AgentFailed(f"a tone of {_TONE_HZ:g} Hz was not heard: {str(heard)[:80]}")

    async def reckon() -> None:
        content = await _call(pool, agents, catalog.agent("theory"), {"question": "A4 in Hz"})
        if not any(item["value"] == _TONE_HZ for item in content["evidence"]):
            raise AgentFailed("the arithmetic does not know the frequency of A4")

    async def keep() -> None:
        await asyncio.to_thread(house.last_health)  # it is written every two seconds anyway

    return {"store": Part(keep, 5.0, is_vital=True), "listen": Part(listen, 20.0), "theory": Part(reckon, 10.0)}


async def _call(pool: Pool, agents: Supervisor, card: AgentCard, arguments: dict[str, Json]) -> dict[str, Any]:
    room = pool.lease(card.need, holder="probe", timeout=_PROBE_S, priority="critical", context="hub", agent=card.name)
    async with room, agents.borrow(card) as process:
        return await process.call(arguments, deadline=_PROBE_S, health={})


def _write_tone(path: Path) -> None:
    """A second of A4, half of full scale, 16 bits."""
    samples = (int(16384 * math.sin(2.0 * math.pi * _TONE_HZ * i / _TONE_RATE)) for i in range(_TONE_RATE))
    draft = tempfile.NamedTemporaryFile(dir=path.parent, prefix=".grym-", delete=False)  # noqa: SIM115 (closed below)
    with draft, wave.open(draft, "wb") as file:
        file.setparams((1, 2, _TONE_RATE, 0, "NONE", ""))
        file.writeframes(array.array("h", samples).tobytes())
    Path(draft.name).replace(path)


async def _go_on(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop that must not end while the hub lives; a fault of ours in it is logged, and it begins again."""
    while True:
        try:
            await loop()
        except Exception:
            log.exception("%s met a fault of ours and begins again", name)
        await asyncio.sleep(_AGAIN_S)


def rules_of(config: Config) -> Mapping[str, Rule]:
    """The rules of health with the limits that are set; raises InvalidConfig for what makes no sense."""
    try:
        return configured(config.limits)
    except ValueError as error:
        raise InvalidConfig(f"`limits` in {config.home / 'config.toml'}: {error}") from error


def _told(rule: Rule, signal: Signal) -> dict[str, Json]:
    limits: dict[str, Json] = {"warn": rule.warn, "critical": rule.critical, "hard": rule.hard, "unit": rule.unit}
    value, pressure = round(signal.value, 4), round(signal.pressure, 3)
    return {"value": value, "pressure": pressure, "state": signal.state, **limits, "cause": signal.cause}


def _iso(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="seconds")
