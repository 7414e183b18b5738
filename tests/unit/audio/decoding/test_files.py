"""Files of sound: what is refused and why, what is decoded and how far."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from tests.hostile import SR, HostileFile, encoded, make_hostile_files, music, wav_header

from grym_synth.audio.decoding.files import AudioFile, open_audio
from grym_synth.errors import GrymError, MissingDependency, UnusableAudio


def decoded(audio: AudioFile, seconds: float = 5.0) -> NDArray[np.floating]:
    return np.concatenate(list(audio.blocks(seconds)))


@contextlib.contextmanager
def memory_below(limit: float) -> Iterator[None]:
    """What numpy and Python take at once stays below `limit` bytes."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def outcome_of(file: HostileFile) -> tuple[str, GrymError | None]:
    try:
        with open_audio(file.path) as audio:
            assert all(np.isfinite(block).all() for block in audio.blocks())
            return "partly" if audio.note else "heard", None
    except GrymError as error:
        return "refused", error


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, HostileFile]:
    files = make_hostile_files(tmp_path_factory.mktemp("hostile"))
    return {file.path.name: file for file in files}


@pytest.mark.slow
def test_there_are_sixty_small_hostile_files(hostile: dict[str, HostileFile]) -> None:
    assert len(hostile) == 60
    assert sum(file.path.stat().st_size for file in hostile.values() if file.path.is_file()) < 20e6


@pytest.mark.slow
def test_hostile_files_are_refused_heard_or_heard_in_part(
    hostile: dict[str, HostileFile], capfd: pytest.CaptureFixture[str]
) -> None:
    """One by one, each within a second, and without noise from the decoders."""
    for file in hostile.values():
        start = time.perf_counter()
        outcome, error = outcome_of(file)
        assert outcome == file.expected, file
        assert time.perf_counter() - start < 10.0, file  # a bound against hanging, not a measurement
        if error is not None:
            assert repr(str(file.path)) in str(error)
            assert "\n" not in str(error)
            assert error.hint
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_memory_follows_the_data_and_not_the_header(hostile: dict[str, HostileFile]) -> None:
    for name in ("eight hours.wav", "three weeks.flac", "streamed.wav"):
        with memory_below(5e6), open_audio(hostile[name].path) as audio:
            list(audio.blocks())


def test_one_block_is_never_large(tmp_path: Path) -> None:
    """Five seconds of this header would take 2 GB."""
    path = tmp_path / "wide.wav"
    path.write_bytes(wav_header(channels=64, sr=1_500_000, data_bytes=128 * 50) + bytes(128 * 50))
    with memory_below(20e6), open_audio(path) as audio:
        assert sum(len(block) for block in audio.blocks()) == 50


def test_no_descriptor_stays_open(hostile: dict[str, HostileFile]) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 (Path.iterdir holds one open itself)
    for file in hostile.values():
        try:
            open_audio(file.path).close()
        except GrymError:
            continue
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


@pytest.mark.parametrize(
    ("container", "codec", "told_codec", "bits"),
    [
        ("WAV", "PCM_16", "PCM_16", 16),
        ("WAV", "PCM_U8", "PCM_U8", 8),
        ("WAV", "FLOAT", "FLOAT", 32),
        ("WAV", "ULAW", "ULAW", None),
        ("AIFF", "PCM_24", "PCM_24", 24),
        ("FLAC", "PCM_24", "FLAC", 24),
        ("CAF", "ALAC_16", "ALAC_16", 16),
        ("AU", "PCM_16", "PCM_16", 16),
        ("W64", "DOUBLE", "DOUBLE", 64),
        ("OGG", "VORBIS", "VORBIS", None),
        ("MP3", "MPEG_LAYER_III", "MPEG_LAYER_III", None),
    ],
)
def test_the_header_tells_container_codec_and_bits(
    tmp_path: Path, container: str, codec: str, told_codec: str, bits: int | None
) -> None:
    y = music(0.6, 2)
    path = tmp_path / "song"
    path.write_bytes(encoded(y, SR, container, codec))
    with open_audio(path) as audio:
        header = audio.header
        assert (header.container, header.codec, header.bit_depth) == (container, told_codec, bits)
        assert (audio.sr, audio.channels, header.frames_declared) == (SR, 2, len(y))
        z = decoded(audio, seconds=0.1)
        assert audio.note == ""
        assert audio.frames_read == len(y)
    assert z.shape == y.shape
    assert z.dtype == np.float32
    assert np.sqrt(np.mean((z - y) ** 2)) < 0.03


