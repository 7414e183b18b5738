"""Two recordings and more: comparisons with direction, ratios, rankings, and what the comparison itself found."""

from __future__ import annotations

from random import Random

from . import numbers as say
from .scene import Scene


def loudness_of_two(rng: Random) -> Scene:
    s = Scene(rng, "loudness of two", 2)
    gap = rng.uniform(0.8, 8)
    soft = round(rng.uniform(-22, -12), 2)
    loud = round(soft + gap, 2)
    one = s.found("loudness.integrated_lufs", "loudness", loud, of=0, confidence=1.0)
    two = s.found("loudness.integrated_lufs", "loudness", soft, of=1, confidence=1.0)
    difference = round(loud - soft, 2)
    if rng.random() < 0.5:
        s.found("loudness.difference_lu", "loudness_difference", difference, of=0, agent="hub", method=f"{one} - {two}")
    a, b = s.names[0], s.names[1]
    slots = {"a": a, "b": b, "d": say.plain(difference, 1), "x": say.signed(loud, rng), "y": say.signed(soft, rng)}
    s.tell(
        """
        {a} is {d} LU louder than {b}.
        {b} <sits|is> {d} <LU|dB> <lower|quieter|softer> than {a}.
        {b} <is|comes out> quieter than {a} by {d} LU.
        {a} is louder than {b} by {d} LU.
        {a} is <louder|hotter|the louder of the two|the louder one>.
        {b} is <quieter|softer|the quieter of the two|the softer one>.
        {a} <measures|is at|sits at> {x} LUFS <and|while|, whereas> {b} <is|sits> at {y}<| LUFS>.
        With {x} <LUFS |>against {y}<| LUFS>, {a} is the louder <of the two|one>.
        {a} (<{x} LUFS>) is louder than {b} ({y} LUFS).
        {a} and {b} come in at {x} and {y} LUFS<| respectively>.
        Turn {a} down by {d} <dB|LU> to match {b}.
        Turn {b} up by {d} <dB|LU> to match {a}.
        {b} lags {d} LU behind {a}.
        {a} has the higher loudness ({x} against {y} LUFS).
        Compared <with|to> {b}, {a} is {d} LU louder.
        """,
        slots,
        {
            "recordings swapped": {"a": b, "b": a},
            "wrong number": {"d": say.plain(difference + rng.uniform(0.6, 4), 1),
                             "x": say.signed(loud + rng.uniform(0.6, 3), rng),
                             "y": say.signed(soft - rng.uniform(0.6, 3), rng)},
        },
    )  # fmt: skip
    s.tell(
        "The <gap|difference> between {a} and {b} is {d} LU.\nThey are {d} LU apart.",
        slots,
        {"wrong number": {"d": say.plain(difference + rng.uniform(0.6, 4), 1)}},
    )
    s.lie(
        "negated truth",
        "Both are equally loud.\n{a} and {b} have the same loudness.\n{a} is no louder than {b}.",
        slots,
    )
    s.lie(
        "wrong direction",
        "{a} is {d} LU quieter than {b}.\n{a} <sits|is> <below|under> {b}<| by {d} LU>.\n{b} is <hotter|louder>.",
        slots,
    )
    return s


