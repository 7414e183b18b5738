"""Tempo, metre, counts, swing and drift in many words."""

from __future__ import annotations

import math
from random import Random

from grym_synth.messages import Json

from . import numbers as say
from .scene import Scene

WRONG_UNITS = ("Hz", "dB", "kHz", "ms", "semitones")


def tempo(rng: Random) -> Scene:
    s = Scene(rng, "tempo")
    bpm = round(rng.uniform(68, 176), rng.choice([1, 3]))
    s.found("rhythm.tempo_bpm", "tempo", bpm, confidence=rng.uniform(0.85, 0.99))
    digits = rng.choice([0, 0, 1])
    false = say.off(bpm, rng, 2 * bpm, bpm / 2)
    close = bpm + rng.choice([-1, 1]) * rng.uniform(1.7, 4.0)
    s.tell(
        """
        {It} <runs|moves along|plays|ticks along|cruises|clocks in|rolls along> at {n} <BPM|bpm|beats per minute>.
        {Its} tempo <is|sits at|comes out at|was measured at> {n} <BPM|bpm|beats per minute>.
        {Its} tempo <is|sits at|comes out at|was measured at> {n}.
        A tempo of {n}<| BPM> was <measured|detected|found>.
        I <hear|measure|get|count> {n} BPM <here|for this one|in this recording>.
        Tempo: {n}<| BPM>.
        **Tempo:** {n} BPM
        {n} BPM is <the tempo|what I measure|where the beat sits>.
        Set your <DAW|sequencer|metronome|click> to {n}<| BPM><| and you will be in time| to play along>.
        The <pulse|beat> <is|sits at|comes to> {n} beats <per|a|every> minute.
        The beat was <tracked|followed> at {n} BPM.
        With a tempo of {n}, {it} is <ready to be mixed|easy to place>.
        <The answer is|You are looking at> {n} BPM.
        BPM: {n}
        {It} has {n} beats per minute.
        """,
        {"n": say.plain(bpm, digits)},
        {"wrong number": {"n": say.plain(false, digits)}, "near miss": {"n": say.plain(close, digits)}},
    )
    rough = 5 * round(bpm / 5) if abs(bpm - 5 * round(bpm / 5)) < 0.01 * bpm else round(bpm)
    s.tell(
        """
        {It} <runs|plays|moves> at <roughly|about|around|approximately|some|circa|~|≈> {n} BPM.
        {Its} tempo is <roughly|about|around|approximately|close to|~> {n}<| BPM>.
        <Roughly|About|Around|Somewhere around|In the region of> {n} BPM<|, give or take>.
        I would <put|place> it at <around|about|roughly> {n} BPM.
        """,
        {"n": str(rough)},
        {"wrong number": {"n": str(round(say.off(bpm, rng, 2 * bpm, bpm / 2, low=0.09)))}},
    )
    s.lie(
        "wrong unit",
        """
        {It} <runs|plays> at {n} {unit}.
        {Its} tempo is {n} {unit}.
        """,
        {"n": say.plain(bpm, digits), "unit": rng.choice(WRONG_UNITS)},
    )
    s.lie(
        "negated truth",
        """
        {It} does not run at {n} BPM.
        {Its} tempo is not {n} BPM.
        {It} <isn't|is not> at {n} BPM.
        The tempo is anything but {n} BPM.
        """,
        {"n": say.plain(bpm, digits)},
    )
    s.lie("doubled or halved", "{It} runs at {n} BPM.\n{Its} tempo is {n}.", {"n": say.plain(bpm * 2, digits)})
    return s


def tempo_bounds(rng: Random) -> Scene:
    s = Scene(rng, "tempo bounds")
    bpm = round(5 * rng.randrange(14, 34) + rng.uniform(1.0, 4.0), 1)
    s.found("rhythm.tempo_bpm", "tempo", bpm, confidence=0.96)
    low, high = 5 * math.floor(bpm / 5), 5 * math.ceil(bpm / 5)
    away = rng.choice([-10, 10, 15])
    s.tell(
        """
        {Its} tempo lies between {low} and {high} BPM.
        {It} runs <somewhere between|between> {low} and {high} beats per minute.
        The tempo is in the range {low}–{high} BPM.
        The tempo <falls|is> somewhere from {low} to {high} BPM.
        """,
        {"low": str(low), "high": str(high)},
        {"wrong range": {"low": str(low + away), "high": str(high + away)}},
    )
    s.tell(
        """
        {It} is <faster than|above|over|quicker than> {low} BPM.
        {Its} tempo is <above|over|more than|higher than|upwards of> {low}<| BPM>.
        The tempo is at least {low} BPM.
        """,
        {"low": str(low)},
        {"wrong range": {"low": str(high + rng.choice([0, 5, 20]))}},
    )
    s.tell(
        """
        {It} <is slower than|stays below|stays under> {high} BPM.
        {Its} tempo is <below|under|less than|lower than> {high}<| BPM>.
        The tempo is at most {high} BPM.
        {It} is no faster than {high} BPM.
        """,
        {"high": str(high)},
        {"wrong range": {"high": str(low - rng.choice([0, 5, 20]))}},
    )
    if sided := say.under_or_over(bpm, 5, rng):
        right, wrong, near = sided
        s.tell(
            """
            {It} runs at {hedge} {n} BPM.
            {Its} tempo is {hedge} {n}<| BPM>.
            {hedge} {n} BPM.
            """,
            {"hedge": right, "n": str(round(near))},
            {"wrong side": {"hedge": wrong}},
        )
    return s


