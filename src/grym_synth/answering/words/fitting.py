"""Whether two recordings fit by tempo and key, and the edit that makes them."""

from __future__ import annotations

import re

from . import advice
from . import phrasing as say
from .certainty import LIKELY
from .page import Phrase
from .pair import Pair

SAME_TEMPO = 0.002  # share by which two tempi may differ and still be one
_NO_STRETCH_PERCENT = 0.05  # less is no stretch: half or twice the tempo
#: What a finding says of two keys → how it is said.
_KEYS = {
    "same key": "Their keys are the same",
    "relative keys": "Their keys are relatives, made of the same notes",
    "neighbouring keys": "Their keys are neighbours on the Camelot wheel",
    "same tonic, other mode": "They share the home note, in the other mode",
    "keys that clash": "Their keys clash",
}


def fit(pair: Pair) -> None:
    """Whether it fits, in the words of the finding: "fits with a small stretch"."""
    found = pair.find("fit")
    text = say.text_in(found)
    if found is None or not text:
        return
    shown = f"{pair.own} is {text}." if text.startswith("hard") else f"{pair.own} {text}."
    is_asked = pair.page.asks("fit|fits|match|work|go together|layer|blend|mash ?up")
    doubt = found.confidence < LIKELY
    if doubt:
        pair.page.say(f"As far as tempo and key are known, {shown}", found, support="inferred")
        return
    pair.page.say(pair.page.verdict(not text.startswith("hard"), shown) if is_asked else shown, found)


def tempo(pair: Pair, *, is_beside: bool) -> None:
    ratio, stretch, after = (pair.number(name) for name in ("tempo_ratio", "stretch_percent", "stretched_tempo_bpm"))
    if ratio is None:
        return
    tell = pair.page.add if is_beside else pair.page.say
    if abs(ratio[1] - 1) <= SAME_TEMPO:
        tell(f"{pair.own} and {pair.other} have the same tempo.", ratio[0])
    elif stretch is not None and abs(stretch[1]) >= _NO_STRETCH_PERCENT:
        word = "faster" if stretch[1] > 0 else "slower"
        beside = f", at {say.tempo(after[1])} BPM" if after else ""
        text = f"{pair.own} must be played {say.percent(abs(stretch[1]))} {word} to fit {pair.other}{beside}."
        tell(text, stretch[0], *([after[0]] if after else []))


def stretch_phrases(pair: Pair) -> list[Phrase]:
    ratio, stretch, after = (pair.number(name) for name in ("tempo_ratio", "stretch_percent", "stretched_tempo_bpm"))
    if ratio is not None and abs(ratio[1] - 1) <= SAME_TEMPO:
        return [Phrase("the same tempo", (ratio[0],))]
    if stretch is None or abs(stretch[1]) < _NO_STRETCH_PERCENT:
        return []
    word = "faster" if stretch[1] > 0 else "slower"
    beside = f" at {say.tempo(after[1])} BPM" if after else ""
    return [Phrase(f"to be played {say.percent(abs(stretch[1]))} {word}{beside}",
                   (stretch[0], *([after[0]] if after else [])))]  # fmt: skip


def key(pair: Pair, *, is_beside: bool) -> None:
    relation, shift = pair.find("key_relation"), pair.number("shift_semitones")
    tell = pair.page.add if is_beside else pair.page.say
    if relation is not None and (said := key_words(say.text_in(relation))):
        tell(f"{said}.", relation)
    if shift is not None and abs(shift[1]) >= 0.05:
        way = "up" if shift[1] > 0 else "down"
        steps = say.count(round(abs(shift[1])), "semitone")
        tell(f"Shift {pair.own} {way} by {steps} to fit {pair.other}.", shift[0])


def advise(pair: Pair, *, fits: bool) -> None:
    """The one edit that makes it fit."""
    stretch, after, shift = (
        pair.number(name) for name in ("stretch_percent", "stretched_tempo_bpm", "shift_semitones")
    )
    ops = []
    if stretch and after and abs(stretch[1]) >= _NO_STRETCH_PERCENT:
        ops.append(f"stretch={say.tempo(after[1])}bpm")
    if shift and abs(shift[1]) >= 0.05:
        ops.append(f"shift={round(shift[1]):+d}st")
    if fits and ops and (say.text_in(pair.find("fit")) or "").startswith("fits"):
        command = advice.edit_command(pair.subject, " ".join(ops), "fitted", "To make it fit")
        pair.page.suggest("", command=command)


def key_words(relation: str | None) -> str | None:
    """ "Their keys are the same ("8A")" of "same key (8A and 8A)"; None for words that are not ours."""
    match = re.fullmatch(r"([a-z ,]{3,40}) \(((\d{1,2}[AB]) and (\d{1,2}[AB]))\)", relation or "")
    if match is None or match[1] not in _KEYS:
        return None
    return f'{_KEYS[match[1]]} ("{match[3] if match[3] == match[4] else match[2]}")'
