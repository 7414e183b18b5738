"""Questions of harmony: chords, progressions, transposition, and substitutes. Keys and scales are in `solve_keys`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..regex import lazily
from .chords import Chord, chord_of, find_chords, name_chords, parse_chord
from .finding import Finding, Value, finding, listed
from .intervals import Interval, find_interval, interval_between, interval_words, simplest
from .keys import KEY_OF, NAMED_KEY, find_key, key_text, read_key
from .pitch import Note, parse_note
from .question import Question
from .scales import degree_interval, diatonic_chords, scale_notes


def solve_harmony(question: Question) -> tuple[Finding, ...]:
    """Findings of the first kind of question about chords that this one is; empty when it is none."""
    for parser in _PARSERS:
        if found := parser(question):
            return found
    return ()


def _symbols(chords: Sequence[Chord]) -> list[Value]:
    return [chord.symbol for chord in chords]


def chord_row(chords: Sequence[Chord]) -> str:
    return ", ".join(chord.symbol for chord in chords)


# --- Transposition --------------------------------------------------------------------------------------------------


def _capo(question: Question) -> tuple[Finding, ...]:
    found = re.search(
        r"capo(?: (?:on|at|in|auf|en|i|sul|traste|fret))*(?: the)? ?(?:fret )?(?:#)?(\d{1,2})(?:st|nd|rd|th)?",
        question.words,
    ) or re.search(r"(\d{1,2})(?:st|nd|rd|th) fret", question.words)
    chords = find_chords(question.text)
    if not question.says("capo") or found is None or not chords or not 1 <= int(found[1]) <= 12:
        return ()
    fret = int(found[1])
    to_shapes = question.says(
        r"shapes? (?:for|of|do|should|to play)|which shapes|what shapes|to sound|to get|sound like|to play in"
    )
    moved = _move(chords, Interval(None, -fret if to_shapes else fret))
    if to_shapes:
        text = f"With a capo at fret {fret}, {chord_row(chords)} is played with the shapes {chord_row(moved)}."
        method = "chord roots moved down a semitone a fret"
    else:
        text = f"With a capo at fret {fret}, the shapes {chord_row(chords)} sound as {chord_row(moved)}."
        method = "chord roots moved up a semitone a fret"
    return (finding("transposed", "chord", _symbols(moved), method, text),)


def _move(chords: Sequence[Chord], interval: Interval) -> tuple[Chord, ...]:
    steps, semitones = (
        (interval.steps, interval.semitones)
        if interval.steps is not None
        else simplest([chord.root for chord in chords], interval.semitones)
    )
    return tuple(chord.up(steps, semitones) for chord in chords)


_FROM_TO = lazily(
    r"from (?:the key of )?([A-G][#b]?)(m| major| minor)? (?:in)?to (?:the key of )?([A-G][#b]?)(m| major| "
    r"minor)?(?![\w#])"
)


def _transpose(question: Question) -> tuple[Finding, ...]:
    if (
        not question.says(r"transpos\w*|moved?|shift\w*|raise\w*|lower\w*|up|down")
        or question.tempi
        or question.values("hz", "db")
    ):
        return ()
    text = question.text
    between = _FROM_TO.search(text) if question.says(r"transpos\w*|moved?|shift\w*") else None
    if between:
        low, high = parse_note(between[1]), parse_note(between[3])
        rest = find_chords(text[: between.start()]) or find_chords(text[between.end() :])
        if low is None or high is None or not rest:
            return ()
        interval, chords = interval_between(low, high), rest
    else:
        named = find_interval(text, question.words)
        chords = find_chords(text)
        key = NAMED_KEY.search(text)
        if named is None or (not chords and not key):
            return ()
        down = question.says(r"down|lower\w*|below") and named.semitones > 0
        interval = -named if down else named
        if key and len(chords) <= 1 and question.says(r"transpos\w*|moved?|shift\w*|key|song|tune"):
            return _transposed_key(question, interval)
        if len(chords) == 1 and (chords[0].quality == "" and not question.says("chords?")):
            return ()  # one bare letter is a note: a question of pitch
    if not chords:
        return ()
    moved = _move(chords, interval)
    way = "down" if interval.semitones < 0 else "up"
    text = (
        f"{chord_row(chords)} transposed {way} {interval_words(interval)} "
        f"{'becomes' if len(chords) == 1 else 'become'} {chord_row(moved)}."
    )
    return (
        finding(
            "transposed",
            "chord",
            _symbols(moved) if len(moved) > 1 else moved[0].symbol,
            "every root and bass moved by the interval",
            text,
        ),
    )


def _transposed_key(question: Question, interval: Interval) -> tuple[Finding, ...]:
    key = find_key(question.text)
    if key is None:
        return ()
    tonic, mode = key
    steps, semitones = (
        (interval.steps, interval.semitones) if interval.steps is not None else simplest([tonic], interval.semitones)
    )
    new = tonic.up(steps, semitones).simple()
    way = "down" if interval.semitones < 0 else "up"
    text = f"{key_text(tonic, mode)} moved {way} {interval_words(interval)} is {key_text(new, mode)}."
    return (finding("musical_key", "musical_key", key_text(new, mode), "the tonic moved by the interval", text),)


# --- Progressions ---------------------------------------------------------------------------------------------------

_NUMERAL = lazily(
    r"(?P<sign>[#b]?)(?P<degree>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?P<quality>°7|°|o7|o|dim7|dim|ø7|ø|\+|aug|maj7|maj9|M7|7sus4|m7b5|7|9|6|sus4|sus2|add9)?"
    r"(?:/(?P<of>[#b]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)))?"
)
_DEGREES = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7}
_QUALITY = {"°": "dim", "o": "dim", "°7": "dim7", "o7": "dim7", "ø": "m7b5", "ø7": "m7b5", "+": "aug", "M7": "maj7"}


def find_numerals(text: str) -> tuple[re.Match[str], ...]:
    """The longest row of Roman numerals; a lone I or i is a word."""
    runs: list[list[re.Match[str]]] = [[]]
    for token in re.split(r"[\s,;|>?!.:\"-]+", text):
        if found := _NUMERAL.fullmatch(token.strip("()[]'")):
            runs[-1].append(found)
        elif token not in ("and", "then", "to"):
            runs.append([])
    best = max(runs, key=len)
    return () if len(best) == 1 and best[0][0] in ("I", "i") else tuple(best)


def numeral_chord(numeral: re.Match[str], tonic: Note, mode: str) -> Chord:
    """The chord of a Roman numeral in a key; in minor keys III, VI and VII are the natural ones, flat or not."""
    sign, degree, quality = numeral["sign"], numeral["degree"], numeral["quality"] or ""
    place = _DEGREES[degree.upper()]
    if numeral["of"]:
        inner = _NUMERAL.fullmatch(numeral["of"])
        assert inner is not None  # the outer pattern holds the inner one
        target = numeral_chord(inner, tonic, mode)
        return numeral_chord_on(
            target.root.up(*degree_interval(str(place))).simple(), degree, quality or ("7" if place == 5 else "")
        )
    if mode == "minor" and not (sign == "b" and place not in (3, 6, 7)):
        scale = scale_notes(tonic, "minor")
        root = scale[place - 1]
        # A diminished seventh degree stands on the leading tone.
        if place == 7 and degree.islower() and quality.startswith(("°", "o", "dim")):
            root = root.up(0, 1)
        root = root.up(0, 1) if sign == "#" else root
    else:
        root = tonic.up(*degree_interval(sign + str(place)))
    return numeral_chord_on(root.simple(), degree, quality, in_key=(place, mode))


def numeral_chord_on(root: Note, degree: str, quality: str, *, in_key: tuple[int, str] | None = None) -> Chord:
    """A chord on `root`: minor for a small numeral, with the quality written after it."""
    quality = _QUALITY.get(quality, quality)
    if quality.startswith(("dim", "aug", "m7b5")):
        return chord_of(root, quality)
    if degree.islower() and not quality and in_key in ((7, "major"), (2, "minor")):
        return chord_of(root, "dim")
    if degree.islower() and quality == "7" and in_key in ((7, "major"), (2, "minor")):
        return chord_of(root, "m7b5")
    return chord_of(root, ("m" if degree.islower() else "") + quality)


#: "2-5-1": the triads of the key by their degrees; with a quality written on ("6m", "6-", "1maj7") that chord.
_FIGURE = r"[1-7](?:maj7|M7|m7b5|m7|m|7|dim|aug|sus[24])?"
_FIGURES = lazily(rf"(?<![\w.,/-]){_FIGURE}(?:(?:-(?= )|-(?=,))?(?:[- ]|, ?){_FIGURE}){{2,7}}-?(?![\w/]|[.,]\d)")
_ONE_FIGURE = lazily(r"([1-7])(maj7|M7|m7b5|m7|m|7|dim|aug|sus[24]|-(?=[ ,]|$))?")
_ROMAN_OF = {"major": ("I", "ii", "iii", "IV", "V", "vi", "vii°"), "minor": ("i", "ii°", "III", "iv", "V", "VI", "VII")}


def _roman(figure: re.Match[str], mode: str) -> str:
    """The Roman numeral of a Nashville number: "6m" is vi, a bare "6" the triad of the key."""
    plain, quality = _ROMAN_OF[mode][int(figure[1]) - 1], figure[2] or ""
    if not quality:
        return plain
    if quality == "m7b5":
        return f"{plain.rstrip('°').lower()}m7b5"
    if quality in ("m", "m7", "-"):
        return plain.rstrip("°").lower() + quality.strip("m-")
    return plain.rstrip("°").upper() + quality if quality in ("aug", "maj7", "M7", "7") else plain.rstrip("°") + quality


def _progression(question: Question) -> tuple[Finding, ...]:
    numerals, key = find_numerals(question.text), find_key(question.text)
    if numerals and key is None and (found := re.search(r"of ([A-G][#b]?m?)(?![\w#])", question.text)):
        key = read_key(found[1])
    if key and (figures := _FIGURES.search(question.text)):
        numerals = find_numerals(" ".join(_roman(figure, key[1]) for figure in _ONE_FIGURE.finditer(figures[0])))
    if not numerals or key is None or (question.tempi and len(numerals) < 2):
        return ()
    chords = [numeral_chord(numeral, *key) for numeral in numerals]
    # In jazz a bare ii-V-I is meant with sevenths, but what is written is a triad.
    names = ", ".join(numeral[0] for numeral in numerals)
    text = f"In {key_text(*key)}, {names} is {chord_row(chords)}."
    value: Value = _symbols(chords) if len(chords) > 1 else chords[0].symbol
    return (
        finding(
            "progression",
            "chord",
            value,
            "the degree of the scale for each root, the quality as the numeral is written",
            text,
        ),
    )


def _tritone_substitute(question: Question) -> tuple[Finding, ...]:
    chords = find_chords(question.text)
    if (
        not question.says(
            r"tri-?tone sub\w*|tritonus-?sub\w*|sub(?:stitution|stitute)? (?:for|of)|sostituzione di tritono|"
            r"sustituto tritonal\w*|substitution tritonique|sustitucion tritonal"
        )
        or not chords
    ):
        return ()
    if not question.says(r"tri-?ton\w*|tritonus\w*"):
        return ()
    found = []
    for chord in chords[:12]:
        root = chord.root.up(4, 6).simple()
        quality = chord.quality or "7"
        other = chord_of(root, quality) if parse_chord("C" + quality) else chord_of(root, "7")
        text = f"The tritone substitute of {chord.symbol} is {other.symbol}."
        found.append(
            finding(
                "tritone_substitute",
                "chord",
                other.symbol,
                "the dominant seventh chord six semitones away: same third and seventh",
                text,
            )
        )
    return tuple(found)


def _secondary_dominant(question: Question) -> tuple[Finding, ...]:
    if not question.says(
        r"secondary dominants?|dominants? of|zwischendominanten?|doppeldominante|dominante secondaire|"
        r"dominantes? secundarias?|dominante secondaria"
    ):
        return ()
    key, numerals = find_key(question.text), find_numerals(question.text)
    if question.says(
        r"secondary dominants?|dominante secondaire|dominantes? secundarias?|dominante secondaria|zwischendominanten?"
    ):
        if numerals and key:
            target = numeral_chord(numerals[0], *key)
            dominant = chord_of(target.root.up(4, 7).simple(), "7")
            text = f"The secondary dominant of {numerals[0][0]} in {key_text(*key)} is {dominant.symbol}."
            return (
                finding(
                    "secondary_dominant",
                    "chord",
                    dominant.symbol,
                    "the seventh chord a perfect fifth above the target",
                    text,
                ),
            )
        chords = find_chords(question.text)
        before_key = [chord for chord in chords if not key or chord.root != key[0]]
        if (
            before_key
            and re.search(r"dominant\w* (?:of|for|to|that leads to|di|de|del|von) [A-G]", question.text)
            and not (key and re.search(r"(?:of|for|de) [A-G][#b]? ?(?:major|minor)", question.text))
        ):
            return (_dominant_of(before_key[0], "The secondary dominant"),)
        if key:
            rows = [
                (f"V7/{numeral}", chord_of(chord.root.up(4, 7).simple(), "7"))
                for numeral, chord in diatonic_chords(*key)[1:]
                if "°" not in numeral
            ]
            text = (
                f"The secondary dominants of {key_text(*key)} are "
                + listed([f"{chord.symbol} ({name})" for name, chord in rows])
                + "."
            )
            value: list[Value] = [{"numeral": name, "chord": chord.symbol} for name, chord in rows]
            return (
                finding(
                    "secondary_dominants",
                    "chord",
                    value,
                    "the seventh chord a perfect fifth above each major or minor degree",
                    text,
                ),
            )
    return ()


def _dominant_of(chord: Chord, what: str) -> Finding:
    dominant = chord_of(chord.root.up(4, 7).simple(), "7")
    text = f"{what} of {chord.symbol} is {dominant.symbol}."
    return finding(
        "secondary_dominant", "chord", dominant.symbol, "the seventh chord a perfect fifth above the target", text
    )


def _negative_harmony(question: Question) -> tuple[Finding, ...]:
    """Notes mirrored on the axis between the minor and major third of the key."""
    key = find_key(question.text)
    if key is None or not question.says(r"negative harmony|negative"):
        return ()
    named = NAMED_KEY.search(question.text) or KEY_OF.search(question.text)
    chords = find_chords(question.text[: named.start()]) if named else ()
    if not chords:
        return ()
    tonic, found = key[0], []
    for chord in chords[:12]:
        mirrored = []
        for note in chord.notes:
            up = (note.pitch_class - tonic.pitch_class) % 12
            steps, semitones = simplest([tonic], (7 - up) % 12)
            mirrored.append(tonic.up(steps, semitones).simple())
        names = [
            other
            for note in mirrored
            for other in name_chords([note, *[m for m in mirrored if m != note]], rooted=True)
        ]
        if not names:
            return ()
        plain = min(names, key=lambda other: len(other.quality))
        text = f"The negative of {chord.symbol} in {key_text(*key)} is {plain.symbol}."
        found.append(
            finding(
                "negative_harmony",
                "chord",
                plain.symbol,
                "every note mirrored so that tonic and fifth change places",
                text,
            )
        )
    return tuple(found)


_PARSERS: tuple[Callable[[Question], tuple[Finding, ...]], ...] = (
    _negative_harmony, _tritone_substitute, _secondary_dominant, _capo, _progression, _transpose,
)  # fmt: skip
