"""Tempo and length in words: "make it 100 bpm", "half speed", "5 % slower", "stretch it to the tempo of the other"."""

from __future__ import annotations

from ...audio.editing.grammar import MOST_SPEED
from ...audio.editing.operations import Stretch
from ...audio.editing.wording import canonical
from ...messages import Taken
from .clauses import Clause
from .mentions import reference_in
from .wish import OWN, Draft

_TALK = ("STRETCH", "SLOWER", "FASTER", "SPEED", "LENGTHEN", "SHORTEN")
_LENGTHS = ("LENGTHEN", "SHORTEN", "LONG", "LENGTH")
_ADJECTIVES = frozenset(
    "fast quick quicker rapido rapida schnell vite rapide veloce snabb fort lento lenta lent lente langsam".split()
)
_SLOWEST_BPM, _FASTEST_BPM = 20.0, 400.0
_WHICH = 'To which tempo, or by how much? Say for example "to 100 bpm" or "5 % slower".'


def read_speeds(clause: Clause, draft: Draft) -> None:
    """A tempo to come to, a factor, or a length."""
    before = draft.progress
    _read_tempi(clause, draft)
    if draft.progress > before or not clause.has(*_TALK, "LONG", "LENGTH", "HALF", "DOUBLE"):
        return
    _read_percents(clause, draft)
    _read_factors(clause, draft)
    _read_lengths(clause, draft)
    likens = clause.has("SPEED", "LENGTH") and clause.has("LIKE", "OF", "STRETCH", "MAKE")
    if draft.progress == before and (likens or (clause.has("STRETCH") and clause.has("LIKE"))):
        _read_reference(clause, draft)
    if draft.progress == before:
        _read_bare(clause, draft)
    if draft.progress == before and _is_order(clause):
        draft.ask(_WHICH)


def _place(clause: Clause) -> int:
    return clause.first + min(clause.places(*_TALK, *_LENGTHS), default=0)


def _is_order(clause: Clause) -> bool:
    """Whether the clause asks for another speed at all: "fast" alone tells of one."""
    if clause.has("STRETCH", "LENGTHEN"):
        return True
    if any(token.kind in ("edge", "range", "clock") for token in clause.tokens) or clause.has(
        "PITCH", "CUT", "REVERSE"
    ):
        return False
    orders = [at for at in clause.places("SLOWER", "FASTER") if clause.tokens[at].folded not in _ADJECTIVES]
    return bool(orders) or (clause.has("SPEED") and clause.has("MAKE", "UP", "DOWN", "LIKE"))


# --- tempi ---


def _read_tempi(clause: Clause, draft: Draft) -> None:
    for at in clause.free("change", "bpm") + (clause.free("change", "") if clause.has(*_TALK) else []):
        token = clause.tokens[at]
        if token.unit == "" and not all(
            _SLOWEST_BPM <= each <= _FASTEST_BPM for each in (token.value, token.second or 0)
        ):
            continue
        clause.take(at)
        draft.want(clause.first + at, canonical(Stretch(from_bpm=token.value, to_bpm=token.second)))
    tempi = clause.free("quantity", "bpm")
    if not tempi:
        return
    clause.take(*tempi)
    values = [clause.tokens[at].value for at in tempi]
    if len(tempi) == 2 and clause.before(tempi[0], "FROM", "BE"):
        draft.want(clause.first + tempi[1], canonical(Stretch(from_bpm=values[0], to_bpm=values[1])))
    elif len(tempi) > 1:
        draft.ask("Which of these tempi should it have?")
    elif clause.before(tempi[0], "BY") or clause.tokens[tempi[0]].is_signed or _is_difference(clause, tempi[0]):
        draft.ask(f"I change a tempo to a number, not by {values[0]:g} BPM. {_WHICH}")
    elif clause.has("BE", "FROM") and not clause.has("STRETCH", "SLOWER", "FASTER", "MAKE", "GIVE", "CONVERT"):
        draft.own_bpm = values[0]
    else:
        _want_tempo(clause.first + tempi[0], values[0], draft)


def _is_difference(clause: Clause, at: int) -> bool:
    """ "10 bpm faster"."""
    following = clause.tokens[at + 1 : at + 2]
    return bool(following) and not following[0].concepts.isdisjoint({"SLOWER", "FASTER"})


def _want_tempo(place: int, bpm: float, draft: Draft) -> None:
    """From its own tempo, as it was told or is measured; what another stretch has changed is heard anew."""
    if not _SLOWEST_BPM <= bpm <= _FASTEST_BPM:
        draft.ask(f"A tempo lies between {_SLOWEST_BPM:g} and {_FASTEST_BPM:g} BPM, and {bpm:g} does not. {_WHICH}")
    elif draft.own_bpm is not None:
        draft.want(place, canonical(Stretch(from_bpm=draft.own_bpm, to_bpm=bpm)))
    elif any(op.startswith(("stretch", "concatenate")) for _, op in draft.wants):
        draft.want(place, canonical(Stretch(to_bpm=bpm)))
    else:
        draft.takes["own"] = Taken(OWN, "rhythm.tempo_bpm")
        draft.want(place, f"stretch={{own}}->{bpm:g}bpm")


