"""Frequencies, bands, hum, resonances, kinds of sound and tags in many words."""

from __future__ import annotations

from random import Random

from . import numbers as say
from .scene import Scene


def peaks(rng: Random) -> Scene:
    s = Scene(rng, "spectral peaks")
    notes = rng.sample(range(31, 90, 4), 3)
    found, level = [], rng.uniform(-18, -8)
    for midi in notes:
        at = say.midi_hz(midi + rng.uniform(-0.2, 0.2))
        name, cents = say.note_of(at)
        found.append(
            {"frequency_hz": round(at, 3), "level_dbfs": round(level, 2), "note": name, "cents": round(cents, 1)}
        )
        level -= rng.uniform(2.5, 7)
    s.found("spectrum.peaks", "spectrum", found, confidence=1.0, span=(30.0, 30.2))  # type: ignore[arg-type]
    hz = [float(each["frequency_hz"]) for each in found]  # type: ignore[arg-type]
    shown = [say.hertz(each, rng) for each in hz]
    names = [say.spelt(str(each["note"])[:-1], rng) + str(each["note"])[-1] for each in found]
    names = [str(each["note"]) if " " in name else name for each, name in zip(found, names, strict=True)]
    levels = [say.signed(float(each["level_dbfs"]), rng) for each in found]  # type: ignore[arg-type]
    wrong_hz = say.hertz(say.off(hz[0], rng, *hz, low=0.08), rng)
    wrong_note = say.midi_name(notes[0] + rng.choice([-12, -1, 1, 2, 12]))
    while wrong_note in [str(each["note"]) for each in found]:
        wrong_note = say.midi_name(notes[0] + rng.choice([-13, -2, 1, 5, 7]))
    slots = {"f": shown[0], "g": shown[1], "h": shown[2], "n": names[0], "m": names[1], "l": levels[0], "k": levels[1]}
    s.tell(
        """
        The strongest <frequency|peak|component|partial> is {f}<| ({n})|, a {n}>.
        {Its} strongest <peak|partial|frequency> <lies|sits> at {f}, <close to|near> {n}.
        The spectrum peaks at {f}<| ({n})>.
        Most prominent is {f} at {l} dBFS.
        The strongest peaks are {f}, {g} and {h}.
        {f} is the <strongest|loudest> component, <followed by|ahead of> {g}.
        At {f} the level is {l} dBFS.
        The dominant frequency is {f}, which is <a|an> {n}.
        The <second strongest|next> <peak|one> is {g} ({m})<| at {k} dBFS>.
        There is a peak at {g}, reading {k} dBFS.
        The strongest tone is {n}<|, at {f}>.
        """,
        slots,
        {
            "wrong number": {"f": wrong_hz, "g": say.hertz(say.off(hz[1], rng, *hz, low=0.08), rng)},
            "wrong level": {"l": say.signed(say.away(float(found[0]["level_dbfs"]), rng, 1, 2), rng),  # type: ignore[arg-type]
                            "k": say.signed(float(found[1]["level_dbfs"]) + 1.3, rng)},  # type: ignore[arg-type]
            "wrong note": {"n": wrong_note, "m": wrong_note},
        },
    )  # fmt: skip
    s.lie(
        "wrong superlative",
        """
        The strongest <frequency|peak> is {g}<| ({m})>.
        {g} is the loudest component, followed by {f}.
        The dominant frequency is {h}.
        The weakest of the three peaks is {f}.
        """,
        slots,
    )
    unit = f"{hz[0] / 1000:.3f} Hz" if hz[0] >= 1000 else f"{hz[0]:.1f} kHz"
    s.lie("wrong unit", "The strongest peak is {x}.\nThe spectrum peaks at {x}.", {"x": unit})
    s.lie("fact not in evidence", "The strongest peak comes from the snare.\nThere is a notch at {x}.", {"x": wrong_hz})
    return s