def tempo_of_two(rng: Random) -> Scene:
    s = Scene(rng, "tempo of two", 2)
    slow = round(rng.uniform(70, 120), 1)
    fast = round(slow + rng.uniform(5, 45), 1)
    s.found("rhythm.tempo_bpm", "tempo", fast, of=0, confidence=0.97)
    s.found("rhythm.tempo_bpm", "tempo", slow, of=1, confidence=0.97)
    a, b = s.names[0], s.names[1]
    difference = fast - slow
    slots = {
        "a": a, "b": b, "x": say.plain(fast), "y": say.plain(slow), "d": say.plain(difference, 1),
        "p": say.plain(100 * (fast / slow - 1)),
    }  # fmt: skip
    s.tell(
        """
        {a} has the higher tempo ({x} against {y} BPM).
        {a} is <faster|quicker> than {b}.
        {b} is slower than {a}.
        {a} is {d} BPM faster than {b}.
        {b} <lags|trails> {d} BPM behind {a}.
        {b} is slower by {d} BPM.
        {a} runs at {x} BPM, <while|whereas|but> {b} <runs at|has|does> {y}<| BPM>.
        Of the two, {a} is the <faster|quicker><| one>.
        {a} ({x} BPM) is faster than {b} ({y} BPM).
        The tempi are {x} BPM for {a} and {y} BPM for {b}.
        {a} moves at {x} and {b} at {y} BPM.
        {b} takes it <easier|slower>, at {y} BPM <to|against> the {x} of {a}.
        {a} is {p}<%| %| percent> faster than {b}.
        """,
        slots,
        {
            "recordings swapped": {"a": b, "b": a},
            "wrong number": {"x": say.plain(say.off(fast, rng, slow)), "y": say.plain(say.off(slow, rng, fast)),
                             "d": say.plain(difference + rng.uniform(3, 20), 1),
                             "p": say.plain(100 * (fast / slow - 1) + rng.uniform(4, 30))},
        },
    )  # fmt: skip
    s.lie("wrong direction", "{a} is slower than {b}.\n{b} is the faster one.\n{a} is {d} BPM slower than {b}.", slots)
    s.lie(
        "negated truth",
        "Both have the same tempo.\n{a} and {b} run at the same tempo.\n{b} is just as fast as {a}.",
        slots,
    )
    return s


def ratio(rng: Random) -> Scene:
    s = Scene(rng, "ratio", 2)
    what = rng.choice(["tempo", "duration"])
    base = round(rng.uniform(60, 90), 1)
    times, noun, false = rng.choice([(2, "twice", "three times"), (3, "three times", "twice")])
    if what == "tempo":
        times, noun, false = 2, "twice", "three times"
        s.found("rhythm.tempo_bpm", "tempo", round(base * 2, 1), of=0, confidence=0.97)
        s.found("rhythm.tempo_bpm", "tempo", base, of=1, confidence=0.97)
    else:
        s.found("facts.duration_s", "duration", round(base * times, 1), of=0, confidence=1.0)
        s.found("facts.duration_s", "duration", base, of=1, confidence=1.0)
    word = "fast" if what == "tempo" else "long"
    slots = {"a": s.names[0], "b": s.names[1], "w": noun}
    s.tell(
        f"{{a}} is <|about|exactly> {{w}} as {word} as {{b}}.\n{{a}} is {{w}} as {word}.",
        slots,
        {"recordings swapped": {"a": s.names[1], "b": s.names[0]}, "wrong ratio": {"w": false}},
    )
    if times == 2:
        thing = "tempo" if what == "tempo" else "length"
        s.tell(
            f"""
            {{a}} has <double|twice> the {thing} of {{b}}.
            {{b}} has half the {thing} of {{a}}.
            {{b}} is half as {word} as {{a}}.
            """,
            slots,
            {"recordings swapped": {"a": s.names[1], "b": s.names[0]}},
        )
    s.lie(
        "wrong ratio",
        f"{{a}} is four times as {word} as {{b}}.\n{{a}} is one and a half times as {word} as {{b}}.",
        slots,
    )
    return s


def keys_of_two(rng: Random) -> Scene:
    s = Scene(rng, "keys of two", 2)
    one = say.any_key(rng)
    same = rng.random() < 0.4
    two = one if same else say.any_key(rng, one)
    s.found("tonality.key", "musical_key", one, of=0, confidence=0.95)
    s.found("tonality.key", "musical_key", two, of=1, confidence=0.95)
    a, b = s.names[0], s.names[1]
    x, y = say.key_words(one, rng), say.key_words(two, rng)
    slots = {"a": a, "b": b, "x": x, "y": y}
    false = say.key_words(say.any_key(rng, one, two, say.relative(one), say.relative(two)), rng)
    alike = """
        Both are in {x}.
        {a} and {b} are <both |>in {x}.
        {a} and {b} <share a|are in the same|have the same> key<|, {x}>.
        They are in the same key.
        """
    unlike = """
        {a} is in {x}, {b} in {y}.
        {a} is in {x} <while|whereas|but> {b} is in {y}.
        The keys are {x} for {a} and {y} for {b}.
        They are in different keys: {x} and {y}.
        {a} and {b} are not in the same key.
        {a} and {b} are in {x} and {y}<|, respectively>.
        """
    if same:
        s.tell(alike, slots, {"wrong key": {"x": false}})
        s.lie(
            "negated truth",
            "They are in different keys.\n{a} and {b} are not in the same key.\nThe keys differ.",
            slots,
        )
    else:
        s.tell(unlike, slots, {"wrong key": {"x": false}})
        s.tell(unlike.split("They are")[0], slots, {"recordings swapped": {"a": b, "b": a}})
        s.lie("negated truth", alike, slots)
    return s


