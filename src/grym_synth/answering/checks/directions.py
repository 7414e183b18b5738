"""Are the comparisons of a sentence true? "Louder than", "the fastest", "quieter towards the end"."""

from __future__ import annotations

import re
from itertools import pairwise

from ...regex import lazily
from .bands import compares_bands
from .bounds import bound_holds
from .case import Case, Problem
from .compared import same_holds, settles
from .entities import (
    AXES,
    PART,
    Entity,
    against_the_rest,
    entities_in,
    implied_value,
    is_negated,
    thirds_of,
    value_of,
    without_owners,
)
from .multiples import MAX_COMPARISONS, check_distances, check_doubles, check_favour, check_multiples, check_places
from .orders import is_order
from .places import compares_stretches, ranks_stretch
from .rankings import is_ranked
from .tokens import FileName
from .tuning import check_feel, check_tuning

#: Word → what it compares, and which way. A wider image has the smaller correlation.
_WORDS: tuple[tuple[str, str, int], ...] = (
    ("louder|hotter|stronger", "loudness", 1), ("quieter|softer|weaker", "loudness", -1),
    ("faster|quicker|outpaces|outruns", "tempo", 1), ("outlasts", "duration", 1),
    ("slower", "tempo", -1), ("longer", "duration", 1), ("shorter", "duration", -1), ("brighter", "brightness", 1),
    ("darker|duller", "brightness", -1), ("more dynamic", "dynamics", 1),
    ("less dynamic|more compressed", "dynamics", -1),
    ("wider", "width", -1), ("narrower", "width", 1), ("higher", "height", 1), ("lower", "height", -1),
)  # fmt: skip
_SUPERLATIVES: tuple[tuple[str, str, int], ...] = (
    ("loudest|hottest", "loudness", 1), ("quietest|softest", "loudness", -1), ("fastest|quickest", "tempo", 1),
    ("slowest", "tempo", -1), ("longest", "duration", 1), ("shortest", "duration", -1), ("brightest", "brightness", 1),
    ("darkest|dullest", "brightness", -1), ("most dynamic", "dynamics", 1),
    ("least dynamic|most compressed", "dynamics", -1), ("widest", "width", -1), ("narrowest", "width", 1),
)  # fmt: skip


def _pattern(table: tuple[tuple[str, str, int], ...]) -> re.Pattern[str]:
    return lazily(r"(?i)\b(?:" + "|".join(f"(?P<w{i}>{words})" for i, (words, _, _) in enumerate(table)) + r")\b")


_COMPARATIVE = _pattern(_WORDS)
_SUPERLATIVE = _pattern(_SUPERLATIVES)
_BECOMES = lazily(r"(?i)\b(?:gets?|getting|grows?|growing|becomes?|becoming|turns?) (?:\w+ ){0,2}$")
_RISES = lazily(
    r"(?i)\b(?:(?P<up>rises?|climbs?|builds?|increases?|grows|gains|gained)|(?P<down>falls?|fades?|drops?|decreases?|declines?|loses|lost|dies (?:down|away)))\b"
    r"(?! (?:in|out|quieter|softer|louder|slower|faster|shorter|longer|short)\b| sharply)"
)
_LEVEL_BEHIND = lazily(r"(?i) than (?:the |its |an? )?(?:[\w-]+ ){0,4}(?:targets?|norm|level|standard|reference)\b")
_STEP = lazily(r"(?i) than the (?:one before|previous(?: one)?|last(?: one)?|preceding)\b")
_SAME = lazily(r"(?i)\b(?:the )?(?:same|equal|identical) (?P<what>tempo|key|length|duration|loudness|sample rate)\b")
_MOMENT = lazily(
    r"(?i) (?:(?:short-term|momentary|3 s|400 ms) )?"
    r"(?:window|moment|point|stretch|passage|part|peak|second|section|spot|burst)s?\b"
)
_CLOSE = {"loudness": 0.5, "tempo": 1.0, "duration": 1.0}  # not louder, not faster: by no more than this


