"""Renders the recording that ships as the demo, and the truth about it.

    python examples/render_demo.py FluidR3_GM.sf2

Needs the fluidsynth program (2.x), the FluidR3 GM soundfont, and numpy, soundfile and pyebur128. The score is in this
file. The same soundfont and FluidSynth give the same samples each time; only the serial number of the Ogg differs.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyebur128
import soundfile as sf

HERE = Path(__file__).parent
NAME = "going_home_small_band"
SR = 44100
TEMPO_BPM = 96.0
START = 0.6  # seconds of room tone before the first beat
DURATION = 76.0
SWING = 0.6  # the second of two sixteenths begins after 60 % of the eighth
TARGET_LUFS, CEILING_DBTP = -16.0, -1.45  # the encoder adds a few tenths of a dB to the peaks
HUM = {50.0: -62.0, 100.0: -68.0, 150.0: -66.0, 200.0: -76.0, 250.0: -72.0}  # Hz: dBFS of the peak
BEATS_PER_BAR = 4
TICKS = 960  # MIDI ticks per second: the score is written in seconds, so that the file needs no tempo map

# Four-part voicings of the keys, lowest voice first; each voice moves by a step or stays where the chords change.
VOICINGS = {
    "D:maj": (54, 57, 62, 64),
    "G:maj7": (55, 59, 62, 66),
    "G:maj": (55, 59, 62, 67),
    "E:min7": (55, 59, 62, 64),
    "A:7": (55, 59, 61, 64),
    "A:sus4(b7)": (55, 57, 62, 64),
    "B:min7": (54, 57, 59, 62),
    "F#:min7": (54, 57, 61, 64),
}
# The bass stays above D2 (73 Hz), so that nothing but the hum lives around 50 Hz, the foot of the drum apart.
BASS = {"D": 38, "E": 40, "F#": 42, "G": 43, "A": 45, "B": 47}

# One entry a bar; two chords share a bar.
INTRO = ["D:maj", "G:maj7", "E:min7 A:sus4(b7)", "A:7"]
THEME = ["D:maj", "G:maj7", "E:min7 A:7", "A:sus4(b7) A:7", "D:maj", "B:min7", "E:min7 A:sus4(b7)", "D:maj"]
MIDDLE = ["G:maj", "F#:min7 B:min7", "G:maj A:7", "B:min7", "G:maj", "F#:min7 B:min7", "E:min7 A:7", "A:sus4(b7) A:7"]
RETURN = ["D:maj", "G:maj7", "E:min7 A:7", "A:sus4(b7) A:7", "D:maj", "G:maj7", "E:min7 A:sus4(b7)", "D:maj"]
CHORDS = INTRO + THEME + MIDDLE + RETURN + ["D:maj"]
SECTIONS = [("intro", 0), ("theme", 4), ("middle", 12), ("return", 20), ("end", 28)]

# The melody, (MIDI note, beats): theme of the Largo of Dvořák's Ninth Symphony, from D flat to D, note values doubled.
OPENING = [
    (66, 1.5),
    (69, 0.5),
    (69, 2),
    (66, 1.5),
    (64, 0.5),
    (62, 2),
    (64, 1.5),
    (66, 0.5),
    (69, 1.5),
    (66, 0.5),
    (64, 4),
]
CLOSE = [
    (66, 1.5),
    (69, 0.5),
    (69, 2),
    (66, 1.5),
    (64, 0.5),
    (62, 2),
    (64, 1.5),
    (66, 0.5),
    (64, 1.5),
    (62, 0.5),
    (62, 4),
]
BRIDGE = [(71, 1.5), (74, 0.5), (74, 2), (73, 1.5), (69, 0.5), (71, 2), (71, 1.5), (74, 0.5), (73, 1.5), (69, 0.5)]
CLIMAX = [
    (66, 1.5),
    (69, 0.5),
    (69, 2),
    (74, 1.5),
    (76, 0.5),
    (78, 2),
    (76, 1.5),
    (74, 0.5),
    (76, 1.5),
    (71, 0.5),
    (74, 8),
]
DESCANT = [(81, 4), (83, 4), (83, 2), (81, 2), (81, 2), (79, 2), (81, 4), (83, 4), (83, 2), (81, 2), (81, 8)]

# part: MIDI program, pan 0..127, volume 0..127
PARTS = {
    "keys": (4, 52, 100),
    "bass": (33, 64, 112),
    "guitar": (25, 96, 88),
    "cor_anglais": (69, 64, 108),
    "flute": (73, 76, 84),
    "strings": (48, 64, 76),
    "drums": (0, 64, 127),
}
MIX = {"keys": 0.9, "bass": 1.0, "guitar": 1.3, "cor_anglais": 0.85, "flute": 0.7, "strings": 0.9, "drums": 1.7}
Note = tuple[float, float, int, int]  # start and length in beats, MIDI note, velocity


def beat_to_time(beat: float) -> float:
    return START + beat * 60.0 / TEMPO_BPM


def chords() -> list[tuple[float, float, str]]:
    """`(start, end, label)` in beats."""
    found = []
    for bar, entry in enumerate(CHORDS):
        names = entry.split()
        step = BEATS_PER_BAR / len(names)
        found += [(bar * 4 + i * step, bar * 4 + (i + 1) * step, name) for i, name in enumerate(names)]
    return found


def line(notes: list[tuple[int, float]], bar: int, velocity: int, transpose: int = 0) -> list[Note]:
    out, beat = [], bar * 4.0
    for note, length in notes:
        out.append((beat, length * 0.97, note + transpose, velocity + (6 if length >= 2 else 0)))
        beat += length
    return out


def loudness_of_bar(bar: int) -> float:
    """How hard everybody plays, 0..1: quiet at first, a step at each section, growing inside them."""
    levels = [(0, 0.38), (4, 0.52), (11, 0.62), (12, 0.66), (19, 0.78), (20, 0.86), (25, 1.0), (27, 0.92), (28, 0.8)]
    return float(np.interp(bar, *zip(*levels, strict=True)))


def play_keys() -> list[Note]:
    out: list[Note] = []
    for start, end, name in chords():
        velocity = round(44 + 42 * loudness_of_bar(int(start // 4)))
        for i, note in enumerate(VOICINGS[name]):
            if start >= 112:
                out.append((start, 5.0, note, velocity))
                continue
            out.append((start + 0.02 * i, min(1.5, end - start) * 0.95, note, velocity - 2 * i))
            if end - start == 4:  # the push on the last eighth of beat 2, held to the bar line
                out.append((start + 1.5, 2.4, note, velocity - 10))
            elif name != "A:7" or start % 4:
                out.append((start + 1.5, 0.45, note, velocity - 14))
    return out


def play_bass() -> list[Note]:
    out: list[Note] = []
    changes = chords()
    for i, (start, end, name) in enumerate(changes):
        if start < 16:
            continue
        root = BASS[name.split(":")[0]]
        velocity = round(62 + 40 * loudness_of_bar(int(start // 4)))
        if start >= 112:
            out.append((start, 5.0, root, velocity))
            continue
        following = BASS[changes[i + 1][2].split(":")[0]]
        if end - start == 2:
            out += [(start, 1.4, root, velocity), (start + 1.5, 0.45, root, velocity - 12)]
            continue
        fifth = root + 7 if root + 7 <= 50 else root - 5
        # The last eighth leads by a scale step into the next root (D major has no other notes to offer there).
        lead = {38: 40, 40: 42, 42: 43, 43: 42, 45: 43, 47: 45}[following] if following != root else fifth
        out += [
            (start, 1.4, root, velocity),
            (start + 1.5, 0.45, root, velocity - 12),
            (start + 2, 1.3, fifth if start >= 48 else root, velocity - 4),
            (start + 3.5, 0.45, lead, velocity - 10),
        ]
    return out


def play_guitar() -> list[Note]:
    """Broken chords in eighths from the middle part on, with a swung sixteenth before beat 3."""
    out: list[Note] = []
    for start, end, name in chords():
        if not 48 <= start < 112:
            continue
        voices = VOICINGS[name]
        velocity = round(40 + 40 * loudness_of_bar(int(start // 4)))
        for step in range(round((end - start) * 2)):
            out.append(
                (start + step / 2, 0.9, voices[(0, 2, 3, 1, 2, 3, 1, 2)[step % 8]], velocity - (8 if step % 2 else 0))
            )
        if end - start == 4:
            out.append((start + 1.5 + SWING / 2, 0.4, voices[3], velocity - 16))
    return out


def play_drums() -> list[Note]:
    kick, snare, stick, closed, opened, ride, crash = 36, 38, 37, 42, 46, 51, 49
    out: list[Note] = []
    for bar in range(3, 28):
        beat, hard = bar * 4.0, 46 + 70 * loudness_of_bar(bar)

        def hit(at: float, drum: int, share: float, beat: float = beat, hard: float = hard) -> None:
            out.append((beat + at, 0.2, drum, round(min(127.0, hard * share))))

        if bar == 3:  # count the band in: two soft taps
            hit(2, closed, 0.7)
            hit(3, closed, 0.8)
            hit(3.5, closed, 0.7)
            continue
        full, last = bar >= 12, bar in (11, 19, 27)
        cymbal = ride if bar >= 20 else closed
        for eighth in range(8):
            if not (last and eighth >= 6):
                hit(eighth / 2, cymbal, 0.62 if eighth % 2 == 0 else 0.48)
        hit(2.5 + SWING / 2, closed, 0.36)  # swung sixteenths between the eighths
        if full:
            hit(0.5 + SWING / 2, closed, 0.34)
            hit(1.5 + SWING / 2, snare, 0.24)
        hit(0, kick, 0.95)
        hit(2.5 if bar % 2 else 1.5, kick, 0.8)
        if full:
            hit(2, kick, 0.78)
        hit(1, snare if full else stick, 0.88)
        if last:
            for at, share in ((3, 0.8), (3 + SWING / 2, 0.55), (3.5, 0.75), (3.5 + SWING / 2, 0.9)):
                hit(at, snare, share)
        else:
            hit(3, snare if full else stick, 0.92)
            if bar >= 20 and bar % 2:
                hit(3.5, opened, 0.5)
        if bar in (12, 20):
            hit(0, crash, 0.85)
    return [*out, (112.0, 0.2, kick, 100), (112.0, 0.2, crash, 84)]


def play_strings() -> list[Note]:
    out: list[Note] = []
    for start, end, name in chords():
        if start >= 80:
            velocity = round(30 + 40 * loudness_of_bar(int(start // 4)))
            out += [
                (start, (end - start) * 0.98 if start < 112 else 5.0, note, velocity) for note in VOICINGS[name][:3]
            ]
    return out + line(DESCANT, 20, 62)


def score() -> dict[str, list[Note]]:
    middle = [*BRIDGE, (71, 4), *BRIDGE, (71, 2), (69, 2)]
    return {
        "keys": play_keys(),
        "bass": play_bass(),
        "guitar": play_guitar(),
        "cor_anglais": line(OPENING + CLOSE, 4, 76) + line(middle, 12, 84) + line(OPENING + CLIMAX, 20, 94),
        "flute": line(middle[len(BRIDGE) + 1 :], 16, 66, 12) + line(CLIMAX, 24, 80, 12),
        "strings": play_strings(),
        "drums": play_drums(),
    }


def humanise(part: str, notes: list[Note], rng: np.random.Generator) -> list[Note]:
    """Small errors of time (2 ms for drums and bass, 5 ms for the rest) and of force; never before the room tone."""
    spread = (0.002 if part in ("drums", "bass") else 0.005) * TEMPO_BPM / 60.0
    return [
        (max(0.0, start + float(np.clip(rng.normal(0.0, spread), -2 * spread, 2 * spread))), length, note,
         int(np.clip(velocity + rng.integers(-4, 5), 1, 127)))
        for start, length, note, velocity in notes
    ]  # fmt: skip


def midi_bytes(part: str, notes: list[Note]) -> bytes:
    """A standard MIDI file, format 0, 960 ticks per second."""
    program, pan, volume = PARTS[part]
    channel = 9 if part == "drums" else 0
    reverb = 20 if part == "bass" else 52
    events: list[tuple[int, int, bytes]] = [(0, 0, bytes([0xC0 | channel, program]))]
    events += [
        (0, 1, bytes([0xB0 | channel, cc, value])) for cc, value in ((7, volume), (10, pan), (91, reverb), (93, 0))
    ]
    for start, length, note, velocity in notes:
        on, off = (round(beat_to_time(b) * TICKS) for b in (start, start + length))
        events += [
            (on, 3, bytes([0x90 | channel, note, velocity])),
            (max(on + 1, off), 2, bytes([0x80 | channel, note, 0])),
        ]
    body, now = b"\x00\xff\x51\x03" + (1_000_000).to_bytes(3, "big"), 0
    for tick, _, message in sorted(events):
        delta, now = tick - now, tick
        digits = [delta & 0x7F]
        while delta := delta >> 7:
            digits.append(0x80 | (delta & 0x7F))
        body += bytes(reversed(digits)) + message
    body += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS) + b"MTrk" + struct.pack(">I", len(body)) + body


def render(part: str, notes: list[Note], soundfont: str, folder: Path) -> np.ndarray:
    """One part as float64 samples, shape (n, 2)."""
    score_file, sound_file = folder / f"{part}.mid", folder / f"{part}.wav"
    score_file.write_bytes(midi_bytes(part, notes))
    subprocess.run(
        ["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", str(SR), "-C", "0", "-R", "1",
         "-o", "synth.reverb.room-size=0.45", "-o", "synth.reverb.damp=0.4",
         "-o", "synth.reverb.width=0.9", "-o", "synth.reverb.level=0.35",
         "-O", "float", "-T", "wav", "-F", str(sound_file), soundfont, str(score_file)],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    y, _ = sf.read(sound_file, dtype="float64", always_2d=True)
    out = np.zeros((round(DURATION * SR), 2))
    n = min(len(y), len(out))
    out[:n] = y[:n]
    return out


def oversampled_peak(y: np.ndarray) -> np.ndarray:
    """Greatest magnitude over both channels around each sample, 4 times oversampled by zero-padding the spectrum."""
    spectrum = np.fft.rfft(y, axis=0)
    dense = np.fft.irfft(spectrum, 4 * len(y), axis=0) * 4
    return np.abs(dense).max(axis=1).reshape(-1, 4).max(axis=1)


def limit(y: np.ndarray, ceiling_dbtp: float) -> np.ndarray:
    """Look-ahead limiter: 3 ms of warning, 60 ms of release; the gain never lets a true peak through."""
    ceiling = 10 ** (ceiling_dbtp / 20)
    wanted = np.minimum(1.0, ceiling / np.maximum(oversampled_peak(y), 1e-9))
    reach = round(0.003 * SR)
    held = np.lib.stride_tricks.sliding_window_view(np.pad(wanted, reach, mode="edge"), 2 * reach + 1).min(axis=1)
    release = np.exp(-1 / (0.06 * SR))
    gain, state = np.empty_like(held), 1.0
    for i, target in enumerate(held):
        state = target if target < state else 1.0 - (1.0 - state) * release
        state = min(state, target)
        gain[i] = state
    kernel = np.hanning(2 * reach + 1)
    smooth = np.convolve(np.pad(gain, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    return y * np.minimum(smooth, held)[:, None]


def meter(y: np.ndarray) -> pyebur128.R128State:
    mode = pyebur128.MeasurementMode
    state = pyebur128.R128State(2, SR, mode.MODE_I | mode.MODE_LRA | mode.MODE_TRUE_PEAK)
    state.add_frames(np.ascontiguousarray(y, dtype=np.float64).reshape(-1), len(y))
    return state


def loudness(y: np.ndarray) -> float:
    return float(pyebur128.get_loudness_global(meter(y)))


def true_peak_dbtp(y: np.ndarray) -> float:
    state = meter(y)
    return 20 * float(np.log10(max(pyebur128.get_true_peak(state, c) for c in range(2))))


def master(music: np.ndarray) -> np.ndarray:
    """Music to the wished loudness under the ceiling, then room tone and hum, which no fader touches."""
    t = np.arange(len(music)) / SR
    fade = np.interp(t, [0.0, DURATION - 2.2, DURATION - 0.5], [1.0, 1.0, 0.0])[:, None]
    music = music * fade
    gain_db = TARGET_LUFS - loudness(music)
    for _ in range(4):  # limiting costs some loudness: come back to the target
        y = limit(music * 10 ** (gain_db / 20), CEILING_DBTP)
        gain_db += TARGET_LUFS - loudness(y)
    hum = sum(10 ** (level / 20) * np.sin(2 * np.pi * f * t + f) for f, level in HUM.items())
    hiss = np.random.default_rng(50).normal(0.0, 10 ** (-84 / 20), y.shape)
    return np.clip(y + np.asarray(hum)[:, None] + hiss, -1.0, 1.0)


def encode(y: np.ndarray, path: Path) -> None:
    with sf.SoundFile(path, "w", SR, 2, format="OGG", subtype="VORBIS", compression_level=0.5) as out:
        out.title, out.artist = "Going Home (small band)", "grym-synth, after Antonín Dvořák"
        out.license = "CC0-1.0"
        for i in range(0, len(y), 8192):  # libsndfile encodes one call on the stack: small blocks
            out.write(y[i : i + 8192])


def merged(times: list[float], apart: float = 0.03) -> list[float]:
    """Onsets as an ear has them: what starts within 30 ms is one."""
    out: list[float] = []
    for time in sorted(times):
        if not out or time - out[-1] > apart:
            out.append(time)
    return out


def truth(played: dict[str, list[Note]], y: np.ndarray) -> dict[str, object]:
    """What was put in, and what pyebur128 and plain means read from the decoded file."""
    beats = [beat_to_time(b) for b in range(28 * 4 + 1)]
    ends = [bar for _, bar in SECTIONS[1:]] + [29]
    rms = 10 * np.log10(np.mean(y**2, axis=0))
    thirds = [loudness(part) for part in np.array_split(y, 3)]
    return {
        "file": f"{NAME}.ogg",
        "duration_s": DURATION,
        "sample_rate_hz": SR,
        "channels": 2,
        "tempo_bpm": TEMPO_BPM,
        "tempo_alternatives_bpm": [TEMPO_BPM * 2, TEMPO_BPM / 2],
        "metre": BEATS_PER_BAR,
        "swing": SWING,
        "swing_unit": "sixteenth",
        "key": "D major",
        "camelot": "10B",
        "tuning_cents": 0.0,
        "hum": {
            "frequency_hz": 50.0,
            "level_dbfs": HUM[50.0],
            "level_is": "peak of the sine, equal in both channels",
            "harmonics_dbfs": {str(round(f)): level for f, level in HUM.items()},
        },
        "clipped_samples": 0,
        "measured": {
            "by": "pyebur128 (BS.1770-4) and numpy, on the decoded file",
            "integrated_lufs": round(loudness(y), 2),
            "range_lu": round(float(pyebur128.get_loudness_range(meter(y))), 2),
            "true_peak_dbtp": round(true_peak_dbtp(y), 2),
            "sample_peak_dbfs": round(20 * float(np.log10(np.abs(y).max())), 2),
            "channel_levels_dbfs": [round(float(level), 2) for level in rms],
            "correlation": round(float(np.corrcoef(y.T)[0, 1]), 3),
            "thirds_lufs": [round(level, 2) for level in thirds],
        },
        "sections": [
            {
                "start_s": round(beat_to_time(a * 4), 4),
                "end_s": round(min(DURATION, beat_to_time(b * 4)), 4),
                "label": label,
            }
            for (label, a), b in zip(SECTIONS, ends, strict=True)
        ],
        "beats_s": [round(b, 4) for b in beats],
        "downbeats_s": [round(b, 4) for b in beats[::4]],
        "chords": [
            {"start_s": round(beat_to_time(a), 4), "end_s": round(beat_to_time(b), 4), "label": label}
            for a, b, label in chords()
        ],
        "onsets_s": [round(t, 4) for t in merged([beat_to_time(n[0]) for part in played.values() for n in part])],
        "melody": [
            {"start_s": round(beat_to_time(a), 4), "end_s": round(beat_to_time(a + n), 4), "midi": note}
            for a, n, note, _ in played["cor_anglais"]
        ],
    }


def main(soundfont: str) -> None:
    rng = np.random.default_rng(1893)
    played = {part: humanise(part, notes, rng) for part, notes in score().items()}
    with tempfile.TemporaryDirectory() as folder:
        music = sum(MIX[part] * render(part, notes, soundfont, Path(folder)) for part, notes in played.items())
    path = HERE / f"{NAME}.ogg"
    encode(master(np.asarray(music)), path)
    decoded, _ = sf.read(path, dtype="float64", always_2d=True)
    facts = truth(played, decoded)
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    # One list of numbers a line: short to read, and a diff shows what changed.
    path.with_suffix(".json").write_text(_flat_lists(text) + "\n", encoding="utf-8")
    print(json.dumps(facts["measured"], indent=1), path.stat().st_size, "bytes")


def _flat_lists(text: str) -> str:
    return re.sub(r"[\[{][^\[\]{}]*[\]}]", lambda m: re.sub(r"\s*\n\s*", " ", m[0]), text)


if __name__ == "__main__":
    main(sys.argv[1])
