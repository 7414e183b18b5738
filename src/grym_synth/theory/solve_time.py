"""Questions of time: delays, bars, beats, samples, and the tempo that a time makes."""

from __future__ import annotations

from collections.abc import Callable

from ..regex import lazily
from .durations import (
    MODIFIERS,
    NOTE_VALUES,
    VALUE_NAMES,
    bar_quarters,
    note_quarters,
    quarters_to_s,
    s_to_bars,
    tempo_of,
)
from .finding import Finding, finding, shown
from .question import Question

_NAMES = {
    "whole": "1/1", "semibreve": "1/1", "half": "1/2", "quarter": "1/4", "eighth": "1/8", "8th": "1/8",
    "sixteenth": "1/16",
    "16th": "1/16", "thirty-second": "1/32", "32nd": "1/32", "sixty-fourth": "1/64", "64th": "1/64", "128th": "1/128",
    "1/1": "1/1", "1/2": "1/2", "1/4": "1/4", "1/8": "1/8", "1/16": "1/16", "1/32": "1/32", "1/64": "1/64",
    "1/128": "1/128",
}  # fmt: skip
_VALUE = lazily(
    r"(?<![\w/.])(?P<before>double[ -]dotted|dotted|triplet|quintuplet)?[ -]?"
    r"(?P<value>whole|semibreve|half|quarter|eighth|8th|sixteenth|16th|thirty[ -]second|32nd|sixty[ -]fourth|"
    r"64th|128th|"
    r"1/(?:128|16|1|2|32|4|64|8)(?!\d))s?(?![ -]?(?:steps?|tones?|time|dim|speed|harmonic|overtone|partial|a "
    r"(?![0-9])|an |full))"
    r"(?:[ -]?notes?)?(?:[ -]?(?P<after>double[ -]dotted|dotted|triplets?|quintuplets?|[dt](?![a-z])|"
    r"\.(?=\s?(?:delay|note|at|@))))?"
)
_DELAY = r"delays?|pre-?delay|reverb|ms|lfo|note values?|delay times?|hz|samples"
_ASKS_LENGTH = (
    r"how long|length|duration|seconds|minutes|time|last|take|ms|milliseconds|samples|how many|long|last|"
    r"minutes and seconds"
)


def solve_time(question: Question) -> tuple[Finding, ...]:
    """Findings of the first kind of time question that this one is; empty when it is none."""
    for parser in _PARSERS:
        if found := parser(question):
            return found
    return ()


def usable(tempi: tuple[float, ...]) -> bool:
    """Whether these are tempi of music, and not too many to answer for."""
    return bool(tempi) and len(tempi) <= 12 and all(1.0 <= tempo <= 5000.0 for tempo in tempi)


def note_values(question: Question) -> tuple[tuple[str, str], ...]:
    """(value, modifier) of each note value named: ("1/8", "dotted")."""
    found = []
    for match in _VALUE.finditer(question.words):
        word = (match["before"] or match["after"] or "").replace("-", " ").rstrip("s")
        modifier = {"d": "dotted", ".": "dotted", "t": "triplet"}.get(word, word)
        found.append((_NAMES[match["value"].replace(" ", "-")], modifier))
    return tuple(dict.fromkeys(found))


def rate_text(question: Question, rate: float) -> str:
    """A sample rate as the question wrote it, in Hz or in kHz."""
    return f"{shown(rate)} Hz" if shown(rate) in question.words else f"{shown(rate / 1000, 4)} kHz"


def value_name(value: str, modifier: str) -> str:
    """ "dotted eighth note" """
    return f"{modifier} {VALUE_NAMES[value]}".strip()


