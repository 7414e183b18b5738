from pathlib import Path

import pytest

from grym_synth.health.signals import DISK, MEMORY, Signal, pressure_of, read_signals, state_of, worst


@pytest.mark.parametrize(
    ("used", "pressure"), [(0.0, 0.0), (0.4, 0.35), (0.8, 0.7), (0.85, 0.8), (0.9, 0.9), (0.97, 1.0), (5.0, 1.5)]
)
def test_memory_pressure_runs_through_its_thresholds(used: float, pressure: float) -> None:
    assert pressure_of(used, MEMORY) == pytest.approx(pressure)


@pytest.mark.parametrize(("free", "pressure"), [(100e9, 0.0), (5e9, 0.7), (1e9, 0.9), (0.2e9, 1.0), (0.0, 1.025)])
def test_disk_pressure_rises_as_free_space_falls(free: float, pressure: float) -> None:
    assert pressure_of(free, DISK, zero=100e9) == pytest.approx(pressure)


@pytest.mark.parametrize(
    ("pressure", "state"), [(0.69, "healthy"), (0.70, "warning"), (0.90, "critical"), (1.5, "critical")]
)
def test_state_follows_pressure(pressure: float, state: str) -> None:
    assert state_of(pressure) == state


def test_worst_signal_is_named() -> None:
    assert worst({"memory": Signal(0.5, 0.4), "disk": Signal(1e9, 0.9)}) == ("disk", Signal(1e9, 0.9))


def test_this_host_can_be_read_even_before_the_home_exists(tmp_path: Path) -> None:
    signals = read_signals(tmp_path / "not" / "yet")
    assert 0.0 < signals["memory"].value <= 1.0
    assert signals["disk"].value > 0
