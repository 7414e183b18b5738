"""Passages that answer a question: by words and by meaning, judged together, each told once, or none at all.

Words find what names the thing, vectors what speaks of it in other words. Both lists are judged by one line of weights
that was fitted to questions about documentation (`benchmarks/retrieval.py`); what even the best passage does not
reach is refused. What a page says of its own rank is a text like any other: a word counts once, however often it stands
there.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..errors import BadSetup
from ..storage.knowledge import Knowledge
from ..storage.knowledge_rows import Passage
from .terms import stem, stems_of, terms_of
from .vectors import Encode, Rows, Vectors

_POOL = 60  # passages that words, and as many that vectors, put forward
_READ = 60  # of them that are read and judged
_BY_WORDS = 4.0  # what the best by words gains on others before they are read
_KEPT = 5_000  # words whose passages are counted once
_COMMON = 2_000  # passages that hold a word above which it alone puts none forward
_OFTEN, _MUCH = 4, 0.2  # times, and share of a text, above which a word stands there only to be found
_SATURATED, _USUAL_WORDS, _IN_A_HEADING = 1.2, 80, 1.5  # of BM25
_ALIKE = 0.85  # share of words above which two passages say the same
_ANOTHER = 0.85  # cosine up to which two passages mean different things
_DIVERSITY = 2.0  # that saying the same again takes from the line of a score
MOST = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a passage beside a question; each about 0..1."""

    cosine: float  # of meanings; 0 without vectors
    covered: float  # share of the question's words that it holds, rare ones weighing more
    headed: float  # the same of its title and section
    weighed: float  # how much it speaks of them (BM25, by the root of their number)
    opens: float  # 1 where its section begins with it: what a thing is stands there


@dataclass(frozen=True, slots=True)
class Weights:
    """A line through what was judged: the score, 0.5 where as many are right as wrong."""

    cosine: float
    covered: float
    headed: float
    weighed: float
    opens: float
    bias: float

    def score(self, each: Judged) -> float:
        line = (
            self.cosine * each.cosine + self.covered * each.covered + self.headed * each.headed
            + self.weighed * each.weighed + self.opens * each.opens + self.bias
        )  # fmt: skip
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, line))))


LEAST = 0.5  # score below which the best passage is no answer
WITH_VECTORS = Weights(cosine=11.1, covered=5.2, headed=1.2, weighed=0.0, opens=0.9, bias=-6.8)
WORDS_ALONE = Weights(cosine=0.0, covered=6.3, headed=2.5, weighed=1.4, opens=0.9, bias=-5.1)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, how surely it answers, and the words of the question that it holds."""

    passage: Passage
    score: float
    matched: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()  # other addresses that say the same


@dataclass(frozen=True, slots=True)
class Found:
    """The passages found, best first; `refused` when even the first is no answer."""

    hits: tuple[Hit, ...]
    looked_for: tuple[str, ...]
    searched: int  # passages that were there to be found
    refused: bool


class Search:
    """One for each hub.

    encode : the sentence encoder; None: by words alone
    """

    def __init__(self, knowledge: Knowledge, encode: Encode | None) -> None:
        self.knowledge = knowledge
        self._encode = encode
        self._vectors = Vectors(knowledge)
        self._turn = threading.Lock()
        self._seq, self._count = -1, 0
        self._holding: dict[str, int] = {}  # passages that hold a word, of those asked for lately

    def find(self, question: str, k: int = 10, *, domain: str = "") -> Found:
        """The k passages that answer best, those of one `domain` where it is named."""
        terms = terms_of(question)
        count, held = self._held(terms)
        query = self._vector_of(question) if terms else None
        by_words = self._by_words(terms, held)
        by_meaning = [] if query is None else self._vectors.nearest(query, _POOL if not domain else 10 * _POOL)
        ids = _promising(by_words, dict(by_meaning)) if not domain else [*dict.fromkeys([*by_words, *dict(by_meaning)])]
        vectors = {} if query is None else self._vectors.of(ids)
        rarity = {stem(term): _rarity(holding, count) for term, holding in held.items()}
        hits = []
        for passage in self.knowledge.passages(ids):
            if domain and passage.domain != domain:
                continue
            cosine = float(vectors[passage.id] @ query) if query is not None and passage.id in vectors else 0.0
            judged = judge(passage, terms, rarity, cosine)
            matched = tuple(term for term in terms if stem(term) in {*stems_of(passage.text)})
            weights = WITH_VECTORS if passage.id in vectors else WORDS_ALONE  # of what has no vector yet, words tell
            hits.append(Hit(passage, weights.score(judged), matched))
        hits.sort(key=lambda hit: (-hit.score, hit.passage.id))
        refused = not hits or hits[0].score < LEAST
        chosen = _diverse(_folded(hits[: 4 * k + 20]), min(k, MOST), vectors)
        return Found(tuple(chosen), terms, count, refused)

    def _vector_of(self, question: str) -> Rows | None:
        """None without the pack, or where it is damaged: words find a passage all the same."""
        try:
            return None if self._encode is None else self._encode(question)
        except BadSetup:
            return None

    def _held(self, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many passages there are, and how many hold each word, counted no further than `_COMMON`."""
        with self._turn:
            if (seq := self.knowledge.seq) != self._seq or len(self._holding) > _KEPT:
                self._seq, self._count, self._holding = seq, self.knowledge.count(), {}
            for term in terms:
                if term not in self._holding:
                    self._holding[term] = self.knowledge.holding(_quoted(term), _COMMON)
            return self._count, {term: self._holding[term] for term in terms}

    def _by_words(self, terms: Sequence[str], held: Mapping[str, int]) -> dict[int, float]:
        """Passages with the rarest of the words, each with its score relative to the best.

        Common words alone would make the store go through most of the passages: they come in only together.
        """
        known = sorted((term for term in terms if held[term]), key=lambda term: held[term])
        if not known:
            return {}
        rare, total = list[str](), 0
        for term in known:
            if rare and total + held[term] > _COMMON:
                break
            rare.append(_quoted(term))
            total += held[term]
        if total >= _COMMON and len(known) > 1:  # all of them are common
            rare = [f"({_quoted(known[0])} AND {_quoted(known[1])})"]
        found = self.knowledge.match(" OR ".join(rare), _POOL, among=_COMMON)
        best = max((abs(score) for _, score in found), default=0.0)
        return {each: abs(score) / best if best else 0.0 for each, score in found}


