"""One pass over a recording for its notes: melody, notes of all voices, and the fundamental of a single line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import BadRequest
from ...theory.pitch import note_name
from ..decoding.files import AudioFile, open_audio
from ..findings import Finding, Items, Unheard
from ..spectra.frames import FloatArray
from .melody import Melody, MelodyMeter
from .note import Note, melody_notes
from .note_salience import NoteSalienceMeter
from .swift_f0 import open_swift_f0
from .transcription import BasicPitchMeter, find_notes, open_basic_pitch

_BLOCK = 5.0  # seconds decoded at once
_PARTIALS = frozenset((12, 19, 24, 28, 31))  # semitones of the second to the sixth over the first
_STRAY_SHARE = 0.03  # of the time; notes that fill less of it are not believed where no melody can be followed


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Which part to write down, in seconds; `end_s` None is the end of the recording."""

    start_s: float = 0.0
    end_s: float | None = None

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Excerpt:
        """Take settings from outside.

        Raises
        ------
        BadRequest
            One is no number of seconds, or the end does not come after the start.
        """
        start, end = raw.get("start_s"), raw.get("end_s")
        for name, value in (("start", start), ("end", end)):
            if value is not None and not (isinstance(value, int | float) and 0.0 <= value < 1e9):
                raise BadRequest(f"the {name} must be seconds from the beginning, got {value!r}")
        excerpt = cls(float(start or 0.0), None if end is None else float(end))
        if excerpt.end_s is not None and excerpt.end_s <= excerpt.start_s:
            raise BadRequest(f"the end ({excerpt.end_s:g} s) must come after the start ({excerpt.start_s:g} s)")
        return excerpt


def hear_notes(
    path: str,
    excerpt: Excerpt,
    progress: Callable[[float, str], None],
    swift_f0: Path | None = None,
    basic_pitch: Path | None = None,
) -> tuple[list[Finding], list[Unheard]]:
    """Listen to a file once and write down its notes; what a missing model costs is said in a gap.

    Raises
    ------
    UnusableAudio, MissingDependency, BadSetup
        The file cannot be listened to at all, or a model cannot be opened; the message says why.
    """
    melody_net = None if swift_f0 is None else open_swift_f0(swift_f0)
    notes_net = None if basic_pitch is None else open_basic_pitch(basic_pitch)
    with open_audio(path) as audio:
        melody_meter = MelodyMeter(audio.sr, melody_net)
        notes_meter = NoteSalienceMeter(audio.sr) if notes_net is None else BasicPitchMeter(audio.sr, notes_net)
        declared = audio.header.frames_declared
        n, seen = 0, 0
        for y, seen in _excerpt_blocks(audio, excerpt):
            melody_meter.feed(y)
            notes_meter.feed(y)
            n += len(y)
            progress(0.9 * min(1.0, seen / (declared or seen)), "writing down notes")
        progress(0.9, "joining the notes")
        notes = find_notes(notes_meter.finish())
        del notes_meter  # of an hour it holds 55 MB, which the melody can use
        progress(0.95, "joining the melody")
        melody = melody_meter.finish()
        del melody_meter
        if np.isnan(melody.midi).all() and (notes_net is None or _are_stray(notes, n / audio.sr)):
            notes = []  # combs find notes in drums as well; where nothing can be followed they are not believed
        items = [
            *_name_gaps(audio, swift_f0 is None, basic_pitch is None, n),
            *name_notes(melody, notes, excerpt.start_s, swift_f0 is not None, basic_pitch is not None),
        ]
    findings = [item for item in items if isinstance(item, Finding)]
    return findings, [item for item in items if isinstance(item, Unheard)]


