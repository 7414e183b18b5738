"""Tags of a recording by MusiCNN: a small convolutional network, its published weights, NumPy alone.

The weights come as a TensorFlow checkpoint; `load_network` folds the batch normalisation into the arrays that `Network`
multiplies with, and `tag` hears stretches of three seconds.

References
----------
Pons, Serra (2019), "musicnn: pre-trained convolutional neural networks for music audio tagging" (code and weights ISC).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from ...errors import BadSetup
from ..spectra import fft
from ..spectra.frames import FloatArray
from .checkpoint import read_checkpoint

SR = 16_000  # the rate that the network listens at
EXCERPT_S = 3.0
N_MELS, FRAMES = 96, 187  # of one excerpt

#: The 50 tags of MagnaTagATune, in the order of the network's outputs.
MTT_TAGS = (
    "guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast", "piano", "ambient",
    "beat", "violin", "vocal", "synth", "female", "indian", "opera", "male", "singing", "vocals", "no vocals",
    "harpsichord", "loud", "quiet", "flute", "woman", "male vocal", "no vocal", "pop", "soft", "sitar", "solo", "man",
    "classic", "choir", "voice", "new age", "dance", "male voice", "female vocal", "beats", "harp", "cello", "no voice",
    "weird", "country", "metal", "female voice", "choral",
)  # fmt: skip

_N_FFT, _HOP = 512, 256
_EPSILON = 1e-3  # of the batch normalisation
_TIMBRAL = ("timbral_low", "timbral_high")  # filters of 38 and 67 mel bands x 7 frames
_TEMPORAL = ("temporal_long", "temporal_middle", "temporal_short")  # one band x 128, 64, 32 frames
_STRIDE = 32  # frames that one product gives
_BLOCK = 8  # positions of a filter along the bands that are multiplied at once: they stay in the cache


# --- weights --------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=2)
def load_network(checkpoint: str) -> Network:
    """The network of a checkpoint (its path without `.index`), read once in a process.

    Raises
    ------
    BadSetup
        It is no checkpoint of MusiCNN.
    """
    variables = read_checkpoint(checkpoint)
    try:
        return Network(_fold(variables))
    except (KeyError, ValueError) as error:
        raise BadSetup(f"the checkpoint {checkpoint!r} is not one of MusiCNN ({error})") from error


def _fold(variables: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Filters with what normalises their output as `scale` and `shift`; dense layers with it multiplied in."""

    def layer(kind: str, i: int, part: str) -> FloatArray:
        return variables[f"{kind}{f'_{i}' if i else ''}/{part}"]

    def normal(i: int) -> tuple[FloatArray, FloatArray]:
        gamma, beta, mean, variance = (
            layer("batch_normalization", i, part) for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + _EPSILON)
        return scale, beta - mean * scale

    arrays: dict[str, FloatArray] = {}
    arrays["input"] = np.concatenate(normal(0))
    for i, name in enumerate((*_TIMBRAL, *_TEMPORAL, "middle_1", "middle_2", "middle_3")):
        kernel, bias = layer("conv2d", i, "kernel"), layer("conv2d", i, "bias")
        scale, shift = normal(i + 1)
        # Where the scale is negative, the greatest output comes from the smallest sum: those filters change sign.
        sign = np.where(scale < 0.0, -1.0, 1.0) if not name.startswith("middle") else np.ones(len(scale))
        arrays[name] = kernel.reshape(-1, kernel.shape[-1]) * sign
        arrays[f"{name}_affine"] = np.stack([bias, scale, shift, sign]).astype(np.float32)
    scale, shift = normal(9)
    dense, bias = layer("dense", 0, "kernel"), layer("dense", 0, "bias")
    arrays["dense"], arrays["dense_bias"] = (scale[:, None] * dense), bias + shift @ dense
    scale, shift = normal(10)
    last, bias = layer("dense", 1, "kernel"), layer("dense", 1, "bias")
    arrays["last"], arrays["last_bias"] = (scale[:, None] * last), bias + shift @ last
    if arrays["dense"].shape != (1506, 200) or arrays["last"].shape[0] != 200:
        raise ValueError(f"its dense layers have shapes {arrays['dense'].shape} and {arrays['last'].shape}")
    return arrays


# --- the network ----------------------------------------------------------------------------------------------------


