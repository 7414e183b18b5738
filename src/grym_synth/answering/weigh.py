"""Evidence in order: what was found of which recording, what else it could be, and what contradicts what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from ..messages import Evidence
from ..theory.keys import parallel, relative, split_key
from .stated import (
    KEY_TAGS,
    TEMPO_TAGS,
    Stated,
    Topic,
    pitch_class_name,
    read_any_key,
    read_key,
    read_statements,
    tag_text,
)
from .words.phrasing import number_in, objects_in, text_in

__all__ = [
    "KEY_TAGS",
    "TEMPO_TAGS",
    "Contradiction",
    "Findings",
    "Relation",
    "pitch_class_name",
    "read_key",
    "tag_text",
    "weigh",
]

#: What settles a topic, and how far a statement may be off without contradicting it.
HEARD: Mapping[Topic, tuple[str, float]] = {
    "tempo": ("rhythm.tempo_bpm", 0.75),  # BPM: tags are rounded to whole numbers
    "key": ("tonality.key", 0.0),
    "loudness": ("loudness.integrated_lufs", 2.0),  # LU: scanners of the first ReplayGain measured otherwise
    "duration": ("facts.duration_s", 1.0),  # s: players round, encoders pad
}
SAME_PULSE = 0.02  # share by which half or twice a tempo may be off
_NO_RECORDING = (
    "theory",
    "system",
    "similar",
    "library",
    "knowledge",
)  # capabilities whose findings speak of no recording that was asked about

Relation = Literal["", "half", "double", "relative", "parallel", "fifth"]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What is written about a recording and what is heard in it, where they differ; or where they agree."""

    subject: str
    topic: Topic
    stated: tuple[Stated, ...]  # what all say the same
    heard: Evidence
    relation: Relation = ""  # how the two are related, told of what is stated: half the tempo, the relative key

    @property
    def capability(self) -> str:
        return self.heard.capability


@dataclass(frozen=True, slots=True)
class Findings:
    """A view of evidence: nothing is added, nothing is lost."""

    evidence: tuple[Evidence, ...]
    subjects: tuple[str, ...]  # in the order in which they were heard
    contradictions: tuple[Contradiction, ...]
    agreements: tuple[Contradiction, ...]
    _ranked: Mapping[tuple[str, str], tuple[Evidence, ...]]

    def ranked(self, subject: str, name: str) -> tuple[Evidence, ...]:
        """The finding of that name and its alternatives, likeliest first."""
        return self._ranked.get((subject, name), ())

    def main(self, subject: str, name: str) -> Evidence | None:
        ranked = self.ranked(subject, name)
        return ranked[0] if ranked and ranked[0].rank == 0 else None

    def alternatives(self, subject: str, name: str) -> tuple[Evidence, ...]:
        return tuple(item for item in self.ranked(subject, name) if item.rank > 0)

    def of(self, subject: str, capability: str) -> tuple[Evidence, ...]:
        return tuple(item for item in self.evidence if item.subject == subject and item.capability == capability)

    def has(self, capability: str) -> bool:
        return any(item.capability == capability for item in self.evidence)


def weigh(evidence: Sequence[Evidence]) -> Findings:
    """Sort evidence by recording, name and rank, and look for what disagrees."""
    ranked: dict[tuple[str, str], list[Evidence]] = {}
    subjects: dict[str, None] = {}
    for item in evidence:
        ranked.setdefault((item.subject, item.name), []).append(item)
        if item.capability not in _NO_RECORDING:
            subjects.setdefault(item.subject)
    ordered = {at: tuple(sorted(items, key=lambda item: item.rank)) for at, items in ranked.items()}
    plain = Findings(tuple(evidence), tuple(subjects), (), (), ordered)
    against: list[Contradiction] = []
    agreeing: list[Contradiction] = []
    for subject in subjects:
        _hold_against(plain, subject, against, agreeing)
    return Findings(plain.evidence, plain.subjects, tuple(against), tuple(agreeing), ordered)


def relation_of(topic: Topic, stated: Stated, heard: Evidence) -> Relation | None:
    """How a statement stands to what was heard: None where they agree."""
    room = HEARD[topic][1]
    if topic == "key":
        heard_key = read_any_key(text_in(heard) or "")
        return None if heard_key is None or stated.key == heard_key else _key_relation(stated.key or "", heard_key)
    value = number_in(heard)
    if value is None or stated.number is None or abs(value - stated.number) <= room:
        return None
    if topic == "tempo" and value > 0.0:
        for word, times in (("half", 0.5), ("double", 2.0)):
            if abs(stated.number / (times * value) - 1.0) <= SAME_PULSE:
                return "half" if word == "half" else "double"
    return ""


def _hold_against(
    findings: Findings, subject: str, against: list[Contradiction], agreeing: list[Contradiction]
) -> None:
    statements = read_statements(subject, findings.main(subject, "facts.tags"))
    home = _home_chord(findings, subject)
    for topic, (name, _) in HEARD.items():
        heard = findings.main(subject, name)
        if heard is None or heard.value is None:
            continue
        own = [each for each in (*statements, *home) if each.topic == topic]
        differing = [(each, relation) for each in own if (relation := relation_of(topic, each, heard)) is not None]
        for (_, relation), same in groupby(differing, key=lambda each: (each[0].key or each[0].number, each[1])):
            against.append(Contradiction(subject, topic, tuple(each for each, _ in same), heard, relation))
        rest = tuple(each for each in own if relation_of(topic, each, heard) is None and each.where != "chords")
        if rest:
            agreeing.append(Contradiction(subject, topic, rest, heard))


def _key_relation(stated: str, heard: str) -> Relation:
    try:
        if relative(heard) == stated:
            return "relative"
        if parallel(heard) == stated:
            return "parallel"
        (one, mode), (other, other_mode) = split_key(stated), split_key(heard)
    except ValueError:
        return ""
    return "fifth" if mode == other_mode and (one - other) % 12 in (5, 7) else ""


def _home_chord(findings: Findings, subject: str) -> tuple[Stated, ...]:
    """The key that the chords speak for, where they begin and end on one chord that sounds longer than any other."""
    found = findings.main(subject, "chords.segments")
    chords = [
        (label, end - start)
        for each in objects_in(found)
        if isinstance(label := each.get("label"), str)
        and label not in ("N", "X", "")
        and isinstance(start := each.get("start_s"), int | float)
        and isinstance(end := each.get("end_s"), int | float)
    ]
    if found is None or len(chords) < 4 or chords[0][0] != chords[-1][0]:
        return ()
    lasts: dict[str, float] = {}
    for label, length in chords:
        lasts[label] = lasts.get(label, 0.0) + length
    home = chords[0][0]
    key = _key_of_chord(home)
    if key is None or lasts[home] < max(lasts.values()):
        return ()
    return (Stated("key", "chords", home, found, key=key),)


def _key_of_chord(label: str) -> str | None:
    """The key whose home a plain triad is: "A:min" is "A minor", "D" is "D major"."""
    root, _, quality = label.partition(":")
    if quality not in ("", "maj", "min"):
        return None
    return read_key(f"{root} {'minor' if quality == 'min' else 'major'}")
