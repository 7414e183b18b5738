"""Whether two recordings fit, told anew where their owner says another tempo or key of one than was measured."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..audio.comparison.fit import KeyFit, TempoFit, fit_key, fit_tempo, judge_fit
from ..messages import EVIDENCE_UNITS, Evidence, Json, Source
from ..theory.keys import from_camelot

_RATIO, _STRETCH, _AFTER = "compare.tempo_ratio", "compare.stretch_percent", "compare.stretched_tempo_bpm"
_RELATION, _SHIFT, _FIT = "compare.key_relation", "compare.shift_semitones", "compare.fit"
_TEMPO, _KEY = (_RATIO, _STRETCH, _AFTER), (_RELATION, _SHIFT)
_CODES = re.compile(r"\((\d{1,2}[AB]) and (\d{1,2}[AB])\)")


def refitted(
    evidence: Sequence[Evidence], first: Mapping[str, Json], second: Mapping[str, Json], source: Source
) -> tuple[Evidence, ...]:
    """The evidence of a comparison with what follows from tempi and keys that were told.

    first, second : what was told of each recording, by field ("tempo", "key")
    source : of whoever told it; what rests on a measurement as well is no surer than before
    """
    if not evidence:
        return ()
    tempi, keys = _tempi(evidence), _keys(evidence)
    told_tempi = (first.get("tempo", tempi[0]), second.get("tempo", tempi[1]))
    told_keys = (first.get("key", keys[0]), second.get("key", keys[1]))
    if (told_tempi, told_keys) == (tempi, keys):
        return tuple(evidence)
    a, b = told_tempi
    tempo = fit_tempo(float(a), float(b)) if isinstance(a, int | float) and isinstance(b, int | float) else None
    key = fit_key(*map(str, told_keys)) if None not in told_keys else None
    sure = {
        "tempo": 1.0 if "tempo" in first and "tempo" in second else _sure(evidence, _RATIO),
        "key": 1.0 if "key" in first and "key" in second else _sure(evidence, _RELATION),
    }
    fresh = [*_of_tempo(tempo, sure["tempo"]), *_of_key(key, sure["key"])]
    fit = judge_fit(tempo, key)
    if fit is not None:
        least = min([sure["tempo"]] * (tempo is not None) + [sure["key"]] * (key is not None))
        fresh.append((_FIT, "label", fit, least, 0))
    like = evidence[0]
    kept = [item for item in evidence if item.name not in (*_TEMPO, *_KEY, _FIT)]
    made = [
        replace(like, name=name, kind=kind, value=value, unit=EVIDENCE_UNITS[kind], confidence=sure, rank=rank,
                source=source, span=None)
        for name, kind, value, sure, rank in fresh
    ]  # fmt: skip
    return (*kept, *made)


def _tempi(evidence: Sequence[Evidence]) -> tuple[Json, Json]:
    """Both tempi, from what was computed of them."""
    ratio, stretch, after = (_number(evidence, name) for name in _TEMPO)
    if ratio is None or stretch is None or after is None:
        return None, None
    second = after / (1.0 + stretch / 100.0)
    return round(second / ratio, 3), round(second, 3)


def _keys(evidence: Sequence[Evidence]) -> tuple[Json, Json]:
    relation = next((item.value for item in evidence if item.name == _RELATION), None)
    codes = _CODES.search(str(relation))
    return (from_camelot(codes[1]), from_camelot(codes[2])) if codes else (None, None)


def _number(evidence: Sequence[Evidence], name: str) -> float | None:
    found = next((item.value for item in evidence if item.name == name), None)
    return float(found) if isinstance(found, int | float) else None


def _sure(evidence: Sequence[Evidence], name: str) -> float:
    return next((item.confidence for item in evidence if item.name == name), 1.0)


def _of_tempo(tempo: TempoFit | None, sure: float) -> list[tuple[str, str, Json, float, int]]:
    if tempo is None:
        return []
    return [
        (_RATIO, "number", tempo.ratio, sure, 0),
        (_STRETCH, "share", tempo.stretch_percent, sure, 0),
        (_AFTER, "tempo", tempo.tempo_bpm, sure, 0),
    ]


def _of_key(key: KeyFit | None, sure: float) -> list[tuple[str, str, Json, float, int]]:
    if key is None:
        return []
    found: list[tuple[str, str, Json, float, int]] = [
        (_RELATION, "label", f"{key.relation} ({key.codes[0]} and {key.codes[1]})", sure, 0),
        (_SHIFT, "interval", key.shift_semitones, sure, 0),
    ]
    return found if key.nearest_semitones is None else [*found, (_SHIFT, "interval", key.nearest_semitones, sure, 1)]
