"""Bars and metre, swing, and how steady the tempo is."""

from __future__ import annotations

import re
from collections.abc import Collection

from . import phrasing as say
from .certainty import LIKELY
from .page import Page, Phrase
from .spans import asked_times, when

STRAIGHT, SWUNG = 0.53, 0.56  # of the beat: up to the first, and from the second on
STEADY_PERCENT = 1.0  # a tempo that stays within this is steady
GLIDE_SHARE = 0.02  # from the first tempo to the last, to be told as speeding up
_LISTED = 8
_OF_A_BAR = (
    r"(?:are )?in (?:a|each|every|one) bar|per bar|to the bar|a bar has|im takt|pro takt|por comp[aá]s|par mesure"
)
#: How so many beats to the bar are usually written.
SIGNATURES = {2: "2/4", 3: "3/4", 4: "4/4", 5: "5/4", 6: "6/8", 7: "7/8", 9: "9/8", 12: "12/8"}


def describe(page: Page, subject: str, focus: Collection[str]) -> None:
    """Sentences about what of these was asked for."""
    if "metre" in focus or ("beats" in focus and page.asks(_OF_A_BAR)):
        metre(page, subject)
    if "downbeats" in focus and not page.asks(_OF_A_BAR):
        bars(page, subject)
    if "swing" in focus:
        swing(page, subject)
    if "drift" in focus:
        drift(page, subject)


def brief(page: Page, subject: str, focus: Collection[str]) -> list[Phrase]:
    phrases = []
    counted, swung = page.number(subject, "rhythm.metre"), page.number(subject, "rhythm.swing")
    spread = page.number(subject, "rhythm.drift_percent")
    if "metre" in focus and counted:
        phrases.append(Phrase(f"{say.count(counted[1], 'beat')} to the bar", (counted[0],)))
    if "swing" in focus and swung:
        phrases.append(Phrase(f"{_feel(swung[1])} (off-beats at {say.fixed(swung[1], 2)})", (swung[0],)))
    if "drift" in focus and spread:
        phrases.append(Phrase(f"tempo within {say.percent(spread[1])}", (spread[0],)))
    return phrases


def metre(page: Page, subject: str, *, is_beside: bool = False) -> None:
    """Beats to the bar, with the usual signature."""
    tell = page.add if is_beside else page.say
    found = page.number(subject, "rhythm.metre")
    if found is None:
        if page.wants("metre") and page.find(subject, "rhythm.metre") is not None:
            page.note("I cannot tell how many beats a bar has: nothing marks the first one.", instead_of="rhythm")
        return
    beats = round(found[1])
    written = f" ({SIGNATURES[beats]})" if beats in SIGNATURES else ""
    shown = f"{say.count(beats, 'beat')} to the bar{written}"
    if found[0].confidence < LIKELY:
        if not is_beside:  # a guess that nobody asked for is no news
            page.say(f"I am not sure, but {shown} fits best.", found[0], support="inferred")
        return
    text = f"It has {shown}."
    asked = _asked_beats(page)
    tell(text if asked is None or not page.wants("metre") else page.verdict(beats == asked, text), found[0])


def _asked_beats(page: Page) -> int | None:
    """The beats to the bar that a question names, if it names one metre."""
    named = {beats for beats, sign in SIGNATURES.items() if page.asks(sign.replace("/", " ?/ ?"))}
    if page.asks("waltz|walzer|vals|valse|in (?:three|3)"):
        named.add(3)
    if page.asks("in (?:four|4)"):
        named.add(4)
    return named.pop() if len(named) == 1 else None


def bars(page: Page, subject: str) -> None:
    """How many bars, and where they begin; of one bar of the question its place."""
    found = page.find(subject, "rhythm.downbeats_s")
    times = say.numbers_in(found)
    if found is None:
        return
    if not times:
        page.note("I cannot tell where its bars begin.", instead_of="rhythm")
        return
    start, _ = asked_times(page)
    asked = re.search(r"(?i)\b(?:bar|measure|takt|mesure|comp[aá]s) (?:number |no\.? )?(\d{1,4})\b", page.question)
    if asked is not None and 0 < (place := int(asked[1])) <= len(times):
        page.say(f"The {_ordinal(place)} downbeat is at {say.position(times[place - 1])}.", found)
        return
    if page.asks("how many|wie viele|cu[aá]ntos|combien|quantos|quante|hur m[aå]nga"):
        page.say(f"I count {say.count(len(times), 'bar')}.", found)
        return
    if start is not None:
        number = sum(time <= start + 0.05 for time in times)
        if number:
            page.say(f"The bar at {when(start)} has its downbeat at {say.position(times[number - 1])}.", found)
            return
    if page.is_brief:
        page.say(f"I count {say.count(len(times), 'bar')}, the first from {say.position(times[0])} on.", found)
        return
    shown = [f"{say.fixed(value, 2)} s" for value in times[:_LISTED]]
    if len(times) > _LISTED:
        page.say(f"The first downbeats lie at {say.listed(shown)}; the list of evidence has all of them.", found)
    else:
        page.say(f"The downbeats lie at {say.listed(shown)}.", found)


