"""A full answer: every finding of a capability on a line, in the order of docs/evidence.md, with what else it could be,
where it is, and how sure that is in words and in percent. Methods are told once, as remarks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...messages import Evidence, Json
from ..chord_names import NO_CHORD, common_chord
from . import phrasing as say
from .certainty import in_words, percent
from .faults import DC_PERCENT, resonance_words
from .notes import spelled
from .page import Page
from .timbre import class_words
from .tonality import tuning_words

MOST = 24  # entries of a list; all of them are in the evidence
_PEAKS = 10
_FIRST_TIMES = 8
_BANDS = ("sub", "bass", "low_mid", "mid", "high_mid", "presence", "brilliance")


def describe(page: Page, capability: str, subject: str, *, is_named: bool) -> None:
    """A line for each finding that no sentence has told whole; then how it was measured."""
    for name, (label, show) in FINDINGS.items():
        found = page.find(subject, name) if name.startswith(f"{capability}.") else None
        if found is None or _is_told_whole(page, found):
            continue
        text, cited = _line(page, subject, found, label, show)
        if text:
            line = f"{page.name(subject)}, {text[:1].lower()}{text[1:]}" if is_named else text
            page.say(f"{line}.", *cited, support="inferred" if found.confidence < 1.0 else "measured")
    if capability in METHODS and page.findings.of(subject, capability):
        page.note(METHODS[capability])


def _is_told_whole(page: Page, found: Evidence) -> bool:
    """Whether a sentence cites it and there is no more to it: one number or word that is certain, or derived."""
    is_one = isinstance(found.value, int | float | str)
    return is_one and (found.confidence >= 1.0 or found.name in _DERIVED) and page.told(found)


def _line(
    page: Page, subject: str, found: Evidence, label: str, show: Callable[[Json], str]
) -> tuple[str, tuple[Evidence, ...]]:
    """ "Tempo: 126 BPM (sure, 94 %), or else 63 BPM (3 %)"; of a list the certainty comes first."""
    is_absent = found.value is None or found.value in ([], {}) or (found.value == 0 and found.name in ABSENT)
    if is_absent or (found.name == "facts.dc_offset_percent" and (say.number_in(found) or 0.0) < DC_PERCENT):
        return ABSENT.get(found.name, f"{label}: none found" if found.value is None else ""), (found,)
    text = show(found.value)
    if not text:
        return "", ()
    sure = f" ({in_words(found.confidence)}, {percent(found.confidence)})" if found.confidence < 1.0 else ""
    if isinstance(found.value, list | dict):
        return f"{label}{sure}: {text}", (found,)
    text = f"{label}: {text}{_where(found)}{sure}"
    cited = [found]
    for other in page.findings.alternatives(subject, found.name):
        if shown := show(other.value):
            text += f", or else {shown} ({percent(other.confidence)}{'' if sure else ' sure'})"
            cited.append(other)
    return text, tuple(cited)


def _where(found: Evidence) -> str:
    if found.span is None:
        return ""
    start, end = found.span.start_s, found.span.end_s
    return f" at {say.position(start)}" if end - start < 1.0 else f" from {say.position(start)} to {say.position(end)}"


# --- how values are shown -------------------------------------------------------------------------------------------


def _number(text: Callable[[float], str], unit: str = "") -> Callable[[Json], str]:
    def show(value: Json) -> str:
        number = say.finite(value)
        return "" if number is None else f"{text(number)} {unit}".strip()

    return show


def _decimals(places: int, unit: str = "") -> Callable[[Json], str]:
    return _number(lambda number: say.trimmed(number, places), unit)


def _counted(noun: str) -> Callable[[Json], str]:
    return _number(lambda number: say.count(number, noun))


def _plain(value: Json) -> str:
    return say.plain(value, 40) if isinstance(value, str) else ""


def _times(value: Json) -> str:
    """ "the first lie at 0.5 s, 0.98 s, and so on"."""
    times = [number for item in _items(value) if (number := say.finite(item)) is not None]
    shown = [f"{say.fixed(second, 2)} s" for second in times[:_FIRST_TIMES]]
    rest = ", and so on" if len(times) > _FIRST_TIMES else ""
    return f"the first lie at {', '.join(shown)}{rest}" if len(shown) > 1 else "".join(shown)


def _numbers(places: int, unit: str) -> Callable[[Json], str]:
    def show(value: Json) -> str:
        numbers = [number for item in _items(value) if (number := say.finite(item)) is not None]
        return ", ".join(f"{say.fixed(number, places)} {unit}".strip() for number in numbers[:MOST])

    return show


def _pairs(value: Json) -> str:
    pairs = [each for each in _items(value) if isinstance(each, list) and len(each) == 2]
    ends = [(say.finite(start), say.finite(end)) for start, end in pairs]
    shown = [f"{say.position(a)} to {say.position(b)}" for a, b in ends if a is not None and b is not None]
    return _cut(shown)


def _entries(show: Callable[[dict[str, Json]], str], joint: str = ", ") -> Callable[[Json], str]:
    def each(value: Json) -> str:
        found = [text for item in _items(value) if isinstance(item, dict) and (text := show(item))]
        return _cut(found, joint)

    return each


def _cut(shown: Sequence[str], joint: str = ", ") -> str:
    return joint.join(shown[:MOST]) + (", and so on" if len(shown) > MOST else "")


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _stretch(item: dict[str, Json], name: str) -> str:
    start, end = say.finite(item.get("start_s")), say.finite(item.get("end_s"))
    return f"{name} {say.clock(start)}–{say.clock(end)}" if name and start is not None and end is not None else ""


def _chord(item: dict[str, Json]) -> str:
    label = str(item.get("label") or "")
    name, _, where = ("" if label in NO_CHORD else _stretch(item, common_chord(label) or "")).partition(" ")
    return f"{name} ({where})" if name else ""


def _chords(value: Json) -> str:
    shown = _entries(_chord)(value)
    return f"I hear {shown}" if shown else ""


def _section(item: dict[str, Json]) -> str:
    bars = say.finite(item.get("bars"))
    counted = f" ({say.count(bars, 'bar')})" if bars is not None and bars >= 1 and float(bars).is_integer() else ""
    shown = _stretch(item, say.plain(str(item.get("label") or ""), 4))
    return f"{shown}{counted}" if shown else ""


def _key(item: dict[str, Json]) -> str:
    return _stretch(item, say.key(say.plain(str(item.get("key") or ""), 12)))


def _note(item: dict[str, Json]) -> str:
    midi, start = say.finite(item.get("midi")), say.finite(item.get("start_s"))
    if midi is None or start is None or not 0 <= midi <= 127:
        return ""
    return f"{spelled(round(midi), flat=False)} at {say.trimmed(start, 2)} s"


def _tempo(item: dict[str, Json]) -> str:
    bpm, start = say.finite(item.get("tempo_bpm")), say.finite(item.get("start_s"))
    return "" if bpm is None or start is None else f"{say.tempo(bpm)} BPM at {say.clock(start)}"


def _peak(item: dict[str, Json]) -> str:
    hz, level = say.finite(item.get("frequency_hz")), say.finite(item.get("level_dbfs"))
    note = item.get("note")
    if hz is None:
        return ""
    named = f" ({say.plain(note, 4)})" if isinstance(note, str) and note else ""
    return f"{say.frequency(hz)}{named}" + ("" if level is None else f" at {say.decibels(level)} dBFS")


def _bands(value: Json) -> str:
    levels = value if isinstance(value, dict) else {}
    known = [(band, level) for band in _BANDS if (level := say.finite(levels.get(band))) is not None]
    return ", ".join(f"{band.replace('_', ' ')} {say.decibels(level)} dB" for band, level in known)


def _tag_list(value: Json) -> str:
    shown = []
    for item in _items(value):
        tag, sure = (item.get("tag"), say.finite(item.get("confidence"))) if isinstance(item, dict) else (None, None)
        if isinstance(tag, str) and (quoted := say.quotable(tag, 30)):
            shown.append(f'"{quoted}"' + ("" if sure is None else f" ({percent(sure)} sure)"))
    return _cut(shown[:12])


def _tags(value: Json) -> str:
    pairs = value.items() if isinstance(value, dict) else ()
    texts = [(say.quotable(key, 40), say.quotable(text)) for key, text in pairs if isinstance(text, str)]
    return ", ".join(f'"{key}" is "{text}"' for key, text in texts[:MOST] if key and text)


_LUFS, _DB, _DBFS = (_number(say.decibels, unit) for unit in ("LUFS", "dB", "dBFS"))
_S = _number(say.duration)
_HZ = _number(say.frequency)

#: Finding → what it is called, and how its value is shown; in the order of docs/evidence.md.
FINDINGS: Mapping[str, tuple[str, Callable[[Json], str]]] = {
    "facts.container": ("Container", _plain),
    "facts.codec": ("Codec", _plain),
    "facts.bit_depth": ("Bit depth", _decimals(0, "bit")),
    "facts.duration_s": ("Length", _S),
    "facts.sample_rate_hz": ("Sample rate", _number(say.sample_rate)),
    "facts.channels": ("Channels", _counted("channel")),
    "facts.clipped_samples": ("Clipping", _counted("sample")),
    "facts.peak_dbfs": ("Highest sample", _DBFS),
    "facts.rms_dbfs": ("RMS level", _DBFS),
    "facts.channel_levels_dbfs": ("RMS level of each channel", _numbers(1, "dBFS")),
    "facts.balance_db": ("Left against right", _DB),
    "facts.correlation": ("Correlation of left and right", _decimals(2)),
    "facts.dc_offset_percent": ("DC offset", _number(say.percent)),
    "facts.silence_s": ("Silent", _pairs),
    "facts.tags": ("Tags", _tags),
    "loudness.integrated_lufs": ("Integrated loudness", _LUFS),
    "loudness.short_term_max_lufs": ("Greatest short-term loudness", _LUFS),
    "loudness.momentary_max_lufs": ("Greatest momentary loudness", _LUFS),
    "loudness.thirds_lufs": ("Loudness of each third", _numbers(1, "LUFS")),
    "loudness.range_lu": ("Loudness range", _number(say.decibels, "LU")),
    "loudness.true_peak_dbtp": ("True peak", _number(say.decibels, "dBTP")),
    "loudness.sample_peak_dbfs": ("Sample peak", _DBFS),
    "loudness.plr_db": ("Peak-to-loudness ratio (PLR)", _DB),
    "loudness.crest_db": ("Crest factor", _DB),
    "rhythm.tempo_bpm": ("Tempo", _number(say.tempo, "BPM")),
    "rhythm.beat_count": ("Count of beats", _counted("beat")),
    "rhythm.beats_s": ("Beats", _times),
    "rhythm.onset_count": ("Count of onsets", _counted("onset")),
    "rhythm.onsets_s": ("Onsets", _times),
    "rhythm.metre": ("Metre", _number(lambda beats: f"{say.count(beats, 'beat')} to the bar")),
    "rhythm.downbeats_s": ("Downbeats", _times),
    "rhythm.swing": ("Off-beats at", _decimals(2)),
    "rhythm.drift_percent": ("Drift of the tempo", _number(say.percent)),
    "rhythm.tempo_curve": ("Tempo over time", _entries(_tempo)),
    "tonality.key": ("Key", lambda name: say.key(_plain(name))),
    "tonality.camelot": ("Camelot code", _plain),
    "tonality.tuning_cents": ("Tuning", _number(tuning_words)),
    "tonality.reference_hz": ("Reference pitch, A4", _number(lambda hz: say.fixed(hz, 1), "Hz")),
    "tonality.key_changes": ("Keys in turn", _entries(_key, ", then ")),
    "chords.segments": ("Chords in turn", _chords),
    "chords.changes_per_minute": ("Rate", _number(lambda rate: f"about {say.fixed(rate, 0)} chord changes a minute")),
    "chords.progression": ("Cycle that comes most often", _plain),
    "chords.distinct": ("Different ones", _counted("chord")),
    "spectrum.peaks": ("Peaks", lambda value: _entries(_peak)(_items(value)[:_PEAKS])),
    "spectrum.bands_db": ("Share of the whole power by band", _bands),
    "spectrum.centroid_hz": ("Spectral centroid", _HZ),
    "spectrum.bandwidth_hz": ("Bandwidth", _HZ),
    "spectrum.rolloff_hz": ("Roll-off", _HZ),
    "spectrum.flatness": ("Spectral flatness", _number(lambda value: say.trimmed(value, 3 if value >= 0.01 else 6))),
    "spectrum.hum_hz": ("Mains hum", _HZ),
    "spectrum.hum_level_db": ("Its level above the surroundings", _DB),
    "spectrum.resonances": ("Resonances", _entries(resonance_words)),
    "spectrum.n_fft": ("Window of the FFT", _counted("point")),
    "structure.form": ("Form", lambda form: _plain(form) if isinstance(form, str) and len(form) > 1 else ""),
    "structure.section_count": ("Count of sections", _counted("section")),
    "structure.sections": ("Sections in turn", _entries(_section)),
    "notes.note_count": ("Count of notes", _counted("note")),
    "notes.notes": ("Notes in turn", _entries(_note)),
    "notes.melody": ("Melody in turn", _entries(_note)),
    "notes.lowest": ("Lowest note", _plain),
    "notes.highest": ("Highest note", _plain),
    "notes.f0_hz": ("Median pitch", _HZ),
    "timbre.label": ("Kind of sound", lambda value: class_words(value) if isinstance(value, str) else ""),
    "timbre.tags": ("Likeness", _tag_list),
    "timbre.attack_s": ("Attack", _number(lambda s: say.trimmed(1000 * s, 1), "ms")),
    "timbre.decay_s": ("Decay", _S),
    "timbre.harmonicity": ("Harmonicity", _decimals(2)),
    "timbre.mfcc": ("MFCC means", _numbers(1, "")),
}

#: What is said of findings that hold nothing.
ABSENT: Mapping[str, str] = {
    "facts.clipped_samples": "No clipping",
    "facts.dc_offset_percent": "No DC offset to speak of",
    "facts.silence_s": "No silence",
    "facts.tags": "No tags",
    "spectrum.hum_hz": "No mains hum",
    "spectrum.resonances": "No resonances that stand out",
    "chords.segments": "No chords",
    "notes.notes": "No notes",
    "notes.melody": "No notes of a melody",
    "notes.note_count": "No notes",
}
_DERIVED = frozenset(("tonality.camelot", "structure.form", "structure.section_count"))

#: How a capability is measured, for who wants to know how far to trust it.
METHODS: Mapping[str, str] = {
    "facts": "Facts are read from the header and from every sample; they are exact.",
    "loudness": "Loudness is measured as ITU-R BS.1770-4 says, its range as EBU Tech 3342 does; both are exact.",
    "rhythm": "Tempo and beats come from the onsets; whether it is felt in half or double time is least sure.",
    "tonality": "The key is the one whose notes fit best; relative keys are what is confused most often.",
    "chords": "Chords are heard in half beats, with the likeliest path through them; short ones may be missed.",
    "spectrum": "The spectrum is the mean over the whole recording; peaks are read at its loudest place.",
    "structure": "Parts are told by what changes and what comes back; which of them is a chorus is for you to say.",
    "notes": "Notes of several voices are found by a small network; quiet inner voices may be missed.",
    "timbre": "Tags and kinds of sound are likenesses with a share of certainty, not measurements.",
}
