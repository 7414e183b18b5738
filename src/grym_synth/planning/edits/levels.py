"""Levels in words: "normalise to -14 LUFS", "3 dB louder", "as loud as Spotify wants", "match the loudness of B"."""

from __future__ import annotations

from ...audio.editing.operations import Amplify, Normalise, Unit
from ...audio.editing.wording import canonical
from ...messages import Taken
from .clauses import Clause
from .lexicon import TARGETS
from .mentions import reference_in
from .wish import Draft

_LEAST_LUFS = 6.0  # nobody wants a loudness nearer to full scale, or a peak further from it
_UNITS: dict[str, Unit] = {"lufs": "LUFS", "dbtp": "dBTP", "dbfs": "dBFS"}
_WHICH = (
    'To which level? Say for example "normalise to -14 LUFS" for its loudness, or "normalise to -1 dBTP" for its peak.'
)

_WHICH_PEAK = 'To which peak? Say for example "peak to -1 dBTP", which is usual.'


def read_levels(clause: Clause, draft: Draft) -> None:
    """A level to bring it to, or an amount to change it by."""
    before = draft.progress
    _read_units(clause, draft)
    _read_decibels(clause, draft)
    if draft.progress > before:
        return
    at = _place(clause)
    if clause.has("NORMALISE", "AS_LOUD", "LOUDNESS", "PEAK") and (clause.has("AS_LOUD", "LIKE", "NORMALISE", "OF")):
        if (target := _named_target(clause)) is not None:
            draft.want(at, canonical(Normalise(target, "LUFS")))
            return
        other = reference_in(clause, draft)
        if other is not None:
            is_peak = clause.has("PEAK")
            word, name = ("peak", "loudness.true_peak_dbtp") if is_peak else ("loudness", "loudness.integrated_lufs")
            if other:
                draft.takes[word] = Taken(other, name)
                draft.want(at, f"normalise={{{word}}}{'dBTP' if is_peak else 'LUFS'}")
            return
    if clause.has("NORMALISE", "AS_LOUD"):
        _read_bare_level(clause, draft, at)
    elif _named_target(clause) is not None and clause.has("LOUDNESS", "LOUDER", "SOFTER"):
        draft.want(at, canonical(Normalise(_named_target(clause) or 0.0, "LUFS")))
    elif _aims_at_level(clause):
        _read_bare_level(clause, draft, at)
    elif clause.has("LOUDER", "SOFTER") and not any(token.kind == "quantity" for token in clause.tokens):
        draft.ask(f'How much {"louder" if clause.has("LOUDER") else "softer"}? Say for example "by 3 dB", or '
                  'name the level: "to -14 LUFS".')  # fmt: skip


def _aims_at_level(clause: Clause) -> bool:
    """ "the peak down to -3", "bring it down to -16": a negative number that is come to."""
    aimed = [at for at in clause.free("number") if clause.before(at, "TO", "AT", reach=2)]
    negative = [at for at in aimed if clause.tokens[at].is_signed and clause.tokens[at].value < 0.0]
    if clause.has("PITCH", "SHIFT", "CUT", "FADE"):
        return False
    return bool(negative) or (bool(aimed) and clause.has("PEAK"))


def _place(clause: Clause) -> int:
    return clause.first + min(clause.places("NORMALISE", "AS_LOUD", "LOUDNESS", "PEAK", "LOUDER", "SOFTER"), default=0)


def _read_units(clause: Clause, draft: Draft) -> None:
    """Levels that have their unit."""
    for at in clause.free("quantity", *_UNITS) + clause.free("change", *_UNITS):
        token = clause.tokens[at]
        wanted = token.second if token.second is not None else token.value
        clause.take(at)
        if wanted > 0.0 and token.is_signed:
            draft.ask(f"{token.text} lies above full scale. {_WHICH}")
            continue
        draft.want(clause.first + at, canonical(Normalise(-abs(wanted), _UNITS[token.unit])))


def _read_decibels(clause: Clause, draft: Draft) -> None:
    """ "to -1 dB" is a peak, "by 3 dB" a change; which of them, the words around say."""
    for at in clause.free("quantity", "db") + clause.free("change", "db"):
        token = clause.tokens[at]
        clause.take(at)
        wanted = token.second if token.second is not None else token.value
        # A target lies below full scale, so "to" counts before a minus; "to 0 dB" is one as well.
        aimed = clause.before(at, "TO", "AT", reach=3) or token.second is not None
        aimed = aimed or (clause.before(at, "AS", reach=1) and wanted <= 0.0)
        is_target = clause.has("NORMALISE", "PEAK") or (aimed and wanted <= 0.0)
        if clause.before(at, "BY", reach=1) and clause.has("LOUDER", "SOFTER", "UP", "DOWN"):
            is_target = False
        if is_target and (clause.has("PEAK") or (clause.has("NORMALISE") and abs(wanted) < _LEAST_LUFS)):
            draft.want(clause.first + at, canonical(Normalise(-abs(wanted), "dBTP")))
        elif is_target:
            draft.ask(f"Is {token.text} its loudness (LUFS) or its peak (dBTP)? Say it with that unit.")
        else:
            _change(clause, at, draft)


def _change(clause: Clause, at: int, draft: Draft) -> None:
    token = clause.tokens[at]
    down = clause.has("SOFTER", "DOWN", "CUT") and not clause.has("LOUDER")
    up = clause.has("LOUDER", "UP") and not down
    if token.value < 0.0 or down:
        draft.want(clause.first + at, canonical(Amplify(-abs(token.value))))
    elif up or token.is_signed or clause.has("GAIN"):
        draft.want(clause.first + at, canonical(Amplify(token.value)))
    else:
        draft.ask(f'Louder or softer by {token.text}? Say for example "{token.text} louder".')


def _read_bare_level(clause: Clause, draft: Draft, at: int) -> None:
    """ "normalise to -14": a number whose unit its size tells."""
    numbers = clause.free("number")
    if not numbers:
        draft.ask(_WHICH_PEAK if clause.has("PEAK") else _WHICH)
        return
    value = -abs(clause.tokens[numbers[0]].value)
    clause.take(numbers[0])
    unit: Unit = "dBTP" if clause.has("PEAK") or value > -_LEAST_LUFS else "LUFS"
    draft.want(at, canonical(Normalise(value, unit)))


def _named_target(clause: Clause) -> float | None:
    """The level that goes by a name in the clause."""
    return next((TARGETS[token.folded] for token in clause.tokens if token.folded in TARGETS), None)
