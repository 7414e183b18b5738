"""The two libraries that decode, made alike: libsndfile for most files, PyAV (optional) for M4A, AAC, WMA and others.

Both hand out float32 blocks of shape (n, channels), keep what comes before damage, and never take memory for what a
header merely promises. Both are imported on first use.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..spectra.frames import FloatArray

_LOSSLESS_BITS = re.compile(r"(?:PCM|ALAC)_(?:S|U)?(\d+)$")
_STREAMED = 0x7FFFF000  # sizes from here on stand for "not known yet" in files written to a pipe
_MP3_FRAME = re.compile(rb"\xff[\xf2\xf3\xfa\xfb]")  # pictures, which may follow the sound, rarely hold these
_MP3_FRAME_RATE = re.compile(rb"\xff[\xf2\xf3\xfa\xfb][\x10-\xef]", re.DOTALL)
_DAMAGED = "the decoder found damaged data"
_NO_END_MARK = "it ends there without an end mark, so it was probably cut off"
_stderr_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says about itself."""

    container: str  # "WAV", "FLAC", "OGG", "MP4"
    codec: str  # "PCM_16", "FLAC", "VORBIS", "MPEG_LAYER_III", "AAC"
    bit_depth: int | None  # None for lossy codecs
    sr: int
    channels: int
    frames_declared: int | None  # samples per channel that the header promises; None when it promises nothing
    tags: dict[str, str]


class Decoder(Protocol):
    """One open file. `damage` is "" while all is well, else why decoding stopped where it did."""

    header: Header
    damage: str
    close: Callable[[], None]

    def read(self, n: int) -> FloatArray:
        """The next samples, shape (m, channels) with m <= n; none at the end or at damage."""

    def seek(self, frame: int) -> bool:
        """Go to a sample; False when that failed and the position is undefined."""


class SoundfileDecoder:
    """libsndfile on an open descriptor, which stays the caller's.

    Raises
    ------
    soundfile.LibsndfileError
        libsndfile cannot make sense of the file.
    """

    def __init__(self, descriptor: int, *, noisy: bool) -> None:
        import soundfile

        self._error: type[Exception] = soundfile.SoundFileError
        self._descriptor, self._noisy = descriptor, noisy
        with self._hushed():
            self._file = soundfile.SoundFile(descriptor, closefd=False)
        self.close: Callable[[], None] = self._file.close
        file, log = self._file, str(self._file.extra_info)
        container = "WAV" if file.format == "WAVEX" else str(file.format)
        bits = {"FLOAT": 32, "DOUBLE": 64}.get(file.subtype)
        if match := _LOSSLESS_BITS.match(file.subtype):
            bits = int(match[1])
        #: An MP3 of varying bit rate without a length tag: its length is a guess, and reading stops there.
        self.guesses_length = "bitrate mode   : constant" in log and _bit_rate_varies(descriptor)
        endless = "lacks an end-of-stream bit" in log
        self.damage = _NO_END_MARK if endless else ""
        self.header = Header(
            container=container,
            codec="FLAC" if container == "FLAC" else str(file.subtype),
            bit_depth=bits,
            sr=int(file.samplerate),
            channels=int(file.channels),
            frames_declared=None if endless else _promised_frames(container, int(file.frames), log),
            tags={name: str(text)[:2000] for name, text in file.copy_metadata().items()},
        )

    def read(self, n: int) -> FloatArray:
        block = np.full((n, self.header.channels), np.nan, np.float32)
        try:
            with self._hushed():
                count = len(self._file.read(out=block))
            block = block[:count]
            if len(block) < n and self.header.container == "MP3":
                self._check_for_rest()
            return block
        except self._error:
            # What was decoded before the damage is in the block, only the count is lost: the codecs that can be
            # damaged yield no NaN, so the first row of NaN is the end.
            self.damage = _DAMAGED
            end = np.flatnonzero(np.isnan(block[:, 0]))
            return block[: end[0]] if len(end) else block

    def _check_for_rest(self) -> None:
        """libsndfile guesses the length of an MP3 without a length tag from its first frame, and stops there."""
        position = os.lseek(self._descriptor, 0, os.SEEK_CUR)
        if len(_MP3_FRAME.findall(os.pread(self._descriptor, 8192, position + 4096))) >= 3:
            self.damage = "the rest was not read, because its length is not written in it and was guessed too short"

    def seek(self, frame: int) -> bool:
        try:
            with self._hushed():
                self._file.seek(frame)
        except self._error:
            return False
        return True

    @contextlib.contextmanager
    def _hushed(self) -> Iterator[None]:
        """Keep the notes of the MP3 decoder about damaged files off file descriptor 2, which it writes to directly."""
        if not self._noisy:
            yield
            return
        with _stderr_lock:
            kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 2)
            os.close(null)
            try:
                yield
            finally:
                os.dup2(kept, 2)
                os.close(kept)


def _bit_rate_varies(descriptor: int) -> bool:
    """Whether the first frames of an MP3 differ in bit rate (the high half of the third byte)."""
    rates = Counter(match[0][2] >> 4 for match in _MP3_FRAME_RATE.finditer(os.pread(descriptor, 1 << 18, 0)))
    return sum(count >= 5 for count in rates.values()) > 1  # the pattern also occurs within frames, by chance


