"""Which chords it goes through: the cycle, what sounds at a time, how often they change, and in which degrees."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ...messages import Evidence
from ...regex import lazily
from ..chord_names import NO_CHORD, chord_id, common_chord, is_of_kind, plain_numeral, wants_flats
from . import phrasing as say
from .certainty import LIKELY
from .page import Page, Phrase
from .spans import LISTED, Stretch, asked_times, at, between, listed_some, stretches, when

VOCABULARY = frozenset("progression chord_rate numerals chord_count inversion sevenths".split())
_NAME = "chords.segments"
BRIEFLY = 6  # chords of a brief answer that go round in no cycle


def describe(page: Page, subject: str) -> None:
    found = page.find(subject, _NAME)
    entries = stretches(found)
    if found is None:
        return
    flat = _is_flat(page, subject, entries)
    if not any(each.label not in NO_CHORD for each in entries):
        page.note("I hear no chords in it: too few notes sound together.", instead_of="chords")
        return
    focus = page.focus(VOCABULARY)
    start, end = asked_times(page)
    asked = _asked_chord(page)
    if start is not None and end is None:
        _at(page, found, entries, start, flat=flat)
        return
    if asked is not None:
        _whether(page, found, entries, asked, flat=flat)
        return
    if start is not None and end is not None:
        _within(page, found, entries, start, end, flat=flat)
        return
    if focus & {"inversion", "sevenths"} and _of_a_kind(page, found, entries, focus, flat=flat):
        return
    if page.asks("ends? (?:on|with)|last chord|final chord|at the end|endet|termina|finisce|slutar"):
        _edge(page, found, entries, last=True, flat=flat)
        return
    if page.asks("first chord|starts? (?:on|with)|begins? (?:on|with)|at the (?:beginning|start)"):
        _edge(page, found, entries, last=False, flat=flat)
        return
    _rate(page, subject, focus)
    if not focus & {"chord_rate", "chord_count"}:
        _cycle(page, subject, found, entries, flat=flat)
    _rate(page, subject, focus, is_beside=True)


def brief(page: Page, subject: str) -> list[Phrase]:
    found = page.find(subject, _NAME)
    names = _names(stretches(found), flat=_is_flat(page, subject, stretches(found)))
    if found is None or not names:
        return []
    return [Phrase(f"chords {' – '.join(names[:4])}", (found,), is_list=True)]


def rank(page: Page, subjects: tuple[str, ...]) -> list[str]:
    """Nothing: chords have no order among recordings."""
    return []


def _shown(label: str, *, flat: bool) -> str | None:
    return common_chord(label, flat=flat)


def _is_flat(page: Page, subject: str, entries: Sequence[Stretch]) -> bool:
    """Whether roots are spelled with flats: by the key, or by the chord that stands on its first degree."""
    key = say.text_in(page.find(subject, "tonality.key"))
    if key is None:
        home = next((each for each in entries if plain_numeral(_numeral(each) or "") in ("I", "i")), None)
        mode = "minor" if home is not None and plain_numeral(_numeral(home) or "") == "i" else "major"
        key = f"{home.label.partition(':')[0].partition('/')[0]} {mode}" if home is not None else None
    return wants_flats(key)


def _names(entries: Sequence[Stretch], *, flat: bool) -> list[str]:
    """The chords one after the other, repeats once."""
    names = [name for each in entries if (name := _shown(each.label, flat=flat)) is not None]
    return [name for name, _ in groupby(names)]


def _numeral(entry: Stretch) -> str | None:
    numeral = entry.fields.get("numeral")
    return numeral if isinstance(numeral, str) and numeral.strip() else None


def _collapsed(entries: Sequence[Stretch]) -> list[Stretch]:
    """Chords only, neighbours that are the same once."""
    chords = [each for each in entries if each.label not in NO_CHORD]
    return [next(same) for _, same in groupby(chords, key=lambda each: each.label)]


def _cycle(page: Page, subject: str, found: Evidence, entries: list[Stretch], *, flat: bool) -> None:
    """The chords that come round again and again, with their degrees; else the first of them."""
    rounds = page.find(subject, "chords.progression")
    cycle = (say.text_in(rounds) or "").split()
    chords = _collapsed(entries)
    first = _first_round(chords, cycle) if len(cycle) > 1 else None
    lead = "The chords go" if _sureness(chords) >= LIKELY else "As far as I can tell, the chords go"
    if first is not None and rounds is not None:
        turn = chords[first : first + len(cycle)]
        names = [_shown(each.label, flat=flat) or each.label for each in turn]
        degrees = [_numeral(each) or "" for each in turn]
        page.say(f"{lead} {' – '.join(names)} ({' '.join(degrees)}), again and again.", found, rounds)
        return
    names = _names(entries, flat=flat)
    numerals = [text for each in chords[:LISTED] if (text := _numeral(each))]
    beside = ""
    if page.wants("numerals") and not page.is_brief and len(numerals) == min(LISTED, len(chords)):
        beside = f" ({' '.join(numerals)})"
    page.say(f"{lead} {listed_some(names, BRIEFLY if page.is_brief else LISTED, joint=' – ')}{beside}.", found)
    if rounds is not None and len(cycle) > 1:
        page.add(f"The cycle that comes most often is {' '.join(cycle)}.", rounds)


def _sureness(entries: Sequence[Stretch]) -> float:
    """Mean confidence, by length."""
    whole = sum(each.length_s for each in entries)
    return sum(each.confidence * each.length_s for each in entries) / whole if whole > 0 else 0.0


def _first_round(chords: Sequence[Stretch], cycle: Sequence[str]) -> int | None:
    """Where the cycle of degrees first runs through; it is told without sevenths."""
    degrees = [plain_numeral(_numeral(each) or "") for each in chords]
    cycle = [plain_numeral(degree) for degree in cycle]
    for place in range(len(degrees) - len(cycle) + 1):
        if degrees[place : place + len(cycle)] == list(cycle):
            return place
    return None


def _rate(page: Page, subject: str, focus: frozenset[str], *, is_beside: bool = False) -> None:
    """How often they change and how many there are: the answer where that was asked, else beside it."""
    rate, kinds = page.number(subject, "chords.changes_per_minute"), page.number(subject, "chords.distinct")
    if is_beside:
        if rate is not None and not focus & {"chord_rate", "chord_count"}:
            page.add(_often("They", rate[1]), rate[0])
        return
    if rate is not None and "chord_rate" in focus:
        page.say(_often("The chords", rate[1]), rate[0])
    if kinds is not None and "chord_count" in focus:
        page.say(f"I count {say.count(kinds[1], 'different chord')}.", kinds[0])


def _often(who: str, rate: float) -> str:
    often = "once" if round(rate) == 1 else say.count(round(rate), "time")
    return f"{who} change about {often} a minute."


def _at(page: Page, found: Evidence, entries: list[Stretch], second: float, *, flat: bool) -> None:
    """What sounds at a time, and whether it is what the question says."""
    entry = at(entries, second)
    if entry is None:
        page.note(f"I have no chord at {when(second)}: the recording is shorter, or nothing was heard there.")
        return
    name = _shown(entry.label, flat=flat)
    if name is None:
        page.say(f"At {when(second)} I hear no chord.", found)
        return
    degree = _numeral(entry)
    asked = _asked_chord(page)
    beside = f" ({degree})" if degree and (page.wants("numerals") or asked is None) else ""
    doubt = "" if entry.confidence >= LIKELY else "most likely "
    text = (
        f"At {when(second)} it is {doubt}{name}{beside}, from {say.position(entry.start_s)} to "
        f"{say.position(entry.end_s)}."
    )
    if asked is not None:
        text = page.verdict(_is_asked(entry.label, asked), text)
    page.say(text, found, support="inferred" if doubt else "measured")


def _within(page: Page, found: Evidence, entries: list[Stretch], start: float, end: float, *, flat: bool) -> None:
    names = _names(between(entries, start, end), flat=flat)
    if not names:
        page.note(f"I hear no chord between {when(start)} and {when(end)}.")
        return
    page.say(f"Between {when(start)} and {when(end)} I hear {listed_some(names, joint=' – ')}.", found)


def _edge(page: Page, found: Evidence, entries: list[Stretch], *, last: bool, flat: bool) -> None:
    chords = _collapsed(entries)
    entry = chords[-1 if last else 0]
    name = _shown(entry.label, flat=flat) or entry.label
    if last:
        final = [each for each in entries if each.label not in NO_CHORD][-1]
        page.say(f"The last chord is {name}, until {say.position(final.end_s)}.", found)
    else:
        page.say(f"The first chord is {name}, from {say.position(entry.start_s)} on.", found)


def _of_a_kind(page: Page, found: Evidence, entries: list[Stretch], focus: frozenset[str], *, flat: bool) -> bool:
    """Sevenths, inversions and the like among the chords."""
    named = [kind for kind in ("diminished", "augmented", "suspended") if page.asks(kind)]
    plain = "suspended" if page.asks("sus") else "inversions" if "inversion" in focus else "sevenths"
    kind = named[0] if named else plain
    names = list(dict.fromkeys(_names(entries, flat=flat)))
    own = [name for name in names if is_of_kind(name, kind)]
    if own:
        page.say(page.verdict(True, f"It has {say.listed(own[:LISTED])} among its chords."), found)
    else:
        noun = kind if kind in ("inversions", "sevenths") else f"{kind} chords"
        page.say(page.verdict(False, f"I hear no {noun} in it."), found)
    return True


_ASKED = lazily(
    r"(?<![\w#])(?P<root>[A-G](?:#|b|♯|♭)?)(?P<rest>(?:maj|min|dim|aug|sus|add|m|M|[1-9°ø+])[\w#+°ø]{0,6}(?:/[A-G][#b]?)?"
    r"|/[A-G][#b]?)?(?: (?P<word>major|minor|seventh)(?: (?P<seventh>seventh|7th|7))?)?(?: chord)?(?![\w#])"
)


def _asked_chord(page: Page) -> str | None:
    """The one chord that a question names: "is there an F#m7", "a D minor chord"; None when it names none or more."""
    found = []
    for match in _ASKED.finditer(page.question):
        root, rest, word = match["root"].replace("♯", "#").replace("♭", "b"), match["rest"] or "", match["word"]
        if not rest and not word and not match[0].endswith("chord"):
            continue  # a lone letter is the name of a part or an article
        quality = rest or {"minor": "m", "seventh": "7"}.get(word or "", "")
        quality += {"m": "7", "": "maj7"}.get(quality, "") if match["seventh"] else ""
        if chord_id(root + quality) is not None:
            found.append(root + quality)
    return found[0] if len(set(found)) == 1 else None


def _is_asked(label: str, asked: str) -> bool:
    return chord_id(label) is not None and chord_id(label) == chord_id(asked)


def _whether(page: Page, found: Evidence, entries: list[Stretch], asked: str, *, flat: bool) -> None:
    """Whether a chord of the question comes up, and where first; else what comes closest to it."""
    places = [each for each in entries if _is_asked(each.label, asked)]
    if places:
        first = places[0]
        name = _shown(first.label, flat="b" in asked[1:2])
        text = f"There is {_article(name or asked)} {name}, first at {say.position(first.start_s)}."
        page.say(page.verdict(True, text), found)
        if page.asks("what (?:comes|follows|chord comes)|after|next") and (follower := _after(entries, first)):
            page.say(f"After it comes {_shown(follower.label, flat=flat)}.", found)
        return
    wanted = chord_id(asked)
    near = [each for each in entries if (own := chord_id(each.label)) and wanted and own[0] == wanted[0]]
    beside = f"; on the same root there is {_shown(near[0].label, flat='b' in asked[1:2])}" if near else ""
    page.say(page.verdict(False, f"I hear no {asked} in it{beside}."), found)


def _after(entries: Sequence[Stretch], entry: Stretch) -> Stretch | None:
    chords = _collapsed(entries)
    later = [each for each in chords if each.start_s > entry.start_s and each.label != entry.label]
    return later[0] if later else None


def _article(name: str) -> str:
    return "an" if name[:1] in "AEF" else "a"
