"""A real server of an OpenAI-compatible model beside the real command: it may plan and word, and decides nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.flow.test_command_line import Grym
from tests.model_server import ModelServer, Reply, serving

pytestmark = pytest.mark.slow

QUESTION = "how fast is it and how loud?"


def configure(home: Path, server: ModelServer, *tasks: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(
        f'[[models]]\nname = "small"\nprovider = "openai"\nmodel = "any"\nurl = "{server.url}"\n'
        f"tasks = {json.dumps(tasks or ('plan', 'write'))}\n"
    )


@pytest.fixture
def grym(tmp_path: Path, make_loop: Callable[..., Path]) -> Grym:
    make_loop("Secret Song.wav", tempo_bpm=96.0, seconds=12.0)
    return Grym(tmp_path)


def test_sentences_of_a_model_stand_where_the_findings_hold_them(grym: Grym) -> None:
    (plain,) = grym.json("ask", QUESTION, "Secret Song.wav")
    tempo = next(claim for claim in plain["claims"] if "BPM" in claim["text"])
    marks = "".join(f"[{name}]" for name in tempo["evidence"])
    true, lie = f"The tempo is 96 BPM {marks}.", f"It races along at 200 BPM {marks}."
    with serving(Reply(true)) as server:
        configure(grym.home, server, "write")
        (answer,) = grym.json("ask", QUESTION, "Secret Song.wav")
        assert server.seen, "the model was asked"
        assert all("Secret Song" not in seen.words for seen in server.seen), "names stay here"
        assert any(claim["text"].startswith("The tempo is 96 BPM [") for claim in answer["claims"])
        loudness = next(claim for claim in plain["claims"] if "LUFS" in claim["text"])
        assert loudness in answer["claims"], "what it leaves out is said by us"
    with serving(Reply(lie)) as server:
        configure(grym.home, server, "write")
        (answer,) = grym.json("ask", QUESTION, "Secret Song.wav")
        assert server.seen
        assert "200" not in answer["answer"]
        assert {claim["text"] for claim in answer["claims"]} == {claim["text"] for claim in plain["claims"]}


def test_no_llm_asks_nobody(grym: Grym) -> None:
    with serving(Reply("I am a model.")) as server:
        configure(grym.home, server)
        (answer,) = grym.json("ask", QUESTION, "Secret Song.wav", "--no-llm")
        assert answer["claims"]
        assert server.seen == []


def test_a_model_that_fails_costs_a_gap_and_no_answer(grym: Grym) -> None:
    with serving(Reply(status=500)) as server:
        configure(grym.home, server, "write")
        (answer,) = grym.json("ask", QUESTION, "Secret Song.wav")
    assert answer["claims"]
    assert [gap["code"] for gap in answer["gaps"]] == ["model_failed"]
    assert "500" in answer["gaps"][0]["reason"]


@pytest.mark.parametrize(("proposed", "taken"), [(["rhythm"], ["rhythm"]), (["edit", "hack"], None), ("no JSON", None)])
def test_a_plan_of_a_model_is_taken_only_within_what_was_declared(
    grym: Grym, proposed: list[str] | str, taken: list[str] | None
) -> None:
    question = "tell me something that would surprise a drummer about its pocket"
    said = proposed if isinstance(proposed, str) else json.dumps({"capabilities": proposed, "reasons": {}})
    (local,) = grym.json("route", question, "Secret Song.wav")
    assert local["confidence"] < 0.8, "a question on which the router is unsure"
    with serving(Reply(said)) as server:
        configure(grym.home, server, "plan")
        answer = json.loads(grym("ask", question, "Secret Song.wav", "--json").stdout)
        assert server.seen
    assert answer["route"]["capabilities"] == (taken or local["capabilities"])


def test_tokens_stand_in_the_account_of_the_context(grym: Grym) -> None:
    with serving(Reply("Nothing to add.", usage=(120, 30))) as server:
        configure(grym.home, server, "write")
        grym.json("ask", QUESTION, "Secret Song.wav", "--context", "album")
        assert server.seen
    rows = sqlite3.connect(grym.home / "grym.db").execute("SELECT context, model_tokens FROM accounts").fetchall()
    assert dict(rows)["album"] == 150
    assert not (grym.home / "model-spending.json").exists(), "a model of this machine costs nobody"
