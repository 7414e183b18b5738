"""Where calls are taken: checked, confined, paced, carried out by the hub of this home, and written down.

Whoever opens a desk first is the hub; one that comes second is a front for it, and becomes the hub when that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...config import Config
from ...errors import BadRequest, BadSetup, GrymError, HubUnreachable, NotFit, Unavailable
from ...identity.person import Person
from ..hub_socket import ask_running_hub, hold_home, serving_hub
from ..protocol import Emit, error_exit, error_to_json, operation_of
from .callers import Caller, Pace
from .journal import Journal
from .roots import Roots, roots_of

if TYPE_CHECKING:
    from ...hub import Hub
    from .arguments import Arguments
    from .table import Call

log = logging.getLogger(__name__)

_PATIENCE_S = 20.0  # for a hub that starts, or takes over
_LOOK_S = 0.25
REFUSED = frozenset({"refused", "unavailable", "throttled", "hub_unreachable", "store_unavailable", "circuit_open"})

OnProgress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call.

    document : of the call; of several, gathered as its table says
    error : code, message and hint, where nothing was answered
    retry_after_s : with a refusal
    """

    exit: int
    document: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    retry_after_s: float | None = None

    @property
    def is_refused(self) -> bool:
        return self.error is not None and self.error["code"] in REFUSED


