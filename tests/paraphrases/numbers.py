"""Numbers, times, keys, notes and chords as people write them, and false ones beside them."""

from __future__ import annotations

import math
from random import Random

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
SHARPS = "C C# D D# E F F# G G# A A# B".split()
FLAT_OF = {"C#": "Db", "D#": "Eb", "F#": "Gb", "G#": "Ab", "A#": "Bb"}
CAMELOT_MINOR = dict(zip("G# D# A# F C G D A E B F# C#".split(), range(1, 13), strict=True))


def words(n: int) -> str:
    """Cardinal words up to 999."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    rest = n % 100
    return f"{ONES[n // 100]} hundred" + (f" and {words(rest)}" if rest else "")


def plain(value: float, decimals: int = 0) -> str:
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if not any(digit in text for digit in "123456789") else text


def signed(value: float, rng: Random, decimals: int = 1) -> str:
    """A level with one of the minus signs in use."""
    text = plain(abs(value), decimals)
    if value >= 0 or not any(digit in text for digit in "123456789"):
        return text
    return rng.choice(["-", "-", "−", "minus "]) + text


def grouped(n: int, rng: Random) -> str:
    return rng.choice([f"{n:,}", str(n)])


def counted(n: int, rng: Random) -> str:
    """A count in digits or, when short, in words."""
    return words(n) if n < 21 and rng.random() < 0.5 else grouped(n, rng)


def kilo(hz: float, decimals: int) -> str:
    text = f"{hz / 1000:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def hertz(hz: float, rng: Random) -> str:
    """A frequency in Hz or kHz, three digits or more of it."""
    if hz >= 1000:
        return rng.choice([f"{kilo(hz, 2)} kHz", f"{kilo(hz, 2)}kHz", f"{round(hz):,} Hz", f"{round(hz)} Hz"])
    return rng.choice([f"{hz:.1f} Hz", f"{hz:.0f} Hz", f"{hz:.0f}Hz"] if hz >= 100 else [f"{hz:.1f} Hz"])


def lasting(seconds: float, rng: Random) -> str:
    """A duration above a minute to the second, in one of many notations."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    forms = [
        f"{minutes}:{rest:02d}", f"{minutes}:{rest:02d}", f"{minutes} min {rest} s", f"{minutes}m {rest}s",
        f"{minutes} {_plural(minutes, 'minute')} and {rest} {_plural(rest, 'second')}",
        f"{minutes} {_plural(minutes, 'minute')} {rest} {_plural(rest, 'second')}",
        f"{words(minutes)} {_plural(minutes, 'minute')} and {words(rest)} {_plural(rest, 'second')}",
        f"{whole} seconds", f"{whole} s", f"{seconds:.1f} s", f"{seconds:.1f} seconds", f"{minutes}m{rest:02d}s",
    ]  # fmt: skip
    return rng.choice(forms)


