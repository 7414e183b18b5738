"""Are the comparisons of a sentence true? "Louder than", "the fastest", "8 cents flat", "quieter towards the end"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .bands import compares_bands
from .bounds import bound_holds
from .case import Case, Problem
from .compared import same_holds, settles
from .orders import is_order
from .rankings import is_ranked
from .spans import compares_stretches, ranks_stretch
from .tokens import FileName

_LOUDNESS = ("loudness.integrated_lufs", "facts.rms_dbfs", "loudness.short_term_max_lufs")
#: What is compared → names of the findings that settle it.
AXES: Mapping[str, tuple[str, ...]] = {
    "loudness": _LOUDNESS,
    "tempo": ("rhythm.tempo_bpm",),
    "duration": ("facts.duration_s",),
    "brightness": ("spectrum.centroid_hz",),
    "dynamics": ("loudness.range_lu", "loudness.plr_db", "loudness.crest_db"),
    "width": ("facts.correlation",),
    "height": (
        "rhythm.tempo_bpm", "loudness.integrated_lufs", "loudness.true_peak_dbtp", "loudness.range_lu",
        "tonality.tuning_cents", "facts.sample_rate_hz", "facts.bit_depth", "spectrum.centroid_hz",
    ),
}  # fmt: skip
_UNIT = {"loudness": "LUFS", "tempo": "BPM", "duration": "s", "brightness": "Hz"}

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
_AS = (("fast", "tempo"), ("slow", "tempo"), ("long", "duration"), ("loud", "loudness"), ("bright", "brightness"))


def _pattern(table: tuple[tuple[str, str, int], ...]) -> re.Pattern[str]:
    return re.compile(r"(?i)\b(?:" + "|".join(f"(?P<w{i}>{words})" for i, (words, _, _) in enumerate(table)) + r")\b")


_COMPARATIVE, _SUPERLATIVE = _pattern(_WORDS), _pattern(_SUPERLATIVES)
_BECOMES = re.compile(r"(?i)\b(?:gets?|getting|grows?|growing|becomes?|becoming|turns?) (?:\w+ ){0,2}$")
_RISES = re.compile(
    r"(?i)\b(?:(?P<up>rises?|climbs?|builds?|increases?|grows|gains|gained)|(?P<down>falls?|fades?|drops?|decreases?|declines?|loses|lost|dies (?:down|away)))\b"
    r"(?! (?:in|out|quieter|softer|louder|slower|faster|shorter|longer|short)\b| sharply)"
)
_NOT = re.compile(r"(?i)\b(?:not|no|never|neither|nor|without|hardly)\b|n't\b")
_PART = re.compile(
    r"(?i)\b(?:(?P<p0>first third|beginning|start|opening|intro)|(?P<p1>middle third|second third|middle)"
    r"|(?P<p2>(?:last|final|closing) third|ending|end|outro|the last))\b"
)
_SIDE = re.compile(r"(?i)\b(?P<side>left|right)\b")
_TARGET = re.compile(r"(?i)\b(?:target|asked|goal)\b")
_LEVEL_BEHIND = re.compile(r"(?i) than (?:the |its |an? )?(?:[\w-]+ ){0,4}(?:targets?|norm|level|standard|reference)\b")
_STEP = re.compile(r"(?i) than the (?:one before|previous(?: one)?|last(?: one)?|preceding)\b")
_PITCHED = re.compile(
    r"(?i)\b(?P<way>above|over|below|under|higher than|lower than) (?:standard|concert|normal|reference) (?:pitch|tuning)\b"
)
_TUNING = re.compile(r"(?i)(?<!\b(?-i:[A-G])[ -])\b(?P<word>sharp|flat)\b")
_IN_TUNE = re.compile(r"(?i)\b(?:in tune|on pitch)\b")
_SAME = re.compile(
    r"(?i)\b(?:the )?(?:same|equal|identical) (?P<what>tempo|key|length|duration|loudness|sample rate)\b"
)
_MOMENT = re.compile(
    r"(?i) (?:(?:short-term|momentary|3 s|400 ms) )?"
    r"(?:window|moment|point|stretch|passage|part|peak|second|section|spot|burst)s?\b"
)
MAX_COMPARISONS = 50
IN_TUNE_CENTS = 5.0  # below this nobody hears a single instrument as out of tune
_CLOSE = {"loudness": 0.5, "tempo": 1.0, "duration": 1.0}  # not louder, not faster: by no more than this


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that can be compared: a recording, a channel, a part of the form, a target, or the number asked for."""

    start: int
    end: int
    kind: str  # "file", "side", "part", "target", "number"
    what: str


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
            thirds = _thirds(case)
            if not thirds or any((other - one) * sign <= 0 for one, other in pairwise(thirds)):
                problems.append(Problem(match[0], "the cited thirds do not go that way"))
            continue
        if settles(case, match.start()) is not None:
            continue  # a cited difference decides: see `compared`
        if _LEVEL_BEHIND.match(plain, match.end()) and any(fact.is_reference for fact in case.facts):
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
        thirds = _thirds(case)
        if thirds and ((thirds[2] > thirds[0]) != bool(match["up"])) != _negated(case, match.start()):
            problems.append(Problem(match[0], "the level goes the other way"))
    problems += _check_distances(case)
    problems += _check_places(case)
    problems += _check_doubles(case)
    problems += _check_favour(case)
    problems += _check_feel(case)
    problems += _check_tuning(case)
    problems += _check_sameness(case)
    problems += _check_multiples(case)
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


