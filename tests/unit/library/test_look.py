from __future__ import annotations

import os
import socket
from pathlib import Path

from grym_synth.library.look import look_through
from grym_synth.library.reading import read_content, read_contents


def write(path: Path, content: bytes = b"sound") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_recordings_are_found_by_their_endings_at_any_depth(tmp_path: Path) -> None:
    for name in ("a.wav", "b.FLAC", "deep/er/c.mp3", "notes.txt", "a.wav.asd", "cover.jpg"):
        write(tmp_path / name)
    listing = look_through(str(tmp_path))
    assert sorted(listing.files) == [str(tmp_path / name) for name in ("a.wav", "b.FLAC", "deep/er/c.mp3")]
    assert listing.others == 3
    assert (listing.fault, listing.odd, listing.refused) == ("", {}, {})


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    for name in (".hidden.wav", "._a.wav", ".trash/b.wav"):
        write(tmp_path / name)
    assert not look_through(str(tmp_path)).files


def test_pipes_devices_sockets_and_dead_links_are_named_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "zero.wav").symlink_to("/dev/zero")
    (tmp_path / "dead.wav").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as server:
        folder = os.open(tmp_path, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{folder}/socket.wav")
        os.close(folder)
        listing = look_through(str(tmp_path))
    assert not listing.files
    assert {Path(path).name: what for path, what in listing.odd.items()} == {
        "pipe.wav": "it is a pipe, which is never opened",
        "zero.wav": "it is a device, which is never opened",
        "dead.wav": "the link leads nowhere",
        "socket.wav": "it is a socket, which is never opened",
    }


def test_a_circle_of_links_is_not_walked(tmp_path: Path) -> None:
    write(tmp_path / "sub/a.wav")
    (tmp_path / "sub/up").symlink_to("..")
    (tmp_path / "self").symlink_to(tmp_path)
    listing = look_through(str(tmp_path))
    assert list(listing.files) == [str(tmp_path / "sub/a.wav")]
    assert sorted(listing.linked) == [str(tmp_path / "self"), str(tmp_path / "sub/up")]


def test_names_that_are_no_utf8_and_names_with_line_breaks_are_found(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    for name in (b"caf\xe9.wav", b"two\nlines.wav", "日本.wav".encode()):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"x")
    assert len(look_through(str(tmp_path)).files) == 3


def test_a_root_that_is_none_says_why(tmp_path: Path) -> None:
    assert look_through(str(tmp_path / "nowhere")).fault == "No such file or directory"
    assert look_through(str(write(tmp_path / "a.wav"))).fault == "Not a directory"


def test_a_folder_that_never_belongs_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "home/probe.wav")
    write(tmp_path / "a.wav")
    assert list(look_through(str(tmp_path), str(tmp_path / "home")).files) == [str(tmp_path / "a.wav")]


def test_the_same_content_has_the_same_hash_wherever_it_lies(tmp_path: Path) -> None:
    one, two, other = write(tmp_path / "a.wav"), write(tmp_path / "b.wav"), write(tmp_path / "c.wav", b"other")
    first, second, third = (read_content(str(path)) for path in (one, two, other))
    assert first.sha256 == second.sha256 != third.sha256
    assert (first.size, first.state) == (5, "waiting")


def test_a_file_that_is_gone_or_became_a_pipe_fails_with_its_reason(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    gone, pipe = read_content(str(tmp_path / "gone.wav")), read_content(str(tmp_path / "pipe.wav"))
    assert (gone.state, gone.reason) == ("failed", "it cannot be read: No such file or directory")
    assert (pipe.state, pipe.reason) == ("failed", "it is no ordinary file")


def test_many_files_are_read_in_order_in_batches(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{number:03}.wav", str(number).encode()) for number in range(150)]
    listing = look_through(str(tmp_path))
    batches = list(read_contents(list(listing.files.values())))
    assert [file.path for batch in batches for file in batch] == list(map(str, paths))
    assert len(batches) > 1
    assert len({file.sha256 for batch in batches for file in batch}) == 150
