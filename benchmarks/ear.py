"""What a few labels and choices of an owner's bring, against the stock ear.

    python -m benchmarks.ear EVAL AUDIO [FONT.sf2 ...] [--kits FOLDER ...] [--cache FOLDER] [--unheard] [--draws N]

Labels: of each kit of the one-shots in EVAL/truth.json five hits of each class are taught, fewer where a class has no
more than five so that one is left to ask; the rest is asked. Stock has never heard the kit: it is fitted again without
it (from the other kits, made hits, and the fonts and folders that `benchmarks.fit_one_shots` takes), or, with
--unheard, is the one that ships, for kits that took no part in fitting it. Two figures: the ear in use, which `train`
lets through where it does better on what was held out, and the learned head by itself.

Choices: simulated owners weigh the aspects and choose between random triplets of the longer recordings; 10 % of 50
choices are flipped; 400 more, as they are meant, are asked. Owners drawn from Dirichlet(1) weigh likenesses whose
spread was evened out, so that a weight means the same for every aspect, or, in a row of their own, the cosines as they
are. Stock is what the search for similar recordings does, or the same weight for every aspect, which is the best that
can be said of such owners before they are asked. Others hear nearly as stock does: there little can be gained, and harm
is looked for.

When it may be used (`measure.HARM`) and the prior of the weights were chosen on kits of sound fonts and folders and on
owners with other seeds who chose between every second recording; the figures are of the kits of the evaluation, of the
owners here, and of the other recordings. The ridge and the trust in stock of the heads, and the spreads of the cosines,
were chosen while looking at all of them: figures of labels flatter somewhat.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.fit_one_shots import Examples, collect, fit_classes
from benchmarks.rows import Row, write_table
from benchmarks.similarity import heard
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.timbre.one_shots import read_classes
from grym_synth.memory.aspects import ASPECTS, read_space
from grym_synth.tuning.dataset import FIELDS, Taught
from grym_synth.tuning.ear import from_bytes, to_bytes
from grym_synth.tuning.features import stock_guess, stock_names
from grym_synth.tuning.train import train
from grym_synth.tuning.weights import SPREADS, STOCK_WEIGHTS, fit_weights

LABELS, CHOICES, ASKED, FLIPPED, OWNERS = 5, 50, 400, 0.1, 60
COMMAND = "python -m benchmarks.ear EVAL AUDIO FONTS --kits FOLDERS --cache CACHE"
LONGER = ("segment", "loop", "gen")


@dataclass(frozen=True, slots=True)
class Kit:
    """The hits of one kit by a stock model that has not heard it."""

    name: str
    timbre: FloatArray
    label: NDArray[np.str_]


def kits(examples: Examples, *, is_unheard: bool) -> Iterator[Kit]:
    """Each kit of the evaluation, its vectors by a stock model fitted without all that its maker made."""
    names = tuple(read_classes().names)
    for kit in sorted(set(examples.group[examples.kind == "real"])):
        own = examples.where((examples.kind == "real") & (examples.group == kit))
        known = examples.where(examples.source != own.source[0])
        stock = read_classes() if is_unheard else fit_classes(known)
        if stock.names == names:
            vectors = stock.vectors(own.numbers)
            yield Kit(kit, np.hstack([vectors, np.zeros((len(vectors), 160))]).astype(np.float32), own.label)


def draw(kit: Kit, rng: np.random.Generator, least: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which hits are taught and which are asked; of classes with at least `least` hits."""
    taught: list[int] = []
    asked: list[int] = []
    for name in sorted(set(kit.label)):
        own = rng.permutation(np.flatnonzero(kit.label == name))
        if len(own) >= least:
            count = min(LABELS, len(own) - 1)
            taught += own[:count].tolist()
            asked += own[count:].tolist()
    return np.array(taught, np.int64), np.array(asked, np.int64)


def of_labels(timbre: FloatArray, labels: NDArray[np.str_]) -> Taught:
    allowed = np.array([[name == label for name in stock_names()] for label in labels])
    none = np.zeros((0, len(STOCK_WEIGHTS))), np.zeros((0, 2))
    return Taught("", timbre, allowed, {}, *none, {field: [] for field in FIELDS})


