"""Who and what does a sentence name? People, places, titles and devices must be in its evidence or in the question."""

from __future__ import annotations

import re

from ...regex import lazily
from .case import Case, Problem, holds_words
from .tokens import MASK

#: Capitalised words of the trade: names of units, standards, methods and formats, and what a hub calls itself.
_TRADE = frozenset(
    """dj djs i i'm i'd i'll i've
    bpm lufs lkfs lu lra hz khz mhz db dbfs dbtp rms plr psr dc fft dft stft mfcc ebu itu bs
    tech eq daw midi cd dvd lp ep ai pc cpu gpu ram url json csv pdf utf riff id3 sox ffmpeg aes
    camelot nyquist fourier hann hanning hamming blackman welch parseval shannon zwicker fletcher munson
    pythagorean helmholtz butterworth chebyshev goertzel krumhansl temperley
    dorian phrygian lydian mixolydian aeolian ionian locrian
    english german french italian spanish ok okay tv hi-fi lo-fi hifi lofi a-weighted k-weighted k-weighting
    roman
    monday tuesday wednesday thursday friday saturday sunday nan grym-synth grym
    """.split()
)
_WORD = lazily(r"[^\W\d_][^\W_]*(?:['.&-][^\W_]+)*")
_OPENS = lazily(r"(?:^|[.!?:;]\s|[\"'(]|\n|- )\s*$")
_NEXT_CAPITAL = lazily(r" [^\W\d_a-z]\w")
_GERMAN = lazily(r"(?i)\b(?:der|die|das|ist|sind|und|oder|ein|eine|beträgt|liegt|läuft|mit|von|im|bei|nicht|etwa)\b")
_ENGLISH = lazily(r"(?i)\b(?:the|is|are|of|at|it|its|and|an|has|with|by|to|from|runs|says)\b")
#: Where something was made, and by whom. Nothing that is measured can tell.
_MADE = (
    r"recorded|produced|performed|released|mixed|mastered|played|composed|written|sung|made|signed|engineered|arranged"
    r"|remixed|published|featured|featuring|conducted|licensed|created|tracked|born|filmed|painted"
)
_PROVENANCE = lazily(
    rf"(?i)\b(?:{_MADE})(?: (?:live|mostly|entirely|partly|up|down|back|again))?"
    r" (?P<how>by|at|in|on|with|for|from|under|inside|near)\b(?= (?P<what>[^\s,.;:()]{1,40}))"
)
_NO_PLACE = frozenset(
    """half double time mono stereo major minor tune key this that it its one two which full parallel sync phase octaves
    a the some any total all time""".split()
)
_TAGS = {
    "title": "title", "song": "title", "artist": "artist", "performer": "artist performer albumartist",
    "album": "album",
    "genre": "genre", "composer": "composer", "label": "label publisher organization", "date": "date year",
    "year": "date year", "comment": "comment", "publisher": "publisher label organization",
    "copyright": "copyright",
}  # fmt: skip
_BY = lazily(r"(?i)\bby ?[\"']?$")
_MAKERS = ("artist", "albumartist", "performer", "composer", "author", "producer", "band")


def check_proper_names(case: Case) -> list[Problem]:
    """Names that neither the evidence nor the question holds, and tags told under another tag's name."""
    return [*_check_capitals(case), *_check_provenance(case), *_check_tag_fields(case)]


def _check_capitals(case: Case) -> list[Problem]:
    problems = []
    plain = case.tokens.plain
    nouns_are_capital = len(_GERMAN.findall(plain)) > len(_ENGLISH.findall(plain))
    for match in _WORD.finditer(plain):
        word = match[0]
        if not word[0].isupper() or word.casefold() in _TRADE or len(word) < 2:
            continue
        if _OPENS.search(plain[max(0, match.start() - 4) : match.start()]):
            continue
        if nouns_are_capital and not _NEXT_CAPITAL.match(plain, match.end()):
            continue  # in German one capital is any noun, two in a row are a name
        if not _is_held(case, word):
            problems.append(Problem(word, "a name that no evidence holds"))
    return problems


