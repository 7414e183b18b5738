"""How surely a passage answers a question: what is known of both, and a line through it.

The weights were fitted to questions about documentation (`benchmarks/retrieval.py`). What a page says of its own rank
is a text like any other, and words that stand there only to be found count for less.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..storage.knowledge_rows import Passage
from .terms import stems_of

_OFTEN, _MUCH = 4, 0.2  # times, and share of a text, above which a word stands there only to be found
_LONG, _HAMMERED = 5, 2  # letters of a stem, and times that one is said twice in a row
_SATURATED, _USUAL_WORDS, _IN_A_HEADING = 1.2, 80, 1.5  # of BM25


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
WITH_VECTORS = Weights(cosine=11.1, covered=5.2, headed=1.2, weighed=0.0, opens=0.9, bias=-7.3)
WORDS_ALONE = Weights(cosine=0.0, covered=6.3, headed=2.5, weighed=1.4, opens=0.9, bias=-5.1)


def judge(
    passage: Passage, body: Sequence[str], wanted: Sequence[str], rarity: Mapping[str, float], cosine: float
) -> Judged:
    """What is known of a passage beside a question.

    body : the stems of its text
    wanted : the stems of the question's words, each once
    """
    head, inside = {*stems_of(f"{passage.title} {passage.section}")}, Counter(body)
    total = sum(rarity.get(each, 1.0) for each in wanted) or 1.0
    covered = sum(rarity.get(each, 1.0) for each in wanted if each in inside or each in head) / total
    headed = sum(rarity.get(each, 1.0) for each in wanted if each in head) / total
    if _is_stuffed(body, {*wanted}) or _is_stuffed(stems_of(passage.section), {*wanted}):
        most = 0.5 if _is_hammered(body) and inside.keys() & {*wanted} else 0.75
        return Judged(most * max(0.0, cosine), covered / 2, 0.0, 0.0, 0.0)
    usual = _SATURATED * (0.25 + 0.75 * len(body) / _USUAL_WORDS)
    counts = {each: inside[each] + _IN_A_HEADING * (each in head) for each in wanted}
    weighed = sum(
        rarity.get(each, 1.0) * count * (1.0 + _SATURATED) / (count + usual) for each, count in counts.items() if count
    )
    return Judged(max(0.0, cosine), covered, headed, weighed / math.sqrt(len(wanted) or 1), float(passage.opens))


def _is_stuffed(words: Sequence[str], wanted: set[str]) -> bool:
    """Whether words of the question stand there to be found: beside themselves, or as a large part of the text."""
    if any(a == b for a, b in pairwise(words) if a in wanted) or _is_hammered(words):
        return True
    most = max((words.count(each) for each in wanted), default=0)
    return most > _OFTEN and most > _MUCH * len(words)


def _is_hammered(words: Sequence[str]) -> bool:
    """Whether longer words, of whatever language, are said twice in a row again and again, as no sentence does."""
    return sum(a == b and len(a) >= _LONG for a, b in pairwise(words)) >= _HAMMERED


def rarity_of(holding: int, count: int) -> float:
    """How much a word tells: 1 for one that a single passage holds, or none; near 0 for one that most hold."""
    return max(0.05, math.log((count + 1) / (holding + 0.5)) / math.log(count + 2)) if count else 1.0
