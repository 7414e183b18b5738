"""New files only: never over a recording, never half, and taken back only while they are what was made."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from grym_synth.audio.editing import outputs
from grym_synth.audio.editing.outputs import check_output, hash_file, put_in_place, remove_edit, sidecar_of
from grym_synth.errors import BadRequest, Unavailable


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    path.write_bytes(b"the only take")
    return path


def make_edit(out: Path, text: bytes = b"made", names: tuple[str, ...] = ()) -> None:
    """A file, or several, with a sidecar as an edit leaves them."""
    files = []
    for name in names or (out.name,):
        (out.parent / name).write_bytes(text)
        files.append({"name": name, "sha256": hash_file(out.parent / name)})
    sidecar_of(out).write_text(json.dumps({"made_by": "grym-synth", "files": files}))


def test_a_new_name_is_fine(source: Path) -> None:
    out = source.with_name("new.wav")
    assert check_output(out, [str(source)], replace=False) == out


def test_the_recording_itself_is_refused_by_whatever_name(source: Path, tmp_path: Path) -> None:
    (tmp_path / "soft.wav").symlink_to(source)
    os.link(source, tmp_path / "hard.wav")
    (tmp_path / "folder").symlink_to(tmp_path)
    make_edit(tmp_path / "hard.wav", source.read_bytes())  # even with a sidecar that fits it
    (tmp_path / "hard.wav").unlink()
    os.link(source, tmp_path / "hard.wav")
    here = Path(os.path.relpath(source))
    for name in (source, here, tmp_path / "soft.wav", tmp_path / "hard.wav", tmp_path / "folder" / "." / "song.wav"):
        with pytest.raises(BadRequest, match="the recording itself"):
            check_output(name, ["other.wav", str(source)], replace=True)


@pytest.mark.parametrize("replace", [False, True])
def test_what_others_made_is_never_replaced(replace: bool, source: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.wav"
    other.write_bytes(b"somebody's work")
    (tmp_path / "dangling.wav").symlink_to(tmp_path / "nothing.wav")
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    for name in ("other.wav", "dangling.wav", "folder.wav", "pipe.wav", "no/such/folder.wav", "a\0b.wav", "x" * 300):
        with pytest.raises(BadRequest):
            check_output(tmp_path / name, [str(source)], replace=replace)
    assert other.read_bytes() == b"somebody's work"


def test_an_earlier_edit_is_replaced_only_on_demand_and_only_unchanged(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "new.wav"
    make_edit(out)
    with pytest.raises(BadRequest, match="was made by an edit") as refused:
        check_output(out, [str(source)], replace=False)
    assert "--replace" in refused.value.hint
    assert check_output(out, [str(source)], replace=True) == out
    out.write_bytes(b"changed by hand")
    with pytest.raises(BadRequest, match="not the result of an edit"):
        check_output(out, [str(source)], replace=True)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"made_by": "somebody", "files": []}', '{"made_by": "grym-synth"}', "[" * 9999, "\xff"]
)
def test_a_sidecar_that_is_not_ours_gives_no_rights(text: str, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "new.wav"
    out.write_bytes(b"made")
    sidecar_of(out).write_text(text, encoding="latin-1")
    for call in (lambda: check_output(out, [str(source)], replace=True), lambda: remove_edit(out)):
        with pytest.raises(BadRequest):
            call()
    assert out.read_bytes() == b"made"


def test_a_stray_sidecar_of_somebody_else_is_not_overwritten(source: Path, tmp_path: Path) -> None:
    sidecar_of(tmp_path / "new.wav").write_text("notes of mine")
    with pytest.raises(BadRequest, match="was not made here"):
        check_output(tmp_path / "new.wav", [str(source)], replace=True)


def test_files_get_their_names_with_the_sidecar_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "new.wav"
    with outputs.temporary_files(out) as made:
        temporary = outputs.new_temporary(out, made)
        temporary.write_bytes(b"made")
        put_in_place([(temporary, out)], {"made_by": "grym-synth", "files": []}, out, made, replace=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.wav", "new.wav.grym.json"]


def test_a_name_that_was_taken_meanwhile_stays_what_it_is(tmp_path: Path) -> None:
    out, second = tmp_path / "new-01.wav", tmp_path / "new-02.wav"
    with outputs.temporary_files(out) as made:
        moves = []
        for target in (out, second):
            temporary = outputs.new_temporary(target, made)
            temporary.write_bytes(b"made")
            moves.append((temporary, target))
        second.write_bytes(b"somebody's work")
        with pytest.raises(BadRequest, match="put there while we worked"):
            put_in_place(moves, {"made_by": "grym-synth", "files": []}, out, made, replace=False)
    assert [path.name for path in tmp_path.iterdir()] == ["new-02.wav"]
    assert second.read_bytes() == b"somebody's work"


def test_of_two_edits_to_one_name_the_first_stays_whole(tmp_path: Path) -> None:
    out = tmp_path / "new.wav"
    for text in (b"first", b"second"):
        with outputs.temporary_files(out) as made:
            temporary = outputs.new_temporary(out, made)
            temporary.write_bytes(text)
            sidecar = {"made_by": "grym-synth", "files": [{"name": "new.wav", "sha256": hash_file(temporary)}]}
            if text == b"first":
                put_in_place([(temporary, out)], sidecar, out, made, replace=False)
                continue
            with pytest.raises(BadRequest, match="put there while we worked"):
                put_in_place([(temporary, out)], sidecar, out, made, replace=False)
    assert out.read_bytes() == b"first"
    assert remove_edit(out) == (out,)
    assert list(tmp_path.iterdir()) == []


def test_a_sidecar_whose_file_is_gone_is_in_nobodys_way(tmp_path: Path) -> None:
    out = tmp_path / "new.wav"
    make_edit(out)
    out.unlink()
    assert check_output(out, ["song.wav"], replace=False) == out
    with outputs.temporary_files(out) as made:
        temporary = outputs.new_temporary(out, made)
        temporary.write_bytes(b"made again")
        put_in_place([(temporary, out)], {"made_by": "grym-synth", "files": []}, out, made, replace=False)
    assert out.read_bytes() == b"made again"


def test_an_edit_is_taken_back_with_all_its_files(tmp_path: Path) -> None:
    out = tmp_path / "kit.wav"
    make_edit(out, names=("kit-01.wav", "kit-02.wav"))
    (tmp_path / "kit-03.wav").write_bytes(b"not of it")
    assert [path.name for path in remove_edit(out)] == ["kit-01.wav", "kit-02.wav"]
    assert [path.name for path in tmp_path.iterdir()] == ["kit-03.wav"]


def test_an_edit_that_was_changed_since_is_not_taken_back(tmp_path: Path) -> None:
    out = tmp_path / "kit.wav"
    make_edit(out, names=("kit-01.wav", "kit-02.wav"))
    (tmp_path / "kit-02.wav").write_bytes(b"worked on")
    with pytest.raises(BadRequest, match="was changed"):
        remove_edit(out)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_sidecar_cannot_lead_to_files_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    victim = tmp_path / "victim.wav"
    victim.write_bytes(b"made")
    out = tmp_path / "inner" / "new.wav"
    make_edit(out, names=("../victim.wav",))
    with pytest.raises(BadRequest):
        remove_edit(out)
    assert victim.exists()
    (tmp_path / "inner" / "link.wav").symlink_to(victim)
    entry = {"name": "link.wav", "sha256": hash_file(victim)}
    sidecar_of(out).write_text(json.dumps({"made_by": "grym-synth", "files": [entry]}))
    with pytest.raises(BadRequest):
        remove_edit(out)
    assert victim.exists()


def test_an_edit_does_not_take_the_place_of_one_that_it_reads(tmp_path: Path) -> None:
    out, pieces = tmp_path / "kit.wav", ("kit-01.wav", "kit-02.wav")
    make_edit(out, names=pieces)
    with pytest.raises(BadRequest, match=r"kit-02.wav' is a recording that this edit reads"):
        check_output(out, [str(tmp_path / "kit-02.wav")], replace=True)
    outputs.remove_left_over(out, outputs.read_sidecar(out), ["kit.wav"], [str(tmp_path / "kit-02.wav")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kit-02.wav", "kit.wav.grym.json"]


@pytest.mark.parametrize("name", ["{folder}/song.wav", "../song.wav", "./new.wav", "..", "", 7, None])
def test_a_sidecar_that_names_anything_elsewhere_takes_nothing_back(name: object, source: Path, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    out = tmp_path / "inner" / "new.wav"
    make_edit(out)
    entries = json.loads(sidecar_of(out).read_text())["files"]
    named = name.format(folder=tmp_path) if isinstance(name, str) else name
    entries.append({"name": named, "sha256": hash_file(source)})
    sidecar_of(out).write_text(json.dumps({"made_by": "grym-synth", "files": entries}))
    with pytest.raises(BadRequest):
        remove_edit(out)
    assert source.exists()
    assert out.exists()


def test_the_sidecar_of_slices_that_are_there_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "kit.wav"
    make_edit(out, names=("kit-01.wav", "kit-02.wav"))
    before = sidecar_of(out).read_text()
    with pytest.raises(BadRequest, match="was made by an edit") as refused:
        check_output(out, ["song.wav"], replace=False)
    assert "--replace" in refused.value.hint
    with pytest.raises(BadRequest, match="put there while we worked"):
        put_all([out], out, replace=False)
    assert sidecar_of(out).read_text() == before
    assert not out.exists()


def put_all(targets: list[Path], out: Path, *, replace: bool) -> None:
    """Put new files in place as an edit does."""
    with outputs.temporary_files(out) as made:
        moves = []
        for target in targets:
            moves.append((outputs.new_temporary(target, made), target))
            moves[-1][0].write_bytes(b"new")
        files = [{"name": target.name, "sha256": hash_file(temporary)} for temporary, target in moves]
        put_in_place(moves, {"made_by": "grym-synth", "files": files}, out, made, replace=replace)


@pytest.mark.parametrize("replace", [False, True])
def test_a_disk_that_fills_up_on_the_way_leaves_nothing_new(
    replace: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, pieces = tmp_path / "kit.wav", [tmp_path / f"kit-0{i}.wav" for i in (1, 2, 3)]
    if replace:
        make_edit(out, names=("kit-01.wav",))
    rename = outputs._rename

    def full(source: Path, target: Path, *, replace: bool) -> None:
        if target == pieces[2]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rename(source, target, replace=replace)

    monkeypatch.setattr(outputs, "_rename", full)
    with pytest.raises(Unavailable, match="no room"):
        put_all(pieces, out, replace=replace)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == (["kit-01.wav", "kit.wav.grym.json"] if replace else [])
    if replace:  # and what is there is still known to be ours
        remove_edit(out)
        assert list(tmp_path.iterdir()) == []


def test_replacing_leaves_alone_what_appeared_meanwhile(tmp_path: Path) -> None:
    out, pieces = tmp_path / "kit.wav", [tmp_path / "kit-01.wav", tmp_path / "kit-02.wav"]
    make_edit(out, names=("kit-01.wav",))
    pieces[1].write_bytes(b"somebody's work")
    with pytest.raises(BadRequest, match="put there while we worked"):
        put_all(pieces, out, replace=True)
    assert pieces[1].read_bytes() == b"somebody's work"
    pieces[1].unlink()
    put_all(pieces, out, replace=True)
    assert len(json.loads(sidecar_of(out).read_text())["files"]) == 2
    assert remove_edit(out) == tuple(pieces)


def test_without_hard_links_a_name_is_not_taken_twice_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(os.path, "lexists", lambda path: False)  # it appears after one has looked
    out = tmp_path / "new.wav"
    out.write_bytes(b"somebody's work")
    with pytest.raises(BadRequest, match="put there while we worked"):
        put_all([out], out, replace=False)
    assert out.read_bytes() == b"somebody's work"
    out.unlink()
    put_all([out], out, replace=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.wav", "new.wav.grym.json"]
