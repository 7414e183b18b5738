import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.execution.executor import Outcome
from grym_synth.execution.handing_over import NothingToTake, fill, trusted_as
from grym_synth.messages import EVIDENCE_UNITS, Evidence, Json, Need, Source, Step, Taken
from grym_synth.storage.store import Heard


def found(name: str, value: Json, subject: str = "a.wav", *, rank: int = 0, confidence: float = 0.9) -> Outcome:
    kind = {"rhythm.tempo_bpm": "tempo", "tonality.key": "musical_key"}.get(name, "number")
    item = Evidence(
        "", name, kind, value, EVIDENCE_UNITS[kind], confidence, subject, Source("listen", "1", "heard"), rank=rank
    )
    return Outcome(STEP, Heard((item,), ()))


STEP = Step("s1", "listen", ("rhythm",), "a.wav", "/a.wav", {}, Need(), 60.0)
TEMPO = {"tempo": Taken("a.wav", "rhythm.tempo_bpm")}


def taking(params: dict[str, Json], takes: dict[str, Taken] = TEMPO) -> Step:
    return Step("s2", "theory", ("theory",), "a.wav", "", params, Need(), 60.0, after=("s1",), takes=takes)


def test_a_measured_value_stands_where_the_parameters_ask_for_it() -> None:
    step = taking({"question": "a bar at {tempo} bpm", "ops": ["stretch={tempo}>100bpm", "reverse"], "n": 4})
    filled, taken = fill(step, [found("rhythm.tempo_bpm", 126.0432)])
    assert filled.params == {"question": "a bar at 126.04 bpm", "ops": ["stretch=126.04>100bpm", "reverse"], "n": 4}
    assert [item.value for item in taken] == [126.0432]


def test_a_value_of_another_recording_and_an_alternative_are_not_taken() -> None:
    others = [found("rhythm.tempo_bpm", 90.0, "b.wav"), found("rhythm.tempo_bpm", 63.0, rank=1)]
    with pytest.raises(NothingToTake, match="needs its tempo"):
        fill(taking({"question": "{tempo}"}), others)


def test_a_value_that_was_looked_for_in_vain_is_told() -> None:
    step = taking({"question": "{key}"}, {"key": Taken("a.wav", "tonality.key")})
    with pytest.raises(NothingToTake, match="needs its key"):
        fill(step, [found("tonality.key", None)])


def test_what_is_computed_is_no_surer_than_what_it_was_computed_from() -> None:
    (tempo,) = found("rhythm.tempo_bpm", 120.0, confidence=0.7).heard.evidence
    computed = Evidence("", "theory.delay_ms", "delay", 375.0, "ms", 1.0, "a.wav", Source("theory", "1", "3/4 beat"))
    (item,) = trusted_as(Heard((computed,), ()), [tempo]).evidence
    assert item.confidence == 0.7
    assert item.source.method == "3/4 beat; with rhythm.tempo_bpm of a.wav"


@given(st.floats(1.0, 1e9))
def test_a_number_is_handed_over_to_the_hundredth(bpm: float) -> None:
    filled, _ = fill(taking({"question": "{tempo}"}), [found("rhythm.tempo_bpm", bpm)])
    assert float(str(filled.params["question"])) == pytest.approx(bpm, abs=0.0051, rel=1e-5)