def _negated(case: Case, start: int) -> bool:
    before = case.tokens.plain[max(0, start - 40) : start]
    return _NOT.search(re.split(r"[,;:.(]", before)[-1]) is not None


# --- who is compared with what --------------------------------------------------------------------------------------


def _entities(case: Case, axis: str) -> list[Entity]:
    plain = case.tokens.plain
    found = [Entity(name.start, name.end, "file", name.subjects[0]) for name in case.tokens.files if name.subjects]
    found += [Entity(m.start(), m.end(), "side", m["side"].casefold()) for m in _SIDE.finditer(plain)]
    found += [Entity(m.start(), m.end(), "part", (m.lastgroup or "p0")[1:]) for m in _PART.finditer(plain)]
    found += [Entity(m.start(), m.end(), "target", "") for m in _TARGET.finditer(plain)]
    unit = _UNIT.get(axis, "")
    for quantity in case.tokens.quantities:
        if unit and quantity.unit == unit:
            found.append(Entity(quantity.start, quantity.end, "number", str(quantity.readings[0].value)))
    return sorted(found, key=lambda each: each.start)


def _value(case: Case, axis: str, entity: Entity) -> float | None:
    """Where an entity stands on an axis, by the cited evidence (or the question, for a target)."""
    if entity.kind == "file":
        return case.held_value(entity.what, _measures(case, axis))
    if entity.kind == "part" and axis in ("loudness", "height"):
        thirds = _thirds(case)
        return thirds[int(entity.what)] if thirds else None
    if entity.kind == "side" and axis in ("loudness", "height"):
        levels = [
            fact.value
            for fact in case.facts
            if fact.evidence.name == "facts.channel_levels_dbfs" and fact.unit == "dBFS"
        ]
        at = ("left", "right").index(entity.what)
        balance = [f.value for f in case.facts if f.evidence.name == "facts.balance_db" and f.relation == "finding"]
        if balance:
            return balance[0] if entity.what == "left" else 0.0
        return levels[at] if len(levels) == 2 else None
    if entity.kind == "number":
        return float(entity.what)
    asked = case.asked_value(_UNIT.get(axis, ""))
    return asked[0].readings[0].value if entity.kind == "target" and asked else None


def _thirds(case: Case) -> list[float]:
    values = [f.value for f in case.facts if f.evidence.name == "loudness.thirds_lufs" and f.relation == "finding"]
    return values if len(values) == 3 else []


