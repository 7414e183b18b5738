"""How many of our own questions are answered by the right capability, with right values, and without a crash.

    python -m benchmarks.answered .venv/bin/grym [--json OUT.json] [--only q001,q017]

Makes one small recording for each role that benchmarks/questions.jsonl names (seeded, so that what is true of it is
known; others are files of `examples`), asks every question through the real command in a home of its own, and prints
a table. A question counts as answered when each expected capability left evidence for each file; one marked `decline`
when it left none.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile as sf

from benchmarks.rows import GRYM, Row

COMMAND = "python -m benchmarks.answered .venv/bin/grym"
Samples = npt.NDArray[np.float64]
QUESTIONS = Path(__file__).with_name("questions.jsonl")
EXAMPLES = QUESTIONS.parent.parent / "examples"
SR = 44_100


# --- recordings -----------------------------------------------------------------------------------------------------


def decibels(level: float) -> float:
    return float(10 ** (level / 20))


def tone(frequency_hz: float, seconds: float, sr: int = SR) -> Samples:
    return np.asarray(np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * sr)) / sr), dtype=np.float64)


def pink(n: int, rng: np.random.Generator) -> Samples:
    """Noise that falls by 3 dB an octave, RMS 1."""
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    y = np.fft.irfft(spectrum, n)
    return np.asarray(y / np.sqrt(np.mean(y**2)), dtype=np.float64)


def drums(tempo_bpm: float, beats: int, sr: int, rng: np.random.Generator) -> Samples:
    """Kick on 1 and 3, snare on 2 and 4, hi-hat on every eighth; the first beat is at 0 s."""
    y = np.zeros(round(beats * 60 / tempo_bpm * sr))
    t = np.arange(round(0.2 * sr)) / sr
    kick = np.sin(2 * np.pi * (48 * t + 9 * (1 - np.exp(-t / 0.02)))) * np.exp(-t / 0.07)
    snare = (
        rng.standard_normal(len(t)) * np.exp(-t / 0.05) * 0.5 + np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.04) * 0.4
    )
    hat = np.diff(rng.standard_normal(len(t)), prepend=0) * np.exp(-t / 0.015) * 0.12
    for eighth in range(2 * beats):
        hits = [hat]
        if eighth % 2 == 0:
            hits.append(kick if eighth % 4 == 0 else snare)
        start = round(eighth * 30 / tempo_bpm * sr)
        for hit in hits:
            stop = min(len(y), start + len(hit))
            y[start:stop] += hit[: stop - start]
    return y


def harmony(chords: Sequence[Sequence[int]], tempo_bpm: float, sr: int, cents: float = 0.0) -> Samples:
    """A four-beat bar of each chord (MIDI notes, the first is the bass), struck on every beat."""
    n = round(60 / tempo_bpm * sr)
    t = np.arange(n) / sr
    envelope = np.minimum(1, t / 0.01) * np.exp(-t / 0.6) * np.minimum(1, (t[-1] - t) / 0.02 + 1e-9)
    bars = []
    for chord in chords:
        beat = np.zeros(n)
        for i, midi in enumerate(chord):
            f0 = 440 * 2 ** ((midi - 69 + cents / 100) / 12)
            for k in range(1, 7):
                beat += (0.5 if i else 0.9) * np.sin(2 * np.pi * k * f0 * t) / k**1.5
        bars.append(np.tile(beat * envelope, 4))
    return np.concatenate(bars)


MINOR = ((45, 57, 60, 64), (45, 60, 64, 69), (50, 57, 62, 65), (45, 57, 60, 64), (52, 59, 64, 67), (45, 60, 64, 69))
MAJOR = ((48, 60, 64, 67), (53, 60, 65, 69), (48, 64, 67, 72), (55, 59, 62, 67), (48, 60, 64, 67), (48, 64, 67, 72))


def music(chords: Sequence[Sequence[int]], tempo_bpm: float, sr: int, seed: int, cents: float = 0.0) -> Samples:
    rng = np.random.default_rng(seed)
    tune = harmony(chords, tempo_bpm, sr, cents)
    beat = drums(tempo_bpm, 4 * len(chords), sr, rng)
    n = min(len(tune), len(beat))
    y = 0.35 * tune[:n] + 0.5 * beat[:n]
    return np.asarray(0.5 * y / np.max(np.abs(y)), dtype=np.float64)


def stereo(y: Samples, rng: np.random.Generator) -> Samples:
    """The same in both channels, with a little of its own air in each."""
    return np.stack([y + 0.002 * pink(len(y), rng), y + 0.002 * pink(len(y), rng)], axis=1)


def make_recordings(folder: Path, roles: Sequence[str]) -> dict[str, Path]:
    """Write the recordings of these roles; role to path. A role with an ending is a file of `examples`."""
    rng = np.random.default_rng(11)
    song = music((*MINOR, *MINOR), 120, SR, 1)  # 24 s, A minor
    makers: dict[str, Callable[[], tuple[Samples, int, str]]] = {
        "song": lambda: (stereo(song, rng), SR, "PCM_16"),
        "loop": lambda: (music((*MINOR[:4], *MINOR[:4]), 120, 48_000, 2), 48_000, "PCM_24"),  # 16 s
        "fast": lambda: (music((*MINOR, *MINOR), 150, SR, 3), SR, "PCM_16"),
        "major": lambda: (music((*MAJOR, *MAJOR), 100, SR, 4), SR, "PCM_16"),
        "detuned": lambda: (music((*MINOR, *MINOR), 110, SR, 5, cents=30), SR, "PCM_16"),
        "quiet": lambda: (stereo(song * decibels(-18), rng), SR, "PCM_16"),
        "loud": lambda: (stereo(0.9 * np.tanh(6 * song), rng), SR, "PCM_16"),
        "clipped": lambda: (np.clip(4 * song, -1, 1), SR, "PCM_16"),
        "crescendo": lambda: (song * np.linspace(0.03, 1.5, len(song)), SR, "PCM_16"),
        "hum": lambda: (_hum(rng), SR, "PCM_16"),
        "stereo_left_quiet": lambda: (_left_quiet(rng), SR, "PCM_16"),
        "wide": lambda: (np.stack([0.1 * (noise := pink(6 * SR, rng)), -0.1 * noise], axis=1), SR, "PCM_16"),
        "tone_440": lambda: (decibels(-12) * tone(440, 5, 48_000), 48_000, "PCM_16"),
        # EBU Tech 3341, case 1: a 1 kHz stereo tone of -23 dBFS measures -23 LUFS.
        "reference_minus_23": lambda: (decibels(-23) * np.stack([tone(1000, 20)] * 2, axis=1), SR, "PCM_24"),
        "silent_ends": lambda: (np.pad(song[: 6 * SR], (round(1.5 * SR), 2 * SR)), SR, "PCM_16"),
        "dc": lambda: (0.05 + 0.1 * pink(6 * SR, rng), SR, "PCM_16"),
        "noise": lambda: (0.1 * rng.standard_normal(6 * SR), SR, "PCM_16"),
        "resonant": lambda: (_resonant(rng), SR, "PCM_16"),
        "tagged": lambda: (song[: 6 * SR], SR, "PCM_16"),
    }  # fmt: skip
    paths = {role: EXAMPLES / role for role in roles if "." in role}
    for role in (role for role in roles if role not in paths):
        samples, sr, subtype = makers[role]()
        paths[role] = folder / f"{role}.{'flac' if role == 'tagged' else 'wav'}"
        channels = 1 if samples.ndim == 1 else samples.shape[1]
        with sf.SoundFile(paths[role], "w", samplerate=sr, channels=channels, subtype=subtype) as file:
            if role == "tagged":
                file.title, file.artist = "Paper Lanterns", "Ida Berg"
            file.write(samples)
    return paths


def _hum(rng: np.random.Generator) -> Samples:
    y = 0.004 * pink(8 * SR, rng)
    for k, level in enumerate((-34, -38, -40, -46, -48), start=1):
        y += decibels(level) * tone(50 * k, 8)
    return y


def _left_quiet(rng: np.random.Generator) -> Samples:
    y = 0.1 * pink(8 * SR, rng)
    return np.stack([y * decibels(-6), y], axis=1)


def _resonant(rng: np.random.Generator) -> Samples:
    """Pink noise with a peak of 18 dB at 2.5 kHz."""
    y = 0.05 * pink(8 * SR, rng)
    hz = np.fft.rfftfreq(len(y), 1 / SR)
    gain = 1 + (decibels(18) - 1) * np.exp(-0.5 * ((hz - 2500) / 40) ** 2)
    return np.asarray(np.fft.irfft(np.fft.rfft(y) * gain, len(y)), dtype=np.float64)


# --- asking and judging ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One question put to the command."""

    exit_code: int
    document: Mapping[str, Any] | None  # None when stdout was not one JSON document
    stderr: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Verdict:
    id: str
    question: str
    outcome: str  # "right", "wrong value", "not answered", "answered what it cannot", "crash"
    detail: str
    seconds: float


