"""The same recording in another file: through a codec, a gain, another sample rate, a second trimmed away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from grym_synth.audio.decoding.files import open_audio
from grym_synth.audio.prints.match import SHORT_FRAMES, quantised
from grym_synth.audio.prints.meter import PrintMeter
from grym_synth.audio.prints.summary import summarise
from grym_synth.memory.duplicates import Duplicates, folded, same_recording
from grym_synth.storage.prints import BANDS, Prints, StoredPrint
from grym_synth.storage.sqlite import SqliteStore

SR = 44100


def music(seconds: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    y = np.zeros(int(seconds * SR))
    for at in np.arange(0.0, seconds, 0.2):
        t = np.arange(int(rng.uniform(0.1, 0.6) * SR)) / SR
        f = 110.0 * 2 ** (rng.integers(0, 36) / 12)
        tone = sum(np.sin(2 * np.pi * f * h * t) / h for h in range(1, 6)) * np.exp(-5 * t)
        i = int(at * SR)
        y[i : i + len(tone)] += 0.1 * tone[: len(y) - i] + 0.01 * rng.standard_normal(len(tone[: len(y) - i]))
    return y


def stored(path: Path, name: str) -> StoredPrint:
    with open_audio(path) as audio:
        meter = PrintMeter(audio.sr)
        for block in audio.blocks(1.6):
            meter.feed(np.ascontiguousarray(block.mean(axis=1), np.float32))
    found = meter.finish()
    levels = quantised(found.levels) if len(found.words) <= SHORT_FRAMES else np.zeros((0, BANDS), np.uint8)
    return StoredPrint(name, found.words, levels, summarise(found))


def write(path: Path, y: np.ndarray, change: str) -> Path:
    path = path.with_suffix(".mp3" if change == "mp3" else ".wav")
    match change:
        case "mp3":
            soundfile.write(path, y, SR, format="MP3", subtype="MPEG_LAYER_III", compression_level=0.89,
                            bitrate_mode="CONSTANT")  # fmt: skip
        case "quieter":
            soundfile.write(path, y * 10 ** (-12 / 20), SR)
        case "trimmed":
            soundfile.write(path, y[SR:], SR)
        case "resampled":
            soundfile.write(path, resample_poly(y, 1, 2), SR // 2)
        case _:
            soundfile.write(path, y, SR)
    return path


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, StoredPrint]:
    folder = tmp_path_factory.mktemp("originals")
    return {f"r{seed}": stored(write(folder / f"r{seed}", music(8.0, seed), ""), f"r{seed}") for seed in range(6)}


@pytest.mark.parametrize("change", ["mp3", "quieter", "trimmed", "resampled"])
def test_a_changed_file_finds_its_original_and_no_other(
    originals: dict[str, StoredPrint], tmp_path: Path, change: str
) -> None:
    store = SqliteStore.in_memory()
    prints = Prints(store)
    prints.put(originals.values())
    duplicates = Duplicates(prints)
    for seed in (0, 3):
        asked = stored(write(tmp_path / f"x{seed}", music(8.0, seed), change), "asked")
        assert [each.sha256 for each in duplicates.of(asked)] == [f"r{seed}"]
    store.close()


def test_prints_that_come_later_are_found_too(originals: dict[str, StoredPrint]) -> None:
    store = SqliteStore.in_memory()
    prints = Prints(store)
    prints.put([originals["r0"]])
    duplicates = Duplicates(prints)
    twin = StoredPrint("twin", originals["r1"].words, originals["r1"].levels, originals["r1"].summary)
    assert duplicates.of(twin) == []
    prints.put([originals["r1"]])
    (found,) = duplicates.of(twin)
    assert (found.sha256, found.similarity) == ("r1", 1.0)
    prints.put([originals["r1"]])  # heard again: it is known once
    assert len(duplicates.of(twin)) == 1
    store.close()


def test_a_changed_hit_is_the_same_and_another_hit_is_not(tmp_path: Path) -> None:
    def hit(f: float, name: str, change: str) -> StoredPrint:
        t = np.arange(SR // 2) / SR
        noise = np.random.default_rng(1).standard_normal(len(t)) * np.exp(-40 * t)
        y = 0.4 * np.sin(2 * np.pi * f * t) * np.exp(-15 * t) + 0.1 * noise
        return stored(write(tmp_path / name, y, change), name)

    one = hit(180.0, "one", "")
    for change in ("mp3", "quieter", "resampled"):
        found = same_recording(one, hit(180.0, f"one {change}", change))
        assert found is not None
        assert found > 0.8
    assert same_recording(one, hit(240.0, "other", "")) is None


def test_files_of_one_recording_are_folded_in_their_order(originals: dict[str, StoredPrint]) -> None:
    twin = StoredPrint("twin", originals["r2"].words, originals["r2"].levels, originals["r2"].summary)
    found = folded(["r1", "twin", "unknown", "r2"], {**originals, "twin": twin})
    assert found == {"r1": [], "twin": ["r2"], "unknown": []}
    assert folded(["a", "b"], {}) == {"a": [], "b": []}
