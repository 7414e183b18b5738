from pathlib import Path

from grym_synth.execution.inputs import find_recordings


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"123")


def test_files_are_taken_as_named_even_when_they_are_no_audio_or_not_there(tmp_path: Path) -> None:
    make(tmp_path, "a.wav")
    found = find_recordings(("a.wav", "notes.txt"), str(tmp_path), 10)
    assert [(item.subject, item.size) for item in found.recordings] == [("a.wav", 3), ("notes.txt", 0)]
    assert found.recordings[0].path == str(tmp_path / "a.wav")


def test_a_folder_is_its_audio_files_in_name_order(tmp_path: Path) -> None:
    make(tmp_path, "set/b.WAV", "set/a.flac", "set/sub/c.mp3", "set/cover.png", "set/.hidden.wav", "set/.git/d.wav")
    found = find_recordings(("set",), str(tmp_path), 10)
    assert [item.subject for item in found.recordings] == ["set/a.flac", "set/b.WAV", "set/sub/c.mp3"]


def test_what_is_left_out_of_a_large_folder_is_counted(tmp_path: Path) -> None:
    make(tmp_path, *(f"set/{i}.wav" for i in range(7)))
    found = find_recordings(("set",), str(tmp_path), 5)
    assert len(found.recordings) == 5
    assert "2 more were left out" in found.gaps[0].reason


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    make(tmp_path, "set/readme.txt")
    found = find_recordings(("set",), str(tmp_path), 5)
    assert found.recordings == ()
    assert "holds no audio files" in found.gaps[0].reason


def test_a_file_named_twice_is_heard_once(tmp_path: Path) -> None:
    make(tmp_path, "set/a.wav")
    assert len(find_recordings(("set/a.wav", "set"), str(tmp_path), 5).recordings) == 1


def test_impossible_names_pass_on_to_where_they_are_explained(tmp_path: Path) -> None:
    found = find_recordings(("a\0b.wav", "-x.wav", "\udcff.wav"), str(tmp_path), 5)
    assert [item.size for item in found.recordings] == [0, 0, 0]


def test_a_name_that_is_too_long_is_a_file_that_is_not_there(tmp_path: Path) -> None:
    found = find_recordings(("a" * 300 + ".wav", "b.wav"), str(tmp_path), 5)
    assert [item.size for item in found.recordings] == [0, 0]


def test_more_named_files_than_allowed_are_counted_too(tmp_path: Path) -> None:
    found = find_recordings(tuple(f"{i}.wav" for i in range(7)), str(tmp_path), 5)
    assert len(found.recordings) == 5
    assert "2 more were left out" in found.gaps[0].reason


def test_linked_folders_that_turn_in_circles_end(tmp_path: Path) -> None:
    make(tmp_path, "set/a.wav")
    (tmp_path / "set" / "again").symlink_to(tmp_path / "set")
    assert len(find_recordings(("set",), str(tmp_path), 50).recordings) == 1
