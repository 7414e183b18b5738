"""Which sentences of a language model stand: those that its evidence holds, and that say what ours say.

The checker decides on numbers, names and comparisons; a sentence must besides keep to our words, verdicts, denials and
doubts about the same findings. What a model tells only in part, ours tell whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..llm.aliases import Aliases
from ..messages import CAPABILITIES, Claim, Evidence, Support
from . import model_sentences as said
from .check import check
from .checks.tokens import Tokens, read
from .words.page import Sentence
from .words.phrasing import finite
from .write import Draft, cite, with_operands

#: From what is surest to what is least sure.
_SUPPORTS: tuple[Support, ...] = ("measured", "quoted", "computed", "inferred")
#: Whose words are not ours: they are quoted or kept back, never reworded.
_STRANGERS = frozenset(("tag", "passage"))
_MOST_ABLATED = 12  # findings of one sentence that are tried one by one

Fact = float | str


@dataclass(frozen=True, slots=True)
class Ours:
    """A sentence of ours that passed the checker.

    needed, facts : the findings that it cannot do without, and its numbers and names; alternatives only where it doubts
    """

    claim: Claim
    sentence: Sentence
    needed: frozenset[str]
    facts: tuple[Fact, ...]
    tokens: Tokens
    is_offered: bool


@dataclass(frozen=True, slots=True)
class Theirs:
    """A sentence of the model: its claim, None when it may not stand, and what it cites or states."""

    claim: Claim | None
    about: frozenset[str]
    facts: tuple[Fact, ...]


def read_ours(draft: Draft, claims: Sequence[Claim]) -> list[Ours]:
    """What each claim of a draft rests on and states, and whether a model may say it in other words."""
    by_text = {cite(sentence): sentence for sentence in draft.sentences}
    by_id = {item.id: item for item in draft.evidence}
    found = []
    for claim in claims:
        sentence = by_text[claim.text]
        cited = [by_id[name] for name in claim.evidence if name in by_id]
        stated = _stated(sentence.text, cited, draft)
        needed = stated or frozenset(claim.evidence)
        tokens = _tokens(sentence.text, cited, draft)
        facts = _facts(tokens)
        if claim.support != "inferred":  # where the finding is sure, its alternatives may be left out
            others = [item for item in cited if item.rank > 0]
            needed = needed - {item.id for item in others} or needed
            facts = tuple(fact for fact in facts if not any(_is_of(fact, item) for item in others))
        is_ours = all(
            item.kind not in _STRANGERS and item.capability in CAPABILITIES and item.capability != "knowledge"
            for item in cited
        )
        # Advice that states nothing the checker reads cannot be checked in other words.
        is_offered = is_ours and bool(stated) and not tokens.quotations
        found.append(Ours(claim, sentence, needed, facts, tokens, is_offered))
    return found


def judge(written: said.Written, draft: Draft, ours: Sequence[Ours], aliases: Aliases) -> Theirs:
    """Whether a sentence of the model may stand, beside the evidence that it was given."""
    offered = [each for each in ours if each.is_offered]
    by_id = {item.id: item for item in draft.evidence}
    known = {name for each in offered for name in each.claim.evidence}
    cited = [by_id[name] for name in written.cited if name in known]
    fallen = Theirs(None, frozenset(item.id for item in cited), ())
    if not cited or len(cited) < len(written.cited) or not said.is_plain(written.text):
        return fallen
    if not aliases.knows_all(written.text):
        return fallen
    text = aliases.show(written.text)
    if check(text, with_operands(cited, draft.evidence), question=draft.question, subjects=draft.subjects):
        return fallen
    stated = _stated(text, cited, draft)
    touched = [each for each in offered if not stated.isdisjoint(each.claim.evidence)]
    about = [each for each in touched if each.needed <= stated] or touched
    tokens = _tokens(text, cited, draft)
    findings = [by_id[name] for name in stated]
    if not stated or not _has_our_facts(tokens, touched, findings) or not _is_said_like(text, findings, tokens, about):
        return fallen
    # What bears a sentence of ours bears it in other words too; whatever else is cited is left out.
    told = frozenset().union(*(each.claim.evidence for each in about if each.needed <= stated))
    ids = tuple(item.id for item in cited if item.id in stated or (item.id in told and item.rank == 0))
    support = max((each.claim.support for each in about), key=_SUPPORTS.index)
    return Theirs(Claim(cite(Sentence(text, ids, support)), ids, support), stated, _facts(tokens))


def _has_our_facts(tokens: Tokens, touched: Sequence[Ours], stated: Sequence[Evidence]) -> bool:
    """Whether each number and name stands in ours about the same, or is the number that was found.

    Rounding is ours to do: what rounds our rounded numbers once more ends too far off.
    """
    ours = [fact for each in touched for fact in _facts(each.tokens, with_ratios=True)]
    found = [_sized(number, item.unit) for item in stated if (number := finite(item.value)) is not None]
    return all(
        any(_is_same(fact, other) for other in ours) or any(_is_same(fact, number, within=5e-4) for number in found)
        for fact in _facts(tokens, with_ratios=True)
    )


def _is_said_like(text: str, stated: Sequence[Evidence], tokens: Tokens, about: Sequence[Ours]) -> bool:
    """Whether a sentence has the words, the verdict, the denials and the doubts of ours about the same findings."""
    texts = [each.sentence.text for each in about]
    words = said.words_of(tokens) - set(said.verdict(text).split())
    our_words = frozenset().union(*(said.words_of(each.tokens) for each in about))
    if not said.speaks_of(words, our_words, stated) or said.turns_round(words, our_words):
        return False
    if {said.verdict(text)} - {""} != {said.verdict(each) for each in texts} - {""}:
        return False
    denied, ours_denied = said.denials(text), sum(map(said.denials, texts))
    if bool(denied) != bool(ours_denied) or denied > ours_denied:
        return False
    if said.claims_certainty(text) and not any(map(said.claims_certainty, texts)):
        return False
    return _is_as_sure(text, about, frozenset(item.id for item in stated))


def _is_as_sure(text: str, about: Sequence[Ours], stated: frozenset[str]) -> bool:
    """Whether what we are not sure of is told so, in the same degree, and nothing else is.

    A part of a sentence of ours may do with one doubt where the whole has several.
    """
    wanted = [(said.doubts(each.sentence.text), each.needed <= stated) for each in about]
    for degree, has in enumerate(said.doubts(text)):
        least = max((doubts[degree] if is_whole else min(doubts[degree], 1) for doubts, is_whole in wanted), default=0)
        if has < least or (has > 0 and not any(doubts[degree] for doubts, _ in wanted)):
            return False
    return True


def standing_ones(theirs: Sequence[Theirs], ours: Sequence[Ours]) -> list[Theirs]:
    """The model's sentences that may stand together: nothing is lost, and nothing said twice.

    One that tells none of ours to the end gives way to the whole of it.
    """
    standing: list[Theirs] = []
    for each in theirs:
        if each.claim is not None and not any(_says_all_of(other, each) for other in standing):
            standing.append(each)
    while True:
        told = [one for one in ours if _is_told(one, standing)]
        useful = [each for each in standing if any(not each.about.isdisjoint(one.needed) for one in told)]
        if len(useful) == len(standing):
            return standing
        standing = useful


def _says_all_of(one: Theirs, other: Theirs) -> bool:
    return other.about <= one.about and all(
        any(_is_same(fact, told, within=0.01) for told in one.facts) for fact in other.facts
    )


def arrange(theirs: Sequence[Theirs], standing: Sequence[Theirs], ours: Sequence[Ours]) -> tuple[Claim, ...]:
    """The model's sentences in their order, ours in the places of those that fell.

    What it left out stands behind what stood before it in ours, so that "that much" still finds what it points to.
    """
    placed = [
        (place, 0, each.claim) for place, each in enumerate(theirs) if each in standing and each.claim is not None
    ]
    at = -1
    for order, each in enumerate(ours, start=1):
        is_told = _is_told(each, standing)
        places = [
            place
            for place, one in enumerate(theirs)
            if each.is_offered and (one in standing) == is_told and not one.about.isdisjoint(each.needed)
        ]
        if places:
            at = places[-1] if is_told else places[0]
        if not is_told:
            placed.append((at, order, each.claim))
    return tuple(dict.fromkeys(claim for *_, claim in sorted(placed, key=lambda item: item[:2])))


def _is_told(each: Ours, accepted: Sequence[Theirs]) -> bool:
    """Whether the model's sentences state what one of ours states: its findings, and each number and name of them."""
    if not each.is_offered or not each.needed <= frozenset().union(*(one.about for one in accepted)):
        return False
    facts = [fact for one in accepted for fact in one.facts]
    if not each.facts:  # "they have the same key": no number tells it, so one sentence has to be about all of it
        return any(each.needed <= one.about for one in accepted)
    return all(any(_is_same(fact, other, within=0.01) for other in facts) for fact in each.facts)


