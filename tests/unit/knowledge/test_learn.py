"""What is read again when it is due, by a clock that the test holds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from grym_synth.jobs.book import JobBook
from grym_synth.jobs.port import Item, Jobs, Kind, Work
from grym_synth.knowledge.job import LEARN, follow_due
from grym_synth.messages import Json
from grym_synth.storage.jobs import JobStore
from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.sqlite import SqliteStore

DAY = 86_400.0
FEED = "https://example.org/feed.xml"


async def do_nothing(work: Work) -> Json:
    return None


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Jobs]:
    store = JobStore(tmp_path / "jobs.db")
    book = JobBook(store, [Kind(LEARN, lambda params: [Item("one")], do_nothing)])
    yield cast(Jobs, book)  # all of them but to go on, which needs the engine
    store.close()


@pytest.fixture
def knowledge() -> Knowledge:
    found = Knowledge(SqliteStore.in_memory())
    found.follow(FEED, DAY, "page", due_at=1000.0, domain="news", allows_http=True)
    return found


def test_nothing_is_read_again_before_it_is_due(book: Jobs, knowledge: Knowledge) -> None:
    assert asyncio.run(follow_due(knowledge, book, 999.0)) == []
    assert asyncio.run(book.every()) == []


def test_what_is_due_is_read_again_as_it_was_wished_and_then_a_period_later(book: Jobs, knowledge: Knowledge) -> None:
    (id,) = asyncio.run(follow_due(knowledge, book, 1001.0))
    job = asyncio.run(book.show(id))
    assert (job.kind, job.params) == (LEARN, {"targets": [FEED], "domain": "news", "allow_http": True})
    (follow,) = knowledge.follows()
    assert (follow.due_at, follow.domain, follow.allows_http) == (1001.0 + DAY, "news", True)
    assert asyncio.run(follow_due(knowledge, book, 1000.0 + DAY)) == []


def test_while_it_is_still_being_read_no_second_job_begins(book: Jobs, knowledge: Knowledge) -> None:
    first = asyncio.run(follow_due(knowledge, book, 1001.0))
    assert asyncio.run(follow_due(knowledge, book, 1002.0 + DAY)) == first
    assert len(asyncio.run(book.every())) == 1


def test_after_a_long_sleep_what_was_missed_is_read_once(book: Jobs, knowledge: Knowledge) -> None:
    assert len(asyncio.run(follow_due(knowledge, book, 1000.0 + 30 * DAY))) == 1
    assert [follow.due_at for follow in knowledge.follows()] == [1000.0 + 31 * DAY]
