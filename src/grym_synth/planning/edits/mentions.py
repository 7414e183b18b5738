"""Which recordings a clause speaks of: the one that is changed, and the one that it is to be like."""

from __future__ import annotations

from collections.abc import Sequence

from .clauses import Clause
from .tokens import Token
from .wish import Draft

_NONE = "Which other recording? Put both files after the question."

_ORDINALS = {
    word: place
    for place, words in enumerate(
        (
            "first primero primera primer erste ersten premier premiere primeiro primeira primo prima forsta",
            "second segundo segunda zweite zweiten deuxieme seconda secondo",
            "third tercero tercera dritte dritten troisieme terceiro terceira terzo terza tredje",
        )
    )
    for word in words.split()
}
_RECORDINGS = frozenset(
    """one file track recording song take clip loop sample datei aufnahme stuck spur archivo grabacion pista
    cancion fichier enregistrement piste morceau arquivo gravacao faixa musica registrazione traccia brano fil filen
    inspelningen lat laten sparet""".split()
)


def with_places(tokens: Sequence[Token], subjects: Sequence[str]) -> list[Token]:
    """ "the first one", "die zweite Datei" as the recordings that they count, where there are several."""
    if len(subjects) < 2:
        return list(tokens)
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        place = _ORDINALS.get(tokens[at].folded, len(subjects)) if tokens[at].kind == "word" else len(subjects)
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        named = following is not None and following.folded in _RECORDINGS
        ends = following is None or following.kind == "mark"
        after_article = at > 0 and tokens[at - 1].folded in (
            "the",
            "der",
            "die",
            "das",
            "la",
            "el",
            "le",
            "a",
            "o",
            "il",
            "den",
        )
        if place < len(subjects) and (named or (ends and after_article)):
            found.append(Token("file", tokens[at].text, subject=subjects[place]))
            at += 2 if named else 1
        else:
            found.append(tokens[at])
            at += 1
    return found


def files_in(clause: Clause) -> list[int]:
    return [at for at, token in enumerate(clause.tokens) if token.kind == "file"]


def reference_in(clause: Clause, draft: Draft) -> str | None:
    """The recording to be like; "" once it was asked for, None where the clause speaks of none.

    The last that is named is meant: "bring a.wav to the loudness of b.wav". One that is named before it is changed.
    """
    files = files_in(clause)
    others = clause.places("OTHER")
    if not files and not others:
        missing = clause.free("name")
        if missing:
            clause.take(*missing)
            draft.ask(f"{clause.tokens[missing[0]].text!r} is not among the files. {_NONE}")
            return ""
        return None
    last = max([*files, *others])
    if last in files:
        found = clause.tokens[last].subject
    elif len(draft.subjects) == 2:
        found = draft.subjects[1]
        if files and clause.tokens[files[0]].subject == found:
            found = draft.subjects[0]
    else:
        draft.ask(_NONE if len(draft.subjects) < 2 else "Which of the others? Name it in the question.")
        return ""
    if len(draft.subjects) < 2:
        draft.ask(_NONE)
        return ""
    draft.sources.add(found)
    draft.objects += [clause.tokens[at].subject for at in files if at < last and clause.tokens[at].subject != found]
    return found