def _promised_frames(container: str, frames: int, log: str) -> int:
    """Length according to the header. libsndfile corrects it to the length of the file and notes that in its log."""
    patterns = {
        "WAV": r"^\s*data\s*: (\d+) \(should be (\d+)\)",
        "AU": r"^\s*Data Size\s*: (\d+) \(should be (\d+)\)",
        "W64": r"^riff\s*: (\d+) \(should be (\d+)\)",
        "AIFF": r"^\s*Frames\s*: (\d+)()",
        "RF64": r"from 'ds64' chunk of (\d+)()",
    }
    match = re.search(patterns[container], log, re.MULTILINE) if container in patterns else None
    if match is None:
        return frames
    promised = int(match[1])
    if match[2]:  # in bytes: of which `frames` are in what is there
        there = int(match[2])
        if promised >= _STREAMED or promised <= there or not there:
            return frames
        promised = round(frames * promised / there)
    return max(frames, promised)


class AvDecoder:
    """PyAV on an open descriptor, which stays the caller's; `av_format` is the demuxer to use.

    The demuxer is never guessed, so no playlist or address inside a file is followed.

    Raises
    ------
    ImportError
        PyAV is not installed.
    av.FFmpegError
        FFmpeg cannot make sense of the file.
    LookupError
        There is no audio in it.
    """

    #: Demuxers whose duration is written in the file; that of the others is a guess from the bit rate.
    _STATES_DURATION = ("mov", "asf", "wv", "tta", "ape")

    def __init__(self, descriptor: int, av_format: str, container: str) -> None:
        import av

        self._error: type[Exception] = av.FFmpegError
        self.damage = ""
        with contextlib.ExitStack() as undo:
            file = undo.enter_context(os.fdopen(os.dup(descriptor), "rb"))
            self._container: Any = undo.enter_context(av.open(file, format=av_format, metadata_errors="replace"))
            self._stream: Any = next(iter(self._container.streams.audio), None)
            if self._stream is None or self._stream.codec_context is None:
                raise LookupError("no audio stream that can be decoded")
            self.header = self._read_header(av_format, container)
            self._resampler: Any = av.AudioResampler(format="flt")
            self._start()
            self.close: Callable[[], None] = undo.pop_all().close

    def _read_header(self, av_format: str, container: str) -> Header:
        context = self._stream.codec_context
        codec, sample_format = str(context.name), str(context.format.name) if context.format else ""
        lossless = codec.startswith("pcm_") or codec in ("alac", "flac", "wavpack", "tta", "ape")
        bits = {"u8": 8, "s16": 16, "s32": 24, "flt": 32, "dbl": 64}.get(sample_format.rstrip("p"))
        if match := re.fullmatch(r"pcm_[su](\d+)(?:le|be)?", codec):
            bits, codec = int(match[1]), f"PCM_{match[1]}"
        codec = {"mp3float": "MPEG_LAYER_III", "mp3": "MPEG_LAYER_III"}.get(codec, codec)
        seconds = self._duration() if av_format in self._STATES_DURATION else None
        sr = int(self._stream.rate or 0)
        return Header(
            container=container,
            codec=codec.upper(),
            bit_depth=bits if lossless else None,
            sr=sr,
            channels=int(self._stream.channels or 0),
            frames_declared=None if seconds is None else round(seconds * sr),
            tags={name: str(text)[:2000] for name, text in (self._container.metadata | self._stream.metadata).items()},
        )

    def _start(self) -> None:
        self._decoded = self._decode()
        self._pending: FloatArray = np.zeros((0, self.header.channels), np.float32)
        self._first_s: float | None = None  # time of the first decoded sample

    def read(self, n: int) -> FloatArray:
        parts, count = [self._pending], len(self._pending)
        while count < n and (more := next(self._decoded, None)) is not None:
            parts.append(more)
            count += len(more)
        self._pending = np.concatenate(parts)
        block, self._pending = self._pending[:n], self._pending[n:]
        return block

    def seek(self, frame: int) -> bool:
        """Lands a little before and drops the rest: the first packets after a jump are not yet right."""
        sr = self.header.sr
        try:
            self._container.seek(max(0, math.floor((frame / sr - 0.25) * 1e6)))
        except self._error:
            return False
        self._start()
        first = next(self._decoded, None)
        if first is None or self._first_s is None:
            return False
        self._pending = first
        drop = frame - round(self._first_s * sr)
        if drop < 0:
            return False
        while drop:
            dropped = len(self.read(min(drop, 65536)))
            if not dropped:
                break
            drop -= dropped
        return True

    def _decode(self) -> Iterator[FloatArray]:
        channels = self.header.channels
        try:
            for frame in self._container.decode(self._stream):
                if frame.sample_rate != self.header.sr or frame.layout.nb_channels != channels:
                    self.damage = "its sample rate or its channels change in the middle"
                    return
                if self._first_s is None:
                    self._first_s = float(frame.time) if frame.pts is not None else None
                for converted in self._resampler.resample(frame):
                    yield converted.to_ndarray().reshape(-1, channels)
        except self._error:
            self.damage = _DAMAGED

    def _duration(self) -> float | None:
        if self._stream.duration is not None:
            return float(self._stream.duration * self._stream.time_base)
        return None if self._container.duration is None else self._container.duration / 1e6
