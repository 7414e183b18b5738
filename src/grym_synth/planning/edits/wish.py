"""What a question wants made of its recordings, and what is still missing for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from ...audio.editing.grammar import parse
from ...audio.editing.operations import Concatenate
from ...audio.editing.wording import canonical
from ...messages import Json, Taken

#: Stands in `takes` for the recording that is edited.
OWN = ""


@dataclass(frozen=True, slots=True)
class EditWish:
    """An edit as it was asked for in words; nothing has been looked at.

    `ops` are words of `audio.editing.grammar`, in their order. "{word}" in one of them stands for a measured number, of
    the recording and by the finding that `takes` names under that word; other recordings stand in them as they were
    asked. An edit with `asks` or `refusals` is not to be made: they are sentences for the asker.
    """

    ops: tuple[str, ...] = ()
    of: tuple[str, ...] = ()  # recordings to edit, each for itself
    out: str = ""  # file name that the question gives, without a folder; "": none
    takes: Mapping[str, Taken] = field(default_factory=dict)
    asks: tuple[str, ...] = ()  # what has to be known first
    refusals: tuple[str, ...] = ()  # what cannot or must not be done

    @property
    def is_ready(self) -> bool:
        """Whether all of it was understood and can be planned."""
        return bool(self.ops and self.of) and not self.asks and not self.refusals

    def params(self, subject: str, paths: Mapping[str, str], *, out: str = "", consent: bool) -> dict[str, Json]:
        """Parameters of the step that edits one recording; `paths` are absolute, by the names as asked.

        Without consent the step is a dry run. `out` is an absolute path that takes the place of all other names.
        """
        if not out and self.out:
            out = str(PurePath(paths[subject]).parent / self.out)
        ops: list[Json] = [_with_paths(op, paths) for op in self.ops]
        return {"ops": ops, **({"out": out} if out else {}), "dry_run": not consent}

    def taken(self, subject: str) -> dict[str, Taken]:
        """What a step that edits this recording takes from earlier ones."""
        return {
            word: replace(taken, subject=subject) if taken.subject == OWN else taken
            for word, taken in self.takes.items()
        }


def _with_paths(op: str, paths: Mapping[str, str]) -> str:
    if not op.startswith("concatenate="):
        return op
    (joined,) = parse([op])
    if not isinstance(joined, Concatenate):
        return op
    return canonical(Concatenate(tuple(paths.get(path, path) for path in joined.paths), joined.crossfade_s))


@dataclass(slots=True)
class Draft:
    """A wish while it is being read."""

    subjects: Sequence[str]
    wants: list[tuple[int, str]] = field(default_factory=list)  # place in the question, operation
    takes: dict[str, Taken] = field(default_factory=dict)
    asks: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    rates: list[int] = field(default_factory=list)
    depths: list[str] = field(default_factory=list)
    form_at: int = 0  # where the output's form was said last
    names: list[str] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)  # recordings that are joined or measured, not edited
    objects: list[str] = field(default_factory=list)  # recordings that are said to be edited
    own_bpm: float | None = None  # "it runs at 126 BPM"
    again: set[str] = field(default_factory=set)  # operations that are done once more right after themselves
    aside: str = ""  # something that cannot be done and was only spoken of: "there's a hum"

    def want(self, place: int, op: str) -> None:
        self.wants.append((place, op))

    def ask(self, text: str) -> None:
        if text not in self.asks:
            self.asks.append(text)

    def refuse(self, text: str) -> None:
        if text not in self.refusals:
            self.refusals.append(text)

    @property
    def progress(self) -> int:
        """Grows with whatever is understood."""
        forms = len(self.formats) + len(self.rates) + len(self.depths) + len(self.names)
        return len(self.wants) + len(self.asks) + len(self.refusals) + forms
