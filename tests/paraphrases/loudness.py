"""Loudness, targets, peaks, range and course of loudness in many words."""

from __future__ import annotations

from random import Random

from . import numbers as say
from .scene import Scene

TARGETS = {
    "streaming": (-14.0, "<streaming target|target for streaming|streaming norm|usual streaming level>"),
    "broadcast": (-23.0, "<broadcast target|EBU R128 target|broadcast norm|target for broadcast>"),
    "podcast": (-16.0, "<podcast target|usual podcast level|target for podcasts>"),
    "club": (-9.0, "<club level|usual level for clubs|club target>"),
}  # fmt: skip


def integrated(rng: Random) -> Scene:
    s = Scene(rng, "integrated loudness")
    lufs = round(rng.uniform(-24, -6.5), 2)
    s.found("loudness.integrated_lufs", "loudness", lufs, confidence=1.0)
    s.tell(
        """
        {It} <is|sits|measures|comes in|averages out|lands|clocks in> at {l} LUFS<| integrated>.
        {It} measures {l} LUFS<| integrated>.
        {Its} <integrated loudness|loudness|overall loudness|programme loudness|program loudness> is {l} LUFS.
        {Its} integrated loudness is {l}.
        An integrated loudness of {l}<| LUFS> was <measured|found>.
        Loudness: {l} LUFS
        Overall {it} <comes out|is> at {l} LUFS.
        The loudness meter <reads|shows|says> {l} LUFS.
        I measure {l} LUFS<| over the whole length>.
        The level of {it} averages {l} LUFS.
        {l} LUFS is the <integrated|overall> figure.
        **Integrated loudness:** {l} LUFS
        """,
        {"l": say.signed(lufs, rng)},
        {
            "wrong number": {"l": say.signed(say.away(lufs, rng, 0.6, 5), rng)},
            "near miss": {"l": say.signed(lufs + rng.choice([-1, 1]) * rng.uniform(0.16, 0.4), rng)},
        },
    )
    near = round(lufs)
    if abs(lufs - near) < 0.35:
        s.tell(
            """
            {It} is <roughly|about|around|approximately|close to> {l} LUFS.
            {Its} loudness is <around|about|roughly> {l} LUFS.
            """,
            {"l": say.signed(near, rng, 0)},
            {"wrong number": {"l": say.signed(near + rng.choice([-3, -2, 2, 3]), rng, 0)}},
        )
    floor = near - 2
    s.tell(
        """
        {It} is louder than {x} LUFS.
        {It} is quieter than {y} LUFS.
        {Its} loudness is <above|over> {x} LUFS.
        {Its} loudness is <below|under> {y} LUFS.
        """,
        {"x": say.signed(floor, rng, 0), "y": say.signed(near + 2, rng, 0)},
        {"wrong range": {"x": say.signed(near + 2, rng, 0), "y": say.signed(floor, rng, 0)}},
    )
    s.tell(
        "{Its} loudness <lies|is|falls> between {x} and {y} LUFS.\n{It} is somewhere between {x} and {y} LUFS.",
        {"x": say.signed(floor, rng, 0), "y": say.signed(near + 2, rng, 0)},
        {"wrong range": {"x": say.signed(floor - 5, rng, 0), "y": say.signed(near - 3, rng, 0)}},
    )
    s.lie(
        "wrong unit",
        "{It} is at {l} <LU|dBTP|Hz|BPM>.\n{Its} integrated loudness is {l} <dBTP|Hz|LU>.",
        {"l": say.signed(lufs, rng)},
    )
    s.lie(
        "negated truth", "{It} is not at {l} LUFS.\nThe loudness <isn't|is not> {l} LUFS.", {"l": say.signed(lufs, rng)}
    )
    s.lie("fact not in evidence", "{Its} LRA is {x} LU.\n{Its} true peak is -{x} dBTP.\n{Its} PLR is {x} dB.",
          {"x": f"{rng.uniform(3, 15):.1f}"})  # fmt: skip
    return s


