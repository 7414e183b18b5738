from dataclasses import dataclass, field, replace

from grym_synth.messages import Json, Need, Request, Route, Taken
from grym_synth.planning.planner import plan


@dataclass(frozen=True)
class Agent:
    name: str
    needs_recording: bool = True
    takes_two: bool = False
    need: Need = field(default_factory=Need)
    settings: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    subject: str
    size: int = 1000

    @property
    def path(self) -> str:
        return f"/music/{self.subject}"


LISTEN = Agent("listen", settings={"spectrum": ("n_fft", "window")})
AGENTS = {"rhythm": LISTEN, "spectrum": LISTEN, "theory": Agent("theory", needs_recording=False)}


def route(*capabilities: str, **params: Json) -> Route:
    return Route(capabilities, 1.0, dict.fromkeys(capabilities, ""), params)


def test_capabilities_that_read_the_same_recording_go_in_one_step() -> None:
    found = plan(Request("?"), route("rhythm", "spectrum"), [File("a.wav"), File("b.wav")], AGENTS, deadline=60)
    assert [(step.id, step.capabilities, step.subject) for step in found.steps] == [
        ("s1", ("rhythm", "spectrum"), "a.wav"),
        ("s2", ("rhythm", "spectrum"), "b.wav"),
    ]


def test_a_step_gets_only_the_settings_it_measures_by_and_the_askers_win() -> None:
    request = Request("?", params={"n_fft": 4096})
    wanted = route("spectrum", n_fft=1024, window="hann", aspects=["peaks"])
    (step,) = plan(request, wanted, [File("a.wav")], AGENTS, deadline=60).steps
    assert step.params == {"n_fft": 4096, "window": "hann"}
    (step,) = plan(request, route("rhythm"), [File("a.wav")], AGENTS, deadline=60).steps
    assert step.params == {}


def test_arithmetic_needs_no_recording() -> None:
    (step,) = plan(Request("a fifth above D"), route("theory"), [File("a.wav")], AGENTS, deadline=60).steps
    assert (step.agent, step.path, step.params) == ("theory", "", {"question": "a fifth above D"})


def test_what_has_not_landed_and_what_lacks_a_recording_become_gaps() -> None:
    found = plan(Request("?"), route("chords", "rhythm", "theory"), [], AGENTS, deadline=60)
    assert [(gap.capability, gap.code) for gap in found.gaps] == [("chords", "missing"), ("rhythm", "no_recording")]
    assert [step.agent for step in found.steps] == ["theory"]


def test_an_empty_folder_is_not_told_twice() -> None:
    found = plan(Request("?", paths=("empty",)), route("rhythm"), [], AGENTS, deadline=60)
    assert not found.gaps


def test_measuring_each_recording_stands_in_for_comparing_them() -> None:
    files = [File("a.wav"), File("b.wav")]
    found = plan(Request("which one is faster?"), route("compare"), files, AGENTS, deadline=60)
    assert [step.capabilities for step in found.steps] == [("rhythm",), ("rhythm",)]
    assert not found.gaps
    assert [gap.code for gap in plan(Request("do they fit?"), route("compare"), files, AGENTS, deadline=60).gaps] == [
        "missing"
    ]


def test_faults_are_looked_for_in_the_samples_and_in_the_spectrum() -> None:
    agents = {**AGENTS, "facts": LISTEN}
    (step,) = plan(Request("is anything wrong with it?"), route("facts"), [File("a.wav")], agents, deadline=60).steps
    assert step.capabilities == ("facts", "spectrum")
    (step,) = plan(Request("how long is it?"), route("facts"), [File("a.wav")], agents, deadline=60).steps
    assert step.capabilities == ("facts",)


def test_long_recordings_get_more_time() -> None:
    short, long = plan(Request("?"), route("rhythm"), [File("a", 0), File("b", 10**9)], AGENTS, deadline=60).steps
    assert short.deadline_s == 60
    assert long.deadline_s == 360


def test_an_empty_route_is_an_empty_plan() -> None:
    found = plan(Request("tell me a joke"), route(), [File("a.wav")], AGENTS, deadline=60)
    assert not found.steps
    assert not found.gaps


