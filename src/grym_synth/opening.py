"""Opening a hub: its parts are built, joined and closed here."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import platform
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from .config import Config, agent_environment
from .errands import Errands
from .errors import BadSetup, Unavailable
from .execution.approval import Approvals
from .execution.catalog import read_catalog
from .execution.executor import ANSWER, Executor
from .execution.fetching import Opener
from .execution.hearing import Listener
from .execution.keeper import mark_of_this_process
from .execution.reading import Reader
from .execution.supervisor import Supervisor
from .health.readings import total_ram_gb
from .hub import Hub, Laid, Teller
from .identity.asking import sign_in_of
from .jobs.cleaners import job_cleaners
from .jobs.engine import Engine, open_jobs
from .jobs.executors import executor_name
from .knowledge.fetcher import Fetcher
from .knowledge.job import following, learn_kind
from .knowledge.learn import Learner
from .knowledge.rules.responses import WHOLE_S
from .knowledge.search import Search
from .knowledge.telling import knowledge_findings
from .knowledge.vectors import open_encoder
from .library.finder import Finder
from .library.index import Index
from .library.job import hear_anew, index_kind
from .library.recurring import pattern_kind
from .library.telling import library_findings
from .likeness import Likeness
from .live import Cue, Live
from .llm.adapters import open_model
from .llm.guarded import GuardedModels, turns
from .llm.spending import Spending
from .memory.candidates import give_places
from .memory.duplicates import Duplicates
from .memory.patterns import PatternSearch
from .memory.shelf import Shelves
from .messages import Evidence, Gap
from .owners_shelf import OwnersShelf
from .owners_word import OwnersWord
from .packs import find_pack
from .planning.routing.router import load_router
from .resources.books import Books, known_accounts
from .resources.pool import Pool
from .resources.room import Capacity
from .sharing.taking import Own, bring_notes
from .storage.contexts import Contexts
from .storage.corrections import RouteCorrections
from .storage.events import Events
from .storage.job_rows import Place
from .storage.knowledge import Knowledge
from .storage.library import Library
from .storage.opening import is_shared, open_house, open_job_store, open_store
from .storage.prints import Prints, StoredPrint
from .storage.sharing import Shared
from .storage.sqlite import SqliteStore
from .storage.store import Store
from .storage.teachings import Teachings
from .tuning.owner import Owner
from .upkeep import Upkeep, probed_parts

log = logging.getLogger(__name__)

_PLACES_S = 5.0  # that places are given in one go: a hub that ends waits for no longer
_BESIDE_FETCHING_S = 15.0  # to start the agent, and to write what came


@asynccontextmanager
async def open_hub(config: Config, *, serving: bool = False, role: str = "hub") -> AsyncIterator[Hub]:
    """Build a hub for the body of an `async with` block; no process of it outlives the block.

    serving : it stays for others, so that its parts are worth probing
    role : among those that work on the same jobs
    """
    store, troubles = _open_store(config)
    approvals, catalog = Approvals(config.agents_folder), read_catalog(config.agents_folder)
    house = open_house(config, mark_of_this_process(str(config.home.absolute())))
    books = Books(house)
    at_once = {name: card.concurrency for name, card in catalog.cards.items() if card.concurrency}
    # One core more than there is: what is kept for questions is then that one, and batch work can use the rest.
    ram = total_ram_gb() * 0.8
    capacity = Capacity(config.cpu_slots + 1.0, ram, agents={**at_once, **turns(config.models)})
    pool = Pool(capacity, on_change=books.changes.note, accounts=known_accounts(house))
    agents = Supervisor(agent_environment(), home=config.home, check=approvals.check)
    parts = probed_parts(config, catalog, pool, agents, house) if serving else {}
    live = _follow_changes(config, store) if serving and store.is_lasting else None
    upkeep = Upkeep(config, pool, agents, house, books, parts, live=live, remembers=not troubles)
    executor = Executor(catalog, agents, pool, store, upkeep)
    spending = Spending(config.spending_path)
    models = GuardedModels(config.models, open_model, pool, upkeep, rules=config.model_rules, spending=spending)
    troubles = (*troubles, *catalog.troubles)
    listener = Listener(catalog, executor, deadline=config.step_deadline)
    index = Index(Library(store), listener, without=str(config.home.absolute()))
    cache = config.home / "cache" / "shelf" if store.is_lasting else None
    owner = Owner(Teachings(store), Shared(store))
    shelf = OwnersShelf(Shelves(index.library, cache, recipe=listener.recipe), index.library, owner)
    finder = Finder(index.library, shelf)
    encode = open_encoder()
    opener = Opener(catalog, executor, deadline=WHOLE_S + _BESIDE_FETCHING_S, loopback_test=config.loopback_test)
    learner = Learner(
        Knowledge(store),
        Reader(catalog, executor, deadline=config.step_deadline),
        Fetcher(opener, config.fetched_folder, loopback_test=config.loopback_test),
        encode=encode,
        hears=index,
        sounds=config.home / "sounds",
    )
    place_some = partial(give_places, index.library, listener.recipe, _PLACES_S)

    def make_ready() -> None:
        finder.prepare()
        place_some()

    kinds = [
        index_kind(index, at_once=config.cpu_slots, then=make_ready),
        pattern_kind(PatternSearch(store)),
        learn_kind(learner, at_once=config.cpu_slots),
    ]
    if not is_shared(config):  # else a job whose files this machine does not see is another's
        kinds = [replace(kind, is_here=None) for kind in kinds]
    place = Place(platform.node(), config.cpu_slots, ram)
    name = executor_name(config.home, place.host, role) if is_shared(config) else role
    rows = open_job_store(config)
    jobs = open_jobs(rows, kinds, executor=name, place=place, pool=pool, hold=upkeep.hold, buries=False)
    try:
        async with upkeep.running(), jobs as engine:
            upkeep.cleaners |= job_cleaners(engine.store, engine.reaper, engine.resume)
            router = await asyncio.to_thread(load_router, find_pack("minilm"), catalog.examples(approvals.is_approved))
            router.learn(RouteCorrections(store).every())
            near = Listener(catalog, executor, deadline=config.step_deadline, urgency=replace(ANSWER, takes_lite=False))
            word = OwnersWord(owner, store, catalog, executor, deadline=config.step_deadline)
            likeness = Likeness(index.library, near, shelf, owner)
            notes = Search(learner.knowledge, encode)
            sharing = _sharing(store, owner, index, learner)
            errands = Errands(learner, engine, sharing, owner, store, config.home)
            await asyncio.to_thread(_finish_sharing, sharing)
            if serving:
                troubles = (*troubles, *await _go_on(engine, index))
                if is_shared(config):
                    engine.stand_by()
                    upkeep.lookers.append(place_some)
                    if role == "hub":  # whom somebody may ask
                        upkeep.lookers.append(finder.prepare)
            async with following(learner.knowledge, engine, is_on=serving and store.is_lasting):
                yield Hub(
                    config, router, catalog, executor, pool, store, Contexts(store), models, engine, upkeep, index,
                    likeness, finder, notes, word, learner, sharing,
                    errands, _tellers(upkeep, likeness, word, finder, notes, errands), troubles,
                )  # fmt: skip
    finally:
        await models.aclose()
        await agents.close()
        house.close()
        store.close()


def _follow_changes(config: Config, store: Store) -> Live:
    """What others change in the store, as they do; a server says when, a file is looked at."""
    if not is_shared(config):
        return Live(Events(store))
    from .storage.listening import listen

    cues: dict[str, Cue] = {"listen": partial(listen, config.store_session or config.store)}
    can_hear = importlib.util.find_spec("realtime") is not None
    if config.supabase_url and not config.store_session and can_hear:  # a pooler would swallow what NOTIFY says
        from .identity.broadcasts import broadcasts

        cues["broadcast"] = partial(broadcasts, sign_in_of(config))
    return Live(Events(store), cues)


def _tellers(
    upkeep: Upkeep, likeness: Likeness, word: OwnersWord, finder: Finder, notes: Search, errands: Errands
) -> Mapping[str, Teller]:
    """What the hub answers without an agent, by capability, in the order of the answer."""
    Told = tuple[Sequence[Evidence], Sequence[Gap]]

    async def system(laid: Laid, heard: Sequence[Evidence]) -> Told:
        return upkeep.findings(), ()

    async def similar(laid: Laid, heard: Sequence[Evidence]) -> Told:
        if not laid.recordings:
            return (), ()
        first = laid.recordings[0]
        return await likeness.findings(first.path, first.subject, laid.request.question, lambda *_: None)

    async def teach(laid: Laid, heard: Sequence[Evidence]) -> Told:
        return await word.note(laid.request, [item.subject for item in laid.recordings])

    async def library(laid: Laid, heard: Sequence[Evidence]) -> Told:
        return await asyncio.to_thread(library_findings, finder, laid.request.question, heard)

    async def knowledge(laid: Laid, heard: Sequence[Evidence]) -> Told:
        return await asyncio.to_thread(knowledge_findings, notes, laid.request.question, heard)

    async def learn(laid: Laid, heard: Sequence[Evidence]) -> Told:
        return await errands.learn(laid.request)

    async def share(laid: Laid, heard: Sequence[Evidence]) -> Told:
        return await errands.share(laid.request, word.recipe)

    return {
        "system": system, "similar": similar, "teach": teach, "library": library, "knowledge": knowledge,
        "learn": learn, "share": share,
    }  # fmt: skip


def _sharing(store: Store, owner: Owner, index: Index, learner: Learner) -> Own:
    """What packs of others are held against."""
    duplicates, turn = Duplicates(Prints(store)), threading.Lock()

    def alike(heard: StoredPrint) -> Sequence[tuple[str, float]]:
        with turn:
            return [(found.sha256, found.similarity) for found in duplicates.of(heard)]

    return Own(Shared(store), owner.teachings, index.library, learner.knowledge, alike, learner.keep)


def _finish_sharing(sharing: Own) -> None:
    """Bring the notes of a pack whose taking in was cut off; that they cannot be brought stops no answer."""
    try:
        if sharing.shared.lacks_notes():
            bring_notes(sharing)
    except Unavailable as error:
        log.warning("notes of packs are not brought", extra={"reason": str(error)})


def _open_store(config: Config) -> tuple[Store, tuple[Gap, ...]]:
    """The store, or one in memory that forgets everything, and says so: a broken store stops no answer."""
    try:
        return open_store(config), ()
    except (Unavailable, BadSetup) as error:
        gap = Gap.from_error(error, capability="system")
        return SqliteStore.in_memory(), (replace(gap, reason=f"nothing will be remembered: {gap.reason}"),)


async def _go_on(jobs: Engine, index: Index) -> tuple[Gap, ...]:
    """Go on with jobs that an earlier hub left, and hear anew what an earlier version heard; that they cannot be read
    stops no answer."""
    try:
        await jobs.resume()
        await hear_anew(index, jobs)
    except Unavailable as error:
        return (replace(Gap.from_error(error, capability="system"), reason=f"no job goes on: {error}"),)
    return ()