def shape(rng: Random) -> Scene:
    s = Scene(rng, "spectral shape")
    centroid, rolloff = round(rng.uniform(420, 4200), 1), round(rng.uniform(4400, 12000), 1)
    bandwidth = round(rng.uniform(1.1, 1.9) * 4300, 1)
    s.found("spectrum.centroid_hz", "frequency", centroid, confidence=1.0)
    s.found("spectrum.rolloff_hz", "frequency", rolloff, confidence=1.0)
    s.found("spectrum.flatness", "number", flat := round(rng.uniform(0.01, 0.6), 4), confidence=1.0)
    if rng.random() < 0.3:
        s.found("spectrum.bandwidth_hz", "frequency", bandwidth, confidence=1.0)
    known = (centroid, rolloff, bandwidth)
    wrong = {"c": say.hertz(say.off(centroid, rng, *known), rng), "r": say.hertz(say.off(rolloff, rng, *known), rng)}
    s.tell(
        """
        {Its} spectral <centroid|centre of gravity> <is|sits at|lies at> {c}.
        The centroid is {c}<|, the roll-off {r}>.
        The <centre|center> of the spectrum <is|sits> at {c}.
        The spectrum rolls off at {r}.
        {Its} roll-off <point|frequency> is {r}.
        Centroid: {c}; rolloff: {r}.
        On average the spectrum is centred at {c}.
        """,
        {"c": say.hertz(centroid, rng), "r": say.hertz(rolloff, rng)},
        {
            "wrong number": wrong,
            "swapped figures": {"c": say.hertz(rolloff, rng), "r": say.hertz(centroid, rng)},
            "wrong unit": {"c": f"{centroid:.0f} kHz", "r": f"{rolloff / 1000:.1f} Hz"},
        },
    )
    rough = f"{centroid / 1000:.1f} kHz" if centroid >= 1000 else f"{10 * round(centroid / 10)} Hz"
    s.tell(
        "The centroid is <about|around|roughly|approximately> {c}.\nThe spectrum is centred <around|near> {c}.",
        {"c": rough},
        {"wrong number": {"c": f"{say.off(centroid, rng, rolloff, bandwidth, low=0.15) / 1000:.1f} kHz"}},
    )
    s.tell(
        "The spectral flatness is {f}.\n{Its} flatness <is|comes to> {f}.",
        {"f": f"{flat:.2f}" if flat >= 0.1 else f"{flat:.3f}"},
        {"wrong number": {"f": f"{say.share_off(flat, rng):.2f}"}},
    )
    return s


BANDS = {
    "sub": "sub bass", "bass": "bass", "low_mid": "low mids", "mid": "mids", "high_mid": "high mids",
    "presence": "presence range", "brilliance": "brilliance",
}  # fmt: skip


def bands(rng: Random) -> Scene:
    s = Scene(rng, "bands")
    names = list(BANDS)
    rng.shuffle(names)
    levels, level = {}, rng.uniform(-4, -1.5)
    for name in names:
        levels[name] = round(level, 2)
        level -= rng.uniform(1.8, 5)
    s.found("spectrum.bands_db", "ratio", {name: levels[name] for name in BANDS}, confidence=1.0)
    top, second, last = names[0], names[1], names[-1]
    slots = {"x": BANDS[top], "y": BANDS[second], "z": BANDS[last], "l": say.signed(levels[top], rng),
             "k": say.signed(levels[second], rng)}  # fmt: skip
    s.tell(
        """
        Most of the energy is in the {x}<| ({l} dB)>.
        The {x} <dominates|is the strongest band|carries most of the energy>.
        The energy sits mostly in the {x}, followed by the {y}.
        The strongest band is the {x}, at {l} dB<| of the whole>.
        The {y} is at {k} dB.
        The weakest band is the {z}.
        There is least energy in the {z}.
        There is more <energy|power> in the {x} than in the {y}.
        The {x} is stronger than the {z}.
        """.replace("{x} is", "{x} <is|are>"),
        slots,
        {
            "wrong superlative": {"x": BANDS[last], "z": BANDS[top]},
            "wrong number": {"l": say.signed(levels[top] - rng.uniform(0.6, 1.5), rng),
                             "k": say.signed(levels[second] - rng.uniform(0.5, 1.5), rng)},
        },
    )  # fmt: skip
    s.lie("wrong direction", "There is more energy in the {z} than in the {x}.\nThe {x} is weaker than the {y}.", slots)
    return s


