"""Swing, steadiness, keys that stay or change, degrees, kinds of sound, tags: do findings bear the words out?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...messages import Evidence
from ...regex import lazily
from ..chord_names import chord_id, plain_numeral
from ..words.groove import STEADY_PERCENT, STRAIGHT, SWUNG
from ..words.phrasing import finite, objects_in
from ..words.timbre import CLASSES
from .case import Case, Problem, may_be_alternative
from .held import strings_of
from .names import numerals_of
from .stretches import is_near
from .tokens import Name

_NOT = lazily(r"(?i)\b(?:not|no|never|hardly|isn't|doesn't|barely)\b(?: \w+){0,2} ?$")
_SWING = lazily(r"(?i)\b(?P<word>straight|swung|swings|shuffled?)\b(?! (?:away|to|from|into|at))")
_STEADY = lazily(r"(?i)\b(?P<word>steady|constant|stable|drifts|wanders|unsteady)\b")
_GLIDE = lazily(
    r"(?i)\b(?:(?P<up>speeds? up|accelerates?|(?:gets?|becomes?|grows?) (?:faster|quicker)|quickens?|picks? up(?: speed)?|rushes)"
    r"|(?P<down>slows(?: down)?|slow(?:ing)? down|(?:gets?|becomes?|grows?) slower|drags|decelerates?))\b"
)
_KEYS = lazily(
    r"(?i)\b(?:(?P<stay>stays in|remains in|one key throughout|(?:does not|doesn't|never) (?:modulate|change)"
    r"|no key changes?|no modulation)"
    r"|(?P<move>modulates|changes (?:key|to))\b)"
)
_THROUGHOUT = lazily(r"(?i)\b(?:throughout|from start to (?:end|finish)|the whole time|all the way through)\b")
_DASH = lazily(r"[ ,|-]{1,4}")


def check_music(case: Case) -> list[Problem]:
    """Every such word that the cited findings do not bear out."""
    return [
        *_check_swing(case), *_check_steady(case), *_check_keys(case), *_check_throughout(case), *_check_turns(case), *_check_degrees(case), *_check_kinds(case),
        *_check_likeness(case),
    ]  # fmt: skip


def _cited(case: Case, name: str, start: int) -> list[Evidence]:
    bound = case.bound(start)
    return [item for item in case.cited if item.name == name and item.rank == 0 and case.touches(item, bound)]


def _denied(case: Case, start: int) -> bool:
    before = re.split(r"[,;:.(]", case.tokens.plain[max(0, start - 40) : start])[-1]
    return _NOT.search(before) is not None


def _check_swing(case: Case) -> list[Problem]:
    problems = []
    for match in _SWING.finditer(case.tokens.plain):
        values = [value for item in _cited(case, "rhythm.swing", match.start()) if (value := finite(item.value))]
        if not values:
            if "rhythm" in case.topics:
                problems.append(Problem(match[0], "nothing cited speaks of swing"))
            continue
        straight = match["word"].casefold() == "straight"
        barely = re.search(r"(?i)\b(?:barely|hardly) $", case.tokens.plain[: match.start()][-8:]) is not None
        if barely:
            holds = all(STRAIGHT < value < SWUNG for value in values)
        else:
            holds = all(value <= STRAIGHT if straight else value >= SWUNG for value in values)
            holds = holds != _denied(case, match.start())
        if not holds:
            problems.append(Problem(match[0], "the cited off-beats fall elsewhere"))
    return problems


def _check_steady(case: Case) -> list[Problem]:
    problems = []
    if "rhythm" not in case.topics:
        return []
    for match in _STEADY.finditer(case.tokens.plain):
        spread = [value for item in _cited(case, "rhythm.drift_percent", match.start())
                  if (value := finite(item.value)) is not None]  # fmt: skip
        steady = match["word"].casefold() in ("steady", "constant", "stable")
        if not steady and re.match(r" (?:by|about|around)\b[^,;]{0,12}\d", case.tokens.plain[match.end() :][:24]):
            continue  # by how much is told: the number is judged
        if not spread:
            if any(item.name == "rhythm.tempo_curve" for item in case.cited):
                problems.append(Problem(match[0], "no cited finding says how steady it is"))
            continue
        holds = all((value <= STEADY_PERCENT) == steady for value in spread)
        if holds == _denied(case, match.start()):
            problems.append(Problem(match[0], "the cited tempo says otherwise"))
    for match in _GLIDE.finditer(case.tokens.plain):
        curves = _cited(case, "rhythm.tempo_curve", match.start())
        if not curves:
            problems.append(Problem(match[0], "no cited finding follows the tempo"))
        elif not all(_glides(case, match, item) for item in curves):
            problems.append(Problem(match[0], "the cited tempo goes another way"))
    return problems


def _glides(case: Case, match: re.Match[str], curve: Evidence) -> bool:
    """Whether the tempo rises or falls as said, from the first number to the second where two are told."""
    tempi = [bpm for item in objects_in(curve) if (bpm := finite(item.get("tempo_bpm"))) is not None]
    if len(tempi) < 2:
        return False
    rises = tempi[-1] > tempi[0]
    if abs(tempi[-1] / tempi[0] - 1) < 0.01 and not _denied(case, match.start()):
        return False
    if (rises != bool(match["up"])) != _denied(case, match.start()):
        return False
    told = [q for q in case.tokens.quantities if q.start >= match.end() and "BPM" in (q.unit, *q.inherited)][:2]
    if len(told) < 2:
        return True
    pairs = zip(told, (tempi[0], tempi[-1]), strict=True)
    return all(
        any(abs(each.value - value) <= (0.5 if each.step >= 1 else 0.06) + 1e-6 for each in quantity.readings)
        for quantity, value in pairs
    )


def _check_keys(case: Case) -> list[Problem]:
    problems = []
    for match in _KEYS.finditer(case.tokens.plain):
        lists = _cited(case, "tonality.key_changes", match.start())
        if "tonality" not in case.topics:
            continue
        counts = [_count_keys(item) for item in lists]
        if not counts or any((count == 1) != (match["stay"] is not None) for count in counts) != _denied(
            case, match.start()
        ):
            problems.append(Problem(match[0], "the cited keys say otherwise"))
    return problems


_CHANGE_AT = lazily(r"(?i)\b(?:key change|changes key|modulat\w+)(?: once| only)?,? (?:comes |is |lies )?at ?$")


def _check_turns(case: Case) -> list[Problem]:
    """ "One key change, at 2:06": where a cited stretch begins."""
    problems = []
    for quantity in case.tokens.quantities:
        if quantity.unit != "s" or not _CHANGE_AT.search(
            case.tokens.text[max(0, quantity.start - 32) : quantity.start]
        ):
            continue
        for item in _cited(case, "tonality.key_changes", quantity.start):
            starts = [start for each in objects_in(item)[1:] if (start := finite(each.get("start_s"))) is not None]
            if not any(is_near(quantity, start) for start in starts):
                problems.append(Problem(quantity.text, "the cited key does not change there"))
    return problems


def _count_keys(changes: Evidence) -> int:
    return len({str(each.get("key")) for each in objects_in(changes)})


def _check_throughout(case: Case) -> list[Problem]:
    """ "In A minor throughout": one key, and no other."""
    problems = []
    for match in _THROUGHOUT.finditer(case.tokens.plain):
        start = max(case.tokens.plain.rfind(mark, 0, match.start()) for mark in (";", ": ", ". ")) + 1
        has_key = any(name.kind == "key" and start <= name.start < match.start() for name in case.tokens.names)
        several = any(_count_keys(item) > 1 for item in _cited(case, "tonality.key_changes", match.start()))
        if has_key and several and not _denied(case, match.start()):
            problems.append(Problem(match[0], "the cited keys change"))
    return problems


def _check_degrees(case: Case) -> list[Problem]:
    """Rows of degrees as they follow each other, and the degree of a chord in brackets behind it."""
    problems = []
    numerals = [name for name in case.tokens.names if name.kind == "numeral"]
    rows: list[list[Name]] = []
    for name in numerals:
        between = case.tokens.text[rows[-1][-1].end : name.start] if rows else ""
        if rows and _DASH.fullmatch(between):
            rows[-1].append(name)
        else:
            rows.append([name])
    for row in rows:
        words = [name.text for name in row]
        if len(row) > 1 and not any(_follows(words, item) for item in case.cited):
            problems.append(Problem(" ".join(words), "not in this order in the cited evidence"))
        chords = _chords_before(case, row)
        if chords and not any(_pairs(case, chords, words, item) for item in case.cited):
            problems.append(Problem(" ".join(words), "not the degrees of these chords"))
    return problems


def _follows(words: Sequence[str], item: Evidence) -> bool:
    """Whether degrees stand one after the other: in the cycle (round its end too), or among the chords."""
    if item.name == "chords.progression" and isinstance(item.value, str):
        cycle = item.value.split()
        return _contains(cycle + cycle, words)
    if item.name == "chords.segments":
        degrees = [degree for degree in numerals_of(item) if degree]
        kept = [degree for at, degree in enumerate(degrees) if not at or degree != degrees[at - 1]]
        plain = [plain_numeral(degree) for degree in degrees]
        merged = [degree for at, degree in enumerate(plain) if not at or degree != plain[at - 1]]
        return any(_contains(row, words) for row in (degrees, kept, plain, merged))
    return False


def _contains(whole: Sequence[str], part: Sequence[str]) -> bool:
    size = len(part)
    return any(list(whole[place : place + size]) == list(part) for place in range(len(whole) - size + 1))


def _chords_before(case: Case, row: Sequence[Name]) -> list[Name]:
    """The chords in front of a bracket of degrees, as many as those: "D - A7 - Bm - G (I V7 vi IV)"."""
    if not case.tokens.text[: row[0].start].endswith("("):
        return []
    chords = [name for name in case.tokens.names if name.kind == "note" and name.end <= row[0].start]
    return chords[-len(row) :] if chords and row[0].start - chords[-1].end <= 3 else []


def _pairs(case: Case, chords: Sequence[Name], words: Sequence[str], item: Evidence) -> bool:
    if item.name != "chords.segments" or len(chords) != len(words):
        return False
    known = {(chord_id(str(each.get("label"))), str(each.get("numeral") or "")) for each in objects_in(item)}
    known |= {(chord, plain_numeral(degree)) for chord, degree in known}
    return all((chord_id(name.text), word) in known for name, word in zip(chords, words, strict=True))


#: Words for each class, longest first, so that "closed hi-hat" is not read as a hi-hat of any kind.
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"closed (?:hi-?hats?|hats?)", ("hat_closed",)), (r"open (?:hi-?hats?|hats?)", ("hat_open",)),
    (r"hi-?hats?", ("hat_closed", "hat_open")), (r"kicks?(?: drum)?|bass drum", ("kick",)),
    (r"snares?(?: drum)?", ("snare",)), (r"rim ?shots?|rims?", ("rim",)), (r"(?:hand ?)?claps?", ("clap",)),
    (r"toms?|tom-toms?", ("tom",)), (r"(?:crash |ride )?cymbals?", ("cymbal",)), (r"cow ?bells?", ("cowbell",)),
    (r"shakers?", ("shaker",)), (r"congas?", ("conga",)), (r"bass note", ("bass",)), (r"pads?", ("pad",)),
    (r"lead synth", ("lead",)), (r"keys sound", ("keys",)), (r"guitars?", ("guitar",)),
    (r"strings(?: sound)?", ("strings",)), (r"brass(?: sound)?", ("brass",)), (r"voices?|vocals?", ("voice",)),
    (r"sound effects?", ("fx",)), (r"loops?", ("loop",)),
)  # fmt: skip
_KIND = lazily("(?i)\\b(?:" + "|".join(f"(?P<k{at}>{words})" for at, (words, _) in enumerate(_KINDS)) + r")\b")
_IS_A = lazily(r"(?i)\b(?:is|perhaps|likely|or|probably|be|not) (?:most likely |probably |perhaps |clearly )?an? ?$")


def _check_kinds(case: Case) -> list[Problem]:
    """The kind of a sound, where evidence of it is cited or a sentence says outright what it is."""
    problems = []
    cited = [item for item in case.cited if item.name in ("timbre.label", "timbre.heard_label")]
    tags = {text.casefold() for item in case.cited if item.name == "timbre.tags" for text in strings_of(item)}
    for match in _KIND.finditer(case.tokens.plain):
        classes = _KINDS[int((match.lastgroup or "k0")[1:])][1]
        said = _IS_A.search(case.tokens.plain[max(0, match.start() - 32) : match.start()]) is not None
        if any(match[0].casefold() in tag for tag in tags) and not said:
            continue
        if not cited:
            if said and classes != ("loop",):
                problems.append(Problem(match[0], "nothing cited says what kind of sound it is"))
            continue
        bound = case.bound(match.start())
        main = [i for i in cited if i.rank == 0 and case.touches(i, bound) and i.value in classes]
        others = [i for i in cited if i.rank > 0 and case.touches(i, bound) and i.value in classes]
        if _denied(case, match.start()):
            holds = not main
        else:
            earlier = [each.end() for each in _KIND.finditer(case.tokens.plain) if each.end() < match.start()]
            holds = bool(main) or (bool(others) and may_be_alternative(case, match.start(), match.end(), earlier))
        if not holds:
            problems.append(Problem(match[0], "not the kind that the cited evidence says"))
    return problems


_LIKE = lazily(r"(?i)\b(?:sounds like|tagged(?: as)?|tags? (?:are|is)|hears?(?=:))(?:: | )(?P<what>[^;.\x01]{1,200})")


def _check_likeness(case: Case) -> list[Problem]:
    """Each tag of a list must be one of those cited, under the name it has there."""
    cited = [item for item in case.cited if item.name == "timbre.tags"]
    if not cited:
        return []
    tags = {" ".join(text.split()).casefold() for item in cited for text in strings_of(item)} - {"tag", "confidence"}
    kinds = {CLASSES.get(str(item.value), "") for item in case.cited if item.name == "timbre.label"}
    problems = []
    for match in _LIKE.finditer(case.tokens.plain):
        for part in re.split(r",| and | or ", match["what"]):
            said = re.sub(r"\([^)]*\)|\x01+|\b(?:an?|the|some|perhaps|maybe|and|or)\b|%.*", " ", part.casefold())
            said = " ".join(said.split())
            if said and said not in tags and said not in kinds:
                problems.append(Problem(said, "not among the cited tags"))
    return problems
