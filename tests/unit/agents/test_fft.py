"""The fft agent: spectra of parts, files behind handles, tiles, and gaps for what cannot be had."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from grym_synth.agent_stdio import Call, CallCancelled, Result
from grym_synth.agents import fft as agent
from grym_synth.agents.fft import fft
from grym_synth.errors import BadRequest
from grym_synth.messages import evidence_from_json, evidence_to_json
from grym_synth.resources.handles import Handles

SR = 16_000


def tone(hz: float, seconds: float = 2.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * SR)) / SR)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Tones whose place is known: 1 kHz then 3 kHz, left 500 Hz and right 2 kHz, seven channels of 400, 800, ..."""
    folder = tmp_path_factory.mktemp("recordings")
    broken = tone(1_000.0)
    broken[100:200] = np.nan
    sounds = {
        "two": (np.concatenate([tone(1_000.0), tone(3_000.0)]), "PCM_24"),
        "floats": (np.concatenate([tone(1_000.0), tone(3_000.0)]), "FLOAT"),
        "stereo": (np.stack([tone(500.0), tone(2_000.0)], axis=1), "PCM_24"),
        "seven": (np.stack([tone(400.0 * (i + 1)) for i in range(7)], axis=1), "PCM_24"),
        "silent": (np.zeros(SR), "PCM_16"),
        "one": (np.array([0.5]), "PCM_16"),
        "nan": (np.full(SR, np.nan), "FLOAT"),
        "broken": (broken, "FLOAT"),
    }
    for name, (y, subtype) in sounds.items():
        soundfile.write(folder / f"{name}.wav", y, SR, subtype=subtype)
    (folder / "empty.wav").write_bytes(b"")
    (folder / "text.wav").write_text("no sound")
    return {path.stem: str(path) for path in folder.iterdir()}


def asked(path: str, **arguments: Any) -> Result:
    return fft({"path": path, "subject": "a", **arguments}, Call())


def values(result: Result) -> dict[str, Any]:
    return {item.name: item.value for item in result.evidence}


def peak(result: Result) -> float:
    return float(values(result)["fft.peaks"][0]["frequency_hz"])


def gap(result: Result) -> str:
    assert not result.evidence
    (only,) = result.gaps
    assert (only.capability, only.subject) == ("fft", "a")
    return f"{only.code}: {only.reason}"


def test_a_spectrum_names_the_tones_it_holds(files: dict[str, str]) -> None:
    result = asked(files["two"])
    first, second = values(result)["fft.peaks"][:2]
    assert sorted(round(line["frequency_hz"]) for line in (first, second)) == [1_000, 3_000]
    for line in (first, second):  # each sounds half the time: 3 dB less than its level
        assert line["level_dbfs"] == pytest.approx(-6.02 - 3.01, abs=0.1)
    assert values(result)["fft.shape"] == [1, 1025]
    assert "fft.handle" not in values(result)
    assert result.gaps == ()


@pytest.mark.parametrize("name", ["two", "floats"])
@pytest.mark.parametrize(
    ("part", "hz"),
    [
        ({"end_s": 1.9}, 1_000.0),
        ({"start_s": 2.1}, 3_000.0),
        ({"start_s": 2.1, "end_s": 99.0}, 3_000.0),
        ({"at_s": 0.5}, 1_000.0),
        ({"at_s": 3.0, "n_fft": 64}, 3_000.0),
        ({"start_s": 2.5, "end_s": 2.5001}, 3_000.0),
    ],
)
def test_a_part_is_what_was_asked_for(files: dict[str, str], name: str, part: dict[str, Any], hz: float) -> None:
    if part.get("end_s") == 2.5001:  # two samples have no peak, but they have a level
        assert values(asked(files[name], **part))["fft.shape"] == [1, 1025]
    else:
        assert peak(asked(files[name], **part)) == pytest.approx(hz, abs=2.0)


@pytest.mark.parametrize(
    ("name", "channel", "hz"),
    [("stereo", "left", 500.0), ("stereo", "right", 2_000.0), ("stereo", 1, 2_000.0), ("seven", 6, 2_800.0)],
)
def test_a_channel_is_heard_alone(files: dict[str, str], name: str, channel: str | int, hz: float) -> None:
    result = asked(files[name], channel=channel)
    assert peak(result) == pytest.approx(hz, abs=1.0)
    assert len(values(result)["fft.peaks"]) == 1