def _comparison_holds(case: Case, match: re.Match[str], axis: str, sign: int) -> bool:
    negated = _negated(case, match.start())
    if axis == "height" and _is_computed_difference(case, sign):
        return True
    if axis == "loudness" and _BECOMES.search(case.tokens.plain, max(0, match.start() - 30), match.start()):
        thirds = _thirds(case)
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
    entities = _entities(case, axis)
    than = re.compile(r"(?i)\b(?:than|as)\b").search(plain, match.end(), match.end() + 60)
    if match[0].casefold().startswith("out"):
        than = re.compile(" ").match(plain, match.end())  # "outpaces b.wav" is "is faster than b.wav"
    left = [each for each in entities if begin <= each.start < match.start() and each.kind != "number"]
    left = _without_owners(case, left)
    if len(left) > 1 and _CARRIED.fullmatch(plain[left[-1].end : match.start()]):
        left = left[:1]  # "a.wav is louder than b.wav but quieter than c.wav": still a.wav
    if axis in ("loudness", "tempo", "duration"):
        left = [each for each in left if each.kind != "target"]
    right = [each for each in entities if each.start >= (than.end() if than else match.end())]
    if than:
        other = _value(case, axis, right[0]) if right else None
        subject = left[-1] if left else None
        if subject is None and right and right[0].kind == "target" and len(right) > 1 and other is None:
            other = _value(case, axis, right[1])
        one = _value(case, axis, subject) if subject else _implied(case, axis, right[0] if right else None)
        return None if one is None or other is None else (one, other)
    inside = [each for each in (*left[-1:], *right[:1]) if each.kind in ("part", "side", "file")]
    return _against_the_rest(case, axis, inside[0]) if inside else None


def _without_owners(case: Case, entities: list[Entity]) -> list[Entity]:
    """Entities but for the recording in "the left channel of a.wav", where the channel is what is compared."""
    return [
        each
        for at, each in enumerate(entities)
        if each.kind != "file"
        or not at
        or entities[at - 1].kind not in ("side", "part")
        or not _OWNED.fullmatch(case.tokens.plain[entities[at - 1].end : each.start])
    ]


_CARRIED = re.compile(
    r"(?i)[\s\"'\x01]*(?:\([^()]{0,40}\))?[\s\"',]*(?:but|and|yet|though|although|while)(?: is| still| also| clearly| a \w+| \w+ly){0,3} "
)
_OWNED = re.compile(r"(?i)(?: (?:channel|side|third|part|half))? (?:of|in) [\"']?")


def _measures(case: Case, axis: str) -> tuple[str, ...]:
    """The findings that settle an axis; "higher" and "lower" say by their words, or by what is cited, which."""
    if axis != "height":
        return AXES[axis]
    named = [name for words, name in _HEIGHTS if re.search(words, case.tokens.plain)]
    shared = [
        item.name
        for item in case.cited
        if item.rank == 0 and isinstance(item.value, int | float) and item.source.agent != "hub"
    ]
    twice = [name for name in dict.fromkeys(shared) if shared.count(name) > 1]
    return tuple(named or twice or AXES[axis])


_HEIGHTS: tuple[tuple[str, str], ...] = (
    (r"(?i)\bRMS\b", "facts.rms_dbfs"), (r"(?i)\btrue peak", "loudness.true_peak_dbtp"),
    (r"(?i)\bsample peak", "loudness.sample_peak_dbfs"), (r"(?i)\bcrest", "loudness.crest_db"),
    (r"(?i)\bPLR\b|\bpeak[- ]to[- ]loudness", "loudness.plr_db"),
    (r"(?i)\bloudness range|\bLRA\b", "loudness.range_lu"),
    (r"(?i)\bsample rate", "facts.sample_rate_hz"), (r"(?i)\btempo\b", "rhythm.tempo_bpm"),
    (r"(?i)\bcentroid", "spectrum.centroid_hz"), (r"(?i)\broll-?off", "spectrum.rolloff_hz"),
)  # fmt: skip


def _implied(case: Case, axis: str, other: Entity | None) -> float | None:
    """The value of "it": the only recording cited besides the one it is compared with."""
    if other is not None and other.kind in ("side", "part"):
        opposite = {"left": "right", "right": "left", "0": "2", "2": "0", "1": "0"}[other.what]
        return _value(case, axis, Entity(0, 0, other.kind, opposite))
    rest = [name for name in case.subjects if other is None or other.kind != "file" or name != other.what]
    return case.held_value(rest[0], _measures(case, axis)) if len(rest) == 1 else None