class Network:
    """MusiCNN with folded weights."""

    def __init__(self, arrays: dict[str, FloatArray]) -> None:
        self._w = {name: np.ascontiguousarray(value, np.float32) for name, value in arrays.items()}
        self._shifted = {name: _shifted(self._w[name]) for name in _TEMPORAL}

    def run(self, mel: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Chance of each tag, shape (tags,), and the 200 numbers they are told from.

        mel : np.ndarray [shape=(frames, 96)], as from `log_mel`
        """
        w = self._w
        x = mel.astype(np.float32) * w["input"][0] + w["input"][1]
        front = np.hstack(
            [*(self._timbral(x, name) for name in _TIMBRAL), *(self._temporal(x, name) for name in _TEMPORAL)]
        )
        first = self._middle(front, "middle_1")
        second = first + self._middle(first, "middle_2")
        third = second + self._middle(second, "middle_3")
        everything = np.hstack([front, first, second, third])
        # The greatest and the mean of each channel stand next to each other.
        pooled = np.stack([everything.max(axis=0), everything.mean(axis=0)], axis=1).ravel()
        heard = np.maximum(pooled @ w["dense"] + w["dense_bias"], 0.0)
        logits = heard @ w["last"] + w["last_bias"]
        return 1.0 / (1.0 + np.exp(-logits)), heard

    def _timbral(self, x: FloatArray, name: str) -> FloatArray:
        """Greatest answer of each filter over all its places along the bands, shape (frames, filters)."""
        kernel = self._w[name]
        width = len(kernel) // 7
        padded = np.pad(x, ((3, 3), (0, 0)))
        patches = np.lib.stride_tricks.sliding_window_view(padded, (7, width))
        best = np.full((len(x), kernel.shape[1]), -np.inf, np.float32)
        for i in range(0, patches.shape[1], _BLOCK):
            part = patches[:, i : i + _BLOCK]
            answers = part.reshape(-1, len(kernel)) @ kernel
            np.maximum(best, answers.reshape(len(x), part.shape[1], -1).max(axis=1), out=best)
        return self._normalised(best, name)

    def _temporal(self, x: FloatArray, name: str) -> FloatArray:
        """The same for filters along one band; even lengths reach one frame further ahead."""
        shifted = self._shifted[name]
        length, n_filters = self._w[name].shape
        blocks = -(-len(x) // _STRIDE)
        before = (length - 1) // 2
        padded = np.pad(x, ((before, blocks * _STRIDE + length - 1 - before - len(x)), (0, 0)))
        best = np.empty((blocks, _STRIDE * n_filters), np.float32)
        for i in range(blocks):
            part = padded[i * _STRIDE : i * _STRIDE + len(shifted)]
            best[i] = (part.T @ shifted).max(axis=0)
        return self._normalised(best.reshape(-1, n_filters)[: len(x)], name)

    def _middle(self, x: FloatArray, name: str) -> FloatArray:
        padded = np.pad(x, ((3, 3), (0, 0)))
        patches = np.lib.stride_tricks.sliding_window_view(padded, 7, axis=0).transpose(0, 2, 1)
        kernel = self._w[name]
        return self._normalised(patches.reshape(len(x), -1) @ kernel, name)

    def _normalised(self, answers: FloatArray, name: str) -> FloatArray:
        """Bias, half-wave, batch normalisation. Filters that changed sign are turned back first."""
        bias, scale, shift, sign = self._w[f"{name}_affine"]
        return np.asarray(np.maximum(answers * sign + bias, 0.0) * scale + shift)


def _shifted(kernel: FloatArray) -> FloatArray:
    """Filters [shape=(length, filters)] at 32 successive places, shape (length + 31, 32 x filters).

    One product with it gives 32 frames at once: five times as fast as one with every stretch of the input copied.
    """
    length, n_filters = kernel.shape
    out = np.zeros((length + _STRIDE - 1, _STRIDE, n_filters), np.float32)
    for i in range(_STRIDE):
        out[i : i + length, i] = kernel
    return out.reshape(len(out), -1)


# --- listening ------------------------------------------------------------------------------------------------------


def excerpt_starts(duration_s: float) -> tuple[float, ...]:
    """Where the at most three excerpts begin: in the middle of each third of what is long enough, else at the start."""
    if duration_s < 2.0 * EXCERPT_S:
        return (max(0.0, (duration_s - EXCERPT_S) / 2.0),)
    n = 3 if duration_s >= 3.0 * EXCERPT_S else 2
    return tuple(duration_s * (i + 0.5) / n - EXCERPT_S / 2.0 for i in range(n))


def log_mel(y: FloatArray) -> FloatArray:
    """What the network looks at, shape (frames, 96): log10(1 + 10000 x mel power) of y at 16 kHz."""
    padded = np.pad(y.astype(np.float32), _N_FFT // 2, mode="reflect" if len(y) > _N_FFT // 2 else "constant")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT)[::_HOP]
    spectrum = fft.rfft(frames * _window(), axis=1)
    return np.asarray(np.log10(10_000.0 * ((spectrum.real**2 + spectrum.imag**2) @ _bank()) + 1.0))


def tag(network: Network, excerpts: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Mean chance of each tag over excerpts at 16 kHz, and the mean of the network's 200 numbers.

    A shorter excerpt is repeated until it fills three seconds, as in the network's training.
    """
    n = (FRAMES - 1) * _HOP
    heard = [network.run(log_mel(np.resize(y, n) if 0 < len(y) < n else y[:n])) for y in excerpts if len(y)]
    if not heard:
        return np.zeros(len(MTT_TAGS)), np.zeros(200)
    return np.mean([tags for tags, _ in heard], axis=0), np.mean([vector for _, vector in heard], axis=0)


@functools.cache
def _window() -> FloatArray:
    return np.hanning(_N_FFT + 1)[:-1].astype(np.float32)


@functools.cache
def _bank() -> FloatArray:
    """Mel filters of equal area on Slaney's scale (linear to 1 kHz, then 27 bands to a factor 6.4), shape (257, 96)."""
    step = np.log(6.4) / 27.0

    def to_hz(mel: FloatArray) -> FloatArray:
        return np.where(mel < 15.0, mel * 200.0 / 3.0, 1000.0 * np.exp(step * (mel - 15.0)))

    highest = 15.0 + np.log(SR / 2 / 1000.0) / step
    edges = to_hz(np.linspace(0.0, highest, N_MELS + 2))
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    hz = np.arange(_N_FFT // 2 + 1)[:, None] * SR / _N_FFT
    weights = np.clip(np.minimum((hz - low) / (centre - low), (high - hz) / (high - centre)), 0.0, None)
    return np.ascontiguousarray(weights * 2.0 / (high - low), np.float32)
