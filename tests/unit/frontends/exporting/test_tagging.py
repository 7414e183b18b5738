"""Tempo and key in a copy: what other programs will read, and that the sound stays as it is."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.unit.frontends.sample_document import full_document, write_sound

from grym_synth.errors import BadRequest, UnusableAudio
from grym_synth.frontends.exporting.id3 import read_tag, tag_length
from grym_synth.frontends.exporting.tagging import tag_texts, write_tagged_copy

FORMATS: list[tuple[str, dict[str, Any]]] = [
    ("a.wav", {"subtype": "PCM_16"}),
    ("a.aiff", {"subtype": "PCM_24"}),
    ("a.flac", {}),
    ("a.ogg", {"format": "OGG", "subtype": "VORBIS"}),
    ("a.opus", {"format": "OGG", "subtype": "OPUS", "sr": 48000}),
    ("a.mp3", {"format": "MP3", "sr": 44100}),
]


def syncsafe(n: int) -> bytes:
    return bytes([n >> 21 & 0x7F, n >> 14 & 0x7F, n >> 7 & 0x7F, n & 0x7F])


def frame(name: bytes, data: bytes, *, plain: bool = False) -> bytes:
    return name + (struct.pack(">I", len(data)) if plain else syncsafe(len(data))) + b"\0\0" + data


def tag(body: bytes, version: int = 4, flags: int = 0) -> bytes:
    return b"ID3" + bytes([version, 0, flags]) + syncsafe(len(body)) + body


def frames_of(path: Path) -> dict[bytes, bytes]:
    raw = path.read_bytes()
    found = {item.name: item.data for item in read_tag(raw[: tag_length(raw)]).frames}
    assert len(found) == len(read_tag(raw[: tag_length(raw)]).frames)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), FORMATS, ids=[name for name, _ in FORMATS])
def test_the_copy_has_the_tags_and_the_same_sound(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    source, out, again = write_sound(tmp_path / name, **options), tmp_path / f"b_{name}", tmp_path / f"c_{name}"
    before = hashlib.sha256(source.read_bytes()).digest()
    assert write_tagged_copy(full_document(), source, out) == {"TBPM": "120", "TKEY": "F#m"}
    assert hashlib.sha256(source.read_bytes()).digest() == before
    assert np.array_equal(soundfile.read(source)[0], soundfile.read(out)[0])
    assert out.stat().st_size - source.stat().st_size < 100
    write_tagged_copy(full_document(), out, again, in_camelot=True)
    assert again.stat().st_size == out.stat().st_size  # "F#m" and "11A" are as long: replaced, not added
    told = again.read_bytes()
    assert told.count(b"11A") == (1 if b"TKEY" in told else 2)
    assert b"F#m" not in told


@pytest.mark.slow
def test_libsndfile_still_reads_the_tags_that_were_there(tmp_path: Path) -> None:
    for name, options in FORMATS[2:5]:
        source = tmp_path / name
        with soundfile.SoundFile(source, "w", options.get("sr", 44100), 1, options.get("subtype"), format=options.get(
                "format", "FLAC")) as file:  # fmt: skip
            file.title = "Größe"
            file.write(np.zeros(9600))
        write_tagged_copy(full_document(), source, tmp_path / f"b_{name}")
        with soundfile.SoundFile(tmp_path / f"b_{name}") as file:
            assert file.title == "Größe"


@pytest.mark.slow
@pytest.mark.parametrize("length", [1, 254, 255, 60_000, 200_000])
def test_ogg_pages_are_counted_anew_when_the_tags_grow_or_shrink(tmp_path: Path, length: int) -> None:
    """The copy is read back by libsndfile, which checks the numbers and checksums of pages."""
    source, out = tmp_path / "a.ogg", tmp_path / "b.ogg"
    with soundfile.SoundFile(source, "w", 22050, 1, "VORBIS", format="OGG") as file:
        file.comment = "x" * length
        for _ in range(4):
            file.write(np.random.default_rng(1).normal(0.0, 0.1, 8192))
    write_tagged_copy(full_document(), source, out)
    with soundfile.SoundFile(out) as file:
        assert file.comment == "x" * length
        assert np.array_equal(file.read(), soundfile.read(source)[0])
    numbers = page_numbers(out)
    assert numbers == list(range(len(numbers)))


def page_numbers(path: Path) -> list[int]:
    numbers, at, raw = [], 0, path.read_bytes()
    while at < len(raw):
        assert raw[at : at + 4] == b"OggS"
        numbers.append(struct.unpack_from("<I", raw, at + 18)[0])
        n = raw[at + 26]
        at += 27 + n + sum(raw[at + 27 : at + 27 + n])
    return numbers


def test_an_ogg_whose_comments_move_to_another_number_of_pages_keeps_its_sound(tmp_path: Path) -> None:
    """A comment just below a full page: with two more tags the head needs a page more."""
    source, out = tmp_path / "a.ogg", tmp_path / "b.ogg"
    for length in range(61_000, 62_200, 100):
        with soundfile.SoundFile(source, "w", 22050, 1, "VORBIS", format="OGG") as file:
            file.comment = "x" * length
            file.write(np.random.default_rng(1).normal(0.0, 0.1, 4096))
        write_tagged_copy(full_document(), source, out)
        numbers = page_numbers(out)
        if len(numbers) > len(page_numbers(source)):
            assert numbers == list(range(len(numbers)))
            assert np.array_equal(soundfile.read(out)[0], soundfile.read(source)[0])
            return
        out.unlink()
    pytest.fail("no length made the head grow by a page")


MPEG = b"\xff\xfb\x90\x00" + bytes(413)


@pytest.mark.parametrize("version", [3, 4])
def test_frames_of_an_mp3_stay_as_they_are(tmp_path: Path, version: int) -> None:
    picture = b"\0image/png\0\3\0" + bytes(range(256)) * 2
    body = frame(b"TIT2", b"\3Title", plain=version == 3) + frame(b"APIC", picture, plain=version == 3)
    body += frame(b"TBPM", b"\0099", plain=version == 3) + bytes(50)
    (tmp_path / "a.mp3").write_bytes(tag(body, version) + MPEG)
    write_tagged_copy(full_document(), tmp_path / "a.mp3", tmp_path / "b.mp3")
    raw = (tmp_path / "b.mp3").read_bytes()
    assert raw[3] == version
    assert raw[tag_length(raw) :] == MPEG
    assert frames_of(tmp_path / "b.mp3") == {
        b"TIT2": b"\3Title", b"APIC": picture, b"TBPM": b"\x00120", b"TKEY": b"\0F#m",
    }  # fmt: skip


def test_old_ways_of_writing_id3_are_understood(tmp_path: Path) -> None:
    long = b"\0" + b"a" * 300
    cases = {
        "plain sizes in 2.4": tag(frame(b"COMM", long, plain=True), 4),
        "unsynchronised 2.3": tag(
            frame(b"TIT2", b"\0\xff\x00\xe0", plain=True).replace(b"\x00\x04", b"\x00\x03"), 3, 0x80
        ),
        "extended 2.3": tag(struct.pack(">IHI", 6, 0, 0) + frame(b"COMM", long, plain=True), 3, 0x40),
        "extended 2.4": tag(syncsafe(6) + b"\x01\x00" + frame(b"COMM", long), 4, 0x40),
        "footer 2.4": tag(frame(b"COMM", long), 4, 0x10) + b"3DI\4\0\x10" + syncsafe(311),
    }
    for i, (case, head) in enumerate(cases.items()):
        source, out = tmp_path / f"a{i}.mp3", tmp_path / f"b{i}.mp3"
        source.write_bytes(head + MPEG)
        write_tagged_copy(full_document(), source, out)
        frames = frames_of(out)
        assert frames[b"TKEY"] == b"\0F#m", case
        assert frames.get(b"COMM", long) == long, case
        assert frames.get(b"TIT2", b"\0\xff\xe0") == b"\0\xff\xe0", case
        assert out.read_bytes().endswith(MPEG), case
        assert out.read_bytes().count(MPEG[:4]) == 1, case


@pytest.mark.parametrize(
    ("raw", "error", "words"),
    [
        (tag(b"TT2\0\0\6\0Title", 2) + MPEG, BadRequest, r"2\.2"),
        (tag(b"\x01\x02junk" * 5) + MPEG, UnusableAudio, "damaged"),
        (tag(bytes(100))[:60], UnusableAudio, "cut short"),
        (b"not a recording at all", BadRequest, "alone"),
        (b"", BadRequest, "alone"),
        (b"OggS" + bytes(10), UnusableAudio, "damaged"),
        (b"fLaC\x00\x00\x00\x22" + bytes(10), UnusableAudio, "cut short"),
    ],
)
def test_what_cannot_be_tagged_is_refused_with_a_reason_and_leaves_nothing(
    tmp_path: Path, raw: bytes, error: type[Exception], words: str
) -> None:
    source = tmp_path / "a.mp3"
    source.write_bytes(raw)
    with pytest.raises(error, match=words) as refusal:
        write_tagged_copy(full_document(), source, tmp_path / "b.mp3")
    assert "a.mp3" in str(refusal.value) or "MP3" in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp3"]


def test_nothing_is_written_in_place_or_under_another_format(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.wav")
    before = source.read_bytes()
    with pytest.raises(BadRequest, match="exists"):
        write_tagged_copy(full_document(), source, source)
    with pytest.raises(BadRequest, match="keeps its format"):
        write_tagged_copy(full_document(), source, tmp_path / "b.flac")
    with pytest.raises(BadRequest, match="neither tempo nor key"):
        write_tagged_copy({"rhythm": {"tempo_bpm": None}}, source, tmp_path / "b.wav")
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("tempo", "key", "texts"),
    [(119.6, "A minor", {"TBPM": "120", "TKEY": "Am"}), (None, "C# major", {"TKEY": "C#"}), (90, "<b>", {"TBPM": "90"}),
     (0.0, None, {}), (float("nan"), 3, {})],
)  # fmt: skip
def test_tempo_is_a_whole_number_and_the_key_is_spelled_as_id3_has_it(tempo: Any, key: Any, texts: Any) -> None:
    assert tag_texts({"rhythm": {"tempo_bpm": tempo}, "tonality": {"key": key}}) == texts
