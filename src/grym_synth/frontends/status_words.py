"""The document of `grym status --json` in words: what the state means, what each signal says, who has the room.

An older hub may lack keys, and a broken one may send anything: what cannot be read is left out or told as `?`.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from ..health.mapping import TERMS
from ..health.signals import RULES, state_of
from ..health.state import FALLS
from ..health.tables import amount
from ..messages import Health
from .exports import printable

Document = Mapping[str, Any]

#: What people are told for each state; "unknown" is for a hub that does not answer or is not there.
WORDS = {"healthy": "healthy", "warning": "tired", "critical": "critical", "unknown": "unknown"}
_SAYS = {"memory": "used", "cpu": "waited", "disk": "free", "pool": "held", "store": "in use"}
_SAYS |= {"errors": "failed", "probe": "failed"}
_PAUSED = "PAUSED: batch work waits for `grym resume`"
_SHARES = {0.5: "half", 0.25: "a quarter of", 0.75: "three quarters of"}
_LONGEST_TEXT = 120  # characters of anything that others chose
_NOT_WORTH_TELLING_S = 3.0  # a log without a hub for so long has no hole
_MOST_CHANGES = 6
_SILENT_S = 20.0  # of one that gives a sign of life every ten


@dataclass(frozen=True, slots=True)
class Headline:
    """state : a key of WORDS; title, means and because : one line each, `because` may be empty"""

    state: str
    title: str
    means: str
    because: str


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One signal for a person; `limits` are those of warning, critical and hard fault, "-" where there is none."""

    name: str
    state: str
    value: str
    pressure: float | None
    limits: tuple[str, str, str]
    cause: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One entry of the history; `at` in seconds since 1970."""

    at: float
    pressure: float
    state: str
    cause: str


def headline(document: Document) -> Headline:
    """What a person wants to know first."""
    if isinstance(error := document.get("error"), Mapping):
        silent = number(document.get("silent_s"))
        title = "NO ANSWER" if silent is None else f"NO ANSWER for {span(silent)}; below is what it said before"
        return Headline("unknown", title, clean(error.get("message")), clean(error.get("hint")))
    if "hub" in document and document["hub"] is None:
        return Headline("unknown", "NO HUB IS RUNNING", "start one with: grym serve", _last_seen(document))
    state = _state(document.get("state"))
    now, since = now_of(document), _moment(document.get("since"))
    lasted = f" for {span(now - since)}" if now is not None and since is not None and now >= since else ""
    cause = clean(document.get("cause"))
    told = f" ({cause})" if cause and state in ("warning", "critical") else ""
    means = meaning(state) if state in TERMS else "this hub tells no state; it may be an older one"
    return Headline(state, f"{WORDS[state].upper()}{told}{lasted}", means, _because(document, state, cause))


def meaning(state: str) -> str:
    """What a state means to whoever asks something, in the terms of the hub."""
    terms = TERMS[_health(state)]
    if terms.concurrency >= 1.0:
        return "takes all work"
    if "interactive" not in terms.admits:
        earliest = min(fall.seconds for fall in FALLS if fall.source == state)
        return f"{terms.tool_calls}; try again in {earliest:g} s or more"
    share = _SHARES.get(terms.concurrency, f"{terms.concurrency:.0%} of")
    return f"questions are answered, maybe {terms.quality}; batch work has {share} its room and waits"


def _because(document: Document, state: str, cause: str) -> str:
    if state not in ("warning", "critical"):
        return ""
    row = next((row for row in signal_rows(document) if row.name == cause), None)
    if row is None:
        return ""
    limit = row.limits[0] if state == "warning" else row.limits[1]
    bound = "" if limit == "-" else f"; {WORDS[state]} from {limit}"
    return f"{cause}: {row.value}{bound}" + (f"; {row.cause}" if row.cause else "")


def _last_seen(document: Document) -> str:
    last = document.get("last")
    if not isinstance(last, Mapping) or not last:
        reason = clean(document.get("reason"))
        return f"the log cannot be read: {reason}" if reason else "nothing has been written down yet"
    state, cause, away = _state(last.get("state")), clean(last.get("cause")), number(document.get("unwatched_s"))
    ago = "" if away is None else f", {span(away)} ago"
    pressure = number(last.get("pressure"))
    told = f"when last seen{ago}: {WORDS[state]}" + (f" ({cause})" if cause and state != "healthy" else "")
    told += "" if pressure is None else f", pressure {pressure:.2f}"
    return told + ("" if last.get("event") == "stopped" else "; that hub left no word of its end")


def signal_rows(document: Document) -> list[SignalRow]:
    """Every signal in the order of the rules; what we know no rule for comes last."""
    signals = _mapping(document.get("signals"))
    names = [*(name for name in RULES if name in signals), *(name for name in signals if name not in RULES)]
    return [_signal_row(clean(name), _mapping(signals[name]), str(name)) for name in names]


def _signal_row(name: str, signal: Mapping[str, Any], key: str) -> SignalRow:
    rule = RULES.get(key)
    unit = str(signal.get("unit", rule.unit if rule else ""))
    value, pressure = number(signal.get("value")), number(signal.get("pressure"))
    ours = {"warn": rule.warn, "critical": rule.critical, "hard": rule.hard} if rule else {}
    limits = [number(signal.get(limit, ours.get(limit))) for limit in ("warn", "critical", "hard")]
    warn, critical, hard = ("-" if limit is None else amount(limit, unit) for limit in limits)
    state = _state(signal.get("state"))
    if state == "unknown" and pressure is not None:
        state = state_of(pressure)
    told = "?" if value is None else f"{amount(value, unit)} {_SAYS.get(key, '')}".strip()
    return SignalRow(name, state, told, pressure, (warn, critical, hard), clean(signal.get("cause")))


def sections(document: Document) -> dict[str, list[str]]:
    """What else there is to tell, by heading: entries that can stand one after the other; none is empty."""
    found = {
        "room": _room(_mapping(document.get("pool"))) + ([_PAUSED] if document.get("paused") is True else []),
        "changes": _changes(document),
        "in the store": _in_the_store(_mapping(document.get("live")), now_of(document)),
        "agents": _agents(_rows(document.get("agents"))),
        "language models": [_model(of) for of in _rows(_mapping(document.get("models")).get("models"))],
        "contexts": [_account(clean(name), _mapping(of)) for name, of in _mapping(document.get("accounts")).items()],
        "jobs": _jobs(_mapping(document.get("jobs"))),
        "workers": [_worker(of) for of in _rows(document.get("workers"))],
        "store": _store(_mapping(document.get("store"))),
    }
    return {heading: entries for heading, entries in found.items() if entries}


def _room(pool: Mapping[str, Any]) -> list[str]:
    told = [_PAUSED] if pool.get("paused") is True else []
    for used, whole, unit in (("cpu_used", "cpu", "cores"), ("ram_gb_used", "ram_gb", "GB")):
        if (lent := number(pool.get(used))) is not None and (all_of_it := number(pool.get(whole))) is not None:
            told.append(f"{lent:.3g} of {all_of_it:.3g} {unit} lent")
    if (leases := number(pool.get("leases"))) is not None:
        by = ", ".join(_counts(_mapping(pool.get("by_priority"))))
        told.append(f"{leases:.0f} {'lease' if leases == 1 else 'leases'}" + (f" ({by})" if by and leases else ""))
    if waiting := number(pool.get("waiting")):
        oldest = number(pool.get("oldest_wait_s"))
        told.append(f"{waiting:.0f} waiting" + ("" if oldest is None else f", the longest for {span(oldest)}"))
    elif waiting is not None:
        told.append("nobody waits")
    return told


def _agents(agents: list[Mapping[str, Any]]) -> list[str]:
    """Those that fail first, then the busy, then the idle; those without a process in one entry."""
    absent = [agent for agent in agents if number(agent.get("busy")) == number(agent.get("idle")) == 0]
    absent = [agent for agent in absent if not _alone(agent)]
    others = [agent for agent in agents if agent not in absent]
    others.sort(key=lambda agent: (not _alone(agent), not number(agent.get("busy"))))
    names = ", ".join(clean(agent.get("name")) for agent in absent)
    return [_agent(agent) for agent in others] + ([f"not started: {names}"] if names else [])


def _agent(agent: Mapping[str, Any]) -> str:
    busy, idle, rss = (number(agent.get(key)) for key in ("busy", "idle", "rss_mb"))
    told = [
        *([f"{busy:.0f} busy"] if busy else []),
        *([f"{idle:.0f} idle"] if idle else []),
        *([amount(rss * 1e6, "bytes")] if rss else []),
        *([_alone(agent)] if _alone(agent) else []),
    ]
    return f"{clean(agent.get('name')) or '?'}: {', '.join(told)}" if told else clean(agent.get("name")) or "?"


def _alone(agent: Mapping[str, Any]) -> str:
    """What the breaker of an agent means, when it is not closed."""
    breaker = clean(agent.get("breaker"))
    told = {"open": "LEFT ALONE, it keeps failing", "half open": "ON TRIAL, it kept failing", "closed": ""}
    return told.get(breaker, breaker)


def _model(of: Mapping[str, Any]) -> str:
    """How a language model is, and what it did since the hub began."""
    answered, failed, money = (number(of.get(key)) for key in ("answered", "failed", "money"))
    told = [
        clean(of.get("state")),
        *([f"{answered:.0f} answered"] if answered else []),
        *([f"{failed:.0f} failed: {clean(of.get('trouble'))}"] if failed else []),
        *([f"cost {money:.4g}"] if money else []),
    ]
    return f"{clean(of.get('name')) or '?'}: {', '.join(filter(None, told))}"


def _account(name: str, of: Mapping[str, Any]) -> str:
    cpu, ram, stored, tokens = (number(of.get(key)) for key in ("cpu_s", "ram_gb_s", "storage_bytes", "model_tokens"))
    told = [
        *([f"{span(cpu)} of CPU"] if cpu else []),
        *([f"{ram:.3g} GB s of memory"] if ram else []),
        *([f"{amount(stored, 'bytes')} stored"] if stored else []),
        *([f"{tokens:.0f} tokens"] if tokens else []),
    ]
    return f"{name}: {', '.join(told) or 'nothing yet'}"


def _store(store: Mapping[str, Any]) -> list[str]:
    told = ["CANNOT BE REACHED"] if store.get("reachable") is False else []
    if unwritten := number(store.get("unwritten")):
        told.append(f"{unwritten:.0f} readings wait to be written")
    told += _connections(_mapping(store.get("connections")))
    return told + ([clean(store["path"])] if store.get("path") else [])


def _connections(of: Mapping[str, Any]) -> list[str]:
    lent, most, waiting, used, whole = (
        number(of.get(key)) for key in ("lent", "most", "waiting", "server_lent", "server_most")
    )
    if lent is None or most is None:
        return []
    told = f"{lent:.0f} of {most:.0f} connections lent" + (f", {waiting:.0f} wait" if waiting else "")
    return [told, f"{used:.0f} of {whole:.0f} of its server in use"] if used and whole else [told]


def _counts(of: Mapping[str, Any]) -> list[str]:
    """Numbers by name, those that are nothing left out."""
    counted = {clean(name): number(count) for name, count in of.items()}
    return [f"{name} {count:g}" for name, count in counted.items() if count]


def _worker(of: Mapping[str, Any]) -> str:
    """Who works on the jobs of a store that machines share, and where."""
    cpus, ram, items, silent = (number(of.get(key)) for key in ("cpus", "ram_gb", "items", "silent_s"))
    room = "" if cpus is None or ram is None else f", {cpus:.3g} cores, {ram:.3g} GB"
    told = f"{items:.0f} in hand" if items else "nothing in hand"
    quiet = f", silent for {span(silent)}" if silent is not None and silent > _SILENT_S else ""
    return f"{clean(of.get('name'))} on {clean(of.get('host'))}{room}: {told}{quiet}"


def _jobs(jobs: Mapping[str, Any]) -> list[str]:
    """Those that go on, and why they do not just now."""
    told = _counts(jobs)
    held = clean(jobs.get("held"))
    return [*told, f"held back: {held}"] if told and held else told


def _changes(document: Document) -> list[str]:
    """What the state changed to in the history that there is, the latest first; then the gap before this hub."""
    readings, now = history(document), now_of(document)
    told: list[str] = []
    for before, after in reversed(list(itertools.pairwise(readings))):
        if after.state != before.state and now is not None:
            is_latest = not told and after.state == document.get("state")
            cause = after.cause or (clean(document.get("cause")) if is_latest else "")
            why = f" ({cause})" if cause and after.state != "healthy" else ""
            told.append(f"{span(max(0.0, now - after.at))} ago {WORDS[before.state]} -> {WORDS[after.state]}{why}")
    away = number(document.get("unwatched_s"))
    if away is not None and away > _NOT_WORTH_TELLING_S and document.get("hub", {}) is not None:
        told.append(f"nobody had watched for {span(away)} when this hub started")
    return told


def _in_the_store(live: Mapping[str, Any], now: float | None) -> list[str]:
    """What was changed last, by whomever; the latest first, and what is alike told once."""
    told: dict[str, str] = {}
    for event in _rows(live.get("latest")):
        at, what = number(event.get("at")), f"{clean(event.get('kind'))} {clean(event.get('what'))}"
        ago = "" if now is None or at is None else f"{span(max(0.0, now - at))} ago "
        told.setdefault(what, f"{ago}{what}")
    fault = clean(live.get("fault"))
    return ([f"changes are not seen just now: {fault}"] if fault else []) + list(told.values())[:_MOST_CHANGES]


def history(document: Document) -> list[Reading]:
    """The readings of the last minutes that can be understood, the oldest first."""
    found = []
    entries = document.get("history")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, list | tuple) and len(entry) >= 3:
            at, pressure = number(entry[0]), number(entry[1])
            if at is not None and pressure is not None:
                cause = clean(entry[3]) if len(entry) > 3 else ""
                found.append(Reading(at, pressure, _state(entry[2]), cause))
    return sorted(found, key=lambda reading: reading.at)


def status_lines(document: Document) -> Iterator[str]:
    """The whole document for a pipe or a log: words only, a line for each thing."""
    head = headline(document)
    yield f"{head.title}: {head.means}" if head.means else head.title
    if head.because:
        yield head.because
    pressure = number(document.get("pressure"))
    if pressure is not None:
        cause, seq = clean(document.get("cause")), number(document.get("seq"))
        yield f"pressure {pressure:.2f}" + (f" ({cause})" if cause else "") + ("" if seq is None else f", #{seq:.0f}")
    for row in signal_rows(document):
        pressed = "" if row.pressure is None else f", pressure {row.pressure:.2f}"
        limits = zip(("tired", "critical", "hard fault"), row.limits, strict=True)
        bounds = ", ".join(f"{word} from {limit}" for word, limit in limits if limit != "-")
        cause = f" ({row.cause})" if row.cause else ""
        yield f"  {row.name}: {row.value}, {WORDS[row.state]}{pressed}{cause}" + (f"; {bounds}" if bounds else "")
    for heading, entries in sections(document).items():
        yield f"{heading}: {' | '.join(entries)}"


def now_of(document: Document) -> float | None:
    """When the document was made, in seconds since 1970."""
    at = _moment(document.get("at"))
    if at is None and (readings := history(document)):
        return readings[-1].at
    return at


def span(seconds: float) -> str:
    """A duration as people say it: `12 s`, `3 min`, `2 h 14 min`, `3 days`."""
    if seconds < 120.0:
        return f"{round(max(0.0, seconds), 1 if seconds < 10.0 else None):g} s"
    minutes = round(seconds / 60.0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 48 * 60 else f"{minutes // 1440} days"


def number(value: object) -> float | None:
    """A finite number, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def clean(value: object) -> str:
    """Text of others in bounds, and without what would steer a terminal."""
    text = "" if value is None else str(value)
    return printable(text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…")


def _moment(value: object) -> float | None:
    """Seconds since 1970, from such a number or ISO 8601; without a zone it is UTC."""
    if isinstance(value, str):
        try:
            moment = datetime.datetime.fromisoformat(value)
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()
    return number(value)


def _state(value: object) -> str:
    return value if isinstance(value, str) and value in TERMS else "unknown"


def _health(state: str) -> Health:
    return next(health for health in get_args(Health) if health == state)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