def _ordinal(number: int) -> str:
    """ "1st", "2nd", "12th"."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _feel(value: float) -> str:
    return "straight" if value <= STRAIGHT else "swung" if value >= SWUNG else "barely swung"


def swing(page: Page, subject: str) -> None:
    """Where in the beat the off-beats fall."""
    found = page.number(subject, "rhythm.swing")
    if found is None:
        if page.find(subject, "rhythm.swing") is not None:
            page.note("I hear too few off-beats to tell whether it swings.", instead_of="rhythm")
        return
    feel = _feel(found[1])
    text = f"It is {feel}: the off-beats fall at {say.fixed(found[1], 2)} of the beat"
    text += ", where triplets put them." if 0.64 <= found[1] <= 0.69 else "."
    if found[0].confidence < LIKELY:
        page.say(f"I am not sure, but {text[:1].lower()}{text[1:]}", found[0], support="inferred")
        return
    if page.asks("straight"):
        both = page.asks("or")
        page.say(text if both else page.verdict(feel == "straight", text), found[0])
    else:
        page.say(page.verdict(None if feel == "barely swung" else feel == "swung", text), found[0])


def drift(page: Page, subject: str) -> None:
    """How far the tempo strays, and whether it ends faster or slower than it began."""
    found = page.number(subject, "rhythm.drift_percent")
    curve = page.find(subject, "rhythm.tempo_curve")
    tempi = [bpm for item in say.objects_in(curve) if (bpm := say.finite(item.get("tempo_bpm"))) is not None]
    if curve is not None and len(tempi) > 1:
        quarter = max(1, len(tempi) // 4)
        before, after = sum(tempi[:quarter]) / quarter, sum(tempi[-quarter:]) / quarter
        first, last = tempi[0], tempi[-1]
        if abs(after / before - 1) >= GLIDE_SHARE and (last > first) == (after > before):
            faster = after > before
            text = f"It {'speeds up' if faster else 'slows down'} from {say.tempo(first)} to {say.tempo(last)} BPM."
            page.say(page.verdict(_glide_asked(page, faster), text), curve)
            return
    if found is None:
        if page.find(subject, "rhythm.drift_percent") is not None:
            page.note("There are too few beats to tell how steady the tempo is.", instead_of="rhythm")
        return
    steady = found[1] <= STEADY_PERCENT
    how = "is steady, within" if steady else "drifts over"
    text = f"The tempo {how} {say.percent(found[1])}."
    if page.asks("steady|constant|stable|tight|click|stabil|constante|stabile"):
        page.say(page.verdict(steady, text), found[0])
    else:
        page.say(page.verdict(not steady and not _speaks_of_glide(page), text), found[0])
    if not steady:
        page.suggest("Map the tempo before you cut loops or quantise: a fixed grid will not hold.", found[0])


_FASTER = "speed(?:s|ing)? up|faster|rush(?:es|ing)?|accelerat\\w*|schneller|beschleunig\\w*|acelera|acc[eé]l[eè]re"
_SLOWER = "slow(?:s|ing)? down|slower|drag(?:s|ging)?|langsamer|ralentit|rallenta"


def _speaks_of_glide(page: Page) -> bool:
    return page.asks(f"{_FASTER}|{_SLOWER}")


def _glide_asked(page: Page, faster: bool) -> bool:
    """Whether a change of tempo in that direction is a yes to what was asked."""
    if page.asks(_FASTER) and not page.asks(_SLOWER):
        return faster
    if page.asks(_SLOWER) and not page.asks(_FASTER):
        return not faster
    return not page.asks("steady|constant|stable|tight|stabil|constante|stabile")
