"""The recordings in play in a context, and which of them an expression means: one reading, or all that are possible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...messages import Evidence
from ...storage.contexts import Played, Turn
from .mentions import Mention

#: Measurements closer than this are the same: who calls one of them the louder one means nothing that we know.
_SAME = {"loudness.integrated_lufs": 0.05, "rhythm.tempo_bpm": 0.05, "facts.duration_s": 0.05}
_DIFFERENCES = {"loudness.integrated_lufs": "compare.loudness_difference_lu"}  # this recording minus the first


@dataclass(frozen=True, slots=True)
class Meaning:
    """The recordings that are meant; with `is_open`, those that may be meant."""

    files: tuple[Played, ...]
    is_open: bool = False


class InPlay:
    """What was asked about lately, newest first; `turns` are those with recordings, and there is at least one."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = turns
        self.newest = _distinct(turns[0].recordings)
        self.every = _distinct(item for turn in turns for item in turn.recordings)
        self.in_order = _distinct(item for turn in reversed(turns) for item in turn.recordings)

    def asked_at(self, path: str) -> float:
        """When a recording was last asked about."""
        return next(turn.asked_at for turn in self.turns if any(item.path == path for item in turn.recordings))

    def meaning(self, mention: Mention, focus: str | None) -> Meaning:
        """What a mention means beside the recording that the question is about; nothing when it fits nothing.

        focus : path of that recording; None where there is none, or more than one
        """
        match mention.kind:
            case "same" | "pronoun" | "generic":
                return _one_of(self.newest)
            case "named":
                return _one_of(mention.files)
            case "measured":
                return self._measured(mention.finding, mention.number)
            case "previous":
                return self._previous(focus)
            case "ordinal":
                return self._ordinal(mention.number, focus)
            case "other":
                return self._other(focus)
            case "other or second":
                second = self._ordinal(mention.number, None)
                if focus is None:
                    return second
                is_itself = [item.path for item in second.files] == [focus]
                return self._other(focus) if is_itself else _agreed(self._other(focus), second)
            case "others":
                return Meaning(self._beside(focus)) if focus else Meaning(self.newest, is_open=len(self.newest) > 1)
            case "both":
                return self._both(focus)
            case "all":
                return Meaning(self.newest if len(self.newest) > 1 else self._list() or self.in_order)
            case "them":
                return self._them()
            case "which":
                return self._them() if len(self.every) > 1 else Meaning(())
            case "left out":
                return Meaning(self.newest)

    def _list(self) -> tuple[Played, ...]:
        """The last list of recordings, as long as nothing but parts of it was asked about since."""
        since: set[str] = set()
        for turn in self.turns:
            listed = _distinct(turn.recordings)
            if len(listed) > 1:
                return listed if since <= {item.path for item in listed} else ()
            since |= {item.path for item in listed}
        return ()

    def _beside(self, focus: str) -> tuple[Played, ...]:
        """What there is beside a recording: in the last list that it stands in, else in all that is in play."""
        listed = self._list()
        within = listed if any(item.path == focus for item in listed) else self.every
        return tuple(item for item in within if item.path != focus)

    def _other(self, focus: str | None) -> Meaning:
        if focus is None:
            return Meaning(self.newest, is_open=True)
        return _one_of(self._beside(focus))

    def _previous(self, focus: str | None) -> Meaning:
        """What was asked about before the recording in question; that itself, when there was nothing else."""
        about = {item.path for item in self.newest} if focus is None else {focus}
        for turn in self.turns:
            others = tuple(item for item in _distinct(turn.recordings) if item.path not in about)
            if others:
                return _one_of(others)
        return Meaning(self.every if len(self.every) == 1 else ())

    def _ordinal(self, number: int, focus: str | None) -> Meaning:
        """By the last list, and by the order in which recordings came into play; only where these agree it is known."""
        listed = self._list()
        if number == -1 and focus is not None:
            previous = self._previous(focus)
            if not listed or listed[-1].path == focus:
                return previous
            last = Meaning(listed[-1:])
            return last if previous.is_open and listed[-1] in previous.files else _agreed(last, previous)
        if listed:
            return _at(listed, number)
        if len(self.every) == 1:
            return Meaning(self.every if number in (1, -1) else ())
        readings = [_at(self.in_order, number)]
        if number == -1:
            readings.append(_one_of(self.newest))
        older = next((turn.recordings for turn in self.turns if len(turn.recordings) > 1), ())
        if older:
            readings.append(_at(_distinct(older), number))
        meant = readings[0]
        for reading in readings[1:]:
            meant = _agreed(meant, reading)
        return meant

    def _both(self, focus: str | None) -> Meaning:
        if len(self.newest) > 1:
            return Meaning(self.newest, is_open=len(self.newest) > 2)
        others = self._beside(focus) if focus else ()
        if len(others) == 1:
            pair = {focus, others[0].path}
            return Meaning(tuple(item for item in self.in_order if item.path in pair))
        return Meaning(self.every, is_open=bool(others))

    def _them(self) -> Meaning:
        """The last list; of recordings asked about one by one, only two are surely meant."""
        if len(self.newest) > 1 or len(self.every) <= 2:
            return Meaning(self.newest if len(self.newest) > 1 else self.in_order)
        return Meaning(self._list() or self.in_order, is_open=not self._list())

    def _measured(self, finding: str, end: int) -> Meaning:
        """The one at that end of what an answer measured in two recordings or more; open when none did, or they tie."""
        for turn in self.turns:
            listed = _distinct(turn.recordings)
            if len(listed) < 2:
                continue
            values = _values(turn.answer(), finding)
            known = sorted((values[item.subject] * end, item.path) for item in listed if item.subject in values)
            if len(known) > 1:
                (below, _), (top, path) = known[-2:]
                tie = _SAME.get(finding, 0.01 * abs(top))
                best = tuple(item for item in listed if item.path == path)
                return Meaning(listed, is_open=True) if top - below < tie else Meaning(best)
        listed = next((turn.recordings for turn in self.turns if len(turn.recordings) > 1), self.every)
        return Meaning(_distinct(listed), is_open=True)


