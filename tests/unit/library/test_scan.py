from __future__ import annotations

from dataclasses import replace

from grym_synth.library.look import FolderSeen, Listing
from grym_synth.library.scan import compare, settle
from grym_synth.storage.library_rows import LibraryFile

HALF_S = 500_000_000  # of a second, in nanoseconds: a time that only one file has
DISK, OTHER_DISK = 1, 2


def a_file(path: str, inode: int = 7, *, sha256: str = "a", mtime_ns: int = HALF_S, ctime_ns: int = 9) -> LibraryFile:
    return LibraryFile(path, 1000, mtime_ns, ctime_ns, inode, DISK, sha256, "known" if sha256 else "waiting")


def seen(file: LibraryFile, **changes: object) -> LibraryFile:
    """The same file as a look finds it."""
    return replace(file, sha256="", state="waiting", **changes)  # type: ignore[arg-type]


def a_listing(*files: LibraryFile, **more: object) -> Listing:
    folders = {"/m": FolderSeen(DISK, is_empty=not files)}
    return replace(Listing("/m", files={file.path: file for file in files}, folders=folders), **more)  # type: ignore[arg-type]


def known(*files: LibraryFile) -> dict[str, LibraryFile]:
    return {file.path: file for file in files}


def test_the_same_stamp_is_the_same_file() -> None:
    file = a_file("/m/a.wav")
    found = compare([a_listing(seen(file))], known(file))
    assert found.unchanged == (file,)
    assert (found.moved, found.unread, found.missing, found.away) == ((), (), (), ())


def test_any_other_stamp_has_to_be_read() -> None:
    file = a_file("/m/a.wav")
    for change in ({"size": 1001}, {"mtime_ns": 2}, {"inode": 8}, {"ctime_ns": 10}):
        found = compare([a_listing(seen(file, **change))], known(file))
        assert [item.path for item in found.unread] == ["/m/a.wav"], change
        assert (found.unchanged, found.missing) == ((), ())


def test_another_number_of_the_same_disk_changes_nothing() -> None:
    file = a_file("/m/a.wav")
    assert compare([a_listing(seen(file, device=OTHER_DISK))], known(file)).unchanged == (file,)


def test_a_renamed_file_is_known_without_reading_it() -> None:
    file = a_file("/m/a.wav")
    found = compare([a_listing(seen(file, path="/m/b.wav", ctime_ns=99))], known(file))
    ((before, now),) = found.moved
    assert (before, now.path, now.sha256, now.state, now.ctime_ns) == (file, "/m/b.wav", "a", "known", 99)
    assert (found.unread, found.missing) == ((), ())


def test_whole_seconds_and_another_change_time_prove_nothing() -> None:
    """Unpacked files share whole seconds, and an inode is given again: kick.wav may now be what snare.wav was."""
    file = a_file("/m/kick.wav", mtime_ns=3_000_000_000)
    found = compare([a_listing(seen(file, path="/m/snare.wav", ctime_ns=99))], known(file))
    assert not found.moved
    assert [item.path for item in found.unread] == ["/m/snare.wav"]
    assert found.missing == (file,)


def test_a_renamed_folder_keeps_the_change_times_of_its_files() -> None:
    file = a_file("/m/old/kick.wav", mtime_ns=3_000_000_000)
    found = compare([a_listing(seen(file, path="/m/new/kick.wav"))], known(file))
    assert [now.path for _, now in found.moved] == ["/m/new/kick.wav"]


def test_two_that_look_alike_are_read() -> None:
    one, two = a_file("/m/a.wav"), a_file("/m/b.wav")  # names of one file
    found = compare([a_listing(seen(one, path="/m/c.wav", ctime_ns=99))], known(one, two))
    assert not found.moved
    assert [item.path for item in found.unread] == ["/m/c.wav"]


def test_what_is_gone_is_missing() -> None:
    file, other = a_file("/m/a.wav"), a_file("/m/b.wav", 8)
    assert compare([a_listing(seen(other))], known(file, other)).missing == (file,)


def test_a_root_that_is_gone_removes_nothing() -> None:
    file = a_file("/m/a.wav")
    found = compare([Listing("/m", fault="No such file or directory")], known(file))
    assert found.away == (file,)
    assert not found.missing


def test_an_empty_folder_on_another_disk_is_where_a_disk_was() -> None:
    file = a_file("/m/usb/a.wav")
    folders = {"/m": FolderSeen(OTHER_DISK, is_empty=False), "/m/usb": FolderSeen(OTHER_DISK, is_empty=True)}
    assert compare([a_listing(folders=folders)], known(file)).away == (file,)
    folders["/m/usb"] = FolderSeen(DISK, is_empty=True)
    assert compare([a_listing(folders=folders)], known(file)).missing == (file,)


def test_a_folder_that_cannot_be_read_removes_nothing() -> None:
    file, gone = a_file("/m/locked/deep/a.wav"), a_file("/m/b.wav", 8)
    found = compare([a_listing(refused={"/m/locked": "Permission denied"})], known(file, gone))
    assert (found.away, found.missing) == ((file,), (gone,))


def test_what_could_not_be_read_waits_for_a_change() -> None:
    file = replace(a_file("/m/a.wav", sha256=""), state="failed", reason="it cannot be read: Permission denied")
    assert compare([a_listing(seen(file))], known(file)).unchanged == (file,)
    assert compare([a_listing(seen(file, ctime_ns=10))], known(file)).unread


def test_what_was_being_written_is_read() -> None:
    file = a_file("/m/a.wav", sha256="")
    assert compare([a_listing(seen(file))], known(file)).unread


def test_content_says_what_became_of_a_file() -> None:
    before = known(a_file("/m/a.wav", sha256="a"))
    missing = {"b": [a_file("/m/gone.wav", sha256="b")]}
    assert settle(a_file("/m/a.wav", sha256="a"), before, missing) == "touched"
    assert settle(a_file("/m/new.wav", sha256="b"), before, missing) == "moved"
    assert settle(a_file("/m/copy.wav", sha256="b"), before, missing) == "new"  # one was moved, the other is a copy
    assert settle(a_file("/m/a.wav", sha256="c"), before, missing) == "changed"
