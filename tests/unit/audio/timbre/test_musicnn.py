"""The tagging network: its checkpoint is read, folded and run; weights are made here."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.timbre import measure as timbre
from grym_synth.audio.timbre import musicnn
from grym_synth.audio.timbre.checkpoint import read_checkpoint
from grym_synth.errors import BadSetup


def made_variables() -> dict[str, FloatArray]:
    """Random weights of the right shapes; the dense layer fits 753 channels as in the published network."""
    rng = np.random.default_rng(5)
    shapes = {"conv2d": (7, 38, 1, 204), "conv2d_1": (7, 67, 1, 204), "conv2d_2": (128, 1, 1, 51),
              "conv2d_3": (64, 1, 1, 51), "conv2d_4": (32, 1, 1, 51), "conv2d_5": (7, 561, 1, 64),
              "conv2d_6": (7, 64, 1, 64), "conv2d_7": (7, 64, 1, 64)}  # fmt: skip
    variables: dict[str, FloatArray] = {}
    for name, shape in shapes.items():
        variables[f"{name}/kernel"] = (rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)
        variables[f"{name}/bias"] = rng.normal(0.0, 0.1, shape[-1]).astype(np.float32)
    for name, rows, columns in (("dense", 1506, 200), ("dense_1", 200, 50)):
        variables[f"{name}/kernel"] = (rng.normal(size=(rows, columns)) / np.sqrt(rows)).astype(np.float32)
        variables[f"{name}/bias"] = rng.normal(0.0, 0.1, columns).astype(np.float32)
    for i, n in enumerate((1, 204, 204, 51, 51, 51, 64, 64, 64, 1506, 200)):
        name = f"batch_normalization{f'_{i}' if i else ''}"
        variables[f"{name}/gamma"] = rng.normal(0.5, 0.7, n).astype(np.float32)  # some are negative
        variables[f"{name}/beta"] = rng.normal(0.0, 0.1, n).astype(np.float32)
        variables[f"{name}/moving_mean"] = rng.normal(0.0, 0.1, n).astype(np.float32)
        variables[f"{name}/moving_variance"] = rng.uniform(0.5, 1.5, n).astype(np.float32)
    return variables


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def write_checkpoint(folder: Path, variables: dict[str, FloatArray]) -> None:
    """The two files as TensorFlow lays them out: a table of one block of keys, and the numbers."""
    numbers, block, before = b"", b"", b""
    for name, value in [("", np.zeros(0, np.float32)), *sorted(variables.items())]:
        dimensions = b"".join(b"\x12" + varint(len(d)) + d for d in (b"\x08" + varint(n) for n in value.shape))
        entry = b"\x08\x01\x12" + varint(len(dimensions)) + dimensions + b"\x20" + varint(len(numbers))
        entry += b"\x28" + varint(value.nbytes) + b"\x35\x00\x00\x00\x00"
        key = name.encode()
        shared = next(
            (i for i, (a, b) in enumerate(zip(before, key, strict=False)) if a != b), min(len(before), len(key))
        )
        block += varint(shared) + varint(len(key) - shared) + varint(len(entry)) + key[shared:] + entry
        numbers, before = numbers + value.astype("<f4").tobytes(), key
    end = b"\x00\x00\x00\x00\x01\x00\x00\x00"
    handle = varint(0) + varint(len(block) + 8)
    index = b"\x00" + varint(1) + varint(len(handle)) + b"z" + handle
    data = block + end + b"\x00crc4" + index + end + b"\x00crc4"
    footer = varint(0) + varint(8) + varint(len(block) + 13) + varint(len(index) + 8)
    folder.mkdir(exist_ok=True)
    (folder / "model.index").write_bytes(data + footer.ljust(40, b"\x00") + b"\x57\xfb\x80\x8b\x24\x75\x47\xdb")
    (folder / "model.data-00000-of-00001").write_bytes(numbers)


def plain_network(v: dict[str, FloatArray], mel: FloatArray) -> FloatArray:
    """The network as its paper and source describe it, step by step, without any folding."""

    def normal(x: FloatArray, i: int) -> FloatArray:
        g, b, m, s = (
            v[f"batch_normalization{f'_{i}' if i else ''}/{p}"]
            for p in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return np.asarray((x - m) / np.sqrt(s + 1e-3) * g + b)

    def convolved(x: FloatArray, i: int, pad: tuple[int, int]) -> FloatArray:
        kernel, bias = v[f"conv2d{f'_{i}' if i else ''}/kernel"][:, :, 0], v[f"conv2d{f'_{i}' if i else ''}/bias"]
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, (pad, (0, 0))), kernel.shape[:2])
        return normal(np.maximum(np.einsum("tfab,abc->tfc", windows, kernel, optimize=True) + bias, 0.0), i + 1)

    x = normal(mel[:, :, None], 0)[:, :, 0]
    front = np.hstack(
        [convolved(x, i, pad).max(axis=1) for i, pad in enumerate([(3, 3), (3, 3), (63, 64), (31, 32), (15, 16)])]
    )
    first = convolved(front, 5, (3, 3))[:, 0]
    second = first + convolved(first, 6, (3, 3))[:, 0]
    third = second + convolved(second, 7, (3, 3))[:, 0]
    channels = np.hstack([front, first, second, third])
    flat = normal(np.stack([channels.max(axis=0), channels.mean(axis=0)], axis=1).ravel(), 9)
    heard = normal(np.maximum(flat @ v["dense/kernel"] + v["dense/bias"], 0.0), 10)
    return np.asarray(1.0 / (1.0 + np.exp(-(heard @ v["dense_1/kernel"] + v["dense_1/bias"]))))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("musicnn")
    write_checkpoint(folder, made_variables())
    return folder / "model"


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    variables = {"b/kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "b/bias": np.ones(2, np.float32)}
    write_checkpoint(tmp_path, variables)
    read = {name: value for name, value in read_checkpoint(tmp_path / "model").items() if value.size}
    assert read.keys() == variables.keys()
    for name, value in variables.items():
        np.testing.assert_array_equal(read[name], value)


@pytest.mark.slow
def test_the_folded_network_is_the_plain_one(weights: Path) -> None:
    mel = np.random.default_rng(0).uniform(0.0, 3.0, (40, 96)).astype(np.float32)
    tags, heard = musicnn.load_network(str(weights)).run(mel)
    assert heard.shape == (200,)
    np.testing.assert_allclose(tags, plain_network(made_variables(), mel), atol=1e-4)


def test_missing_and_damaged_weights_are_a_bad_setup(tmp_path: Path) -> None:
    with pytest.raises(BadSetup):
        read_checkpoint(tmp_path / "nowhere")
    (tmp_path / "model.index").write_bytes(b"\x00" * 60)
    (tmp_path / "model.data-00000-of-00001").write_bytes(b"")
    with pytest.raises(BadSetup):
        read_checkpoint(tmp_path / "model")


def test_another_checkpoint_is_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, {"w": np.ones((2, 2), np.float32)})
    with pytest.raises(BadSetup):
        musicnn.load_network(str(tmp_path / "model"))


def test_the_mel_of_a_tone_peaks_at_its_band() -> None:
    t = np.arange(musicnn.SR) / musicnn.SR
    mel = musicnn.log_mel(np.sin(2 * np.pi * 1000.0 * t).astype(np.float32))
    assert mel.shape == (63, 96)
    # 1 kHz is mel 15 on Slaney's scale, and the 96 centres lie 45.245 / 97 apart.
    assert abs(int(mel[30].argmax()) - (15.0 / (45.245 / 97.0) - 1.0)) < 1.0


def test_excerpts_lie_inside_and_never_overlap() -> None:
    for duration in (0.0, 1.0, 3.0, 5.9, 6.0, 9.0, 240.0):
        starts = musicnn.excerpt_starts(duration)
        assert 1 <= len(starts) <= 3
        assert starts[0] >= 0.0
        assert starts[-1] + musicnn.EXCERPT_S <= max(duration, musicnn.EXCERPT_S) + 1e-9
        assert all(b - a >= musicnn.EXCERPT_S - 1e-9 for a, b in itertools.pairwise(starts))


def heard_at_once(y: FloatArray, sr: int) -> list[FloatArray]:
    return timbre.read_excerpts(lambda start, n: y[round(start * sr) :][:n], sr, len(y) / sr)


@pytest.mark.parametrize("seconds", [0.02, 3.0, 6.5, 10.0])
def test_stretches_kept_in_passing_are_those_that_are_read_afterwards(seconds: float) -> None:
    sr = 8_000
    y = np.random.default_rng(1).normal(size=round(seconds * sr)).astype(np.float32)
    meter = timbre.ExcerptsMeter(sr, len(y) / sr)
    for start in range(0, len(y), 1_777):
        meter.feed(y[start : start + 1_777])
    kept = meter.finish()
    assert kept is not None
    for ours, theirs in itertools.zip_longest(kept, heard_at_once(y, sr)):
        np.testing.assert_array_equal(ours, theirs)


def test_stretches_of_a_recording_that_is_not_as_long_as_declared_are_not_kept() -> None:
    for declared in (None, 9.0, 11.0):
        meter = timbre.ExcerptsMeter(100, declared)
        meter.feed(np.zeros(1000, np.float32))
        assert meter.finish() is None


@pytest.mark.slow
def test_tags_are_few_distinct_and_surest_first(weights: Path) -> None:
    y = np.random.default_rng(0).normal(0.0, 0.1, 10 * 22_050).astype(np.float32)
    tags = timbre.measure_tags(heard_at_once(y, 22_050), 22_050, str(weights))
    assert [p for _, p in tags] == sorted((p for _, p in tags), reverse=True)
    assert len({name for name, _ in tags}) == len(tags)
    assert all(p >= timbre.TAG_BOUND for _, p in tags)
    assert "vocals" not in dict(tags)


def test_silence_has_no_tags(weights: Path) -> None:
    silent = np.zeros(1000, np.float32)
    assert timbre.measure_tags(heard_at_once(silent, 44_100), 44_100, str(weights)) == ()
