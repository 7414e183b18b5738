"""Trimming and reversing: the very samples, whatever the blocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grym_synth.audio.editing import streams
from grym_synth.audio.editing.cutting import reverse, trim
from grym_synth.audio.editing.operations import Trim
from grym_synth.errors import BadRequest

from .sounds import all_of, noise, stream_of

SR = 8000
Y = noise(3.0, sr=SR)


@pytest.mark.parametrize("block", [1, 313, 100_000])
@pytest.mark.parametrize(
    ("op", "first", "last"),
    [
        (Trim(0.5, 1.25), 4000, 10000),
        (Trim(0.0, 3.0), 0, 24000),
        (Trim(0.5), 4000, 24000),
        (Trim(-1.0), 16000, 24000),
        (Trim(0.0, -1.0), 0, 16000),
        (Trim(0.5, -1.0), 4000, 16000),
        (Trim(-2.0, -1.0), 8000, 16000),
        (Trim(-2.0, 1.5), 8000, 12000),
        (Trim(0.1, 0.100125), 800, 801),
        (Trim(0.0, 3.04), 0, 24000),
    ],
)
def test_a_trim_keeps_exactly_the_samples_asked_for(
    op: Trim, first: int, last: int, block: int, tmp_path: Path
) -> None:
    y = Y
    assert np.array_equal(all_of(trim(stream_of(y, tmp_path, SR, block), op)), y[first:last])


@pytest.mark.parametrize(
    "op", [Trim(3.0), Trim(2.0, 3.5), Trim(5.0, 6.0), Trim(-4.0), Trim(2.5, -1.0), Trim(-1.0, 1.0), Trim(3.0, 3.01)]
)
def test_a_trim_outside_the_sound_is_refused_with_its_length(op: Trim, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="the sound is 0:03 long"):
        all_of(trim(stream_of(Y, tmp_path, SR), op))


def test_what_lies_behind_a_trim_is_never_read(tmp_path: Path) -> None:
    stream = stream_of(Y, tmp_path, SR, 1000)
    all_of(trim(stream, Trim(0.0, 0.5)))
    assert len(next(stream.blocks)) == 1000


def test_a_long_end_is_kept_on_disk_and_comes_back_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_HELD", 1000)
    monkeypatch.setattr(streams, "_IN_MEMORY", 1000)
    assert np.array_equal(all_of(trim(stream_of(Y, tmp_path, SR), Trim(0.5, -2.0))), Y[4000:8000])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("block", [100, 100_000])
def test_a_reverse_is_the_sound_backwards_and_twice_it_is_the_sound(block: int, tmp_path: Path) -> None:
    once = all_of(reverse(stream_of(Y, tmp_path, SR, block)))
    assert np.array_equal(once, Y[::-1])
    assert np.array_equal(all_of(reverse(stream_of(once, tmp_path, SR))), Y)


def test_a_disk_without_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_IN_MEMORY", 1000)
    with pytest.raises(BadRequest, match="cannot write in"):
        all_of(reverse(stream_of(Y, tmp_path / "nowhere", SR)))
