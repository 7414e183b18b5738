"""The page that the writers write on: it numbers what they cite and keeps what they compute."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from ...messages import Evidence, Json, Request, Route, Source, Support
from ..weigh import Findings
from .phrasing import finite

HUB = "hub"  # the agent of what is computed here
SURE, LIKELY = 0.9, 0.6


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without its citations, and what it rests on."""

    text: str
    evidence_ids: tuple[str, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a line about one of several recordings."""

    text: str
    cited: tuple[Evidence, ...]


_YES_OR_NO = re.compile(
    r"(?i)^\W*(?:(?:and|so|ok|hey|please),? )?"
    r"(?:is|are|was|were|does|do|did|has|have|will|would|can|could|should|any)\b"
    r"(?! (?:you|i|we)\b)"
)


class Page:
    """Collects sentences; evidence gets its id ("e1", ...) when it is first cited."""

    def __init__(self, request: Request, route: Route, findings: Findings, version: str = "") -> None:
        self.question = request.question
        self.params = route.params
        self.paths = request.paths
        self.findings = findings
        asked = route.params.get("aspects")
        self.mentioned = tuple(str(item) for item in asked) if isinstance(asked, list) else ()  # in their order
        self.aspects = frozenset(_words(asked))
        self.targets = _targets(route.params)
        self.sentences: list[Sentence] = []
        self.notices: list[str] = []  # what was looked for and is not there: no claims
        self.explained: set[str] = set()  # capabilities whose gap a notice tells in better words
        self.evidence: list[Evidence] = []
        self._ids: dict[int, Evidence] = {}  # identity of what was found → the same with its id
        self._found: list[Evidence] = []  # keeps what was cited alive: an identity must not be given away again
        self._labels = labels((*request.paths, *findings.subjects))
        self._version = version

    def verdict(self, holds: bool | None, text: str) -> str:
        """The sentence behind "Yes: " or "No: " when that is what was asked for; None: neither, "About the same: "."""
        if not _YES_OR_NO.match(self.question) or self.sentences:
            return text
        word = "About the same" if holds is None else "Yes" if holds else "No"
        return f"{word}: {text}" if text.startswith("I ") else f"{word}: {text[:1].lower()}{text[1:]}"

    def asks(self, words: str) -> bool:
        """Whether one of those words (a pattern) stands in the question."""
        return re.search(rf"\b(?:{words})\b", self.question.casefold()) is not None

    def wants(self, *aspects: str) -> bool:
        return not self.aspects.isdisjoint(aspects)

    def focus(self, vocabulary: Iterable[str]) -> frozenset[str]:
        """Which of a capability's aspects were asked for; none means: all in short."""
        return self.aspects.intersection(vocabulary)

    def name(self, subject: str) -> str:
        """The shortest name that tells this recording from the others."""
        return self._labels.get(subject, subject)

    def find(self, subject: str, name: str) -> Evidence | None:
        return self.findings.main(subject, name)

    def number(self, subject: str, name: str) -> tuple[Evidence, float] | None:
        """A main finding together with its number; None when there is none."""
        found = self.find(subject, name)
        value = None if found is None else finite(found.value)
        return None if found is None or value is None else (found, value)

    def cite(self, evidence: Evidence) -> Evidence:
        """The same evidence with the id that it has in this answer."""
        if id(evidence) not in self._ids:
            numbered = replace(evidence, id=f"e{len(self.evidence) + 1}")
            self.evidence.append(numbered)
            self._found.append(evidence)
            # The numbered one stands for itself, so that it can be cited again.
            self._ids[id(evidence)] = self._ids[id(numbered)] = numbered
        return self._ids[id(evidence)]

    def compute(self, name: str, kind: str, unit: str, value: Json, method: str, *operands: Evidence) -> Evidence:
        """New evidence from cited evidence; `{0}`, `{1}` in `method` become the operands' ids."""
        cited = [self.cite(item) for item in operands]
        for index, item in enumerate(cited):
            method = method.replace(f"{{{index}}}", item.id)
        source = Source(HUB, self._version, method)
        confidence = min((item.confidence for item in cited), default=1.0)
        subject = cited[0].subject if cited else ""
        return self.cite(Evidence("", name, kind, value, unit, confidence, subject, source))

    def say(self, text: str, *cited: Evidence, support: Support = "measured") -> None:
        ids = dict.fromkeys(self.cite(item).id for item in cited)
        self.sentences.append(Sentence(text, tuple(ids), support))

    def note(self, text: str, *, instead_of: str = "") -> None:
        """Say something that claims nothing; with a capability, in place of the gap that it left."""
        if text not in self.notices:
            self.notices.append(text)
        self.explained.add(instead_of)


def labels(subjects: Sequence[str]) -> dict[str, str]:
    """Base names; with as many folders as it takes where two recordings share one.

    >>> labels(["a/kick.wav", "b/kick.wav", "b/snare.wav"])
    {'a/kick.wav': 'a/kick.wav', 'b/kick.wav': 'b/kick.wav', 'b/snare.wav': 'snare.wav'}
    """
    unique = tuple(dict.fromkeys(subject for subject in subjects if subject))
    parts = {subject: PurePath(subject.replace("\\", "/")).parts or (subject,) for subject in unique}
    depth = dict.fromkeys(unique, 1)
    while True:
        shown = {subject: "/".join(parts[subject][-depth[subject] :]) for subject in unique}
        holders: dict[str, list[str]] = {}
        for subject, label in shown.items():
            holders.setdefault(label, []).append(subject)
        clash = [s for same in holders.values() if len(same) > 1 for s in same if depth[s] < len(parts[s])]
        if not clash:
            return shown
        for subject in clash:
            depth[subject] += 1


def _words(value: Json) -> list[str]:
    """Aspects, with or without their capability in front."""
    return [str(item).rpartition(".")[2] for item in value] if isinstance(value, list) else []


def _targets(params: Mapping[str, Json]) -> Mapping[str, float]:
    """What the question wants measured against, by the unit: "loudness_lufs", "true_peak_dbtp", "tempo_bpm"."""
    asked = params.get("targets")
    targets = dict(asked) if isinstance(asked, dict) else {}
    if "integrated_lufs" in targets:
        targets.setdefault("loudness_lufs", targets["integrated_lufs"])
    tempi = params.get("tempos_bpm")
    if isinstance(tempi, list) and tempi:
        targets.setdefault("tempo_bpm", tempi[0])
    numbers = {name: finite(item) for name, item in targets.items()}
    return {name: number for name, number in numbers.items() if number is not None}
