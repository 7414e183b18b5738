"""Chords, progressions, form, sections, notes and ranges in many words."""

from __future__ import annotations

from random import Random

from . import numbers as say
from .scene import Scene

DEGREES = {"I": (0, "maj"), "ii": (2, "min"), "iii": (4, "min"), "IV": (5, "maj"), "V": (7, "maj"), "vi": (9, "min")}
ROUNDS = ("I V vi IV", "vi IV I V", "ii V I vi", "I vi IV V", "I IV vi V", "IV I V vi")


def _round(rng: Random) -> tuple[str, list[str]]:
    """Numerals, and the chords they are in some major key."""
    numerals, tonic = rng.choice(ROUNDS), rng.randrange(12)
    chords = [f"{say.SHARPS[(tonic + DEGREES[each][0]) % 12]}:{DEGREES[each][1]}" for each in numerals.split()]
    return numerals, chords


def _segments(chords: list[str], numerals: list[str], rng: Random, times: int) -> list[dict[str, object]]:
    at, found = 0.0, []
    for label, numeral in list(zip(chords, numerals, strict=True)) * times:
        length = round(rng.uniform(1.8, 2.4), 3)
        found.append(
            {
                "start_s": round(at, 3),
                "end_s": round(at + length, 3),
                "label": label,
                "confidence": 0.9,
                "numeral": numeral,
            }
        )
        at += length
    return found


def progression(rng: Random) -> Scene:
    s = Scene(rng, "progression")
    numerals, chords = _round(rng)
    s.found("chords.segments", "chord", _segments(chords, numerals.split(), rng, 6))  # type: ignore[arg-type]
    s.found("chords.progression", "label", numerals)
    dash = rng.choice([" – ", "–", " - ", ", ", " → ", "-"])
    shown = [say.chord_words(each, rng) for each in chords]
    false = list(chords)
    false[rng.randrange(4)] = say.any_chord(rng, *chords)
    turned = [*shown[2:], *shown[:2]][::-1]
    wrong_numerals = rng.choice([each for each in ROUNDS if each not in numerals * 2 and not _turns(each, numerals)])
    slots = {
        "r": dash.join(numerals.split()), "c": dash.join(shown), "l": say.listed(shown, rng), "first": shown[0],
        "last": shown[-1],
    }  # fmt: skip
    wrong = [say.chord_words(each, rng) for each in false]
    s.tell(
        """
        The chords go {c}<|, again and again|, round and round|, on repeat>.
        {It} <loops|repeats|cycles through> {c}.
        The progression is {r}.
        It is built on a {r} progression.
        The chords {l} <repeat|come round again and again|keep coming back>.
        {It} <uses|cycles through|is built on> {l}.
        The loop goes {c} ({r}).
        In Roman numerals the progression <is|reads> {r}.
        Four chords go round: {l}.
        """,
        slots,
        {
            "wrong chord": {"c": dash.join(wrong), "l": say.listed(wrong, rng)},
            "wrong order": {"c": dash.join(turned)},
            "wrong numerals": {"r": dash.join(wrong_numerals.split())},
        },
    )
    s.tell(
        """
        {It} <starts|opens|begins> <on|with> <the chord |>{first}.
        The first chord is {first}.
        {It} <ends|closes|finishes> on {last}.
        The last chord is {last}.
        """,
        slots,
        {
            "wrong chord": {"first": say.chord_words(say.any_chord(rng, *chords), rng),
                            "last": say.chord_words(say.any_chord(rng, *chords), rng)},
            "swapped chords": {"first": slots["last"], "last": slots["first"]},
        },
    )  # fmt: skip
    s.lie("fact not in evidence", "There is {x} in the bridge.\n{It} <also |>uses {x}.",
          {"x": say.chord_words(say.any_chord(rng, *chords), rng)})  # fmt: skip
    return s


def _turns(one: str, other: str) -> bool:
    """Whether two cycles are the same, begun elsewhere."""
    return len(one) == len(other) and one in f"{other} {other}"


