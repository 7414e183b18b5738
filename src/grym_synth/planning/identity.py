"""Does a question ask who somebody is? Nobody is recognised by ear; who made a file, its tags may say."""

from __future__ import annotations

from ..messages import Gap
from ..regex import lazily

_PERFORMS = (
    r"sing\w*|sung|play(?:s|ing|ed)|rap(?:s|ping)?|drumming|perform\w*|canta\w*|toca\w*|interpreta|suona\w*|singt|spielt|rappt"
    r"|chante\w*|joue\w*|rappe|sjunger|spelar|rappar"
)
_MAKES = (
    r"made|makes|wrote|written|produced|composed|recorded|hizo|compuso|produjo|gemacht|geschrieben|produziert|fait|ecrit|compos[eé]"
    r"|produit|fez|produziu|fatto|scritto|prodotto|gjort|skrivit|producerat"
)
_WHO = r"who(?:'s|’s)?|whose|qui[eé]n(?:es)?|wer|wessen|qui|quem|chi|vem(?:s)?"
_PERSON = (
    r"singer|vocalist|band|artist|drummer|guitarist|pianist|cantante|s[aä]nger(?:in)?|chanteu(?:r|se)|cantora?|s[aå]ngar(?:en|e)"
    r"|s[aå]ngerskan?"
)
_PERFORMER = lazily(
    rf"(?i)\b(?:{_WHO}) (?:[^\s,;.?!]+ ){{0,3}}?(?:{_PERFORMS})\b|\b(?:whose|wessen|vems) (?:voice|stimme|r[oö]st)\b"
    rf"|\b(?:name of|called|llama|hei(?:ß|ss)t|s['’]appelle|chama|chiama|heter)"
    rf" (?:the |el |la |o |a |il |der |die |le )?(?:{_PERSON})\b"
)
_MAKER = lazily(rf"(?i)\b(?:{_WHO}) (?:[^\s,;.?!]+ ){{0,2}}?(?:{_MAKES})\b")
_READS = lazily(r"(?i)\b(?:tags?|tagged|metadata|metadaten|filename)\b")

#: What would tell of the sound where a person was asked for.
BESIDE_THE_POINT = frozenset(("timbre", "notes", "similar", "teach", "library"))

UNKNOWN = Gap(
    "timbre",
    'I recognise nobody by ear, so I cannot tell who it is; ask "what do its tags say?" for what the file itself says',
    "unsupported",
)


def asks_performer(question: str) -> bool:
    """ "Who is singing?": nothing that is measured answers it."""
    return _PERFORMER.search(question) is not None and not _READS.search(question)


def asks_maker(question: str) -> bool:
    """ "Who made this?": the tags of the file may say it."""
    return _MAKER.search(question) is not None and not _PERFORMER.search(question)
