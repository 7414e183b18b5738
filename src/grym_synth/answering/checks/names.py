"""Are the keys, notes, chords, terms and formats of a sentence held by its evidence?"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

from ...messages import Evidence
from ...regex import lazily
from ...theory.pitch import note_name
from ..chord_names import chord_id, plain_numeral
from ..weigh import pitch_class_name
from ..words.phrasing import finite
from .case import Case, Problem, holds_words, may_be_alternative
from .held import camelot, canonical_key
from .intervals import width_named
from .tokens import FileName, Name


def check_name(case: Case, name: Name) -> Problem | None:
    bound = case.bound(name.start)
    group = [each for each in case.group_at(name.start) if each.subjects]
    wanted = [frozenset(each.subjects[:1]) for each in group] if len(group) > 1 else [bound]
    if any(_stands_in(text, name.text) for text in case.understood):
        return None
    if name.kind in ("term", "ordinal") and width_named(case, name.start, name.end):
        return None  # see `compass`
    if case.denies(name.start) or _DENIED.search(case.tokens.text[max(0, name.start - 24) : name.start]):
        denied = _judge_denied(case, name, bound)
        if denied is not None:
            return denied or None
    if _is_said_of_everyone(case, name) and not all(_holds_name(case, name, item) for item in _main_keys(case)):
        return Problem(name.text, "not every recording has this key")
    if all(_name_is_held(case, name, each) for each in wanted) or _pairs_hold(case, name, group):
        return None
    if _name_repeats(case, name):
        return None
    return Problem(name.text, f"the cited evidence does not hold this {name.kind}")


def _stands_in(text: str, wanted: str) -> bool:
    """Whether a name stands in a text whole: "C" does not stand in "C#"."""
    return re.search(rf"(?<![\w#]){re.escape(wanted)}(?![\w#])", text) is not None


#: What a denied name would have to be in.
_HOLDERS: dict[str, tuple[str, ...]] = {
    "key": ("musical_key",), "mode": ("musical_key",), "note": ("chord", "musical_key", "note"),
    "camelot": ("musical_key", "label"), "format": ("label",), "term": ("count", "label"), "numeral": ("chord",),
}  # fmt: skip
_DENIED = lazily(r"(?i)\b(?:no|not|never|without|isn't|aren't)(?: an?| any| in| the)? $")


def _judge_denied(case: Case, name: Name, bound: frozenset[str]) -> Problem | Literal[False] | None:
    """A problem where the evidence holds what is denied, False where it says something else, None where it is silent."""
    held = [
        item
        for item in case.cited
        if item.kind in _HOLDERS.get(name.kind, ()) and item.rank == 0 and case.touches(item, bound)
        and (item.kind != "count" or item.name.endswith("metre")) and item.name != "tonality.key_changes"
    ]  # fmt: skip
    if not held:
        return None
    holding = [_holds_name(case, name, item) for item in held]
    # Of several recordings, "not both in A minor" denies it of one of them.
    several = name.kind == "key" and len({item.subject for item in held}) > 1
    is_held = all(holding) if several else any(holding)
    return Problem(name.text, "denied, and the cited evidence holds it") if is_held else False


_EVERYONE = lazily(r"(?i)\b(?:both|all|each|every)\b")


def _main_keys(case: Case) -> list[Evidence]:
    return [item for item in case.cited if item.rank == 0 and item.kind == "musical_key"]


def _is_said_of_everyone(case: Case, name: Name) -> bool:
    """ "Both files are in D major": the only key of a sentence, and said of all."""
    if name.kind != "key" or sum(each.kind == "key" for each in case.tokens.names) > 1:
        return False
    return _EVERYONE.search(case.tokens.text[: name.start]) is not None


_HEARD = lazily(r"(?i)\b(?:hear|heard|measured?|sounds?) (?:like |it as |it in )?$")


def _pairs_hold(case: Case, name: Name, group: list[FileName]) -> bool:
    """ "a.wav and b.wav are in A minor and C major": one each."""
    same = [each for each in case.tokens.names if each.kind == name.kind and case.group_at(each.start) == group]
    if len(group) < 2 or len(same) != len(group):
        return False
    return _name_is_held(case, name, frozenset(group[same.index(name)].subjects[:1]))


def _name_is_held(case: Case, name: Name, subjects: frozenset[str]) -> bool:
    heard = name.kind == "key" and _HEARD.search(case.tokens.text[max(0, name.start - 30) : name.start])
    return any(
        _holds_name(case, name, item)
        and not (heard and item.kind == "tag")
        and case.touches(item, subjects)
        and (
            item.rank == 0
            or item.capability == "theory"
            or may_be_alternative(case, name.start, name.end, _names_before(case, name), _names_behind(case, name))
        )
        for item in case.cited
    )


def _names_before(case: Case, name: Name) -> list[int]:
    """Ends of the names before that are not the same thing in other words ("C major (8B)")."""
    ends = [each.end for each in case.tokens.names if each.end <= name.start and each.kind in ("key", "camelot")]
    if name.kind == "camelot" and ends and name.start - ends[-1] <= 3:
        ends.pop()
    return ends


def _names_behind(case: Case, name: Name) -> list[int]:
    """Where the next key or code begins that is not this one in other words."""
    starts = [each.start for each in case.tokens.names if each.start >= name.end and each.kind in ("key", "camelot")]
    return [start for start in starts if start - name.end > 3]


def _holds_name(case: Case, name: Name, evidence: Evidence) -> bool:
    keys = case.keys(evidence)
    if name.kind == "key":
        return canonical_key(name.text) in keys
    if evidence.kind == "chord" and name.kind == "note":
        wanted = chord_id(name.text.replace(" sharp", "#").replace(" flat", "b"))
        return wanted is not None and any(chord_id(text) == wanted for text in chord_labels(evidence))
    if name.kind in ("form", "section", "numeral"):
        return _holds_mark(name, evidence)
    texts = case.texts(evidence)
    if name.kind == "mode":
        return any(key.endswith(name.text.casefold()) for key in keys) or _in_words(name.text, texts)
    if name.kind == "camelot":
        return name.text in texts or name.text in {camelot(key) for key in keys}
    if name.kind == "note":
        stated = pitch(name.text)
        if evidence.name == "tonality.reference_hz" and stated in ("A4", "A"):
            return True
        if evidence.name == "notes.f0_hz" and (hertz := finite(evidence.value)) is not None and hertz > 0:
            return stated == note_name(round(69 + 12 * math.log2(hertz / 440)))
        return stated in {pitch for text in texts for pitch in _pitches(text)} or stated in _tonics(keys, name.text)
    if name.kind == "ordinal":
        return isinstance(evidence.value, list) and 0 < _ordinal(name.text) <= len(evidence.value)
    if name.kind == "term" and "/" in name.text and evidence.name.endswith("metre"):
        beats, _, unit = name.text.partition("/")
        return finite(evidence.value) == float(beats) and unit in _BEAT_UNITS.get(beats, "4")
    if name.kind == "term" and evidence.capability == "theory":
        texts = [*texts, evidence.source.method]
    return _in_words(name.text, texts)


_ORDINALS = "fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()


def _ordinal(text: str) -> int:
    """What "4th" or "fourth" is worth; 0 when it is none that we know."""
    digits, word = re.match(r"\d+", text), text.casefold()
    return int(digits[0]) if digits else _ORDINALS.index(word) + 4 if word in _ORDINALS else 0


#: What may stand below so many beats to the bar.
_BEAT_UNITS = {"2": ("2", "4"), "3": ("4", "8"), "5": ("4", "8"), "6": ("8", "4"), "7": ("4", "8"), "9": "8", "12": "8"}


def chord_labels(evidence: Evidence) -> list[str]:
    """The labels of a list of chords, in their order."""
    items = evidence.value if isinstance(evidence.value, list) else []
    return [label for item in items if isinstance(item, dict) and isinstance(label := item.get("label"), str)]


def _holds_mark(name: Name, evidence: Evidence) -> bool:
    """Whether a form, the name of a section or a degree is in a finding."""
    if name.kind == "form":
        labels = "".join(chord_labels(evidence)) if evidence.name == "structure.sections" else evidence.value
        return evidence.capability == "structure" and labels == name.text
    if name.kind == "section":
        return evidence.name == "structure.sections" and name.text in chord_labels(evidence)
    if evidence.name == "chords.progression":
        return isinstance(evidence.value, str) and name.text in evidence.value.split()
    held = numerals_of(evidence)
    return evidence.name == "chords.segments" and name.text in {*held, *map(plain_numeral, held)}


def numerals_of(evidence: Evidence) -> list[str]:
    """The degrees of a list of chords, in their order; "" where there is none."""
    items = evidence.value if isinstance(evidence.value, list) else []
    return [str(item.get("numeral") or "") for item in items if isinstance(item, dict)]


def _in_words(wanted: str, texts: Sequence[str]) -> bool:
    """Whether a text has that word, a code's parts ("PCM_16") and shorthand being words too."""
    lower = wanted.casefold().replace("-", " ").replace("_", " ")
    return any(holds_words(text.casefold().replace("-", " ").replace("_", " "), lower) for text in texts)