def chords_in_time(rng: Random) -> Scene:
    s = Scene(rng, "chords in time")
    numerals, chords = _round(rng)
    extra = rng.randrange(3)
    chords[extra] = chords[extra].replace("maj", "maj7").replace("min", "min7")
    segments = _segments(chords, numerals.split(), rng, 1)
    s.found("chords.segments", "chord", segments)  # type: ignore[arg-type]
    s.found("chords.distinct", "count", 4)
    rate = round(rng.uniform(14, 60), 1)
    s.found("chords.changes_per_minute", "number", rate)
    index = rng.randrange(1, 4)
    chord, start = say.chord_words(chords[index], rng), float(segments[index]["start_s"])  # type: ignore[arg-type]
    absent = say.chord_words(say.any_chord(rng, *chords), rng)
    other = say.chord_words(chords[index - 1], rng)
    s.tell(
        """
        At {t} the chord <changes to|becomes> {c}.
        {c} <comes in|enters|starts> at {t}.
        The {nth} chord is {c}.
        {p} is followed by {c}.
        {c} comes after {p}.
        At {t} {it} <moves|goes|turns> to {c}.
        """,
        {"t": f"{start:.1f} s", "c": chord, "nth": ("first", "second", "third", "fourth")[index], "p": other},
        {
            "wrong chord": {"c": absent},
            "wrong time": {"t": f"{say.away(start, rng, 3.2, 4):.1f} s" if start > 4.2 else f"{start + 9:.1f} s"},
            "wrong order": {"c": other, "p": chord},
        },
    )
    false = rng.choice([2, 3, 5, 6, 7, 9])
    s.tell(
        """
        There are {w} different chords<| in {it}>.
        {It} uses {w} <distinct|different> chords.
        It gets by with {w} chords.
        The chords change about {r} times a minute.
        There are <roughly|about|around> {r} chord changes <per|a|every> minute.
        The harmony changes <some|roughly> {r} times per minute.
        """,
        {"w": rng.choice(["4", "four"]), "r": say.plain(rate)},
        {
            "wrong count": {"w": rng.choice([str(false), say.words(false)])},
            "wrong number": {"r": say.plain(say.off(rate, rng, low=0.15))},
        },
    )
    return s


def _sections(rng: Random) -> tuple[str, list[dict[str, object]]]:
    form = rng.choice(["ABAB", "AABA", "ABAC", "ABCB", "ABA", "ABCD", "ABABC"])
    at, found = 0.0, []
    for letter in form:
        bars = rng.choice([4, 8, 8, 12, 16])
        length = bars * 2.1 + rng.uniform(0, 1)
        found.append(
            {"start_s": round(at, 2), "end_s": round(at + length, 2), "label": letter, "bars": bars, "confidence": 0.85}
        )
        at += length
    return form, found


def form(rng: Random) -> Scene:
    s = Scene(rng, "form")
    letters, sections = _sections(rng)
    s.found("structure.sections", "section", sections)  # type: ignore[arg-type]
    s.found("structure.form", "label", letters)
    s.found("structure.section_count", "count", len(letters))
    wrong_form = rng.choice([each for each in ("ABBA", "AAB", "ABCA", "AABB", "ABACA") if each != letters])
    wrong_count = rng.choice([n for n in (2, 3, 4, 5, 6, 8) if n != len(letters)])
    kinds = len(set(letters))
    s.tell(
        """
        The form is {f}.
        {It} <has|follows> an {f} <form|structure>.
        {It} <has|falls into|is made of|consists of|is divided into> {w} sections.
        There are {w} sections<|: {spaced}>.
        Structurally it <is|reads> {f}.
        I <hear|find|make out> {w} sections, <with the form|in the form> {f}.
        {w} <parts|sections> <can be told apart|follow each other>, in the order {spaced}.
        """,
        {"f": letters, "spaced": ", ".join(letters), "w": rng.choice([str(len(letters)), say.words(len(letters))])},
        {
            "wrong form": {"f": wrong_form, "spaced": ", ".join(wrong_form)},
            "wrong count": {"w": rng.choice([str(wrong_count), say.words(wrong_count)])},
        },
    )
    if kinds < len(letters):
        back = next(letter for letter in letters if letters.count(letter) > 1)
        once = next((letter for letter in letters if letters.count(letter) == 1), "")
        times = letters.count(back)
        s.tell(
            "Section {x} <comes|appears|is heard> {w}.\nThe {x} section <returns|comes back>.",
            {"x": back, "w": {2: "twice", 3: "three times"}[times]},
            {
                "wrong count": {"w": {2: "three times", 3: "twice"}[times]},
                **({"wrong section": {"x": once}} if once else {}),
            },
        )
    return s


