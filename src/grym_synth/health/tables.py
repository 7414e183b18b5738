"""The tables of docs/health.md, made from the data that the hub judges itself by."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping

from .mapping import LONGEST_POLL_MS, RESOURCE, TERMS, Terms
from .signals import CRITICAL, HARD, RULES, WARNING, Rule
from .state import FALLS, FLAPPING_CHANGES, FLAPPING_S, RISES, Fall, Rise

_MARKED = re.compile(r"(<!-- table: (\w+) -->).*?(<!-- end -->)", re.DOTALL)
_LINE = 140  # columns of a page
_BYTES = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def health_tables() -> dict[str, str]:
    """Markdown by name: `signals`, `transitions`, `diagram`, `mcp`."""
    return {"signals": _signals(), "transitions": _transitions(), "diagram": _diagram(), "mcp": _mcp()}


def filled(page: str) -> str:
    """The page with what stands between its marks, `<!-- table: NAME -->` and `<!-- end -->`, made anew.

    Raises
    ------
    KeyError
        A mark names a table that there is not.
    """
    tables = health_tables()
    return _MARKED.sub(lambda mark: f"{mark[1]}\n\n{tables[mark[2]]}\n\n{mark[3]}", page)


def amount(value: float, unit: str) -> str:
    """A value of a signal as people read it: `42 %`, `12.3 GB`, `2 s`, `1.5 ×`, `3`."""
    if unit == "share":
        percent = value * 100.0
        return f"{_short(round(percent, 1 if abs(percent) < 10.0 else 0))} %"
    if unit == "bytes":
        word, size = next(((word, size) for word, size in _BYTES if abs(value) >= size * 0.9995), ("B", 1.0))
        return f"{_short(value / size)} {word}"
    return _short(value) + {"s": " s", "ratio": " ×"}.get(unit, "")


def _short(value: float) -> str:
    """At most three digits that say something, and no zero after the point."""
    text = f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.1f}" if abs(value) >= 10.0 else f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signals() -> str:
    return _table(
        ("signal", "what it is", "warns", "critical", "hard fault", "pressure at most"),
        (
            (
                rule.name,
                rule.says,
                amount(rule.warn, rule.unit),
                amount(rule.critical, rule.unit),
                _hard(rule),
                _most(rule),
            )
            for rule in RULES.values()
        ),
    )


def _hard(rule: Rule) -> str:
    if rule.hard is not None:
        return amount(rule.hard, rule.unit)
    return "never" if rule.at_most < HARD else "at no number"


def _most(rule: Rule) -> str:
    if rule.at_most_idle < rule.at_most:
        return f"{rule.at_most:.2f}; {rule.at_most_idle:.2f} while nobody waits"
    return f"{rule.at_most:.2f}"


def _transitions() -> str:
    rows = [(step.source, step.target, _when(step)) for step in (*RISES, *FALLS)]
    table = _table(("from", "to", "when"), rows)
    more = (
        f"More than {FLAPPING_CHANGES} changes within {FLAPPING_S:g} s double the seconds of the last "
        f"{len(FALLS)} rows. A signal by itself is a warning from pressure {WARNING:.2f} on, critical from "
        f"{CRITICAL:.2f} and a hard fault from {HARD:.2f}."
    )
    return f"{table}\n\n{textwrap.fill(more, _LINE)}"


def _diagram() -> str:
    arrows = [f"    {step.source} --> {step.target}: {_when(step)}" for step in (*RISES, *FALLS)]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {RISES[-1].source}", *arrows, "```"])


def _when(step: Rise | Fall) -> str:
    if isinstance(step, Fall):
        return f"pressure < {step.pressure:.2f} for {step.seconds:g} s without a break"
    running = "in one sample" if step.samples == 1 else f"in {step.samples} samples running"
    return f"pressure ≥ {step.pressure:.2f} {running}"


def _mcp() -> str:
    def row(what: str, of: Mapping[str, str]) -> tuple[str, ...]:
        return (what, *(of[state] for state in TERMS))

    return _table(
        ("", *TERMS),
        (
            row(f"`{RESOURCE}`, and `_meta` of every call", {name: f"`ttlMs` {t.ttl_ms}" for name, t in TERMS.items()}),
            row("tool calls", {name: t.tool_calls for name, t in TERMS.items()}),
            row("room of batch work", {name: _room(t) for name, t in TERMS.items()}),
            row("new leases for", {name: ", ".join(t.admits) for name, t in TERMS.items()}),
            row("`quality` of interactive answers", {name: f"`{t.quality}`" for name, t in TERMS.items()}),
            row("tasks", {name: t.tasks for name, t in TERMS.items()}),
            row("`pollIntervalMs`", {name: _poll(name, t) for name, t in TERMS.items()}),
            row("refusal", {name: t.refusal for name, t in TERMS.items()}),
            row("what tells of a change", {name: t.cue for name, t in TERMS.items()}),
        ),
    )


def _room(terms: Terms) -> str:
    return "none" if not terms.concurrency else "all" if terms.concurrency == 1.0 else f"{terms.concurrency:.0%}"


def _poll(state: str, terms: Terms) -> str:
    return f"{terms.poll_ms} to {LONGEST_POLL_MS}" if state == "warning" else str(terms.poll_ms)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
