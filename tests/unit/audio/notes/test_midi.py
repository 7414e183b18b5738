from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.audio.notes.midi import write_midi
from grym_synth.audio.notes.note import Note


def read_number(body: bytes, place: int) -> tuple[int, int]:
    number = 0
    while True:
        byte = body[place]
        number, place = number << 7 | byte & 0x7F, place + 1
        if byte < 0x80:
            return number, place


def read_chunk(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Tick and message of each event; every message has its own status byte."""
    place = tick = 0
    while place < len(body):
        delta, place = read_number(body, place)
        tick += delta
        if body[place] == 0xFF:
            length, start = read_number(body, place + 2)
            end = start + length
            yield tick, body[place : place + 2] + body[start:end]
        else:
            end = place + 3
            yield tick, body[place:end]
        place = end


def read_midi(raw: bytes) -> tuple[list[list[tuple[int, bytes]]], int]:
    magic, size, form, count, ticks = struct.unpack(">4sIHHH", raw[:14])
    assert (magic, size, form) == (b"MThd", 6, 1)
    tracks, place = [], 14
    for _ in range(count):
        magic, size = struct.unpack(">4sI", raw[place : place + 8])
        assert magic == b"MTrk"
        tracks.append(list(read_chunk(raw[place + 8 : place + 8 + size])))
        place += 8 + size
    assert place == len(raw)
    assert all(track[-1][1] == b"\xff\x2f" for track in tracks)
    return tracks, ticks


def seconds(tick: int, conductor: list[tuple[int, bytes]], ticks_per_beat: int) -> float:
    time, last, tempo = 0.0, 0, 500_000
    for at, message in conductor:
        if message[:2] == b"\xff\x51":
            if at >= tick:
                break
            time += (at - last) * tempo / 1e6 / ticks_per_beat
            last, tempo = at, int.from_bytes(message[2:], "big")
    return time + (tick - last) * tempo / 1e6 / ticks_per_beat


def read_notes(raw: bytes) -> list[tuple[float, float, int, int]]:
    tracks, ticks = read_midi(raw)
    found, sounding = [], {}
    for track in tracks[1:]:
        for tick, message in track:
            if message[0] >> 4 == 9:
                assert message[1] not in sounding
                sounding[message[1]] = (seconds(tick, tracks[0], ticks), message[2])
            elif message[0] >> 4 == 8:
                start, velocity = sounding.pop(message[1])
                found.append((start, seconds(tick, tracks[0], ticks), message[1], velocity))
        assert not sounding
    return sorted(found)


NOTES = [Note(0.31, 0.8, 60, 0.5, 1.0), Note(0.31, 1.234, 64, 1.0, 1.0), Note(1.5, 9.75, 67, 0.1, 1.0)]


@pytest.mark.parametrize("beats", [(), (0.37,), (0.4, 0.9, 1.41, 1.9, 2.42, 2.9), (0.0, 0.5, 1.0), (3.0, 3.3, 3.7)])
def test_every_time_comes_back_within_a_millisecond(beats: tuple[float, ...]) -> None:
    found = read_notes(write_midi({"notes": NOTES}, beats))
    assert len(found) == len(NOTES)
    for note, (start, end, midi, velocity) in zip(NOTES, found, strict=True):
        assert (start, end) == pytest.approx((note.start_s, note.end_s), abs=1e-3)
        assert (midi, velocity) == (note.midi, round(127 * note.velocity))


def test_beats_lie_on_quarter_notes() -> None:
    beats = [0.9 + 0.5 * i + 0.01 * (i % 3) for i in range(20)]
    tracks, ticks = read_midi(write_midi({"m": [Note(b, b + 0.2, 60, 1.0, 1.0) for b in beats]}, beats))
    starts = [tick for tick, message in tracks[1] if message[0] >> 4 == 9]
    assert [tick % ticks for tick in starts] == [0] * len(beats)
    assert [tick // ticks for tick in starts] == list(range(2, 22))  # two beats lead in


def test_the_metre_is_written_with_its_upbeat() -> None:
    tracks, ticks = read_midi(write_midi({}, [0.0, 0.5, 1.0, 1.5, 2.0], metre=3, first_downbeat_s=0.5))
    signatures = [(tick, tuple(message[2:4])) for tick, message in tracks[0] if message[:2] == b"\xff\x58"]
    assert signatures == [(0, (1, 2)), (ticks, (3, 2))]


def test_tracks_keep_their_names_and_order() -> None:
    tracks, _ = read_midi(write_midi({"melody": NOTES[:1], "notes": NOTES}))
    assert [track[0][1][2:] for track in tracks[1:]] == [b"melody", b"notes"]


def test_a_pitch_struck_while_it_sounds_ends_first() -> None:
    found = read_notes(write_midi({"n": [Note(0.0, 2.0, 60, 1.0, 1.0), Note(1.0, 3.0, 60, 1.0, 1.0)]}))
    assert [(round(start, 3), round(end, 3)) for start, end, _, _ in found] == [(0.0, 1.0), (1.0, 3.0)]


times = st.floats(0.0, 300.0, allow_nan=False)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(times, times, st.integers(0, 127), st.floats(0.0, 1.0)), max_size=20),
    st.lists(times, max_size=30),
    st.sampled_from([None, 3, 4]),
)
def test_any_notes_and_any_beats_make_a_file_that_can_be_read(
    raw: list[tuple[float, float, int, float]], beats: list[float], metre: int | None
) -> None:
    notes = [Note(start, start + length, midi, velocity, 1.0) for start, length, midi, velocity in raw]
    assert len(read_notes(write_midi({"n": notes}, beats, metre))) <= len(notes)
