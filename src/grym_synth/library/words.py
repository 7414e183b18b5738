"""A question about the library as conditions, adjectives, an order and a figure. What is not understood is kept, too.

Each kind of phrase is looked for in turn, the most telling first, and what one has read the next do not see. What is
left are names that the library may know, or words that nobody understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, cast

from ..regex import lazily
from . import vocabulary as v
from .adjectives import ADJECTIVES
from .asked import read_asked
from .columns import fold
from .dates import read_dates
from .keys import read_keys
from .misread import mended, near_moods
from .quantities import FASTEST, SLOWEST, read_quantities
from .query import (
    Adjective,
    Asked,
    Called,
    Coded,
    Condition,
    Copied,
    Holds,
    InFolder,
    Intensity,
    OneOf,
    Order,
    Query,
    Same,
    Shape,
    Shaped,
    Test,
    Within,
)

_READ = "\0"  # stands where something was read, letter for letter
_LONGEST = 500  # letters of a question that are read
_MOST = 1000  # recordings that a number may ask for
_MACHINES = frozenset({"808", "909", "707", "606", "303", "101"})  # names of drum machines, no amounts


def _any_of(words: Collection[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_SOUND_NAMES = {**{name: name for name in v.SOUNDS}, **{fold(word): name for word, name in v.SAME_SOUND.items()}}
_CLASS_NAMES = dict(v.words_with_plurals(v.CLASSES))
_SHAPE_NAMES = dict(v.words_with_plurals(v.SHAPES))
_NAME = r"(?:(?!(?:in|from|of|my|the|and|or|with|is|on)\b)[\w&.'+-]+ ){0,3}?[\w&.'+-]+"
_FOLDERS = (
    lazily(r"(?:(?:in|from|inside|under|of|at) )?(?:the |my )?(?:folder |directory )?(?P<name>~?/[\w./ -]*[\w-]|[\w.-]+(?:/[\w.-]+)+/?)"),
    lazily(rf"(?:(?:in|from|of|inside|under|within) )?(?:my|the|our|this) (?P<name>{_NAME}) (?:folders?|directory|dir)\b"),
    lazily(r"(?:in|from|inside|under) (?:folder|directory|dir) (?:called |named )?(?P<name>[\w&.'+-]+)"),
    lazily(r"(?:(?:in|from) )?(?:the |my |a )?folders? (?:called |named )(?P<name>[\w&.'+-]+)"),
    lazily(r"(?:in|from|of) (?P<name>(?!(?:the|my|a|this)\b)[\w&.'+-]+) folder\b"),
    lazily(r"(?:im|in meinem|aus meinem|aus dem|in dem|meines) (?P<name>[\w&.'+]+)[- ]?ordners?\b"),
    lazily(r"(?:im|in meinem|aus meinem|aus dem|in dem|meinem) ordner (?P<name>[\w&.'+-]+)"),
    lazily(r"(?:(?:en|de|in|na|dans|nella|della|no) )?(?:la |le |el |il |a |o )?(?:mi |mon |mia |minha |ma )?"
               r"(?:carpeta|dossier|cartella|pasta) (?:de |di |llamada |chamada |d')?(?P<name>[\w&.+-]+)"),
    lazily(r"(?:i |fran )?(?:min |mappen )(?P<name>[\w&.'+]+?)-?mapp(?:en)?\b"),
    lazily(r"(?:i|fran) mappen (?P<name>[\w&.'+-]+)"),
)  # fmt: skip
_QUOTED_FOLDER = lazily(r"(?:(?:in|from) )?(?:the |my )?folder (?:called |named )?[\"“](?P<name>[^\"”]{1,60})[\"”]")
_HOLDING = (
    r"(?<!\w)(?:(?:that |which )?(?:uses?|using|have|has|having|hold|holds|holding|contains?|containing|share|sharing)"
    r" )?(?:(?:the|my|an?) )?(?:(?:pattern|fragment) (?:called |named )?)?"
)
_QUOTED = lazily(r"[\"“„«](?P<name>[^\"”“»]{1,60})[\"”»]")
_CLASS = lazily(rf"(?<![\w-])(?P<name>{_any_of(_CLASS_NAMES)})(?![\w-])")
_SHAPE = lazily(rf"(?<![\w-])(?P<name>{_any_of(_SHAPE_NAMES)})(?![\w-])")
_SOUND = lazily(rf"(?<![\w-])(?P<name>{_any_of(_SOUND_NAMES)})(?:s|n)?(?![\w-])")
_FORMAT = lazily(rf"(?<![\w-])\.?(?P<name>{_any_of(v.FORMATS)})(?:[ -]?files?|-dateien)?(?![\w-])")
_SUPERLATIVE = lazily(
    rf"(?<![\w-])(?:sort(?:ed)? by (?:the )?)?(?P<name>{_any_of(v.SUPERLATIVES)})(?: (?:ones? )?(?:first|zuerst|primero|en premier|prima))?(?!\w)"
)
_SORTED = lazily(
    rf"(?<!\w)(?:sort(?:ed|iert)?|order(?:ed)?|rank(?:ed)?|arranged|geordnet|ordenad[oa]s?|tries|triees?|ordinat[ie]|sorterade)"
    rf" (?:by|nach|por|par|per|efter) (?:the |their |la |il |el )?(?P<name>{_any_of([*v.FIGURES, 'date', 'datum', 'fecha'])})"
    r"(?:,? (?P<way>desc(?:ending)?|asc(?:ending)?|absteigend|aufsteigend|descendente|ascendente|high to low|low to high))?(?!\w)"
)
_COUNTS = {word: int(n) for word, n in v.NUMBERS.items() if n >= 2 and n == int(n)}
_LIMIT = lazily(
    rf"(?:(?P<top>(?<!\w)(?:top|first|best|limit|at most|max|up to))|(?<!\w)(?:show|list|give|find|get|pick|choose|want|need|"
    rf"dame|zeig|donne|dammi|mostra|visa|just|only|the|die|los|las|les|i|le|os|as|de|any|me|mir|moi)|^) ?(?P<n>\d{{1,4}}|{_any_of(_COUNTS)})"
    r"(?![\w.:,#/%-])(?! ?(?:bpm|lufs|db|hz|khz|s|sec|ms|min|bits?|bars?)\b)"
)
_BEHIND = lazily(rf" (?P<n>[1-9]\d{{0,2}}|{_any_of(_COUNTS)})(?![\w.:#/-])(?! ?(?:bpm|lufs|db|hz|khz|s|sec|ms|min)\b)")
_FLAGS: tuple[tuple[str, Test], ...] = (
    (r"clipp(?:ed|ing|s)|ubersteuert\w*|recortad[oa]s?|ecretes?", Within("clipped_samples", 1.0)),
    (r"mono(?:phonic)?", Within("channels", 1.0, 1.0)),
    (r"stereo(?:phonic)?", Within("channels", 2.0, 2.0)),
    (r"swung|swinging", Within("swing", 0.55)),
)
_BARE = lazily(r"(?:^(?P<a>\d{2,3})$|(?<![\w.-])(?P<c>\d{2,3}) ?- ?(?P<b>\d{2,3})(?![\w.-]))")
_METRE = lazily(r"(?<![\w/])(?P<n>[2-9])/(?:4|8)(?:[ -]time)?(?![\w/])")
_ALL_FLAGS = tuple((lazily(rf"(?<![\w-])(?:{pattern})(?!\w)"), test) for pattern, test in _FLAGS)
_STEMS = {**{name: name for name in ADJECTIVES}, **v.ADJECTIVES}
_DEGREE = lazily(
    rf"(?:(?P<how>{_any_of([*v.VERY, *v.SLIGHTLY])}) )?(?<![\w-])"
    rf"(?P<stem>{_any_of(_STEMS)})(?P<end>[a-z]{{0,3}})(?![\w-])"
)
_NEGATES = lazily(
    rf"(?:^|(?<=[\s,(\0]))(?P<not>{_any_of(v.NOT)})(?:(?: |^)(?:any|the|a|an|too|so|that|in|with|is|are|my|from|of|really|la|le|el|"
    r"de|dans|mi|zu|im|den|die|der|demasiado|trop|troppo|muito|i))* ?$"
)
_JOINED = lazily(rf"^[ ,\0]*(?:{_any_of(v.OR)})?[ ,]*(?:in |the |a |with |any )*$")
_OR_BETWEEN = lazily(rf"(?<!\w)(?:{_any_of(v.OR)})(?!\w)")
_FILE = rf"[\w&.'+/~-]+\.(?:{_any_of([suffix for each in v.SUFFIXES.values() for suffix in each])})(?!\w)"
_SAME_IN = {**v.FIGURES, **v.WORDS, "pitch": "key", "kind": "class", "sound": "class"}
_SAME = lazily(
    rf"(?:(?:in|with|at|of|has|have|having) )?(?:the )?(?:same|identical) (?P<what>(?:{_any_of(_SAME_IN)})(?:(?:,| and| or|&) (?:the same "
    rf"|same )?(?:{_any_of(_SAME_IN)}))*) (?:as|like|of) (?:in |the |my |file |recording )*(?:[\"“„«'](?P<quoted>[^\"”“»']{{1,90}})[\"”“»']|"
    rf"(?P<file>[^\"\0]{{0,80}}?{_FILE})|(?P<stem>[\w&.'+/~-]+))"
)
_NAMED_FILE = lazily(rf"(?<![\w/~.'+-])(?P<name>{_FILE})")
_COPIES = lazily(
    r"(?<!\w)(?:(?:exact|real|true|any|my|the) )?(?:duplicates?|duplicated|copies|dupes?|doubles|duplikate?|doppelte[nr]?|doubletten|duplicad[oa]s?|"
    r"doublons?|duplicat[ie]|dubbletter)(?: (?:files|recordings|sounds|samples|dateien))?(?!\w)"
)
_NEARLY = "copies in another format, louder, or cut are told of each recording by: grym similar FILE"
_TOKEN = lazily(r"[^\s,;:!?()\[\]\"“”„«»…\0]+")

Part: TypeAlias = "Test | Adjective | Order | int | Asked"


@dataclass(frozen=True, slots=True)
class _Item:
    start: int
    end: int
    part: Part
    note: str = ""


def read_query(
    text: str,
    *,
    knows: Callable[[str], bool] = lambda _: False,
    phrases: Collection[str] = (),
    patterns: Collection[str] = (),
    now: datetime | None = None,
) -> Query:
    """Read a question about the library.

    knows : whether a folded word is a tag, a label, or in any name of the library
    phrases : labels and tags of several words, folded
    patterns : names that the owner gave to patterns, folded
    now : to count "last month" from; local time
    """
    written = " ".join(text.split())[:_LONGEST].rstrip(" ?!.")
    reader = _Reader(written, now or datetime.now().astimezone())
    reader.read(phrases, patterns)
    words, unknown = reader.names(knows)
    if slips := mended(written, unknown):
        fixed = read_query(slips[0], knows=knows, phrases=phrases, patterns=patterns, now=now)
        return replace(fixed, text=written, notes=(*slips[1], *fixed.notes))
    items = sorted([*reader.items, *words], key=lambda item: item.start)
    query = _query(written, reader.text, items, [*reader.faults, *unknown])
    query = replace(query, notes=(*query.notes, *near_moods(unknown)))
    asks_all = not v.EVERYTHING.isdisjoint(reader.text.split())
    return replace(query, is_everything=asks_all and query.is_empty and not query.not_understood)


class _Reader:
    """A question while it is read; `rest` is what nobody has read yet."""

    def __init__(self, written: str, now: datetime) -> None:
        self.written, self.text, self.rest, self._now = written, fold(written), fold(written), now
        self.items: list[_Item] = []
        self.faults: list[str] = []

    def read(self, phrases: Collection[str], patterns: Collection[str]) -> None:
        self._patterns(patterns)
        for match in self._each(_SAME):
            self._same(match)
        for match in self._each(_QUOTED_FOLDER):
            self._take(match, InFolder(match["name"].strip()))
        for match in self._each(_QUOTED):
            self._take(match, Called(match["name"].strip()))
        for match in self._each(_METRE):
            self._take(match, Within("metre", float(match["n"]), float(match["n"])))
        for pattern in _FOLDERS:
            for match in self._each(pattern):
                name = match["name"].strip("/ ~").rpartition("/")[2]
                self._take(match, InFolder(name))
        for phrase in sorted(phrases, key=len, reverse=True):
            for match in self._each(re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")):
                self._take(match, Called(phrase))
        for match in self._each(_COPIES):
            self._put(*match.span(), Copied(), _NEARLY)
        for match in self._each(_NAMED_FILE):
            self._take(match, Called(match["name"].rpartition("/")[2]))
        for date in read_dates(self.rest, self._now):
            self._put(date.start, date.end, date.test)
        for start, end, asked in read_asked(self.rest):
            self._put(start, end, asked)
        for key in read_keys(self._written_rest(), self.rest):
            self._put(key.start, key.end, key.test, key.note)
        for amount in read_quantities(self.rest):
            if amount.within is None:
                self.faults.append(amount.fault)
                self._blank(amount.start, amount.end)
            else:
                guess = f"{self.written[amount.start : amount.end].strip()!r} was taken for a tempo in BPM"
                note = guess if amount.within.is_guess else ""
                self._put(amount.start, amount.end, amount.within, note)
        for match in self._each(_BARE):
            low, high = sorted((float(match["a"] or match["c"]), float(match["b"] or match["a"])))
            if low >= SLOWEST and high <= FASTEST:
                off = 0.0 if match["b"] else 0.5
                note = f"{match.group()!r} was taken for a tempo in BPM"
                self._put(*match.span(), Within("tempo_bpm", low - off, high + off, is_guess=True), note)
        self._orders()
        for pattern, test in _ALL_FLAGS:
            for match in self._each(pattern):
                self._take(match, test)
        for match in self._each(_FORMAT):
            self._take(match, Coded(v.FORMATS[match["name"]]))
        self._sounds()
        for match in self._each(_DEGREE):
            self._degree(match)

    def _patterns(self, names: Collection[str]) -> None:
        """Named patterns, the longest name first, with the words that only say that they are meant."""
        for name in sorted(names, key=len, reverse=True):
            words = re.escape(name)
            for match in self._each(
                re.compile(rf"{_HOLDING}[\"“„«']?{words}[\"”“»']?(?: (?:pattern|fragment))?(?!\w)")
            ):
                self._take(match, Holds(name))

    def _same(self, match: re.Match[str]) -> None:
        """ "The same key and tempo as X.wav"."""
        group = next(name for name in ("quoted", "file", "stem") if match[name])
        file = self.written[match.start(group) : match.end(group)]
        for word in re.findall(rf"(?<!\w)(?:{_any_of(_SAME_IN)})(?!\w)", match["what"]):
            self.items.append(_Item(match.start(), match.end(), Same(_SAME_IN[word], file.strip())))
        self._blank(*match.span())

    def _orders(self) -> None:
        for match in self._each(_SORTED):
            figure = v.FIGURES.get(match["name"], "changed")
            self._take(match, Order(figure, (match["way"] or "").startswith(("d", "abs", "high"))))
        for match in self._each(_SUPERLATIVE):
            self._take(match, Order(*v.SUPERLATIVES[match["name"]]))
            behind = _BEHIND.match(self.rest, match.end())
            if behind is not None:
                self._take(behind, _COUNTS.get(behind["n"]) or int(behind["n"]))
        for match in self._each(_LIMIT):
            n = _COUNTS.get(match["n"]) or int(match["n"])
            if 1 <= n <= _MOST and (match["n"] not in _MACHINES or match["top"]):
                self._put(match.start("n") if not match["top"] else match.start(), match.end(), n)

    def _sounds(self) -> None:
        for match in self._each(_SHAPE):
            self._take(match, Shaped(cast(Shape, v.SHAPES[_SHAPE_NAMES[match["name"]]])))
        for match in self._each(_SOUND):
            name = _SOUND_NAMES[match["name"]]
            self._take(match, Called(name, v.SOUNDS[name]))
        for match in self._each(_CLASS):
            name = _CLASS_NAMES[match["name"]]
            self._take(match, OneOf("class", v.CLASSES[name]))

    def _degree(self, match: re.Match[str]) -> None:
        stem, end = match["stem"], match["end"]
        name = _STEMS[stem]
        if stem in ADJECTIVES and end not in ("", "er", "r", "ier", "ish", "ly", "est", "st"):
            return
        how: Intensity = "very" if match["how"] in v.VERY else "slightly" if match["how"] else ""
        self._take(match, Adjective(name, how))

    def names(self, knows: Callable[[str], bool]) -> tuple[list[_Item], list[str]]:
        """What is left: names that the library knows, and words that nobody does."""
        ignored = {
            *v.FILLERS,
            *v.EVERYTHING,
            *v.OR,
            *(word for words in (v.NOT, v.VERY, v.SLIGHTLY) for x in words for word in x.split()),
        }
        found, unknown = list[_Item](), list[str]()
        for match in _TOKEN.finditer(self.rest):
            word = match.group().strip("'.-&")
            if not word or word in ignored or word in v.FIGURES:
                continue
            known = next((form for form in (word, word.removesuffix("s"), word.removesuffix("es")) if knows(form)), "")
            if known:
                found.append(_Item(match.start(), match.end(), Called(known)))
            else:
                unknown.append(self.written[match.start() : match.end()].strip("'.-&"))
        return found, unknown

    def _each(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches in what is left; each may be taken before the next is looked for."""
        yield from [match for match in pattern.finditer(self.rest) if _READ not in match.group()]

    def _take(self, match: re.Match[str], part: Part) -> None:
        self._put(match.start(), match.end(), part)

    def _put(self, start: int, end: int, part: Part, note: str = "") -> None:
        self.items.append(_Item(start, end, part, note))
        self._blank(start, end)

    def _blank(self, start: int, end: int) -> None:
        self.rest = self.rest[:start] + _READ * (end - start) + self.rest[end:]

    def _written_rest(self) -> str:
        return "".join(_READ if read == _READ else letter for letter, read in zip(self.written, self.rest, strict=True))