def sections(rng: Random) -> Scene:
    s = Scene(rng, "sections")
    letters, found = _sections(rng)
    s.found("structure.sections", "section", found)  # type: ignore[arg-type]
    singles = [each for each in found if letters.count(str(each["label"])) == 1] or [found[0]]
    one = rng.choice(singles)
    start, end, bars = float(one["start_s"]), float(one["end_s"]), int(one["bars"])  # type: ignore[arg-type, call-overload]
    only = letters.count(str(one["label"])) == 1
    wrong = [say.away(start, rng, 6, 18) if start > 20 else start + rng.uniform(6, 18), end + rng.uniform(6, 18)]
    unlike = {str(each["label"]) for each in found} - {
        str(each["label"])
        for each in found
        if each is one or each["bars"] == bars or abs(_length(each) - (end - start)) < 3
    }
    other_lengths = [n for n in range(5, 60) if all(abs(n - _length(each)) > 1.5 for each in found)]
    wrong_bars = rng.choice([n for n in (2, 6, 10, 14, 20) if n != bars])
    which = "The <section {x}|{x} section|part {x}>" if only else "The first {x} section"
    slots = {
        "x": str(one["label"]), "t": say.clock(start), "u": say.clock(end),
        "n": rng.choice([str(bars), say.words(bars)]), "len": say.plain(end - start),
    }  # fmt: skip
    lies = {
        "wrong section time": {"t": say.clock(wrong[0]), "u": say.clock(wrong[1])},
        "wrong bars": {"n": rng.choice([str(wrong_bars), say.words(wrong_bars)])},
        "wrong number": {"len": str(rng.choice(other_lengths))},
    }
    if only and unlike:
        lies["wrong section"] = {"x": rng.choice(sorted(unlike))}
    templates = f"""
        {which} <starts|begins|enters|kicks in> at {{t}}<| and ends at {{u}}>.
        {which} runs from {{t}} to {{u}}.
        {which} <spans|lasts|takes up> {{n}} bars<|, from {{t}} to {{u}}>.
        {which} ends at {{u}}.
        From {{t}} to {{u}} you <hear|are in> {{x}}.
        {which} is {{n}} bars long.
        {which} (<{{t}}–{{u}}|{{t}} to {{u}}>) has {{n}} bars.
        {which} lasts <about|roughly> {{len}} seconds.
        <At {{t}}, {which}|{which}, at {{t}},> <comes in|sets in>.
    """.replace("At {t}, The", "At {t}, the")
    s.tell(templates, slots, lies)
    longest = max(found, key=_length)
    runner = sorted((_length(each) for each in found), reverse=True)[1]
    if letters.count(str(longest["label"])) == 1 and _length(longest) - runner > 3:
        shorter = next(str(each["label"]) for each in found if each["label"] != longest["label"])
        s.tell(
            """
            {x} is the longest section.
            The longest section is {x}<|, at {len} seconds>.
            No section <is longer|lasts longer> than {x}.
            """,
            {"x": str(longest["label"]), "len": say.plain(_length(longest))},
            {"wrong superlative": {"x": shorter}},
        )
        s.lie("wrong superlative", "{x} is the shortest section.\nThe shortest section is {x}.",
              {"x": str(longest["label"])})  # fmt: skip
    return s


def _length(section: dict[str, object]) -> float:
    return float(section["end_s"]) - float(section["start_s"])  # type: ignore[arg-type]


