"""The edit agent: a new file and evidence of it, gaps for what cannot be made, and nothing half when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from grym_synth.agent_stdio import Call, CallCancelled
from grym_synth.agents import edit as agent
from grym_synth.agents.edit import edit
from grym_synth.errors import BadRequest
from grym_synth.messages import evidence_from_json, evidence_to_json

SR = 44100
SCRIPT = str(agent.__file__)


@pytest.fixture
def song(tmp_path: Path) -> str:
    y = 0.1 * np.random.default_rng(0).standard_normal((2 * SR, 2))
    soundfile.write(tmp_path / "song.wav", y, SR, subtype="PCM_16")
    return str(tmp_path / "song.wav")


def test_a_new_file_comes_with_evidence_of_it(song: str, tmp_path: Path) -> None:
    out = str(tmp_path / "new.flac")
    arguments = {"path": song, "subject": "song", "ops": ["trim=0-1", "normalise=-20LUFS"], "out": out}
    result = edit(arguments, Call())
    values = {item.name: item.value for item in result.evidence}
    assert values["edit.out"] == out
    assert values["edit.files"] == 1
    assert values["edit.duration_s"] == 1.0
    assert values["edit.loudness_lufs"] == pytest.approx(-20.0, abs=0.05)
    assert values["edit.form"] == "FLAC 16 bit 44.1 kHz"
    assert {"edit.true_peak_dbtp", "edit.gain_db", "edit.sidecar"} <= set(values)
    assert all(evidence_from_json(evidence_to_json(item)) == item for item in result.evidence)
    assert {item.capability for item in result.evidence} == {"edit"}
    assert {item.subject for item in result.evidence} == {"song"}
    assert result.gaps == ()
    assert soundfile.info(out).frames == SR


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"path": "missing.wav"}, "unreadable"),
        ({"ops": ["fly"]}, "bad_request"),
        ({"ops": ["trim=0-99"]}, "bad_request"),
        ({"ops": []}, "unsupported"),
        ({"out": "no/such/folder/new.wav"}, "bad_request"),
        ({"out": "new.doc"}, "bad_request"),
    ],
)
def test_what_cannot_be_made_is_a_gap_that_says_why(
    changed: dict[str, Any], code: str, song: str, tmp_path: Path
) -> None:
    arguments = {"path": song, "ops": ["reverse"], "out": str(tmp_path / "new.wav"), **changed}
    result = edit(arguments, Call())
    assert result.evidence == ()
    (gap,) = result.gaps
    assert (gap.capability, gap.code) == ("edit", code)
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_a_file_that_is_there_is_replaced_only_on_demand(song: str, tmp_path: Path) -> None:
    arguments = {"path": song, "ops": ["reverse"], "out": str(tmp_path / "new.wav")}
    assert edit(arguments, Call()).evidence
    assert edit(arguments, Call()).gaps
    assert edit({**arguments, "replace": True}, Call()).evidence
    before = Path(song).read_bytes()
    assert edit({**arguments, "out": song, "replace": True}, Call()).gaps
    assert Path(song).read_bytes() == before


@pytest.mark.parametrize("out", ["", "asked.flac"])
def test_a_dry_run_tells_what_would_be_made_and_writes_nothing(out: str, song: str, tmp_path: Path) -> None:
    arguments = {"path": song, "subject": "song", "ops": ["trim=0-1", "fade-out=0.5"], "dry_run": True}
    result = edit({**arguments, "out": out and str(tmp_path / out)}, Call())
    values: dict[str, Any] = {item.name: item.value for item in result.evidence}
    name = out or "song-edited.wav"
    assert values["edit.out"] == str(tmp_path / name)
    assert values["edit.plan"]["orders"] == ["keep the first 1 s", "fade it out over the last 0.5 s"]
    assert values["edit.output"]["name"] == name
    assert values["edit.duration_s"] == 1.0
    assert "edit.sidecar" not in values
    assert [gap.code for gap in result.gaps] == ["consent"]
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


@pytest.mark.parametrize(
    "changed", [{"ops": ["trim=0-99"]}, {"path": "missing.wav"}, {"out": "/no/such/folder/new.wav"}]
)
def test_a_dry_run_finds_what_the_edit_would_stumble_over(changed: dict[str, Any], song: str, tmp_path: Path) -> None:
    arguments = {"path": song, "ops": ["reverse"], "dry_run": True, **changed}
    (gap,) = edit(arguments, Call()).gaps
    arguments["dry_run"] = False
    assert edit(arguments, Call()).gaps[0].reason == gap.reason


def test_an_edit_that_nobody_named_lies_beside_the_recording_and_takes_no_other_name(song: str, tmp_path: Path) -> None:
    for name in ("song-edited.wav", "song-edited-2.wav", "song-edited-3.wav"):
        planned = edit({"path": song, "ops": ["reverse"], "dry_run": True}, Call())
        made = edit({"path": song, "ops": ["reverse"]}, Call())
        assert planned.evidence[0].value == made.evidence[0].value == str(tmp_path / name)
    again = edit({"path": str(tmp_path / "song-edited.wav"), "ops": ["convert=flac"]}, Call())
    assert again.evidence[0].value == str(tmp_path / "song-edited.flac")


@pytest.mark.parametrize(
    "wrong",
    [{"ops": "reverse"}, {"ops": [1]}, {"out": 7}, {"replace": "yes"}, {"capabilities": "edit"}, {"dry_run": 1}],
)
def test_arguments_of_the_wrong_type_are_refused(wrong: dict[str, Any], song: str) -> None:
    with pytest.raises(BadRequest):
        edit({"path": song, "ops": ["reverse"], "out": "/nowhere/new.wav", **wrong}, Call())


def test_a_cancelled_call_ends_and_leaves_nothing(song: str, tmp_path: Path) -> None:
    call = Call()
    call.cancelled.set()
    with pytest.raises(CallCancelled):
        edit({"path": song, "ops": ["reverse"], "out": str(tmp_path / "new.wav")}, call)
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


@pytest.mark.slow
def test_by_hand_it_makes_the_file_and_prints_the_evidence(song: str, tmp_path: Path) -> None:
    words = [sys.executable, SCRIPT, song, "fade-out=1", "trim=0-1", "--out", "new.wav"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0]["value"] == str(tmp_path / "new.wav")
    assert soundfile.info(tmp_path / "new.wav").frames == SR
    again = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 3
    assert "--replace" in json.loads(again.stdout)["gap"]["hint"]


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.3])
def test_killed_half_way_no_half_file_has_the_name(after_s: float, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "long.wav", np.random.default_rng(0).standard_normal((120 * SR, 2)) * 0.1, SR)
    words = [sys.executable, SCRIPT, "long.wav", "normalise=-20LUFS", "--out", "new.flac"]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL)
    while process.poll() is None and not any(path.name.startswith(".grym-") for path in tmp_path.iterdir()):
        time.sleep(0.005)
    time.sleep(after_s)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".grym-")}
    if "new.flac" in left:  # it was done
        assert soundfile.info(tmp_path / "new.flac").frames == 120 * SR
    else:
        assert left <= {"long.wav", "new.flac.grym.json"}