def target(rng: Random) -> Scene:
    s = Scene(rng, "loudness target")
    name = rng.choice(sorted(TARGETS))
    level, words = TARGETS[name]
    gap = round(rng.choice([-1, 1]) * rng.uniform(1.2, 8), 2)
    lufs = round(level + gap, 2)
    a = s.found("loudness.integrated_lufs", "loudness", lufs, confidence=1.0)
    b = s.found(
        f"loudness.{name}_lufs", "loudness", level, of=-1, confidence=1.0, agent="hub", method=f"level of {name}"
    )
    if rng.random() < 0.8:
        s.found(
            f"loudness.{name}_difference_lu",
            "loudness_difference",
            gap,
            confidence=1.0,
            agent="hub",
            method=f"{a} - {b}",
        )
    above, below = "<above|over|louder than|hotter than>", "<below|under|quieter than|short of>"
    right, wrong = (above, below) if gap > 0 else (below, above)
    turn, unturn = ("<down|back>", "up") if gap > 0 else ("up", "<down|back>")
    base = {"l": say.signed(lufs, rng), "t": say.signed(level, rng, 0), "g": say.plain(abs(gap), 1)}
    lies = {
        "wrong number": {"l": say.signed(lufs + rng.choice([-1, 1]) * rng.uniform(0.7, 4), rng),
                         "g": say.plain(abs(gap) + rng.uniform(0.5, 4), 1)},
        "wrong target": {"t": say.signed(level + rng.choice([-3, 3, 5]), rng, 0)},
    }  # fmt: skip
    templates = f"""
        At {{l}} LUFS {{it}} is {{g}} LU WAY the {{t}} LUFS {words}.
        {{It}} <sits|is|lies> {{g}} LU WAY the {words} of {{t}} LUFS.
        With {{l}} LUFS {{it}} is WAY the {{t}} LUFS {words}.
        {{It}} is WAY the {words} (<{{l}} against {{t}} LUFS|{{l}} LUFS vs. {{t}} LUFS>).
        To <hit|reach|meet> {{t}} LUFS, turn it TURN by {{g}} <dB|LU>.
        Turn it TURN by {{g}} <dB|LU> to <hit|reach|meet> the {words}.
        {{It}} has to come TURN by {{g}} <dB|LU> for {name}.
    """
    s.tell(templates.replace("WAY", right).replace("TURN", turn), base, lies)
    s.lie("wrong direction", templates.replace("WAY", wrong).replace("TURN", unturn), base)
    over, short = "<overshoots|exceeds>", "<undershoots|falls short of>"
    verb, false_verb = (over, short) if gap > 0 else (short, over)
    line = f"{{It}} VERB the {words} by {{g}} LU.\n{{It}} VERB the {{t}} LUFS {words} by {{g}} LU."
    s.tell(line.replace("VERB", verb), base, lies)
    s.lie("wrong direction", line.replace("VERB", false_verb), base)
    s.lie(
        "negated truth",
        f"{{It}} is <exactly|right|spot> on the {{t}} LUFS {words}.\n{{It}} <meets|hits> the {words}.",
        base,
    )
    return s


