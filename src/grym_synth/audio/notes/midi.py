"""Notes as a Standard MIDI File, with the beats of the recording as its tempo map.

Bar lines and beats of the file then lie where they were played, and every time comes back within a tick.

References
----------
MIDI Manufacturers Association, "Standard MIDI Files 1.0" (RP-001).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np

from .note import Note

_TICKS_PER_BEAT = 960
_DEFAULT_BEAT = 0.5  # seconds: 120 BPM, where no beats are known
_MOST_MICROSECONDS = (1 << 24) - 1

_Event = tuple[int, int, bytes]  # tick, order within it, message


class _TempoMap:
    """Seconds to ticks. Tempo changes are whole microseconds a beat, so the times of beats are built up from them."""

    def __init__(self, beats_s: Sequence[float]) -> None:
        beats = np.unique(np.asarray(beats_s, np.float64))
        beats = beats[beats >= 0.0]
        if len(beats) < 2:
            beats = np.array([0.0, _DEFAULT_BEAT])
        # Beats before the first one known, so that the file starts with the recording.
        lead = int(max(1, np.round(beats[0] / np.median(np.diff(beats[:9]))))) if beats[0] > 0.0 else 0
        beats = np.concatenate([np.linspace(0.0, beats[0], lead, endpoint=False), beats])
        self.microseconds: list[int] = []
        places = [0]  # microseconds from the start, exact
        for end in beats[1:]:
            length = min(max(1, round(float(end) * 1e6) - places[-1]), _MOST_MICROSECONDS)
            self.microseconds.append(length)
            places.append(places[-1] + length)
        self._places = np.array(places, np.float64) / 1e6

    def tick(self, time: float) -> int:
        beat = min(int(np.searchsorted(self._places, time, side="right")) - 1, len(self.microseconds) - 1)
        beat = max(0, beat)
        into = (max(0.0, time) - float(self._places[beat])) * 1e6 / self.microseconds[beat]
        return round((beat + into) * _TICKS_PER_BEAT)


#: A text at the head of the file, by which a later one knows that it may take its place.
MADE_BY = "grym-synth"


def write_midi(
    tracks: Mapping[str, Sequence[Note]],
    beats_s: Sequence[float] = (),
    metre: int | None = None,
    first_downbeat_s: float = 0.0,
) -> bytes:
    """A MIDI file of format 1: the tempo map, then a track for each name; all on channel 1 and up.

    Parameters
    ----------
    beats_s : times of the beats; each becomes a quarter note of the file. With fewer than two it runs at 120 BPM.
    metre : beats in a bar, where known
    first_downbeat_s : where a bar begins; beats before it become a bar of their own
    """
    tempo_map = _TempoMap(beats_s)
    chunks = [_chunk(_conductor(tempo_map, metre, first_downbeat_s))]
    for i, (name, notes) in enumerate(tracks.items()):
        channel = i % 15 if i % 15 < 9 else i % 15 + 1  # channel 10 is for drums
        chunks.append(_chunk([(0, 0, _text(3, name)), *_note_events(notes, tempo_map, channel)]))
    header = struct.pack(">4sIHHH", b"MThd", 6, 1, len(chunks), _TICKS_PER_BEAT)
    return header + b"".join(chunks)


def _conductor(tempo_map: _TempoMap, metre: int | None, first_downbeat_s: float) -> list[_Event]:
    events: list[_Event] = [(0, -1, _text(1, MADE_BY))]
    if metre is not None and 1 <= metre <= 255:
        upbeats = round(tempo_map.tick(first_downbeat_s) / _TICKS_PER_BEAT) % metre
        if upbeats:
            events.append((0, 0, _time_signature(upbeats)))
        events.append((upbeats * _TICKS_PER_BEAT, 0, _time_signature(metre)))
    last = 0
    for beat, length in enumerate(tempo_map.microseconds):
        if length != last:
            events.append((beat * _TICKS_PER_BEAT, 1, b"\xff\x51\x03" + length.to_bytes(3, "big")))
            last = length
    return events


def _note_events(notes: Sequence[Note], tempo_map: _TempoMap, channel: int) -> list[_Event]:
    """Each note's start and end. A pitch that is struck while it sounds ends first: MIDI cannot hold it twice."""
    events: list[_Event] = []
    open_until: dict[int, int] = {}
    for note in sorted(notes, key=lambda note: (note.start_s, note.midi), reverse=True):
        pitch = min(max(note.midi, 0), 127)
        start = tempo_map.tick(note.start_s)
        end = max(start + 1, tempo_map.tick(note.end_s))
        following = open_until.get(pitch)
        if following is not None:
            if following <= start:
                continue
            end = min(end, following)
        open_until[pitch] = start
        velocity = min(127, max(1, round(note.velocity * 127)))
        events.append((start, 1, bytes([0x90 | channel, pitch, velocity])))
        events.append((end, 0, bytes([0x80 | channel, pitch, 0])))
    return events


def _time_signature(beats: int) -> bytes:
    """So many quarter notes a bar."""
    return bytes([0xFF, 0x58, 4, beats, 2, 24, 8])


def _text(kind: int, text: str) -> bytes:
    raw = text.encode("utf-8")
    return bytes([0xFF, kind]) + _variable_length(len(raw)) + raw


def _chunk(events: Sequence[_Event]) -> bytes:
    body, now = bytearray(), 0
    for tick, _, message in sorted(events):
        body += _variable_length(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    return struct.pack(">4sI", b"MTrk", len(body)) + bytes(body)


def _variable_length(number: int) -> bytes:
    """Seven bits a byte, highest first; all but the last byte have their top bit set."""
    out = [number & 0x7F]
    while number := number >> 7:
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))