def _promising(by_words: Mapping[int, float], by_meaning: Mapping[int, float]) -> list[int]:
    """Of all that were put forward those that are read: the best by both together."""
    likely = {each: WITH_VECTORS.cosine * cosine for each, cosine in by_meaning.items()}
    least = min(likely.values(), default=0.0)
    for each, share in by_words.items():
        likely[each] = likely.get(each, least) + _BY_WORDS * share
    return [each for each, _ in sorted(likely.items(), key=lambda item: (-item[1], item[0]))[:_READ]]


def judge(passage: Passage, terms: Sequence[str], rarity: Mapping[str, float], cosine: float) -> Judged:
    """What is known of a passage beside the words of a question."""
    wanted = list(dict.fromkeys(stem(term) for term in terms))
    body, head = stems_of(passage.text), {*stems_of(f"{passage.title} {passage.section}")}
    inside = Counter(body)
    total = sum(rarity.get(each, 1.0) for each in wanted) or 1.0
    covered = sum(rarity.get(each, 1.0) for each in wanted if each in inside or each in head) / total
    headed = sum(rarity.get(each, 1.0) for each in wanted if each in head) / total
    if _is_stuffed([*stems_of(passage.section), *body], {*wanted}):
        return Judged(max(0.0, cosine), covered / 2, 0.0, 0.0, 0.0)
    usual = _SATURATED * (0.25 + 0.75 * len(body) / _USUAL_WORDS)
    counts = {each: inside[each] + _IN_A_HEADING * (each in head) for each in wanted}
    weighed = sum(
        rarity.get(each, 1.0) * count * (1.0 + _SATURATED) / (count + usual) for each, count in counts.items() if count
    )
    return Judged(max(0.0, cosine), covered, headed, weighed / math.sqrt(len(wanted) or 1), float(passage.opens))


def _is_stuffed(words: Sequence[str], wanted: set[str]) -> bool:
    """Whether words of the question stand there to be found: beside themselves, or as a large part of the text."""
    if any(a == b for a, b in pairwise(words) if a in wanted):
        return True
    most = max((words.count(each) for each in wanted), default=0)
    return most > _OFTEN and most > _MUCH * len(words)


def _rarity(holding: int, count: int) -> float:
    """How much a word tells: 1 for one that a single passage holds, or none; near 0 for one that most hold."""
    return max(0.05, math.log((count + 1) / (holding + 0.5)) / math.log(count + 2)) if count else 1.0


def _quoted(term: str) -> str:
    """A word for the full-text search, which knows its forms: quoted, it is no operator."""
    return f'"{term}"'


def _folded(hits: Sequence[Hit]) -> list[Hit]:
    """Passages of other sources that say the same in the same words are told with the best of them."""
    kept: list[tuple[Hit, frozenset[str]]] = []
    copies: dict[int, list[str]] = {}
    for hit in hits:
        words = frozenset(stems_of(hit.passage.text))
        same = next((other for other, its in kept if _share(words, its) >= _ALIKE), None)
        if same is None:
            kept.append((hit, words))
            copies[hit.passage.id] = [*hit.passage.copies]
        elif hit.passage.address not in (same.passage.address, *copies[same.passage.id]):
            copies[same.passage.id].append(hit.passage.address)
    return [Hit(hit.passage, hit.score, hit.matched, tuple(copies[hit.passage.id])) for hit, _ in kept]


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def _diverse(hits: Sequence[Hit], k: int, vectors: Mapping[int, Rows]) -> list[Hit]:
    """The best first; behind it those that are good, and of two that mean nearly the same only one (maximal marginal
    relevance)."""
    left, chosen = list(hits), list[Hit]()
    loss = dict.fromkeys((hit.passage.id for hit in left), 0.0)
    while left and len(chosen) < k:
        best = max(left, key=lambda hit: (_line(hit.score) - loss[hit.passage.id], -hit.passage.id))
        left.remove(best)
        chosen.append(best)
        if (vector := vectors.get(best.passage.id)) is not None:
            for hit in left:
                if (other := vectors.get(hit.passage.id)) is not None:
                    alike = float(np.clip(vector @ other, 0.0, 1.0))
                    again = _DIVERSITY * max(0.0, alike - _ANOTHER) / (1.0 - _ANOTHER)
                    loss[hit.passage.id] = max(loss[hit.passage.id], again)
    return chosen


def _line(score: float) -> float:
    """What a score was made of."""
    score = min(max(score, 1e-13), 1.0 - 1e-13)
    return math.log(score / (1.0 - score))
