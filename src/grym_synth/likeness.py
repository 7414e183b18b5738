"""What sounds like a recording that somebody names: known already or listened to first, then looked for in memory."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from . import __version__
from .audio.decoding.files import open_audio
from .errors import BadRequest, BadSetup, GrymError, UnusableAudio
from .execution.hearing import Ear
from .library.describe import describe, is_recording
from .memory.shelf import Shelves
from .memory.similar import Found, Match, Query, Recall
from .memory.wishes import Wish, fitting, shifted
from .messages import EVIDENCE_UNITS, Evidence, Gap, Json, Source, Span
from .storage.library import Library
from .storage.prints import Prints, read_print
from .storage.sqlite import FileStamp

OnProgress = Callable[[float, str], None]

_TOLD = 5  # matches that an answer in words is given


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be found besides a likeness; times are seconds.

    weights : by aspect; None for the usual ones
    start_s, end_s : the part of the recording that is asked about
    direction : "darker", "faster", ...; "" for none
    """

    k: int = 10
    weights: Mapping[str, float] | None = None
    start_s: float | None = None
    end_s: float | None = None
    direction: str = ""
    fits: bool = False


class Likeness:
    """One for each hub.

    ear : listens to what the library does not know
    shelves : the library in memory, by what the ear hears
    """

    def __init__(self, library: Library, ear: Ear, shelves: Shelves) -> None:
        self._library, self._ear, self.shelves = library, ear, shelves
        self._recall = Recall(library, Prints(library.store))
        self._turn = asyncio.Lock()  # what a search keeps is not made twice

    async def find(self, path: str, asked: Asked, on_progress: OnProgress) -> Found:
        """What of the library is like the recording at `path`.

        Raises
        ------
        NothingKnown
            The library is empty.
        BadRequest
            The recording cannot be listened to, or what is asked of it makes no sense.
        """
        async with self._turn:
            shelf = await asyncio.to_thread(self.shelves.current)
        if not len(shelf) and shelf.left_out:
            raise NothingKnown(
                f"all {shelf.left_out} recordings of the library were heard by an earlier version",
                hint="let them be heard again: grym index FOLDER",
            )
        if not len(shelf):
            raise NothingKnown("the library is empty", hint="fill it first: grym index FOLDER")
        query = await self._query(path, asked, on_progress)
        wish: Wish | None = None
        if asked.direction:
            wish = shifted(shelf, query.described.figures, asked.direction)
        elif asked.fits:
            wish = await asyncio.to_thread(fitting, shelf, query.described.figures, query.described.words)
        async with self._turn:
            found = await asyncio.to_thread(self._recall.similar, shelf, query, asked.k, asked.weights, wish)
        return replace(found, left_out=shelf.left_out)

    async def findings(self, path: str, subject: str, on_progress: OnProgress) -> tuple[list[Evidence], list[Gap]]:
        """The nearest as evidence about a recording, or why there is none."""
        try:
            found = await self.find(path, Asked(k=_TOLD), on_progress)
        except GrymError as error:
            return [], [Gap.from_error(error, capability="similar", subject=subject)]
        return list(evidence_of(found, subject)), []

    async def _query(self, path: str, asked: Asked, on_progress: OnProgress) -> Query:
        if asked.start_s is not None or asked.end_s is not None:
            with tempfile.TemporaryDirectory(prefix="grym-") as folder:
                part = Path(folder) / "part.wav"
                await asyncio.to_thread(_cut, path, part, asked.start_s or 0.0, asked.end_s)
                return await self._listen(str(part), path, on_progress, is_part=True)
        sha256 = await asyncio.to_thread(self._hash, path)
        known = next(iter(self._library.described([sha256], recipe=self._ear.recipe)), None)
        if known is not None and known.vectors:
            return Query(known, path, Prints(self._library.store).of([sha256]).get(sha256))
        return await self._listen(path, path, on_progress, sha256=sha256)

    async def _listen(
        self, path: str, own_path: str, on_progress: OnProgress, *, sha256: str = "", is_part: bool = False
    ) -> Query:
        hearing = await self._ear.listen(path, Path(path).stat().st_size, on_progress)
        if not is_recording(hearing.heard.evidence):
            gap = next(iter(hearing.heard.gaps), None)
            raise NotHeard(
                gap.reason.replace(path, own_path) if gap else f"nothing was heard of {own_path!r}",
                hint=gap.hint if gap else "",
            )
        described = describe(sha256, self._ear.recipe, hearing.heard.evidence)
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
            Evidence("", f"similar.{n}", kind, value, EVIDENCE_UNITS[kind], 1.0, subject, source)
            for n, kind, value in near
        ),
    ]


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
