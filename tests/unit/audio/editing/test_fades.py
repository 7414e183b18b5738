"""Fades: where they begin and end, and what their shapes promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grym_synth.audio.editing.fades import fade, falling, rising
from grym_synth.audio.editing.operations import SHAPES, Fade, Shape
from grym_synth.errors import BadRequest

from .sounds import all_of, stream_of

SR = 8000
ONES = np.ones((SR, 2), np.float32)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [77, 100_000])
def test_a_fade_in_begins_at_nothing_and_leaves_the_rest_untouched(shape: Shape, block: int, tmp_path: Path) -> None:
    y = all_of(fade(stream_of(ONES, tmp_path, SR, block), Fade("in", 0.25, shape)))
    assert y[0].max() == 0.0
    assert (np.diff(y[:2001, 0]) > 0.0).all()
    assert np.array_equal(y[2000:], ONES[2000:])
    assert len(y) == SR


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [77, 100_000])
def test_a_fade_out_is_a_fade_in_backwards(shape: Shape, block: int, tmp_path: Path) -> None:
    fade_in = all_of(fade(stream_of(ONES, tmp_path, SR), Fade("in", 0.25, shape)))
    fade_out = all_of(fade(stream_of(ONES, tmp_path, SR, block), Fade("out", 0.25, shape)))
    assert np.array_equal(fade_out, fade_in[::-1])


def test_half_way_a_cosine_is_at_half_and_has_no_corners() -> None:
    curve = rising(1000, "cosine")[:, 0]
    assert curve[500] == pytest.approx(0.5, abs=1e-6)
    assert np.abs(np.diff(curve))[[0, -1]].max() < 1e-5


def test_two_fades_of_equal_power_cross_at_constant_power() -> None:
    power = rising(1000, "equal-power")[1:] ** 2 + falling(1000, "equal-power")[:-1] ** 2
    assert np.allclose(power, 1.0, atol=1e-6)


@pytest.mark.parametrize("at", ["in", "out"])
def test_a_fade_longer_than_the_sound_is_refused(at: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=f"fade-{at}=2 is longer than the sound, which is 0:01 long"):
        all_of(fade(stream_of(ONES, tmp_path, SR, 500), Fade("in" if at == "in" else "out", 2.0)))


@pytest.mark.parametrize("at", ["in", "out"])
def test_a_fade_may_take_all_of_the_sound(at: str, tmp_path: Path) -> None:
    y = all_of(fade(stream_of(ONES, tmp_path, SR, 500), Fade("in" if at == "in" else "out", 1.0)))
    assert len(y) == SR
