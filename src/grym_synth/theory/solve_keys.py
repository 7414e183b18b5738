"""Questions of keys: signatures, relatives, the circle of fifths, Camelot and Open Key codes."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..regex import lazily
from . import keys
from .chords import find_chords
from .finding import Finding, Value, finding, listed
from .keys import find_key, key_text
from .pitch import Note, spell
from .question import Question

_CODE = lazily(r"(?<![\w.])(1[0-2]|[1-9])([ABab])(?![\w#])")
_OPEN = lazily(r"(?<![\w.])(1[0-2]|[1-9])([dm])(?![\w#])")
OF_RECORDINGS = r"find|library|folder|my (?:tracks|songs|loops|samples)|show me|search|files?|list all|tracks in"


def solve_keys(question: Question) -> tuple[Finding, ...]:
    """Findings of the first kind of question about keys that this one is; empty when it is none."""
    for parser in _PARSERS:
        if found := parser(question):
            return found
    return ()


def _plain(key: tuple[Note, str]) -> str:
    return keys.key_name(key[0].pitch_class, key[1])


def _written(plain: str) -> str:
    return key_text(*keys.usual_spelling(plain))


# --- Camelot --------------------------------------------------------------------------------------------------------


def _camelot(question: Question) -> tuple[Finding, ...]:
    mixing = question.says(
        r"mix(?:es|ing)?|compatible|neighbou?rs?|goes? (?:well )?with|harmonic mixing|harmonically|combina\w*|"
        r"passt|passen|passer|va bien"
    )
    code, named = _CODE.search(question.text), find_key(question.text)
    if question.says(OF_RECORDINGS) or question.tempi:
        return ()
    opened = _OPEN.search(question.text) if question.says("open key") else None
    if not (mixing or question.says(r"camelot|open key|wheel") or code):
        return ()
    plain = (
        keys.from_open_key(opened[0])
        if opened
        else keys.from_camelot(code[0])
        if code
        else _plain(named)
        if named
        else None
    )
    if plain is None:
        return ()
    asked = (opened or code)[0].upper() if code or opened else _written(plain) if named is None else key_text(*named)  # type: ignore[index]
    if mixing:
        return _mixes(plain, asked, by_code=code is not None)
    if opened:
        return (finding("musical_key", "musical_key", plain, "the Open Key wheel", f"{opened[0]} is {plain}."),)
    if code and named is None:
        if not question.says(r"camelot|keys?|what|which|wheel|is|tonart|tonalidad|tonalite"):
            return ()
        return (
            finding(
                "musical_key",
                "musical_key",
                plain,
                "the Camelot wheel: a step is a fifth",
                f"{code[0].upper()} is {plain}.",
            ),
        )
    if question.says("open key"):
        return (
            finding(
                "open_key", "label", keys.open_key(plain), "the Open Key wheel", f"{asked} is {keys.open_key(plain)}."
            ),
        )
    if question.says(r"camelot|wheel"):
        return (
            finding(
                "camelot",
                "label",
                keys.camelot(plain),
                "the Camelot wheel: a step is a fifth",
                f"{asked} is {keys.camelot(plain)}.",
            ),
        )
    return ()


def _mixes(plain: str, asked: str, *, by_code: bool) -> tuple[Finding, ...]:
    fits = keys.neighbours(plain)
    codes = [keys.camelot(key) for key in fits]
    value: list[Value] = [{"camelot": code, "musical_key": key} for code, key in zip(codes, fits, strict=True)]
    pairs = [f"{code} ({key})" if by_code else f"{key} ({code})" for code, key in zip(codes, fits, strict=True)]
    text = f"Beside itself, {asked} mixes well with {listed(pairs)}."
    return (finding("mixes_with", "label", value, "a step down and up the Camelot wheel, and the relative key", text),)


# --- Relatives and signatures ---------------------------------------------------------------------------------------


def _relatives(question: Question) -> tuple[Finding, ...]:
    kind = "relative" if question.says("relative|relatives") else "parallel" if question.says("parallel") else ""
    if not kind or question.says(r"tempo|compression|processing|bars?|loudness|level"):
        return ()
    asked = re.search(r"(?:relative|parallel) (major|minor)", question.words) or re.search(
        r"(major|minor) (?:relative|parallel)", question.words
    )
    named = find_key(question.text.replace(asked[0], "") if asked else question.text)
    if named is None:
        found = re.search(
            r"(?:of|to|de|di|von|du|till|zu|for|from|av) ([A-G][#b]?m?|[a-g](?:#|b)m?)(?![\w#])", question.text
        )
        named = keys.read_key(found[1][0].upper() + found[1][1:]) if found else None
    if named is None:
        chords = find_chords(question.text)
        named = (chords[0].root, "minor" if chords[0].is_minor else "major") if len(chords) == 1 else None
    if named is None:
        return ()
    tonic, mode = named
    is_that_already = False
    if asked and asked[1] == mode:
        # "relative minor of Eb" with a bare letter is major; "of A minor" is told that it is one.
        if (
            re.search(rf"{re.escape(tonic.name)} ?{mode}", question.text.replace(asked[0], ""), re.IGNORECASE)
            or mode == "minor"
        ):
            is_that_already = True
        else:
            mode = "minor" if asked[1] == "major" else "major"
    if kind == "relative":
        other = (tonic.up(-2, -3), "minor") if mode == "major" else (tonic.up(2, 3), "major")
    else:
        other = (tonic, "minor" if mode == "major" else "major")
    method = (
        "three semitones below a major key, above a minor one"
        if kind == "relative"
        else "the other mode on the same tonic"
    )
    own, found_key = key_text(tonic, mode), key_text(other[0].simple(), other[1])
    text = f"The {kind} {other[1]} of {own} is {found_key}."
    if is_that_already:
        text = f"{own} is {mode} already; its {kind} {other[1]} is {found_key}."
    return (finding(f"{kind}_key", "musical_key", key_text(other[0].simple(), other[1]), method, text),)


_SHARP_ORDER, _FLAT_ORDER = ("F#", "C#", "G#", "D#", "A#", "E#", "B#"), ("Bb", "Eb", "Ab", "Db", "Gb", "Cb", "Fb")
_COUNTS = {"no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "a": 1, "tres": 3,
"drei": 3, "trois": 3,
           "tre": 3, "zwei": 2, "dos": 2, "deux": 2, "due": 2, "dois": 2, "vier": 4, "cuatro": 4, "quatre": 4,
           "quattro": 4}  # fmt: skip


def _signature(question: Question) -> tuple[Finding, ...]:
    if (
        not question.says(r"signatures?|sharps?|flats?|accidentals?|kreuze?|b's")
        or question.tempi
        or question.values("hz", "db", "cents")
    ):
        return ()
    named = find_key(question.text)
    if named is None:
        found = re.search(r"(?:of|for|in|has|have|does|de|di|von|hat) ([A-G][#b]?m?)(?![\w#'])", question.text)
        named = keys.read_key(found[1]) if found else None
    if named is None:
        return _key_with(question)
    fifths = keys.key_signature(*named)
    if abs(fifths) > 7:
        return ()
    names = list(_SHARP_ORDER[:fifths] if fifths > 0 else _FLAT_ORDER[:-fifths])
    word = ("sharp" if fifths > 0 else "flat") + ("" if abs(fifths) == 1 else "s")
    count = finding(
        "accidentals", "count", abs(fifths), "steps from C on the circle of fifths",
        f"{key_text(*named)} has {f'{abs(fifths)} {word}' if fifths else '0 sharps and 0 flats'}.",
    )  # fmt: skip
    if not names:
        return (count,)
    which = finding(
        "key_signature",
        "note",
        list(names),
        "in the order of the signature",
        f"They are {listed(names)}." if len(names) > 1 else f"It is {names[0]}.",
    )
    return count, which


def _key_with(question: Question) -> tuple[Finding, ...]:
    """The keys with so many sharps or flats."""
    found = re.search(
        (
            r"(?<!\w)(\d|no|one|two|three|four|five|six|seven|a|dos|tres|cuatro|zwei|drei|vier|deux|trois|quatre|"
            r"due|tre|quattro|dois) (sharp|flat)s?(?![a-z])"
        ),
        question.words,
    )
    if found is None or not question.says(
        r"keys?|signature|scale|major|minor|tonart|tonalidad|tonalite|tonalita|tonalidade"
    ):
        return ()
    count = int(found[1]) if found[1].isdigit() else _COUNTS[found[1]]
    if count > 7:
        return ()
    tonic = Note(0)
    for _ in range(count):
        tonic = tonic.up(4, 7) if found[2] == "sharp" else tonic.up(3, 5)
    tonic = Note(tonic.letter, tonic.accidental)
    pair = [key_text(tonic, "major"), key_text(tonic.up(5, 9), "minor")]
    if question.says("major") != question.says("minor"):
        pair = pair[:1] if question.says("major") else pair[1:]
    text = f"{found[0]} {'is' if count == 1 else 'are'} the signature of {listed(pair)}."
    return (
        finding(
            "keys_with_signature",
            "label",
            list(pair),
            "steps from C on the circle of fifths",
            text[0].upper() + text[1:],
        ),
    )


def _circle(question: Question) -> tuple[Finding, ...]:
    if not question.says(
        r"circle of fifths|cycle of fifths|circle of fourths|cycle of fourths|circle de quintas|circle fifths|"
        r"cercle des fifths|quintenzirkel|kvintcirkeln?|circulo de quintas|circle des fifths|circle delle "
        r"fifths|circle de fifths|circle das fifths"
    ) and not (question.says("circle") and question.says("fifths")):
        return ()
    named = find_key(question.text)
    if named is None:
        found = re.search(r"(?<![\w#])([A-G][#b]?)(?![\w#])", question.text)
        named = (
            keys.read_key(found[1])
            if found and question.says(r"next|after|before|neighbou?rs?|beside|adjacent|around|to")
            else None
        )
    if named is not None:
        tonic, mode = named
        around = [key_text(tonic.up(3, 5).simple(), mode), key_text(tonic.up(4, 7).simple(), mode)]
        text = f"On the circle of fifths {key_text(tonic, mode)} stands between {listed(around)}."
        return (finding("circle_neighbours", "label", list(around), "a fifth down and a fifth up", text),)
    order = ["C", "G", "D", "A", "E", "B", "F#", "Db", "Ab", "Eb", "Bb", "F"]
    if question.says(r"fourths"):
        order = [order[0], *order[:0:-1]]
    text = f"The circle runs {', '.join(order)} and back."
    return (
        finding(
            "circle_of_fifths", "note", list(order), "each a perfect fifth above the one before, or a fourth", text
        ),
    )


def _enharmonic_key(question: Question) -> tuple[Finding, ...]:
    named = find_key(question.text)
    if named is None or not question.says(r"enharmonic\w*"):
        return ()
    tonic, mode = named
    other = next(
        (note for note in (spell(tonic.pitch_class), spell(tonic.pitch_class, flats=True)) if note != tonic), None
    )
    if other is None:
        return ()
    text = f"{key_text(tonic, mode)} is enharmonic with {key_text(other, mode)}."
    return (
        finding(
            "enharmonic_key", "musical_key", key_text(other, mode), "the same keys of the piano by other letters", text
        ),
    )


_PARSERS: tuple[Callable[[Question], tuple[Finding, ...]], ...] = (
    _camelot, _circle, _enharmonic_key, _relatives, _signature,
)  # fmt: skip