def measure_labels(all_kits: list[Kit], draws: int, least: int) -> dict[str, float]:
    """Shares that are right of all that was asked, how often the ear was let through, and the longest training."""
    right: dict[str, list[float]] = {"stock": [], "in use": [], "head": []}
    switched: list[bool] = []
    sure: list[float] = []
    change: list[float] = []  # of a draw, share of the asked
    longest, names = 0.0, np.array(stock_names())
    for kit in all_kits:
        rng = np.random.default_rng(7)
        for _ in range(draws):
            known, asked = draw(kit, rng, least)
            if len(known) < 2 or not len(asked):
                continue
            taught = of_labels(kit.timbre[known], kit.label[known])
            begun = time.perf_counter()
            trained = train(taught)
            longest = max(longest, time.perf_counter() - begun)
            ear = from_bytes(to_bytes(trained.ear))
            stock = names[stock_guess(kit.timbre[asked])]
            told = ear.classify(kit.timbre[asked])
            own = [said if each is None else each[0] for each, said in zip(told, stock, strict=True)]
            sure += [each[1] - (each[0] == label) for each, label in zip(told, kit.label[asked], strict=True) if each]
            right["stock"] += (stock == kit.label[asked]).tolist()
            right["in use"] += (np.array(own) == kit.label[asked]).tolist()
            change.append(float(np.mean(np.array(own) == kit.label[asked]) - np.mean(stock == kit.label[asked])))
            head = head_alone(taught, kit.timbre[asked], stock)
            right["head"] += (head == kit.label[asked]).tolist()
            switched.append(ear.classes is not None)
    shares = {name: float(np.mean(values)) for name, values in right.items()}
    shares |= {"asked": float(len(right["stock"])), "switched": float(np.mean(switched)), "seconds": longest}
    return {**shares, "too sure": float(np.mean(sure)) if sure else 0.0, **harm_of(change)}


def harm_of(change: list[float]) -> dict[str, float]:
    """The share for whom the ear in use is worse than stock, and by how much on the average of these."""
    worse = [-each for each in change if each < 0.0]
    return {"harmed": len(worse) / len(change), "harm": float(np.mean(worse)) if worse else 0.0}


def head_alone(taught: Taught, timbre: FloatArray, stock: NDArray[np.str_]) -> NDArray[np.str_]:
    """What the head says whether or not it would be let through; stock where it does not reach."""
    from grym_synth.tuning.heads import fit_classes as fit_head

    head, _ = fit_head(taught.hits, taught.allowed)
    chances = head.chances(timbre)
    best = np.array(stock_names())[np.nan_to_num(chances).argmax(axis=1)]
    return np.where(np.isnan(chances[:, 0]), stock, best)


def likenesses(evaluation: Path, audio: Path) -> FloatArray:
    """How alike any two of the longer recordings are by each aspect, shape (aspects, n, n)."""
    truth = json.loads((evaluation / "truth.json").read_text())
    names = [name for name, item in truth.items() if item["kind"] in LONGER]
    found = [
        heard(next(p for p in audio.glob(f"{name}.*") if p.suffix in (".flac", ".ogg", ".wav")))[1] for name in names
    ]
    rows = read_space().lay({aspect: np.array([each[aspect] for each in found], np.float32) for aspect in ASPECTS})
    return np.array([rows[aspect] @ rows[aspect].T for aspect in STOCK_WEIGHTS], np.float64)


Draw = Callable[[np.random.Generator], FloatArray]
SPREAD = np.array([SPREADS[aspect] for aspect in STOCK_WEIGHTS])
STOCK = np.array(list(STOCK_WEIGHTS.values()))


def any_owner(rng: np.random.Generator) -> FloatArray:
    """Weights of likenesses of even spread."""
    return np.asarray(rng.dirichlet(np.ones(len(STOCK))) / SPREAD)


def any_owner_of_cosines(rng: np.random.Generator) -> FloatArray:
    return np.asarray(rng.dirichlet(np.ones(len(STOCK))))


def near_stock(rng: np.random.Generator) -> FloatArray:
    return np.asarray((STOCK + 0.02 / SPREAD) * np.exp(0.4 * rng.normal(size=len(STOCK))))


def measure_choices(table: FloatArray, draw_owner: Draw, stock: dict[str, float]) -> dict[str, float]:
    """Held-out accuracy of stock, of the weights in use and of the learned ones, harm, and the longest training."""
    figures: list[tuple[float, ...]] = []
    longest, plain = 0.0, np.array(list(stock.values()))
    for seed in range(OWNERS):
        rng = np.random.default_rng(seed)
        own = draw_owner(rng)
        known, asked = _choose(table, own, CHOICES, rng), _choose(table, own, ASKED, rng)
        known[rng.random(CHOICES) < FLIPPED] *= -1.0
        begun = time.perf_counter()
        weights, judged = fit_weights(known, stock, SPREADS)
        longest = max(longest, time.perf_counter() - begun)
        learned = np.array(list(weights.values()))
        used = learned if judged.is_better else plain
        figures.append((*(float((asked @ w > 0.0).mean()) for w in (plain, used, learned)), float(judged.is_better)))
    means = np.mean(figures, axis=0)
    found = dict(zip(("stock", "in use", "learned", "switched", "seconds"), [*means, longest], strict=True))
    return {**found, **harm_of([used - before for before, used, *_ in figures])}


