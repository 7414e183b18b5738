"""What sounds like a recording that somebody names: known already or listened to first, then looked for in memory."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from . import __version__
from .audio.decoding.files import open_audio
from .errors import BadRequest, BadSetup, GrymError, Unavailable, UnusableAudio
from .execution.hearing import Listener
from .library.describe import describe, is_recording
from .memory.aspects import WEIGHTS, WEIGHTS_OF_HIT
from .memory.candidates import DuplicatesAmong, can_ask, candidates, nearest_names
from .memory.named_patterns import evidence_of_shared, held, named_in, seeks_pattern, unknown_pattern
from .memory.shelf import Shelf
from .memory.similar import Found, Match, Query, Recall
from .memory.wishes import Wish, fitting, shifted
from .messages import EVIDENCE_UNITS, Evidence, Gap, Json, Source, Span
from .owners_shelf import OwnersShelf
from .storage.library import Library
from .storage.patterns import Patterns
from .storage.prints import Prints, read_print
from .storage.store import FileStamp
from .tuning.owner import LEARNED, Owner

log = logging.getLogger(__name__)

OnProgress = Callable[[float, str], None]

_FOR_DUPLICATES = 50  # of the nearest candidates, that may be the same recording
_TOLD = 5  # matches that an answer in words is given


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be found besides a likeness; times are seconds.

    weights : by aspect; None for those of the owner's ear, else the usual ones
    start_s, end_s : the part of the recording that is asked about
    direction : "darker", "faster", ...; "" for none
    """

    k: int = 10
    weights: Mapping[str, float] | None = None
    start_s: float | None = None
    end_s: float | None = None
    direction: str = ""
    fits: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """What was found, and whose weights it was judged by: "asked", "your ear" or "usual"."""

    found: Found
    weighed_by: str


class Likeness:
    """One for each hub.

    listener : hears what the library does not know
    shelf : the library in memory, by what the listener hears
    """

    def __init__(self, library: Library, listener: Listener, shelf: OwnersShelf, owner: Owner) -> None:
        self._library, self._listener, self._shelf, self._owner = library, listener, shelf, owner
        self._recall, self._patterns = Recall(library, Prints(library.store)), Patterns(library.store)
        self._turn = asyncio.Lock()  # what a search keeps is not made twice

    async def find(self, path: str, asked: Asked, on_progress: OnProgress) -> Alike:
        """What of the library is like the recording at `path`.

        Raises
        ------
        NothingKnown
            The library is empty.
        BadRequest
            The recording cannot be listened to, or what is asked of it makes no sense.
        """
        asks_server = not (asked.direction or asked.fits or self._shelf.is_at_hand) and await asyncio.to_thread(
            can_ask, self._library, self._listener.recipe, asked.k
        )
        shelf = None if asks_server else await self._whole()
        query = await self._query(path, asked, on_progress)
        weights, by = asked.weights, "asked"
        if weights is None:
            weights = await asyncio.to_thread(self._learned_weights, self._listener.recipe, query)
            by = "usual" if weights is None else "your ear"
        if shelf is None and (found := await asyncio.to_thread(self._among_candidates, query, asked.k, weights)):
            return Alike(found, by)
        shelf = shelf or await self._whole()
        if not query.is_part:
            query = replace(query, described=await asyncio.to_thread(self._shelf.described, query.described))
        wish: Wish | None = None
        if asked.direction:
            wish = shifted(shelf, query.described.figures, asked.direction)
        elif asked.fits:
            wish = await asyncio.to_thread(fitting, shelf, query.described.figures, query.described.words)
        async with self._turn:
            found = await asyncio.to_thread(self._recall.similar, shelf, query, asked.k, weights, wish)
        return Alike(replace(found, left_out=shelf.left_out), by)

    async def _whole(self) -> Shelf:
        """The library in memory; raises NothingKnown where it is empty."""
        async with self._turn:
            shelf = await asyncio.to_thread(self._shelf.current)
        if not len(shelf) and shelf.left_out:
            raise NothingKnown(
                f"all {shelf.left_out} recordings of the library were heard by an earlier version",
                hint="let them be heard again: grym index FOLDER",
            )
        if not len(shelf):
            raise NothingKnown("the library is empty", hint="fill it first: grym index FOLDER")
        return shelf

    def _among_candidates(self, query: Query, k: int, weights: Mapping[str, float] | None) -> Found | None:
        """What is near of those that the server puts forward; None where it cannot say."""
        judged_by = weights or (WEIGHTS_OF_HIT if query.is_hit else WEIGHTS)
        own = "" if query.is_part else query.described.sha256
        shelf = candidates(self._library, self._listener.recipe, query.row, judged_by, own)
        if shelf is None:
            return None
        recall = Recall(self._library, self._recall.prints)
        near = nearest_names(shelf, query.row, judged_by, _FOR_DUPLICATES)
        recall.duplicates = DuplicatesAmong(recall.prints, near)
        found, known = recall.similar(shelf, query, k, weights), self._library.recipes()
        searched = known.get(self._listener.recipe, 0)
        return replace(found, searched=searched, left_out=sum(known.values()) - searched)

    def _learned_weights(self, recipe: str, query: Query) -> Mapping[str, float] | None:
        """The weights of the owner's ear for such a recording; None for the usual ones."""
        try:
            return self._owner.weights_for(recipe, is_hit=query.is_hit)
        except BadRequest as error:  # an ear that cannot be read hinders no search
            log.warning("the ear in use cannot be read", extra={"reason": str(error)})
            return None

    def seeks_pattern(self, question: str) -> bool:
        """Whether it is asked if, or where, a pattern lies that its owner named."""
        try:
            return seeks_pattern(question, self._patterns.names())
        except Unavailable:  # a store that fails stops no answer
            return False

    async def findings(
        self, path: str, subject: str, question: str, on_progress: OnProgress
    ) -> tuple[list[Evidence], list[Gap]]:
        """The nearest as evidence about a recording, or where the patterns lie in it that the question names."""
        try:
            names = await asyncio.to_thread(self._patterns.names)
            if gap := unknown_pattern(question, list(names), subject):
                return [], [gap]
            if named := {name: names[name] for name in named_in(question, names)}:
                query = await self._query(path, Asked(), on_progress)
                return await asyncio.to_thread(held, Prints(self._library.store), query.print, named, subject)
            alike = await self.find(path, Asked(k=_TOLD), on_progress)
        except GrymError as error:
            return [], [Gap.from_error(error, capability="similar", subject=subject)]
        return [*evidence_of(alike.found, subject), *_evidence_of_weights(alike, subject)], []

    async def _query(self, path: str, asked: Asked, on_progress: OnProgress) -> Query:
        if asked.start_s is not None or asked.end_s is not None:
            with tempfile.TemporaryDirectory(prefix="grym-") as folder:
                part = Path(folder) / "part.wav"
                await asyncio.to_thread(_cut, path, part, asked.start_s or 0.0, asked.end_s)
                return await self._listen(str(part), path, on_progress, is_part=True)
        sha256 = await asyncio.to_thread(self._hash, path)
        known = next(iter(self._library.described([sha256], recipe=self._listener.recipe)), None)
        if known is not None and known.vectors:
            return Query(known, path, Prints(self._library.store).of([sha256]).get(sha256))
        return await self._listen(path, path, on_progress, sha256=sha256)

    async def _listen(
        self, path: str, own_path: str, on_progress: OnProgress, *, sha256: str = "", is_part: bool = False
    ) -> Query:
        hearing = await self._listener.listen(path, Path(path).stat().st_size, on_progress)
        if not is_recording(hearing.heard.evidence):
            gap = next(iter(hearing.heard.gaps), None)
            raise NotHeard(
                gap.reason.replace(path, own_path) if gap else f"nothing was heard of {own_path!r}",
                hint=gap.hint if gap else "",
            )
        described = describe(sha256, self._listener.recipe, hearing.heard.evidence)
        return Query(described, own_path, read_print(sha256, hearing.heard.evidence), is_part)

    def _hash(self, path: str) -> str:
        try:
            stamp = FileStamp.of(path)
            known = self._library.store.recall_hash(stamp)
            if known is None:
                with Path(path).open("rb") as file:
                    known = hashlib.file_digest(file, "sha256").hexdigest()
                self._library.store.keep_hash(stamp, known)
            return known
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no possible name"
            raise UnusableAudio(f"{path!r} cannot be read: {reason}", hint="check the name and its rights") from error


