"""Several claims in one sentence, and music arithmetic."""

from __future__ import annotations

from random import Random

from . import numbers as say
from .scene import Scene


def at_a_glance(rng: Random) -> Scene:
    s = Scene(rng, "several claims")
    bpm, key = round(rng.uniform(75, 170), 1), say.any_key(rng)
    lufs, peak = round(rng.uniform(-20, -7), 2), round(rng.uniform(-3, 1), 2)
    seconds, code = round(rng.uniform(90, 400), 1), say.camelot(key)
    s.found("rhythm.tempo_bpm", "tempo", bpm, confidence=0.96)
    s.found("tonality.key", "musical_key", key, confidence=0.93)
    s.found("tonality.camelot", "label", code, confidence=0.93)
    s.found("loudness.integrated_lufs", "loudness", lufs, confidence=1.0)
    s.found("loudness.true_peak_dbtp", "true_peak", peak, confidence=1.0)
    s.found("facts.duration_s", "duration", seconds, confidence=1.0)
    false_key = say.any_key(rng, key, say.relative(key), say.other_mode(key))
    slots = {
        "n": say.plain(bpm), "k": say.key_words(key, rng), "c": code, "l": say.signed(lufs, rng),
        "p": say.signed(peak, rng), "t": say.clock(seconds), "long": say.lasting(seconds, rng),
    }  # fmt: skip
    wrong_time = seconds + rng.uniform(12, 60)
    s.tell(
        """
        {It} runs at {n} BPM, <is in|sits in> {k} ({c}) and <lasts|is> {t}<| long>.
        At {n} BPM and in {k}, {it} <measures|comes in at> {l} LUFS.
        {It} is <a {n} BPM track|at {n} BPM> in {k}, {t} long, at {l} LUFS with a true peak of {p} dBTP.
        {n} BPM, {k}, {l} LUFS.
        Tempo: {n} BPM; key: {k}; loudness: {l} LUFS; length: {t}.
        In {long} it <goes|moves> along at {n} BPM, in {k}.
        {It} is in {k}, at {n} BPM, and its true peak is {p} dBTP.
        With {l} LUFS and a true peak of {p} dBTP, {it} is in {k} at {n} BPM.
        The key is {k}, the tempo {n} BPM and the <loudness|integrated loudness> {l} LUFS.
        {It} has a tempo of {n}, a loudness of {l} and a true peak of {p}.
        It lasts {long}, at {n} BPM.
        For a DJ: {n} BPM, {c}, {t}.
        """,
        slots,
        {
            "one of several numbers": {"n": say.plain(say.off(bpm, rng, bpm * 2, bpm / 2))},
            "one of several levels": {"l": say.signed(say.away(lufs, rng, 0.8, 4, peak), rng)},
            "one of several peaks": {"p": say.signed(say.away(peak, rng, 0.6, 2, lufs), rng)},
            "one of several keys": {"k": say.key_words(false_key, rng)},
            "one of several codes": {"c": f"{(int(code[:-1]) + 3) % 12 + 1}{code[-1]}"},
            "one of several times": {"t": say.clock(wrong_time), "long": say.lasting(wrong_time, rng)},
            "swapped figures": {"l": slots["p"], "p": slots["l"]},
        },
    )
    s.lie("negated truth", "{It} is in {k} but not at {n} BPM.\n{It} runs at {n} BPM and is not in {k}.", slots)
    return s


def two_at_a_glance(rng: Random) -> Scene:
    s = Scene(rng, "several claims on two", 2)
    bpm = round(rng.uniform(75, 120), 1), round(rng.uniform(128, 170), 1)
    first = say.any_key(rng)
    keys = first, say.any_key(rng, first, say.other_mode(first), say.relative(first))
    lufs = round(rng.uniform(-20, -13), 2), round(rng.uniform(-11.5, -7), 2)
    for of in (0, 1):
        s.found("rhythm.tempo_bpm", "tempo", bpm[of], of=of, confidence=0.96)
        s.found("tonality.key", "musical_key", keys[of], of=of, confidence=0.93)
        s.found("loudness.integrated_lufs", "loudness", lufs[of], of=of, confidence=1.0)
    n, m = (say.plain(each) for each in bpm)
    k, j = (say.key_words(each, rng) for each in keys)
    x, y = (say.signed(each, rng) for each in lufs)
    slots = {"a": s.names[0], "b": s.names[1], "n": n, "m": m, "k": k, "j": j, "x": x, "y": y}
    s.tell(
        """
        {a}: {n} BPM, {k}, {x} LUFS; {b}: {m} BPM, {j}, {y} LUFS.
        {a} runs at {n} BPM in {k}, while {b} runs at {m} BPM in {j}.
        {b} is both faster ({m} against {n} BPM) and louder ({y} against {x} LUFS) than {a}.
        {a} is in {k} at {x} LUFS; {b} is in {j} at {y} LUFS.
        While {a} is in {k}, {b} is in {j}.
        {a} is slower and quieter than {b}.
        {b} is faster and louder.
        Where {a} sits at {n} BPM and {x} LUFS, {b} does {m} BPM and {y} LUFS.
        """,
        slots,
        {
            "recordings swapped": {"a": s.names[1], "b": s.names[0]},
            "figures of the other": {"n": m, "m": n},
            "keys of the other": {"k": j, "j": k},
            "levels of the other": {"x": y, "y": x},
        },
    )
    s.lie(
        "one direction wrong",
        "{b} is faster but quieter than {a}.\n{a} is slower and louder than {b}.\n{b} is slower but louder.",
        slots,
    )
    return s


