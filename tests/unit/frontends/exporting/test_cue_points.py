"""Cue points in a copy of a WAV file: what is marked, and that the sound stays as it is."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.unit.frontends.sample_document import SR, full_document, write_sound

from grym_synth.errors import BadRequest, UnusableAudio
from grym_synth.frontends.exporting.cue_points import write_cue_points


def chunks_of(path: Path) -> list[tuple[bytes, bytes]]:
    raw = path.read_bytes()
    assert raw[:4] == b"RIFF"
    assert struct.unpack("<I", raw[4:8])[0] == len(raw) - 8
    found, at = [], 12
    while at < len(raw):
        name, size = struct.unpack_from("<4sI", raw, at)
        found.append((name, raw[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    assert at == len(raw)
    return found


def cues_of(path: Path) -> dict[int, dict[str, object]]:
    """Cue points by number: where, their words, and their length."""
    chunks = dict(chunks_of(path))
    cue = chunks[b"cue "]
    (count,) = struct.unpack_from("<I", cue)
    assert len(cue) == 4 + 24 * count
    cues: dict[int, dict[str, object]] = {}
    for i in range(count):
        number, position, name, chunk_start, block_start, offset = struct.unpack_from("<II4sIII", cue, 4 + 24 * i)
        assert (name, chunk_start, block_start, position) == (b"data", 0, 0, offset)
        cues[number] = {"at": offset}
    adtl, at = next(data for name, data in chunks_of(path) if data[:4] == b"adtl"), 4
    while at < len(adtl):
        name, size = struct.unpack_from("<4sI", adtl, at)
        (number,) = struct.unpack_from("<I", adtl, at + 8)
        if name == b"labl":
            cues[number]["words"] = adtl[at + 12 : at + 8 + size].rstrip(b"\0").decode()
        else:
            assert (name, adtl[at + 16 : at + 20]) == (b"ltxt", b"rgn ")
            cues[number]["length"] = struct.unpack_from("<I", adtl, at + 12)[0]
        at += 8 + size + size % 2
    return cues


def test_sections_become_regions_and_bars_become_points(tmp_path: Path) -> None:
    source, out = write_sound(tmp_path / "a.wav"), tmp_path / "b.wav"
    assert write_cue_points(full_document(), source, out) == 6
    cues = cues_of(out)
    assert cues[1] == {"at": 0, "words": "A", "length": 4 * SR}
    bars = [cue for cue in cues.values() if str(cue["words"]).startswith("bar")]
    assert [cue["at"] for cue in bars] == [0, 2 * SR, 4 * SR, 6 * SR]
    assert "length" not in bars[0]


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "IMA_ADPCM"])
def test_every_other_chunk_and_all_sound_is_copied_byte_for_byte(tmp_path: Path, subtype: str) -> None:
    source, out = write_sound(tmp_path / "a.wav", subtype=subtype), tmp_path / "b.wav"
    write_cue_points(full_document(), source, out, ["chords"])
    before, after = chunks_of(source), chunks_of(out)
    assert after[: len(before)] == before
    assert [name for name, _ in after[len(before) :]] == [b"cue ", b"LIST"]
    assert np.array_equal(soundfile.read(source)[0], soundfile.read(out)[0])


def test_old_cue_points_are_replaced_and_other_lists_stay(tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    with soundfile.SoundFile(source, "w", SR, 1, "PCM_16") as file:
        file.title = "kept"
        file.write(np.zeros(SR))
    first, second = tmp_path / "b.wav", tmp_path / "c.wav"
    write_cue_points(full_document(), source, first, ["downbeats"])
    write_cue_points(full_document(), first, second, ["sections"])
    assert [cue["words"] for cue in cues_of(second).values()] == ["A", "B"]
    with soundfile.SoundFile(second) as file:
        assert file.title == "kept"


def test_an_odd_chunk_is_padded_and_a_wrong_total_is_put_right(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.wav", subtype="PCM_U8", seconds=0.10001)
    raw = bytearray(source.read_bytes())
    raw[4:8] = struct.pack("<I", 0xFFFFFFFF)
    source.write_bytes(raw)
    write_cue_points(full_document(), source, tmp_path / "b.wav", ["sections"])
    assert cues_of(tmp_path / "b.wav")[1]["words"] == "A"


def test_a_streamed_file_gets_the_true_length_of_its_sound(tmp_path: Path) -> None:
    source, out = write_sound(tmp_path / "a.wav", subtype="PCM_16"), tmp_path / "b.wav"
    raw = bytearray(source.read_bytes())
    at = raw.index(b"data")
    del raw[at + 8 + 2 * SR :]
    raw[at + 4 : at + 8] = raw[4:8] = struct.pack("<I", 0xFFFFFFFF)
    source.write_bytes(raw)
    write_cue_points(full_document(), source, out, ["sections"])
    assert dict(chunks_of(out))[b"data"] == bytes(raw[at + 8 :])


def test_rf64_other_formats_and_damaged_files_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    big = write_sound(tmp_path / "big.wav", format="RF64")
    with pytest.raises(BadRequest, match="RF64"):
        write_cue_points(full_document(), big, out)
    with pytest.raises(BadRequest, match="no WAV"):
        write_cue_points(full_document(), write_sound(tmp_path / "a.flac"), out)
    with pytest.raises(BadRequest, match="only those carry cue points"):
        write_cue_points(full_document(), write_sound(tmp_path / "a.aiff"), out)
    cut = write_sound(tmp_path / "cut.wav")
    cut.write_bytes(cut.read_bytes()[:-100])
    with pytest.raises(UnusableAudio, match="cut short"):
        write_cue_points(full_document(), cut, out)
    with pytest.raises(UnusableAudio, match="no file"):
        write_cue_points(full_document(), tmp_path / "none.wav", out)
    assert not out.exists()


def test_the_source_and_what_lies_at_the_target_are_never_written_over(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.wav")
    before = source.read_bytes()
    with pytest.raises(BadRequest, match="exists"):
        write_cue_points(full_document(), source, source)
    assert source.read_bytes() == before
    with pytest.raises(BadRequest, match="nothing to mark"):
        write_cue_points({"duration_s": 1.0}, source, tmp_path / "b.wav")
    with pytest.raises(BadRequest, match="is a WAV file, so name it so"):
        write_cue_points(full_document(), source, tmp_path / "b.flac")