MEASURES = {
    "duration": ("facts.duration_s", "duration", "longest", "shortest", "longer", "shorter"),
    "peak": ("loudness.true_peak_dbtp", "true_peak", "", "", "", ""),
    "loudness": ("loudness.integrated_lufs", "loudness", "loudest", "quietest", "louder", "quieter"),
    "tempo": ("rhythm.tempo_bpm", "tempo", "fastest", "slowest", "faster", "slower"),
    "brightness": ("spectrum.centroid_hz", "frequency", "brightest", "darkest", "brighter", "darker"),
    "dynamics": (
        "loudness.range_lu", "loudness_range", "most dynamic", "least dynamic", "more dynamic", "less dynamic"
    ),
}  # fmt: skip


def _values(measure: str, rng: Random, n: int) -> list[float]:
    """So many values, the greatest first, well apart."""
    start, step = {
        "duration": (330, 40), "peak": (-0.3, 1.1), "loudness": (-8, 2.2), "tempo": (160, 14),
        "brightness": (3900, 600), "dynamics": (14, 2.4),
    }[measure]  # fmt: skip
    values = []
    for _ in range(n):
        values.append(round(start, 2))
        start -= step * rng.uniform(0.8, 1.3)
    return values


def _shown(measure: str, value: float, rng: Random) -> str:
    if measure == "duration":
        return say.clock(value)
    if measure in ("peak", "loudness"):
        return say.signed(value, rng) + (" dBTP" if measure == "peak" else " LUFS")
    if measure == "tempo":
        return f"{value:.0f} BPM"
    return say.hertz(value, rng) if measure == "brightness" else f"{value:.1f} LU"


def other_measures_of_two(rng: Random) -> Scene:
    s = Scene(rng, "other measures of two", 2)
    measure = rng.choice(["duration", "brightness", "dynamics", "peak"])
    name, kind, _, _, more, less = MEASURES[measure]
    high, low = _values(measure, rng, 2)
    s.found(name, kind, high, of=0, confidence=1.0)
    s.found(name, kind, low, of=1, confidence=1.0)
    a, b = s.names[0], s.names[1]
    slots = {"a": a, "b": b, "x": _shown(measure, high, rng), "y": _shown(measure, low, rng)}
    swapped = {"recordings swapped": {"a": b, "b": a}}
    if measure == "peak":
        s.tell(
            """
            {a} has the higher true peak<| ({x} against {y})>.
            The true peak of {b} is lower than that of {a}.
            {a} peaks higher than {b}.
            {a} peaks at {x}, {b} at {y}.
            """,
            {**slots, "d": say.plain(high - low, 1)},
            {**swapped, "wrong number": {"x": _shown(measure, high - 3.6, rng)}},
        )
        s.lie("wrong direction", "{b} has the higher true peak.\n{a} peaks lower than {b}.", slots)
        return s
    s.tell(
        f"""
        {{a}} is {more} than {{b}}.
        {{b}} is {less} than {{a}}.
        Of the two, {{a}} is {more}.
        {{a}} is {more} ({{x}} against {{y}}).
        {{a}} ({{x}}) is {more} than {{b}} ({{y}}).
        {{a}} comes to {{x}} and {{b}} to {{y}}.
        {{b}} is the {less} one, at {{y}}.
        """,
        slots,
        {**swapped, "wrong number": {"x": _shown(measure, high * 1.4, rng), "y": _shown(measure, low * 0.7, rng)}},
    )
    s.lie("wrong direction", f"{{a}} is {less} than {{b}}.\n{{b}} is {more}.\nOf the two, {{b}} is {more}.", slots)
    if measure == "duration":
        gap = round(high) - round(low)
        s.tell(
            "{a} is {d} <seconds|s> longer than {b}.\n{b} is {d} seconds shorter.\n{a} lasts {x}, {b} only {y}.",
            {**slots, "d": str(gap)},
            {**swapped, "wrong number": {"d": str(gap + rng.choice([-9, 7, 20, 31])), "x": say.clock(high + 25)}},
        )
    return s


