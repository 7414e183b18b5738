"""Is what a sentence ranks in that place? "The strongest band", "the two loudest peaks", "starts at", "until"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...messages import Evidence, Json
from ...regex import lazily
from ..words.phrasing import finite
from .bands import bands_in, check_bands, levels_of, region_before
from .case import Case, Problem
from .names import pitch
from .supports import supporting
from .tokens import Name, Quantity

_MOST = r"strongest|loudest|biggest|highest|hottest|most prominent|dominant|most powerful|heaviest|sharpest"
_LEAST = r"weakest|quietest|softest|faintest|smallest|thinnest"
_COUNTS = {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4}
_PLACES = {"second": 1, "2nd": 1, "next": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3}
_HEADS = (
    r"peaks?|partials?|frequenc(?:y|ies)|tones?|components?|harmonics?|resonances?|bands?|range|region|spectral part"
)
_RANKED = lazily(
    rf"(?i)(?:\b(?P<before>second|next|third|fourth|2nd|3rd|4th)[ -]|\b(?P<count>{'|'.join(_COUNTS)}) )?"
    rf"\b(?:(?P<most>{_MOST})|(?P<least>{_LEAST}))(?P<masked>[\x01 ]{{0,8}}) (?:of (?:the|its|all) (?:\w{{1,6}} )?)?(?:\w{{1,12}} )?(?P<head>{_HEADS})\b"
    r"|\bstands? out (?P<out>most)\b|\b(?:most|mostly|(?P<thin>least))(?: of (?:the|its))? (?P<power>power|energy)\b"
    rf"|\b(?:is|are|being) the (?P<bare>(?P<strong>{_MOST})|(?P<weak>{_LEAST}))(?=[.,;]|$)"
    r"|\b(?P<rules>rules|dominates|prevails|predominates)\b"
    r"|\b(?P<where>(?:power|energy) (?:\w+ ){0,2}(?:mostly|mainly|chiefly|largely|mostly found|concentrated))\b"
)
_IS_THE = lazily(r"(?i)\b(?:is|are|was|were|being|as) (?:the |its |their )?$")
_CARRIES = lazily(r"(?i)\b(?:carr(?:y|ies)|ha(?:s|ve)|holds?|contains?|gets?|takes?) (?:by far )?(?:the )?$")
_CLAUSE_END = lazily(r"[;:]|\.(?:\s|$)")
_LISTS = {"resonance": ("spectrum.resonances",), "band": (), "range": (), "region": (), "spectral part": ()}
_FIELDS = {"Hz": "frequency_hz", "dBFS": "level_dbfs", "dB": "prominence_db", "cents": "cents"}
_TIE_DB = 0.05
_THEN = lazily(r"(?i),? (?:and )?then\b")
MAX_RANKINGS = 20


def check_rankings(case: Case) -> list[Problem]:
    """Every place in a list of peaks, resonances, bands or times that the cited evidence does not bear out."""
    problems: list[Problem] = []
    if len(list(_RANKED.finditer(case.tokens.unnamed))) > MAX_RANKINGS:
        return [Problem("rankings", f"more than {MAX_RANKINGS} in one sentence")]
    for match in _RANKED.finditer(case.tokens.unnamed):
        lists, bands = _cited_lists(case, match), _cited(case, match, ("spectrum.bands_db",))
        if match["bare"] and not (bands and bands_in(case, *_scope(case, match))):
            continue  # of recordings, sections, peaks: judged elsewhere
        if _speaks_of_bands(match, lists, bands):
            holds = _band_holds(case, match, bands)
        else:
            holds = _entry_holds(case, match, lists)
        if not holds:
            problems.append(Problem(match[0], "the cited evidence does not bear this ranking out"))
    return problems + _check_notes(case) + _check_edges(case) + check_bands(case)


def is_ranked(case: Case, start: int) -> bool:
    """Whether a superlative at `start` ranks the entries of a list: judged here, not among recordings."""
    found = _RANKED.finditer(case.tokens.unnamed)
    return any(match.start() <= start < match.end() and not match["bare"] for match in found)


def _cited(case: Case, match: re.Match[str], names: Sequence[str]) -> list[Evidence]:
    bound = case.bound(match.start())
    return [item for item in case.cited if item.name in names and case.touches(item, bound)]


def _cited_lists(case: Case, match: re.Match[str]) -> list[Evidence]:
    head = (match["head"] or "").casefold().rstrip("s")
    return _cited(case, match, _LISTS.get(head, ("spectrum.peaks",)))


def _speaks_of_bands(match: re.Match[str], lists: list[Evidence], bands: list[Evidence]) -> bool:
    if _is_power(match):
        return True
    return match["head"] is not None and not lists and (bool(bands) or match["head"].casefold().startswith("band"))


def _is_power(match: re.Match[str]) -> bool:
    """Whether the words rank bands without naming the word."""
    return any(match[group] is not None for group in ("power", "where", "rules", "bare"))


def _band_holds(case: Case, match: re.Match[str], bands: list[Evidence]) -> bool:
    """Whether the band named behind the word (or else before it) is the one in that place."""
    begin, end = _scope(case, match)
    after, before = bands_in(case, match.end(), end), bands_in(case, begin, match.start())
    if before and _IS_THE.search(case.tokens.unnamed, max(0, match.start() - 12), match.start()):
        after = []  # "bass is the strongest band, followed by ..."
    if before and _CARRIES.search(case.tokens.unnamed, max(0, match.start() - 24), match.start()):
        after = []  # "bass carries the most energy, with sub behind it"
    if match["rules"] or match["bare"]:
        after = []
        if (region := region_before(case, match.start())) is not None:
            return any(max(levels, key=levels.__getitem__) in region for i in bands if (levels := levels_of(i.value)))
    named = after[:1] or before[-1:]
    if not named or (_is_power(match) and not bands):
        return _is_power(match) or bool(bands)
    for item in bands:
        levels = levels_of(item.value)
        if named[0] not in levels:
            continue
        ordered = sorted(
            levels.values(), reverse=match["least"] is None and match["thin"] is None and match["weak"] is None
        )
        place = _PLACES.get((match["before"] or "").casefold(), 0)
        count = len(after or named) if _is_power(match) else _COUNTS.get((match["count"] or "").casefold(), 1)
        wanted = ordered[place : place + count]
        if all(
            any(abs(levels.get(name, 1e9) - each) <= _TIE_DB for each in wanted) for name in (after or named)[:count]
        ):
            return True
    return False


def _scope(case: Case, match: re.Match[str]) -> tuple[int, int]:
    """The clause, cut at the rankings before and behind."""
    text = case.tokens.unnamed
    begin, end = 0, len(text)
    for stop in _CLAUSE_END.finditer(case.tokens.plain):
        if stop.end() <= match.start():
            begin = stop.end()
        elif stop.start() >= match.end():
            end = stop.start()
            break
    for other in _RANKED.finditer(text):
        if begin < other.end() <= match.start():
            begin = other.end()
        elif match.end() <= other.start() < end:
            end = other.start()
    if match["head"] and not match["head"].endswith("s") and (then := _THEN.search(text, match.end(), end)):
        end = then.start()  # "the loudest is A, then comes B"
    return begin, end


def _entry_holds(case: Case, match: re.Match[str], lists: list[Evidence]) -> bool:
    """Whether the numbers and notes behind the word (or else before it) are those of that entry."""
    place = _PLACES.get((match["before"] or "").casefold(), 0)
    count = _COUNTS.get((match["count"] or "").casefold(), 1)
    begin, end = _scope(case, match)
    if not lists:  # "the highest peak is -1.1 dBFS" speaks of the level
        levels = _cited(case, match, ("facts.peak_dbfs", "loudness.sample_peak_dbfs", "loudness.true_peak_dbtp"))
        return bool(levels) and (match["head"] or "").casefold() == "peak" and not (match["least"] or match["before"])
    if match["head"] and match["head"].endswith("s") and match["count"] is None:
        told = _indices(case, match.end(), end) or _indices(case, begin, match.start())
        count = max(1, sum(case.tokens.quantities[at].unit == "Hz" for at in told))  # "the strongest are A, B and C"
    for item in lists:
        size = len(item.value) if isinstance(item.value, list) else 0
        first = size - 1 - place if match["least"] else place
        allowed = range(first, first + count)
        after = _indices(case, match.end(), end), _names(case, match.end(), end)
        before = _indices(case, begin, match.start()), _names(case, begin, match.start())
        is_the = any(before) and _IS_THE.search(case.tokens.unnamed, max(0, match.start() - 12), match.start())
        here, earlier = (after, before) if any(after) and not is_the else (before, ([], []))
        earlier_allowed = range(first) if match["before"] else range(size)
        if _all_among(case, item, *here, allowed) and _all_among(case, item, *earlier, earlier_allowed):
            return True
    return False


def _indices(case: Case, start: int, end: int) -> list[int]:
    return [at for at, q in enumerate(case.tokens.quantities) if start <= q.start < end and q.unit in _FIELDS]


def _names(case: Case, start: int, end: int) -> list[Name]:
    return [name for name in case.tokens.names if name.kind == "note" and start <= name.start < end]


def _all_among(case: Case, item: Evidence, indices: list[int], names: list[Name], allowed: range) -> bool:
    entries = item.value if isinstance(item.value, list) else []
    reached: dict[str, set[int | None]] = {}
    for at in indices:
        places = {fact.item for fact in supporting(case, at) if fact.evidence is item}
        reached.setdefault(case.tokens.quantities[at].unit, set()).update(places)
        if places and places.isdisjoint(allowed):
            return False
    for unit, places in reached.items():
        told = sum(case.tokens.quantities[at].unit == unit for at in indices)
        if places and len(places) < min(told, len(allowed)):
            return False  # one entry told twice
    notes = {at: _note(entry) for at, entry in enumerate(entries)}
    for name in names:
        fitting = {at for at, note in notes.items() if note is not None and _same_note(name.text, note)}
        if fitting.isdisjoint(allowed):
            return False
    return True


def _note(entry: Json) -> str | None:
    note = entry.get("note") if isinstance(entry, dict) else None
    return note if isinstance(note, str) else None


def _same_note(stated: str, held: str) -> bool:
    """An octave may be left out, but not be wrong."""
    one, other = pitch(stated), pitch(held)
    return one == other or (not stated[-1:].isdigit() and one == other.rstrip("-0123456789"))


_PAIRED = lazily(r"(?i)[ ,(]{1,3}(?:(?:a|an|the|note|is|at|close to|near|about|around|roughly|or|i\.e\.) ?){0,4}")


def _check_notes(case: Case) -> list[Problem]:
    """ "876 Hz (A5)", "A5 at 876 Hz": frequency and note of one entry."""
    problems = []
    hertz = [(at, q) for at, q in enumerate(case.tokens.quantities) if q.unit == "Hz"]
    for name in case.tokens.names:
        if name.kind != "note":
            continue
        for at, quantity in hertz:
            if not _stand_together(case, name, quantity):
                continue
            facts = [f for f in supporting(case, at) if f.item is not None and isinstance(f.evidence.value, list)]
            values = [
                f.evidence.value[f.item] for f in facts if isinstance(f.evidence.value, list) and f.item is not None
            ]
            notes = [note for value in values if (note := _note(value)) is not None]
            if notes and not any(_same_note(name.text, note) for note in notes):
                problems.append(Problem(name.text, f"not the note of {quantity.text}"))
    return problems


def _stand_together(case: Case, name: Name, quantity: Quantity) -> bool:
    first, second = sorted(((name.start, name.end), (quantity.start, quantity.end)))
    between = case.tokens.text[first[1] : second[0]]
    return len(between) <= 24 and _PAIRED.fullmatch(between) is not None


_START = lazily(r"(?i)\b(?:starts?|begins?|starting|beginning)(?: at| with)? $")
_END = lazily(r"(?i)\b(?:ends?|finish(?:es)?|stops?|ending)(?: at| with)? $")
_LAST = lazily(r"(?i)\b(?:the )?last (?:beat|downbeat|onset|hit)\b[^,;]{0,60}$")
_UNTIL = lazily(r"(?i)(?<!from )\b(?:until|till|up to) (?:about )?$")
_FROM = lazily(r"(?i)\bfrom\b[^,;]{0,30}$")
_TIMES = ("rhythm.beats_s", "rhythm.onsets_s", "rhythm.downbeats_s")


def _check_edges(case: Case) -> list[Problem]:
    """ "Beats start at 0.5 s and end at 90 s", "silent until 0.4 s": the right end of the list or of the stretch."""
    problems = []
    for at, quantity in enumerate(case.tokens.quantities):
        if quantity.unit != "s":
            continue
        before = case.tokens.text[max(0, quantity.start - 80) : quantity.start]
        place = 0 if _START.search(before) else -1 if _END.search(before) or _LAST.search(before) else None
        until = _UNTIL.search(before) is not None and not _FROM.search(before[-30:])
        if place is None and not until:
            continue
        facts = supporting(case, at)
        times = [f for f in facts if f.evidence.name in _TIMES]
        until = until or place == -1
        if times and place is not None and not any(f.item == place % _size(f.evidence) for f in times):
            problems.append(Problem(quantity.text, "not at this end of the list"))
        edges = [f for f in facts if f.evidence.name == "facts.silence_s" and f.key in ("start", "end")]
        if edges and until and all(f.key == "start" for f in edges):
            problems.append(Problem(quantity.text, "silence begins there, it does not end"))
    return problems + _check_course(case) + _check_thirds(case)


def _size(evidence: Evidence) -> int:
    return max(len(evidence.value), 1) if isinstance(evidence.value, list) else 1


_COURSE = lazily(r"(?i)\bfrom\b(?:.{1,30}?\b(?:over|via|through|to)\b)?.{1,30}?\bto\b")


def _third_levels(case: Case) -> list[float]:
    every = [item.value for item in case.cited if item.name == "loudness.thirds_lufs"]
    values = every[0] if len(every) == 1 and isinstance(every[0], list) else []
    return [level for value in values if (level := finite(value)) is not None]


def _check_course(case: Case) -> list[Problem]:
    """ "From -18 over -15 to -12 LUFS": the thirds in their order."""
    text, quantities = case.tokens.text, case.tokens.quantities
    for match in _COURSE.finditer(text):
        places = [at for at, q in enumerate(quantities) if match.start() < q.start <= match.end() + 2]
        found = [{f.item for f in supporting(case, at) if f.evidence.name == "loudness.thirds_lufs"} for at in places]
        levels = _third_levels(case)
        if len(found) == 2 and all(found) and len(levels) == 3:
            low, high = levels.index(min(levels)), levels.index(max(levels))
            is_range = re.search(
                r"(?i)\b(?:rang\w+|var\w+|span\w*|anywhere) (?:\w+ ){0,2}$", text[: match.start()][-40:]
            )
            pairs = {(low, high), (high, low)} if is_range else {(0, 2), (0, 1), (1, 2)}
            if not any((one, other) in pairs for one in found[0] for other in found[1]):
                return [Problem(match[0], "the thirds do not go from there to there")]
        if len(found) == 3 and all(found) and any(at not in items for at, items in enumerate(found)):
            return [Problem(match[0], "the thirds do not come in this order")]
    return []


def _check_thirds(case: Case) -> list[Problem]:
    """ "The thirds measure -18, -15 and -12 LUFS": in their order."""
    if not re.search(r"(?i)\bthirds\b", case.tokens.plain):
        return []
    places = [{f.item for f in supporting(case, at) if f.evidence.name == "loudness.thirds_lufs"}
              for at, q in enumerate(case.tokens.quantities) if "LUFS" in (q.unit, *q.inherited)]  # fmt: skip
    if len(places) == 3 and all(places) and any(at not in items for at, items in enumerate(places)):
        return [Problem("thirds", "not in this order")]
    return []
