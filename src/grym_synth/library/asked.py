"""Which figure a question asks of the whole: "how many", "average tempo", "which keys", "how much audio"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..regex import lazily
from .query import Asked, Sum
from .vocabulary import FIGURES, WORDS

_PLURALS = [word for word in WORDS if word.endswith(("s", "n", "tempi", "kinds"))]


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_FIGURE = rf"(?P<figure>{_any_of(FIGURES)})"
_WORD = rf"(?P<word>{_any_of(WORDS)})"
_OF = r"(?:(?: of| von| de| du| di| der| af| av| the| my| la| el| le| il| les| dei| die| da| do| in)* )"
_AVERAGE = (
    r"average|mean|avg|durchschnittlich\w*|durchschnitts|mittlere[sr]?|mittleres|promedio|media|medio|moyen(?:ne)?|"
    r"genomsnittlig\w*|medel|en moyenne|typical|usual"
)
_WHICH = r"which|what|welche[sn]?|que|cuales|quel(?:le)?s?|quali|quais|vilka"
_TOTAL = (
    r"how much (?:audio|music|sound|material|time)|how many (?:hours|minutes|seconds|days)(?: of)?|"
    r"(?:total|overall|combined) (?:length|duration|time|playing time)|gesamt(?:lange|dauer|zeit)|wie viele? "
    r"(?:stunden|minuten|audio|musik)|cuant[oa]s? (?:horas|minutos|audio|musica)|combien d'?e? ?(?:heures|minutes|audio|musique)|"
    r"quant[ei] (?:ore|minuti)|quanta musica|quanto audio|quant[ao]s? (?:horas|minutos)|hur manga (?:timmar|minuter)|"
    r"hur mycket (?:ljud|musik)|how long (?:is|are) (?:all|everything|the whole|it all|my (?:whole )?(?:library|collection))"
)
_SIZE = (
    r"(?:total|overall|combined|whole) (?:file )?size|how (?:big|large) (?:is|are) (?:all|everything|the whole|it all|"
    r"my (?:whole )?(?:library|collection))|how much (?:disk )?space|how many (?:megabytes|gigabytes|mb|gb)|gesamtgrose|"
    r"wie ?viel (?:speicher\w*|platz)"
)
_DIFFERENT = r"different|distinct|unique|verschiedene[nr]?|distint[ao]s|differente?s|divers[ei]|diferentes|olika"
_COUNT = (
    r"how many|number of|count(?: of| the| my)?|wie ?viele?|cuant[oa]s|combien(?: de)?|quant[ie]|quant[oa]s|"
    r"hur manga|anzahl(?: der)?|numero di|numero de|nombre de"
)
_KINDS: tuple[tuple[str, Sum], ...] = (
        (rf"(?:{_TOTAL})(?: of (?:audio|music))?(?: (?:is|are) (?:that|it|this)|(?: do i have)?(?: in (?:hours|minutes))?)?", "total"),
        (rf"(?P<size>{_SIZE})(?: (?:does (?:it|all|everything) take|is (?:it|that)|do (?:i|they) (?:have|take|use)|of (?:it )?all|used))?", "total"),
        (rf"(?:{_COUNT}) (?:(?:{_DIFFERENT}) (?:musical |file )?(?:{_WORD}|(?P<figure2>tempos|tempi|bpms))|(?:musical |file )?(?P<plural>{_any_of(_PLURALS)}))(?: (?:do (?:i|we) have|are there|habe ich))?", "each"),
        (rf"(?:(?:what is|what's) )?(?:the )?median{_OF}{_FIGURE}", "median"),
        (rf"(?:(?:what is|what's) )?(?:the )?(?:{_AVERAGE}){_OF}?{_FIGURE}", "average"),
        (rf"{_FIGURE} (?:{_AVERAGE})", "average"),
        (r"how (?P<how>fast|long|loud|bright) (?:is|are) .{0,30}on average|on average,? how (?P<how2>fast|long|loud|bright)", "average"),
        (rf"(?:distribution|histogram|breakdown|spread|verteilung|distribucion|distribuzione|fordelning|range){_OF}(?:{_FIGURE}|{_WORD})", "spread"),
        (rf"(?:{_FIGURE}|{_WORD}) (?:distribution|histogram|breakdown|spread|range)", "spread"),
        (rf"(?:most common|most frequent|commonest|haufigste[nr]?|mas comun(?:es)?|plus frequentes?|piu comuni?|vanligaste){_OF}?{_WORD}", "each"),
        (rf"(?:{_WHICH}) (?:musical |file |sound |different )?(?:{_WORD}|(?P<figure2>tempos|tempi|bpms))(?: (?:do (?:i|we) have|are (?:in|there)|habe ich|tengo|ai[- ]je|ho))?(?! (?:is|of|are) (?!in|there))", "each"),
        (rf"(?:list|show(?: me)?|count|group(?:ed)?) (?:of |by )?(?:the |my |all )*(?:{_WORD})(?: do i have)?$", "each"),
        (r"^(?:(?:the|my|all) )*(?P<folders>folders)$", "each"),
        (rf"(?:{_COUNT})", "count"),
)  # fmt: skip
_PATTERNS = tuple((lazily(rf"(?<!\w)(?:{pattern})(?!\w)"), kind) for pattern, kind in _KINDS)
_HOW = {"fast": "tempo_bpm", "long": "duration_s", "loud": "integrated_lufs", "bright": "centroid_hz"}


def read_asked(text: str) -> Iterator[tuple[int, int, Asked]]:
    """The figure that is asked for, with its place in a folded text; one at most."""
    for pattern, kind in _PATTERNS:
        match = pattern.search(text)
        if match is None:
            continue
        parts = match.groupdict()
        how = parts.get("how") or parts.get("how2")
        named = parts.get("figure") or parts.get("figure2")
        word = parts.get("word") or parts.get("plural") or parts.get("folders") or ""
        of = _HOW[how] if how else FIGURES[named] if named else WORDS.get(word, "")
        if kind == "each" and parts.get("figure2"):
            kind = "spread"
        yield (
            match.start(),
            match.end(),
            Asked(kind, of if kind != "total" else "size_mb" if parts.get("size") else "duration_s"),
        )
        return
