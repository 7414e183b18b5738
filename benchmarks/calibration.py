"""Is a stated confidence how often it is right? Fits the lines of audio/data/calibration.json and measures them.

    python -m benchmarks.calibration                fit the lines, measure them out of sample, draw the curves
    python -m benchmarks.calibration EVAL AUDIO     measure what the program states on an evaluation set

The lines are fitted to predictions/QUANTITY.jsonl, rows of {"source": ..., "p": ..., "right": true}: probabilities of
models for recordings whose source (piece, kit or track) took no part in their training, as `fit_tempo`, `fit_metre`,
`fit_chords` and `fit_one_shots` leave them (with an "id" that begins with the source). Each line is measured on sources
that took no part in fitting it either.

References
----------
Platt (1999), "Probabilistic outputs for support vector machines"; Naeini et al. (2015), "Obtaining well calibrated
probabilities using Bayesian binning", for the expected calibration error.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import Row, write_table

FIT_COMMAND = "python -m benchmarks.calibration"
COMMAND = "python -m benchmarks.calibration EVAL AUDIO"
PREDICTIONS = Path(__file__).parent / "predictions"
DATA = Path(__file__).parent.parent / "src/grym_synth/audio/data/calibration.json"
PICTURE = Path(__file__).parent.parent / "docs/images/reliability.png"
QUANTITIES = ("tempo", "key", "chord", "class")
FITTED = (*QUANTITIES, "metre", "downbeats", "swing")
LEAST_STATED = {"class": 0.5, "metre": 0.5}  # below it nothing is claimed, so nothing can be wrong
#: Chosen by hand, after looking at what they do to the figures below: see LOG.md. They are no measurement.
PRIOR = {"chord": 10.0}
N_FOLDS = 10
N_BINS, N_DRAWS = 5, 1000

Floats = NDArray[np.float64]


def corrected_ece(p: Floats, right: Floats, weight: Floats | None = None) -> float:
    """Expected calibration error in 5 equal-count bins, less its mean over 1,000 draws from the stated confidences.

    The draws are what a perfectly calibrated model would show on so few predictions.
    """
    weight = np.ones_like(p) if weight is None else weight
    bins = np.array_split(np.argsort(p, kind="stable"), min(N_BINS, len(p)))

    def ece(outcome: Floats) -> float:
        gaps = [abs(float((weight[b] * (outcome[b] - p[b])).sum())) for b in bins]
        return sum(gaps) / float(weight.sum())

    rng = np.random.default_rng(0)
    return ece(right) - float(np.mean([ece((rng.random(len(p)) < p).astype(float)) for _ in range(N_DRAWS)]))


def fit_line(p: Floats, right: Floats, weight: Floats | None = None, *, prior: float = 0.0) -> tuple[float, float]:
    """`(slope, offset)` of the logistic line from logit(p) to the chance of being right, by Newton's method.

    `prior` pulls the slope towards 1 and the offset towards 0, as so many squared standard deviations.
    """
    weight = np.ones_like(p) if weight is None else weight * len(p) / weight.sum()
    x = np.clip(p, 1e-6, 1.0 - 1e-6)
    design = np.column_stack([np.log(x / (1.0 - x)), np.ones(len(x))])
    line = rest = np.array([1.0, 0.0])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-design @ line))
        slope = design.T @ (weight * (right - chance)) - prior * (line - rest)
        bend = design.T @ (design * (weight * chance * (1.0 - chance))[:, None]) + (prior + 1e-9) * np.eye(2)
        line = line + np.clip(np.linalg.solve(bend, slope), -1.0, 1.0)
    return float(line[0]), float(line[1])


def predictions_of(path: Path, truth: Mapping[str, Any]) -> dict[str, list[tuple[float, bool, float]]]:
    """(stated confidence, right, weight) of every quantity that the truth of one recording can judge."""
    from grym_synth.audio.listen import Settings, hear

    wanted = ["timbre"] if truth["kind"] == "oneshot" else ["rhythm", "tonality", "chords"]
    heard = hear(str(path), wanted, Settings(), lambda fraction, message: None)
    found = {item.name: item for item in reversed(heard.findings) if item.rank == 0}
    said: dict[str, list[tuple[float, bool, float]]] = {}
    if "tempo_bpm" in truth and (tempo := found.get("rhythm.tempo_bpm")) and tempo.value is not None:
        octaves = (1, 2, 0.5, 3, 1 / 3) if truth.get("octave_free") else (1,)
        error = min(abs(tempo.value / (truth["tempo_bpm"] * k) - 1.0) for k in octaves)
        said["tempo"] = [(tempo.confidence, error <= 0.04, 1.0)]
    if truth.get("key") and (key := found.get("tonality.key")) and key.value is not None:
        said["key"] = [(key.confidence, key.value == truth["key"], 1.0)]
    if truth.get("label") and (label := found.get("timbre.label")) and label.value is not None:
        said["class"] = [(label.confidence, label.value == truth["label"], 1.0)]
    if truth.get("chords") and "chords.segments" in found:
        said["chord"] = list(_judge_chords(found["chords.segments"].value, truth["chords"]))
    return said


def _judge_chords(segments: Sequence[Mapping[str, Any]], truth: Sequence[Any]) -> list[tuple[float, bool, float]]:
    """Each segment against the truth under it, as major and minor triads; what the truth leaves open is left out."""
    import mir_eval

    judged = []
    for segment in segments:
        right = judgeable = 0.0
        for start, end, label in truth:
            overlap = min(end, segment["end_s"]) - max(start, segment["start_s"])
            if overlap <= 0.0 or label == "X":
                continue
            verdict = float(mir_eval.chord.majmin([label], [segment["label"]])[0])
            if verdict >= 0.0:
                judgeable += overlap
                right += overlap * verdict
        if judgeable > 0.1:
            judged.append((float(segment["confidence"]), right >= 0.5 * judgeable, judgeable))
    return judged


def measure(evaluation: Path, audio: Path, workers: int) -> list[Row]:
    truth = json.loads((evaluation / "truth.json").read_text())
    kinds = {"score", "gen", "groove", "project", "loop", "oneshot"}
    files = [path for path in sorted(audio.iterdir()) if truth.get(path.stem, {}).get("kind") in kinds]
    with ProcessPoolExecutor(workers) as processes:
        found = list(processes.map(predictions_of, files, [truth[path.stem] for path in files], chunksize=8))
    rows = []
    for quantity in QUANTITIES:
        said = [item for each in found for item in each.get(quantity, [])]
        if len(said) < N_BINS:
            print(f"{quantity}: only {len(said)} predictions", file=sys.stderr)
            continue
        p, right, weight = (np.array(column, float) for column in zip(*said, strict=True))
        rows.append(_row(quantity, (p, right, weight), "the development half itself", COMMAND))
    return rows


def draw(curves: Mapping[str, tuple[Floats, Floats, Floats]], out: Path) -> None:
    """Reliability curves: how often predictions of each fifth are right, over what they state."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, max(1, len(curves)), figsize=(3.2 * max(1, len(curves)), 3.4), squeeze=False)
    for axis, (quantity, (p, right, weight)) in zip(axes[0], curves.items(), strict=False):
        bins = np.array_split(np.argsort(p, kind="stable"), N_BINS)
        stated = [float(np.average(p[b], weights=weight[b])) for b in bins]
        true = [float(np.average(right[b], weights=weight[b])) for b in bins]
        spread = [1.96 * (t * (1.0 - t) / len(b)) ** 0.5 for t, b in zip(true, bins, strict=True)]
        axis.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axis.errorbar(stated, true, yerr=spread, marker="o", color="black", linewidth=1, capsize=2)
        axis.set(title=f"{quantity} (n {len(p)})", xlim=(0, 1), ylim=(0, 1.02), xlabel="stated", ylabel="right")
    figure.tight_layout()
    figure.savefig(out, dpi=100)


