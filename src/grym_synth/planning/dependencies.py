"""What a question of arithmetic lacks and a recording can tell: "a dotted eighth for this track" needs its tempo.

The music arithmetic never guesses, so trying tells best: where it has no answer to the question as it stands, and one
once a tempo or a key is named, that is what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..regex import lazily
from .routing.features import fold, shorten

#: How a question is completed, and the findings that bring the values. A tempo stands before it: where the question
#: names another, it goes from the measured one to that.
_COMPLETIONS: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("at {tempo} bpm: ", "", {"tempo": "rhythm.tempo_bpm"}),
    ("", " in {key}", {"key": "tonality.key"}),
    ("", " in {length} s at {tempo} bpm", {"length": "facts.duration_s", "tempo": "rhythm.tempo_bpm"}),
)
_EXAMPLES = {"tempo": "120", "key": "A minor", "length": "180"}
_WANTED = {"tempo": "a tempo", "key": "a key", "length": "a length"}

#: Beside a recording the chords and bars that are heard in it are meant, not those that its key and tempo allow.
_HEARD_INSTEAD = frozenset({"theory.diatonic_chords", "theory.bars"})

#: Stems of what such a question speaks of, folded; without one of them trying is not worth its time.
_TALK = lazily(
    r"delay|retard|ritard|fordroj|verzoger|atraso|echo|lfo|reverb|release|attack time|"
    r"dott|puntill|punktier|pointe|pontuad|puntat|punkterad|triplet|triol|tresillo|tercina|terzin|"
    r"\b(?:half|quarter|eighth|sixteenth|quaver|crotchet)s?\b|\d+(?:th|nd)s?\b|1/\d|"
    r"achtel|viertel|corchea|negra|croche|noire|colcheia|seminima|croma|attondel|fjardedel|"
    r"\bbars?\b|\bmeasures?\b|\btakte?\b|takter|compas|mesures?|battut|"
    r"relativ|parallel|paralel|dominant|neighbo|nachbar|vecin|vizinh|vicin|grann|camelot|mix(?:es)? well|compatib|"
    r"scale|escala|tonleiter|gamme|scala|skala|transpos|semito|halbt|halvton|capo|degree|numeral|chords? (?:of|in)|"
    r"\b[iv]{1,3} chord"
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """The question completed, with words in braces for the values, and the findings that they are taken from."""

    question: str
    takes: Mapping[str, str]  # word → name of a finding

    @property
    def wanted(self) -> str:
        """ "a tempo", "a length and a tempo"."""
        return " and ".join(_WANTED[word] for word in self.takes)


def lacking(question: str, *, is_certain: bool) -> Lacking | None:
    """What has to be measured before the question can be computed; None when nothing would help, or nothing must.

    is_certain : the route says that it is arithmetic; else its words have to say so
    """
    asked = shorten(question).rstrip(" ?!.")
    if not is_certain and _TALK.search(fold(asked)) is None:
        return None
    from ..theory.solve import solve  # here: 80 ms that few questions need

    if solve(asked):
        return None
    for before, behind, takes in _COMPLETIONS:
        found = solve(before.format(**_EXAMPLES) + asked + behind.format(**_EXAMPLES))
        if found and (is_certain or all(item.name not in _HEARD_INSTEAD for item in found)):
            return Lacking(before + asked + behind, takes)
    return None
