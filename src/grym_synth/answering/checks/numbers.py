"""Numbers of a sentence with their units, signs, hedges and what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...regex import lazily
from .masked import MASK, Masked
from .stated import Approximate, Quantity, Reading
from .units import NOUNS, UNIT, parse_digits, parse_words

_CLOCK = lazily(r"(?<![\w:.,])(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?:[.,](\d{1,3}))?(?!\d|:\d)")
_SHORT_CLOCK = lazily(r"(?<![\w:.,])(\d{1,3})m ?([0-5]\d)s(?!\w)(?P<none>(?!)\d)?(?P<more>(?!)\d)?")
_DIGITS = lazily(r"\d+(?:(?:[.,'](?=\d)|\x20(?=\d{3}(?!\d)))\d+){0,20}(?:[eE][-+]?\d{1,3}(?!\w))?")
_FRACTION = lazily(r"(?i)\b(?:a|one|two|three)[ -](?:third|quarter|fifth|tenth)s?\b")
_MULTIPLE = lazily(
    r"(?i)\b(?:twice|thrice|doubl(?:e[ds]?|ing)|tripl(?:e[ds]?|ing)|hal(?:f|ves?|ved|ving)|quadrupled?)\b"
)
_NUMBER_WORD = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen)"
)
_NUMBER_WORDS = lazily(
    rf"(?i)\b{_NUMBER_WORD}(?:(?:[ -]| and ){_NUMBER_WORD}){{0,12}}(?: point(?: {_NUMBER_WORD}){{1,6}})?\b"
)
_NUMBER_BEFORE = lazily(rf"(?i)\b{_NUMBER_WORD} and a $")
_AND_A_HALF = lazily(r"(?i) and a half\b")
_PRONOUN = lazily(r"(?i)\b(?:this|that|which|each|every|any|other|same|first|second|third|last|\w+er) $")
_ROMAN = lazily(r"\b[IVXLCDM]{2,}\b(?= (?:BPM|LUFS|LU|dB|Hz|kHz|s|ms|cents|beats|onsets)\b)")
_ONE_UNIT = lazily(r"(?i)\b(?:lasts|takes|for|about|of) an? (hour|minute|second)\b")
_MINUS_BEFORE = lazily(r"(?i)\b(minus|negative|plus) ?$")
_SLIGHTLY = r"(?:just|barely|a little|slightly|a bit|a touch|a shade|a hair|a tad|marginally|a fraction)"
_ABOUT = lazily(
    rf"(?i)(?:\b(?P<over>{_SLIGHTLY} (?:over|above|more than|upwards of|north of|past)|a good)"
    rf"|\b(?P<under>{_SLIGHTLY} (?:under|below|less than|shy of|short of|south of)|nearly|almost|shy of|not quite)"
    r"|\b(?P<about>about|around|roughly|approximately|approx\.?|circa|ca\.?|some|close to|near|or so|nominally"
    r"|(?:in the )?(?:region|neighbou?rhood|vicinity|ballpark) of|on the order of|as good as|practically)|[~≈])"
    r" ?(?:an? )?$"
)
_WORD = lazily(r"[A-Za-z][A-Za-z'-]{0,30}")
FUNCTION_WORDS = frozenset(
    """and or if in at to of the a an is are was were as but for from by with than on per up down then that which when
    while so not nor both though although because until between towards into over under below above against
    respectively instead would could may might it its you your i this these those most more less likely also only
    louder quieter softer faster slower longer shorter higher lower brighter darker sharp flat off apart away too
    short loud hot long integrated overall total rms peak true left right here there before after rather perhaps
    versus vs will shall should can cannot must do does did has have had match share differ
    means mean meaning suggests indicates implies shows tells makes because since
    maybe possibly across through throughout each every per where whereas out stands stand reads
    """.split()
)


def take_quantities(masked: Masked) -> Iterator[Quantity]:
    """Every number, also what looks like one and is none."""
    for match in masked.take(_CLOCK):
        yield _clock(masked.text, match)
    for match in masked.take(_SHORT_CLOCK):
        yield _clock(masked.text, match)
    for match in masked.take(_FRACTION):
        part = match[0].casefold()
        whole = next(
            value for word, value in (("third", 3), ("quarter", 4), ("fifth", 5), ("tenth", 10)) if word in part
        )
        share = {"a": 1, "one": 1, "two": 2, "three": 3}[re.split("[ -]", part)[0]] / whole
        yield Quantity(match.start(), match.end(), match[0], (Reading(share, 0.0),), "times")
    plain = masked.plain
    for match in _DIGITS.finditer(plain):
        yield _digits(plain, match, masked.is_english)
    for match in _ROMAN.finditer(plain):
        yield Quantity(match.start(), match.end(), match[0], ())
    for match in _ONE_UNIT.finditer(plain):
        seconds = {"h": 3600.0, "m": 60.0, "s": 1.0}[match[1][0].casefold()]
        yield Quantity(match.start(), match.end(), match[0], (Reading(seconds, seconds),), "s")
    for match in _NUMBER_WORDS.finditer(plain):
        if (quantity := _words(plain, match)) is not None:
            yield quantity
    for match in _MULTIPLE.finditer(plain):
        if not plain[: match.start()].endswith(" and a ") or not _NUMBER_BEFORE.search(plain[: match.start()][-24:]):
            yield _multiple(plain, match)


def _clock(text: str, match: re.Match[str]) -> Quantity:
    first, second = int(match[1]), int(match[2])
    seconds = float(first * 3600 + second * 60 + int(match[3]) if match[3] else first * 60 + second)
    step = 1.0
    if match[4]:
        step = 10.0 ** -len(match[4])
        seconds += int(match[4]) * step
    start, end = match.span()
    approximate = _approximation(text, start)
    before = text[max(0, start - 2) : start]
    negative = before.endswith("-") and not before[:1].isalnum()  # no time has a minus; "1:40-1:43" is a range
    readings = () if negative else (Reading(seconds, step),)
    return Quantity(start, end, match[0], readings, "s", "", False, approximate, True)


def _digits(plain: str, match: re.Match[str], is_english: bool) -> Quantity:
    start, end = match.span()
    if start and (plain[start - 1].isalpha() or plain[start - 1] in "_."):
        # Glued to a word ("x2", "BPM128", ".5"): no way to write a finding.
        return Quantity(start, end, plain[max(0, start - 8) : end], ())
    sign, signed, begin = _sign_before(plain, start)
    numbers = parse_digits(match[0])
    if is_english and len(numbers) > 1 and "," in match[0]:
        numbers = numbers[-1:]  # "7,805" is thousands in English, whatever it is elsewhere
    if is_english and len(numbers) > 1 and "," not in match[0] and "." in match[0]:
        numbers = numbers[:1]  # and "1.232" is a little over one
    readings = [Reading(number * way, step) for number, step in numbers for way in sign]
    return _finish(plain, begin, end, readings, signed)


def _words(plain: str, match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    if start and plain[start - 1] in "-'" and plain[start - 2 : start - 1].isalpha():
        return None  # "twenty-one" was taken whole; this is the tail of another word
    number = parse_words(match[0])
    if number is not None and (half := _AND_A_HALF.match(plain, end)):
        number, end = (number[0] + 0.5, 0.5), half.end()
    unit = UNIT.at(plain, end)
    noun = _WORD.match(plain, end + 1)
    counted = noun is not None and noun[0].casefold() in NOUNS
    if match[0].casefold() == "one" and (_PRONOUN.search(plain[:start][-12:]) or (unit is None and not counted)):
        return None  # the pronoun
    if match[0].casefold() == "zero" and plain[end : end + 1] == "-":
        return None  # zero-crossing
    sign = _MINUS_BEFORE.search(plain, max(0, start - 12), start)
    negative = sign is not None and sign[1].casefold() != "plus"
    readings = [] if number is None else [Reading(-number[0] if negative else number[0], number[1])]
    return _finish(plain, sign.start() if sign else start, end, readings, sign is not None)


def _multiple(plain: str, match: re.Match[str]) -> Quantity:
    word = match[0].casefold()
    value = {"t": 2.0, "d": 2.0, "h": 0.5, "q": 4.0}[word[0]]
    value = 3.0 if word.startswith(("thri", "tripl")) else value
    unit = UNIT.at(plain, match.end()) if word == "half" else None
    if unit is None:  # "half an LU", "half a second"
        article = re.compile(r" an? ").match(plain, match.end()) if word == "half" else None
        unit = UNIT.at(plain, article.end() - 1) if article else None
    if unit is not None:
        reading = Reading(value * unit.scale, 0.1 * unit.scale)
        return Quantity(match.start(), unit.end, plain[match.start() : unit.end], (reading,), unit.name)
    return Quantity(match.start(), match.end(), match[0], (Reading(value, 0.0),), "times")


def _finish(plain: str, start: int, end: int, readings: list[Reading], signed: bool) -> Quantity:
    """The quantity with the unit or the noun that follows its number."""
    approximate = _approximation(plain, start)
    if unit := UNIT.at(plain, end):
        scaled = tuple(Reading(each.value * unit.scale, each.step * unit.scale) for each in readings)
        minutes = unit.name == "s" and unit.scale >= 60
        text = plain[start : unit.end]
        return Quantity(start, unit.end, text, scaled, unit.name, unit.word if minutes else "", signed, approximate)
    unit_name, noun = _counted(plain, end)
    return Quantity(start, end, plain[start:end], tuple(readings), unit_name, noun, signed, approximate)


def _sign_before(plain: str, start: int) -> tuple[tuple[int, ...], bool, int]:
    """Possible signs of the number at `start`, whether one is printed, and where it begins."""
    if word := _MINUS_BEFORE.search(plain, max(0, start - 12), start):
        return ((1,) if word[1].casefold() == "plus" else (-1,)), True, word.start()
    at, before = start - 1, plain[max(0, start - 1) : start]
    if before == " " and plain[at - 1 : at] in ("-", "+"):  # "- 14": a dash or a minus
        return ((1, -1) if plain[at - 1] == "-" else (1,)), plain[at - 1] == "+", start
    if before == "±":
        return (1, -1), True, at
    if before in ("-", "+"):
        joined = at > 0 and (plain[at - 1].isalnum() or plain[at - 1] in "%)]" + MASK)
        if not joined:
            return ((-1,) if before == "-" else (1,)), True, at
    return (1,), False, start


def _approximation(plain: str, start: int) -> Approximate:
    match = _ABOUT.search(plain, max(0, start - 32), start)
    if match is None:
        return ""
    return "over" if match["over"] else "under" if match["under"] else "about"


def _counted(plain: str, end: int) -> tuple[str, str]:
    """What a number without a unit counts: ("#", noun), ("times", "") for a ratio, ("", "") for nothing."""
    at, skipped = end, 0
    while skipped < 3:
        gap = plain[at : at + 1]
        if gap == "x" and not plain[at + 1 : at + 2].isalnum():
            return "times", ""
        word = _WORD.match(plain, at + 1) if gap in (" ", "-") else None
        if word is None:
            # Letters glued to a number and no unit: whatever it is, nobody measured it.
            return ("#", "?") if gap.isalpha() or gap in ("°", "$", "€") else ("", "") if not skipped else ("#", "?")
        lower = word[0].casefold()
        if lower in ("times", "fold"):
            return "times", ""
        if lower in NOUNS:
            following = _WORD.match(plain, word.end() + 1) if plain[word.end() : word.end() + 1] == " " else None
            inner = following is not None and following[0].casefold().endswith("s") and not lower.endswith("s")
            if following is not None and inner and following[0].casefold() in NOUNS:
                return "#", NOUNS[following[0].casefold()]  # "note onsets" are onsets
            return "#", NOUNS[lower]
        if lower in FUNCTION_WORDS:
            return ("", "") if not skipped else ("#", "?")
        at, skipped = word.end(), skipped + 1
    return "#", "?"