def _read_reference(clause: Clause, draft: Draft) -> None:
    """The tempo or the length of another recording."""
    if clause.has("PITCH") and not clause.has("SPEED"):
        return
    other = reference_in(clause, draft)
    if not other:
        return
    if clause.has("LENGTH") and not clause.has("SPEED"):
        draft.takes["length"] = Taken(other, "facts.duration_s")
        draft.want(_place(clause), "stretch={length}s")
        return
    draft.takes["own"] = Taken(OWN, "rhythm.tempo_bpm")
    draft.takes["tempo"] = Taken(other, "rhythm.tempo_bpm")
    draft.want(_place(clause), "stretch={own}->{tempo}bpm")


def _read_bare(clause: Clause, draft: Draft) -> None:
    """ "stretch to 100", "slow it down to 90": a number of the size of a tempo; a small one is a factor."""
    numbers = [at for at in clause.free("number") if not clause.tokens[at].is_signed]
    if not numbers or not clause.has(*_TALK):
        return
    at = numbers[0]
    value = clause.tokens[at].value
    if _SLOWEST_BPM <= value <= _FASTEST_BPM and not clause.before(at, "BY", reach=1):
        clause.take(at)
        _want_tempo(clause.first + at, value, draft)
    elif 1.0 / MOST_SPEED <= value <= MOST_SPEED and clause.has("FACTOR", "STRETCH"):
        clause.take(at)
        draft.want(clause.first + at, canonical(Stretch(times=value)))


# --- factors ---


def _read_percents(clause: Clause, draft: Draft) -> None:
    """ "5 % slower" is of the speed, "5 % longer" of the length; "at 80 %" is a share of either."""
    for at in clause.free("quantity", "%"):
        token = clause.tokens[at]
        clause.take(at)
        share = token.value / 100.0
        of_length = clause.has(*_LENGTHS) or (clause.has("STRETCH") and not clause.has("SLOWER", "FASTER", "SPEED"))
        aimed = clause.before(at, "TO", "AT") and clause.tokens[at - 1].folded not in ("em", "en")
        is_share = aimed or (clause.has("SPEED") and not clause.has("SLOWER", "FASTER", "UP", "DOWN"))
        if is_share and not clause.before(at, "BY", reach=1):
            factor = share
        else:
            less = clause.has("SHORTEN") if of_length else clause.has("SLOWER", "DOWN")
            factor = 1.0 + (-abs(share) if less else share)
        _want_factor(clause.first + at, factor if of_length else (1.0 / factor if factor > 0.0 else 0.0), draft)


def _read_factors(clause: Clause, draft: Draft) -> None:
    """ "1.5x", "half speed", "twice as long", "half as fast"."""
    found = clause.free("quantity", "x")
    if found:
        value, at = clause.tokens[found[0]].value, found[0]
        clause.take(at)
    elif clause.has("HALF", "DOUBLE") and not any(token.kind == "edge" for token in clause.tokens):
        at = clause.places("HALF", "DOUBLE")[0]
        value = 0.5 if "HALF" in clause.tokens[at].concepts else 2.0
        if not clause.has(*_TALK, *_LENGTHS):
            return
    elif clause.has("SPEED", "LENGTH") and any(token.folded in _QUARTERS for token in clause.tokens):
        at = next(at for at, token in enumerate(clause.tokens) if token.folded in _QUARTERS)
        counted = clause.tokens[at - 1] if at and clause.tokens[at - 1].kind == "number" else None
        clause.take(*([at - 1] if counted else []))
        value = 0.25 * (counted.value if counted else 1.0)
    elif clause.has("SPEED") and any(token.folded in _TIMES_IN_WORDS for token in clause.tokens):
        at = next(at for at, token in enumerate(clause.tokens) if token.folded in _TIMES_IN_WORDS)
        value = _TIMES_IN_WORDS[clause.tokens[at].folded]
    else:
        return
    if value <= 0.0:
        draft.ask(_WHICH)
        return
    if clause.has("SLOWER") and not clause.has("FASTER"):
        times = value if value >= 1.0 else 1.0 / value  # "half as slow" is nobody's wish: half the speed
    elif clause.has("SHORTEN") and value > 1.0:
        times = 1.0 / value
    elif clause.has(*_LENGTHS) or (clause.has("STRETCH") and not clause.has("SPEED", "FASTER")):
        times = value
    else:
        times = 1.0 / value
    _want_factor(clause.first + at, times, draft)


_QUARTERS = frozenset("quarter quarters viertel cuarto quart quarto quarti fjardedel fjardedels".split())
_TIMES_IN_WORDS = {"half time": 0.5, "double time": 2.0, "half tempo": 0.5, "double tempo": 2.0}


def _want_factor(place: int, times: float, draft: Draft) -> None:
    if not 1.0 / MOST_SPEED <= times <= MOST_SPEED:
        draft.ask(f"I stretch to between a quarter and {MOST_SPEED:g} times the length. {_WHICH}")
        return
    draft.want(place, canonical(Stretch(times=times)))


def _read_lengths(clause: Clause, draft: Draft) -> None:
    """ "stretch it to 30 seconds": all of it in that time; "shorten it to" may mean a part, and is asked about."""
    if not clause.has("STRETCH", "LENGTHEN") or clause.has("CUT", "KEEP", "CROP", "FADE"):
        return
    times = clause.free("quantity", "s") + clause.free("clock")
    if not times:
        return
    clause.take(times[0])
    if clause.before(times[0], "BY", reach=1):
        draft.ask('How long should it become in all? Say for example "stretch it to 30 s".')
        return
    draft.want(clause.first + times[0], canonical(Stretch(to_s=clause.tokens[times[0]].value)))
