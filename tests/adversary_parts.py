"""What the adversaries of the answer checker are made of: imagined worlds, slots, and the lies that fit a slot."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from grym_synth.messages import EVIDENCE_UNITS, Evidence, Json, Source, Span

SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = {"C#": "Db", "D#": "Eb", "F#": "Gb", "G#": "Ab", "A#": "Bb"}
BANDS = ("sub", "bass", "low_mid", "mid", "high_mid", "presence", "brilliance")
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
FORMATS = {
    "wav": ("WAV", "PCM_24"), "flac": ("FLAC", "PCM_16"), "aiff": ("AIFF", "PCM_16"), "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"), "mp3": ("MPEG", "MPEG_LAYER_III"),
}  # fmt: skip
#: Some carry a number or a key: a checker that takes names for evidence falls for them.
FILES = (
    "night_drive.flac", "loop_120bpm.wav", "take_3.wav", "04 intro.mp3", "Kick-Bass.aiff", "café_demo.ogg",
    "mixdown-final.wav", "vox.wav", "Song 2.mp3", "drums_90.wav", "bounce_v12.flac", "ambient.opus",
    "A minor sketch.wav", "rehearsal 2024-05-01.wav", "/home/ana/music/glass.flac", "../stems/pad_72.wav",
)  # fmt: skip
INVENTED_NAMES = (
    "recorded at Abbey Road", "produced by Brian Eno", "performed by the Berlin Philharmonic",
    "released by Warp Records",
    "mixed in Pro Tools", "played on a Fender Rhodes", "made in Stockholm", "reminiscent of Miles Davis",
    "captured with a Neumann microphone", "from the album Blue Lines", "sung by Maria Callas", "a nod to Kraftwerk",
    "courtesy of Deutsche Grammophon", "featuring Anna Lind", "much like Daft Punk", "thanks to Ableton Live",
    "as heard in Berlin", "which Quincy Jones would like",
)  # fmt: skip
INVENTED_QUOTES = ("final master, do not use", "Recorded live in one take", "© Blue Harbour Music", "dubplate version")


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence and what it cites. `kind` and `truth` are empty for a true sentence."""

    text: str
    cited: tuple[Evidence, ...]
    question: str
    subjects: tuple[str, ...]
    kind: str = ""
    truth: str = ""


@dataclass(frozen=True, slots=True)
class Lie:
    """Another filling of a slot, false; `cited` is what the liar cites on top of the true sentence's evidence."""

    kind: str
    text: str
    cited: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    truth: str
    lies: tuple[Lie, ...] = ()


