"""Learning from one file or address: it is fetched, read, folded and kept."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import ParamSpec, Protocol, TypeVar

from ..audio.decoding.suffixes import AUDIO_SUFFIXES
from ..errors import BadRequest, BadSetup, Unavailable
from ..messages import Gap, Json
from ..storage.knowledge import Knowledge
from ..storage.knowledge_rows import Section, SourceRow
from ..storage.store import Heard
from .folding import bands_of, is_alike, is_held, most_alike, runs_of
from .passages import cut_passages
from .reading.document import Document, document_from_json
from .reading.kinds import SUFFIXES_OF_TYPES, is_audio
from .targets import domain_of, is_address, slug_of
from .vectors import Encode, catch_up

P = ParamSpec("P")
T = TypeVar("T")

MOST_ENTRIES = 200  # of a feed or sitemap, in one run
_DEEPEST = 3  # feeds and sitemaps below one another
_CANDIDATES = 16
_OF_THE_HUB = frozenset({"refused", "circuit_open", "unavailable"})  # no fault of the file: it is tried again
_OF_THE_READER = frozenset({"agent_crashed", "agent_timeout"})


class Reads(Protocol):
    """Who has files read."""

    async def read(self, path: str, *, name: str = "", content_type: str = "", address: str = "") -> Heard: ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came from an address.

    path : where it lies; "" when it is as it was
    address : where it came from in the end
    """

    path: str
    address: str
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    is_unchanged: bool = False


class Fetches(Protocol):
    """Who may open addresses; `judge` decides without opening anything."""

    def judge(self, address: str, *, allow_http: bool) -> str: ...

    async def fetch(self, address: str, *, allow_http: bool, etag: str, last_modified: str) -> Fetched: ...


class Hears(Protocol):
    """Who takes one recording into the library and listens to it; says why nothing can be heard in it, or ""."""

    async def hear_one(self, path: str, sha256: str) -> str: ...


class NotReadable(BadRequest):
    """It cannot be read; the sentence says why."""

    code = "unreadable"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be learned, and how.

    parent : the folder, feed or sitemap that somebody named, where this is a part of it
    depth : how many feeds and sitemaps led here
    """

    address: str
    parent: str = ""
    domain: str = ""
    allow_http: bool = False
    most: int = MOST_ENTRIES
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of a wish, and the entries of a feed or sitemap, which are wishes of their own."""

    told: dict[str, Json]
    entries: tuple[Wish, ...] = ()


