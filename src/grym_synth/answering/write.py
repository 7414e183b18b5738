"""From findings to an answer: the writers write, the checker reads, what passes is put together with its citations."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..messages import CAPABILITIES, Claim, Evidence, Gap, Request, Route
from .check import check
from .checks.held import operands
from .weigh import Contradiction, Findings, weigh
from .words import (
    added,
    chords,
    compare,
    facts,
    faults,
    loudness,
    notes,
    rhythm,
    spectrum,
    structure,
    theory,
    timbre,
    tonality,
)
from .words import phrasing as say
from .words.gaps import gap_sentences, unmeasured
from .words.page import Page, Phrase, Sentence, labels

log = logging.getLogger(__name__)


class Writer(Protocol):
    """What each module of `words` about a recording offers."""

    VOCABULARY: frozenset[str]

    def describe(self, page: Page, subject: str) -> None: ...
    def brief(self, page: Page, subject: str) -> list[Phrase]: ...
    def rank(self, page: Page, subjects: tuple[str, ...]) -> None: ...


#: Writers of what is heard in a recording, in the order of a full report.
WRITERS: Mapping[str, Writer] = {
    "facts": facts, "loudness": loudness, "rhythm": rhythm, "tonality": tonality, "chords": chords,
    "spectrum": spectrum, "structure": structure, "notes": notes, "timbre": timbre,
}  # fmt: skip

#: Findings that travel with an answer although no sentence cites them.
HEADLINES = (
    "facts.duration_s", "loudness.integrated_lufs", "loudness.true_peak_dbtp", "rhythm.tempo_bpm", "tonality.key",
    "tonality.camelot", "tonality.tuning_cents", "spectrum.centroid_hz", "chords.progression", "structure.form",
    "notes.note_count", "timbre.label",
)  # fmt: skip

#: Aspects that a headline answers by itself.
PLAIN_ASPECTS = frozenset({"loudness.integrated", "rhythm.tempo", "tonality.key"})

NOT_FOR_THIS_HUB = (
    "That is not a question I can answer. Ask me about a recording, such as its loudness, tempo, key, spectrum or "
    'faults, or about music arithmetic: "How fast is it, and in which key?"'
)
NOTHING_FOUND = "I have no finding that answers this."


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is checked.

    `evidence` has its ids: what the sentences cite, in that order, then the headline findings. `notices` are said
    at the end, after the gaps; they claim nothing. `untold` are the gaps that still have to be said in words.
    """

    sentences: tuple[Sentence, ...]
    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...] = ()
    notices: tuple[str, ...] = ()
    untold: tuple[Gap, ...] = ()
    question: str = ""
    subjects: tuple[str, ...] = ()


def write(
    request: Request, route: Route, evidence: Sequence[Evidence], gaps: Sequence[Gap], *, version: str = ""
) -> Draft:
    """Say what the evidence says about the question, in the order of the route."""
    findings = weigh(evidence)
    gaps = [*gaps, *unmeasured(route, evidence, gaps)]
    page = Page(request, route, findings, version)
    subjects = _in_order(request, findings)
    if "theory" in route.capabilities or findings.has("theory"):
        theory.describe(page)
    wanted = [name for name in WRITERS if name in route.capabilities] or [
        name for name in WRITERS if findings.has(name)
    ]
    if findings.has("compare"):
        compare.describe(page)
    if len(subjects) > 1:
        _write_many(page, wanted, subjects)
    elif subjects:
        _write_one(page, _most_asked_first(page, wanted), subjects[0])
    for capability in route.capabilities:
        if capability not in CAPABILITIES:
            for subject in subjects:
                added.describe(page, capability, subject, is_named=len(subjects) > 1)
    for contradiction in findings.contradictions:
        capability = _topic_capability(contradiction)
        focus = page.focus(WRITERS[capability].VOCABULARY)
        if capability in wanted and (not focus or contradiction.topic in focus):
            _write_contradiction(page, contradiction, is_named=len(subjects) > 1)
    for item in evidence:
        if item.name in HEADLINES and item.rank == 0 and item.value is not None:
            page.cite(item)
    notices = list(page.notices)
    if not route.capabilities and not page.sentences:
        notices.append(NOT_FOR_THIS_HUB)
    elif not page.sentences and not notices and not gaps:
        notices.append(NOTHING_FOUND)
    known = tuple(dict.fromkeys((*request.paths, *findings.subjects)))
    return Draft(
        tuple(page.sentences),
        tuple(page.evidence),
        tuple(gaps),
        tuple(notices),
        tuple(gap for gap in gaps if not _is_told(gap, page)),
        request.question,
        known,
    )


def compose(draft: Draft, checked: Sequence[Claim] | None = None) -> tuple[str, tuple[Claim, ...]]:
    """The answer's text with its citations, and its claims; gaps and notices follow in words.

    checked : what takes the place of our own sentences, checked already (see `rewording`)
    """
    claims = _checked(draft) if checked is None else list(checked)
    closing = [*gap_sentences(draft.untold, _gap_names(draft)), *draft.notices]
    if not claims and not closing:
        closing = [NOTHING_FOUND]
    between = "\n" if len(draft.subjects) > 1 else " "  # about several recordings, a line for each statement
    text = between.join(dict.fromkeys((*(claim.text for claim in claims), *closing)))
    return text, tuple(claims)