def read_questions(path: Path = QUESTIONS) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def ask(command: Sequence[str], question: str, paths: Sequence[Path], home: Path, timeout: float = 120.0) -> Asked:
    environment = {**os.environ, "GRYM_HOME": str(home)}
    started = time.perf_counter()
    try:
        done = subprocess.run(
            [*command, "ask", question, *map(str, paths), "--json"],
            env=environment, capture_output=True, text=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Asked(124, None, f"no answer within {timeout:.0f} s", timeout)
    seconds = time.perf_counter() - started
    try:
        document = json.loads(done.stdout)
    except ValueError:
        document = None
    return Asked(done.returncode, document if isinstance(document, dict) else None, done.stderr, seconds)


def leaves(value: Any) -> Iterator[Any]:
    """Every number and text in a value, however deep."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def holds(must: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the findings, alternatives apart, hold what must be there; "theory." means any name below it."""
    name = must["name"]
    for item in evidence:
        if item["rank"] or not (item["name"].startswith(name) if name.endswith(".") else item["name"] == name):
            continue
        for leaf in leaves(item["value"]):
            number = isinstance(leaf, int | float) and not isinstance(leaf, bool)
            if "near" in must and number and abs(leaf - must["near"]) <= must["tol"] + 1e-9:
                return True
            if "at_least" in must and number and leaf >= must["at_least"]:
                return True
            if "is" in must and isinstance(leaf, str) and (leaf == must["is"] or must["is"] in leaf.split()):
                return True
    return False


def judge(question: Mapping[str, Any], asked: Asked, paths: Sequence[Path]) -> Verdict:
    def verdict(outcome: str, detail: str = "") -> Verdict:
        return Verdict(question["id"], question["question"], outcome, detail, asked.seconds)

    document = asked.document
    if document is None or asked.exit_code in (1, 2, 124) or asked.exit_code < 0:
        return verdict("crash", f"exit {asked.exit_code}: {asked.stderr.strip()[-200:]}")
    evidence, gaps = document.get("evidence", []), document.get("gaps", [])
    if "decline" in question:
        if evidence:
            return verdict("answered what it cannot", document.get("answer", "")[:200])
        if question["decline"] == "gap" and not gaps:
            return verdict("not answered", "declined without a gap that says why")
        return verdict("right")
    if asked.exit_code != 0:
        return verdict("not answered", f"exit {asked.exit_code}: {str(gaps)[:200]}")
    for capability in question["expect"]:
        subjects = {item["subject"] for item in evidence if item["name"].partition(".")[0] == capability}
        # What is held against the first recording is told of the others.
        told = paths[1:] if capability == "compare" else paths
        missing = [path.name for path in told if str(path) not in subjects]
        if missing or not subjects:
            routed = document.get("route", {}).get("capabilities")
            return verdict(
                "not answered", f"no {capability} for {missing or 'it'}; routed to {routed}; gaps {str(gaps)[:160]}"
            )
    for must in question.get("must", []):
        if not holds(must, evidence):
            found = [item["value"] for item in evidence if item["name"].startswith(must["name"]) and not item["rank"]]
            return verdict("wrong value", f"wanted {must}, found {str(found)[:160]}")
    if not document.get("answer", "").strip():
        return verdict("not answered", "the answer is empty")
    return verdict("right")


def ask_all(command: Sequence[str], questions: Sequence[Mapping[str, Any]], folder: Path) -> Iterator[Verdict]:
    """Make the recordings below `folder`, ask one question after the other."""
    roles = sorted({role for question in questions for role in question["files"]})
    recordings = make_recordings(folder, roles)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    for question in questions:
        paths = [recordings[role] for role in question["files"]]
        yield judge(question, ask(command, question["question"], paths, home), paths)


def measure() -> list[Row]:
    """Ask everything once: shares of what is answered, and of what is declined, as it should be."""
    questions = read_questions()
    with tempfile.TemporaryDirectory() as folder:
        verdicts = list(ask_all([str(GRYM)], questions, Path(folder)))
    declined = {question["id"] for question in questions if "decline" in question}
    asked = [verdict for verdict in verdicts if verdict.id not in declined]
    answered = sum(verdict.outcome in ("right", "wrong value") for verdict in asked)
    right = sum(verdict.outcome == "right" for verdict in asked)
    refused = sum(verdict.outcome == "right" for verdict in verdicts if verdict.id in declined)
    slowest = max(verdict.seconds for verdict in verdicts)
    return [
        Row("own questions answered by the right capability", f"{answered} of {len(asked)}", "≥ 95 %", COMMAND),
        Row("own questions answered with the right value", f"{right} of {len(asked)}", "all", COMMAND),
        Row("questions declined that should be", f"{refused} of {len(declined)}", "all", COMMAND),
        Row("slowest of these questions", f"{slowest:.1f} s", "≤ 5 s", COMMAND),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description="Ask our own questions and count what is answered.")
    parser.add_argument("command", nargs="+", help="how grym is started, e.g. .venv/bin/grym or python -m grym_synth")
    parser.add_argument("--json", type=Path, help="write the verdicts there")
    parser.add_argument("--only", default="", help="ids, comma separated")
    options = parser.parse_args()
    wanted = set(options.only.split(",")) - {""}
    questions = [question for question in read_questions() if not wanted or question["id"] in wanted]
    with tempfile.TemporaryDirectory() as folder:
        verdicts = []
        for verdict in ask_all(options.command, questions, Path(folder)):
            verdicts.append(verdict)
            if verdict.outcome != "right":
                print(
                    f"{verdict.id}  {verdict.outcome:24s} {verdict.question[:60]:60s} {verdict.detail}", file=sys.stderr
                )
    counts = Counter(verdict.outcome for verdict in verdicts)
    times = np.array([verdict.seconds for verdict in verdicts])
    declined = {question["id"] for question in questions if "decline" in question}
    for title, part in (
        ("to be answered", [v for v in verdicts if v.id not in declined]),
        ("to be declined", [v for v in verdicts if v.id in declined]),
    ):
        right = sum(v.outcome == "right" for v in part)
        print(f"{title:24s} {right:4d} of {len(part):4d} right")
    for outcome, count in counts.most_common():
        print(f"{outcome:24s} {count:4d}")
    print(
        f"{'seconds a question':24s} median {np.median(times):.2f}, greatest {times.max():.2f}, all {times.sum():.0f}"
    )
    if options.json:
        rows = [
            {"id": v.id, "outcome": v.outcome, "detail": v.detail, "seconds": round(v.seconds, 3)} for v in verdicts
        ]
        summary = {"counts": dict(counts), "seconds": round(float(times.sum()), 2), "verdicts": rows}
        options.json.write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0 if counts["right"] == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