def test_the_mix_holds_all_channels(files: dict[str, str]) -> None:
    peaks = values(asked(files["seven"]))["fft.peaks"]
    assert sorted(round(line["frequency_hz"]) for line in peaks[:7]) == [400 * (i + 1) for i in range(7)]


def test_the_answer_is_stored_behind_a_handle_that_the_hub_reads(files: dict[str, str], tmp_path: Path) -> None:
    handles = Handles(tmp_path)
    found = values(asked(files["two"], operation="spectrogram", handles=str(tmp_path), scale="mel"))
    match = re.fullmatch(r"fft://([A-Za-z0-9_-]{32})/data", found["fft.handle"])
    assert match
    assert found["fft.expires_s"] == 900.0
    with handles.open(match[1]) as source:
        assert list(source.shape) == found["fft.shape"] == [1 + (4 * SR - 2048) // 512, 128]
        loudest = source.centres_hz[source[0 : len(source)].argmax(axis=1)]
        low, high = found["fft.range_dbfs"]
        assert source[0:10].min() >= low - 1e-6
        assert source.meaning.highest_dbfs == pytest.approx(high, abs=1e-5)
    assert np.abs(loudest[:50] - 1_000.0).max() < 40.0
    assert np.abs(loudest[-50:] - 3_000.0).max() < 80.0
    assert handles.path(match[1]).stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("form", ["png", "numbers"])
def test_a_tile_is_cut_from_what_was_stored(files: dict[str, str], tmp_path: Path, form: str) -> None:
    assert asked(files["two"], operation="spectrogram", handles=str(tmp_path)).evidence
    (path,) = tmp_path.iterdir()
    result = asked(
        str(path), operation="tile", form=form, start_s=2.5, low_hz=2_000.0, high_hz=4_000.0, width=20, height=10
    )
    found = values(result)
    assert found["fft.shape"] == [20, 10]
    if form == "png":
        assert base64.b64decode(found["fft.tile"]["png_base64"]).startswith(b"\x89PNG")
    else:
        tile = found["fft.tile"]
        assert np.array(tile["levels_dbfs"]).shape == (20, 10)
        assert 2.4 < tile["times_s"][0] < tile["times_s"][-1] < 4.0
        loudest = np.array(tile["centres_hz"])[np.array(tile["levels_dbfs"]).argmax(axis=1)]
        assert np.abs(loudest - 3_000.0).max() < 120.0
    assert all(evidence_from_json(evidence_to_json(item)) == item for item in result.evidence)


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("empty", {}, "unreadable: .* is empty"),
        ("text", {}, "unreadable: .* it is text"),
        ("nan", {}, "unreadable: .* not numbers"),
        ("silent", {}, "unmeasurable: that part is silent"),
        ("two", {"start_s": 4.0}, r"bad_request: .* from 4 s on, the recording ends at 4\.000 s"),
        ("two", {"at_s": 1e9}, "bad_request: .* the recording ends at 4.000 s"),
        ("two", {"start_s": 3, "end_s": 2}, "bad_request: the end .2 s. must come after the start .3 s."),
        ("two", {"at_s": 1, "end_s": 2}, "bad_request: at_s is one window"),
        ("two", {"start_s": float("nan")}, "bad_request: start_s must be seconds"),
        ("two", {"start_s": "1"}, "bad_request: start_s must be seconds"),
        ("two", {"end_s": -1}, "bad_request: end_s must be seconds"),
        ("two", {"channel": "right"}, "bad_request: there is no channel 'right': it has 1"),
        ("two", {"channel": 7}, "bad_request: there is no channel 7"),
        ("two", {"channel": "middle"}, "bad_request: channel must be mix, left, right or 0..63"),
        ("two", {"channel": [1]}, "bad_request: channel must be"),
        ("two", {"n_fft": 8}, "bad_request: n_fft must be a whole number in 16..1048576"),
        ("two", {"operation": "sing"}, "bad_request: unknown operation 'sing'"),
        ("two", {"handles": "/no/such/folder"}, "bad_request: the folder '/no/such/folder' for handles is not there"),
        ("two", {"handles": "x" * 5_000}, "bad_request: the folder 'xxx"),
        ("two", {"handles": "a\0b"}, "bad_request: the folder "),
        ("two", {"handles": ""}, "bad_request: the folder "),
        ("two", {"handles": "."}, "bad_request: the folder "),
        ("two", {"handles": 7}, "bad_request: the folder '7'"),
        ("two", {"operation": "tile"}, "bad_request: .* is not a stored spectrum"),
        ("two", {"operation": "tile", "width": 5000}, "bad_request: width must be a whole number in 1..4096"),
        ("two", {"operation": "tile", "form": "numbers"}, "bad_request: 1024 x 512 numbers are too many"),
        ("two", {"operation": "tile", "form": "gif"}, "bad_request: unknown form 'gif'"),
    ],
)
def test_what_cannot_be_had_is_a_gap_that_says_why(
    files: dict[str, str], name: str, arguments: dict[str, Any], words: str
) -> None:
    assert re.match(words, gap(asked(files[name], **arguments)))