def ranking(rng: Random) -> Scene:
    s = Scene(rng, "ranking", 3)
    measure = rng.choice(["duration", "loudness", "tempo", "brightness", "dynamics"])
    name, kind, most, least, more, less = MEASURES[measure]
    values = _values(measure, rng, 3)
    order = [0, 1, 2]
    rng.shuffle(order)
    for recording in sorted(order):
        s.found(name, kind, values[order.index(recording)], of=recording, confidence=0.97)
    a, b, c = (s.names[recording] for recording in order)
    x, y, z = (_shown(measure, value, rng) for value in values)
    slots = {"a": a, "b": b, "c": c, "x": x, "y": y, "z": z}
    s.tell(
        f"""
        {{a}} is the {most}<| of the three| of them all|, at {{x}}>.
        The {most} <is|of the three is> {{a}}<|, followed by {{b}} and {{c}}>.
        {{c}} is the {least}<| of the three|, at {{z}}>.
        The {least} <one |>is {{c}}.
        From {most} to {least}: {{a}}, {{b}}, {{c}}.
        {{a}} ({{x}}) is {more} than {{b}} ({{y}}) and {{c}} ({{z}}).
        {{a}} comes first with {{x}}, then {{b}} with {{y}} and {{c}} with {{z}}.
        None is {more} than {{a}}.
        {{b}} is {more} than {{c}} but {less} than {{a}}.
        """,
        slots,
        {"wrong superlative": {"a": c, "c": a}, "wrong order": {"a": b, "b": a}, "wrong middle": {"b": c, "c": b}},
    )
    s.tell("{b} lies between {c} and {a}.", slots, {"wrong middle": {"b": c, "c": b}})
    s.lie("recordings swapped", f"{{a}} (<{{y}}>) is {less} than {{b}} ({{x}}).\n{{c}} comes first with {{x}}.", slots)
    return s