def test_opus_is_read_at_its_own_rate(tmp_path: Path) -> None:
    path = tmp_path / "song.opus"
    path.write_bytes(encoded(music(0.3, 1, 48000), 48000, "OGG", "OPUS"))
    with open_audio(path) as audio:
        assert (audio.header.codec, audio.sr, audio.header.bit_depth) == ("OPUS", 48000, None)
        assert len(decoded(audio)) == 14400


def test_tags_are_told(tmp_path: Path) -> None:
    path = tmp_path / "song.flac"
    with soundfile.SoundFile(path, "w", SR, 1) as file:
        file.title, file.artist = "Ström", "Grüße"
        file.write(music(0.1, 1))
    with open_audio(path) as audio:
        assert audio.header.tags == {"title": "Ström", "artist": "Grüße"}


def test_an_excerpt_is_the_same_as_in_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "song.flac"
    path.write_bytes(encoded(music(2.0, 2), SR, "FLAC", "PCM_16"))
    with open_audio(path) as audio:
        whole = decoded(audio)
        excerpt = audio.read(0.5, 1000)
        assert np.array_equal(excerpt, whole[SR // 2 : SR // 2 + 1000])
        assert len(audio.read(1.99, 10_000)) == 2 * SR - round(1.99 * SR)
        assert audio.read(5.0, 10).shape == (0, 2)
        assert np.array_equal(audio.read(-1.0, 10), whole[:10])
        assert np.array_equal(decoded(audio), whole)


@pytest.mark.parametrize(("container", "codec"), [("FLAC", "PCM_16"), ("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS")])
def test_damaged_files_can_be_read_twice_and_in_excerpts(tmp_path: Path, container: str, codec: str) -> None:
    data = encoded(music(4.0, 1), SR, container, codec)
    path = tmp_path / "song"
    path.write_bytes(data[: len(data) // 2])
    with open_audio(path) as audio:
        whole = decoded(audio)
        assert 0.5 * SR < len(whole) < 3 * SR
        assert len(audio.read(100.0, 10)) == 0
        assert audio.read(0.2, 100) == pytest.approx(whole[SR // 5 : SR // 5 + 100], abs=1e-3)
        assert np.array_equal(decoded(audio), whole)


def test_a_cut_file_says_where_it_ends(tmp_path: Path) -> None:
    y = music(4.0, 1)
    data = encoded(y, SR, "FLAC", "PCM_16")
    path = tmp_path / "song.flac"
    path.write_bytes(data[: len(data) // 2])
    with open_audio(path) as audio:
        z = decoded(audio)
        assert z[:, 0] == pytest.approx(y[: len(z), 0], abs=1e-4)
        assert audio.truncated_at_s == len(z) / SR
        assert audio.note == f"only {len(z) / SR:.1f} s of the promised 4.0 s could be decoded"


def test_samples_that_are_no_numbers_are_counted_and_silent(hostile: dict[str, HostileFile]) -> None:
    with open_audio(hostile["some nan.wav"].path) as audio:
        y = decoded(audio)
        assert audio.nonfinite_samples == 101
    assert not y[100:200].any()
    assert y[300] == 0.0
    assert y[99] != 0.0


def test_one_second_of_nan_is_no_sound(hostile: dict[str, HostileFile]) -> None:
    with open_audio(hostile["all nan.wav"].path) as audio, pytest.raises(UnusableAudio, match="22050 samples"):
        list(audio.blocks())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.wav", "does not exist"),
        ("folder.wav", "is a folder"),
        ("pipe.wav", "pipe, socket or device"),
        ("empty.wav", "is empty"),
        ("text.wav", "it is text"),
        ("picture.flac", "PNG picture"),
        ("notes.wav", "MIDI file"),
        ("loop.wav", "leads back to itself"),
        ("absurd rate.wav", "2147483647 Hz"),
        ("thousand channels.wav", "1000 channels"),
    ],
)
def test_a_refusal_says_why(hostile: dict[str, HostileFile], name: str, words: str) -> None:
    with pytest.raises(UnusableAudio, match=words):
        open_audio(hostile[name].path)


def test_a_device_is_not_opened() -> None:
    with pytest.raises(UnusableAudio, match="device"):
        open_audio("/dev/zero")


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EACCES, "may not be read"), (errno.EIO, "cannot be read: "), (errno.ENOENT, "exist")]
)
def test_a_file_that_does_not_open_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav_header() + bytes(1000))

    def refuse(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("grym_synth.audio.decoding.files.os.open", refuse)
    with pytest.raises(UnusableAudio, match=words):
        open_audio(path)


def test_a_name_with_a_zero_byte_is_refused() -> None:
    with pytest.raises(UnusableAudio, match="not a possible file name"):
        open_audio("song\0.wav")


@pytest.fixture
def mp3_without_length(tmp_path: Path) -> Path:
    """21 s at a varying bit rate; the frame that holds the length is taken away, as older encoders never wrote it."""
    data = encoded(np.concatenate([music(1.0, 1), 1e-3 * music(20.0, 1)]), SR, "MP3", "MPEG_LAYER_III")
    path = tmp_path / "song.mp3"
    path.write_bytes(data[data.index(data[:2], 10) :])
    return path


def test_mp3_without_a_length_is_read_to_its_end_with_pyav(mp3_without_length: Path) -> None:
    pytest.importorskip("av")
    with open_audio(mp3_without_length) as audio:
        assert audio.header.codec == "MPEG_LAYER_III"
        assert len(decoded(audio)) == pytest.approx(21.0 * SR, rel=0.01)
        assert audio.note == ""


def test_mp3_without_a_length_says_where_it_stopped_without_pyav(
    mp3_without_length: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with open_audio(mp3_without_length) as audio:
        assert len(decoded(audio)) < 10 * SR
        assert "guessed too short" in audio.note


# --- PyAV -----------------------------------------------------------------------------------------------------------


def write_m4a(path: Path, y: NDArray[np.float32], sr: int, codec: str = "aac") -> Path:
    av: Any = pytest.importorskip("av")
    with av.open(str(path), "w", format="ipod") as container:
        stream = container.add_stream(codec, rate=sr, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(y.T), format="fltp", layout="stereo")
        frame.sample_rate = sr
        size = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler(stream.format.name, "stereo", sr, frame_size=size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def test_m4a_is_read_where_pyav_is_installed(tmp_path: Path) -> None:
    y = music(2.0, 2)
    with open_audio(write_m4a(tmp_path / "song.m4a", y, SR)) as audio:
        header = audio.header
        assert (header.container, header.codec, header.bit_depth, audio.sr) == ("MP4", "AAC", None, SR)
        z = decoded(audio, seconds=0.3)
        assert audio.note == ""
        assert abs(len(z) - len(y)) <= 3 * 1024
        excerpt = audio.read(1.0, 500)
        assert excerpt == pytest.approx(z[SR : SR + 500], abs=1e-3)
        assert np.array_equal(decoded(audio), z)


def test_alac_is_lossless(tmp_path: Path) -> None:
    y = music(0.5, 2)
    with open_audio(write_m4a(tmp_path / "song.m4a", y, SR, "alac")) as audio:
        assert audio.header.codec == "ALAC"
        assert audio.header.bit_depth is not None
        assert decoded(audio)[: len(y)] == pytest.approx(y, abs=1e-4)


def test_a_cut_m4a_is_refused(tmp_path: Path) -> None:
    path = write_m4a(tmp_path / "song.m4a", music(1.0, 2), SR)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UnusableAudio, match="MP4 but is damaged"):
        open_audio(path)


def test_without_pyav_the_hint_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    path = tmp_path / "song.m4a"
    path.write_bytes(b"\0\0\0\x18ftypM4A " + bytes(500))
    with pytest.raises(MissingDependency, match="PyAV") as caught:
        open_audio(path)
    assert "grym-synth[m4a]" in caught.value.hint


def test_a_playlist_is_no_recording(tmp_path: Path) -> None:
    """It could name any address."""
    path = tmp_path / "song.m4a"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://192.0.2.1/a.aac\n#EXT-X-ENDLIST\n")
    with pytest.raises(UnusableAudio, match="text"):
        open_audio(path)


@pytest.mark.slow
def test_a_long_file_streams_in_flat_memory(tmp_path: Path) -> None:
    """Twenty minutes, mostly a hole on the disk."""
    path = tmp_path / "long.wav"
    n = 20 * 60 * SR * 2
    path.write_bytes(wav_header(data_bytes=n))
    os.truncate(path, 44 + n)
    with memory_below(5e6), open_audio(path) as audio:
        assert sum(len(block) for block in audio.blocks()) == 20 * 60 * SR
