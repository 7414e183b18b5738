"""Key, Camelot code, tuning and key changes in many words."""

from __future__ import annotations

from random import Random

from . import numbers as say
from .scene import Scene


def key(rng: Random) -> Scene:
    s = Scene(rng, "key")
    true = say.any_key(rng)
    s.found("tonality.key", "musical_key", true, confidence=rng.uniform(0.8, 0.97))
    tonic, mode = true.split()
    false = say.any_key(rng, true, say.relative(true), say.other_mode(true))
    shown, parallel = say.key_words(true, rng), say.key_words(say.other_mode(true), rng)
    s.tell(
        """
        {It} <is|is written|was written|sits|is played> in {k}.
        {Its} key is {k}.
        The key <is|appears to be|seems to be|looks like|comes out as> {k}.
        {It} <is|was> <most likely|probably|very likely> in {k}.
        {k} is the key<| of this one>.
        I <hear|make it|would call it> {k}.
        Key: {k}
        The <track|song|piece> is in the key of {k}.
        The tonal centre is {k}.
        Everything points to {k}.
        <Musically|Harmonically>, {it} is in {k}.
        The key was <detected|identified> as {k}.
        If you want to <jam|play> along, use {k}.
        """,
        {"k": shown},
        {
            "wrong key": {"k": say.key_words(false, rng)},
            "wrong mode": {"k": parallel},
            "relative key": {"k": say.key_words(say.relative(true), rng)},
        },
    )
    s.tell(
        """
        {It} is in a {mode} key<|, with {t} as its tonic>.
        The <tonic|home note|key note> is {t}.
        The mode is {mode}.
        {It} is {mode}, not {unmode}.
        {It} is centred on {t}.
        """,
        {"mode": mode, "unmode": "major" if mode == "minor" else "minor", "t": say.spelt(tonic, rng)},
        {
            "wrong mode": {"mode": "major" if mode == "minor" else "minor", "unmode": mode},
            "wrong note": {"t": say.spelt(false.split()[0], rng)} if false.split()[0] != tonic else {},
        },
    )
    s.tell(
        "{It} is in {k} rather than {o}.\n{It} is in {k}, not {o}.\n{It} is not in {o} but in {k}.",
        {"k": shown, "o": say.key_words(false, rng)},
        {"wrong key": {"k": say.key_words(false, rng), "o": shown}},
    )
    s.lie("negated truth", "{It} <is not|isn't> in {k}.\nThe key is not {k}.\n{It} is anything but {k}.", {"k": shown})
    s.lie("fact not in evidence", "{It} modulates to {k} at 1:32.\n{It} borrows chords from {k}.",
          {"k": say.key_words(false, rng)})  # fmt: skip
    return s


def key_alternatives(rng: Random) -> Scene:
    s = Scene(rng, "key with alternative")
    true = say.any_key(rng)
    second = rng.choice([say.relative(true), say.any_key(rng, true)])
    sure = rng.uniform(0.62, 0.8)
    s.found("tonality.key", "musical_key", true, confidence=sure)
    s.found("tonality.key", "musical_key", second, confidence=0.95 - sure, rank=1)
    third = say.any_key(rng, true, second, say.relative(true), say.other_mode(true))
    k, alt, lie = (say.key_words(each, rng) for each in (true, second, third))
    s.tell(
        """
        {It} is <most likely|probably> in {k}, <possibly|or perhaps|or else> {alt}.
        <Most likely|Probably> {k}, <with {alt} as the runner-up|with {alt} a distant second|or {alt}>.
        I would say {k}; {alt} is <the next best guess|the second candidate|also possible>.
        {k} is more likely than {alt}.
        The best match is {k}, followed by {alt}.
        {k} is the likeliest key, {alt} the alternative.
        """,
        {"k": k, "alt": alt},
        {"alternative as the main": {"k": alt, "alt": k}, "wrong key": {"k": lie}, "wrong alternative": {"alt": lie}},
    )
    s.lie(
        "alternative as the main", "{It} is in {alt}.\nThe key is {alt}.\n{It} is most likely in {alt}.", {"alt": alt}
    )
    return s


def key_unsure(rng: Random) -> Scene:
    s = Scene(rng, "unsure key")
    true = say.any_key(rng)
    s.found("tonality.key", "musical_key", true, confidence=rng.uniform(0.3, 0.45))
    shown = say.key_words(true, rng)
    s.tell(
        """
        {It} is <perhaps|possibly|maybe> in {k}.
        It is hard to tell, but {k} fits best.
        The key is unclear; my best guess is {k}.
        {It} might be in {k}, <though I am not sure|but take that with a grain of salt>.
        {Its} key could be {k}.
        """,
        {"k": shown},
        {"wrong key": {"k": say.key_words(say.any_key(rng, true), rng)}},
    )
    s.lie(
        "certain without reason",
        """
        {It} is <definitely|certainly|undoubtedly|unmistakably> in {k}.
        The key is <clearly|unquestionably> {k}.
        There is no doubt that {it} is in {k}.
        I am <certain|sure|positive> that the key is {k}.
        """,
        {"k": shown},
    )
    return s


