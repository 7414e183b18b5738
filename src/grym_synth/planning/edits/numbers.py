"""Number words of seven languages, zero to 199, as they stand once folded: "twenty five", "fünfundzwanzig"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

Below100 = Callable[[int], Iterator[str]]


def _english(n: int) -> Iterator[str]:
    small = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen""".split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    yield small[n] if n < 20 else tens[n // 10 - 2] + (f" {small[n % 10]}" if n % 10 else "")


def _german(n: int) -> Iterator[str]:
    small = """null ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn
    siebzehn achtzehn neunzehn""".split()
    tens = "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig".split()
    word = small[n] if n < 20 else (f"{small[n % 10]}und" if n % 10 else "") + tens[n // 10 - 2]
    yield "eins" if n == 1 else word
    if "funf" in word:
        yield word.replace("funf", "fuenf")


def _spanish(n: int) -> Iterator[str]:
    small = """cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis
    diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis
    veintisiete veintiocho veintinueve""".split()
    tens = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
    yield small[n] if n < 30 else tens[n // 10 - 3] + (f" y {small[n % 10]}" if n % 10 else "")


def _french(n: int) -> Iterator[str]:
    small = """zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix_sept
    dix_huit dix_neuf""".replace("\n", " ").split()
    tens = ["vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre vingt", "quatre vingt"]
    if n < 20:
        yield small[n].replace("_", " ")
        return
    ten, rest = tens[n // 10 - 2], n % 20 if n >= 60 else n % 10
    word = small[rest].replace("_", " ")
    yield ten + (f" et {word}" if rest in (1, 11) and n < 80 else f" {word}" if rest else "s" if n == 80 else "")
    if n % 10 in (1, 2):
        yield f"{ten} {word}"


def _portuguese(n: int) -> Iterator[str]:
    small = """zero um dois tres quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete
    dezoito dezenove""".split()
    tens = "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa".split()
    yield small[n] if n < 20 else tens[n // 10 - 2] + (f" e {small[n % 10]}" if n % 10 else "")
    yield from {2: ("duas",), 16: ("dezasseis",), 17: ("dezassete",), 19: ("dezanove",)}.get(n, ())


def _italian(n: int) -> Iterator[str]:
    small = """zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici
    sedici diciassette diciotto diciannove""".split()
    tens = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split()
    if n < 20:
        yield small[n]
        return
    ten = tens[n // 10 - 2]
    yield (ten[:-1] if n % 10 in (1, 8) else ten) + (small[n % 10] if n % 10 else "")


def _swedish(n: int) -> Iterator[str]:
    small = """noll ett tva tre fyra fem sex sju atta nio tio elva tolv tretton fjorton femton sexton sjutton arton
    nitton""".split()
    tens = "tjugo trettio fyrtio femtio sextio sjuttio attio nittio".split()
    yield small[n] if n < 20 else tens[n // 10 - 2] + (small[n % 10] if n % 10 else "")


#: How each language says a hundred, and what stands between that and the rest.
_HUNDREDS: Mapping[Below100, tuple[tuple[str, ...], str]] = {
    _english: (("one hundred", "a hundred", "hundred", "one hundred and", "a hundred and", "hundred and"), " "),
    _german: (("hundert", "einhundert"), ""),
    _spanish: (("cien", "ciento"), " "),
    _french: (("cent",), " "),
    _portuguese: (("cem", "cento", "cento e"), " "),
    _italian: (("cento",), ""),
    _swedish: (("hundra", "etthundra"), ""),
}


def _all() -> Iterator[tuple[str, int]]:
    for language, (hundreds, between) in _HUNDREDS.items():
        for n in range(100):
            yield from ((word, n) for word in language(n))
            for hundred in hundreds:
                yield from ((f"{hundred}{between}{word}" if n else hundred, 100 + n) for word in language(n))


#: A number's words, joined by single spaces → its value.
NUMBER_WORDS: Mapping[str, int] = dict(_all())
MOST_WORDS = max(words.count(" ") + 1 for words in NUMBER_WORDS)

#: What is a number only where a unit follows: articles, and words that mean something else as well.
ONLY_BEFORE_UNITS: Mapping[str, int] = dict.fromkeys(
    "a an one un une uno una ein eine einen einem einer um uma en ett eins".split(), 1
) | {"once": 11, "cent": 100, "sex": 6, "sei": 6, "null": 0, "elf": 11, "seize": 16}
#: Halves, before a unit or behind one.
HALVES = frozenset("half halb halbe halben halber media medio demi demie mezzo mezza meio meia halv halva".split())
#: Numbers with a half in one word.
AND_A_HALF: Mapping[str, float] = {"anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5, "couple": 2.0, "paar": 2.0}