def hum(rng: Random) -> Scene:
    s = Scene(rng, "hum")
    present = rng.random() < 0.6
    mains = rng.choice([50, 60])
    exact, level = mains + rng.uniform(-0.04, 0.04), round(rng.uniform(6, 24), 2)
    s.found("spectrum.hum_hz", "frequency", round(exact, 4) if present else None, confidence=0.95)
    if present:
        s.found("spectrum.hum_level_db", "ratio", level, confidence=0.95)
    slots = {"f": f"{mains} Hz", "l": say.plain(level, 1)}
    yes = """
        There is <a |>mains hum at {f}.
        {It} <has|suffers from|contains> <a |>mains hum at {f}.
        A {f} hum <is present|can be heard|was found>.
        Mains hum at {f} stands out by {l} dB.
        The hum at {f} is {l} dB above its surroundings.
        I <hear|found|detected> <a |>mains hum<| at {f}>.
        """
    no = """
        There is no <mains |>hum.
        No <mains |>hum was <found|detected>.
        {It} is free of <mains |>hum.
        I found no hum<| in {it}>.
        """
    if present:
        s.tell(yes, slots, {"wrong number": {"f": f"{110 - mains} Hz", "l": say.plain(level + rng.uniform(0.8, 6), 1)},
                            "wrong unit": {"f": f"{mains} kHz"}})  # fmt: skip
        s.lie("negated truth", no)
    else:
        s.tell(no, {})
        s.lie("negated truth", yes, slots)
    return s


def resonances(rng: Random) -> Scene:
    s = Scene(rng, "resonances")
    midi = rng.randrange(50, 95)
    hz = round(say.midi_hz(midi + rng.uniform(-0.2, 0.2)), 1)
    second = round(hz * rng.choice([1.7, 2.3, 3.1]), 1)
    prominence = round(rng.uniform(7, 15), 1)
    s.found(
        "spectrum.resonances", "spectrum",
        [
            {"frequency_hz": hz, "prominence_db": prominence, "note": say.note_of(hz)[0]},
            {"frequency_hz": second, "prominence_db": round(prominence - 2.5, 1), "note": say.note_of(second)[0]},
        ],
        confidence=1.0,
    )  # fmt: skip
    s.tell(
        """
        There is a resonance at {f}<| ({n})>.
        {It} rings at {f}, <standing|sticking> out by {p} dB.
        A resonance sits at {f}<|, near {n}>.
        The strongest resonance is at {f}<|, {p} dB above its surroundings>.
        Two resonances stand out: {f} and {g}.
        The resonance at {f} <stands|sticks> out by {p} dB.
        {w} resonances were found.
        Notch {f} and {g}.
        """,
        {"f": say.hertz(hz, rng), "g": say.hertz(second, rng), "p": say.plain(prominence, 1), "n": say.note_of(hz)[0],
         "w": rng.choice(["2", "two"])},
        {
            "wrong number": {"f": say.hertz(say.off(hz, rng, second), rng),
                             "p": say.plain(prominence + rng.uniform(1, 5), 1)},
            "wrong note": {"n": say.midi_name(midi + rng.choice([-12, -2, 2, 4]))},
            "wrong count": {"w": rng.choice(["three", "5", "no", "four"])},
        },
    )  # fmt: skip
    s.lie("wrong superlative", "The strongest resonance is at {g}.", {"g": say.hertz(second, rng)})
    s.lie("negated truth", "There are no resonances<| in {it}>.\nNo resonance stands out.\n{It} is free of resonances.")
    return s


SOUNDS = ("kick", "snare", "clap", "conga", "tom", "cymbal", "shaker", "cowbell")