def true_peak(rng: Random) -> Scene:
    s = Scene(rng, "true peak")
    over = rng.random() < 0.5
    peak = round(rng.uniform(0.15, 1.6) if over else -rng.uniform(0.3, 6), 2)
    s.found("loudness.true_peak_dbtp", "true_peak", peak, confidence=1.0)
    slots = {
        "p": say.signed(peak, rng) if not over else rng.choice(["+", ""]) + say.plain(peak, 1),
        "m": say.plain(abs(peak), 1),
    }
    false = say.away(peak, rng, 0.5, 3)
    s.tell(
        """
        {Its} true peak is {p} dBTP.
        {Its} true peak <reaches|hits|is|sits at> {p}<| dBTP>.
        {It} peaks at {p} dBTP.
        True peak: {p} dBTP
        The <highest|maximum> true peak is {p} dBTP.
        True peaks <reach|go up to|top out at> {p} dBTP.
        """,
        slots,
        {"wrong number": {"p": say.signed(false, rng), "m": say.plain(abs(peak) + rng.uniform(0.4, 3), 1)}},
    )
    high = """
        The true peak <exceeds|goes over|is above|lies above|overshoots> <full scale|0 dBTP>.
        {It} <exceeds|goes over> <full scale|0 dBTP> by {m} dB.
        The true peak <exceeds|goes over> 0 dBTP by {m} dB.
        There is no headroom left: the true peak is <above|over> 0 dBTP.
    """
    low = """
        The true peak <stays|is|lies> <below|under> <full scale|0 dBTP>.
        {It} leaves {m} dB of headroom.
        There is {m} dB of <headroom|room> <left|below full scale>.
        {It} never <exceeds|goes over> 0 dBTP.
        The true peak is {m} dB below full scale.
    """
    lies = {"wrong number": {"m": say.plain(abs(peak) + rng.uniform(0.4, 3), 1)}}
    s.tell(high if over else low, slots, lies)
    s.lie("wrong direction", low if over else high, slots)
    limit = -1.0
    word, false_word = ("<above|over>", "<below|under>") if peak > limit else ("<below|under>", "<above|over>")
    if abs(peak - limit) > 0.2:
        s.tell(f"The true peak is {word} -1 dBTP.\n{{Its}} true peak of {{p}} dBTP is {word} −1 dBTP.", slots)
        s.lie("wrong direction", f"The true peak is {false_word} -1 dBTP.\n{{It}} stays {false_word} −1 dBTP.", slots)
    s.lie("wrong unit", "{Its} true peak is {p} <LUFS|LU|Hz>.", slots)
    return s


def dynamics(rng: Random) -> Scene:
    s = Scene(rng, "dynamics")
    lra, plr = round(rng.uniform(2, 9), 2), round(rng.uniform(9.5, 14), 2)
    crest = round(plr + rng.uniform(1.5, 5), 2)
    s.found("loudness.range_lu", "loudness_range", lra, confidence=1.0)
    s.found("loudness.plr_db", "ratio", plr, confidence=1.0)
    s.found("loudness.crest_db", "ratio", crest, confidence=1.0)
    slots = {"r": say.plain(lra, 1), "p": say.plain(plr, 1), "c": say.plain(crest, 1)}
    s.tell(
        """
        {Its} loudness range is {r} LU.
        {Its} <loudness range|LRA> is {r}.
        LRA: {r} LU
        {It} has <an LRA|a loudness range> of {r} LU.
        The dynamics span {r} LU.
        {Its} <PLR|peak-to-loudness ratio> is {p} dB.
        {It} has a <PLR|peak-to-loudness ratio> of {p}<| dB>.
        {Its} crest factor is {c} dB.
        With a crest factor of {c} dB and a PLR of {p} dB, the peaks stand <clear|well clear> of the rest.
        The LRA is {r} LU and the PLR {p} dB.
        """,
        slots,
        {
            "wrong number": {"r": say.plain(lra + rng.uniform(0.6, 5), 1), "p": say.plain(plr - rng.uniform(0.6, 5), 1),
                             "c": say.plain(crest + rng.uniform(0.6, 5), 1)},
            "swapped figures": {"r": slots["p"], "p": slots["c"], "c": slots["r"]},
        },
    )  # fmt: skip
    s.lie("wrong unit", "{Its} loudness range is {r} <LUFS|dBTP|Hz>.\n{Its} PLR is {p} <LUFS|LU|kHz>.", slots)
    return s


