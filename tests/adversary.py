"""An adversary for the answer checker: true sentences that it must let pass, and planted lies that it must catch.

Nothing here knows how the checker works. A seed gives made-up evidence (the names, kinds and shapes of
docs/evidence.md); facts are read off it and said in many ways; a lie is one true sentence with one change, and is kept
only when arithmetic on the evidence says that the change made it false.

Roundings that count as true: tempo to 0.1 or to whole BPM (as true it is told whole only within 0.05), loudness,
levels, peaks and ratios to 0.1, durations and times as mm:ss or to 0.1 s, frequencies to 1 Hz or 0.5 %, cents to 1,
per cent to 1, counts exactly. A number counts as false only when it is well outside of that (`Quantity.margin`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from grym_synth.messages import Evidence, Json, Span

from .adversary_music import MUSIC_FACTS, held_against_draft, measure_music
from .adversary_parts import (
    BANDS,
    CENTS,
    DB,
    DBFS,
    DBTP,
    FILES,
    FORMATS,
    HERTZ,
    INVENTED_NAMES,
    INVENTED_QUOTES,
    LU,
    LU_GAP,
    LUFS,
    MILLISECONDS,
    PERCENT,
    PLAIN,
    SECONDS,
    SHARPS,
    TEMPO,
    WORDS,
    Case,
    Draft,
    Fact,
    Lie,
    Parts,
    Quantity,
    Slot,
    World,
    camelot_of,
    clock,
    confidence_slot,
    count_slot,
    differs_in,
    key_slot,
    key_words,
    note_of,
    note_slot,
    number_between,
    number_slot,
    said,
    time_slot,
    value_of,
    word_slot,
    written,
)

__all__ = ["Case", "planted_lies", "true_sentences"]


def measure(w: World, s: str) -> None:
    """Fill in everything docs/evidence.md lists for one recording, with plausible values."""
    rng = w.rng
    container, codec = FORMATS[s.rpartition(".")[2]]
    channels = rng.choice((1, 2, 2))
    duration = number_between(rng, 8, 420)
    w.add(s, "facts.container", "label", container)
    w.add(s, "facts.codec", "label", codec)
    if codec.startswith("PCM"):
        w.add(s, "facts.bit_depth", "bits", int(codec[-2:]))
    w.add(s, "facts.duration_s", "duration", duration)
    w.add(s, "facts.sample_rate_hz", "sample_rate", rng.choice((22050, 44100, 44100, 48000, 96000)))
    w.add(s, "facts.channels", "count", channels)
    w.add(s, "facts.clipped_samples", "count", rng.choice((0, 0, rng.randint(3, 40), rng.randint(200, 9000))))
    sample_peak = number_between(rng, -6.5, -0.1)
    rms = number_between(rng, -26, -11)
    w.add(s, "facts.peak_dbfs", "level", sample_peak)
    w.add(s, "facts.rms_dbfs", "level", rms)
    balance = number_between(rng, 0.4, 7) * rng.choice((-1, 1))
    if channels == 2:
        w.add(s, "facts.channel_levels_dbfs", "level", [round(rms + balance / 2, 2), round(rms - balance / 2, 2)])
        w.add(s, "facts.balance_db", "ratio", balance)
        w.add(s, "facts.correlation", "number", number_between(rng, -0.4, 0.98))
    w.add(s, "facts.dc_offset_percent", "share", number_between(rng, 1.2, 9))
    end = duration - rng.uniform(1.0, 3.0)
    silence: list[Json] = [[0.0, round(rng.uniform(0.4, 2.4), 1)], [round(end, 1), round(duration, 1)]]
    w.add(s, "facts.silence_s", "time", rng.choice((silence, silence, [])))
    title = rng.choice(("Glass River", "Low Tide", "Paper Lanterns", "North of Here", "Untitled Dub"))
    artist = rng.choice(("Nova Hale", "The Quiet Engine", "Ida Berg", "Kesari", "Marlow & Finch"))
    w.add(s, "facts.tags", "tag", {"title": title, "artist": artist, "date": str(rng.randint(1994, 2025))})

    integrated = number_between(rng, -24, -8)
    start = rng.randint(5, max(6, int(duration) - 6)) + rng.choice((0.0, 0.1, 0.3))
    true_peak = round(sample_peak + rng.uniform(0.25, 0.9), 2)
    w.add(s, "loudness.integrated_lufs", "loudness", integrated)
    w.add(s, "loudness.short_term_max_lufs", "loudness", number_between(rng, integrated + 1, integrated + 4),
          span=Span(start, start + 3.0))  # fmt: skip
    w.add(s, "loudness.momentary_max_lufs", "loudness", number_between(rng, integrated + 4.3, integrated + 7),
          span=Span(start, start + 0.4))  # fmt: skip
    w.add(s, "loudness.thirds_lufs", "loudness", [number_between(rng, integrated - 3, integrated + 2) for _ in "123"])
    w.add(s, "loudness.range_lu", "loudness_range", number_between(rng, 1.2, 18))
    w.add(s, "loudness.true_peak_dbtp", "true_peak", true_peak)
    w.add(s, "loudness.sample_peak_dbfs", "level", sample_peak)
    w.add(s, "loudness.plr_db", "ratio", round(true_peak - integrated, 2))
    w.add(s, "loudness.crest_db", "ratio", round(sample_peak - rms, 2))

    tempo = rng.choice((number_between(rng, 62, 184), float(rng.randint(62, 184)), rng.randint(62, 184) + 0.4))
    sure = round(rng.uniform(0.45, 0.99), 2)
    half = tempo > 100
    w.add(s, "rhythm.tempo_bpm", "tempo", tempo, confidence=sure)
    w.add(s, "rhythm.tempo_bpm", "tempo", round(tempo / 2 if half else tempo * 2, 3), rank=1,
          confidence=round((1 - sure) * 0.7, 2))  # fmt: skip
    first, period = number_between(rng, 0.05, 0.9, 2), 60 / tempo
    beats: list[Json] = [round(first + i * period, 2) for i in range(int((duration - 2) / period))]
    w.add(s, "rhythm.beats_s", "time", beats, confidence=sure)
    w.add(s, "rhythm.beat_count", "count", len(beats))
    w.add(s, "rhythm.onset_count", "count", len(beats) * 2 + rng.randint(3, 60))

    tonic, mode = rng.randrange(12), rng.choice(("major", "minor"))
    other = (tonic + 9) % 12 if mode == "major" else (tonic + 3) % 12
    key_sure = round(rng.uniform(0.4, 0.97), 2)
    w.add(s, "tonality.key", "musical_key", f"{SHARPS[tonic]} {mode}", confidence=key_sure)
    w.add(s, "tonality.key", "musical_key", f"{SHARPS[other]} {'minor' if mode == 'major' else 'major'}", rank=1,
          confidence=round((1 - key_sure) * 0.6, 2))  # fmt: skip
    w.add(s, "tonality.camelot", "label", camelot_of(f"{SHARPS[tonic]} {mode}"), confidence=key_sure)
    cents = number_between(rng, 3.1, 46) * rng.choice((-1, 1))
    w.add(s, "tonality.tuning_cents", "tuning", cents)
    w.add(s, "tonality.reference_hz", "frequency", round(440 * 2 ** (cents / 1200), 2))

    fundamental = rng.uniform(60, 900)
    peaks: list[Json] = []
    level = number_between(rng, -20, -6)
    for harmonic in range(1, 5):
        hz = round(fundamental * harmonic * rng.uniform(0.999, 1.001), 2)
        note, off = note_of(hz)
        peaks.append({"frequency_hz": hz, "level_dbfs": round(level, 2), "note": note, "cents": off})
        level -= rng.uniform(1.5, 9)
    w.add(s, "spectrum.peaks", "spectrum", peaks, span=Span(0.0, 0.2))
    bands: dict[str, Json] = {name: number_between(rng, -38, -2) for name in BANDS}
    w.add(s, "spectrum.bands_db", "ratio", bands)
    w.add(s, "spectrum.centroid_hz", "frequency", number_between(rng, 700, 4200))
    w.add(s, "spectrum.bandwidth_hz", "frequency", number_between(rng, 900, 3900))
    w.add(s, "spectrum.rolloff_hz", "frequency", number_between(rng, 4600, 15000))
    w.add(s, "spectrum.flatness", "number", number_between(rng, 0.01, 0.6))
    hum = rng.choice((None, 50.0, 60.0, 49.98))
    w.add(s, "spectrum.hum_hz", "frequency", hum)
    if hum is not None:
        w.add(s, "spectrum.hum_level_db", "ratio", number_between(rng, 6, 24))
    hz = number_between(rng, 150, 3800)
    w.add(s, "spectrum.resonances", "spectrum",
          [{"frequency_hz": hz, "prominence_db": number_between(rng, 5, 16), "note": note_of(hz)[0]}])  # fmt: skip
    w.add(s, "spectrum.n_fft", "count", rng.choice((2048, 4096, 8192, 16384)))
    w.add(s, "spectrum.window", "label", "hann")
    measure_music(w, s)


def make_world(rng: random.Random, least: int = 1) -> World:
    w = World(rng, tuple(rng.sample(FILES, max(least, rng.choice((1, 1, 2, 2, 3, 4))))))
    for subject in w.subjects:
        measure(w, subject)
    return w


# --- facts about one recording ---------------------------------------------------------------------------------------


def tempo_fact(w: World, s: str) -> Fact:
    item = w.get(s, "rhythm.tempo_bpm")
    alternative = w.find(s, "rhythm.tempo_bpm", rank=1)
    assert alternative is not None
    value = value_of(item)
    slot = number_slot(w, s, value, TEMPO, name="rhythm.tempo_bpm")
    alternative_said = said(w.rng, value_of(alternative), TEMPO)
    slot = replace(slot, lies=(*slot.lies, Lie("alternative_as_main", alternative_said, (alternative,))))
    return Fact(
        (item,),
        {"tempo": slot, "sure": confidence_slot(w, item)},
        (
            "{who} runs at {tempo}.", "The tempo of {who} is {tempo}.", "I measure {tempo} for {who}.",
            "{who} has a tempo of {tempo} ({sure} confidence).", "At {tempo}, {who} keeps its pulse throughout.",
            "{who}: tempo {tempo}.", "{who} moves along at {tempo}; I am {sure} sure of that.",
            "The beat of {who} goes at {tempo}, with a confidence of {sure}.",
        ),
        ("a tempo of {tempo}", "a pulse of {tempo}"),
        ("How fast is it?", "What's the BPM?", "Which tempo does this have?"),
        differs_in(w, s, "rhythm.tempo_bpm", 0.2),
        (
            Lie("alternative_as_main", f"The tempo is {alternative_said}.", (alternative,)),
            Lie("alternative_as_main", f"It runs at {alternative_said}, or {said(w.rng, value, TEMPO)} at second best.",
                (alternative,)),
        ),
    )  # fmt: skip


def tempo_alternative_fact(w: World, s: str) -> Fact:
    item, alternative = w.get(s, "rhythm.tempo_bpm"), w.find(s, "rhythm.tempo_bpm", rank=1)
    assert alternative is not None
    main, other = value_of(item), value_of(alternative)
    feel = "half time" if other < main else "double time"
    tempo = number_slot(w, s, main, TEMPO, name="rhythm.tempo_bpm")
    second = number_slot(w, s, other, TEMPO, named=False)
    bare = Slot(written(w.rng, other, TEMPO), tuple(
        Lie(lie.kind, lie.text.split(" ")[0]) for lie in second.lies if lie.kind in ("wrong_number", "digit_swap")
        and " " in lie.text))  # fmt: skip
    return Fact(
        (item, alternative),
        {"tempo": tempo, "bare": bare, "other": second, "sure": confidence_slot(w, item),
         "feel": word_slot(feel, "wrong_direction", "half time" if feel == "double time" else "double time")},
        (
            "{who} runs at {tempo}, or {bare} if felt in {feel}.", "{tempo} for {who}; in {feel} it would be {other}.",
            "The tempo of {who} is most likely {tempo} ({sure}), with {other} as the alternative.",
            "I hear {who} at {tempo}, although {other} is possible too.",
            "{who} is at {tempo}; a less likely reading is {other}.",
        ),
        ("a tempo of {tempo} (alternatively {other})",),
        ("What tempo is this?", "How many BPM, and could it be half that?"),
        differs_in(w, s, "rhythm.tempo_bpm", 0.2),
    )  # fmt: skip


def key_fact(w: World, s: str) -> Fact:
    item, alternative = w.get(s, "tonality.key"), w.find(s, "tonality.key", rank=1)
    assert alternative is not None
    key = str(item.value)
    other = key_words(w.rng, str(alternative.value))
    return Fact(
        (item,),
        {"key": key_slot(w, s, key, alternative=alternative), "sure": confidence_slot(w, item)},
        (
            "{who} is in {key}.", "The key of {who} is {key}.", "{who} sits in {key} ({sure} sure).",
            "Its tonal centre makes {who} a piece in {key}.", "{who} is most likely in {key}, at {sure} confidence.",
            "Key of {who}: {key}.", "I hear {who} in {key}.",
        ),
        ("a key of {key}", "{key} as its key"),
        ("What key is it in?", "Which scale can I solo in?", "major or minor?"),
        differs_in(w, s, "tonality.key"),
        (Lie("alternative_as_main", f"The key is {other}.", (alternative,)),),
    )  # fmt: skip


def key_alternative_fact(w: World, s: str) -> Fact:
    item, alternative = w.get(s, "tonality.key"), w.find(s, "tonality.key", rank=1)
    camelot = w.get(s, "tonality.camelot")
    assert alternative is not None
    key, other = str(item.value), str(alternative.value)
    right = str(camelot.value)
    number, letter = int(right[:-1]), right[-1]
    wrong = (
        f"{number % 12 + 1}{letter}",
        f"{number}{'A' if letter == 'B' else 'B'}",
        f"{(number + 5) % 12 + 1}{letter}",
    )
    second = key_slot(w, s, other, alternative=None, named=False)
    second = replace(second, lies=tuple(x for x in second.lies if x.text.split()[-1] != key.split()[-1]))
    return Fact(
        (item, alternative, camelot),
        {"key": key_slot(w, s, key, alternative=None), "other": second,
         "camelot": word_slot(right, "wrong_camelot", *wrong),
         "sure": confidence_slot(w, item)},
        (
            "{who} is in {key}, or possibly its neighbour {other}.", "{who} is in {key}, Camelot {camelot}.",
            "On the Camelot wheel {who} is {camelot}.", "{key} fits {who} best; {other} is the alternative.",
            "{who} is in {key} ({camelot}), with {sure} confidence; {other} comes second.",
        ),
        ("a key of {key} ({camelot} on the Camelot wheel)",),
        ("What key is it in, and what mixes with it?", "camelot code?"),
        differs_in(w, s, "tonality.key"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Simple:
    """A single number under one name: most of docs/evidence.md."""

    name: str
    quantity: Quantity
    noun: str
    siblings: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


LOUD = ("loudness.integrated_lufs", "loudness.short_term_max_lufs", "loudness.momentary_max_lufs")
SHAPE = ("spectrum.centroid_hz", "spectrum.bandwidth_hz", "spectrum.rolloff_hz")
SIMPLE = (
    Simple("loudness.integrated_lufs", LUFS, "integrated loudness", LOUD[1:],
           ("{who} measures {x} integrated.", "Overall {who} comes in at {x}.",
            "{who} is at {x} over its whole length.",
            "A streaming service would see {who} at {x} integrated."),
           ("How loud is it?", "LUFS?", "Is it loud enough?")),
    Simple("loudness.short_term_max_lufs", LUFS, "maximum short-term loudness", (LOUD[0], LOUD[2]),
           ("The loudest short-term window of {who} reaches {x}.", "Short-term, {who} peaks at {x}."),
           ("Loudest part?",)),
    Simple("loudness.momentary_max_lufs", LUFS, "maximum momentary loudness", LOUD[:2],
           ("Momentary loudness of {who} goes up to {x}.",), ("What's the momentary max?",)),
    Simple("loudness.range_lu", LU, "loudness range", (),
           ("The loudness range of {who} is {x}.", "With an LRA of {x}, {who} is where its dynamics put it.",
            "{who} spans {x} of loudness range."), ("How dynamic is the mix?", "LRA?")),
    Simple("loudness.true_peak_dbtp", DBTP, "true peak", (),
           ("{who} has a true peak of {x}.", "True peaks of {who} reach {x}.",
            "Between the samples {who} gets to {x}."),
           ("What is the true peak?", "Will it clip after encoding?")),
    Simple("loudness.sample_peak_dbfs", DBFS, "sample peak", ("facts.rms_dbfs",),
           ("The highest sample of {who} is at {x}.",), ("peak level?",)),
    Simple("loudness.plr_db", DB, "peak-to-loudness ratio", ("loudness.crest_db",),
           ("{who} has a PLR of {x}.", "Peak to loudness, {who} has {x}."), ("PLR?",)),
    Simple("loudness.crest_db", DB, "crest factor", ("loudness.plr_db",),
           ("The crest factor of {who} is {x}.",), ("How squashed is it?",)),
    Simple("facts.peak_dbfs", DBFS, "peak level", ("facts.rms_dbfs",), ("{who} peaks at {x}.",), ("Peak?",)),
    Simple("facts.rms_dbfs", DBFS, "RMS level", ("facts.peak_dbfs",), ("{who} averages {x} RMS.",), ("RMS?",)),
    Simple("facts.dc_offset_percent", PERCENT, "DC offset", (),
           ("The DC offset of {who} is {x} of full scale.", "{who} carries a DC offset of {x}."), ("Any DC offset?",)),
    Simple("spectrum.centroid_hz", HERTZ, "spectral centroid", SHAPE[1:],
           ("The spectral centroid of {who} lies at {x}.", "The centre of gravity of the spectrum of {who} is {x}."),
           ("How bright is it?",)),
    Simple("spectrum.bandwidth_hz", HERTZ, "spectral bandwidth", (SHAPE[0], SHAPE[2]), (), ("Bandwidth?",)),
    Simple("spectrum.rolloff_hz", HERTZ, "roll-off", SHAPE[:2],
           ("The spectrum of {who} rolls off at {x}.",), ("Where does the top end stop?",)),
    Simple("spectrum.flatness", PLAIN, "spectral flatness", (), ("The spectral flatness of {who} is {x}.",),
           ("Is it noisy or tonal?",)),
    Simple("tonality.reference_hz", HERTZ, "reference pitch A4", (),
           ("A4 in {who} is at {x}.", "{who} is tuned to A4 = {x}."), ("Is it tuned to 440?",)),
)  # fmt: skip


def simple_fact(spec: Simple) -> Callable[[World, str], Fact]:
    def build(w: World, s: str) -> Fact:
        item = w.get(s, spec.name)
        value = value_of(item)
        siblings = [(value_of(other), other) for other in (w.get(s, name) for name in spec.siblings)]
        slot = number_slot(w, s, value, spec.quantity, name=spec.name, siblings=siblings)
        general: tuple[str, ...] = (f"The {spec.noun} of {{who}} is {{x}}.", f"{{who}} has a {spec.noun} of {{x}}.",
                   f"{{who}}: {spec.noun} {{x}}.")  # fmt: skip
        if spec.noun[0] in "aeiouR":
            general = (general[0], general[2])
        return Fact(
            (item,), {"x": slot}, (*spec.sentences, *general), (f"{spec.noun} of {{x}}",), spec.questions,
            differs_in(w, s, spec.name, spec.quantity.margin(value)),
        )  # fmt: skip

    return build


def short_term_place_fact(w: World, s: str) -> Fact:
    item = w.get(s, "loudness.short_term_max_lufs")
    assert item.span is not None
    start, end = item.span.start_s, item.span.end_s
    return Fact(
        (item,),
        {
            "x": number_slot(w, s, value_of(item), LUFS, name=item.name),
            "from": time_slot(w, start),
            "to": time_slot(w, end),
        },
        (
            "{who} is loudest from {from} to {to}, at {x} short-term.",
            "The loudest passage of {who} starts at {from} and reaches {x}.",
            "The loudest stretch of {who} is {from} to {to}, where it gets to {x}.",
        ),
        (),
        ("Where is the loudest part?", "When does it peak?"),
        differs_in(w, s, item.name, 0.2),
    )


def thirds_fact(w: World, s: str) -> Fact:
    item = w.get(s, "loudness.thirds_lufs")
    assert isinstance(item.value, list)
    thirds = [float(str(x)) for x in item.value]
    slots = {
        name: number_slot(w, s, x, LUFS, siblings=[(y, item) for y in thirds if y != x])
        for name, x in zip(("a", "b", "c"), thirds, strict=True)
    }
    slots["low"] = number_slot(w, s, min(thirds), LUFS)
    slots["high"] = number_slot(w, s, max(thirds), LUFS)
    loudest = max(range(3), key=thirds.__getitem__)
    different = frozenset(
        other
        for other in w.others(s)
        if isinstance(theirs := w.get(other, item.name).value, list)
        and abs(max(float(str(x)) for x in theirs) - max(thirds)) > 0.4
        and abs(float(str(theirs[0])) - thirds[0]) > 0.4
    )
    names = ("first", "second", "last")
    slots["loudest"] = word_slot(names[loudest], "wrong_superlative", *names)
    sentences: tuple[str, ...] = (
        "The first third of {who} is at {a}, the second at {b} and the last at {c}.",
        "{who} ranges from {low} to {high} over its thirds.",
        "Across its thirds {who} goes from {a} over {b} to {c}.",
    )
    if sorted(thirds)[2] - sorted(thirds)[1] > 0.5:
        sentences += ("The {loudest} third of {who} is the loudest, at {high}.",)
    return Fact((item,), slots, sentences, (), ("Does it get louder?", "How does the loudness develop?"),
                different)  # fmt: skip


def duration_fact(w: World, s: str) -> Fact:
    item = w.get(s, "facts.duration_s")
    value = value_of(item)
    slot = time_slot(w, value)
    found = [Lie("other_file", clock(w.rng, v), (other,)) for other in (w.get(o, item.name) for o in w.others(s))
             if abs((v := value_of(other)) - value) > 3]  # fmt: skip
    return Fact(
        (item,),
        {"x": replace(slot, lies=(*slot.lies, *found))},
        (
            "{who} lasts {x}.", "{who} is {x} long.", "The duration of {who} is {x}.", "{who} runs for {x}.",
            "The length of {who}: {x}.",
        ),
        ("a length of {x}", "a duration of {x}"),
        ("How long is it?", "duration?"),
        differs_in(w, s, item.name, 3.0),
    )  # fmt: skip


def format_fact(w: World, s: str) -> Fact:
    rng = w.rng
    rate, channels = w.get(s, "facts.sample_rate_hz"), w.get(s, "facts.channels")
    container, codec, depth = w.get(s, "facts.container"), w.get(s, "facts.codec"), w.find(s, "facts.bit_depth")
    hz = int(value_of(rate))
    styles: tuple[Callable[[int], str], ...] = (
        lambda n: f"{n / 1000:g} kHz", lambda n: f"{n} Hz", lambda n: f"{n:,} Hz", lambda n: f"{n / 1000:g}kHz",
    )  # fmt: skip
    style = rng.choice(styles)
    rates = [n for n in (8000, 22050, 32000, 44100, 48000, 88200, 96000) if n != hz]
    rate_lies = [Lie("wrong_number", style(n)) for n in rng.sample(rates, 2)]
    rate_lies += [
        Lie("decimal_shifted", style(hz * 10)),
        Lie("unit_prefix", f"{hz / 1000:g} Hz"),
        Lie("unit_prefix", f"{hz} kHz"),
    ]
    rate_lies += [Lie("other_file", style(int(value_of(x))), (x,)) for x in (w.get(o, rate.name) for o in w.others(s))
                  if x.value != hz]  # fmt: skip
    n = int(value_of(channels))
    layout = "stereo" if n == 2 else "mono"
    slots = {
        "rate": Slot(style(hz), tuple(rate_lies)),
        "layout": word_slot(layout, "wrong_label", "mono" if n == 2 else "stereo"),
        "channels": Slot(f"{WORDS[n]} channel{'s' * (n > 1)}", (
            Lie("number_word", "three channels"), Lie("number_word", "six channels"), Lie("wrong_count", "5 channels"),
            Lie("number_word", "one channel" if n == 2 else "two channels"))),
        "container": word_slot(str(container.value), "wrong_label", *(c for c, _ in FORMATS.values())),
        "codec": word_slot(str(codec.value), "wrong_label", *(c for _, c in FORMATS.values())),
    }  # fmt: skip
    sentences = [
        "{who} is a {layout} file at {rate}.",
        "The sample rate of {who} is {rate}.",
        "{who} has {channels} at {rate}.",
        "{who} is in {container} format, codec {codec}.",
        "{who} was sampled at {rate}.",
        "{who} is {layout}.",
    ]
    cited = [rate, channels, container, codec]
    if depth is not None:
        bits = int(value_of(depth))
        right = rng.choice(("{} bit", "{}-bit", "{} bits"))
        slots["bits"] = Slot(right.format(bits), (
            Lie("wrong_number", right.format(40 - bits)), Lie("wrong_number", right.format(32)),
            Lie("wrong_unit", f"{bits} kHz")))  # fmt: skip
        sentences += ["{who} has a depth of {bits}, at {rate}.", "The resolution of {who} is {bits} at {rate}."]
        cited.append(depth)
    false_for = differs_in(w, s, rate.name) & differs_in(w, s, channels.name) & differs_in(w, s, container.name)
    return Fact(tuple(cited), slots, tuple(sentences), ("a sample rate of {rate}",),
                ("What format is this?", "Sample rate and bit depth?"), false_for)  # fmt: skip


def clipping_fact(w: World, s: str) -> Fact:
    item = w.get(s, "facts.clipped_samples")
    value = int(value_of(item))
    differs = differs_in(w, s, item.name)
    questions = ("Does it clip?", "Is it distorted?", "any overs?")
    if value == 0:
        none = word_slot("No clipped samples were found", "false_presence", "17 clipped samples were found",
                         "Clipping was found", "A few clipped samples were found")  # fmt: skip
        free = word_slot("does not clip", "false_presence", "clips", "clips badly")
        zero = Slot("0", (Lie("wrong_count", "3"), Lie("wrong_count", "412")))
        return Fact((item,), {"none": none, "free": free, "zero": zero},
                    ("{none} in {who}.", "{who} {free}.", "{who} has {zero} clipped samples."), (), questions,
                    frozenset(o for o in differs))  # fmt: skip
    count = count_slot(w, s, value, name=item.name)
    says = Slot("clips", (Lie("false_absence", "does not clip"),))
    return Fact(
        (item,),
        {"n": count, "says": says},
        (
            "{who} has {n} clipped samples.",
            "In {who}, {n} samples are clipped.",
            "{who} {says}: {n} samples are at full scale.",
        ),
        ("{n} clipped samples",),
        questions,
        differs,
        (Lie("false_absence", "No clipping was found."), Lie("false_absence", "There are no clipped samples in it.")),
    )


def stereo_fact(w: World, s: str) -> Fact | None:
    levels, balance = w.find(s, "facts.channel_levels_dbfs"), w.find(s, "facts.balance_db")
    if levels is None or balance is None or not isinstance(levels.value, list):
        return None
    correlation = w.get(s, "facts.correlation")
    left, right = (float(str(x)) for x in levels.value)
    louder, quieter = ("left", "right") if left > right else ("right", "left")
    slots = {
        "left": number_slot(w, s, left, DBFS, siblings=[(right, levels)]),
        "right": number_slot(w, s, right, DBFS, siblings=[(left, levels)]),
        "gap": number_slot(w, s, abs(value_of(balance)), DB, signed=False),
        "louder": word_slot(louder, "wrong_channel", quieter),
        "direction": word_slot("louder", "wrong_direction", "quieter"),
        "correlation": number_slot(w, s, value_of(correlation), PLAIN),
    }  # fmt: skip
    return Fact(
        (levels, balance, correlation),
        slots,
        (
            "In {who} the left channel is at {left}, the right at {right}.",
            "The {louder} channel of {who} is {gap} louder.",
            f"The {louder} channel of {{who}} is {{gap}} {{direction}} than the {quieter} one.",
            "{who} leans to the {louder} by {gap}.", "The channels of {who} correlate at {correlation}.",
            "{who} has a stereo correlation of {correlation}.",
        ),
        (),
        ("Is the stereo balance off?", "left or right louder?", "mono compatible?"),
        frozenset(),
    )  # fmt: skip


def silence_fact(w: World, s: str) -> Fact:
    item = w.get(s, "facts.silence_s")
    assert isinstance(item.value, list)
    if not item.value:
        none = word_slot(
            "No silence was found",
            "false_presence",
            "Silence was found from 0.0 s to 2.5 s",
            "Two silent stretches were found",
        )
        return Fact((item,), {"none": none}, ("{none} in {who}.",), (), ("Is there silence?",))
    (_, lead_end), (tail_start, tail_end) = (
        [float(str(x)) for x in pair] for pair in item.value if isinstance(pair, list)
    )
    slots = {"lead": number_slot(w, s, lead_end, SECONDS, kind="wrong_time"), "from": time_slot(w, tail_start),
             "to": time_slot(w, tail_end)}  # fmt: skip
    return Fact(
        (item,),
        slots,
        (
            "{who} is silent until {lead} and again from {from} to {to}.",
            "The silence at the end of {who} begins at {from}.",
            "The opening silence of {who} ends at {lead}.",
        ),
        (),
        ("Is there silence at the start or end?", "Where can I trim?"),
        frozenset(),
        (Lie("false_absence", "No silence was found."),),
    )  # fmt: skip


def tags_fact(w: World, s: str) -> Fact:
    item = w.get(s, "facts.tags")
    assert isinstance(item.value, dict)
    title, artist, date = (str(item.value[k]) for k in ("title", "artist", "date"))
    slots = {
        "title": word_slot(title, "invented_tag", "Midnight Sun", "Second Nature", artist),
        "artist": word_slot(artist, "invented_tag", "Paul Weston", "DJ Marble", title),
        "date": word_slot(date, "wrong_number", str(int(date) - 11), str(int(date) + 3)),
    }
    return Fact(
        (item,),
        slots,
        (
            'The title tag of {who} says "{title}".',
            "According to its tags, {who} is “{title}” by {artist}.",
            'The artist tag of {who} reads "{artist}".',
            'Tags of {who}: title "{title}", artist "{artist}", date {date}.',
            "{who} is tagged with the year {date}.",
        ),
        (),
        ("Which tags does it have?", "Who made this, by its tags?"),
        frozenset(),
        (Lie("invented_tag", f'The genre tag says "Deep House" and the title "{title}".'),
         Lie("invented_tag", f'The artist tag reads "{artist} feat. Lena".')),
    )  # fmt: skip


def beats_fact(w: World, s: str) -> Fact:
    count, onsets, beats = w.get(s, "rhythm.beat_count"), w.get(s, "rhythm.onset_count"), w.get(s, "rhythm.beats_s")
    assert isinstance(beats.value, list)
    times = [float(str(x)) for x in beats.value]
    first = number_slot(w, s, times[0], SECONDS, kind="wrong_time")
    if times[4] - times[0] > 0.4:
        first = replace(first, lies=(*first.lies, Lie("wrong_place_in_list", said(w.rng, times[4], SECONDS))))
    last = time_slot(w, times[-1])
    early_and_late = frozenset(
        other
        for other in w.others(s)
        if isinstance(theirs := w.get(other, "rhythm.beats_s").value, list)
        and abs(float(str(theirs[0])) - times[0]) > 0.35
        and abs(float(str(theirs[-1])) - times[-1]) > 3
    )
    slots = {
        "beats": count_slot(w, s, len(times), name=count.name, siblings=[(value_of(onsets), onsets)]),
        "onsets": count_slot(w, s, int(value_of(onsets)), name=onsets.name, siblings=[(value_of(count), count)]),
        "first": first,
        "last": last,
    }
    return Fact(
        (count, onsets, beats),
        slots,
        (
            "{who} has {beats} beats.", "I count {beats} beats in {who}.", "{who} has {onsets} onsets.",
            "There are {onsets} onsets and {beats} beats in {who}.", "The first beat of {who} falls at {first}.",
            "The beats of {who} start at {first} and end at {last}.", "The last beat of {who} is at {last}.",
        ),
        ("{beats} beats", "{onsets} onsets"),
        ("How many beats?", "Where is the first beat?", "count the onsets"),
        differs_in(w, s, count.name) & differs_in(w, s, onsets.name) & early_and_late,
    )  # fmt: skip


def tuning_fact(w: World, s: str) -> Fact:
    item = w.get(s, "tonality.tuning_cents")
    value = value_of(item)
    word, wrong = ("sharp", "flat") if value > 0 else ("flat", "sharp")
    above, below = ("above", "below") if value > 0 else ("below", "above")
    slots = {
        "x": number_slot(w, s, value, CENTS, name=item.name),
        "size": number_slot(w, s, abs(value), CENTS, signed=False),
        "word": word_slot(word, "wrong_direction", wrong),
        "above": word_slot(above, "wrong_direction", below),
    }
    return Fact(
        (item,),
        slots,
        (
            "{who} is tuned {size} {word}.", "The tuning offset of {who} is {x}.",
            "{who} sits {size} {above} standard pitch.",
            "{who} is {size} {word} of A4 = 440 Hz.", "Tuning of {who}: {x}.",
        ),
        ("a tuning offset of {x}",),
        ("How far off 440 Hz is it?", "Is it tuned to A4 = 440 Hz?"),
        differs_in(w, s, item.name, 2.5),
    )  # fmt: skip


def peaks_fact(w: World, s: str) -> Fact:
    item = w.get(s, "spectrum.peaks")
    assert isinstance(item.value, list)
    peaks: list[dict[str, Any]] = [p for p in item.value if isinstance(p, dict)]
    slots: dict[str, Slot] = {}
    for i, label in enumerate(("1", "2")):
        p, others = peaks[i], [q for q in peaks if q is not peaks[i]]
        slots["hz" + label] = number_slot(
            w, s, p["frequency_hz"], HERTZ, siblings=[(q["frequency_hz"], item) for q in others]
        )
        slots["db" + label] = number_slot(
            w, s, p["level_dbfs"], DBFS, siblings=[(q["level_dbfs"], item) for q in others]
        )
        slots["note" + label] = note_slot(w, p["note"], [q["note"] for q in others])
    off = peaks[0]["cents"]
    sentences = [
        "The strongest peak of {who} is at {hz1} ({note1}), {db1}.", "{who} has its loudest partial at {hz1}.",
        "The strongest frequency in {who} is {hz1}, close to {note1}.",
        "The second strongest peak of {who} lies at {hz2}.",
        "The two strongest peaks of {who} are {hz1} and {hz2}.",
        "In {who}, {note1} at {hz1} stands out most, with {db1}.",
        "After {hz1}, the next strongest peak of {who} is {hz2} ({db2}, {note2}).",
    ]  # fmt: skip
    if abs(off) > 3:
        word, wrong = ("sharp", "flat") if off > 0 else ("flat", "sharp")
        slots["off"] = number_slot(w, s, abs(off), CENTS, signed=False)
        slots["word"] = word_slot(word, "wrong_direction", wrong)
        sentences.append("The strongest peak of {who} is {note1}, {off} {word}.")
    return Fact(
        (item,), slots, tuple(sentences), (), ("Which frequencies stand out?", "What note is this?", "strongest peak?")
    )


def bands_fact(w: World, s: str) -> Fact:
    item = w.get(s, "spectrum.bands_db")
    assert isinstance(item.value, dict)
    bands = {name.replace("_", " "): float(str(v)) for name, v in item.value.items()}
    band = w.rng.choice(list(bands))
    strongest, weakest = max(bands, key=bands.__getitem__), min(bands, key=bands.__getitem__)
    siblings = [(v, item) for name, v in bands.items() if name != band]
    wrong = [name for name, v in bands.items() if abs(v - bands[band]) > 0.4]
    slots = {
        "band": word_slot(band, "wrong_label", *wrong), "x": number_slot(w, s, bands[band], DB, siblings=siblings),
        "top": word_slot(strongest, "wrong_superlative", *(b for b in bands if bands[b] < bands[strongest] - 0.5)),
        "bottom": word_slot(weakest, "wrong_superlative", *(b for b in bands if bands[b] > bands[weakest] + 0.5)),
    }  # fmt: skip
    return Fact(
        (item,),
        slots,
        (
            "The {band} band of {who} holds {x} of the whole power.", "In {who} the {band} range is at {x}.",
            "The strongest band of {who} is {top}.", "The weakest band in {who} is {bottom}.",
            "Relative to the whole, the {band} band of {who} lies at {x}.",
        ),
        (),
        ("Is it muddy?", "How is the frequency balance?", "too much bass?"),
    )  # fmt: skip


def hum_fact(w: World, s: str) -> Fact:
    item, level = w.get(s, "spectrum.hum_hz"), w.find(s, "spectrum.hum_level_db")
    questions = ("Is there a hum?", "Do I have a ground loop?")
    if level is None:
        slot = word_slot(
            "No mains hum was found", "false_presence", "A mains hum at 50 Hz was found", "A mains hum was found"
        )
        free = word_slot("has no mains hum", "false_presence", "has a mains hum", "has a 60 Hz hum")
        return Fact((item,), {"none": slot, "free": free}, ("{none} in {who}.", "{who} {free}."), (), questions)
    hz = round(value_of(item))
    slots = {
        "hz": Slot(f"{hz} Hz", (Lie("wrong_number", f"{110 - hz} Hz"), Lie("unit_prefix", f"{hz} kHz"),
                                Lie("wrong_number", f"{hz + 13} Hz"), Lie("wrong_unit", f"{hz} dB"))),
        "x": number_slot(w, s, value_of(level), DB),
    }  # fmt: skip
    return Fact(
        (item, level),
        slots,
        (
            "{who} has a mains hum at {hz}.",
            "A hum at {hz} stands out by {x} in {who}.",
            "In {who} there is a {hz} hum, {x} strong.",
        ),
        (),
        questions,
        frozenset(),
        (Lie("false_absence", "No mains hum was found."), Lie("false_absence", "There is no hum in it.")),
    )


def resonance_fact(w: World, s: str) -> Fact:
    item = w.get(s, "spectrum.resonances")
    assert isinstance(item.value, list)
    first: Any = item.value[0]
    slots = {
        "hz": number_slot(w, s, first["frequency_hz"], HERTZ), "x": number_slot(w, s, first["prominence_db"], DB),
        "note": note_slot(w, first["note"]),
    }  # fmt: skip
    return Fact(
        (item,),
        slots,
        (
            "{who} has a resonance at {hz}.", "A resonance at {hz} ({note}) stands out by {x} in {who}.",
            "The strongest resonance of {who}, at {hz}, rises {x} above its surroundings.",
        ),
        (),
        ("Any harsh resonances?", "What should I notch?"),
    )  # fmt: skip


def window_fact(w: World, s: str) -> Fact:
    size, window = w.get(s, "spectrum.n_fft"), w.get(s, "spectrum.window")
    slots = {
        "n": count_slot(w, s, int(value_of(size)), name=size.name),
        "window": word_slot("hann", "wrong_label", "hamming", "blackman"),
    }
    sentences = (
        "The spectrum of {who} was read with {n} points.",
        "The FFT of {who} used {n} points and a {window} window.",
    )
    return Fact((size, window), slots, sentences, (), ("Which FFT settings did you use?",))


def target_fact(w: World, s: str) -> Fact:
    """A number from the question, repeated beside the measured one: true as long as it is not called measured."""
    item = w.get(s, "loudness.integrated_lufs")
    value = value_of(item)
    target = w.rng.choice([t for t in (-9, -14, -16, -23) if abs(t - value) > 1])
    direction, wrong = ("above", "below") if value > target else ("below", "above")
    louder, quieter = ("louder", "quieter") if value > target else ("quieter", "louder")
    slot = number_slot(w, s, value, LUFS, name=item.name)
    slot = replace(slot, lies=(*slot.lies, Lie("number_from_question", f"{target} LUFS"),
                               Lie("number_from_question", f"{target}.0 LUFS")))  # fmt: skip
    return Fact(
        (item,),
        {
            "x": slot,
            "above": word_slot(direction, "wrong_direction", wrong),
            "louder": word_slot(louder, "wrong_direction", quieter),
        },
        (
            f"{{who}} measures {{x}}, which is {{above}} the {target} LUFS you asked about.",
            f"At {{x}}, {{who}} is {{louder}} than your target of {target} LUFS.",
        ),
        (),
        (f"Is it louder than {target} LUFS?", f"Does it meet {target} LUFS?"),
        differs_in(w, s, item.name, 0.2),
        (Lie("number_from_question", f"It measures {target} LUFS."),),
    )


FACTS: tuple[Callable[[World, str], Fact | None], ...] = (
    tempo_fact, tempo_alternative_fact, key_fact, key_alternative_fact, short_term_place_fact, thirds_fact,
    duration_fact, format_fact, clipping_fact, stereo_fact, silence_fact, tags_fact, beats_fact, tuning_fact,
    peaks_fact, bands_fact, hum_fact, resonance_fact, window_fact, target_fact, *(simple_fact(spec) for spec in SIMPLE),
    *MUSIC_FACTS,
)  # fmt: skip


# --- sentences -------------------------------------------------------------------------------------------------------


def assemble(template: str, slots: dict[str, Slot]) -> Parts:
    pieces = re.split(r"\{(\w+)\}", template)
    return tuple(piece if i % 2 == 0 else slots[piece] for i, piece in enumerate(pieces) if piece or i % 2)


def spoken(parts: Parts) -> str:
    text = "".join(part.truth if isinstance(part, Slot) else part for part in parts)
    return text[0].upper() + text[1:] if text.startswith(("the ", "this ", "it ", "your ")) else text


def mention(w: World, s: str, style: float) -> str:
    path, place = PurePath(s), w.subjects.index(s)
    if style < 0.6:
        return path.name
    if style < 0.72:
        return path.stem
    if style < 0.82:
        return s
    if style < 0.92 and len(w.subjects) > 1:
        return f"the {('first', 'second', 'third', 'fourth')[place]} file"
    return f"“{path.name}”"


def who_slot(w: World, s: str, false_for: Iterable[str], cited: Iterable[Evidence]) -> Slot:
    """The recording by name; naming another one is a lie where the same words are false of it."""
    if len(w.subjects) == 1 and w.rng.random() < 0.5:
        return Slot(w.rng.choice(("this recording", "the track", "your file", "the recording", "this file")))
    style = w.rng.random()
    names = {item.name for item in cited}
    lies = []
    for other in sorted(false_for):
        theirs = tuple(item for item in w.items if item.subject == other and item.name in names and item.rank == 0)
        lies.append(Lie("swapped_file", mention(w, other, style), theirs if w.rng.random() < 0.5 else ()))
    return Slot(mention(w, s, style), tuple(lies))


def question_for(w: World, questions: Sequence[str]) -> str:
    return w.rng.choice(tuple(questions))


def single_draft(w: World, s: str) -> Draft | None:
    fact = w.rng.choice(FACTS)(w, s)
    if fact is None:
        return None
    slots = {**fact.slots, "who": who_slot(w, s, fact.false_for, fact.cited)}
    parts = assemble(w.rng.choice(fact.sentences), slots)
    return Draft(parts, fact.cited, question_for(w, fact.questions), fact.extra)


def joined_draft(w: World, s: str) -> Draft | None:
    """Two or three facts in one sentence."""
    facts = [fact for fact in (build(w, s) for build in w.rng.sample(FACTS, 12)) if fact and fact.phrases][:3]
    if (
        len({item.name for fact in facts for item in fact.cited}) < sum(len(fact.cited) for fact in facts)
        or len(facts) < 2
    ):
        return None
    cited = tuple(item for fact in facts for item in fact.cited)
    false_for = {other for fact in facts for other in fact.false_for}
    who: Parts = (who_slot(w, s, false_for, cited),)
    phrases = [assemble(w.rng.choice(fact.phrases), fact.slots) for fact in facts]
    opening = w.rng.choice((" shows ", " comes with ", ": ", " has the following: "))
    parts: Parts = (*who, opening, *phrases[0])
    for phrase in phrases[1:-1]:
        parts = (*parts, ", ", *phrase)
    parts = (*parts, w.rng.choice((" and ", ", and ", " as well as ")), *phrases[-1], ".")
    return Draft(parts, cited, "Tell me about it")


@dataclass(frozen=True, slots=True)
class Contrast:
    """How two recordings are set against each other."""

    name: str
    quantity: Quantity
    more: str
    less: str
    margin: float
    kind: str = "number"  # of the computed difference


CONTRASTS = (
    Contrast("loudness.integrated_lufs", LUFS, "louder", "quieter", 0.6, "loudness_difference"),
    Contrast("rhythm.tempo_bpm", TEMPO, "faster", "slower", 1.0),
    Contrast("facts.duration_s", SECONDS, "longer", "shorter", 3.0),
    Contrast("facts.rms_dbfs", DBFS, "higher in RMS level", "lower in RMS level", 0.6, "ratio"),
)


def compared_draft(w: World, s: str) -> Draft | None:
    rng = w.rng
    if len(w.subjects) < 2:
        return None
    contrast = rng.choice(CONTRASTS)
    other = rng.choice(w.others(s))
    mine, theirs = w.get(s, contrast.name), w.get(other, contrast.name)
    gap = value_of(mine) - value_of(theirs)
    if abs(gap) < contrast.margin:
        return None
    comparison, wrong = (contrast.more, contrast.less) if gap > 0 else (contrast.less, contrast.more)
    style = rng.random() * 0.9
    q = contrast.quantity
    unit = {"loudness_difference": LU_GAP, "ratio": DB}.get(contrast.kind, q)
    difference = w.add(s, f"compare.{contrast.name.partition('.')[2]}", contrast.kind, round(gap, 3), agent="hub")
    a, b = mention(w, s, style), mention(w, other, style)
    slots = {
        "a": Slot(a, (Lie("swapped_file", b),)), "b": Slot(b),
        "more": word_slot(comparison, "wrong_direction", wrong),
        "gap": number_slot(w, s, abs(gap), unit, signed=False),
        "x": number_slot(w, s, value_of(mine), q, named=False),
        "y": number_slot(w, other, value_of(theirs), q, named=False),
        "pick": Slot(a, (Lie("swapped_file", b),)),
    }  # fmt: skip
    if q is SECONDS:
        slots["x"], slots["y"] = time_slot(w, value_of(mine)), time_slot(w, value_of(theirs))
    # Swapped as a pair the values are other_file lies, each on its own.
    slots["x"] = replace(slots["x"], lies=(*slots["x"].lies, Lie("other_file", slots["y"].truth)))
    templates = [
        "{a} is {more} than {b}.", "{a} is {gap} {more} than {b}.", "{a} is at {x}, {b} at {y}.",
        "With {x} against {y}, {a} is {more} than {b}.", "Compared with {b}, {a} is {more}.",
        "{x} for {a}, {y} for {b}.",
        "{a} ({x}) is {more} than {b} ({y}).", "{a} is {more} than {b} by {gap}.",
    ]  # fmt: skip
    if len(w.subjects) == 2 and contrast.kind != "ratio":
        templates.append(f"Of the two, {{pick}} is the {comparison} one, at {{x}}.")
    if contrast.kind == "ratio":
        templates = [t for t in templates if "{gap}" not in t]
    template = rng.choice(templates)
    parts = assemble(template, slots)
    if parts and isinstance(parts[0], Slot) and "{a}" in template and "{b}" in template:
        # "b is louder than b" would be nonsense, not a lie: swap both names instead.
        swapped = assemble(
            template.replace("{a}", "{_}").replace("{b}", "{a}").replace("{_}", "{b}"),
            {**slots, "a": Slot(a), "b": Slot(b)},
        )
        plain = {**slots, "a": Slot(a)}
        return Draft(assemble(template, plain), (mine, theirs, difference), "Which one is " + contrast.more + "?",
                     (Lie("swapped_file", spoken(swapped)),))  # fmt: skip
    slots["a"] = Slot(a)
    return Draft(assemble(template, slots), (mine, theirs, difference), f"Compare them: which is {contrast.more}?")


def ratio_draft(w: World, s: str) -> Draft | None:
    """Twice as fast, three times as long: number words that stand for a computed ratio."""
    if len(w.subjects) < 2:
        return None
    rng, other = w.rng, rng_other(w, s)
    name, word = rng.choice((("rhythm.tempo_bpm", "fast"), ("facts.duration_s", "long")))
    mine, theirs = w.get(s, name), w.get(other, name)
    ratio = rng.choice((2, 3))
    low = number_between(rng, 61, 79)
    mine, theirs = replace(mine, value=round(low * ratio, 3)), replace(theirs, value=low)
    computed = w.add(s, f"compare.{name.partition('.')[2]}_ratio", "number", float(ratio), agent="hub")
    style = rng.random() * 0.8
    times = {2: ("twice", "two times"), 3: ("three times",)}[ratio]
    wrong = [
        t
        for n, words in {2: ("twice",), 3: ("three times",), 4: ("four times",), 5: ("half",)}.items()
        if n != ratio
        for t in words
    ]
    slots = {
        "times": word_slot(rng.choice(times), "number_word", *wrong),
        "a": Slot(mention(w, s, style)), "b": Slot(mention(w, other, style)),
    }  # fmt: skip
    template = rng.choice((f"{{a}} is {{times}} as {word} as {{b}}.", f"Next to {{b}}, {{a}} is {{times}} as {word}."))
    backwards = spoken(assemble(template, {**slots, "a": slots["b"], "b": slots["a"]}))
    return Draft(assemble(template, slots), (mine, theirs, computed), f"How much {word}er is it?",
                 (Lie("wrong_direction", backwards),))  # fmt: skip


def rng_other(w: World, s: str) -> str:
    return w.rng.choice(w.others(s))


def theory_draft(w: World, s: str) -> Draft:
    rng = w.rng
    plain = World(rng, ())
    which = rng.randrange(4)
    if which == 0:
        tempo, (name, beats) = (
            rng.randint(70, 170),
            rng.choice((("quarter note", 1.0), ("eighth note", 0.5), ("dotted eighth", 0.75))),
        )
        item = plain.add("", "theory.delay_ms", "delay", round(60000 / tempo * beats, 2), agent="hub")
        slots = {"x": number_slot(plain, "", value_of(item), MILLISECONDS, signed=False)}
        text = rng.choice((f"At {tempo} BPM a {name} lasts {{x}}.",
                           f"Set the delay to {{x}} for a {name} at {tempo} BPM.",
                           f"A {name} delay is {{x}}."))  # fmt: skip
        return Draft(assemble(text, slots), (item,), f"What is the delay time of a {name} at {tempo} BPM?")
    if which == 1:
        midi = rng.randint(40, 84)
        note = f"{SHARPS[midi % 12]}{midi // 12 - 1}"
        item = plain.add("", "theory.frequency_hz", "frequency", round(440 * 2 ** ((midi - 69) / 12), 2), agent="hub")
        slots = {"x": number_slot(plain, "", value_of(item), HERTZ)}
        return Draft(assemble(rng.choice((f"{note} is {{x}}.", f"The frequency of {note} is {{x}}.")), slots), (item,),
                     f"What frequency is {note}?")  # fmt: skip
    if which == 2:
        name, n = rng.choice((("perfect fifth", 7), ("major third", 4), ("octave", 12), ("minor seventh", 10)))
        article = "An" if name == "octave" else "A"
        item = plain.add("", "theory.interval_semitones", "interval", n, agent="hub")
        slots = {"n": replace(count_slot(plain, "", n), truth=rng.choice((str(n), WORDS[n])))}
        slots["n"] = replace(slots["n"], lies=tuple(x for x in slots["n"].lies if x.text not in (str(n), WORDS[n])))
        parts = assemble(f"{article} {name} spans {{n}} semitones.", slots)
        return Draft(parts, (item,), f"How many semitones is {article.lower()} {name}?")
    tonic = rng.randrange(12)
    item = plain.add("", "theory.relative_key", "musical_key", f"{SHARPS[(tonic + 9) % 12]} minor", agent="hub")
    slots = {"key": key_slot(plain, "", str(item.value), alternative=None)}
    return Draft(assemble(f"The relative minor of {SHARPS[tonic]} major is {{key}}.", slots), (item,),
                 f"What is the relative minor of {SHARPS[tonic]} major?")  # fmt: skip


def same_key_draft(w: World, s: str) -> Draft | None:
    if len(w.subjects) < 2:
        return None
    other = rng_other(w, s)
    mine, theirs = w.get(s, "tonality.key"), w.get(other, "tonality.key")
    style = w.rng.random() * 0.9
    a, b = mention(w, s, style), mention(w, other, style)
    one, two = key_words(w.rng, str(mine.value)), key_words(w.rng, str(theirs.value))
    if mine.value == theirs.value:
        return Draft(
            (f"{a} and {b} are ", word_slot("both", "wrong_direction", "not both"), f" in {one}."),
            (mine, theirs),
            "Same key?",
        )
    return Draft(
        (
            f"{a} is in ",
            Slot(one, (Lie("other_file", two),)),
            f" and {b} in ",
            Slot(two, (Lie("other_file", one),)),
            ".",
        ),
        (mine, theirs),
        "Are they in the same key?",
        (
            Lie("swapped_file", f"{b} is in {one} and {a} in {two}."),
            Lie("wrong_direction", f"{a} and {b} are in the same key."),
        ),
    )


def listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def several_draft(w: World, s: str) -> Draft | None:
    """All the recordings at once: lists that share one unit, extremes, ranges, and what they have in common."""
    if len(w.subjects) < 2:
        return None
    rng, n = w.rng, len(w.subjects)
    name, q, noun, most, least = rng.choice(
        (
            ("rhythm.tempo_bpm", TEMPO, "tempi", "fastest", "slowest"),
            ("loudness.integrated_lufs", LUFS, "integrated loudnesses", "loudest", "quietest"),
            ("loudness.range_lu", LU, "loudness ranges", "most dynamic", "least dynamic"),
        )
    )
    items = [w.get(subject, name) for subject in w.subjects]
    values = [value_of(item) for item in items]
    ordered = sorted(values)
    if min(b - a for a, b in pairwise(ordered)) < 1:
        return None
    names = [PurePath(subject).name for subject in w.subjects]
    unit = q.units[0]
    numbers = [written(rng, value, q) for value in values]
    top, low = values.index(max(values)), values.index(min(values))
    style = rng.randrange(4)
    cited = tuple(items)
    if style == 0:
        i = rng.randrange(n)
        other = (i + 1) % n
        swapped = list(numbers)
        swapped[i], swapped[other] = swapped[other], swapped[i]
        wrong = [*numbers[:i], written(rng, values[i] + rng.uniform(2, 9), q), *numbers[i + 1 :]]
        slot = Slot(listed(numbers), (Lie("other_file", listed(swapped)), Lie("wrong_number", listed(wrong))))
        return Draft(
            (f"The {noun} of {listed(names)} are ", slot, f"{unit}."), cited, f"Give me the {noun} of all files"
        )
    if style == 1:
        high = rng.random() < 0.5
        right = top if high else low
        slot = word_slot(names[right], "wrong_superlative", *names)
        return Draft((f"The {most if high else least} of them is ", slot, "."), cited, f"Which is the {most}?")
    if style == 2:
        bottom = Slot(numbers[low], (Lie("wrong_number", written(rng, min(values) + rng.uniform(3, 9), q)),))
        ceiling = Slot(numbers[top], (Lie("wrong_number", written(rng, max(values) - rng.uniform(3, 9), q)),))
        return Draft(
            (f"The {noun} range from ", bottom, " to ", ceiling, f"{unit}."), cited, f"How far apart are the {noun}?"
        )
    channels = [w.get(subject, "facts.channels") for subject in w.subjects]
    if len({item.value for item in channels}) != 1:
        return None
    layout, wrong_layout = ("stereo", "mono") if channels[0].value == 2 else ("mono", "stereo")
    everyone = "Both" if n == 2 else f"All {WORDS[n]} files"
    return Draft(
        (f"{everyone} are ", word_slot(layout, "wrong_label", wrong_layout), "."), tuple(channels), "Mono or stereo?"
    )


DRAFTS: tuple[tuple[float, Callable[[World, str], Draft | None]], ...] = (
    (0.58, single_draft), (0.72, joined_draft), (0.84, compared_draft), (0.88, several_draft),
    (0.90, ratio_draft), (0.92, same_key_draft), (0.96, held_against_draft),
    (1.01, theory_draft),
)  # fmt: skip


def drafts(seed: int) -> Iterator[tuple[World, Draft]]:
    """Endless, the same for the same seed."""
    rng = random.Random(seed)
    while True:
        w = make_world(rng)
        for _ in range(3):
            dice = rng.random()
            build = next(build for limit, build in DRAFTS if dice < limit)
            draft = build(w, rng.choice(w.subjects))
            if draft is not None:
                yield w, draft


def as_case(w: World, draft: Draft, text: str, extra: Sequence[Evidence] = (), kind: str = "", truth: str = "") -> Case:
    cited = tuple({item.id: item for item in (*draft.cited, *extra)}.values())
    subjects = () if draft.cited[0].name.startswith("theory.") else w.subjects
    return Case(text, cited, draft.question, subjects, kind, truth)


def true_sentences(seed: int, n: int) -> list[Case]:
    """n different true sentences about made-up evidence."""
    cases: dict[str, Case] = {}
    for w, draft in drafts(seed):
        text = spoken(draft.parts)
        if text not in cases:
            cases[text] = as_case(w, draft, text)
        if len(cases) == n:
            break
    return list(cases.values())


def inventions(w: World, draft: Draft, text: str) -> Iterator[Lie]:
    """Things added that no evidence holds."""
    rng, stem = w.rng, text.rstrip(".")
    yield Lie("invented_name", f"{stem}, {rng.choice(INVENTED_NAMES)}.")
    yield Lie("invented_quotation", f'{stem}, and its notes say "{rng.choice(INVENTED_QUOTES)}".')
    chords = rng.sample(("Am7", "Dm9", "Fmaj7", "G7", "E7sus4", "Bdim"), 2)
    yield Lie("invented_chord", f"{stem}, over {chords[0]} and {chords[1]}.")
    held = (
        repr([item.value for item in draft.cited if item.kind != "time"]) + draft.question + text + "".join(w.subjects)
    )
    number = rng.choice([n for n in range(11, 400) if str(n) not in held])
    thing = rng.choice(("bars", "tracks", "instruments", "edits", "voices", "sections"))
    yield Lie("invented_number", f"{stem}, and it has {number} {thing}.")
    if not re.search(r"tun(ed|ing)|A4|cents", text) and "tonality" not in held:
        yield Lie("invented_number", f"{stem}, tuned {number} cents flat.")


def lies_of(w: World, draft: Draft) -> Iterator[tuple[Lie, str]]:
    """Every lie that is one change away from the draft, with the whole sentence."""
    truth = spoken(draft.parts)
    for i, part in enumerate(draft.parts):
        if isinstance(part, Slot):
            for lie in part.lies:
                yield lie, spoken((*draft.parts[:i], Slot(lie.text), *draft.parts[i + 1 :]))
    for lie in draft.extra:
        yield lie, lie.text
    for lie in inventions(w, draft, truth):
        yield lie, lie.text


def planted_lies(seed: int, n: int) -> list[Case]:
    """n different lies, spread evenly over the kinds; each is false of the evidence it cites."""
    kinds: dict[str, list[Case]] = {}
    seen: set[str] = set()
    # The pool is larger than asked for, so that rare kinds get their share.
    for count, (w, draft) in enumerate(drafts(seed + 7919)):
        truth = spoken(draft.parts)
        found = [(lie, text) for lie, text in lies_of(w, draft) if text != truth and text not in seen]
        w.rng.shuffle(found)
        taken: set[str] = set()
        for lie, text in found:
            if lie.kind not in taken and len(taken) < 4:
                taken.add(lie.kind)
                seen.add(text)
                kinds.setdefault(lie.kind, []).append(as_case(w, draft, text, lie.cited, lie.kind, truth))
        if count >= max(400, 3 * n):
            break
    cases: list[Case] = []
    depth = 0
    while len(cases) < n:
        layer = [kinds[kind][depth] for kind in sorted(kinds) if depth < len(kinds[kind])]
        if not layer:
            raise ValueError(f"only {len(cases)} lies could be planted, {n} were asked for; enlarge the pool")
        cases += layer
        depth += 1
    return cases[:n]
