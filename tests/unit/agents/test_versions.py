"""A fit that changes changes what is told of a recording, so the version of who tells it is raised with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grym_synth import audio
from grym_synth.agents import listen

DATA = Path(audio.__file__).parent / "data"
VERSION = "2"
SUMS = {
    "calibration.json": "fd9e80cd84a49ec0",
    "chords.npz": "a1e69af987205447",
    "keys.npz": "4abbd9cb96edbd89",
    "metre.json": "70f3213991b78213",
    "one_shots.npz": "3e2a2e43ebbbe3af",
}


def test_the_version_of_listening_is_raised_with_its_data() -> None:
    """What was heard by another version is described anew and never mixed with this one: that hangs on the number."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in DATA.iterdir() if path.is_file()}
    assert (listen.VERSION, found) == (VERSION, SUMS), (
        "raise VERSION in agents/listen.py, run scripts/pin_agents.py, and write both down here"
    )
