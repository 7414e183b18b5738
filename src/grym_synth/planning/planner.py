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
from .identity import BESIDE_THE_POINT, UNKNOWN, asks_maker, asks_performer

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


#: Aspects of which the values of each recording say more than a difference.
_TOLD_OF_EACH = frozenset({"tonality.key", "tonality.camelot", "rhythm.tempo", "facts.duration", "facts.sample_rate"})


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
    layout = _Layout(request, recordings, agents, {**route.params, **request.params}, deadline)
    aspects = read_aspects(request.question)
    wanted = [name for name in _measured(route, aspects, agents, len(recordings)) if name not in answered]
    if "library" in route.capabilities and recordings:  # "loops that fit the tempo of this track": measured first
        wanted += [name for name in ("rhythm", "tonality") if name in map(_of, aspects) and name not in wanted]
    if asks_performer(request.question):
        wanted = [name for name in wanted if name not in BESIDE_THE_POINT]
        layout.gaps.append(UNKNOWN)
    elif asks_maker(request.question) and recordings and set(wanted) <= BESIDE_THE_POINT | {"facts"}:
        wanted = [name for name in ("facts",) if name in agents]
    if wanted or not set(route.capabilities) & set(answered):  # "notes about reverb" wants no reverb to be computed
        layout.lay(wanted)
    return layout.plan()


class _Layout:
    """A plan as it comes about: `measuring` steps come first, and `later` ones wait for those that they take from."""

    def __init__(
        self,
        request: Request,
        recordings: Sequence[Named],
        agents: Mapping[str, Capable],
        given: Mapping[str, Json],
        deadline: float,
    ) -> None:
        self.request, self.recordings, self.agents = request, recordings, agents
        self._given, self._deadline = given, deadline
        self.measuring: list[Step] = []
        self.later: list[Step] = []
        self.gaps: list[Gap] = []

    def plan(self) -> Plan:
        for taken in dict.fromkeys(taken for step in self.later for taken in step.takes.values()):
            self._see_to(taken)
        measuring = _numbered(self.measuring)
        waiting = (_waiting(step, measuring) for step in self.later)
        return Plan(tuple(_numbered([*measuring, *waiting])), tuple(self.gaps))

    def lay(self, wanted: list[str]) -> None:
        """Steps or gaps for every capability that is wanted."""
        lack = _lacking(self.request, wanted, self.agents)
        if lack is not None:
            told = {"theory"} if self.recordings else _NEAR_ARITHMETIC  # what is asked back is asked once
            wanted = [name for name in wanted if name not in told]
            self._compute(lack)
        if "edit" in wanted and "edit" in self.agents and self.recordings and "ops" not in self.request.params:
            wanted = [name for name in wanted if name != "edit"]
            self._edit(read_edit(self.request.question, [item.subject for item in self.recordings]))
        by_agent: dict[str, list[str]] = {}
        for capability in wanted:
            gap = self._hindrance(capability)
            if gap is not None:
                self.gaps.append(gap)
            elif self.recordings or not self.agents[capability].needs_recording:
                by_agent.setdefault(self.agents[capability].name, []).append(capability)
        for capabilities in by_agent.values():
            self._measure(capabilities)

    def _hindrance(self, capability: str) -> Gap | None:
        """Why a capability cannot be planned. A file that is none has been told of by who looked it up."""
        agent = self.agents.get(capability)
        if agent is None:
            reason = f"{capability!r} is not in this version of grym-synth"
            return Gap(capability, reason, "missing", hint="see CHANGELOG.md for what is")
        if agent.needs_recording and not self.recordings:
            reason = f"{capability!r} is measured in a recording, and none was named"
            hint = "put the file after the question"
            return None if self.request.paths else Gap(capability, reason, "no_recording", hint=hint)
        if agent.takes_two and len(self.recordings) < 2:
            return _needs_two(capability, self.request)
        return None

    def _measure(self, capabilities: list[str]) -> None:
        """One call for each recording; of an agent that compares, for each but the first."""
        agent = self.agents[capabilities[0]]
        if agent.takes_two:
            first, *others = self.recordings
            self.measuring += [self._listening(agent, capabilities, item, first) for item in others]
        elif agent.needs_recording:
            self.measuring += [self._listening(agent, capabilities, item) for item in self.recordings]
        else:
            params = {"question": self.request.question}
            self.measuring.append(Step("", agent.name, tuple(capabilities), "", "", params, agent.need, self._deadline))

    def _listening(self, agent: Capable, capabilities: list[str], recording: Named, first: Named | None = None) -> Step:
        """`first`: the recording that this one is held against."""
        wanted = [name for capability in capabilities for name in agent.settings.get(capability, ())]
        params: dict[str, Json] = {name: self._given[name] for name in wanted if self._given.get(name) is not None}
        patience = self._deadline * (1 + (recording.size + (first.size if first else 0)) / _BYTES_AN_HOUR)
        subject, path = recording.subject, recording.path
        beside = (first.subject, first.path) if first else None
        return Step("", agent.name, tuple(capabilities), subject, path, params, agent.need, patience, beside)

    def _compute(self, lack: Lacking) -> None:
        """Arithmetic with what is measured in each recording."""
        if not self.recordings and not self.request.paths:
            reason = f"This needs {lack.wanted}: say it in the question, or put a recording after it"
            self.gaps.append(Gap("theory", reason, "unclear"))
        agent = self.agents["theory"]
        for item in self.recordings:
            takes = {word: Taken(item.subject, name) for word, name in lack.takes.items()}
            params: dict[str, Json] = {"question": lack.question, "subject": item.subject}
            self.later.append(
                Step("", agent.name, ("theory",), item.subject, "", params, agent.need, self._deadline, takes=takes)
            )

    def _edit(self, wish: EditWish) -> None:
        """A step for each recording that is edited, which only looks without consent; or what stands in the way."""
        self.gaps += [Gap("edit", text.rstrip("."), "unsupported") for text in wish.refusals]
        self.gaps += [Gap("edit", text, "unclear") for text in wish.asks]
        out = str(self.request.params.get("out", ""))
        if not wish.is_ready:
            return
        if out and len(wish.of) > 1:
            reason = f"one name cannot be that of {len(wish.of)} files"
            self.gaps.append(Gap("edit", reason, "bad_request", hint="leave out --out"))
            return
        agent, paths = self.agents["edit"], {item.subject: item.path for item in self.recordings}
        for item in (item for item in self.recordings if item.subject in wish.of):
            params = wish.params(item.subject, paths, out=out, consent=self.request.consent)
            patience = self._deadline * (1 + item.size / _BYTES_AN_HOUR)
            step = Step("", agent.name, ("edit",), item.subject, item.path, params, agent.need, patience)
            self.later.append(replace(step, takes=wish.taken(item.subject)))

    def _see_to(self, taken: Taken) -> None:
        """See to it that one of the steps measures what a later one takes."""
        capability = _of(taken.name)
        if capability not in self.agents:
            return
        agent = self.agents[capability]
        for place, step in enumerate(self.measuring):
            if step.subject == taken.subject and step.agent == agent.name and step.beside is None:
                if capability not in step.capabilities:
                    self.measuring[place] = replace(step, capabilities=(*step.capabilities, capability))
                return
        named = (item for item in self.recordings if item.subject == taken.subject)
        self.measuring += [self._listening(agent, [capability], item) for item in named]


