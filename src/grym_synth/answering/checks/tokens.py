"""What a sentence states: quantities, ratios, note and key names, files and quotations, with their places.

Reading never fails and takes time linear in the length of the sentence: every pattern is bounded or free of
backtracking over long runs. What looks like a number and is none is returned all the same, so that `check` refuses it.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Literal

from .units import NOUNS, UNIT, parse_digits, parse_words

MAX_CHARS = 20_000  # nobody's sentence is longer
MASK = "\x01"  # stands for letters that have been read; no sentence holds it after `normalise`

Approximate = Literal["", "about", "over", "under"]
NameKind = Literal["key", "mode", "note", "camelot", "term", "format", "ordinal", "numeral", "form", "section"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a printed number: its value and the worth of its last printed digit, in the base unit."""

    value: float
    step: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `inherited` are units of its neighbours that a bare number may share."""

    start: int
    end: int
    text: str
    readings: tuple[Reading, ...]  # none: looks like a number and is none
    unit: str = ""  # base unit ("Hz", "s", "cents"); "times" for a ratio, "#" for a count, "" when there is none
    noun: str = ""  # what is counted, singular
    signed: bool = False
    approximate: Approximate = ""
    clock: bool = False  # written as m:ss, or in minutes and seconds
    inherited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A key, note, chord, Camelot code, interval, note value, audio format, ordinal, degree, form or section."""

    start: int
    end: int
    text: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class FileName:
    """`subjects` are the recordings it can mean: none when it is unknown, several when it is ambiguous."""

    start: int
    end: int
    text: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """All that a sentence states, in its order.

    `plain` is the text with everything but its plain words masked, `unnamed` with only its recordings masked.
    """

    text: str
    plain: str
    unnamed: str
    quantities: tuple[Quantity, ...]
    names: tuple[Name, ...]
    files: tuple[FileName, ...]
    quotations: tuple[Quotation, ...]


def normalise(text: str) -> str:
    """Compatibility forms folded (full-width digits), invisible characters gone, dashes and accidentals in ASCII."""
    folded = unicodedata.normalize("NFKC", text[: MAX_CHARS + 1])
    letters = []
    for letter in folded:
        category = unicodedata.category(letter)
        if category in ("Cf", "Co", "Cn", "Cs"):
            continue
        if category in ("Cc", "Zs", "Zl", "Zp"):
            letters.append(" ")
        elif category == "Nd":  # digits of every script count as digits
            letters.append(str(unicodedata.digit(letter)))
        else:
            letters.append(_ASCII.get(letter, letter))
    return "".join(letters)


