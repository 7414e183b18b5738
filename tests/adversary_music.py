"""The adversary's imagined chords, form, notes, kinds of sound and groove: true sentences about them, and lies."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import PurePath
from typing import Any

from grym_synth.messages import Evidence, Json

from .adversary_parts import (
    FLATS,
    PLAIN,
    SHARPS,
    TEMPO,
    WORDS,
    Draft,
    Fact,
    Lie,
    Slot,
    World,
    clock,
    count_slot,
    differs_in,
    key_words,
    note_words,
    number_between,
    number_slot,
    value_of,
    word_slot,
)

#: Degrees of a major key as (semitones, Harte quality, numeral), and cycles of them.
DEGREES = {
    "I": (0, "maj"), "I7": (0, "maj7"), "ii7": (2, "min7"), "iii": (4, "min"), "IV": (5, "maj"), "V": (7, "maj"),
    "V7": (7, "7"), "vi": (9, "min"), "bVII": (10, "maj"), "viiø7": (11, "hdim7"), "IVsus2": (5, "sus2"),
}  # fmt: skip
CYCLES = (
    ("I", "V", "vi", "IV"), ("ii7", "V7", "I7"), ("I", "vi", "IV", "V7"), ("vi", "IV", "I", "V"), ("I", "bVII", "IV"),
    ("I", "iii", "IV", "V7"), ("I", "IVsus2", "V7", "vi"),
)  # fmt: skip
WRITTEN = {
    "maj": ("", ""), "maj7": ("maj7", "M7"), "min7": ("m7", "min7"), "min": ("m", "min"), "7": ("7", "7"),
    "hdim7": ("m7b5", "ø7"), "sus2": ("sus2", "sus2"),
}  # fmt: skip
FORMS = ("AABA", "ABAB", "ABAC", "AABB", "ABACA", "AB", "ABCA")
KINDS = {
    "kick": "kick drum", "snare": "snare", "rim": "rimshot", "clap": "clap", "hat_closed": "closed hi-hat",
    "hat_open": "open hi-hat", "tom": "tom", "cymbal": "cymbal", "cowbell": "cowbell", "shaker": "shaker",
    "conga": "conga",
}  # fmt: skip
TAGS = ("rock", "guitar", "slow", "female vocal", "electronic", "piano", "ambient", "drums", "choir", "techno")


def measure_music(w: World, s: str) -> None:
    """Chords, form, notes, kind of sound and groove of one recording, as docs/evidence.md lists them."""
    rng = w.rng
    tonic, cycle = rng.randrange(12), rng.choice(CYCLES)
    segments: list[Json] = []
    at = 0.0
    for place in range(rng.randint(9, 22)):
        degree = cycle[place % len(cycle)]
        semitones, quality = DEGREES[degree]
        length = rng.choice((1.6, 2.1, 3.2, 4.3))
        label = f"{SHARPS[(tonic + semitones) % 12]}:{quality}"
        segments.append({"start_s": round(at, 2), "end_s": round(at + length, 2), "label": label,
                         "confidence": round(rng.uniform(0.5, 0.99), 2), "numeral": degree})  # fmt: skip
        at += length
    w.add(s, "chords.segments", "chord", segments, confidence=0.8)
    w.add(s, "chords.progression", "label", " ".join(cycle), confidence=0.8)
    w.add(s, "chords.changes_per_minute", "number", number_between(rng, 9, 60))
    w.add(s, "chords.distinct", "count", len(set(cycle)))

    form = rng.choice(FORMS)
    sections: list[Json] = []
    at = 0.0
    for letter in form:
        bars = rng.choice((4, 8, 8, 12, 16))
        length = round(bars * rng.uniform(1.8, 2.2), 1)
        sections.append({"start_s": round(at, 2), "end_s": round(at + length, 2), "label": letter, "bars": bars,
                         "confidence": 0.8})  # fmt: skip
        at += length
    w.add(s, "structure.sections", "section", sections, confidence=0.8)
    w.add(s, "structure.form", "label", form, confidence=0.8)
    w.add(s, "structure.section_count", "count", len(form))

    midi = [rng.randint(45, 81)]
    while len(midi) < rng.randint(9, 30):
        midi.append(min(88, max(40, midi[-1] + rng.choice((-5, -3, -2, -1, 1, 2, 4, 7)))))
    notes: list[Json] = [
        {"start_s": round(0.4 * i, 2), "end_s": round(0.4 * i + 0.35, 2), "midi": m, "velocity": 0.7, "confidence": 0.8}
        for i, m in enumerate(midi)
    ]
    w.add(s, "notes.melody", "note", notes, confidence=0.8)
    w.add(s, "notes.note_count", "count", len(midi))
    w.add(s, "notes.lowest", "note", named(min(midi)))
    w.add(s, "notes.highest", "note", named(max(midi)))

    kind, other = rng.sample(sorted(KINDS), 2)
    sure = round(rng.uniform(0.45, 0.98), 2)
    w.add(s, "timbre.label", "label", kind, confidence=sure)
    w.add(s, "timbre.label", "label", other, rank=1, confidence=round((1 - sure) * 0.6, 2))
    w.add(s, "timbre.tags", "tag", [{"tag": tag, "confidence": 0.6} for tag in rng.sample(TAGS, 4)])

    w.add(s, "rhythm.metre", "count", rng.choice((3, 4, 4, 5, 6, 7)), confidence=0.9)
    w.add(s, "rhythm.swing", "number", rng.choice((0.5, 0.51, 0.6, 0.63, 0.66)))
    w.add(s, "rhythm.drift_percent", "share", rng.choice((0.2, 0.4, 0.7, 1.8, 2.6, 4.3)))
    start = number_between(rng, 80, 150, 1)
    step = rng.choice((-0.9, -0.5, 0.0, 0.6, 1.1))
    curve: list[Json] = [{"start_s": 5.0 * i, "tempo_bpm": round(start + step * i, 1)} for i in range(12)]
    w.add(s, "rhythm.tempo_curve", "tempo", curve)
    first = number_between(rng, 0.1, 2, 2)
    w.add(s, "rhythm.downbeats_s", "time", [round(first + 2.07 * i, 2) for i in range(rng.randint(13, 60))])

    keys = [f"{SHARPS[tonic]} major"]
    if rng.random() < 0.6:
        keys.append(f"{SHARPS[(tonic + rng.choice((2, 5, 9))) % 12]} {rng.choice(('major', 'minor'))}")
    bound = rng.randint(30, 110)
    edges = [0.0, float(bound), 200.0] if len(keys) > 1 else [0.0, 200.0]
    parts: list[Json] = [{"start_s": edges[i], "end_s": edges[i + 1], "key": key, "confidence": 0.8}
                         for i, key in enumerate(keys)]  # fmt: skip
    w.add(s, "tonality.key_changes", "musical_key", parts, confidence=0.8)


def named(midi: int) -> str:
    return f"{SHARPS[midi % 12]}{midi // 12 - 1}"


def entries(item: Evidence) -> list[dict[str, Any]]:
    assert isinstance(item.value, list)
    return [each for each in item.value if isinstance(each, dict)]


def chord_words(w: World, label: str, style: int | None = None) -> str:
    """A Harte label as musicians write it, with either accidental; now and then as it is."""
    root, _, quality = label.partition(":")
    way = w.rng.randrange(2) if style is None else style
    shown = w.rng.choice((root, root, FLATS.get(root, root)))
    return shown + WRITTEN[quality][way]


def other_chords(w: World, label: str, held: Sequence[str]) -> list[str]:
    """Chords that are not among those held: another root, another quality."""
    root, _, quality = label.partition(":")
    moved = [f"{SHARPS[(SHARPS.index(root) + step) % 12]}:{quality}" for step in w.rng.sample(range(1, 12), 3)]
    changed = [f"{root}:{each}" for each in WRITTEN if each != quality]
    return [each for each in (*moved, *w.rng.sample(changed, 3)) if each not in held]


def place(w: World, seconds: float) -> str:
    """A time as an answer says it, where rounding and cutting agree."""
    return clock(w.rng, seconds) if seconds % 1 < 0.45 and seconds >= 10 else f"{seconds:.1f} s"


def plain_place(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


# --- chords ---------------------------------------------------------------------------------------------------------


def chord_at_fact(w: World, s: str) -> Fact:
    """One chord with the time at which it sounds."""
    item = w.get(s, "chords.segments")
    segments = entries(item)
    held = [each["label"] for each in segments]
    here = w.rng.choice(segments)
    start, end, label = here["start_s"], here["end_s"], here["label"]
    wrong = [Lie("wrong_chord", chord_words(w, each)) for each in other_chords(w, label, held)]
    near = {each["label"] for each in segments if each["start_s"] < end + 0.6 and each["end_s"] > start - 0.6}
    wrong += [Lie("chord_of_other_time", chord_words(w, each)) for each in sorted(set(held) - near)]
    sounding = [(each["start_s"] - 1, each["end_s"] + 1) for each in segments if each["label"] == label]
    far = [each["start_s"] + 1 for each in segments if each["end_s"] - each["start_s"] > 2]
    times = [Lie("wrong_time", plain_place(at)) for at in far if not any(low < at < high for low, high in sounding)]
    plain = here["numeral"].rstrip("7ø")
    degrees = sorted({each["numeral"] for each in segments if each["numeral"].rstrip("7ø") != plain})
    return Fact(
        (item,),
        {
            "chord": Slot(chord_words(w, label), tuple(wrong)),
            "at": Slot(plain_place(start), tuple(times[:4])),
            "from": Slot(plain_place(start), tuple(times[:3])),
            "to": Slot(plain_place(end)),
            "degree": word_slot(here["numeral"], "wrong_degree", *degrees),
        },
        (
            "At {at} the chord of {who} is {chord}.",
            "{who} has {chord} from {from} to {to}.",
            "In {who}, {chord} ({degree}) sounds from {from} to {to}.",
        ),
        (),
        ("What is the chord there?", "Which chords are in it?"),
    )


def chord_row_fact(w: World, s: str) -> Fact:
    """The cycle in chord names and in degrees: another order is a lie."""
    rng = w.rng
    item, rounds = w.get(s, "chords.segments"), w.get(s, "chords.progression")
    segments = entries(item)
    size = len(str(rounds.value).split())
    labels = [each["label"] for each in segments[:size]]
    degrees = [each["numeral"] for each in segments[:size]]
    joint = rng.choice((" – ", " - ", " -> "))
    style = rng.randrange(2)
    names = [chord_words(w, label, style) for label in labels]
    swapped = [names[1], names[0], *names[2:]]
    rows = [label for label, _ in groupby(each["label"] for each in segments)]

    def stands(order: Sequence[str]) -> bool:
        return any(rows[i : i + size] == list(order) for i in range(len(rows)))

    lies = []
    if not stands([labels[1], labels[0], *labels[2:]]):
        lies.append(Lie("wrong_order", joint.join(swapped)))
    for wrong in other_chords(w, labels[-1], labels)[:2]:
        lies.append(Lie("wrong_chord", joint.join([*names[:-1], chord_words(w, wrong, style)])))
    mixed = " ".join([degrees[1], degrees[0], *degrees[2:]])
    cycled = [degrees[i:] + degrees[:i] for i in range(size)]
    wrong_rows = [mixed] if mixed.split() not in cycled else []
    plain = {each.rstrip("7ø") for each in degrees}
    numeral = rng.choice([each for each in DEGREES if each.rstrip("7ø") not in plain])
    wrong_rows.append(" ".join([*degrees[:-1], numeral]))
    slots = {
        "row": Slot(joint.join(names), tuple(lies)),
        "degrees": word_slot(" ".join(degrees), "wrong_degree", *wrong_rows),
        "dashed": word_slot("–".join(degrees), "wrong_degree", *(each.replace(" ", "–") for each in wrong_rows)),
    }
    return Fact(
        (item, rounds),
        slots,
        (
            "The chords of {who} go {row}.",
            "{who} goes {row} ({degrees}).",
            "In {who} the progression is {row}.",
            "The progression of {who} is {degrees}.",
            "{who} runs through {dashed}.",
        ),
        (),
        ("What are the chords?", "The changes in numerals please"),
    )


def chord_count_fact(w: World, s: str) -> Fact:
    rate, kinds = w.get(s, "chords.changes_per_minute"), w.get(s, "chords.distinct")
    value = round(value_of(rate))
    wrong = [value + w.rng.randint(3, 20), max(1, value - w.rng.randint(3, 8)), value * 10]
    slots = {
        "rate": Slot(str(value), tuple(Lie("wrong_count", str(n)) for n in wrong if abs(n - value) > 2)),
        "kinds": count_slot(w, s, int(value_of(kinds)), name=kinds.name),
    }
    return Fact(
        (rate, kinds),
        slots,
        (
            "The chords of {who} change about {rate} times a minute.",
            "{who} has about {rate} changes a minute.",
            "{who} uses {kinds} different chords.",
        ),
        (),
        ("How often do the chords change?", "How many chords?"),
        frozenset(
            other
            for other in differs_in(w, s, rate.name, 3.0) & differs_in(w, s, kinds.name)
        ),
    )  # fmt: skip


def chord_absent_fact(w: World, s: str) -> Fact:
    item = w.get(s, "chords.segments")
    held = [each["label"] for each in entries(item)]
    absent = [chord_words(w, each) for each in other_chords(w, held[0], held)]
    lies = [Lie("false_absence", f"no {chord_words(w, each)}") for each in sorted(set(held))]
    return Fact(
        (item,), {"none": Slot(f"no {absent[0]}", tuple(lies))}, ("There is {none} in {who}.", "{who} has {none}."), (),
        ("Is that chord in it?",),
    )  # fmt: skip


# --- form -----------------------------------------------------------------------------------------------------------


def form_fact(w: World, s: str) -> Fact:
    form, count = w.get(s, "structure.form"), w.get(s, "structure.section_count")
    sections = w.get(s, "structure.sections")
    right = str(form.value)
    wrong = [each for each in FORMS if each != right]
    number = len(right)
    counts = [n for n in (number - 1, number + 1, number + 3) if n > 0]
    return Fact(
        (form, count, sections),
        {
            "form": word_slot(right, "wrong_form", *wrong),
            "n": Slot(w.rng.choice((str(number), WORDS[number])), tuple(Lie("wrong_count", str(n)) for n in counts)),
        },
        (
            "The form of {who} is {form}.",
            "{who} has the form {form}.",
            "{who} has {n} sections, in the form {form}.",
            "I count {n} sections in {who}.",
        ),
        (),
        ("What is the form?", "How many sections?"),
        differs_in(w, s, form.name) & differs_in(w, s, count.name),
    )


def section_fact(w: World, s: str) -> Fact:
    item = w.get(s, "structure.sections")
    sections = entries(item)
    here = w.rng.choice(sections)
    label, start, end, bars = here["label"], here["start_s"], here["end_s"], here["bars"]
    letters = [each["label"] for each in sections]
    others = sorted({*letters, "G"} - {label})
    elsewhere = [each for each in sections if each["label"] != label]
    sizes = {each["bars"] for each in sections if each["label"] == label}
    wrong_bars = [n for n in (4, 6, 8, 12, 16, 24) if n not in sizes]
    times = letters.count(label)
    own = sorted(each["start_s"] for each in sections if each["label"] == label)
    return Fact(
        (item,),
        {
            "label": Slot(label, tuple(Lie("wrong_section", each) for each in others)),
            "lone": Slot(label, tuple(Lie("wrong_section", each) for each in others if letters.count(each) != times)),
            "from": Slot(plain_place(start), tuple(Lie("wrong_time", plain_place(e["start_s"])) for e in elsewhere)),
            "to": Slot(plain_place(end)),
            "bars": Slot(f"{bars} bars", tuple(Lie("wrong_count", f"{n} bars") for n in wrong_bars)),
            "times": Slot(str(times), (Lie("wrong_count", str(times + 1)), Lie("wrong_count", str(times + 2)))),
            "first": Slot(plain_place(own[0]), tuple(
                Lie("wrong_time", plain_place(e["start_s"])) for e in sections if e["start_s"] != own[0])),
        },
        (
            "Section {label} of {who} goes from {from} to {to}.",
            "In {who}, section {label} starts at {from} and has {bars}.",
            "{who}: {label} {from}–{to} ({bars}).",
            "Section {lone} comes {times} times in {who}.",
            f"In {{who}}, section {label} first starts at {{first}}.",
        ),
        (),
        ("Where does each section start?", "How long are the parts?"),
    )  # fmt: skip


def longest_section_fact(w: World, s: str) -> Fact | None:
    item = w.get(s, "structure.sections")
    sections = entries(item)
    lengths = sorted((each["end_s"] - each["start_s"] for each in sections), reverse=True)
    longest = max(sections, key=lambda each: each["end_s"] - each["start_s"])
    others = sorted({each["label"] for each in sections} - {longest["label"]})
    nth = w.rng.randrange(min(4, len(sections)))
    word = ("first", "second", "third", "fourth")[nth]
    wrong = sorted({each["label"] for each in sections} - {sections[nth]["label"]})
    if lengths[0] - lengths[1] < 0.5 or not others:
        return None
    return Fact(
        (item,),
        {
            "longest": Slot(longest["label"], tuple(Lie("wrong_superlative", each) for each in others)),
            "nth": Slot(sections[nth]["label"], tuple(Lie("wrong_section", each) for each in wrong)),
        },
        ("The longest section of {who} is {longest}.", f"The {word} section of {{who}} is {{nth}}."),
        (),
        ("Which section is the longest?",),
    )


# --- notes ----------------------------------------------------------------------------------------------------------


def compass_fact(w: World, s: str) -> Fact:
    low, high, count = (w.get(s, f"notes.{name}") for name in ("lowest", "highest", "note_count"))
    bottom, top = str(low.value), str(high.value)
    moved = named(40 + w.rng.randrange(12))
    slots = {
        "low": Slot(note_words(w.rng, bottom), (
            Lie("wrong_measure", top), *([Lie("wrong_note", moved)] if moved not in (bottom, top) else []))),
        "high": Slot(note_words(w.rng, top), (
            Lie("wrong_measure", bottom), Lie("wrong_note", f"{top[:-1]}{int(top[-1]) + 1}"))),
        "n": count_slot(w, s, int(value_of(count)), name=count.name),
    }  # fmt: skip
    return Fact(
        (low, high, count),
        slots,
        (
            "The lowest note of {who} is {low}.",
            "The highest note of {who} is {high}.",
            "{who} has {n} notes.",
            "The notes of {who} go from {low} to {high}.",
        ),
        (),
        ("What is the range?", "How many notes?"),
        differs_in(w, s, low.name) & differs_in(w, s, high.name) & differs_in(w, s, count.name),
    )


def opening_fact(w: World, s: str) -> Fact:
    item = w.get(s, "notes.melody")
    names = [named(each["midi"]) for each in entries(item)]
    size = w.rng.randint(3, 5)
    first = names[:size]
    lies = []
    for wrong in (
        [first[1], first[0], *first[2:]],
        [*first[:-1], named(41 + w.rng.randrange(40))],
        names[2 : 2 + size],
    ):
        if wrong != first:
            lies.append(Lie("wrong_order", " – ".join(wrong)))
    return Fact(
        (item,),
        {"row": Slot(" – ".join(first), tuple(lies))},
        ("The melody of {who} begins {row}.", "{who} begins with the notes {row}."),
        (),
        ("How does the tune go?",),
    )


# --- kinds of sound -------------------------------------------------------------------------------------------------


def kind_fact(w: World, s: str) -> Fact:
    item, other = w.get(s, "timbre.label"), w.find(s, "timbre.label", rank=1)
    assert other is not None
    right, second = KINDS[str(item.value)], KINDS[str(other.value)]
    percent = round(100 * item.confidence)
    wrong = [name for kind, name in KINDS.items() if kind not in (item.value, other.value)]
    lies = [Lie("wrong_kind", name) for name in w.rng.sample(wrong, 3)]
    lies.append(Lie("alternative_as_main", second, (other,)))
    sure = [n for n in (percent - 17, percent + 9) if 0 < n <= 100]
    return Fact(
        (item,),
        {
            "kind": Slot(right, tuple(lies)),
            "sure": Slot(f"{percent} %", tuple(Lie("wrong_percentage", f"{n} %") for n in sure)),
        },
        ("{who} is a {kind}, {sure} sure.", "{who} is a {kind}.", "{who} is most likely a {kind} ({sure} sure)."),
        (),
        ("What sound is it?",),
        differs_in(w, s, item.name),
        (Lie("wrong_kind", f"It is not a {right}."),),
    )


def tags_of_sound_fact(w: World, s: str) -> Fact:
    item = w.get(s, "timbre.tags")
    tags = [each["tag"] for each in entries(item)]
    absent = [tag for tag in TAGS if tag not in tags]
    wrong = [", ".join([*tags[:2], tag]) for tag in absent[:3]]
    return Fact(
        (item,),
        {"tags": word_slot(", ".join(tags[:3]), "invented_tag", *wrong)},
        ("{who} sounds like: {tags}.",),
        (),
        ("What does it sound like?",),
    )


# --- groove and keys ------------------------------------------------------------------------------------------------


def metre_fact(w: World, s: str) -> Fact:
    item, bars = w.get(s, "rhythm.metre"), w.get(s, "rhythm.downbeats_s")
    beats = int(value_of(item))
    assert isinstance(bars.value, list)
    number = len(bars.value)
    signs = {3: "3/4", 4: "4/4", 5: "5/4", 6: "6/8", 7: "7/8"}
    wrong = [n for n in (2, 3, 4, 5, 6, 7) if n != beats]
    slots = {
        "beats": Slot(w.rng.choice((str(beats), WORDS[beats])), tuple(
            Lie("wrong_count", text) for n in wrong[:3] for text in (str(n), WORDS[n]))),
        "sign": word_slot(signs[beats], "wrong_metre", *(signs[n] for n in wrong if n in signs)),
        "bars": Slot(str(number), (Lie("wrong_count", str(number + 4)), Lie("wrong_count", str(number * 4)))),
    }  # fmt: skip
    return Fact(
        (item, bars),
        slots,
        (
            "{who} has {beats} beats to the bar.",
            "{who} has {beats} beats in each bar ({sign}).",
            "{who} is in {sign}.",
            "I count {bars} bars in {who}.",
        ),
        (),
        ("What metre is it in?", "How many bars?"),
        frozenset(
            other for other in differs_in(w, s, item.name)
            if len(str(w.get(other, bars.name).value)) != len(str(bars.value))
        ),
    )  # fmt: skip


def swing_fact(w: World, s: str) -> Fact:
    item = w.get(s, "rhythm.swing")
    value = value_of(item)
    right, wrong = ("straight", "swung") if value < 0.53 else ("swung", "straight")
    return Fact(
        (item,),
        {
            "feel": word_slot(right, "wrong_direction", wrong, f"not {right}"),
            "x": number_slot(w, s, value, PLAIN, named=False),
        },
        ("{who} is {feel}.", "{who} is {feel}: its off-beats fall at {x} of the beat."),
        (),
        ("Does it swing?",),
    )


def drift_fact(w: World, s: str) -> Fact:
    item = w.get(s, "rhythm.drift_percent")
    value = value_of(item)
    right, wrong = ("is steady", "drifts") if value <= 1 else ("drifts", "is steady")
    far = [round(value + d, 1) for d in (3.1, 7.4)]
    return Fact(
        (item,),
        {
            "word": word_slot(right, "wrong_direction", wrong),
            "x": Slot(f"{value} %", tuple(Lie("wrong_number", f"{n} %") for n in far)),
        },
        ("The tempo of {who} {word}.", "The tempo of {who} {word}: it stays within {x}."),
        (),
        ("Is it played to a click?",),
    )


def glide_fact(w: World, s: str) -> Fact | None:
    item = w.get(s, "rhythm.tempo_curve")
    tempi = [float(each["tempo_bpm"]) for each in entries(item)]
    if abs(tempi[-1] - tempi[0]) < 4:
        return None
    right, wrong = ("speeds up", "slows down") if tempi[-1] > tempi[0] else ("slows down", "speeds up")
    return Fact(
        (item,),
        {
            "way": word_slot(right, "wrong_direction", wrong),
            "from": number_slot(w, s, tempi[0], TEMPO, named=False, siblings=[(tempi[-1], item)]),
            "to": number_slot(w, s, tempi[-1], TEMPO, named=False, siblings=[(tempi[0], item)]),
        },
        ("{who} {way}.", "{who} {way} from {from} to {to}."),
        (),
        ("Does it speed up?",),
    )


def key_change_fact(w: World, s: str) -> Fact:
    rng = w.rng
    item = w.get(s, "tonality.key_changes")
    parts = entries(item)
    keys = [str(each["key"]) for each in parts]
    tonic, mode = keys[0].split()
    moved = next(k for k in (f"{SHARPS[(SHARPS.index(tonic) + n) % 12]} {mode}" for n in rng.sample(range(1, 12), 11))
                 if k not in keys)  # fmt: skip
    if len(keys) == 1:
        return Fact(
            (item,),
            {
                "key": Slot(key_words(rng, keys[0]), (Lie("wrong_key", key_words(rng, moved)),)),
                "stays": word_slot("stays in", "wrong_direction", "changes to"),
            },
            ("{who} {stays} {key}.",),
            (),
            ("Does it modulate?",),
        )
    second = parts[1]["start_s"]
    times = tuple(Lie("wrong_time", plain_place(second + d)) for d in (-20, 13, 45))
    return Fact(
        (item,),
        {
            "one": Slot(key_words(rng, keys[0]), (Lie("wrong_key", key_words(rng, moved)),)),
            "two": Slot(key_words(rng, keys[1]), (Lie("wrong_key", key_words(rng, moved)),)),
            "at": Slot(plain_place(second), times),
        },
        (
            "{who} starts in {one} and changes to {two} at {at}.",
            "At {at}, {who} changes to {two}.",
        ),
        (),
        ("Does it modulate?",),
        frozenset(),
        (
            Lie("wrong_direction", f"It stays in {keys[0]}."),
            Lie("wrong_order", f"It starts in {keys[1]} and changes to {keys[0]} at {plain_place(second)}."),
        ),
    )


# --- two recordings held against each other -------------------------------------------------------------------------

#: Finding, kind, its word for more and for less, its unit, and a sentence about the second recording.
DIFFERENCES = (
    ("loudness_difference_lu", "loudness_difference", "louder", "quieter", "{b} is {x} LU {way} than {a}."),
    ("stretch_percent", "share", "faster", "slower", "{b} must be played {x} % {way} to fit {a}."),
    ("alignment_s", "time", "later", "earlier", "{b} comes {x} s {way} than {a}."),
    ("shift_semitones", "interval", "up", "down", "Shift {b} {way} by {x} semitones to fit {a}."),
    ("bands_db", "ratio", "more", "less", "Level-matched, {b} has {x} dB {way} {band} than {a}."),
)
VERDICTS = (
    ("identical", "They are identical."),
    ("same audio, moved in time", "They hold the same audio, moved in time."),
    ("same audio, inverted", "They hold the same audio, inverted."),
    ("same audio, at another level", "They hold the same audio, at another level."),
    ("different", "They are different recordings."),
)
BAND_NAMES = {"bass": "bass", "mid": "mids", "brilliance": "brilliance", "presence": "presence"}


def held_against_draft(w: World, s: str) -> Draft | None:
    """What an agent found when it held one recording against the first: every difference is minus that of the first."""
    rng = w.rng
    if len(w.subjects) < 2:
        return None
    first, own = w.subjects[0], rng.choice(w.subjects[1:])
    a, b = PurePath(first).name, PurePath(own).name
    if rng.random() < 0.25:
        verdict, text = rng.choice(VERDICTS)
        item = w.add(own, "compare.verdict", "label", verdict, agent="compare")
        wrong = [each for other, each in VERDICTS if other != verdict]
        return Draft((word_slot(text, "wrong_label", *wrong),), (item,), "Are they the same?")
    name, kind, more, less, template = rng.choice(DIFFERENCES)
    size: float = rng.randint(1, 6) if kind == "interval" else number_between(rng, 1.2, 9)
    value = size * rng.choice((-1, 1))
    right, wrong_way = (more, less) if value > 0 else (less, more)
    band = rng.choice(sorted(BAND_NAMES))
    shares: dict[str, Json] = {each: number_between(rng, -9, 9) for each in BAND_NAMES}
    held: Json = {**shares, band: value} if name == "bands_db" else value
    item = w.add(own, f"compare.{name}", kind, held, agent="compare")
    shown = str(round(size)) if kind == "interval" else f"{size:.1f}"
    far = size + rng.choice((2, 5))
    lie = str(round(far)) if kind == "interval" else f"{far:.1f}"
    slots = {
        "a": Slot(a), "b": Slot(b), "way": word_slot(right, "wrong_direction", wrong_way),
        "x": Slot(shown, (Lie("wrong_number", lie),)), "band": Slot(BAND_NAMES[band]),
    }  # fmt: skip
    pieces = re.split(r"\{(\w+)\}", template)
    parts = tuple(piece if i % 2 == 0 else slots[piece] for i, piece in enumerate(pieces) if piece or i % 2)
    swapped = template.replace("{a}", "{_}").replace("{b}", "{a}").replace("{_}", "{b}")
    backwards = swapped.format(a=a, b=b, way=right, x=shown, band=BAND_NAMES[band])
    return Draft(parts, (item,), "How do they compare?", (Lie("swapped_file", backwards),))


MUSIC_FACTS: tuple[Callable[[World, str], Fact | None], ...] = (
    chord_at_fact, chord_row_fact, chord_count_fact, chord_absent_fact, form_fact, section_fact, longest_section_fact,
    compass_fact, opening_fact, kind_fact, tags_of_sound_fact, metre_fact, swing_fact, drift_fact, glide_fact,
    key_change_fact,
)  # fmt: skip
