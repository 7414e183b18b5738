"""What a question may ask to be done beside answering it: to read something, to write or take in a pack.

Nothing is fetched, read or written before the asker has seen what it would be and has said yes.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import __version__
from .errors import BadRequest, GrymError, Unavailable
from .identity.asking import as_itself, must_be
from .jobs.engine import Engine
from .jobs.port import Job
from .knowledge.forgetting import absolute, find_sources
from .knowledge.job import LEARN
from .knowledge.learn import Learner
from .knowledge.targets import check_file, is_address
from .messages import Evidence, Gap, Json, Request, Source
from .regex import lazily
from .sharing.collecting import Stock, collect
from .sharing.keys import own_key, short
from .sharing.pack import read_pack, write_pack
from .sharing.taking import Looked, Own, look, take
from .storage.knowledge_rows import Forgotten
from .storage.prints import Prints
from .storage.store import Store
from .tuning.exchange import export as export_ear
from .tuning.owner import Owner

Done = tuple[list[Evidence], list[Gap]]

_ADDRESS = lazily(r"https?://[^\s<>\"'“”«»]+", re.IGNORECASE)
_NAMED = lazily(
    r"(?<!\S)[\"'“„«]?((?:~|\.{0,2})/[^\s\"'”“»]+|[^\s\"'”“»]+\.(?:md|txt|pdf|html?|musicxml|mxl|midi?))\b",
    re.IGNORECASE,
)
_PACK = lazily(r"(?<!\S)[\"'“„«]?([^\s\"'”“»]+\.grym)\b", re.IGNORECASE)
_FORGETS = lazily(r"(?i)\b(?:forget|vergiss|oublie|olvida|dimentica|esquece|glöm)\b")
_TAKES_IN = lazily(r"(?i)\b(?:import|importier\w*|importe\w*|importa\w*|take (?:it |this |that )?in|load|merge)\b")
_EVERY = lazily(r"(?i)\b(?:every|each)\s+(?:(\d{1,3})\s+)?(hour|day|week|month)s?\b|\b(hourly|daily|weekly|monthly)\b")
_SECONDS = {"hour": 3600.0, "day": 86400.0, "week": 604800.0, "month": 2592000.0}
_LY = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}
_SAYS_WHAT: Mapping[str, re.Pattern[str]] = {
    "labels": lazily(r"(?i)\b(?:labels?|corrections?|preferences?|taught)\b"),
    "features": lazily(r"(?i)\b(?:features?|measurements?|figures?|analys[ei]s)\b"),
    "notes": lazily(r"(?i)\b(?:notes?|knowledge)\b"),
    "ear": lazily(r"(?i)\bear\b"),
}
_MOST_ITEMS, _MOST_JOBS = 10_000, 10_000
_LONGEST_ITEM_S = 30.0  # that `forget` waits for what others have in hand


class Errands:
    """One for each hub."""

    def __init__(self, learner: Learner, jobs: Engine, own: Own, owner: Owner, store: Store, home: Path) -> None:
        self._learner, self._jobs, self._own, self._store, self._home = learner, jobs, own, store, home
        self._owner = owner

    def stock(self, recipe: str) -> Stock:
        """Where what is shared comes from; `recipe` is that of the vectors that an ear goes with."""
        teachings = self._owner.teachings
        return Stock(
            teachings, self._own.library, Prints(self._store), self._learner.knowledge,
            lambda: json.loads(export_ear(teachings, recipe)),
        )  # fmt: skip

    # --- learning ---------------------------------------------------------------------------------------------------

    async def learn(self, request: Request) -> Done:
        """Read what a question names for the knowledge base, or forget it; without consent say what would be done."""
        if not self._store.is_lasting:
            return [], [Gap("learn", "nothing is kept: the store cannot be opened", "store_unavailable")]
        try:
            must_be("editor", "learning and forgetting")
            if _FORGETS.search(request.question):
                return await self._forget(request)
            targets = self._targets(request)
            if not targets:
                reason = "Name the page, file or folder that I am to read"
                return [], [Gap("learn", reason, "unclear", hint="grym learn SOURCE reads one too")]
            return await self._learn(request, targets)
        except GrymError as error:
            return [], [Gap.from_error(error, capability="learn")]

    def _targets(self, request: Request) -> list[str]:
        """What is to be read, judged: addresses that may be opened, and files that are there."""
        found: list[str] = []
        for name in (*_ADDRESS.findall(request.question), *request.paths, *_NAMED.findall(_without(request.question))):
            name = name.rstrip(".,;:!?)")
            if is_address(name):
                found.append(self._learner.judge(name, allow_http=False))
            else:
                found.append(absolute(request.folder, name))
                check_file(found[-1])
        return list(dict.fromkeys(found))

    async def _learn(self, request: Request, targets: Sequence[str]) -> Done:
        every_s = _every(request.question)
        if not request.consent:
            plans = [_said("learn.planned", target) for target in targets]
            if every_s:
                plans.append(_said("learn.planned_every_h", round(every_s / 3600.0, 2), kind="number"))
            return plans, [Gap("learn", "Nothing is read yet", "consent", hint="say yes with `--yes`")]
        params: dict[str, Json] = {"targets": [*targets], "domain": "", "allow_http": False}
        job = await self._jobs.start(LEARN, params)
        try:
            async for _ in self._jobs.follow(job):
                pass
        except asyncio.CancelledError:
            await asyncio.shield(self._jobs.cancel(job))
            raise
        with as_itself():  # it will read them again by itself
            for target in targets if every_s else ():
                self._learner.knowledge.follow(target, every_s, "page" if is_address(target) else "folder")
        done: list[Evidence] = []
        gaps: list[Gap] = []
        for item in await self._jobs.items(job, limit=_MOST_ITEMS):
            if item.state == "failed":
                gaps.append(Gap("learn", item.reason, item.code))
            elif isinstance(item.result, dict):
                done.append(_said(f"learn.{item.result['state']}", self._title(item.result)))
        return done, gaps[:5]

    def _title(self, told: Mapping[str, Any]) -> str:
        row = self._learner.knowledge.source(str(told["address"]))
        return row.title if row is not None else str(told["address"])

    async def _forget(self, request: Request) -> Done:
        knowledge = self._learner.knowledge
        names = [name.rstrip(".,;:!?)") for name in _ADDRESS.findall(request.question)] or [
            *request.paths, *_NAMED.findall(_without(request.question)),
        ]  # fmt: skip
        found = [address for name in names for address in find_sources(knowledge, name, request.folder)]
        if not found:
            what = f"{names[0]!r} was never read" if names else "Name the page, file or folder that I am to forget"
            return [], [Gap("learn", what, "unclear", hint="`grym learn --list` shows what was read")]
        if not request.consent:
            parts = list(dict.fromkeys(part for address in found for part in knowledge.with_parts(address)))
            gap = Gap("learn", "Nothing is forgotten yet", "consent", hint="say yes with `--yes`")
            return [_said("learn.planned_to_forget", part) for part in parts], [gap]
        gone, ended = await self.forget(found)
        told = [_said("learn.forgotten", part) for each in gone for part in each.addresses]
        return [*told, *(_said("learn.ended", title) for title in ended)], []

    async def forget(self, addresses: Sequence[str]) -> tuple[list[Forgotten], list[str]]:
        """Take sources out for good: what they were read into, recordings that were fetched, and jobs that name them.

        A job that is still reading them is cancelled first, or it would bring them back; its title comes back, since
        it may have had more to read.
        """
        parts = {part for each in addresses for part in self._learner.knowledge.with_parts(each)} | {*addresses}
        roots = {row.parent for part in parts if (row := self._learner.knowledge.source(part)) is not None}
        read = parts | roots - {""}
        name_it = await asyncio.to_thread(self._jobs.store.with_items, LEARN, parts)
        concerned = [
            job
            for job in await self._jobs.every(_MOST_JOBS)
            if job.kind == LEARN and (job.id in name_it or _concerns(job.params, read))
        ]
        unfinished = [job for job in concerned if not job.has_ended]
        for job in unfinished:
            await self._jobs.cancel(job.id)
        await self._wait_for_items(unfinished)
        async with self._learner.turn:
            with as_itself():  # for all: also what it follows by itself, and what came with packs
                gone = await asyncio.to_thread(self._forget_now, addresses, parts)
        for job in concerned:
            await asyncio.to_thread(self._jobs.store.forget, job.id)
        if concerned:
            await asyncio.to_thread(self._jobs.store.empty_log)
        return gone, [job.title for job in unfinished]

    async def _wait_for_items(self, cancelled: Sequence[Job]) -> None:
        """Until nobody has an item of these jobs in hand: what another hub ends later would come back."""
        give_up_at = time.monotonic() + _LONGEST_ITEM_S
        for job in cancelled:
            while await self._jobs.items(job.id, "running", limit=1) and time.monotonic() < give_up_at:
                await asyncio.sleep(0.1)

    def _forget_now(self, addresses: Sequence[str], parts: Collection[str]) -> list[Forgotten]:
        knowledge, library = self._learner.knowledge, self._own.library
        sources = [row for part in parts if (row := knowledge.source(part)) is not None]
        sounds = [path for row in sources if (path := self._learner.sound_of(row)) is not None]
        gone = [knowledge.forget(address) for address in addresses]
        for address in parts:
            self._own.shared.forget_note(address)
        still = {row.recording for row in knowledge.sources() if row.recording}
        for path in sounds:
            if path.stem not in still:
                library.drop_files([str(path)])
                path.unlink(missing_ok=True)
        return gone

    # --- sharing ----------------------------------------------------------------------------------------------------

    async def share(self, request: Request, recipe: str) -> Done:
        """Write, explain or take in the pack that a question names; without consent say what would be done."""
        if not self._store.is_lasting:
            return [], [Gap("share", "nothing is kept: the store cannot be opened", "store_unavailable")]
        try:
            return await asyncio.to_thread(self._share, request, recipe)
        except GrymError as error:
            return [], [Gap.from_error(error, capability="share")]

    def _share(self, request: Request, recipe: str) -> Done:
        named = [*(path for path in request.paths if path.endswith(".grym")), *_PACK.findall(request.question)]
        path = Path(absolute(request.folder, named[0])) if named else None
        if path is not None and path.exists():
            looked = look(self._own, read_pack(path))
            if not _TAKES_IN.search(request.question):
                return _told_of(looked), []
            return self._take(request, looked)
        what = [kind for kind, words in _SAYS_WHAT.items() if words.search(request.question)]
        if not what:
            reason = "Say what I am to share: labels, features, notes or ear; or name a pack (FILE.grym)"
            return [], [Gap("share", reason, "unclear", hint="grym share export OUT.grym --what labels")]
        return self._export(request, what, path or Path(request.folder, f"{'-'.join(what)}.grym"), recipe)

    def _take(self, request: Request, looked: Looked) -> Done:
        told = _told_of(looked)
        if not looked.is_trusted:
            reason = "Nothing is taken in: you do not trust who signed it"
            return told, [Gap("share", reason, "not_trusted", hint="grym share trust KEY, once you compared it")]
        if not request.consent:
            return told, [Gap("share", "Nothing is taken in yet", "consent", hint="say yes with `--yes`")]
        must_be("owner", "taking a pack in")
        take(self._own, looked)
        return [*told, _said("share.taken", looked.pack.id[:12])], []

    def _export(self, request: Request, what: Sequence[str], path: Path, recipe: str) -> Done:
        collected = collect(self.stock(recipe), what)
        if not collected.documents:
            hint = "`grym teach` and `grym learn` make some"
            raise BadRequest(f"there is nothing to share of {', '.join(what)}", hint=hint)
        if path.exists():
            raise BadRequest(f"{str(path)!r} is there already", hint="name a new file")
        counts = [
            _said(f"share.{name}", count, kind="count")
            for name, count in collected.counts.items() if name != "recordings"
        ]  # fmt: skip
        if not request.consent:
            gap = Gap("share", "Nothing is written yet", "consent", hint="say yes with `--yes`")
            return [_said("share.planned", str(path)), *counts], [gap]
        if not path.parent.is_dir():
            raise Unavailable(f"{str(path)!r} lies in a folder that does not exist")
        write_pack(path, own_key(self._home / "keys"), int(time.time()), collected.documents)
        return [_said("share.written", str(path)), *counts], []


def _concerns(params: Mapping[str, Json], parts: Collection[str]) -> bool:
    """Whether a job reads any of these sources: itself, or out of a folder of its."""
    raw = params.get("targets")
    targets = [str(each) for each in raw] if isinstance(raw, list) else []
    return any(part == each or part.startswith(f"{each}/") for each in targets for part in parts)


def _told_of(looked: Looked) -> list[Evidence]:
    """Whose pack it is, and what of it fits."""
    who = f"{looked.name} ({short(looked.pack.signer)})" if looked.name else looked.pack.signer
    told = [_said("share.signer" if looked.is_trusted else "share.stranger", who)]
    held = Counter(row.kind for row in looked.rows)
    return [*told, *(_said(f"share.{kind}s", count, kind="count") for kind, count in held.items())]


def _said(name: str, value: Json, *, kind: str = "label") -> Evidence:
    return Evidence("", name, kind, value, "", 1.0, "", Source("hub", __version__, "as it was asked for"))


def _without(question: str) -> str:
    """The question without the web addresses in it, which hold what looks like files."""
    return _ADDRESS.sub(" ", question)


def _every(question: str) -> float:
    """How often, in seconds, it is to be read again; 0 when the question does not say."""
    found = _EVERY.search(question)
    if found is None:
        return 0.0
    unit = _LY[found[3].lower()] if found[3] else found[2].lower()
    return _SECONDS[unit] * int(found[1] or 1)