def compared(rng: Random) -> Scene:
    """What `compare` found: values of the second recording against the first."""
    s = Scene(rng, "comparison", 2)
    a, b = s.names[0], s.names[1]
    semitones = rng.choice([-5, -3, -2, -1, 1, 2, 3, 4, 5])
    stretch = round(rng.choice([-1, 1]) * rng.uniform(1.5, 12), 2)
    after = round(rng.uniform(80, 150), 1)
    late = round(rng.choice([-1, 1]) * rng.uniform(0.004, 0.4), 4)
    louder = round(rng.choice([-1, 1]) * rng.uniform(0.6, 6), 2)
    s.found("compare.shift_semitones", "interval", semitones, of=1)
    s.found("compare.stretch_percent", "share", stretch, of=1)
    s.found("compare.stretched_tempo_bpm", "tempo", after, of=1)
    s.found("compare.alignment_s", "time", late, of=1)
    s.found("compare.loudness_difference_lu", "loudness_difference", louder, of=1)
    steps = abs(semitones)
    slots = {
        "a": a, "b": b, "n": rng.choice([str(steps), say.words(steps)]) + (" semitone" if steps == 1 else " semitones"),
        "p": say.plain(abs(stretch), 1), "bpm": say.plain(after, 1), "ms": say.plain(abs(1000 * late), 1),
        "d": say.plain(abs(louder), 1),
    }  # fmt: skip
    wrong = {
        "n": f"{say.words(steps + rng.choice([1, 2, 4]))} semitones",
        "p": say.plain(abs(stretch) + rng.uniform(0.7, 6), 1),
        "ms": say.plain(abs(1000 * late) * rng.choice([1.5, 2, 10]), 1),
        "d": say.plain(abs(louder) + rng.uniform(0.5, 4), 1),
        "bpm": say.plain(say.off(after, rng), 1),
    }  # fmt: skip

    def told(value: float, plus: str, minus: str, template: str) -> None:
        right, false = (plus, minus) if value > 0 else (minus, plus)
        s.tell(template.replace("WAY", right), slots, {"wrong number": wrong})
        s.lie("wrong direction", template.replace("WAY", false), slots)

    told(
        semitones, "up", "down",
        """
        <Pitch|Shift|Transpose|Move> {b} WAY <by |>{n} to <match|fit> {a}.
        {b} has to go WAY <by |>{n} to <match|fit> {a}.
        Transposed WAY by {n}, {b} fits {a}.
        """,
    )  # fmt: skip
    told(
        stretch, "faster", "slower",
        """
        {b} must be played {p}<%| %| percent> WAY to <fit|match> {a}<|, at {bpm} BPM>.
        Play {b} {p}<%| %| percent> WAY to <fit|match> {a}.
        {b} needs to be {p}<%| %| per cent> WAY.
        """,
    )  # fmt: skip
    told(
        stretch, "speed {b} up", "slow {b} down",
        """
        WAY by {p}<%| %| percent> to <fit|match> {a}.
        To <fit|match> {a}, WAY by {p}<%| %| percent>.
        """,
    )  # fmt: skip
    told(
        late, "later", "earlier",
        "{b} <comes|starts|comes in> {ms} <ms|milliseconds> WAY than {a}.\n{b} is {ms} ms WAY.",
    )  # fmt: skip
    told(late, "behind", "ahead of", "{b} <lies|is> {ms} <ms|milliseconds> WAY {a}.")
    told(
        louder, "louder", "quieter",
        "{b} is {d} LU WAY than {a}.\n{b} comes out {d} LU WAY.\nCompared <with|to> {a}, {b} is {d} LU WAY.",
    )  # fmt: skip
    return s


VERDICTS = {
    "identical": ("<are identical|are the same|are exactly alike>", "<are different recordings|differ|are different>"),
    "different": ("<are different recordings|are different>", "<are identical|are the same recording>"),
}  # fmt: skip


def same_or_not(rng: Random) -> Scene:
    s = Scene(rng, "same or not", 2)
    verdict = rng.choice(sorted(VERDICTS))
    s.found("compare.verdict", "label", verdict, of=1)
    right, wrong = VERDICTS[verdict]
    slots = {"a": s.names[0], "b": s.names[1]}
    s.tell(f"{{a}} and {{b}} {right}.\nThe two {right}.\nThey {right}.", slots)
    s.lie("negated truth", f"{{a}} and {{b}} {wrong}.\nThe two {wrong}.\nThey {wrong}.", slots)
    inverted = rng.random() < 0.5
    s.found("compare.polarity", "label", "inverted" if inverted else "same", of=1)
    residual = round(rng.uniform(-80, -6), 1)
    s.found("compare.null_residual_db", "ratio", residual, of=1)
    flipped = """
        The polarity of {b} is <inverted|flipped>.
        They have opposite polarity.
        {b} is upside down <against|relative to> {a}.
    """
    upright = """
        They have the same polarity.
        {a} and {b} share the same polarity.
        The polarity is not inverted.
    """
    s.tell(flipped if inverted else upright, slots)
    s.lie("wrong polarity", upright if inverted else flipped, slots)
    s.tell(
        """
        Nulled against each other they leave {r} dB.
        The null test leaves {r} dB<| of residual>.
        Subtracting one from the other leaves {r} dB.
        The residual is {r} dB.
        """,
        {**slots, "r": say.signed(residual, rng)},
        {"wrong number": {"r": say.signed(residual - rng.uniform(2, 20), rng)}},
    )
    return s


TOPICS = (
    loudness_of_two, tempo_of_two, ratio, keys_of_two, other_measures_of_two, ranking, compared, same_or_not,
)  # fmt: skip