def tempo_alternative(rng: Random) -> Scene:
    s = Scene(rng, "tempo with alternative")
    bpm = round(rng.uniform(80, 160), 1)
    halved = bpm > 115 or rng.random() < 0.3
    other = bpm / 2 if halved else bpm * 2
    s.found("rhythm.tempo_bpm", "tempo", bpm, confidence=rng.uniform(0.8, 0.95))
    s.found("rhythm.tempo_bpm", "tempo", round(other, 1), confidence=rng.uniform(0.02, 0.15), rank=1)
    n, alt = say.plain(bpm, rng.choice([0, 1])), say.plain(round(other, 1), rng.choice([0, 1]))
    feel, wrong_feel = ("half", "double") if halved else ("double", "half")
    s.tell(
        """
        {It} <most likely|probably> <runs|sits> at {n} BPM, or {alt} if you <feel|count> it in {feel} time.
        I hear {n} BPM; <felt|counted> in {feel} time that <is|becomes|makes> {alt}.
        {n} BPM (or {alt} in {feel} time).
        {It} runs at {n} BPM, though <some|you> might <feel|count> it as {alt}.
        Most likely {n} BPM; {alt} BPM is <a less likely|the less likely> reading.
        {n} BPM is <the more likely|the likelier> reading, {alt} BPM <the alternative|the other candidate>.
        {It} runs at {n} BPM, with {alt} <BPM |>as a {feel}-time alternative.
        """,
        {"n": n, "alt": alt, "feel": feel},
        {
            "alternative as the main": {"n": alt, "alt": n},
            "wrong feel": {"feel": wrong_feel},
            "wrong number": {"alt": say.plain(say.off(other, rng, bpm, low=0.1))},
        },
    )
    s.tell("{It} runs at {n} BPM.\n{Its} tempo is {n}<| BPM>.", {"n": n}, {"alternative as the main": {"n": alt}})
    s.tell(
        "The tempo is {n} BPM rather than {alt}.\nThe tempo is {n} BPM, not {alt}.",
        {"n": n, "alt": alt},
        {"alternative as the main": {"n": alt, "alt": n}},
    )
    s.lie(
        "alternative as the main",
        """
        {It} <most likely|probably> runs at {alt} BPM.
        {Its} <true|actual|real> tempo is {alt} BPM.
        {It} clearly runs at {alt} BPM, and {n} BPM is <unlikely|the less likely reading>.
        """,
        {"n": n, "alt": alt},
    )
    return s


def tempo_unsure(rng: Random) -> Scene:
    s = Scene(rng, "unsure tempo")
    bpm = round(rng.uniform(80, 160), 1)
    other = round(bpm * rng.choice([2 / 3, 0.75, 0.5]), 1)
    s.found("rhythm.tempo_bpm", "tempo", bpm, confidence=rng.uniform(0.35, 0.5))
    s.found("rhythm.tempo_bpm", "tempo", other, confidence=rng.uniform(0.2, 0.34), rank=1)
    slots = {"n": say.plain(bpm), "alt": say.plain(other)}
    s.tell(
        """
        {It} <perhaps|possibly|maybe> runs at {n} BPM.
        The tempo is hard to tell: <perhaps|maybe> {n} BPM, <perhaps|maybe> {alt}.
        My best guess <for the tempo |>is {n} BPM, but {alt} <BPM |>is possible too.
        It might be {n} BPM, or else {alt}.
        I am not sure about the tempo; {n} BPM is the <best|likeliest> candidate.
        {It} seems to run at {n} BPM, <but I am not certain|though that is uncertain>.
        """,
        slots,
        {"wrong number": {"n": say.plain(say.off(bpm, rng, other))}},
    )
    s.lie(
        "certain without reason",
        """
        {It} <definitely|certainly|undoubtedly|clearly> runs at {n} BPM.
        {Its} tempo is without <a|any> doubt {n} BPM.
        I am <certain|sure|absolutely sure> that the tempo is {n} BPM.
        The tempo is {n} BPM, no question about it.
        {Its} tempo is beyond doubt {n} BPM.
        """,
        slots,
    )
    return s