def check_directions(case: Case) -> list[Problem]:
    """Every comparison in the sentence that the cited evidence does not bear out."""
    problems = []
    plain = case.tokens.plain
    comparatives = list(_COMPARATIVE.finditer(plain))
    superlatives = list(_SUPERLATIVE.finditer(plain))
    if len(comparatives) + len(superlatives) > MAX_COMPARISONS:
        first = (comparatives or superlatives)[0]
        return [Problem(first[0], f"more than {MAX_COMPARISONS} comparisons in one sentence")]
    for match in comparatives:
        _, axis, sign = _WORDS[_index(match)]
        if axis == "loudness" and _STEP.match(plain, match.end()):
            thirds = thirds_of(case)
            if not thirds or any((other - one) * sign <= 0 for one, other in pairwise(thirds)):
                problems.append(Problem(match[0], "the cited thirds do not go that way"))
            continue
        if settles(case, match.start()) is not None:
            continue  # a cited difference decides: see `compared`
        if _LEVEL_BEHIND.match(case.tokens.unnamed, match.end()) and any(fact.is_reference for fact in case.facts):
            continue  # "quieter than the target": see `targets`
        elsewhere = (is_order, compares_stretches, compares_bands)
        if any(judged(case, match.start()) for judged in elsewhere):
            continue
        if axis == "tempo" and _BECOMES.search(plain[: match.start()][-30:]) and "rhythm.tempo_curve" in case.names:
            continue  # the course of one recording: see `music`
        if (bound := _bound_behind(case, match.end())) is not None and bound_holds(case, bound) is not None:
            continue  # "higher than 130 BPM": judged with its number
        if not _comparison_holds(case, match, axis, sign):
            problems.append(Problem(match[0], "the cited evidence does not bear this comparison out"))
    for match in superlatives:
        _, axis, sign = _SUPERLATIVES[_index(match)]
        if ranks_stretch(case, match.start()) or is_order(case, match.start()):
            continue
        if not is_ranked(case, match.start()) and not _superlative_holds(case, match, axis, sign):
            problems.append(Problem(match[0], "the cited evidence does not bear this ranking out"))
    for match in _RISES.finditer(plain):
        thirds = thirds_of(case)
        if thirds and ((thirds[2] > thirds[0]) != bool(match["up"])) != is_negated(case, match.start()):
            problems.append(Problem(match[0], "the level goes the other way"))
    problems += check_distances(case)
    problems += check_places(case)
    problems += check_doubles(case)
    problems += check_favour(case)
    problems += check_feel(case)
    problems += check_tuning(case)
    problems += _check_sameness(case)
    problems += check_multiples(case)
    problems += _check_leaning(case)
    return problems


def _bound_behind(case: Case, end: int) -> int | None:
    """The place of the quantity right behind "than", when one stands there."""
    than = re.compile(r" than (?:the |an? |minus |about )?-?").match(case.tokens.text, end)
    if than is None:
        return None
    return next((at for at, each in enumerate(case.tokens.quantities) if 0 <= than.end() - each.start <= 7), None)


def _index(match: re.Match[str]) -> int:
    return int((match.lastgroup or "w0")[1:])


def _comparison_holds(case: Case, match: re.Match[str], axis: str, sign: int) -> bool:
    negated = is_negated(case, match.start())
    if axis == "height" and _is_computed_difference(case, sign):
        return True
    if axis == "loudness" and _BECOMES.search(case.tokens.plain, max(0, match.start() - 30), match.start()):
        thirds = thirds_of(case)
        gain = (thirds[2] - thirds[0]) * sign if thirds else 0.0
        return bool(thirds) and (gain <= _CLOSE[axis] if negated else gain > 0)
    pair = _pair(case, match, axis)
    if pair is None:
        return False
    gain = (pair[0] - pair[1]) * sign
    return gain <= _CLOSE.get(axis, 0.0) if negated else gain > 0


def _is_computed_difference(case: Case, sign: int) -> bool:
    """ "6 cents higher": nothing but one signed difference is cited, and it points there."""
    differences = [
        f.value
        for f in case.facts
        if f.is_difference and f.relation == "finding" and f.evidence.name != "facts.balance_db"
    ]
    return len(case.subjects) <= 1 and bool(differences) and all(value * sign > 0 for value in differences)


def _pair(case: Case, match: re.Match[str], axis: str) -> tuple[float, float] | None:
    """What stands on either side of a comparison, on its axis."""
    plain = case.tokens.plain
    begin = max(plain.rfind(mark, 0, match.start()) for mark in ("; ", ". ", ": ")) + 1
    entities = entities_in(case, axis)
    than = re.compile(r"(?i)\b(?:than|as)\b").search(plain, match.end(), match.end() + 60)
    if match[0].casefold().startswith("out"):
        than = re.compile(" ").match(plain, match.end())  # "outpaces b.wav" is "is faster than b.wav"
    left = [each for each in entities if begin <= each.start < match.start() and each.kind != "number"]
    left = without_owners(case, left)
    if len(left) > 1 and _CARRIED.fullmatch(plain[left[-1].end : match.start()]):
        left = left[:1]  # "a.wav is louder than b.wav but quieter than c.wav": still a.wav
    if axis in ("loudness", "tempo", "duration"):
        left = [each for each in left if each.kind != "target"]
    right = [each for each in entities if each.start >= (than.end() if than else match.end())]
    if than:
        other = value_of(case, axis, right[0]) if right else None
        subject = left[-1] if left else None
        if subject is None and right and right[0].kind == "target" and len(right) > 1 and other is None:
            other = value_of(case, axis, right[1])
        one = value_of(case, axis, subject) if subject else implied_value(case, axis, right[0] if right else None)
        return None if one is None or other is None else (one, other)
    inside = [each for each in (*left[-1:], *right[:1]) if each.kind in ("part", "side", "file")]
    return against_the_rest(case, axis, inside[0]) if inside else None


