"""Joining in words: "join it with b.wav", "put b.wav behind it with a crossfade of 50 ms"."""

from __future__ import annotations

from ...audio.editing.operations import Concatenate
from ...audio.editing.wording import canonical
from .clauses import ACTIONS, Clause
from .mentions import files_in
from .wish import Draft

_WHICH = "Join it with which recording? Put the files after the question, in their order."


def read_joins(clause: Clause, draft: Draft) -> None:
    """Other recordings behind the first, with a crossfade if one is wanted."""
    adds = clause.has("ADD_TO") or not clause.has(*ACTIONS)
    joins = clause.has("JOIN", "CROSSFADE") or (adds and _adds_a_file(clause))
    if not joins:
        return
    missing = clause.free("name") if not clause.has("SAVE", "CONVERT", "NAME") else []
    if missing:
        clause.take(*missing)
        draft.ask(f"{clause.tokens[missing[0]].text!r} is not among the files. {_WHICH}")
        return
    first, *others = _order(clause, draft) or ("",)
    if not others:
        draft.ask(_WHICH)
        clause.take(*clause.free("quantity", "s"))
        return
    crossfade = _crossfade(clause, draft)
    if crossfade is None:
        return
    draft.objects.append(first)
    draft.sources.update(others)
    place = clause.first + min(clause.places("JOIN", "CROSSFADE", "ADD_TO"), default=0)
    already = next((at for at, (_, op) in enumerate(draft.wants) if op.startswith("concatenate=")), None)
    if already is not None:  # "join them, with a crossfade of 50 ms" in two clauses
        place, _ = draft.wants.pop(already)
    draft.want(place, canonical(Concatenate(tuple(others), crossfade)))


def _adds_a_file(clause: Clause) -> bool:
    """ "add b.wav at the end", "put b.wav after a.wav"."""
    has_file = bool(files_in(clause) or clause.free("name")) or clause.has("OTHER")
    return has_file and clause.has("BEHIND", "BEFORE", "END", "START")


def _crossfade(clause: Clause, draft: Draft) -> float | None:
    """Seconds; None once they had to be asked for."""
    times = clause.free("quantity", "s")
    if clause.has("CROSSFADE"):
        if not times:
            draft.ask('How long should the crossfade be? Say for example "with a crossfade of 50 ms".')
            return None
        clause.take(times[0])
        return clause.tokens[times[0]].value
    return 0.0


def _order(clause: Clause, draft: Draft) -> list[str]:
    """The recordings one behind the other: as they are named, else as they were given."""
    named = list(dict.fromkeys(clause.tokens[at].subject for at in files_in(clause)))
    given = list(dict.fromkeys(draft.subjects))
    if len(named) < 2:
        others = [subject for subject in given if subject not in named]
        if named and (clause.has("THIS", "BEHIND", "BEFORE", "END", "START", "OF") or len(given) == 2):
            # The one that is named goes to the others: "add b.wav at the end"; "join song.wav" begins with it.
            begins = named[0] == given[0] and not clause.has("THIS", "BEHIND", "BEFORE", "ADD_TO")
            named = [*named, *others] if begins else [*others[:1], *named]
        elif not named:
            named = given
        else:
            named = [*named, *others]
    both = len(files_in(clause)) > 1
    in_front = clause.has("BEFORE") or (clause.has("ADD_TO") and clause.has("START") and not clause.has("END"))
    if (in_front and not both) or (both and clause.has("ADD_TO") and clause.has("BEHIND")):
        return named[::-1]  # "put b.wav in front", "put a.wav behind b.wav"
    return named