def _is_held(case: Case, word: str) -> bool:
    """Whether evidence, a recording's name or the question has that word; a plural or possessive counts."""
    wanted = {word.casefold(), re.sub(r"'?s$", "", word.casefold())}
    return not wanted.isdisjoint(case.known_words)


def _check_provenance(case: Case) -> list[Problem]:
    problems = []
    for match in _PROVENANCE.finditer(case.tokens.plain):
        what = match["what"]
        if what[:1] in f"{MASK}\"'-" or what[:1].isdigit():
            continue  # "recorded at 48 kHz", "written in 4/4", "made by "Kesari"": judged as what they are
        if match["how"].casefold() != "by" and what.casefold() in _NO_PLACE and what.casefold() not in ("a", "the"):
            continue
        words = [each[0] for each in _WORD.finditer(case.tokens.plain, match.end(), match.end() + 40)]
        said = [word for word in words if word.casefold() not in ("a", "an", "the", "some", "our", "my", "his", "her")]
        if not said or not _is_held(case, said[0]):
            problems.append(Problem(match[0], "where it comes from is in no evidence"))
    return problems


def _check_tag_fields(case: Case) -> list[Problem]:
    """ "The artist tag says ...", ""Low Tide" by ...": the value of that very tag."""
    tags = _tag_values(case)
    if not tags:
        return []
    problems = []
    last = 0
    for quotation in case.tokens.quotations:
        before = case.tokens.unnamed[last : quotation.start]
        names = _field_of(before, case.tokens.text[quotation.end : quotation.end + 8])
        last = quotation.end + 1
        if names and not _said_in(tags, names, quotation.text):
            problems.append(Problem(quotation.text, "not what this tag says"))
    problems += _check_unquoted_maker(case, tags)
    for match in _CREDITED.finditer(case.tokens.text):
        if not _said_in(tags, tuple(_TAGS[match["field"].casefold()].split()), match["who"]):
            problems.append(Problem(match["who"], "not what this tag says"))
    return problems


#: "The tags credit Mara Lind as the artist", "gives Low Tide as the title".
_CREDITED = lazily(
    r"(?i:\b(?:credits?|names?|lists?|gives?|has|have|shows?)) (?P<who>[A-Z][^,.;:()\x01\"]{1,60}?) (?i:as|for) (?i:the|its) "
    rf"(?P<field>(?i:{'|'.join(_TAGS)}))\b"
)


def _field_of(before: str, behind: str) -> tuple[str, ...]:
    if _BY.search(before):
        return _MAKERS
    fields = re.findall(rf"(?i)\b(?:{'|'.join(_TAGS)})\b", before)
    if fields:
        return tuple(_TAGS[fields[-1].casefold()].split())
    return ("title", "album") if re.match(r"\"? by\b", behind) else ()


def _tag_values(case: Case) -> list[tuple[str, str]]:
    found = []
    for item in case.cited:
        if item.kind == "tag" and isinstance(item.value, dict):
            found += [(key.casefold(), " ".join(str(value).split())) for key, value in item.value.items()]
    return found


def _said_in(tags: list[tuple[str, str]], names: tuple[str, ...], text: str) -> bool:
    wanted = " ".join(text.split()).strip(" .,!?").casefold()
    present = [value for key, value in tags if key in names]
    return any(holds_words(value.casefold(), wanted) for value in present)


_MAKER = lazily(r"(?:[\"'\x01]|\b(?:recording|track|song|file|it)) (?:is )?by (?P<who>[A-Z][^,.;:()\x01\"]{1,60})")


def _check_unquoted_maker(case: Case, tags: list[tuple[str, str]]) -> list[Problem]:
    return [
        Problem(match["who"], "not what this tag says")
        for match in _MAKER.finditer(case.tokens.text)
        if not any(key in _MAKERS and match["who"].strip().startswith(value) for key, value in tags)
    ]