def _lacking(request: Request, wanted: Sequence[str], agents: Mapping[str, Capable]) -> Lacking | None:
    """What arithmetic lacks; where the route names none, only beside questions that may mean it."""
    is_certain = "theory" in wanted
    if "theory" not in agents or not (is_certain or set(wanted) <= _NEAR_ARITHMETIC):
        return None
    return lacking(request.question, is_certain=is_certain)


def _needs_two(capability: str, request: Request) -> Gap:
    reason = "Comparing takes two recordings or more, and one was named"
    if len({PurePath(request.folder, path) for path in request.paths}) < len(request.paths):
        reason = "Comparing takes two recordings or more, and the same one was named twice"
    elif len(request.paths) > 1:
        reason = "Comparing takes two recordings or more, and what was named comes to one"
    return Gap(capability, reason, "unsupported", hint="name the others as well")


def _measured(route: Route, aspects: Sequence[str], agents: Mapping[str, Capable], recordings: int) -> list[str]:
    """The capabilities of the route, and what has to be measured beside or in place of them.

    Faults are of two kinds: those in the samples, and hum and ringing in the spectrum. Where a question that compares
    names what to measure, measuring each recording does: "which one is faster?" needs their tempi and no more.
    """
    wanted = list(route.capabilities)
    if "facts" in wanted and "facts.fault" in aspects:
        wanted.append("spectrum")
    compared = {name for name in aspects if _of(name) == "compare"}
    if not _TOLD_OF_EACH.isdisjoint(aspects):  # "the same key?" is told by both keys
        compared.discard("compare.difference")
    is_of_several = recordings > 1 or "compare" not in agents
    if "compare" in wanted and is_of_several and not ("compare" in agents and compared):
        stand_ins = [name for name in dict.fromkeys(map(_of, aspects)) if name in agents and name != "compare"]
        if stand_ins:
            wanted.remove("compare")
            wanted += stand_ins
    return list(dict.fromkeys(wanted))


def _of(aspect: str) -> str:
    return aspect.partition(".")[0]


def _waiting(step: Step, earlier: Sequence[Step]) -> Step:
    """The step behind those that measure what it takes."""
    wanted = {(taken.subject, _of(taken.name)) for taken in step.takes.values()}
    sources = (item for item in earlier if any((item.subject, name) in wanted for name in item.capabilities))
    return replace(step, after=tuple(item.id for item in sources))


def _numbered(steps: list[Step]) -> list[Step]:
    return [replace(step, id=f"s{i}") for i, step in enumerate(steps, start=1)]
