"""A full answer: every finding of a capability on a line, in the order of docs/evidence.md, with what else it could be,
where it is, and how sure that is in words and in percent. Methods are told once, as remarks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...messages import Evidence, Json
from . import phrasing as say
from . import shown
from .certainty import in_words, percent
from .faults import DC_PERCENT, resonance_words
from .page import Page
from .timbre import class_words
from .tonality import tuning_words

_PEAKS = 10


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
        if value := show(other.value):
            text += f", or else {value} ({percent(other.confidence)}{'' if sure else ' sure'})"
            cited.append(other)
    return text, tuple(cited)


def _where(found: Evidence) -> str:
    if found.span is None:
        return ""
    start, end = found.span.start_s, found.span.end_s
    return f" at {say.position(start)}" if end - start < 1.0 else f" from {say.position(start)} to {say.position(end)}"


_LUFS, _DB, _DBFS = (shown.number(say.decibels, unit) for unit in ("LUFS", "dB", "dBFS"))
_S = shown.number(say.duration)
_HZ = shown.number(say.frequency)

#: Finding → what it is called, and how its value is shown; in the order of docs/evidence.md.
FINDINGS: Mapping[str, tuple[str, Callable[[Json], str]]] = {
    "facts.container": ("Container", shown.plain),
    "facts.codec": ("Codec", shown.plain),
    "facts.bit_depth": ("Bit depth", shown.decimals(0, "bit")),
    "facts.duration_s": ("Length", _S),
    "facts.sample_rate_hz": ("Sample rate", shown.number(say.sample_rate)),
    "facts.channels": ("Channels", shown.counted("channel")),
    "facts.clipped_samples": ("Clipping", shown.counted("sample")),
    "facts.peak_dbfs": ("Highest sample", _DBFS),
    "facts.rms_dbfs": ("RMS level", _DBFS),
    "facts.channel_levels_dbfs": ("RMS level of each channel", shown.numbers(1, "dBFS")),
    "facts.balance_db": ("Left against right", _DB),
    "facts.correlation": ("Correlation of left and right", shown.decimals(2)),
    "facts.dc_offset_percent": ("DC offset", shown.number(say.percent)),
    "facts.silence_s": ("Silent", shown.pairs),
    "facts.tags": ("Tags", shown.tags),
    "loudness.integrated_lufs": ("Integrated loudness", _LUFS),
    "loudness.short_term_max_lufs": ("Greatest short-term loudness", _LUFS),
    "loudness.momentary_max_lufs": ("Greatest momentary loudness", _LUFS),
    "loudness.thirds_lufs": ("Loudness of each third", shown.numbers(1, "LUFS")),
    "loudness.range_lu": ("Loudness range", shown.number(say.decibels, "LU")),
    "loudness.true_peak_dbtp": ("True peak", shown.number(say.decibels, "dBTP")),
    "loudness.sample_peak_dbfs": ("Sample peak", _DBFS),
    "loudness.plr_db": ("Peak-to-loudness ratio (PLR)", _DB),
    "loudness.crest_db": ("Crest factor", _DB),
    "rhythm.tempo_bpm": ("Tempo", shown.number(say.tempo, "BPM")),
    "rhythm.beat_count": ("Count of beats", shown.counted("beat")),
    "rhythm.beats_s": ("Beats", shown.times),
    "rhythm.onset_count": ("Count of onsets", shown.counted("onset")),
    "rhythm.onsets_s": ("Onsets", shown.times),
    "rhythm.metre": ("Metre", shown.number(lambda beats: f"{say.count(beats, 'beat')} to the bar")),
    "rhythm.downbeats_s": ("Downbeats", shown.times),
    "rhythm.swing": ("Off-beats at", shown.decimals(2)),
    "rhythm.drift_percent": ("Drift of the tempo", shown.number(say.percent)),
    "rhythm.tempo_curve": ("Tempo over time", shown.entries(shown.tempo)),
    "tonality.key": ("Key", lambda name: say.key(shown.plain(name))),
    "tonality.camelot": ("Camelot code", shown.plain),
    "tonality.tuning_cents": ("Tuning", shown.number(tuning_words)),
    "tonality.reference_hz": ("Reference pitch, A4", shown.number(lambda hz: say.fixed(hz, 1), "Hz")),
    "tonality.key_changes": ("Keys in turn", shown.entries(shown.key, ", then ")),
    "chords.segments": ("Chords in turn", shown.chords),
    "chords.changes_per_minute": (
        "Rate",
        shown.number(lambda rate: f"about {say.fixed(rate, 0)} chord changes a minute"),
    ),
    "chords.progression": ("Cycle that comes most often", shown.plain),
    "chords.distinct": ("Different ones", shown.counted("chord")),
    "spectrum.peaks": ("Peaks", lambda value: shown.entries(shown.peak)(shown.items(value)[:_PEAKS])),
    "spectrum.bands_db": ("Share of the whole power by band", shown.bands),
    "spectrum.centroid_hz": ("Spectral centroid", _HZ),
    "spectrum.bandwidth_hz": ("Bandwidth", _HZ),
    "spectrum.rolloff_hz": ("Roll-off", _HZ),
    "spectrum.flatness": (
        "Spectral flatness",
        shown.number(lambda value: say.trimmed(value, 3 if value >= 0.01 else 6)),
    ),
    "spectrum.hum_hz": ("Mains hum", _HZ),
    "spectrum.hum_level_db": ("Its level above the surroundings", _DB),
    "spectrum.resonances": ("Resonances", shown.entries(resonance_words)),
    "spectrum.n_fft": ("Window of the FFT", shown.counted("point")),
    "structure.form": ("Form", lambda form: shown.plain(form) if isinstance(form, str) and len(form) > 1 else ""),
    "structure.section_count": ("Count of sections", shown.counted("section")),
    "structure.sections": ("Sections in turn", shown.entries(shown.section)),
    "notes.note_count": ("Count of notes", shown.counted("note")),
    "notes.notes": ("Notes in turn", shown.entries(shown.note)),
    "notes.melody": ("Melody in turn", shown.entries(shown.note)),
    "notes.lowest": ("Lowest note", shown.plain),
    "notes.highest": ("Highest note", shown.plain),
    "notes.f0_hz": ("Median pitch", _HZ),
    "timbre.label": ("Kind of sound", lambda value: class_words(value) if isinstance(value, str) else ""),
    "timbre.tags": ("Likeness", shown.tag_list),
    "timbre.attack_s": ("Attack", shown.number(lambda s: say.trimmed(1000 * s, 1), "ms")),
    "timbre.decay_s": ("Decay", _S),
    "timbre.harmonicity": ("Harmonicity", shown.decimals(2)),
    "timbre.mfcc": ("MFCC means", shown.numbers(1, "")),
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
