"""Real transforms at the speed of `scipy.fft`, without the 0.2 s that importing `scipy.fft` costs.

`scipy.fft` brings in array interfaces of other libraries, `numpy.testing` and `scipy.special`; the transform itself is
one compiled module of scipy that needs none of it. That module is loaded alone; where scipy lays its files out
differently, `scipy.fft` is imported after all.
"""

from __future__ import annotations

import importlib.util
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray


def _compiled() -> ModuleType | None:
    """scipy's compiled transforms; None where they are not in their place or not as they were."""
    scipy = importlib.util.find_spec("scipy")
    for folder in (scipy.submodule_search_locations or ()) if scipy else ():
        place = str(Path(folder, "fft", "_pocketfft"))
        found = FileFinder(place, (ExtensionFileLoader, EXTENSION_SUFFIXES)).find_spec("pypocketfft")
        if found is not None and found.loader is not None:
            try:
                module = importlib.util.module_from_spec(found)
                found.loader.exec_module(module)
            except ImportError:
                return None
            return module if _is_as_known(module) else None
    return None


def _is_as_known(module: ModuleType) -> bool:
    """Whether it transforms as it is called here: an impulse and back."""
    impulse = np.array([[1.0, 0.0, 0.0, 0.0]], np.float32)
    try:
        spectrum = module.r2c(impulse, (1,), True, 0, None, 1)
        back = module.c2r(spectrum, (1,), 4, False, 2, None, 1)
        return bool((spectrum == 1.0).all() and (back == impulse).all() and module.good_size(7919, True) == 8000)
    except (AttributeError, TypeError, ValueError):
        return False


_pocketfft = _compiled()


def rfft(x: NDArray[Any], n: int | None = None, axis: int = -1) -> NDArray[Any]:
    """Spectrum of real signals along `axis`, cut or filled up with zeros to `n` samples; float32 stays single."""
    if _pocketfft is None:
        import scipy.fft

        return np.asarray(scipy.fft.rfft(x, n, axis))
    y = _of_length(np.asarray(x), n, axis)
    return np.asarray(_pocketfft.r2c(y, (axis,), True, 0, None, 1))


def irfft(x: NDArray[Any], n: int, axis: int = -1) -> NDArray[Any]:
    """The real signals of `n` samples whose spectra are `x`."""
    if _pocketfft is None:
        import scipy.fft

        return np.asarray(scipy.fft.irfft(x, n, axis))
    y = _of_length(np.asarray(x), n // 2 + 1, axis)
    return np.asarray(_pocketfft.c2r(y, (axis,), n, False, 2, None, 1))


def next_fast_len(n: int) -> int:
    """The least length from `n` on whose real transform is fast: a product of 2, 3 and 5."""
    if _pocketfft is None:
        import scipy.fft

        return int(scipy.fft.next_fast_len(n, real=True))
    return int(_pocketfft.good_size(n, True))


def _of_length(x: NDArray[Any], n: int | None, axis: int) -> NDArray[Any]:
    if n is None or x.shape[axis] == n:
        return x
    if x.shape[axis] > n:
        return x[(slice(None),) * (axis % x.ndim) + (slice(n),)]
    missing = [(0, 0)] * x.ndim
    missing[axis] = (0, n - x.shape[axis])
    return np.pad(x, missing)
