import pytest

from grym_synth.messages import Gap, Request, Route, Taken
from grym_synth.planning.dependencies import lacking
from grym_synth.planning.planner import plan

from .test_planner import AGENTS, LISTEN, Agent, File, route

EVERY = {**AGENTS, "facts": LISTEN, "tonality": LISTEN, "chords": Agent("chordist")}


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("dotted eighth delay for this track", ["rhythm.tempo_bpm"]),
        ("what is the relative minor of its key?", ["tonality.key"]),
        ("what's the dominant of this song's key?", ["tonality.key"]),
        ("which keys mix well with it", ["tonality.key"]),
        ("LFO rate for a quarter note at its tempo", ["rhythm.tempo_bpm"]),
        ("wie lang ist eine punktierte Achtel in diesem Stück?", ["rhythm.tempo_bpm"]),
        ("¿cuánto dura una corchea con puntillo en esta canción?", ["rhythm.tempo_bpm"]),
        ("quelle est la tonalité relative de ce morceau ?", ["tonality.key"]),
    ],
)
def test_what_a_question_lacks_is_found_by_trying(question: str, names: list[str]) -> None:
    found = lacking(question, is_certain=False)
    assert found is not None
    assert sorted(found.takes.values()) == names
    assert all(f"{{{word}}}" in found.question for word in found.takes)


@pytest.mark.parametrize(
    "question",
    [
        "how fast is it?",
        "what key is it in?",
        "is it in 4/4?",
        "how loud is the chorus?",
        "which chords are these?",  # those that are heard, not those of a key
        "how many bars is it?",
        "dotted eighth at 120 bpm",
        "relative minor of C major",
        "x" * 100_000,
        "{tempo} {key} {length}",
    ],
)
def test_what_lacks_nothing_or_is_no_arithmetic_is_left_alone(question: str) -> None:
    assert lacking(question, is_certain=False) is None


def test_arithmetic_waits_for_the_measurement_of_its_own_recording() -> None:
    files = [File("a.wav"), File("b.wav")]
    found = plan(Request("dotted eighth delay for each"), route("theory"), files, EVERY, deadline=60)
    assert not found.gaps
    assert [(step.agent, step.capabilities, step.subject, step.after) for step in found.steps] == [
        ("listen", ("rhythm",), "a.wav", ()),
        ("listen", ("rhythm",), "b.wav", ()),
        ("theory", ("theory",), "a.wav", ("s1",)),
        ("theory", ("theory",), "b.wav", ("s2",)),
    ]
    assert found.steps[3].takes == {"tempo": Taken("b.wav", "rhythm.tempo_bpm")}
    assert found.steps[3].params == {
        "question": "at {tempo} bpm: dotted eighth delay for each",
        "subject": "b.wav",
    }


def test_what_is_measured_anyway_is_measured_once() -> None:
    question = "how fast is it, and how long is a dotted eighth?"
    found = plan(Request(question), route("facts", "rhythm", "theory"), [File("a.wav")], EVERY, deadline=60)
    assert [(step.agent, step.capabilities) for step in found.steps] == [
        ("listen", ("facts", "rhythm")),
        ("theory", ("theory",)),
    ]
    assert found.steps[1].after == ("s1",)


def test_two_measurements_are_taken_where_both_are_needed() -> None:
    found = plan(Request("how many bars does that hold?"), route("theory"), [File("a.wav")], EVERY, deadline=60)
    assert [step.capabilities for step in found.steps] == [("facts", "rhythm"), ("theory",)]


def test_without_a_recording_the_question_is_asked_back() -> None:
    found = plan(Request("how long is a dotted eighth?"), route("theory"), [], EVERY, deadline=60)
    assert found.steps == ()
    (gap,) = found.gaps
    assert gap == Gap("theory", "This needs a tempo: say it in the question, or put a recording after it", "unclear")


def test_what_is_asked_back_is_asked_once() -> None:
    found = plan(Request("how long is a bar?"), route("rhythm"), [], EVERY, deadline=60)
    assert [gap.code for gap in found.gaps] == ["unclear"]


def test_a_file_that_is_none_is_not_asked_for_again() -> None:
    found = plan(Request("a dotted eighth for this", paths=("gone.wav",)), route("theory"), [], EVERY, deadline=60)
    assert (found.steps, found.gaps) == ((), ())


def test_what_the_hub_answers_itself_needs_no_step() -> None:
    wanted = Route(("system",), 1.0, {"system": ""}, {})
    found = plan(Request("how is the hub?"), wanted, [], EVERY, deadline=60, answered=("system",))
    assert (found.steps, found.gaps) == ((), ())
