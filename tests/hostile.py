"""Sixty files that a careless program trips over, made from a seed: small, and the same every time."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

Expected = Literal["refused", "heard", "partly"]
SR = 22050


@dataclass(frozen=True, slots=True)
class HostileFile:
    """`expected`: refused with a reason, heard to its end, or partly: what is there is heard, and a note says so."""

    path: Path
    kind: str
    expected: Expected


def make_hostile_files(folder: Path) -> list[HostileFile]:
    """Make the files in `folder`, which exists; a few of them are missing on purpose."""
    files = []
    for name, kind, data, expected in _contents():
        (folder / name).write_bytes(data)
        files.append(HostileFile(folder / name, kind, expected))
    return files + _odd_places(folder)


def music(seconds: float, channels: int, sr: int = SR) -> NDArray[np.float32]:
    """Two tones and a little noise, shape (n, channels): every codec has something to do."""
    t = np.arange(round(seconds * sr)) / sr
    noise = np.random.default_rng(20).standard_normal((len(t), channels))
    tones = 0.3 * np.sin(2 * np.pi * 220.0 * t) + 0.2 * np.sin(2 * np.pi * 1375.0 * t)
    return (tones[:, None] + 0.02 * noise).astype(np.float32)


def encoded(y: NDArray[np.floating], sr: int, container: str, codec: str) -> bytes:
    out = BytesIO()
    soundfile.write(out, y, sr, format=container, subtype=codec)
    return out.getvalue()


def wav_header(*, channels: int = 1, sr: int = SR, bits: int = 16, data_bytes: int = 1000, codec: int = 1) -> bytes:
    """A header of 44 bytes that claims whatever it is told to."""
    rate = min(sr * channels * bits // 8, 0xFFFFFFFF)
    fmt = struct.pack("<HHIIHH", codec, channels, sr, rate, channels * bits // 8 & 0xFFFF, bits)
    riff = b"RIFF" + struct.pack("<I", min(data_bytes + 36, 0xFFFFFFFF)) + b"WAVEfmt " + struct.pack("<I", 16)
    return riff + fmt + b"data" + struct.pack("<I", data_bytes)


def _contents() -> list[tuple[str, str, bytes, Expected]]:
    return _truncations() + _strangers() + _lying_headers() + _odd_samples() + _rare_formats() + _odd_names()


def _truncations() -> list[tuple[str, str, bytes, Expected]]:
    """Five formats, cut in the header, just after it, and at a third and nine tenths."""
    y = music(4.0, 2)
    whole = {
        "wav": encoded(y, SR, "WAV", "PCM_16"),
        "aiff": encoded(y, SR, "AIFF", "PCM_16"),
        "flac": encoded(y, SR, "FLAC", "PCM_16"),
        "ogg": encoded(y, SR, "OGG", "VORBIS"),
        "mp3": encoded(y, SR, "MP3", "MPEG_LAYER_III"),
    }
    just_after_header = {"wav": 100, "aiff": 110, "flac": 90, "ogg": 4300, "mp3": 500}
    files: list[tuple[str, str, bytes, Expected]] = []
    for ending, data in whole.items():
        after = just_after_header[ending]
        starts: Expected = "partly" if ending in ("wav", "aiff") else "refused"
        files += [
            (f"cut in the header.{ending}", "truncated", data[:30], "refused"),
            (f"cut after the header.{ending}", "truncated", data[:after], starts),
            (f"cut at a third.{ending}", "truncated", data[: len(data) // 3], "partly"),
            (f"cut at the end.{ending}", "truncated", data[: len(data) * 9 // 10], "partly"),
        ]
    return files


def _strangers() -> list[tuple[str, str, bytes, Expected]]:
    noise = np.random.default_rng(21).bytes(5000)
    flac = bytearray(encoded(music(2.0, 1), SR, "FLAC", "PCM_16"))
    flac[len(flac) // 2 : len(flac) // 2 + 4000] = noise[:4000]
    return [
        ("empty.wav", "empty", b"", "refused"),
        ("text.wav", "renamed text", b"Dies ist kein Klang, sondern Prosa.\n" * 40, "refused"),
        ("short text.mp3", "renamed text", b"hi", "refused"),
        ("picture.flac", "renamed PNG", b"\x89PNG\r\n\x1a\n" + noise, "refused"),
        ("archive.ogg", "renamed zip", b"PK\x03\x04" + noise, "refused"),
        ("notes.wav", "renamed MIDI", b"MThd" + noise[:400], "refused"),
        ("noise.mp3", "random bytes", noise, "refused"),
        ("zeros.aiff", "zero bytes", bytes(2000), "refused"),
        ("one byte.wav", "one byte", b"R", "refused"),
        ("hole.flac", "damaged in the middle", bytes(flac), "partly"),
        ("page.m4a", "MP4 without contents", b"\0\0\0\x18ftypM4A " + noise[:200], "refused"),
    ]


def _lying_headers() -> list[tuple[str, str, bytes, Expected]]:
    data = np.random.default_rng(22).bytes(1000)
    flac = bytearray(encoded(music(1.0, 1), SR, "FLAC", "PCM_16"))
    flac[21] |= 0x0F  # the top bits of the count of samples: three weeks
    flac[22:26] = b"\xff" * 4
    return [
        ("eight hours.wav", "8 hours in 1 kB", wav_header(data_bytes=SR * 2 * 8 * 3600) + data, "partly"),
        ("three weeks.flac", "68 thousand million samples in 1 s", bytes(flac), "partly"),
        ("streamed.wav", "size not known when written", wav_header(data_bytes=0xFFFFFFFF) + data, "heard"),
        ("no rate.wav", "0 Hz", wav_header(sr=0) + data, "refused"),
        ("absurd rate.wav", "2 GHz", wav_header(sr=0x7FFFFFFF) + data, "refused"),
        ("no channel.wav", "0 channels", wav_header(channels=0) + data, "refused"),
        ("thousand channels.wav", "1000 channels", wav_header(channels=1000) + data * 4, "refused"),
        ("huge chunk.wav", "4 GB chunk", b"RIFF\xff\xff\xff\xffWAVELIST\xff\xff\xff\xff" + data, "refused"),
        ("no samples.wav", "header alone", wav_header(data_bytes=0), "refused"),
    ]


def _odd_samples() -> list[tuple[str, str, bytes, Expected]]:
    y = music(1.0, 1)
    some = y.copy()
    some[100:200], some[300] = np.nan, np.inf
    nothing, infinite = np.full_like(y, np.nan), np.full_like(y, -np.inf)
    return [
        ("all nan.wav", "all NaN", encoded(nothing, SR, "WAV", "FLOAT"), "refused"),
        ("all infinite.wav", "all infinite", encoded(infinite, SR, "WAV", "FLOAT"), "refused"),
        ("some nan.wav", "some NaN", encoded(some, SR, "WAV", "FLOAT"), "heard"),
        ("huge.wav", "floats of 1e30", encoded(y * np.float32(1e30), SR, "WAV", "FLOAT"), "refused"),
        ("silent.wav", "silence", encoded(np.zeros_like(y), SR, "WAV", "PCM_16"), "heard"),
        ("one sample.wav", "one sample", encoded(y[50:51], SR, "WAV", "PCM_16"), "heard"),
    ]


def _rare_formats() -> list[tuple[str, str, bytes, Expected]]:
    mono = music(1.0, 1)
    return [
        ("seven channels.wav", "7 channels", encoded(music(1.0, 7), SR, "WAV", "PCM_16"), "heard"),
        ("8 kHz.wav", "A-law", encoded(music(1.0, 1, 8000), 8000, "WAV", "ALAW"), "heard"),
        ("384 kHz.wav", "384 kHz, 24 bit", encoded(music(0.5, 1, 384_000), 384_000, "WAV", "PCM_24"), "heard"),
        ("double.w64", "W64, 64 bit float", encoded(mono, SR, "W64", "DOUBLE"), "heard"),
        ("large.wav", "RF64, u-law", encoded(mono, SR, "RF64", "ULAW"), "heard"),
    ]


def _odd_names() -> list[tuple[str, str, bytes, Expected]]:
    wav = encoded(music(0.5, 1), SR, "WAV", "PCM_16")
    return [
        ("two\nlines \N{MUSICAL NOTE}\N{DRUM WITH DRUMSTICKS}.wav", "newline and emoji in the name", wav, "heard"),
        ("--json.wav", "leading dash in the name", wav, "heard"),
        (os.fsdecode(b"latin \xe9\xff.wav"), "name that is not UTF-8", wav, "heard"),
    ]


def _odd_places(folder: Path) -> list[HostileFile]:
    """What is no file at all."""
    (folder / "folder.wav").mkdir()
    os.mkfifo(folder / "pipe.wav")
    (folder / "dangling.wav").symlink_to("nowhere.wav")
    (folder / "loop.wav").symlink_to("loop.wav")
    return [
        HostileFile(folder / "folder.wav", "a folder", "refused"),
        HostileFile(folder / "pipe.wav", "a FIFO that nobody writes to", "refused"),
        HostileFile(folder / "missing.wav", "missing", "refused"),
        HostileFile(folder / "dangling.wav", "link to nothing", "refused"),
        HostileFile(folder / "loop.wav", "link to itself", "refused"),
        HostileFile(folder / "silent.wav" / "inside.wav", "path through a file", "refused"),
    ]