def after_edits(recordings: Sequence[Played], evidence: Iterable[Evidence]) -> tuple[Played, ...]:
    """The recordings of a turn, each that was edited by the file that was made of it: "and normalise it" means that."""
    findings = list(evidence)
    written = {item.subject for item in findings if item.name == "edit.files"}
    made = {
        item.subject: item.value
        for item in findings
        if item.name == "edit.out" and item.subject in written and isinstance(item.value, str)
    }
    return tuple(Played(path, path) if (path := made.get(item.subject)) else item for item in recordings)


def _values(answer: dict[str, Any], finding: str) -> dict[str, float]:
    """The number that an answer found for each of its recordings."""
    found = {
        str(item.get("subject")): float(item["value"])
        for item in answer.get("evidence", ())
        if item.get("name") == finding and not item.get("rank") and _is_number(item.get("value"))
    }
    beside = {step.get("subject"): step["beside"] for step in answer.get("plan", ()) if step.get("beside")}
    for item in () if len(found) > 1 else answer.get("evidence", ()):
        is_one = item.get("name") == _DIFFERENCES.get(finding) and _is_number(item.get("value"))
        if is_one and item.get("subject") in beside:
            found = {beside[item["subject"]]: 0.0, str(item["subject"]): float(item["value"])}
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _distinct(items: Iterable[Played]) -> tuple[Played, ...]:
    """Each recording once, in the order in which they come up first."""
    found: dict[str, Played] = {}
    for item in items:
        found.setdefault(item.path, item)
    return tuple(found.values())


def _one_of(files: tuple[Played, ...]) -> Meaning:
    return Meaning(files, is_open=len(files) > 1)


def _at(files: tuple[Played, ...], number: int) -> Meaning:
    """The one at a place that is counted from 1, or the last; open when there are not so many."""
    place = number if number < 0 else number - 1
    return Meaning(files, is_open=True) if place >= len(files) else Meaning((files[place],))


def _agreed(one: Meaning, other: Meaning) -> Meaning:
    if one == other or not other.files:
        return one
    return Meaning(_distinct((*one.files, *other.files)), is_open=True) if one.files else other
