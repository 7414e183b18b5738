"""Questions of what a change of tempo does to length and pitch, and of the tempo that a change makes."""

from __future__ import annotations

from collections.abc import Callable

from .durations import ratio_to_semitones, semitones_to_ratio
from .finding import Finding, finding, shown
from .question import Question
from .solve_time import usable


def solve_tempo(question: Question) -> tuple[Finding, ...]:
    """Findings of the first kind of question about a change of tempo that this one is; empty when it is none."""
    for parser in _PARSERS:
        if found := parser(question):
            return found
    return ()


_CHANGE = (
    r"stretch\w*|time-?stretch\w*|warp\w*|pitch\w*|re-?pitch\w*|ratio|factor|percent\w*|per cent|semi-?tones?|"
    r"cents?|speed\w*|"
    r"slow\w*|faster|slower|change\w*|difference|varispeed|resampl\w*|transpos\w*|tune|fader|conform\w*"
)


def _tempo_change(question: Question) -> tuple[Finding, ...]:
    if not question.says(_CHANGE) and "%" not in question.words:
        return ()
    tempi = question.tempi
    bare = tuple(q.value for q in question.quantities if q.unit in ("bpm", ""))
    if len(tempi) == 1 and len(bare) == 2 and question.says(r"to|from|into|vs|and|between|at"):
        tempi = bare
    if (
        len(tempi) == 0
        and len(bare) == 2
        and question.says(r"from")
        and question.says(r"bpm|tempo|time-?stretch\w*|stretch factor")
    ):
        tempi = bare
    if len(tempi) == 2:
        return _two_tempi(question, tempi[0], tempi[1]) if usable(tempi) else ()
    return _changed_tempo(question, tempi[0]) if len(tempi) == 1 and usable(tempi) else ()


def _two_tempi(question: Question, old: float, new: float) -> tuple[Finding, ...]:
    ratio = new / old
    between = f"from {shown(old, 3)} to {shown(new, 3)} BPM"
    semitones, percent = ratio_to_semitones(ratio), 100.0 * (ratio - 1.0)
    pitch = finding(
        "pitch_shift_semitones", "interval", round(semitones, 4), "12 times log2(new tempo / old tempo)",
        f"Repitched {between}, a sound {'rises' if semitones >= 0 else 'falls'} by {shown(abs(semitones))} semitones.",
    )  # fmt: skip
    cents = finding(
        "pitch_shift_cents", "tuning", round(100 * semitones, 2), "1200 times log2(new tempo / old tempo)",
        f"Repitching {between} changes the pitch by {shown(100 * semitones)} cents.",
    )  # fmt: skip
    speed = finding(
        "speed_ratio", "number", round(ratio, 6), "new tempo / old tempo",
        f"The speed ratio {between} is {shown(ratio, 4)}.",
    )  # fmt: skip
    length = finding(
        "length_ratio", "number", round(1 / ratio, 6), "old tempo / new tempo",
        f"Stretched {between}, the audio becomes {shown(1 / ratio, 4)} times as long.",
    )  # fmt: skip
    share = finding(
        "tempo_change_percent", "share", round(percent, 4), "100 times (new tempo / old tempo - 1)",
        f"Going {between} is a change of {shown(percent)} %.",
    )  # fmt: skip
    if question.says(r"cents?"):
        return cents, pitch
    if question.says(r"semi-?tones?|pitch\w*|re-?pitch\w*|transpos\w*|resampl\w*") and not question.says(
        r"fader|percent\w*|ratio|without"
    ):
        return pitch, share
    if question.says(r"stretch\w*|time-?stretch\w*|factor|ratio|warp\w*|conform\w*"):
        return length, speed, share
    return share, speed, pitch


def _changed_tempo(question: Question, old: float) -> tuple[Finding, ...]:
    """One tempo, and a change by semitones, cents or percent."""
    down = question.says(r"down|lower\w*|slow\w*|drop\w*|minus|reduce\w*|decrease\w*")
    semitones, cents, percents = question.values("semitones"), question.values("cents"), question.values("%")
    if len(semitones) + len(cents) + len(percents) != 1 or question.says(r"delay|swing|samples"):
        return ()
    if percents:
        ratio, method = (
            1 + percents[0] / 100.0 * (-1 if down and percents[0] > 0 else 1),
            "tempo times (1 + percent / 100)",
        )
        named = f"{shown(abs(percents[0]))} %"
    else:
        amount = semitones[0] if semitones else cents[0] / 100
        amount *= -1 if down and amount > 0 else 1
        if abs(amount) > 96:
            return ()
        ratio, method = semitones_to_ratio(amount), "tempo times 2^(semitones / 12)"
        named = f"{shown(abs(semitones[0]))} semitones" if semitones else f"{shown(abs(cents[0]))} cents"
    new = old * ratio
    if not 1.0 <= new <= 5000.0:
        return ()
    change = f"{shown(old, 3)} BPM, {'up' if ratio >= 1 else 'down'} {named}, becomes {shown(new)} BPM."
    return (finding("tempo_bpm", "tempo", round(new, 4), method, change),)


def _percent_and_semitones(question: Question) -> tuple[Finding, ...]:
    """A change of speed in percent against one of pitch, no tempo named."""
    percents, semitones = question.values("%"), question.values("semitones")
    if question.tempi or len(question.quantities) != 1:
        return ()
    if len(percents) == 1 and question.says(r"semi-?tones?|cents?|pitch\w*") and -99.0 < percents[0] <= 1000.0:
        amount = percents[0] if not question.says(r"slower|down|slow\w*") or percents[0] < 0 else -percents[0]
        change = ratio_to_semitones(1 + amount / 100)
        text = f"A change of speed of {shown(amount)} % shifts the pitch by {shown(change)} semitones."
        return (
            finding("pitch_shift_semitones", "interval", round(change, 4), "12 times log2(1 + percent / 100)", text),
        )
    if (
        len(semitones) == 1
        and question.says(r"percent\w*|per cent|%|speed\w*|faster|slower")
        and abs(semitones[0]) <= 96
    ):
        change = 100 * (semitones_to_ratio(semitones[0]) - 1)
        text = f"A shift of {shown(semitones[0])} semitones is a change of speed of {shown(change)} %."
        return (finding("tempo_change_percent", "share", round(change, 4), "100 times (2^(semitones / 12) - 1)", text),)
    return ()


def _half_or_double(question: Question) -> tuple[Finding, ...]:
    tempi = question.tempi or (question.values("") if question.says(r"bpm|tempo") else ())
    if len(tempi) != 1 or not usable(tempi):
        return ()
    for pattern, factor, word in (
        (r"half[ -]?time|half the tempo|half tempo", 0.5, "Half"),
        (r"double[ -]?time|double the tempo|double tempo|twice the tempo", 2.0, "Double"),
    ):
        if question.says(pattern):
            new = tempi[0] * factor
            text = f"{word} the tempo of {shown(tempi[0], 3)} BPM is {shown(new, 3)} BPM."
            return (finding("tempo_bpm", "tempo", round(new, 4), "tempo times or divided by two", text),)
    return ()


_PARSERS: tuple[Callable[[Question], tuple[Finding, ...]], ...] = (
    _half_or_double,
    _tempo_change,
    _percent_and_semitones,
)