def _checked(draft: Draft) -> list[Claim]:
    """Our own sentences that pass the checker. One that fails is our bug: it is left out and logged."""
    by_id = {item.id: item for item in draft.evidence}
    claims = []
    for sentence in draft.sentences:
        cited = with_operands([by_id[name] for name in sentence.evidence_ids if name in by_id], draft.evidence)
        problems = check(sentence.text, cited, question=draft.question, subjects=draft.subjects)
        if not cited:
            log.error("sentence without evidence dropped", extra={"sentence": sentence.text})
        elif problems:
            reasons = [f"{problem.text!r}: {problem.reason}" for problem in problems]
            log.error(
                "sentence failed its check and was dropped", extra={"sentence": sentence.text, "problems": reasons}
            )
        else:
            claims.append(Claim(cite(sentence), sentence.evidence_ids, sentence.support))
    return claims


def _is_told(gap: Gap, page: Page) -> bool:
    """Whether what could not be measured needs no words: a notice tells it, or what was asked for is there anyway."""
    if gap.code != "unmeasurable":
        return False
    if gap.capability == "compare" and page.sentences:
        return not ("key" in gap.reason and page.wants("fit", "key"))
    beside = {name for name in page.mentioned if name.startswith(f"{gap.capability}.")} - PLAIN_ASPECTS
    headlines = (page.find(gap.subject, name) for name in HEADLINES if name.startswith(f"{gap.capability}."))
    is_there = any(item is not None and item.value is not None for item in headlines)
    return gap.capability in page.explained or (is_there and not beside and bool(page.sentences))


def with_operands(cited: Sequence[Evidence], evidence: Sequence[Evidence]) -> list[Evidence]:
    """The cited evidence together with what the computed ones among it were computed from."""
    every = list(cited)
    for item in cited:
        every += [operand for operand in operands(item, evidence) if operand not in every]
    return every


def cite(sentence: Sentence) -> str:
    """The sentence with its citations before its full stop: "It runs at 126 BPM [e1]." """
    body = sentence.text.rstrip()
    stop = body[-1:] if body[-1:] in ".!?" else ""
    marks = "".join(f"[{name}]" for name in sentence.evidence_ids)
    return f"{body[: len(body) - len(stop)]} {marks}{stop or '.'}" if marks else body


def _gap_names(draft: Draft) -> dict[str, str]:
    return labels((*draft.subjects, *(gap.subject for gap in draft.gaps)))


def _in_order(request: Request, findings: Findings) -> tuple[str, ...]:
    """Recordings in the order in which they were asked for."""
    asked = [path for path in request.paths if path in findings.subjects]
    return tuple(dict.fromkeys((*asked, *(name for name in findings.subjects if name))))


def _most_asked_first(page: Page, wanted: list[str]) -> list[str]:
    """Capabilities in the order in which the question mentions them; those it does not, in the order of a report."""

    def place(name: str) -> int:
        mentioned = [at for at, aspect in enumerate(page.mentioned) if _belongs(aspect, name)]
        return min(mentioned, default=len(page.mentioned))

    return sorted(wanted, key=place)


def _belongs(aspect: str, capability: str) -> bool:
    """Whether an aspect ("rhythm.tempo", or "tempo" alone) is one of a capability."""
    owner, _, word = aspect.rpartition(".")
    return owner == capability if owner else word in WRITERS[capability].VOCABULARY


def _write_one(page: Page, wanted: list[str], subject: str) -> None:
    if "fault" in page.aspects:
        faults.describe(page, subject)
        wanted = [name for name in wanted if not _told_by_faults(page, name)]
    for name in wanted:
        shared = name == "spectrum" and "balance" in page.aspects and "facts" in wanted
        if shared and not page.focus(spectrum.VOCABULARY - {"balance"}):
            continue  # left and right were meant, not bass and treble
        WRITERS[name].describe(page, subject)


def _told_by_faults(page: Page, name: str) -> bool:
    """Whether faults were all that was asked of a capability: its other findings are nobody's question then."""
    faulty = {"facts": {"fault", "clipping", "dc_offset"}, "spectrum": {"hum", "resonances"}, "loudness": set()}
    return name in faulty and page.focus(WRITERS[name].VOCABULARY) <= faulty[name]


def _write_many(page: Page, wanted: list[str], subjects: tuple[str, ...]) -> None:
    """Rankings first, they are the short answer; then a line a recording."""
    is_about_faults = "fault" in page.aspects
    if is_about_faults:
        wanted = [name for name in wanted if not _told_by_faults(page, name)]
    for name in wanted:
        WRITERS[name].rank(page, subjects)
    for subject in subjects:
        phrases: list[Phrase] = faults.brief(page, subject) if is_about_faults else []
        phrases += [phrase for name in wanted for phrase in WRITERS[name].brief(page, subject)]
        if phrases:
            cited = [item for phrase in phrases for item in phrase.cited]
            unsure = any(phrase.text.startswith(("most likely", "perhaps")) for phrase in phrases)
            text = f"{page.name(subject)}: {', '.join(phrase.text for phrase in phrases)}."
            page.say(text, *cited, support="inferred" if unsure else "measured")


def _topic_capability(contradiction: Contradiction) -> str:
    return {"tempo": "rhythm", "key": "tonality"}[contradiction.topic]


def _write_contradiction(page: Page, found: Contradiction, *, is_named: bool) -> None:
    """Tag and ear side by side, and what would settle it."""
    whose = f"{page.name(found.subject)}: the" if is_named else "The"
    heard = found.heard.value
    tag = say.quotable(found.tag, 40)
    if tag is None:
        return
    if found.topic == "tempo" and isinstance(heard, int | float):
        feel = rhythm.feel(float(heard), found.stated_number or 0.0)
        same = f", the same pulse felt in {feel} time" if feel else ""
        text = f'{whose} tag says "{tag}" but I hear {say.tempo(float(heard))} BPM{same}; tap along to settle which.'
    else:
        text = f'{whose} tag says "{tag}" but I hear {heard}; play the home note of each to settle which.'
    page.say(text, found.stated, found.heard)