def _against_the_rest(case: Case, axis: str, entity: Entity) -> tuple[float, float] | None:
    """A side against the other, the end against the start, one recording against the only other."""
    value = _value(case, axis, entity)
    if value is None:
        return None
    if entity.kind == "file":
        others = [case.held_value(name, _measures(case, axis)) for name in case.subjects if name != entity.what]
        known = [each for each in others if each is not None]
        return (value, known[0]) if len(known) == 1 and len(others) == 1 else None
    opposite = {"left": "right", "right": "left", "0": "2", "2": "0", "1": "0"}[entity.what]
    other = _value(case, axis, Entity(0, 0, entity.kind, opposite))
    return None if other is None else (value, other)


_DISTANCE = re.compile(
    r"(?i) (?:(?P<up>above|over|ahead of|more than)|(?P<down>below|under|behind|less than)) [\"']?(?=\x01)"
)
_DISTANCE_AXES = {"LU": "loudness", "BPM": "tempo", "s": "duration", "Hz": "brightness"}


def _check_distances(case: Case) -> list[Problem]:
    """ "2.1 LU above b.wav": of two recordings, which is the greater."""
    problems = []
    for quantity in case.tokens.quantities:
        match = _DISTANCE.match(case.tokens.plain, quantity.end)
        other = next((name for name in case.tokens.files if match and name.start == match.end()), None)
        if match is None or other is None or not other.subjects:
            continue
        if quantity.unit == "s" and "compare.alignment_s" in case.names:
            continue  # see `compared`
        axis = _DISTANCE_AXES.get(quantity.unit, "height")
        against = Entity(other.start, other.end, "file", other.subjects[0])
        before = [name for name in case.tokens.files if name.end <= quantity.start and name.subjects]
        one = case.held_value(before[-1].subjects[0], AXES[axis]) if before else _implied(case, axis, against)
        value = _value(case, axis, against)
        if one is None or value is None or (one > value) != bool(match["up"]):
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this comparison out"))
    return problems


_PLACE = re.compile(
    r"(?i)\b(?:is|sits|lies|comes out|measures) (?:(?P<up>above|over)|(?P<down>below|under|beneath)) [\"']?(?=\x01)"
)
_DOUBLE = re.compile(
    r"(?i)\b(?:(?P<two>double|twice)|(?P<half>half)|(?P<three>three times|triple)) the (?P<what>tempo|speed|length|duration) of"
    r" [\"']?(?=\x01)"
)


def _check_places(case: Case) -> list[Problem]:
    """ "a.wav sits below b.wav": by what both were measured for."""
    problems = []
    for match in _PLACE.finditer(case.tokens.plain):
        pair = _both_sides(case, match, _measures(case, "height"))
        if pair is not None and (pair[0] > pair[1]) != (match["up"] is not None) and not _negated(case, match.start()):
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this comparison out"))
    return problems


def _check_doubles(case: Case) -> list[Problem]:
    """ "a.wav has double the tempo of b.wav": which of the two has it."""
    problems = []
    for match in _DOUBLE.finditer(case.tokens.plain):
        axis = "tempo" if match["what"].casefold() in ("tempo", "speed") else "duration"
        pair = _both_sides(case, match, AXES[axis])
        wanted = 2.0 if match["two"] else 0.5 if match["half"] else 3.0
        if pair is None or not pair[1] or abs(pair[0] / pair[1] / wanted - 1) > 0.02:
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this ratio out"))
    return problems


_FAVOUR = re.compile(r"(?i)\bin favou?r of [\"']?$")


def _check_favour(case: Case) -> list[Problem]:
    """ "2.5 LU, in favour of a.wav": that one has more."""
    problems = []
    for name in case.tokens.files:
        match = _FAVOUR.search(case.tokens.plain[max(0, name.start - 16) : name.start])
        if match is None or not name.subjects:
            continue
        names = _measures(case, "height")
        values = {each: case.held_value(each, names) for each in case.subjects}
        own = values.get(name.subjects[0])
        if own is None or any(value is not None and value > own for value in values.values()):
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this comparison out"))
    return problems


