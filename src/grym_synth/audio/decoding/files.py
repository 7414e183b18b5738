"""Files of sound: refused with a reason, or decoded block by block.

Nothing in a file is believed before it was decoded: memory follows the data that is there, not the header.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np

from ...errors import MissingDependency, UnusableAudio
from ..spectra.frames import FloatArray
from .decoders import AvDecoder, Decoder, Header, SoundfileDecoder

MAX_CHANNELS = 64
MIN_RATE_HZ, MAX_RATE_HZ = 1_000, 1_536_000
_LOUDEST = 1e12  # 240 dB above full scale: beyond it a float is no sample, and its square may overflow
_LITE_S, _LITE_FROM_S = 60.0, 20.0  # how much is heard where less will do, and of what length on
_M4A_EXTRA = "pip install 'grym-synth[m4a]'"
_IS_IT_AUDIO = "check that it is an audio file, and export or download it again"
_UNIMPLEMENTED = 18  # libsndfile: container known, codec not

#: First bytes: at which offset, what they are, and the demuxer and name that PyAV gets; None when it is not audio.
_SIGNATURES: tuple[tuple[int, bytes, str, str | None], ...] = (
    (4, b"ftyp", "MP4", "mov"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA", "asf"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska", "matroska"),
    (0, b"\xff\xf1", "AAC", "aac"),
    (0, b"\xff\xf9", "AAC", "aac"),
    (0, b"wvpk", "WavPack", "wv"),
    (0, b"TTA1", "TTA", "tta"),
    (0, b"MAC ", "APE", "ape"),
    (0, b"RIFF", "WAV", "wav"),
    (0, b"FORM", "AIFF", "aiff"),
    (0, b"caff", "CAF", "caf"),
    (0, b"\x89PNG", "a PNG picture", None),
    (0, b"\xff\xd8\xff", "a JPEG picture", None),
    (0, b"GIF8", "a GIF picture", None),
    (0, b"%PDF", "a PDF document", None),
    (0, b"PK\x03\x04", "a ZIP archive", None),
    (0, b"\x1f\x8b", "a gzip archive", None),
    (0, b"MThd", "a MIDI file, which holds notes and no sound", None),
    (0, b"\x7fELF", "a program", None),
)
_SHARED = ("WAV", "AIFF", "CAF")  # libsndfile's own formats: PyAV is asked only for codecs that it does not know


class AudioFile:
    """An open recording; a context manager. Get one from `open_audio`.

    `nonfinite_samples`, `frames_read`, `truncated_at_s` and `note` are complete once `blocks` has run to its end.
    """

    def __init__(self, path: str | Path, descriptor: int, decoder: Decoder) -> None:
        self.path, self.header = path, decoder.header
        self.frames_read = 0
        self.nonfinite_samples = 0
        self.truncated_at_s: float | None = None  # where it ends before its time
        self._descriptor, self._decoder = descriptor, decoder
        self._moved = False

    @property
    def sr(self) -> int:
        return self.header.sr

    @property
    def channels(self) -> int:
        return self.header.channels

    @property
    def note(self) -> str:
        """What a listener should know about a damaged file, as one sentence without its name; "" when all is well."""
        if self.truncated_at_s is None:
            return ""
        declared, sr = self.header.frames_declared, self.header.sr
        if declared is not None and declared > self.frames_read:
            return f"only {_seconds(self.truncated_at_s)} of the promised {_seconds(declared / sr)} could be decoded"
        return f"it was read up to {_seconds(self.truncated_at_s)}: {self._decoder.damage}"

    def blocks(self, seconds: float = 5.0) -> Iterator[FloatArray]:
        """Yield the whole recording from its start, shape (n, channels), float32, finite.

        Samples that are not numbers (or beyond 1e12) are set to 0 and counted in `nonfinite_samples`.

        Raises
        ------
        UnusableAudio
            At the end, when not one sample could be decoded, or none was a number.
        """
        self.frames_read, self.nonfinite_samples, self.truncated_at_s = 0, 0, None
        if self._moved:
            self._rewind()
        self._moved = True
        n = self._block_frames(seconds)
        while len(block := self._decoder.read(n)):
            self.frames_read += len(block)
            self.nonfinite_samples += _make_finite(block)
            yield block
        self._judge()

    def stretch(self, start_s: float, length_s: float, seconds: float = 5.0) -> Iterator[FloatArray]:
        """Yield a part of the recording as `blocks` yields all of it; `frames_read` counts its samples.

        Raises
        ------
        UnusableAudio
            At the end, when not one sample could be decoded there.
        """
        self.frames_read, self.nonfinite_samples, self.truncated_at_s = 0, 0, None
        self._go_to(max(0, round(start_s * self.sr)))
        n, left = self._block_frames(seconds), round(length_s * self.sr)
        while left > 0 and len(block := self._decoder.read(min(n, left))):
            self.frames_read += len(block)
            left -= len(block)
            self.nonfinite_samples += _make_finite(block)
            yield block
        if not self.frames_read:
            raise UnusableAudio(
                f"nothing in {_name(self.path)} could be decoded from {_seconds(start_s)} on", hint=_IS_IT_AUDIO
            )

    def read(self, start_s: float, n: int) -> FloatArray:
        """`n` samples from `start_s` on, shape (n, channels), float32, finite; fewer at the end.

        Not while `blocks` is running: both move the same decoder.
        """
        self._go_to(max(0, round(start_s * self.sr)))
        parts, missing = [np.zeros((0, self.channels), np.float32)], n
        while missing > 0 and len(part := self._decoder.read(min(missing, self._block_frames(5.0)))):
            _make_finite(part)
            parts.append(part)
            missing -= len(part)
        return np.concatenate(parts)

    def close(self) -> None:
        if self._descriptor >= 0:
            self._decoder.close()
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> AudioFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _rewind(self) -> None:
        """A fresh decoder: one that met damage cannot always go back."""
        self._decoder.close()
        self._decoder = _find_decoder(self.path, self._descriptor)

    def _go_to(self, frame: int) -> None:
        self._moved = True
        if self._decoder.seek(frame):
            return
        self._rewind()
        while frame > 0 and len(skipped := self._decoder.read(min(frame, self._block_frames(5.0)))):
            frame -= len(skipped)

    def _block_frames(self, seconds: float) -> int:
        """Sample rate and channels are the header's: what they may cost is bounded, by 2 million samples."""
        return max(1, min(round(seconds * self.sr), 2_000_000 // self.channels))

    def _judge(self) -> None:
        """At the end: was that all, and was any of it sound?"""
        declared = self.header.frames_declared
        if not self.frames_read:
            promise = f", though its header promises {_seconds(declared / self.sr)}" if declared else ""
            raise UnusableAudio(
                f"nothing in {_name(self.path)} could be decoded{promise}: it is damaged or cut off", hint=_IS_IT_AUDIO
            )
        if self.nonfinite_samples == self.frames_read * self.channels:
            raise UnusableAudio(
                f"{_name(self.path)} holds no sound: all of its {self.nonfinite_samples} samples are not numbers",
                hint="export it again from the program that made it",
            )
        # Lossy codecs may end up to two packets off; others are exact, but for the rounding of sizes to frames.
        slack = 0.1 * self.sr if self.header.bit_depth is None else 0.002 * self.sr
        if self._decoder.damage or (declared is not None and self.frames_read < declared - slack):
            self.truncated_at_s = self.frames_read / self.sr


def open_audio(path: str | Path) -> AudioFile:
    """Open a recording by what is in it, whatever its name says.

    Raises
    ------
    UnusableAudio
        It is missing, not a file, unreadable, empty, not audio, or its header makes no sense.
    MissingDependency
        It is of a kind that only PyAV reads, which is not installed.
    """
    descriptor = _open_regular_file(path)
    try:
        decoder = _find_decoder(path, descriptor)
        try:
            _check_header(path, decoder.header)
        except UnusableAudio:
            decoder.close()
            raise
    except BaseException:
        os.close(descriptor)
        raise
    return AudioFile(path, descriptor, decoder)


def lite_stretch(audio: AudioFile) -> tuple[float, float] | None:
    """Start and length in seconds of the part that a lite hearing hears: in the middle, a minute or half of it all.

    None for what is short, or does not say how long it is: that is heard whole.
    """
    duration = (audio.header.frames_declared or 0) / audio.sr
    if duration < _LITE_FROM_S:
        return None
    length = min(_LITE_S, duration / 2.0)
    return (duration - length) / 2.0, length


def _open_regular_file(path: str | Path) -> int:
    """A descriptor to read from. Pipes, sockets and devices are never opened: that could block, or act."""
    try:
        status = os.stat(path)  # noqa: PTH116 (names that are no valid text, too)
        if stat.S_ISDIR(status.st_mode):
            raise UnusableAudio(f"{_name(path)} is a folder, not a recording", hint="name the files in it")
        if not stat.S_ISREG(status.st_mode):
            raise UnusableAudio(
                f"{_name(path)} is a pipe, socket or device, not a file", hint="save the sound to a file first"
            )
        if status.st_size == 0:
            raise UnusableAudio(f"{_name(path)} is empty (0 bytes)", hint="export or download it again")
        # Should it have become a pipe meanwhile, opening it still does not wait.
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:  # a zero byte in the name
        raise UnusableAudio(f"{_name(path)} is not a possible file name", hint="check the name") from error
    except OSError as error:
        reason, hint = _OS_REASONS.get(error.errno or 0, (f"cannot be read: {error.strerror}", "check the disk"))
        raise UnusableAudio(f"{_name(path)} {reason}", hint=hint) from error


_OS_REASONS = {
    errno.ENOENT: ("does not exist", "check the name and the folder"),
    errno.ENOTDIR: ("does not exist: a part of its path is not a folder", "check the name and the folder"),
    errno.EACCES: ("may not be read by this user", "change its permissions"),
    errno.EPERM: ("may not be read by this user", "change its permissions"),
    errno.ELOOP: ("is a link that leads back to itself", "mend the link"),
    errno.ENAMETOOLONG: ("does not exist: its name is too long", "check the name"),
}


def _find_decoder(path: str | Path, descriptor: int) -> Decoder:
    """libsndfile if it can, else PyAV if the first bytes are those of a format that it reads."""
    import soundfile

    head = os.pread(descriptor, 512, 0)
    kind, av_format = _kind_of(head)
    if av_format is None or kind in _SHARED:
        noisy = head[:3] == b"ID3" or (head[0] == 0xFF and len(head) > 1 and head[1] >= 0xE0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            decoder = SoundfileDecoder(descriptor, noisy=noisy)
            return _read_to_the_end(path, descriptor, decoder) if decoder.guesses_length else decoder
        except soundfile.LibsndfileError as error:
            if av_format is None or error.code != _UNIMPLEMENTED:
                raise UnusableAudio(
                    f"{_name(path)} cannot be read as audio: {_reason(error.code, error.error_string, kind)}",
                    hint=_IS_IT_AUDIO,
                ) from error
    return _open_with_av(path, descriptor, kind, av_format)


def _read_to_the_end(path: str | Path, descriptor: int, decoder: SoundfileDecoder) -> Decoder:
    """PyAV instead of a decoder that would stop early; without it, that decoder, which says so in its `damage`."""
    with contextlib.suppress(MissingDependency, UnusableAudio):
        whole = _open_with_av(path, descriptor, "MP3", "mp3")
        decoder.close()
        return whole
    decoder.seek(0)
    return decoder


def _open_with_av(path: str | Path, descriptor: int, kind: str, av_format: str) -> Decoder:
    try:
        import av
    except ImportError as error:
        raise MissingDependency(f"{_name(path)} is {kind}, which needs PyAV", hint=_M4A_EXTRA) from error
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        return AvDecoder(descriptor, av_format, kind)
    except LookupError as error:
        reason = "it has no sound track that can be decoded"
        raise UnusableAudio(f"{_name(path)} cannot be read as audio: {reason}", hint=_IS_IT_AUDIO) from error
    except av.FFmpegError as error:
        reason = f"it begins like {kind} but is damaged or cut off"
        raise UnusableAudio(f"{_name(path)} cannot be read as audio: {reason}", hint=_IS_IT_AUDIO) from error


def _kind_of(head: bytes) -> tuple[str, str | None]:
    """What the first bytes say, and PyAV's name for it; ("", None) when they say nothing."""
    for offset, signature, kind, av_format in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return kind, av_format
    try:
        text = head.decode("utf-8", "strict") if len(head) < 512 else head[:-3].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return "", None
    printable = sum(letter.isprintable() or letter in "\t\r\n" for letter in text)
    is_text = len(text.encode()) >= min(len(head), 505) - 4 and printable == len(text)
    return ("text", None) if is_text else ("", None)


def _reason(code: int, words: str, kind: str) -> str:
    if code == 1:
        return f"it is {kind}" if kind else "it is no audio format known here"
    if code in (2, 3, 7):  # 2 and 7: a system error deep in a decoder, whose words mislead
        return "it is damaged or cut off"
    if code == 24:
        return "its header gives an impossible sample rate or number of channels"
    if code == _UNIMPLEMENTED:
        return "its codec is not known here, or its header is cut off"
    if "internal" in words.lower():
        return "it is damaged or cut off"
    words = words.removeprefix("Error : ").rstrip(". ")
    return f"{words[:1].lower()}{words[1:]}" if words else "it is damaged"


def _check_header(path: str | Path, header: Header) -> None:
    if not MIN_RATE_HZ <= header.sr <= MAX_RATE_HZ:
        problem = f"a sample rate of {header.sr} Hz; {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz can be used"
    elif not 1 <= header.channels <= MAX_CHANNELS:
        problem = f"{header.channels} channels; 1 to {MAX_CHANNELS} can be used"
    elif header.frames_declared == 0:
        problem = "no samples"
    else:
        return
    raise UnusableAudio(f"{_name(path)} has {problem}", hint=_IS_IT_AUDIO)


def _make_finite(block: FloatArray) -> int:
    """Zero what is no sample, in place, and count it."""
    # NaN fails every comparison, so two passes without a copy settle the ordinary case.
    if not block.size or (block.max() < _LOUDEST and block.min() > -_LOUDEST):
        return 0
    bad = ~(np.abs(block) < _LOUDEST)
    block[bad] = 0.0
    return int(bad.sum())


def _seconds(time: float) -> str:
    return f"{time:.1f} s" if time >= 1.0 else f"{time:.3f} s"


def _name(path: str | Path) -> str:
    """The path as it is told: quoted, and with odd characters spelt out."""
    return repr(os.fspath(path))
