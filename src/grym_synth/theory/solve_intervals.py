"""Questions of intervals: between notes and from a note, their names, inversions, ratios and cents."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from ..regex import lazily
from .finding import Finding, finding, shown
from .intervals import (
    JUST_RATIOS,
    find_interval,
    find_notes,
    find_pair,
    interval_between,
    interval_words,
    invert,
    simplest,
)
from .question import Question
from .solve_pitch import ABOVE, BELOW

_RATIO = lazily(r"(?<![\w.:/])(\d{1,6}) ?[:/] ?(\d{1,6})(?![\w.:/])")


def solve_intervals(question: Question) -> tuple[Finding, ...]:
    """Findings of the first kind of question about intervals that this one is; empty when it is none."""
    for parser in _PARSERS:
        if found := parser(question):
            return found
    return ()


# --- Ratios and temperaments ----------------------------------------------------------------------------------------

_COMMAS = (
    (r"pythagorean comma", 531441, 524288), (r"syntonic comma|comma of didymus|didymean comma", 81, 80),
    (r"pythagorean limma", 256, 243), (r"septimal comma", 64, 63), (r"diesis|lesser diesis", 128, 125),
)  # fmt: skip


def _ratios(question: Question) -> tuple[Finding, ...]:
    if question.tempi:
        return ()
    for pattern, over, under in _COMMAS:
        if question.says(pattern) and question.says(r"cents|big|size|large|ratio|wide|what is"):
            return (_cents_of(over, under, f"The {pattern.partition('|')[0]}"),)
    edo = re.search(r"(?<![\w.])(\d{1,4})[ -]?(?:tet|edo|equal|tone equal|note equal)(?![a-z])", question.words)
    if edo and 1 <= int(edo[1]) <= 1200:
        step = 1200 / int(edo[1])
        text = f"A step of {edo[1]} equal divisions of the octave is {shown(step, 3)} cents."
        return (finding("step_cents", "tuning", round(step, 6), "1200 / number of steps", text),)
    ratio = _RATIO.search(question.words)
    if ratio and question.says(r"cents|semi-?tones?|interval"):
        over, under = int(ratio[1]), int(ratio[2])
        return (_cents_of(over, under, f"The ratio {over}:{under}"),) if over and under else ()
    numbers = question.values("")
    if (
        question.says("ratio")
        and question.says("cents|semi-?tones?")
        and len(numbers) == 1
        and 1e-3 <= numbers[0] <= 1e4
    ):
        cents = 1200 * math.log2(numbers[0])
        return (
            finding(
                "cents",
                "tuning",
                round(cents, 4),
                "1200 log2(ratio)",
                f"The ratio {shown(numbers[0], 6)} is {shown(cents)} cents.",
            ),
        )
    return _ratio_of_interval(question)


def _cents_of(over: int, under: int, what: str) -> Finding:
    cents = 1200 * math.log2(over / under)
    return finding("cents", "tuning", round(cents, 4), "1200 log2(ratio)", f"{what} is {shown(cents)} cents.")


def _ratio_of_interval(question: Question) -> tuple[Finding, ...]:
    """Just ratio, or tempered ratio, of a named interval."""
    cents, interval = question.values("cents"), find_interval(question.text, question.words)
    if not question.says(r"ratio|just|pure|just intonation|frequency factor") or question.values("hz", "s", "ms", "db"):
        return ()
    if len(cents) == 1 and abs(cents[0]) <= 12000 and question.says("ratio|factor"):
        ratio = math.exp2(cents[0] / 1200)
        text = f"{shown(cents[0])} cents are a frequency ratio of {shown(ratio, 6)}."
        return (finding("frequency_ratio", "number", round(ratio, 9), "2^(cents / 1200)", text),)
    if interval is None or find_notes(question.text):
        return ()
    if (
        interval.steps is not None
        and (question.says(r"just\w*|pure|ratio"))
        and not question.says(r"equal|tempered|temperament|12-?tet")
    ):
        just = JUST_RATIOS.get(interval.name)
        if just is None:
            return ()
        text = f"In just intonation a {interval.name} has the ratio {just[0]}:{just[1]}."
        size = 1200 * math.log2(just[0] / just[1])
        wide = f"A just {interval.name} is {shown(size)} cents wide."
        return (
            finding(
                "just_ratio",
                "label",
                f"{just[0]}:{just[1]}",
                "five-limit just intonation",
                text.replace("a au", "an au"),
            ),
            finding("cents", "tuning", round(size, 4), "1200 log2(ratio)", wide),
        )
    ratio = math.exp2(interval.semitones / 12)
    text = (
        f"In equal temperament {interval_words(interval)} "
        f"{'is' if abs(interval.semitones) == 1 or interval.steps is not None else 'are'} a frequency ratio of "
        f"{shown(ratio, 6)}."
    )
    return (finding("frequency_ratio", "number", round(ratio, 9), "2^(semitones / 12)", text),)


# --- Intervals ------------------------------------------------------------------------------------------------------


def _interval(question: Question) -> tuple[Finding, ...]:
    if question.says(r"chords?|transpose\w*|keys?|scale|midi|hz|delay|progression|ratio|beats?") or question.tempi:
        return ()
    pair = find_pair(question.text)
    notes = pair or find_notes(question.text)
    if len(notes) != 2 or not (
        question.says(r"intervals?|semi-?tones?|half steps?|distance|how far|apart|steps")
        or (pair and question.says("what|which|from"))
    ):
        return ()
    if pair is None and find_interval(question.text, question.words) and question.says(ABOVE + "|" + BELOW):
        return ()
    low, high = notes
    interval = interval_between(low, high)
    if question.says(r"down") and low.octave is None:
        interval = interval_between(high, low)
    name, count = interval.name, abs(interval.semitones)
    way = "down" if interval.semitones < 0 or (question.says("down") and low.octave is None) else "up"
    named = finding(
        "interval_name",
        "label",
        name,
        "letters and semitones between the two notes",
        f"From {low} {way} to {high} is {'an' if name[0] in 'aeiou' else 'a'} {name}.",
    )
    size = finding(
        "interval",
        "interval",
        count,
        "semitones between the two notes",
        f"From {low} {way} to {high} is {count} {'semitone' if count == 1 else 'semitones'}.",
    )
    return (size, named) if question.says(r"semi-?tones?|half steps?|steps|how many") else (named, size)


def _note_from_interval(question: Question) -> tuple[Finding, ...]:
    if (
        question.says(
            r"chords?|keys?|scale|mode|hz|progression|capo|chart|tempo|bpm|loop|ratio|harmonics?|"
            r"major key|minor key|degrees?"
        )
        or question.tempi
    ):
        return ()
    interval, notes = find_interval(question.text, question.words), find_notes(question.text)
    if interval is None or len(notes) != 1 or question.values("db", "ms", "s"):
        return ()
    down = question.says(BELOW)
    if not (down or question.says(ABOVE)) or (interval.semitones < 0 and down):
        return ()
    if len(re.findall(r"(?<![\w#])[A-G][#b]?m?(?:maj|min|dim|sus|7|9)", question.text)) > 0:
        return ()
    moved = -interval if down else interval
    steps, semitones = (moved.steps, moved.semitones) if moved.steps is not None else simplest(notes, moved.semitones)
    note = notes[0].up(steps, semitones)
    words = interval_words(interval)
    text = (
        f"{words[0].upper()}{words[1:]} {'below' if down or interval.semitones < 0 else 'above'} {notes[0]} is {note}."
    )
    return (
        finding("note", "note", str(note), "letters by the number of the interval, accidental by its semitones", text),
    )


def _interval_facts(question: Question) -> tuple[Finding, ...]:
    """Inversions, sizes and names of intervals, without notes."""
    if find_notes(question.text) or question.tempi or question.values("hz"):
        return ()
    interval = find_interval(question.text, question.words)
    if interval is None:
        return ()
    if question.says(r"invert\w*|inversion|complement") and interval.steps is not None and 0 <= interval.steps <= 7:
        turned = invert(interval).name
        text = f"Inverted, {interval_words(interval)} becomes {'an' if turned[0] in 'aeiou' else 'a'} {turned}."
        return (finding("interval_name", "label", turned, "what is left to the octave", text),)
    if interval.steps is None and 0 < interval.semitones <= 24 and question.says(r"intervals?|what is|called|name"):
        if question.says(r"transpos\w*|pitch\w*|tempo|shift\w*|capo|up|down"):
            return ()
        text = (
            f"{interval_words(interval)} {'is' if interval.semitones == 1 else 'are'} "
            f"{'an' if interval.name[0] in 'aeiou' else 'a'} {interval.name}."
        )
        return (finding("interval_name", "label", interval.name, "the usual name of that many semitones", text),)
    if interval.steps is not None and question.says(
        r"(?:how many|number of) (?:semi-?tones?|half[ -]?steps?)|in semi-?tones?|semi-?tones? (?:in|is|are)"
    ):
        text = f"{interval_words(interval)} is {interval.semitones} semitones."
        return (
            finding(
                "interval",
                "interval",
                interval.semitones,
                "size of the interval by its name",
                text[0].upper() + text[1:],
            ),
        )
    if interval.steps is not None and question.says(r"in cents|how many cents|cents (?:in|is|are)"):
        text = f"{interval_words(interval)} is {100 * interval.semitones} cents in equal temperament."
        return (
            finding("cents", "tuning", 100 * interval.semitones, "100 cents a semitone", text[0].upper() + text[1:]),
        )
    return ()


def _enharmonic(question: Question) -> tuple[Finding, ...]:
    notes = find_notes(question.text)
    if len(notes) != 1 or not question.says(r"enharmonic\w*"):
        return ()
    note = notes[0]
    if note.accidental:
        other = next((n for n in (note.up(1, 0), note.up(-1, 0)) if abs(n.accidental) <= 1), note.simple())
    else:
        other = min((note.up(1, 0), note.up(-1, 0)), key=lambda n: abs(n.accidental))
    return (
        finding(
            "note",
            "note",
            str(other),
            "the same key of the piano by its neighbouring letter",
            f"{note} is enharmonic with {other}.",
        ),
    )


_PARSERS: tuple[Callable[[Question], tuple[Finding, ...]], ...] = (
    _enharmonic, _ratios, _interval, _note_from_interval, _interval_facts,
)  # fmt: skip
