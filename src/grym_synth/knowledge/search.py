"""Passages that answer a question: by words and by meaning, judged together, each told once, or none at all.

Words find what names the thing, vectors what speaks of it in other words. Both lists are judged by one line of weights
that was fitted to questions about documentation (`benchmarks/retrieval.py`); what even the best passage does not
reach is refused. What a page says of its own rank is a text like any other: a word counts once, however often it stands
there.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import BadSetup
from ..storage.knowledge import Knowledge
from .choosing import Hit, diverse, folded
from .judging import LEAST, WITH_VECTORS, WORDS_ALONE, judge, rarity_of
from .terms import stem, stems_of, terms_of
from .vectors import Encode, Rows, Vectors

_POOL = 60  # passages that words, and as many that vectors, put forward
_READ = 45  # of them that are read and judged
_BY_WORDS = 4.0  # what the best by words gains on others before they are read
_KEPT = 5_000  # words whose passages are counted once
_COMMON = 2_000  # passages that hold a word above which it alone puts none forward
MOST = 100


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
        rarity = {stem(term): rarity_of(holding, count) for term, holding in held.items()}
        wanted, stems = list(dict.fromkeys(stem(term) for term in terms)), dict[int, list[str]]()
        hits = []
        for passage in self.knowledge.passages(ids):
            if domain and passage.domain != domain:
                continue
            stems[passage.id] = body = stems_of(passage.text)
            cosine = float(vectors[passage.id] @ query) if query is not None and passage.id in vectors else 0.0
            judged = judge(passage, body, wanted, rarity, cosine)
            held_here = {*body}.intersection(wanted)
            matched = tuple(term for term in terms if stem(term) in held_here)
            weights = WITH_VECTORS if passage.id in vectors else WORDS_ALONE  # of what has no vector yet, words tell
            hits.append(Hit(passage, weights.score(judged), matched))
        hits.sort(key=lambda hit: (-hit.score, hit.passage.id))
        refused = not hits or hits[0].score < LEAST
        chosen = diverse(folded(hits[: 2 * k + 15], stems), min(k, MOST), vectors)
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
                    self._holding[term] = self.knowledge.holding(term, _COMMON)
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
            rare.append(term)
            total += held[term]
        together = total >= _COMMON and len(known) > 1  # all of them are common
        found = self.knowledge.match(known[:2] if together else rare, _POOL, among=_COMMON, together=together)
        best = max((abs(score) for _, score in found), default=0.0)
        return {each: abs(score) / best if best else 0.0 for each, score in found}


def _promising(by_words: Mapping[int, float], by_meaning: Mapping[int, float]) -> list[int]:
    """Of all that were put forward those that are read: the best by both together."""
    likely = {each: WITH_VECTORS.cosine * cosine for each, cosine in by_meaning.items()}
    least = min(likely.values(), default=0.0)
    for each, share in by_words.items():
        likely[each] = likely.get(each, least) + _BY_WORDS * share
    return [each for each, _ in sorted(likely.items(), key=lambda item: (-item[1], item[0]))[:_READ]]
