"""A spectrogram as one file that says what it is, and that can be read by range.

It is a NumPy file (`numpy.load` opens it: levels in dBFS, float32, a row for each time, lowest frequency first), then
what the numbers mean as JSON, the length of that in 8 bytes (little-endian), and `MAGIC`. A file is written whole under
another name and then renamed, mode 0600.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import secrets
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.lib import format as npy

from ...errors import BadRequest, Unavailable
from ..spectra.frames import FloatArray
from .spectrogram import Spectrogram, read_in_parts
from .transform import MAX_FFT, SCALES

MAGIC = b"GRYMFFT1"

_TAIL = struct.Struct("<Q8s")
_LONGEST_WORDS = 1 << 20  # bytes
_LONGEST_HEAD = 256  # bytes
#: The header of a NumPy file as `write_array_header_1_0` writes it: magic, version, its length, and what is in it.
_HEAD = re.compile(
    rb"\x93NUMPY\x01\x00(?P<length>..)"
    rb"\{'descr': '<f4', 'fortran_order': False, 'shape': \((?P<rows>\d{1,9}), (?P<bands>\d{1,9})\), \} *\n",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the numbers of a file mean. Times are seconds of the recording; levels dBFS.

    centres_hz : of each band; empty on the linear scale, whose bands are `bin_hz` apart from 0 on
    first_s, row_s : centre of the first row, and from one row to the next
    """

    scale: str
    bin_hz: float
    centres_hz: tuple[float, ...]
    first_s: float
    row_s: float
    start_s: float
    end_s: float
    lowest_dbfs: float
    highest_dbfs: float
    sample_rate_hz: int
    n_fft: int
    window: str
    channel: str
    frames_per_row: int
    subject: str


def write_spectrogram(path: Path, spectrogram: Spectrogram, meaning: Meaning) -> None:
    """Put a spectrogram into its place, all of it or nothing.

    Raises
    ------
    Unavailable
        The disk is full, or the folder cannot be written to.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                shape = spectrogram.levels.shape
                npy.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": shape})
                for rows in read_in_parts(spectrogram.levels):
                    stream.write(np.ascontiguousarray(rows, "<f4").tobytes())
                words = json.dumps(asdict(meaning), allow_nan=False).encode()
                stream.write(words + _TAIL.pack(len(words), MAGIC))
            part.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise Unavailable(
            f"the spectrum could not be written to {str(path.parent)!r}: {error.strerror}",
            hint="make room on the disk, or name a folder that can be written to",
        ) from error


class StoredSpectrogram:
    """An open file of a spectrogram; a context manager. Get one from `open_spectrogram`."""

    def __init__(self, descriptor: int, offset: int, shape: tuple[int, int], meaning: Meaning) -> None:
        self._descriptor, self._offset = descriptor, offset
        self.shape, self.meaning = shape, meaning

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: slice, /) -> FloatArray:
        """Consecutive rows, float32 [shape=(n, bands)]."""
        start, stop, _ = key.indices(len(self))
        rows = np.empty((max(0, stop - start), self.shape[1]), "<f4")
        left, at = memoryview(rows.data).cast("B"), self._offset + start * self.shape[1] * 4
        while left:
            count = os.preadv(self._descriptor, [left], at)
            if not count:
                raise BadRequest(f"the stored spectrum was cut off at byte {at} while it was read")
            left, at = left[count:], at + count
        return rows

    @property
    def centres_hz(self) -> FloatArray:
        if self.meaning.centres_hz:
            return np.array(self.meaning.centres_hz)
        return np.arange(self.shape[1]) * self.meaning.bin_hz

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> StoredSpectrogram:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_spectrogram(path: str | Path) -> StoredSpectrogram:
    """Open a file that `write_spectrogram` wrote; none of it is believed before it fits together.

    Raises
    ------
    BadRequest
        It is not there, no such file, or damaged.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = error.strerror if isinstance(error, OSError) else "its name holds a zero byte"
        raise BadRequest(f"the stored spectrum {str(path)!r} cannot be read: {reason}", hint=_AGAIN) from error
    try:
        return StoredSpectrogram(descriptor, *_read_layout(descriptor))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError, struct.error) as error:
        os.close(descriptor)
        raise BadRequest(f"{str(path)!r} is not a stored spectrum, or it is damaged", hint=_AGAIN) from error


_AGAIN = "compute it again with the fft agent"


def _read_layout(descriptor: int) -> tuple[int, tuple[int, int], Meaning]:
    """Where the numbers begin, how many, and what they mean; any of several errors when that does not fit together."""
    size = os.fstat(descriptor).st_size
    length, magic = _TAIL.unpack(os.pread(descriptor, _TAIL.size, max(0, size - _TAIL.size)))
    if magic != MAGIC or length > _LONGEST_WORDS:
        raise ValueError("no end mark")
    head = _HEAD.match(os.pread(descriptor, _LONGEST_HEAD, 0))
    if head is None or len(head[0]) != 10 + int.from_bytes(head["length"], "little"):
        raise ValueError("another kind of array")
    offset, rows, bands = len(head[0]), int(head["rows"]), int(head["bands"])
    if rows < 1 or bands < 1:
        raise ValueError("nothing in it")
    if offset + rows * bands * 4 + length + _TAIL.size != size:
        raise ValueError("another length")
    meaning = _read_meaning(json.loads(os.pread(descriptor, length, size - _TAIL.size - length)))
    if len(meaning.centres_hz) not in (0, bands):
        raise ValueError("another number of bands")
    return offset, (rows, bands), meaning


def _read_meaning(raw: Mapping[str, Any]) -> Meaning:
    meaning = Meaning(**{**raw, "centres_hz": tuple(float(hz) for hz in raw["centres_hz"])})
    numbers = (meaning.bin_hz, meaning.first_s, meaning.row_s, meaning.start_s, meaning.end_s, meaning.lowest_dbfs)
    if not all(math.isfinite(x) for x in (*numbers, meaning.highest_dbfs, *meaning.centres_hz)):
        raise ValueError("not finite")
    if meaning.scale not in SCALES or meaning.bin_hz <= 0.0 or meaning.row_s <= 0.0 or not 0 < meaning.n_fft <= MAX_FFT:
        raise ValueError("impossible values")
    return meaning