def _choose(table: FloatArray, own: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """Differences of random triplets, turned so that the owner chose the first; shape (count, aspects)."""
    three = np.array([rng.choice(table.shape[1], 3, replace=False) for _ in range(count)])
    d = (table[:, three[:, 0], three[:, 2]] - table[:, three[:, 1], three[:, 2]]).T
    return np.asarray(d * np.where(d @ own >= 0.0, 1.0, -1.0)[:, None])


def harm_words(found: dict[str, float], of: str) -> str:
    return f"worse than stock for {100 * found['harmed']:.0f} % of {of}, by {100 * found['harm']:.1f} points"


def label_rows(found: dict[str, float], what: str) -> list[Row]:
    stock, used, head = (found[name] for name in ("stock", "in use", "head"))
    figure = (
        f"{100 * stock:.1f} → {100 * used:.1f} % ({100 * (used - stock):+.1f} points; in use in"
        f" {100 * found['switched']:.0f} % of the draws, {harm_words(found, 'the draws')}); the head alone"
        f" {100 * head:.1f} % ({100 * (head - stock):+.1f}); n {found['asked']:.0f};"
        f" {100 * found['too sure']:+.1f} points too sure"
    )
    return [
        Row(f"class of a hit of a new kit, {what}, stock → ear", figure, "≥ +8 points", COMMAND),
        Row(f"training, {what}, the longest", f"{found['seconds']:.2f} s", "≤ 2 s", COMMAND),
    ]


def choice_row(found: dict[str, float], what: str, goal: str) -> Row:
    stock, used, learned = (found[name] for name in ("stock", "in use", "learned"))
    figure = (
        f"{100 * stock:.1f} → {100 * used:.1f} % ({100 * (used - stock):+.1f} points; in use for"
        f" {100 * found['switched']:.0f} % of {OWNERS} owners, {harm_words(found, 'them')}); the learned weights alone"
        f" {100 * learned:.1f} % ({100 * (learned - stock):+.1f})"
    )
    return Row(f"held-out choices after {CHOICES}, one in ten flipped, stock → ear, {what}", figure, goal, COMMAND)


def choice_rows(table: FloatArray) -> list[Row]:
    even = dict(zip(STOCK_WEIGHTS, (1.0 / SPREAD / (1.0 / SPREAD).sum()).tolist(), strict=True))
    usual, floor = dict(STOCK_WEIGHTS), "≥ +8 points"
    asked: list[tuple[str, Draw, dict[str, float], str]] = [
        ("owners of Dirichlet(1), stock: every aspect the same", any_owner, even, floor),
        ("owners of Dirichlet(1), stock: as `similar`", any_owner, usual, floor),
        ("owners of Dirichlet(1) on plain cosines, stock: as `similar`", any_owner_of_cosines, usual, floor),
        ("owners near stock, stock: as `similar`", near_stock, usual, "no harm"),
    ]
    rows, longest = [], 0.0
    for what, draw_owner, stock, goal in asked:
        found = measure_choices(table, draw_owner, stock)
        longest = max(longest, found["seconds"])
        rows.append(choice_row(found, what, goal))
    return [*rows, Row(f"training on {CHOICES} choices, the longest", f"{longest:.2f} s", "≤ 2 s", COMMAND)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("fonts", type=Path, nargs="*")
    parser.add_argument("--kits", type=Path, nargs="*", default=[])
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--unheard", action="store_true", help="the shipped model was not fitted to these kits")
    parser.add_argument("--draws", type=int, default=10)
    options = parser.parse_args()
    examples = collect(options.evaluation, options.audio, options.fonts, options.kits, [], options.cache)
    all_kits = list(kits(examples, is_unheard=options.unheard))
    rows: list[Row] = []
    for least, what in ((2, "up to 5 labels a class"), (LABELS + 1, "5 labels a class")):
        found = measure_labels(all_kits, options.draws, least)
        rows += label_rows(found, what)
    rows += choice_rows(likenesses(options.evaluation, options.audio)[:, 1::2, 1::2])
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    write_table(rows)


if __name__ == "__main__":
    main()
