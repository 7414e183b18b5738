"""The capabilities: what each one answers and what it needs. Which have landed, the agents declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capability:
    """One kind of question.

    `answers` completes "answers ...", `asks` completes "this question ..." and begins the reasons of a route.
    """

    name: str
    answers: str
    asks: str
    needs_recording: bool


_ALL = (
    Capability(
        "facts",
        "format, duration, rate, bit depth, channels, tags, clipping, silence, DC offset, balance and correlation",
        "asks for plain facts about the file",
        needs_recording=True,
    ),
    Capability(
        "loudness",
        "integrated, short-term and momentary LUFS, loudness range, true peak, crest and PLR, also against targets",
        "asks how loud it is",
        needs_recording=True,
    ),
    Capability(
        "rhythm",
        "tempo with its alternative, beats, downbeats, metre, onsets, swing and drift",
        "asks for the pulse",
        needs_recording=True,
    ),
    Capability(
        "tonality",
        "key and mode with the alternative, Camelot code, tuning offset in cents and key changes",
        "asks for the key or tuning",
        needs_recording=True,
    ),
    Capability("chords", "chord segments, change rate and Roman numerals", "asks for the chords", needs_recording=True),
    Capability(
        "spectrum",
        "FFT on demand, peaks, balance by band, descriptors, hum and resonances",
        "asks what frequencies are in it",
        needs_recording=True,
    ),
    Capability(
        "structure",
        "sections and their boundaries, repetition and bars per section",
        "asks for the form",
        needs_recording=True,
    ),
    Capability(
        "notes",
        "transcription to notes and MIDI, melody and fundamental frequency",
        "asks for notes or pitch over time",
        needs_recording=True,
    ),
    Capability(
        "timbre",
        "kind of sound, instrument, tags, your own labels and MFCC",
        "asks what kind of sound it is",
        needs_recording=True,
    ),
    Capability(
        "compare",
        "differences between two or more recordings, whether they fit, and what masks what",
        "asks to compare recordings",
        needs_recording=True,
    ),
    Capability(
        "similar", "nearest recordings or fragments, and duplicates", "asks for sounds like it", needs_recording=True
    ),
    Capability(
        "library", "queries and totals over the indexed library", "asks about the library", needs_recording=False
    ),
    Capability(
        "teach",
        "labels, corrections, preferences, training and forgetting",
        "teaches or corrects something",
        needs_recording=False,
    ),
    Capability(
        "knowledge",
        "what the knowledge base says, quoted and cited",
        "asks what was read or noted",
        needs_recording=False,
    ),
    Capability(
        "learn",
        "adding a page, file, folder or feed to the knowledge base",
        "gives something to read",
        needs_recording=False,
    ),
    Capability(
        "share",
        "exporting, verifying and importing packs, and syncing",
        "asks to share or take in a pack",
        needs_recording=False,
    ),
    Capability(
        "theory",
        "music arithmetic without audio: intervals, scales, transposition, delay times and frequencies",
        "asks for music arithmetic",
        needs_recording=False,
    ),
    Capability(
        "edit", "a new audio file made from another", "asks for a changed copy of the audio", needs_recording=True
    ),
    Capability(
        "system", "health, jobs, resources, pausing and resuming", "asks about the hub itself", needs_recording=False
    ),
)

#: By name, in the order of `messages.CAPABILITIES`.
CAPABILITY: Mapping[str, Capability] = {capability.name: capability for capability in _ALL}