_PITCH = lazily(r"(?<![A-Za-z0-9#])([A-G])([ -]sharp|[ -]flat|[#b]?)(:?[A-Za-z0-9+#]{0,8}|-\d)(?![A-Za-z#])")


def pitch(text: str) -> str:
    """A note or chord in one spelling: sharps only, "m" for minor, "" for major."""
    match = _PITCH.match(text)
    if match is None:
        return text
    accidental = {"sharp": "#", "flat": "b"}.get(match[2].strip(" -"), match[2])
    quality = match[3].lstrip(":")
    quality = re.sub(r"^(?:minor|min|m)(?!aj)", "m", quality)
    quality = "" if quality in ("maj", "M", "major") else quality
    return pitch_class_name(match[1] + accidental) + quality + text[match.end() :]


def _pitches(text: str) -> set[str]:
    return {pitch(match[0]) for match in _PITCH.finditer(text[:5000])}


def _tonics(keys: set[str], stated: str) -> set[str]:
    """ "Am" and, for a lone letter, "A" of "A minor"."""
    chords = {f"{key.partition(' ')[0]}{'m' if key.endswith('minor') else ''}" for key in keys}
    return chords | (
        {key.partition(" ")[0] for key in keys} if len(stated) <= 2 and not stated.endswith("m") else set()
    )