def _both_sides(case: Case, match: re.Match[str], names: Sequence[str]) -> tuple[float, float] | None:
    """What was measured of the recordings before and right behind some words."""
    files = [name for name in case.tokens.files if name.subjects]
    before = [name for name in files if name.end <= match.start()]
    behind = next((name for name in files if name.start == match.end()), None)
    if not before or behind is None:
        return None
    one, other = (case.held_value(name.subjects[0], names) for name in (before[-1], behind))
    return None if one is None or other is None else (one, other)


# --- rankings -------------------------------------------------------------------------------------------------------


def _superlative_holds(case: Case, match: re.Match[str], axis: str, sign: int) -> bool:
    if not case.tokens.files or _thirds_ranked(case, match):
        part = _nearest_part(case, match)
        if part is not None and (thirds := _thirds(case)):
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
    return len(case.subjects) == 1 and bool(_thirds(case)) and _PART.search(clause) is not None


def _is_when(case: Case, match: re.Match[str]) -> bool:
    """ "It is loudest from 1:37 to 1:40": a time follows."""
    following = [each for each in case.tokens.quantities if match.end() <= each.start <= match.end() + 20]
    return bool(following) and following[0].unit == "s"


def _nearest_file(case: Case, match: re.Match[str]) -> FileName:
    def distance(name: FileName) -> int:
        return match.start() - name.end if name.end <= match.start() else name.start - match.end()

    return min(case.tokens.files, key=distance)


def _nearest_part(case: Case, match: re.Match[str]) -> int | None:
    parts = list(_PART.finditer(case.tokens.plain))
    if not parts:
        return None
    return int((min(parts, key=lambda each: abs(each.start() - match.end())).lastgroup or "p0")[1:])


# --- tuning, sameness, multiples ------------------------------------------------------------------------------------


_FEEL = re.compile(
    r"(?i)(?<!pulse felt )\bin (?P<feel>half|double)[- ]time\b|\bas an? (?P<as>half|double)-time (?:alternative|reading|feel|option)\b"
)


_THEN = re.compile(r"(?i),? (?:(?:it|that|this|which) )?(?:would be|is|gives|makes|means|comes to|becomes) (?:about )?")


def _check_leaning(case: Case) -> list[Problem]:
    """ "It leans to the left": which of two channels is the louder."""
    problems = []
    for match in _LEANING.finditer(case.tokens.plain):
        side = (match["side"] or match["far"]).casefold()
        pair = _against_the_rest(case, "loudness", Entity(match.start(), match.end(), "side", side))
        if pair is None or (pair[0] > pair[1]) == _negated(case, match.start()):
            problems.append(Problem(match[0], "the cited channels do not lean this way"))
    return problems


_LEANING = re.compile(
    r"(?i)\b(?:leans?|leaning|tilts?|tilted|pulls?|pulled|drifts?|shifted|heavier|weighted)"
    r" (?:slightly |a little |a bit |by )?(?:\d[\d.,]* dB )?(?:to|towards?|on)(?: the)? (?P<side>left|right)\b"
    r"|\b(?:off|off by|imbalance of|lopsided)(?:[^;.]|\.\d){0,16} (?:to|towards?|on)(?: the)? (?P<far>left|right)\b"
)


def _check_feel(case: Case) -> list[Problem]:
    """ "63 if you feel it in half time": the number before is half of another cited tempo."""
    problems = []
    tempi = [fact.value for fact in case.facts if fact.unit == "BPM"]
    for match in _FEEL.finditer(case.tokens.text):
        factor = 0.5 if (match["feel"] or match["as"]).casefold() == "half" else 2.0
        tempi_stated = [q for q in case.tokens.quantities if "BPM" in (q.unit, *q.inherited)]
        then = _THEN.match(case.tokens.text, match.end())
        before = [q for q in tempi_stated if (q.start == then.end() if then else q.end <= match.start())]
        stated = before[-1].readings[0].value if before and before[-1].readings else None
        if stated is None or not any(value and abs(stated / value / factor - 1) <= 0.02 for value in tempi):
            problems.append(Problem(match[0], "no cited tempo stands in this relation"))
    return problems