class Learner:
    """One for each hub.

    fetches : None where addresses cannot be opened
    encode : makes the vectors of passages; None where they are searched by words alone
    hears : None where recordings are noted and not listened to
    sounds : where recordings that were fetched are kept
    """

    def __init__(
        self,
        knowledge: Knowledge,
        reads: Reads,
        fetches: Fetches | None = None,
        encode: Encode | None = None,
        hears: Hears | None = None,
        sounds: Path | None = None,
    ) -> None:
        self.knowledge, self._reads, self._fetches, self._encode = knowledge, reads, fetches, encode
        self._hears, self._sounds = hears, sounds
        self.turn = asyncio.Lock()  # to write: of two copies that come at once, one is the first

    def judge(self, address: str, *, allow_http: bool) -> str:
        """The address as it is kept; raises what forbids to open it, and opens nothing."""
        return self._fetcher.judge(address, allow_http=allow_http)

    @property
    def _fetcher(self) -> Fetches:
        if self._fetches is None:
            raise BadSetup("addresses cannot be fetched here", hint="save the page, and give the file")
        return self._fetches

    async def learn(self, wish: Wish) -> Learned:
        """Learn from one address or file; of a feed or sitemap only which entries it has."""
        if wish.depth or is_address(wish.address):  # an entry is an address, whatever it looks like
            return await self._learn_address(wish)
        return await self._learn_file(wish)

    async def _learn_file(self, wish: Wish) -> Learned:
        path = wish.address
        try:
            sha256 = await asyncio.to_thread(_hash, path)
        except OSError as error:
            raise NotReadable(f"{path!r} cannot be opened: {error.strerror}") from error
        held = self.knowledge.source(path)
        if held is not None and held.sha256 == sha256 and (not wish.domain or held.domain == wish.domain):
            self.knowledge.checked(path, time.time())
            return Learned(_told(path, "unchanged", held))
        if is_audio(path):
            await self._hear(path, sha256)
            document = Document("audio", PurePath(path).stem, "")
        else:
            document, sha256 = await self._read(path, path)
        if document.kind in ("feed", "sitemap"):
            return _entries(wish, document)
        return Learned(await self._keep(wish, document, sha256))

    async def _learn_address(self, wish: Wish) -> Learned:
        wish = replace(wish, address=self.judge(wish.address, allow_http=wish.allow_http))
        held = self.knowledge.source(wish.address)
        marks = ("", "") if held is None else (held.etag, held.last_modified)
        found = await self._fetcher.fetch(
            wish.address, allow_http=wish.allow_http, etag=marks[0], last_modified=marks[1]
        )
        if found.is_unchanged and held is not None:
            self.knowledge.checked(wish.address, time.time())
            return Learned(_told(wish.address, "unchanged", held))
        try:
            if is_audio(PurePath(found.address).name, found.content_type):
                sha256 = await asyncio.to_thread(_hash, found.path)
                await self._hear(await asyncio.to_thread(self._settle, found, sha256), sha256)
                document = Document("audio", PurePath(found.address).name, "")
                return Learned(await self._keep(wish, document, sha256, found))
            document, sha256 = await self._read(found.path, wish.address, found)
        finally:
            Path(found.path).unlink(missing_ok=True)
        if document.kind in ("feed", "sitemap"):
            return _entries(wish, document)
        return Learned(await self._keep(wish, document, sha256, found))

    def _settle(self, found: Fetched, sha256: str) -> str:
        """Put a recording that was fetched where the library can go on reading it; the path."""
        if self._sounds is None:
            return found.path
        self._sounds.mkdir(parents=True, exist_ok=True, mode=0o700)
        suffix = PurePath(found.address.partition("?")[0]).suffix.lower()
        said = found.content_type.partition(";")[0].strip().lower()
        place = self._sounds / f"{sha256}{suffix if suffix in AUDIO_SUFFIXES else SUFFIXES_OF_TYPES.get(said, '.wav')}"
        Path(found.path).replace(place)
        return str(place)

    async def _hear(self, path: str, sha256: str) -> None:
        """Have a recording analysed and catalogued; raises NotReadable where nothing can be heard in it."""
        if self._hears is not None and (why := await self._hears.hear_one(path, sha256)):
            raise NotReadable(f"{PurePath(path).name!r} cannot be listened to: {why}")

    def sound_of(self, source: SourceRow) -> Path | None:
        """The file of a recording that was fetched, which nobody else looks after."""
        held = self._sounds.glob(f"{source.recording}.*") if self._sounds is not None and source.recording else ()
        return next(iter(held), None) if is_address(source.address) else None

    async def _read(self, path: str, subject: str, found: Fetched | None = None) -> tuple[Document, str]:
        name = PurePath(found.address).name if found else PurePath(path).name
        heard = await self._reads.read(
            path, name=name, content_type=found.content_type if found else "", address=found.address if found else ""
        )
        for item in heard.evidence:
            if item.name == "read.document" and isinstance(item.value, dict):
                return document_from_json(item.value), str(item.value.get("sha256", ""))
        gap = heard.gaps[0] if heard.gaps else Gap("learn", "nobody said why", "agent_failed")
        if gap.code in _OF_THE_HUB:
            raise Unavailable(gap.reason, hint=gap.hint, retry_after=gap.retry_after_s)
        reason = f"{gap.reason}: it may be damaged, or made to do harm" if gap.code in _OF_THE_READER else gap.reason
        raise NotReadable(f"{subject!r} cannot be read: {reason}", hint=gap.hint)

    async def _keep(self, wish: Wish, document: Document, sha256: str, found: Fetched | None = None) -> dict[str, Json]:
        title = document.title or PurePath(wish.address).stem or wish.address
        now = time.time()
        source = SourceRow(
            wish.address, document.kind, wish.domain or domain_of(wish.address, wish.parent), slug_of(title), title,
            sha256, 1, now, now, wish.parent, found.etag if found else "", found.last_modified if found else "",
            sha256 if document.kind == "audio" else "",
        )  # fmt: skip
        async with self.turn:
            told = await whole(self._put, source, document)
            if self._encode is not None:
                await whole(catch_up, self.knowledge, self._encode)
            return told

    def keep(self, source: SourceRow, text: str, sections: Sequence[Section]) -> None:
        """Keep what another read and shared, as if it had been read here."""
        self._put(source, Document(source.kind, source.title, text, tuple(sections)))
        if self._encode is not None:
            catch_up(self.knowledge, self._encode)

    def _put(self, source: SourceRow, document: Document) -> dict[str, Json]:
        before = self.knowledge.source(source.address)
        passages = cut_passages(document.text, document.sections, source.title)
        copies, bands = self._fold(source.address, document.text, passages)
        version = self.knowledge.put(source, document.text, document.sections, passages, copies=copies, bands=bands)
        is_new = before is None
        state = "new" if is_new else "changed" if before is not None and version > before.version else "unchanged"
        folded = sum(copy is not None for copy in copies)
        told = _told(source.address, state, self.knowledge.source(source.address) or source)
        return {**told, "passages": len(passages), "folded": folded, "note": document.note}

    def _fold(
        self, address: str, text: str, passages: Sequence[tuple[int, int, str]]
    ) -> tuple[list[int | None], list[list[int]]]:
        """For each passage the one that it repeats; the first that was read is shown, later ones are its copies."""
        runs = [runs_of(text[start:end]) for start, end, _ in passages]
        bands = [bands_of(each) for each in runs]
        copies: list[int | None] = []
        shared: Counter[str] = Counter()
        for each, found in zip(runs, bands, strict=True):
            near = self.knowledge.passages(self.knowledge.near(found)[:_CANDIDATES])
            near = [item for item in near if item.address != address]
            shared.update({item.address for item in near})
            copies.append(next((item.id for item in near if is_alike(each, runs_of(item.text))), None))
        for other, _ in shared.most_common(3):
            whole = runs_of(self.knowledge.text(other) or "")
            if not is_alike(runs_of(text), whole):
                continue
            theirs = [item for item in self.knowledge.passages_of(other) if item.text]
            said = [runs_of(item.text) for item in theirs]
            for place, each in enumerate(runs):
                if copies[place] is None and is_held(each, whole):
                    copies[place] = theirs[most_alike(each, said)].id
            break
        return copies, bands

    def missing(self, folder: str) -> list[str]:
        """Files of a folder that were read and are there no longer; they are kept until they are forgotten."""
        return [row.address for row in self.knowledge.sources(parent=folder) if not Path(row.address).exists()]


