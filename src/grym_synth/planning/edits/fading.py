"""Fades in words: "fade the last 8 seconds", "in 2 Sekunden ein- und in 5 ausblenden"."""

from __future__ import annotations

from ...audio.editing.operations import Fade, Shape
from ...audio.editing.wording import canonical
from .clauses import Clause
from .wish import Draft

_MOST_BARE_S = 600.0  # a number without a unit above it is no length of a fade
_LENGTHS = ("quantity", "edge", "clock", "number")


def read_fades(clause: Clause, draft: Draft) -> None:
    """A fade for each end that a clause speaks of; a length said once is that of both."""
    fades = clause.places("FADE")
    if not fades or clause.has("CROSSFADE"):
        return
    times = _times(clause)
    if clause.has("CUT", "KEEP", "CROP") and len(times) == 1 and not _belongs(clause, times[0], fades):
        times = []
    ends = _ends(clause, times)
    if not ends:
        draft.ask('Fade in at the start, or out at the end? Say for example "fade out over 8 s".')
        clause.take(*times)
        return
    if clause.free("range", "s") and not times and not clause.has("CUT", "KEEP", "CROP"):
        clause.take(*clause.free("range", "s"))
        draft.ask("I fade at the ends of a sound. How many seconds should it take? Trim it first to end it elsewhere.")
        return
    lengths = _lengths(clause, ends, times)
    for at, place in ends.items():
        time = lengths.get(at)
        if time is None:
            draft.ask(
                f'How long should the fade-{at} be? Say for example "fade {at} over {8 if at == "out" else 2} s".'
            )
        elif clause.tokens[time].kind == "edge" and (clause.tokens[time].text == "first") != (at == "in"):
            draft.ask("A fade-in is at the start and a fade-out at the end: which of the two is it, and how long?")
        else:
            fade = Fade("in" if at == "in" else "out", clause.tokens[time].value, _shape(clause))
            draft.want(clause.first + place, canonical(fade))
    clause.take(*lengths.values())


def _shape(clause: Clause) -> Shape:
    return "linear" if clause.has("LINEAR") else "equal-power" if clause.has("EQUAL_POWER") else "cosine"


def _times(clause: Clause) -> list[int]:
    """Places of what can be the length of a fade."""
    found = [at for kind in _LENGTHS for at in clause.free(kind)]
    return sorted(at for at in found if _is_length(clause, at))


def _is_length(clause: Clause, at: int) -> bool:
    token = clause.tokens[at]
    if token.kind == "number":
        return 0.0 < token.value <= _MOST_BARE_S and not token.is_signed
    if token.kind == "clock":
        return not clause.before(at, "AT", "SINCE", "AFTER")
    return token.unit == "s"


def _belongs(clause: Clause, time: int, fades: list[int]) -> bool:
    """Whether a length stands beside the word for the fade: "with a 2 s fade"."""
    between = (clause.tokens[min(time, fade) : max(time, fade)] for fade in fades)
    return any(sum(token.kind != "mark" for token in tokens) <= 2 for tokens in between)


def _ends(clause: Clause, times: list[int]) -> dict[str, int]:
    """ "in" and "out" → the place that says so."""
    ends: dict[str, int] = {}
    for part in clause.parts():
        for at, place in _ends_in(clause, part, times).items():
            ends.setdefault(at, place)
    if not ends and clause.has("BOTH"):
        return dict.fromkeys(("in", "out"), clause.places("FADE")[0])
    if not ends:
        sides = {clause.tokens[time].text: time for time in times if clause.tokens[time].kind == "edge"}
        for at, side, concept in (("in", "first", "START"), ("out", "last", "END")):
            named = clause.places(concept)
            if side in sides or (not sides and named):
                ends[at] = sides[side] if side in sides else named[0]
    return ends


def _ends_in(clause: Clause, part: range, times: list[int]) -> dict[str, int]:
    tokens = clause.tokens
    found: dict[str, int] = {}
    for place in part:
        if "FADE_IN" in tokens[place].concepts:
            found["in"] = place
        if "FADE_OUT" in tokens[place].concepts:
            found["out"] = place
    if found:
        return found
    inward = [at for at in part if "IN" in tokens[at].concepts]
    outward = [at for at in part if "OUT" in tokens[at].concepts]
    inward = [at for at in inward if not _is_preposition(clause, at)]
    if inward and outward:
        # "fade in" is an expression; "blende in 5 Sekunden aus" is none.
        joined = any(tokens[at - 1].folded.startswith(("fad", "ton")) for at in inward if at > 0)
        both = joined and any(tokens[at - 1].folded.startswith(("fad", "ton")) for at in outward if at > 0)
        if both:
            return {"in": inward[0], "out": outward[0]}
        return {"in": inward[0]} if joined and inward[0] < outward[0] else {"out": outward[-1]}
    if outward:
        return {"out": outward[0]}
    return {"in": inward[0]} if inward else {}


def _is_preposition(clause: Clause, at: int) -> bool:
    """ "in the last 5 seconds", "in 3 Sekunden" away from the word for the fade."""
    if clause.tokens[at].folded != "in":
        return False
    at_fade = at - 2 if clause.tokens[at - 1].text == "-" else at - 1
    beside = at_fade >= 0 and "FADE" in clause.tokens[at_fade].concepts
    following = clause.tokens[at + 1 : at + 4]
    times = [token for token in following if token.kind in ("edge", "quantity", "number")]
    if beside and not clause.tokens[at_fade].folded.startswith(("blend", "ausb", "einb")):
        return False
    return bool(times) and not any(token.kind == "edge" and token.text == "first" for token in times)


def _lengths(clause: Clause, ends: dict[str, int], times: list[int]) -> dict[str, int]:
    """The length of each fade: that of its own side or part, else the only one, which is shared."""
    lengths: dict[str, int] = {}
    left = list(times)
    for at, place in ends.items():
        side = "first" if at == "in" else "last"
        part = clause.part_of(place)
        own = [time for time in left if clause.tokens[time].kind == "edge" and clause.tokens[time].text == side]
        own = own or [time for time in left if time in part]
        if own:
            lengths[at] = min(own, key=lambda time: abs(time - place))
            left.remove(lengths[at])
    if len(times) == 1 or (len(left) == 1 and len(lengths) < len(ends)):
        shared = times[0] if len(times) == 1 else left[0]
        for at in ends:
            lengths.setdefault(at, shared)
    return lengths