LENGTHS = {"quarter": 1.0, "eighth": 0.5, "dotted eighth": 0.75, "sixteenth": 0.25, "half": 2.0}


def delay_time(rng: Random) -> Scene:
    s = Scene(rng, "delay time")
    bpm, note = rng.randrange(70, 170), rng.choice(sorted(LENGTHS))
    ms = 60000 / bpm * LENGTHS[note]
    s.question = f"How long is a {note} note at {bpm} BPM?"
    s.found("theory.delay_ms", "delay", round(ms, 6), of=-1, confidence=1.0, agent="theory")
    s.subjects = ()
    s.tell(
        """
        A {note} note at {n} BPM <lasts|takes> {d} <ms|milliseconds>.
        At {n} BPM a {note} note <lasts|is|comes to> {d} <ms|milliseconds>.
        Set the delay to {d} ms.
        {d} ms.
        That is {d} milliseconds.
        The answer: {d} ms<| for a {note} note at {n} BPM>.
        """,
        {"note": note, "n": str(bpm), "d": say.plain(ms, rng.choice([0, 1, 2]))},
        {"wrong number": {"d": say.plain(ms * rng.choice([0.5, 0.9, 1.1, 1.5, 2]), 1)}},
    )
    s.lie("wrong unit", "That is {d} <s|Hz|bars>.\nA {note} note at {n} BPM lasts {d} seconds.",
          {"note": note, "n": str(bpm), "d": say.plain(ms, 0)})  # fmt: skip
    return s


INTERVALS = {
    1: "minor second", 2: "major second", 3: "minor third", 4: "major third", 5: "perfect fourth", 7: "perfect fifth",
    8: "minor sixth", 9: "major sixth", 10: "minor seventh", 11: "major seventh",
}  # fmt: skip


def interval(rng: Random) -> Scene:
    s = Scene(rng, "interval")
    low, size = rng.randrange(45, 66), rng.choice(sorted(INTERVALS))
    a, b = say.midi_name(low), say.midi_name(low + size)
    while "#" in a or "#" in b:  # names with sharps are spelt by ear: the interval's name would be another
        low, size = rng.randrange(45, 66), rng.choice(sorted(INTERVALS))
        a, b = say.midi_name(low), say.midi_name(low + size)
    s.question = f"Which interval is {a} to {b}?"
    s.subjects = ()
    s.found("theory.interval", "interval", size, of=-1, confidence=1.0, agent="theory")
    s.found("theory.interval_name", "label", INTERVALS[size], of=-1, confidence=1.0, agent="theory")
    wrong = rng.choice([each for each in INTERVALS if each != size])
    s.tell(
        """
        From {a} <up |>to {b} is a {i}.
        {a} to {b} is a {i}, {n}.
        It is a {i}<| ({n})>.
        {b} lies a {i} above {a}.
        {a} and {b} are {n} apart.
        {b} is {n} <above|higher than> {a}.
        """,
        {"a": a, "b": b, "i": INTERVALS[size], "n": _semitones(size, rng)},
        {"wrong interval": {"i": INTERVALS[wrong], "n": _semitones(wrong, rng)}},
    )
    s.lie("wrong direction", "{b} lies a {i} below {a}.\n{b} is {n} lower than {a}.",
          {"a": a, "b": b, "i": INTERVALS[size], "n": _semitones(size, rng)})  # fmt: skip
    return s


def _semitones(n: int, rng: Random) -> str:
    return f"{rng.choice([str(n), say.words(n)])} semitone{'' if n == 1 else 's'}"


def chord_notes(rng: Random) -> Scene:
    s = Scene(rng, "notes of a chord")
    root = rng.randrange(12)
    suffix, steps = rng.choice([("", (0, 4, 7)), ("m", (0, 3, 7)), ("m7", (0, 3, 7, 10)), ("7", (0, 4, 7, 10))])
    names = [say.SHARPS[(root + step) % 12] for step in steps]
    false = list(names)
    false[rng.randrange(1, len(names))] = rng.choice([n for n in say.SHARPS if n not in names])
    chord = names[0] + suffix
    s.question, s.subjects = f"What are the notes of {chord}?", ()
    s.found("theory.chord_notes", "note", list(names), of=-1, confidence=1.0, agent="theory")
    s.found("theory.text", "label", f"{chord} is made of {', '.join(names[:-1])} and {names[-1]}.", of=-1,
            confidence=1.0, agent="theory")  # fmt: skip
    s.tell(
        """
        {c} <consists of|is made of|contains> {l}.
        The notes of {c} are {l}.
        {c}: {d}.
        Play {l} for {c}.
        """,
        {"c": chord, "l": say.listed(names, rng), "d": "–".join(names)},
        {"wrong note": {"l": say.listed(false, rng), "d": "–".join(false)}},
    )
    return s


def related_key(rng: Random) -> Scene:
    s = Scene(rng, "relative key")
    key = say.any_key(rng)
    other = say.relative(key)
    mode = other.split()[1]
    s.question, s.subjects = f"What is the relative {mode} of {key}?", ()
    s.found("theory.relative_key", "musical_key", other, of=-1, confidence=1.0, agent="theory")
    false = say.key_words(say.any_key(rng, key, other), rng)
    s.tell(
        """
        The relative {mode} of {k} is {o}.
        {o} is the relative {mode} of {k}.
        It is {o}.
        {k} has {o} as its relative {mode}.
        """,
        {"mode": mode, "k": key, "o": say.key_words(other, rng)},
        {"wrong key": {"o": false}},
    )
    return s


TOPICS = (at_a_glance, two_at_a_glance, delay_time, interval, chord_notes, related_key)
