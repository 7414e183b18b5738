"""A comparison is told anew by what the owner said of its recordings, as if it had been measured so."""

from __future__ import annotations

import pytest

from grym_synth.messages import EVIDENCE_UNITS, Evidence, Json, Source
from grym_synth.tuning.fitting import refitted

MEASURED, TOLD = Source("compare", "1", "measured"), Source("owner", "", "told")


def item(name: str, kind: str, value: Json, sure: float = 0.8) -> Evidence:
    return Evidence("", f"compare.{name}", kind, value, EVIDENCE_UNITS[kind], sure, "b.wav", MEASURED)


def compared() -> list[Evidence]:
    """96 BPM in C major against 120 BPM in A minor."""
    return [
        item("loudness_difference_lu", "loudness_difference", 1.5),
        item("tempo_ratio", "number", 1.25),
        item("stretch_percent", "share", -20.0),
        item("stretched_tempo_bpm", "tempo", 96.0),
        item("key_relation", "label", "relative keys (8B and 8A)", 0.6),
        item("shift_semitones", "interval", 0, 0.6),
        item("fit", "label", "fits with a clear stretch", 0.6),
    ]


def values(evidence: tuple[Evidence, ...]) -> dict[str, Json]:
    return {each.name.removeprefix("compare."): each.value for each in evidence if each.rank == 0}


def test_what_was_not_told_stays_as_it_was_measured() -> None:
    assert refitted(compared(), {}, {}, TOLD) == tuple(compared())
    assert refitted(compared(), {"key": "C major"}, {"tempo": 120.0}, TOLD) == tuple(compared())


def test_a_told_tempo_is_fitted_against_the_measured_one() -> None:
    found = values(refitted(compared(), {"tempo": 118.0}, {}, TOLD))
    assert found["tempo_ratio"] == pytest.approx(120.0 / 118.0)
    assert found["stretch_percent"] == pytest.approx(-100.0 * 2.0 / 120.0)
    assert found["stretched_tempo_bpm"] == pytest.approx(118.0)
    assert found["key_relation"] == "relative keys (8B and 8A)"
    assert found["fit"] == "fits with a small stretch"
    assert found["loudness_difference_lu"] == 1.5


def test_a_told_key_may_clash() -> None:
    found = refitted(compared(), {}, {"key": "F# major"}, TOLD)
    assert values(found)["key_relation"] == "keys that clash (8B and 2B)"
    assert values(found)["fit"] == "fits with a clear stretch and a shift of pitch"
    relation = next(each for each in found if each.name == "compare.key_relation")
    assert (relation.source, relation.confidence) == (TOLD, 0.6), "the other key is only measured"


def test_both_told_are_certain_and_need_no_measurement() -> None:
    told: dict[str, Json] = {"tempo": 100.0, "key": "A minor"}
    found = refitted(compared()[:1], told, told, TOLD)
    assert values(found)["fit"] == "fits as it is"
    assert {each.confidence for each in found if each.source == TOLD} == {1.0}


def test_one_told_beside_one_that_could_not_be_measured_says_nothing() -> None:
    assert values(refitted(compared()[:1], {"tempo": 100.0}, {}, TOLD)) == {"loudness_difference_lu": 1.5}
