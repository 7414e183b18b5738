"""`grym context`: with a hub that runs and without one, for people and for programs."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grym_synth.config import Config
from grym_synth.errors import BadRequest, Unavailable
from grym_synth.frontends import contexts, hub_socket, operations
from grym_synth.frontends.contexts import context_without_hub, perform_context
from grym_synth.frontends.protocol import OPERATIONS, operation_of
from grym_synth.messages import Answer, Claim, Plan, Request, Route
from grym_synth.opening import open_hub
from grym_synth.resources.room import Room
from grym_synth.storage.contexts import Contexts, Played
from grym_synth.storage.house import House
from grym_synth.storage.house_rows import Account
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store

ANSWER = Answer("It runs at 126 BPM [e1].", (), (), (), Route((), 1.0, {}, {}), Plan(()), "healthy", {})


@pytest.fixture(autouse=True)
def wired(monkeypatch: pytest.MonkeyPatch, config: Config) -> None:
    """The operation in the hub's table, and this test's home for commands."""
    monkeypatch.setitem(operations._OPERATIONS, "context", perform_context)
    monkeypatch.setattr(hub_socket, "OPERATIONS", (*OPERATIONS, "context"))
    monkeypatch.setenv("GRYM_HOME", str(config.home))


@pytest.fixture
def store(config: Config) -> Iterator[SqliteStore]:
    store = SqliteStore(config.store_path)
    yield store
    store.close()


def keep(store: Store, question: str, *names: str, context: str = "album", text: str = "", **words: str) -> None:
    claims = (Claim("It is the first claim [e1].", ("e1",), "measured"),) if words else ()
    referred = {word: (name,) for word, name in words.items()}
    answer = replace(ANSWER, text=text or ANSWER.text, claims=claims, referred=referred)
    request = Request(question, names, "/music", context)
    store.keep_answer(request, answer, [Played(name, f"/music/{name}") for name in names])


def run(*words: str, typed: str | None = None) -> Any:
    return CliRunner().invoke(contexts.app, list(words), input=typed)


def document(*words: str, code: int = 0) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code == code, done.output
    (line,) = done.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_home_without_questions_says_so() -> None:
    assert run("list").stdout.startswith("no question has been kept yet")
    assert document("list") == {"contexts": []}


def test_every_context_is_listed_with_what_it_asked_and_cost(store: SqliteStore, config: Config) -> None:
    keep(store, "which is louder?", "a.wav", "b.wav", context="album")
    keep(store, "and the key?", "a.wav", context="album")
    keep(store, "a fifth above D?", context="default")
    house = House(config.store_path)
    house.add_to_accounts([Account("album", cpu_s=12.34, model_tokens=1500)], "one")
    house.close()
    newest, older = document("list")["contexts"]
    assert (newest["name"], newest["questions"], newest["recordings"]) == ("default", 1, 0)
    assert (older["name"], older["questions"], older["recordings"]) == ("album", 2, 2)
    assert (older["cpu_s"], older["model_tokens"]) == (12.3, 1500)
    assert older["first_asked"] <= older["last_asked"]
    assert older["last_asked"].endswith("+00:00")
    assert run("list").stdout.splitlines() == [
        "default  1 question   a moment ago  0 recordings  0.0 CPU s   0 tokens",
        "album    2 questions  a moment ago  2 recordings  12.3 CPU s  1,500 tokens",
    ]


def test_what_a_running_hub_counts_is_shown_and_its_own_probes_are_not(config: Config) -> None:
    async def story() -> list[dict[str, Any]]:
        async with open_hub(config) as hub:
            keep(hub.store, "how fast?", "a.wav", context="album")
            for context, seconds in (("album", 2.0), ("only measured", 1.0), ("hub", 9.0)):
                hub.pool.accounts.add_lease(context, Room(cpu=1.0, ram_gb=0.1), seconds)
            hub.pool.accounts.report("album", model_tokens=40)
            events: list[dict[str, Any]] = []
            await perform_context(hub, operation_of("context", do="list"), events.append)
            await perform_context(hub, operation_of("context", do="forget", name="album"), events.append)
            await perform_context(hub, operation_of("context", do="list"), events.append)
            return [event["document"] for event in events]

    before, gone, after = asyncio.run(story())
    assert [(row["name"], row["cpu_s"], row["model_tokens"]) for row in before["contexts"]] == [
        ("album", 2.0, 40),
        ("only measured", 1.0, 0),
    ]
    assert (gone["forgotten"]["name"], gone["forgotten"]["cpu_s"], gone["forgotten"]["model_tokens"]) == (
        "album",
        2.0,
        40,
    )
    assert [row["name"] for row in after["contexts"]] == ["only measured"]
    store = SqliteStore(config.store_path)
    assert Contexts(store).turns("album") == []
    store.close()


def test_the_questions_of_a_context_are_shown_newest_last(store: SqliteStore) -> None:
    for number in range(12):
        keep(store, f"question {number}?", "song.wav")
    keep(store, "and the other one?", "mix 4.wav", text="“it” is mix 4.wav. It is loud.", it="mix 4.wav")
    shown = document("show", "album")["questions"]
    assert len(shown) == 10
    assert [item["question"] for item in shown][-2:] == ["question 11?", "and the other one?"]
    assert shown[-1]["recordings"] == ["/music/mix 4.wav"]
    assert shown[-1]["referred"] == {"it": ["mix 4.wav"]}
    assert run("show", "album", "-n", "2").stdout.splitlines() == [
        "a moment ago: question 11?",
        "  about song.wav",
        "  It runs at 126 BPM.",
        "a moment ago: and the other one?",
        "  about mix 4.wav (it = mix 4.wav)",
        "  It is the first claim.",
    ]


def test_a_long_answer_is_shown_in_short(store: SqliteStore) -> None:
    keep(store, "tell me all", text="word " * 100)
    last = run("show", "album").stdout.splitlines()[-1]
    assert last.endswith("word ...")
    assert len(last) < 110


def test_a_context_that_only_measured_has_no_questions(config: Config) -> None:
    house = House(config.store_path)
    house.add_to_accounts([Account("batch", cpu_s=1.0)], "one")
    house.close()
    assert run("show", "batch").stdout == "nothing has been asked in it; it has only measured\n"
    assert run("list").stdout == "batch  0 questions  never asked  0 recordings  1.0 CPU s  0 tokens\n"


@pytest.mark.parametrize("words", [("show", "albun"), ("forget", "albun", "--yes")])
def test_a_context_that_is_not_there_is_named(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.exit_code == 3
    assert done.stderr == "grym: there is no context 'albun'\n      grym context list\n"
    assert document(*words, code=3)["error"]["code"] == "bad_request"


def test_forgetting_says_what_went_and_it_is_gone(store: SqliteStore) -> None:
    keep(store, "how fast?", "a.wav")
    keep(store, "how fast?", "a.wav", context="other")
    done = run("forget", "album", "--yes")
    assert done.exit_code == 0
    assert done.stdout == "forgotten: album: 1 question with its answer, an account of 0.0 CPU s and 0 tokens\n"
    assert [row["name"] for row in document("list")["contexts"]] == ["other"]
    gone = document("forget", "other", "--yes")
    assert (gone["forgotten"]["name"], gone["forgotten"]["questions"], gone["is_wiped"]) == ("other", 1, True)


def test_nothing_is_forgotten_without_a_yes(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, "how fast?", "a.wav")
    done = run("forget", "album")
    assert (done.exit_code, "--yes" in done.stderr) == (2, True)
    monkeypatch.setattr(contexts, "_is_somebody_there", lambda: True)
    done = run("forget", "album", typed="n\n")
    assert done.exit_code == 2
    assert "forget album: 1 question with its answer, for good?" in done.stderr
    assert len(Contexts(store).turns("album")) == 1
    assert run("forget", "albun", typed="y\n").exit_code == 3
    assert run("forget", "album", typed="y\n").exit_code == 0
    assert Contexts(store).turns("album") == []


def test_names_that_would_steer_the_terminal_are_spelled_out(store: SqliteStore) -> None:
    keep(store, "how \x1b[2J fast?", "a\nb.wav", context="al\x1b[2Jbum")
    for words in (("list",), ("show", "al\x1b[2Jbum"), ("forget", "al\x1b[2Jbum", "--yes")):
        assert "\x1b" not in run(*words).stdout
    assert Contexts(store).overview() == []


def test_without_a_hub_the_store_answers(store: SqliteStore, config: Config) -> None:
    keep(store, "how fast?", "a.wav")
    listed = context_without_hub(config, operation_of("context", do="list"))
    assert isinstance(listed["contexts"], list)
    assert len(listed["contexts"]) == 1
    shown = context_without_hub(config, operation_of("context", do="show", name="album", count=5))
    assert isinstance(shown["questions"], list)
    assert len(shown["questions"]) == 1
    with pytest.raises(BadRequest, match="no context 'x'"):
        context_without_hub(config, operation_of("context", do="forget", name="x"))


def test_looking_makes_no_store(config: Config) -> None:
    assert context_without_hub(config, operation_of("context", do="list")) == {"contexts": []}
    assert not config.store_path.exists()


def test_a_hub_whose_store_is_broken_says_that_nothing_is_kept(config: Config) -> None:
    config.home.mkdir(parents=True)
    config.store_path.write_text("a shopping list, " * 200)

    async def story() -> None:
        async with open_hub(config) as hub:
            with pytest.raises(Unavailable, match="nothing is kept"):
                await perform_context(hub, operation_of("context", do="list"), lambda event: None)

    asyncio.run(story())


@pytest.mark.slow
def test_a_running_hub_is_asked(config: Config) -> None:
    async def story() -> list[dict[str, Any]]:
        ready = asyncio.Event()
        serving = asyncio.create_task(hub_socket.serve_forever(config, ready.set))
        await ready.wait()
        events: list[dict[str, Any]] = []
        ask = operation_of("ask", question="dotted eighth at 120 bpm", paths=[], context="album")
        for operation in (ask, operation_of("context", do="show", name="album", count=3)):
            await hub_socket.perform_anywhere(config, operation, events.append)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return [event["document"] for event in events if "document" in event]

    answer, shown = asyncio.run(story())
    assert shown["questions"][0]["answer"] == answer["answer"]
    assert shown["questions"][0]["question"] == "dotted eighth at 120 bpm"


def test_a_store_in_another_place_is_found(tmp_path: Path) -> None:
    config = Config(home=tmp_path / "home", store=f"sqlite:///{tmp_path / 'elsewhere.db'}")
    store = SqliteStore(config.store_path)
    keep(store, "how fast?")
    store.close()
    assert context_without_hub(config, operation_of("context", do="list"))["contexts"]