def name_notes(melody: Melody, notes: Sequence[Note], start_s: float, by_swift_f0: bool, by_basic_pitch: bool) -> Items:
    """The findings. `start_s` is where the excerpt begins that `melody` and `notes` count from."""
    how = "SwiftF0 net and harmonic spectra" if by_swift_f0 else "harmonic spectra"
    how_notes = "Basic Pitch net" if by_basic_pitch else "harmonic combs fitted to the spectrum"
    voiced = ~np.isnan(melody.midi)
    trust = float(melody.confidence[voiced].mean()) if voiced.any() else 0.0
    if not voiced.any():
        yield Unheard("notes", "nothing in it has a pitch that could be followed")
    line = melody_notes(melody)
    if melody.is_one_line:
        notes = without_overtones(notes, line)
    yield Finding("notes.melody_hz", "frequency", _melody_hz(melody, start_s), how, trust)
    yield Finding("notes.melody", "note", [_listed(note, start_s) for note in line], how, _mean_confidence(line))
    sure = _mean_confidence(notes)
    yield Finding("notes.notes", "note", [_listed(note, start_s) for note in notes], how_notes, sure)
    yield Finding("notes.note_count", "count", len(notes), how_notes, sure)
    for name, choose in (("lowest", min), ("highest", max)):
        found = choose((note for note in notes if note.confidence >= 0.5), key=lambda note: note.midi, default=None)
        value, confidence = (None, 1.0) if found is None else (note_name(found.midi), found.confidence)
        yield Finding(f"notes.{name}", "note", value, how_notes, confidence)
    if melody.is_one_line:
        f0 = round(float(np.median(melody.hz[voiced])), 2)
        method = f"{how}; one line at a time: one harmonic series explains nearly all of it"
        yield Finding("notes.f0_hz", "frequency", f0, method, trust)


def _excerpt_blocks(audio: AudioFile, excerpt: Excerpt) -> Iterator[tuple[FloatArray, int]]:
    """Mono blocks of the excerpt, and how many samples of the file were read so far."""
    first = round(excerpt.start_s * audio.sr)
    end = None if excerpt.end_s is None else round(excerpt.end_s * audio.sr)
    seen = 0
    for block in audio.blocks(_BLOCK):
        inside = block[max(0, first - seen) : None if end is None else max(0, end - seen)]
        seen += len(block)
        if len(inside):
            yield inside @ np.full(inside.shape[1], 1.0 / inside.shape[1], np.float32), seen
        if end is not None and seen >= end:
            return


def _name_gaps(audio: AudioFile, no_swift_f0: bool, no_basic_pitch: bool, n: int) -> Items:
    if audio.note:
        yield Unheard("notes", audio.note, "partial")
    if audio.nonfinite_samples:
        reason = f"{audio.nonfinite_samples} samples are not numbers; they were read as silence"
        yield Unheard("notes", reason, "partial")
    if no_swift_f0:
        reason = "the melody was followed without the swift-f0 model, less surely"
        yield Unheard("notes", reason, "partial", "grym models add swift-f0")
    if no_basic_pitch:
        reason = "the notes were written down without the basic-pitch model, less surely"
        yield Unheard("notes", reason, "partial", "grym models add basic-pitch")
    if not n:
        yield Unheard(
            "notes", "the part that was asked for lies beyond the end", "bad_request", "give a start before it"
        )


def _are_stray(notes: Sequence[Note], duration_s: float) -> bool:
    """Whether so little of the time is filled that they are blips of noise, and no music."""
    return sum(note.end_s - note.start_s for note in notes) < _STRAY_SHARE * duration_s


def without_overtones(notes: Sequence[Note], line: Sequence[Note]) -> list[Note]:
    """The notes of a single line, less those that are partials of it: nobody plays its octave all along."""

    def is_partial(note: Note) -> bool:
        under = (each for each in line if note.midi - each.midi in _PARTIALS)
        shared = sum(max(0.0, min(note.end_s, each.end_s) - max(note.start_s, each.start_s)) for each in under)
        return shared >= 0.5 * (note.end_s - note.start_s)

    return [note for note in notes if not is_partial(note)]


def _listed(note: Note, start_s: float) -> dict[str, float]:
    return {
        "start_s": round(note.start_s + start_s, 3),
        "end_s": round(note.end_s + start_s, 3),
        "midi": note.midi,
        "velocity": round(note.velocity, 3),
        "confidence": round(note.confidence, 3),
    }


def _melody_hz(melody: Melody, start_s: float) -> list[list[float | None]]:
    hz = melody.hz
    return [[round(start_s + i / 100.0, 2), None if np.isnan(f) else round(float(f), 2)] for i, f in enumerate(hz)]


def _mean_confidence(notes: Sequence[Note]) -> float:
    return float(np.mean([note.confidence for note in notes])) if notes else 1.0