def kind_of_sound(rng: Random) -> Scene:
    s = Scene(rng, "kind of sound")
    true, second, false = rng.sample(SOUNDS, 3)
    unsure = rng.random() < 0.4
    s.found("timbre.label", "label", true, confidence=0.6 if unsure else 0.94)
    s.found("timbre.label", "label", second, confidence=0.3 if unsure else 0.04, rank=1)
    attack, decay = round(rng.uniform(0.001, 0.02), 4), round(rng.uniform(0.08, 0.9), 3)
    s.found("timbre.attack_s", "duration", attack, confidence=0.9)
    s.found("timbre.decay_s", "duration", decay, confidence=0.9)
    lies = {"wrong label": {"x": false}, "alternative as the main": {"x": second, "y": true}}
    slots = {"x": true, "y": second}
    if unsure:
        s.tell(
            """
            {It} is <most likely|probably> a {x}<|, possibly a {y}>.
            My best guess is a {x}, or else a {y}.
            It <sounds like|could be> a {x}, though a {y} <is possible too|cannot be ruled out>.
            """,
            slots,
            {"wrong label": {"x": false}},
        )
        s.lie("alternative as the main", "{It} is <most likely|probably> a {y}, possibly a {x}.\n{It} is a {y}.", slots)
        s.lie(
            "certain without reason",
            "{It} is <definitely|certainly|clearly> a {x}.\nWithout a doubt this is a {x}.",
            slots,
        )
    else:
        s.tell(
            """
            {It} is a {x}.
            {It} sounds like a {x}.
            This is a {x}<|, not a {y}>.
            {It} <was recognised|was recognized|is identified> as a {x}.
            I hear a {x}.
            The sound is that of a {x}.
            """,
            slots,
            lies,
        )
        s.lie("negated truth", "{It} is not a {x}.\nThis isn't a {x}.", slots)
    s.tell(
        """
        The attack takes {a} <ms|milliseconds>.
        It rises in {a} ms and <decays|dies away> over {d} <ms|milliseconds>.
        {Its} attack <is|lasts> {a} ms<|, its decay {d} ms>.
        The decay <lasts|takes> {e} <s|seconds>.
        It dies away within {d} ms.
        """,
        {"a": f"{1000 * attack:.1f}", "d": f"{1000 * decay:.0f}", "e": f"{decay:.2f}"},
        {
            "wrong number": {"a": f"{1000 * attack * rng.choice([0.5, 1.6, 2.2]):.1f}",
                             "d": f"{1000 * say.off(decay, rng, low=0.15):.0f}",
                             "e": f"{decay + rng.uniform(0.1, 0.6):.2f}"},
            "swapped figures": {"a": f"{1000 * decay:.0f}", "d": f"{1000 * attack:.1f}"},
        },
    )  # fmt: skip
    s.lie("wrong unit", "The attack takes {a} <seconds|s>.", {"a": f"{1000 * attack:.1f}"})
    return s


TAGS = ("rock", "jazz", "ambient", "techno", "classical", "guitar", "piano", "violin", "female vocal", "male vocal",
        "drums", "synth", "flute", "choir")  # fmt: skip


def heard_tags(rng: Random) -> Scene:
    s = Scene(rng, "tags of what is heard")
    chosen = rng.sample(TAGS, 5)
    true, false = chosen[:3], chosen[3]
    s.found("timbre.tags", "tag", [{"tag": tag, "confidence": 0.8 - 0.1 * i} for i, tag in enumerate(true)])
    wrong = [true[0], false, true[2]]
    s.tell(
        """
        The tags are {l}.
        It is tagged as {l}.
        {It} sounds like {l}.
        What I hear: {l}.
        The <likeliest|most likely|top> tag is {x}.
        The listening model hears {l}.
        I hear {x} and {y}<| in it>.
        The best-fitting tags are {x} and {y}.
        """,
        {"l": say.listed(true, rng), "x": true[0], "y": true[1]},
        {"invented tag": {"l": say.listed(wrong, rng), "x": false, "y": chosen[4]}},
    )
    s.lie(
        "invented instrument",
        "I hear a {z}.\n{It} features {z}.\nThere is a {z} in it.",
        {"z": rng.choice(["banjo", "tuba", "harp", "sitar"])},
    )
    s.lie("negated truth", "There is no {x} in it.\nI hear no {x}.", {"x": true[0]})
    return s


TOPICS = (peaks, shape, bands, hum, resonances, kind_of_sound, heard_tags)
