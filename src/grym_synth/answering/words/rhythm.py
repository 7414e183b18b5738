"""How fast it goes, where beats and bars lie, how steady it is, whether it swings, and what else the tempo could be."""

from __future__ import annotations

from ...messages import Evidence
from . import among, groove
from . import phrasing as say
from .certainty import LIKELY, SURE, doubt
from .page import Page, Phrase

VOCABULARY = frozenset("tempo beats onsets downbeats metre swing drift".split())
_NAME = "rhythm.tempo_bpm"
_FIRST_BEAT = (
    r"first beat|beat one|where (?:does|is) the (?:first )?beat|erste[rn]? (?:beat|schlag)|premier temps|primer pulso"
)
_LISTED = 8  # more times than this nobody reads in a sentence
_ORDER = among.Measure(
    _NAME, "fastest", "slowest", ("faster", "slower"), lambda bpm: f"{say.tempo(bpm)} BPM",
    ("rhythm.tempo_difference_bpm", "tempo", "BPM"), "They have the same tempo.", 0.05,
)  # fmt: skip


def describe(page: Page, subject: str) -> None:
    focus = page.focus(VOCABULARY)
    if not focus or ("tempo" in focus and not (focus & {"drift", "swing"} and not page.asks("bpm|how fast|tempo and"))):
        tempo(page, subject)
    groove.describe(page, subject, focus)
    if "beats" in focus and page.asks(_FIRST_BEAT):
        _first_beat(page, subject)
    elif "beats" in focus and not focus & {"metre", "downbeats"}:
        _times(page, subject, "rhythm.beats_s", "rhythm.beat_count", "beat")
    if "onsets" in focus:
        _times(page, subject, "rhythm.onsets_s", "rhythm.onset_count", "onset")
    elif not focus:
        groove.metre(page, subject, is_beside=True)
        _beat_count(page, subject)


def brief(page: Page, subject: str) -> list[Phrase]:
    focus = page.focus(VOCABULARY)
    phrases = []
    found = page.number(subject, _NAME)
    if not focus or "tempo" in focus:
        if found is not None:
            phrases.append(Phrase(f"{doubt(found[0].confidence)}{say.tempo(found[1])} BPM", (found[0],)))
        elif (looked := page.find(subject, _NAME)) is not None:
            phrases.append(Phrase("no clear pulse", (looked,)))
    for aspect, noun in (("beats", "beat"), ("onsets", "onset")):
        counted = page.number(subject, f"rhythm.{noun}_count")
        if aspect in focus and counted is not None:
            phrases.append(Phrase(say.count(counted[1], noun), (counted[0],)))
    return phrases + groove.brief(page, subject, focus)


def rank(page: Page, subjects: tuple[str, ...]) -> list[str]:
    """The fastest and the slowest."""
    if page.focus(VOCABULARY) and not page.wants("tempo"):
        return []
    return among.rank(page, subjects, _ORDER, from_below=page.asks("slow\\w*|langsam\\w*|lent\\w*"))


def _first_beat(page: Page, subject: str) -> None:
    found = page.find(subject, "rhythm.beats_s")
    times = say.numbers_in(found)
    if found is not None and times:
        page.say(f"The first beat is at {say.position(times[0])}.", found)
    elif found is not None:
        page.note("I found no beats in it.")


def _beat_count(page: Page, subject: str) -> None:
    beats, onsets = page.number(subject, "rhythm.beat_count"), page.number(subject, "rhythm.onset_count")
    if beats is not None and beats[1]:
        beside = f" and {say.count(onsets[1], 'onset')}" if onsets else ""
        page.add(f"I count {say.count(beats[1], 'beat')}{beside}.", beats[0], *([onsets[0]] if onsets else []))


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
        other = others[0] if others and feel(bpm, others[0][1]) and not page.is_brief else None
        added, cited = _other_tempo(page, main, bpm, other)
        page.say(_with_verdict(page, bpm, f"It runs at {shown}{added}."), main, *cited)
    elif main.confidence >= LIKELY:
        added, cited = _other_tempo(page, main, bpm, others[0] if others else None)
        text = f"Most likely {shown}{added}."
        # Another tempo that could be meant keeps the answer open.
        target = page.targets.get("tempo_bpm")
        is_open = target is not None and any(abs(value - target) <= 1.0 for _, value in others)
        page.say(text if is_open else _with_verdict(page, bpm, text), main, *cited, support="inferred")
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
    text = f"I am not sure: perhaps {shown}, or {' or '.join(rest)}." if rest else (
        f"I am not sure, but {shown} fits best."
    )  # fmt: skip
    page.say(text, main, *(item for item, _ in others[:2]), support="inferred")
    page.suggest("Tap along for a few bars to settle the tempo.", main)


def feel(bpm: float, other: float) -> str:
    """How another tempo relates to this one: "half", "double", or nothing."""
    if abs(2 * other / bpm - 1) <= 0.02:
        return "half"
    return "double" if abs(other / bpm / 2 - 1) <= 0.02 else ""


def _other_tempo(
    page: Page, main: Evidence, bpm: float, other: tuple[Evidence, float] | None
) -> tuple[str, tuple[Evidence, ...]]:
    """What else it could be, and what that rests on. The same pulse in half or double time is told as exactly that."""
    if other is None:
        return "", ()
    item, value = other
    name = feel(bpm, value)
    if not name:
        return f", or else {say.tempo(value)} BPM", (item,)
    exact = bpm / 2 if name == "half" else bpm * 2
    if say.tempo(exact) == say.tempo(value):
        return f"; {say.tempo(value)} if you feel it in {name} time", (item,)
    method = "{0} / 2" if name == "half" else "{0} * 2"
    made = page.compute(f"rhythm.{name}_tempo_bpm", "tempo", "BPM", exact, method, main)
    return f"; {say.tempo(exact)} if you feel it in {name} time", (item, made)


def _against_target(page: Page, main: Evidence, bpm: float, target: float) -> None:
    gap = bpm - target
    asked = f"{say.trimmed(target, 1)} BPM"
    if abs(gap) < 0.05:
        page.add(f"That is the {asked} you asked about.", main)
        return
    away = page.compute("rhythm.target_difference_bpm", "tempo", "BPM", gap, f"{{0}} - ({asked} asked)", main)
    side = "above" if gap > 0 else "below"
    page.add(f"That is {say.tempo(abs(gap))} BPM {side} the {asked} you asked about.", main, away, support="computed")


def _times(page: Page, subject: str, name: str, count_name: str, noun: str) -> None:
    times, counted = page.find(subject, name), page.number(subject, count_name)
    values = say.numbers_in(times)
    if counted is not None:
        page.say(f"I count {say.count(counted[1], noun)}.", counted[0])
    if times is not None and values:
        shown = [f"{say.fixed(value, 2)} s" for value in values[:_LISTED]]
        if page.is_brief:
            return
        if len(values) > _LISTED:
            page.say(f"The first lie at {say.listed(shown)}; the list of evidence has all of them.", times)
        else:
            page.say(f"They lie at {say.listed(shown)}.", times)
    elif times is not None:
        page.note(f"I found no {noun}s in it.")
