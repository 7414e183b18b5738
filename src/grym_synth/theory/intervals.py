"""Intervals: their names, sizes and just ratios, and the notes and intervals named in a text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..regex import lazily
from .pitch import Note, parse_note

_NUMBERS = (
    "unison", "second", "third", "fourth", "fifth", "sixth", "seventh", "octave", "ninth", "tenth", "eleventh",
    "twelfth",
    "thirteenth", "fourteenth", "fifteenth",
)  # fmt: skip
_NATURAL = (0, 2, 4, 5, 7, 9, 11)  # semitones of the major and perfect intervals
_PERFECT = (0, 3, 4)

#: The simple ratios of just intonation (five-limit).
JUST_RATIOS: Mapping[str, tuple[int, int]] = {
    "perfect unison": (1, 1), "minor second": (16, 15), "major second": (9, 8), "minor third": (6, 5),
    "major third": (5, 4),
    "perfect fourth": (4, 3), "augmented fourth": (45, 32), "diminished fifth": (64, 45), "perfect fifth": (3, 2),
    "minor sixth": (8, 5), "major sixth": (5, 3), "minor seventh": (9, 5), "major seventh": (15, 8),
    "perfect octave": (2, 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interval:
    """A step between two notes: letters moved and semitones, both signed; `steps` is None when unspelled."""

    steps: int | None
    semitones: int

    @property
    def name(self) -> str:
        """ "minor sixth"; without a sign, as intervals are named."""
        return interval_name(*self.spelled())

    def spelled(self) -> tuple[int, int]:
        """Steps and semitones, with the usual name for a bare number of semitones."""
        if self.steps is not None:
            return self.steps, self.semitones
        octaves, rest = divmod(abs(self.semitones), 12)
        steps = 7 * octaves + (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)[rest]
        return (steps, self.semitones) if self.semitones >= 0 else (-steps, self.semitones)

    def __neg__(self) -> Interval:
        return Interval(None if self.steps is None else -self.steps, -self.semitones)


def interval_name(steps: int, semitones: int) -> str:
    """Name of an interval by its letters and semitones: (5, 8) is "minor sixth"; downwards as upwards."""
    if steps < 0:
        steps, semitones = -steps, -semitones
    octaves, place = divmod(steps, 7)
    excess = semitones - _NATURAL[place] - 12 * octaves
    number = _NUMBERS[steps] if steps < len(_NUMBERS) else f"{steps + 1}th"
    if place in _PERFECT:
        quality = (
            "perfect" if excess == 0 else _many("augmented", excess) if excess > 0 else _many("diminished", -excess)
        )
    elif excess in (0, -1):
        quality = "minor" if excess else "major"
    else:
        quality = _many("augmented", excess) if excess > 0 else _many("diminished", -excess - 1)
    return f"{quality} {number}"


def interval_words(interval: Interval) -> str:
    """ "a minor sixth", or "3 semitones" where it was counted."""
    if interval.steps is None:
        return f"{abs(interval.semitones)} {'semitone' if abs(interval.semitones) == 1 else 'semitones'}"
    if abs(interval.steps) > 7 and interval.steps % 7 == 0 and interval.semitones * 7 == interval.steps * 12:
        return f"{abs(interval.steps) // 7} octaves"
    return f"{'an' if interval.name[0] in 'aeiou' else 'a'} {interval.name}"


def _many(word: str, times: int) -> str:
    return {1: word, 2: f"doubly {word}"}.get(times, f"{times} times {word}")


def interval_between(low: Note, high: Note) -> Interval:
    """From one written note up to another; down when octaves say so. Without octaves: up, within an octave."""
    if low.midi is not None and high.midi is not None and low.octave is not None and high.octave is not None:
        steps = high.letter - low.letter + 7 * (high.octave - low.octave)
        return Interval(steps, high.midi - low.midi)
    steps = (high.letter - low.letter) % 7
    semitones = (high.pitch_class - low.pitch_class) % 12
    # C up to B# is an augmented seventh of twelve semitones, C up to Cb a diminished octave.
    expected = _NATURAL[steps]
    if expected - semitones > 6:
        semitones += 12
    elif semitones - expected > 6:
        steps, semitones = (7, semitones) if steps == 0 else (steps, semitones - 12)
    return Interval(steps, semitones)


def invert(interval: Interval) -> Interval:
    """What is left to the octave: a minor sixth for a major third."""
    steps, semitones = interval.spelled()
    steps, semitones = abs(steps), abs(semitones)
    octaves = max(1, -(-steps // 7))
    return Interval(7 * octaves - steps, 12 * octaves - semitones)


_QUALITIES = {
    "perfect": "perfect", "pure": "perfect", "just": "perfect", "p": "perfect", "major": "major", "maj": "major",
    "minor": "minor",
    "min": "minor", "augmented": "augmented", "aug": "augmented", "diminished": "diminished", "dim": "diminished",
    "sharp": "augmented", "flat": "minor", "flattened": "minor",
}  # fmt: skip
_ORDINALS = {f"{n}{'nd' if n == 2 else 'rd' if n == 3 else 'th'}": n - 1 for n in range(2, 16)}
_WORD = "|".join([*_NUMBERS, *_ORDINALS])
_NAMED = lazily(
    rf"(?<![a-z0-9])(?:(?P<quality>perfect|pure|just|major|minor|maj|min|augmented|aug|diminished|dim)[ -])?"
    rf"(?:(?P<quality2>major|minor|perfect)[ -])?(?P<number>{_WORD}|8ve)s?(?![a-z])(?! (?:chord|degree|mode|"
    rf"inversion|note|harmonic))"
)
_COUNTED = lazily(
    r"(?<![a-z0-9.,])(?P<sign>[+-])?(?P<count>\d{1,3})[ -]?(?P<unit>semi-?tones?|half[ -]?(?:steps?|tones?)|"
    r"semis?|st|whole[ -]?(?:steps?|tones?)|"
    r"tones|octaves?|frets?)(?![a-z])"
)
_SINGLE = lazily(
    r"(?<![a-z0-9])(?:a |one )?(?P<word>tritone|semi-?tone|half[ -]?(?:step|tone)|whole[ -]?(?:step|tone)|"
    r"tone)(?![a-z])"
)
_SHORT = lazily(r"(?<![\w#])(?P<quality>[PMm])(?P<number>[1-9]|1[0-5])(?![\w#])")


def find_interval(text: str, words: str) -> Interval | None:
    """The first interval named: "minor sixth", "m6", "3 semitones"; a bare "third" could be either, so None."""
    if found := _COUNTED.search(words):
        count = int(found["count"]) * (-1 if found["sign"] == "-" else 1)
        unit = found["unit"]
        if unit.startswith("octave"):
            return Interval(7 * count, 12 * count) if abs(count) <= 12 else None
        if unit.startswith(("whole", "tone")):
            # Up to three whole steps keep a letter each.
            return Interval(count if abs(count) <= 3 else None, 2 * count) if abs(count) <= 64 else None
        if unit.startswith("half") and abs(count) == 1:
            return Interval(count, count)
        return Interval(None, count) if abs(count) <= 128 else None
    if found := _SHORT.search(text):
        quality = {"P": "perfect", "M": "major", "m": "minor"}[found["quality"]]
        return make_interval(quality, int(found["number"]) - 1)
    for found in _NAMED.finditer(words):
        number = found["number"]
        steps = 7 if number == "8ve" else _NUMBERS.index(number) if number in _NUMBERS else _ORDINALS[number]
        quality = _QUALITIES.get(found["quality2"] or found["quality"] or "", "")
        return make_interval(quality or ("perfect" if steps % 7 in _PERFECT else ""), steps)
    if found := _SINGLE.search(words):
        word = found["word"]
        if word == "tritone":
            return Interval(3, 6)
        size = 1 if word.startswith(("semi", "half")) else 2
        return Interval(None if word.startswith("semi") else 1, size)
    return None


def make_interval(quality: str, steps: int) -> Interval | None:
    """An interval by its name; None when there is none of that name ("minor fifth")."""
    octaves, place = divmod(steps, 7)
    natural = _NATURAL[place] + 12 * octaves
    perfect = place in _PERFECT
    shift = {
        "perfect": 0 if perfect else None, "major": None if perfect else 0, "minor": None if perfect else -1,
        "augmented": 1,
        "diminished": -1 if perfect else -2,
    }.get(quality)  # fmt: skip
    return None if shift is None or natural + shift < 0 else Interval(steps, natural + shift)


_TOKEN = lazily(
    r"(?<![\w#'/])(?:[A-G](?:##?|bb?|x)?(?:-?\d)?|[a-g]##?-?\d?|[a-g](?:b|bb)?\d|[abdeg]b|H(?:-?\d)?)(?![\w#'])"
)
_ARTICLE = lazily(
    r"A (?=\d|[a-z]+ (?:second|third|fourth|fifth|sixth|seventh)|dotted|quarter|half|whole|triplet|song|loop|"
    r"track|kick|perfect|semitone|tritone)"
)
_PAIR = lazily(
    (
        r"(?:from|between|interval(?: of)?) (?:the )?(?:notes? )?([a-g](?:##?|bb?)?-?\d?) (?:up |down )?(?:to|and|>|"
        r"-) (?:the )?(?:notes? )?([a-g](?:##?|bb?)?-?\d?)(?![\w#])"
    ),
    re.IGNORECASE,
)


def find_pair(text: str) -> tuple[Note, Note] | None:
    """The two notes of "from c to f#", in capitals or not."""
    found = _PAIR.search(text)
    if found is None:
        return None
    low, high = parse_note(found[1]), parse_note(found[2])
    return (low, high) if low and high else None


@functools.lru_cache(maxsize=16)
def find_notes(text: str) -> tuple[Note, ...]:
    """Notes named in a text, in order; the article "A" at its start is none."""
    article = _ARTICLE.match(text)
    return tuple(note for token in _TOKEN.findall(text[2 if article else 0 :]) if (note := parse_note(token)))


def simplest(roots: Iterable[Note], semitones: int) -> tuple[int, int]:
    """Steps and semitones that move all these notes with the fewest accidentals."""
    roots = tuple(roots)
    octaves, rest = divmod(semitones, 12)
    candidates = {
        0: (0,),
        1: (1, 0),
        2: (1, 2),
        3: (2, 1),
        4: (2, 3),
        5: (3,),
        6: (3, 4),
        7: (4,),
        8: (5, 4),
        9: (5, 6),
        10: (6, 5),
        11: (6, 7),
    }[rest]

    def cost(steps: int) -> int:
        return sum(abs(root.up(steps, rest).accidental) ** 2 for root in roots)

    return min(candidates, key=cost) + 7 * octaves, semitones
