"""The page that the writers write on: it keeps what they say in its order, and numbers what they cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePath

from ...messages import Evidence, Json, Request, Route, Source, Support
from ...regex import lazily
from ..weigh import Findings
from .certainty import LIKELY, SURE
from .phrasing import finite

__all__ = ["HUB", "LIKELY", "SURE", "Page", "Phrase", "Said", "Sentence", "joined", "labels"]

HUB = "hub"  # the agent of what is computed here
MOST_SUGGESTIONS = 2


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without its citations, and what it rests on."""

    text: str
    evidence_ids: tuple[str, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a line about one of several recordings; a list stands between semicolons."""

    text: str
    cited: tuple[Evidence, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence whose evidence is not numbered yet."""

    text: str
    cited: tuple[Evidence, ...]
    support: Support
    command: str = ""  # of a suggestion: what does it, with the words before it


_YES_OR_NO = lazily(
    r"(?i)^\W*(?:(?:and|so|ok|hey|please),? )?"
    r"(?:is|are|was|were|does|do|did|has|have|will|would|can|could|should|any)\b"
    r"(?! (?:you|i|we)\b)"
)
#: Where a bare yes or no could be taken either way: "isn't it too loud?", "50 or 60 Hz?", but not "clipping or not?".
_AMBIGUOUS = lazily(
    r"(?i)\b(?:is|are|was|were|does|do|did|has|have|will|would|can|could|should)n't\b"
    r"|^\W*(?:(?:and|so|ok|hey|please),? )?\w+ (?:(?!or\b)\w+ ){1,3}(?:not|never)\b"
    r"|\bor\b(?! (?:not|so|no|what|something|anything|any|is that|am i)\b)"
)


def joined(phrases: Sequence[Phrase]) -> str:
    """The text of a line: "126 BPM, A minor; chords Am – Dm; form AABA"."""
    text = "".join(phrase.text for phrase in phrases[:1])
    has_lists = any(phrase.is_list for phrase in phrases)
    for before, phrase in pairwise(phrases):
        # Beside a list, what belongs to it must be plain: every subject stands by itself.
        apart = has_lists and before.cited[0].capability != phrase.cited[0].capability
        text += ("; " if phrase.is_list or before.is_list or apart else ", ") + phrase.text
    return text


class Page:
    """Collects what is said: the answer, what matters beside it, and what to do next, in this order.

    A brief answer is the first of these alone. Evidence gets its id ("e1", ...) in `finish`, in the order in which the
    sentences cite it.
    """

    def __init__(self, request: Request, route: Route, findings: Findings, version: str = "") -> None:
        self.question = request.question
        self.is_brief, self.is_full = request.detail == "brief", request.detail == "full"
        self.params = route.params
        self.paths = request.paths
        self.findings = findings
        asked = route.params.get("aspects")
        self.mentioned = tuple(str(item) for item in asked) if isinstance(asked, list) else ()  # in their order
        self.aspects = frozenset(_words(asked))
        self.targets = _targets(route.params)
        self.only = route.capabilities[0] if len(route.capabilities) == 1 else ""  # what alone was asked for
        self.answers: list[Said] = []
        self.beside: list[Said] = []
        self.suggestions: list[Said] = []
        self.notices: list[str] = []  # what was looked for and is not there: no claims
        self.explained: set[str] = set()  # capabilities whose gap a notice tells in better words
        self._carried: list[Evidence] = []
        self._operands: dict[int, tuple[Evidence, ...]] = {}
        self._computed: list[Evidence] = []  # keeps them alive: an identity must not be given away again
        self._labels = labels((*request.paths, *findings.subjects))
        self._version = version

    # --- what was asked ---

    def verdict(self, holds: bool | None, text: str) -> str:
        """The sentence behind "Yes: " or "No: " when that is what was asked for; None: neither, "About the same: "."""
        if not _YES_OR_NO.match(self.question) or self.answers or _AMBIGUOUS.search(self.question):
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

    # --- what was found ---

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

    def compute(self, name: str, kind: str, unit: str, value: Json, method: str, *operands: Evidence) -> Evidence:
        """New evidence from what was found; `{0}`, `{1}` in `method` become the operands' ids."""
        confidence = min((item.confidence for item in operands), default=1.0)
        subject = operands[0].subject if operands else ""
        made = Evidence("", name, kind, value, unit, confidence, subject, Source(HUB, self._version, method))
        self._computed.append(made)
        self._operands[id(made)] = operands
        return made

    # --- what is said ---

    def say(self, text: str, *cited: Evidence, support: Support = "measured") -> None:
        """A sentence of the answer."""
        self.answers.append(Said(text, cited, support))

    def add(self, text: str, *cited: Evidence, support: Support = "measured") -> None:
        """A sentence about what matters beside the answer; a full answer has it where it belongs."""
        if not self.is_brief:
            (self.answers if self.is_full else self.beside).append(Said(text, cited, support))

    def suggest(self, text: str, *cited: Evidence, command: str = "", support: Support = "inferred") -> None:
        """What to do next: advice, a command that does it ("To see it: grym ..."), or both. The first two count."""
        known = {each.command for each in self.suggestions} - {""}
        if not command.isprintable():  # it names a file that cannot be typed as it is shown
            if not text:
                return
            command = ""
        if not self.is_brief and command not in known:
            self.suggestions.append(Said(text, cited, support, command))

    def note(self, text: str, *, instead_of: str = "") -> None:
        """Say something that claims nothing; with a capability, in place of the gap that it left."""
        if text not in self.notices:
            self.notices.append(text)
        self.explained.add(instead_of)

    def remark(self, text: str) -> None:
        """A note that a brief answer does without."""
        if not self.is_brief:
            self.note(text)

    def told(self, evidence: Evidence) -> bool:
        """Whether a sentence cites it."""
        return any(item is evidence for said in (*self.answers, *self.beside) for item in said.cited)

    def cite(self, evidence: Evidence) -> Evidence:
        """Let evidence travel with the answer though no sentence cites it."""
        self._carried.append(evidence)
        return evidence

    # --- what comes of it ---

    @property
    def commands(self) -> tuple[str, ...]:
        return tuple(each.command for each in self.suggestions[:MOST_SUGGESTIONS] if each.command)

    @property
    def sentences(self) -> list[Sentence]:
        return list(self.finish()[0])

    @property
    def evidence(self) -> list[Evidence]:
        return list(self.finish()[1])

    def finish(self) -> tuple[tuple[Sentence, ...], tuple[Evidence, ...]]:
        """All sentences in their order, and the evidence with its ids: what they cite, then what is carried."""
        advice = [each for each in self.suggestions[:MOST_SUGGESTIONS] if each.text]
        numbering = _Numbering(self._operands)
        sentences = []
        for said in (*self.answers, *self.beside, *advice):
            ids = dict.fromkeys(numbering.id_of(item) for item in said.cited)
            sentences.append(Sentence(said.text, tuple(ids), said.support))
        for item in self._carried:
            numbering.id_of(item)
        return tuple(sentences), tuple(numbering.evidence)


class _Numbering:
    """Gives ids in the order of citing; what was computed comes behind what it was computed from."""

    def __init__(self, operands: Mapping[int, Sequence[Evidence]]) -> None:
        self.evidence: list[Evidence] = []
        self._operands = operands
        self._ids: dict[int, str] = {}

    def id_of(self, item: Evidence) -> str:
        if id(item) not in self._ids:
            method = item.source.method
            for place, operand in enumerate(self._operands.get(id(item), ())):
                method = method.replace(f"{{{place}}}", self.id_of(operand))
            self._ids[id(item)] = f"e{len(self.evidence) + 1}"
            self.evidence.append(replace(item, id=self._ids[id(item)], source=replace(item.source, method=method)))
        return self._ids[id(item)]


def labels(subjects: Sequence[str]) -> dict[str, str]:
    """Base names on one line; with as many folders as it takes where two recordings share one.

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
            return {subject: one_line(label) for subject, label in shown.items()}
        for subject in clash:
            depth[subject] += 1


def one_line(name: str) -> str:
    """A name of a stranger's as it may stand in a sentence: line breaks, escape codes and broken bytes spelled out."""
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name)


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