_ASCII = dict.fromkeys("‐‑‒–—―−﹣－", "-") | {
    "♯": "#", "♭": "b", "⁄": "/", "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "`": '"', "→": "-",
}  # fmt: skip

_NO_ARTICLE = r"(?<!\b[Tt]he )(?<!\b[Aa] )(?<!\b[Aa]n )(?<!\b[Ii]ts )(?<!\b[Tt]his )(?<!\b[Yy]our )"
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PLACE = re.compile(
    rf"(?i)\b(?:the )?({'|'.join(_PLACES)}|last) (?:audio )?(?:file|recording|track|song)\b(?! of (?:the|an|a)\b)"
)
_PLACE_ALONE = re.compile(
    rf"(?i)\bthe ({'|'.join(_PLACES)}|last)(?: one)?(?= (?:at|is|runs|has|lies|comes|measures|lasts|in|with)\b|[,.;]|$)"
)
_PART_WORD = re.compile(r"(?i)\b(?:thirds?|halves|half|parts?|sections?|beats?|onsets?|peaks?|tags?|resonances?)\b")
_CITATION = re.compile(r"\s?\[e\d{1,4}(?:\s?,\s?e\d{1,4}){0,20}\]")
_EMPHASIS = re.compile(r"\*\*|(?<!\w)__(?=\w)|(?<=\w)__(?!\w)")  # of Markdown
_QUOTE = re.compile(r"\"([^\"]{0,500})\"|(?<!\w)'([^']{1,500})'(?!\w)")
_FILE_LIKE = re.compile(r"[^\s\"'()\[\],;:\x01]+")
_EXTENSION = re.compile(r"(?i)\.(?:[a-z][a-z0-9]{1,4}|w64|3gp)$")
#: Names of methods and standards; their digits are no findings.
_CONSTANT = re.compile(
    r"\bA4 ?(?:=|at|is) ?440(?:\.0)? ?Hz\b|\bA ?= ?440(?:\.0)?(?: ?Hz)?\b|\bA440\b|\bEBU (?:R ?128|Tech ?334[12])\b"
    r"|\b(?:ITU-R )?BS\.?1770(?:-[1-5])?\b|\b(?:4|four)(?: times|-times|x) ?oversampl\w{1,4}\b|\bK-weight\w{2,3}\b"
)
_FORMAT = re.compile(
    r"(?i)\b(?:wav|flac|mp3|m4a|aac|alac|ogg|opus|vorbis|aiff?|aifc|caf|wma|w64|rf64|pcm|a-law|u-law|adpcm|mpeg)\b"
    r"|\b(?:pcm|mpeg)_\w{1,12}\b"
    r"|\b(?:hann(?:ing)?|hamming|blackman(?:[- ]harris)?|kaiser|bartlett|gaussian|tukey|welch|rectangular|flat[- ]?top)"
    r"(?= window)"
)
_KEY = re.compile(
    r"(?<![\w#])[A-G](?: ?#|b|[ -](?i:sharp|flat))?[ -]?"
    r"(?i:major|minor|maj|min|dorian|phrygian|lydian|mixolydian|aeolian|ionian|locrian)\b"
)
_TERM = re.compile(
    r"(?i)\b(?:(?:perfect|major|minor|augmented|diminished)[ -]"
    r"(?:unison|second|third|fourth|fifth|sixth|seventh|octave|ninth|tenth|eleventh|twelfth|thirteenth|triad|chord|scale)"
    r"|(?:dotted[ -])?(?:whole|half|quarter|eighth|sixteenth|thirty-second)[ -](?:note|triplet|rest)s?"
    r"|dotted[ -](?:whole|half|quarter|eighth|sixteenth)s?)\b"
)
_MODE = re.compile(r"(?i)(?<!relative )(?<!parallel )\b(?:major|minor)\b")
_CAMELOT = re.compile(r"(?<![\w.,:#-])(?:1[0-2]|[1-9])[AB](?!\w)")
_CHORD = re.compile(
    r"(?<![\w#:])[A-G](?:#|b)?(?:-?\d{1,2}(?!\w)|:?(?:maj|min|dim|aug|sus|add|hdim|m|M)[\w#+]{0,8}|:?(?:6|7|9|11|13)[\w#]{0,6}"
    r"|[ -](?i:sharp|flat)(?:-?\d{1,2}(?!\w)|\b))?(?:/(?:[A-G][#b]?|[b#]?\d))?(?![\w#])"
)
_MINOR_KEY = re.compile(r"([A-G][#b]?)m")
_FORM = re.compile(r"(?<![\w#])(?!(?:DC|CD|AAC|ADC|DAC|DAB|AIFF|AIF|AIFC|CAF|DJ|DI|ID)\b)(?:[A-J]'?){2,32}(?![\w#])")
_SECTION = re.compile(r"(?<![\w#'/-])[A-HJ](?![\w#'/])")
_SECTION_WORD = re.compile(r"(?i)\b(?:sections?|parts?) (?:is )?$")
_IN_FORM = re.compile(
    r"(?i)\b(?:sections?|parts|form|order|structure)\b[^;.]{0,24}?[: ](?:\x01(?:,? and |, | ?- ?| ))*$"
)
_BEHIND_SECTION_A = (
    r"(?:[,.;:)]| ?-|$| (?:is|starts?|begins?|lasts?|runs?|at|comes?|ends?|has|first|returns?|and|to|from|or|again)\b)"
)
#: Topics in which a capital letter is a chord, a note or a key.
_LETTERED = frozenset(("chords", "notes", "tonality", "spectrum", "theory"))
_DEGREE = r"[b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)"
_NUMERAL = re.compile(
    rf"(?<![\w#'./]){_DEGREE}(?:°|ø|\+|o(?!\w))?(?:maj|m|sus|add|dim|aug)?(?:\d{{1,2}}(?:b5|sus4)?)?(?:/{_DEGREE})?(?![\w#'./]\w|[\w#'])"
)
_LONG_CHORD = re.compile(r"(?<![\w#])[A-G](?:#|b)?:?(?:min|maj)\d{0,2}(?:/[#b]?\d|/[A-G][#b]?)?(?![\w#])")
_SPOKEN_CHORD = re.compile(
    r"(?<![\w#])(?P<root>[A-G](?:#|b| ?-?(?i:sharp|flat))?)[ -](?P<mode>(?i:major|minor|dominant|diminished|augmented))"
    r"(?P<seventh>[ -]?(?:7|(?i:seventh|7th)))?(?: (?i:chord|triad))?(?!\w)"
)
_LIKENESS = re.compile(r"(?i)\bsounds like:?(?: [^.;:]{0,120})?[ ,]$")
_LETTER_A = re.compile(r"(?<![\w#'/])A(?![\w#'/])")
_AMONG_NOTES = re.compile(r"(?<![A-Za-z])[A-G][#b]?\d?(?:, | and |, and |-)$")
_LONE_A = re.compile(r"(?i:\bin|\bof|\bon|\baround|\bnote|\bpitch|\btonic|\broot|\bkey|\bto|\bor|\band|\bis)[ :]\s?$")
_ORDINAL = re.compile(
    r"(?i)\b(?:\d{1,6}(?:st|nd|rd|th)|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|twentieth|hundredth)\b"
)
_CLOCK = re.compile(r"(?<![\w:.,])(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?:[.,](\d{1,3}))?(?!\d|:\d)")
_ENGLISH = re.compile(r"(?i)\b(?:the|is|of|at|it|and|has|with|lies|runs|hertz|recording|file|track)\b")
_SHORT_CLOCK = re.compile(r"(?<![\w:.,])(\d{1,3})m ?([0-5]\d)s(?!\w)(?P<none>(?!)\d)?(?P<more>(?!)\d)?")
_METRE = re.compile(r"(?<![\w/.,])\d{1,2}/\d{1,2}(?![\d/])")
_SPOKEN_METRE = re.compile(
    r"(?i)\b(?:(?P<beats>two|three|four|five|six|seven|nine|twelve)-(?P<unit>two|four|eight)\b"
    r"|(?P<common>common time)\b|(?P<triple>waltz(?: time)?|triple (?:time|met(?:re|er)))\b"
    r"|(?P<duple>duple (?:time|met(?:re|er))|cut time)\b)"
)
_DIGITS = re.compile(r"\d+(?:(?:[.,'](?=\d)|\x20(?=\d{3}(?!\d)))\d+){0,20}(?:[eE][-+]?\d{1,3}(?!\w))?")
_FRACTION = re.compile(r"(?i)\b(?:a|one|two|three)[ -](?:third|quarter|fifth|tenth)s?\b")
_MULTIPLE = re.compile(
    r"(?i)\b(?:twice|thrice|doubl(?:e[ds]?|ing)|tripl(?:e[ds]?|ing)|hal(?:f|ves?|ved|ving)|quadrupled?)\b"
)
_NUMBER_WORD = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen)"
)
_NUMBER_WORDS = re.compile(
    rf"(?i)\b{_NUMBER_WORD}(?:(?:[ -]| and ){_NUMBER_WORD}){{0,12}}(?: point(?: {_NUMBER_WORD}){{1,6}})?\b"
)
_PRONOUN = re.compile(r"(?i)\b(?:this|that|which|each|every|any|other|same|first|second|third|last|\w+er) $")
_ROMAN = re.compile(r"\b[IVXLCDM]{2,}\b(?= (?:BPM|LUFS|LU|dB|Hz|kHz|s|ms|cents|beats|onsets)\b)")
_ONE_UNIT = re.compile(r"(?i)\b(?:lasts|takes|for|about|of) an? (hour|minute|second)\b")
_MINUS_BEFORE = re.compile(r"(?i)\b(minus|negative|plus) ?$")
_SLIGHTLY = r"(?:just|barely|a little|slightly|a bit|a touch|a shade|a hair|a tad|marginally|a fraction)"
_ABOUT = re.compile(
    rf"(?i)(?:\b(?P<over>{_SLIGHTLY} (?:over|above|more than|upwards of|past))"
    rf"|\b(?P<under>{_SLIGHTLY} (?:under|below|less than|shy of|short of)|nearly|almost|shy of|not quite)"
    r"|\b(?P<about>about|around|roughly|approximately|approx\.?|circa|ca\.?|some|close to|near|or so|nominally"
    r"|(?:in the )?(?:region|neighbou?rhood|vicinity|ballpark) of|on the order of|as good as|practically)|[~≈])"
    r" ?(?:an? )?$"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]{0,30}")
_FUNCTION_WORDS = frozenset(
    """and or if in at to of the a an is are was were as but for from by with than on per up down then that which when
    while so not nor both though although because until between towards into over under below above against
    respectively instead would could may might it its you your i this these those most more less likely also only
    louder quieter softer faster slower longer shorter higher lower brighter darker sharp flat off apart away too
    short loud hot long integrated overall total rms peak true left right here there before after rather perhaps
    maybe possibly across through throughout each every per where whereas out stands stand reads
    """.split()
)


def read(text: str, subjects: Iterable[str] = (), places: Iterable[str] = (), topics: Set[str] = frozenset()) -> Tokens:
    """Everything that `text` states.

    `subjects` are the recordings whose names it may use, `places` those that "the second file" counts. `topics` are the
    capabilities that the evidence speaks of: where chords are spoken of, "V7" is a degree and a lone "A" a chord, where
    the form is, "AABA" is one and "B" a section.
    """
    shown = _EMPHASIS.sub("", _CITATION.sub("", normalise(text)))
    reader = _Reader(shown)
    files = [
        *reader.take_files(name_table(tuple(subjects))),
        *reader.take_places(tuple(places)),
        *reader.take_unknown_files(),
    ]
    unnamed = reader.plain
    quotations = reader.take_quotations(files)
    reader.take(_CONSTANT)
    spells_keys = "tonality" in topics and not topics & {"chords", "theory", "notes"}
    names = [*reader.take_music(topics), *reader.take_names(spells_keys=spells_keys)]
    quantities = _with_inherited_units(_merged_durations([*reader.take_quantities()]), unnamed)
    return Tokens(
        shown,
        reader.plain,
        unnamed,
        tuple(quantities),
        tuple(sorted(names, key=lambda name: name.start)),
        tuple(sorted(files, key=lambda name: name.start)),
        tuple(quotations),
    )


@functools.lru_cache(maxsize=8)  # the sentences of one answer speak of the same recordings
def name_table(subjects: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Every way to name a recording (base name, with one folder, ... whole path) → the recordings so named."""
    table: dict[str, tuple[str, ...]] = {}
    for subject in dict.fromkeys(subjects):
        whole = normalise(subject).strip()
        parts = whole.replace("\\", "/").split("/")
        tails = {"/".join(parts[-depth:]) for depth in range(1, min(len(parts), 8) + 1)} | {whole}
        base = _EXTENSION.sub("", parts[-1])
        if base not in tails and _can_stand_bare(base):
            tails.add(base)
        for tail in tails - {""}:
            table[tail] = (*table.get(tail, ()), subject)
    return table


def _can_stand_bare(base: str) -> bool:
    """Whether a base name says more than a key, a number or a word of the trade: "take_3", but not "A minor"."""
    if re.fullmatch(r"[^\W\d_][^\W\d_]+[ _-]\d{1,3}", base):
        return True  # "Song 2"; `take_files` sees to it that no unit follows
    words = re.findall(r"[^\W\d_]{2,}", read(base).plain.replace(MASK, " "))
    common = _ORDINARY | _FUNCTION_WORDS
    return any(word.casefold() not in common for word in words) or re.search(r"[^\W\d]_", base) is not None


#: Words that sentences about sound are made of: a file called "bass.wav" is not meant by every "bass".
_ORDINARY = frozenset(
    """bass sub mid low high presence brilliance air tempo beat beats key note notes tone tones level levels loudness
    peak peaks range track file recording song mono stereo left right major minor hum silence clipping tags tag title
    artist album first second third last start end middle music sound audio spectrum tuning pitch time hertz sample
    samples channel channels window frequency resonance format codec true short long term it is the
    one two three four five six seven eight nine ten
    """.split()
)


class _Reader:
    """Takes one kind of token after the other out of a text; what was taken is masked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.letters = list(text)
        self.is_english = _ENGLISH.search(text) is not None

    @property
    def plain(self) -> str:
        return "".join(self.letters)

    def mask(self, start: int, end: int) -> None:
        self.letters[start:end] = MASK * (end - start)

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        found = list(pattern.finditer(self.plain))
        for match in found:
            self.mask(match.start(), match.end())
        return found

    def take_files(self, table: Mapping[str, tuple[str, ...]]) -> Iterator[FileName]:
        used = sorted((name for name in table if name in self.text), key=len, reverse=True)
        if not used:
            return
        # A plain word ("loop") is no name behind an article: "the loop" may be any.
        edges = r"(?<![\w/\\.-]){}(?![\w/\\]|\.\w|-\w)"
        choices = [(_NO_ARTICLE if name.isalpha() else "") + edges.format(re.escape(name)) for name in used]
        for match in re.compile("|".join(choices)).finditer(self.plain):
            if match[0].isalpha() and _LIKENESS.search(self.text, max(0, match.start() - 160), match.start()):
                continue  # "It sounds like: ambient, slow" beside a file called "ambient.wav"
            if match[0][-1].isdigit() and UNIT.at(self.text, match.end()) is not None:
                continue  # "Tempo 120 BPM" beside a file called "Tempo 120.wav"
            self.mask(match.start(), match.end())
            yield FileName(match.start(), match.end(), match[0], table[match[0]])

    def take_places(self, places: tuple[str, ...]) -> Iterator[FileName]:
        """ "The second file", of the recordings in the order in which they were asked for."""
        found = self.take(_PLACE) if places else []
        if found and not _PART_WORD.search(self.plain):
            found += self.take(_PLACE_ALONE)  # "the second file runs at 128 BPM, the first at 126"
        for match in found:
            word = match[1].casefold()
            at = len(places) - 1 if word == "last" else _PLACES.index(word)
            yield FileName(match.start(), match.end(), match[0], places[at : at + 1])

    def take_unknown_files(self) -> Iterator[FileName]:
        for match in _FILE_LIKE.finditer(self.plain):
            word = match[0].rstrip(".!?")
            if _EXTENSION.search(word) and any(letter.isalnum() for letter in word.rpartition(".")[0]):
                self.mask(match.start(), match.start() + len(word))
                yield FileName(match.start(), match.start() + len(word), word, ())

    def take_quotations(self, files: list[FileName]) -> list[Quotation]:
        found = []
        for match in _QUOTE.finditer(self.text):
            start, end = match.span(1) if match[1] is not None else match.span(2)
            whole = any(name.start <= start and end <= name.end for name in files if name.subjects)
            if whole or start == end:
                continue
            files[:] = [name for name in files if name.subjects or not start <= name.start < end]
            found.append(Quotation(start, end, self.text[start:end]))
            self.mask(start, end)
        return found

    def take_music(self, topics: Set[str]) -> Iterator[Name]:
        """Degrees, forms and sections, where the evidence speaks of chords or of the form."""
        if "structure" in topics:
            for match in self.take(_FORM):
                yield Name(match.start(), match.end(), match[0], "form")
            plain = self.plain
            for match in _SECTION.finditer(plain):
                if _names_a_section(self.plain, match, alone=not topics & _LETTERED):
                    self.mask(match.start(), match.end())
                    yield Name(match.start(), match.end(), match[0], "section")
        if "chords" in topics:
            plain = self.plain
            for match in _SPOKEN_CHORD.finditer(plain):
                if match["seventh"] or _stands_as_chord(plain, match, alone="tonality" not in topics):
                    self.mask(match.start(), match.end())
                    yield Name(match.start(), match.end(), _chord_written(match), "note")
            for match in self.take(_LONG_CHORD):
                yield Name(match.start(), match.end(), match[0], "note")
            plain, last = self.plain, -99
            for match in _NUMERAL.finditer(plain):
                row = re.fullmatch(r"[ ,-]{1,3}", plain[max(0, last) : match.start()][:4])
                if match[0] not in ("I", "i") or row or _stands_in_a_row(plain, match):
                    last = match.end()
                    self.mask(match.start(), match.end())
                    yield Name(match.start(), match.end(), match[0], "numeral")
            plain = self.plain
            for match in _LETTER_A.finditer(plain):
                if _is_chord_a(self.text, match):
                    self.mask(match.start(), match.end())
                    yield Name(match.start(), match.end(), match[0], "note")

    def take_names(self, *, spells_keys: bool) -> Iterator[Name]:
        """Keys, notes and chords; with `spells_keys` "Am" is a key."""
        kinds: tuple[tuple[re.Pattern[str], NameKind], ...] = (
            (_FORMAT, "format"), (_TERM, "term"), (_KEY, "key"), (_MODE, "mode"), (_CAMELOT, "camelot"),
        )  # fmt: skip
        for pattern, kind in kinds:
            for match in self.take(pattern):
                yield Name(match.start(), match.end(), match[0], kind)
        plain = self.plain
        for match in _CHORD.finditer(plain):
            if match[0] != "A" or _names_the_note_a(plain, match):
                self.mask(match.start(), match.end())
                short = _MINOR_KEY.fullmatch(match[0]) if spells_keys else None
                text, kind = (f"{short[1]} minor", "key") if short else (match[0], "note")
                yield Name(match.start(), match.end(), text, kind)
        for match in self.take(_ORDINAL):
            yield Name(match.start(), match.end(), match[0], "ordinal")
        for match in self.take(_METRE):
            yield Name(match.start(), match.end(), match[0], "term")
        for match in self.take(_SPOKEN_METRE):
            yield Name(match.start(), match.end(), _metre_written(match), "term")

    def take_quantities(self) -> Iterator[Quantity]:
        for match in self.take(_CLOCK):
            yield self._clock(match)
        for match in self.take(_SHORT_CLOCK):
            yield self._clock(match)
        for match in self.take(_FRACTION):
            part = match[0].casefold()
            whole = next(
                value for word, value in (("third", 3), ("quarter", 4), ("fifth", 5), ("tenth", 10)) if word in part
            )
            share = {"a": 1, "one": 1, "two": 2, "three": 3}[re.split("[ -]", part)[0]] / whole
            yield Quantity(match.start(), match.end(), match[0], (Reading(share, 0.0),), "times")
        plain = self.plain
        for match in _DIGITS.finditer(plain):
            yield self._digits(plain, match)
        for match in _ROMAN.finditer(plain):
            yield Quantity(match.start(), match.end(), match[0], ())
        for match in _ONE_UNIT.finditer(plain):
            seconds = {"h": 3600.0, "m": 60.0, "s": 1.0}[match[1][0].casefold()]
            yield Quantity(match.start(), match.end(), match[0], (Reading(seconds, seconds),), "s")
        for match in _NUMBER_WORDS.finditer(plain):
            if (quantity := self._words(plain, match)) is not None:
                yield quantity
        for match in _MULTIPLE.finditer(plain):
            yield self._multiple(plain, match)

    def _clock(self, match: re.Match[str]) -> Quantity:
        first, second = int(match[1]), int(match[2])
        seconds = float(first * 3600 + second * 60 + int(match[3]) if match[3] else first * 60 + second)
        step = 1.0
        if match[4]:
            step = 10.0 ** -len(match[4])
            seconds += int(match[4]) * step
        start, end = match.span()
        approximate = _approximation(self.text, start)
        before = self.text[max(0, start - 2) : start]
        negative = before.endswith("-") and not before[:1].isalnum()  # no time has a minus; "1:40-1:43" is a range
        readings = () if negative else (Reading(seconds, step),)
        return Quantity(start, end, match[0], readings, "s", "", False, approximate, True)

    def _digits(self, plain: str, match: re.Match[str]) -> Quantity:
        start, end = match.span()
        if start and (plain[start - 1].isalpha() or plain[start - 1] in "_."):
            # Glued to a word ("x2", "BPM128", ".5"): no way to write a finding.
            return Quantity(start, end, plain[max(0, start - 8) : end], ())
        sign, signed, begin = _sign_before(plain, start)
        numbers = parse_digits(match[0])
        if self.is_english and len(numbers) > 1 and "," in match[0]:
            numbers = numbers[-1:]  # "7,805" is thousands in English, whatever it is elsewhere
        readings = [Reading(number * way, step) for number, step in numbers for way in sign]
        return self._finish(plain, begin, end, readings, signed)

    def _words(self, plain: str, match: re.Match[str]) -> Quantity | None:
        start, end = match.span()
        if start and plain[start - 1] in "-'" and plain[start - 2 : start - 1].isalpha():
            return None  # "twenty-one" was taken whole; this is the tail of another word
        number = parse_words(match[0])
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
        return self._finish(plain, sign.start() if sign else start, end, readings, sign is not None)

    def _multiple(self, plain: str, match: re.Match[str]) -> Quantity:
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

    def _finish(self, plain: str, start: int, end: int, readings: list[Reading], signed: bool) -> Quantity:
        """The quantity with the unit or the noun that follows its number."""
        approximate = _approximation(plain, start)
        if unit := UNIT.at(plain, end):
            scaled = tuple(Reading(each.value * unit.scale, each.step * unit.scale) for each in readings)
            minutes = unit.name == "s" and unit.scale >= 60
            text = plain[start : unit.end]
            return Quantity(start, unit.end, text, scaled, unit.name, unit.word if minutes else "", signed, approximate)
        unit_name, noun = _counted(plain, end)
        return Quantity(start, end, plain[start:end], tuple(readings), unit_name, noun, signed, approximate)


def _names_the_note_a(plain: str, match: re.Match[str]) -> bool:
    """Whether a lone capital A is the note: not the article before a word, nor at the start of a sentence."""
    after = plain[match.end() : match.end() + 2]
    before = plain[max(0, match.start() - 12) : match.start()]
    if _AMONG_NOTES.search(before) and re.match(r"(?:,|-|\.|$| and [A-G]| for )", plain[match.end() : match.end() + 8]):
        return True
    followed = len(after) == 2 and after[0] == " " and (after[1].isalpha() or after[1] == MASK)
    return not followed and _LONE_A.search(plain, max(0, match.start() - 8), match.start()) is not None


def _names_a_section(plain: str, match: re.Match[str], *, alone: bool) -> bool:
    """Whether a capital letter names a section: always behind that word, else where nothing else is so named."""
    before, behind = plain[max(0, match.start() - 12) : match.start()], plain[match.end() : match.end() + 12]
    if _SECTION_WORD.search(before) or re.match(r" (?:section|part)\b", behind):
        return True
    if re.match(r" ?(?:\(?\d{1,3}:\d|\(\d{1,3} bars?)", behind):
        return True
    if _IN_FORM.search(plain[max(0, match.start() - 60) : match.start()]):
        return True
    if not alone:
        return False
    return match[0][0] != "A" or re.match(_BEHIND_SECTION_A, behind) is not None


def _stands_as_chord(plain: str, match: re.Match[str], *, alone: bool) -> bool:
    """Whether "A minor" is a chord: called one, in a row of chords, or where no key is spoken of."""
    before, behind = plain[max(0, match.start() - 24) : match.start()], plain[match.end() : match.end() + 24]
    if match[0].casefold().endswith(("chord", "triad")) or re.search(
        r"(?i)\bchords? (?:is |of |to |becomes )?$", before
    ):
        return True
    if re.search(r"(?i)\b(?:in|key(?: of| is)?) (?:the key of )?$", before):
        return False
    return alone or bool(re.search(r"(?:->|[-|,>]) ?$", before) or re.match(r" ?(?:->|[-|,]) ?[A-G\x01]", behind))


def _chord_written(match: re.Match[str]) -> str:
    """ "A sharp minor seventh" as "A#m7"."""
    accidental = {"s": "#", "f": "b", "#": "#", "b": "b"}.get(match["root"][1:].strip(" -")[:1].casefold(), "")
    seventh, mode = match["seventh"] is not None, match["mode"].casefold()
    quality = {
        "major": "maj7" if seventh else "", "minor": "m7" if seventh else "m", "dominant": "7",
        "diminished": "dim7" if seventh else "dim", "augmented": "aug7" if seventh else "aug",
    }[mode]  # fmt: skip
    return f"{match['root'][0]}{accidental}{quality}"


def _metre_written(match: re.Match[str]) -> str:
    """ "Three-four" and "waltz" as "3/4"."""
    if match["beats"]:
        beats, unit = parse_words(match["beats"]), parse_words(match["unit"])
        return f"{beats[0]:.0f}/{unit[0]:.0f}" if beats and unit else match[0]
    return "4/4" if match["common"] else "3/4" if match["triple"] else "2/4"


def _stands_in_a_row(plain: str, match: re.Match[str]) -> bool:
    """Whether a lone I is a degree: before another one, in brackets, or as "the I chord"."""
    before, behind = plain[max(0, match.start() - 8) : match.start()], plain[match.end() : match.end() + 8]
    if re.match(rf"[ ,-]{{1,3}}{_DEGREE}(?:\d|(?!\w))", behind):
        return True
    return (before.endswith("(") and behind.startswith(")")) or behind.startswith((" chord", " -"))


def _is_chord_a(text: str, match: re.Match[str]) -> bool:
    """Whether a lone A is a chord: in a row of chords, or where a sentence puts one, with no noun behind."""
    before, behind = text[max(0, match.start() - 10) : match.start()], text[match.end() : match.end() + 10]
    if re.match(r"(?: ?[-,.;:)|(/]| (?:to|and|or|in|at|from|until|chord|again|comes|is)\b|$)", behind) is None:
        return False
    if re.match(r" ?(?:->|[-|,]) ?[A-G(]", behind) or re.search(r"[-|,(>] ?$", before):
        return True
    words = "to|and|or|is|on|with|by|from|hear|no|likely|then|be|has|plays"
    return re.search(rf"(?i)\b(?:{words})\b ?$", before) is not None


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
        if lower in _FUNCTION_WORDS:
            return ("", "") if not skipped else ("#", "?")
        at, skipped = word.end(), skipped + 1
    return "#", "?"


def _merged_durations(quantities: list[Quantity]) -> list[Quantity]:
    """ "3 min 2 s" as one time."""
    merged: list[Quantity] = []
    for quantity in sorted(quantities, key=lambda each: each.start):
        last = merged[-1] if merged else None
        if last is not None and last.noun in ("min", "h") and quantity.unit == "s" and quantity.start - last.end <= 5:
            both = last.readings[:1] + quantity.readings[:1]
            if len(both) == 2 and both[1].value < (60 if last.noun == "min" else 3600):
                total = Reading(both[0].value + both[1].value, both[1].step)
                text = f"{last.text} {quantity.text}"
                merged[-1] = replace(
                    last, end=quantity.end, text=text, readings=(total,), noun=quantity.noun, clock=True
                )
                continue
        merged.append(quantity)
    return [replace(each, noun="") if each.unit == "s" else each for each in merged]


def _with_inherited_units(quantities: list[Quantity], text: str) -> list[Quantity]:
    """Bare numbers with the units that a list or a range gives them ("126 or 63 BPM", "60-250 Hz")."""
    with_units: list[Quantity] = []
    seen: str = ""
    units_behind = _next_with_unit(quantities)
    for index, quantity in enumerate(quantities):
        if quantity.unit or not quantity.readings:
            seen = quantity.unit if quantity.unit not in ("", "#", "times") else seen
            with_units.append(quantity)
            continue
        following = units_behind[index]
        units = [seen] if seen else []
        if following is not None and _is_list(text[quantity.end : following.start]):
            units = [following.unit]
        readings = _also_scaled(quantity, following, units)
        with_units.append(replace(quantity, inherited=tuple(units), readings=readings))
    return with_units


def _next_with_unit(quantities: list[Quantity]) -> list[Quantity | None]:
    """For each quantity the next one behind it that has a unit."""
    behind: list[Quantity | None] = []
    following: Quantity | None = None
    for quantity in reversed(quantities):
        behind.append(following)
        if quantity.unit not in ("", "#", "times"):
            following = quantity
    return behind[::-1]


_LISTED = re.compile(
    r"(?i)(?:[\d\s,.;/+-]|to|and|or|through|then|against|versus|vs|minus|plus|over|via){1,200}"
    r"|[\s\x01\"',;]{1,80}(?:and|while|whereas|but)[\s\x01\"',;]{1,80}(?:(?:is |runs |moves |sits )?at|has)? ?(?:minus )?"
)


def _is_list(between: str) -> bool:
    return _LISTED.fullmatch(between) is not None


def _also_scaled(quantity: Quantity, following: Quantity | None, units: list[str]) -> tuple[Reading, ...]:
    """Readings of the first number of "1.2 to 2.4 kHz" in kilohertz as well."""
    if following is None or not units or following.unit != units[0]:
        return quantity.readings
    scale = UNIT.scale_of(following.text)
    scaled = tuple(Reading(each.value * scale, each.step * scale) for each in quantity.readings)
    return quantity.readings if scale == 1.0 else quantity.readings + scaled
