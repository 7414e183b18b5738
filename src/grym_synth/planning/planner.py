"""From a route to steps: capabilities that read the same recording go in one call, and what is computed from a
measurement waits for it. Decides, touches nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Protocol

from ..messages import Gap, Json, Need, Plan, Request, Route, Step, Taken
from .aspects import read_aspects
from .dependencies import Lacking, lacking
from .edits import EditWish, read_edit

#: A question that is routed there may be answered by arithmetic with what is measured.
_NEAR_ARITHMETIC = frozenset({"facts", "rhythm", "tonality", "theory"})

_BYTES_AN_HOUR = 200e6  # of a coded recording, to stretch deadlines by


class Capable(Protocol):
    """What planning must know of an agent."""

    @property
    def name(self) -> str: ...
    @property
    def needs_recording(self) -> bool: ...
    @property
    def takes_two(self) -> bool: ...
    @property
    def need(self) -> Need: ...
    @property
    def settings(self) -> Mapping[str, tuple[str, ...]]: ...


class Named(Protocol):
    """What planning must know of a recording."""

    @property
    def subject(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def size(self) -> int: ...


def plan(
    request: Request,
    route: Route,
    recordings: Sequence[Named],
    agents: Mapping[str, Capable],
    *,
    deadline: float,
    answered: Collection[str] = (),
) -> Plan:
    """Lay out the steps: one for each agent and recording, each with only the settings it measures by.

    Parameters
    ----------
    deadline : seconds for a short recording; long files get as many more
    answered : capabilities that the hub answers itself
    """
    gaps: list[Gap] = []
    by_agent: dict[str, list[str]] = {}
    aspects = read_aspects(request.question)
    wanted = [name for name in _measured(route, aspects, agents) if name not in answered]
    lack = _lacking(request, wanted, agents)
    if lack is not None:
        wanted = [name for name in wanted if name != "theory"]
        if not recordings and not request.paths:
            reason = f"This needs {lack.wanted}: say it in the question, or put a recording after it"
            gaps.append(Gap("theory", reason, "unclear"))
    wish = None
    if "edit" in wanted and "edit" in agents and recordings and "ops" not in request.params:
        wish = read_edit(request.question, [item.subject for item in recordings])
        wanted = [name for name in wanted if name != "edit"]
        gaps += _left_open(wish)
    for capability in wanted:
        agent = agents.get(capability)
        if agent is None:
            reason = f"{capability!r} is not in this version of grym-synth"
            gaps.append(Gap(capability, reason, "missing", hint="see CHANGELOG.md for what is"))
        elif agent.needs_recording and not recordings:
            if request.paths:
                continue  # what was named held no recording; who looked it up has said so
            reason = f"{capability!r} is measured in a recording, and none was named"
            gaps.append(Gap(capability, reason, "no_recording", hint="put the file after the question"))
        elif agent.takes_two and len(recordings) < 2:
            gaps.append(_needs_two(capability, request))
        else:
            by_agent.setdefault(agent.name, []).append(capability)
    steps: list[Step] = []
    for capabilities in by_agent.values():
        agent = agents[capabilities[0]]
        if agent.takes_two:
            first, *others = recordings
            steps += [_listening(agent, capabilities, request, route, item, deadline, first) for item in others]
        elif agent.needs_recording:
            steps += [_listening(agent, capabilities, request, route, item, deadline) for item in recordings]
        else:
            params = {"question": request.question}
            steps.append(Step("", agent.name, tuple(capabilities), "", "", params, agent.need, deadline))
    later = [_computing(agents["theory"], lack, item.subject, deadline) for item in recordings] if lack else []
    if wish is not None and wish.is_ready and request.params.get("out") and len(wish.of) > 1:
        reason = f"one name cannot be that of {len(wish.of)} files"
        gaps.append(Gap("edit", reason, "bad_request", hint="leave out --out"))
    elif wish is not None and wish.is_ready:
        later += _editing(agents["edit"], wish, request, recordings, deadline)
    for taken in dict.fromkeys(taken for step in later for taken in step.takes.values()):
        _measure(steps, taken, request, route, recordings, agents, deadline)
    steps = _numbered(steps)
    return Plan(tuple(_numbered([*steps, *(_waiting(step, steps) for step in later)])), tuple(gaps))


def _lacking(request: Request, wanted: Sequence[str], agents: Mapping[str, Capable]) -> Lacking | None:
    """What arithmetic lacks; where the route names none, only beside questions that may mean it."""
    is_certain = "theory" in wanted
    if "theory" not in agents or not (is_certain or set(wanted) <= _NEAR_ARITHMETIC):
        return None
    return lacking(request.question, is_certain=is_certain)


def _left_open(wish: EditWish) -> list[Gap]:
    """What has to be said before an edit can be planned, and what is not done at all."""
    return [
        *(Gap("edit", text.rstrip("."), "unsupported") for text in wish.refusals),
        *(Gap("edit", text, "unclear") for text in wish.asks),
    ]


def _editing(
    agent: Capable, wish: EditWish, request: Request, recordings: Sequence[Named], deadline: float
) -> list[Step]:
    """A step for each recording that is edited; without consent it only looks."""
    paths = {item.subject: item.path for item in recordings}
    out = str(request.params.get("out", ""))
    steps = []
    for item in recordings:
        if item.subject in wish.of:
            params = wish.params(item.subject, paths, out=out, consent=request.consent)
            patience = deadline * (1 + item.size / _BYTES_AN_HOUR)
            takes = wish.taken(item.subject)
            steps.append(
                Step("", agent.name, ("edit",), item.subject, item.path, params, agent.need, patience, takes=takes)
            )
    return steps


def _measure(
    steps: list[Step],
    taken: Taken,
    request: Request,
    route: Route,
    recordings: Sequence[Named],
    agents: Mapping[str, Capable],
    deadline: float,
) -> None:
    """See to it that one of the steps measures what a later one takes."""
    capability = _of(taken.name)
    if capability not in agents:
        return
    agent = agents[capability]
    for place, step in enumerate(steps):
        if step.subject == taken.subject and step.agent == agent.name and step.beside is None:
            if capability not in step.capabilities:
                steps[place] = replace(step, capabilities=(*step.capabilities, capability))
            return
    for item in recordings:
        if item.subject == taken.subject:
            steps.append(_listening(agent, [capability], request, route, item, deadline))


def _needs_two(capability: str, request: Request) -> Gap:
    reason = "Comparing takes two recordings or more, and one was named"
    if len({PurePath(request.folder, path) for path in request.paths}) < len(request.paths):
        reason = "Comparing takes two recordings or more, and the same one was named twice"
    elif len(request.paths) > 1:
        reason = "Comparing takes two recordings or more, and what was named comes to one"
    return Gap(capability, reason, "unsupported", hint="name the others as well")


def _measured(route: Route, aspects: Sequence[str], agents: Mapping[str, Capable]) -> list[str]:
    """The capabilities of the route, and what has to be measured beside or in place of them.

    Faults are of two kinds: those in the samples, and hum and ringing in the spectrum. Where a question that compares
    names what to measure, measuring each recording does: "which one is faster?" needs their tempi and no more.
    """
    wanted = list(route.capabilities)
    if "facts" in wanted and "facts.fault" in aspects:
        wanted.append("spectrum")
    if "compare" in wanted and not ("compare" in agents and "compare" in map(_of, aspects)):
        stand_ins = [name for name in dict.fromkeys(map(_of, aspects)) if name in agents]
        if stand_ins:
            wanted.remove("compare")
            wanted += stand_ins
    return list(dict.fromkeys(wanted))


def _of(aspect: str) -> str:
    return aspect.partition(".")[0]


def _listening(
    agent: Capable,
    capabilities: list[str],
    request: Request,
    route: Route,
    recording: Named,
    deadline: float,
    first: Named | None = None,
) -> Step:
    """`first`: the recording that this one is held against."""
    given = {**route.params, **request.params}
    wanted = [name for capability in capabilities for name in agent.settings.get(capability, ())]
    params: dict[str, Json] = {name: given[name] for name in wanted if given.get(name) is not None}
    patience = deadline * (1 + (recording.size + (first.size if first else 0)) / _BYTES_AN_HOUR)
    subject, path = recording.subject, recording.path
    beside = (first.subject, first.path) if first else None
    return Step("", agent.name, tuple(capabilities), subject, path, params, agent.need, patience, beside)


def _computing(agent: Capable, lack: Lacking, subject: str, deadline: float) -> Step:
    """Arithmetic with what earlier steps measure in one recording."""
    takes = {word: Taken(subject, name) for word, name in lack.takes.items()}
    params: dict[str, Json] = {"question": lack.question, "subject": subject}
    return Step("", agent.name, ("theory",), subject, "", params, agent.need, deadline, takes=takes)


def _waiting(step: Step, earlier: Sequence[Step]) -> Step:
    """The step behind those that measure what it takes."""
    wanted = {(taken.subject, _of(taken.name)) for taken in step.takes.values()}
    sources = (item for item in earlier if any((item.subject, name) in wanted for name in item.capabilities))
    return replace(step, after=tuple(item.id for item in sources))


def _numbered(steps: list[Step]) -> list[Step]:
    return [replace(step, id=f"s{i}") for i, step in enumerate(steps, start=1)]
