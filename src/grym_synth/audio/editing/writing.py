"""A stream into a file: whole numbers rounded with dither where bits are lost, measured as it is written.

What lies on the grid of the output's depth already is written as it is: what no operation changed stays bit for bit,
and digital silence stays silent. Everything else gets triangular dither of one step to either side, from a fixed seed,
before it is rounded to 16 bits; to 24 bits it is rounded, as their steps are 144 dB down.

References
----------
Lipshitz, Wannamaker, Vanderkooy (1992), "Quantization and dither: a theoretical survey".
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import BadRequest, Unavailable
from ..levels.loudness import Loudness, LoudnessMeter
from ..spectra.frames import FloatArray
from .formats import Form
from .streams import Blocks, no_room

_PIECE = 4096  # frames that are judged, dithered and written together; libsndfile's Vorbis encoder wants small ones
_SEED = 0x6772796D
_KEPT_TAGS = ("title", "artist", "album", "comment", "date", "genre", "tracknumber", "copyright", "license")


@dataclass(frozen=True, slots=True)
class Written:
    """What went into a file. `peak` is that of the samples before they were rounded, 1.0 being full scale."""

    frames: int
    peak: float
    loudness: Loudness


class Quantiser:
    """Float samples to whole numbers of `bits`; one for each file, so that a file comes out the same again."""

    def __init__(self, bits: int) -> None:
        self._scale, self._dither = np.float32(2 ** (bits - 1)), bits <= 16
        self._highest = 2.0 ** (bits - 1) - 1.0
        self._random = np.random.default_rng(_SEED)

    def steps(self, x: FloatArray) -> FloatArray:
        """Whole numbers as float32, within the range of the depth."""
        scaled = x * self._scale
        rounded = np.rint(scaled)
        if self._dither and not np.array_equal(scaled, rounded):
            noise = self._random.random((2, *x.shape), dtype=np.float32)
            rounded = np.rint(scaled + (noise[0] - noise[1]))
        return np.asarray(np.clip(rounded, -self._highest - 1.0, self._highest))

    def level(self, steps: FloatArray) -> FloatArray:
        return np.asarray(steps / self._scale)


def write(
    blocks: Blocks,
    path: Path,
    form: Form,
    tags: Mapping[str, str],
    *,
    container: str,
) -> Written:
    """Write a new file at `path`, which must not exist, and measure what goes into it.

    Raises
    ------
    BadRequest, Unavailable
        It cannot be written: no room, no rights, too large for its format.
    """
    import soundfile

    meter = LoudnessMeter(form.sr, form.channels)
    subtype = form.kind.lossy_subtype if form.depth is None else form.kind.subtypes[form.depth]
    descriptor = -1
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with soundfile.SoundFile(
            descriptor,
            "w",
            form.sr,
            form.channels,
            subtype,
            format=container,
            compression_level=form.kind.compression,
            closefd=False,
        ) as file:
            _set_tags(file, tags)
            written = _write_blocks(file, blocks, form, meter, container)
        os.fsync(descriptor)
    except OSError as error:
        raise no_room(error, path.parent) from error
    except soundfile.LibsndfileError as error:
        raise _not_written(form, path, error.error_string) from error
    except AssertionError as error:  # how that library tells that less was written than it was given
        raise _not_written(form, path, "less was written than there is") from error
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    return Written(*written, meter.finish())


def _write_blocks(file: Any, blocks: Blocks, form: Form, meter: LoudnessMeter, container: str) -> tuple[int, float]:
    """Frames written, and the peak of what came."""
    quantiser = None if form.bits is None else Quantiser(form.bits)
    frames, peak = 0, 0.0
    for block in blocks:
        peak = max(peak, float(block.max(initial=0.0)), -float(block.min(initial=0.0)))
        for start in range(0, len(block), _PIECE):
            piece = block[start : start + _PIECE]
            if quantiser is None:
                file.write(np.ascontiguousarray(piece))
                meter.feed(piece)
                continue
            steps = quantiser.steps(piece)
            if form.bits == 16:
                file.write(steps.astype(np.int16))
            else:  # the upper 24 of 32 bits
                file.write(steps.astype(np.int32) << 8)
            meter.feed(quantiser.level(steps))
        frames += len(block)
        _check_size(form, container, frames)
    return frames, peak


def _set_tags(file: Any, tags: Mapping[str, str]) -> None:
    for name, text in tags.items():
        known = {"track": "tracknumber"}.get(name.lower(), name.lower())
        if known in _KEPT_TAGS and text.strip("\0 "):
            setattr(file, known, text.replace("\0", " "))


def _check_size(form: Form, container: str, frames: int) -> None:
    if container == form.kind.container and form.container_for(frames) != container:
        raise BadRequest(
            f"it became longer than was thought, and {form.kind.said} holds at most 4 GB", hint="convert=flac"
        )


def _not_written(form: Form, path: Path, why: str) -> BadRequest | Unavailable:
    """libsndfile does not say why a system call failed, so the room is looked at."""
    free = shutil.disk_usage(path.parent).free
    if free < 1 << 20:
        return Unavailable(
            f"there is no room in {str(path.parent)!r}: {free >> 10} kB are free", hint="free some space"
        )
    return BadRequest(f"cannot write {form.said} in {str(path.parent)!r}: {why.rstrip('. ')}")
