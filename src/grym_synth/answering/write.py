"""From findings to an answer: the writers write, the checker reads, what passes is put together with its citations."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ..messages import CAPABILITIES, Claim, Detail, Evidence, Gap, Request, Route
from .check import check
from .checks.held import operands
from .weigh import Contradiction, Findings, weigh
from .words import added, compare, disagreement, edit, errands, knowledge, library, owner, similar, system, theory
from .words.gaps import gap_sentences, unmeasured
from .words.guidance import guidance
from .words.page import Page, Sentence, labels
from .words.writers import MOST_BRIEF_SENTENCES, WRITERS, in_one_line, is_too_long, tell_many, tell_one

log = logging.getLogger(__name__)

#: Findings that travel with an answer although no sentence cites them.
HEADLINES = (
    "facts.duration_s", "loudness.integrated_lufs", "loudness.true_peak_dbtp", "rhythm.tempo_bpm", "tonality.key",
    "tonality.camelot", "tonality.tuning_cents", "spectrum.centroid_hz", "chords.progression", "structure.form",
    "notes.note_count", "timbre.label",
)  # fmt: skip

#: Aspects that a headline answers by itself.
PLAIN_ASPECTS = frozenset({"loudness.integrated", "rhythm.tempo", "tonality.key"})

#: What has a writer of its own; what was measured for its sake is not told.
_TOLD_APART = frozenset(("theory", "edit", "system", "similar", "library", "teach", "knowledge", "learn", "share"))
NOTHING_FOUND = "I have no finding that answers this."


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is checked.

    `evidence` has its ids: what the sentences cite, in that order, then the headline findings. `notices` are said
    at the end, after the gaps; they claim nothing. `untold` are the gaps that still have to be said in words.
    `commands` come last, a line each: what does the next step.
    """

    sentences: tuple[Sentence, ...]
    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...] = ()
    notices: tuple[str, ...] = ()
    untold: tuple[Gap, ...] = ()
    question: str = ""
    subjects: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    detail: Detail = "normal"


def write(
    request: Request, route: Route, evidence: Sequence[Evidence], gaps: Sequence[Gap], *, version: str = ""
) -> Draft:
    """Say what the evidence says about the question, in the order of the route, as briefly or fully as asked."""
    findings = weigh(evidence)
    gaps = [*gaps, *unmeasured(route, evidence, gaps)]
    page = _written(Page(request, route, findings, version), request, route)
    capabilities = _wanted(route, findings)
    for item in evidence:
        if item.name in HEADLINES and item.rank == 0 and item.value is not None and item.capability in capabilities:
            page.cite(item)
    sentences, numbered = page.finish()
    notices = list(page.notices)
    if not route.capabilities and not sentences:
        notices.append(guidance(request.question, findings.subjects or request.paths, is_brief=page.is_brief))
    elif not sentences and not notices and not gaps:
        notices.append(NOTHING_FOUND)
    known = tuple(dict.fromkeys((*request.paths, *findings.subjects)))
    untold = tuple(gap for gap in gaps if not _is_told(gap, page))
    return Draft(
        sentences, numbered, tuple(gaps), tuple(notices), untold, request.question, known, page.commands, request.detail
    )  # fmt: skip


def compose(draft: Draft, claims: Sequence[Claim] | None = None) -> tuple[str, tuple[Claim, ...]]:
    """The answer's text with its citations, and its claims: only sentences that pass the checker.

    A sentence of ours that fails is our bug: it is left out and logged. Gaps, notices and commands follow in words.
    `claims`, where given, stand in place of our sentences: they have been checked already, and carry their citations.
    """
    claims = _checked(draft) if claims is None else tuple(claims)
    names = labels((*draft.subjects, *(gap.subject for gap in draft.gaps)))
    closing = [*gap_sentences(draft.untold, names, detail=draft.detail), *draft.notices]
    if not claims and not closing and not draft.commands:
        closing = [NOTHING_FOUND]
    # About several recordings, or in full, a line for each statement.
    between = "\n" if len(draft.subjects) > 1 or draft.detail == "full" else " "
    text = between.join(dict.fromkeys((*(claim.text for claim in claims), *closing)))
    return "\n".join(part for part in (text, *draft.commands) if part), tuple(claims)


