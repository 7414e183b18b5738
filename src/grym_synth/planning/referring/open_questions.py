"""How questions are put that leave out which recordings they are about, and those that speak of none.

Patterns are for text that `features.fold` has folded, in the seven languages of `reference_words`.
"""

from __future__ import annotations

import re

from ...regex import lazily
from .reference_words import NS, N


def _any(*patterns: str) -> re.Pattern[str]:
    return lazily("|".join(patterns))


#: "Compare with the other one": what is compared goes without saying.
IMPLIED = lazily(
    r"^\W*(?:compare|compara|comparar|vergleiche?|comparer?|comparez|confronta|confrontare|jamfor)"
    r"(?= (?:with|to|against|con|mit|avec|au|a|com|al|alla|med|mot)\b)|"
    r"^\W*(?:encaja|pega|cuadra|combina|va|casa|queda|fica|sta|suona|si abbina)(?: (?:bien|bem|bene))?"
    r"(?= (?:con|com)\b)"
)
#: "Which is the louder one?" asks; it does not speak of one that is known.
ASKS_WHICH = lazily(
    r"(?:\bwhich|\bwhat|\bwho|\bcual(?:es)?|\bwelche[rsnm]?|\bwas|\bquell?e?s?|\blaquelle|\blequel|\bqual[ei]?|"
    r"\bvilke[nt])"
    rf"(?:\s(?:{N}|(?:of|de|des|von|der|di|dei|delle|dos|das|av)\s\w+(?:\s\w+)?))?(?:'s|\s(?:es|is|ist|est|e|ar|was|"
    rf"sounds|suena|"
    rf"klingt))?\s$"
)
#: Where a question holds one recording against another.
COMPARES = lazily(
    r"\b(?:compar\w*|vs|versus|than|against|differ\w*|differen\w*|same|both|fits?|match\w*|together|beside|"
    r"vergleich\w*|unterschied\w*|unterscheid\w*|als|gegen|passt|passen|zusammen|difer\w*|igual\w*|encaj\w*|"
    r"combina\w*|"
    r"contra|meme|identique|ensemble|contre|confront\w*|uguale|stess[oa]|insieme|contro|jamfor\w*|skillnad\w*|samma|"
    r"passar|mot|[a-z]+er than|louder|quieter|faster|slower|longer|shorter|brighter|darker|lauter|leiser|schneller|"
    r"langsamer|mas \w+|plus \w+|mais \w+|piu \w+|starkare|tystare|snabbare|langsammare)\b"
)
#: Before a word for a recording, these show that it is held against another.
AGAINST = lazily(
    r"\b(?:than|with|to|against|vs|versus|and|que|con|als|mit|zu|und|avec|et|com|e|y|di|an|med|mot|och)\s$"
)
ARTICLE = lazily(r"\b(?:the|el|la|der|die|das|dem|den|le|les|l'|o|a|os|as|il|lo|i|gli)\s?$")

#: What looks like "it" and stands for nothing.
DUMMY = _any(
    r"(?<=\bhur )ar det\b(?= med\b)",
    r"\b(?:is|was|isn't) it (?:\w+ly )?(?:common|usual|typical|customary|unusual) for\b",
    r"\bwhat time is it\b|\b(?:is|was|isn't|would|could|might) it (?:\w+ly )?(?:true|raining|snowing|late|time)\b",
    r"\b(?:is|was|isn't|would|could|might|be) it (?:\w+ly )?\w+(?: idea)? (?:to|that|if|when|whether|for (?:a|an|"
    r"me|us|you))\b",
    r"\b(?:does|do|will|did|would) it (?:\w+ )?(?:matter|work|make sense|depend|mean|cost|take|happen)\b",
    r"\bit (?:takes|depends|seems|appears|turns out|means|matters|is (?:said|true|possible|known|called|named))\b",
    r"\bit (?:called|named)\b|\bcall it\b|\b(?:do|does|did) that (?:matter|mean|work)\b|\bthat's (?:all|it|fine|"
    r"ok|okay)\b",
    r"\bwhy is it that\b|\b(?:pause|resume|stop|cancel|forget|restart) (?:it|that)\b|\b(?:above|below) (?:it|that)\b",
    r"\bwhat(?:'s| is) an? \w+.{0,60}?\bit\b|\bthe (?:hub|computer|program)\b.{0,60}?\bit\b",
    r"\bque hora\b|\bes (?:verdad|cierto|posible|normal|mejor)\b|\beso es todo\b|\bpor eso\b",
    r"\bgibt es\b|\bwie spat ist es\b|\bist es (?:wahr|moglich|normal|ok|okay|sinnvoll|besser|ublich|egal)\b|"
    r"\bregnet es\b",
    r"\bgeht es (?:um|dir|ihnen|auch)\b|\bwie geht es\b|\bwie geht's\b",
    r"\bquelle heure(?: est-il)?\b|\by a-t-il\b|\bil y a\b|\b(?:est-il|c'est|il est) (?:vrai|possible|normal|"
    r"mieux|utile)\b|\bcomment ca va\b|\bca va\b(?=\W*$)",
    r"\bc'est quoi (?:une?|des|du)\b|\bqu'est-ce que c'est (?:que|qu')|\bca veut dire\b",
    r"\bisso e (?:verdade|normal|tudo)\b|\be (?:verdade|possivel|normal|melhor)\b|\bpor isso\b",
    r"\be (?:vero|possibile|normale|meglio)\b|\bche ore\b",
    r"\bar det (?:sant|mojligt|normalt|ok|okej|bra att|battre att|vanligt)\b|\bfinns det\b|\bvad betyder det\b|"
    r"\bregnar det\b|\bhur gar det\b",
)

