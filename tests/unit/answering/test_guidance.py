"""What is said to questions that are not for this hub, about the hub itself, and about what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grym_synth.answering.words.gaps import gap_sentences
from grym_synth.answering.words.guidance import asks_for_help
from grym_synth.answering.write import Draft, compose, write
from grym_synth.messages import Claim, Detail, Evidence, Gap, Json

from .made_evidence import made, request, route


def refuse(question: str, *paths: str, detail: Detail = "normal") -> str:
    return compose(write(replace(request(question, *paths), detail=detail), route(), [], ()))[0]


def test_examples_fit_the_files_at_hand() -> None:
    assert "dotted eighth" in refuse("tell me a joke")
    assert '"Is it loud enough for streaming?"' in refuse("tell me a joke", "a.wav")
    assert '"Do they fit together?"' in refuse("tell me a joke", "a.wav", "b.wav")
    assert '"Which is the fastest?"' in refuse("tell me a joke", "a.wav", "b.wav", "c.wav")


def test_who_asks_for_help_is_not_turned_away() -> None:
    for question in ("what can I ask?", "help", "What can you do", "¿Qué puedes hacer?", "Was kannst du?"):
        assert asks_for_help(question), question
        assert refuse(question).startswith("I listen to recordings"), question
    assert refuse("who won the cup?").startswith("That is not a question I can answer.")
    assert not asks_for_help("what can I hear at 0:30?") or refuse("what can I hear at 0:30?")


def test_a_brief_refusal_has_no_examples() -> None:
    assert "for instance" not in refuse("tell me a joke", detail="brief")


# --- the hub itself -------------------------------------------------------------------------------------------------


def hub(**values: Json) -> list[Evidence]:
    kinds = {"pressure": "number", "signals": "number", "leases": "count", "waiting": "count", "agents": "count",
             "uptime_s": "duration"}  # fmt: skip
    return [
        made(f"system.{name}", kinds.get(name, "label"), value, subject="", confidence=1.0)
        for name, value in values.items()
    ]


def about_the_hub(question: str, *evidence: Evidence, detail: Detail = "normal") -> str:
    draft = write(replace(request(question), detail=detail), route("system"), evidence, ())
    text, claims = compose(draft)
    assert len(claims) == len(draft.sentences), text
    return text


WELL = hub(state="healthy", pressure=0.37, cause="memory", signals={"memory": 0.37, "cpu": 0.1}, leases=0, waiting=0,
           agents=2, uptime_s=3723.4, is_paused="not paused")  # fmt: skip


def test_how_the_hub_is_doing_is_told_state_first() -> None:
    assert about_the_hub("How is the hub doing?", *WELL) == (
        'The hub is healthy: it takes all work [e1]. The pressure is 0.37, the most of it from "memory" [e2][e3]. '
        "Nothing is running, and nothing waits [e4][e5]. Its agents are up (2) [e6][e7]. "
        "The hub has been up for 1:02:03 [e8]."
    )
    assert about_the_hub("How is the hub doing?", *WELL, detail="brief") == (
        "The hub is healthy: it takes all work [e1]."
    )


def test_what_is_running_comes_first_where_it_was_asked() -> None:
    assert about_the_hub("Is anything running?", *WELL, detail="brief") == (
        "No: nothing is running, and nothing waits [e1][e2]."
    )
    busy = hub(state="warning", pressure=0.8, cause="cpu", leases=3, waiting=1)
    text = about_the_hub("Is anything running?", *busy)
    assert text.startswith("Yes: work is in progress (3), and more of it waits for room (1) [")
    assert 'the cause is "cpu"' in text
    assert "grym status --watch" in text


def test_an_order_gets_its_command_and_is_not_carried_out() -> None:
    text = about_the_hub("Pause the background work.", *WELL)
    assert "`grym pause` holds background work back until `grym resume`; a question alone changes nothing." in text
    paused = hub(state="healthy", is_paused="paused")
    text = about_the_hub("Resume the background work, please.", *paused)
    assert 'Background work is "paused"' in text
    assert "`grym resume` lets background work go on" in text


# --- what is missing ------------------------------------------------------------------------------------------------


def test_a_question_back_is_asked_as_it_is() -> None:
    gap = Gap("edit", "Which of the two do you mean, a.wav or b.wav?", "unclear", hint="name it")
    assert gap_sentences([gap], {}) == ["Which of the two do you mean, a.wav or b.wav? Name it."]


def test_a_silent_file_is_told_once() -> None:
    reasons = ("no integrated or momentary max: nothing in it is louder than the gate at -70 LUFS",
               "no true peak or sample peak or crest: all samples are zero")  # fmt: skip
    gaps = [Gap("loudness", reason, "unmeasurable", "x.wav") for reason in reasons]
    assert gap_sentences(gaps, {}) == [
        "`x.wav` has no integrated or momentary max: nothing in it is louder than the gate at -70 LUFS."
    ]
    assert len(gap_sentences(gaps, {}, detail="full")) == 2


@pytest.mark.parametrize(("detail", "most"), [("brief", 2), ("normal", 6), ("full", 30)])
def test_thirty_broken_files_make_no_wall(detail: Detail, most: int) -> None:
    gaps = [Gap("facts", f"'{n}.wav': it ends after {n} s", "unreadable", f"{n}.wav", "export it") for n in range(30)]
    sentences = gap_sentences(gaps, {}, detail=detail)
    assert len(sentences) == most
    if detail != "full":
        assert sentences[-1] == f"… and {30 - most + 1} more problems; --full has them all."


def test_claims_that_were_checked_elsewhere_stand_in_place_of_ours() -> None:
    draft = write(request("how fast", "mix.wav"), route("rhythm"), [made("rhythm.tempo_bpm", "tempo", 126.0)], ())
    theirs = Claim("The tempo is 126 BPM [e1].", ("e1",), "measured")
    assert compose(draft, [theirs]) == ("The tempo is 126 BPM [e1].", (theirs,))


def test_commands_come_last_on_lines_of_their_own() -> None:
    draft = Draft((), (), notices=("Nothing.",), commands=("To see it: grym analyze x.wav",))
    assert compose(draft)[0] == "Nothing.\nTo see it: grym analyze x.wav"