_CARRIED = lazily(
    r"(?i)[\s\"'\x01]*(?:\([^()]{0,40}\))?[\s\"',]*(?:but|and|yet|though|although|while)(?: is| still| also| clearly| a \w+| \w+ly){0,3} "
)


def _superlative_holds(case: Case, match: re.Match[str], axis: str, sign: int) -> bool:
    if not case.tokens.files or _thirds_ranked(case, match):
        part = _nearest_part(case, match)
        if part is not None and (thirds := thirds_of(case)):
            return sign * thirds[part] >= max(sign * value for value in thirds) - 1e-9
        if _is_when(case, match):
            return axis == "loudness" and sign > 0
        if _MOMENT.match(case.tokens.plain, match.end()):
            names = ("loudness.short_term_max_lufs", "loudness.momentary_max_lufs")
            return axis == "loudness" and sign > 0 and any(item.name in names for item in case.cited)
        return axis == "duration" and any(item.name == "facts.silence_s" for item in case.cited)
    if len(case.subjects) == 1 and (_MOMENT.match(case.tokens.plain, match.end()) or _is_when(case, match)):
        return axis == "loudness" and sign > 0
    named = _nearest_file(case, match)
    values = {name: case.held_value(name, AXES[axis]) for name in case.subjects}
    known = sorted((sign * value for value in values.values() if value is not None), reverse=True)
    own = values.get(named.subjects[0]) if named.subjects else None
    place = 1 if re.search(r"(?i)\bsecond[ -]$", case.tokens.text[: match.start()][-8:]) else 0
    if own is None or len(known) < 2 or place >= len(known):
        return False
    return abs(sign * own - known[place]) <= 1e-9


def _thirds_ranked(case: Case, match: re.Match[str]) -> bool:
    """Whether the parts of one recording are ranked, not recordings."""
    clause = case.clause(match.start(), match.end())
    return len(case.subjects) == 1 and bool(thirds_of(case)) and PART.search(clause) is not None


def _is_when(case: Case, match: re.Match[str]) -> bool:
    """ "It is loudest from 1:37 to 1:40": a time follows."""
    following = [each for each in case.tokens.quantities if match.end() <= each.start <= match.end() + 20]
    return bool(following) and following[0].unit == "s"


def _nearest_file(case: Case, match: re.Match[str]) -> FileName:
    def distance(name: FileName) -> int:
        return match.start() - name.end if name.end <= match.start() else name.start - match.end()

    return min(case.tokens.files, key=distance)


def _nearest_part(case: Case, match: re.Match[str]) -> int | None:
    parts = list(PART.finditer(case.tokens.plain))
    if not parts:
        return None
    return int((min(parts, key=lambda each: abs(each.start() - match.end())).lastgroup or "p0")[1:])


def _check_leaning(case: Case) -> list[Problem]:
    """ "It leans to the left": which of two channels is the louder."""
    problems = []
    for match in _LEANING.finditer(case.tokens.plain):
        side = (match["side"] or match["far"]).casefold()
        pair = against_the_rest(case, "loudness", Entity(match.start(), match.end(), "side", side))
        if pair is None or (pair[0] > pair[1]) == is_negated(case, match.start()):
            problems.append(Problem(match[0], "the cited channels do not lean this way"))
    return problems


_LEANING = lazily(
    r"(?i)\b(?:leans?|leaning|tilts?|tilted|pulls?|pulled|drifts?|shifted|heavier|weighted)"
    r" (?:slightly |a little |a bit |by )?(?:\d[\d.,]* dB )?(?:to|towards?|on)(?: the)? (?P<side>left|right)\b"
    r"|\b(?:off|off by|imbalance of|lopsided)(?:[^;.]|\.\d){0,16} (?:to|towards?|on)(?: the)? (?P<far>left|right)\b"
)


def _check_sameness(case: Case) -> list[Problem]:
    names = {
        "tempo": "rhythm.tempo_bpm", "key": "tonality.key",
        "length": "facts.duration_s", "duration": "facts.duration_s",
        "loudness": "loudness.integrated_lufs", "sample rate": "facts.sample_rate_hz",
    }  # fmt: skip
    room = {"rhythm.tempo_bpm": 0.5, "facts.duration_s": 0.5, "loudness.integrated_lufs": 0.3}
    problems = []
    for match in _SAME.finditer(case.tokens.plain):
        if same_holds(case, match["what"].casefold()) is not None:
            continue
        name = names[match["what"].casefold()]
        values = [item.value for item in case.cited if item.name == name and item.rank == 0]
        numbers = [float(v) for v in values if isinstance(v, int | float)]
        if len(values) == len(numbers) and len(numbers) > 1:
            same = max(numbers) - min(numbers) <= room.get(name, 0.0)
        else:
            same = len(values) > 1 and all(value == values[0] for value in values)
        if len(values) < 2 or same == is_negated(case, match.start()):
            problems.append(Problem(match[0], "the cited evidence does not bear this out"))
    return problems
