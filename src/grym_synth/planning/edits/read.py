"""From a question to an edit: each clause read by every reader in turn, then put together and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...audio.editing.grammar import parse
from ...audio.editing.operations import Convert, Reverse
from ...audio.editing.wording import canonical
from ...errors import BadRequest
from .amounts import merge
from .clauses import ACTIONS, Clause, clauses_of
from .cutting import read_cuts, read_slices
from .fading import read_fades
from .forms import read_forms, with_suffix
from .joining import read_joins
from .levels import read_levels
from .mentions import files_in, with_places
from .phrases import tokenise
from .pitches import read_pitches
from .refusing import read_refusals, told
from .speeds import read_speeds
from .tokens import Token
from .wish import Draft, EditWish

_AGAIN = frozenset("again nochmal wieder vez encore novo nuovo ancora igen".split())
_KEPT_ALONE = frozenset({"PITCH", "SPEED", "LENGTH", "LOUDNESS", "LONG", "FADE", "NORMALISE", "CROSSFADE"})
LONGEST = 2000  # characters: an order for an edit is a few sentences
_EXAMPLES = '"fade out over 8 s", "keep 0:30 to 1:00", "stretch to 100 bpm", "normalise to -14 LUFS", "as mp3"'
#: A value of the size of what is measured, to check operations with before it is known.
_SAMPLES = {"own": "120", "tempo": "120", "loudness": "-14", "peak": "-1", "length": "30"}


def read_edit(question: str, subjects: Sequence[str]) -> EditWish:
    """What a question wants made of the recordings `subjects`, as they were asked for; never raises."""
    if len(question) > LONGEST:
        text = f"An edit is asked for in a few sentences; this question has {len(question):,} characters."
        return EditWish(refusals=(text,))
    shown = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in question)
    draft = Draft(tuple(dict.fromkeys(subjects)))
    if shown != question and re.search(r"[\x00-\x08\x0b-\x1f\x7f]", question):
        draft.refuse("The question holds control characters, which no order needs.")
    for clause in clauses_of(merge(with_places(tokenise(shown, subjects), draft.subjects))):
        _read(clause, draft)
    return _finish(draft)


def _read(clause: Clause, draft: Draft) -> None:
    if _is_negated(clause) or _keeps_as_it_is(clause):
        return
    _drop_provisos(clause)
    before = draft.progress, draft.own_bpm
    read_refusals(clause, draft)
    if draft.progress == before[0]:
        for read in _READERS:
            read(clause, draft)
    files = [clause.tokens[at].subject for at in files_in(clause) if at not in clause.used]
    draft.objects += [subject for subject in files if subject not in draft.sources]
    _ask_about_the_rest(clause, draft, understood=(draft.progress, draft.own_bpm) != before)


def _is_negated(clause: Clause) -> bool:
    """ "don't normalise it": nothing is to be done."""
    nots = clause.places("NOT")
    return bool(nots) and nots[0] <= 3 and not any(token.folded == "why" for token in clause.tokens)


def _keeps_as_it_is(clause: Clause) -> bool:
    """ "keep the pitch", "same tempo": nothing is to be done to that."""
    amounts = any(token.kind not in ("word", "mark") for token in clause.tokens)
    return (
        clause.has("KEEP", "LIKE")
        and clause.has("PITCH", "SPEED", "LENGTH")
        and not amounts
        and not clause.has("OTHER")
    )


def _drop_provisos(clause: Clause) -> None:
    """ "without changing the pitch" is how stretching works; "without the last 5 s" names a part."""
    for at in clause.places("WITHOUT"):
        rest = clause.tokens[at:]
        names_part = any(token.kind in ("edge", "range", "clock", "quantity") for token in rest)
        if not names_part and any(not token.concepts.isdisjoint(_KEPT_ALONE) for token in rest):
            del clause.tokens[at:]
            clause.breaks = [place for place in clause.breaks if place < at]
            return


def _read_reverse(clause: Clause, draft: Draft) -> None:
    places = clause.places("REVERSE")
    if places and not clause.has("POLARITY"):
        draft.want(clause.first + places[0], canonical(Reverse()))
        if clause.is_later or any(token.folded in _AGAIN for token in clause.tokens):
            draft.again.add(canonical(Reverse()))


#: In this order: what has times of its own takes them first, and parts take those that are left.
_READERS = (
    read_joins, read_slices, read_fades, read_levels, read_forms, read_speeds, read_pitches, _read_reverse, read_cuts,
)  # fmt: skip


def _ask_about_the_rest(clause: Clause, draft: Draft, *, understood: bool) -> None:
    """Nothing with a number in it is passed over, and no order."""
    kinds = ("clock", "quantity", "edge", "range", "change")
    left = [at for kind in kinds for at in clause.free(kind)]
    if clause.has(*ACTIONS):
        left += [at for at in clause.free("number") if not _is_count(clause, at)]
    unknown = [part for part in clause.parts() if part.start and _is_unknown([clause.tokens[at] for at in part])]
    if draft.refusals:
        return
    if left:
        shown = clause.tokens[min(left)]
        text = shown.folded or shown.text
        draft.ask(f"What is {text!r} for? I did not understand all of {clause.text[:120]!r}.")
    elif unknown or (not understood and not clause.is_aside and _is_unknown(clause.tokens)):
        draft.ask(f"I did not understand all of {clause.text[:120]!r}. Say for example {_EXAMPLES}.")
    elif not understood and clause.has(
        "FADE", "CUT", "KEEP", "CROP", "SLICE", "CONVERT", "JOIN", "NAME", "MAKE", "SHORTEN", "SAVE", "UP", "DOWN"
    ):
        _ask_what(clause, draft)


def _is_unknown(tokens: Sequence[Token]) -> bool:
    """Whether it is an order with a verb that is not known: "mangle it", "retourne-le"."""
    words = [token for token in tokens if token.kind == "word" and "PLEASE" not in token.concepts]
    if len(words) != 2 or any(token.kind not in ("word", "mark") for token in tokens):
        return False
    return not words[0].concepts and not words[0].unit and words[1].folded in _PRONOUNS


_PRONOUNS = frozenset("it them this le la les lo los es das ihn sie den det os".split())


def _is_count(clause: Clause, at: int) -> bool:
    """ "take 2", "these two", "version 3": a number that is part of a name, or counts the files."""
    before = clause.tokens[at - 1].folded if at else ""
    return clause.tokens[at].value <= len(_COUNTED) and (
        before in _COUNTED or not clause.before(at, *ACTIONS, "TO", "BY")
    )


_COUNTED = (
    "take",
    "version",
    "track",
    "these",
    "the",
    "both",
    "song",
    "no",
    "mix",
    "die",
    "los",
    "las",
    "les",
    "os",
    "i",
)


def _ask_what(clause: Clause, draft: Draft) -> None:
    if clause.has("CUT", "KEEP", "CROP", "SHORTEN"):
        draft.ask('Which part? Say for example "keep 0:30 to 1:00" or "cut the first 3 seconds".')
    elif clause.has("CONVERT", "SAVE") and not draft.wants:
        draft.ask('To which format? Say for example "convert to flac, 24 bit, 48 kHz".')
    elif not clause.has("CONVERT", "SAVE", "NAME"):
        draft.ask(f"I did not understand {clause.text[:120]!r}. Say for example {_EXAMPLES}.")


# --- putting it together ---


def _finish(draft: Draft) -> EditWish:
    ops = [op for _, op in sorted(draft.wants, key=lambda want: want[0])]
    ops = [op for at, op in enumerate(ops) if not at or op != ops[at - 1] or op in draft.again]
    form = _form(draft)
    if form:
        ops.append(form)
    of = _edited(draft)
    name = _name(draft, of)
    if not ops and draft.aside and not draft.refusals:
        draft.refuse(told(draft.aside))
    if not ops and not draft.asks and not draft.refusals:
        draft.ask(f"What should be changed? Say for example {_EXAMPLES}.")
    _check(ops, draft)
    if not draft.subjects and not draft.refusals:
        draft.ask("Which recording? Put the file after the question.")
    asks = () if draft.refusals else tuple(draft.asks)  # what is not done needs no more to be known of it
    return EditWish(tuple(ops), of, name, dict(draft.takes), asks, tuple(draft.refusals))


def _form(draft: Draft) -> str:
    """One conversion of all that was said of format, rate and depth."""
    for said, what in ((draft.formats, "format"), (draft.rates, "sample rate"), (draft.depths, "depth")):
        if len(set(said)) > 1:
            draft.ask(f"Which {what}: {' or '.join(map(str, dict.fromkeys(said)))}?")
    if not (draft.formats or draft.rates or draft.depths):
        return ""
    convert = Convert(
        draft.formats[0] if draft.formats else None,
        draft.rates[0] if draft.rates else None,
        next((depth for depth in ("16", "24", "32f") if depth in draft.depths), None),
    )
    return canonical(convert)


def _edited(draft: Draft) -> tuple[str, ...]:
    """The recordings that are changed: those that are said to be, else all that nothing is taken from."""
    named = [subject for subject in dict.fromkeys(draft.objects) if subject not in draft.sources]
    return tuple(named) or tuple(subject for subject in draft.subjects if subject not in draft.sources)


def _name(draft: Draft, of: tuple[str, ...]) -> str:
    names = list(dict.fromkeys(draft.names))
    if len(names) > 1:
        draft.ask(f"Which name should it have: {' or '.join(map(repr, names))}?")
    if not names or not of:
        return ""
    if len(of) > 1:
        draft.ask(f"One name, {names[0]!r}, cannot be that of {len(of)} files; leave it out, and each gets its own.")
        return ""
    return with_suffix(names[0], draft.formats, of[0])


def _check(ops: Sequence[str], draft: Draft) -> None:
    """What the grammar refuses is told in its words, before anybody is asked for consent."""
    if not ops:
        return
    try:
        parse([re.sub(r"\{(\w+)\}", lambda match: _SAMPLES.get(match[1], "1"), op) for op in ops])
    except BadRequest as error:
        text = str(error)
        draft.refuse(
            f"{text[:1].upper()}{text[1:]}." + (f" {error.hint[:1].upper()}{error.hint[1:]}." if error.hint else "")
        )
