"""Questions of pitch: notes, frequencies, MIDI numbers, tunings and harmonics."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from ..regex import lazily
from .finding import Finding, Value, finding, listed, shown
from .intervals import (
    JUST_RATIOS,
    find_interval,
    find_notes,
    interval_words,
)
from .pitch import Note, frequency_to_midi, midi_to_frequency, note_name
from .question import Question

SOUND_SPEED = 343.0  # m/s, air at 20 degrees Celsius

_HZ = r"frequency|frequencies|freq|hz|hertz|pitch"
ABOVE = r"above|up from|higher than|over|plus|up|higher|from|on top of|after|ascending"
BELOW = r"below|down from|lower than|under|minus|down|lower|beneath|descending|less than"
_MIDI = lazily(
    r"midi(?: note)?(?: number| no\.?)?(?: is| of)? #?(\d{1,3})(?![\w.:/])|(?<![a-z])note number "
    r"(\d{1,3})(?![\w.:/])|(?<![a-z])note (\d{2,3})(?![\w.:/])"
)


def solve_pitch(question: Question) -> tuple[Finding, ...]:
    """Findings of the first kind of pitch question that this one is; empty when it is none."""
    for parser in _PARSERS:
        if found := parser(question):
            return found
    return ()


def _reference(question: Question) -> tuple[float, str]:
    """A4 in Hz, and the words that say so where it is not the usual one."""
    a4 = question.a4 or 440.0
    return a4, "" if question.a4 is None else f" with A4 at {shown(a4, 3)} Hz"


def _octave_notes(question: Question) -> tuple[Note, ...]:
    """Notes with an octave, "middle C" and "concert A" among them."""
    found = [note for note in find_notes(question.text) if note.octave is not None]
    if question.says("middle c"):
        found.insert(0, Note(0, 0, 4))
    if question.says("concert a"):
        found.insert(0, Note(5, 0, 4))
    return tuple(dict.fromkeys(found))


def _audible(f: float) -> bool:
    return 1e-2 <= f <= 1e6


# --- Frequencies ----------------------------------------------------------------------------------------------------


def _midi_number(question: Question) -> tuple[Finding, ...]:
    found = _MIDI.search(question.words)
    if found is None or question.tempi:
        return ()
    midi = int(found[1] or found[2] or found[3])
    if not 0 <= midi <= 127:
        return ()
    a4, where = _reference(question)
    f = midi_to_frequency(midi, a4)
    hertz = finding(
        "frequency_hz", "frequency", round(f, 4), "A4 times 2^((MIDI number - 69) / 12)",
        f"MIDI note {midi}{where} sounds at {shown(f)} Hz.",
    )  # fmt: skip
    if question.says(_HZ) or question.a4 is not None:
        return (hertz,)
    if not question.says(r"notes?|name|which|what|midi"):
        return ()
    text = f"MIDI note {midi} is {note_name(midi)}."
    return (finding("note", "note", note_name(midi), "octaves counted so that C4 is MIDI note 60", text),)


def _frequency_of_note(question: Question) -> tuple[Finding, ...]:
    notes = _octave_notes(question)
    if question.says(r"midi") and notes and not question.says(_HZ):
        return tuple(
            finding(
                "midi_number",
                "count",
                note.midi,
                "12 times (octave + 1) plus semitones above C",
                f"{note} is MIDI note {note.midi}.",
            )
            for note in notes[:24]
        )
    wave = question.says(r"wavelength")
    if question.says(r"interval|semi-?tones?|harmonics?|overtones?|cents|chord|scale") or question.values("hz"):
        return ()
    if not (
        wave
        or question.says(_HZ)
        or (question.a4 is not None and (question.says("what|where|how") or len(question.words) < 24))
    ):
        return ()
    a4, where = _reference(question)
    found = []
    for note in notes[:24]:
        f = midi_to_frequency(note.midi or 0, a4)
        if wave:
            found.append(_wavelength(f, f"{note}{where}"))
        else:
            text = f"{note}{where} sounds at {shown(f)} Hz."
            found.append(finding("frequency_hz", "frequency", round(f, 4), "A4 times 2^(semitones from A4 / 12)", text))
    return tuple(found) or _all_octaves(question)


def _all_octaves(question: Question) -> tuple[Finding, ...]:
    """A note asked for without its octave has a frequency in each."""
    notes = find_notes(question.text)
    if len(notes) != 1 or not question.says(r"frequency|frequencies|hz|hertz|freq") or question.quantities:
        return ()
    a4, where = _reference(question)
    rows = [
        (note, midi_to_frequency(note.midi or 0, a4))
        for octave in range(1, 8)
        for note in [Note(notes[0].letter, notes[0].accidental, octave)]
    ]
    text = f"{notes[0]}{where} sounds at " + listed([f"{shown(f)} Hz ({note})" for note, f in rows]) + "."
    value: list[Value] = [{"note": str(note), "frequency_hz": round(f, 4)} for note, f in rows]
    return (finding("frequencies_hz", "frequency", value, "A4 times 2^(semitones from A4 / 12)", text),)


def _wavelength(f: float, what: str) -> Finding:
    length = SOUND_SPEED / f
    text = f"The wave of {what} is {shown(length, 3)} m long in air."
    return finding("wavelength_m", "number", round(length, 6), "343 m/s (air at 20 degrees Celsius) / frequency", text)


def _wave_of_frequency(question: Question) -> tuple[Finding, ...]:
    hertz = question.values("hz")
    if len(hertz) != 1 or not _audible(hertz[0]):
        return ()
    if question.says(r"wavelength|wave length|how long is (?:the|a) wave"):
        return (_wavelength(hertz[0], f"{shown(hertz[0], 3)} Hz"),)
    if question.says(r"period|cycle length|one cycle|length of (?:a|one) cycle") and not question.rates:
        ms = 1000 / hertz[0]
        return (
            finding(
                "period_ms",
                "delay",
                round(ms, 6),
                "1000 / frequency",
                f"A cycle of {shown(hertz[0], 3)} Hz lasts {shown(ms, 3)} ms.",
            ),
        )
    return ()


def _note_of_frequency(question: Question) -> tuple[Finding, ...]:
    hertz = question.values("hz")
    if (
        not hertz
        or len(hertz) > 12
        or not question.says(r"notes?|midi(?: note)?(?: number)?|pitch|cents|what is|tuned|closest|nearest")
    ):
        return ()
    if question.says(
        r"sample rate|reference|it tuned|nyquist|bit|"
        r"samples|low-?pass|high-?pass|filter|cut|boost|eq|resonances?|peaks?|around|"
        r"energy|spectrum|wav|flac|file"
    ):
        return ()
    if not question.says(r"notes?|midi|tuned|closest|nearest|pitch|cents") or not all(
        8.0 <= f <= 20000.0 for f in hertz
    ):
        return ()
    a4, where = _reference(question)
    found = []
    for f in hertz:
        exact = frequency_to_midi(f, a4)
        midi = round(exact)
        cents = round(100 * (exact - midi), 2)
        what = f"{shown(f, 3)} Hz{where}"
        if question.says(r"midi") and not question.says(r"note name|which note|what note"):
            found.append(
                finding(
                    "midi_number",
                    "number",
                    round(exact, 4),
                    "69 + 12 log2(frequency / A4)",
                    f"{what} is MIDI number {shown(exact)}.",
                )
            )
            continue
        text = (
            f"{what} is {note_name(midi)}." if abs(cents) < 1 else f"The note nearest to {what} is {note_name(midi)}."
        )
        found.append(
            finding("note", "note", note_name(midi), "69 + 12 log2(frequency / A4), rounded to the nearest note", text)
        )
        if abs(cents) >= 1:
            text = f"{what} is {shown(abs(cents), 1)} cents {'above' if cents > 0 else 'below'} that note."
            found.append(finding("cents_off", "tuning", cents, "1200 log2(frequency / frequency of the note)", text))
    return tuple(found)


def _between_frequencies(question: Question) -> tuple[Finding, ...]:
    hertz = question.values("hz")
    if len(hertz) != 2 and question.says(r"cents|semi-?tones?|beating|beat frequency") and not question.tempi:
        bare = question.values("hz", "")
        hertz = bare if len(bare) == 2 and min(bare) >= 20 and len(bare) == len(question.quantities) else hertz
    if len(hertz) != 2 or not all(_audible(f) for f in hertz):
        return ()
    low, high = hertz
    pair = f"{shown(low, 3)} and {shown(high, 3)} Hz"
    if question.says(r"beat(?:ing|s)?(?: frequency| rate| note)?"):
        text = f"{pair} together beat {shown(abs(high - low), 3)} times a second."
        return (
            finding(
                "beat_frequency_hz", "frequency", round(abs(high - low), 6), "difference of the two frequencies", text
            ),
        )
    cents = 1200 * math.log2(high / low)
    if question.says(r"semi-?tones?"):
        text = f"From {shown(low, 3)} to {shown(high, 3)} Hz is {shown(cents / 100)} semitones."
        return (finding("interval", "interval", round(cents / 100, 4), "12 log2(second frequency / first)", text),)
    if question.says(r"cents|interval|difference|apart|how far|ratio"):
        text = f"From {shown(low, 3)} to {shown(high, 3)} Hz is {shown(cents)} cents."
        return (finding("cents", "tuning", round(cents, 4), "1200 log2(second frequency / first)", text),)
    return ()


def _between_tunings(question: Question) -> tuple[Finding, ...]:
    if (
        question.a4 is None
        or not question.says(r"cents|difference|flat|sharp|lower|higher|semi-?tones?|far|below|above")
        or find_interval("", question.words)
    ):
        return ()
    others = [q.value for q in question.quantities if q.unit in ("", "hz") and 300 <= q.value <= 600]
    if len(others) > 1 or find_notes(question.text):
        return ()
    other, a4 = (others[0] if others else 440.0), question.a4
    cents = 1200 * math.log2(a4 / other)
    if not cents:
        return ()
    against = f"an A4 of {shown(other, 3)} Hz" if others else "standard pitch"
    text = f"An A4 of {shown(a4, 3)} Hz lies {shown(abs(cents))} cents {'above' if cents > 0 else 'below'} {against}."
    return (
        finding(
            "tuning_cents",
            "tuning",
            round(cents, 4),
            "1200 log2(A4 / the other A4), 440 Hz unless another is named",
            text,
        ),
    )


def _shifted_frequency(question: Question) -> tuple[Finding, ...]:
    """A frequency moved by an interval or by cents."""
    hertz, cents = question.values("hz"), question.values("cents")
    if len(hertz) != 1 or not _audible(hertz[0]) or question.tempi:
        return ()
    interval = None if cents else find_interval(question.text, question.words)
    if not (cents or interval) or not (
        question.says(ABOVE) or question.says(BELOW) or question.says("transpos\\w*|shift\\w*")
    ):
        return ()
    amount = cents[0] / 100 if cents else float(interval.semitones if interval else 0)
    amount *= -1 if question.says(BELOW) and amount > 0 else 1
    if abs(amount) > 120:
        return ()
    factor, method = math.exp2(amount / 12), "frequency times 2^(semitones / 12)"
    just = JUST_RATIOS.get(interval.name) if interval and question.says(r"just|pure") else None
    if just:
        factor, method = just[0] / just[1], "frequency times the ratio of just intonation"
        factor = 1 / factor if amount < 0 else factor
    f = hertz[0] * factor
    what = f"{shown(abs(cents[0]))} cents" if cents else interval_words(interval) if interval else ""
    text = f"{what[0].upper()}{what[1:]} {'below' if amount < 0 else 'above'} {shown(hertz[0], 3)} Hz is {shown(f)} Hz."
    return (finding("frequency_hz", "frequency", round(f, 4), method, text),)


# --- Harmonics ------------------------------------------------------------------------------------------------------


def _harmonics(question: Question) -> tuple[Finding, ...]:
    asks = (
        r"harmonic series|harmonics|overtones|overtone series|(?:th|st|nd|rd|first|second|third|fourth|fifth|"
        r"sixth|seventh) (?:harmonic|overtone)(?! minor| major)"
    )
    if not re.search(rf"(?:{asks})(?![a-z])", question.words) or question.tempi:
        return ()
    a4, where = _reference(question)
    notes, hertz = _octave_notes(question), question.values("hz")
    if len(hertz) == 1 and 1 <= hertz[0] <= 20000:
        base, what = hertz[0], f"{shown(hertz[0], 3)} Hz"
    elif len(notes) == 1 and not hertz:
        base, what = midi_to_frequency(notes[0].midi or 0, a4), f"{notes[0]}{where}"
    else:
        return ()
    ordinals = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
    single = re.search(
        r"(?:(\d{1,3})(?:th|st|nd|rd)|(first|second|third|fourth|fifth|sixth|seventh)) (harmonic|overtone)(?![a-z])",
        question.words,
    )
    if single:
        number = int(single[1] or ordinals[single[2]]) + (single[3] == "overtone")
        if not 1 <= number <= 999:
            return ()
        f = base * number
        text = (
            f"The {single[1] + single[0][len(single[1]) :].split()[0] if single[1] else single[2]} {single[3]} "
            f"of {what} is {shown(f)} Hz."
        )
        return (finding("harmonic_hz", "frequency", round(f, 4), "number of the harmonic times the fundamental", text),)
    wanted = re.search(r"first (\d{1,2}) ", question.words) or re.search(
        r"(?<![\w.])(\d{1,2}) (?:harmonics|overtones)", question.words
    )
    count = min(32, max(1, int(wanted[1]))) if wanted else 8
    series: list[float] = [round(base * n, 4) for n in range(1, count + 1)]
    text = f"The harmonics of {what} are {listed([shown(f) for f in series])} Hz."
    return (finding("harmonics_hz", "frequency", list(series), "1, 2, 3, ... times the fundamental", text),)


_PARSERS: tuple[Callable[[Question], tuple[Finding, ...]], ...] = (
    _harmonics, _midi_number, _between_tunings, _shifted_frequency, _between_frequencies, _note_of_frequency,
    _wave_of_frequency, _frequency_of_note,
)  # fmt: skip
