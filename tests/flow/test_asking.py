"""Questions that hang together: by their context, by what one step takes from another, and by a yes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.flow.test_command_line import Grym

pytestmark = pytest.mark.slow


@pytest.fixture
def grym(tmp_path: Path, make_loop: Callable[..., Path]) -> Grym:
    make_loop("slow.wav", tempo_bpm=96.0, seconds=12.0, gain=0.2)
    make_loop("fast.wav", tempo_bpm=126.0, seconds=12.0)
    return Grym(tmp_path)


def test_a_delay_for_a_recording_is_computed_from_its_tempo(grym: Grym) -> None:
    (answer,) = grym.json("ask", "dotted eighth delay for this track", "slow.wav")
    known = {item["id"]: item for item in answer["evidence"]}
    claim = next(claim for claim in answer["claims"] if "ms" in claim["text"])
    cited = [known[name] for name in claim["evidence"]]
    assert {item["name"] for item in cited} == {"theory.delay_ms", "rhythm.tempo_bpm"}
    delay, tempo = (next(item for item in cited if item["name"].startswith(of)) for of in ("theory", "rhythm"))
    assert delay["value"] == pytest.approx(0.75 * 60_000.0 / tempo["value"], rel=1e-3)
    assert delay["confidence"] <= tempo["confidence"]
    assert [step["agent"] for step in answer["plan"]] == ["listen", "theory"]
    assert answer["plan"][1]["after"] == [answer["plan"][0]["id"]]


def test_a_plan_is_shown_and_nothing_is_done(grym: Grym) -> None:
    (plan,) = grym.json("ask", "--plan", "dotted eighth delay for this track", "slow.wav")
    assert [step["agent"] for step in plan["plan"]] == ["listen", "theory"]
    assert plan["estimate"]["seconds"] > 0.0
    assert plan["estimate"]["known"] == 0
    grym.json("ask", "how fast is it?", "slow.wav")
    (again,) = grym.json("ask", "--plan", "dotted eighth delay for this track", "slow.wav")
    assert again["estimate"]["known"] == 1, "what was heard is known"


def test_it_and_the_other_one_are_those_of_the_context_and_it_is_told(grym: Grym) -> None:
    grym.json("ask", "how loud is it?", "slow.wav", "--context", "album")
    grym.json("ask", "how loud is it?", "fast.wav", "--context", "album")
    (this,) = grym.json("ask", "and how fast is it?", "--context", "album")
    assert this["referred"] == {"it": ["fast.wav"]}
    assert "“it” is fast.wav" in this["answer"]
    (other,) = grym.json("ask", "how fast is the other one?", "--context", "album")
    assert list(other["referred"].values()) == [["slow.wav"]]
    (elsewhere,) = grym.json("ask", "how fast is it?", "--context", "another", code=3)
    assert not elsewhere["claims"], "contexts do not mix"
    assert grym("context", "forget", "album", "--yes").returncode == 0
    (forgotten,) = grym.json("ask", "how fast is it?", "--context", "album", code=3)
    assert "referred" not in forgotten


def test_an_edit_in_words_is_shown_then_made_after_a_yes_and_taken_back(grym: Grym) -> None:
    original = grym.folder / "slow.wav"
    before = hashlib.sha256(original.read_bytes()).hexdigest()
    (shown,) = grym.json("ask", "fade out over the last 3 seconds", "slow.wav")
    assert [gap["code"] for gap in shown["gaps"]] == ["consent"]
    assert "last 3 s" in shown["answer"]
    assert "slow-edited.wav" in shown["answer"]
    made = grym.folder / "slow-edited.wav"
    assert not made.exists()
    (done,) = grym.json("ask", "fade out over the last 3 seconds", "slow.wav", "--yes")
    assert made.exists()
    assert "undo" in done["answer"]
    assert grym("edit", "slow-edited.wav", "undo").returncode == 0
    assert not made.exists()
    assert hashlib.sha256(original.read_bytes()).hexdigest() == before


def test_an_edit_takes_the_loudness_of_another_recording(grym: Grym) -> None:
    (shown,) = grym.json("ask", "normalise slow.wav to the loudness of fast.wav", "slow.wav", "fast.wav")
    (measured,) = [step for step in shown["plan"] if step["agent"] == "listen"]
    assert (measured["subject"], measured["capabilities"]) == ("fast.wav", ["loudness"])
    edit = next(step for step in shown["plan"] if step["agent"] == "edit")
    assert (edit["subject"], edit["after"]) == ("slow.wav", [measured["id"]])
    assert "LUFS" in shown["answer"]


def test_what_is_missing_is_asked_for(grym: Grym) -> None:
    (asked,) = grym.json("ask", "fade it out", "slow.wav", code=3)
    assert [gap["code"] for gap in asked["gaps"]] == ["unclear"]
    assert "?" in asked["answer"]
    (asked,) = grym.json("ask", "how long is a dotted eighth?", code=3)
    assert [gap["code"] for gap in asked["gaps"]] == ["unclear"]
    assert "tempo" in asked["answer"]


def test_an_order_to_overwrite_is_refused(grym: Grym) -> None:
    before = {path.name: path.read_bytes() for path in grym.folder.glob("*.wav")}
    (refused,) = grym.json("ask", "reverse it and overwrite the original", "slow.wav", "--yes", code=3)
    assert not refused["claims"]
    assert {path.name: path.read_bytes() for path in grym.folder.glob("*.wav")} == before


def test_brief_is_short_and_full_is_long(grym: Grym) -> None:
    question = ("how fast is it and how loud?", "slow.wav")
    brief, normal, full = (
        len(grym.json("ask", *question, *detail)[0]["answer"]) for detail in (["--brief"], [], ["--full"])
    )
    assert brief < normal < full
    assert grym("ask", *question, "--brief", "--full").returncode == 2


def test_the_hub_tells_of_itself(grym: Grym) -> None:
    (answer,) = grym.json("ask", "how is the hub doing?")
    state = next(item for item in answer["evidence"] if item["name"] == "system.state")
    assert state["value"] in ("healthy", "warning")
    assert answer["claims"]
