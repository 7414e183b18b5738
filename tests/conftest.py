"""What tests share: a home of their own, and recordings with a known truth, made from a seed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import settings
from tests import postgres_world
from tests.ready_process import READY

from grym_synth.config import Config
from grym_synth.storage.opening import open_store
from grym_synth.storage.store import Store

SR = 44100

# Where this is set, each of the many processes that tests start would compile the whole program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same examples in every run: what fails, fails again. `HYPOTHESIS_SEARCH=1` looks for others.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("search" if os.environ.get("HYPOTHESIS_SEARCH") else "same")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings whose home is this test's own."""
    return Config(home=tmp_path / "home", cpu=2)


@pytest.fixture(scope="session", autouse=True)
def ready_process() -> Iterator[None]:
    """Ends the process from which commands are forked, if any was."""
    yield
    READY.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_world.PostgresWorld]:
    """One real Postgres for all tests of this process; each takes a database of its own."""
    with postgres_world.running() as world:
        yield world


@pytest.fixture(params=["sqlite", "postgres", "pooler"])
def any_place(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """A home whose store is SQLite, Postgres itself, or Postgres behind a pooler in transaction mode."""
    if request.param == "sqlite":
        return Config(home=tmp_path)
    if request.param == "pooler" and postgres_world.POOLER is None:
        pytest.skip(postgres_world.NO_POOLER)
    world = request.getfixturevalue("postgres")
    name = world.of_ours()
    address = world.pooled(name) if request.param == "pooler" else world.address(name)
    return Config(home=tmp_path, store=address, store_session=world.address(name))


@pytest.fixture
def any_store(any_place: Config) -> Iterator[Store]:
    """What every store must do alike."""
    store = open_store(any_place)
    yield store
    store.close()


@pytest.fixture
def make_loop(tmp_path: Path) -> Callable[..., Path]:
    """Write a drum loop with a bass in A minor at a given tempo; returns its path."""

    def make(name: str = "loop.wav", *, tempo_bpm: float = 120.0, seconds: float = 12.0, gain: float = 0.5) -> Path:
        path = tmp_path / name
        soundfile.write(path, gain * drum_loop(tempo_bpm, seconds), SR, subtype="PCM_16")
        return path

    return make


def drum_loop(tempo_bpm: float, seconds: float) -> np.ndarray:
    """Kick on 1 and 3, snare on 2 and 4, hats on eighths, a bass line A C E G: (n, 2), peak 1."""
    rng = np.random.default_rng(7)
    n = int(seconds * SR)
    y = np.zeros(n + SR)
    beat = 60.0 / tempo_bpm

    def add(at: float, sound: np.ndarray) -> None:
        i = round(at * SR)
        if i < n:
            y[i : i + len(sound)] += sound[: len(y) - i]

    t = np.arange(int(0.25 * SR)) / SR
    kick = np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-t * 30)))) * np.exp(-t * 14)
    snare = 0.6 * rng.standard_normal(len(t)) * np.exp(-t * 22)
    hat = 0.25 * np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-t * 60)
    for k in range(int(seconds / beat) + 1):
        add(k * beat, kick if k % 2 == 0 else snare)
        add(k * beat, hat)
        add((k + 0.5) * beat, hat)
        midi = (45, 48, 52, 43)[(k // 2) % 4] if k % 8 else 45
        tone_t = np.arange(int(beat * 0.9 * SR)) / SR
        f = 440.0 * 2 ** ((midi - 69) / 12)
        tone = sum(np.sin(2 * np.pi * f * h * tone_t) / h for h in range(1, 6))
        add(k * beat, 0.3 * tone * np.exp(-tone_t * 2))
    y = y[:n] / np.abs(y[:n]).max()
    return np.stack([y, 0.9 * y], axis=1)
