"""What can be asked of a hub from outside, as JSON documents: the same whether it runs in this process or another.

How operations and documents look is told in `protocol`.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .. import __version__
from ..errors import GrymError, Unavailable
from ..execution.estimate import estimate_to_json
from ..execution.executor import Outcome
from ..hub import Hub
from ..identity.asking import in_name_of
from ..identity.person import Person
from ..live import Missed
from ..messages import (
    Gap,
    Json,
    Plan,
    Request,
    Step,
    answer_to_json,
    gap_to_json,
    plan_to_json,
    referred_to_json,
    route_to_json,
)
from ..storage.opening import is_shared
from .asker import asker_of
from .comparison import comparison_to_json
from .contexts import perform_context
from .ear import perform_ear
from .editing import edit_to_json, from_owners_tempo
from .exports import join_outcomes, recording_to_json
from .finding import perform_find
from .job_documents import jobs_status, perform_jobs
from .learn import perform_forget, perform_learn, perform_sources
from .library import perform_index, perform_library, perform_recording
from .notes import perform_notes
from .patterns import perform_patterns
from .protocol import Emit, error_exit, error_to_json
from .share import perform_share
from .similar import perform_similar
from .spectra import perform_spectrogram
from .tasks import perform_task
from .teaching import perform_teach_route
from .teaching_sounds import perform_teach

#: What a gap or an error means for the exit code, by its code word; what is not named here is a missing part.
_UNUSABLE = {
    "unreadable",
    "unmeasurable",
    "partial",
    "no_recording",
    "unsupported",
    "bad_request",
    "unclear",
    "consent",
}
_REFUSED = {"refused", "unavailable", "hub_unreachable", "store_unavailable"}


def gap_exit(gaps: Sequence[Gap]) -> int:
    """The exit code when nothing was answered: by the first gap."""
    if not gaps:
        return 0
    code = gaps[0].code
    if gaps[0].capability in ("learn", "share") and code not in _REFUSED:
        return 3  # an address that may not be opened, a file that is not there, a pack that is none
    return 3 if code in _UNUSABLE else 4 if code in _REFUSED else 5


async def perform(hub: Hub, operation: Mapping[str, Any], emit: Emit, person: Person | None = None) -> None:
    """Carry out one operation; every way it can end is told through `emit`.

    person : in whose name, where that is not whoever is signed in here
    """
    try:
        if operation.get("version") != __version__:
            raise Unavailable(
                f"the hub of this home is version {__version__}, the command is {operation.get('version')}",
                hint="stop the running `grym serve` and start it again",
            )
        with in_name_of(await asker_of(hub.config, operation, person)):
            exit_code = await _OPERATIONS[str(operation["op"])](hub, operation, emit)
    except GrymError as error:
        emit({"document": {"error": error_to_json(error)}})
        exit_code = error_exit(error)
    emit({"exit": exit_code})


def _request(operation: Mapping[str, Any]) -> Request:
    return Request(
        question=operation.get("question", ""),
        paths=tuple(operation["paths"]),
        folder=operation["folder"],
        context=operation.get("context", "default"),
        use_cache=operation.get("use_cache", True),
        params=operation.get("params", {}),
        detail=operation.get("detail", "normal"),
        use_model=operation.get("use_model", True),
        consent=operation.get("consent", False),
    )


def _reporter(emit: Emit, planned: Sequence[Plan] = ()) -> Callable[[Step, float, str], None]:
    """Tells how far each step is, and of how many in all: of those in the plan last put in `planned`."""

    def report(step: Step, fraction: float, message: str) -> None:
        count = len(planned[-1].steps) if planned else 0
        told = {"step": step.id, "subject": step.subject, "fraction": fraction, "message": message, "of": count}
        emit({"progress": told})

    return report


async def _ask(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    if operation.get("plan_only"):
        return await _foresee(hub, operation, emit)
    answer = await hub.answer(_request(operation), _reporter(emit))
    emit({"document": answer_to_json(answer)})
    return 0 if answer.claims else gap_exit(answer.gaps)


async def _foresee(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """The steps that would answer a question, and what they would take."""
    request = _request(operation)
    laid = await hub.lay_out(request)
    found = hub.executor.foresee(laid.plan, use_cache=request.use_cache)
    steps = [
        {**step, "seconds": round(item.seconds, 1), "known": item.is_known}
        for step, item in zip(plan_to_json(laid.plan), found.steps, strict=True)
        if isinstance(step, dict)
    ]
    emit(
        {
            "document": {
                "route": route_to_json(laid.route),
                "plan": steps,
                "estimate": estimate_to_json(found),
                "gaps": [gap_to_json(gap) for gap in laid.plan.gaps],
                **({"referred": referred_to_json(laid.request.referred)} if laid.request.referred else {}),
            }
        }
    )
    return 0 if laid.plan.steps or not laid.plan.gaps else gap_exit(laid.plan.gaps)


async def _route(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    for question in operation["questions"]:
        route = await asyncio.to_thread(hub.router.route, question["query"], question.get("files") or [])
        named = {"id": question["id"]} if "id" in question else {}
        emit({"document": {**named, **route_to_json(route)}})
    return 0


async def _analyze(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    agents = hub.catalog.capabilities()
    of_one = [name for name, agent in agents.items() if agent.needs_recording and not (agent.takes_two or agent.writes)]
    capabilities = operation["capabilities"] or of_one
    any_heard, first_gaps = False, list[Gap]()
    for name in capabilities:
        if name in agents and agents[name].takes_two:
            reason = f"{name!r} holds two recordings against each other"
            first_gaps.append(Gap(name, reason, "unsupported", hint=f"grym {name} A B"))
    alone = [name for name in capabilities if name not in agents or not agents[name].takes_two]
    measured = list(dict.fromkeys([*alone, "facts"]))  # duration, rate and channels head every document
    left: Counter[str] = Counter()  # steps of each recording that are still to come
    parts: dict[str, list[Outcome]] = defaultdict(list)
    vectors = bool(operation.get("params", {}).get("vectors"))
    planned: list[Plan] = []
    async for plan, outcome in hub.measure(_request(operation), measured, _reporter(emit, planned)):
        if outcome is None:
            planned.append(plan)
            first_gaps += plan.gaps
            left.update(step.path for step in plan.steps)
            for gap in plan.gaps:
                if gap.subject or not plan.steps:
                    emit({"document": {"path": gap.subject or None, "error": gap_error(gap)}})
            continue
        path = outcome.step.path
        any_heard = any_heard or any(item.capability in capabilities for item in outcome.heard.evidence)
        first_gaps += [gap for gap in outcome.heard.gaps if gap.capability in capabilities]
        parts[path].append(outcome)
        left[path] -= 1
        if not left[path]:
            of_all = [gap for gap in first_gaps if not gap.subject]
            whole = join_outcomes(parts.pop(path))
            emit({"document": recording_to_json(whole, capabilities, of_all, vectors=vectors)})
    return 0 if any_heard else gap_exit(first_gaps)


async def _compare(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """The first recording against each of the others: a document for each pair."""
    any_heard, first_gaps = False, list[Gap]()
    async for plan, outcome in hub.measure(_request(operation), ["compare"], _reporter(emit)):
        if outcome is None:
            first_gaps += plan.gaps
            for gap in plan.gaps:
                emit({"document": {"path": gap.subject or None, "error": gap_error(gap)}})
            continue
        any_heard = any_heard or bool(outcome.heard.evidence)
        first_gaps += outcome.heard.gaps
        emit({"document": comparison_to_json(outcome)})
    return 0 if any_heard else gap_exit(first_gaps)


async def _edit(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """A new file, made from one recording."""
    any_made, first_gaps = False, list[Gap]()
    request, tempo = await from_owners_tempo(hub, _request(operation))
    async for plan, outcome in hub.measure(request, ["edit"], _reporter(emit)):
        if outcome is None:
            first_gaps += plan.gaps
            for gap in plan.gaps:
                emit({"document": {"path": gap.subject or None, "error": gap_error(gap)}})
            continue
        any_made = any_made or bool(outcome.heard.evidence)
        first_gaps += outcome.heard.gaps
        emit({"document": edit_to_json(outcome, tempo)})
    return 0 if any_made else gap_exit(first_gaps)


def gap_error(gap: Gap) -> dict[str, Json]:
    return {"code": gap.code, "message": gap.reason, "hint": gap.hint}


async def _status(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    jobs = await asyncio.to_thread(jobs_status, hub.jobs, has_workers=is_shared(hub.config))
    emit({"document": {**hub.upkeep.status(), **jobs, "models": hub.models.status()}})
    return 0


async def _health(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """How the hub is, in few words: what is asked again and again."""
    now = hub.upkeep.snapshot
    agents = hub.executor.agents.statistics()
    emit(
        {
            "document": {
                "state": now.state,
                "pressure": round(now.pressure, 3),
                "cause": now.cause,
                "seq": now.seq,
                "since": now.since,
                "at": now.at,
                "better_in_s": round(now.better_in_s, 1),
                "left_alone": sorted(name for name, told in agents.items() if told["breaker"] == "open"),
            }
        }
    )
    return 0


async def _events(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """What changes, as it does and until the asker leaves; first what came after the number that he saw last."""
    if hub.upkeep.live is None:
        raise Unavailable("nobody follows what changes here", hint="grym serve does")
    async for item in hub.upkeep.live.follow(operation.get("after")):
        if isinstance(item, Missed):
            emit({"document": {"seq": item.seq, "missed": True}})
        else:
            emit({"document": asdict(item)})
    return 0


async def _pause(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    hub.upkeep.pause(wanted=operation["op"] == "pause")
    emit({"document": {"paused": operation["op"] == "pause"}})
    return 0


async def _teach_route(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    return await perform_teach_route(hub.store, hub.router, operation, emit)


_OPERATIONS = {
    "status": _status,
    "pause": _pause,
    "resume": _pause,
    "ask": _ask,
    "route": _route,
    "analyze": _analyze,
    "compare": _compare,
    "similar": perform_similar,
    "patterns": perform_patterns,
    "edit": _edit,
    "context": perform_context,
    "jobs": perform_jobs,
    "teach_route": _teach_route,
    "index": perform_index,
    "library": perform_library,
    "recording": perform_recording,
    "find": perform_find,
    "notes": perform_notes,
    "teach": perform_teach,
    "ear": perform_ear,
    "learn": perform_learn,
    "sources": perform_sources,
    "forget": perform_forget,
    "share": perform_share,
    "health": _health,
    "events": _events,
    "task": perform_task,
    "spectrogram": perform_spectrogram,
}