def _entries(wish: Wish, document: Document) -> Learned:
    """The entries of a feed or sitemap: nothing else that they link to is followed, and no loop of them."""
    links = list(dict.fromkeys(link.address for link in document.links))
    taken = links[: wish.most] if wish.depth < _DEEPEST else []
    below = sum(link.kind == "sitemap" for link in document.links[: wish.most])
    most = max(1, (wish.most - len(taken)) // below) if below else 1
    root = wish.parent or wish.address
    told: dict[str, Json] = {
        "address": wish.address, "state": "followed", "kind": document.kind,
        "entries": len(taken), "left": len(links) - len(taken),
    }  # fmt: skip
    return Learned(
        told,
        tuple(Wish(each, root, wish.domain, wish.allow_http, most, wish.depth + 1) for each in taken),
    )


async def whole(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Do it in a thread, and wait for its end also where the waiting is cancelled: it cannot be stopped half-way."""
    doing = asyncio.ensure_future(asyncio.to_thread(work, *arguments, **named))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        raise


def _told(address: str, state: str, row: SourceRow) -> dict[str, Json]:
    """What is kept with the job: nothing that the source says, since that is to be forgotten for good."""
    return {
        "address": address, "state": state, "kind": row.kind,  "domain": row.domain,
        "version": row.version, "passages": 0, "folded": 0,
    }  # fmt: skip


def _hash(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