def clock(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def place(seconds: float, rng: Random) -> str:
    """A position to the second."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    forms = [clock(seconds)] * 3 + [f"{whole} s", f"{whole} seconds", f"{seconds:.1f} s"]
    if minutes:
        forms += [f"{minutes} min {rest} s", f"{minutes} {_plural(minutes, 'minute')} {rest}"]
    return rng.choice(forms)


def _plural(n: int, unit: str) -> str:
    return unit if n == 1 else f"{unit}s"


def away(value: float, rng: Random, low: float, high: float, *avoid: float) -> float:
    """A number between `low` and `high` from `value`, on either side, and as far from those to avoid."""
    while True:
        false = value + rng.choice([-1, 1]) * rng.uniform(low, high)
        if all(abs(false - other) >= low for other in avoid):
            return false


def off(value: float, rng: Random, *avoid: float, low: float = 0.06, high: float = 0.35) -> float:
    """A positive number that no rounding takes to `value` or one of those to avoid."""
    while True:
        false = value * (1 + rng.choice([-1, 1]) * rng.uniform(low, high))
        if all(abs(false - other) > low * abs(other) for other in avoid):
            return false


def under_or_over(value: float, step: float, rng: Random) -> tuple[str, str, float] | None:
    """A round number close by, with hedges that are right about its side and hedges that are wrong."""
    near = round(value / step) * step
    gap = value - near
    if not 0.004 * abs(value) < abs(gap) < 0.03 * abs(value):
        return None
    under = ["just under", "slightly below", "a little under", "a touch under", "almost", "nearly", "a bit below"]
    over = ["just over", "slightly above", "a little over", "a touch over", "a bit above", "a shade over"]
    right, wrong = (over, under) if gap > 0 else (under, over)
    return rng.choice(right), rng.choice(wrong), near


def key_words(key: str, rng: Random) -> str:
    """A key as musicians write it, with the usual accidental."""
    tonic, mode = key.split()
    flat = {"major": ("C#", "D#", "G#", "A#"), "minor": ("D#", "A#")}[mode]
    if tonic in flat or (tonic == "F#" and mode == "major" and rng.random() < 0.3):
        tonic = FLAT_OF[tonic] if rng.random() < 0.7 else tonic
    shown = spelt(tonic, rng)
    forms = [f"{shown} {mode}"] * 5 + [f"{tonic}-{mode}"]
    if mode == "minor":
        forms.append(f"{tonic}m")
    return rng.choice(forms)


def spelt(name: str, rng: Random) -> str:
    """A note name with one of the signs for its accidental."""
    if name.endswith("#"):
        return rng.choice([name, name, f"{name[0]}♯", f"{name[0]} sharp", f"{name[0]}-sharp"])
    if name.endswith("b") and len(name) == 2:
        return rng.choice([name, name, f"{name[0]}♭", f"{name[0]} flat", f"{name[0]}-flat"])
    return name


def camelot(key: str) -> str:
    tonic, mode = key.split()
    if mode == "minor":
        return f"{CAMELOT_MINOR[tonic]}A"
    return f"{CAMELOT_MINOR[SHARPS[(SHARPS.index(tonic) - 3) % 12]]}B"


def any_key(rng: Random, *but: str) -> str:
    while (key := f"{rng.choice(SHARPS)} {rng.choice(['major', 'minor'])}") in but:
        pass
    return key


def other_mode(key: str) -> str:
    tonic, mode = key.split()
    return f"{tonic} {'minor' if mode == 'major' else 'major'}"


def relative(key: str) -> str:
    tonic, mode = key.split()
    step, other = (3, "major") if mode == "minor" else (-3, "minor")
    return f"{SHARPS[(SHARPS.index(tonic) + step) % 12]} {other}"


QUALITIES = {
    "maj": ["", "", " major"], "min": ["m", "m", " minor"], "7": ["7", "7", " dominant seventh"],
    "maj7": ["maj7", "maj7", " major 7", " major seventh"], "min7": ["m7", "m7", " minor 7", " minor seventh"],
}  # fmt: skip


def chord_words(label: str, rng: Random) -> str:
    """A Harte label as musicians write it: "A:min7" as "Am7" or "A minor seventh"."""
    root, _, quality = label.partition(":")
    if root in ("D#", "G#", "A#") and rng.random() < 0.5:
        root = FLAT_OF[root]
    suffix = rng.choice(QUALITIES[quality or "maj"])
    return (spelt(root, rng) if suffix.startswith(" ") else root) + suffix


def any_chord(rng: Random, *but: str) -> str:
    roots = {label.partition(":")[0] for label in but}
    while (root := rng.choice(SHARPS)) in roots:
        pass
    return f"{root}:{rng.choice(['maj', 'min', '7', 'min7'])}"


def midi_name(midi: int) -> str:
    return f"{SHARPS[midi % 12]}{midi // 12 - 1}"


def midi_hz(midi: float) -> float:
    return float(440.0 * 2.0 ** ((midi - 69) / 12))


def note_of(hz: float) -> tuple[str, float]:
    exact = 69 + 12 * math.log2(hz / 440.0)
    return midi_name(round(exact)), 100 * (exact - round(exact))


def listed(items: list[str], rng: Random) -> str:
    """ "a, b and c", with or without the comma of Oxford."""
    if len(items) == 1:
        return items[0]
    comma = "," if len(items) > 2 and rng.random() < 0.4 else ""
    return f"{', '.join(items[:-1])}{comma} and {items[-1]}"


def share_off(value: float, rng: Random) -> float:
    """A false share or correlation within 0..1, far from the true one."""
    while abs((false := rng.uniform(0.05, 0.95)) - value) < 0.08:
        pass
    return false