def notes(rng: Random) -> Scene:
    s = Scene(rng, "notes")
    low, span = rng.randrange(36, 60), rng.choice([7, 12, 16, 19, 24])
    high, count = low + span, rng.randrange(24, 900)
    s.found("notes.note_count", "count", count, confidence=0.85)
    s.found("notes.lowest", "note", say.midi_name(low), confidence=0.9)
    s.found("notes.highest", "note", say.midi_name(high), confidence=0.9)
    lo, hi = say.midi_name(low), say.midi_name(high)
    wrong_lo, wrong_hi = (
        say.midi_name(low + rng.choice([-5, -2, 2, 12])),
        say.midi_name(high + rng.choice([-12, -3, 1, 4])),
    )
    within_lo, within_hi = say.midi_name(low + rng.choice([2, 3])), say.midi_name(high - rng.choice([1, 2]))
    named = {7: "a perfect fifth", 12: "an octave", 16: "an octave and a major third", 19: "an octave and a fifth",
             24: "two octaves"}  # fmt: skip
    s.tell(
        """
        The notes <range|go|run|reach> from {lo} <up to|to> {hi}.
        {Its} <range|compass|ambitus> is {lo} to {hi}.
        The range is {lo}–{hi}<|, or {semis} semitones>.
        The lowest note is {lo}<|, the highest {hi}>.
        {hi} is the <highest|top> note, {lo} the <lowest|bottom one>.
        I count {n} notes<| between {lo} and {hi}>.
        {n} notes were <found|transcribed|detected>.
        {It} <has|contains|holds> {n} notes.
        The <part|line> bottoms out at {lo} and tops out at {hi}.
        """,
        {"lo": lo, "hi": hi, "n": say.grouped(count, rng), "semis": str(span)},
        {
            "wrong note": {"lo": wrong_lo, "hi": wrong_hi},
            "wrong count": {"n": say.grouped(round(say.off(count, rng)), rng)},
            "wrong interval": {"semis": str(span + rng.choice([-3, -1, 1, 2]))},
        },
    )
    ends = {"lo": lo, "hi": hi}
    s.tell(
        """
        The melody stays between {lo} and {hi}.
        Nothing goes <above {hi}|below {lo}>.
        {It} never leaves {lo} to {hi}.
        """,
        ends,
        {"wrong note": {"lo": within_lo, "hi": within_hi}},
    )
    s.lie(
        "swapped ends",
        "The lowest note is {hi}.\nThe highest note is {lo}, the lowest {hi}.\nIt tops out at {lo}.",
        ends,
    )
    s.tell(
        "The range <spans|covers> {i}<|, from {lo} to {hi}>.\nFrom {lo} to {hi} it spans {i}.",
        {"i": named[span], "lo": lo, "hi": hi},
        {"wrong interval": {"i": rng.choice([text for size, text in named.items() if size != span])}},
    )
    return s


def pitch(rng: Random) -> Scene:
    s = Scene(rng, "single pitch")
    midi = rng.randrange(40, 84)
    hz = round(say.midi_hz(midi + rng.uniform(-0.15, 0.15)), 2)
    s.found("notes.f0_hz", "frequency", hz, confidence=0.93)
    other = say.off(hz, rng, 2 * hz, hz / 2)
    s.tell(
        """
        {Its} fundamental is {f}.
        The <fundamental frequency|fundamental|pitch> <sits|lies> at {f}<|, a {note}>.
        {It} is pitched at {f}.
        The pitch is {note}<| ({f})>.
        {It} sounds a {note}.
        It is <tuned to|pitched at> {note}, <around|about> {f}.
        """,
        {"f": say.hertz(hz, rng), "note": say.midi_name(midi)},
        {
            "wrong number": {"f": say.hertz(other, rng)},
            "wrong note": {"note": say.midi_name(midi + rng.choice([-12, -4, -1, 1, 3, 12]))},
            "wrong unit": {"f": f"{hz:.0f} {rng.choice(['kHz', 'dB', 'ms', 'BPM'])}"},
        },
    )
    return s


TOPICS = (progression, chords_in_time, form, sections, notes, pitch)
