"""Pitch in words: "up two semitones", "an octave down", "transpose down a fifth", "-50 cents"."""

from __future__ import annotations

import math

from ...audio.editing.operations import Shift
from ...audio.editing.wording import canonical
from .clauses import Clause
from .wish import Draft

_TALK = ("PITCH", "SHIFT")
_QUALITY = {
    "third": "a major third (4 semitones) or a minor one (3)",
    "sixth": "a major sixth (9 semitones) or a minor one (8)",
    "seventh": "a major seventh (11 semitones) or a minor one (10)",
}
_MODES = frozenset("major minor maj min dur moll mayor menor majeur mineur maior maggiore minore sharp flat".split())
_HOW = 'By how much, and up or down? Say for example "up 2 semitones" or "down 30 cents".'


def read_pitches(clause: Clause, draft: Draft) -> None:
    """Intervals up or down; a key or a tuning to come to is asked for as an interval."""
    amounts = clause.free("quantity", "st", "ct", *_QUALITY)
    clause.take(*amounts)
    unclear = [clause.tokens[at].unit for at in amounts if clause.tokens[at].unit in _QUALITY]
    if unclear:
        draft.ask(f"Is it {_QUALITY[unclear[0]]}?")
        return
    if amounts:
        way = _way(clause, amounts[0])
        total = sum(_semitones(clause, at) for at in amounts)
        if way == 0:
            draft.ask(f"Up or down by {clause.tokens[amounts[0]].text}?")
        else:
            draft.want(clause.first + amounts[0], canonical(Shift(way * abs(total))))
        return
    if _names_key(clause):
        draft.ask(f"I shift by intervals, not to a key. Ask me for its key first. {_HOW}")
    elif clause.has(*_TALK) and not clause.has("FADE", "NORMALISE") and not _read_tunings(clause, draft):
        _read_bare(clause, draft)


def _semitones(clause: Clause, at: int) -> float:
    token = clause.tokens[at]
    return token.value / (100.0 if token.unit == "ct" else 1.0)


def _way(clause: Clause, at: int) -> int:
    """1 is up, -1 down; 0: not said."""
    token = clause.tokens[at]
    if token.is_signed:
        return -1 if token.value < 0.0 else 1
    up, down = clause.places("UP"), clause.places("DOWN", "CUT")  # "knock two semitones off"
    if up and down:  # "raise the low one": the word nearer to the interval
        return 1 if min(abs(at - place) for place in up) < min(abs(at - place) for place in down) else -1
    if up or down:
        return 1 if up else -1
    return 1 if clause.has(*_TALK) and clause.before(at, "BY") else 0


def _read_tunings(clause: Clause, draft: Draft) -> bool:
    """ "from 440 to 432 Hz" is an interval; a tuning or a key to come to alone is none."""
    for at in clause.free("change", "hz"):
        token = clause.tokens[at]
        if token.second and 300.0 < token.second < 600.0 and 300.0 < token.value < 600.0:
            clause.take(at)
            cents = 1200.0 * math.log2(token.second / token.value)
            draft.want(clause.first + at, canonical(Shift(round(cents, 2) / 100.0)))
            return True
    tuned = [
        at for at in clause.free("quantity", "hz") + clause.free("number") if 380.0 < clause.tokens[at].value < 500.0
    ]
    if tuned:
        clause.take(*tuned)
        wanted = clause.tokens[tuned[0]].value
        now = 440 if wanted != 440.0 else 432
        draft.ask(
            f'Tuned to what now? Say for example "retune it from {now} to {wanted:g} Hz"; I can measure its tuning.'
        )
        return True
    return False


def _names_key(clause: Clause) -> bool:
    """ "transpose to A minor", "to the key of G", "a copy in G", "nach Es-Dur"."""
    for at, token in enumerate(clause.tokens):
        if token.kind != "word" or len(token.text) > 2 or token.text[:1] not in "ABCDEFGH":
            continue
        behind = [each for each in clause.tokens[at + 1 : at + 3] if each.text not in ("-", "#")]
        ends = not behind or behind[0].kind == "mark"
        if behind and behind[0].folded in _MODES:
            return True
        if ends and len(token.text) == 1 and clause.before(at, "TO", "OF", "IN", "AS", reach=1):
            return True
    return False


def _read_bare(clause: Clause, draft: Draft) -> bool:
    """ "pitch it up 2", "transpose -3": semitones are what one pitches by."""
    numbers = clause.free("number")
    if clause.has("HALF", "DOUBLE", "SPEED", "SLOWER", "FASTER"):
        return False
    if not numbers:
        if not any(token.kind in ("quantity", "edge", "range", "clock") for token in clause.tokens):
            draft.ask(_HOW)
        return True
    way = _way(clause, numbers[0])
    clause.take(numbers[0])
    if way == 0:
        draft.ask(_HOW)
    else:
        draft.want(clause.first + numbers[0], canonical(Shift(way * abs(clause.tokens[numbers[0]].value))))
    return True
