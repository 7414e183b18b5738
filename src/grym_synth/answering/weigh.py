"""Evidence in order: what was found of which recording, what else it could be, and what contradicts what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..messages import Evidence
from .words.phrasing import finite, number_in, text_in

#: Tags in which a tempo or a key is written, lower case.
TEMPO_TAGS = ("bpm", "tbpm", "tempo")
KEY_TAGS = ("initialkey", "initial_key", "initial key", "tkey", "key")

FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#", "Cb": "B", "Fb": "E", "E#": "F", "B#": "C"}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two findings of one recording that cannot both be right, and what would settle it."""

    subject: str
    topic: str  # "tempo", "key"
    stated: Evidence  # what the tags say
    heard: Evidence
    tag: str  # the tag's own text
    stated_number: float | None = None  # the tag's tempo, in BPM


@dataclass(frozen=True, slots=True)
class Findings:
    """A view of evidence: nothing is added, nothing is lost."""

    evidence: tuple[Evidence, ...]
    subjects: tuple[str, ...]  # in the order in which they were heard
    contradictions: tuple[Contradiction, ...]
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
        if item.capability != "theory":
            subjects.setdefault(item.subject)
    ordered = {at: tuple(sorted(items, key=lambda item: item.rank)) for at, items in ranked.items()}
    findings = Findings(tuple(evidence), tuple(subjects), (), ordered)
    found = tuple(item for subject in subjects for item in _contradictions(findings, subject))
    return Findings(findings.evidence, findings.subjects, found, ordered)


def tag_text(tags: Evidence | None, names: Iterable[str]) -> str | None:
    """The text of the first of those tags that a recording carries."""
    if tags is None or not isinstance(tags.value, dict):
        return None
    by_name = {str(name).casefold(): value for name, value in tags.value.items()}
    for name in names:
        value = by_name.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if (number := finite(value)) is not None:
            return f"{number:g}"
    return None


def pitch_class_name(name: str) -> str:
    """A note name with sharps only: "Bb" and "B♭" are "A#"."""
    shown = name[:1].upper() + name[1:].replace("♯", "#").replace("♭", "b")
    return FLATS.get(shown, shown)


def read_key(text: str) -> str | None:
    """A key as a tag writes it ("Am", "F#m", "Bb major", "A min") as "A minor"; None when it is none."""
    match = re.fullmatch(r"\s*([A-Ga-g])([#b♯♭]?)[ _-]?(m|min|minor|moll|maj|major|dur)?\s*", text.strip()[:40])
    if match is None:
        return None
    mode = "minor" if (match[3] or "") in ("m", "min", "minor", "moll") else "major"
    return f"{pitch_class_name(match[1].upper() + match[2])} {mode}"


def _contradictions(findings: Findings, subject: str) -> list[Contradiction]:
    tags = findings.main(subject, "facts.tags")
    found = []
    tempo, stated = findings.main(subject, "rhythm.tempo_bpm"), tag_text(tags, TEMPO_TAGS)
    if tags is not None and tempo is not None and stated is not None:
        heard_bpm, stated_bpm = number_in(tempo), _number(stated)
        # A tag is often rounded to a whole number: half a beat a minute is no contradiction.
        if heard_bpm is not None and stated_bpm is not None and abs(heard_bpm - stated_bpm) > 0.75:
            found.append(Contradiction(subject, "tempo", tags, tempo, stated, stated_bpm))
    key, stated = findings.main(subject, "tonality.key"), tag_text(tags, KEY_TAGS)
    if tags is not None and key is not None and stated is not None:
        heard_key, stated_key = text_in(key), read_key(stated)
        if heard_key is not None and stated_key is not None and read_key(heard_key) != stated_key:
            found.append(Contradiction(subject, "key", tags, key, stated))
    return found


def _number(text: str) -> float | None:
    match = re.fullmatch(r"\s*(\d{1,3}(?:[.,]\d{1,4})?)\s*(?:bpm)?\s*", text[:40], re.IGNORECASE)
    return float(match[1].replace(",", ".")) if match else None