def _query(written: str, text: str, items: list[_Item], unknown: list[str]) -> Query:
    """Items in their order as a query: what is negated, and what is joined by "or"."""
    query, before, was_not = Query(written), 0, False
    conditions, adjectives = list[Condition](), list[Adjective]()
    for item in items:
        between = text[before : item.start]
        joined = bool(before) and _JOINED.match(between) is not None
        negated = _NEGATES.search(text[: item.start]) is not None
        has_or = _OR_BETWEEN.search(between) is not None
        is_not = negated or (was_not and joined and (has_or or "," in between))
        match item.part:
            case Adjective() as adjective:
                adjectives.append(replace(adjective, is_not=is_not))
            case Order() as order:
                query = replace(query, order=query.order or order)
            case Asked() as asked:
                query = replace(query, asked=query.asked or asked)
            case int() as limit:
                query = replace(query, limit=query.limit or limit)
            case test:
                conditions.append(Condition(test, is_not, is_alternative=has_or and joined and not is_not))
        before, was_not = item.end, is_not
    notes = tuple(dict.fromkeys(item.note for item in items if item.note))
    return replace(
        query,
        conditions=tuple(dict.fromkeys(conditions)),
        adjectives=tuple(dict.fromkeys(adjectives)),
        not_understood=tuple(dict.fromkeys(unknown)),
        notes=notes,
    )
