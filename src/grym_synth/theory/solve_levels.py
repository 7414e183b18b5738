"""Questions of levels and digital audio: decibels, bit depth, Nyquist, file sizes, distances."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from ..regex import lazily
from .finding import Finding, finding, shown
from .question import Question
from .solve_pitch import SOUND_SPEED
from .solve_time import rate_text


def solve_levels(question: Question) -> tuple[Finding, ...]:
    """Findings of the first kind of level question that this one is; empty when it is none."""
    for parser in _PARSERS:
        if found := parser(question):
            return found
    return ()


def _decibels(question: Question) -> tuple[Finding, ...]:
    """A gain in dB as a ratio, and back."""
    levels, power = question.values("db"), question.says(r"power|watts?|energy|intensity")
    scale = 10.0 if power else 20.0
    what = "power" if power else "amplitude"
    if question.tempi or question.says(r"lufs|normali[sz]e|track|song|file|louder"):
        return ()
    if len(levels) == 1 and len(question.quantities) == 1 and abs(levels[0]) <= 400:
        if not question.says(
            r"ratio|factor|linear|gain|percent|amplitude|voltage|power|multipl\w*|times|as a number|coefficient|"
            r"fraction"
        ):
            return ()
        ratio = 10 ** (levels[0] / scale)
        text = f"A gain of {shown(levels[0])} dB is {what} times {shown(ratio, 4)}."
        found = finding("gain_ratio", "number", round(ratio, 9), f"10^(dB / {scale:g})", text)
        if question.says("percent|%"):
            share = 100 * ratio
            return (
                finding(
                    "gain_percent",
                    "share",
                    round(share, 6),
                    f"100 times 10^(dB / {scale:g})",
                    f"{shown(levels[0])} dB is {shown(share)} % of the {what}.",
                ),
            )
        return (found,)
    if levels or not question.says(r"db|decibels?"):
        return ()
    named = re.search(r"(?<![a-z])(doubl\w*|twice|halv\w*|half|triple|ten times|tenfold)(?![a-z])", question.words)
    numbers = question.values("", "x")
    percents = question.values("%")
    if named and not question.quantities:
        if not (question.says(r"amplitude|gain|voltage|power|signal|level|volume|distance|is") or power):
            return ()
        if question.says("distance"):
            return ()
        ratio = {"d": 2.0, "h": 0.5}.get(
            named[1][0], 3.0 if named[1] == "triple" else 10.0 if named[1].startswith("ten") else 2.0
        )
        asked = named[1]
    elif len(numbers) == 1 and len(question.quantities) == 1:
        ratio, asked = numbers[0], shown(numbers[0], 6)
    elif len(percents) == 1 and len(question.quantities) == 1:
        ratio, asked = percents[0] / 100, f"{shown(percents[0], 4)} %"
    else:
        return ()
    if not 1e-12 <= ratio <= 1e12 or question.says(r"sources|speakers|voices|singers|copies|hz"):
        return ()
    db = scale * math.log10(ratio)
    text = f"In {what}, {asked} is {shown(db)} dB."
    return (finding("gain_db", "ratio", round(db, 6), f"{scale:g} log10(ratio)", text),)


def _sum(question: Question) -> tuple[Finding, ...]:
    """Levels of several sources added."""
    levels = question.values("db")
    if (
        not question.says(r"sum|add\w*|plus|together|combin\w*|two|both|sources|\d+ sources|total|and")
        or not 1 <= len(levels) <= 12
        or question.says("lufs")
    ):
        return ()
    counted = re.search(
        (
            r"(?<![\w.])(\d{1,4}|two|three|four|ten)(?: \w+){0,4}? (?:sources|speakers|voices|singers|signals|"
            r"tracks|machines|violins|copies|amps)(?![a-z])"
        ),
        question.words,
    ) or re.search(r"(?<![a-z])(two)(?: \w+)? \d+ ?-?db", question.words)
    coherent = question.says(r"coherent\w*|correlated|identical|in phase|same signal") and not question.says(
        "incoherent|uncorrelated"
    )
    scale = 20.0 if coherent else 10.0
    if len(levels) == 1:
        if counted is None or not question.says(r"sum|add\w*|together|total|combin\w*|sources|speakers|how loud|level"):
            return ()
        count = {"two": 2, "three": 3, "four": 4, "ten": 10}.get(counted[1]) or int(counted[1])
        levels = tuple(levels[0] for _ in range(min(count, 10000)))
    elif not question.says(r"sum|add\w*|plus|together|combin\w*|total|sources") or any(
        abs(level) > 400 for level in levels
    ):
        return ()
    if not levels or any(abs(level) > 400 for level in levels):
        return ()
    total = scale * math.log10(sum(10 ** (level / scale) for level in levels))
    kind = "in phase" if coherent else "independent of each other"
    method = f"{scale:g} log10 of the sum of 10^(dB / {scale:g}): {'amplitudes' if coherent else 'powers'} add"
    return (
        finding("level_sum_db", "ratio", round(total, 6), method, f"Together, sources {kind} reach {shown(total)} dB."),
    )


def _distance(question: Question) -> tuple[Finding, ...]:
    """Level over distance, and the time that sound needs for it."""
    meters = question.values("m")
    if question.says(r"doubl\w* (?:the |of )?distance|twice the distance|distance (?:is )?doubl\w*") and question.says(
        r"db|decibels?|level|drop|loud\w*|quieter"
    ):
        drop = 20 * math.log10(2)
        return (
            finding(
                "level_drop_db",
                "ratio",
                round(-drop, 6),
                "20 log10(1 / 2): free field, point source",
                f"The level falls by {shown(drop)} dB.",
            ),
        )
    if (
        len(meters) == 2
        and question.says(r"db|decibels?|level|drop|loud\w*|quieter")
        and min(meters) > 0
        and max(meters) < 1e6
    ):
        change = 20 * math.log10(meters[0] / meters[1])
        text = f"From {shown(meters[0], 3)} m to {shown(meters[1], 3)} m the level changes by {shown(change)} dB."
        return (
            finding(
                "level_drop_db",
                "ratio",
                round(change, 6),
                "20 log10(first distance / second): free field, point source",
                text,
            ),
        )
    if (
        len(meters) == 1
        and question.says(r"delay|ms|milliseconds|sound take|time align\w*|latency|how long")
        and 0 < meters[0] < 1e6
        and not question.tempi
    ):
        ms = 1000 * meters[0] / SOUND_SPEED
        return (
            finding(
                "delay_ms",
                "delay",
                round(ms, 6),
                "distance / 343 m/s (air at 20 degrees Celsius)",
                f"Sound needs {shown(ms)} ms for {shown(meters[0], 3)} m.",
            ),
        )
    times = [q for q in question.quantities if q.unit in ("ms", "s")]
    if (
        len(times) == 1
        and question.says(r"how far|distance|metres|meters")
        and question.says("sound|travel\\w*|delay")
        and 0 < times[0].value < 1e9
    ):
        far = SOUND_SPEED * times[0].value / (1000 if times[0].unit == "ms" else 1)
        text = f"In {shown(times[0].value, 3)} {times[0].unit} sound travels {shown(far, 3)} m."
        return (
            finding("distance_m", "number", round(far, 6), "343 m/s (air at 20 degrees Celsius) times seconds", text),
        )
    return ()


def _nyquist(question: Question) -> tuple[Finding, ...]:
    hertz = (
        question.values("hz")
        or question.rates
        or (tuple(v for v in question.values("") if 8 <= v <= 400) if question.says("nyquist") else ())
    )
    if (
        not question.says(r"nyquist\w*|highest frequency|sample rate (?:do i need|to capture|for)")
        or len(hertz) != 1
        or not 1 <= hertz[0] <= 1e9
    ):
        return ()
    if question.says(r"needed|need|capture|minimum sample rate"):
        text = f"To hold {shown(hertz[0] / 1000, 4)} kHz the sample rate must be above {shown(2 * hertz[0])} Hz."
        return (finding("sample_rate_hz", "frequency", round(2 * hertz[0], 6), "twice the frequency", text),)
    text = f"The Nyquist frequency of {rate_text(question, hertz[0])} is {shown(hertz[0] / 2)} Hz."
    return (finding("nyquist_hz", "frequency", round(hertz[0] / 2, 6), "half the sample rate", text),)


def _fft_bin(question: Question) -> tuple[Finding, ...]:
    points = re.search(
        (
            r"(?<![\w.])(\d{2,8})[ -]?(?:points?|samples?|pt)?[ -]?(?:fft|window|dft)|(?:fft|window|dft)(?: "
            r"size)?(?: of)? (\d{2,8})(?![\w.])"
        ),
        question.words,
    )
    if points is None or len(question.rates) != 1 or not question.says(r"bin\w*|resolution|spacing|width"):
        return ()
    n = int(points[1] or points[2])
    width = question.rates[0] / n
    text = f"With {n} points at {rate_text(question, question.rates[0])} the bins are {shown(width, 3)} Hz apart."
    return (finding("bin_width_hz", "frequency", round(width, 6), "sample rate / points", text),)


def _dynamic_range(question: Question) -> tuple[Finding, ...]:
    bits = question.values("bit")
    if (
        not bits
        or len(bits) > 6
        or not question.says(
            r"dynamic range|dynamics?|noise floor|snr|signal[ -]to[ -]noise|quanti[sz]ation|how many db|"
            r"decibels|rango dinamico|dynamikumfang|dynamique|values|levels|steps"
        )
    ):
        return ()
    if not all(1 <= bit <= 64 and bit == int(bit) for bit in bits):
        return ()
    found = []
    for bit in bits:
        n = int(bit)
        if question.says(r"how many (?:values|levels|steps)|values|quanti[sz]ation (?:levels|steps)"):
            found.append(finding("levels", "count", 2**n, "2 to the number of bits", f"{n} bits hold {2**n} values."))
            continue
        span = 20 * n * math.log10(2)
        found.append(
            finding(
                "dynamic_range_db",
                "ratio",
                round(span, 4),
                "20 log10(2^bits)",
                f"{n} bits span a dynamic range of {shown(span)} dB.",
            )
        )
        if question.says(r"snr|signal[ -]to[ -]noise|noise|sine"):
            sine = span + 10 * math.log10(1.5)
            found.append(
                finding(
                    "quantisation_snr_db",
                    "ratio",
                    round(sine, 4),
                    "6.02 times bits + 1.76",
                    f"A full-scale sine at {n} bits stands {shown(sine)} dB above the quantisation noise.",
                )
            )
    return tuple(found)


_FORMAT = lazily(
    r"(?<![\w./])(16|20|24|32) ?[/-] ?(8|11\.025|16|22\.05|32|44|44\.1|48|88\.2|96|176\.4|192)(?: ?khz|k)?(?![\w.])"
)


def _file_size(question: Question) -> tuple[Finding, ...]:
    """Bytes, or bits a second, of uncompressed audio; of compressed audio at a stated bit rate."""
    seconds, bit_rate = question.values("s"), question.values("kbps")
    asks_size = question.says(r"size|how big|how large|megabytes?|mb|gb|gigabytes?|space|storage|how much")
    if len(bit_rate) == 1 and asks_size and seconds and 0 < sum(seconds) < 1e8 and 0 < bit_rate[0] < 1e6:
        return (_size(1000 * bit_rate[0] * sum(seconds) / 8, "bit rate times seconds / 8"),)
    cd, paired = question.says(r"cd(?: quality| audio)?"), _FORMAT.search(question.words)
    rates, bits = question.rates, tuple(bit for bit in question.values("bit") if 1 <= bit <= 64)
    rate = rates[0] if len(rates) == 1 else float(paired[2]) * 1000 if paired else 44100.0 if cd else 0.0
    rate = 44100.0 if rate == 44000.0 else rate
    depth = bits[0] if len(bits) == 1 else float(paired[1]) if paired else 16.0 if cd else 0.0
    named = question.values("channels")
    channels = named[0] if named else 1.0 if question.says("mono") else 2.0 if question.says("stereo") or cd else 0.0
    if not (rate and depth and channels) or not (1 <= channels <= 1024 and 1 <= rate <= 1e7):
        return ()
    per_second = rate * depth * channels
    if question.says(r"bit ?rate|data rate|kbps|mbps") and not seconds:
        kilobits = per_second / 1000
        return (
            finding(
                "bit_rate_kbps",
                "number",
                round(kilobits, 6),
                "sample rate times bits times channels / 1000",
                f"Uncompressed it runs at {shown(kilobits)} kbit/s.",
            ),
        )
    if not asks_size or not seconds or not 0 < sum(seconds) < 1e8:
        return ()
    return (_size(per_second * sum(seconds) / 8, "sample rate times bits times channels times seconds / 8"),)


def _size(size: float, method: str) -> Finding:
    value = {"size_bytes": round(size), "size_mb": round(size / 1e6, 4)}
    return finding("file_size", "number", dict(value), method, f"That takes {shown(size / 1e6)} MB, headers apart.")


_PARSERS: tuple[Callable[[Question], tuple[Finding, ...]], ...] = (
    _file_size, _dynamic_range, _nyquist, _fft_bin, _distance, _sum, _decibels,
)  # fmt: skip