def _stated(text: str, cited: Sequence[Evidence], draft: Draft) -> frozenset[str]:
    """The findings without which a sentence would not hold; empty when it states nothing that is checked."""

    def holds(evidence: Sequence[Evidence]) -> bool:
        return not check(text, evidence, question=draft.question, subjects=draft.subjects)

    every = with_operands(cited, draft.evidence)
    if holds(()):
        return frozenset()
    if len(cited) > _MOST_ABLATED:
        return frozenset(item.id for item in cited)
    found = frozenset(item.id for item in cited if not holds([other for other in every if other is not item]))
    return found or frozenset(item.id for item in cited)


def _tokens(text: str, cited: Sequence[Evidence], draft: Draft) -> Tokens:
    named = (*draft.subjects, *(item.subject for item in cited))
    return read(text, named, draft.subjects, frozenset(item.capability for item in cited))


def _facts(tokens: Tokens, *, with_ratios: bool = False) -> tuple[Fact, ...]:
    """The numbers and names of a sentence, to see whether another has them too; "half" and "twice" with ratios only."""
    stated = (each for each in tokens.quantities if each.readings and (with_ratios or each.unit != "times"))
    numbers = (_sized(each.readings[0].value, each.unit) for each in stated)
    return tuple(dict.fromkeys((*numbers, *(name.text.casefold() for name in tokens.names))))


def _is_same(fact: Fact, other: Fact, *, within: float = 1e-6) -> bool:
    """Whether two sentences mean the same number or name."""
    if isinstance(fact, str) or isinstance(other, str):
        return fact == other
    return abs(fact - other) <= within * max(1.0, abs(fact))


def _sized(number: float, unit: str) -> float:
    """A number as it can be compared: words may direct a difference ("8 cents flat"), levels keep their sign."""
    return number if unit in ("LUFS", "dBFS", "dBTP") else abs(number)


def _is_of(fact: Fact, alternative: Evidence) -> bool:
    """Whether a sentence took a number or a name from an alternative."""
    value = alternative.value
    if isinstance(value, int | float) and not isinstance(fact, str):
        return abs(fact - _sized(value, alternative.unit)) <= 0.051
    return isinstance(value, str) and fact == value.casefold()