def fit() -> list[Row]:
    """Fit every line and write it with how it was made; measure each on sources that its fit did not see."""
    lines: dict[str, Any] = {}
    curves: dict[str, tuple[Floats, Floats, Floats]] = {}
    rows = []
    for quantity in FITTED:
        said = [json.loads(line) for line in (PREDICTIONS / f"{quantity}.jsonl").read_text().splitlines()]
        p, right = (np.array([float(item[name]) for item in said]) for name in ("p", "right"))
        weight = np.array([float(item.get("weight", 1.0)) for item in said])
        source = [str(item.get("source") or re.split(r"[@/]|-0(?:\.\d+)?$", item["id"])[0]) for item in said]
        sources = sorted(set(source))
        fold = np.array([sources.index(name) % min(N_FOLDS, len(sources)) for name in source])
        slope, offset = _line(quantity, p, right, weight)
        lines[quantity] = {
            "slope": round(slope, 3),
            "offset": round(offset, 3),
            "most": round(max(0.5, min(0.99, 1.0 - 1.0 / (len(p) + 2))), 3),
            "n": len(p),
            "how": f"{FIT_COMMAND}: predictions/{quantity}.jsonl, by models fitted without the source of what they "
            "predict, on the development half and more material of its kinds",
        }
        stated = np.zeros(len(p))
        for k in range(fold.max() + 1):
            line = _line(quantity, p[fold != k], right[fold != k], weight[fold != k])
            stated[fold == k] = _mapped(p[fold == k], *line)
        claimed = stated >= LEAST_STATED.get(quantity, 0.0)
        curves[quantity] = stated[claimed], right[claimed], weight[claimed]
        spread = _slopes_by_source(*curves[quantity], np.array(source)[claimed])
        rows.append(_row(quantity, curves[quantity], "out of sample", FIT_COMMAND, spread))
    DATA.write_text(json.dumps(dict(sorted(lines.items())), indent=1) + "\n")
    draw(curves, PICTURE)
    return rows