class NothingKnown(BadSetup):
    """There is nothing to search in."""

    code = "empty_library"


class NotHeard(UnusableAudio):
    """What was to be searched for could not be listened to."""


def evidence_of(found: Found, subject: str) -> Sequence[Evidence]:
    """A finding about each match: its likeness to the recording asked about, by aspect, and the seconds; and about the
    recording itself, whether anything is near.
    """
    source = Source("hub", __version__, "weighted cosines of the aspects, as shares of pairs that belong together")
    told = [
        Evidence("", "similar.match", "match", _match_to_json(each), EVIDENCE_UNITS["match"], each.similarity,
                 each.path, source, span=None if each.span_s is None else Span(*each.span_s))
        for each in found.matches
    ]  # fmt: skip
    near: tuple[tuple[str, str, Json], ...] = (
        ("near", "label", "near" if found.is_near else "nothing near"),
        ("searched", "count", found.searched),
    )
    return [
        *told,
        *(
            item
            for match in found.matches
            for each in match.shared
            for item in evidence_of_shared(each, subject, match.path)
        ),
        *(
            Evidence("", f"similar.{n}", kind, value, EVIDENCE_UNITS[kind], 1.0, subject, source)
            for n, kind, value in near
        ),
    ]


def _evidence_of_weights(alike: Alike, subject: str) -> Iterator[Evidence]:
    """What share of the likeness each aspect has, where an ear learned it."""
    if alike.weighed_by == "your ear":
        shares: Json = {name: round(100.0 * weight) for name, weight in alike.found.weights.items()}
        source = Source(LEARNED, "", "learned from your choices")
        yield Evidence("", "similar.weights", "share", shares, EVIDENCE_UNITS["share"], 1.0, subject, source)


def _match_to_json(match: Match) -> dict[str, Json]:
    return {
        "path": match.path,
        "similarity_percent": round(100.0 * match.similarity, 1),
        "relation": match.relation or "alike",
        **{f"{name}_percent": round(100.0 * share, 1) for name, share in match.aspects.items()},
        **({"start_s": match.span_s[0], "end_s": match.span_s[1]} if match.span_s else {}),
    }


def _cut(path: str, out: Path, start_s: float, end_s: float | None) -> None:
    """Write a stretch of a recording to a file of its own."""
    import soundfile

    with open_audio(path) as audio:
        declared = (audio.header.frames_declared or 0) / audio.sr
        end_s = end_s if end_s is not None else max(declared, start_s + 3600.0)
        if not 0.0 <= start_s < end_s or (declared and start_s >= declared):
            length = f", the recording lasts {declared:.3f} s" if declared else ""
            raise BadRequest(f"the part from {start_s:g} to {end_s:g} s is none{length}", hint="--start before --end")
        blocks = list(audio.stretch(start_s, end_s - start_s))
        soundfile.write(str(out), np.concatenate(blocks), audio.sr, format="WAV", subtype="FLOAT")
