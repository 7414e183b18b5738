"""What is not done: recordings are never changed or deleted, and much of what a studio does is not here yet."""

from __future__ import annotations

from .clauses import Clause
from .lexicon import CANNOT, PARTS
from .vocabulary import concepts_of
from .wish import Draft

_NEVER = "I never change or delete a recording: an edit is always a new file beside it."
_UNDO = "An edit is taken back with `grym edit NAME undo`, NAME being the file that it made."
_PARTS = frozenset(PARTS.split())
_ALL = frozenset("everything all alles tout todo tutto tudo allt allting".split())  # there is, where nothing follows
_WHOLE = {word.replace("_", " "): what for words, what in CANNOT for word in words.split() if not word.endswith("*")}
_BEGUN = tuple((word[:-1], what) for words, what in CANNOT for word in words.split() if word.endswith("*"))
_LONGEST = max(word.count(" ") + 1 for word in _WHOLE)


def read_refusals(clause: Clause, draft: Draft) -> None:
    """Orders about the files themselves, and what no operation can do."""
    what = _unknown_work(clause)
    if what and clause.is_aside:
        draft.aside = what
        return
    if clause.has("DELETE") and draft.aside and not _has_object(clause):
        what = what or draft.aside  # "find the hum, and remove it"
    if what:
        clause.take(*range(len(clause.tokens)))
        draft.refuse(told(what))
    elif (
        clause.has("OVERWRITE")
        or (clause.has("MAKE") and _is_replaced(clause))
        or (clause.has("DELETE") and clause.has("THE_FILE", "ORIGINAL") and not _has_object(clause))
        or (clause.has("DELETE") and clause.tokens[-1].folded in _ALL)
    ):
        draft.refuse(_NEVER)
    elif clause.has("UNDO"):
        draft.refuse(_UNDO)


def told(what: str) -> str:
    return f"I cannot {what}." if ";" in what else f"I cannot {what} yet."


def _is_replaced(clause: Clause) -> bool:
    return clause.has("ORIGINAL") and any(token.folded.startswith(("replac", "chang")) for token in clause.tokens)


def _has_object(clause: Clause) -> bool:
    """Whether a part of the sound is to be deleted, not a file."""
    return any(token.kind in ("edge", "range", "clock", "quantity") for token in clause.tokens) or clause.has("SLICE")


def _unknown_work(clause: Clause) -> str:
    """What a clause asks for that cannot be done; "" for none."""
    words = [(token.folded if token.kind == "word" else "") for token in clause.tokens]
    plain = [part for word in words for part in (word.split() or [""])]
    for at in range(len(plain)):
        for length in range(_LONGEST, 0, -1):
            what = _WHOLE.get(" ".join(plain[at : at + length]))
            if what and not _is_harmless(clause, what):
                return "add silence" if "silence" in what and _adds(clause) else what
    for word in plain:
        what = next((what for beginning, what in _BEGUN if word.startswith(beginning)), "")
        if what and not _is_harmless(clause, what):
            return what
    parts = [word for word in plain if word in _PARTS]
    if clause.has("SLICE"):
        parts = []
    meant = clause.has("CUT", "KEEP", "LOUDER", "SOFTER", "FADE") and not _times_in(clause)
    if parts and (
        meant or ("isolate" in plain) or (clause.has("LOUDER", "SOFTER", "UP", "DOWN") and _has_decibels(clause))
    ):
        return "take instruments or voices apart"
    if _has_bars(clause) and clause.has("CUT", "KEEP", "FADE", "GIVE", "START", "STOP", "END"):
        return "cut or fade by bars or beats; name the times in seconds"
    low = [token for token in clause.tokens if token.kind == "quantity" and token.unit == "hz" and token.value < 4000.0]
    if (
        low
        and clause.has("CUT", "GAIN", "LOUDER", "SOFTER")
        and not concepts_of("pitch") & frozenset(concept for token in clause.tokens for concept in token.concepts)
    ):
        return "filter or equalise"
    return ""


def _is_harmless(clause: Clause, what: str) -> bool:
    """Where the word says something else: "fade to silence", "compress it to mp3", "invert it"."""
    if "silence" in what:
        return clause.has("FADE") or not clause.has("CUT", "KEEP", "SLICE", "MAKE", "CROP", "GIVE", "ADD_TO")
    if "effects" in what:
        return any(token.folded in ("mp3", "ogg", "flac") for token in clause.tokens)
    return False


def _adds(clause: Clause) -> bool:
    return clause.has("ADD_TO", "GIVE") and not clause.has("CUT", "KEEP", "CROP")


def _has_bars(clause: Clause) -> bool:
    """ "4 bars", "the first beat"; "the beat" alone is what some call the recording."""
    return any(
        token.unit == "bar"
        and (
            token.kind == "quantity"
            or clause.before(at, "FIRST", "LAST", reach=1)
            or any(each.kind in ("number", "change") for each in clause.tokens[at + 1 : at + 2])
        )
        for at, token in enumerate(clause.tokens)
    )


def _times_in(clause: Clause) -> bool:
    return any(token.kind in ("edge", "range", "clock") or token.unit == "s" for token in clause.tokens)


def _has_decibels(clause: Clause) -> bool:
    return any(token.kind == "quantity" and token.unit == "db" for token in clause.tokens)
