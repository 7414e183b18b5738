"""A document of `analyze --json` with something in every section, and sound to go with it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

SR = 22050
SECONDS = 8.0


def full_document(path: str = "song.wav") -> dict[str, Any]:
    """Eight seconds at 120 BPM in 4/4, four bars of two chords, two sections."""
    beats = [0.5 * i for i in range(16)]
    chords = ["A:min7", "D:sus2", "N", "C:maj/3"]
    return {
        "path": path, "sha256": "ab" * 32, "duration_s": SECONDS, "sample_rate_hz": SR, "channels": 1,
        "facts": {"container": "WAV", "codec": "PCM_16", "bit_depth": 16, "peak_dbfs": -6.0, "clipped_samples": 0,
                  "silence_s": [[7.5, 8.0]], "tags": {"title": "A Song", "artist": "Nobody"}},
        "loudness": {"integrated_lufs": -15.2, "range_lu": 3.0, "true_peak_dbtp": -1.0, "short_term_max_lufs": -13.0,
                     "thirds_lufs": [-16.0, -15.0, None]},
        "rhythm": {"tempo_bpm": 120.0, "confidence": 0.9, "alternatives": [{"tempo_bpm": 60.0, "confidence": 0.08}],
                   "beats_s": beats, "downbeats_s": beats[::4], "metre": 4, "metre_confidence": 0.8,
                   "onsets_s": [0.0, 0.25, 0.5], "swing": 0.5, "drift_percent": 0.2,
                   "tempo_curve": [{"start_s": 0.0, "tempo_bpm": 119.0}, {"start_s": 4.0, "tempo_bpm": 121.0}]},
        "tonality": {"key": "F# minor", "confidence": 0.7, "alternatives": [{"key": "A major", "confidence": 0.2}],
                     "camelot": "11A", "tuning_cents": -3.0,
                     "key_changes": [{"start_s": 0.0, "end_s": 4.0, "key": "F# minor", "confidence": 0.7},
                                     {"start_s": 4.0, "end_s": 8.0, "key": "A major", "confidence": 0.5}]},
        "chords": [{"start_s": 2.0 * i, "end_s": 2.0 * i + 2.0, "label": label, "confidence": 0.6, "numeral": "i"}
                   for i, label in enumerate(chords)],
        "spectrum": {"bands_db": {"sub": -20.0, "bass": -6.0}, "centroid_hz": 900.0, "hum_hz": 50.0, "resonances": [],
                     "peaks": [{"frequency_hz": 440.0, "level_dbfs": -12.0, "note": "A4", "cents": 0.1}]},
        "structure": [{"start_s": 0.0, "end_s": 4.0, "label": "A", "bars": 2, "confidence": 0.8},
                      {"start_s": 4.0, "end_s": 8.0, "label": "B", "bars": 2, "confidence": 0.5}],
        "notes": [{"start_s": 0.0, "end_s": 1.0, "midi": 69, "velocity": 0.8, "confidence": 0.9},
                  {"start_s": 1.0, "end_s": 1.5, "midi": 60, "velocity": 0.4, "confidence": 0.7}],
        "melody_hz": [[0.01 * i, 440.0 if i < 50 else None] for i in range(60)],
        "timbre": {"label": "keys", "confidence": 0.6, "alternatives": [], "tags": [{"tag": "jazz", "confidence": 0.7}],
                   "mfcc": [1.0, -2.0, 3.0], "attack_s": 0.01, "decay_s": 0.4, "harmonicity": 0.7},
        "summary": {"chords": {"changes_per_minute": 30.0, "progression": "i IV"}, "structure": {"form": "AB"},
                    "notes": {"note_count": 2, "lowest": "C4", "highest": "A4"}},
        "findings": {"loudness.short_term_max_lufs": {"unit": "LUFS", "confidence": 1.0, "method": "loudest 3 s",
                                                      "span_s": [2.0, 5.0]},
                     "rhythm.tempo_bpm": {"unit": "BPM", "confidence": 0.9, "method": "a tracker"}},
        "gaps": [{"capability": "notes", "reason": "no single line", "code": "unmeasurable", "retry_after_s": None}],
        "timings_ms": {"total": 12.0},
    }  # fmt: skip


def write_sound(path: Path, seconds: float = SECONDS, sr: int = SR, channels: int = 1, **options: Any) -> Path:
    """A chord that fades every half second; the same for the same arguments."""
    t = np.arange(round(seconds * sr)) / sr
    y = sum(np.sin(2.0 * math.pi * f * t) for f in (220.0, 277.2, 440.0)) * 0.15 * np.exp(-4.0 * (t % 0.5))
    with soundfile.SoundFile(path, "w", sr, channels, **options) as file:
        for at in range(0, len(t), 8192):  # libsndfile's Vorbis encoder cannot take much at once
            file.write(np.repeat(np.asarray(y)[at : at + 8192, None], channels, axis=1))
    return path