def camelot(rng: Random) -> Scene:
    s = Scene(rng, "camelot")
    true = say.any_key(rng)
    code = say.camelot(true)
    s.found("tonality.key", "musical_key", true, confidence=0.93)
    s.found("tonality.camelot", "label", code, confidence=0.93)
    step = rng.choice([1, 2, 5, 11])
    letter = code[-1]
    near = f"{(int(code[:-1]) - 1 + step) % 12 + 1}{letter}"
    flipped = code[:-1] + ("B" if letter == "A" else "A")
    s.tell(
        """
        {It} is in {k}, <which is|that is|i.e.|or> {c} on the Camelot wheel.
        {Its} Camelot code is {c}.
        {It} is {c}<| on the Camelot wheel| in Camelot terms>.
        {k} ({c}).
        For harmonic mixing<,|:> <it is|use|this is> {c}<| ({k})>.
        On the Camelot wheel {it} <sits|lands> at {c}.
        Camelot: {c}
        {It} is in {k} (Camelot {c}).
        """,
        {"k": say.key_words(true, rng), "c": code},
        {
            "wrong Camelot code": {"c": near},
            "wrong Camelot letter": {"c": flipped},
            "wrong key": {"k": say.key_words(say.any_key(rng, true), rng)},
        },
    )
    return s


def tuning(rng: Random) -> Scene:
    s = Scene(rng, "tuning")
    cents = round(rng.choice([-1, 1]) * rng.uniform(6, 45), 1)
    reference = round(440 * 2 ** (cents / 1200), 2)
    s.found("tonality.tuning_cents", "tuning", cents)
    s.found("tonality.reference_hz", "frequency", reference)
    low, high = "<flat|low|below concert pitch|under pitch>", "<sharp|high|above concert pitch>"
    right, wrong = (low, high) if cents < 0 else (high, low)
    n = say.plain(abs(cents), rng.choice([0, 0, 1]))
    false = say.plain(say.away(abs(cents), rng, 2.6, 12) if abs(cents) > 16 else abs(cents) + rng.uniform(3, 12))
    words = {"n": n, "r": say.plain(reference, 1)}
    lies = {"wrong number": {"n": false, "r": say.plain(reference + rng.choice([-1, 1]) * rng.uniform(2, 9), 1)}}
    templates = """
        {It} is {n} cents WAY.
        {It} is tuned {n} cents WAY.
        The tuning is {n} cents WAY.
        {It} is tuned about {n} cents WAY.
        {It} is {n} cents SHORT <of|relative to|compared with> <A440|A = 440 Hz|standard tuning|440 Hz>.
        {n} cents WAY, {it} puts A4 at {r} Hz.
        Tuning: {n} cents WAY (A4 = {r} Hz).
    """
    brief = ("flat", "sharp") if cents < 0 else ("sharp", "flat")
    s.tell(templates.replace("WAY", right).replace("SHORT", brief[0]), words, lies)
    s.lie("wrong direction", templates.replace("WAY", wrong).replace("SHORT", brief[1]), words)
    s.tell(
        """
        A4 <is|sits|lies> at {r} Hz.
        The concert A <is|comes out at|is at> {r} Hz.
        It is tuned to A = {r} Hz.
        The reference pitch is {r} Hz<|, not 440>.
        """,
        words,
        lies,
    )
    s.lie("negated truth", "{It} is exactly in tune with A440.\n{It} is tuned to exactly 440 Hz.")
    s.lie(
        "wrong unit",
        "A4 <is|sits|lies> at {r} kHz.\n{It} is tuned {n} <semitones|Hz> WAY.".replace("WAY", right),
        words,
    )
    return s


def key_changes(rng: Random) -> Scene:
    s = Scene(rng, "key changes")
    first, second, turn, end = say.any_key(rng), "", rng.uniform(40, 170), rng.uniform(190, 280)
    second = say.any_key(rng, first, say.relative(first), say.other_mode(first))
    s.found(
        "tonality.key_changes", "musical_key",
        [
            {"start_s": 0.0, "end_s": round(turn, 2), "key": first, "confidence": 0.9},
            {"start_s": round(turn, 2), "end_s": round(end, 2), "key": second, "confidence": 0.88},
        ],
    )  # fmt: skip
    wrong_time = say.away(turn, rng, 8, 30)
    a, b = say.key_words(first, rng), say.key_words(second, rng)
    s.tell(
        """
        {It} <starts|begins|opens> in {a} and <moves|changes|modulates|switches> to {b} at {t}.
        At {t} the key changes from {a} to {b}.
        {It} <goes|modulates> from {a} to {b}<| at {t}>.
        {It} changes key<| once>: {a} until {t}, then {b}.
        Up to {t} {it} is in {a}, and after that in {b}.
        <There is|It has> one key change, at {t}: from {a} to {b}.
        The second key is {b}<|, from {t} on>.
        It ends in {b}.
        """,
        {"a": a, "b": b, "t": say.clock(turn)},
        {
            "swapped keys": {"a": b, "b": a},
            "wrong key": {"b": say.key_words(say.any_key(rng, first, second, say.relative(second)), rng)},
            "wrong time": {"t": say.clock(wrong_time)},
        },
    )
    s.lie(
        "negated truth",
        """
        {It} stays in one key throughout.
        {It} never changes key.
        The key does not change.
        It is in {a} throughout.
        """,
        {"a": a},
    )
    return s


TOPICS = (key, key_alternatives, key_unsure, camelot, tuning, key_changes)
