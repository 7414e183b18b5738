from __future__ import annotations

import errno
import gc
import os
import tempfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.audio.spectra.rows import Rows


def filled(n: int, in_memory: int, width: int = 7, block: int = 999) -> tuple[Rows, np.ndarray]:
    expected = np.random.default_rng(n).standard_normal((n, width)).astype(np.float32)
    rows = Rows(width, in_memory=in_memory)
    for start in range(0, n, block):
        rows.append(expected[start : start + block])
    return rows, expected


@pytest.mark.parametrize("in_memory", [0, 1 << 20, 1 << 30])
def test_what_is_appended_is_read_back(in_memory: int) -> None:
    rows, expected = filled(100_003, in_memory)
    assert rows.shape == (100_003, 7)
    assert len(rows) == 100_003
    for start, stop in (
        (0, 5),
        (9_000, 20_000),
        (99_990, 100_003),
        (0, 100_003),
        (50, 50),
        (60, 50),
        (99_999, 200_000),
    ):
        assert np.array_equal(rows[start:stop], expected[start:stop])
    assert np.array_equal(rows[:], expected)
    assert np.array_equal(rows[-3:], expected[-3:])


@pytest.mark.parametrize("in_memory", [0, 1 << 20, 1 << 30])
@pytest.mark.parametrize(("start", "stop"), [(0, 3), (9_000, 30_000), (99_000, 100_003), (50, 50), (0, 100_003)])
def test_rows_are_replaced_in_memory_and_on_disk(in_memory: int, start: int, stop: int) -> None:
    rows, expected = filled(100_003, in_memory)
    expected[start:stop] *= 3.0
    rows[start:stop] = expected[start:stop]
    assert np.array_equal(rows[:], expected)
    with pytest.raises(ValueError, match="cannot be replaced"):
        rows[start:stop] = np.zeros((stop - start + 1, 7))


def test_rows_that_are_collected_close_their_file(recwarn: pytest.WarningsRecorder) -> None:
    rows, _ = filled(100_003, 0)
    assert rows._file is not None
    descriptor = rows._file.fileno()
    ring: list[Any] = [rows]
    ring.append(ring)
    del rows, ring
    gc.collect()
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(descriptor)
    assert not recwarn.list


@settings(max_examples=30, deadline=None)
@given(
    blocks=st.lists(st.integers(0, 9000), max_size=12),
    start=st.integers(0, 60_000),
    length=st.integers(0, 60_000),
    in_memory=st.sampled_from([0, 300_000, 1 << 30]),
)
def test_any_blocks_and_any_slice_are_those_of_an_array(
    blocks: list[int], start: int, length: int, in_memory: int
) -> None:
    rows, parts = Rows(20, np.int32, in_memory), [np.zeros((0, 20), np.int32)]
    for n in blocks:
        parts.append(np.arange(20 * n, dtype=np.int32).reshape(n, 20) + len(parts))
        rows.append(parts[-1])
    expected = np.concatenate(parts)
    assert rows[start : start + length].dtype == np.int32
    assert np.array_equal(rows[start : start + length], expected[start : start + length])


def test_rows_may_be_added_after_some_were_read() -> None:
    rows, expected = filled(40_000, in_memory=0)
    assert np.array_equal(rows[100:200], expected[100:200])
    rows.append(expected[:500])
    assert np.array_equal(rows[39_990:], np.concatenate([expected[-10:], expected[:500]]))


def test_what_was_read_is_a_copy() -> None:
    rows, expected = filled(100, in_memory=1 << 30)
    rows[:][:] = 0.0
    assert np.array_equal(rows[:], expected)


def test_many_rows_leave_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    write = os.pwrite

    def write_and_count(descriptor: int, data: memoryview, at: int) -> int:
        written.append(len(data))
        return write(descriptor, data, at)

    monkeypatch.setattr(os, "pwrite", write_and_count)
    rows, _ = filled(100_000, in_memory=1 << 20)
    assert sum(written) > 100_000 * 7 * 4 - (1 << 19)
    assert sum(page.nbytes for page in rows._pages) <= 1 << 19


def test_few_rows_never_touch_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    rows, expected = filled(24_000, in_memory=6 << 20, width=40)
    assert np.array_equal(rows[:], expected)


def test_without_a_writable_folder_all_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    rows, expected = filled(100_000, in_memory=0)
    assert np.array_equal(rows[:], expected)


@pytest.mark.parametrize("room", [0, 300_000, 1_000_000])
def test_a_disk_that_becomes_full_loses_nothing(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    write, used = os.pwrite, 0

    def write_while_there_is_room(descriptor: int, data: memoryview, at: int) -> int:
        nonlocal used
        if used >= room:
            raise OSError(errno.ENOSPC, "No space left on device")
        count = write(descriptor, data[:100_000], at)  # in parts, too
        used += count
        return count

    monkeypatch.setattr(os, "pwrite", write_while_there_is_room)
    rows, expected = filled(100_000, in_memory=500_000)
    assert np.array_equal(rows[:], expected)
    assert np.array_equal(rows[20_000:70_000], expected[20_000:70_000])


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(n, 3\)"):
        Rows(3).append(np.zeros((5, 4), np.float32))


def test_only_slices_of_consecutive_rows_are_read() -> None:
    rows, _ = filled(10, in_memory=0)
    with pytest.raises(TypeError, match="in slices"):
        rows[3]  # type: ignore[index]
    with pytest.raises(ValueError, match="steps of 2"):
        rows[::2]