def _check_tuning(case: Case) -> list[Problem]:
    problems = []
    cents = [f.value for f in case.facts if f.unit == "cents" and f.relation == "finding"]
    for match in _TUNING.finditer(case.tokens.plain):
        sign = 1 if match["word"].casefold() == "sharp" else -1
        if _negated(case, match.start()):
            holds = bool(cents) and all(sign * value <= IN_TUNE_CENTS for value in cents)
        else:
            holds = any(sign * value > 0 for value in cents)
        if not holds:
            problems.append(Problem(match[0], "the cited tuning does not lie there"))
    reference = [f.value - 440 for f in case.facts if f.evidence.name == "tonality.reference_hz" and f.unit == "Hz"]
    for match in _PITCHED.finditer(case.tokens.plain):
        sign = 1 if match["way"].casefold() in ("above", "over", "higher than") else -1
        if not any(sign * value > 0 for value in cents or reference) != _negated(case, match.start()):
            problems.append(Problem(match[0], "the cited tuning does not lie there"))
    for match in _IN_TUNE.finditer(case.tokens.plain):
        whole = [f.value for f in case.facts if f.evidence.name == "tonality.tuning_cents" and f.relation == "finding"]
        asked = whole or cents  # the tuning of the whole, not that of its single peaks
        close = bool(asked) and all(abs(value) <= IN_TUNE_CENTS for value in asked)
        if close == _negated(case, match.start()) or not asked:
            problems.append(Problem(match[0], "the cited tuning says otherwise"))
    return problems


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
        if len(values) < 2 or same == _negated(case, match.start()):
            problems.append(Problem(match[0], "the cited evidence does not bear this out"))
    return problems


def _check_multiples(case: Case) -> list[Problem]:
    """ "Twice as fast as b.wav": which of the two is the faster."""
    problems = []
    pattern = re.compile(r"(?i)\x01*\bas (?P<word>" + "|".join(word for word, _ in _AS) + r")(?P<than> as)?\b")
    matches = list(pattern.finditer(case.tokens.plain))
    if len(matches) > MAX_COMPARISONS:
        return [Problem(matches[0][0].strip(), f"more than {MAX_COMPARISONS} comparisons in one sentence")]
    for match in matches:
        axis = dict(_AS)[match["word"].casefold()]
        before = [q for q in case.tokens.quantities if q.unit == "times" and _times_only(case, q.end, match.start())]
        if not before and not match["than"]:
            continue  # "as fast"
        entities = _entities(case, axis)
        left = [each for each in entities if each.end <= match.start() and each.kind == "file"]
        right = [each for each in entities if each.start >= match.end()] if match["than"] else []
        if not match["than"] and len(left) > 1:
            left, right = _beside(case, left)
        if not right and len(case.subjects) == 2 and left:
            rest = next((name for name in case.subjects if name != left[-1].what), "")
            right = [Entity(match.end(), match.end(), "file", rest)]
        other = _value(case, axis, right[0]) if right else None
        one = _value(case, axis, left[-1]) if left else _implied(case, axis, right[0] if right else None)
        wanted = before[0].readings[0].value if before and before[0].readings else 1.0
        if match["word"].casefold() == "slow" and wanted:
            wanted = 1 / wanted
        if not one or not other or axis == "loudness" or abs(one / other / wanted - 1) > 0.02:
            problems.append(Problem(match[0].strip(), "the cited evidence does not bear this ratio out"))
    return problems


def _times_only(case: Case, start: int, end: int) -> bool:
    return re.fullmatch(r"(?i) ?(?:times|x)? ?", case.tokens.text[start:end][:12]) is not None and end - start < 12


def _beside(case: Case, files: list[Entity]) -> tuple[list[Entity], list[Entity]]:
    """ "Next to a.wav, b.wav is ...": b.wav is spoken of, a.wav is what it is held against."""
    against = [each for each in files if _AGAINST.search(case.tokens.plain[max(0, each.start - 24) : each.start])]
    return [each for each in files if each not in against], against[-1:]


_AGAINST = re.compile(
    r"(?i)\b(?:next to|beside|compared (?:with|to)|against|versus|vs\.?|relative to)(?: the)? ?[\"']?$"
)
