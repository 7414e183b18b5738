"""Rows of numbers that grow with a recording: in memory while they are few, then in a file without a name.

Plain reads and writes, not a memory map: the pages of a map would count as memory of the process.
"""

from __future__ import annotations

import os
import weakref
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

_IN_MEMORY = 4 << 20  # bytes: four minutes of mel bands
_PAGE = 1 << 18  # bytes that are kept, written and forgotten together


class RowsLike(Protocol):
    """What is asked of rows, be they `Rows` or an array: how many, how wide, and a stretch of them."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, key: slice, /) -> NDArray[Any]: ...


class Rows:
    """Append blocks of rows, read slices. A full or missing disk only means that all of it stays in memory."""

    def __init__(self, width: int, dtype: DTypeLike = np.float32, in_memory: int = _IN_MEMORY) -> None:
        self.width, self.dtype = width, np.dtype(dtype)
        self._row_bytes = width * self.dtype.itemsize
        self._page_rows = max(1, _PAGE // self._row_bytes)
        self._limit = in_memory  # bytes in memory from which on full pages are written; 0 once that has begun
        self._pages: list[NDArray[Any]] = []  # those after the written ones; all but the last are full
        self._written = 0  # pages
        self._n = 0
        self._file: IO[bytes] | None = None
        self._disk_failed = False

    def __len__(self) -> int:
        return self._n

    @property
    def shape(self) -> tuple[int, int]:
        return self._n, self.width

    def append(self, block: NDArray[Any]) -> None:
        """Take rows, shape (n, width)."""
        if block.ndim != 2 or block.shape[1] != self.width:
            raise ValueError(f"rows must have the shape (n, {self.width}), got {block.shape}")
        taken = 0
        while taken < len(block):
            filled = self._n - self._page_rows * (self._written + len(self._pages) - 1)
            if not self._pages or filled == self._page_rows:
                self._spill()
                self._pages.append(np.empty((self._page_rows, self.width), self.dtype))
                filled = 0
            part = block[taken : taken + self._page_rows - filled]
            self._pages[-1][filled : filled + len(part)] = part
            taken += len(part)
            self._n += len(part)

    def __getitem__(self, key: slice, /) -> NDArray[Any]:
        """A copy of consecutive rows, shape (n, width)."""
        if not isinstance(key, slice):
            raise TypeError(f"rows are read in slices, not by {key!r}")
        start, stop, step = key.indices(self._n)
        if step != 1:
            raise ValueError(f"rows are read one after the other, not in steps of {step}")
        rows = np.empty((max(0, stop - start), self.width), self.dtype)
        at = start
        on_disk = min(stop, self._written * self._page_rows)
        if at < on_disk:
            self._read(rows[: on_disk - at], at)
            at = on_disk
        while at < stop:
            page, first = divmod(at - self._written * self._page_rows, self._page_rows)
            part = self._pages[page][first : first + stop - at]
            rows[at - start : at - start + len(part)] = part
            at += len(part)
        return rows

    def __setitem__(self, key: slice, rows: NDArray[Any], /) -> None:
        """Replace consecutive rows by as many others, shape (n, width)."""
        start, stop, step = key.indices(self._n)
        if step != 1 or rows.shape != (max(0, stop - start), self.width):
            raise ValueError(f"rows {start}:{stop}:{step} cannot be replaced by an array of the shape {rows.shape}")
        rows, at = np.ascontiguousarray(rows, self.dtype), start
        on_disk = min(stop, self._written * self._page_rows)
        if at < on_disk:
            assert self._file is not None
            _write(self._file.fileno(), rows[: on_disk - at], at * self._row_bytes)
            at = on_disk
        while at < stop:
            page, first = divmod(at - self._written * self._page_rows, self._page_rows)
            part = self._pages[page][first : first + stop - at]
            part[:] = rows[at - start : at - start + len(part)]
            at += len(part)

    def _spill(self) -> None:
        """Write all pages, which are full, when they have become too many."""
        if self._disk_failed or len(self._pages) * self._page_rows * self._row_bytes < self._limit:
            return
        done = 0
        try:
            if self._file is None:
                import tempfile  # costs some milliseconds, and most recordings are short

                self._file = tempfile.TemporaryFile(prefix="grym-", buffering=0)  # noqa: SIM115 (closed with these rows)
                weakref.finalize(self, self._file.close)
            for page in self._pages:
                _write(self._file.fileno(), page, (self._written + done) * page.nbytes)
                done += 1
        except OSError:
            self._disk_failed = True  # what was written stays readable, what was not stays in memory
        self._written += done
        del self._pages[:done]
        self._limit = 0

    def _read(self, rows: NDArray[Any], first: int) -> None:
        """Fill `rows` with written ones, from number `first` on."""
        assert self._file is not None
        # A page holds whole rows, so rows follow one another without gaps.
        left, at = memoryview(rows.data).cast("B"), first * self._row_bytes
        while left:
            count = os.preadv(self._file.fileno(), [left], at)
            if not count:
                raise OSError(f"the temporary file of {self._n} rows ends at byte {at}")
            left, at = left[count:], at + count


def _write(descriptor: int, page: NDArray[Any], at: int) -> None:
    left = memoryview(page.data).cast("B")
    while left:
        count = os.pwrite(descriptor, left, at)
        left, at = left[count:], at + count
