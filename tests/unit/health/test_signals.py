from pathlib import Path

import pytest

from grym_synth.health.readings import read_host
from grym_synth.health.signals import RULES, Signal, configured, measure, pressure_of, state_of, worst


@pytest.mark.parametrize(
    ("used", "pressure"), [(0.0, 0.0), (0.4, 0.35), (0.8, 0.7), (0.85, 0.8), (0.9, 0.9), (0.97, 1.0), (5.0, 1.5)]
)
def test_memory_pressure_runs_through_its_thresholds(used: float, pressure: float) -> None:
    assert pressure_of(used, RULES["memory"]) == pytest.approx(pressure)


@pytest.mark.parametrize(("free", "pressure"), [(100e9, 0.0), (5e9, 0.7), (1e9, 0.9), (0.2e9, 1.0), (0.0, 1.025)])
def test_disk_pressure_rises_as_free_space_falls(free: float, pressure: float) -> None:
    assert pressure_of(free, RULES["disk"], zero=100e9) == pytest.approx(pressure)


@pytest.mark.parametrize(
    ("pressure", "state"), [(0.69, "healthy"), (0.70, "warning"), (0.90, "critical"), (1.5, "critical")]
)
def test_state_follows_pressure(pressure: float, state: str) -> None:
    assert state_of(pressure) == state


def test_worst_signal_is_named() -> None:
    assert worst({"memory": Signal(0.5, 0.4), "disk": Signal(1e9, 0.9)}) == ("disk", Signal(1e9, 0.9))


def test_this_host_can_be_read_even_before_the_home_exists(tmp_path: Path) -> None:
    signals = read_host(tmp_path / "not" / "yet")
    assert 0.0 < signals["memory"].value <= 1.0
    assert signals["disk"].value > 0
    assert 0.0 <= signals["cpu"].pressure <= 0.89


def test_work_that_waits_for_cores_can_warn_and_never_refuse() -> None:
    assert measure("cpu", 0.40).state == "warning"
    assert max(measure("cpu", share / 10).pressure for share in range(200)) == 0.89


@pytest.mark.parametrize("name", ["pool", "store"])
def test_what_nobody_waits_for_is_no_trouble_however_full(name: str) -> None:
    assert measure(name, 1.0, waiting=False).state == "healthy"
    assert measure(name, 1.0, waiting=True).pressure == 1.0
    assert measure(name, 0.0, waiting=False, hard=True).pressure == 1.0, "but a hard fault is one all the same"


@pytest.mark.parametrize("name", sorted(RULES))
def test_pressure_never_falls_as_a_reading_gets_worse(name: str) -> None:
    rule = RULES[name]
    zero = 100e9 if name == "disk" else 0.0
    worst_value = 0.0 if name == "disk" else 10.0 * rule.critical
    values = [zero + (worst_value - zero) * step / 1000 for step in range(1001)]
    pressures = [pressure_of(value, rule, zero=zero) for value in values]
    assert pressures == sorted(pressures)
    assert pressures[0] == 0.0
    assert all(0.0 <= pressure <= 1.5 for pressure in pressures)
    assert pressure_of(rule.warn, rule, zero=zero) == pytest.approx(0.70)
    assert pressure_of(rule.critical, rule, zero=zero) == pytest.approx(0.90)


def test_what_has_no_hard_limit_is_never_hard_by_its_value() -> None:
    for name, rule in RULES.items():
        if rule.hard is None:
            assert measure(name, 1e6).pressure < 1.0


def test_limits_can_be_set_and_what_makes_no_sense_is_refused() -> None:
    rules = configured({"memory": [0.5, 0.6, 0.7], "disk": [9e9, 8e9, 7e9], "cpu": [0.2, 0.3]})
    assert measure("memory", 0.6, rules=rules).pressure == pytest.approx(0.9)
    assert measure("disk", 8e9, zero=1e12, rules=rules).pressure == pytest.approx(0.9)
    for wrong in ({"memory": [0.6, 0.5, 0.7]}, {"memory": [0.5, 0.6]}, {"cpu": [0.1, 0.2, 0.3]}, {"moon": [1, 2, 3]}):
        with pytest.raises(ValueError, match=r"limits of|no signal"):
            configured(wrong)