def loudest(rng: Random) -> Scene:
    s = Scene(rng, "loudest moment")
    lufs, at = round(rng.uniform(-14, -5), 2), round(rng.uniform(15, 250), 1)
    momentary = round(lufs + rng.uniform(1, 3), 2)
    s.found("loudness.short_term_max_lufs", "loudness", lufs, confidence=1.0, span=(at, at + 3))
    s.found("loudness.momentary_max_lufs", "loudness", momentary, confidence=1.0, span=(at + 1, at + 1.4))
    slots = {"l": say.signed(lufs, rng), "m": say.signed(momentary, rng), "t": say.clock(at)}
    s.tell(
        """
        The loudest <moment|passage|part|stretch> <is|comes> at {t}.
        The loudest <moment|passage>, at {t}, <reaches|hits> {l} LUFS short-term.
        Short-term loudness peaks at {l} LUFS<| around {t}| at {t}>.
        {It} is loudest at {t}<|, with {l} LUFS short-term>.
        <At|Around> {t} {it} reaches its maximum short-term loudness of {l} LUFS.
        The momentary loudness <reaches|tops out at|gets up to> {m} LUFS.
        The maximum momentary loudness is {m} LUFS<|, the maximum short-term loudness {l}>.
        """,
        slots,
        {
            "wrong number": {
                "l": say.signed(lufs - rng.uniform(0.7, 6), rng),
                "m": say.signed(momentary + rng.uniform(0.7, 4), rng),
            },
            "wrong time": {"t": say.clock(at + rng.uniform(12, 60))},
            "swapped figures": {"l": slots["m"], "m": slots["l"]},
        },
    )
    s.lie("wrong superlative", "{It} is quietest at {t}.\nThe <quietest|softest> moment is at {t}.", slots)
    return s


def thirds(rng: Random) -> Scene:
    s = Scene(rng, "course of loudness")
    first, rise = rng.uniform(-20, -11), rng.choice([-1, 1]) * rng.uniform(2.5, 7)
    levels = [round(first, 2), round(first + rise * rng.uniform(0.35, 0.65), 2), round(first + rise, 2)]
    s.found("loudness.thirds_lufs", "loudness", list(levels), confidence=1.0)
    a, b, c = (say.signed(level, rng) for level in levels)
    up, down = "<gets louder|builds up|grows louder|rises>", "<gets quieter|dies down|grows quieter|falls off>"
    right, wrong = (up, down) if rise > 0 else (down, up)
    templates = """
        {It} WAY <towards the end|from start to end|over time|as it goes on>.
        {It} WAY<,|> from {a} LUFS <at the start|in the first third> to {c} LUFS <at the end|in the last third>.
        {It} WAY by {d} LU from the first third to the last.
    """
    slots = {"a": a, "b": b, "c": c, "d": say.plain(abs(levels[2] - levels[0]), 1)}
    wrong_levels = {
        "wrong number": {"a": say.signed(levels[0] - 9 + rng.uniform(0, 3), rng), "b": say.signed(levels[1] + 7, rng),
                         "c": say.signed(levels[2] - 8, rng), "d": say.plain(abs(rise) + rng.uniform(1, 4), 1)},
        "swapped ends": {"a": c, "c": a},
    }  # fmt: skip
    s.tell(templates.replace("WAY", right), slots, wrong_levels)
    s.lie("wrong direction", templates.replace("WAY", wrong), slots)
    loud, soft = ("last", "first") if rise > 0 else ("first", "last")
    s.tell(
        """
        {It} <opens|starts> at {a} LUFS and <closes|ends> at {c}<| LUFS>.
        The thirds measure {a}, {b} and {c} LUFS.
        The {x} third is the loudest<| of the three>.
        The {y} third is the quietest.
        The middle third <is|sits> at {b} LUFS.
        """,
        {**slots, "x": loud, "y": soft},
        {**wrong_levels, "wrong superlative": {"x": soft, "y": loud}},
    )
    s.lie("negated truth", "The loudness stays the same throughout.\nAll three thirds are equally loud.")
    return s


TOPICS = (integrated, target, true_peak, dynamics, loudest, thirds)