#: A question that goes on from the last one.
CONTINUES = lazily(
    r"^\W*(?:what about|how about|and|or|but|also|so|now|ok|okay|then|que tal|y|e|pero|ahora|und|aber|oder|auch|"
    r"jetzt|"
    r"was ist mit|wie ist es mit|wie steht es mit|et pour|et|mais|ou|maintenant|qu'en est-il d(?:e|u)|quid d(?:e|u)|"
    r"ma|mas|agora|ora|allora|e per|che ne dici d(?:i|el|ella)|och|men|eller|nu|hur ar det med|vad sags om)\b\W*"
)
#: A question that sets recordings against each other without saying which.
WHICH = _any(
    rf"^\W*which (?:(?:{N} )?(?:of (?:them|these|those|the two) )?)?(?:is|has|sounds|runs|was|goes|"
    rf"lasts)\b",
    r"^\W*cual (?:de (?:ell[oa]s|l[oa]s dos) )?(?:es|tiene|suena|esta|dura)\b.{0,40}\b(?:mas|menos|mejor|peor)\b",
    rf"^\W*welche[rs]? (?:davon |von (?:ihnen|beiden|den beiden) |{N} )?(?:ist|hat|klingt|"
    rf"dauert)\b.{{0,40}}\w(?:er|ere|ste[nrs]?)\b",
    rf"^\W*(?:lequel|laquelle|quel(?:le)? {N})(?: des deux)? (?:est|a|sonne|dure)\b.{{0,40}}\b(?:plus|"
    rf"moins|mieux)\b",
    r"^\W*qual (?:d[eoa]s? (?:dois|duas|el[ea]s) )?(?:e|tem|soa|esta|dura)\b.{0,40}\b(?:mais|menos|melhor)\b",
    r"^\W*qual(?:e|'e)? (?:dei due |delle due |di loro )?(?:e|ha|suona|dura)\b.{0,40}\b(?:piu|meno|meglio)\b",
    rf"^\W*vilken (?:av dem |{N} )?(?:ar|har|later|gar)\b.{{0,40}}\w(?:are|ast|aste|sta|ste)\b",
)
#: What comes before a question out of politeness.
POLITE = lazily(
    r"^\W*(?:please|(?:can|could) you (?:please )?tell me|do you know|me puedes decir|puedes decirme|dime|sabes|"
    r"(?:kannst|konntest) du (?:mir )?sagen|sag mir|weisst du|(?:peux-tu|pouvez-vous) me dire|dis-moi|tu sais|sais-tu|"
    r"podes? (?:me )?dizer(?:-me)?|diz-me|me diz|sabes|(?:puoi|mi puoi) dir(?:mi|e)|dimmi|mi dici|sai|"
    r"kan du saga(?: mig)?|sag mig|vet du)\b[\s,:]*"
)
#: A question about something that need not be named, as long as it is clear.
SUBJECTLESS = _any(
    r"^\W*how (?:loud|quiet|fast|slow|long|bright|dark|dynamic|wide|clean)(?: exactly| in \w+)?\W*$",
    r"^\W*(?:what|which) (?:key|tempo|bpm|scale|metre|meter|time signature|chords?|notes?|tuning|format|"
    r"sample rate|bit depth|instruments?)\W*$",
    r"^\W*(?:what(?:'s|s| is| are)|tell me|show me|give me|find) the (?!of\b)\w+(?:[ -](?!of\b)\w+){0,3}\W*$",
    r"^\W*(?:is|are|was|were) there\b|^\W*any \w+(?: \w+)?\W*$",
    r"^\W*(?:(?:a|en|de|con) )?(?:que|cuant[oa]s?|como)\b[\w ]{0,40}\b(?:tiene|esta|dura|suena|va|lleva|usa)\W*$",
    r"^\W*(?:esta|es|suena|tiene|dura)\b(?! (?:verdad|cierto|posible|normal|la hora|que)\b)[\w ]{2,40}\W*$",
    r"^\W*cual(?:es)? (?:es|son) (?:el|la|los|las|su|sus) [\w ]{2,40}\W*$|^\W*hay \w+",
    r"^\W*wie (?:laut|leise|schnell|langsam|lang|hell|dunkel)\W*$|^\W*welche[rs]? (?:tonart|tempo|takt\w*|"
    r"akkorde?)\W*$",
    r"^\W*(?:was|wie|welche[rs]?) (?:ist|sind|lautet|lauten) (?:der|die|das) \w+\W*$|^\W*gibt es \w+",
    r"^\W*quel(?:le)?s? (?:est|sont) (?:le |la |les |l'\s?)[\w ]{2,40}\W*$|^\W*quel(?:le)?s? (?:tonalite|tempo|"
    r"accords|mesure)\W*$",
    r"^\W*(?:y a-t-il|il y a|est-ce qu'il y a)\b",
    r"^\W*(?:(?:em|a|de|com) )?(?:que|quant[oa]s?|como)\b[\w ]{0,40}\b(?:tem|esta|dura|soa|vai|usa)\W*$",
    r"^\W*(?:esta|e|soa|tem|dura)\b(?! (?:verdade|possivel|normal|que)\b)[\w ]{2,40}\W*$|^\W*ha \w+",
    r"^\W*(?:qual|quais) (?:e|sao) (?:o|a|os|as) [\w ]{2,40}\W*$",
    r"^\W*(?:(?:in|a|di|con) )?(?:che|quant[oaie]|come)\b[\w ]{0,40}\b(?:ha|e|dura|suona|va|sta)\W*$",
    r"^\W*(?:suona|ha|c'\s?e|ci sono)\b(?! (?:vero|possibile|normale)\b)[\w ]{2,40}\W*$",
    r"^\W*qual[ei]?\s?(?:'\s?)?(?:e|sono) (?:il |la |i |le |gli |l'\s?)[\w ]{2,40}\W*$",
    r"^\W*hur (?:hog|hogt|stark\w*|snabb|snabbt|langsam\w*|lang|lange|ljus\w*|mork\w*)(?: \w+)?\W*$",
    r"^\W*vilke[nt] (?:tonart|takt\w*|tempo)\W*$|^\W*vilka ackord\W*$|^\W*vad ar \w{3,}(?:en|et|n|t|na)\W*$|"
    r"^\W*finns det \w+",
)
#: In the question as it was written: it speaks of something by name, or of such things in general.
NAMES_ANOTHER = lazily(
    r"(?:\b(?:of|by|from|de|del|di|du|da|do|av|på|by)\s+(?:the |la |el |le |l'|los |las |il )?|\bd['’]\s?)"
    r"[\"“«„‘]?[A-ZÀ-Þ]\w|\b(?:von|vom)\s|[\"“«„]\w|"
    r"\b(?:of|in|for|by|de|di|en|em|av|för|pour|para|per)\s+(?:an?|une?|una?|uno|um|uma|ett|en|most|typical)\s+\w"
)
#: And in the marked text.
NAMES_MANY = lazily(rf"\b(?:any|some|my|mis|meine|mes|minhas|miei|mina)\s{NS}|\blibrary\b")
#: What may stand beside a word for a recording in a question that is nothing else: the last question, asked again.
FILLERS = lazily(
    r"\b(?:what about|how about|and|or|but|also|so|now|ok|okay|then|again|too|please|for|of|with|the|is|do|did|"
    r"que tal|y|pero|ahora|tambien|otra vez|de nuevo|por favor|con|para|el|la|los|las|"
    r"und|aber|auch|jetzt|noch|nochmal|einmal|bitte|was ist mit|mit|fur|der|die|das|dem|den|"
    r"et|mais|pour|aussi|encore|maintenant|s'il te plait|s'il vous plait|avec|le|les|une fois|"
    r"e|mas|agora|tambem|por favor|com|o|a|os|as|ma|ora|anche|ancora|di nuovo|per|il|lo|i|gli|l|"
    r"och|men|nu|ocksa|igen|tack|hur ar det med|vad sags om|med)\b"
)
