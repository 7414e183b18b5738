"""Forgetting while another hub still has something of it in hand; the other is a name and a token in the same files."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.unit.sharing.receiver import TEXT, House

from grym_synth.errands import Errands
from grym_synth.jobs.engine import Engine, open_jobs
from grym_synth.jobs.port import Item, Kind, Work
from grym_synth.knowledge.job import LEARN
from grym_synth.knowledge.learn import Learner
from grym_synth.messages import Json
from grym_synth.storage.job_rows import Claimed, Executor, NewItem, NewJob
from grym_synth.storage.knowledge_rows import Section, SourceRow
from grym_synth.testing import PlainRuns

FEED = "https://example.org/feed.xml"


async def do_nothing(work: Work) -> Json:
    return None


def keep(house: House, name: str) -> None:
    """Keep an entry of the feed."""
    source = SourceRow(
        f"https://example.org/{name}", "page", "example.org", name, name, name, 1, 0.0, 0.0, FEED, "", "", ""
    )
    house.keep_source(source, f"{name}\n\n{TEXT}", (Section(0, "Kick", 1),))


def take(engine: Engine) -> tuple[Executor, Claimed]:
    """What another hub does when it begins with an entry of the feed."""
    store = engine.store
    other = store.register("other", 1)
    id = store.add(NewJob("j1", LEARN, f"learn {FEED}", {"targets": [FEED]}, "default", ""))
    store.begin(id, other)
    row = store.job(id)
    assert row is not None
    store.list_items(row.number, [NewItem("second", None, 1.0)], other)
    item = store.claim(row.number, other)
    assert item is not None
    return other, item


def test_what_another_hub_has_in_hand_does_not_come_back_after_it_was_forgotten(tmp_path: Path) -> None:
    house = House(tmp_path)

    async def run() -> None:
        kind = Kind(LEARN, lambda params: [Item("one")], do_nothing)
        async with open_jobs(tmp_path / "jobs.db", [kind], executor="hub", launch=PlainRuns) as engine:
            keep(house, "first")
            other, item = take(engine)
            learner = Learner(house.knowledge, None)  # type: ignore[arg-type]  # nothing is read here
            errands = Errands(learner, engine, house.own, None, house.store, tmp_path)  # type: ignore[arg-type]
            forgetting = asyncio.create_task(errands.forget([FEED]))
            while (await engine.show("j1")).state != "cancelled":
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)  # time enough to forget, for one that does not wait
            keep(house, "second")
            engine.store.finish(item, None, other, [NewItem("third", None, 1.0)])
            gone, ended = await forgetting
            assert [each.addresses for each in gone] == [("https://example.org/first", "https://example.org/second")]
            assert (ended, await engine.every()) == ([f"learn {FEED}"], [])

    asyncio.run(run())
    assert house.knowledge.sources() == []
    house.store.close()
