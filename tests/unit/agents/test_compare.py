"""The compare agent: evidence for each recording but the first, gaps for what cannot be heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from grym_synth.agent_stdio import Call, CallCancelled
from grym_synth.agents.compare import compare
from grym_synth.errors import BadRequest
from grym_synth.messages import evidence_from_json, evidence_to_json

SR = 16000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("recordings")
    rng = np.random.default_rng(0)
    t = np.arange(2 * SR) / SR
    y = (0.2 * np.sin(2 * np.pi * 220.0 * t) + 0.2 * rng.standard_normal(len(t))) * np.exp(-((t % 0.5) / 0.1))
    paths = {"loud": y, "soft": 0.5 * y, "late": np.concatenate([np.zeros(160), y]), "silent": 0.0 * y}
    for name, samples in paths.items():
        soundfile.write(folder / f"{name}.wav", samples, SR, subtype="FLOAT")
    (folder / "text.wav").write_text("no sound")
    return {path.stem: str(path) for path in Path(folder).iterdir()}


def test_each_recording_but_the_first_is_held_against_the_first(files: dict[str, str]) -> None:
    arguments = {"paths": [files["loud"], files["soft"], files["late"]], "subjects": ["a", "b", "c"]}
    result = compare(arguments, Call())
    values = {(item.subject, item.name): item.value for item in result.evidence}
    assert {subject for subject, _ in values} == {"b", "c"}
    assert values["b", "compare.verdict"] == "same audio, at another level"
    assert values["b", "compare.gain_db"] == pytest.approx(-6.0206, abs=1e-3)
    assert values["c", "compare.alignment_s"] == pytest.approx(0.01)
    assert values["c", "compare.verdict"] == "same audio, moved in time"


def test_evidence_survives_the_way_to_the_hub_and_back(files: dict[str, str]) -> None:
    result = compare({"paths": [files["loud"], files["soft"]]}, Call())
    assert result.evidence
    assert all(evidence_from_json(evidence_to_json(item)) == item for item in result.evidence)
    assert {item.subject for item in result.evidence} == {files["soft"]}
    assert {item.capability for item in result.evidence} == {"compare"}


def test_a_file_without_sound_leaves_a_gap_and_the_others_are_compared(files: dict[str, str]) -> None:
    arguments = {"paths": [files["loud"], files["text"], files["soft"]], "subjects": ["a", "b", "c"]}
    result = compare(arguments, Call())
    assert {item.subject for item in result.evidence} == {"c"}
    assert [gap.subject for gap in result.gaps if gap.code != "unmeasurable"] == ["b"]


def test_without_the_first_nothing_can_be_compared(files: dict[str, str]) -> None:
    arguments = {"paths": [files["text"], files["loud"], files["soft"]], "subjects": ["a", "b", "c"]}
    result = compare(arguments, Call())
    assert result.evidence == ()
    assert [gap.subject for gap in result.gaps] == ["b", "c"]


def test_silence_has_gaps_that_say_what_cannot_be_told(files: dict[str, str]) -> None:
    result = compare({"paths": [files["loud"], files["silent"]], "subjects": ["a", "b"]}, Call())
    values = {item.name: item.value for item in result.evidence}
    assert values["compare.verdict"] == "different"
    assert "compare.loudness_difference_lu" not in values
    assert any("loudness" in gap.reason for gap in result.gaps)


@pytest.mark.parametrize(
    "arguments", [{}, {"paths": ["a"]}, {"paths": ["a"] * 9}, {"paths": ["a", "b"], "subjects": ["a"]}]
)
def test_too_few_or_too_many_are_refused(arguments: dict[str, list[str]]) -> None:
    with pytest.raises(BadRequest, match="2 to 8"):
        compare(arguments, Call())


def test_a_cancelled_call_ends(files: dict[str, str]) -> None:
    call = Call()
    call.cancelled.set()
    with pytest.raises(CallCancelled):
        compare({"paths": [files["loud"], files["soft"]]}, call)
