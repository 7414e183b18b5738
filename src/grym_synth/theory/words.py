"""The terms of music in Spanish, German, French, Portuguese, Italian and Swedish, in English and without accents.

Only words that mean nothing else in a question about music; everything else of a question stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..regex import lazily

_WORDS = """
how long: dura duran dure durent duree dauert lasts
bars: compases compas takte takten mesures compassos compasso battute battuta misure takter
beats: pulsos schlage temps batidas battiti pulsi slag
minutes: minutos minuten minutter minuti minuter minuto minuta
seconds: segundos sekunden secondes secondi sekunder segundo sekunde seconde secondo sekund
milliseconds: milisegundos millisekunden millisecondes milissegundos millisecondi millisekunder milisegundo millisekunde
semitones: semitonos semitono halbtone halbton halbtonen semitons semiton semitoni semitom halvtoner halvton halvtonsteg
cents: centesimos cent
octaves: octavas octava oktaven oktave oitavas oitava ottave ottava oktaver oktav
samples: muestras abtastwerte echantillons amostras campioni samplingar
frequency: frequence frecuencia frequenz frecuencias frequenzen frequencia frequenza frekvens frekvensen
delay: retardo retraso verzogerung verzogerungszeit echo eco atraso ritardo fordrojning
delay: eko delays echozeit delayzeit delaytid
notes: notas noten notene toner noter
note: nota
scale: escala tonleiter skala gamme scala skalan
chord: acorde akkord accord acordo accordo ackord
chords: acordes akkorde accords accordi
interval: intervalo intervall intervalle intervallo
transpose: transponer transporta transpon transponiere transponieren transposer transposez
transpose: transponha transpor trasponi trasporre transponera
up: arriba hoch rauf aufwarts sube subir subiendo monter monte plus-haut acima su upp uppat
down: abajo runter abwarts tiefer baja bajar bajando descendre descends abaixo giu ner nedat
capo: cejilla capodastre capotraste
relative: relativa relativo relatif paralleltonart parallelltonart parallelltonarten
tempo: geschwindigkeit
inversion: umkehrung inversao rivolto umlagring renversement inversione omvandning
pentatonic: pentatonica pentatonisch pentatonische pentatonique pentatonisk
harmonic minor: harmonisch-moll
wavelength: wellenlange
signature: vorzeichen armadura armure armatura
sharps: sostenidos kreuze dieses diesis sustenidos
flats: bemoles bemolles bemois bemolli
circle: circulo quintenzirkel cercle circolo kvintcirkeln
fifths: quintas quintes quinten quinti
third: tercera terz tierce terca terza ters
fourth: cuarta quarte quarta kvart
fifth: quinta quinte quint kvint
between: mellan zwischen
sixth: sexta sexte sesta sext
seventh: septima septime setima settima septim
second: segunda sekunde
degree: grado stufe degre grau steg
whole: redonda semibreve semibreves
half: blanca blancas halbe blanche blanches minima minimas minime minims minim halvnot halvnoter
quarter: negra negras viertel vierteln noire noires seminimas semiminime fjardedelar fjardedelsnoter viertelnoten
quarter: seminima fjardedel fjardedelsnot crotchet crotchets semiminima viertelnote
eighth: corchea corcheas achtel achteln croche croches colcheias crome attondelar attondelsnoter achtelnoten colcheia
eighth: croma attondel attondelsnot attondels quaver quavers achtelnote
sixteenth: semicorchea semicorcheas semicolcheias semicrome sextondelar sextondelsnoter sechzehnteln sechzehntelnoten
sixteenth: sechzehntel semicolcheia semicroma sextondel sextondelsnot semiquaver semiquavers sechzehntelnote
thirty-second: fusa zweiunddreissigstel biscroma demisemiquaver demisemiquavers trettiotvaondel
dotted: puntillo punteada punteado punktierte punktierten punktiertes punktierter pointees pointes pontuadas puntate
dotted: pointee pointe pontuada pontuado puntata puntato punkterad punkterat
triplet: tercine terzinen tercinas quialteras tresillo tresillos triole triolen triolet triolets tercina quialtera
triplet: terzina terzine triol trioler
how many: cuantos cuantas wieviele combien quantos quantas quanti quante
sound: sonido klang
harmonics: armonicos obertone harmoniques harmonicos armonici overtoner deltoner overtones partials
size: grosse taille tamanho dimensione storlek tamano
above: ueber uber encima au-dessus acima sopra
below: unter debajo dessous abaixo sotto under
"""

#: Single words to their English.
SINGLE: Mapping[str, str] = {
    word: english
    for line in _WORDS.strip().splitlines()
    for english, words in [line.split(": ")]
    for word in words.split()
    if "-" not in word
}

_NUMBERS = """
1: ein eine einen un una une uno um uma ett
2: zwei dos deux due dois duas tva
3: drei tres trois tre
4: vier cuatro quatre quattro quatro fyra
5: funf cinco cinq cinque fem
6: sechs seis six sei sex
7: sieben siete sept sette sete sju
8: acht ocho huit otto oito atta
9: neun nueve neuf nove nio
10: zehn diez dix dieci dez tio
12: zwolf doce douze dodici doze tolv
16: sechzehn dieciseis seize sedici dezesseis sexton
32: zweiunddreissig trentadue trettiotva
"""

#: Small numbers in words.
NUMBERS: Mapping[str, int] = {
    word: int(number)
    for line in _NUMBERS.strip().splitlines()
    for number, words in [line.split(": ")]
    for word in words.split()
}

_ROMANCE_NOTES = {"do": "C", "ut": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
_GERMAN_NOTES = {
    "c": "C", "d": "D", "e": "E", "f": "F", "g": "G", "a": "A", "h": "B", "b": "Bb", "cis": "C#", "dis": "D#",
    "eis": "E#",
    "fis": "F#", "gis": "G#", "ais": "A#", "his": "B#", "ces": "Cb", "des": "Db", "es": "Eb", "fes": "Fb", "ges": "Gb",
    "as": "Ab", "ciss": "C#", "diss": "D#", "fiss": "F#", "giss": "G#", "aiss": "A#", "dess": "Db", "ess": "Eb",
    "gess": "Gb",
    "ass": "Ab",
}  # fmt: skip
_SHARP = r"#|sharps?|sostenido|sustenido|diesis|diese|kors"
_FLAT = r"flats?|bemolle|bemoll|bemol"
_FOREIGN_MAJOR = r"mayor|majeur|maior|maggiore"
_FOREIGN_MINOR = r"menor|mineur|minore"
_MAJOR = rf"{_FOREIGN_MAJOR}|major|maj"
_MINOR = rf"{_FOREIGN_MINOR}|minor|min"
_SOL = r"do|ut|re|mi|fa|sol|la|si"
_HALF_SHARP = lazily(rf"(?:{_SHARP})$", re.IGNORECASE)


def _solfege(found: re.Match[str]) -> str:
    sign = found["sign"] or ""
    return _ROMANCE_NOTES[found["note"].lower()] + ("" if not sign else "#" if _HALF_SHARP.search(sign) else "b")


def _german_key(found: re.Match[str]) -> str:
    return f"{_GERMAN_NOTES[found[1].lower()]} {'major' if found[2].lower() == 'dur' else 'minor'}"


def _pair(found: re.Match[str]) -> str:
    return f"from {_ROMANCE_NOTES[found[2].lower()]} to {_ROMANCE_NOTES[found[3].lower()]}{found[4] or ''}"


def _signed(found: re.Match[str]) -> str:
    return found[1].upper() + ("#" if found[2].lower().startswith("sharp") else "b")


def _compile(pattern: str) -> re.Pattern[str]:
    return lazily(rf"(?<![\w#]){pattern}", re.IGNORECASE)


#: What German and Swedish put in front of the word for triplets, in one word with it.
_COMPOUND = r"halbe|viertel|achtel|sechzehntel|zweiunddreissigstel|fjardedel|attondel|sextondel|trettiotvaondel"
_ABOVE = r"(?:por )?encima de|au-dessus d[eu]|acima d[eo]|sopra(?: al?| il)?"
_BELOW = r"(?:por )?debajo de|au-dessous d[eu]|en dessous d[eu]|abaixo d[eo]|sotto(?: al?| il)?"

#: Said the other way round: "a triplet of eighths". Applied to the English words.
REVERSED = lazily(
    r"(?i)\btriplets? (?:de|di|d'|of|von|av|aus|em|in) (whole|half|quarter|eighth|sixteenth|thirty-second)s?\b"
)

#: Patterns with their English, applied in this order before single words.
PHRASES = (
    (_compile(rf"(de|da|du|entre|tra|fra) ({_SOL}) (?:a|al|à|y|et|e) ({_SOL})(#|b)?(?![a-z])"), _pair),
    (_compile(rf"({'|'.join(sorted(_GERMAN_NOTES, key=len, reverse=True))})[ -]?(dur|moll)(?![a-z])"), _german_key),
    (_compile(rf"(?P<note>{_SOL})(?P<sign>[ -]?(?:{_SHARP}|{_FLAT}))(?![a-z])"), _solfege),
    (_compile(rf"(?P<note>{_SOL})(?P<sign>b?)(?=[ -]?(?:{_MAJOR}|{_MINOR})(?![a-z]))"), _solfege),
    (_compile(rf"(?P<note>{_SOL})(?P<sign>b?)(?=-?\d(?!\w))"), _solfege),
    (_compile(rf"(?P<note>{_SOL})(?P<sign>) (?=dorico|lidio|frigio|mixolidio|misolidio|locrio|dorien|lydien|phrygien)"
              ),
     lambda found: _solfege(found) + " "),
    (_compile(rf"(?:notas?|nota|note) (?P<note>{_SOL})(?P<sign>)(?![a-z])"), lambda found: "note " + _solfege(found)),
    (_compile(r"([a-g])[ -](sharp|flat)(?![a-z])"), _signed),
    (_compile(rf"(?:{_FOREIGN_MAJOR})(?![a-z])"), "major"),
    (_compile(rf"(?:{_FOREIGN_MINOR})(?![a-z])"), "minor"),
    (_compile(r"pulsaciones por minuto|schlage pro minute|battements par minute|batidas por minuto|battiti al minuto"),
     "bpm"),
    (_compile(r"con puntillo|a point|pointee?"), "dotted"),
    (_compile(r"doubles?[ -]croches?"), "sixteenth"),
    (_compile(r"col punto"), "dotted"),
    (_compile(rf"({_COMPOUND})s?[ -]?(?:notens?[ -]?)?triol(?:en?|er)?(?![a-z])"), r"\1 triplet"),
    (_compile(r"demi[ -]?tons?(?![a-z])"), "semitones"),
    (_compile(rf"(?:{_ABOVE}) (?P<note>{_SOL})(?P<sign>)(?![a-z])"), lambda found: "above " + _solfege(found)),
    (_compile(rf"(?:{_BELOW}) (?P<note>{_SOL})(?P<sign>)(?![a-z])"), lambda found: "below " + _solfege(found)),
    (_compile(r"(?:mellan|zwischen) ([a-g]) (?:och|und) ([a-g])(?![a-z#])"),
     lambda found: f"between {found[1].upper()} and {found[2].upper()}"),
    (_compile(r"hoher als|mas alto que|plus haut que|piu (?:in )?alto di|mais alto que|hogre an"), "above"),
    (_compile(r"tiefer als|mas bajo que|plus bas que|piu (?:in )?basso di|mais baixo que|lagre an"), "below"),
    (_compile(r"wie lange?|combien de temps dure|hur lang[at]?|quanto duram?|cuanto duran?"), "how long"),
    (_compile(r"wie viele|hur manga|combien de"), "how many"),
    (_compile(r"longueur d'onde|longitud de onda|comprimento de onda|lunghezza d'onda|vaglangd"), "wavelength"),
    (_compile(r"minor armonica|minor harmonica|minor harmonique|armonica minor"), "harmonic minor"),
    (_compile(r"minor melodica|minor melodique"), "melodic minor"),
    (_compile(r"(?:kleine|petite|piccola|liten|lilla)(?= ?(?:terz|sexte|septime|sekunde|ters|sext|septim))"), "minor"),
    (_compile(r"(?:grosse|grande|stor|stora)(?= ?(?:terz|sexte|septime|sekunde|ters|sext|septim))"), "major"),
    (_compile(r"(tercera|sexta|septima|segunda|tierce|sixte|septieme|seconde|terca|setima|terza|sesta|settima|seconda) "
              r"(major|minor)"),
     r"\2 \1"),
    (_compile(r"(quinta|cuarta|quarta|quinte|quarte) (?:justa|giusta|perfeita|juste)"), r"perfect \1"),
    (_compile(r"(?:reine|ren) (?=quint|quart|kvint|kvart)"), "perfect "),
    (_compile(r"(?:vom|von|desde|depuis|fran)(?= )"), "from"),
    (_compile(r"(?:bei|vid)(?= \d)"), "at"),
    (_compile(r"(?:por )?(?:arriba|encima) de|au-dessus d[eu]|acima d[eo]|sopra (?:al|il)?"), "above"),
    (_compile(r"(?:por )?debajo de|au-dessous d[eu]|en dessous d[eu]|abaixo d[eo]"), "below"),
)  # fmt: skip