def _an(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


# --- A tempo from a time --------------------------------------------------------------------------------------------


def _tempo_from_time(question: Question) -> tuple[Finding, ...]:
    times = [quantity for quantity in question.quantities if quantity.unit in ("ms", "s", "samples")]
    if not question.says(r"tempo|bpm|beats per minute|how fast") or question.tempi or len(times) != 1:
        return ()
    time = times[0]
    seconds = time.value / 1000 if time.unit == "ms" else time.value
    if time.unit == "samples":
        if len(question.rates) != 1 or not 1000 <= question.rates[0] <= 1e7:
            return ()
        seconds = time.value / question.rates[0]
    bars, beats, values = question.values("bars"), question.values("beats"), note_values(question)
    metre = question.metre or (4, 4)
    if bars:
        quarters, what = bars[0] * bar_quarters(metre), f"{shown(bars[0])} {_plural('bar', bars[0])}"
    elif beats:
        quarters, what = beats[0], f"{shown(beats[0])} {_plural('beat', beats[0])}"
    elif values:
        quarters, what = note_quarters(*values[0]), _an(value_name(*values[0]))
    elif time.unit == "s" and not question.says(r"beats?|taps?|tapped|tap|apart|each|every|delay|between"):
        return ()
    else:
        quarters, what = 1.0, "a beat"
    if not (0 < quarters <= 1e5 and 1e-4 <= seconds <= 1e6):
        return ()
    tempo = tempo_of(quarters, seconds)
    if not 1.0 <= tempo <= 10000.0:
        return ()
    unit = {"ms": "ms", "s": "s", "samples": "samples"}[time.unit]
    text = f"At {shown(tempo)} BPM {what} {'last' if what.endswith('s') else 'lasts'} {shown(time.value, 3)} {unit}."
    method = "60 times quarter notes / seconds" + (
        ", a bar taken as four beats" if bars and question.metre is None else ""
    )
    return (finding("tempo_bpm", "tempo", round(tempo, 4), method, text),)


def _plural(word: str, count: float) -> str:
    return word if count == 1 else word + "s"


# --- Bars, beats, seconds -------------------------------------------------------------------------------------------


def _time_of_bars(question: Question) -> tuple[Finding, ...]:
    tempi, bars, beats = question.tempi, question.values("bars"), question.values("beats")
    if not usable(tempi) or len(bars) + len(beats) == 0 or question.values("s", "ms"):
        return ()
    if not question.says(_ASKS_LENGTH) and len(question.words) > 60:
        return ()
    metre = question.metre or (4, 4)
    found: list[Finding] = []
    for tempo in tempi:
        for count, word in [(bar, "bar") for bar in bars] + [(beat, "beat") for beat in beats]:
            if not 0 < count <= 1e6:
                return ()
            quarters = count * (bar_quarters(metre) if word == "bar" else 1.0)
            found += _one_length(question, count, word, quarters, tempo)
    return tuple(found[:24])


def _one_length(question: Question, count: float, word: str, quarters: float, tempo: float) -> tuple[Finding, ...]:
    seconds = quarters_to_s(quarters, tempo)
    metre = question.metre
    what = f"{shown(count)} {_plural(word, count)}"
    if word == "bar":
        what += f" of {metre[0]}/{metre[1]}" if metre else " of common time"
    lasts = "lasts" if count == 1 else "last"
    method = "60 times quarter notes / tempo" + (", a bar taken as four beats" if word == "bar" and not metre else "")
    if question.rates and question.says(r"samples"):
        return tuple(
            finding(
                "length_samples", "count", round(seconds * rate, 3), method + ", times the sample rate",
                (f"{what} at {shown(tempo, 3)} BPM and {rate_text(question, rate)} {lasts} "
                f"{shown(seconds * rate)} samples."),
            )
            for rate in question.rates
        )  # fmt: skip
    if question.says(r"ms|milliseconds") or (word == "beat" and count == 1 and not question.says(r"seconds")):
        text = f"{what} at {shown(tempo, 3)} BPM {lasts} {shown(1000 * seconds)} ms."
        return (finding("delay_ms", "delay", round(1000 * seconds, 6), method, text),)
    text = f"{what} at {shown(tempo, 3)} BPM {lasts} {shown(seconds, 3)} s."
    return (finding("duration_s", "duration", round(seconds, 6), method, text),)


def _bars_in_time(question: Question) -> tuple[Finding, ...]:
    tempi, seconds = question.tempi, question.values("s")
    if not usable(tempi) or not seconds or not question.says(r"bars?|measures?|beats?"):
        return ()
    total, metre = sum(seconds) if question.values("bars") == () else 0.0, question.metre or (4, 4)
    if not 0 < total <= 1e7:
        return ()
    found = []
    for tempo in tempi:
        if question.says(r"bars?|measures?"):
            count, word, method = (
                s_to_bars(total, tempo, metre),
                "bars",
                "seconds times tempo / 60, divided by the beats of a bar",
            )
            word = f"bars of {metre[0]}/{metre[1]}" if question.metre else "bars of common time"
            name = "bars"
        else:
            count, word, method, name = total * tempo / 60, "beats", "seconds times tempo / 60", "beats"
        text = f"That time at {shown(tempo, 3)} BPM holds {shown(count)} {word}."
        found.append(finding(name, "count", round(count, 6), method, text))
    return tuple(found)


# --- Delays ---------------------------------------------------------------------------------------------------------

_TABLE = tuple((value, modifier) for value in list(NOTE_VALUES)[:7] for modifier in ("", "dotted", "triplet"))
_SHORT_TABLE = tuple((value, "") for value in ("1/16", "1/32", "1/64", "1/128"))


def _delays(question: Question) -> tuple[Finding, ...]:
    tempi, values = question.tempi, note_values(question)
    if not tempi and len(bare := question.values("")) == 1 and (values or question.says("delay|bpm")):
        tempi = bare
    if not usable(tempi) or question.values("s", "ms"):
        return ()
    if values or (
        question.says(r"(?:per|of|for|in) (?:one |a |each |every )?beat")
        and question.says(r"ms|samples|hz|delay|milliseconds|long|length")
    ):
        wanted = values or (("1/4", ""),)
        return tuple(item for tempo in tempi for value in wanted[:24] for item in _one_delay(question, tempo, *value))
    if question.says(r"samples") and question.says(r"beats?"):
        return tuple(item for tempo in tempi for item in _one_delay(question, tempo, "1/4", ""))
    if not question.says(r"delays?|pre-?delays?|reverb\w*|note values?|milliseconds|ms"):
        return ()
    short = question.says(r"pre-?delays?")
    return tuple(_delay_table(tempo, _SHORT_TABLE if short else _TABLE) for tempo in tempi)


def _one_delay(question: Question, tempo: float, value: str, modifier: str) -> tuple[Finding, ...]:
    seconds = quarters_to_s(note_quarters(value, modifier), tempo)
    times = {"": "", "dotted": ", times 1.5 for dotted", "triplet": ", times 2/3 for triplet"}.get(
        modifier, ", times the modifier"
    )
    method = f"60000 / tempo, times the length in quarter notes{times}"
    what = f"{_an(value_name(value, modifier))} at {shown(tempo, 3)} BPM"
    what = what[0].upper() + what[1:]
    if question.says(r"samples"):
        rates = question.rates or (44100.0, 48000.0)
        return tuple(
            finding(
                "delay_samples", "count", {"sample_rate_khz": rate / 1000, "count_samples": round(seconds * rate, 3)},
                method + ", times the sample rate / 1000",
                f"{what} lasts {shown(seconds * rate)} samples at {rate_text(question, rate)}.",
            )
            if len(rates) > 1
            else finding(
                "delay_samples", "count", round(seconds * rate, 3), method + ", times the sample rate / 1000",
                f"{what} lasts {shown(seconds * rate)} samples at {rate_text(question, rate)}.",
            )
            for rate in rates
        )  # fmt: skip
    hertz = finding(
        "delay_rate_hz",
        "frequency",
        round(1 / seconds, 6),
        "1 / seconds",
        f"{what} is a rate of {shown(1 / seconds, 3)} Hz.",
    )
    delay = finding("delay_ms", "delay", round(1000 * seconds, 6), method, f"{what} lasts {shown(1000 * seconds)} ms.")
    if question.says(r"hz|hertz|lfo|rate|frequency"):
        return (hertz, delay) if not question.says(r"ms|milliseconds|delay") else (delay, hertz)
    return (delay,)


def _delay_table(tempo: float, rows: tuple[tuple[str, str], ...]) -> Finding:
    table = [(value, modifier, 1000 * quarters_to_s(note_quarters(value, modifier), tempo)) for value, modifier in rows]
    plain = ", ".join(f"{value} {shown(ms)} ms" for value, modifier, ms in table if not modifier)
    return finding(
        "delay_table_ms",
        "delay",
        [
            {"note_value": f"{value} {modifier}".strip(), "delay_ms": round(ms, 6), "rate_hz": round(1000 / ms, 6)}
            for value, modifier, ms in table
        ],
        (
            f"60000 / tempo, times the length in quarter notes; {MODIFIERS['dotted']} times that for dotted, 2/3 "
            "for triplets"
        ),
        f"At {shown(tempo, 3)} BPM the note values last {plain}.",
    )


# --- Samples --------------------------------------------------------------------------------------------------------


def _samples(question: Question) -> tuple[Finding, ...]:
    """Between samples and time at a rate."""
    rates, samples = question.rates, question.values("samples")
    if not rates or question.tempi or not question.says(r"samples?|buffer|latency|frames"):
        return ()
    if (
        not samples
        and question.says(r"buffer|latency")
        and len(bare := [q.value for q in question.quantities if q.unit == "" and q.value not in rates]) == 1
    ):
        samples = (bare[0],)
    if not all(1000 <= rate <= 1e7 for rate in rates):
        return ()
    if len(samples) == 1 and 0 < samples[0] <= 1e12:
        found = []
        for rate in rates:
            seconds = samples[0] / rate
            what = f"{shown(samples[0])} samples at {rate_text(question, rate)} last"
            if (seconds < 1 and not question.says(r"seconds")) or question.says(r"ms|milliseconds"):
                found.append(
                    finding(
                        "delay_ms",
                        "delay",
                        round(1000 * seconds, 6),
                        "1000 times samples / sample rate",
                        f"{what} {shown(1000 * seconds, 3)} ms.",
                    )
                )
            else:
                found.append(
                    finding(
                        "duration_s",
                        "duration",
                        round(seconds, 9),
                        "samples / sample rate",
                        f"{what} {shown(seconds, 4)} s.",
                    )
                )
        return tuple(found)
    times = [q for q in question.quantities if q.unit in ("ms", "s")]
    if len(times) == 1 and 0 < times[0].value <= 1e9:
        seconds = times[0].value / (1000 if times[0].unit == "ms" else 1)
        return tuple(
            finding(
                "length_samples", "count", round(seconds * rate, 3), "seconds times sample rate",
                f"At {rate_text(question, rate)} that time takes {shown(seconds * rate)} samples.",
            )
            for rate in rates
        )  # fmt: skip
    return ()


_PARSERS: tuple[Callable[[Question], tuple[Finding, ...]], ...] = (
    _tempo_from_time, _samples, _bars_in_time, _time_of_bars,
    _delays,
)  # fmt: skip