def metre(rng: Random) -> Scene:
    s = Scene(rng, "metre")
    beats = rng.choice([3, 4, 4, 5])
    s.found("rhythm.metre", "count", beats, confidence=0.94)
    false = rng.choice([n for n in (2, 3, 4, 5, 7) if n != beats])
    s.tell(
        """
        {It} is in {n}/4<| time>.
        There are {w} beats <to|in> <the|each|every> <bar|measure>.
        The <meter|metre> is {n}/4.
        The time signature <is|reads|looks like> {n}/4.
        {It} <counts|has> {w} beats to the bar.
        <Each|Every> <bar|measure> <holds|contains|has> {w} beats.
        {It} is counted in {w}<|, so {n}/4>.
        """,
        {"n": str(beats), "w": rng.choice([str(beats), say.words(beats)])},
        {"wrong count": {"n": str(false), "w": rng.choice([str(false), say.words(false)])}},
    )
    if beats == 3:
        s.tell("{It} is in <triple metre|three-four time|waltz time>.", {})
        s.lie("wrong count", "{It} is in <common time|duple metre|four-four time>.")
    if beats == 4:
        s.tell("{It} is in <common time|four-four time|four-four>.", {})
        s.lie("wrong count", "{It} is <in waltz time|in triple metre|in three-four time|a waltz>.")
    s.lie("negated truth", "{It} is not in {n}/4.\nThe metre is not {n}/4.", {"n": str(beats)})
    return s


def counts(rng: Random) -> Scene:
    s = Scene(rng, "beat and onset counts")
    beats, onsets = rng.randrange(60, 620), rng.randrange(640, 2400)
    s.found("rhythm.beat_count", "count", beats, confidence=0.9)
    s.found("rhythm.onset_count", "count", onsets, confidence=0.9)
    false = round(say.off(beats, rng, onsets))
    slots = {"b": say.grouped(beats, rng), "o": say.grouped(onsets, rng)}
    s.tell(
        """
        I count {b} beats and {o} onsets.
        {It} <has|contains|holds> {b} beats<| in total>.
        {b} beats were <tracked|found|counted>.
        There are {o} <onsets|note onsets> in {it}.
        {o} onsets were <detected|found>, and {b} beats.
        The beat tracker found {b} beats<|, the onset detector {o} onsets>.
        Onsets outnumber beats, {o} to {b}.
        """,
        slots,
        {
            "wrong count": {"b": say.grouped(false, rng), "o": say.grouped(round(say.off(onsets, rng, beats)), rng)},
            "swapped counts": {"b": slots["o"], "o": slots["b"]},
        },
    )
    return s


def drift(rng: Random) -> Scene:
    s = Scene(rng, "drift and swing")
    share, bpm = round(rng.uniform(0.2, 6), 2), round(rng.uniform(70, 170), 1)
    s.found("rhythm.drift_percent", "share", share)
    s.found("rhythm.tempo_bpm", "tempo", bpm, confidence=0.97)
    s.found("rhythm.swing", "number", swing := round(rng.uniform(0.54, 0.68), 3))
    shown, false = say.plain(share, 1), say.plain(share + rng.uniform(0.6, 3), 1)
    s.tell(
        """
        The tempo <drifts|wanders|varies> by {p}<%| %| percent| per cent>.
        {Its} tempo <drift|variation> is {p}<%| %| percent>.
        {It} <stays|keeps> within {p}<%| %> of <its|the> tempo.
        The beat <wanders|strays> by {p}<%| %> around {n} BPM.
        """,
        {"p": shown, "n": say.plain(bpm)},
        {"wrong percentage": {"p": false}, "wrong number": {"n": say.plain(say.off(bpm, rng))}},
    )
    s.tell(
        """
        The <swing|swing ratio|swing value> is {w}.
        {It} swings at {w}.
        The off-beats <fall|land> at {w} of the beat.
        """,
        {"w": say.plain(swing, 2)},
        {"wrong number": {"w": say.plain(swing - rng.uniform(0.05, 0.2), 2)}},
    )
    return s


def tempo_curve(rng: Random) -> Scene:
    s = Scene(rng, "tempo curve")
    start, rise = rng.uniform(80, 140), rng.choice([-1, 1]) * rng.uniform(6, 16)
    curve: list[Json] = [{"start_s": 10.0 * i, "tempo_bpm": round(start + rise * i / 9, 2)} for i in range(10)]
    s.found("rhythm.tempo_curve", "tempo", curve)
    first, last = say.plain(start), say.plain(start + rise)
    faster, slower = "<speeds up|accelerates|gets faster|gets quicker|quickens>", "<slows down|gets slower|decelerates>"
    right, wrong = (faster, slower) if rise > 0 else (slower, faster)
    templates = """
        {It} WAY from {a} to {b} BPM.
        The tempo WAY <over the course of the|throughout the> <track|recording>.
        {It} WAY: it <starts|begins> at {a} BPM and <ends|finishes> at {b}.
    """
    ends = {"a": first, "b": last}
    s.tell(templates.replace("WAY", right), ends, {"swapped ends": {"a": last, "b": first}})
    s.lie("wrong direction", templates.replace("WAY", wrong), ends)
    s.tell(
        """
        {It} <starts|begins|opens> at {a} BPM and <ends|finishes|closes> at {b}<| BPM>.
        From {a} BPM at the <start|beginning>, the tempo moves to {b} BPM at the end.
        """,
        {"a": first, "b": last},
        {
            "swapped ends": {"a": last, "b": first},
            "wrong number": {"b": say.plain(say.off(start + rise, rng, start, low=0.12))},
        },
    )
    return s


TOPICS = (tempo, tempo_bounds, tempo_alternative, tempo_unsure, metre, counts, drift, tempo_curve)