_NOTE_VALUES = {
    "whole": "1/1", "half": "1/2", "quarter": "1/4", "eighth": "1/8", "sixteenth": "1/16", "thirty second": "1/32",
}  # fmt: skip


def _is_question_term(case: Case, name: Name) -> bool:
    """Whether a question of theory named the same in other words: "1/8 dotted", "Eb" for "Eb major", a tuning's A4."""
    if not any(item.capability == "theory" for item in case.cited):
        return False
    asked = case.asked.text.casefold().replace("-", " ")
    if name.kind == "term":
        words = re.sub(r" (?:note|rest)s?$", "", name.text.casefold().replace("-", " "))
        words = words.rstrip("s") if words.endswith("triplets") else words
        modifier, value = (words[:7], words[7:]) if words.startswith("dotted ") else ("", words)
        triplet = value.endswith(" triplet")
        base = value.removesuffix(" triplet")
        named = (
            base in asked or _NOTE_VALUES.get(base, base) in asked or f"{_NOTE_VALUES.get(base, '/')[2:]}th" in asked
        )
        marked = (not modifier or re.search(r"dotted|\dd\b|\d\.", asked)) and (
            not triplet or re.search("triplet|\\dt\\b", asked)
        )
        return bool(named and marked)
    if name.kind == "key":
        tonic = (canonical_key(name.text) or "").partition(" ")[0]
        return any(each.kind == "note" and pitch(each.text) in (tonic, f"{tonic}m") for each in case.asked.names)
    return name.text == "A4" and re.match(r" (?:at|=|is) [\d.,]+ Hz", case.tokens.text[name.end :]) is not None


def _name_repeats(case: Case, name: Name) -> bool:
    """Whether a name only repeats the question; a key beside another key must be called the asked one."""
    words = [each.text.casefold() for each in case.asked.names if each.kind == name.kind]
    if name.kind == "key":
        words = [canonical_key(each.text) or "" for each in case.asked.names if each.kind == "key"]
        stated = canonical_key(name.text) or name.text
    else:
        stated = name.text.casefold()
    if stated not in words and not _is_question_term(case, name):
        return False
    competing = any(case.keys(item) for item in case.cited if item.capability != "theory")
    musical = name.kind in ("key", "mode", "note", "camelot")
    return not (musical and competing) or case.is_repetition(name.start, name.end)
