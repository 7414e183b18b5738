"""How well passages are found in the documentation of 47 packages and modules, and what is not there is refused.

    python -m benchmarks.retrieval [--write] [--large N]

`retrieval_questions.jsonl` holds three kinds of questions, each written before its figures were seen: "plain" ones,
as one asks who knows the field, about entries of the documentation that were drawn by chance; ones in words of their
own, which the passage has not; and ones of the same subjects that nothing there answers. An answerable one has a few
words that the right passage must hold. Half of each (by a hash of their id) is kept apart: the weights in
`knowledge/judging.py` were fitted to the other half alone. `--large` measures the time of a search among N passages
made from the real ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.retrieval_documents import documents
from benchmarks.rows import Row, write_table
from grym_synth.knowledge.search import Found, Search
from grym_synth.knowledge.terms import stems_of, terms_of
from grym_synth.knowledge.vectors import RECIPE, embed, open_encoder
from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.knowledge_rows import Section, SourceRow
from grym_synth.storage.sqlite import SqliteStore

QUESTIONS = Path(__file__).with_name("retrieval_questions.jsonl")
COMMAND = "python -m benchmarks.retrieval"
_MOST_WORDS = 110
Piece = tuple[int, int, str]


@dataclass(frozen=True)
class Question:
    """A question; without `document` nothing there answers it."""

    id: str
    text: str
    document: str
    holds: str
    also: str = ""  # what another document says to the same
    kind: str = ""  # "plain": as one asks who knows the field; else in words that the passage has not

    @property
    def is_kept_apart(self) -> bool:
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


def questions() -> list[Question]:
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [
        Question(
            row["id"],
            row["question"],
            row.get("document", ""),
            row.get("holds", ""),
            row.get("also", ""),
            row.get("kind", ""),
        )
        for row in rows
    ]


def cut(text: str) -> tuple[list[Section], list[Piece]]:
    """Paragraphs of one section together, up to about 110 words."""
    heads = [(m.start(), m[2].strip(), len(m[1])) for m in re.finditer(r"(?m)^(#{1,2}) (.+)$", text)]
    pieces = list[Piece]()
    for (start, title, _), end in zip(heads, [*(head[0] for head in heads[1:]), len(text)], strict=True):
        pieces += _pieces(text, text.find("\n", start) + 1, end, title)
    return [Section(*head) for head in heads], pieces


def _pieces(text: str, start: int, end: int, title: str) -> Iterator[Piece]:
    current: tuple[int, int] | None = None
    for match in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text[start:end]):
        a, b = match.start() + start, match.end() + start
        if current and len(text[current[0] : b].split()) > _MOST_WORDS:
            yield (*current, title)
            current = None
        current = (current[0], b) if current else (a, b)
    if current:
        yield (*current, title)


def learnt() -> tuple[Knowledge, dict[str, str]]:
    """All documents in a store in memory, and their texts."""
    knowledge, texts = Knowledge(SqliteStore.in_memory()), dict[str, str]()
    for name, text in documents():
        sections, pieces = cut(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        row = SourceRow(name, "markdown", "packages", name, name, digest, 1, 0.0, 0.0)
        knowledge.put(row, text, sections, pieces)
        texts[name] = text
    return knowledge, texts


def add_vectors(knowledge: Knowledge, encode: Callable[[str], np.ndarray], most: int = 10**9) -> tuple[int, float]:
    """Vectors for all passages: how many, and the seconds it took."""
    began, count = time.process_time(), 0
    while (waiting := knowledge.without_vectors(RECIPE, 64)) and count < most:
        rows = embed([text for _, text in waiting], encode)
        knowledge.put_vectors(RECIPE, [(each, row) for (each, _), row in zip(waiting, rows, strict=True)])
        count += len(waiting)
    return count, time.process_time() - began


def place_of_right(found: Found, question: Question) -> int | None:
    """Where the first passage stands that holds what was to be found; some modules say it in the same words."""
    wanted = [" ".join(text.split()) for text in (question.holds, question.also) if text]
    for place, hit in enumerate(found.hits):
        said = " ".join(hit.passage.text.split())
        if any(each in said for each in wanted):
            return place
    return None


@dataclass(frozen=True)
class Figures:
    """What one half of the questions came to."""

    first: float
    five: float
    refused: float  # of the unanswerable
    wrongly_refused: float
    answerable: int
    unanswerable: int

    def __str__(self) -> str:
        return (
            f"right first {self.first:.3f}, in five {self.five:.3f} of {self.answerable}; "
            f"refused {self.refused:.3f} of {self.unanswerable}; wrongly refused {self.wrongly_refused:.3f}"
        )


def measure(search: Search, asked: Sequence[Question]) -> Figures:
    answerable = [each for each in asked if each.document]
    others = [each for each in asked if not each.document]
    found = [search.find(each.text, 5) for each in answerable]
    places = [place_of_right(one, each) for one, each in zip(found, answerable, strict=True)]
    return Figures(
        first=sum(place == 0 for place in places) / len(answerable),
        five=sum(place is not None for place in places) / len(answerable),
        refused=sum(search.find(each.text, 5).refused for each in others) / len(others),
        wrongly_refused=sum(one.refused for one in found) / len(answerable),
        answerable=len(answerable),
        unanswerable=len(others),
    )


def share_in_other_words(knowledge: Knowledge, asked: Sequence[Question]) -> float:
    """Share of the questions that have no word of the first sentence of their passage."""
    other = 0
    for each in (each for each in asked if each.document):
        wanted = " ".join(each.holds.split())
        right = next(p for p in knowledge.passages_of(each.document) if wanted in " ".join(p.text.split()))
        first = re.split(r"(?<=[.!?])\s", right.text)[0]
        other += not {*stems_of(" ".join(terms_of(each.text)))} & {*stems_of(first)}
    return other / sum(bool(each.document) for each in asked)


def are_verbatim(search: Search, texts: dict[str, str], asked: Sequence[Question]) -> float:
    """Share of the passages found that stand in their source at the position that is stated."""
    hits = [hit.passage for each in asked for hit in search.find(each.text, 5).hits]
    return sum(texts[p.address][p.start : p.end] == p.text for p in hits) / len(hits)


def large(
    knowledge: Knowledge, count: int, asked: Sequence[Question], encode: Callable[[str], np.ndarray]
) -> list[float]:
    """Seconds of searches among so many passages: the real ones over and over, each with words and a vector changed."""
    rng, random_words = np.random.default_rng(5), random.Random(5)
    ids, rows = knowledge.vectors(RECIPE)
    real = knowledge.passages([int(each) for each in ids])
    words = sorted({word for each in real for word in each.text.split()})
    big = Knowledge(SqliteStore.in_memory())
    number, left = 0, count
    while left > 0:
        some = [random_words.randrange(len(real)) for _ in range(min(left, 2_000))]
        text, pieces, at = list[str](), list[Piece](), 0
        for place in some:
            body = " ".join(random_words.choice(words) if random_words.random() < 0.2 else word
                            for word in real[place].text.split())  # fmt: skip
            pieces.append((at, at + len(body), real[place].section))
            text.append(body)
            at += len(body) + 1
        row = SourceRow(f"made{number}", "text", "made", "made", f"made {number}", str(number), 1, 0.0, 0.0)
        big.put(row, "\n".join(text), [], pieces)
        fresh = [each for each, _ in big.without_vectors(RECIPE, len(some))]
        made = rows[some].astype(np.float32) + rng.normal(0.0, 0.02, (len(some), rows.shape[1])).astype(np.float32)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        big.put_vectors(RECIPE, list(zip(fresh, made, strict=True)))
        number, left = number + 1, left - len(some)
    search = Search(big, encode)
    search.find("warm the matrix up")
    seconds = list[float]()
    for each in asked:
        began = time.perf_counter()
        search.find(each.text, 10)
        seconds.append(time.perf_counter() - began)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--large", type=int, default=0)
    arguments = parser.parse_args()
    asked = questions()
    knowledge, texts = learnt()
    rows = [Row("retrieval: documents, passages", f"{len(texts)}, {knowledge.count():,}", "40, 2,000", COMMAND)]
    halves = {
        "kept apart": [q for q in asked if q.is_kept_apart],
        "tuned on": [q for q in asked if not q.is_kept_apart],
    }
    ways = {"words alone": Search(knowledge, None)}
    encode = open_encoder()
    if encode is not None:
        count, seconds = add_vectors(knowledge, encode)
        rows.append(
            Row("retrieval: vectors of 2,000 passages, one core", f"{2000 * seconds / count:.0f} s", "60 s", COMMAND)
        )
        ways["words and vectors"] = Search(knowledge, encode)
    for way, search in ways.items():
        goals = (".65 / .88; .10", ".85") if way != "words alone" else ("-", "-")
        for half, of_half in halves.items():
            for kind, words in (
                ("plain", "as one asks who knows the field"),
                ("", "in words that the passage has not"),
            ):
                f = measure(search, [q for q in of_half if not q.document or q.kind == kind])
                what = (
                    f"retrieval, {way}, half {half}, {f.answerable} questions {words}: right first / in five; refused"
                )
                figure = f"{f.first:.2f} / {f.five:.2f}; {f.wrongly_refused:.2f}"
                rows.append(Row(what, figure, goals[0], COMMAND))
            what = f"retrieval, {way}, half {half}, {f.unanswerable} questions that nothing answers: refused"
            rows.append(Row(what, f"{f.refused:.2f}", goals[1], COMMAND))
    verbatim = are_verbatim(search, texts, asked)
    other = share_in_other_words(knowledge, asked)
    rows.append(
        Row("retrieval: questions without a word of the passage's first sentence", f"{other:.2f}", ".33", COMMAND)
    )
    rows.append(Row("quotation verbatim at the stated position", f"{verbatim:.0%}", "100 %", COMMAND))
    if arguments.large and encode is not None:
        taken = large(knowledge, arguments.large, asked, encode)
        cuts = statistics.quantiles(taken, n=100)
        told = f"{1000 * statistics.median(taken):.0f} / {1000 * cuts[98]:.0f} ms"
        rows.append(Row(f"search among {arguments.large:,} passages, p50 / p99", told, "30 / 100 ms", COMMAND))
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    if arguments.write:
        write_table(rows)


if __name__ == "__main__":
    main()