def _line(quantity: str, p: Floats, right: Floats, weight: Floats) -> tuple[float, float]:
    """The line of a quantity, as it is fitted."""
    return fit_line(p, right, weight, prior=PRIOR.get(quantity, 4.0))


def _mapped(p: Floats, slope: float, offset: float) -> Floats:
    x = np.clip(p, 1e-6, 1.0 - 1e-6)
    return np.asarray(1.0 / (1.0 + np.exp(-(offset + slope * np.log(x / (1.0 - x))))))


def _slopes_by_source(p: Floats, right: Floats, weight: Floats, source: NDArray[np.str_]) -> tuple[float, float]:
    """95 % interval of the reliability slope when whole sources are drawn anew: predictions of one go together."""
    rng, names = np.random.default_rng(0), np.unique(source)
    places = {name: np.flatnonzero(source == name) for name in names}
    slopes = []
    for _ in range(200):
        drawn = np.concatenate([places[name] for name in rng.choice(names, len(names))])
        slopes.append(fit_line(p[drawn], right[drawn], weight[drawn])[0])
    low, high = np.quantile(slopes, (0.025, 0.975))
    return float(low), float(high)


def _row(
    quantity: str,
    curve: tuple[Floats, Floats, Floats],
    where: str,
    command: str,
    spread: tuple[float, float] | None = None,
) -> Row:
    p, right, weight = curve
    ece, (slope, _) = corrected_ece(p, right, weight), fit_line(p, right, weight)
    interval = f" [{spread[0]:.2f}, {spread[1]:.2f}]" if spread else ""
    figure = f"ECE {ece:.3f}, slope {slope:.2f}{interval} (n {len(p)}, right {np.average(right, weights=weight):.3f})"
    goal = "≤ .05, .8-1.2; then ≤ .02, .9-1.1" if quantity in QUANTITIES else "as it is"
    print(f"{quantity}, {where}: {figure}")
    return Row(f"calibration of {quantity} confidence, {where}", figure, goal, command)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", nargs="?", type=Path)
    parser.add_argument("audio", nargs="?", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dry-run", action="store_true", help="print, do not write the table")
    a = parser.parse_args()
    if a.evaluation is not None and a.audio is None:
        parser.error("give EVAL and AUDIO, or neither")
    rows = fit() if a.evaluation is None else measure(a.evaluation, a.audio, a.workers)
    if not a.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
