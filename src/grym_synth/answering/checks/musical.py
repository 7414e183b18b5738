"""Keys, notes, chords, degrees, forms, sections, metres, formats and terms that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from ...regex import lazily
from .masked import MASK, Masked
from .stated import Name, NameKind
from .units import parse_words

_FORMAT = lazily(
    r"(?i)\b(?:wav|flac|mp3|m4a|aac|alac|ogg|opus|vorbis|aiff?|aifc|caf|wma|w64|rf64|pcm|a-law|u-law|adpcm|mpeg)\b"
    r"|\b(?:pcm|mpeg)_\w{1,12}\b"
    r"|\b(?:hann(?:ing)?|hamming|blackman(?:[- ]harris)?|kaiser|bartlett|gaussian|tukey|welch|rectangular|flat[- ]?top)"
    r"(?= window)"
)
_KEY = lazily(
    r"(?<![\w#])[A-G](?: ?#|b|[ -](?i:sharp|flat))?[ -]?"
    r"(?i:major|minor|maj|min|dorian|phrygian|lydian|mixolydian|aeolian|ionian|locrian)\b"
)
_TERM = lazily(
    r"(?i)\b(?:(?:perfect|major|minor|augmented|diminished)[ -]"
    r"(?:unison|second|third|fourth|fifth|sixth|seventh|octave|ninth|tenth|eleventh|twelfth|thirteenth|triad|chord|scale)"
    r"|(?:dotted[ -])?(?:whole|half|quarter|eighth|sixteenth|thirty-second)[ -](?:note|triplet|rest)s?"
    r"|dotted[ -](?:whole|half|quarter|eighth|sixteenth)s?)\b"
)
_MODE = lazily(r"(?i)(?<!relative )(?<!parallel )\b(?:major|minor)\b")
_CAMELOT = lazily(r"(?<![\w.,:#-])(?:1[0-2]|[1-9])[AB](?!\w)")
_CHORD = lazily(
    r"(?<![\w#:])[A-G](?:#|b)?(?:-?\d{1,2}(?!\w)|:?(?:maj|min|dim|aug|sus|add|hdim|m|M)[\w#+]{0,8}|:?(?:6|7|9|11|13)[\w#]{0,6}"
    r"|[ -](?i:sharp|flat)(?:-?\d{1,2}(?!\w)|\b))?(?:/(?:[A-G][#b]?|[b#]?\d))?(?![\w#])"
)
_MINOR_KEY = lazily(r"([A-G][#b]?)m")
_FORM = lazily(r"(?<![\w#])(?!(?:DC|CD|AAC|ADC|DAC|DAB|AIFF|AIF|AIFC|CAF|DJ|DI|ID)\b)(?:[A-J]'?){2,32}(?![\w#])")
_SECTION = lazily(r"(?<![\w#'/-])[A-HJ](?![\w#'/])")
_SECTION_WORD = lazily(r"(?i)\b(?:sections?|parts?) (?:is )?$")
_IN_FORM = lazily(r"(?i)\b(?:sections?|parts|form|order|structure)\b[^;.]{0,24}?[: ](?:\x01(?:,? and |, | ?- ?| ))*$")
_BEHIND_SECTION_A = (
    r"(?:[,.;:)]| ?-|$| (?:is|starts?|begins?|lasts?|runs?|at|comes?|ends?|has|first|returns?|and|to|from|or|again)\b)"
)
#: Topics in which a capital letter is a chord, a note or a key.
_LETTERED = frozenset(("chords", "notes", "tonality", "spectrum", "theory"))
_DEGREE = r"[b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)"
_NUMERAL = lazily(
    rf"(?<![\w#'./]){_DEGREE}(?:°|ø|\+|o(?!\w))?(?:maj|m|sus|add|dim|aug)?(?:\d{{1,2}}(?:b5|sus4)?)?(?:/{_DEGREE})?(?![\w#'./]\w|[\w#'])"
)
_LONG_CHORD = lazily(r"(?<![\w#])[A-G](?:#|b)?:?(?:min|maj)\d{0,2}(?:/[#b]?\d|/[A-G][#b]?)?(?![\w#])")
_SPOKEN_CHORD = lazily(
    r"(?<![\w#])(?P<root>[A-G](?:#|b| ?-?(?i:sharp|flat))?)[ -](?P<mode>(?i:major|minor|dominant|diminished|augmented))"
    r"(?P<seventh>[ -]?(?:7|(?i:seventh|7th)))?(?: (?i:chord|triad))?(?!\w)"
)
_LETTER_A = lazily(r"(?<![\w#'/])A(?![\w#'/])")
_AMONG_NOTES = lazily(r"(?<![A-Za-z])[A-G][#b]?\d?(?:, | and |, and |-)$")
_LONE_A = lazily(r"(?i:\bin|\bof|\bon|\baround|\bnote|\bpitch|\btonic|\broot|\bkey|\bto|\bor|\band|\bis)[ :]\s?$")
_ORDINAL = lazily(
    r"(?i)\b(?:\d{1,6}(?:st|nd|rd|th)|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|twentieth|hundredth)\b"
)
_METRE = lazily(r"(?<![\w/.,])\d{1,2}/\d{1,2}(?![\d/])")
_SPOKEN_METRE = lazily(
    r"(?i)\b(?:(?P<beats>two|three|four|five|six|seven|nine|twelve)-(?P<unit>two|four|eight)\b"
    r"|(?P<common>common time)\b|(?P<triple>waltz(?: time)?|triple (?:time|met(?:re|er)))\b"
    r"|(?P<duple>duple (?:time|met(?:re|er))|cut time)\b)"
)


def take_music(masked: Masked, topics: Set[str]) -> Iterator[Name]:
    """Degrees, forms and sections, where the evidence speaks of chords or of the form."""
    if "structure" in topics:
        for match in masked.take(_FORM):
            yield Name(match.start(), match.end(), match[0], "form")
        plain = masked.plain
        for match in _SECTION.finditer(plain):
            if _names_a_section(masked.plain, match, alone=not topics & _LETTERED):
                masked.mask(match.start(), match.end())
                yield Name(match.start(), match.end(), match[0], "section")
    if "chords" in topics:
        plain = masked.plain
        for match in _SPOKEN_CHORD.finditer(plain):
            if match["seventh"] or _stands_as_chord(plain, match, alone="tonality" not in topics):
                masked.mask(match.start(), match.end())
                yield Name(match.start(), match.end(), _chord_written(match), "note")
        for match in masked.take(_LONG_CHORD):
            yield Name(match.start(), match.end(), match[0], "note")
        plain, last = masked.plain, -99
        for match in _NUMERAL.finditer(plain):
            row = re.fullmatch(r"[ ,-]{1,3}", plain[max(0, last) : match.start()][:4])
            if match[0] not in ("I", "i") or row or _stands_in_a_row(plain, match):
                last = match.end()
                masked.mask(match.start(), match.end())
                yield Name(match.start(), match.end(), match[0], "numeral")
        plain = masked.plain
        for match in _LETTER_A.finditer(plain):
            if _is_chord_a(masked.text, match):
                masked.mask(match.start(), match.end())
                yield Name(match.start(), match.end(), match[0], "note")


def take_names(masked: Masked, *, spells_keys: bool) -> Iterator[Name]:
    """Keys, notes and chords; with `spells_keys` "Am" is a key."""
    kinds: tuple[tuple[re.Pattern[str], NameKind], ...] = (
        (_FORMAT, "format"), (_TERM, "term"), (_KEY, "key"), (_MODE, "mode"), (_CAMELOT, "camelot"),
    )  # fmt: skip
    for pattern, kind in kinds:
        for match in masked.take(pattern):
            yield Name(match.start(), match.end(), match[0], kind)
    plain = masked.plain
    for match in _CHORD.finditer(plain):
        if match[0] != "A" or _names_the_note_a(plain, match):
            masked.mask(match.start(), match.end())
            short = _MINOR_KEY.fullmatch(match[0]) if spells_keys else None
            text, kind = (f"{short[1]} minor", "key") if short else (match[0], "note")
            yield Name(match.start(), match.end(), text, kind)
    for match in masked.take(_ORDINAL):
        yield Name(match.start(), match.end(), match[0], "ordinal")
    for match in masked.take(_METRE):
        yield Name(match.start(), match.end(), match[0], "term")
    for match in masked.take(_SPOKEN_METRE):
        yield Name(match.start(), match.end(), _metre_written(match), "term")


def _names_the_note_a(plain: str, match: re.Match[str]) -> bool:
    """Whether a lone capital A is the note: not the article before a word, nor at the start of a sentence."""
    after = plain[match.end() : match.end() + 2]
    before = plain[max(0, match.start() - 12) : match.start()]
    if _AMONG_NOTES.search(before) and re.match(r"(?:,|-|\.|$| and [A-G]| for )", plain[match.end() : match.end() + 8]):
        return True
    if re.match(r" as (?:its|the) (?:tonic|root|home|key)\b", plain[match.end() : match.end() + 20]):
        return True
    followed = len(after) == 2 and after[0] == " " and (after[1].isalpha() or after[1] == MASK)
    return not followed and _LONE_A.search(plain, max(0, match.start() - 8), match.start()) is not None


def _names_a_section(plain: str, match: re.Match[str], *, alone: bool) -> bool:
    """Whether a capital letter names a section: always behind that word, else where nothing else is so named."""
    before, behind = plain[max(0, match.start() - 12) : match.start()], plain[match.end() : match.end() + 12]
    if _SECTION_WORD.search(before) or re.match(r" (?:section|part)\b", behind):
        return True
    if re.match(r" is the (?:\w+ )?(?:section|part)\b", plain[match.end() : match.end() + 30]):
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
    if (
        re.match(
            r"(?: ?[-,.;:)|(/]| (?:to|and|or|in|at|from|until|chord|again|comes|is|follows|leads|goes|starts|begins|enters)\b|$)",
            behind,
        )
        is None
    ):
        return False
    if not before and re.match(r" (?:comes|is|follows|leads|goes|starts|begins|enters)\b", behind):
        return True
    if re.match(r" ?(?:->|[-|,]) ?[A-G(]", behind) or re.search(r"[-|,(>] ?$", before):
        return True
    words = "uses|use|using|after|before|to|and|or|is|on|with|by|from|hear|no|likely|then|be|has|plays"
    return re.search(rf"(?i)\b(?:{words})\b ?$", before) is not None
