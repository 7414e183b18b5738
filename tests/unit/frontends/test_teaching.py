"""`grym teach --route`: what was taught counts at once, is listed, and can be taken back."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from grym_synth.config import Config
from grym_synth.errors import BadRequest, Unavailable
from grym_synth.frontends import operations
from grym_synth.frontends.protocol import Emit, operation_of
from grym_synth.frontends.teaching import SETTINGS, perform_teach_route, teach
from grym_synth.hub import Hub
from grym_synth.messages import Route
from grym_synth.planning.routing.router import Router
from grym_synth.storage.corrections import RouteCorrection, RouteCorrections
from grym_synth.storage.sqlite import SqliteStore

QUESTION = "what is the weather like in this recording?"


class LearningRouter:
    """The router that ships, and the corrections it was given, by the very words."""

    def __init__(self, corrections: Sequence[RouteCorrection]) -> None:
        self._router = Router(None)
        self.learn(corrections)

    def learn(self, corrections: Sequence[RouteCorrection]) -> None:
        self._taught = {item.question: item.capabilities for item in corrections}

    def route(self, question: str, paths: Sequence[str]) -> Route:
        if question in self._taught:
            return Route(self._taught[question], 0.98, {}, {})
        return self._router.route(question, paths)


@pytest.fixture(autouse=True)
def wired(monkeypatch: pytest.MonkeyPatch, config: Config) -> None:
    """The operation in the hub's table, and this test's home for commands."""

    async def carry_out(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
        router = LearningRouter(RouteCorrections(hub.store).every())
        return await perform_teach_route(hub.store, router, operation, emit)

    monkeypatch.setitem(operations._OPERATIONS, "teach_route", carry_out)
    monkeypatch.setenv("GRYM_HOME", str(config.home))


@pytest.fixture
def store(config: Config) -> Iterator[SqliteStore]:
    store = SqliteStore(config.store_path)
    yield store
    store.close()


def run(*words: str) -> Any:
    app = typer.Typer()
    app.command(context_settings=SETTINGS)(teach)
    return CliRunner().invoke(app, list(words))


def taught(store: SqliteStore) -> dict[str, tuple[str, ...]]:
    return {item.question: item.capabilities for item in RouteCorrections(store).every()}


def test_what_is_taught_is_told_with_the_route_before(store: SqliteStore) -> None:
    before = ", ".join(Router(None).route(QUESTION, []).capabilities) or "none of ours"
    done = run("--route", "timbre, loudness,timbre", f"  {QUESTION}\n")
    assert done.exit_code == 0, done.output
    assert done.stdout == f"from now on: “{QUESTION}” → timbre, loudness; before: {before}\n"
    assert taught(store) == {QUESTION: ("timbre", "loudness")}
    done = run("--route", "loudness,timbre", QUESTION)
    assert done.stdout == (f"from now on: “{QUESTION}” → loudness, timbre; before: timbre, loudness\n")
    assert run("--route", "loudness,timbre", QUESTION).stdout == (
        f"“{QUESTION}” goes where it went before: loudness, timbre\n"
    )


def test_a_question_that_is_not_for_this_hub_can_be_taught_too(store: SqliteStore) -> None:
    done = run("--route", "none", "how loud is my neighbour?", "--json")
    (line,) = done.stdout.splitlines()
    document = json.loads(line)
    assert (document["now"], document["taught"]) == ([], [])
    assert document["before"] == list(Router(None).route("how loud is my neighbour?", []).capabilities)
    assert taught(store) == {"how loud is my neighbour?": ()}


def test_what_was_taught_is_listed(store: SqliteStore) -> None:
    assert run("--routes").stdout.startswith("nothing was taught yet")
    run("--route", "timbre", QUESTION)
    run("--route", "none", "how \x1b[2J loud is my neighbour?")
    assert run("--routes").stdout.splitlines() == [
        f"timbre: {QUESTION}",
        "none of ours: how \\x1b[2J loud is my neighbour?",
    ]
    (line,) = run("--routes", "--json").stdout.splitlines()
    assert json.loads(line)["routes"][0] == {"question": QUESTION, "capabilities": ["timbre"]}


def test_what_was_taught_can_be_taken_back(store: SqliteStore) -> None:
    run("--route", "timbre", QUESTION)
    done = run("--forget-route", f"{QUESTION} ")
    assert done.exit_code == 0
    assert f"“{QUESTION}” →" in done.stdout
    assert "before: timbre" in done.stdout
    assert taught(store) == {}
    done = run("--forget-route", QUESTION)
    assert done.exit_code == 3
    assert "nothing was taught of" in done.stderr
    assert "grym teach --routes" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--route", "weather", QUESTION], "unknown capability 'weather'; there is facts, loudness"),
        (["--route", "timbre,none", QUESTION], "unknown capability 'none'"),
        (["--route", ",", QUESTION], "wants capabilities"),
        (["--route", "timbre"], "one question, in quotes"),
        (["--route", "timbre", "how", "loud"], "one question, in quotes"),
        (["--route", "timbre", "  "], "one question, in quotes"),
        (["--route", "timbre", "--routes", QUESTION], "exclude each other"),
        (["--rute", "timbre", QUESTION], "no such option: --rute"),
    ],
)
def test_a_command_that_makes_no_sense_changes_nothing(store: SqliteStore, words: list[str], told: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.replace("│", " ").split())
    assert taught(store) == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["snare"], "which recordings?"),
        (["--not", "a.wav"], "the label comes first"),
        (["snare", "a.wav", "--not"], "--not takes the files"),
        (["snare", "a.wav", "--not", "b.wav", "--not", "c.wav"], "--not stands once"),
        (["--prefer", "a.wav", "--over", "b.wav"], "takes three recordings"),
        (["--correct", "a.wav"], "say what it is"),
    ],
)
def test_what_is_taught_of_sounds_has_to_be_whole(words: list[str], told: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.replace("│", " ").split())


def test_a_very_long_question_is_kept_in_part(store: SqliteStore) -> None:
    run("--route", "timbre", "how loud " * 10_000)
    (question,) = taught(store)
    assert len(question) <= 2000
    assert run("--forget-route", "how loud " * 10_000).exit_code == 0
    assert taught(store) == {}


def test_nothing_is_taught_where_nothing_is_kept() -> None:
    operation = operation_of("teach_route", do="teach", question=QUESTION, capabilities=["timbre"])
    router = LearningRouter([])
    with pytest.raises(Unavailable, match="nothing is kept"):
        asyncio.run(perform_teach_route(SqliteStore.in_memory(), router, operation, lambda event: None))


def test_a_store_that_cannot_be_written_changes_no_route(store: SqliteStore) -> None:
    router = LearningRouter([])
    before = router.route(QUESTION, [])
    store.close()
    operation = operation_of("teach_route", do="teach", question=QUESTION, capabilities=["timbre"])
    with pytest.raises(Unavailable):
        asyncio.run(perform_teach_route(store, router, operation, lambda event: None))
    assert router.route(QUESTION, []) == before


def test_a_rule_that_is_stronger_is_told(store: SqliteStore) -> None:
    class Stubborn(LearningRouter):
        def learn(self, corrections: Sequence[RouteCorrection]) -> None:
            self._taught = {}

    question = "read https://example.org/compressors"
    events: list[dict[str, Any]] = []
    operation = operation_of("teach_route", do="teach", question=question, capabilities=["timbre"])
    asyncio.run(perform_teach_route(store, Stubborn([]), operation, events.append))
    assert events == [{"document": {"question": question, "before": ["learn"], "now": ["learn"], "taught": ["timbre"]}}]
    forget = operation_of("teach_route", do="forget", question="never taught")
    with pytest.raises(BadRequest):
        asyncio.run(perform_teach_route(store, Stubborn([]), forget, events.append))
