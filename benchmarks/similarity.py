"""How well the vectors find the other excerpt of a track, and hits of the same class in another kit.

    python -m benchmarks.similarity EVAL AUDIO [--predictions FILE.jsonl]

Runs the one-shots and segments of EVAL/truth.json through the meters. One-shots: the nearest hit of another kit has the
same class. Segments: the nearest excerpt is of the same track. The fitted model of hits has heard the development
half, so its figure there flatters; `benchmarks.fit_one_shots` prints the one of kits left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.fit_one_shots import nearest_is_alike
from grym_synth.audio.decoding.files import open_audio
from grym_synth.audio.spectra.chroma import measure_pitch
from grym_synth.audio.spectra.frames import FloatArray, ShortSpectraMeter
from grym_synth.audio.spectra.pitch_peaks import PitchPeaksMeter
from grym_synth.audio.timbre import vectors
from grym_synth.audio.timbre.measure import Timbre, TimbreMeter, measure_timbre


def heard(path: Path) -> tuple[Timbre, dict[str, FloatArray]]:
    with open_audio(str(path)) as audio:
        return heard_blocks(audio.sr, audio.blocks(5.0))


def heard_blocks(sr: int, blocks: Iterable[FloatArray]) -> tuple[Timbre, dict[str, FloatArray]]:
    """The timbre and the vectors of blocks of shape (n, channels)."""
    short, peaks, timbre = ShortSpectraMeter(sr), PitchPeaksMeter(sr), TimbreMeter(sr)
    for block in blocks:
        mono = block.mean(axis=1).astype(np.float32)
        for meter in (short, peaks, timbre):
            meter.feed(mono)
    spectra, found, y = short.finish(), peaks.finish(), timbre.finish()
    course = vectors.follow(spectra.mel)
    measured = measure_timbre(y, spectra, found, course)
    hit = None if measured.hit is None else measured.hit.vector
    return measured, vectors.describe(spectra, found, measure_pitch(found), course, hit)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--predictions", type=Path, help="where to write labels and vectors, as JSON lines")
    options = parser.parse_args()
    truth = json.loads((options.evaluation / "truth.json").read_text())
    rows = []
    for kind, same, apart in (("oneshot", "label", "group"), ("segment", "track", "")):
        names = [name for name, item in truth.items() if item["kind"] == kind]
        told = []
        for name in names:
            path = next(p for p in options.audio.glob(f"{name}.*") if p.suffix in (".flac", ".ogg", ".wav"))
            timbre, found = heard(path)
            told.append(found)
            label = None if timbre.hit is None else timbre.hit.label
            rows.append({"id": name, "label": label, "embedding": [round(float(x), 5) for x in found["all"]]})
        wanted = np.array([truth[name][same] for name in names])
        group = np.array([truth[name][apart] if apart else name for name in names])
        for aspect in told[0]:
            alike = nearest_is_alike(np.array([found[aspect] for found in told]), wanted, group)
            print(f"{kind} {aspect}: {alike:.3f} of {len(names)}")
    if options.predictions:
        options.predictions.write_text("".join(json.dumps(row) + "\n" for row in rows))


if __name__ == "__main__":
    main()