Parts = tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true of one subject: sentences with {who}, noun phrases without, and the slots that both fill."""

    cited: tuple[Evidence, ...]
    slots: dict[str, Slot]
    sentences: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    questions: tuple[str, ...] = ("What can you tell me about it?",)
    false_for: frozenset[str] = frozenset()  # other subjects of which the same words are false
    extra: tuple[Lie, ...] = ()  # whole sentences, without {who}


@dataclass(frozen=True, slots=True)
class Draft:
    parts: Parts
    cited: tuple[Evidence, ...]
    question: str
    extra: tuple[Lie, ...] = ()


# --- evidence -------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """All that was measured in one imagined request."""

    rng: random.Random
    subjects: tuple[str, ...]
    items: list[Evidence] = field(default_factory=list)

    def add(
        self, subject: str, name: str, kind: str, value: Json, *, rank: int = 0, confidence: float = 1.0,
        span: Span | None = None, agent: str = "listen",
    ) -> Evidence:  # fmt: skip
        source = Source(agent, "0.1.0", "difference" if agent == "hub" else "measured")
        item = Evidence(
            f"e{len(self.items) + 1}", name, kind, value, EVIDENCE_UNITS[kind], confidence, subject, source, span,
            "full", rank,
        )  # fmt: skip
        self.items.append(item)
        return item

    def find(self, subject: str, name: str, rank: int = 0) -> Evidence | None:
        for item in self.items:
            if item.subject == subject and item.name == name and item.rank == rank:
                return item
        return None

    def get(self, subject: str, name: str) -> Evidence:
        item = self.find(subject, name)
        assert item is not None, f"{subject!r} has no {name!r}"
        return item

    def others(self, subject: str) -> list[str]:
        return [other for other in self.subjects if other != subject]


def number_between(rng: random.Random, low: float, high: float, digits: int = 3) -> float:
    """A number that no rounding to 0.1 or 1 can push to either side: never near a half."""
    while True:
        value = round(rng.uniform(low, high), digits)
        if all(abs(value * scale % 1 - 0.5) > 0.03 for scale in (1, 10)):
            return value


def note_of(frequency_hz: float) -> tuple[str, float]:
    """Nearest equal-tempered note at A4 = 440 Hz, and how far above it in cents."""
    midi = 69 + 12 * math.log2(frequency_hz / 440)
    nearest = round(midi)
    return f"{SHARPS[nearest % 12]}{nearest // 12 - 1}", round(100 * (midi - nearest), 1)


def camelot_of(musical_key: str) -> str:
    tonic, mode = musical_key.split()
    pitch_class = SHARPS.index(tonic) + (3 if mode == "minor" else 0)
    return f"{(pitch_class * 7 + 7) % 12 + 1}{'A' if mode == 'minor' else 'B'}"


# --- numbers in words -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quantity:
    """How a kind of number is said, and how far off it has to be to be plainly false."""

    units: tuple[str, ...]
    decimals: int
    margin: Callable[[float], float]
    spread: tuple[float, float]
    wrong_units: tuple[str, ...] = ()
    coarse: tuple[float, ...] = (1.0, 5.0, 10.0)


def _always(margin: float) -> Callable[[float], float]:
    return lambda _: margin


TEMPO = Quantity((" BPM", " BPM", " bpm", " beats per minute", "BPM"), 1, _always(0.2), (1.3, 30),
                 (" Hz", " dB", " ms"), (1.0, 5.0, 10.0))  # fmt: skip
LUFS = Quantity((" LUFS",), 1, _always(0.2), (0.5, 8), (" dBTP", " LU", " BPM", " dBFS"), (1.0, 2.0, 5.0))
LU = Quantity((" LU",), 1, _always(0.2), (0.5, 6), (" LUFS", " dBTP", " s"), (1.0, 5.0))
LU_GAP = replace(LU, wrong_units=(" BPM", " s"))
DBTP = Quantity((" dBTP",), 1, _always(0.2), (0.5, 5), (" LUFS", " LU", " Hz"), (1.0, 5.0))
DBFS = Quantity((" dBFS",), 1, _always(0.2), (0.5, 8), (" LUFS", " dBTP", " Hz"), (1.0, 5.0))
DB = Quantity((" dB", " dB", " decibels"), 1, _always(0.2), (0.5, 8), (" LUFS", " Hz", " cents"), (1.0, 5.0))
CENTS = Quantity((" cents",), 0, _always(2.5), (4, 30), (" semitones", " Hz", " %"), (10.0, 20.0))
PERCENT = Quantity((" %", "%", " percent", " per cent"), 0, _always(2.5), (5, 30), (" dB",), (10.0, 50.0))
SECONDS = Quantity((" s", " s", " seconds"), 1, _always(0.35), (1.6, 60), (" ms", " minutes", " Hz"), (5.0, 10.0))
MILLISECONDS = Quantity((" ms", " milliseconds"), 0, _always(3.0), (20, 300), (" s", " BPM"), (50.0, 100.0))
PLAIN = Quantity(("",), 2, _always(0.04), (0.08, 0.4), (), (0.5, 1.0))


def hz_margin(value: float) -> float:
    return max(3.0, 0.015 * abs(value))


HERTZ = Quantity((" Hz", " Hz", " hertz"), 0, hz_margin, (12, 300), (" BPM", " dB", " cents"), (100.0, 500.0))


def written(rng: random.Random, value: float, q: Quantity, decimals: int | None = None) -> str:
    """The number without its unit, rounded no further than is allowed."""
    digits = q.decimals + rng.choice((0, 0, 0, 1)) if decimals is None else decimals
    text = f"{value:.{digits}f}"
    if q.decimals == 1 and "." in text and abs(value - round(value)) < 0.045 and rng.random() < 0.7:
        text = f"{value:.0f}"
    if digits == 0 and abs(value) >= 1000 and rng.random() < 0.4:
        text = f"{value:,.0f}"
    if text.startswith("-") and not text.strip("-0."):
        text = text[1:]
    return "−" + text[1:] if text.startswith("-") and rng.random() < 0.25 else text


def said(rng: random.Random, value: float, q: Quantity) -> str:
    if q is HERTZ and value >= 1000 and rng.random() < 0.5:
        return f"{value / 1000:.2f} kHz"
    return written(rng, value, q) + rng.choice(q.units)


def swapped_digits(text: str, rng: random.Random) -> str:
    places = [i for i in range(len(text) - 1) if text[i : i + 2].isdigit() and text[i] != text[i + 1]]
    if not places:
        return text
    i = rng.choice(places)
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def read_back(text: str) -> float:
    """The number at the start of a rendering: our own reader, so that a lie is checked as it is written."""
    found = re.match(r"[-−]?[\d,]*\.?\d+", text)
    assert found is not None, text
    return float(found.group().replace("−", "-").replace(",", ""))


def plainly_false(stated: float, held: float, q: Quantity) -> bool:
    # Musicians tell a tempo in whole beats a minute: "86" is a true word for 86.3.
    margin = 0.55 if q is TEMPO and float(stated).is_integer() else q.margin(held)
    return abs(stated - held) > margin


def number_slot(
    w: World, s: str, value: float, q: Quantity, *, name: str = "", siblings: Sequence[tuple[float, Evidence]] = (),
    named: bool = True, signed: bool = True, kind: str = "wrong_number",
) -> Slot:  # fmt: skip
    """A measured number, and everything a careless or dishonest writer could make of it.

    `siblings` are other measures of the same unit; `name` looks the value up in the other files; `signed` is False
    where the sign is carried by a word ("7 cents flat").
    """
    rng = w.rng
    truth = said(rng, value, q)
    unit = truth[len(re.match(r"[-−\d.,]*", truth).group()) :]  # type: ignore[union-attr]
    factor = 1000.0 if unit.endswith("kHz") else 1.0
    decimals = 2 if factor > 1 else None
    lies: list[Lie] = []

    def add(lie_kind: str, number: float, cited: tuple[Evidence, ...] = (), places: int | None = decimals) -> None:
        text = written(rng, number / factor, q, places)
        if plainly_false(read_back(text) * factor, value, q):
            lies.append(Lie(lie_kind, text + unit, cited))

    add(kind, value + rng.choice((-1, 1)) * rng.uniform(*q.spread))
    add("decimal_shifted", value * rng.choice((10, 0.1)))
    if signed and abs(value) > 1 and q is not HERTZ and q is not TEMPO and q is not SECONDS:
        add("sign_flipped", -value)
    swap = swapped_digits(truth, rng)
    if swap != truth and plainly_false(read_back(swap) * factor, value, q):
        lies.append(Lie("digit_swap", swap))
    step = rng.choice(q.coarse)
    add("rounded_too_far", round(value / step) * step, places=0 if factor == 1 and step >= 1 else None)
    bare = truth[: len(truth) - len(unit)]
    if q.wrong_units:
        lies.append(Lie("wrong_unit", bare + rng.choice(q.wrong_units)))
    if q is HERTZ:
        # Without its separator: "7,805 kHz" would be true with a decimal comma.
        lies.append(Lie("unit_prefix", bare.replace(",", "") + (" Hz" if factor > 1 else " kHz")))
    if q is MILLISECONDS or (q is SECONDS and value > 1):
        lies.append(Lie("unit_prefix", bare + (" s" if q is MILLISECONDS else " ms")))
    for other_value, item in siblings:
        add("wrong_measure", other_value, (item,) if rng.random() < 0.6 else ())
    if name and named:
        for other in w.others(s):
            item = w.get(other, name)
            if isinstance(item.value, int | float):
                add("other_file", float(item.value), (item,))
    for digits in re.findall(r"\d+", PurePath(s).name):
        if q is TEMPO and int(digits) > 59:
            add("number_from_file_name", float(digits))
    return Slot(truth, tuple(lies))


def clock(rng: random.Random, seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    if minutes and rng.random() < 0.4:
        return rng.choice(
            (f"{minutes} min {rest} s", f"{minutes} minutes and {rest} seconds", f"{minutes}m{rest:02d}s")
        )
    return f"{minutes}:{rest:02d}"


def time_slot(w: World, value: float, q: Quantity = SECONDS, kind: str = "wrong_time") -> Slot:
    """A time or duration; as mm:ss only where rounding and cutting agree."""
    rng = w.rng
    if value >= 10 and value % 1 < 0.45 and rng.random() < 0.6:
        wrong = [value + d for d in (rng.randint(7, 50), -rng.randint(3, 8), 60.0, -60.0)]
        state = rng.getstate()
        truth = clock(rng, value)
        lies = []
        for number in wrong:
            if number > 0:
                rng.setstate(state)
                lies.append(Lie(kind, clock(rng, number)))
        minutes, rest = divmod(int(value), 60)
        if ":" in truth and rest != minutes and 0 < rest < 60:
            lies.append(Lie("digit_swap", f"{rest}:{minutes:02d}"))
        return Slot(truth, tuple(lies))
    return number_slot(w, "", value, q, kind=kind, signed=False)


def count_slot(
    w: World, s: str, value: int, *, name: str = "", siblings: Sequence[tuple[float, Evidence]] = ()
) -> Slot:
    rng = w.rng
    words = value < len(WORDS) and rng.random() < 0.6
    truth = WORDS[value] if words else f"{value:,}" if value >= 1000 and rng.random() < 0.5 else str(value)
    wrong = {value + rng.choice((1, 2, 3)), value + rng.randint(5, 90), abs(value - 1)} - {value}
    lies = [Lie("wrong_count", str(n)) for n in sorted(wrong)]
    if words:
        lies += [Lie("number_word", WORDS[n]) for n in (value + 1, value + 2) if n < len(WORDS)]
    if value >= 20:
        lies.append(Lie("rounded_too_far", str(round(value / 100 + 0.51) * 100)))
        swap = swapped_digits(str(value), rng)
        if swap != str(value):
            lies.append(Lie("digit_swap", swap))
        lies.append(Lie("decimal_shifted", str(value * 10)))
    lies += [Lie("wrong_measure", str(int(n)), (item,)) for n, item in siblings if int(n) != value]
    for other in w.others(s) if name else ():
        item = w.get(other, name)
        if isinstance(item.value, int) and item.value != value:
            lies.append(Lie("other_file", str(item.value), (item,)))
    return Slot(truth, tuple(lie for lie in lies if lie.text.replace(",", "") != str(value)))


def differs_in(w: World, s: str, name: str, margin: float = 0.0) -> frozenset[str]:
    """The other subjects for which this value would be plainly wrong."""
    own = w.find(s, name)
    different = set()
    for other in w.others(s):
        item = w.find(other, name)
        if own is None or item is None:
            continue
        if isinstance(own.value, int | float) and isinstance(item.value, int | float):
            if abs(own.value - item.value) > margin:
                different.add(other)
        elif own.value != item.value:
            different.add(other)
    return frozenset(different)


def key_words(rng: random.Random, musical_key: str) -> str:
    """A key as evidence spells it, or with its enharmonic flat."""
    tonic, mode = musical_key.split()
    flat = FLATS.get(tonic)
    spellings = [tonic, tonic]
    if flat:
        spellings += [flat, f"{flat[0]} flat", f"{flat[0]}♭", f"{tonic[0]} sharp", f"{flat[0]}-flat", f"{tonic[0]}♯"]
    return f"{rng.choice(spellings)} {mode}"


def note_words(rng: random.Random, note: str) -> str:
    tonic, octave = note[:-1], note[-1]
    return f"{rng.choice((tonic, FLATS.get(tonic, tonic)))}{octave}"


def note_slot(w: World, note: str, siblings: Iterable[str] = ()) -> Slot:
    rng = w.rng
    tonic, octave = note[:-1], int(note[-1])
    moved = SHARPS[(SHARPS.index(tonic) + rng.randint(1, 11)) % 12]
    lies = [Lie("wrong_note", f"{moved}{octave}"), Lie("wrong_note", f"{tonic}{octave + rng.choice((1, 2))}")]
    lies += [Lie("wrong_measure", other) for other in siblings if other != note]
    return Slot(note_words(rng, note), tuple(lies))


def key_slot(w: World, s: str, musical_key: str, *, alternative: Evidence | None, named: bool = True) -> Slot:
    rng = w.rng
    tonic, mode = musical_key.split()
    flipped = "minor" if mode == "major" else "major"
    moved = SHARPS[(SHARPS.index(tonic) + rng.randint(1, 11)) % 12]
    lies = [
        Lie("wrong_key", key_words(rng, f"{moved} {mode}")),
        Lie("wrong_mode", key_words(rng, f"{tonic} {flipped}")),
    ]
    if alternative is not None:
        lies.append(Lie("alternative_as_main", key_words(rng, str(alternative.value)), (alternative,)))
    if "A minor" in s and musical_key != "A minor":
        lies.append(Lie("number_from_file_name", "A minor"))
    for other in w.others(s) if named else ():
        item = w.get(other, "tonality.key")
        if item.value != musical_key:
            lies.append(Lie("other_file", key_words(rng, str(item.value)), (item,)))
    return Slot(key_words(rng, musical_key), tuple(lies))


def word_slot(truth: str, kind: str, *wrong: str) -> Slot:
    return Slot(truth, tuple(Lie(kind, text) for text in wrong if text != truth))


# --- facts about one recording ---------------------------------------------------------------------------------------


def value_of(item: Evidence) -> float:
    assert isinstance(item.value, int | float)
    return float(item.value)


def confidence_slot(w: World, item: Evidence) -> Slot:
    rng = w.rng
    percent = round(item.confidence * 100)
    wrong = [n for n in (percent - rng.randint(8, 30), percent + rng.randint(5, 20), 100 - percent) if 0 < n <= 100]
    style = rng.choice(("{} %", "{}%", "{} percent"))
    return Slot(
        style.format(percent),
        tuple(Lie("wrong_percentage", style.format(n)) for n in wrong if abs(n - percent) >= 4),
    )