def test_a_part_without_numbers_is_silent_and_says_why(files: dict[str, str]) -> None:
    result = asked(files["nan"], at_s=0.1, n_fft=512)
    assert [gap.code for gap in result.gaps] == ["partial", "unmeasurable"]
    assert "not numbers" in result.gaps[0].reason


def test_one_sample_has_a_level(files: dict[str, str]) -> None:
    found = values(asked(files["one"]))
    assert found["fft.range_dbfs"] == pytest.approx([-6.02, 0.0], abs=0.01)  # all frequencies but 0 have two sides
    assert found["fft.peaks"] == []


def test_samples_that_are_no_numbers_are_told_beside_the_rest(files: dict[str, str]) -> None:
    result = asked(files["broken"])
    assert peak(result) == pytest.approx(1_000.0, abs=1.0)
    assert [(item.code, item.reason) for item in result.gaps] == [
        ("partial", "100 samples are not numbers; they were read as silence")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("n_fft", [16, 1 << 20])
@pytest.mark.parametrize("scale", ["linear", "mel", "log"])
def test_the_shortest_and_longest_frames_are_answered(files: dict[str, str], n_fft: int, scale: str) -> None:
    for operation in ("spectrum", "spectrogram"):
        assert asked(files["two"], n_fft=n_fft, scale=scale, operation=operation).evidence


@pytest.mark.parametrize("wrong", [None, "fft", 7, [3], [["fft"]], {"fft": 1}, ["sing"]])
def test_capabilities_are_a_list_of_its_own(wrong: Any) -> None:
    with pytest.raises(BadRequest):
        asked("a.wav", capabilities=wrong)


def test_a_cancelled_call_ends_and_leaves_nothing(files: dict[str, str], tmp_path: Path) -> None:
    call = Call()
    call.cancelled.set()
    with pytest.raises(CallCancelled):
        fft({"path": files["two"], "handles": str(tmp_path)}, call)
    assert list(tmp_path.iterdir()) == []


def test_progress_rises(files: dict[str, str]) -> None:
    seen: list[float] = []
    fft({"path": files["two"]}, Call(lambda fraction, message: seen.append(fraction)))
    assert seen
    assert seen == sorted(seen)
    assert seen[-1] <= 1.0


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(agent.__file__), *words], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_by_hand_it_stores_a_file_and_draws_a_picture_of_it(files: dict[str, str], tmp_path: Path) -> None:
    kept, picture = tmp_path / "a.npy", tmp_path / "a.png"
    done = run(files["two"], "--spectrogram", "--n-fft", "512", "--overlap", "0.5", "--out", str(kept))
    assert done.returncode == 0, done.stderr
    found = {item["name"]: item["value"] for item in map(json.loads, done.stdout.splitlines())}
    assert found["fft.file"] == str(kept)
    assert list(np.load(kept).shape) == found["fft.shape"] == [249, 257]
    assert run(str(kept), "--tile", "--width", "50", "--out", str(picture)).returncode == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_by_hand_nothing_is_overwritten(files: dict[str, str]) -> None:
    before = Path(files["two"]).read_bytes()
    done = run(files["stereo"], "--out", files["two"])
    assert done.returncode == 3
    assert "is there already; name a file that is not" in json.loads(done.stdout)["gap"]["reason"]
    assert Path(files["two"]).read_bytes() == before
