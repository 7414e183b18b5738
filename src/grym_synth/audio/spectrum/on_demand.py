"""A spectrum that somebody asked for: which part of which recording, which channel, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import BadRequest
from ..decoding.files import AudioFile, open_audio
from ..findings import Finding, Items, Unheard
from ..spectra.frames import FloatArray
from .spectrogram import FLOOR_DBFS, Spectrogram, SpectrogramMeter, find_peaks
from .stored import Meaning
from .transform import Transform

MOST_CHANNELS = 64
LATEST_S = 1e9
_READ_AT_ONCE = 1 << 22  # samples of all channels: a shorter part is gone to, a longer one is streamed
_FLOATS = ("FLOAT", "DOUBLE")  # codecs whose samples may be no numbers, which only streaming counts

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """What is read: `start_s` to `end_s` (None: to the end), or one window from `start_s` on.

    channel : "mix", "left", "right", or a number from 0 on
    """

    start_s: float = 0.0
    end_s: float | None = None
    one_window: bool = False
    channel: str | int = "mix"

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Part:
        """Take a wish from outside: `start_s` and `end_s`, or `at_s` for one window; `channel`.

        Raises
        ------
        BadRequest
            One is of the wrong type or out of its range, or they do not go together.
        """
        start, end, at = (_seconds(raw, name) for name in ("start_s", "end_s", "at_s"))
        if at is not None and (start is not None or end is not None):
            raise BadRequest("at_s is one window: give it without start_s and end_s")
        if end is not None and end <= (start or 0.0):
            raise BadRequest(f"the end ({end:g} s) must come after the start ({start or 0.0:g} s)")
        channel = raw.get("channel", "mix")
        is_index = isinstance(channel, int) and not isinstance(channel, bool) and 0 <= channel < MOST_CHANNELS
        if not is_index and channel not in ("mix", "left", "right"):
            raise BadRequest(f"channel must be mix, left, right or 0..{MOST_CHANNELS - 1}, got {channel!r}")
        return cls(start or at or 0.0, end, at is not None, channel)


@dataclass(frozen=True, slots=True)
class Answered:
    """A spectrogram, and what its numbers mean."""

    spectrogram: Spectrogram
    meaning: Meaning


def compute(
    path: str, transform: Transform, part: Part, *, as_one: bool, subject: str, progress: Progress
) -> tuple[Answered | None, tuple[Unheard, ...]]:
    """Read a part of a recording and transform it; `as_one` gives its mean. None where that part is silent.

    Raises
    ------
    UnusableAudio, MissingDependency
        The file cannot be listened to.
    BadRequest
        It has no such channel, or ends before the part begins.
    """
    with open_audio(path) as audio:
        index = _channel_index(part.channel, audio.channels)
        sr, first = audio.sr, round(part.start_s * audio.sr)
        last = None if part.end_s is None else max(first + 1, round(part.end_s * sr))
        if part.one_window:
            last = first + transform.n_fft
        expected = _expected(first, last, audio.header.frames_declared)
        meter = SpectrogramMeter(sr, transform, as_one=as_one, expected=expected)
        heard, position = 0, 0
        for block, ends_at in _blocks(audio, first, last):
            meter.feed(_mono(block, index))
            heard, position = heard + len(block), ends_at
            progress(0.9 * min(1.0, heard / max(heard, expected, 1)), "transforming")
        found = meter.finish()
        gaps = tuple(Unheard("fft", note, "partial") for note in _notes(audio))
    if found is None:
        raise BadRequest(
            f"the spectrum was asked for from {part.start_s:g} s on, the recording ends at {position / sr:.3f} s",
            hint="give a start before the end",
        )
    if found.highest_dbfs <= FLOOR_DBFS:
        return None, (*gaps, Unheard("fft", "that part is silent, so it has no spectrum"))
    start = first / sr
    meaning = Meaning(
        scale=transform.scale,
        bin_hz=sr / transform.n_fft,
        centres_hz=() if transform.scale == "linear" else tuple(float(hz) for hz in found.centres_hz),
        first_s=start + found.first_s,
        row_s=found.row_s,
        start_s=start,
        end_s=(first + heard) / sr,
        lowest_dbfs=found.lowest_dbfs,
        highest_dbfs=found.highest_dbfs,
        sample_rate_hz=sr,
        n_fft=transform.n_fft,
        window=transform.window,
        channel=str(part.channel),
        frames_per_row=found.frames_per_row,
        subject=subject,
    )
    return Answered(found, meaning), gaps


def name_spectrum(answered: Answered, transform: Transform, as_one: bool) -> Items:
    """What can be said of it in numbers."""
    found, meaning = answered.spectrogram, answered.meaning
    rows, bands = found.levels.shape
    span = (meaning.start_s, meaning.end_s)
    method = f"{transform.n_fft}-point FFT, {transform.window} window, every {transform.hop_length} samples"
    if found.n_frames == 1:
        method = f"one {transform.n_fft}-point FFT, {transform.window} window"
    elif as_one:
        method += f", mean power of {found.n_frames} frames"
    elif found.frames_per_row > 1:
        method += f", mean power of each {found.frames_per_row} frames to keep it small"
    peaks = [
        {"frequency_hz": peak.frequency_hz, "level_dbfs": peak.level_dbfs, "note": peak.note, "cents": peak.cents}
        for peak in find_peaks(found, meaning.sample_rate_hz, transform)
    ]
    reach = [float(hz) for hz in found.centres_hz[[0, -1]]]
    yield Finding("fft.peaks", "spectrum", peaks, f"{method}; peaks of the mean of it all", span_s=span)
    yield Finding("fft.shape", "count", [rows, bands], "how many times, how many frequencies")
    yield Finding("fft.range_dbfs", "level", [found.lowest_dbfs, found.highest_dbfs], method, span_s=span)
    yield Finding("fft.bin_hz", "frequency", meaning.bin_hz, "sample rate / n_fft")
    if rows > 1:
        yield Finding("fft.row_s", "duration", meaning.row_s, "from one time to the next")
    yield Finding("fft.frequency_range_hz", "frequency", reach, "centres of the lowest and highest band")
    yield Finding("fft.scale", "label", meaning.scale, "as asked")
    yield Finding("fft.window", "label", meaning.window, "as asked")
    yield Finding("fft.channel", "label", meaning.channel, "as asked")


def _expected(first: int, last: int | None, declared: int | None) -> int:
    """Samples that the part will have, as far as anybody says; 0 when nobody does."""
    ends = [end for end in (last, declared) if end is not None]
    return max(0, min(ends) - first) if ends else 0


def _blocks(audio: AudioFile, first: int, last: int | None) -> Iterator[tuple[FloatArray, int]]:
    """Blocks of shape (n, channels) of the samples `first` to `last`, and where each ends; some are empty."""
    if last is not None and (last - first) * audio.channels <= _READ_AT_ONCE and audio.header.codec not in _FLOATS:
        block = audio.read(first / audio.sr, last - first)
        if len(block):
            yield block, first + len(block)
            return
    position = 0
    for block in audio.blocks():
        inside = block[max(0, first - position) : None if last is None else max(0, last - position)]
        position += len(block)
        yield inside, position
        if last is not None and position >= last:
            return


def _notes(audio: AudioFile) -> Iterator[str]:
    if audio.note:
        yield audio.note
    if audio.nonfinite_samples:
        yield f"{audio.nonfinite_samples} samples are not numbers; they were read as silence"


def _channel_index(channel: str | int, channels: int) -> int | None:
    """None is the mean of all."""
    if channel == "mix":
        return None
    index = channel if isinstance(channel, int) else ("left", "right").index(channel)
    if index >= channels:
        raise BadRequest(f"there is no channel {channel!r}: it has {channels}, numbered from 0", hint="or take mix")
    return index


def _mono(block: FloatArray, index: int | None) -> FloatArray:
    if index is not None:
        return np.ascontiguousarray(block[:, index])
    return np.asarray(block @ np.full(block.shape[1], 1.0 / block.shape[1], np.float32))


def _seconds(raw: Mapping[str, Any], name: str) -> float | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value <= LATEST_S:
        raise BadRequest(f"{name} must be seconds from the beginning in 0..{LATEST_S:g}, got {value!r}")
    return float(value)
