"""Variables of a TensorFlow checkpoint, read without TensorFlow.

Its index is a table of sorted keys (the format of LevelDB), whose values are protocol buffers that say type, shape and
place of each variable; the numbers themselves lie in a second file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...errors import BadSetup
from ..spectra.frames import FloatArray


def read_checkpoint(checkpoint: str | Path) -> dict[str, FloatArray]:
    """Variables of a TensorFlow checkpoint by name, from `<checkpoint>.index` and `<checkpoint>.data-00000-of-00001`.

    Raises
    ------
    BadSetup
        A file is missing, or is not such a checkpoint.
    """
    try:
        index = Path(f"{checkpoint}.index").read_bytes()
        numbers = Path(f"{checkpoint}.data-00000-of-00001").read_bytes()
    except OSError as error:
        raise BadSetup(f"no checkpoint {str(checkpoint)!r}: {error.strerror}; verify the model pack") from error
    variables: dict[str, FloatArray] = {}
    try:
        if index[-8:] != b"\x57\xfb\x80\x8b\x24\x75\x47\xdb":
            raise ValueError("it does not end as a table of keys does")
        place = len(index) - 48
        _, place = _varint(index, place)
        _, place = _varint(index, place)
        start, place = _varint(index, place)
        size, place = _varint(index, place)
        for _, handle in _entries(index, start, size):
            block, at = _varint(handle, 0)
            length, _ = _varint(handle, at)
            for name, value in _entries(index, block, length):
                if name:  # the empty key holds the header
                    variables[name.decode()] = _variable(value, numbers)
    except (IndexError, ValueError) as error:
        raise BadSetup(f"the checkpoint {str(checkpoint)!r} cannot be read ({error}); verify the model pack") from error
    return variables


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 7 bits a byte, and where the next thing begins."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _entries(data: bytes, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of one block; each key says how much of the one before it is kept."""
    if data[start + size] != 0:
        raise ValueError("a block is compressed")
    end = start + size
    restarts = int.from_bytes(data[end - 4 : end], "little")
    end -= 4 * (restarts + 1)
    key, at = b"", start
    while at < end:
        shared, at = _varint(data, at)
        own, at = _varint(data, at)
        length, at = _varint(data, at)
        key = key[:shared] + data[at : at + own]
        yield key, data[at + own : at + own + length]
        at += own + length


def _fields(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(number, value, bytes) of each field of a protocol buffer."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield tag >> 3, value, b""
        elif kind == 2:
            length, at = _varint(data, at)
            yield tag >> 3, 0, data[at : at + length]
            at += length
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError(f"a field has the unknown kind {kind}")


def _variable(entry: bytes, numbers: bytes) -> FloatArray:
    """One variable; an entry names type (1), shape (2), offset (4) and size (5). Only float32 ones hold weights."""
    kind = offset = size = 0
    shape: list[int] = []
    for field, value, content in _fields(entry):
        if field == 1:
            kind = value
        elif field == 2:
            dimensions = [dimension for number, _, dimension in _fields(content) if number == 2]
            shape = [next((n for number, n, _ in _fields(d) if number == 1), 0) for d in dimensions]
        elif field == 4:
            offset = value
        elif field == 5:
            size = value
    if kind != 1:
        return np.zeros(0, np.float32)
    return np.frombuffer(numbers, "<f4", size // 4, offset).reshape(shape)
