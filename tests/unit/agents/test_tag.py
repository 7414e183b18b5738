"""The tag agent and what it is made of: tags over time with a network whose answers are known, gaps without one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.unit.audio.timbre.test_musicnn import made_variables, write_checkpoint

from grym_synth.agent_stdio import Call, CallCancelled, Result
from grym_synth.agents import tag as agent
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.timbre.measure import measure_tags
from grym_synth.audio.timbre.musicnn import MTT_TAGS, Network, load_network
from grym_synth.audio.timbre.tagging import Tagged, Tagger, join_spans
from grym_synth.errors import BadRequest
from grym_synth.messages import evidence_from_json, evidence_to_json
from grym_synth.packs import PACKS, Pack

SR = 22_050


class TellsPitch(Network):
    """Hears a flute in what is high and a cello in what is low; its numbers are how much of either."""

    def __init__(self) -> None:
        self.heard = 0

    def run(self, mel: FloatArray) -> tuple[FloatArray, FloatArray]:
        self.heard += 1
        high = float(mel[:, 48:].sum() / mel.sum())
        chances = np.zeros(len(MTT_TAGS))
        chances[MTT_TAGS.index("flute")], chances[MTT_TAGS.index("cello")] = high, 1.0 - high
        chances[MTT_TAGS.index("female voice")] = high  # stands for "female vocal"
        return chances, np.array([high, 1.0 - high, *np.zeros(198)])


def tone(hz: float, seconds: float) -> FloatArray:
    return np.asarray(0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * SR)) / SR), np.float32)


#: Twelve seconds low, nearly nine seconds high, six seconds of nothing.
SOUND = np.concatenate([tone(200.0, 12.0), tone(4_000.0, 8.9), np.zeros(round(6.1 * SR), np.float32)])


def tagged(y: FloatArray, every_s: float = 3.0, block: int = 10_007, **wishes: Any) -> Tagged:
    tagger = Tagger(SR, TellsPitch(), every_s, **wishes)
    for start in range(0, len(y), block):
        list(tagger.feed(y[start : start + block]))
    list(tagger.flush())
    return tagger.finish()


@pytest.mark.slow
@pytest.mark.parametrize("every_s", [1.0, 3.0])
@pytest.mark.parametrize("block", [5_000, 1_000_000])
def test_spans_say_what_can_be_heard_where(every_s: float, block: int) -> None:
    spans = {span.tag: span for span in tagged(SOUND, every_s, block).spans}
    assert set(spans) == {"cello", "flute", "female vocal"}
    assert spans["cello"].start_s == 0.0
    assert spans["flute"].start_s == pytest.approx(12.0, abs=every_s / 2 + 1.5)
    assert spans["cello"].end_s == pytest.approx(12.0, abs=every_s / 2 + 1.5)
    assert spans["flute"].end_s == pytest.approx(21.0, abs=every_s / 2 + 1.5)
    assert spans["cello"].confidence > 0.8


def test_tags_of_the_whole_are_means_over_what_sounds() -> None:
    found = tagged(SOUND)
    assert found.n_excerpts == 7
    tags = dict(found.tags)
    assert tags["cello"] == pytest.approx(4.0 / 7.0, abs=0.1)
    assert tags["flute"] == pytest.approx(3.0 / 7.0, abs=0.1)
    assert [chance for _, chance in found.tags] == sorted(tags.values(), reverse=True)


def test_each_section_has_a_vector_of_its_own() -> None:
    found = tagged(SOUND, sections=[(0.0, 12.0, "A"), (12.0, 21.0, "B"), (21.0, 27.0, "C")])
    assert [(part.label, part.start_s) for part in found.sections] == [("A", 0.0), ("B", 12.0)]  # C is silent
    low, high = (part.vector for part in found.sections)
    assert low.shape == high.shape == (200,)
    assert low[0] < 0.2 < 0.8 < high[0]
    assert found.vector is not None
    np.testing.assert_allclose(found.vector, (4 * low + 3 * high) / 7, atol=1e-6)


@pytest.mark.parametrize(
    ("seconds", "every_s", "excerpts"),
    [(0.05, 3.0, 1), (2.9, 3.0, 1), (3.0, 3.0, 1), (3.3, 3.0, 1), (3.8, 3.0, 2), (9.1, 3.0, 3), (30.0, 10.0, 3),
     (30.0, 600.0, 1), (5.0, 0.5, 5)],
)  # fmt: skip
def test_excerpts_cover_the_recording_to_its_end(seconds: float, every_s: float, excerpts: int) -> None:
    found = tagged(tone(200.0, seconds), every_s)
    assert found.n_excerpts == excerpts
    (span,) = (span for span in found.spans if span.tag == "cello")
    assert span.start_s == 0.0
    assert span.end_s <= seconds + 0.01
    if every_s <= 3.0:
        assert span.end_s == pytest.approx(seconds, abs=0.01)


@pytest.mark.slow
def test_what_is_fed_in_any_blocks_gives_the_same() -> None:
    one, other = tagged(SOUND, block=1_000), tagged(SOUND, block=len(SOUND))
    assert [(a.tag, a.start_s, a.end_s) for a in one.spans] == [(a.tag, a.start_s, a.end_s) for a in other.spans]
    assert dict(one.tags) == pytest.approx(dict(other.tags), abs=1e-3)


def test_the_network_is_not_asked_about_silence() -> None:
    network = TellsPitch()
    tagger = Tagger(SR, network)
    list(tagger.feed(np.zeros(10 * SR, np.float32)))
    list(tagger.flush())
    assert tagger.finish() == Tagged((), (), None, (), 0)
    assert network.heard == 0
    assert Tagger(SR, network).finish().n_excerpts == 0


def test_a_tag_that_hovers_does_not_flicker_and_a_faint_one_is_no_span() -> None:
    chances = np.zeros((6, 37), np.float32)
    chances[:, 0] = (0.1, 0.35, 0.2, 0.31, 0.16, 0.1)
    chances[:, 1] = 0.29
    (span,) = join_spans(chances, [(3.0 * i, 3.0 * i + 3.0) for i in range(6)])
    assert (span.start_s, span.end_s, span.tag) == (3.0, 15.0, "guitar")
    assert span.confidence == pytest.approx(0.255)


@pytest.mark.slow
def test_one_excerpt_says_what_the_quick_answer_says(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, made_variables())
    weights = str(tmp_path / "model")
    y = np.random.default_rng(0).normal(0.0, 0.1, 3 * SR).astype(np.float32)
    tagger = Tagger(SR, load_network(weights))
    list(tagger.feed(y))
    list(tagger.flush())
    quick = measure_tags([y], SR, weights)
    assert quick
    assert dict(tagger.finish().tags) == pytest.approx(dict(quick), abs=1e-4)


# --- the agent ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("recordings")
    sounds = {
        "song": np.stack([SOUND, SOUND], axis=1),
        "short": tone(200.0, 4.0),
        "seven": np.tile(tone(200.0, 3.0)[:, None], 7),
        "silent": np.zeros(4 * SR),
        "one": np.array([0.5]),
    }
    for name, y in sounds.items():
        soundfile.write(folder / f"{name}.wav", y, SR)
    soundfile.write(folder / "nan.wav", np.full(SR, np.nan), SR, subtype="FLOAT")
    (folder / "empty.wav").write_bytes(b"")
    return {path.stem: str(path) for path in folder.iterdir()}


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> TellsPitch:
    """The agent finds a pack whose network is this one, and so does the ordinary hearing."""
    heard = TellsPitch()
    monkeypatch.setattr(agent, "find_whole_pack", lambda name: (Pack(PACKS[name], Path("/nowhere")), ""))
    monkeypatch.setattr(agent, "load_network", lambda checkpoint: heard)
    monkeypatch.setattr("grym_synth.audio.timbre.measure.load_network", lambda checkpoint: heard)
    return heard


def values(result: Result) -> dict[str, Any]:
    return {item.name: item.value for item in result.evidence}


@pytest.mark.slow
@pytest.mark.usefixtures("network")
def test_tags_over_time_stand_beside_the_three_excerpts_and_the_vectors(files: dict[str, str]) -> None:
    result = agent.tag({"path": files["song"], "subject": "song"}, Call())
    found = values(result)
    assert list(found) == [
        *("timbre.tags", "timbre.vectors", "timbre.tag_spans", "timbre.whole_tags", "timbre.embedding")
    ]
    assert {part["tag"] for part in found["timbre.tag_spans"]} == {"cello", "flute", "female vocal"}
    assert len(found["timbre.embedding"]["mean"]) == 200
    assert all(len(part["vector"]) == 200 for part in found["timbre.embedding"]["sections"])
    assert {"timbre", "rhythm", "harmony", "pitch", "loudness", "all"} == set(found["timbre.vectors"])
    assert all(evidence_from_json(evidence_to_json(item)) == item for item in result.evidence)
    assert {item.subject for item in result.evidence} == {"song"}
    assert result.gaps == ()


@pytest.mark.slow
def test_progress_rises_and_a_cancelled_call_ends_between_excerpts(files: dict[str, str], network: TellsPitch) -> None:
    seen: list[float] = []
    agent.tag({"path": files["song"], "every_s": 1.0}, Call(lambda fraction, message: seen.append(fraction)))
    assert seen == sorted(seen)
    assert len(seen) > 20
    assert seen[-1] == 1.0
    network.heard = 0
    call = Call()
    call.report = lambda fraction, message: call.cancelled.set() if fraction > 0.5 else None
    with pytest.raises(CallCancelled):
        agent.tag({"path": files["song"], "every_s": 1.0}, call)
    assert network.heard < 20


@pytest.mark.slow
@pytest.mark.usefixtures("network")
@pytest.mark.parametrize(
    ("name", "code", "words"),
    [("empty", "unreadable", "is empty"), ("nan", "unreadable", "not numbers"), ("silent", "unmeasurable", "silent")],
)
def test_what_cannot_be_heard_is_a_gap(files: dict[str, str], name: str, code: str, words: str) -> None:
    result = agent.tag({"path": files[name], "subject": "a"}, Call())
    assert result.evidence == ()
    (gap,) = result.gaps
    assert (gap.capability, gap.subject, gap.code) == ("timbre", "a", code)
    assert words in gap.reason


@pytest.mark.slow
@pytest.mark.usefixtures("network")
@pytest.mark.parametrize("name", ["seven", "one", "short"])
def test_odd_recordings_are_tagged(files: dict[str, str], name: str) -> None:
    assert "timbre.tag_spans" in values(agent.tag({"path": files[name]}, Call()))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "code", "hint"),
    [("", "partial", "grym models add musicnn"), ("it is damaged", "bad_setup", "grym models verify, then")],
)
def test_without_the_network_the_vectors_are_told_and_the_rest_is_a_gap(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch, damage: str, code: str, hint: str
) -> None:
    monkeypatch.setattr(agent, "find_whole_pack", lambda name: (None, damage))
    result = agent.tag({"path": files["short"]}, Call())
    assert list(values(result)) == ["timbre.vectors"]
    (gap,) = result.gaps
    assert gap.code == code
    assert hint in gap.hint


@pytest.mark.parametrize("wrong", [0, 0.49, 601, -3, float("nan"), "3", True, [3], None])
def test_how_often_is_bounded(wrong: Any) -> None:
    result = agent.tag({"path": "a.wav", "every_s": wrong}, Call())
    assert [(gap.code, gap.reason[:37]) for gap in result.gaps] == [
        ("bad_request", "every_s must be seconds in 0.5..600, ")
    ]


@pytest.mark.parametrize("wrong", [None, "timbre", 7, [3], [["timbre"]], {"timbre": 1}, ["facts"]])
def test_capabilities_are_a_list_of_its_own(wrong: Any) -> None:
    with pytest.raises(BadRequest):
        agent.tag({"path": "a.wav", "capabilities": wrong}, Call())
