"""Handles: names that nobody guesses, for files of ours alone, for a while."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from grym_synth.audio.spectrum.spectrogram import SpectrogramMeter
from grym_synth.audio.spectrum.stored import Meaning, write_spectrogram
from grym_synth.audio.spectrum.tiles import View
from grym_synth.audio.spectrum.transform import Transform
from grym_synth.errors import BadRequest
from grym_synth.resources.handles import Handles

SR = 8_000


class Clock:
    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def handles(tmp_path: Path, clock: Clock) -> Handles:
    return Handles(tmp_path / "home" / "handles", clock)


def put(handles: Handles, clock: Clock) -> str:
    """Store the spectrum of a second of 1 kHz behind a new handle."""
    handle, path = handles.new()
    transform = Transform(256, 64)
    meter = SpectrogramMeter(SR, transform)
    meter.feed(np.sin(2 * np.pi * 1_000.0 * np.arange(SR) / SR))
    found = meter.finish()
    assert found is not None
    meaning = Meaning("linear", SR / 256, (), found.first_s, found.row_s, 0.0, 1.0, found.lowest_dbfs,
                      found.highest_dbfs, SR, 256, "hann", "mix", 1, "a.wav")  # fmt: skip
    write_spectrogram(path, found, meaning)
    os.utime(path, (clock(), clock()))
    return handle


def test_what_is_stored_is_read_by_its_handle(handles: Handles, clock: Clock) -> None:
    handle = put(handles, clock)
    with handles.open(handle) as source:
        assert source.shape == (1 + (SR - 256) // 64, 129)
    tile = handles.read_tile(handle, View(width=3, low_hz=500.0, high_hz=1_500.0))
    assert tile.levels.shape[0] == 3
    assert tile.centres_hz[tile.levels.argmax(axis=1)].tolist() == [1_000.0] * 3


def test_handles_are_many_bits_and_never_the_same(handles: Handles) -> None:
    found = {handles.new()[0] for _ in range(1_000)}
    assert len(found) == 1_000
    assert {len(handle) for handle in found} == {32}  # 6 bits to the letter: 192
    assert handles.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "..",
        "/etc/passwd",
        "../" * 10 + "ab",
        "a" * 31,
        "a" * 33,
        "a" * 31 + "\0",
        "a" * 31 + "/",
        "a" * 31 + "\n",
        "a" * 32 + "\n",
        "ä" * 32,
        "a" * 28 + ".npy",
    ],
)
def test_what_is_no_handle_is_refused_without_a_look_at_the_disk(handles: Handles, wrong: str) -> None:
    with pytest.raises(BadRequest, match="is no handle"):
        handles.path(wrong)


def test_a_handle_that_never_was_and_one_that_expired_are_told_alike(handles: Handles, clock: Clock) -> None:
    handle = put(handles, clock)
    clock.time += 901.0
    for unknown in (handle, "A" * 32):
        with pytest.raises(BadRequest, match="nothing is behind the handle") as told:
            handles.path(unknown)
        assert "15 minutes" in told.value.hint


def test_links_and_folders_are_nothing_of_ours(handles: Handles, tmp_path: Path) -> None:
    handles.new()
    (tmp_path / "secret").write_text("secret")
    (handles.folder / f"{'a' * 32}.npy").symlink_to(tmp_path / "secret")
    (handles.folder / f"{'b' * 32}.npy").mkdir()
    for letter in "ab":
        with pytest.raises(BadRequest, match="nothing is behind"):
            handles.path(letter * 32)


def test_every_use_gives_fifteen_minutes_more(handles: Handles, clock: Clock) -> None:
    used, unused = put(handles, clock), put(handles, clock)
    for _ in range(3):
        clock.time += 600.0
        handles.path(used)
        handles.expire()
    assert handles.path(used).exists()
    with pytest.raises(BadRequest):
        handles.path(unused)


def test_what_is_old_goes_and_what_is_not_ours_stays(handles: Handles, clock: Clock, tmp_path: Path) -> None:
    handle = put(handles, clock)
    path = handles.path(handle)
    half = handles.folder / f".{'c' * 32}.npy.00ff00ff.part"
    foreign = handles.folder / "notes.txt", handles.folder / "song.npy", handles.folder / f".{'c' * 32}.npy.part"
    linked = handles.folder / f"{'d' * 32}.npy"
    for item in (half, *foreign):
        item.write_text("x")
        os.utime(item, (clock(), clock()))
    linked.symlink_to(foreign[0])
    clock.time += 899.0
    assert handles.expire() == 0
    clock.time += 2.0
    assert handles.expire() == 2
    assert not path.exists()
    assert not half.exists()
    assert all(item.exists() for item in (*foreign, linked))
    assert handles.expire() == 0


def test_without_a_folder_there_is_nothing_to_expire(handles: Handles) -> None:
    assert handles.expire() == 0
    assert not handles.folder.exists()


def test_handles_outlive_the_hub_that_made_them(handles: Handles, clock: Clock) -> None:
    handle = put(handles, clock)
    assert Handles(handles.folder, clock).path(handle).exists()


def test_a_damaged_file_is_told(handles: Handles, clock: Clock) -> None:
    handle = put(handles, clock)
    with handles.path(handle).open("r+b") as stream:
        stream.truncate(1_000)
    with pytest.raises(BadRequest, match="damaged"):
        handles.open(handle)
