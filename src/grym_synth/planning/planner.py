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
    lack = lacking(request.question, is_certain="theory" in wanted) if "theory" in agents else None
    if lack is not None and (recordings or "theory" in wanted):
        wanted = [name for name in wanted if name != "theory"]
        if recordings:
            wanted = list(dict.fromkeys([*wanted, *map(_of, lack.takes.values())]))
        elif not request.paths:
            reason = f"This needs {lack.wanted}: say it in the question, or put a recording after it"
            gaps.append(Gap("theory", reason, "unclear"))
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
    steps = _numbered(steps)
    if lack is not None:
        steps += [_computing(agents["theory"], lack, item.subject, steps, deadline) for item in recordings]
    return Plan(tuple(_numbered(steps)), tuple(gaps))


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


def _computing(agent: Capable, lack: Lacking, subject: str, steps: Sequence[Step], deadline: float) -> Step:
    """Arithmetic with what the earlier `steps` measure in one recording."""
    takes = {word: Taken(subject, name) for word, name in lack.takes.items()}
    sources = {_of(name) for name in lack.takes.values()}
    earlier = tuple(step.id for step in steps if step.subject == subject and sources & set(step.capabilities))
    params: dict[str, Json] = {"question": lack.question, "subject": subject}
    return Step("", agent.name, ("theory",), subject, "", params, agent.need, deadline, after=earlier, takes=takes)


def _numbered(steps: list[Step]) -> list[Step]:
    return [replace(step, id=f"s{i}") for i, step in enumerate(steps, start=1)]
