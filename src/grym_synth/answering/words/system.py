"""How the hub itself is doing: its state and what that means, what runs, who waits. It acts on nothing."""

from __future__ import annotations

from collections.abc import Mapping

from ...messages import Evidence
from . import phrasing as say
from .page import Page

#: Names under which the hub tells of itself; all are optional. docs/answers.md describes them.
STATE, PRESSURE, CAUSE, SIGNALS = "system.state", "system.pressure", "system.cause", "system.signals"
LEASES, WAITING, LONGEST_WAIT = "system.leases", "system.waiting", "system.longest_wait_s"
AGENTS, BUSY, FAILING = "system.agents", "system.busy_agents", "system.failing_agents"
UPTIME, PAUSED = "system.uptime_s", "system.is_paused"
_SUBJECT = ""

_MEANS: Mapping[str, str] = {
    "healthy": "The hub is healthy: it takes all work",
    "warning": "The hub is tired: it answers questions, perhaps with less, and background work waits",
    "critical": "The hub is in a critical state: it takes no new work until that is over",
}
_ASKS_RUNNING = (
    r"running|busy|what (?:are you|is (?:it|the hub)) doing|working|active|idle|in progress|stuck|wait\w*|queue\w*"
    r"|läuft|corre|tourne|gira|kör"
)
_ASKS_PAUSE = r"pause|hold|halt|stop|suspend|pausier\w*|pausa\w*|anhalten|arrête\w*|ferma\w*|stoppa"
_ASKS_RESUME = r"resume|continue|unpause|go on|fortsetz\w*|weiter|reanuda\w*|reprend\w*|riprend\w*|återuppta|fortsätt"
_BACKGROUND = r"background|work|jobs?|everything|batch|index\w*|hintergrund\w*|arbeit|trabajo|travail|lavoro|arbete|all"


def describe(page: Page) -> None:
    """The state first, or what runs where that was asked; orders get the command that carries them out."""
    if page.asks(_ASKS_RUNNING):
        _running(page)
        _state(page, is_beside=True)
    else:
        _state(page)
        _running(page, is_beside=True)
    _background(page)
    _uptime(page)
    _orders(page)


def _state(page: Page, *, is_beside: bool = False) -> None:
    found, pressure = page.find(_SUBJECT, STATE), page.number(_SUBJECT, PRESSURE)
    cause, signals = page.find(_SUBJECT, CAUSE), page.find(_SUBJECT, SIGNALS)
    state = say.text_in(found) or ""
    if found is None or state not in _MEANS:
        return
    tell = page.add if is_beside else page.say
    why = say.quotable(say.text_in(cause) or "", 40)
    text, cited = _MEANS[state], [found]
    if why and cause is not None and state != "healthy":
        text, cited = f'{text}; the cause is "{why}"', [found, cause]
    tell(f"{text}.", *cited)
    if pressure is not None:
        most = _most(signals.value if signals is not None else None)
        beside = f', the most of it from "{most}"' if most and signals is not None else ""
        page.add(f"The pressure is {say.fixed(pressure[1], 2)}{beside}.", pressure[0],
                 *([signals] if beside and signals is not None else []))  # fmt: skip
    if state != "healthy":
        page.suggest("", command="To see every signal as it changes: grym status --watch")


def _most(signals: object) -> str | None:
    """The signal with the greatest pressure."""
    found = signals if isinstance(signals, dict) else {}
    known = [(value, name) for name, each in found.items() if (value := say.finite(each)) is not None]
    return say.quotable(str(max(known)[1]), 30) if known else None


def _running(page: Page, *, is_beside: bool = False) -> None:
    """What is under way, and what waits for room."""
    leases, waiting = page.number(_SUBJECT, LEASES), page.number(_SUBJECT, WAITING)
    longest, busy = page.number(_SUBJECT, LONGEST_WAIT), page.number(_SUBJECT, BUSY)
    agents, failing = page.number(_SUBJECT, AGENTS), page.find(_SUBJECT, FAILING)
    tell = page.add if is_beside else page.say
    if leases is not None:
        text, cited = "Nothing is running", [leases[0]]
        if leases[1]:
            text, cited = f"Work is in progress ({say.fixed(leases[1], 0)})", [leases[0], _counted(page, leases)]
        if waiting is not None and not waiting[1]:
            text, cited = f"{text}, and nothing waits", [*cited, waiting[0]]
        elif waiting is not None:
            text += f", and more of it waits for room ({say.fixed(waiting[1], 0)})"
            cited += [waiting[0], _counted(page, waiting)]
            if longest is not None:
                text, cited = f"{text}, for {say.duration(longest[1])} so far", [*cited, longest[0]]
        is_question = not is_beside and not page.asks("idle|stuck|wait\\w*|queue\\w*")
        tell(page.verdict(bool(leases[1]), f"{text}.") if is_question else f"{text}.", *cited)
    if agents is not None and agents[1]:
        with_busy = busy is not None and busy[1] > 0
        some = f", some of them busy ({say.fixed(busy[1], 0)})" if busy and with_busy else ""
        page.add(f"Its agents are up ({say.fixed(agents[1], 0)}){some}.", agents[0], _counted(page, agents),
                 *([busy[0], _counted(page, busy)] if busy and with_busy else []))  # fmt: skip
    names = failing.value if failing is not None and isinstance(failing.value, list) else []
    quoted = [f'"{shown}"' for name in names if isinstance(name, str) and (shown := say.quotable(name, 40))]
    if failing is not None and quoted:
        verb = "keeps" if len(quoted) == 1 else "keep"
        tell(f"{say.listed(quoted)} {verb} failing, and the hub leaves {'it' if len(quoted) == 1 else 'them'} alone.",
             failing)  # fmt: skip
        page.suggest("", command="To check an agent: grym agents doctor")


def _counted(page: Page, found: tuple[Evidence, float]) -> Evidence:
    """A count as the plain number that stands in brackets."""
    return page.compute(f"{found[0].name}_number", "number", "", found[1], "the count {0}", found[0])


def _background(page: Page) -> None:
    found = page.find(_SUBJECT, PAUSED)
    if found is not None and say.text_in(found) == "paused":
        page.add('Background work is "paused".', found)


def _uptime(page: Page) -> None:
    found = page.number(_SUBJECT, UPTIME)
    if found is None:
        return
    tell = page.say if page.asks("how long|since when|uptime|up for|wie lange|seit wann") else page.add
    tell(f"The hub has been up for {say.duration(found[1])}.", found[0])


def _orders(page: Page) -> None:
    """Nothing is paused by a question: the command that does it is shown."""
    if page.asks(_ASKS_RESUME) and page.asks(_BACKGROUND):
        page.note("`grym resume` lets background work go on; a question alone changes nothing.")
    elif page.asks(_ASKS_PAUSE) and page.asks(_BACKGROUND):
        page.note("`grym pause` holds background work back until `grym resume`; a question alone changes nothing.")
