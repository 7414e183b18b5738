from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import scipy.fft

from grym_synth.audio.spectra import fft


@pytest.fixture(params=[True, False], ids=["compiled", "scipy.fft"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the compiled module alone, and as where it is not found."""
    if not request.param:
        monkeypatch.setattr(fft, "_pocketfft", None)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("n", "axis"), [(None, -1), (100, 1), (40, 1), (16, 0)])
def test_transforms_are_those_of_scipy(dtype: type, n: int | None, axis: int) -> None:
    x: np.ndarray = np.random.default_rng(1).standard_normal((9, 64)).astype(dtype)
    spectrum = fft.rfft(x, n, axis)
    assert spectrum.dtype == np.result_type(dtype, np.complex64)
    assert np.array_equal(spectrum, scipy.fft.rfft(x, n, axis))
    back = fft.irfft(spectrum, n or 64, axis)
    assert back.dtype == dtype
    assert np.array_equal(back, scipy.fft.irfft(spectrum, n or 64, axis))


@pytest.mark.usefixtures("either_way")
def test_fast_lengths_are_those_of_scipy() -> None:
    for n in (1, 7, 1013, 44100, 44101, 384001):
        assert fft.next_fast_len(n) == scipy.fft.next_fast_len(n, real=True)


def test_strided_frames_need_no_copy_of_their_own() -> None:
    x = np.random.default_rng(2).standard_normal(1000).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(x, 128)[::32]
    assert np.array_equal(fft.rfft(frames), scipy.fft.rfft(frames))


@pytest.mark.slow
def test_the_import_does_not_bring_in_all_of_scipy() -> None:
    code = "import sys, grym_synth.audio.listen; print(sorted(m for m in sys.modules if m.startswith('scipy')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"
