"""A pack is what its signer wrote, byte for byte, or it is refused."""

from pathlib import Path

import pytest
from benchmarks.packs import original_of, refused

from grym_synth.errors import BadRequest
from grym_synth.sharing.container import BadPack
from grym_synth.sharing.pack import read_pack, write_pack

from .receiver import House, sender


def test_the_same_content_at_the_same_time_is_the_same_file(tmp_path: Path) -> None:
    ben = sender(tmp_path / "ben")
    first, second = ben.export(tmp_path / "1.grym"), ben.export(tmp_path / "2.grym")
    assert first.read_bytes() == second.read_bytes()
    assert read_pack(first).signer == ben.key.text


def test_nothing_of_a_pack_names_a_file_or_folder_of_its_sender(tmp_path: Path) -> None:
    ben = sender(tmp_path / "ben")
    pack = read_pack(ben.export(tmp_path / "1.grym", ("labels", "features", "notes", "ear")))
    told = repr(pack.documents)
    assert "boom" in told
    assert "Cut 300 Hz" in told
    for secret in ("/home", "/music", "secret", "kick.md", str(tmp_path)):
        assert secret not in told


def test_every_flipped_bit_of_a_small_pack_is_seen(tmp_path: Path) -> None:
    house, path = House(tmp_path / "ben"), tmp_path / "flipped.grym"
    write_pack(tmp_path / "1.grym", house.key, 1, {"ear": {"format": "grym-teachings/1"}})
    content = (tmp_path / "1.grym").read_bytes()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        with pytest.raises(BadPack):
            read_pack(path)


def test_tampered_packs_are_refused_each_with_a_reason_and_leave_nothing(tmp_path: Path) -> None:
    told, faults = refused(tmp_path, 160, seed=7)
    assert faults == []
    assert told.total() == 160


def test_the_pack_that_is_tampered_with_would_be_taken_in_as_it_is(tmp_path: Path) -> None:
    ben = sender(tmp_path / "ben")
    (tmp_path / "copy.grym").write_bytes(original_of(ben, tmp_path / "1.grym").content)
    assert {entry.kind for entry in read_pack(tmp_path / "copy.grym").entries} == {
        "recordings", "labels", "features", "notes",
    }  # fmt: skip


def test_a_pack_is_never_written_over_another_file(tmp_path: Path) -> None:
    ben = sender(tmp_path / "ben")
    (tmp_path / "1.grym").write_text("mine")
    with pytest.raises(BadRequest, match="is there already"):
        ben.export(tmp_path / "1.grym")
    assert (tmp_path / "1.grym").read_text() == "mine"
    assert list(tmp_path.glob(".*")) == []


def test_a_sound_goes_along_only_under_a_name_that_is_one(tmp_path: Path) -> None:
    house = House(tmp_path / "ben")
    write_pack(tmp_path / "1.grym", house.key, 1, {}, [("kick 1.wav", b"RIFF")])
    pack = read_pack(tmp_path / "1.grym")
    assert [(entry.name, pack.sound(entry)) for entry in pack.sounds] == [("kick 1.wav", b"RIFF")]
    with pytest.raises(BadPack, match="name that no file gets"):
        write_pack(tmp_path / "2.grym", house.key, 1, {}, [("../kick.wav", b"RIFF")])


def test_a_pack_of_a_later_format_says_so(tmp_path: Path) -> None:
    from grym_synth.sharing.pack import canonical

    from .mutations import forge

    house = House(tmp_path / "ben")
    manifest = canonical({"format": "grym-pack/2", "made_at": 1, "objects": [], "signer": house.key.text})
    (tmp_path / "1.grym").write_bytes(forge(house.key, manifest, []))
    with pytest.raises(BadPack, match="this version reads 'grym-pack/1'"):
        read_pack(tmp_path / "1.grym")