@dataclass(slots=True)
class Desk:
    """One for each process; open it with `async with desk.open()`."""

    config: Config
    roots: Roots
    pace: Pace = field(default_factory=Pace)
    hub: Hub | None = None
    on_end: Callable[[Call, Outcome, float], None] = lambda call, outcome, seconds: None
    _open: int = 0
    _journal: Journal = field(init=False)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _fault: GrymError | None = None

    def __post_init__(self) -> None:
        self._journal = Journal(self.config.home)

    @contextlib.asynccontextmanager
    async def open(self, *, within_s: float = 0.0) -> AsyncIterator[Desk]:
        """Be the hub of this home, or its front, for the body of an `async with` block; calls may come at once.

        Who opens it again inside is a guest of the first.

        within_s : the hub is opened after so long, or when the first call comes: that takes the process for a second
        """
        self._open += 1
        if self._open > 1:
            try:
                yield self
            finally:
                self._open -= 1
            return
        closing = asyncio.Event()
        keeping = asyncio.create_task(self._keep(closing, within_s))
        try:
            yield self
        finally:
            self._open -= 1
            closing.set()
            self._wanted.set()
            await asyncio.gather(keeping, return_exceptions=True)

    async def ready(self) -> None:
        """Wait until calls are answered; raises what keeps the hub from opening."""
        await self._ready.wait()
        if self._fault is not None:
            raise self._fault

    async def call(
        self, call: Call, arguments: Arguments, caller: Caller, on_progress: OnProgress = lambda *_: None
    ) -> Outcome:
        """Carry a call out; every way it can end is an outcome."""
        from .traces import span

        with span(call.name, caller=caller.name, via=caller.via) as traced:
            outcome = await self._call(call, arguments, caller, on_progress)
            traced.set_attribute("grym.exit", outcome.exit)
        return outcome

    async def _call(self, call: Call, arguments: Arguments, caller: Caller, on_progress: OnProgress) -> Outcome:
        from .arguments import paths_in

        began, paths = time.monotonic(), 0
        try:
            self.pace.take(caller.name)
            caller.check(call, consents=bool(getattr(arguments, "consent", False)))
            operation = self.operation(call, arguments)
            paths = len(paths_in(arguments.given()))
            outcome = await self._perform(call, operation, caller, on_progress)
        except GrymError as error:
            retry = error.retry_after if isinstance(error, Unavailable) else None
            outcome = Outcome(error_exit(error), None, error_to_json(error), retry)
        if not outcome.is_refused:
            self.pace.served(caller.name)
        seconds = time.monotonic() - began
        self.on_end(call, outcome, seconds)
        self._journal.note(
            caller=caller.name, via=caller.via, call=call.name, paths=paths, exit=outcome.exit,
            code=outcome.error["code"] if outcome.error else "", ms=1000.0 * seconds,
        )  # fmt: skip
        return outcome

    async def begin(self, call: Call, arguments: Arguments, caller: Caller) -> dict[str, Any]:
        """Write a call down as a task, and return it; raises what `call` would make an outcome of."""
        from .arguments import paths_in

        began = time.monotonic()
        self.pace.take(caller.name)
        caller.check(call, consents=bool(getattr(arguments, "consent", False)))
        operation = self.operation(call, arguments)
        await self._refuse_when_critical()
        begun = await self.one(
            "task",
            caller.person,
            do="start",
            operation=operation,
            tool=call.name,
            caller=caller.name,
            on_behalf=None if caller.person is None else asdict(caller.person),
        )
        self._journal.note(
            caller=caller.name, via=caller.via, call=f"task {call.name}", paths=len(paths_in(arguments.given())),
            exit=0, code="", ms=1000.0 * (time.monotonic() - began),
        )  # fmt: skip
        return begun

    def operation(self, call: Call, arguments: Arguments) -> dict[str, Any]:
        """The operation of the hub that a call is, with every path led to where it leads.

        Raises
        ------
        OutOfBounds
            A path leads out of the roots.
        BadRequest
            The arguments do not go together.
        """
        confined = self._confined(arguments)
        op, rest = call.operation(confined)
        return {**operation_of(op, **rest), "folder": str(self.roots.folder)}

    async def perform(self, operation: Mapping[str, Any], emit: Emit, person: Person | None = None) -> None:
        """Carry an operation out by the hub of this home, whoever that is.

        Raises
        ------
        HubUnreachable
            Another process holds the home but takes no calls.
        """
        self._wanted.set()
        give_up_at = time.monotonic() + _PATIENCE_S
        told = operation if person is None else {**operation, "person": asdict(person)}
        while True:
            if self.hub is not None:
                from ..operations import perform

                await perform(self.hub, operation, emit, person)
                return
            if self._fault is not None:
                raise self._fault
            if self._ready.is_set() and await ask_running_hub(self.config, told, emit):
                return
            if time.monotonic() > give_up_at:
                raise HubUnreachable(
                    f"another process is the hub of {str(self.config.home)!r} and takes no calls",
                    hint="stop it, or set GRYM_HOME to another folder",
                    retry_after=_PATIENCE_S,
                )
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._ready.wait()
            if self._ready.is_set() and self.hub is None:
                await asyncio.sleep(_LOOK_S)

    async def one(self, op: str, person: Person | None = None, **arguments: Any) -> dict[str, Any]:
        """The document of an operation that has one; raises BadRequest or Unavailable for one that is an error."""
        documents: list[dict[str, Any]] = []
        operation = {**operation_of(op, **arguments), "folder": str(self.roots.folder)}
        await self.perform(operation, lambda event: documents.append(event.get("document", {})), person)
        found = next((document for document in documents if document), {})
        if set(found) == {"error"}:
            error = found["error"]
            kind = Unavailable if error["code"] in REFUSED else BadRequest
            raised = kind(error["message"], hint=error["hint"])
            raised.code = error["code"]
            raise raised
        return found

    async def health(self) -> dict[str, Any]:
        return await self.one("health")

    async def _perform(
        self, call: Call, operation: Mapping[str, Any], caller: Caller, on_progress: OnProgress
    ) -> Outcome:
        documents, exit_code = list[dict[str, Any]](), 1
        steps, furthest = dict[str, float](), 0.0

        def emit(event: Mapping[str, Any]) -> None:
            nonlocal exit_code, furthest
            if "progress" in event:  # of one step; what is told is how far all of them are
                told = event["progress"]
                steps[str(told.get("step", ""))] = min(1.0, float(told.get("fraction") or 0.0))
                furthest = max(furthest, sum(steps.values()) / max(len(steps), int(told.get("of") or 1)))
                on_progress(furthest, str(told.get("message", "")))
            elif "exit" in event:
                exit_code = int(event["exit"])
            else:
                documents.append(event["document"])

        if call.is_job:
            await self._refuse_when_critical()
        await self.perform(operation, emit, caller.person)
        return outcome_of(call, documents, exit_code)

    async def _refuse_when_critical(self) -> None:
        """New work that would only wait is refused while the hub is critical."""
        now = await self.health()
        if now["state"] == "critical":
            raise NotFit(
                f"the hub is critical ({now['cause']}) and takes no new work",
                hint="ask again later; `hub_status` says how it is",
                retry_after=max(1.0, now["better_in_s"]),
            )

    def _confined(self, arguments: Arguments) -> Arguments:
        """The same arguments, with every path led to where it leads."""
        from ...knowledge.targets import is_address
        from .arguments import OF_PATHS

        named = arguments.model_dump()
        led: dict[str, Any] = {}
        for name in ("paths", "others", "folders"):
            if name in named:
                led[name] = [self.roots.inside(path) for path in named[name]]
        for name in (*OF_PATHS, "out"):
            if named.get(name):
                led[name] = self.roots.inside(named[name])
        for name in ("targets", "sources"):
            if name in named:
                led[name] = [
                    each if is_address(each) or (name == "sources" and "/" not in each) else self.roots.inside(each)
                    for each in named[name]
                ]
        if named.get("source") and not is_address(named["source"]):
            led["source"] = self.roots.inside(named["source"])
        if "question" in named:
            self.roots.check_words(named["question"])
        if "operations" in named:
            led["operations"] = self._confined_ops(named["operations"])
        return arguments.model_copy(update=led)

    def _confined_ops(self, words: list[str]) -> list[str]:
        """Operations of an edit, which may name other recordings."""
        from ...audio.editing.grammar import parse
        from ...audio.editing.operations import Concatenate
        from ...audio.editing.wording import canonical

        ops = [
            Concatenate(tuple(self.roots.inside(path) for path in op.paths), op.crossfade_s)
            if isinstance(op, Concatenate)
            else op
            for op in parse(words)
        ]
        return [canonical(op) for op in ops]

    async def _keep(self, closing: asyncio.Event, within_s: float) -> None:
        """Be the hub as soon as nobody else is, until the desk closes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._wanted.wait()
        while not closing.is_set():
            with hold_home(self.config) as is_ours:
                if is_ours:
                    try:
                        async with serving_hub(self.config, serving=True) as hub:
                            self.hub = hub
                            self._ready.set()
                            await closing.wait()
                    except GrymError as error:
                        self._fault = error
                    except Exception as fault:
                        log.exception("the hub could not be opened, or not be closed")
                        self._fault = BadSetup(f"the hub met a fault of ours ({fault!r})", hint="see its log")
                    finally:
                        self.hub = None
                        self._ready.set()
                    return
            self._ready.set()  # another one is, or starts just now
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await closing.wait()


def open_desk(config: Config, folder: Path | None = None) -> Desk:
    """A desk with the roots that the settings name."""
    return Desk(config, roots_of(config, folder or Path.cwd()))


def outcome_of(call: Call, documents: list[dict[str, Any]], exit_code: int) -> Outcome:
    """What documents of the hub come to: an answer, or the error of the first that is one."""
    errors = [document for document in documents if "error" in document]
    if exit_code and documents and len(errors) == len(documents):
        return Outcome(exit_code, None, errors[0]["error"], errors[0]["error"].get("retry_after_s"))
    document = {call.many: documents} if call.many else (documents[0] if documents else {})
    if exit_code == 4:  # an answer of nothing but refusals is one
        gap = next((gap for gap in _gaps(documents) if gap.get("code") in REFUSED), None)
        if gap is not None:
            said = {"code": gap["code"], "message": gap["reason"], "hint": gap.get("hint", "")}
            return Outcome(4, document, said, gap.get("retry_after_s"))
    return Outcome(exit_code, document)


def _gaps(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [gap for document in documents for gap in document.get("gaps", [])]
