"""How fast it goes, where beats and bars lie, how steady it is, whether it swings, and what else the tempo could be."""

from __future__ import annotations

from ...messages import Evidence
from . import groove
from . import phrasing as say
from .page import LIKELY, SURE, Page, Phrase

VOCABULARY = frozenset("tempo beats onsets downbeats metre swing drift".split())
_NAME = "rhythm.tempo_bpm"
_LISTED = 8  # more times than this nobody reads in a sentence


def describe(page: Page, subject: str) -> None:
    focus = page.focus(VOCABULARY)
    if not focus or ("tempo" in focus and not (focus & {"drift", "swing"} and not page.asks("bpm|how fast|tempo and"))):
        tempo(page, subject)
    groove.describe(page, subject, focus)
    if "beats" in focus and not focus & {"metre", "downbeats"}:
        _times(page, subject, "rhythm.beats_s", "rhythm.beat_count", "beat")
    if "onsets" in focus:
        _times(page, subject, "rhythm.onsets_s", "rhythm.onset_count", "onset")
    elif not focus and (beats := page.number(subject, "rhythm.beat_count")) is not None and beats[1]:
        onsets = page.number(subject, "rhythm.onset_count")
        beside = f" and {say.count(onsets[1], 'onset')}" if onsets else ""
        page.say(f"I count {say.count(beats[1], 'beat')}{beside}.", beats[0], *([onsets[0]] if onsets else []))
        groove.metre(page, subject)


def brief(page: Page, subject: str) -> list[Phrase]:
    focus = page.focus(VOCABULARY)
    phrases = []
    found = page.number(subject, _NAME)
    if found is not None and (not focus or "tempo" in focus):
        doubt = "" if found[0].confidence >= SURE else "most likely " if found[0].confidence >= LIKELY else "perhaps "
        phrases.append(Phrase(f"{doubt}{say.tempo(found[1])} BPM", (found[0],)))
    for aspect, noun in (("beats", "beat"), ("onsets", "onset")):
        counted = page.number(subject, f"rhythm.{noun}_count")
        if aspect in focus and counted is not None:
            phrases.append(Phrase(say.count(counted[1], noun), (counted[0],)))
    return phrases + groove.brief(page, subject, focus)


def rank(page: Page, subjects: tuple[str, ...]) -> None:
    """The fastest and the slowest."""
    if page.focus(VOCABULARY) and not page.wants("tempo"):
        return
    found = [(each[1], each[0]) for subject in subjects if (each := page.number(subject, _NAME)) is not None]
    found.sort(key=lambda each: each[0], reverse=True)
    if len(found) < 2:
        return
    (top, fastest), (bottom, slowest) = found[0], found[-1]
    if top - bottom < 0.05:
        page.say("They have the same tempo.", *(item for _, item in found))
        return
    gap = page.compute("rhythm.tempo_difference_bpm", "tempo", "BPM", top - bottom, "{0} - {1}", fastest, slowest)
    page.say(
        f"{page.name(fastest.subject)} is the fastest, {say.tempo(top - bottom)} BPM above {page.name(slowest.subject)}"
        f"{', the slowest' if len(found) > 2 else ''}.",
        *(item for _, item in found), gap, support="computed",
    )  # fmt: skip


def tempo(page: Page, subject: str) -> None:
    """The tempo, as surely as it is known, with the one it could be confused with."""
    found = page.number(subject, _NAME)
    if found is None:
        if page.find(subject, _NAME) is not None:
            page.note("I hear no steady pulse in it, so there is no tempo to give.", instead_of="rhythm")
        return
    main, bpm = found
    others = [(item, value) for item in page.findings.alternatives(subject, _NAME) if (value := say.number_in(item))]
    shown = f"{say.tempo(bpm)} BPM"
    if main.confidence >= SURE:
        text = f"It runs at {shown}"
        text += _other_tempo(bpm, others[0][1]) if others and feel(bpm, others[0][1]) else ""
        text = _with_verdict(page, bpm, f"{text}.")
        page.say(text, main, *([others[0][0]] if ";" in text else []))
    elif main.confidence >= LIKELY:
        text = f"Most likely {shown}"
        text += _other_tempo(bpm, others[0][1]) if others else ""
        # Another tempo that could be meant keeps the answer open.
        target = page.targets.get("tempo_bpm")
        is_open = target is not None and any(abs(value - target) <= 1.0 for _, value in others)
        text = f"{text}." if is_open else _with_verdict(page, bpm, f"{text}.")
        page.say(text, main, *(item for item, _ in others[:1]), support="inferred")
    else:
        _unsure(page, shown, main, others)
    if "tempo_bpm" in page.targets:
        _against_target(page, main, bpm, page.targets["tempo_bpm"])


def _with_verdict(page: Page, bpm: float, text: str) -> str:
    """Behind a yes or a no when the question names a tempo."""
    target = page.targets.get("tempo_bpm")
    if target is None:
        return text
    if page.asks("faster|above|over|more than"):
        return page.verdict(bpm > target, text)
    if page.asks("slower|below|under|less than"):
        return page.verdict(bpm < target, text)
    return text if feel(bpm, target) else page.verdict(abs(bpm - target) <= 0.5, text)


def _unsure(page: Page, shown: str, main: Evidence, others: list[tuple[Evidence, float]]) -> None:
    rest = [f"{say.tempo(value)} BPM" for _, value in others[:2]]
    if rest:
        text = f"I am not sure: perhaps {shown}, or {' or '.join(rest)}; tap along to settle it."
    else:
        text = f"I am not sure, but {shown} fits best; tap along to settle it."
    page.say(text, main, *(item for item, _ in others[:2]), support="inferred")


def feel(bpm: float, other: float) -> str:
    """How another tempo relates to this one: "half", "double", or nothing."""
    if abs(2 * other / bpm - 1) <= 0.02:
        return "half"
    return "double" if abs(other / bpm / 2 - 1) <= 0.02 else ""


def _other_tempo(bpm: float, other: float) -> str:
    name = feel(bpm, other)
    return f"; {say.tempo(other)} if you feel it in {name} time" if name else f", or else {say.tempo(other)} BPM"


def _against_target(page: Page, main: Evidence, bpm: float, target: float) -> None:
    gap = bpm - target
    asked = f"{say.trimmed(target, 1)} BPM"
    if abs(gap) < 0.05:
        page.say(f"That is the {asked} you asked about.", main)
        return
    away = page.compute("rhythm.target_difference_bpm", "tempo", "BPM", gap, f"{{0}} - ({asked} asked)", main)
    side = "above" if gap > 0 else "below"
    page.say(f"That is {say.tempo(abs(gap))} BPM {side} the {asked} you asked about.", main, away, support="computed")


def _times(page: Page, subject: str, name: str, count_name: str, noun: str) -> None:
    times, counted = page.find(subject, name), page.number(subject, count_name)
    values = say.numbers_in(times)
    if counted is not None:
        page.say(f"I count {say.count(counted[1], noun)}.", counted[0])
    if times is not None and values:
        shown = [f"{say.fixed(value, 2)} s" for value in values[:_LISTED]]
        if len(values) > _LISTED:
            page.say(f"The first lie at {say.listed(shown)}; the list of evidence has all of them.", times)
        else:
            page.say(f"They lie at {say.listed(shown)}.", times)
    elif times is not None:
        page.note(f"I found no {noun}s in it.")
