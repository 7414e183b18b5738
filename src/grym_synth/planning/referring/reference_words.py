"""Words that stand for recordings, in English, Spanish, German, French, Portuguese, Italian and Swedish.

Patterns are for text that `features.fold` has folded (lower case, without accents) and `mark_nouns` has marked. They
are lists to be read beside each other, one line a language where that is possible; what the words mean is decided in
`in_play`. A group is the word itself, where the verb beside it is what shows it; the group `alone` is empty and asks
for `stands_alone`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...regex import lazily

_SINGULAR = (
    "one|track|song|tune|piece|mix|mixdown|remix|version|file|take|recording|master|loop|sample|bounce|render|demo|"
    "stem|clip|audio|wav|mp3|pista|cancion|tema|pieza|mezcla|archivo|fichero|toma|grabacion|bucle|muestra|stuck|lied|"
    "titel|mischung|fassung|datei|aufnahme|spur|morceau|piste|chanson|titre|mixage|fichier|prise|enregistrement|"
    "boucle|echantillon|extrait|faixa|musica|cancao|peca|mistura|versao|arquivo|ficheiro|tomada|gravacao|amostra|"
    "clipe|traccia|brano|canzone|pezzo|missaggio|versione|registrazione|campione|lat|spar|fil|inspelning|tagning|"
    "stycke|ljud|klipp"
)
_DEFINITE = (  # Swedish has its article at the end
    "laten|sparet|mixen|filen|inspelningen|tagningen|versionen|stycket|loopen|ljudet|klippet"
)
_PLURAL = (
    "ones|tracks|songs|tunes|pieces|mixes|versions|files|takes|recordings|masters|loops|samples|stems|clips|pistas|"
    "canciones|temas|mezclas|versiones|archivos|ficheros|tomas|grabaciones|bucles|stucke|lieder|titel|mischungen|"
    "fassungen|dateien|aufnahmen|spuren|morceaux|pistes|chansons|titres|fichiers|prises|enregistrements|boucles|"
    "extraits|faixas|musicas|cancoes|versoes|arquivos|ficheiros|gravacoes|tracce|brani|canzoni|pezzi|versioni|"
    "registrazioni|latarna|sparen|mixarna|filerna|inspelningarna|versionerna"
)
_NOUNS = lazily(rf"\b(?:({_SINGULAR})|({_DEFINITE})|{_PLURAL})\b")


def mark_nouns(text: str) -> str:
    """Folded text with words for recordings in place of themselves: § for one, ¤ for the one, ¶ for several."""
    return _NOUNS.sub(lambda m: ("§" if m[1] else "¤" if m[2] else "¶") + "~" * (len(m[0]) - 1), text)


N, NS = "[§¤]~*", "¶~*"
_TAIL, _TAILS = rf"\b(?:\s{N}|(?P<alone>))", rf"\b(?:\s{NS}|(?P<alone>))"
_END = r"(?=\s*(?:[^\w\s'§¤¶~-]|$))"

#: After a word that could begin a noun phrase of its own ("el otro canal"), these show that it does not.
_ALONE = lazily(
    _END + r"|\s(?:es|esta|estan|estao|son|tiene|tienen|suena|suenan|dura|va|con|que|y|o|en|mas|menos|tambien|por|para|"
    r"si|otra|ist|sind|hat|haben|klingt|lauft|dauert|geht|auch|mit|und|oder|als|zu|in|im|nochmal|wieder|so|genauso|"
    r"est|sont|a|ont|sonne|et|ou|aussi|avec|dans|plus|moins|est-il|est-elle|sont-ils|sont-elles|a-t-il|a-t-elle|pour|"
    r"encore|e|sao|tem|soa|vai|com|ou|em|mais|tambem|sono|ha|hanno|suona|che|piu|meno|anche|per|di nuovo|ancora|ar|"
    r"har|later|gar|och|eller|med|som|i|ocksa|an|mer|igen|passar|mot|is|was|has|does|sounds?|with|and|or|than|too|"
    r"again|please|to|at)\b"
)


def stands_alone(text: str, end: int) -> bool:
    """Whether words that end here are followed by no noun of their own."""
    return _ALONE.match(text, end) is not None


_ES = r"\b(?:el|la|al|del|a la|de la)\s"
_DE = r"\b(?:der|die|das|den|dem|des|zum|zur|beim|vom)\s"
_FR = r"\b(?:(?:le|la|au|du)\s|l'\s?)"
_PT = r"\b(?:o|a|ao|do|da|no|na|pelo|pela)\s"
_IT = r"\b(?:(?:il|lo|la|al|alla|del|della|nel|nella|col)\s|(?:l'|all'|dell'|nell')\s?)"
_SV = r"\b(?:den|det)\s"


def _any(*patterns: str) -> re.Pattern[str]:
    return lazily("|".join(patterns))


def _followed(tail: str, *patterns: str) -> str:
    """Any of the patterns, and behind it the tail: written once, since long patterns take long to compile."""
    return f"(?:{'|'.join(patterns)}){tail}"


#: One recording, pointed at: this one.
SAME = _any(
    rf"\b(?:this|that|(?:the )?(?:very )?same)\s(?:very |whole |entire )?(?:{N}|beat\b|sound\b|thing\b)",
    rf"\b(?:este|esta|ese|esa|aquel|aquella|el mismo|la misma)\s{N}",
    rf"\b(?:diese[rsmn]?|de[rm]selben?|dieselben?|dasselbe)\s{N}",
    rf"\b(?:ce|cet|cette|le meme|la meme)\s(?:{N}|son\b)|\bcel(?:ui|le)-(?:ci|la)\b",
    rf"\b(?:[dn]?est[ea]|[dn]?ess[ea]|aquel[ea]|[oa] mesm[oa])\s{N}",
    rf"\b(?:quest[oa]|quell[oa]|lo stesso|la stessa)\s{N}|\bquest'\s?{N}",
    rf"\b(?:den|det) (?:har|dar)(?:\s{N}|{_END})|\bdenna(?:\s{N}|{_END})|\bsamma\s{N}",
)
_THAT_AFTER = (
    r"(?:\s*(?:[^\w\s'§¤¶~-]|$)|\s(?:too|so|really|in|at|on|with|and|or|than|loud\w*|quiet|fast\w*|slow|long|clip\w*|"
    r"mono|stereo|enough|sounds?|go|have|need|compares?|fits?|match|differ|hold|mastered|distort\w*|tuned|sharp|flat|"
    r"bright|dark|please|again)\b)"
)
_DAS_AFTER = (
    r"(?:\s*(?:[^\w\s'-]|$)|\s(?:zu|so|sehr|eher|noch|schon|wirklich|denn|auch|nicht|laut\w*|leise\w*|schnell\w*|"
    r"langsam\w*|stereo|mono|gemastert|verstimmt|sauber|gestimmt|in|mit)\b)"
)
#: One recording, spoken of: it.
PRONOUN = _any(
    rf"\bit(?:'?s|self)?\b|\b(?:this|that)\b(?={_THAT_AFTER})",
    rf"\b(?:es[oa]|este|ese|ell[oa]|el)\b{_END}|\besto\b|\beso\b|\bello\b|\ble\s(?=falta|sobra)|\bsus?\s(?=\w{{3}})",
    r"\b(?:compar|analiz|mid|escuch|revis|comprueb|comprob|transpon|cort|recort|normaliz|conviert|convert)\w*(l[oa])\b",
    r"\b(?:ist|war|hat|klingt|lauft|geht|dauert|steht|liegt|passt|wirkt|brummt|swingt|ob|wie|dass)\s(es|er|sie)\b",
    r"\b(?:vergleiche?|miss|analysiere?|hor|schneide?|normalisiere?|transponiere?|kurze|konvertiere?)\s(es|ihn|sie)\b",
    rf"\b(?:ist|war|hat|klingt|lauft|geht|dauert|vergleiche?)\s(das|dies)\b(?={_DAS_AFTER})|\bdarin\b|\bdavon\b",
    r"\bseine[nmrs]?\s(?=\w{3})|\bsein\s(?=tempo|takt|groove|klang|pegel|rhythmus|bpm)",
    r"\bihre?\s(?=tempo|tonart|laut|akkorde|struktur|dauer|lange|takt)",
    r"\b(?:est|a|sonne|dure|va|fait)-(?:t-)?(il|elle)\b|\b(?:il|elle)\s(?=(?:est|sonne|dure|va|a|fait|sature)\b)",
    r"\bc'\s?est\b|\bca\b(?!\.|\s\d)|\bcela\b|\bceci\b|\b\w{4,}-(le|la)\b",
    r"\b(?:son|sa|ses)\s(?=tempo|tonal|accord|struct|niveau|duree|rythme|intens|timbre|spectre|grille|bpm|volume)",
    rf"\b[dn]?el[ea]\b(?:{_END}|(?=\s(?:est[ae]|tem|soa|dura|vai|e)\b))|\b[nd]?is[st]o\b",
    r"\b(?:compar|analis|mec|mede|escut|cort|normaliz|convert)\w*-(l?[oa])\b|\b(?:[oa]\s)?(?:seu|sua)\s(?=\w{3})",
    rf"\b(?:questo|questa|quello|quella|ess[oa])\b(?:{_END}|(?=\s(?:e|ha|suona|dura|va|con)\b))",
    r"\b(?:confront|compar|analizz|misur|ascolt|tagli|normalizz|convert|trasport|controll)\w*(l[oa])\b",
    r"\b(?:il\s|la\s)?(?:suo|sua|suoi|sue)\s(?=\w{3})",
    r"\b(?:ar|var|har|gar|later|passar|borjar|slutar|ligger|klipper|svanger|jamfor|analysera|mat|normalisera|om|i|pa)\s"
    r"(den|det)\b(?!\s(?:har|dar|forsta|andra|tredje|sista|senaste|forra|sant|mojligt)\b)",
    r"\bden(?=\s(?:ar|har|gar|later)\b)|\bdess\s(?=\w{3})",
)
_OF_NONE = (  # "the name of the file" is asked of none, "the mix of the year" is another
    r"(?!~|\s(?:of|from|i|you|called|named|before|length|name|number|format|de|del|di|du|des|da|do|dos|das|der|"
    r"von|vom|av|"
    r"namens|llamad[oa]|principal|que yo)\b)"
)
#: One recording, as if there were only one: the track.
GENERIC = _any(
    _followed(_OF_NONE, rf"\bthe\s(?:whole |entire )?{N}", *(f"{article}{N}" for article in (_ES, _DE, _FR, _PT, _IT))),
    "¤~*",
)
#: Articles that are words of other languages too: with these nouns they are Portuguese.
UNSURE_ARTICLE = lazily(r"(?:a|o|no|do) (?!(?:faixa|musica|cancao|gravacao|mistura|peca|versao|arquivo|ficheiro)\b)")
OTHER = _any(
    _followed(
        _TAIL,
        r"\b(?:el|al|del) otro|\b(?:la|a la|de la) otra",
        rf"{_DE}andere[nrsm]?",
        r"\bl'\s?autre",
        r"\b(?:o|ao|do|no|pelo) outro|\b(?:a|da|na|pela) outra",
        r"\b(?:l'|all'|dell'|nell'|un')\s?altr[oa]",
    ),
    rf"\bthe other(?:\s{N}|{_END})",
)
#: Swedish has one word for both.
OTHER_OR_SECOND = _any(_followed(_TAIL, rf"{_SV}andra"))
OTHERS = _any(
    _followed(
        _TAILS,
        r"\b(?:los otros|las otras|die anderen|den anderen|les autres|os outros|as outras|gli altri|le altre|de andra)",
    ),
    rf"\bthe others\b|\bthe other\s(?:two|three|{NS})",
)
PREVIOUS = _any(
    _followed(
        _TAIL,
        rf"{_ES}(?:anterior|previ[oa])|{_DE}(?:vorige|vorherige|vorhergehende)[nrsm]?|{_FR}precedente?",
        rf"{_PT}anterior|{_IT}precedente|{_SV}(?:forra|foregaende|tidigare)",
    ),
    rf"\bthe (?:previous|earlier|preceding|prior)\s{N}|\bthe {N} (?:from )?before(?:\s(?:that|this|it))?\b",
    rf"(?:{_ES}|{_PT}){N}\s(?:anterior|previ[oa])\b|\b(?:el|la|o|a) de antes\b",
    rf"\b(?:das|die|der) davor\b|(?:{_FR}|{_IT}){N}\sprecedente?\b|\bcel(?:ui|le) d'avant\b|\bquell[oa] di prima\b",
    rf"\bforra {N}|\bden innan\b",
)

_ORDINALS = {
    1: ("first|1st", "primer[oa]?", "erste[nrsm]?", "premiere?", "primeir[oa]", "prim[oa]", "forsta"),
    2: ("second|2nd", "segund[oa]", "zweite[nrsm]?", "deuxieme|seconde?", "segund[oa]", "second[oa]", "2:a"),
    3: ("third|3rd", "tercer[oa]?", "dritte[nrsm]?", "troisieme", "terceir[oa]", "terz[oa]", "tredje"),
    4: ("fourth|4th", "cuart[oa]", "vierte[nrsm]?", "quatrieme", "quart[oa]", "quart[oa]", "fjarde"),
    5: ("fifth|5th", "quint[oa]", "funfte[nrsm]?", "cinquieme", "quint[oa]", "quint[oa]", "femte"),
    -1: ("last|final", "ultim[oa]", "letzte[nrsm]?", "derni(?:er|ere)", "ultim[oa]", "ultim[oa]", "sista|senaste"),
}  # fmt: skip


def _ordinal(number: int) -> re.Pattern[str]:
    english, *others = _ORDINALS[number]
    articles = (_ES, _DE, _FR, _PT, _IT, _SV)
    numbered = (f"{article}(?:{word})" for article, word in zip(articles, others, strict=True))
    pair = {1: r"|\bthe former\b", 2: r"|\bthe latter\b"}.get(number, "")
    return _any(_followed(_TAIL, *numbered), rf"\bthe (?:very )?(?:{english})\s{N}{pair}")


#: The first one, ... the fifth; -1 is the last.
ORDINALS: Mapping[int, re.Pattern[str]] = {number: _ordinal(number) for number in _ORDINALS}

BOTH = _any(
    _followed(_TAILS, r"\b(?:l[oa]s dos|(?:tous |toutes )?les deux|os dois|as duas|i due|le due)"),
    r"\b(?:of|between) the two\b(?!\s(?:chords|notes|keys|channels|bars)\b)",
    r"\bboth\b(?: of (?:them|these|those)\b)?(?!\s(?:channels?|sides?|ears?|speakers?|hands?|ends?|halves|chords|notes|"
    r"keys|left|major|times|cases)\b)",
    r"\bamb[oa]s\b|\bentramb[ie]\b|\btutt[ie] e due\b",
    rf"\b(?:alle )?beide[nrs]?\b(?!\s(?:kanale\w*|seiten|ohren|hande|halften|enden|noten|akkorde|mal\w*)\b)|"
    rf"\bdie beiden(?:\s{NS})?",
    r"\b(?:bada|bagge)(?: tva)?\b(?!\s(?:kanalerna|sidorna|oronen|gangerna)\b)",
)
ALL = _any(
    _followed(_TAILS, r"\b(?:l[oa]s (?:tres|cuatro)|[oa]s (?:tres|quatro)|tutt[ie] e (?:tre|quattro))"),
    rf"\b(?:all|each|every §~*|any|either|neither|none) of (?:them|these|those)\b|\ball (?:three|four|five)\b|"
    rf"\ball (?:the |these |those )?{NS}",
    rf"\btod[oa]s (?:ell[oa]s\b|el[ea]s\b|l?[oa]s {NS})|\bcada (?:un[oa]|uma?)\b",
    rf"\balle (?:drei|vier)\b|\balle[rn]?\s{NS}|\bjede[rsn]? (?:davon|von ihnen)\b",
    rf"\bt(?:ous|outes) les (?:trois|quatre|{NS})|\bchacune?\b|\btutt[ie] (?:i|le) {NS}|\bciascun[oa]\b|\bognun[oa]\b",
    rf"\balla (?:tre|fyra|{NS})|\bvar och en\b",
)
_THESE_AFTER = (
    rf"(?:\s{NS}|{_END}|(?=\s(?:too|in|at|with|and|or|clip\w*|loud\w*|mono|stereo|sound|fit|go|match|work|have|tuned|"
    r"mastered|together)\b))"
)
THEM = _any(
    _followed(_TAILS, r"\b(?:haben|sind|klingen|passen|vergleiche?) die|\bquest[ie]"),
    rf"\bthem\b|\bthey(?:'re)?\b|\btheir\b|\b(?:these|those){_THESE_AFTER}",
    r"\b(?:these|those) (?:two|three|four)\b(?!\s(?:chords|notes|keys|bars|beats|bands|channels|scales|numbers)\b)",
    rf"\bell[oa]s\b|\b(?:est[oae]s|es[oa]s|ess[ea]s)\s{NS}|\bcompar\w*(l[oa]s)\b",
    rf"\b(?:sind|haben|klingen|passen|laufen)\s(sie)\b|\bvergleiche? (sie)\b(?! mit)|\bihnen\b|\bdiese\s{NS}",
    r"\b(?:sont|ont|vont|sonnent)-(ils|elles)\b|\b(?:ils|elles)\s(?=(?:sont|ont|vont|sonnent)\b)|"
    r"\bce(?:ux|lles)-(?:ci|la)\b",
    r"\bcompare[rz]?-(les)\b|\b(les) comparer\b|\b[dn]?el[ea]s\b|\bcompar\w*-(l?[oa]s)\b",
    rf"\bloro\b|\bquell[ie](?:\s{NS}|(?=\W*$))|\bconfront\w*(l[ie])\b",
    rf"\b(?:ar|har|later|passar|gar|jamfor)\s(de|dem)\b|\bdem\b{_END}|\bdessa\b|\bde (?:har|dar)\b",
)

#: What tells recordings apart: what was measured, which end of it, and the words for that end. Of the languages that
#: say "the more ...", what follows "more".
_MEASURES: tuple[tuple[str, int, Mapping[str, str]], ...] = (
    (
        "loudness.integrated_lufs",
        1,
        {
            "en": "louder|loudest", "de": "lautere?[nrsm]?|lauteste[nrsm]?", "sv": "starkare|starkaste|hogljuddare",
            "es": "fuerte|alt[oa]", "pt": "forte|alt[oa]", "fr": "forte?", "it": "forte|alt[oa]",
        },
    ),
    (
        "loudness.integrated_lufs",
        -1,
        {
            "en": "quieter|quietest|softer|softest", "de": "leisere?[nrsm]?|leiseste[nrsm]?", "sv": "tystare|tystaste",
            "es": "suave|baj[oa]|silencios[oa]", "pt": "suave|baix[oa]", "fr": "faible|calme|doux|douce",
            "it": "pian[oa]|bass[oa]|debole",
        },
    ),
    (
        "rhythm.tempo_bpm",
        1,
        {
            "en": "faster|fastest|quicker|quickest", "de": "schnellere?[nrsm]?|schnellste[nrsm]?",
            "sv": "snabbare|snabbaste", "es": "rapid[oa]", "pt": "rapid[oa]", "fr": "rapide", "it": "veloce|rapid[oa]",
        },
    ),
    (
        "rhythm.tempo_bpm",
        -1,
        {
            "en": "slower|slowest", "de": "langsamere?[nrsm]?|langsamste[nrsm]?", "sv": "langsammare|langsammaste",
            "es": "lent[oa]", "pt": "lent[oa]", "fr": "lente?", "it": "lent[oa]",
        },
    ),
    (
        "facts.duration_s",
        1,
        {
            "en": "longer|longest", "de": "langere[nrsm]?|langste[nrsm]?", "sv": "langre|langsta", "es": "larg[oa]",
            "pt": "long[oa]", "fr": "long|longue", "it": "lung[oa]",
        },
    ),
    (
        "facts.duration_s",
        -1,
        {
            "en": "shorter|shortest", "de": "kurzere[nrsm]?|kurzeste[nrsm]?", "sv": "kortare|kortaste",
            "es": "cort[oa]|breve", "pt": "curt[oa]|breve", "fr": "courte?", "it": "cort[oa]|breve",
        },
    ),
    (
        "spectrum.centroid_hz",
        1,
        {
            "en": "brighter|brightest", "de": "hellere[nrsm]?|hellste[nrsm]?", "sv": "ljusare|ljusaste",
            "es": "brillante|clar[oa]", "pt": "brilhante|clar[oa]", "fr": "brillante?|claire?", "it": "brillante",
        },
    ),
    (
        "spectrum.centroid_hz",
        -1,
        {
            "en": "darker|darkest", "de": "dunklere[nrsm]?|dunkelste[nrsm]?", "sv": "morkare|morkaste",
            "es": "oscur[oa]", "pt": "escur[oa]", "fr": "sombre", "it": "scur[oa]",
        },
    ),
)  # fmt: skip


def _measure(says: Mapping[str, str]) -> re.Pattern[str]:
    noun = rf"(?:{N} )?"
    return _any(
        _followed(_TAIL, f"{_DE}(?:{says['de']})|{_SV}(?:{says['sv']})"),
        rf"\bthe (?:{says['en']})(?:\s{N}|\sof (?:the two|them|these|those)\b|{_END}|"
        r"(?=\s(?:is|was|has|in|and|or|with)\b))",
        rf"{_ES}{noun}mas (?:{says['es']})\b",
        rf"{_PT}{noun}mais (?:{says['pt']})\b",
        rf"\b(?:le|la|au|du) {noun}plus (?:{says['fr']})\b",
        rf"{_IT}{noun}piu (?:{says['it']})\b",
    )


MEASURES: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(
    (finding, end, _measure(says)) for finding, end, says in _MEASURES
)
