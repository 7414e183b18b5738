"""Tags of a whole recording over time, and the numbers that the tagging network tells them from.

The network hears excerpts of three seconds, one every so often; each speaks for the time around its middle. What it
says of neighbours is joined into spans with two thresholds, so that a tag that hovers about one does not flicker.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..findings import Finding
from ..spectra.frames import FloatArray
from ..spectra.resample import Resampler
from .measure import SAME_TAGS, TAG_BOUND
from .musicnn import EXCERPT_S, MTT_TAGS, SR, Network, tag

MIN_EVERY_S, MAX_EVERY_S = 0.5, 600.0
VECTOR_LENGTH = 200
ENTER = 0.3  # of the network's chance: a span begins there, and lasts while it stays above TAG_BOUND

_SILENT = 1e-5  # peak below which the network is not asked
_TAIL_S = 0.5  # an end that no excerpt has heard gets one of its own from this length on
_NAMES = tuple(dict.fromkeys(SAME_TAGS.get(name, name) for name in MTT_TAGS))
_GROUP_OF = np.array([_NAMES.index(SAME_TAGS.get(name, name)) for name in MTT_TAGS])


@dataclass(frozen=True, slots=True)
class TagSpan:
    """A stretch of time to which a tag applies; `confidence` is the network's own, its mean over that stretch."""

    start_s: float
    end_s: float
    tag: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TaggedSection:
    """A section of the form and the mean of the network's numbers in it, shape (200,)."""

    start_s: float
    end_s: float
    label: str
    vector: FloatArray


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the network says of a whole recording.

    tags : (tag, mean chance over all excerpts that sound), surest first, above TAG_BOUND
    vector : np.ndarray [shape=(200,)], mean of its numbers; None for silence
    n_excerpts : how many excerpts sounded
    """

    tags: tuple[tuple[str, float], ...]
    spans: tuple[TagSpan, ...]
    vector: FloatArray | None
    sections: tuple[TaggedSection, ...]
    n_excerpts: int


class Tagger:
    """Feed mono blocks, then `finish()`; of each excerpt only the chances of its tags are kept.

    every_s : from the start of one excerpt to the next
    sections : (start_s, end_s, label) in order; an excerpt belongs to the one that its middle lies in
    """

    def __init__(
        self, sr: int, network: Network, every_s: float = EXCERPT_S, sections: Sequence[tuple[float, float, str]] = ()
    ) -> None:
        self.every_s = every_s
        self._network, self._sections = network, tuple(sections)
        self._resampler = Resampler(sr, SR)
        self._n, self._hop = round(EXCERPT_S * SR), round(every_s * SR)
        self._kept, self._kept_from = np.zeros(0, np.float32), 0  # the latest samples, and where they begin
        self._next = 0  # sample at which the next excerpt begins
        self._starts: list[int] = []
        self._chances: list[FloatArray] = []
        self._sums = np.zeros((len(self._sections) + 1, VECTOR_LENGTH))  # the last row is of all
        self._counts = np.zeros(len(self._sections) + 1)

    def feed(self, y: FloatArray) -> Iterator[float]:
        """Yield the second up to which excerpts were heard, after each of them: a place to stop at."""
        yield from self._hear(self._resampler.feed(y))

    def flush(self) -> Iterator[float]:
        """The rest: what is shorter than an excerpt, and an end that none has heard yet."""
        yield from self._hear(self._resampler.flush())
        end = self._kept_from + len(self._kept)
        heard = self._starts[-1] + self._n if self._starts else 0
        if end and (not heard or (end - heard >= _TAIL_S * SR and self._hop <= self._n)):
            start = max(0, end - self._n)
            self._take(start, self._kept[start - self._kept_from :])
            yield end / SR

    def finish(self) -> Tagged:
        duration = (self._kept_from + len(self._kept)) / SR
        if not self._counts[-1]:
            return Tagged((), (), None, (), 0)
        chances = np.stack(self._chances)
        means = chances.sum(axis=0) / self._counts[-1]  # silent excerpts have no chances, and do not count
        tags = sorted(
            ((n, float(p)) for n, p in zip(_NAMES, means, strict=True) if p >= TAG_BOUND), key=lambda t: -t[1]
        )
        vectors = self._sums / np.maximum(self._counts, 1.0)[:, None]
        sections = (
            TaggedSection(*section, vector)
            for section, vector, count in zip(self._sections, vectors[:-1], self._counts[:-1], strict=True)
            if count
        )
        spans = join_spans(chances, self._edges(duration))
        return Tagged(tuple(tags), spans, vectors[-1], tuple(sections), int(self._counts[-1]))

    def _hear(self, y: FloatArray) -> Iterator[float]:
        self._kept = np.concatenate([self._kept, y])
        end = self._kept_from + len(self._kept)
        while self._next + self._n <= end:
            at = self._next - self._kept_from
            self._take(self._next, self._kept[at : at + self._n])
            self._next += self._hop
            yield (self._next - self._hop + self._n) / SR
        # The last three seconds may be heard once more, at the end.
        first = max(self._kept_from, min(self._next, end - self._n))
        self._kept, self._kept_from = self._kept[first - self._kept_from :].copy(), first

    def _take(self, start: int, y: FloatArray) -> None:
        chances = np.zeros(len(_NAMES), np.float32)
        if np.abs(y).max() > _SILENT:
            of_tags, vector = tag(self._network, [y])
            np.maximum.at(chances, _GROUP_OF, of_tags.astype(np.float32))
            middle = (start + len(y) / 2.0) / SR
            for i, (begins, ends, _) in enumerate(self._sections):
                if begins <= middle < ends:
                    self._sums[i] += vector
                    self._counts[i] += 1
            self._sums[-1] += vector
            self._counts[-1] += 1
        self._starts.append(start)
        self._chances.append(chances)

    def _edges(self, duration: float) -> list[tuple[float, float]]:
        """The time that each excerpt speaks for: half way to its neighbours, and at most `every_s` in all."""
        middles = [start / SR + EXCERPT_S / 2.0 for start in self._starts]
        between = [(a + b) / 2.0 for a, b in itertools.pairwise(middles)]
        last = duration if self._hop <= self._n else min(duration, middles[-1] + self.every_s / 2.0)
        bounds = [0.0, *between, max(last, between[-1] if between else 0.0)]
        return list(itertools.pairwise(bounds))


def join_spans(chances: FloatArray, edges: Sequence[tuple[float, float]]) -> tuple[TagSpan, ...]:
    """Spans of each tag, by their start and then the surest first.

    chances : np.ndarray [shape=(excerpts, tags)]
    edges : start and end in seconds of the time that each excerpt speaks for, one after the other
    """
    found = []
    for i, name in enumerate(_NAMES):
        above = np.flatnonzero(np.diff(np.concatenate([[False], chances[:, i] >= TAG_BOUND, [False]]).astype(np.int8)))
        for first, stop in zip(above[::2], above[1::2], strict=True):
            column = chances[first:stop, i]
            if column.max() >= ENTER:
                found.append(TagSpan(edges[first][0], edges[stop - 1][1], name, float(column.mean())))
    return tuple(sorted(found, key=lambda span: (span.start_s, -span.confidence)))


def name_tagged(tagged: Tagged, every_s: float) -> Iterator[Finding]:
    """The findings under the names of `docs/evidence.md`."""
    method = f"MusiCNN on {tagged.n_excerpts} excerpts of three seconds, one every {every_s:g} s"
    spans = [
        {"start_s": round(s.start_s, 2), "end_s": round(s.end_s, 2), "tag": s.tag, "confidence": round(s.confidence, 3)}
        for s in tagged.spans
    ]
    surest = max((span.confidence for span in tagged.spans), default=0.0)
    yield Finding("timbre.tag_spans", "tag", spans, method, surest)
    whole = [{"tag": name, "confidence": round(chance, 3)} for name, chance in tagged.tags]
    yield Finding("timbre.whole_tags", "tag", whole, method, max((chance for _, chance in tagged.tags), default=0.0))
    if tagged.vector is not None:
        yield Finding("timbre.embedding", "vector", _embedding(tagged, tagged.vector), f"{method}, mean")


def _embedding(tagged: Tagged, mean: FloatArray) -> Mapping[str, object]:
    return {
        "mean": _listed(mean),
        "sections": [
            {"start_s": s.start_s, "end_s": s.end_s, "label": s.label, "vector": _listed(s.vector)}
            for s in tagged.sections
        ],
    }


def _listed(vector: FloatArray) -> list[float]:
    return [round(float(x), 4) for x in vector]