def _checked(draft: Draft) -> tuple[Claim, ...]:
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
    return tuple(claims)


def _wanted(route: Route, findings: Findings) -> list[str]:
    """The capabilities that are written about: those of the route that are measured, or all there is."""
    if route.capabilities and not set(route.capabilities) - _TOLD_APART:
        return []
    return [name for name in WRITERS if name in route.capabilities] or [name for name in WRITERS if findings.has(name)]


def _written(page: Page, request: Request, route: Route) -> Page:
    """The page with everything said on it; a brief one that came out too long is written again, in one line."""
    findings = page.findings
    if "theory" in route.capabilities or findings.has("theory"):
        theory.describe(page)
    if findings.has("system"):
        system.describe(page)
    if findings.has("edit"):
        edit.describe(page)
    if findings.has("similar"):
        similar.describe(page)
    if findings.has("teach"):
        owner.describe_teaching(page)
    if findings.has("library"):
        library.describe(page)
    if findings.has("knowledge"):
        knowledge.describe(page)
    if findings.has("learn") or findings.has("share"):
        errands.describe(page)
    subjects, wanted = _in_order(request, findings), _wanted(route, findings)
    if findings.has("compare"):
        compare.describe(page)
    if len(subjects) > 1:
        tell_many(page, wanted, subjects)
    elif subjects:
        tell_one(page, wanted, subjects[0])
        if is_too_long(page) and len(wanted) == 1:
            del page.answers[MOST_BRIEF_SENTENCES:]
        elif is_too_long(page) and not findings.has("theory"):
            page = Page(request, route, findings)
            in_one_line(page, wanted, subjects[0])
    for capability in route.capabilities:
        if capability not in CAPABILITIES:
            for subject in subjects:
                added.describe(page, capability, subject, is_named=len(subjects) > 1)
    owner.describe(page, wanted, subjects)
    _tell_disagreements(page, wanted, is_named=len(subjects) > 1)
    return page


def _tell_disagreements(page: Page, wanted: Sequence[str], *, is_named: bool) -> None:
    """What is written about a recording and not heard in it; in full also what is both."""

    def concerns(found: Contradiction) -> bool:
        vocabulary = WRITERS[found.capability].VOCABULARY
        return found.capability in wanted and disagreement.concerns(page, found, vocabulary)

    for found in filter(concerns, page.findings.contradictions):
        if not page.is_brief or (not is_named and len(page.answers) < MOST_BRIEF_SENTENCES):
            disagreement.tell(page, found, is_named=is_named)
    for found in filter(concerns, page.findings.agreements if page.is_full else ()):
        disagreement.agree(page, found, is_named=is_named)


def _is_told(gap: Gap, page: Page) -> bool:
    """Whether what could not be measured needs no words: a notice tells it, or what was asked for is there anyway."""
    if gap.code != "unmeasurable":
        return False
    if gap.capability == "compare" and page.answers:
        return not ("key" in gap.reason and page.wants("fit", "key"))
    beside = {name for name in page.mentioned if name.startswith(f"{gap.capability}.")} - PLAIN_ASPECTS
    headlines = (page.find(gap.subject, name) for name in HEADLINES if name.startswith(f"{gap.capability}."))
    is_there = any(item is not None and item.value is not None for item in headlines)
    return gap.capability in page.explained or (is_there and not beside and bool(page.answers))


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


def _in_order(request: Request, findings: Findings) -> tuple[str, ...]:
    """Recordings in the order in which they were asked for."""
    asked = [path for path in request.paths if path in findings.subjects]
    return tuple(dict.fromkeys((*asked, *(name for name in findings.subjects if name))))
