"""Bounds that a question sets: tempo, loudness, true peak and length, in seven languages."""

from __future__ import annotations

import pytest

from grym_synth.planning.slots import read_slots


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("loops faster than 120 bpm", [120.0, None]),
        ("songs slower than 90", [None, 90.0]),
        ("everything between 118 and 124 bpm", [118.0, 124.0]),
        ("120-125 bpm please", [120.0, 125.0]),
        ("at least 100 bpm", [100.0, None]),
        ("faster than 100 but slower than 120", [100.0, 120.0]),
        ("alles über 140 bpm", [140.0, None]),
        ("langsamer als 80", [None, 80.0]),
        ("zwischen 120 und 125 bpm", [120.0, 125.0]),
        ("más rápidas que 130", [130.0, None]),
        ("entre 100 y 110 bpm", [100.0, 110.0]),
        ("plus lent que 90 bpm", [None, 90.0]),
        ("entre 100 et 110 bpm", [100.0, 110.0]),
        ("mais rápidas do que 130", [130.0, None]),
        ("menos de 90 bpm", [None, 90.0]),
        ("più veloce di 150", [150.0, None]),
        ("tra 90 e 95 bpm", [90.0, 95.0]),
        ("snabbare än 150", [150.0, None]),
        ("mellan 90 och 95 bpm", [90.0, 95.0]),
    ],
)
def test_tempo_is_bounded(question: str, bounds: list[float | None]) -> None:
    slots = read_slots(question, [])
    assert slots["ranges"] == {"tempo_bpm": bounds}
    assert "tempos_bpm" not in slots  # a bound is not a tempo that something has


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("louder than -10 LUFS", [-10.0, None]),
        ("which are over -8 LUFS", [-8.0, None]),
        ("quieter than -20", [None, -20.0]),
        ("between -16 and -14 LUFS", [-16.0, -14.0]),
        ("leiser als -20 LUFS", [None, -20.0]),
        ("más fuertes que -9 LUFS", [-9.0, None]),
        ("plus fort que -9 LUFS", [-9.0, None]),
        ("mais altas que -9", [-9.0, None]),
        ("più forti di -9 LUFS", [-9.0, None]),
        ("starkare än -9", [-9.0, None]),
    ],
)
def test_loudness_is_bounded(question: str, bounds: list[float | None]) -> None:
    assert read_slots(question, [])["ranges"] == {"integrated_lufs": bounds}


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("songs under three minutes", [None, 180.0]),
        ("longer than 5 min", [300.0, None]),
        ("over 10 minutes", [600.0, None]),
        ("kürzer als 2 Minuten", [None, 120.0]),
        ("más largas que 3 minutos", [180.0, None]),
        ("plus court que 30 secondes", [None, 30.0]),
        ("mais curtas que 30 segundos", [None, 30.0]),
        ("più lunghi di 4 minuti", [240.0, None]),
        ("kortare än 20 sekunder", [None, 20.0]),
    ],
)
def test_length_is_bounded(question: str, bounds: list[float | None]) -> None:
    assert read_slots(question, [])["ranges"] == {"duration_s": bounds}


def test_true_peak_keeps_its_sign() -> None:
    assert read_slots("above 0.5 dBTP", [])["ranges"] == {"true_peak_dbtp": [0.5, None]}
    assert read_slots("above -1 dBTP", [])["ranges"] == {"true_peak_dbtp": [-1.0, None]}


@pytest.mark.parametrize(
    "question",
    [
        "how fast is it", "stretch it to 128 bpm", "fade out over 8 seconds", "is it at -14 LUFS", "a minute long",
        "faster than light", "between 20 and 200 Hz", "shorten it by more than 3 seconds", "trim from 10 s to 20 s",
    ],
)  # fmt: skip
def test_nothing_is_bounded_where_no_bound_is_said(question: str) -> None:
    assert "ranges" not in read_slots(question, [])
