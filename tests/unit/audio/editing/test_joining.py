"""Recordings behind one another: exact end to end, and at constant power when they cross."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grym_synth.audio.editing.joining import concatenate
from grym_synth.errors import BadRequest

from .sounds import SR, all_of, noise, stream_of, tone

A, B, C = (noise(1.0, seed=seed) for seed in (1, 2, 3))


def test_end_to_end_every_sample_is_kept(tmp_path: Path) -> None:
    others = [lambda: stream_of(B, tmp_path), lambda: stream_of(C, tmp_path)]
    assert np.array_equal(all_of(concatenate(stream_of(A, tmp_path), others, 0.0)), np.concatenate([A, B, C]))


@pytest.mark.parametrize("block", [50, 7001, 100_000])
def test_a_crossfade_overlaps_and_keeps_the_power(block: int, tmp_path: Path) -> None:
    others = [lambda: stream_of(B, tmp_path, block=block), lambda: stream_of(C, tmp_path, block=block)]
    y = all_of(concatenate(stream_of(A, tmp_path, block=block), others, 0.2))
    n = SR // 5
    assert len(y) == 3 * SR - 2 * n
    assert np.array_equal(y[: SR - n], A[:-n])
    assert np.array_equal(y[SR : 2 * SR - 2 * n], B[n:-n])
    power = np.square(y).mean(axis=1).reshape(-1, n // 2).mean(axis=1)
    assert np.abs(power / 0.01 - 1.0).max() < 0.1


def test_another_rate_and_one_channel_are_brought_to_the_first(tmp_path: Path) -> None:
    other = tone(1000.0, 1.0, sr=48000)
    y = all_of(concatenate(stream_of(A, tmp_path), [lambda: stream_of(other, tmp_path, sr=48000)], 0.0))
    assert y.shape == (2 * SR, 2)
    inner = y[SR + SR // 10 : -SR // 10]
    assert np.abs(inner - tone(1000.0, 1.0)[SR // 10 : -SR // 10]).max() < 1e-5


def test_more_channels_than_the_first_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="2 channels cannot follow one with 1"):
        all_of(concatenate(stream_of(tone(440.0, 1.0), tmp_path), [lambda: stream_of(B, tmp_path)], 0.0))


def test_a_crossfade_longer_than_a_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"a crossfade of 2 s is longer than a sound of 1\.000 s"):
        all_of(concatenate(stream_of(A, tmp_path), [lambda: stream_of(noise(3.0), tmp_path)], 2.0))