def test_each_recording_is_held_against_the_first() -> None:
    agents = {**AGENTS, "compare": Agent("compare", takes_two=True)}
    files = [File("a.wav"), File("b.wav"), File("c.wav")]
    found = plan(Request("compare them"), route("compare"), files, agents, deadline=60)
    assert [(step.subject, step.beside) for step in found.steps] == [
        ("b.wav", ("a.wav", "/music/a.wav")),
        ("c.wav", ("a.wav", "/music/a.wav")),
    ]


def test_comparing_one_recording_asks_for_another() -> None:
    agents = {**AGENTS, "compare": Agent("compare", takes_two=True)}
    found = plan(Request("compare it"), route("compare"), [File("a.wav")], agents, deadline=60)
    assert not found.steps
    assert [(gap.capability, gap.code) for gap in found.gaps] == [("compare", "unsupported")]


def test_what_is_told_of_each_stands_in_for_comparing_only_where_there_are_two() -> None:
    agents = {**AGENTS, "compare": Agent("compare", takes_two=True)}
    files = [File("a.wav"), File("b.wav")]
    found = plan(Request("are these in the same tempo?"), route("compare"), files, agents, deadline=60)
    assert [(step.subject, step.capabilities) for step in found.steps] == [
        ("a.wav", ("rhythm",)),
        ("b.wav", ("rhythm",)),
    ]
    alone = plan(Request("which of them is in the faster tempo?"), route("compare"), files[:1], agents, deadline=60)
    assert not alone.steps
    assert [gap.capability for gap in alone.gaps] == ["compare"]


EDIT = {**AGENTS, "facts": LISTEN, "loudness": LISTEN, "edit": Agent("edit")}


def test_an_edit_in_words_only_looks_until_there_is_consent() -> None:
    asked = Request("fade out over the last 8 seconds")
    (step,) = plan(asked, route("edit"), [File("a.wav")], EDIT, deadline=60).steps
    assert (step.agent, step.subject, step.params) == ("edit", "a.wav", {"ops": ["fade-out=8/cosine"], "dry_run": True})
    (step,) = plan(replace(asked, consent=True), route("edit"), [File("a.wav")], EDIT, deadline=60).steps
    assert step.params["dry_run"] is False


def test_an_edit_waits_for_what_it_takes_from_this_recording_or_another() -> None:
    files = [File("a.wav"), File("b.wav")]
    found = plan(Request("make a.wav as loud as b.wav"), route("edit"), files, EDIT, deadline=60)
    assert [(step.agent, step.capabilities, step.subject, step.after) for step in found.steps] == [
        ("listen", ("loudness",), "b.wav", ()),
        ("edit", ("edit",), "a.wav", ("s1",)),
    ]
    found = plan(Request("stretch it to 100 bpm"), route("edit"), files[:1], EDIT, deadline=60)
    assert [step.capabilities for step in found.steps] == [("rhythm",), ("edit",)]
    assert found.steps[1].takes == {"own": Taken("a.wav", "rhythm.tempo_bpm")}


def test_what_an_edit_lacks_is_asked_and_what_must_not_be_is_refused() -> None:
    asked = plan(Request("fade it"), route("edit"), [File("a.wav")], EDIT, deadline=60)
    assert (asked.steps, [gap.code for gap in asked.gaps]) == ((), ["unclear"])
    refused = plan(Request("reverse it and overwrite the original"), route("edit"), [File("a.wav")], EDIT, deadline=60)
    assert (refused.steps, [gap.code for gap in refused.gaps]) == ((), ["unsupported"])


def test_one_name_is_not_given_to_two_files() -> None:
    request = Request("reverse them", params={"out": "/music/new.wav"})
    found = plan(request, route("edit"), [File("a.wav"), File("b.wav")], EDIT, deadline=60)
    assert (found.steps, [gap.code for gap in found.gaps]) == ((), ["bad_request"])


def test_a_question_to_the_notes_is_not_asked_back_for_the_figures_of_what_it_names() -> None:
    request = Request("what do my notes say about reverb on vocals?")
    assert plan(request, route("knowledge"), [], AGENTS, deadline=60, answered={"knowledge"}).gaps == ()
    assert plan(replace(request, question="reverb"), route("theory"), [], AGENTS, deadline=60).gaps != ()
